package room_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/room"
)

// times gives f to the first n appends, and lets all others through.
func times(n int, f fate) func(string, journal.Entry) fate {
	var mu sync.Mutex
	return func(string, journal.Entry) fate {
		mu.Lock()
		defer mu.Unlock()
		if n--; n >= 0 {
			return f
		}
		return stored
	}
}

// However an append fails, the edit is in the log once, and acknowledged after.
func TestAppendFails(t *testing.T) {
	for name, f := range map[string]fate{"lost": lost, "stored but not acknowledged": unacked, "journal down": down} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			doc := w.createPlan("p1")
			ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
			w.flaky.set(times(3, f))
			ann.write("a")
			ann.write("b")
			ann.settled()
			ben.untilText("ab")
			var got []string
			for _, e := range w.entries(doc)[1:] {
				got = append(got, e.Session)
			}
			if len(got) != 2 {
				t.Errorf("%d entries, want 2", len(got))
			}
			// The room knows that it works again.
			if _, _, err := w.rooms.Command(context.Background(), doc, editor("ann", doc), "none", nil); errors.Is(err, room.ErrUnavailable) {
				t.Error("still unavailable")
			}
		})
	}
}

func TestAppendRefused(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	w.flaky.set(times(1, refused))
	ann.write("never")
	ann.until("refusal", func() bool { return len(ann.resets) == 1 })
	if r := ann.resets[0]; r.Code != "invalid" || !slices.Equal(r.Edits, []uint64{1}) {
		t.Errorf("reset is %+v", r)
	}
	if len(ann.acks) != 0 {
		t.Error("it was acknowledged too")
	}
	ben := w.join(editor("ben", doc), room.Stock)
	w.flaky.set(times(1, refused))
	ben.write("never")
	ben.untilCut(room.ErrTooBig)
}

// While the journal is away the document is there to read, edits wait, and
// nothing is acknowledged or shown; when it is back, everything goes on by
// itself.
func TestJournalAway(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	ann.write("before ")
	ann.settled()
	ben.untilText("before ")

	w.flaky.set(func(string, journal.Entry) fate { return down })
	ann.write("during ")
	ann.until("notice", func() bool { return len(ann.notices) == 1 })
	ben.until("notice", func() bool { return len(ben.notices) == 1 })
	if n := ann.notices[0]; n.Kind != "storage" || n.State != "degraded" || n.Text == "" {
		t.Errorf("notice is %+v", n)
	}
	cyn := w.join(editor("cyn", doc), room.Coplan)
	cyn.untilText("before ")
	cyn.until("notice", func() bool { return len(cyn.notices) == 1 })
	if _, _, err := w.rooms.Command(context.Background(), doc, editor("ann", doc), "note", nil); err == nil {
		t.Error("a command was accepted")
	}
	if ann.look(); ann.acked != 1 {
		t.Errorf("acknowledged up to %d", ann.acked)
	}
	ann.leave() // its page is closed before it was saved: the room has taken the edit

	w.flaky.set(nil)
	ben.untilText("before during ")
	ben.until("notice", func() bool { return len(ben.notices) == 2 && ben.notices[1].State == "ok" })
}

func TestTooMuchWaiting(t *testing.T) {
	w := newWorld(t, func(c *room.Config) { c.Limits.MaxPendingBytes = 10_000 })
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	w.flaky.set(func(string, journal.Entry) fate { return down })
	for range 20 {
		ann.send(ann.insert(strings.Repeat("x", 1000)))
	}
	ann.untilCut(room.ErrUnavailable)
	w.flaky.set(nil)
	ann.connect(editor("ann", doc))
	ann.settled()
	if got := w.text(doc); len(got) != 20_000 {
		t.Errorf("%d characters arrived", len(got))
	}
}

