package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// MaxIDBytes bounds the id given to Append.
const MaxIDBytes = 256

// Append stores e and returns its position once it is durable.
//
// id makes a retry harmless: within Config.DedupWindow a second Append with
// the same id to the same document stores nothing and returns the first one's
// position, whatever e holds. Make it of session and frame number.
//
// Append itself retries for Config.RetryFor or until ctx ends. Its errors are
// ErrNotStored, ErrUnknown or ErrRefused, each perhaps with ErrUnavailable. It
// may be called from any number of goroutines; the log orders concurrent calls
// as it likes. e's byte slices are not kept.
func (j *Journal) Append(ctx context.Context, id string, e Entry) (uint64, error) {
	fail := func(f fate, unavailable bool, err error) (uint64, error) {
		return 0, &appendError{doc: e.Doc, fate: f, unavailable: unavailable, cause: err}
	}
	where, err := placeOf(e.Doc)
	if err != nil {
		return fail(refused, false, err)
	}
	if err := checkID(id); err != nil {
		return fail(refused, false, err)
	}
	if e.At == 0 {
		e.At = j.cfg.Clock().UnixMicro()
	}
	if !j.enter() {
		return fail(notStored, true, ErrClosed)
	}
	defer j.appends.Done()
	data, err := e.Encode()
	if err != nil {
		return fail(refused, false, err)
	}
	if limit := j.maxEntry(); len(data) > limit {
		return fail(refused, false, fmt.Errorf("%d bytes encoded; at most %d are accepted", len(data), limit))
	}
	if err := j.accepting(); err != nil {
		return fail(notStored, true, err)
	}

	header := nats.Header{nats.MsgIdHdr: {where.tokens() + "/" + id}}
	ctx, cancel := context.WithTimeoutCause(ctx, j.cfg.RetryFor, errNoAck)
	defer cancel()
	var (
		pause     = 50 * time.Millisecond
		maybe     bool  // some attempt's entry may be stored
		lastCause error // why the latest attempt failed
	)
	for try := 0; ; try++ {
		p := &pending{
			msg:    &nats.Msg{Subject: where.subject(), Header: header, Data: data},
			single: try > 0,
			out:    make(chan reply, 1),
		}
		r := j.attempt(ctx, j.shards[where.shard], p, j.cfg.AttemptFor<<min(try, 6))
		if r.err == nil {
			j.appended(where, r.seq)
			return r.seq, nil
		}
		lastCause = r.err
		if !r.definitelyNot() {
			maybe = true
		}
		switch {
		case errors.Is(r.err, ErrClosed):
			return fail(fateOf(maybe), true, ErrClosed)
		case refusal(r.code) && !maybe:
			return fail(refused, false, r.err)
		case ctx.Err() == nil && exhausted(r.code):
			j.health.set(whyTimeout, "the store is full: "+r.err.Error())
			return fail(fateOf(maybe), true, r.err)
		case ctx.Err() == nil:
			j.health.set(whyTimeout, "entries are not being stored: "+r.err.Error())
			j.log.Debug("journal: append attempt failed", "doc", e.Doc, "try", try, "error", r.err)
			// Close waits for what may be stored already: only another attempt
			// under the same id tells.
			closing := j.stop
			if maybe {
				closing = j.halt
			}
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			case <-closing:
			}
			pause = min(2*pause, 500*time.Millisecond)
			if err := j.accepting(); err != nil && !(maybe && errors.Is(err, ErrClosed)) {
				return fail(fateOf(maybe), true, err)
			}
		}
		if ctx.Err() != nil {
			// The caller gave up, or RetryFor is over: only the latter says
			// anything about the journal.
			gaveUp := context.Cause(ctx) != errNoAck
			if !gaveUp {
				j.health.set(whyTimeout, "entries are not being stored: "+lastCause.Error())
			} else {
				lastCause = fmt.Errorf("%w (last: %w)", context.Cause(ctx), lastCause)
			}
			return fail(fateOf(maybe), !gaveUp || j.health.has(whyTimeout), lastCause)
		}
	}
}

func fateOf(maybe bool) fate {
	if maybe {
		return unknown
	}
	return notStored
}

// attempt sends p once and waits up to limit for the outcome. Limits double with
// each attempt, so that a slow disk isn't given ever more work.
func (j *Journal) attempt(ctx context.Context, b *publisher, p *pending, limit time.Duration) reply {
	select {
	case b.in <- p:
	case <-ctx.Done():
		return reply{err: context.Cause(ctx)}
	case <-j.halt:
		return reply{err: ErrClosed}
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		var why error
		select {
		case r := <-p.out:
			return r
		case <-timer.C:
			if p.stillQueued() { // others are ahead; its own attempt hasn't begun
				timer.Reset(limit)
				continue
			}
			why = errNoAck
		case <-ctx.Done():
			why = context.Cause(ctx)
		case <-j.halt:
			why = ErrClosed
		}
		wasSent := p.abandon()
		select {
		case r := <-p.out: // it came at the last moment
			return r
		default:
			return reply{sent: wasSent, err: why}
		}
	}
}

func checkID(id string) error {
	if id == "" || len(id) > MaxIDBytes {
		return fmt.Errorf("id of %d bytes; use 1 to %d", len(id), MaxIDBytes)
	}
	for i := range len(id) {
		// It travels in a header, where blanks within a value are kept and
		// those around it are not.
		if id[i] < ' ' || id[i] == 0x7f {
			return fmt.Errorf("id %q: control character at byte %d", id, i)
		}
	}
	if id[0] == ' ' || id[len(id)-1] == ' ' {
		return fmt.Errorf("id %q: begins or ends with a blank", id)
	}
	return nil
}

// refusal: JetStream errors that no retry can change.
func refusal(code int) bool {
	switch code {
	case 10054, 10097: // message, headers larger than allowed
		return true
	}
	return false
}

// exhausted: errors that need an operator, so that waiting here helps nobody.
func exhausted(code int) bool {
	switch code {
	case 10002, 10023, 10028, 10047, 10077: // account, server, memory, storage limits; store failed
		return true
	}
	return false
}

// maxEntry is the largest envelope the server at hand accepts.
func (j *Journal) maxEntry() int {
	if n := int(j.nc.MaxPayload()) - entryOverheadBytes; n > 0 && n < j.cfg.MaxEntryBytes {
		return n
	}
	return j.cfg.MaxEntryBytes
}

// accepting says why no entry can be taken, or nil.
func (j *Journal) accepting() error {
	if j.closing() {
		return ErrClosed
	}
	if j.host == nil {
		return nil
	}
	if s := j.disk.full(j.cfg); s != "" {
		j.health.set(whyDisk, s)
		return errors.New(s)
	}
	if s := j.writeError.Load(); s != nil {
		return fmt.Errorf("the disk refuses writes: %s", *s)
	}
	return nil
}

// appended notes a success.
func (j *Journal) appended(where place, seq uint64) {
	if j.degraded() {
		j.health.set(whyTimeout, "")
	}
	j.live.expect(where, seq)
	for high := &j.high[where.shard]; ; {
		old := high.Load()
		if seq <= old || high.CompareAndSwap(old, seq) {
			return
		}
	}
}
