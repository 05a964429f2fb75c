package room_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/room"
)

func TestEditReachesEveryoneElse(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben, old := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan), w.join(editor("cyn", doc), room.Stock)

	ann.write("Hello")
	ann.settled()
	ben.untilText("Hello")
	old.untilText("Hello")

	if len(ann.updates) != 0 {
		t.Errorf("the author got %d updates back", len(ann.updates))
	}
	u := ben.updates[0]
	if u.Person != "ann" || u.Seq != ann.ackSeq || u.Seq == 0 {
		t.Errorf("update of %q at %d; the author's acknowledgement says %d", u.Person, u.Seq, ann.ackSeq)
	}
	log := w.entries(doc)
	e := log[len(log)-1]
	if len(log) != 2 || e.Seq != ann.ackSeq || e.Kind != journal.KindUpdate || e.Session != ann.s.ID() || e.Actor.Name != "Ann" || e.Actor.Via != "link" {
		t.Errorf("log has %d entries, the last is %+v", len(log), e.Entry)
	}
	if h := ben.hello; h == nil || h.Schema != 1 || h.Epoch != 3 || h.Doc != doc || h.Person.Color == "" || !h.Can.Write {
		t.Errorf("hello is %+v", h)
	}
	if old.hello != nil || len(old.acks) != 0 {
		t.Error("a stock client was sent what it does not understand")
	}
	if got := w.text(doc); got != "Hello" {
		t.Errorf("live text is %q", got)
	}
}

// Nobody sees an edit, its author's acknowledgement included, before the journal
// has it.
func TestCommitBeforeTelling(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	g := w.gate()
	ann.write("secret")
	<-g.waiting

	// A round trip through the room: whatever it had to say, it has said.
	for range 3 {
		if got := w.text(doc); got != "" {
			t.Fatalf("the live document has %q before the journal", got)
		}
	}
	ann.look()
	ben.look()
	if len(ben.updates) != 0 || len(ann.acks) != 0 {
		t.Fatalf("before the journal: %d updates, %d acknowledgements", len(ben.updates), len(ann.acks))
	}
	close(g.open)
	ann.settled()
	ben.untilText("secret")
}

// What a connection sends while its entry is on the way becomes one entry.
func TestEditsInFlightAreMerged(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	g := w.gate()
	for range 100 {
		ann.write("x")
	}
	<-g.waiting
	w.text(doc) // the room has taken all of them
	close(g.open)
	ann.settled()
	want := strings.Repeat("x", 100)
	ben.untilText(want)
	if n := len(w.entries(doc)); n != 3 {
		t.Errorf("%d entries, want the first, one edit, and ninety-nine merged", n)
	}
	if !slices.Equal(ann.acks, []uint64{1, 100}) {
		t.Errorf("acknowledged %v", ann.acks)
	}
}

func TestEchoCostsNothing(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	ann.write("once")
	ann.settled()
	ben.untilText("once")
	before := len(w.entries(doc))

	all, err := ben.doc.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	ben.send(all) // ann's words among them
	ben.settled()
	if ben.ackSeq != 0 {
		t.Errorf("acknowledged at %d, want 0 for what was there already", ben.ackSeq)
	}
	viewing := w.join(viewer("vic", doc), room.Coplan)
	viewing.send(all) // even from somebody who may not write
	viewing.settled()
	if after := len(w.entries(doc)); after != before {
		t.Errorf("%d entries came from echoes", after-before)
	}
	ann.look()
	if len(ann.updates) != 0 {
		t.Error("an echo was passed on")
	}
}

// An acknowledgement never runs ahead of an edit before it that is not durable.
func TestEchoDoesNotOvertake(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	known, err := ann.doc.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	g := w.gate()
	ann.write("first")
	<-g.waiting
	ann.send(known)
	w.text(doc)
	if ann.look(); len(ann.acks) != 0 {
		t.Fatalf("acknowledged %v while edit 1 is on its way", ann.acks)
	}
	close(g.open)
	ann.settled()
}

// A page that lost its connection sends again what was not acknowledged, while
// its first attempt is still on the way.
func TestResentEditIsOneEntry(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	g := w.gate()
	ann.write("once")
	<-g.waiting
	ann.leave()
	ann.connect(editor("ann", doc)) // and answers step 1 with the same words
	ann.until("the answer is sent", func() bool { return ann.sent == 1 })
	w.text(doc)
	close(g.open)
	ann.settled()
	if n := len(w.entries(doc)); n != 2 || ann.ackSeq != 0 {
		t.Errorf("%d entries, acknowledged at %d", n, ann.ackSeq)
	}
}

