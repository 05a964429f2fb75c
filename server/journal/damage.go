package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Damage is something that was in the log, or must have been, and isn't there
// or can't be read. The cure is a replica or a backup.
type Damage struct {
	Doc     string // the document, empty when it can't be told
	Stream  string // the stream it is in
	After   uint64 // it lies behind this sequence ...
	Seq     uint64 // ... and at or before this one; 0: not known
	Ordinal uint64 // first entry of Doc concerned, when Doc is known
	What    string // what is wrong
}

func (d Damage) String() string {
	s := "stream " + d.Stream
	if d.Doc != "" {
		s = fmt.Sprintf("document %s, entry %d (%s)", d.Doc, d.Ordinal, d.Stream)
	}
	switch {
	case d.Seq != 0 && d.Seq == d.After+1:
		s += fmt.Sprintf(", sequence %d", d.Seq)
	case d.Seq != 0:
		s += fmt.Sprintf(", sequences %d to %d", d.After+1, d.Seq)
	default:
		s += fmt.Sprintf(", after sequence %d", d.After)
	}
	return s + ": " + d.What
}

func (d Damage) err() error { return fmt.Errorf("%w: %s", ErrDamaged, d) }

// report makes damage loud, once.
func (j *Journal) report(d Damage) {
	if j.health.add(d) {
		j.log.Error("journal: DAMAGE: "+d.String()+"; restore it from a replica or a backup",
			"doc", d.Doc, "stream", d.Stream, "after", d.After, "seq", d.Seq)
	}
}

func (j *Journal) damagedIf(is bool, doc string, where place, at Cursor, what string) error {
	if !is {
		return nil
	}
	d := Damage{Doc: doc, Stream: where.stream(), After: at.Seq, Ordinal: at.Next, What: what}
	j.report(d)
	return d.err()
}

// inspect checks a stream at Open: entries are never removed one by one, so its
// sequences must be gapless, and it must reach as far as it once did.
func (j *Journal) inspect(ctx context.Context, shard int, st jetstream.StreamState) error {
	name := streamName(shard)
	lost := func(after, seq uint64, what string) {
		j.report(Damage{Stream: name, After: after, Seq: seq, What: what})
	}
	if st.Lost != nil && len(st.Lost.Msgs) > 0 {
		msgs := st.Lost.Msgs
		lost(msgs[0]-1, msgs[len(msgs)-1], fmt.Sprintf("%d entries are unreadable and were dropped by the store", len(msgs)))
	}
	if st.Msgs > 0 && st.FirstSeq > 1 {
		lost(0, st.FirstSeq-1, fmt.Sprintf("the first %d entries are missing", st.FirstSeq-1))
	}
	if st.NumDeleted > 0 {
		ranges, err := j.deleted(ctx, shard)
		if err != nil {
			return j.prepareError("stream "+name, err)
		}
		for _, r := range ranges {
			lost(r[0]-1, r[1], fmt.Sprintf("%d entries are missing", r[1]-r[0]+1))
		}
	}
	high, err := j.highNote(ctx, shard)
	if err != nil {
		return err
	}
	if high > st.LastSeq {
		lost(st.LastSeq, high, fmt.Sprintf("the log ends at sequence %d but once reached %d: %d entries at its end are missing",
			st.LastSeq, high, high-st.LastSeq))
	} else if high > 0 && st.Msgs == 0 {
		lost(0, high, "all entries are missing")
	}
	return nil
}

// deleted lists the missing sequences inside a stream as closed ranges.
func (j *Journal) deleted(ctx context.Context, shard int) ([][2]uint64, error) {
	s, err := j.js.Stream(ctx, streamName(shard))
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return nil, err
	}
	var ranges [][2]uint64
	for _, seq := range info.State.Deleted {
		if n := len(ranges); n > 0 && ranges[n-1][1]+1 == seq {
			ranges[n-1][1] = seq
		} else {
			ranges = append(ranges, [2]uint64{seq, seq})
		}
	}
	return ranges, nil
}

// subjects counts the entries of each subject that filter matches, by the
// store's index.
func (j *Journal) subjects(ctx context.Context, shard int, filter string) (map[string]uint64, error) {
	s, err := j.js.Stream(ctx, streamName(shard))
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, err
	}
	return info.State.Subjects, nil
}

func highKey(shard int) string { return fmt.Sprintf("high.%02d", shard) }

// highNote is how far the stream is known to have reached.
func (j *Journal) highNote(ctx context.Context, shard int) (uint64, error) {
	b, _, err := j.notes.Get(ctx, highKey(shard))
	if errors.Is(err, ErrNoKey) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("journal: %w", err)
	}
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		j.report(Damage{Stream: streamName(shard), What: fmt.Sprintf("the note of its length reads %q", b)})
		return 0, nil
	}
	return n, nil
}

