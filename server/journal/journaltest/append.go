package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coplan/server/journal"
)

func testAppendRead(t *testing.T, w *world) {
	j := w.open()
	const doc = "plan/a"
	if last, err := j.Last(w.ctx, doc); last != 0 || err != nil {
		t.Fatalf("last of nothing is %d, %v", last, err)
	}
	if all := w.read(j, doc); len(all) != 0 {
		t.Fatalf("an unknown document has %d entries", len(all))
	}
	var want []string
	var seqs []uint64
	for i := range 300 { // more than one read batch
		if i%3 == 0 && i < 60 {
			w.append(j, "plan/a/seller", "other document, same shard")
		}
		text := fmt.Sprint("e", i)
		want = append(want, text)
		seqs = append(seqs, w.append(j, doc, text))
	}
	all := w.read(j, doc)
	w.wantTexts(all, want...)
	for i, s := range all {
		if s.Seq != seqs[i] {
			t.Fatalf("entry %d has position %d, Append said %d", i, s.Seq, seqs[i])
		}
	}
	if last, err := j.Last(w.ctx, doc); last != seqs[299] || err != nil {
		t.Fatalf("last is %d, %v; want %d", last, err, seqs[299])
	}
	if s := all[0]; s.Actor != entry(doc, "").Actor || s.V != journal.EntryVersion || time.Since(s.Time()) > time.Minute {
		t.Fatalf("entry came back as %+v", s.Entry)
	}
	// Parts, by position; bounds need not be the document's own positions.
	for _, c := range []struct{ after, upTo uint64 }{
		{seqs[9], seqs[20]}, {seqs[9], 0}, {seqs[9], seqs[9]}, {seqs[299], 0}, {0, 1}, {seqs[3] + 1, seqs[30] - 1}, {seqs[299] + 100, 0},
	} {
		var got, want []uint64
		for s, err := range j.Read(w.ctx, doc, c.after, c.upTo) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Ordinal >= 300 || all[s.Ordinal].Seq != s.Seq {
				t.Fatalf("read (%d,%d]: seq %d has ordinal %d", c.after, c.upTo, s.Seq, s.Ordinal)
			}
			got = append(got, s.Seq)
		}
		for _, q := range seqs {
			if q > c.after && (c.upTo == 0 || q <= c.upTo) {
				want = append(want, q)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("read (%d,%d] gave %v, want %v", c.after, c.upTo, got, want)
		}
	}
	n := 0
	for range j.Read(w.ctx, doc, 0, 0) {
		if n++; n == 5 {
			break
		}
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	for _, err := range j.Read(ctx, doc, 0, 0) {
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("read with an ended context: %v", err)
		}
	}
}

func testRefusals(t *testing.T, w *world) {
	j := w.openWith(journal.Config{MaxEntryBytes: 64 << 10})
	for _, c := range []struct {
		name, id string
		e        journal.Entry
	}{
		{"no document", "x", entry("", "a")},
		{"long document name", "x", entry(strings.Repeat("d", 201), "a")},
		{"control character in name", "x", entry("doc/a\nb", "a")},
		{"name not UTF-8", "x", entry("doc/\xff", "a")},
		{"no id", "", entry("doc/r", "a")},
		{"id with line break", "a\r\nNats-Rollup: all", entry("doc/r", "a")},
		{"long id", strings.Repeat("i", 257), entry("doc/r", "a")},
		{"too large", "x", entry("doc/r", strings.Repeat("u", 64<<10))},
		{"no kind", "x", journal.Entry{Doc: "doc/r"}},
		{"newer version", "x", journal.Entry{V: 2, Doc: "doc/r", Kind: journal.KindUpdate}},
	} {
		_, err := j.Append(w.ctx, c.id, c.e)
		if !errors.Is(err, journal.ErrRefused) || !errors.Is(err, journal.ErrNotStored) || errors.Is(err, journal.ErrUnknown) || errors.Is(err, journal.ErrUnavailable) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if all := w.read(j, "doc/r"); len(all) != 0 {
		t.Fatalf("%d entries were stored", len(all))
	}
	if !j.Status().Ready {
		t.Fatalf("refusals made the journal unready: %+v", j.Status())
	}
	w.append(j, "doc/r", strings.Repeat("u", 63<<10)) // just fits
}

func testDuplicates(t *testing.T, w *world) {
	j := w.open()
	first, err := j.Append(w.ctx, "same", entry("plan/d", "one"))
	if err != nil {
		t.Fatal(err)
	}
	w.append(j, "plan/d", "two")
	again := func(j *journal.Journal) {
		t.Helper()
		if seq, err := j.Append(w.ctx, "same", entry("plan/d", "other text")); seq != first || err != nil {
			t.Fatalf("the id again: position %d, %v; want %d", seq, err, first)
		}
	}
	again(j)
	// The same id in another document of the same stream is another entry.
	if seq, err := j.Append(w.ctx, "same", entry("plan/d/buyer", "three")); seq <= first || err != nil {
		t.Fatalf("the id in another document: position %d, %v", seq, err)
	}
	w.wantTexts(w.read(j, "plan/d/buyer"), "three")
	// Many at once, so that some batch holds the id twice.
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			id, text := fmt.Sprint("twin", i/2), fmt.Sprint("t", i/2)
			if _, err := j.Append(w.ctx, id, entry("plan/d/buyer", text)); err != nil {
				t.Errorf("append: %v", err)
			}
		})
	}
	wg.Wait()
	if n := len(w.read(j, "plan/d/buyer")); n != 51 {
		t.Fatalf("50 ids, each twice at once, made %d entries", n-1)
	}
	w.close(j)
	j = w.open()
	again(j)
	w.wantTexts(w.read(j, "plan/d"), "one", "two")
}

