package room_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/room"
)

// A session that takes nothing is cut, and nobody else notices.
func TestSlowSession(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben, slow := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan), w.join(editor("sam", doc), room.Coplan)
	slow.mu.Lock()
	slow.full = true
	slow.mu.Unlock()
	ann.write("x")
	ann.settled()
	ben.untilText("x")
	slow.untilCut(room.ErrSlow)
	slow.connect(editor("sam", doc))
	slow.untilText("x")
}

func TestCutByGrant(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, ben := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Coplan)
	n := w.rooms.Cut(func(d string, g room.Grant) bool { return d == doc && g.Person.ID == "ben" }, room.ErrRevoked)
	if n != 1 {
		t.Errorf("cut %d sessions", n)
	}
	ben.untilCut(room.ErrRevoked)
	ben.write("too late")
	ann.write("still here")
	ann.settled()
	if got := w.text(doc); got != "still here" {
		t.Errorf("live text is %q", got)
	}
}

func TestCreateOnce(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	_, err := w.rooms.Create(context.Background(), doc, person("eve", "owner"), func(d *crdt.Doc, tx *crdt.Tx) error {
		d.Map("meta").Set(tx, "title", "again")
		return nil
	})
	if !errors.Is(err, room.ErrExists) {
		t.Errorf("second creation: %v", err)
	}
	failed := errors.New("no such template")
	_, err = w.rooms.Create(context.Background(), "plan/p2", person("eve", "owner"), func(*crdt.Doc, *crdt.Tx) error { return failed })
	if !errors.Is(err, failed) || len(w.entries("plan/p2")) != 0 {
		t.Errorf("failed creation: %v, %d entries", err, len(w.entries("plan/p2")))
	}
}

func TestIdleRoomLeavesMemory(t *testing.T) {
	w := newWorld(t, func(c *room.Config) { c.IdleAfter = 10 * time.Millisecond })
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	ann.write("kept")
	ann.settled()
	ann.leave()
	w.eventually("the room is gone", func() bool { return room.Rooms(w.rooms) == 0 })
	var snap journal.Snapshot
	w.eventually("a snapshot", func() bool {
		var found bool
		var err error
		if snap, found, err = w.j.LatestSnapshot(context.Background(), doc, 0); err != nil {
			t.Fatal(err)
		}
		return found
	})
	if snap.Seq != ann.ackSeq || snap.Ordinal != 2 || snap.Epoch != 3 || snap.Clients[ann.doc.ClientID()] != "ann" {
		t.Errorf("snapshot is of entry %d (%d entries), epoch %d, clients %v", snap.Seq, snap.Ordinal, snap.Epoch, snap.Clients)
	}
	var edge journal.Edge
	for _, e := range w.entries(doc) {
		edge = edge.Append(e.Raw)
	}
	if got, err := journal.UnmarshalEdge(snap.Ordinal, snap.Edge); err != nil || !got.Equal(edge) {
		t.Errorf("snapshot's Merkle edge is not that of the log (%v)", err)
	}
	ben := w.join(editor("ben", doc), room.Coplan)
	ben.untilText("kept")
}

func TestSnapshotAfterManyEntries(t *testing.T) {
	w := newWorld(t, func(c *room.Config) { c.SnapshotEvery = 10 })
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	for range 25 {
		ann.write("x")
		ann.settled()
	}
	w.eventually("a second snapshot", func() bool {
		s, found, err := w.j.LatestSnapshot(context.Background(), doc, 0)
		return err == nil && found && s.Ordinal >= 20
	})
}

// A snapshot is a cache: whatever is wrong with it, the log has everything.
func TestCorruptedSnapshot(t *testing.T) {
	for name, spoil := range map[string]func(journal.Snapshot) journal.Snapshot{
		"state":  func(s journal.Snapshot) journal.Snapshot { s.State = s.State[:len(s.State)/2]; return s },
		"edge":   func(s journal.Snapshot) journal.Snapshot { s.Edge = s.Edge[1:]; return s },
		"format": func(s journal.Snapshot) journal.Snapshot { s.Format = "v9"; return s },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			doc := w.createPlan("p1")
			for _, s := range []string{"one ", "two ", "three"} {
				c := w.join(editor("ann", doc), room.Coplan)
				c.write(s)
				c.settled()
				w.restart() // each leaves a snapshot
			}
			w.flaky.snapshot = spoil
			if got := w.text(doc); got != "one two three" {
				t.Errorf("live text is %q", got)
			}
			if !w.logs.has(slog.LevelError, "rebuilt from the log") {
				t.Error("nothing was logged")
			}
			ann := w.join(editor("ann", doc), room.Coplan)
			ann.write("!")
			ann.settled()
		})
	}
}

