package crdt

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// A full state goes into an empty document in one reading: each struct becomes a
// record as it is checked, so that the records of a client lie side by side in the
// order of their clocks; then they are linked, in the order and by the rules of
// integrateBlocks. What a document has written names its neighbours by the ends of
// runs, all of them within the update, and so nothing is ever cut.
//
// Whatever is not like that is left to the general way, errors included: load
// takes everything back and reports false.

// loader is one such attempt.
type loader struct {
	d         *Doc
	b         []byte
	deletesAt int
	content   int // bytes that the arena will hold
	slots     int // structs that name a key
	types     int
	raw       rawStruct
	most      uint64    // sections of the update
	sections  []section // by client
	origins   []ref     // record → its origin
	recent    [16]struct {
		wire  uint64 // the id's bytes, at the upper end
		index uint32
	}
}

// section is what one client wrote.
type section struct {
	id          uint64
	client      uint32
	waits       bool // its next run needs one of another section
	first, next ref  // next is the first that is not linked
	end         ref

	// To find runs by clock: clocks has where each starts and where the last ends;
	// starts[k] is the first of them from k<<shift on.
	clocks []uint32
	starts []uint32
	shift  uint8
}

// blank reports whether nothing was ever in the document or waits for something.
func (d *Doc) blank() bool {
	return d.used == 0 && len(d.clients) == 1 && len(d.bytes) == 0 && d.tx == nil && !d.HasPending()
}

// load applies a full state to a blank document. If it reports false, nothing
// has happened.
func (d *Doc) load(update []byte, origin any) bool {
	if len(update) > min(d.limits.MaxUpdateBytes, maxInput) || !d.hasRoom(len(update)) {
		return false
	}
	l := loader{d: d, b: update}
	before := d.mark()
	if !l.read() {
		d.restore(before)
		return false
	}
	tx := d.begin(origin, false)
	if !l.link(tx) {
		d.abandon(tx)
		d.restore(before)
		return false
	}
	d.commit(tx)
	return true
}

// abandon is for a transaction whose changes were taken back.
func (d *Doc) abandon(tx *Tx) {
	d.tx = nil
	d.conflict.forget()
	tx.reset()
	d.freeTx = append(d.freeTx, tx)
}

// mark is what a blank document consists of: roots that somebody has asked for.
type mark struct {
	keys  int
	lists []list
	types []typeInfo
}

func (d *Doc) mark() mark {
	return mark{len(d.keys), slices.Clone(d.lists), slices.Clone(d.types)}
}

// restore makes the document blank again.
func (d *Doc) restore(m mark) {
	for _, l := range d.lists[len(m.lists):] {
		d.slots.remove(d.lists, l.typ, l.key)
	}
	for i, t := range d.types[len(m.types):] {
		if d.roots[t.name] == uint32(len(m.types)+i) {
			delete(d.roots, t.name)
		}
	}
	for _, k := range d.keys[m.keys:] {
		delete(d.keyIndex, k)
	}
	d.keys, d.lists, d.types, d.depth = d.keys[:m.keys], m.lists, m.types, 0
	clear(d.clientIndex)
	d.clients, d.ids, d.wireIDs = d.clients[:1], d.ids[:1], d.wireIDs[:1]
	d.order, d.sorted, d.recent = nil, 0, recent{}
	d.slab, d.bytes, d.waste = slab{}, nil, 0
}

// read checks the update and makes its structs records. In a record that is not
// linked yet, off and size are the content in the update, of a type too, and left
// is where the update names the parent, if it has to.
func (l *loader) read() bool {
	c := cursor{b: l.b}
	n := c.uvarint()
	if n > uint64(l.d.limits.MaxClients) {
		return false
	}
	l.most, l.sections = n, make([]section, 1, 1+min(n, 16))
	structs := uint64(0)
	for range n {
		count, id, clock := c.uvarint(), c.uvarint(), c.uvarint()
		structs += count
		if c.err != nil || clock != 0 || count == 0 || count > uint64(len(l.b)-c.pos)/2 || structs > uint64(l.d.limits.MaxStructs) {
			return false
		}
		ix := l.intern(id)
		if ix == 0 || len(l.d.clients[ix].chunks) > 0 {
			return false
		}
		s := section{id: id, client: ix}
		if c.pos = l.readSection(&s, c.pos, int(count)); c.pos < 0 {
			return false
		}
		l.sections[ix] = s
	}
	l.deletesAt = c.pos
	return l.readDeletes(c)
}