func TestWhoMayNotWrite(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	vic, old := w.join(viewer("vic", doc), room.Coplan), w.join(viewer("oli", doc), room.Stock)

	vic.write("mine")
	vic.until("refusal", func() bool { return len(vic.resets) == 1 })
	if r := vic.resets[0]; r.Code != "forbidden" || !slices.Equal(r.Edits, []uint64{1}) || r.Reason == "" || r.Epoch != 3 {
		t.Errorf("reset is %+v", r)
	}
	old.write("mine")
	old.write("mine too")
	old.until("denial", func() bool { return len(old.denied) > 0 })
	ann.write("ours")
	ann.settled()
	vic.until("the editor's words", func() bool { return len(vic.updates) == 1 })
	if old.look(); len(old.denied) != 1 {
		t.Errorf("told %d times", len(old.denied))
	}
	if got := w.text(doc); got != "ours" {
		t.Errorf("live text is %q", got)
	}
	if n := len(w.entries(doc)); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestForeignClientID(t *testing.T) {
	for name, doc := range map[string]string{"plan": "", "free document": "doc/free"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			plan := doc == ""
			if plan {
				doc = w.createPlan("p1")
			}
			ann, eve := w.join(editor("ann", doc), room.Coplan), w.join(editor("eve", doc), room.Coplan)
			ann.write("a")
			ann.settled()
			eve.untilText("a")
			eve.doc.SetClientID(ann.doc.ClientID())
			eve.write("forged")
			if !plan {
				eve.settled()
				return
			}
			eve.until("refusal", func() bool { return len(eve.resets) == 1 })
			if r := eve.resets[0]; r.Code != "forbidden" {
				t.Errorf("reset is %+v", r)
			}
			// The table survives the room and comes from the log or a snapshot.
			w.restart()
			forger := w.join(editor("eve", doc), room.Stock)
			forger.doc.SetClientID(ann.doc.ClientID())
			forger.write("forged again")
			forger.untilCut(room.ErrForbidden)
			if got := w.text(doc); got != "a" {
				t.Errorf("live text is %q", got)
			}
		})
	}
}

// An id somebody is present under cannot be taken before its first edit.
func TestClientIDOfSomebodyPresent(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, eve := w.join(editor("ann", doc), room.Coplan), w.join(editor("eve", doc), room.Coplan)
	ann.show(1, `{}`)
	eve.until("seeing Ann", func() bool { return len(eve.presence) == 1 })
	eve.doc.SetClientID(ann.doc.ClientID())
	eve.write("forged")
	eve.until("refusal", func() bool { return len(eve.resets) == 1 })
}

func TestAfterARefusalWhatBuildsOnItIsRefused(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, eve := w.join(editor("ann", doc), room.Coplan), w.join(editor("eve", doc), room.Coplan)
	ann.write("a")
	ann.settled()
	eve.untilText("a")
	own := eve.doc.ClientID()
	eve.doc.SetClientID(ann.doc.ClientID())
	eve.write("forged")
	eve.doc.SetClientID(own)
	eve.write(" and built upon") // refers to the forged text
	eve.until("two refusals", func() bool { return len(eve.resets) == 2 })
	if r := eve.resets[1]; r.Code != "invalid" || !slices.Equal(r.Edits, []uint64{2}) {
		t.Errorf("second reset is %+v", r)
	}
}

// A client may send what it types before what it typed offline: the log gets
// both as one entry, whole.
func TestEditAheadOfWhatItNeeds(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	first, second := ann.insert("one "), ann.insert("two")
	ann.send(second)
	w.text(doc)
	if ann.look(); len(ann.acks) != 0 || len(w.entries(doc)) != 1 {
		t.Fatal("an edit with nothing to stand on was stored")
	}
	ann.send(first)
	ann.settled()
	ben.untilText("one two")
	if n := len(w.entries(doc)); n != 2 {
		t.Errorf("%d entries, want the first and one edit", n)
	}
}

