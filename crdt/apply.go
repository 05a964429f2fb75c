package crdt

import (
	"cmp"
	"fmt"
	"slices"
)

// ApplyUpdate merges a v1 update, as Yjs encodeStateAsUpdate and its update
// event write it. Updates may come in any order and more than once. What depends
// on structs not seen yet waits in the document (see HasPending), bounded by
// Limits.MaxPendingBytes, and is merged when they arrive.
//
// update is borrowed until ApplyUpdate returns. Inside Transact, the changes
// join the open transaction, which then counts as not local. Cost is that of the update; it
// does not depend on the size of the document, on how many clients wrote it or
// how much was deleted.
//
// The error wraps ErrTruncated, ErrMalformed, ErrLimit or ErrPendingFull, and
// then the document is exactly as it was.
func (d *Doc) ApplyUpdate(update []byte, origin any) error {
	if d.blank() && d.load(update, origin) {
		return nil
	}
	c := cursor{b: update}
	blocks, deletesAt := c.checkUpdate(d.cursors.blocks[:0], &d.limits)
	d.cursors.blocks = keepSmall(blocks)
	if c.err == nil {
		c.err = sortBlocks(blocks)
	}
	if c.err == nil {
		c.err = d.fits(update, blocks, deletesAt)
	}
	if c.err != nil {
		return fmt.Errorf("apply %d-byte update: %w", len(update), c.err)
	}
	if d.tx != nil {
		d.tx.local = false
		d.merge(d.tx, update, blocks, deletesAt)
		return nil
	}
	tx := d.begin(origin, false)
	defer d.commit(tx)
	d.merge(tx, update, blocks, deletesAt)
	return nil
}

// sortBlocks orders the sections by client, as integration wants them.
func sortBlocks(blocks []block) error {
	if len(blocks) < 2 {
		return nil
	}
	slices.SortFunc(blocks, func(a, b block) int { return cmp.Compare(a.client, b.client) })
	for i := range blocks[1:] {
		if blocks[i].client == blocks[i+1].client {
			return malformed(blocks[i].pos, "client %d has two sections", blocks[i].client)
		}
	}
	return nil
}

// fits checks what checkUpdate cannot know: that the arena can take the
// content, and the waiting room what may have to wait.
func (d *Doc) fits(update []byte, blocks []block, deletesAt int) error {
	if err := d.checkDepth(update, blocks); err != nil {
		return err
	}
	if !d.hasRoom(len(update) + d.waiting.bytes) {
		return overLimit(0, "document of %d bytes cannot take %d more", len(d.bytes)-d.waste, len(update)+d.waiting.bytes)
	}
	w, most := &d.waiting, min(d.limits.MaxPendingBytes, maxInput/2)
	if w.bytes+len(update)*(deleterBytes+spanBytes)/4 <= most {
		return nil
	}
	cost := d.waitingCost(update, blocks, deletesAt)
	if w.bytes+cost <= most || !d.mayWait(update, blocks, deletesAt) {
		return nil
	}
	if d.shrinkWaiting(); w.bytes+cost <= most {
		return nil
	}
	return fmt.Errorf("crdt: %d bytes are waiting: %w", w.bytes, ErrPendingFull)
}

// waitingCost is what an update takes in the waiting room, if all of it has to wait.
func (d *Doc) waitingCost(update []byte, blocks []block, deletesAt int) int {
	n := len(update) + len(blocks)*missingBytes
	last := uint64(maxSafe + 1)
	c := cursor{b: update, pos: deletesAt, trusted: true}
	c.eachDelete(func(client, clock, length uint64) {
		if clock+length <= uint64(d.stateOf(client)) {
			return
		}
		if n += spanBytes; client != last {
			n += deleterBytes
			last = client
		}
	})
	return n
}