// A log that ends before the snapshot has lost something: the document can be
// read, and nobody writes on top of the hole.
func TestDamagedLog(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	ann.write("kept")
	ann.settled()
	w.restart()
	w.flaky.snapshot = func(s journal.Snapshot) journal.Snapshot { s.Seq += 1000; return s }
	ben := w.join(editor("ben", doc), room.Coplan)
	ben.untilText("kept")
	ben.until("notice", func() bool { return len(ben.notices) == 1 && ben.notices[0].State == "degraded" })
	ben.write("lost?")
	if w.text(doc) != "kept" || len(w.entries(doc)) != 2 {
		t.Error("something was written")
	}
	if !w.logs.has(slog.LevelError, "damaged") {
		t.Error("nothing was logged")
	}
}

// An entry that cannot be applied is skipped, by every node alike, and what
// comes after it counts.
func TestBadEntryInTheLog(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	ann.write("a")
	ann.settled()
	_, err := w.j.Append(context.Background(), "bad", journal.Entry{
		Doc: doc, At: 1, Actor: journal.Actor{ID: "x"}, Kind: journal.KindSystem, Update: []byte{7, 7, 7},
	})
	if err != nil {
		t.Fatal(err)
	}
	ann.write("b")
	ann.settled()
	if got := w.text(doc); got != "ab" {
		t.Errorf("live text is %q", got)
	}
	if !w.logs.has(slog.LevelError, "cannot be applied") {
		t.Error("nothing was logged")
	}
}

// Whatever pages do, and however the journal fails, everything acknowledged and
// everything seen is in the log, all replicas end equal, and the log replayed is
// the live document.
func TestConverge(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { testConverge(t, seed) })
	}
}

func testConverge(t *testing.T, seed uint64) {
	rnd := seeded(t, seed)
	w := newWorld(t, func(c *room.Config) { c.SnapshotEvery = 20 })
	doc := w.createPlan("p1")
	var fates sync.Mutex
	chance := rand.New(rand.NewPCG(seed, 1))
	w.flaky.set(func(string, journal.Entry) fate {
		fates.Lock()
		defer fates.Unlock()
		return [...]fate{stored, stored, stored, stored, stored, stored, lost, unacked, unacked, down}[chance.IntN(10)]
	})
	grants := []room.Grant{editor("ann", doc), editor("ben", doc), editor("cyn", doc), editor("dan", doc)}
	var clients []*client
	for i, g := range grants {
		clients = append(clients, w.join(g, room.Dialect(i%2)))
	}
	connected := []bool{true, true, true, true}
	edits := 0
	for range 400 {
		i := rnd.IntN(len(clients))
		c := clients[i]
		switch k := rnd.IntN(20); {
		case k < 14:
			edits++
			u := c.change(func(d *crdt.Doc, tx *crdt.Tx) { randomEdit(rnd, d, tx, edits) })
			if connected[i] {
				c.send(u)
			}
		case k < 16:
			c.look()
		case k == 16 && connected[i] && c.dialect == room.Coplan:
			c.settled()
		case k == 17 && connected[i]:
			c.leave()
			connected[i] = false
		case !connected[i]:
			c.enter(grants[i])
			connected[i] = true
		case k == 19 && rnd.IntN(6) == 0:
			decide := w.flaky.decide
			w.restart()
			for i := range clients {
				clients[i].look()
				connected[i] = false
			}
			w.flaky.set(decide)
		}
	}
	w.flaky.set(nil)
	for i, c := range clients {
		if !connected[i] {
			c.enter(grants[i])
		}
	}
	want := func() string { return fmt.Sprint(clients[0].doc.ToJSON()) }
	w.eventually("equal replicas", func() bool {
		live := ""
		err := w.rooms.View(context.Background(), doc, func(d *crdt.Doc, _ uint64) error { live = string(d.StateVector()); return d.Check() })
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range clients {
			c.look()
			if string(c.doc.StateVector()) != live || fmt.Sprint(c.doc.ToJSON()) != want() {
				return false
			}
		}
		return true
	})
	log := w.entries(doc)
	replayed := crdt.New(crdt.Options{})
	for i, e := range log {
		if err := replayed.ApplyUpdate(e.Update, nil); err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
		if replayed.HasPending() {
			t.Fatalf("the log is not whole after entry %d", i)
		}
		if err := replayed.Check(); err != nil {
			t.Fatalf("entry %d: %v", i, err)
		}
	}
	if got := fmt.Sprint(replayed.ToJSON()); got != want() {
		t.Errorf("replayed %s\nlive     %s", got, want())
	}
	if len(log) < 40 || edits < 200 || w.failed() < 5 {
		t.Errorf("only %d edits, %d entries and %d failures: the test did no work", edits, len(log), w.failed())
	}
}

