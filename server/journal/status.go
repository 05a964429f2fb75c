package journal

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Status is how the journal is. Entries that were acknowledged are safe in
// either state.
type Status struct {
	// Ready: entries are being stored. When false, Append is failing or
	// waiting; what is already there may still be readable.
	Ready  bool
	Reason string    // why not ready, for an operator; empty when ready
	Since  time.Time // of the current state
	// Damage lists what was found missing or unreadable since Open. It doesn't
	// make the journal unready: the sound documents go on.
	Damage []Damage
}

// Reasons for being degraded, in the order they are told.
const (
	whyClosed  = "1 closed"
	whyWrite   = "2 write"
	whyDisk    = "3 disk"
	whyConn    = "4 connection"
	whyTimeout = "5 append"
)

// health gathers reasons from everywhere and tells listeners.
type health struct {
	clock func() time.Time

	mu        sync.Mutex // guards what follows
	why       map[string]string
	since     time.Time
	damage    []Damage
	listeners map[int]*listener
	next      int
}

// listener calls f with the newest state, never with two at a time; states in
// between may be skipped.
type listener struct {
	f       func(Status)
	mu      sync.Mutex // held while f runs
	stopped bool       // guarded by mu
}

func newHealth(clock func() time.Time) *health {
	return &health{clock: clock, why: map[string]string{}, since: clock(), listeners: map[int]*listener{}}
}

func (h *health) statusLocked() Status {
	st := Status{Ready: len(h.why) == 0, Since: h.since, Damage: slices.Clone(h.damage)}
	var reasons []string
	for _, k := range slices.Sorted(maps.Keys(h.why)) {
		reasons = append(reasons, h.why[k])
	}
	st.Reason = strings.Join(reasons, "; ")
	return st
}

func (h *health) status() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.statusLocked()
}

// set records reason under key; an empty reason clears it.
func (h *health) set(key, reason string) {
	h.mu.Lock()
	if h.why[key] == reason {
		h.mu.Unlock()
		return
	}
	was := len(h.why) == 0
	if reason == "" {
		delete(h.why, key)
	} else {
		h.why[key] = reason
	}
	if was != (len(h.why) == 0) {
		h.since = h.clock()
	}
	h.mu.Unlock()
	h.tell()
}

func (h *health) has(key string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.why[key] != ""
}

// add records damage, once per place; it says whether it is news.
func (h *health) add(d Damage) bool {
	h.mu.Lock()
	for _, old := range h.damage {
		if old == d {
			h.mu.Unlock()
			return false
		}
	}
	h.damage = append(h.damage, d)
	h.mu.Unlock()
	h.tell()
	return true
}

// tell runs listeners on goroutines of their own: f may call back or be slow.
func (h *health) tell() {
	h.mu.Lock()
	ls := slices.Collect(maps.Values(h.listeners))
	h.mu.Unlock()
	for _, l := range ls {
		go l.call(h)
	}
}

func (l *listener) call(h *health) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.stopped {
		l.f(h.status()) // read under l.mu, so the last call has the newest state
	}
}

func (h *health) listen(f func(Status)) (cancel func()) {
	l := &listener{f: f}
	h.mu.Lock()
	id := h.next
	h.next++
	h.listeners[id] = l
	h.mu.Unlock()
	go l.call(h)
	return func() {
		h.mu.Lock()
		delete(h.listeners, id)
		h.mu.Unlock()
		l.mu.Lock()
		l.stopped = true
		l.mu.Unlock()
	}
}

// Status tells the state now.
func (j *Journal) Status() Status { return j.health.status() }

// OnStatus calls f soon with the current state and then after each change,
// until cancel. Calls don't overlap; quick changes may be told as one. cancel
// waits for a running call, so don't call it from f.
func (j *Journal) OnStatus(f func(Status)) (cancel func()) { return j.health.listen(f) }
