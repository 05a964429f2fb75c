// Package journaltest is the contract every journal keeps, as tests: run it
// against each way to open one.
package journaltest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"coplan/server/journal"
)

// Faults says which messages get lost. Functions are called from many
// goroutines; nil ones lose nothing.
type Faults struct {
	// LosePublish: the entry never reaches the server.
	LosePublish func(subject string) bool
	// LoseAck: the entry was stored and the journal isn't told.
	LoseAck func() bool
	// Live: how many times a live entry arrives: 0, 1 or more.
	Live func(subject string, seq uint64) int
}

// Store is one empty place to keep a journal in, and what can be done to it.
type Store struct {
	// Open opens a journal there with cfg's RetryFor, AttemptFor and
	// DedupWindow; closed ones may be opened again. The test closes it.
	Open func(t testing.TB, cfg journal.Config) *journal.Journal
	// Inject replaces the faults j suffers.
	Inject func(j *journal.Journal, f Faults)
	// Disconnect cuts j's connections once.
	Disconnect func(j *journal.Journal) error
	// OnGroup has f told how many entries go out together.
	OnGroup func(j *journal.Journal, f func(n int))
	// Batches: entries that wait are expected to go out in batches.
	Batches bool
	// ManyNodes: several journals may be open at once.
	ManyNodes bool
}

// Run runs the contract; newStore is called once per test.
func Run(t *testing.T, newStore func(t testing.TB) Store) {
	tests := []struct {
		name string
		f    func(*testing.T, *world)
	}{
		{"append and read", testAppendRead},
		{"refusals store nothing", testRefusals},
		{"an id is stored once", testDuplicates},
		{"lost on the way", testLost},
		{"stored but not acknowledged", testNotAcknowledged},
		{"never acknowledged is unknown", testUnknown},
		{"a batch loses a member", testBatchHole},
		{"caller gives up", testCancel},
		{"restart", testRestart},
		{"close", testClose},
		{"odd names", testNames},
		{"storm", testStorm},
		{"follow from a cursor", testFollowCursor},
		{"live entries dropped and doubled", testFollowGaps},
		{"last live entry dropped", testFollowTail},
		{"slow follower", testFollowSlow},
		{"stop", testFollowStop},
		{"disconnects", testDisconnects},
		{"two nodes", testTwoNodes},
		{"snapshots", testSnapshots},
		{"key value", testKV},
		{"key value claims", testKVClaims},
		{"key value watch", testKVWatch},
		{"presence", testPresence},
		{"status", testStatus},
		{"check finds the log sound", testCheckSound},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &world{T: t, Store: newStore(t)}
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			t.Cleanup(cancel)
			w.ctx = ctx
			c.f(t, w)
		})
	}
}

// Quiet is a logger for tests that provoke warnings.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// world is one test's store with helpers that fail the test.
type world struct {
	*testing.T
	Store
	ctx context.Context
	ids atomic.Uint64
}

// open opens a journal that is closed with the test.
func (w *world) open() *journal.Journal { return w.openWith(journal.Config{}) }

func (w *world) openWith(cfg journal.Config) *journal.Journal {
	w.Helper()
	if cfg.AttemptFor == 0 {
		cfg.AttemptFor = 250 * time.Millisecond
	}
	j := w.Store.Open(w.T, cfg)
	w.Cleanup(func() { w.close(j) })
	return j
}

func (w *world) close(j *journal.Journal) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := j.Close(ctx); err != nil {
		w.Errorf("close: %v", err)
	}
}

func entry(doc, text string) journal.Entry {
	return journal.Entry{
		Doc:     doc,
		Actor:   journal.Actor{ID: "p1", Name: "Dana", Role: "buyer", Side: "buyer", Via: "link"},
		Session: "s1",
		Kind:    journal.KindUpdate,
		Update:  []byte(text),
	}
}