func TestDrain(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann, old := w.join(editor("ann", doc), room.Coplan), w.join(editor("ben", doc), room.Stock)
	g := w.gate()
	ann.write("a")
	old.write("b")
	<-g.waiting
	<-g.waiting
	old.write("c") // taken, and not even on its way
	w.text(doc)
	closed := make(chan error, 1)
	go func() { closed <- w.rooms.Close(context.Background()) }()
	ann.until("notice", func() bool { return len(ann.notices) == 1 && ann.notices[0].Kind == "draining" })
	if _, err := w.rooms.Join(context.Background(), doc, editor("cyn", doc), room.Coplan, w.newClient(room.Coplan)); !errors.Is(err, room.ErrDraining) {
		t.Errorf("join while draining: %v", err)
	}
	close(g.open)
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	ann.untilCut(room.ErrDraining)
	old.untilCut(room.ErrDraining)
	if ann.acked != 1 {
		t.Errorf("acknowledged up to %d", ann.acked)
	}
	w.start()
	if got := w.text(doc); len(got) != 3 {
		t.Errorf("live text is %q, want all that was taken", got)
	}
	snap, found, err := w.j.LatestSnapshot(context.Background(), doc, 0)
	if log := w.entries(doc); err != nil || !found || snap.Seq != log[len(log)-1].Seq {
		t.Errorf("no snapshot of the end: %v, %v", found, err)
	}
}

// An edit whose base never came keeps nobody waiting behind the one before it: not
// the end of the room, and not what the same person sends from a new connection.
func TestHeldEditHoldsNothingUp(t *testing.T) {
	for name, then := range map[string]func(w *world, g *gate, ann *client){
		"draining": func(w *world, g *gate, ann *client) {
			closed := make(chan error, 1)
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			go func() { closed <- w.rooms.Close(ctx) }()
			ann.until("notice", func() bool { return len(ann.notices) == 1 && ann.notices[0].Kind == "draining" })
			close(g.open)
			if err := <-closed; err != nil {
				t.Error(err)
			}
		},
		"coming back": func(w *world, g *gate, ann *client) {
			ann.leave()
			again := w.join(editor("ann", "plan/p1"), room.Coplan)
			again.write("b")
			w.text("plan/p1") // it is in the queue
			began := time.Now()
			close(g.open)
			again.settled()
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("the new connection's edit took %v", took)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ann := w.join(editor("ann", w.createPlan("p1")), room.Coplan)
			g := w.gate()
			ann.write("a")
			<-g.waiting
			ann.insert("lost ")
			ann.send(ann.insert("orphan"))
			w.text("plan/p1") // it waits for the first
			then(w, g, ann)
		})
	}
}

// When draining takes too long the room stops where it is; nothing that was not
// durable had been acknowledged.
func TestDrainGivesUp(t *testing.T) {
	w := newWorld(t)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	w.flaky.set(func(string, journal.Entry) fate { return down })
	ann.write("a")
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if err := w.rooms.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close: %v", err)
	}
	ann.untilCut(room.ErrDraining)
	if len(ann.acks) != 0 {
		t.Error("acknowledged what was not stored")
	}
	w.flaky.set(nil)
	w.start()
	ann.connect(editor("ann", doc))
	ann.settled()
	if got := w.text(doc); got != "a" {
		t.Errorf("live text is %q", got)
	}
}

// Rooms that come and go as fast as people do lose nothing.
func TestRoomsComeAndGo(t *testing.T) {
	w := newWorld(t, func(c *room.Config) { c.IdleAfter = time.Nanosecond })
	const people, visits = 4, 15
	var wg sync.WaitGroup
	for i := range people {
		wg.Go(func() {
			g := editor(fmt.Sprint("p", i), "doc/busy")
			for range visits {
				c := w.join(g, room.Coplan)
				c.write("x")
				c.settled()
				c.leave()
			}
		})
	}
	wg.Wait()
	if got := w.text("doc/busy"); len(got) != people*visits {
		t.Errorf("%d letters of %d", len(got), people*visits)
	}
	w.eventually("no rooms", func() bool { return room.Rooms(w.rooms) == 0 })
}
