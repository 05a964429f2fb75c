package journal

import (
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"
)

// rumour carries presence: core NATS, never stored, lost if nobody listens.
// One goroutine and one channel for all documents.
type rumour struct {
	nc   *nats.Conn
	in   chan *nats.Msg // full: NATS drops, and the next presence update replaces it
	stop <-chan struct{}

	mu   sync.RWMutex // guards what follows
	docs map[string]*rumourDoc
	next int
}

type rumourDoc struct {
	sub *nats.Subscription
	fs  map[int]func([]byte)
}

func newRumour(nc *nats.Conn, stop <-chan struct{}) *rumour {
	return &rumour{nc: nc, in: make(chan *nats.Msg, 8192), stop: stop, docs: map[string]*rumourDoc{}}
}

func (r *rumour) run() {
	for {
		select {
		case m := <-r.in:
			r.mu.RLock()
			var fs []func([]byte)
			if d := r.docs[m.Subject]; d != nil {
				for _, f := range d.fs {
					fs = append(fs, f)
				}
			}
			r.mu.RUnlock()
			for _, f := range fs {
				f(m.Data)
			}
		case <-r.stop:
			return
		}
	}
}

// PublishPresence tells every subscriber of doc's presence on every node, this
// one included. Best effort: no order across nodes, no delivery guarantee.
func (j *Journal) PublishPresence(doc string, b []byte) error {
	where, err := placeOf(doc)
	if err != nil {
		return err
	}
	if err := j.lc.Publish(where.presence(), b); err != nil {
		return fmt.Errorf("presence of %s: %w: %w", doc, ErrUnavailable, err)
	}
	return nil
}

// SubscribePresence calls f with what PublishPresence sends, from one goroutine
// shared by all documents: f must not block. A call may still be running when
// cancel returns.
func (j *Journal) SubscribePresence(doc string, f func([]byte)) (cancel func(), err error) {
	where, err := placeOf(doc)
	if err != nil {
		return nil, err
	}
	r, subject := j.rumour, where.presence()
	r.mu.Lock()
	defer r.mu.Unlock()
	d := r.docs[subject]
	if d == nil {
		sub, err := r.nc.ChanSubscribe(subject, r.in)
		if err != nil {
			return nil, fmt.Errorf("presence of %s: %w: %w", doc, ErrUnavailable, err)
		}
		d = &rumourDoc{sub: sub, fs: map[int]func([]byte){}}
		r.docs[subject] = d
	}
	id := r.next
	r.next++
	d.fs[id] = f
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if _, mine := d.fs[id]; !mine {
			return
		}
		if delete(d.fs, id); len(d.fs) == 0 {
			delete(r.docs, subject)
			d.sub.Unsubscribe()
		}
	}, nil
}
