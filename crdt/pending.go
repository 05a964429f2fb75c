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
	deletes map[uint64]waitingDeletes
	spans   int
	bytes   int
}

type span struct{ clock, length uint64 }

type waitingDeletes struct {
	first uint64 // lowest clock of spans
	spans []span
}

const spanBytes = 16

// HasPending reports whether anything waits for updates not seen yet.
func (d *Doc) HasPending() bool { return len(d.waiting.parts) > 0 || d.waiting.spans > 0 }

// need notes that something waits for a clock of a client.
func (w *pending) need(client, clock uint64) {
	if w.missing == nil {
		w.missing = map[uint64]uint64{}
	}
	if old, ok := w.missing[client]; !ok || clock < old {
		w.missing[client] = clock
	}
}

func (w *pending) add(update []byte) {
	w.parts = append(w.parts, update)
	w.bytes += len(update)
}

func (w *pending) addDelete(client, clock, length uint64) {
	if w.deletes == nil {
		w.deletes = map[uint64]waitingDeletes{}
	}
	x := w.deletes[client]
	if n := len(x.spans); n > 0 {
		if x.spans[n-1] == (span{clock, length}) {
			return
		}
		x.first = min(x.first, clock)
	} else {
		x.first = clock
	}
	x.spans = append(x.spans, span{clock, length})
	w.deletes[client] = x
	w.spans++
	w.bytes += spanBytes
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
	for c, x := range w.deletes {
		x.spans = mergeSpans(x.spans)
		w.deletes[c] = x
		w.spans += len(x.spans)
	}
	w.bytes += w.spans * spanBytes
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

// resume lets in what the open transaction unblocked.
func (d *Doc) resume(tx *Tx) {
	w := &d.waiting
	for seen := 0; ; {
		if len(w.parts) == 0 && w.spans == 0 {
			return
		}
		// Only clients that got structs can unblock anything.
		retry := false
		for i := range tx.states {
			id := d.clients[tx.states[i].client].id
			if m, ok := w.missing[id]; ok && m < uint64(d.clients[tx.states[i].client].next) {
				retry = true
			}
			d.resumeDeletes(tx, id)
		}
		if !retry || len(w.parts) == 0 || tx.clocks(d) == seen {
			return
		}
		seen = tx.clocks(d)
		parts := w.parts
		for _, p := range parts {
			w.bytes -= len(p)
		}
		w.parts, w.missing = nil, nil
		update := d.mergeWaiting(parts)
		c := cursor{b: update, trusted: true}
		blocks, _ := c.checkUpdate(nil, &checkedLimits)
		if err := sortBlocks(blocks); c.err != nil || err != nil {
			panic(fmt.Sprint("crdt: waiting structs are unreadable: ", c.err, err))
		}
		d.integrateBlocks(tx, update, blocks)
	}
}

// clocks is how many clocks the transaction has added so far.
func (tx *Tx) clocks(d *Doc) int {
	n := 0
	for _, s := range tx.states {
		n += int(d.clients[s.client].next - s.before)
	}
	return n
}

func (d *Doc) resumeDeletes(tx *Tx, id uint64) {
	w := &d.waiting
	x, ok := w.deletes[id]
	if !ok || x.first >= uint64(d.stateOf(id)) {
		return
	}
	delete(w.deletes, id)
	w.spans -= len(x.spans)
	w.bytes -= len(x.spans) * spanBytes
	for _, s := range mergeSpans(x.spans) {
		d.applyDelete(tx, id, s.clock, s.length)
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
