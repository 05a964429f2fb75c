package journaltest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"coplan/server/journal"
)

// Many writers over many documents while publishes, acknowledgements and live
// entries get lost at random. Every append must end up stored exactly once, at
// the position it was told, and every follower must see its document's log.
func testStorm(t *testing.T, w *world) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 0))
	chance := func(percent int) bool {
		mu.Lock()
		defer mu.Unlock()
		return rng.IntN(1000) < percent*10
	}
	j := w.open()
	var lostPublish, lostAck, lostLive, batches atomic.Int64
	count := func(yes bool, n *atomic.Int64) bool {
		if yes {
			n.Add(1)
		}
		return yes
	}
	w.OnGroup(j, func(n int) { count(n >= 20, &batches) })
	w.Inject(j, Faults{
		LosePublish: func(string) bool { return count(chance(1), &lostPublish) },
		LoseAck:     func() bool { return count(chance(1), &lostAck) },
		Live: func(string, uint64) int {
			switch {
			case count(chance(10), &lostLive):
				return 0
			case chance(10):
				return 2
			}
			return 1
		},
	})
	const docs, writers, each = 24, 120, 8
	doc := func(i int) string {
		return fmt.Sprintf("plan/p%d", i%4) + []string{"", "/seller", "/buyer", "/x", "/y", "/z"}[i/4]
	}
	var fs [docs]*follower
	for i := range docs {
		fs[i] = w.follow(j, doc(i), journal.Cursor{})
	}
	var told sync.Map // text → position
	var perDoc [docs]atomic.Int64
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			d := i % docs
			for k := range each {
				text := fmt.Sprintf("%d/%d", i, k)
				seq, err := j.Append(w.ctx, text, entry(doc(d), text))
				if err != nil {
					t.Errorf("append %s: %v", text, err)
					return
				}
				told.Store(text, seq)
				perDoc[d].Add(1)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for i := range docs {
		n := int(perDoc[i].Load())
		log := w.read(j, doc(i))
		if len(log) != n {
			t.Fatalf("%s has %d entries, %d were appended", doc(i), len(log), n)
		}
		seen := fs[i].wait(n)
		for k, s := range log {
			if seq, ok := told.LoadAndDelete(string(s.Update)); !ok || seq != s.Seq {
				t.Fatalf("%s: %q is at %d; its writer was told %v", doc(i), s.Update, s.Seq, seq)
			}
			if seen[k].Seq != s.Seq {
				t.Fatalf("%s: the follower's entry %d is at %d, the log's at %d", doc(i), k, seen[k].Seq, s.Seq)
			}
		}
	}
	t.Logf("lost: %d publishes, %d acknowledgements, %d live entries; %d batches", lostPublish.Load(), lostAck.Load(), lostLive.Load(), batches.Load())
	if lostPublish.Load() == 0 || lostAck.Load() == 0 || lostLive.Load() == 0 {
		t.Error("not every kind of loss happened")
	}
	if w.Batches && batches.Load() == 0 {
		t.Error("no batch was made")
	}
}
