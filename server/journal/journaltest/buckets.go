package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coplan/server/journal"
)

func testSnapshots(t *testing.T, w *world) {
	j := w.open()
	if _, ok, err := j.LatestSnapshot(w.ctx, "plan/s", 0); ok || err != nil {
		t.Fatalf("snapshot of nothing: %v %v", ok, err)
	}
	state := make([]byte, 400<<10) // several parts
	rng := rand.NewChaCha8([32]byte{})
	rng.Read(state)
	var edge journal.Edge
	for i := range 30 {
		edge = edge.Append(fmt.Append(nil, i))
	}
	full := journal.Snapshot{
		Doc: "plan/s", Seq: 77, Ordinal: 30, Epoch: 3, Clients: map[uint64]string{1: "p1", 1 << 40: "p2"},
		Edge: edge.Marshal(), Format: "v2", State: state, Checkpoint: []byte("note"),
	}
	for _, s := range []journal.Snapshot{
		{Doc: "plan/s", Seq: 10, Ordinal: 5, Format: "v1", State: []byte("a")},
		full,
		{Doc: "plan/s", Seq: 40, Ordinal: 20, Format: "v1", State: []byte("b")}, // out of order
		{Doc: "plan/s/seller", Seq: 90, Ordinal: 1, Format: "v1", State: []byte("other")},
	} {
		if err := j.PutSnapshot(w.ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ max, seq uint64 }{{0, 77}, {77, 77}, {76, 40}, {40, 40}, {39, 10}, {9, 0}} {
		s, ok, err := j.LatestSnapshot(w.ctx, "plan/s", c.max)
		if err != nil || ok != (c.seq != 0) || s.Seq != c.seq {
			t.Errorf("newest up to %d: seq %d, %v, %v; want %d", c.max, s.Seq, ok, err, c.seq)
		}
	}
	if s, _, _ := j.LatestSnapshot(w.ctx, "plan/s", 0); !reflect.DeepEqual(s, full) {
		t.Error("the snapshot came back different")
	}
	again := full
	again.State = []byte("better")
	if err := j.PutSnapshot(w.ctx, again); err != nil {
		t.Fatal(err)
	}
	if s, _, err := j.LatestSnapshot(w.ctx, "plan/s", 0); err != nil || !bytes.Equal(s.State, again.State) {
		t.Errorf("the same ordinal again: state %.20q, %v", s.State, err)
	}
	for _, s := range []journal.Snapshot{{Doc: "plan/s"}, {Doc: "", Seq: 1, Ordinal: 1}, {Doc: "plan/s", Seq: 1, Ordinal: 1, Edge: []byte("short")}} {
		if err := j.PutSnapshot(w.ctx, s); err == nil {
			t.Errorf("snapshot %+v was taken", s)
		}
	}
}

func testKV(t *testing.T, w *world) {
	j := w.open()
	kv := j.KV()
	is := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Fatalf("error is %v, want %v", err, want)
		}
	}
	_, _, err := kv.Get(w.ctx, "plan.a")
	is(err, journal.ErrNoKey)
	rev, err := kv.Create(w.ctx, "plan.a", []byte("1"))
	is(err, nil)
	_, err = kv.Create(w.ctx, "plan.a", []byte("2"))
	is(err, journal.ErrKeyChanged)
	rev2, err := kv.Update(w.ctx, "plan.a", []byte("2"), rev)
	is(err, nil)
	_, err = kv.Update(w.ctx, "plan.a", []byte("3"), rev)
	is(err, journal.ErrKeyChanged)
	val, got, err := kv.Get(w.ctx, "plan.a")
	if is(err, nil); string(val) != "2" || got != rev2 {
		t.Fatalf("value %q revision %d", val, got)
	}
	is(kv.Delete(w.ctx, "plan.a"), nil)
	is(kv.Delete(w.ctx, "plan.never"), nil)
	_, _, err = kv.Get(w.ctx, "plan.a")
	is(err, journal.ErrNoKey)
	_, err = kv.Create(w.ctx, "plan.a", nil)
	is(err, nil)
	val, _, err = kv.Get(w.ctx, "plan.a")
	if is(err, nil); val == nil || len(val) != 0 {
		t.Fatalf("empty value came back as %#v", val)
	}
	keys := []string{"plan.a", "plan.b", "plan.b.c", "planet", "odd key/with: *>=é", "trailing.", ".leading", "a..b"}
	for _, k := range keys[1:] {
		_, err := kv.Put(w.ctx, k, []byte(k))
		is(err, nil)
	}
	is(kv.Delete(w.ctx, "planet"), nil)
	for prefix, want := range map[string][]string{
		"":       {".leading", "a..b", "odd key/with: *>=é", "plan.a", "plan.b", "plan.b.c", "trailing."},
		"plan.":  {"plan.a", "plan.b", "plan.b.c"},
		"plan.b": {"plan.b", "plan.b.c"},
		"odd":    {"odd key/with: *>=é"},
		"none.":  nil,
	} {
		got, err := kv.Keys(w.ctx, prefix)
		if is(err, nil); !slices.Equal(got, want) {
			t.Errorf("keys with %q are %q, want %q", prefix, got, want)
		}
	}
	for _, k := range keys[4:] {
		if v, _, err := kv.Get(w.ctx, k); err != nil || string(v) != k {
			t.Errorf("key %q: %q, %v", k, v, err)
		}
	}
	if _, err := kv.Put(w.ctx, "", nil); err == nil {
		t.Error("an empty key was taken")
	}
}

