package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"coplan/server/journal"
)

// logBook keeps what is logged as errors.
type logBook struct {
	mu    sync.Mutex
	lines []string
}

func (l *logBook) Enabled(_ context.Context, lv slog.Level) bool { return lv >= slog.LevelError }
func (l *logBook) WithAttrs([]slog.Attr) slog.Handler            { return l }
func (l *logBook) WithGroup(string) slog.Handler                 { return l }
func (l *logBook) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, r.Message)
	return nil
}

func (l *logBook) has(parts ...string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.lines {
		n := 0
		for _, p := range parts {
			if strings.Contains(s, p) {
				n++
			}
		}
		if n == len(parts) {
			return true
		}
	}
	return false
}

const damaged = "plan/damaged"

// written is a closed journal with 60 entries in damaged and a snapshot after 40.
func written(t *testing.T) (dir string, at []journal.Stored) {
	t.Helper()
	dir = scratch(t)
	j := mustOpen(t, journal.Config{Dir: dir, Sync: journal.SyncOS})
	var edge journal.Edge
	for i := range 60 {
		if _, err := j.Append(within(t, 5*time.Second), fmt.Sprint(i), update(damaged, fmt.Sprintf("marker-%02d", i))); err != nil {
			t.Fatal(err)
		}
	}
	for s, err := range j.Read(within(t, 5*time.Second), damaged, 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, s)
		if edge.Size() < 40 {
			edge = edge.Append(s.Raw)
		}
	}
	putSnapshot(t, j, journal.Snapshot{Doc: damaged, Seq: at[19].Seq, Ordinal: 20, Format: "v1", State: []byte("state after 20")})
	putSnapshot(t, j, journal.Snapshot{Doc: damaged, Seq: at[39].Seq, Ordinal: 40, Edge: edge.Marshal(), Format: "v1", State: []byte("state after 40")})
	closeNow(t, j)
	return dir, at
}

func putSnapshot(t *testing.T, j *journal.Journal, s journal.Snapshot) {
	t.Helper()
	if err := j.PutSnapshot(within(t, 5*time.Second), s); err != nil {
		t.Fatal(err)
	}
}