// mayWait reports whether part of a checked update would have to wait, because it
// refers to something that is neither here nor in the update, or in a circle. It
// goes through the structs as integrateBlocks does.
func (d *Doc) mayWait(update []byte, blocks []block, deletesAt int) bool {
	blocks = slices.Clone(blocks)
	find := func(client uint64) (int, bool) {
		return slices.BinarySearchFunc(blocks, client, func(b block, id uint64) int { return cmp.Compare(b.client, id) })
	}
	for i := range blocks {
		blocks[i].told = uint64(d.stateOf(blocks[i].client)) // how far the client would be known
	}
	known := func(client, clock uint64) bool {
		if i, ok := find(client); ok {
			return clock < blocks[i].told
		}
		return clock < uint64(d.stateOf(client))
	}
	c := cursor{b: update, trusted: true}
	var s rawStruct
	var open []int // blocks of which each waits for the next; they are marked done
	for i := range blocks {
		for open = append(open, i); len(open) > 0; {
			b := &blocks[open[len(open)-1]]
			if b.left == 0 {
				open, b.done = open[:len(open)-1], false
				continue
			}
			c.pos = b.pos
			c.readStruct(&s, b.client, b.clock, &checkedLimits)
			if s.info != kindSkip {
				if s.clock > b.told {
					return true
				}
				if lacks, ok := s.lacks(b.client, known); ok {
					j, ok := find(lacks)
					if !ok || blocks[j].left == 0 || blocks[j].done {
						return true
					}
					b.done = true
					open = append(open, j)
					continue
				}
				b.told = max(b.told, s.clock+s.length)
			}
			b.pos, b.left, b.clock = c.pos, b.left-1, b.clock+s.length
			if len(open) > 1 { // perhaps this was what the one before lacks
				open = open[:len(open)-1]
				blocks[open[len(open)-1]].done = false
			}
		}
	}
	c.pos = deletesAt
	waits := false
	c.eachDelete(func(client, clock, length uint64) {
		waits = waits || !known(client, clock+length-1)
	})
	return waits
}

// merge applies a checked update.
func (d *Doc) merge(tx *Tx, update []byte, blocks []block, deletesAt int) {
	added := d.integrateBlocks(tx, update, blocks)
	c := cursor{b: update, pos: deletesAt}
	c.eachDelete(func(client, clock, length uint64) { d.applyDelete(tx, client, clock, length) })
	d.resume(tx, blocks, added)
}

// stacked is a struct that waits for one of another client in the same update.
type stacked struct {
	s     rawStruct
	block int
	left  uint64 // structs of the block from this one on
}

// integrateBlocks integrates every struct of an update that can be, and puts the
// rest into the waiting room. blocks is sorted by client and used up. It reports
// whether anything went in. Sections are taken by falling client id, which is the
// order with the fewest conflicts; a struct that needs one of another section
// makes that section go first.
//
// An update that nests types too deep is refused before it comes here. But what
// waited may do so only together with what it waited for. The first type that
// would be too deep is dropped then, and with it the rest of its section, which
// could not go on without it. Nobody else's structs are: those that depend on it
// keep waiting. This document's state vector shows the gap, so whoever has the
// structs sends them again and is told that they are refused.
func (d *Doc) integrateBlocks(tx *Tx, update []byte, blocks []block) (added bool) {
	c := cursor{b: update, trusted: true}
	stack := d.cursors.stack[:0]
	var parked parking
	var s rawStruct
	var left uint64 // structs of its block from s on
	dropped := false
	cur := len(blocks) - 1
	next := func(i int) bool {
		b := &blocks[i]
		if b.done || b.left == 0 {
			return false
		}
		c.pos = b.pos
		c.readStruct(&s, b.client, b.clock, &checkedLimits)
		left = b.left
		b.pos, b.left, b.clock = c.pos, b.left-1, b.clock+s.length
		return true
	}
	at := -1 // block of s, -1: s is used up
	for {
		if at < 0 {
			if n := len(stack); n > 0 {
				s, at, left = stack[n-1].s, stack[n-1].block, stack[n-1].left
				stack = stack[:n-1]
			} else {
				for cur >= 0 && !next(cur) {
					cur--
				}
				if cur < 0 {
					break
				}
				at = cur
			}
		}
		if s.info == kindSkip {
			at = -1
			continue
		}
		b := &blocks[at]
		state := uint64(d.stateOf(b.client))
		if s.clock > state {
			stack = append(stack, stacked{s, at, left})
			d.waiting.need(b.client, s.clock-1)
			parked.add(update, blocks, stack)
			stack, at = stack[:0], -1
			continue
		}
		if missing, ok := d.missing(&s, b.client); ok {
			stack = append(stack, stacked{s, at, left})
			i, found := slices.BinarySearchFunc(blocks, missing, func(b block, id uint64) int {
				return cmp.Compare(b.client, id)
			})
			if found && next(i) {
				at = i
				continue
			}
			d.waiting.need(missing, uint64(d.stateOf(missing)))
			parked.add(update, blocks, stack)
			stack, at = stack[:0], -1
			continue
		}
		switch {
		case s.clock+s.length <= state:
			d.cutAgain(tx, &s)
		case s.kind() == kindType && d.tooDeep(&s):
			b.done, dropped = true, true
		default:
			d.admit(tx, &s, b.client, uint32(state-s.clock))
			added = true
		}
		at = -1
	}
	clear(stack[:cap(stack)]) // drop the references into update
	d.cursors.stack = keepSmall(stack)
	if parked.sections == 0 {
		return added
	}
	// Room was made sure of (fits), but not for what now waits for something dropped.
	if u := parked.update(); !dropped || d.waiting.bytes+len(u) <= d.limits.MaxPendingBytes {
		d.waiting.add(u)
	}
	return added
}