func testKVClaims(t *testing.T, w *world) {
	j := w.open()
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for k := range 8 {
				if _, err := j.KV().Create(w.ctx, fmt.Sprint("claim.", k), fmt.Append(nil, i)); err == nil {
					won.Add(1)
				} else if !errors.Is(err, journal.ErrKeyChanged) {
					t.Errorf("claim: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if won.Load() != 8 {
		t.Fatalf("8 claims were won %d times", won.Load())
	}
}

func testKVWatch(t *testing.T, w *world) {
	j := w.open()
	kv := j.KV()
	put := func(k, v string) {
		if _, err := kv.Put(w.ctx, k, []byte(v)); err != nil {
			t.Fatal(err)
		}
	}
	put("role.a", "old")
	put("role.a", "1")
	put("roles", "no")
	events := make(chan string, 100)
	cancel, err := kv.Watch(w.ctx, "role.", func(k string, v []byte) {
		if v == nil {
			k += " deleted"
		}
		events <- k + "=" + string(v)
	})
	if err != nil {
		t.Fatal(err)
	}
	next := func(want string) {
		t.Helper()
		select {
		case got := <-events:
			if got != want {
				t.Fatalf("told %q, want %q", got, want)
			}
		case <-w.ctx.Done():
			t.Fatalf("never told %q", want)
		}
	}
	if len(events) != 1 {
		t.Fatalf("Watch returned with %d records told", len(events))
	}
	next("role.a=1")
	put("role.b", "")
	next("role.b=")
	if err := kv.Delete(w.ctx, "role.a"); err != nil {
		t.Fatal(err)
	}
	next("role.a deleted=")
	put("other", "x")
	put("role.c", "2")
	next("role.c=2")
	cancel()
	put("role.d", "3")
	select {
	case got := <-events:
		t.Fatalf("told %q after cancel", got)
	case <-time.After(50 * time.Millisecond):
	}
}

func testPresence(t *testing.T, w *world) {
	j := w.open()
	nodes := []*journal.Journal{j}
	if w.ManyNodes {
		nodes = append(nodes, w.open())
	}
	for _, from := range nodes {
		for _, to := range nodes {
			got, other := make(chan string, 10), make(chan string, 10)
			cancel, err := to.SubscribePresence("plan/p", func(b []byte) { got <- string(b) })
			if err != nil {
				t.Fatal(err)
			}
			cancelOther, err := to.SubscribePresence("plan/p/seller", func(b []byte) { other <- string(b) })
			if err != nil {
				t.Fatal(err)
			}
			// A subscription on another node takes a moment to be known.
			for heard := false; !heard; {
				if err := from.PublishPresence("plan/p", []byte("here")); err != nil {
					t.Fatal(err)
				}
				select {
				case s := <-got:
					heard = s == "here"
				case <-time.After(20 * time.Millisecond):
				case <-w.ctx.Done():
					t.Fatal("presence was never heard")
				}
			}
			cancel()
			cancel()
			cancelOther()
			if len(other) > 0 {
				t.Error("presence of another document was heard")
			}
		}
	}
	if all := w.read(j, "plan/p"); len(all) != 0 {
		t.Error("presence was stored")
	}
}

func testStatus(t *testing.T, w *world) {
	j := w.openWith(journal.Config{RetryFor: 700 * time.Millisecond, AttemptFor: 300 * time.Millisecond})
	states := make(chan journal.Status, 100)
	cancel := j.OnStatus(func(s journal.Status) { states <- s })
	until := func(ready bool) journal.Status {
		t.Helper()
		for {
			select {
			case s := <-states:
				if s.Ready == ready {
					return s
				}
			case <-w.ctx.Done():
				t.Fatalf("never told ready=%v", ready)
			}
		}
	}
	until(true)
	w.Inject(j, Faults{LosePublish: func(string) bool { return true }})
	j.Append(w.ctx, "x", entry("plan/s", "x"))
	if s := until(false); s.Reason == "" || s.Since.IsZero() {
		t.Errorf("told %+v", s)
	}
	w.Inject(j, Faults{})
	until(true) // by itself, although nobody appends
	cancel()
	for len(states) > 0 {
		<-states
	}
	ctx, done := context.WithTimeout(w.ctx, 5*time.Second)
	defer done()
	if err := j.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if len(states) > 0 {
		t.Errorf("told after cancel: %+v", <-states)
	}
}

func testCheckSound(t *testing.T, w *world) {
	j := w.open()
	var edge journal.Edge
	f := w.follow(j, "plan/c", journal.Cursor{})
	for i := range 40 {
		w.append(j, "plan/c", fmt.Sprint(i))
		w.append(j, "plan/c/seller", fmt.Sprint(i))
		if i%10 == 9 {
			all := f.wait(i + 1)
			for _, s := range all[edge.Size():] {
				edge = edge.Append(s.Raw)
			}
			s := all[i]
			if err := j.PutSnapshot(w.ctx, journal.Snapshot{Doc: "plan/c", Seq: s.Seq, Ordinal: s.Ordinal + 1, Edge: edge.Marshal(), State: []byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, deep := range []bool{false, true} {
		for _, doc := range []string{"plan/c", "plan/c/seller", "plan/none"} {
			if err := j.Check(w.ctx, doc, deep); err != nil {
				t.Errorf("%s, deep %v: %v", doc, deep, err)
			}
		}
	}
	// A snapshot of another history is noticed, but only by reading deep.
	wrong := journal.Edge{}.Append([]byte("never written"))
	all := f.wait(40)
	if err := j.PutSnapshot(w.ctx, journal.Snapshot{Doc: "plan/c", Seq: all[0].Seq, Ordinal: 1, Edge: wrong.Marshal(), State: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	if err := j.Check(w.ctx, "plan/c", true); !errors.Is(err, journal.ErrDamaged) || len(j.Status().Damage) == 0 {
		t.Errorf("a different history: %v, status %+v", err, j.Status())
	}
}
