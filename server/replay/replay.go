// Package replay walks a document's journal: the document as it was after any
// entry, and what each entry changed, in sentences. It applies entries to a
// crdt.Doc exactly as a live room does.
package replay

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"coplan/crdt"
	"coplan/server/journal"
)

// Log is the part of the journal that replay reads; *journal.Journal has it.
type Log interface {
	// Read yields entries with after < Seq ≤ upTo (0: the end), in order.
	Read(ctx context.Context, doc string, after, upTo uint64) iter.Seq2[journal.Stored, error]
	// LatestSnapshot returns the newest sound snapshot with Seq ≤ maxSeq (0: any).
	LatestSnapshot(ctx context.Context, doc string, maxSeq uint64) (journal.Snapshot, bool, error)
}

// ErrNoEntry: the document has no entries, or none at the place asked for. The
// log was read without trouble.
var ErrNoEntry = errors.New("no such entry")

// DefaultLimit is how many entries History returns when limit is 0.
const DefaultLimit = 200

// At returns the document as it was after the last entry with Seq ≤ seq; 0 is
// the end. The document is the caller's.
//
// It starts from the nearest snapshot, so it costs one snapshot and the entries
// after it. ErrNoEntry: the document has no entries, or seq lies beyond the
// last or before the first.
func At(ctx context.Context, log Log, doc string, seq uint64) (*crdt.Doc, error) {
	start, err := nearest(ctx, log, doc, seq)
	if err != nil {
		return nil, err
	}
	if err := start.play(ctx, log, doc, seq); err != nil {
		return nil, err
	}
	if start.next == 0 {
		return nil, fmt.Errorf("replay %s at %d: there is nothing there: %w", doc, seq, ErrNoEntry)
	}
	if start.seq < seq { // fine when entries follow: positions have gaps
		more, err := anyAfter(ctx, log, doc, seq)
		if err != nil {
			return nil, fmt.Errorf("replay %s at %d: %w", doc, seq, err)
		}
		if !more {
			return nil, fmt.Errorf("replay %s at %d: the last entry is %d: %w", doc, seq, start.seq, ErrNoEntry)
		}
	}
	return start.doc, nil
}

// History returns the entries with from ≤ Seq ≤ to (to 0: the end), at most
// limit of them (0: DefaultLimit), each with what it changed. next is the
// position to go on from, 0 when there is nothing more.
//
// It costs one snapshot, the entries between that and from, and the entries
// returned; it does not depend on how long the document's life was before or is
// afterwards. No entries at all is an empty list, not an error.
func History(ctx context.Context, log Log, doc string, from, to uint64, limit int) (items []Item, next uint64, err error) {
	return HistoryOf(ctx, log, doc, from, to, limit, nil)
}

// HistoryOf is History of some changes only: entries are returned with those
// changes that keep says yes to (nil: all), and left out without any. It costs
// the entries it passes over too.
func HistoryOf(ctx context.Context, log Log, doc string, from, to uint64, limit int, keep func(Change) bool) (items []Item, next uint64, err error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	start := state{doc: crdt.New(crdt.Options{})}
	if from > 1 {
		if start, err = nearest(ctx, log, doc, from-1); err != nil {
			return nil, 0, err
		}
		if err := start.play(ctx, log, doc, from-1); err != nil {
			return nil, 0, err
		}
	}
	items = []Item{}
	p := New(start.doc)
	for entry, err := range log.Read(ctx, doc, start.seq, to) {
		if err != nil {
			return nil, 0, fmt.Errorf("history of %s: %w", doc, err)
		}
		if len(items) == limit {
			return items, entry.Seq, nil
		}
		entry.Ordinal = start.next
		item, err := p.Apply(entry)
		if err != nil {
			return nil, 0, fmt.Errorf("history of %s: %w", doc, err)
		}
		start.next++
		if keep != nil {
			item.Changes = slices.DeleteFunc(item.Changes, func(c Change) bool { return !keep(c) })
			if len(item.Changes) == 0 {
				continue
			}
		}
		items = append(items, item)
	}
	return items, 0, nil
}

// state is a document with its place in the log.
type state struct {
	doc  *crdt.Doc
	seq  uint64 // of the last entry applied, 0: none
	next uint64 // ordinal of the next entry: how many were applied
}

// nearest returns the document of the newest usable snapshot with Seq ≤ seq (0:
// any), or an empty document. A snapshot is a cache: one whose state does not
// decode is passed over for the one before it.
func nearest(ctx context.Context, log Log, doc string, seq uint64) (state, error) {
	for {
		snap, ok, err := log.LatestSnapshot(ctx, doc, seq)
		if err != nil {
			return state{}, fmt.Errorf("replay %s: read snapshot: %w", doc, err)
		}
		if !ok {
			return state{doc: crdt.New(crdt.Options{})}, nil
		}
		d := crdt.New(crdt.Options{})
		apply := d.ApplyUpdate
		if snap.Format == "v2" {
			apply = d.ApplyUpdateV2
		}
		if err := apply(snap.State, nil); err == nil {
			return state{doc: d, seq: snap.Seq, next: snap.Ordinal}, nil
		}
		if snap.Seq <= 1 {
			return state{doc: crdt.New(crdt.Options{})}, nil
		}
		seq = snap.Seq - 1
	}
}

// play applies the entries after s up to seq (0: the end).
func (s *state) play(ctx context.Context, log Log, doc string, seq uint64) error {
	if seq != 0 && s.seq >= seq {
		return nil
	}
	for entry, err := range log.Read(ctx, doc, s.seq, seq) {
		if err != nil {
			return fmt.Errorf("replay %s: %w", doc, err)
		}
		if err := applyEntry(s.doc, entry); err != nil {
			return fmt.Errorf("replay %s: %w", doc, err)
		}
		s.seq = entry.Seq
		s.next++
	}
	return nil
}

func applyEntry(d *crdt.Doc, s journal.Stored) error {
	if len(s.Update) == 0 {
		return nil
	}
	if err := d.ApplyUpdate(s.Update, nil); err != nil {
		return fmt.Errorf("entry %d: apply %d-byte update: %w", s.Seq, len(s.Update), err)
	}
	return nil
}

// anyAfter reports whether doc has an entry after seq.
func anyAfter(ctx context.Context, log Log, doc string, seq uint64) (bool, error) {
	for _, err := range log.Read(ctx, doc, seq, 0) {
		return err == nil, err
	}
	return false, nil
}