// flip changes one byte of the only place in the stream's blocks where text is.
func flip(t *testing.T, dir, stream, text string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", stream, "msgs", "*.blk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no blocks of %s: %v", stream, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(b, []byte(text)); i >= 0 {
			b[i] ^= 0x20
			if err := os.WriteFile(f, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("%q is nowhere in %s", text, stream)
}

func dropIndex(t *testing.T, dir, stream string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", stream, "msgs", "index.db"))
	if len(files) != 1 {
		t.Fatalf("index files: %v", files)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
}

// noticed: the damage is in Status, in the log, and names where.
func noticed(t *testing.T, j *journal.Journal, log *logBook, parts ...string) {
	t.Helper()
	for _, d := range j.Status().Damage {
		n := 0
		for _, p := range parts {
			if strings.Contains(d.String(), p) {
				n++
			}
		}
		if n == len(parts) && log.has(append(parts, "DAMAGE")...) {
			return
		}
	}
	t.Fatalf("no damage report with %q: status %v, log %q", parts, j.Status().Damage, log.lines)
}

func readErr(t *testing.T, j *journal.Journal) (n int, err error) {
	t.Helper()
	for s, err := range j.Read(within(t, 20*time.Second), damaged, 0, 0) {
		if err != nil {
			return n, err
		}
		if string(s.Update) != fmt.Sprintf("marker-%02d", n) {
			t.Fatalf("entry %d is %q: something was stepped over silently", n, s.Update)
		}
		n++
	}
	return n, nil
}

// One flipped bit in an entry is never passed over in silence.
func TestFlippedBit(t *testing.T) {
	t.Parallel()
	for _, index := range []string{"with index", "without index"} {
		for _, victim := range []int{0, 17, 45, 59} {
			t.Run(fmt.Sprintf("%s, entry %d", index, victim), func(t *testing.T) {
				t.Parallel()
				dir, _ := written(t)
				stream, _ := journal.Subject(damaged)
				flip(t, dir, stream, fmt.Sprintf("marker-%02d", victim))
				if index == "without index" {
					dropIndex(t, dir, stream)
				}
				log := &logBook{}
				j := mustOpen(t, journal.Config{Dir: dir, Logger: slog.New(log)})
				defer closeNow(t, j)
				atOpen := len(j.Status().Damage) > 0
				err := j.Check(within(t, 20*time.Second), damaged, true)
				n, readError := 0, error(nil)
				if atOpen {
					t.Logf("at open: %v", j.Status().Damage)
				} else {
					n, readError = readErr(t, j)
				}
				t.Logf("check: %v; read: %d entries, %v", err, n, readError)
				if !atOpen && (!errors.Is(err, journal.ErrDamaged) || !errors.Is(readError, journal.ErrDamaged)) {
					t.Fatal("nobody noticed")
				}
				noticed(t, j, log, stream)
			})
		}
	}
}

// An entry is deleted behind the journal's back.
func TestDeletedEntry(t *testing.T) {
	t.Parallel()
	dir, at := written(t)
	stream, _ := journal.Subject(damaged)
	log := &logBook{}
	j := mustOpen(t, journal.Config{Dir: dir, Logger: slog.New(log)})
	js, err := jetstream.New(journal.Conn(j))
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(within(t, 5*time.Second), stream)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteMsg(within(t, 5*time.Second), at[10].Seq); err != nil {
		t.Fatal(err)
	}
	if err := j.Check(within(t, 5*time.Second), damaged, false); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("check: %v", err)
	}
	noticed(t, j, log, damaged, "39 entries are there", "40 were")
	// The document goes on from its snapshot.
	snap, _, err := j.LatestSnapshot(within(t, 5*time.Second), damaged, 0)
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan journal.Stored, 100)
	sub, err := j.Follow(within(t, 20*time.Second), damaged, snap.Cursor(), func(s journal.Stored) { got <- s }, nil)
	if err != nil {
		t.Fatal(err)
	}
	<-sub.CaughtUp()
	if len(got) != 20 {
		t.Errorf("%d entries behind the snapshot, want 20", len(got))
	}
	closeNow(t, j)
	log = &logBook{}
	j = mustOpen(t, journal.Config{Dir: dir, Logger: slog.New(log)})
	defer closeNow(t, j)
	noticed(t, j, log, stream, fmt.Sprintf("sequence %d:", at[10].Seq), "1 entries are missing")
}

// The end of a stream is gone, as after restoring an old backup of it.
func TestLostEnd(t *testing.T) {
	t.Parallel()
	dir, at := written(t)
	stream, _ := journal.Subject(damaged)
	if err := os.RemoveAll(filepath.Join(dir, "jetstream", "$G", "streams", stream)); err != nil {
		t.Fatal(err)
	}
	log := &logBook{}
	j := mustOpen(t, journal.Config{Dir: dir, Logger: slog.New(log)})
	defer closeNow(t, j)
	noticed(t, j, log, stream, fmt.Sprintf("once reached %d", at[59].Seq))
	snap, ok, err := j.LatestSnapshot(within(t, 5*time.Second), damaged, 0)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	_, err = j.Follow(within(t, 5*time.Second), damaged, snap.Cursor(), func(journal.Stored) {}, nil)
	if !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("follow from a snapshot beyond the log: %v", err)
	}
	noticed(t, j, log, damaged, fmt.Sprintf("entries up to %d were seen", snap.Seq))
}

