package crdt

import (
	"encoding/binary"
	"unicode/utf8"
)

// Content lives in one byte slice per document, d.bytes: text as UTF-8, values
// as the bytes they arrived in, so that writing them again yields the same
// bytes. Freed stretches are counted in d.waste and squeezed out by compact.

const compactFloor = 64 << 10 // bytes below which compacting is not worth it

// arenaMax is the greatest length of the arena: offsets into it have 32 bits.
const arenaMax = maxInput

// hasRoom reports whether the arena can take an update or local change of n bytes,
// once it is squeezed out. What stays of it is twice that at most: the content,
// and two bytes for each character that it cuts in half. Whatever else is moved
// within the arena is moved only if there is room. A little is left for local
// deletes, which bring nothing but may cut characters too.
func (d *Doc) hasRoom(n int) bool {
	return uint64(len(d.bytes)-d.waste)+4*uint64(n)+d.cutRoom(n)+uint64(d.arenaMax/64) <= uint64(d.arenaMax)
}

// cutRoom is what it takes to cut a character in half, in a document that has got
// n bytes more: half of the text is there twice for a moment.
func (d *Doc) cutRoom(n int) uint64 {
	return uint64(min(d.limits.MaxStringBytes, len(d.bytes)+n)/2 + 2*len(replacement))
}

// canCut reports whether there is room for a local change that brings nothing.
func (d *Doc) canCut() bool {
	return uint64(len(d.bytes)-d.waste)+d.cutRoom(0) <= uint64(d.arenaMax)
}

// canMove reports whether there is room for n bytes more, at once or when what is
// freed is squeezed out.
func (d *Doc) canMove(n int) bool { return len(d.bytes)-d.waste+n <= d.arenaMax }

// reserve makes sure that the arena can grow by n bytes. What is freed within a
// transaction is squeezed out if it must be, so offsets read before may change.
// That there is room was made sure of before, with hasRoom, canCut or canMove.
func (d *Doc) reserve(n int) {
	if len(d.bytes)+n <= d.arenaMax {
		return
	}
	if d.compact(false); len(d.bytes)+n > d.arenaMax {
		panic("crdt: document full")
	}
}

// put copies b to the end of the arena.
func (d *Doc) put(b []byte) (off uint32) {
	d.reserve(len(b))
	off = uint32(len(d.bytes))
	d.bytes = append(d.bytes, b...)
	return off
}

// appendPart appends src[from:from+n] to dst; a short part without a call, as two
// words whose rest is written over by what follows.
func appendPart(dst, src []byte, from, n int) []byte {
	at := len(dst)
	if n > 16 || cap(dst)-at < 16 || len(src)-from < 16 {
		return append(dst, src[from:from+n]...)
	}
	to, part := dst[at:at+16], src[from:from+16]
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(part))
	binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(part[8:]))
	return dst[:at+n]
}

// content returns the item's bytes; valid until the arena grows.
func (d *Doc) content(it *item) []byte {
	if it.size == 0 {
		return nil // off may mean something else: the type of a kindType
	}
	return d.bytes[it.off : it.off+it.size]
}

// extend appends b to the content of it, a run of c. A run that must move gets
// room behind it (client.spareFrom) in proportion to its size, so that people
// writing at the same time move each run O(log n) times. There must be room for
// the run (canMove).
func (d *Doc) extend(c *client, it *item, b []byte) {
	end := it.off + it.size
	switch {
	case int(end) == len(d.bytes) && len(d.bytes)+len(b) <= d.arenaMax:
		d.bytes = append(d.bytes, b...)
	case end == c.spareFrom && int(end)+len(b) <= int(c.spareEnd):
		copy(d.bytes[end:], b)
		d.waste -= len(b)
		c.spareFrom += uint32(len(b))
	default:
		size := int(it.size) + len(b)
		spare := size/2 + 8
		if len(d.bytes)+size+spare > d.arenaMax {
			spare = 0
		}
		d.reserve(size)
		off := len(d.bytes)
		d.bytes = append(d.bytes, d.content(it)...)
		d.bytes = append(d.bytes, b...)
		d.bytes = append(d.bytes, make([]byte, spare)...)
		d.waste += int(it.size) + spare
		c.spareFrom, c.spareEnd = uint32(off+size), uint32(len(d.bytes))
		it.off = uint32(off)
	}
	it.size += uint32(len(b))
}

// free counts a stretch as unused; the end of the arena is given back at once.
func (d *Doc) free(off, size uint32) {
	if int(off)+int(size) == len(d.bytes) {
		d.bytes = d.bytes[:off]
		return
	}
	d.waste += int(size)
}

// compactIfWasteful rewrites the arena when more than half of it is freed bytes.
// It runs between transactions only. Runs are visited in clock order, so the
// parts of a split run stay side by side and merge again without copying.
func (d *Doc) compactIfWasteful() {
	if len(d.bytes) >= compactFloor && d.waste*2 >= len(d.bytes) {
		d.compact(true)
	}
}

// compact squeezes out what is freed. keepRoom leaves the room behind the runs
// typed into last.
func (d *Doc) compact(keepRoom bool) {
	fresh, spare := make([]byte, 0, (len(d.bytes)-d.waste)*9/8), 0
	for _, c := range d.clients[1:] {
		from, room := c.spareFrom, c.spareEnd-c.spareFrom
		c.spareFrom, c.spareEnd = 0, 0
		for _, ch := range c.chunks {
			for _, r := range ch {
				it := d.at(r.item)
				if it.size == 0 {
					continue
				}
				off := uint32(len(fresh))
				fresh = append(fresh, d.content(it)...)
				if keepRoom && room > 0 && it.off+it.size == from {
					// Keep the room, or the next who writes has to move again.
					c.spareFrom = uint32(len(fresh))
					fresh = append(fresh, make([]byte, min(room, it.size/2))...)
					c.spareEnd = uint32(len(fresh))
					spare += len(fresh) - int(c.spareFrom)
				}
				it.off = off
			}
		}
	}
	d.bytes, d.waste = fresh, spare
}

// asciiLen returns the length of the leading ASCII part of b.
func asciiLen(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 != 0 {
			break
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// utf16Len counts the UTF-16 code units of valid UTF-8.
func utf16Len(b []byte) int {
	i := asciiLen(b)
	n := i
	for _, c := range b[i:] {
		// Every byte that starts a rune counts one, a four-byte rune two.
		if c&0xc0 != 0x80 {
			n++
		}
		if c >= 0xf0 {
			n++
		}
	}
	return n
}

// utf16Cut returns the byte offset of the n-th UTF-16 code unit of b. If that
// is the second half of a surrogate pair, inPair is true and the offset is that
// of the pair.
func utf16Cut(b []byte, n int) (off int, inPair bool) {
	for n > 0 {
		c := b[off]
		switch {
		case c < 0x80:
			off++
		case c < 0xe0:
			off += 2
		case c < 0xf0:
			off += 3
		default:
			if n == 1 {
				return off, true
			}
			off += 4
			n--
		}
		n--
	}
	return off, false
}

// replacement is U+FFFD, which stands for each half of a cut surrogate pair.
const replacement = "\uFFFD"
