package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	maxReaders   = 32
	readBatch    = 256     // entries per request
	readBytes    = 2 << 20 // bytes per request, exceeded by at most one entry
	readAttempt  = 5 * time.Second
	readFor      = 10 * time.Second // retries while NATS is away
	laggardsFor  = 5 * time.Second  // a replica that answers may be this far behind
	requestPause = 50 * time.Millisecond
)

// getRequest is the body of a JetStream direct get.
type getRequest struct {
	Seq      uint64 `json:"seq,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
	NextFor  string `json:"next_by_subj,omitempty"`
	LastFor  string `json:"last_by_subj,omitempty"`
}

// last asks for the newest sequence of a subject. Any replica answers a
// direct get, so where there are some the stream's leader is asked instead.
func (j *Journal) last(ctx context.Context, where place) (uint64, error) {
	body, err := json.Marshal(getRequest{LastFor: where.subject()})
	if err != nil {
		return 0, err
	}
	var seq, n uint64
	for range 3 {
		if j.replicated {
			seq, err = j.lastOfLeader(ctx, where, body)
		} else {
			seq, err = j.lastDirect(ctx, where, body)
		}
		if err != nil || seq != 0 {
			return seq, err
		}
		// Nothing there, or nothing readable: the index knows. One entry may
		// have come just now, so believe only what is said again.
		err = j.retryRead(ctx, func(ctx context.Context) error {
			counts, err := j.subjects(ctx, where.shard, where.subject())
			n = counts[where.subject()]
			return err
		})
		if err != nil || n == 0 {
			return 0, err
		}
	}
	return 0, j.damagedIf(true, where.doc, where, Cursor{Next: n - 1}, "the newest entry can't be read")
}

func (j *Journal) lastDirect(ctx context.Context, where place, body []byte) (uint64, error) {
	var seq uint64
	err := j.retryRead(ctx, func(ctx context.Context) error {
		m, err := j.nc.RequestWithContext(ctx, "$JS.API.DIRECT.GET."+where.stream(), body)
		if err != nil {
			return err
		}
		if m.Header.Get("Status") == "404" {
			seq = 0
			return nil
		}
		seq, err = headerUint(m, "Nats-Sequence")
		return err
	})
	return seq, err
}

func (j *Journal) lastOfLeader(ctx context.Context, where place, body []byte) (uint64, error) {
	var seq uint64
	err := j.retryRead(ctx, func(ctx context.Context) error {
		m, err := j.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+where.stream(), body)
		if err != nil {
			return err
		}
		var r struct {
			Message struct {
				Seq uint64 `json:"seq"`
			} `json:"message"`
			Error *struct {
				ErrCode     int    `json:"err_code"`
				Description string `json:"description"`
			} `json:"error"`
		}
		if err := json.Unmarshal(m.Data, &r); err != nil {
			return err
		}
		if r.Error != nil && r.Error.ErrCode == 10037 { // no message found
			seq = 0
			return nil
		}
		if r.Error != nil {
			return errors.New(r.Error.Description)
		}
		seq = r.Message.Seq
		return nil
	})
	return seq, err
}

// retryRead runs f until it succeeds, ctx ends or NATS has been away for
// readFor. Its error is then ErrUnavailable.
func (j *Journal) retryRead(ctx context.Context, f func(context.Context) error) error {
	deadline := time.Now().Add(readFor)
	for {
		err := j.readOnce(ctx, f)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		select {
		case <-time.After(requestPause):
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-j.halt:
			return ErrClosed
		}
	}
}

// readOnce bounds how many requests a node has under way, so that ten thousand
// followers that resume at once don't starve appends.
func (j *Journal) readOnce(ctx context.Context, f func(context.Context) error) error {
	select {
	case j.readers <- struct{}{}:
		defer func() { <-j.readers }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, readAttempt)
	defer cancel()
	return f(ctx)
}

// errStop: the consumer of entries wants no more.
var errStop = errors.New("stop")

// chunk is the answer to one batch request.
type chunk struct {
	msgs    []*nats.Msg
	seqs    []uint64 // of msgs, growing
	total   uint64   // how many of the subject the index counted from the start of this, if any came
	pending uint64   // total less those sent; counted anew if some were appended meanwhile
}

// get requests up to n messages of a subject from sequence from on.
func (j *Journal) get(ctx context.Context, stream, subject string, from uint64, n, bytes int) (chunk, error) {
	var c chunk
	body, err := json.Marshal(getRequest{Seq: from, Batch: n, MaxBytes: bytes, NextFor: subject})
	if err != nil {
		return c, err
	}
	inbox := nats.NewInbox()
	sub, err := j.nc.SubscribeSync(inbox)
	if err != nil {
		return c, err
	}
	defer sub.Unsubscribe()
	if err := j.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, body); err != nil {
		return c, err
	}
	for last := from - 1; ; {
		m, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return c, err
		}
		switch m.Header.Get("Status") {
		case "":
		case "404":
			return c, nil
		case "204": // end of batch
			c.pending, err = headerUint(m, "Nats-Num-Pending")
			return c, err
		case "503":
			return c, nats.ErrNoResponders
		default:
			return c, fmt.Errorf("direct get: %s %s", m.Header.Get("Status"), m.Header.Get("Description"))
		}
		seq, err := headerUint(m, "Nats-Sequence")
		if err != nil {
			return c, err
		}
		if seq <= last {
			return c, fmt.Errorf("direct get: sequence %d came after %d", seq, last)
		}
		if last = seq; len(c.msgs) == 0 {
			if c.total, err = headerUint(m, "Nats-Num-Pending"); err != nil {
				return c, err
			}
			c.total++
		}
		c.msgs, c.seqs = append(c.msgs, m), append(c.seqs, seq)
	}
}

func headerUint(m *nats.Msg, key string) (uint64, error) {
	n, err := strconv.ParseUint(m.Header.Get(key), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("header %s of a message from NATS: %w", key, err)
	}
	return n, nil
}

// count is how many entries the log's index has behind sequence after.
func (j *Journal) count(ctx context.Context, where place, after uint64) (uint64, error) {
	if after == math.MaxUint64 {
		return 0, nil
	}
	var n uint64
	err := j.retryRead(ctx, func(ctx context.Context) error {
		c, err := j.get(ctx, where.stream(), where.subject(), after+1, 1, 0)
		n = uint64(len(c.msgs)) + c.pending
		return err
	})
	return n, err
}

// ordinalAfter is how many entries there are up to and including sequence
// after, by the log's index.
func (j *Journal) ordinalAfter(ctx context.Context, where place, after uint64) (uint64, error) {
	if after == 0 {
		return 0, nil
	}
	n, err := j.ordinalOnce(ctx, where, after)
	// Replicas differ for moments, and each request may go to another one.
	for j.replicated && err == nil {
		var again uint64
		if again, err = j.ordinalOnce(ctx, where, after); again == n {
			break
		}
		n = again
	}
	return n, err
}

func (j *Journal) ordinalOnce(ctx context.Context, where place, after uint64) (uint64, error) {
	total, err := j.count(ctx, where, 0)
	for err == nil {
		var behind, again uint64
		if behind, err = j.count(ctx, where, after); err != nil {
			break
		}
		if again, err = j.count(ctx, where, 0); err == nil && again == total && behind <= total {
			return total - behind, nil
		}
		total = again // entries came in between: measure again
	}
	return 0, err
}

// Read yields doc's entries with after < Seq ≤ upTo in order; upTo 0 means the
// end as of now. It reads in batches and holds no more than one in memory.
//
// A yielded error is the last thing yielded: ErrUnavailable, ctx's, or
// ErrDamaged when an entry that should be there can't be read.
func (j *Journal) Read(ctx context.Context, doc string, after, upTo uint64) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		where, err := placeOf(doc)
		if err == nil {
			var next uint64
			if next, err = j.ordinalAfter(ctx, where, after); err == nil {
				err = j.readRange(ctx, doc, where, Cursor{Seq: after, Next: next}, upTo, func(s Stored) error {
					if !yield(s, nil) {
						return errStop
					}
					return nil
				})
			}
		}
		if err != nil && !errors.Is(err, errStop) {
			yield(Stored{}, fmt.Errorf("read %s: %w", doc, err))
		}
	}
}

// readRange hands the entries behind from up to sequence upTo (0: the end) to
// f. f's error ends it and is returned.
func (j *Journal) readRange(ctx context.Context, doc string, where place, from Cursor, upTo uint64, f func(Stored) error) error {
	end, err := j.last(ctx, where)
	if err != nil {
		return err
	}
	if upTo == 0 || upTo > end {
		upTo = end
	}
	var stuck time.Time // since when nothing comes although something must
	for from.Seq < upTo {
		var c chunk
		err := j.retryRead(ctx, func(ctx context.Context) (err error) {
			c, err = j.get(ctx, where.stream(), where.subject(), from.Seq+1, readBatch, readBytes)
			return err
		})
		if err != nil {
			return err
		}
		sound, err := j.sound(ctx, where, from, c)
		for began := time.Now(); err == nil && sound < len(c.msgs) && j.replicated && time.Since(began) < laggardsFor; {
			if err = pause(ctx); err == nil { // a replica behind the others looks the same
				sound, err = j.sound(ctx, where, from, c)
			}
		}
		if err != nil {
			return err
		}
		for i, m := range c.msgs {
			if i == sound || c.seqs[i] > upTo && from.Seq < upTo && upTo == end {
				return j.damagedIf(true, doc, where, from, fmt.Sprintf("between this and sequence %d something can't be read", c.seqs[i]))
			}
			if c.seqs[i] > upTo {
				return nil
			}
			s, err := j.stored(doc, m.Data, c.seqs[i], from)
			if err != nil {
				return err
			}
			if err := f(s); err != nil {
				return err
			}
			from = After(s)
		}
		switch {
		case len(c.msgs) > 0:
			stuck = time.Time{}
			continue
		case stuck.IsZero():
			stuck = time.Now()
		}
		// The last entry's sequence is known, yet nothing came. A replica may
		// lag behind the leader for a moment; otherwise the entry is unreadable.
		if !j.replicated || time.Since(stuck) > laggardsFor {
			return j.damagedIf(true, doc, where, from, "the next entry can't be read")
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context) error {
	select {
	case <-time.After(requestPause):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// sound is how many messages of c follow from without one left out between
// them. The store steps over an entry it can't read without a word, but its
// index still counts it: so the index is asked how many lie behind the last one.
func (j *Journal) sound(ctx context.Context, where place, from Cursor, c chunk) (int, error) {
	n := uint64(len(c.msgs))
	if n == 0 || c.total == n {
		return int(n), nil
	}
	last := c.seqs[n-1]
	behind, err := j.count(ctx, where, last)
	if err != nil || behind == c.total-n {
		return int(n), err
	}
	// Entries were left out, or appended since: count up to fixed places.
	before, err := j.ordinalAfter(ctx, where, from.Seq)
	if err != nil {
		return 0, err
	}
	good, bad := 0, len(c.msgs) // the first good are sound; those from bad on aren't
	for at := len(c.msgs); ; at = (good + bad + 1) / 2 {
		upTo, err := j.ordinalAfter(ctx, where, c.seqs[at-1])
		if err != nil {
			return 0, err
		}
		if upTo-before == uint64(at) {
			good = at
		} else {
			bad = at - 1
		}
		if good >= bad {
			return good, nil
		}
	}
}

// stored decodes one message that follows from.
func (j *Journal) stored(doc string, raw []byte, seq uint64, from Cursor) (Stored, error) {
	e, err := DecodeEntry(raw)
	if err == nil && e.Doc != doc {
		err = fmt.Errorf("it belongs to %s", e.Doc)
	}
	if err != nil {
		where, _ := placeOf(doc)
		d := Damage{Doc: doc, Stream: where.stream(), After: from.Seq, Seq: seq, Ordinal: from.Next, What: "entry is not readable: " + err.Error()}
		j.report(d)
		return Stored{}, d.err()
	}
	return Stored{Entry: e, Raw: raw, Seq: seq, Prev: from.Seq, Ordinal: from.Next}, nil
}

// Docs yields the names of all documents that have entries, in no useful
// order. It asks each stream for its subjects: meant for tools, not for rooms.
func (j *Journal) Docs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for shard := range Shards {
			subjects, err := j.subjects(ctx, shard, fmt.Sprintf("plan.%02d.>", shard))
			if err != nil {
				yield("", fmt.Errorf("list documents of %s: %w: %w", streamName(shard), ErrUnavailable, err))
				return
			}
			for s := range subjects {
				doc, err := docOf(s)
				if err != nil {
					j.log.Warn("journal: a subject that no document has", "subject", s)
					continue
				}
				if !yield(doc, nil) {
					return
				}
			}
		}
	}
}