// writeHigh notes that the stream reached seq. Several nodes may do so.
func (j *Journal) writeHigh(ctx context.Context, shard int, seq uint64) error {
	val := []byte(strconv.FormatUint(seq, 10))
	for {
		b, rev, err := j.notes.Get(ctx, highKey(shard))
		switch {
		case errors.Is(err, ErrNoKey):
			_, err = j.notes.Create(ctx, highKey(shard), val)
		case err != nil:
			return err
		default:
			if old, err := strconv.ParseUint(string(b), 10, 64); err == nil && old >= seq {
				return nil
			}
			_, err = j.notes.Update(ctx, highKey(shard), val, rev)
		}
		if !errors.Is(err, ErrKeyChanged) {
			return err
		}
	}
}

// Check compares doc's log with what its newest sound snapshot says about it:
// that it still reaches as far, and that it holds as many entries up to there.
// This takes three small requests. With deep it reads every entry and compares
// the Merkle tree's root as well, at every snapshot.
//
// nil means sound. ErrDamaged says what is wrong; Status lists it from then on.
func (j *Journal) Check(ctx context.Context, doc string, deep bool) error {
	where, err := placeOf(doc)
	if err != nil {
		return err
	}
	snap, ok, err := j.LatestSnapshot(ctx, doc, 0)
	if err != nil {
		return err
	}
	if ok {
		if _, err := j.checkReach(ctx, doc, where, snap.Cursor()); err != nil {
			return fmt.Errorf("check %s: %w", doc, err)
		}
		if err := j.checkCount(ctx, doc, where, snap.Cursor()); err != nil {
			return fmt.Errorf("check %s: %w", doc, err)
		}
	}
	if !deep {
		return nil
	}
	if err := j.checkTree(ctx, doc, where); err != nil {
		return fmt.Errorf("check %s: %w", doc, err)
	}
	return nil
}

// checkReach: the log must reach c. It gives the log's end.
func (j *Journal) checkReach(ctx context.Context, doc string, where place, c Cursor) (end uint64, err error) {
	if end, err = j.last(ctx, where); err != nil {
		return 0, err
	}
	return end, j.damagedIf(end < c.Seq, doc, where, Cursor{Seq: end, Next: c.Next},
		fmt.Sprintf("the log ends at sequence %d, but entries up to %d were seen", end, c.Seq))
}

// checkCount: the log must hold c.Next entries up to c.
func (j *Journal) checkCount(ctx context.Context, doc string, where place, c Cursor) error {
	n, err := j.ordinalAfter(ctx, where, c.Seq)
	for began := time.Now(); err == nil && n != c.Next && j.replicated && time.Since(began) < laggardsFor; {
		if err = pause(ctx); err == nil { // a replica behind the others looks the same
			n, err = j.ordinalAfter(ctx, where, c.Seq)
		}
	}
	if err != nil {
		return err
	}
	return j.damagedIf(n != c.Next, doc, where, Cursor{Next: min(n, c.Next)},
		fmt.Sprintf("%d entries are there up to sequence %d, but %d were", n, c.Seq, c.Next))
}

// checkTree recomputes the Merkle tree from the first entry on and compares it
// with the edge in every sound snapshot.
func (j *Journal) checkTree(ctx context.Context, doc string, where place) error {
	notes, _, err := j.snapNotes(ctx, where)
	if err != nil {
		return err
	}
	edges := map[uint64]Snapshot{}
	for _, n := range notes {
		s, err := j.loadSnapshot(ctx, doc, where, n)
		if err == nil {
			edges[s.Ordinal] = s
		} else if errors.Is(err, ErrUnavailable) {
			return err
		}
	}
	var edge Edge
	compare := func(seq uint64) error {
		s, ok := edges[edge.Size()]
		if !ok {
			return nil
		}
		delete(edges, edge.Size())
		want, err := UnmarshalEdge(s.Ordinal, s.Edge)
		if len(s.Edge) == 0 {
			return nil // written without one
		}
		if err != nil || !want.Equal(edge) || s.Seq != seq {
			return j.damagedIf(true, doc, where, Cursor{},
				fmt.Sprintf("the first %d entries are not those the snapshot at sequence %d was made of", s.Ordinal, s.Seq))
		}
		return nil
	}
	err = j.readRange(ctx, doc, where, Cursor{}, 0, func(s Stored) error {
		edge = edge.Append(s.Raw)
		return compare(s.Seq)
	})
	if err != nil {
		return err
	}
	for n, s := range edges {
		if n > edge.Size() {
			return j.damagedIf(true, doc, where, Cursor{Next: edge.Size()},
				fmt.Sprintf("%d entries are there, but %d were at the snapshot of sequence %d", edge.Size(), n, s.Seq))
		}
	}
	return nil
}
