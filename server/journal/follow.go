package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// followBacklog bounds live entries waiting for one slow follower. Beyond it
// they are dropped and read from the log when the follower gets there.
const followBacklog = 256

// news is one live entry, not decoded yet.
type news struct {
	raw       []byte
	seq, prev uint64
}

// Subscription is a running Follow. It has a goroutine only while there is
// something to deliver.
type Subscription struct {
	// Fixed after Follow.
	j       *Journal
	doc     string
	where   place
	subject string
	deliver func(Stored)
	lost    func(error)
	target  uint64 // the end of the log at Follow's call
	caught  chan struct{}
	ctx     context.Context // ends with Stop; for reads from the log
	cancel  context.CancelCauseFunc

	// Owned by the goroutine that is delivering.
	at            Cursor
	reachedTarget bool

	mu      sync.Mutex // guards what follows
	changed sync.Cond  // signalled when running or telling changes
	backlog []news
	behind  bool // the log has entries that the backlog hasn't
	running bool
	telling bool // lost is being called; nothing else happens any more
	told    bool
	ended   error // set once: nothing is delivered from then on
}

// Follow delivers doc's entries behind from: first those in the log, then each
// as soon as it is stored by any node, every one exactly once and in order.
//
// It returns at once; deliver is called from other goroutines, never two at a
// time for one Subscription. It may block: that delays this document only, and
// what it holds up is bounded, the rest is read from the log. If NATS goes away
// delivery pauses and continues by itself. lost is called at most once, when
// delivery has ended for good: with ErrDamaged if an entry can't be read, or
// ErrClosed. It is not called after Stop.
//
// ErrDamaged from Follow itself: the log ends before from, so something that
// was there is gone; nothing may be appended on top of that. Entries missing
// before from are reported in Status and don't hinder what comes.
func (j *Journal) Follow(ctx context.Context, doc string, from Cursor, deliver func(Stored), lost func(error)) (*Subscription, error) {
	where, err := placeOf(doc)
	if err != nil {
		return nil, err
	}
	s := &Subscription{
		j: j, doc: doc, where: where, subject: where.live(), deliver: deliver, lost: lost,
		caught: make(chan struct{}), at: from, behind: true,
	}
	s.changed.L = &s.mu
	s.ctx, s.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	// What is stored between this and add is read by the first catchUp.
	if s.target, err = j.checkReach(ctx, doc, where, from); err != nil {
		return nil, fmt.Errorf("follow %s: %w", doc, err)
	}
	if err := j.checkCount(ctx, doc, where, from); err != nil && !errors.Is(err, ErrDamaged) {
		return nil, fmt.Errorf("follow %s: %w", doc, err)
	} // damage behind the cursor is reported; what comes is unaffected by it
	if err := j.live.add(s); err != nil {
		return nil, fmt.Errorf("follow %s: %w", doc, err)
	}
	s.mu.Lock()
	s.wakeLocked()
	s.mu.Unlock()
	return s, nil
}

// CaughtUp is closed once everything that was in the log when Follow was
// called has been delivered.
func (s *Subscription) CaughtUp() <-chan struct{} { return s.caught }

// Stop ends delivery and waits for a running call of deliver, so don't call it
// from there. Calling it from lost is fine.
func (s *Subscription) Stop() {
	s.end(errStopped)
	s.mu.Lock()
	for s.running && !s.telling {
		s.changed.Wait()
	}
	s.mu.Unlock()
	s.j.live.remove(s)
}

// end ends delivery for the reason why, unless it has ended already.
func (s *Subscription) end(why error) {
	s.mu.Lock()
	if s.ended == nil {
		s.ended = why
		s.backlog = nil
	}
	s.mu.Unlock()
	s.cancel(why)
}

// closing ends delivery with the journal; a goroutine is needed to tell.
func (s *Subscription) closing() {
	s.mu.Lock()
	if s.ended == nil {
		s.wakeLocked()
		s.ended, s.backlog = ErrClosed, nil
	}
	s.mu.Unlock()
	s.cancel(ErrClosed)
}

// settled waits until the last goroutine is gone.
func (s *Subscription) settled() {
	s.mu.Lock()
	for s.running {
		s.changed.Wait()
	}
	s.mu.Unlock()
}

// offer takes a live entry without blocking.
func (s *Subscription) offer(n news) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended != nil:
		return
	case len(s.backlog) >= followBacklog:
		s.backlog, s.behind = nil, true
	default:
		s.backlog = append(s.backlog, n)
	}
	s.wakeLocked()
}

// fallBehind makes the follower read on from the log.
func (s *Subscription) fallBehind() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended == nil {
		s.behind = true
		s.wakeLocked()
	}
}

func (s *Subscription) wakeLocked() {
	if !s.running && s.ended == nil {
		s.running = true
		go s.run()
	}
}

// run delivers until nothing is left, or tells that delivery has ended.
func (s *Subscription) run() {
	for {
		s.mu.Lock()
		if s.ended != nil {
			s.mu.Unlock()
			break
		}
		if len(s.backlog) == 0 && !s.behind {
			s.running = false
			s.changed.Broadcast()
			s.mu.Unlock()
			return
		}
		todo, behind := s.backlog, s.behind
		s.backlog, s.behind = nil, false
		s.mu.Unlock()
		if behind && !s.catchUp(0) {
			continue
		}
		for _, n := range todo {
			if !s.take(n) {
				break
			}
		}
	}
	s.mu.Lock()
	why := s.ended
	tell := why != errStopped && !s.told && s.lost != nil
	s.told, s.telling = true, true
	s.changed.Broadcast()
	s.mu.Unlock()
	if tell {
		s.lost(fmt.Errorf("follow %s: %w", s.doc, why))
	}
	s.j.live.remove(s)
	s.mu.Lock()
	s.running, s.telling = false, false
	s.changed.Broadcast()
	s.mu.Unlock()
}

// take delivers n, with what comes before it. false: try again later.
func (s *Subscription) take(n news) bool {
	switch {
	case s.stopped():
		return false
	case n.seq <= s.at.Seq:
		return true // read from the log already
	case n.prev != s.at.Seq:
		return s.catchUp(n.seq)
	}
	st, err := s.j.stored(s.doc, n.raw, n.seq, s.at)
	if err != nil {
		s.end(err)
		return false
	}
	s.give(st)
	return true
}

func (s *Subscription) give(st Stored) {
	s.deliver(st)
	s.at = After(st)
	s.reached()
}

func (s *Subscription) reached() {
	if !s.reachedTarget && s.at.Seq >= s.target {
		s.reachedTarget = true
		close(s.caught)
	}
}

func (s *Subscription) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended != nil
}

// catchUp reads from the log up to its end, at least to need: in a cluster the
// replica asked may not have that yet. false: ended, or to be tried again,
// which is arranged.
func (s *Subscription) catchUp(need uint64) bool {
	err := s.j.readRange(s.ctx, s.doc, s.where, s.at, 0, func(st Stored) error {
		if s.stopped() {
			return errStop
		}
		s.give(st)
		return nil
	})
	switch {
	case s.stopped():
		return false
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrClosed):
		s.end(err)
		return false
	case err == nil && s.at.Seq >= need:
		s.reached()
		return true
	}
	if err != nil {
		s.j.log.Warn("journal: follower waits for the log", "doc", s.doc, "after", s.at.Seq, "error", err)
	}
	s.mu.Lock()
	s.behind = true
	s.mu.Unlock()
	select {
	case <-time.After(requestPause):
	case <-s.ctx.Done():
	}
	return false
}
