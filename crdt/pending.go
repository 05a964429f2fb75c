package crdt

import (
	"fmt"
	"slices"
)

// pending is the waiting room of a document: structs whose dependencies have not
// arrived, as updates, and deletes of clocks that have not arrived.
type pending struct {
	parts   [][]byte
	missing map[uint64]uint64 // client → a clock that would unblock something
	deletes map[uint64]*waitingDeletes
	spans   int
	bytes   int
}

type span struct{ clock, length uint64 }

// waitingDeletes are the ranges of one client that wait to be deleted, a heap by
// clock: only those that have arrived are ever looked at.
type waitingDeletes struct {
	spans []span
	last  span // the one added last; the same again is dropped
}

// What waiting costs beside the bytes of structs: a range, a client that has
// ranges, and a client that is waited for.
const (
	spanBytes    = 16
	deleterBytes = 96
	missingBytes = 32
)

// HasPending reports whether anything waits for updates not seen yet.
func (d *Doc) HasPending() bool { return len(d.waiting.parts) > 0 || d.waiting.spans > 0 }

// need notes that something waits for a clock of a client.
func (w *pending) need(client, clock uint64) {
	if w.missing == nil {
		w.missing = map[uint64]uint64{}
	}
	old, ok := w.missing[client]
	if !ok {
		w.bytes += missingBytes
	}
	if !ok || clock < old {
		w.missing[client] = clock
	}
}

func (w *pending) add(update []byte) {
	w.parts = append(w.parts, update)
	w.bytes += len(update)
}

func (w *pending) addDelete(client, clock, length uint64) {
	if w.deletes == nil {
		w.deletes = map[uint64]*waitingDeletes{}
	}
	x, s := w.deletes[client], span{clock, length}
	if x == nil {
		x = &waitingDeletes{}
		w.deletes[client] = x
		w.bytes += deleterBytes
	}
	if x.last == s && len(x.spans) > 0 {
		return
	}
	x.last = s
	x.push(s)
	w.spans++
	w.bytes += spanBytes
}

func (x *waitingDeletes) push(s span) {
	i := len(x.spans)
	x.spans = append(x.spans, s)
	for i > 0 {
		up := (i - 1) / 2
		if x.spans[up].clock <= s.clock {
			break
		}
		x.spans[i] = x.spans[up]
		i = up
	}
	x.spans[i] = s
}

// pop takes out the span with the lowest clock.
func (x *waitingDeletes) pop() span {
	top, n := x.spans[0], len(x.spans)-1
	s := x.spans[n]
	x.spans = x.spans[:n]
	i := 0
	for {
		kid := 2*i + 1
		if kid >= n {
			break
		}
		if kid+1 < n && x.spans[kid+1].clock < x.spans[kid].clock {
			kid++
		}
		if s.clock <= x.spans[kid].clock {
			break
		}
		x.spans[i] = x.spans[kid]
		i = kid
	}
	if n > 0 {
		x.spans[i] = s
	}
	return top
}

// shrink folds what waits into one update, dropping what is there twice.
func (d *Doc) shrinkWaiting() {
	w := &d.waiting
	if len(w.parts) > 1 {
		one := d.mergeWaiting(w.parts)
		clear(w.parts)
		w.parts = append(w.parts[:0], one)
	}
	w.bytes, w.spans = 0, 0
	for _, p := range w.parts {
		w.bytes += len(p)
	}
	for _, x := range w.deletes {
		x.spans = mergeSpans(x.spans) // in order, and so a heap
		w.spans += len(x.spans)
	}
	w.bytes += w.spans*spanBytes + len(w.deletes)*deleterBytes + len(w.missing)*missingBytes
}

// mergeSpans sorts spans and joins those that touch.
func mergeSpans(s []span) []span {
	if len(s) < 2 {
		return s
	}
	slices.SortFunc(s, func(a, b span) int {
		if a.clock < b.clock {
			return -1
		}
		return 1
	})
	n := 0
	for _, x := range s[1:] {
		if last := &s[n]; x.clock <= last.clock+last.length {
			last.length = max(last.length, x.clock+x.length-last.clock)
			continue
		}
		n++
		s[n] = x
	}
	return s[:n+1]
}