// intern is Doc.intern for as many clients as are to have sections, else 0.
func (l *loader) intern(id uint64) uint32 {
	ix := l.d.lookup(id)
	if ix == 0 && uint64(len(l.d.clients)) <= l.most {
		ix = l.d.intern(id)
		l.sections = append(l.sections, section{})
	}
	return ix
}

// id reads the id of a struct. A negative offset says that it could not.
func (l *loader) id(p int) (client, clock uint32, next int) {
	const high = 0x8080808080808080
	if p+16 > len(l.b) {
		return l.idSlow(p)
	}
	// As in cursor.uvarintSlow; but a client seen lately is known by its bytes.
	x := binary.LittleEndian.Uint64(l.b[p:])
	n := bits.TrailingZeros64(^x&high) + 1
	x <<= uint(64 - n)
	r := &l.recent[x*0x9e3779b97f4a7c15>>60]
	if r.wire != x || r.index == 0 || n > 64 {
		return l.idSlow(p)
	}
	y := binary.LittleEndian.Uint64(l.b[p+n>>3:])
	m := bits.TrailingZeros64(^y&high) + 1
	if m > 32 {
		return l.idSlow(p)
	}
	y &= 1<<m - 1
	return r.index, uint32(y&0x7f | y>>1&0x3f80 | y>>2&0x1fc000 | y>>3&0xfe00000), p + n>>3 + m>>3
}

func (l *loader) idSlow(p int) (client, clock uint32, next int) {
	c := cursor{b: l.b, pos: p}
	id := c.uvarint()
	n, wire := c.pos-p, uint64(0)
	at := c.uvarint()
	client = l.intern(id)
	if c.err != nil || at > maxClock || client == 0 {
		return 0, 0, -1
	}
	for i := range min(n, 8) {
		wire = wire>>8 | uint64(l.b[p+i])<<56
	}
	if n <= 8 {
		r := &l.recent[wire*0x9e3779b97f4a7c15>>60]
		r.wire, r.index = wire, client
	}
	return client, uint32(at), c.pos
}

// readSection reads n structs from offset p on and returns the offset behind them,
// negative if it could not.
func (l *loader) readSection(s *section, p, n int) int {
	d := l.d
	s.clocks = make([]uint32, 0, n+1)
	s.first = max(d.used, 1)
	clock := uint32(0)
	var last *item
	for ; n > 0; n-- {
		if p >= len(l.b) {
			return -1
		}
		info := l.b[p]
		p++
		kind := uint32(info & kindMask)
		if kind == kindGC {
			length, q := l.length(p)
			if p = q; p < 0 || uint64(clock)+uint64(length) > maxClock {
				return -1
			}
			if last != nil && last.kind() == kindGC && d.joinable(kindGC, last.length, length, 0, 0) {
				last.length += length
				clock += length
				continue
			}
			_, last = d.alloc()
			*last = item{clock: clock, length: length, client: s.client, flags: kindGC | flagDeleted}
			s.clocks = append(s.clocks, clock)
			clock += length
			continue
		}
		_, it := d.alloc()
		it.clock, it.client = clock, s.client
		if info&infoOrigin != 0 {
			it.originClient, it.originClock, p = l.id(p)
			if p < 0 || it.originClient == s.client && it.originClock >= clock {
				return -1
			}
		}
		if info&infoRight != 0 {
			it.rightClient, it.rightClock, p = l.id(p)
			if p < 0 || it.rightClient == s.client && it.rightClock >= clock {
				return -1
			}
		}
		sub := uint32(0)
		if info&(infoOrigin|infoRight) == 0 {
			sub = uint32(info & infoSub)
			l.slots += int(sub / infoSub)
			it.left = uint32(p)
			if p = l.skipParent(p, info); p < 0 {
				return -1
			}
		}
		p = l.readContent(it, kind, p)
		if p < 0 || it.length == 0 || uint64(it.length) > uint64(d.limits.MaxRunLength) || uint64(clock)+uint64(it.length) > maxClock {
			return -1
		}
		it.flags |= sub
		s.clocks = append(s.clocks, clock)
		last, clock = it, clock+it.length
	}
	d.clients[s.client].fill(s.clocks, s.first)
	s.next, s.end = s.first, s.first+ref(len(s.clocks))
	s.clocks = append(s.clocks, clock)
	return p
}