// id is a new one each time.
func (w *world) id() string { return fmt.Sprintf("id-%d", w.ids.Add(1)) }

func (w *world) append(j *journal.Journal, doc, text string) uint64 {
	w.Helper()
	seq, err := j.Append(w.ctx, w.id(), entry(doc, text))
	if err != nil {
		w.Fatalf("append %q to %s: %v", text, doc, err)
	}
	return seq
}

// read returns all of doc, having checked that positions fit together.
func (w *world) read(j *journal.Journal, doc string) []journal.Stored {
	w.Helper()
	var all []journal.Stored
	for s, err := range j.Read(w.ctx, doc, 0, 0) {
		if err != nil {
			w.Fatalf("read %s: %v", doc, err)
		}
		all = append(all, s)
	}
	w.checkChain(doc, all, journal.Cursor{})
	return all
}

// checkChain: each entry follows the one before it.
func (w *world) checkChain(doc string, all []journal.Stored, from journal.Cursor) {
	w.Helper()
	for i, s := range all {
		if s.Doc != doc || s.Prev != from.Seq || s.Seq <= from.Seq || s.Ordinal != from.Next {
			w.Fatalf("%s: entry %d of %d is %s seq %d prev %d ordinal %d, want prev %d ordinal %d",
				doc, i, len(all), s.Doc, s.Seq, s.Prev, s.Ordinal, from.Seq, from.Next)
		}
		e, err := journal.DecodeEntry(s.Raw)
		if err != nil || string(e.Update) != string(s.Update) {
			w.Fatalf("%s: entry %d: raw bytes don't decode to the entry: %v", doc, i, err)
		}
		from = journal.After(s)
	}
}

func texts(all []journal.Stored) []string {
	var ts []string
	for _, s := range all {
		ts = append(ts, string(s.Update))
	}
	return ts
}

func (w *world) wantTexts(got []journal.Stored, want ...string) {
	w.Helper()
	if !slices.Equal(texts(got), want) {
		w.Fatalf("entries are %q, want %q", strings.Join(texts(got), " "), strings.Join(want, " "))
	}
}

// follower collects what a Follow delivers.
type follower struct {
	w    *world
	doc  string
	from journal.Cursor
	sub  *journal.Subscription
	in   chan journal.Stored
	lost chan error
	got  []journal.Stored
	busy atomic.Bool
}

func (w *world) follow(j *journal.Journal, doc string, from journal.Cursor) *follower {
	w.Helper()
	f := &follower{w: w, doc: doc, from: from, in: make(chan journal.Stored, 1<<16), lost: make(chan error, 1)}
	sub, err := j.Follow(w.ctx, doc, from, func(s journal.Stored) {
		if !f.busy.CompareAndSwap(false, true) {
			w.Error("deliver was called twice at a time")
		}
		f.in <- s
		f.busy.Store(false)
	}, func(err error) { f.lost <- err })
	if err != nil {
		w.Fatalf("follow %s: %v", doc, err)
	}
	f.sub = sub
	return f
}

// wait collects until n entries have come and checks their order.
func (f *follower) wait(n int) []journal.Stored {
	f.w.Helper()
	for len(f.got) < n {
		select {
		case s := <-f.in:
			f.got = append(f.got, s)
		case err := <-f.lost:
			f.w.Fatalf("follow %s ended after %d of %d entries: %v", f.doc, len(f.got), n, err)
		case <-f.w.ctx.Done():
			f.w.Fatalf("follow %s: %d of %d entries came", f.doc, len(f.got), n)
		}
	}
	f.w.checkChain(f.doc, f.got, f.from)
	return f.got
}

// nothing checks that no more comes within a moment.
func (f *follower) nothing() {
	f.w.Helper()
	select {
	case s := <-f.in:
		f.w.Fatalf("follow %s: unexpected entry seq %d ordinal %d", f.doc, s.Seq, s.Ordinal)
	case <-time.After(100 * time.Millisecond):
	}
}