// A corrupt or missing snapshot is skipped, loudly, for an older one.
func TestCorruptSnapshot(t *testing.T) {
	t.Parallel()
	newest, older := journal.SnapshotObject(damaged, 40), journal.SnapshotObject(damaged, 20)
	put := func(t *testing.T, o jetstream.ObjectStore, b []byte) {
		t.Helper()
		if _, err := o.PutBytes(within(t, 5*time.Second), newest, b); err != nil {
			t.Fatal(err)
		}
	}
	get := func(t *testing.T, o jetstream.ObjectStore, name string) []byte {
		t.Helper()
		b, err := o.GetBytes(within(t, 5*time.Second), name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name string
		f    func(*testing.T, jetstream.ObjectStore) // nil: a bit on disk
	}{
		{"flipped bit on disk", nil},
		{"garbage", func(t *testing.T, o jetstream.ObjectStore) { put(t, o, []byte("garbage")) }},
		{"empty", func(t *testing.T, o jetstream.ObjectStore) { put(t, o, nil) }},
		{"truncated", func(t *testing.T, o jetstream.ObjectStore) { b := get(t, o, newest); put(t, o, b[:len(b)-3]) }},
		{"another's", func(t *testing.T, o jetstream.ObjectStore) { put(t, o, get(t, o, older)) }},
		{"missing", func(t *testing.T, o jetstream.ObjectStore) {
			if err := o.Delete(within(t, 5*time.Second), newest); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, at := written(t)
			if c.f == nil {
				flip(t, dir, "OBJ_SNAPSHOTS", "state after 40")
			}
			log := &logBook{}
			j := mustOpen(t, journal.Config{Dir: dir, Logger: slog.New(log)})
			defer closeNow(t, j)
			if c.f != nil {
				js, err := jetstream.New(journal.Conn(j))
				if err != nil {
					t.Fatal(err)
				}
				o, err := js.ObjectStore(within(t, 5*time.Second), "SNAPSHOTS")
				if err != nil {
					t.Fatal(err)
				}
				c.f(t, o)
			}
			s, ok, err := j.LatestSnapshot(within(t, 30*time.Second), damaged, 0)
			if err != nil || !ok || s.Seq != at[19].Seq || string(s.State) != "state after 20" {
				t.Fatalf("got seq %d state %q, %v, %v", s.Seq, s.State, ok, err)
			}
			if !log.has("snapshot is corrupt and is skipped") {
				t.Errorf("nothing was logged: %q", log.lines)
			}
			// The next one at that place heals it.
			putSnapshot(t, j, journal.Snapshot{Doc: damaged, Seq: at[39].Seq, Ordinal: 40, Format: "v1", State: []byte("again")})
			if s, _, err := j.LatestSnapshot(within(t, 30*time.Second), damaged, 0); err != nil || string(s.State) != "again" {
				t.Errorf("after writing it again: %q, %v", s.State, err)
			}
		})
	}
}

// Of many snapshots the newest four stay, and older ones spread over history.
func TestSnapshotsThinned(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, journal.Config{Dir: scratch(t), Sync: journal.SyncOS})
	defer closeNow(t, j)
	for i := range uint64(45) {
		putSnapshot(t, j, journal.Snapshot{Doc: damaged, Seq: i + 1, Ordinal: 100 * (i + 1), State: []byte("x")})
	}
	var left []uint64
	for at := uint64(45); at > 0; at-- {
		s, ok, err := j.LatestSnapshot(within(t, 5*time.Second), damaged, at)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		at = s.Seq
		left = append(left, s.Seq)
	}
	slices.Reverse(left)
	if len(left) != 32 || !slices.Equal(left[28:], []uint64{42, 43, 44, 45}) {
		t.Fatalf("left are %v", left)
	}
	for i := 1; i < len(left); i++ {
		if left[i]-left[i-1] > 4 {
			t.Fatalf("a gap from %d to %d in %v", left[i-1], left[i], left)
		}
	}
	js, err := jetstream.New(journal.Conn(j))
	if err != nil {
		t.Fatal(err)
	}
	o, err := js.ObjectStore(within(t, 5*time.Second), "SNAPSHOTS")
	if err != nil {
		t.Fatal(err)
	}
	objects, err := o.List(within(t, 5*time.Second))
	if err != nil || len(objects) != 32 {
		t.Errorf("%d objects are stored, %v; want 32", len(objects), err)
	}
}
