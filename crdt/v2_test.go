package crdt_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// What OnUpdateV2 tells is what Yjs's updateV2 event tells, byte by byte, and
// the tools give the same answers for both formats.
func TestOracleUpdateV2Event(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 30)
	told := 0
	for seed := first; seed < last; seed++ {
		rng := rand.New(rand.NewPCG(seed, 10))
		o.call(t, "reset")
		prof := profiles[rng.IntN(len(profiles))]
		p := newPair(t, o, rng, 0, false)
		fresh := crdt.New(crdt.Options{ClientID: 9})
		var mine []byte
		p.doc.OnUpdateV2(func(u []byte, _ any) { mine = u })
		for range 15 {
			v1 := p.edit(prof, 1+rng.IntN(3), nil)
			if v1 == nil {
				continue
			}
			theirs := byteList(o.call(t, "emittedV2", 0))
			if len(theirs) != 1 || !bytes.Equal(mine, theirs[0]) {
				t.Fatalf("seed %d (%s): v2 of %x:\nGo  %x\nYjs %x", seed, prof.name, v1, mine, theirs)
			}
			told++
			checkV2Tools(t, o, fresh, v1, mine)
			if err := fresh.ApplyUpdateV2(mine, nil); err != nil {
				t.Fatal(err)
			}
			checkV2Tools(t, o, fresh, v1, mine)
		}
		p.compare(fmt.Sprint("seed ", seed))
	}
	if told < 5*int(last-first) {
		t.Errorf("only %d updates", told)
	}
}

// checkV2Tools asks d and the tools about one update in both formats.
func checkV2Tools(t *testing.T, o *oracle, d *crdt.Doc, v1, v2 []byte) {
	t.Helper()
	same := func(what string, one, two any, err1, err2 error) {
		t.Helper()
		if err1 != nil || err2 != nil || fmt.Sprint(one) != fmt.Sprint(two) {
			t.Fatalf("%s of %x: %v (%v), as v2 %v (%v)", what, v1, one, err1, two, err2)
		}
	}
	one, err1 := d.Contains(v1)
	two, err2 := d.ContainsV2(v2)
	same("Contains", one, two, err1, err2)
	one, err1 = d.Integrable(v1)
	two, err2 = d.IntegrableV2(v2)
	same("Integrable", one, two, err1, err2)
	one, err1 = d.Snapshot().Contains(v1)
	two, err2 = d.Snapshot().ContainsV2(v2)
	same("Snapshot.Contains", one, two, err1, err2)
	touches, err1 := d.Inspect(v1)
	touches2, err2 := d.InspectV2(v2)
	same("Inspect", touches, touches2, err1, err2)
	clients, err1 := crdt.UpdateClients(v1)
	clients2, err2 := crdt.UpdateClientsV2(v2)
	same("UpdateClients", maps.Equal(clients, clients2), true, err1, err2)
	sv, err := crdt.EncodeStateVectorFromUpdateV2(v2)
	if theirs := o.bytes(t, "vectorOfV2", v2); err != nil || !bytes.Equal(sv, theirs) {
		t.Fatalf("state vector of %x: Go %x (%v), Yjs %x", v2, sv, err, theirs)
	}
}

// What is no v2 update is refused by every tool, with an error to branch on.
func TestV2ToolsRefuseRubbish(t *testing.T) {
	d := victim(t)
	for _, u := range [][]byte{nil, {9}, lib0.AppendUvarint(nil, 1<<40), bytes.Repeat([]byte{0xff}, 30)} {
		_, inspect := d.InspectV2(u)
		_, contains := d.ContainsV2(u)
		_, integrable := d.IntegrableV2(u)
		_, snapshot := d.Snapshot().ContainsV2(u)
		_, clients := crdt.UpdateClientsV2(u)
		_, vector := crdt.EncodeStateVectorFromUpdateV2(u)
		for i, err := range []error{inspect, contains, integrable, snapshot, clients, vector} {
			if !errors.Is(err, crdt.ErrTruncated) && !errors.Is(err, crdt.ErrMalformed) && !errors.Is(err, crdt.ErrLimit) {
				t.Errorf("tool %d, %x: %v", i, u, err)
			}
		}
	}
}