// randomEdit changes text, a map or an array.
func randomEdit(rnd *rand.Rand, d *crdt.Doc, tx *crdt.Tx, n int) {
	body, fields, list := d.Text("body"), d.Map("fields"), d.Array("list")
	switch k := rnd.IntN(10); {
	case k < 4 || body.Len() < 5:
		body.Insert(tx, rnd.IntN(body.Len()+1), fmt.Sprintf("«%d»", n), nil)
	case k < 6:
		at := rnd.IntN(body.Len() - 2)
		body.Delete(tx, at, 1+rnd.IntN(2))
	case k == 6:
		body.Format(tx, 0, body.Len(), map[string]any{"bold": n})
	case k < 9:
		fields.Set(tx, fmt.Sprint("k", rnd.IntN(5)), n)
	default:
		list.Insert(tx, rnd.IntN(list.Len()+1), n)
	}
}

// The journal's own word, before any append has failed.
func TestJournalSaysItIsAway(t *testing.T) {
	w := newWorld(t, withCommands)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	w.flaky.status(journal.Status{Reason: "disk full"})
	ann.until("notice", func() bool { return len(ann.notices) == 1 && ann.notices[0].State == "degraded" })
	_, _, err := w.rooms.Command(context.Background(), doc, editor("ann", doc), "note", []byte(`{"text":"x"}`))
	if !errors.Is(err, room.ErrUnavailable) {
		t.Errorf("command: %v", err)
	}
	w.flaky.status(journal.Status{Ready: true})
	ann.until("notice", func() bool { return len(ann.notices) == 2 && ann.notices[1].State == "ok" })
	if _, _, err := w.rooms.Command(context.Background(), doc, editor("ann", doc), "note", []byte(`{"text":"x"}`)); err != nil {
		t.Error(err)
	}
}

// A subscription that ends is taken up again where it ended.
func TestLostTrackOfTheLog(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	ann.write("a")
	ann.settled()
	for range 3 {
		w.flaky.lose(errors.New("test: gone"))
		ann.write("b")
		ann.settled()
	}
	ben.untilText("abbb")
	if len(w.entries(doc)) != 5 {
		t.Errorf("%d entries", len(w.entries(doc)))
	}
	w.flaky.lose(fmt.Errorf("test: %w: entry 7 is unreadable", journal.ErrDamaged))
	ben.until("notice", func() bool { n := len(ben.notices); return n > 0 && strings.Contains(ben.notices[n-1].Text, "damaged") })
	ann.write("c")
	if got := w.text(doc); got != "abbb" || len(w.entries(doc)) != 5 {
		t.Errorf("live text is %q with %d entries", got, len(w.entries(doc)))
	}
}

// A bug ends the room it happens in: its people come back to a new one, and
// other rooms never notice.
func TestPanicStaysInItsRoom(t *testing.T) {
	w := newWorld(t)
	doc, other := w.createPlan("p1"), w.createPlan("p2")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", other), room.Coplan)
	ann.write("kept")
	ann.settled()
	err := w.rooms.View(context.Background(), doc, func(*crdt.Doc, uint64) error { panic("our own bug") })
	if !errors.Is(err, room.ErrInternal) {
		t.Errorf("view: %v", err)
	}
	ann.untilCut(room.ErrInternal)
	ann.connect(editor("ann", doc))
	ann.write("!")
	ann.settled()
	ben.write("fine")
	ben.settled()
	if got := w.text(doc); got != "kept!" {
		t.Errorf("live text is %q", got)
	}
	if !w.logs.has(slog.LevelError, "our own bug") {
		t.Error("nothing was logged")
	}
}