func testLost(t *testing.T, w *world) {
	j := w.open()
	f := w.follow(j, "plan/l", journal.Cursor{})
	var lose atomic.Int32
	w.Inject(j, Faults{LosePublish: func(string) bool { return lose.Add(-1) >= 0 }})
	for i := range 4 {
		lose.Store(int32(i % 3)) // lost not at all, once, twice
		w.append(j, "plan/l", fmt.Sprint(i))
	}
	w.wantTexts(f.wait(4), "0", "1", "2", "3")
	w.wantTexts(w.read(j, "plan/l"), "0", "1", "2", "3")
}

func testNotAcknowledged(t *testing.T, w *world) {
	j := w.open()
	f := w.follow(j, "plan/n", journal.Cursor{})
	var lose atomic.Int32
	w.Inject(j, Faults{LoseAck: func() bool { return lose.Add(-1) >= 0 }})
	var seqs []uint64
	for i := range 4 {
		lose.Store(int32(i % 3))
		seqs = append(seqs, w.append(j, "plan/n", fmt.Sprint(i)))
	}
	all := w.read(j, "plan/n")
	w.wantTexts(all, "0", "1", "2", "3")
	for i, s := range all {
		if s.Seq != seqs[i] {
			t.Fatalf("entry %d is at %d, Append said %d", i, s.Seq, seqs[i])
		}
	}
	w.wantTexts(f.wait(4), "0", "1", "2", "3")
	f.nothing()
}

func testUnknown(t *testing.T, w *world) {
	j := w.openWith(journal.Config{RetryFor: 600 * time.Millisecond})
	f := w.follow(j, "plan/u", journal.Cursor{})
	for _, c := range []struct {
		name   string
		faults Faults
	}{
		{"lost", Faults{LosePublish: func(string) bool { return true }}},
		{"ack-lost", Faults{LoseAck: func() bool { return true }}},
	} {
		w.Inject(j, c.faults)
		_, err := j.Append(w.ctx, c.name, entry("plan/u", c.name))
		if !errors.Is(err, journal.ErrUnknown) || !errors.Is(err, journal.ErrUnavailable) || errors.Is(err, journal.ErrNotStored) {
			t.Fatalf("%s: %v", c.name, err)
		}
		w.Inject(j, Faults{})
		if _, err := j.Append(w.ctx, c.name, entry("plan/u", c.name)); err != nil {
			t.Fatalf("%s: retry: %v", c.name, err)
		}
		if st := j.Status(); !st.Ready {
			t.Fatalf("%s: after the retry: %+v", c.name, st)
		}
	}
	w.wantTexts(w.read(j, "plan/u"), "lost", "ack-lost")
	w.wantTexts(f.wait(2), "lost", "ack-lost")
	f.nothing()
}

// Members of batches are lost: the batch is refused whole, and each entry is
// then stored once.
func testBatchHole(t *testing.T, w *world) {
	if !w.Batches {
		t.Skip("no batches here")
	}
	j := w.open()
	var biggest, sent atomic.Int64
	w.OnGroup(j, func(n int) { biggest.Store(max(biggest.Load(), int64(n))) })
	w.Inject(j, Faults{LosePublish: func(string) bool { return sent.Add(1)%40 == 0 }})
	const n = 150
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := j.Append(w.ctx, fmt.Sprint("b", i), entry("plan/b", fmt.Sprint(i))); err != nil {
				t.Errorf("append: %v", err)
			}
		})
	}
	wg.Wait()
	all, seen := w.read(j, "plan/b"), map[string]bool{}
	for _, s := range all {
		seen[string(s.Update)] = true
	}
	if len(all) != n || len(seen) != n {
		t.Fatalf("%d entries, %d different; want %d", len(all), len(seen), n)
	}
	if biggest.Load() < 20 {
		t.Fatalf("the largest group had %d entries: no batch was made", biggest.Load())
	}
}

