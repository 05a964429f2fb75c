package journaltest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"coplan/server/journal"
)

func testFollowCursor(t *testing.T, w *world) {
	j := w.open()
	for i := range 120 {
		w.append(j, "plan/f", fmt.Sprint(i))
	}
	all := w.read(j, "plan/f")
	for _, from := range []int{0, 1, 60, 119, 120} {
		var c journal.Cursor
		if from > 0 {
			c = journal.After(all[from-1])
		}
		f := w.follow(j, "plan/f", c)
		select {
		case <-f.sub.CaughtUp():
		case <-w.ctx.Done():
			t.Fatalf("from %d: never caught up", from)
		}
		if n := len(f.in); n != 120-from {
			t.Fatalf("from %d: caught up after %d entries, want %d", from, n, 120-from)
		}
		f.wait(120 - from)
		f.sub.Stop()
	}
	empty := w.follow(j, "plan/empty", journal.Cursor{})
	<-empty.sub.CaughtUp()
	two := []*follower{w.follow(j, "plan/f", journal.After(all[119])), w.follow(j, "plan/f", journal.After(all[119]))}
	w.append(j, "plan/f", "live")
	for _, f := range two {
		w.wantTexts(f.wait(1), "live")
	}
	empty.nothing()
	// A cursor the log doesn't reach; one with a count it doesn't have.
	last := all[119]
	beyond := journal.Cursor{Seq: last.Seq + 1000, Next: 121}
	if _, err := j.Follow(w.ctx, "plan/f", beyond, func(journal.Stored) {}, nil); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("following from beyond the end: %v", err)
	}
	if n := len(j.Status().Damage); n != 1 {
		t.Errorf("%d damages reported, want 1", n)
	}
	f := w.follow(j, "plan/f", journal.Cursor{Seq: last.Seq, Next: 121})
	f.wait(1)
	if n := len(j.Status().Damage); n != 2 {
		t.Errorf("%d damages reported, want 2: %v", n, j.Status().Damage)
	}
}

func testFollowGaps(t *testing.T, w *world) {
	j := w.open()
	var n, dropped, doubled atomic.Int64
	w.Inject(j, Faults{Live: func(string, uint64) int {
		switch n.Add(1) % 5 {
		case 1, 2:
			dropped.Add(1)
			return 0
		case 3:
			doubled.Add(1)
			return 2
		}
		return 1
	}})
	a, b := w.follow(j, "plan/g", journal.Cursor{}), w.follow(j, "doc/other", journal.Cursor{})
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint(i))
		w.append(j, "plan/g", want[i])
		w.append(j, "doc/other", want[i])
	}
	w.wantTexts(a.wait(40), want...)
	w.wantTexts(b.wait(40), want...)
	a.nothing()
	if dropped.Load() < 10 || doubled.Load() < 10 {
		t.Fatalf("only %d dropped and %d doubled", dropped.Load(), doubled.Load())
	}
}

// Nothing comes after the entry that was dropped, so no gap shows it.
func testFollowTail(t *testing.T, w *world) {
	j := w.open()
	f := w.follow(j, "plan/t", journal.Cursor{})
	<-f.sub.CaughtUp()
	w.Inject(j, Faults{Live: func(string, uint64) int { return 0 }})
	w.append(j, "plan/t", "only")
	began := time.Now()
	w.wantTexts(f.wait(1), "only")
	if d := time.Since(began); d > 3*time.Second {
		t.Fatalf("it took %v", d)
	}
}

func testFollowSlow(t *testing.T, w *world) {
	j := w.open()
	hold := make(chan struct{})
	var got []journal.Stored
	done := make(chan struct{})
	const n = 300 // more than a follower's backlog
	sub, err := j.Follow(w.ctx, "plan/slow", journal.Cursor{}, func(s journal.Stored) {
		<-hold
		if got = append(got, s); len(got) == n {
			close(done)
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	quick := w.follow(j, "plan/quick", journal.Cursor{})
	for i := range n {
		w.append(j, "plan/slow", fmt.Sprint(i))
	}
	w.append(j, "plan/quick", "unhindered")
	quick.wait(1)
	close(hold)
	select {
	case <-done:
	case <-w.ctx.Done():
		t.Fatal("not all came")
	}
	sub.Stop()
	w.checkChain("plan/slow", got, journal.Cursor{})
}

func testFollowStop(t *testing.T, w *world) {
	j := w.open()
	f := w.follow(j, "plan/s", journal.Cursor{})
	w.append(j, "plan/s", "a")
	f.wait(1)
	f.sub.Stop()
	f.sub.Stop()
	w.append(j, "plan/s", "b")
	f.nothing()
	select {
	case err := <-f.lost:
		t.Fatalf("lost was called after Stop: %v", err)
	default:
	}
}

// Connections break while entries are written and followed.
func testDisconnects(t *testing.T, w *world) {
	j := w.open()
	f := w.follow(j, "plan/dc", journal.Cursor{})
	var want []string
	for i := range 40 {
		if i%10 == 7 {
			if err := w.Disconnect(j); err != nil {
				t.Fatal(err)
			}
		}
		want = append(want, fmt.Sprint(i))
		w.append(j, "plan/dc", want[i])
	}
	w.wantTexts(f.wait(40), want...)
	w.wantTexts(w.read(j, "plan/dc"), want...)
	for !j.Status().Ready {
		select {
		case <-w.ctx.Done():
			t.Fatalf("not ready again: %+v", j.Status())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Two nodes append to one document and see the same order, although one hears
// only half of the live entries.
func testTwoNodes(t *testing.T, w *world) {
	if !w.ManyNodes {
		t.Skip("one node only")
	}
	a, b := w.open(), w.open()
	var n atomic.Int64
	w.Inject(b, Faults{Live: func(string, uint64) int { return int(n.Add(1) % 2) }})
	fa, fb := w.follow(a, "plan/two", journal.Cursor{}), w.follow(b, "plan/two", journal.Cursor{})
	for i := range 30 {
		w.append(a, "plan/two", fmt.Sprint("a", i))
		w.append(b, "plan/two", fmt.Sprint("b", i))
	}
	ga, gb := fa.wait(60), fb.wait(60)
	var ea, eb journal.Edge
	for i := range ga {
		ea, eb = ea.Append(ga[i].Raw), eb.Append(gb[i].Raw)
	}
	if !ea.Equal(eb) {
		t.Fatal("the nodes saw different logs")
	}
	// The very last entry, written by a, is lost to b: only the audit finds it.
	w.Inject(b, Faults{Live: func(string, uint64) int { return 0 }})
	w.append(a, "plan/two", "last")
	fb.wait(61)
}
