package room_test

import (
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/room"
)

// onlyOne is a rule that no single edit breaks: of two keys at most one is set.
func onlyOne(cfg *room.Config) {
	cfg.Repair = room.Repair{
		What:   "test.repair",
		Needed: func(d *crdt.Doc) bool { return d.Map("pair").Len() > 1 },
		Run:    func(d *crdt.Doc, tx *crdt.Tx) { d.Map("pair").Delete(tx, "b") },
		After:  time.Millisecond,
	}
}

func (c *client) choose(key string) {
	c.t.Helper()
	c.send(c.change(func(d *crdt.Doc, tx *crdt.Tx) { d.Map("pair").Set(tx, key, true) }))
}

func repairs(w *world, doc string) (n int) {
	for _, e := range w.entries(doc) {
		if e.What != "test.repair" {
			continue
		}
		if n++; e.Kind != journal.KindSystem || e.Actor.Role != "system" || e.Client == 0 {
			w.t.Errorf("the repair's entry: %s by %+v as client %d", e.Kind, e.Actor, e.Client)
		}
	}
	return n
}

// TestRepairAcrossNodes: two people on two nodes bring about what neither did.
func TestRepairAcrossNodes(t *testing.T) {
	w := newWorld(t, onlyOne)
	doc := w.createPlan("p")
	other := *w
	other.start()
	a, b := w.join(editor("ann", doc), room.Coplan), other.join(editor("bob", doc), room.Coplan)
	a.choose("a")
	b.choose("b")
	for _, c := range []*client{a, b} {
		c.until("the repair", func() bool {
			return c.acked == 1 && c.doc.Map("pair").Has("a") && repairs(w, doc) > 0 && c.doc.Map("pair").Len() == 1
		})
	}
	n := repairs(w, doc)
	a.write("goes on")
	b.until("what is typed after it", func() bool { return b.doc.Text("body").String() == "goes on" })
	if again := repairs(w, doc); again != n {
		t.Errorf("%d repairs after an edit that needs none, %d before", again, n)
	}
}

// TestRepairOnOpening: the process ended between the edit and its repair.
func TestRepairOnOpening(t *testing.T) {
	w := newWorld(t, onlyOne, func(cfg *room.Config) { cfg.Repair.After = time.Hour })
	doc := w.createPlan("p")
	a := w.join(editor("ann", doc), room.Coplan)
	a.choose("b")
	a.choose("a")
	a.until("both", func() bool { return a.acked == 2 })
	if n := repairs(w, doc); n != 0 {
		t.Fatalf("%d repairs before it is time", n)
	}
	w.cfg.Repair.After = time.Millisecond
	w.restart()
	b := w.join(viewer("bob", doc), room.Coplan)
	b.until("the repair", func() bool { return b.doc.Map("pair").Len() == 1 })
	if n := repairs(w, doc); n != 1 {
		t.Errorf("%d repairs, want 1", n)
	}
}

// TestRepairLeavesFreeDocumentsAlone: only plans have rules.
func TestRepairLeavesFreeDocumentsAlone(t *testing.T) {
	w := newWorld(t, onlyOne)
	a := w.join(editor("ann", "free"), room.Coplan)
	a.choose("a")
	a.choose("b")
	a.write("x")
	a.until("all of it", func() bool { return a.acked == 3 })
	w.restart()
	if n := repairs(w, "free"); n != 0 {
		t.Errorf("%d repairs", n)
	}
}
