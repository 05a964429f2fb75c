package crdt

import "slices"

// prepare makes the runs of the section findable.
func (s *section) prepare() {
	n := len(s.clocks) - 1
	end := s.clocks[n]
	for end>>s.shift > uint32(n) {
		s.shift++
	}
	s.starts = make([]uint32, end>>s.shift+2)
	k := 0
	for i, clock := range s.clocks {
		for ; uint64(k)<<s.shift <= uint64(clock); k++ {
			s.starts[k] = uint32(i)
		}
	}
	for ; k < len(s.starts); k++ {
		s.starts[k] = uint32(n)
	}
}

// startingAt returns the position of the run that starts at a clock of the section,
// or of its end; negative if that is in the middle of a run.
func (s *section) startingAt(clock uint32) int {
	k := clock >> s.shift
	if k >= uint32(len(s.starts)-1) {
		return -1
	}
	i := s.starts[k]
	if at := s.clocks[i]; at >= clock {
		if at == clock {
			return int(i)
		}
		return -1
	}
	return s.search(i, s.starts[k+1], clock)
}

// search is startingAt between two runs, the first of which starts before the clock.
func (s *section) search(i, end, clock uint32) int {
	for end-i > 8 {
		if mid := (i + end) / 2; s.clocks[mid] <= clock {
			i = mid
		} else {
			end = mid
		}
	}
	for ; i <= end; i++ {
		if s.clocks[i] == clock {
			return int(i)
		}
	}
	return -1
}

// link puts all records where they belong, and deletes what the update deletes.
// The order is that of integrateBlocks.
func (l *loader) link(tx *Tx) bool {
	d := l.d
	for i := range l.sections[1:] {
		l.sections[i+1].prepare()
	}
	l.origins = make([]ref, d.used)
	for i := range l.sections[1:] {
		if !l.resolve(&l.sections[i+1]) {
			return false
		}
	}
	d.slots.reserve(d.lists, l.slots)
	d.lists = slices.Grow(d.lists, l.types)
	d.types = slices.Grow(d.types, l.types)
	d.bytes = make([]byte, 0, l.content+l.content/16+64)
	var stack []*section // each waits for the next
	for _, ix := range d.descending() {
		for s := &l.sections[ix]; s.next < s.end; {
			needed, ok := l.place(tx, s)
			switch {
			case !ok:
				return false
			case needed != nil:
				if s.waits = true; needed.waits {
					return false
				}
				stack = append(stack, s)
				s = needed
				continue
			}
			if n := len(stack); n > 0 {
				s, stack = stack[n-1], stack[:n-1]
				s.waits = false
			}
		}
	}
	for i := range l.sections[1:] {
		s := &l.sections[i+1]
		d.clients[s.client].next = s.clocks[len(s.clocks)-1]
	}
	l.delete(tx)
	return true
}

// resolve finds the neighbours that the structs of a section saw, the left into
// origins and the right into the record. It reports false if one would have to be
// cut out of a run.
func (l *loader) resolve(s *section) bool {
	for r := s.first; r < s.end; r++ {
		it := l.d.at(r)
		if it.originClient == s.client && it.originClock+1 == it.clock {
			l.origins[r] = r - 1
		} else if it.originClient != 0 {
			o := &l.sections[it.originClient]
			i := o.startingAt(it.originClock + 1)
			if i <= 0 {
				return false
			}
			l.origins[r] = o.first + ref(i) - 1
		}
		if it.rightClient != 0 {
			o := &l.sections[it.rightClient]
			i := o.startingAt(it.rightClock)
			if i < 0 || i == len(o.clocks)-1 {
				return false
			}
			it.right = o.first + ref(i)
		}
	}
	return true
}

// lacks returns the section that has to bring a run before s can go on, nil if it has.
func (l *loader) lacks(s *section, client uint32, r ref) *section {
	if client == s.client {
		return nil
	}
	if o := &l.sections[client]; r >= o.next {
		return o
	}
	return nil
}

