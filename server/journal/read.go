package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
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

// last asks for the newest sequence of a subject. In a cluster any replica
// answers a direct get, so there the stream's leader is asked instead.
func (j *Journal) last(ctx context.Context, where place) (uint64, error) {
	body, err := json.Marshal(getRequest{LastFor: where.subject()})
	if err != nil {
		return 0, err
	}
	if j.host == nil {
		return j.lastOfLeader(ctx, where, body)
	}
	var seq uint64
	err = j.retryRead(ctx, func(ctx context.Context) error {
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
	pending uint64   // how many more of the subject the index counts
}

// get requests up to n messages of a subject from sequence from on.
func (j *Journal) get(ctx context.Context, where place, from uint64, n, bytes int) (chunk, error) {
	var c chunk
	body, err := json.Marshal(getRequest{Seq: from, Batch: n, MaxBytes: bytes, NextFor: where.subject()})
	if err != nil {
		return c, err
	}
	inbox := nats.NewInbox()
	sub, err := j.nc.SubscribeSync(inbox)
	if err != nil {
		return c, err
	}
	defer sub.Unsubscribe()
	if err := j.nc.PublishRequest("$JS.API.DIRECT.GET."+where.stream(), inbox, body); err != nil {
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
		last = seq
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
	var n uint64
	err := j.retryRead(ctx, func(ctx context.Context) error {
		c, err := j.get(ctx, where, after+1, 1, 0)
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
	total, err := j.count(ctx, where, 0)
	for err == nil {
		var behind, again uint64
		if behind, err = j.count(ctx, where, after); err != nil {
			break
		}
		if again, err = j.count(ctx, where, 0); err == nil && again == total {
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
			c, err = j.get(ctx, where, from.Seq+1, readBatch, readBytes)
			return err
		})
		if err != nil {
			return err
		}
		for i, m := range c.msgs {
			if c.seqs[i] > upTo {
				if upTo < end || from.Seq == end {
					return nil
				}
				return j.damagedIf(true, doc, where, from, fmt.Sprintf("the entry at sequence %d can't be read", end))
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
			if from.Seq == end && c.pending > 0 {
				return j.checkSkipped(ctx, doc, where, from, c.pending)
			}
			continue
		case stuck.IsZero():
			stuck = time.Now()
		}
		// The last entry's sequence is known, yet nothing came. A replica may
		// lag behind the leader for a moment; otherwise the entry is unreadable.
		if j.host != nil || time.Since(stuck) > laggardsFor {
			return j.damagedIf(true, doc, where, from, "the next entry can't be read")
		}
		select {
		case <-time.After(requestPause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// checkSkipped is called when everything up to the end was read and the index
// still counts more: either entries were appended since, or some were stepped
// over because they are unreadable.
func (j *Journal) checkSkipped(ctx context.Context, doc string, where place, at Cursor, pending uint64) error {
	newer, err := j.count(ctx, where, at.Seq)
	if err != nil || newer >= pending {
		return err
	}
	return j.damagedIf(true, doc, where, at, fmt.Sprintf("%d entries before this can't be read", pending-newer))
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
			subjects, err := j.subjects(ctx, shard)
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