// fill gives a client without runs those that start at clocks, in records from
// first on.
func (c *client) fill(clocks []uint32, first ref) {
	for len(clocks) > 0 {
		ch := make([]run, min(len(clocks), chunkRuns))
		for i := range ch {
			ch[i] = run{clocks[i], first + ref(i)}
		}
		c.heads = append(c.heads, clocks[0])
		c.chunks = append(c.chunks, ch)
		clocks, first = clocks[len(ch):], first+ref(len(ch))
	}
}

// length reads a number of clocks.
func (l *loader) length(p int) (n uint32, next int) {
	c := cursor{b: l.b, pos: p}
	v := c.uvarint()
	if c.err != nil || v == 0 || v > uint64(l.d.limits.MaxRunLength) || v > maxClock {
		return 0, -1
	}
	return uint32(v), c.pos
}

func (l *loader) skipParent(p int, info byte) int {
	c := cursor{b: l.b, pos: p}
	if c.uvarint() == 1 {
		c.str("root name", l.d.limits.MaxStringBytes)
	} else if _, _, c.pos = l.id(c.pos); c.pos < 0 {
		return -1
	}
	if info&infoSub != 0 {
		c.str("key", l.d.limits.MaxStringBytes)
	}
	if c.err != nil {
		return -1
	}
	return c.pos
}

// readContent reads what a struct holds into its record.
func (l *loader) readContent(it *item, kind uint32, p int) int {
	switch kind {
	case kindDeleted:
		it.flags = kindDeleted
		it.length, p = l.length(p)
		return p
	case kindString:
		if p >= len(l.b) {
			return -1
		}
		size := int(l.b[p])
		if p++; size >= 0x80 {
			c := cursor{b: l.b, pos: p - 1}
			size = int(min(c.uvarint(), maxInput))
			if p = c.pos; c.err != nil {
				return -1
			}
		}
		if size > min(len(l.b)-p, l.d.limits.MaxStringBytes) {
			return -1
		}
		text := l.b[p : p+size]
		it.off, it.size = uint32(p), uint32(size)
		l.content += size
		if size <= 8 && p+8 <= len(l.b) && size > 0 {
			if binary.LittleEndian.Uint64(l.b[p:])<<(64-8*uint(size))&0x8080808080808080 == 0 {
				it.length, it.flags = uint32(size), kindString|flagASCII
				return p + size
			}
		}
		if n := asciiLen(text); n == size {
			it.length, it.flags = uint32(n), kindString|flagASCII
		} else if utf8.Valid(text[n:]) {
			it.length, it.flags = uint32(n+utf16Len(text[n:])), kindString
		} else {
			return -1
		}
		return p + size
	}
	c := cursor{b: l.b, pos: p}
	s := &l.raw
	s.start, s.length, s.contentAt = p, 1, extent{}
	if c.readContent(s, kind, &l.d.limits); c.err != nil {
		return -1
	}
	if kind == kindType {
		l.types++
		s.contentAt = c.since(p)
	} else {
		l.content += int(s.contentAt.to - s.contentAt.from)
	}
	it.off, it.size = s.contentAt.from, s.contentAt.to-s.contentAt.from
	it.length, it.flags = uint32(s.length), kind // a clock takes a byte at least
	return c.pos
}

// readDeletes checks the delete set: ranges in order, of clocks that are here.
func (l *loader) readDeletes(c cursor) bool {
	total := uint64(0)
	for n := c.uvarint(); n > 0 && c.err == nil; n-- {
		ix := l.d.lookup(c.uvarint())
		m := c.uvarint()
		if total += m; ix == 0 || total > uint64(l.d.limits.MaxDeletes) {
			return false
		}
		clocks := l.sections[ix].clocks
		end := uint64(clocks[len(clocks)-1])
		for from := uint64(0); m > 0; m-- {
			clock := c.uvarint()
			length := c.uvarint()
			if clock < from || length == 0 || length > end || clock > end-length {
				return false
			}
			from = clock + length
		}
	}
	return c.err == nil && c.pos == len(l.b)
}