func testCancel(t *testing.T, w *world) {
	j := w.open()
	w.Inject(j, Faults{LosePublish: func(string) bool { return true }})
	ctx, cancel := context.WithTimeout(w.ctx, 50*time.Millisecond)
	defer cancel()
	_, err := j.Append(ctx, "x", entry("plan/c", "a"))
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, journal.ErrUnknown) {
		t.Fatalf("given up in flight: %v", err)
	}
	ended, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := j.Append(ended, "y", entry("plan/c", "b")); !errors.Is(err, context.Canceled) {
		t.Fatalf("given up before: %v", err)
	}
	w.Inject(j, Faults{})
	w.append(j, "plan/c", "after")
}

func testRestart(t *testing.T, w *world) {
	j := w.open()
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprint(i))
		w.append(j, "plan/r", want[i])
	}
	before := w.read(j, "plan/r")
	if err := j.PutSnapshot(w.ctx, journal.Snapshot{Doc: "plan/r", Seq: before[29].Seq, Ordinal: 30, State: []byte("s")}); err != nil {
		t.Fatal(err)
	}
	w.close(j)
	j = w.open()
	if st := j.Status(); !st.Ready || len(st.Damage) > 0 {
		t.Fatalf("after the restart: %+v", st)
	}
	after := w.read(j, "plan/r")
	w.wantTexts(after, want...)
	for i := range after {
		if after[i].Seq != before[i].Seq || !bytes.Equal(after[i].Raw, before[i].Raw) {
			t.Fatalf("entry %d changed with the restart", i)
		}
	}
	snap, ok, err := j.LatestSnapshot(w.ctx, "plan/r", 0)
	if err != nil || !ok {
		t.Fatalf("snapshot after the restart: %v %v", ok, err)
	}
	f := w.follow(j, "plan/r", snap.Cursor())
	w.append(j, "plan/r", "new")
	w.wantTexts(f.wait(21), append(want[30:], "new")...)
}

func testClose(t *testing.T, w *world) {
	j := w.open()
	f := w.follow(j, "plan/x", journal.Cursor{})
	var acked sync.Map
	var wg sync.WaitGroup
	started := make(chan struct{}, 100)
	for i := range 100 {
		wg.Go(func() {
			started <- struct{}{}
			text := fmt.Sprint(i)
			_, err := j.Append(w.ctx, "c"+text, entry("plan/x", text))
			if err == nil {
				acked.Store(text, true)
			} else if !errors.Is(err, journal.ErrClosed) || !errors.Is(err, journal.ErrUnavailable) || !errors.Is(err, journal.ErrNotStored) {
				t.Errorf("append during close: %v", err)
			}
		})
	}
	for range 100 {
		<-started
	}
	w.close(j)
	w.close(j)
	wg.Wait()
	if err := <-f.lost; !errors.Is(err, journal.ErrClosed) {
		t.Fatalf("the follower was told %v", err)
	}
	if _, err := j.Append(w.ctx, "late", entry("plan/x", "late")); !errors.Is(err, journal.ErrClosed) {
		t.Fatalf("append after close: %v", err)
	}
	if _, err := j.Follow(w.ctx, "plan/x", journal.Cursor{}, func(journal.Stored) {}, nil); err == nil {
		t.Fatal("follow after close succeeded")
	}
	if st := j.Status(); st.Ready {
		t.Fatal("closed and ready")
	}
	j = w.open()
	for _, s := range w.read(j, "plan/x") {
		acked.Delete(string(s.Update)) // those not acknowledged may be there too
	}
	acked.Range(func(k, _ any) bool {
		t.Errorf("acknowledged entry %v is gone", k)
		return true
	})
}

func testNames(t *testing.T, w *world) {
	j := w.open()
	names := []string{
		"plan/a", "plan/a/seller", "plan/a/buyer", "doc/a", "doc/a/seller", "doc/plan/a", "a", "=", "==", "doc/=", "plan/a/", "plan//", "plan/",
		"doc/a.b.>", "doc/*", "doc/ with blanks ", "doc/Ünïcødé 計画 ✅", "doc/" + strings.Repeat("é", 98), "plan/a/b/c", "doc/a=2Fb", "doc/a/b",
	}
	for i, n := range names {
		w.append(j, n, fmt.Sprint(i))
	}
	for i, n := range names {
		w.wantTexts(w.read(j, n), fmt.Sprint(i))
	}
	left := map[string]bool{}
	for _, n := range names {
		left[n] = true
	}
	for doc, err := range j.Docs(w.ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if !left[doc] {
			t.Errorf("unexpected document %q", doc)
		}
		delete(left, doc)
	}
	if len(left) > 0 {
		t.Errorf("documents not listed: %v", left)
	}
}
