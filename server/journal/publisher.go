package journal

import (
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
)

// How a publisher groups. A single entry costs one fsync, a batch about twenty
// single ones whatever its size: see server/DESIGN.md, "Journal".
const (
	maxBatch        = 1000    // JetStream's limit
	maxBatchBytes   = 4 << 20 // what one batch stages at most, unless one entry is larger
	queueLen        = 4096    // entries waiting per shard; then Append waits to enter
	windowFsync     = 8       // single entries in flight per shard, embedded
	windowPipelined = 256     // the same where single entries don't wait for a disk each
	windowExternal  = 32      // the same over a network
	batchFrom       = 20      // this many waiting go as one batch
)

// pending is one attempt to publish one entry.
type pending struct {
	msg    *nats.Msg
	single bool       // never in a batch: a retry may be a duplicate, and a batch with one fails whole
	out    chan reply // gets exactly one reply unless abandoned first

	mu     sync.Mutex // guards what follows
	state  pendingState
	cancel func() // forgets the ack
	free   func() // gives the place in the window back
}

type pendingState int

const (
	queued pendingState = iota
	sent
	over // answered or abandoned
)

// take marks p as sent; false if it was abandoned before.
func (p *pending) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == over {
		return false
	}
	p.state = sent
	return true
}

func (p *pending) finish(r reply) {
	if p.end() {
		p.out <- r
	}
}

// abandon stops waiting. It says whether the entry had been sent.
func (p *pending) abandon() (wasSent bool) {
	p.mu.Lock()
	wasSent = p.state != queued
	p.mu.Unlock()
	p.end()
	return wasSent
}

func (p *pending) stillQueued() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == queued
}

func (p *pending) end() bool {
	p.mu.Lock()
	if p.state == over {
		p.mu.Unlock()
		return false
	}
	p.state = over
	cancel, free := p.cancel, p.free
	p.cancel, p.free = nil, nil
	p.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if free != nil {
		free()
	}
	return true
}

// publisher sends the entries of one shard. One goroutine; it groups what waits
// while earlier entries are in flight.
type publisher struct {
	// Fixed after start.
	acks   *ackInbox
	in     chan *pending
	stop   <-chan struct{}
	window chan struct{} // one element per single entry in flight
	from   int           // batch size to begin batching at; 0: never
	wait   time.Duration // for a batch's acknowledgement
	onSent func(n int)   // told each group's size; nil: nobody asks
}

// run ends with stop; what is queued then is answered as not sent.
func (b *publisher) run() {
	for {
		select {
		case p := <-b.in:
			b.drain([]*pending{p})
		case <-b.stop:
			for {
				select {
				case p := <-b.in:
					p.finish(reply{err: ErrClosed})
				default:
					return
				}
			}
		}
	}
}

// drain sends group and whatever joins it meanwhile.
func (b *publisher) drain(group []*pending) {
	for len(group) > 0 {
		group = b.gather(group)
		if n := b.batchable(group); n > 0 {
			group = append(b.sendBatch(group[:n]), group[n:]...)
			continue
		}
		p := group[0]
		select {
		case b.window <- struct{}{}:
			// While this waited others may have come: perhaps a batch by now.
			if group = b.gather(group); !p.single && b.batchable(group) > 0 {
				<-b.window
				continue
			}
			group = group[1:]
			b.sendOne(p)
		case <-b.stop:
			for _, p := range group {
				p.finish(reply{err: ErrClosed})
			}
			return
		}
	}
}

// gather adds what waits, up to one batch.
func (b *publisher) gather(group []*pending) []*pending {
	for len(group) < maxBatch {
		select {
		case p := <-b.in:
			group = append(group, p)
		default:
			return group
		}
	}
	return group
}

// batchable is how many from the start of group make a batch worth sending, or 0.
func (b *publisher) batchable(group []*pending) int {
	if b.from == 0 || len(group) < b.from {
		return 0
	}
	n, bytes := 0, 0
	for n < len(group) && !group[n].single {
		bytes += len(group[n].msg.Data)
		if n > 0 && bytes > maxBatchBytes {
			break
		}
		n++
	}
	if n < b.from {
		return 0
	}
	return n
}

func (b *publisher) sendOne(p *pending) {
	free := func() { <-b.window }
	if !p.take() {
		free()
		return
	}
	if b.onSent != nil {
		b.onSent(1)
	}
	cancel, err := b.acks.publish(p.msg, p.finish)
	if err != nil {
		free()
		p.finish(reply{err: err})
		return
	}
	p.mu.Lock()
	ended := p.state == over
	if !ended {
		p.cancel, p.free = cancel, free
	}
	p.mu.Unlock()
	if ended {
		cancel()
		free()
	}
}

// sendBatch publishes group as one atomic batch and waits for its outcome. It
// returns the entries to send one by one, when the server refused them together.
//
// A crash of the server before the commit message stores none of them. After
// it, the staged batch has been synced and is completed at recovery.
func (b *publisher) sendBatch(group []*pending) (again []*pending) {
	live := group[:0:0]
	for _, p := range group {
		if p.take() {
			live = append(live, p)
		}
	}
	if len(live) == 0 {
		return nil
	}
	if b.onSent != nil {
		b.onSent(len(live))
	}
	id, answer := nuid.Next(), make(chan reply, 1)
	cancel := func() {}
	for i, p := range live {
		m := nats.NewMsg(p.msg.Subject)
		m.Data = p.msg.Data
		m.Header[nats.MsgIdHdr] = p.msg.Header[nats.MsgIdHdr]
		m.Header["Nats-Batch-Id"] = []string{id}
		m.Header["Nats-Batch-Sequence"] = []string{strconv.Itoa(i + 1)}
		var err error
		if i < len(live)-1 {
			err = b.acks.send(m)
		} else {
			m.Header["Nats-Batch-Commit"] = []string{"1"}
			var c func()
			if c, err = b.acks.publish(m, func(r reply) { answer <- r }); err == nil {
				cancel = c
			}
		}
		if err != nil { // no commit was sent, so nothing of the batch is stored
			for _, p := range live {
				p.finish(reply{err: err})
			}
			return nil
		}
	}
	timer := time.NewTimer(b.wait)
	defer timer.Stop()
	var r reply
	select {
	case r = <-answer:
	case <-timer.C:
		cancel()
		r = reply{sent: true, err: errNoAck}
	case <-b.stop:
		cancel()
		r = reply{sent: true, err: ErrClosed}
	}
	if r.code != 0 {
		// A duplicate among them, too many open batches, batches switched off:
		// one by one each gets its own answer.
		for _, p := range live {
			p.mu.Lock()
			if p.state == sent {
				p.single, p.state = true, queued
				again = append(again, p)
			}
			p.mu.Unlock()
		}
		return again
	}
	for i, p := range live {
		one := r
		if r.err == nil {
			one.seq = r.seq - uint64(len(live)-1-i)
		}
		p.finish(one)
	}
	return nil
}

var errNoAck = errors.New("no acknowledgement in time")