// resume lets in what an update unblocked. blocks are its sections: only their
// clients can have got structs that something waits for. added says whether any
// did.
func (d *Doc) resume(tx *Tx, blocks []block, added bool) {
	w := &d.waiting
	for len(w.parts) > 0 || w.spans > 0 {
		retry := false
		for i := range blocks {
			id := blocks[i].client
			if m, ok := w.missing[id]; ok && m < uint64(d.stateOf(id)) {
				retry = true
			}
			d.resumeDeletes(tx, id)
		}
		if !retry || !added || len(w.parts) == 0 {
			return
		}
		parts := w.parts
		for _, p := range parts {
			w.bytes -= len(p)
		}
		w.bytes -= len(w.missing) * missingBytes
		w.parts, w.missing = nil, nil
		update := d.mergeWaiting(parts)
		c := cursor{b: update, trusted: true}
		blocks, _ = c.checkUpdate(nil, &checkedLimits)
		if err := sortBlocks(blocks); c.err != nil || err != nil {
			panic(fmt.Sprint("crdt: waiting structs are unreadable: ", c.err, err))
		}
		added = d.integrateBlocks(tx, update, blocks)
	}
}

// resumeDeletes deletes what waits of a client and has arrived. The cost is that
// of the ranges that are reached; those ahead are not touched.
func (d *Doc) resumeDeletes(tx *Tx, id uint64) {
	w := &d.waiting
	x, ok := w.deletes[id]
	if !ok {
		return
	}
	state := uint64(d.stateOf(id))
	var run span       // reached, and not deleted yet
	ahead := uint64(0) // how far the ranges go that are reached in part
	before := len(x.spans)
	for len(x.spans) > 0 && x.spans[0].clock < state {
		s := x.pop()
		if run.length > 0 && s.clock > run.clock+run.length {
			d.applyDelete(tx, id, run.clock, run.length)
			run = span{}
		}
		end := s.clock + s.length
		if run.length == 0 {
			run.clock = s.clock
		}
		run.length = max(run.clock+run.length, min(end, state)) - run.clock
		ahead = max(ahead, end)
	}
	if run.length > 0 {
		d.applyDelete(tx, id, run.clock, run.length)
	}
	if ahead > state {
		x.push(span{state, ahead - state})
	}
	w.spans += len(x.spans) - before
	w.bytes += (len(x.spans) - before) * spanBytes
	if len(x.spans) == 0 {
		delete(w.deletes, id)
		w.bytes -= deleterBytes
	}
}

// mergeWaiting folds updates that were checked on arrival. Runs are joined no
// further than in the store, so that the document's limits admit what it writes.
func (d *Doc) mergeWaiting(parts [][]byte) []byte {
	if len(parts) == 1 {
		return parts[0]
	}
	one, err := d.mergeOwn(parts...)
	if err != nil {
		panic("crdt: waiting structs are unreadable: " + err.Error())
	}
	return one
}

// mergeOwn is MergeUpdates for updates that the document wrote or has checked.
func (d *Doc) mergeOwn(updates ...[]byte) ([]byte, error) {
	return mergeWithin(d, checkedLimits, uint64(d.limits.MaxRunLength), d.limits.MaxStringBytes, updates)
}

// waitingUpdate returns the waiting structs and deletes as one update, nil if none.
func (d *Doc) waitingUpdate() []byte {
	w := &d.waiting
	if len(w.parts) == 0 && w.spans == 0 {
		return nil
	}
	parts := slices.Clone(w.parts)
	if w.spans > 0 {
		deletes := make(map[uint64][]span, len(w.deletes))
		for id, x := range w.deletes {
			deletes[id] = slices.Clone(x.spans)
		}
		b := appendDeleteSet([]byte{0}, deletes)
		parts = append(parts, b)
	}
	return d.mergeWaiting(parts)
}

// parking collects the sections of one update that have to wait.
type parking struct {
	sections int
	body     []byte // behind room for the count of sections
}

const parkingHead = 10

// add parks the rest of every block that has a struct on the stack, from the
// first such struct on.
func (p *parking) add(update []byte, blocks []block, stack []stacked) {
	if p.body == nil && len(stack) > 0 {
		// The rest of the update is likely to follow, as it does when what
		// waited before has to wait on.
		p.body = make([]byte, parkingHead, parkingHead+len(update))
	}
	for i := range stack {
		b := &blocks[stack[i].block]
		if b.done {
			continue
		}
		b.done = true
		p.sections++
		p.body = appendUvarint(p.body, stack[i].left)
		p.body = appendUvarint(p.body, b.client)
		p.body = appendUvarint(p.body, stack[i].s.clock)
		p.body = append(p.body, update[stack[i].s.start:b.stop]...)
	}
}

// update returns what is parked. It keeps no more memory than it has to.
func (p *parking) update() []byte {
	p.body = append(p.body, 0) // no deletes
	var count [parkingHead]byte
	head := appendUvarint(count[:0], uint64(p.sections))
	u := p.body[parkingHead-len(head):]
	copy(u, head)
	if cap(u) > len(u)+len(u)/4+64 {
		u = slices.Clone(u)
	}
	return u
}
