package journal_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coplan/server/journal"
)

func bench(b *testing.B, mode journal.SyncMode) *journal.Journal {
	j := mustOpen(b, journal.Config{Dir: b.TempDir(), Sync: mode})
	b.Cleanup(func() { closeNow(b, j) })
	return j
}

func modes(b *testing.B, f func(*testing.B, *journal.Journal)) {
	for _, m := range []journal.SyncMode{journal.SyncFsync, journal.SyncOS} {
		b.Run(string(m), func(b *testing.B) { f(b, bench(b, m)) })
	}
}

// quantiles reports the 50th and 99th percentile.
func quantiles(b *testing.B, d []time.Duration) {
	slices.Sort(d)
	b.ReportMetric(float64(d[len(d)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(d[len(d)*99/100].Microseconds()), "µs-p99")
}

// One writer that waits for each acknowledgement.
func BenchmarkAppend(b *testing.B) {
	modes(b, func(b *testing.B, j *journal.Journal) {
		e := update("plan/bench", string(make([]byte, 200)))
		took := make([]time.Duration, 0, b.N)
		for i := range b.N {
			began := time.Now()
			if _, err := j.Append(context.Background(), fmt.Sprint(i), e); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
		}
		quantiles(b, took)
	})
}

// Many writers, each waiting for its acknowledgement: over many documents and
// over documents of one shard.
func BenchmarkAppendMany(b *testing.B) {
	for _, c := range []struct {
		name    string
		writers int
		batches bool
		doc     func(i int) string
	}{
		{"64-docs", 64, true, func(i int) string { return fmt.Sprint("plan/", i) }},
		{"64-one-shard", 64, true, func(i int) string { return fmt.Sprint("plan/x/", i) }},
		{"64-one-shard-singly", 64, false, func(i int) string { return fmt.Sprint("plan/x/", i) }},
		{"1000-docs", 1000, true, func(i int) string { return fmt.Sprint("plan/", i) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			modes(b, func(b *testing.B, j *journal.Journal) {
				if !c.batches {
					journal.BatchFrom(j, 0)
				}
				var next atomic.Int64
				took := make([]time.Duration, b.N)
				var wg sync.WaitGroup
				for w := range c.writers {
					e := update(c.doc(w), string(make([]byte, 200)))
					wg.Go(func() {
						for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
							began := time.Now()
							if _, err := j.Append(context.Background(), fmt.Sprint(i), e); err != nil {
								b.Error(err)
								return
							}
							took[i-1] = time.Since(began)
						}
					})
				}
				wg.Wait()
				quantiles(b, took)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			})
		})
	}
}

// From Append's call to the follower's, with ten thousand other documents
// followed on the same node.
func BenchmarkFollow(b *testing.B) {
	modes(b, func(b *testing.B, j *journal.Journal) {
		ctx := context.Background()
		for i := range 10_000 {
			if _, err := j.Follow(ctx, fmt.Sprint("plan/other", i), journal.Cursor{}, func(journal.Stored) {}, nil); err != nil {
				b.Fatal(err)
			}
		}
		got := make(chan struct{}, 1)
		sub, err := j.Follow(ctx, "plan/bench", journal.Cursor{}, func(journal.Stored) { got <- struct{}{} }, nil)
		if err != nil {
			b.Fatal(err)
		}
		<-sub.CaughtUp()
		e := update("plan/bench", string(make([]byte, 200)))
		took := make([]time.Duration, 0, b.N)
		b.ResetTimer()
		for i := range b.N {
			began := time.Now()
			if _, err := j.Append(ctx, fmt.Sprint(i), e); err != nil {
				b.Fatal(err)
			}
			<-got
			took = append(took, time.Since(began))
		}
		b.StopTimer()
		quantiles(b, took)
	})
}

// Reading a document of 5,000 entries whole, and its last 50 entries.
func BenchmarkRead(b *testing.B) {
	j := bench(b, journal.SyncOS)
	ctx := context.Background()
	const n = 5000
	var wg sync.WaitGroup
	for w := range 50 {
		wg.Go(func() {
			for i := range n / 50 {
				for _, doc := range []string{"plan/read", "plan/read/other"} {
					if _, err := j.Append(ctx, fmt.Sprint(w, "-", i), update(doc, string(make([]byte, 200)))); err != nil {
						b.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	var seqs []uint64
	for s, err := range j.Read(ctx, "plan/read", 0, 0) {
		if err != nil {
			b.Fatal(err)
		}
		seqs = append(seqs, s.Seq)
	}
	for _, c := range []struct {
		name  string
		after uint64
		want  int
	}{{"all-5000", 0, n}, {"last-50", seqs[n-51], 50}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				got := 0
				for _, err := range j.Read(ctx, "plan/read", c.after, 0) {
					if err != nil {
						b.Fatal(err)
					}
					got++
				}
				if got != c.want {
					b.Fatalf("%d entries, want %d", got, c.want)
				}
			}
		})
	}
}

func BenchmarkEdgeAppend(b *testing.B) {
	raw := make([]byte, 300)
	var e journal.Edge
	b.ReportAllocs()
	for b.Loop() {
		e = e.Append(raw)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	closeNow(b, mustOpen(b, journal.Config{Dir: dir}))
	for b.Loop() {
		closeNow(b, mustOpen(b, journal.Config{Dir: dir}))
	}
}