// pairScan bounds the text in which cutAgain looks for a surrogate pair, in
// bytes, so that what is known already costs little however it was made.
const pairScan = 4096

// cutAgain does to the text around a struct that is known already what Yjs does:
// it cuts it where the struct says its neighbours were, before it finds that there
// is nothing to insert (Item.getMissing). Cuts are joined again and leave no trace,
// except through a surrogate pair, whose halves become U+FFFD for good, and in what
// undo brought back elsewhere, whose parts stay apart. It takes a struct that came in collected form first, or else the cut was made back then.
func (d *Doc) cutAgain(tx *Tx, s *rawStruct) {
	if s.hasOrigin() {
		d.cutForGood(tx, s.origin, 1)
	}
	if s.hasRight() {
		d.cutForGood(tx, s.right, 0)
	}
}

// cutForGood cuts before (after 0) or behind (after 1) a known clock if that leaves a
// trace.
func (d *Doc) cutForGood(tx *Tx, id rawID, after uint32) {
	ci, ok := d.clientIndex[id.client]
	if !ok || uint64(d.clients[ci].next) <= id.clock {
		return
	}
	r := d.findItem(ci, uint32(id.clock))
	it := d.at(r)
	n := uint32(id.clock) + after - it.clock
	if n == 0 || n >= it.length || it.size > pairScan {
		return
	}
	if it.flags&flagRedone != 0 {
		d.cleanStart(tx, ci, uint32(id.clock)+after)
		return
	}
	if it.kind() != kindString || it.flags&flagASCII != 0 {
		return
	}
	if _, inPair := utf16Cut(d.content(it), int(n)); inPair {
		d.cleanStart(tx, ci, uint32(id.clock)+after)
	}
}

// tooDeep reports whether a type whose dependencies are all here would be nested
// deeper than Limits.MaxDepth.
func (d *Doc) tooDeep(s *rawStruct) bool {
	if int(d.depth) < d.limits.MaxDepth {
		return false
	}
	listOf := func(id rawID) uint32 { return d.at(d.findItem(d.lookup(id.client), uint32(id.clock))).list }
	listed := uint32(0)
	switch { // as in integrate
	case s.hasOrigin():
		if listed = listOf(s.origin); s.hasRight() && listOf(s.right) == 0 {
			listed = 0
		}
	case s.hasRight():
		listed = listOf(s.right)
	case s.rooted:
		return false // MaxDepth is at least 1
	default:
		it := d.at(d.findItem(d.lookup(s.parent.client), uint32(s.parent.clock)))
		return it.kind() == kindType && int(d.types[it.off].depth) >= d.limits.MaxDepth
	}
	return listed != 0 && int(d.types[d.lists[listed].typ].depth) >= d.limits.MaxDepth
}

// missing returns a client that a struct depends on but whose struct is not here.
func (d *Doc) missing(s *rawStruct, client uint64) (uint64, bool) {
	unknown := func(id rawID) bool {
		return id.client != client && id.clock >= uint64(d.stateOf(id.client))
	}
	switch {
	case s.hasOrigin() && unknown(s.origin):
		return s.origin.client, true
	case s.hasRight() && unknown(s.right):
		return s.right.client, true
	case s.namesParent() && !s.rooted && unknown(s.parent):
		return s.parent.client, true
	}
	return 0, false
}