// place links the next run of a section, or tells which section has to get further
// before. It reports false where the general way would do more than link.
func (l *loader) place(tx *Tx, s *section) (needed *section, ok bool) {
	d, r := l.d, s.next
	if r == s.first {
		tx.touch(s.client, d.clients[s.client])
	}
	it := d.at(r)
	kind := it.kind()
	if kind == kindGC {
		s.next++
		return nil, true
	}
	left, right := l.origins[r], it.right
	var listed uint32
	var next ref
	switch {
	case it.originClient != 0:
		if needed = l.lacks(s, it.originClient, left); needed != nil {
			return needed, true
		}
		x := d.at(left)
		listed, next = x.list, x.right
		if it.rightClient == 0 {
			break
		}
		if needed = l.lacks(s, it.rightClient, right); needed != nil {
			return needed, true
		}
		if next != right && d.at(right).list == 0 {
			return nil, false
		}
		if it.rightClient == it.originClient && it.rightClock <= it.originClock {
			d.conflict.forgo()
		}
	case it.rightClient != 0:
		if needed = l.lacks(s, it.rightClient, right); needed != nil {
			return needed, true
		}
		listed = d.at(right).list
		next = d.lists[listed].head
	default:
		if listed, needed = l.parent(s, it); needed != nil {
			return needed, true
		}
		next = d.lists[listed].head
	}
	if listed == 0 {
		return nil, false // it would be collected
	}
	if next != right || len(d.conflict.groups) > 0 {
		left, next = l.settle(s, listed, it, left, right, next)
	}
	switch {
	case kind == kindType:
		if int(d.types[d.lists[listed].typ].depth) >= d.limits.MaxDepth {
			return nil, false
		}
		it.off, it.size = l.newType(it.off), 0
	case it.size > 0:
		at := it.off
		it.off = uint32(len(d.bytes))
		d.bytes = appendPart(d.bytes, l.b, int(at), int(it.size))
	default:
		it.off = 0
	}
	it.list, it.left, it.right = listed, left, next
	d.hang(tx, r, it)
	s.next++
	return nil, true
}

// settle finds the neighbours of a run that others wrote next to, as integrate does.
func (l *loader) settle(s *section, listed uint32, it *item, left, right, next ref) (ref, ref) {
	d := l.d
	in := incoming{
		client: s.client, originClient: it.originClient, originClock: it.originClock,
		rightClient: it.rightClient, rightClock: it.rightClock,
	}
	if next != right {
		d.origins = l.origins
		left = d.settle(listed, &in, left, right, next)
		d.origins = nil
		next = d.lists[listed].head
		if left != 0 {
			next = d.at(left).right
		}
	}
	if g := d.siblingsOf(listed, &in); g != nil {
		g.add(s.id, s.next)
	}
	return left, next
}

// parent returns the list that a struct without neighbours names, or the section
// that has to bring its type first; neither if there is none.
func (l *loader) parent(s *section, it *item) (listed uint32, needed *section) {
	d := l.d
	c := cursor{b: l.b, pos: int(it.left), trusted: true}
	x := rawStruct{src: l.b, wireStruct: wireStruct{rooted: c.uvarint() == 1}}
	var typ uint32
	if x.rooted {
		x.nameAt = c.str("", maxInput)
		typ = d.parentOf(&x)
	} else {
		var client, clock uint32
		client, clock, c.pos = l.id(c.pos)
		if client == s.client && clock >= it.clock {
			return 0, nil
		}
		o := &l.sections[client]
		i := o.startingAt(clock)
		if i < 0 || i == len(o.clocks)-1 {
			return 0, nil
		}
		r := o.first + ref(i)
		if needed := l.lacks(s, client, r); needed != nil {
			return 0, needed
		}
		if d.at(r).kind() != kindType {
			return 0, nil
		}
		typ = d.at(r).off
	}
	if it.flags&flagSub == 0 {
		return d.types[typ].seq, nil
	}
	x.subAt = c.str("", maxInput)
	return d.slot(typ, d.keyBytes(x.sub())), nil
}

// newType makes the type whose description is at p.
func (l *loader) newType(p uint32) uint32 {
	c := cursor{b: l.b, pos: int(p), trusted: true}
	s := &l.raw
	s.src = l.b
	c.readContent(s, kindType, &checkedLimits)
	name := uint32(0)
	if s.typeKind == typeElement || s.typeKind == typeHook {
		name = l.d.keyBytes(s.typeName())
	}
	return l.d.newType(s.typeKind, 0, name, 0)
}

// delete does what the update's delete set says. Most of it are runs that came
// as deleted; as long as nothing is cut, they are found where they were put.
func (l *loader) delete(tx *Tx) {
	d, cut := l.d, false
	c := cursor{b: l.b, pos: l.deletesAt}
	for n := c.uvarint(); n > 0; n-- {
		id := c.uvarint()
		s := &l.sections[d.lookup(id)]
		for m := c.uvarint(); m > 0; m-- {
			clock, length := c.uvarint(), c.uvarint()
			if cut || !l.deleted(s, uint32(clock), uint32(clock+length)) {
				used := d.used
				d.applyDelete(tx, id, clock, length)
				cut = cut || d.used != used
			}
		}
	}
}

// deleted reports whether the runs from a clock of the section up to end are
// deleted already.
func (l *loader) deleted(s *section, clock, end uint32) bool {
	i := s.startingAt(clock)
	if i < 0 {
		return false
	}
	for ; i < len(s.clocks)-1 && s.clocks[i] < end; i++ {
		if !l.d.at(s.first + ref(i)).deleted() {
			return false
		}
	}
	return true
}