// Two tabs of one browser hear of each other's edits without the server.
func TestEditThatNeedsAnotherSessions(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	one, two := w.join(editor("ann", doc), room.Coplan), w.join(editor("ann", doc), room.Coplan)
	first := one.insert("one ")
	two.apply(first)
	two.send(two.insert("two"))
	w.text(doc)
	one.send(first)
	one.settled()
	two.settled()
	one.untilText("one two")
	if n := len(w.entries(doc)); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestEditWhoseBaseNeverComes(t *testing.T) {
	short := func(c *room.Config) {
		c.Limits.HoldAfter, c.Limits.HoldFor = 20*time.Millisecond, 100*time.Millisecond
	}
	t.Run("asked for and given", func(t *testing.T) {
		w := newWorld(t, short)
		doc := w.createPlan("p1")
		ann := w.join(editor("ann", doc), room.Coplan)
		ann.insert("lost on the way ")
		ann.send(ann.insert("two"))
		ann.until("being asked again", func() bool { return ann.asked == 2 }) // and answering
		ann.settled()
		if got := w.text(doc); got != "lost on the way two" {
			t.Errorf("live text is %q", got)
		}
	})
	for name, d := range map[string]room.Dialect{"numbered": room.Coplan, "stock": room.Stock} {
		t.Run("never, "+name, func(t *testing.T) {
			w := newWorld(t, short)
			doc := w.createPlan("p1")
			ann := w.join(editor("ann", doc), d)
			ann.insert("lost ")
			orphan := ann.insert("orphan")
			ann.doc = crdt.New(crdt.Options{}) // a page that forgot
			ann.send(orphan)
			if d == room.Stock {
				ann.untilCut(room.ErrMalformed)
			} else {
				ann.until("refusal", func() bool { return len(ann.resets) == 1 })
			}
			if n := len(w.entries(doc)); n != 1 {
				t.Errorf("%d entries", n)
			}
		})
	}
	t.Run("too much to hold", func(t *testing.T) {
		w := newWorld(t, func(c *room.Config) { c.Limits.MaxHeldBytes = 1000 })
		doc := w.createPlan("p1")
		ann := w.join(editor("ann", doc), room.Coplan)
		ann.insert("lost ")
		ann.send(ann.insert(strings.Repeat("x", 600)))
		ann.send(ann.insert(strings.Repeat("y", 600)))
		ann.until("refusal", func() bool { return len(ann.resets) == 1 })
		if got := ann.resets[0].Edits; !slices.Equal(got, []uint64{1, 2}) {
			t.Errorf("refused %v", got)
		}
	})
}

func TestBadEdits(t *testing.T) {
	w := newWorld(t, func(c *room.Config) { c.Limits.MaxUpdateBytes = 1000 })
	doc := w.createPlan("p1")
	t.Run("not an update", func(t *testing.T) {
		c := w.join(editor("ann", doc), room.Coplan)
		c.send([]byte{1, 2, 3})
		c.untilCut(room.ErrMalformed)
	})
	t.Run("before hello", func(t *testing.T) {
		c := w.newClient(room.Coplan)
		s, err := w.rooms.Join(context.Background(), doc, editor("ann", doc), room.Coplan, c)
		if err != nil {
			t.Fatal(err)
		}
		c.s = s
		c.write("x")
		c.untilCut(room.ErrMalformed)
	})
	t.Run("numbers that do not grow", func(t *testing.T) {
		c := w.join(editor("ann", doc), room.Coplan)
		known, err := c.doc.EncodeStateAsUpdate(nil)
		if err != nil {
			t.Fatal(err)
		}
		c.must(c.s.Edit(2, known))
		c.must(c.s.Edit(2, known))
		c.untilCut(room.ErrMalformed)
	})
	t.Run("too big", func(t *testing.T) {
		c := w.join(editor("ann", doc), room.Coplan)
		c.write(strings.Repeat("x", 2000))
		c.until("refusal", func() bool { return len(c.resets) == 1 })
		if r := c.resets[0]; r.Code != "invalid" || !strings.Contains(r.Reason, "1000") {
			t.Errorf("reset is %+v", r)
		}
	})
	t.Run("too big, stock", func(t *testing.T) {
		c := w.join(editor("ann", doc), room.Stock)
		c.write(strings.Repeat("x", 2000))
		c.untilCut(room.ErrTooBig)
	})
	t.Run("bad state vector", func(t *testing.T) {
		c := w.join(editor("ann", doc), room.Coplan)
		c.must(c.s.SyncStep1([]byte{9, 9}))
		c.untilCut(room.ErrMalformed)
	})
	if n := len(w.entries(doc)); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// What no document would take is refused with a reason before it is stored, and
// what it was sent together with is not.
func TestEditsOverTheLimits(t *testing.T) {
	nest := func(c *client, key string, n int) []byte {
		return c.change(func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map("deep")
			for inner, ok := m.Map(key); ok; inner, ok = m.Map(key) {
				m = inner
			}
			for range n {
				m = m.SetMap(tx, key)
			}
		})
	}
	boundless := crdt.Options{Limits: crdt.Limits{MaxDepth: 1 << 20}}
	t.Run("in one edit", func(t *testing.T) {
		w := newWorld(t)
		doc := w.createPlan("p1")
		ann := w.join(editor("ann", doc), room.Coplan)
		ann.doc = crdt.New(boundless)
		ann.send(nest(ann, "k", 600))
		ann.until("refusal", func() bool { return len(ann.resets) == 1 })
		if r := ann.resets[0]; r.Code != "invalid" || !slices.Equal(r.Edits, []uint64{1}) || !strings.Contains(r.Reason, "nested deeper") {
			t.Errorf("reset is %+v", r)
		}
		if n := len(w.entries(doc)); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
	t.Run("in one edit, stock", func(t *testing.T) {
		w := newWorld(t)
		ann := w.join(editor("ann", w.createPlan("p1")), room.Stock)
		ann.doc = crdt.New(boundless)
		ann.send(nest(ann, "k", 600))
		ann.untilCut(room.ErrTooBig)
	})
	t.Run("a value", func(t *testing.T) {
		w := newWorld(t)
		ann := w.join(editor("ann", w.createPlan("p1")), room.Coplan)
		ann.doc = crdt.New(boundless)
		var v any = 1
		for range 600 {
			v = []any{v}
		}
		ann.send(ann.change(func(d *crdt.Doc, tx *crdt.Tx) { d.Map("deep").Set(tx, "k", v) }))
		ann.until("refusal", func() bool { return len(ann.resets) == 1 })
	})
	t.Run("together with one that is fine", func(t *testing.T) {
		w := newWorld(t)
		doc := w.createPlan("p1")
		ann := w.join(editor("ann", doc), room.Coplan)
		ann.doc = crdt.New(boundless)
		w.flaky.set(func(string, journal.Entry) fate { return down })
		ann.send(ann.change(func(d *crdt.Doc, tx *crdt.Tx) { d.Map("deep").Set(tx, "flat", 1) }))
		ann.send(nest(ann, "k", 300))
		ann.send(nest(ann, "k", 300))
		w.flaky.set(nil)
		ann.until("refusal", func() bool { return len(ann.resets) == 1 })
		if r := ann.resets[0]; !slices.Equal(r.Edits, []uint64{3}) {
			t.Errorf("reset is %+v", r)
		}
		ann.until("the others", func() bool { return slices.Contains(ann.acks, 2) })
	})
}

func TestJoinRefused(t *testing.T) {
	w := newWorld(t, func(c *room.Config) { c.Limits.MaxSessions = 1 })
	doc := w.createPlan("p1")
	for name, c := range map[string]struct {
		grant room.Grant
		want  error
	}{
		"no such plan":    {editor("ann", "plan/none"), room.ErrNotFound},
		"nothing granted": {room.Grant{Doc: doc}, room.ErrForbidden},
		"bad name":        {editor("ann", "doc/\x00"), room.ErrNotFound},
	} {
		if _, err := w.rooms.Join(context.Background(), c.grant.Doc, c.grant, room.Coplan, w.newClient(room.Coplan)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := w.rooms.Join(context.Background(), doc, editor("ann", "plan/other"), room.Coplan, w.newClient(room.Coplan)); !errors.Is(err, room.ErrForbidden) {
		t.Errorf("grant for another document: %v", err)
	}
	w.join(editor("ann", doc), room.Coplan)
	if _, err := w.rooms.Join(context.Background(), doc, editor("ben", doc), room.Coplan, w.newClient(room.Coplan)); !errors.Is(err, room.ErrFull) {
		t.Errorf("full room: %v", err)
	}
}

func TestOldProgramsAndOldCopies(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	t.Run("schema", func(t *testing.T) {
		c := w.newClient(room.Coplan)
		s, err := w.rooms.Join(context.Background(), doc, editor("ann", doc), room.Coplan, c)
		if err != nil {
			t.Fatal(err)
		}
		c.must(s.Hello(1, 0, 0))
		c.must(s.SyncStep1([]byte{0}))
		c.untilCut(room.ErrSchema)
		if c.synced {
			t.Error("it was sent the document")
		}
	})
	t.Run("epoch", func(t *testing.T) {
		c := w.newClient(room.Coplan)
		s, err := w.rooms.Join(context.Background(), doc, editor("ann", doc), room.Coplan, c)
		if err != nil {
			t.Fatal(err)
		}
		c.s = s
		c.must(s.Hello(1, 1, 2))
		c.must(s.SyncStep1([]byte{0})) // sent before it could hear of the reset
		c.until("reset", func() bool { return len(c.resets) == 1 })
		if r := c.resets[0]; r.Code != "epoch" || r.Epoch != 3 {
			t.Errorf("reset is %+v", r)
		}
		if c.synced {
			t.Error("it was sent the document before it discarded its copy")
		}
		c.must(s.Hello(2, 1, 3))
		c.must(s.SyncStep1([]byte{0}))
		c.until("answer to step 1", func() bool { return c.synced })
	})
}