// lacks is missing for a state yet to come; missing, which is asked for every
// struct, costs less.
func (s *rawStruct) lacks(client uint64, known func(client, clock uint64) bool) (uint64, bool) {
	unknown := func(id rawID) bool { return id.client != client && !known(id.client, id.clock) }
	switch {
	case s.hasOrigin() && unknown(s.origin):
		return s.origin.client, true
	case s.hasRight() && unknown(s.right):
		return s.right.client, true
	case s.namesParent() && !s.rooted && unknown(s.parent):
		return s.parent.client, true
	}
	return 0, false
}

// namesParent reports whether the struct says itself where it belongs.
func (s *rawStruct) namesParent() bool {
	return s.info&(infoOrigin|infoRight) == 0 && s.kind() != kindGC && s.info != kindSkip
}

// admit integrates a struct whose dependencies are all here.
func (d *Doc) admit(tx *Tx, s *rawStruct, id uint64, offset uint32) {
	in := incoming{
		client: d.intern(id),
		clock:  uint32(s.clock),
		length: uint32(s.length),
		flags:  s.kind(),
	}
	if in.flags == kindGC {
		in.clock += offset
		in.length -= offset
		c := d.clients[in.client]
		tx.touch(in.client, c)
		d.addCollected(tx, c, &in)
		return
	}
	in.content = s.content()
	if s.ascii {
		in.flags |= flagASCII
	}
	if s.hasOrigin() {
		in.originClient, in.originClock = d.lookup(s.origin.client), uint32(s.origin.clock)
	}
	if s.hasRight() {
		in.rightClient, in.rightClock = d.lookup(s.right.client), uint32(s.right.clock)
	}
	if s.namesParent() {
		if typ := d.parentOf(s); typ != 0 {
			if s.info&infoSub != 0 {
				in.list = d.slot(typ, d.keyBytes(s.sub()))
			} else {
				in.list = d.types[typ].seq
			}
		}
	}
	if in.flags&kindMask == kindType {
		name := uint32(0)
		if s.typeKind == typeElement || s.typeKind == typeHook {
			name = d.keyBytes(s.typeName())
		}
		in.typ = d.newType(s.typeKind, 0, name, 0)
	}
	d.integrate(tx, &in, offset)
}

// parentOf finds the type a struct names as its parent, 0 if that was collected
// or is no type.
func (d *Doc) parentOf(s *rawStruct) uint32 {
	if s.rooted {
		k := d.keyBytes(s.parentName())
		t, ok := d.roots[k]
		if !ok {
			t = d.newType(typeUnknown, 0, k, 0)
			d.roots[k] = t
		}
		return t
	}
	it := d.at(d.findItem(d.lookup(s.parent.client), uint32(s.parent.clock)))
	if it.kind() != kindType {
		return 0
	}
	return it.off
}

// applyDelete deletes a range of clocks; what is not here yet waits.
func (d *Doc) applyDelete(tx *Tx, id, clock, length uint64) {
	end := clock + length
	ix := d.lookup(id)
	if ix == 0 {
		d.waiting.addDelete(id, clock, length)
		return
	}
	c := d.clients[ix]
	if state := uint64(c.next); end > state {
		from := max(clock, state)
		d.waiting.addDelete(id, from, end-from)
		if clock >= state {
			return
		}
		end = state
	}
	p := c.find(uint32(clock))
	it := d.at(c.at(p))
	if !it.deleted() && it.clock < uint32(clock) {
		_, p = d.splitAt(tx, c, p, uint32(clock)-it.clock)
	}
	for {
		r := c.at(p)
		it := d.at(r)
		if uint64(it.clock) >= end {
			return
		}
		if !it.deleted() {
			last := end < uint64(it.end())
			if last {
				d.splitAt(tx, c, p, uint32(end)-it.clock)
			}
			if tx.deleteItem(r); last {
				return
			}
		}
		if !c.step(&p) {
			return
		}
	}
}
