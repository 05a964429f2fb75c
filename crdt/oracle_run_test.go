package crdt_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"coplan/crdt"
)

// mainSessions is how many sessions TestOracleSessions plays by default.
const mainSessions = 300

// sessionSeeds says which seeds a test tries, n by default. COPLAN_ORACLE_SESSIONS
// asks for that many in TestOracleSessions and for more in proportion elsewhere;
// COPLAN_ORACLE_SEED moves the first seed, so that runs can differ.
func sessionSeeds(t testing.TB, n int) (first, last uint64) {
	if v := os.Getenv("COPLAN_ORACLE_SESSIONS"); v != "" {
		total, err := strconv.Atoi(v)
		if err != nil {
			t.Fatalf("COPLAN_ORACLE_SESSIONS: %v", err)
		}
		n = max(1, total*n/mainSessions)
	} else if testing.Short() {
		n /= 10
	}
	if v := os.Getenv("COPLAN_ORACLE_SEED"); v != "" {
		var err error
		if first, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatalf("COPLAN_ORACLE_SEED: %v", err)
		}
	}
	return first, first + uint64(n)
}

// Go and Yjs replicas that edit at the same time over a bad network end up with
// the same document, and pairs of them are the same byte by byte all along.
func TestOracleSessions(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, mainSessions)
	var edits, deliveries, translations, checks, eventful, missing, undone, frames, diverged int
	for seed := first; seed < last; seed++ {
		s := newSession(t, o, seed)
		s.run()
		edits, deliveries = edits+s.edits, deliveries+s.deliveries
		translations, checks, eventful = translations+s.translations, checks+s.checks, eventful+s.eventful
		missing, undone, frames = missing+s.missing, undone+s.undone, frames+s.frames
		if s.diverged {
			diverged++
		}
	}
	n := int(last - first)
	did := fmt.Sprintf("%d sessions: %d transactions, %d deliveries, %d by way of v2, %d comparisons, %d transactions observed, %d clients missed, %d steps undone or redone, %d frames, %d sessions ended with different replicas, %d requests",
		n, edits, deliveries, translations, checks, eventful, missing, undone, frames, diverged, o.calls)
	t.Log(did)
	few := max(0, n-10) // a few sessions may do little, more may not
	if edits < 10*few || deliveries < 10*few || translations < 5*few || checks < 2*few || eventful < 2*few || missing < few/10 || undone < few/4 || frames < 2*few {
		t.Errorf("that is too little: %s", did)
	}
	if diverged > 2+n/50 { // as Yjs does with undo once in a while, see TestOracleUndo
		t.Errorf("too many sessions ended with different replicas: %s", did)
	}
}

// Recorded editing sessions, applied update by update, give the recorded text
// and the state Yjs recorded, byte by byte.
func TestTraces(t *testing.T) {
	dir := os.Getenv("COPLAN_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "traces")
	}
	for _, name := range []string{"b4", "conc"} {
		t.Run(name, func(t *testing.T) {
			updates, err := os.ReadFile(filepath.Join(dir, name+"-updates.bin"))
			if os.IsNotExist(err) {
				t.Skipf("no recorded traces in %s (set COPLAN_TRACES)", dir)
			}
			read := func(suffix string) []byte {
				b, err := os.ReadFile(filepath.Join(dir, name+suffix))
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			doc := crdt.New(crdt.Options{ClientID: 1})
			count := 0
			for rest := updates; len(rest) > 0; count++ {
				n := binary.LittleEndian.Uint32(rest)
				if err := doc.ApplyUpdate(rest[4:4+n], nil); err != nil {
					t.Fatalf("update %d: %v", count, err)
				}
				rest = rest[4+n:]
			}
			if err := doc.Check(); err != nil {
				t.Error(err)
			}
			if got := doc.Text("text").String(); got != string(read("-final.txt")) {
				t.Errorf("after %d updates the text differs from the recording", count)
			}
			state, err := doc.EncodeStateAsUpdate(nil)
			if err != nil {
				t.Fatal(err)
			}
			if string(state) != string(read("-state.v1.bin")) {
				t.Errorf("after %d updates the state differs from the one Yjs recorded", count)
			}
			v2, err := doc.EncodeStateAsUpdateV2(nil)
			if err != nil {
				t.Fatal(err)
			}
			if string(v2) != string(read("-state.v2.bin")) {
				t.Error("the state in v2 differs from the one Yjs recorded")
			}
			loaded := crdt.New(crdt.Options{ClientID: 1})
			if err := loaded.ApplyUpdateV2(v2, nil); err != nil {
				t.Fatal(err)
			}
			if loaded.Text("text").String() != doc.Text("text").String() {
				t.Error("the loaded state shows another text")
			}
			if count < 20_000 {
				t.Errorf("only %d updates", count)
			}
		})
	}
}
