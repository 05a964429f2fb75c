package socket

import (
	"errors"
	"sync"

	"coplan/server/room"
)

// outbox is what waits to be written to one connection: the room puts in, the
// writer takes out. It is bounded in bytes. When it is full the connection is
// cut: the client comes back with its state vector and gets everything it missed
// in one merged update, which is less to send than the queue was.
type outbox struct {
	maxBytes int
	wake     chan struct{} // holds a token when there may be something to do
	cut      chan struct{} // closed by Cut

	mu     sync.Mutex // guards what follows
	queue  []queued
	bytes  int   // counted, of what is queued
	exempt bool  // an answer to step 1 is queued that is not counted
	reason error // set by Cut; nothing is taken after it
}

func newOutbox(maxBytes int) *outbox {
	return &outbox{maxBytes: maxBytes, wake: make(chan struct{}, 1), cut: make(chan struct{})}
}

// queued is a message and the bytes it counts for.
type queued struct {
	m       room.Message
	counted int
}

// Offer implements room.Outbox.
func (o *outbox) Offer(m room.Message) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reason != nil {
		return true // the connection is ending anyway
	}
	switch m := m.(type) {
	case *room.SyncStep2:
		// A document can be larger than the bound; one at a time is let through.
		if !o.exempt {
			o.exempt = true
			o.push(m, 0)
			return true
		}
	case *room.Presence:
		// Only the latest state of each client is of interest.
		if n := len(o.queue) - 1; n >= 0 {
			if last, ok := o.queue[n].m.(*room.Presence); ok {
				merged := last.Merge(m)
				o.bytes += merged.Size() - o.queue[n].counted
				o.queue[n] = queued{merged, merged.Size()}
				return true
			}
		}
	}
	if len(o.queue) > 0 && o.bytes+m.Size() > o.maxBytes {
		return false
	}
	o.push(m, m.Size())
	return true
}

// push expects mu to be held.
func (o *outbox) push(m room.Message, counted int) {
	o.queue = append(o.queue, queued{m, counted})
	o.bytes += counted
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// Cut implements room.Outbox.
func (o *outbox) Cut(reason error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reason != nil {
		return
	}
	o.reason = reason
	if errors.Is(reason, room.ErrSlow) {
		o.queue = nil // it gets all of this when it is back
	}
	close(o.cut)
}

// take removes the oldest message; nil when there is none.
func (o *outbox) take() room.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		o.queue = nil
		return nil
	}
	head := o.queue[0]
	o.queue[0] = queued{}
	o.queue = o.queue[1:]
	o.bytes -= head.counted
	if _, ok := head.m.(*room.SyncStep2); ok && head.counted == 0 {
		o.exempt = false
	}
	return head.m
}

// why is the reason given to Cut; nil before.
func (o *outbox) why() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.reason
}
