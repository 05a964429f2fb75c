package journal

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// live hears every entry as the streams re-publish it after storing, with one
// subscription for the whole node, and hands it to the followers of its
// document. Re-publishing is at most once; what makes Follow exactly once is
// that every way to miss an entry is noticed:
//
//   - a follower sees that an entry names another predecessor than the last it
//     delivered;
//   - live sees a hole in the stream's own sequence (it hears all documents);
//   - this node appended something and didn't hear it (expect);
//   - the connection was lost, or this client was too slow (resync);
//   - nothing more came after the one that was lost: audit, now and then.
//
// In each case the follower reads the rest from the log.
type live struct {
	j   *Journal
	sub *nats.Subscription

	mu     sync.Mutex // guards what follows
	docs   map[string]map[*Subscription]struct{}
	heard  [Shards]uint64 // newest stream sequence heard
	owed   map[string]owed
	closed bool
}

// owed is an entry this node appended and must hear.
type owed struct {
	seq   uint64
	since time.Time
}

const (
	owedFor    = 200 * time.Millisecond
	auditEvery = 5 * time.Second
)

func newLive(j *Journal) (*live, error) {
	l := &live{j: j, docs: map[string]map[*Subscription]struct{}{}, owed: map[string]owed{}}
	sub, err := j.lc.Subscribe("live.>", l.receive)
	if err != nil {
		return nil, err
	}
	if err := sub.SetPendingLimits(1<<20, 256<<20); err != nil {
		return nil, err
	}
	l.sub = sub
	for shard := range Shards {
		l.heard[shard] = j.high[shard].Load()
	}
	return l, j.lc.Flush()
}

// receive runs on the subscription's goroutine and never blocks.
func (l *live) receive(m *nats.Msg) {
	seq, err := headerUint(m, "Nats-Sequence")
	if err != nil {
		return
	}
	prev, err := headerUint(m, "Nats-Last-Sequence")
	if err != nil {
		return
	}
	times := 1
	if h := l.j.hooks.Load(); h != nil && h.loseLive != nil {
		times = h.loseLive(m.Subject, seq)
	}
	for range times {
		l.deliver(m.Subject, news{raw: m.Data, seq: seq, prev: prev})
	}
}

func (l *live) deliver(subject string, n news) {
	shard, ok := shardOf(subject)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if o, ok := l.owed[subject]; ok && o.seq <= n.seq {
		delete(l.owed, subject)
	}
	hole := l.heard[shard] != 0 && n.seq > l.heard[shard]+1
	l.heard[shard] = max(l.heard[shard], n.seq)
	for s := range l.docs[subject] {
		s.offer(n)
	}
	if hole {
		l.resyncLocked(shard)
	}
}

func shardOf(subject string) (int, bool) {
	if len(subject) < 8 || subject[7] != '.' {
		return 0, false
	}
	n := int(subject[5]-'0')*10 + int(subject[6]-'0')
	return n, n >= 0 && n < Shards
}

// resync makes all followers read on from the log.
func (l *live) resync() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for shard := range Shards {
		l.resyncLocked(shard)
	}
}

func (l *live) resyncLocked(shard int) {
	for subject, subs := range l.docs {
		if n, _ := shardOf(subject); n == shard {
			for s := range subs {
				s.fallBehind()
			}
		}
	}
}

// expect notes that seq was stored by this node. If it isn't heard soon its
// followers read it from the log.
func (l *live) expect(where place, seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	subject := where.live()
	if len(l.docs[subject]) == 0 || l.heard[where.shard] >= seq {
		return
	}
	if o := l.owed[subject]; o.seq < seq {
		l.owed[subject] = owed{seq: seq, since: time.Now()}
	}
}

// watch looks after entries that nothing else would show to be missing.
func (l *live) watch(life context.Context) {
	tick, audit := time.NewTicker(owedFor/2), time.NewTicker(auditEvery)
	defer tick.Stop()
	defer audit.Stop()
	for {
		select {
		case <-tick.C:
			l.collect()
		case <-audit.C:
			l.audit(life)
		case <-life.Done():
			return
		}
	}
}

func (l *live) collect() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for subject, o := range l.owed {
		if time.Since(o.since) < owedFor {
			continue
		}
		delete(l.owed, subject)
		for s := range l.docs[subject] {
			s.fallBehind()
		}
	}
}

// audit compares what was heard with the ends of the streams that have
// followers here.
func (l *live) audit(life context.Context) {
	var heard [Shards]uint64
	var followed [Shards]bool
	l.mu.Lock()
	for subject := range l.docs {
		n, _ := shardOf(subject)
		followed[n] = true
	}
	heard = l.heard
	l.mu.Unlock()
	for shard := range Shards {
		if !followed[shard] {
			continue
		}
		ctx, cancel := context.WithTimeout(life, readAttempt)
		s, err := l.j.js.Stream(ctx, streamName(shard))
		cancel()
		if err != nil {
			continue // the connection's own handlers tell
		}
		end := s.CachedInfo().State.LastSeq
		if end <= heard[shard] {
			continue
		}
		l.mu.Lock()
		// What is on its way has a moment to arrive; what was never heard at
		// all (nothing since the start) counts as heard from here on.
		if l.heard[shard] == heard[shard] {
			l.heard[shard] = end
			l.resyncLocked(shard)
		}
		l.mu.Unlock()
	}
}

func (l *live) close() {
	l.mu.Lock()
	l.closed = true
	var all []*Subscription
	for _, subs := range l.docs {
		for s := range subs {
			all = append(all, s)
		}
	}
	l.mu.Unlock()
	for _, s := range all {
		s.closing()
	}
	for _, s := range all {
		s.settled()
	}
}

func (l *live) add(s *Subscription) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return ErrClosed
	}
	subs := l.docs[s.subject]
	if subs == nil {
		subs = map[*Subscription]struct{}{}
		l.docs[s.subject] = subs
	}
	subs[s] = struct{}{}
	return nil
}

func (l *live) remove(s *Subscription) {
	l.mu.Lock()
	defer l.mu.Unlock()
	subs := l.docs[s.subject]
	delete(subs, s)
	if len(subs) == 0 {
		delete(l.docs, s.subject)
		delete(l.owed, s.subject)
	}
}

var errStopped = errors.New("follow was stopped")
