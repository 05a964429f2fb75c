package crdt

// splitAt cuts the item at p so that its right part starts diff clocks in, and
// returns the right part. The left part keeps its record.
func (d *Doc) splitAt(tx *Tx, c *client, p place, diff uint32) (ref, place) {
	l := c.at(p)
	r, right := d.alloc()
	left := d.at(l)
	*right = *left
	right.clock += diff
	right.length -= diff
	right.originClient = left.client
	right.originClock = right.clock - 1
	right.left = l
	d.splitContent(left, right, diff)
	left.length = diff
	left.right = r
	if right.right != 0 {
		d.at(right.right).left = r
	} else {
		d.lists[right.list].tail = r
	}
	p = c.insertAfter(p, run{right.clock, r})
	tx.split = append(tx.split, clientClock{right.client, right.clock})
	if ix := d.indexOf(right.list); ix != nil {
		ix.split(d, l, r)
	}
	return r, p
}

// splitContent divides the content of left, of which right is still a copy.
func (d *Doc) splitContent(left, right *item, diff uint32) {
	b := d.content(left)
	var cut int
	switch left.kind() {
	case kindString:
		if left.flags&flagASCII != 0 {
			cut = int(diff)
			break
		}
		var inPair bool
		if cut, inPair = utf16Cut(b, int(diff)); inPair {
			d.splitPair(left, right, uint32(cut))
			return
		}
		if cut == int(diff) {
			left.flags |= flagASCII
		}
		if left.size-uint32(cut) == right.length {
			right.flags |= flagASCII
		}
	case kindAny:
		cut = skipValues(b, int(diff))
	case kindJSON:
		cut = skipStrings(b, int(diff))
	default:
		return
	}
	left.size = uint32(cut)
	right.off += uint32(cut)
	right.size -= uint32(cut)
}

// splitPair cuts between the two surrogates of the rune at byte cut. As in Yjs,
// both halves become U+FFFD from then on, so that no replica ever has to encode
// half a character. The four bytes have no room for both: the smaller part moves,
// so that many cuts of one run copy each byte a few times only.
func (d *Doc) splitPair(left, right *item, cut uint32) {
	const n = uint32(len(replacement))
	size := left.size
	d.reserve(int(min(cut, size-cut) + n))
	off := uint32(len(d.bytes))
	if cut < size-cut {
		d.bytes = append(d.bytes, d.bytes[left.off:left.off+cut]...)
		d.bytes = append(d.bytes, replacement...)
		right.off, right.size = left.off+cut+1, size-cut-1
		copy(d.bytes[right.off:], replacement)
		left.off, left.size = off, cut+n
		d.waste += int(cut) + 1
		return
	}
	d.bytes = append(d.bytes, replacement...)
	d.bytes = append(d.bytes, d.bytes[left.off+cut+4:left.off+size]...)
	right.off, right.size = off, uint32(len(d.bytes))-off
	copy(d.bytes[left.off+cut:], replacement)
	left.size = cut + n
	d.waste += int(size - left.size)
}

// cleanStart returns the item that starts exactly at a known clock, splitting
// if need be. Collected runs are not split: the run holding the clock is returned.
func (d *Doc) cleanStart(tx *Tx, client, clock uint32) ref {
	c := d.clients[client]
	p := c.find(clock)
	r := c.at(p)
	it := d.at(r)
	if it.clock < clock && it.kind() != kindGC {
		r, _ = d.splitAt(tx, c, p, clock-it.clock)
	}
	return r
}

// cleanEnd returns the item that ends exactly with a known clock, splitting if
// need be, collected runs excepted.
func (d *Doc) cleanEnd(tx *Tx, client, clock uint32) ref {
	c := d.clients[client]
	p := c.find(clock)
	r := c.at(p)
	it := d.at(r)
	if clock != it.end()-1 && it.kind() != kindGC {
		d.splitAt(tx, c, p, clock-it.clock+1)
	}
	return r
}

// mergeLefts joins the run at p with runs to its left as long as they fit, and
// returns the place of the run that holds it then and how many were joined.
func (d *Doc) mergeLefts(c *client, p place) (place, int) {
	n := 0
	for {
		q := p
		if !c.back(&q) || !d.join(c, c.at(q), c.at(p)) {
			return p, n
		}
		r := c.at(p)
		p = c.remove(p)
		d.release(r)
		n++
	}
}

// maxRun bounds the length of a text that merging updates joins, maxText its bytes.
const (
	maxRun  = 1 << 30
	maxText = 64 << 20
)

// joinable reports whether two parts make one run that the document's own limits
// admit: what it writes it must be able to read.
func (d *Doc) joinable(kind, length, more, size, moreSize uint32) bool {
	return uint64(length)+uint64(more) <= uint64(d.limits.MaxRunLength) &&
		(kind != kindString || uint64(size)+uint64(moreSize) <= uint64(d.limits.MaxStringBytes))
}

// follows reports whether right (the run rr), the next of the same client, is what
// one longer edit than left would have left behind, however long.
func (d *Doc) follows(l, r *item, rr ref) bool {
	const same = kindMask | flagDeleted | flagSub
	if (l.flags^r.flags)&same != 0 {
		return false
	}
	switch l.kind() {
	case kindGC:
		return true
	case kindDeleted, kindString, kindAny, kindJSON:
		return (l.flags|r.flags)&flagRedone == 0 && l.right == rr && r.originClient == l.client && r.originClock == r.clock-1 &&
			l.rightClient == r.rightClient && l.rightClock == r.rightClock
	}
	return false
}

// seam is where a run was grown last: the bytes of its content before clock. What
// was written just now is what an update is asked for, and finding it in values or
// in text that is not ASCII means to walk the run from its start.
type seam struct {
	client, start uint32 // of the run
	clock, off    uint32
}

// seamAt returns the bytes of it's content before its offset-th clock, if that is
// where it was grown last. A run that was cut since is shorter, so that nobody asks.
func (d *Doc) seamAt(it *item, offset uint32) (int, bool) {
	s := &d.seam
	return int(s.off), s.client == it.client && s.start == it.clock && s.clock == it.clock+offset && s.off <= it.size
}

// join appends right, the next run of the same client, to left if it follows and
// the limits admit it. The caller drops right's record.
func (d *Doc) join(c *client, lr, rr ref) bool {
	l, r := d.at(lr), d.at(rr)
	if !d.follows(l, r, rr) || !d.joinable(l.kind(), l.length, r.length, l.size, r.size) {
		return false
	}
	if l.kind() == kindGC {
		l.length += r.length
		return true
	}
	if l.kind() != kindDeleted {
		d.seam = seam{l.client, l.clock, r.clock, l.size}
		if l.off+l.size == r.off {
			l.size += r.size
		} else if !d.canMove(int(l.size) + int(r.size)) {
			return false
		} else {
			d.extend(c, l, d.content(r))
			d.free(r.off, r.size)
		}
		l.flags &^= ^r.flags & flagASCII
	}
	if ix := d.indexOf(l.list); ix != nil {
		ix.join(d, lr, rr)
	}
	l.flags |= r.flags & flagKeep
	l.length += r.length
	l.right = r.right
	if r.right != 0 {
		d.at(r.right).left = lr
	} else {
		d.lists[l.list].tail = lr
	}
	return true
}
