package crdt

import "math"

// Format of a v1 update (Yjs src/utils/encoding.js, readClientsStructRefs):
//
//	sections  uvarint
//	section:  structs uvarint, client uvarint, clock uvarint, structs…
//	deletes   as readDeletes
//
//	struct:   info byte: content kind in five bits, infoOrigin, infoRight, infoSub
//	          origin  client, clock   if infoOrigin
//	          right   client, clock   if infoRight
//	          if neither: 1 and the root's name, or 0 and the parent's id;
//	                      then the key if infoSub
//	          content
//
// GC and Skip structs have only a length.

// rawID is an id as it stands on the wire.
type rawID struct{ client, clock uint64 }

// rawStruct is one struct as it stands on the wire. Byte slices are borrowed.
type rawStruct struct {
	src []byte // the update
	wireStruct
	joined []byte // replaces the content, if not nil (see merger)
}

// wireStruct is pointer-free, so that reading the next struct is a plain store.
type wireStruct struct {
	clock, length uint64
	origin, right rawID
	parent        rawID
	start         int // offset of the info byte
	nameAt        extent
	subAt         extent
	contentAt     extent
	typeNameAt    extent
	info          byte
	typeKind      uint8
	ascii         bool
	rooted        bool // the parent is a root
}

// extent is a stretch of the update.
type extent struct{ from, to uint32 }

func (s *rawStruct) parentName() []byte { return s.src[s.nameAt.from:s.nameAt.to] }
func (s *rawStruct) sub() []byte        { return s.src[s.subAt.from:s.subAt.to] }
func (s *rawStruct) typeName() []byte   { return s.src[s.typeNameAt.from:s.typeNameAt.to] }

// content is what the arena stores of the struct.
func (s *rawStruct) content() []byte {
	if s.joined != nil {
		return s.joined
	}
	return s.src[s.contentAt.from:s.contentAt.to]
}

func (s *rawStruct) kind() uint32    { return uint32(s.info & kindMask) }
func (s *rawStruct) hasOrigin() bool { return s.info&infoOrigin != 0 }
func (s *rawStruct) hasRight() bool  { return s.info&infoRight != 0 }

// readStruct reads and checks the next struct of a client. s is overwritten.
func (c *cursor) readStruct(s *rawStruct, client, clock uint64, lim *Limits) {
	// The other fields are only looked at if the info byte announces them.
	s.src, s.joined = c.b, nil
	s.clock, s.length, s.start = clock, 1, c.pos
	s.contentAt, s.typeKind, s.ascii, s.rooted = extent{}, 0, false, false
	s.info = c.u8("struct")
	kind := s.kind()
	if kind == kindGC || s.info == kindSkip {
		if s.length = c.uvarint(); kind == kindGC {
			s.info = kindGC // other bits mean nothing, as in Yjs
		}
	} else {
		if s.info&infoOrigin != 0 {
			s.origin = c.id()
			if s.origin.client == client && s.origin.clock >= clock {
				c.fail(malformed(s.start, "struct %d:%d has itself or a later struct as origin", client, clock))
			}
		}
		if s.info&infoRight != 0 {
			s.right = c.id()
			if s.right.client == client && s.right.clock >= clock {
				c.fail(malformed(s.start, "struct %d:%d has itself or a later struct as right origin", client, clock))
			}
		}
		if s.info&(infoOrigin|infoRight) == 0 {
			if c.uvarint() == 1 {
				s.rooted = true
				s.nameAt = c.str("root name", lim.MaxStringBytes)
			} else {
				s.parent = c.id()
				if s.parent.client == client && s.parent.clock >= clock {
					c.fail(malformed(s.start, "struct %d:%d is its own parent", client, clock))
				}
			}
			if s.info&infoSub != 0 {
				s.subAt = c.str("key", lim.MaxStringBytes)
			}
		}
		c.readContent(s, kind, lim)
	}
	if c.err != nil {
		return
	}
	if s.length == 0 {
		c.fail(malformed(s.start, "struct %d:%d is empty", client, clock))
	} else if s.length > uint64(lim.MaxRunLength) && s.info != kindSkip {
		c.fail(overLimit(s.start, "struct %d:%d covers %d clocks", client, clock, s.length))
	} else if clock+s.length > maxClock {
		c.fail(overLimit(s.start, "clock %d of client %d", clock+s.length, client))
	}
}

// id reads the id of a neighbour or parent. What no document can hold, nothing needs
// to wait for; and v2 could not write such a clock, as it writes differences.
func (c *cursor) id() rawID {
	at := c.pos
	id := rawID{c.uvarint(), c.uvarint()}
	if id.clock >= maxClock {
		c.fail(overLimit(at, "clock %d of client %d", id.clock, id.client))
	}
	return id
}

// maxClock bounds clocks inside a document: records hold them in 32 bits. A
// client reaches it after typing ten characters a second for thirteen years.
const maxClock = 1<<32 - 2

// maxInput bounds any input: offsets into it are kept in 32 bits, and where an int
// has no more, a slice is not longer either.
const maxInput = min(1<<32-1, math.MaxInt)

func (c *cursor) readContent(s *rawStruct, kind uint32, lim *Limits) {
	start := c.pos
	switch kind {
	case kindDeleted:
		s.length = c.uvarint()
	case kindString:
		s.contentAt = c.extent("text", lim.MaxStringBytes)
		c.measure(s, start)
	case kindAny, kindJSON:
		s.length = c.uvarint()
		at := c.pos
		if s.length > uint64(len(c.b)-c.pos) {
			c.fail(truncated(start, "values"))
			return
		}
		for i := uint64(0); i < s.length && c.err == nil; i++ {
			if kind == kindAny {
				c.skipAny(lim.MaxDepth, lim.MaxStringBytes)
			} else {
				c.jsonText("value", lim, true)
			}
		}
		s.contentAt = c.since(at)
	case kindBinary:
		s.contentAt = c.extent("binary", lim.MaxStringBytes)
	case kindEmbed:
		s.contentAt = c.jsonText("embed", lim, false)
	case kindFormat:
		c.str("format key", lim.MaxStringBytes)
		c.jsonText("format value", lim, false)
		s.contentAt = c.since(start)
	case kindDoc:
		c.str("subdocument id", lim.MaxStringBytes)
		c.skipAny(lim.MaxDepth, lim.MaxStringBytes)
		s.contentAt = c.since(start)
	case kindType:
		k := c.uvarint()
		if k > typeXMLText {
			c.fail(malformed(start, "unknown type %d", k))
			return
		}
		s.typeKind = uint8(k)
		if k == typeElement || k == typeHook {
			s.typeNameAt = c.str("node name", lim.MaxStringBytes)
		}
	default:
		if c.err == nil {
			c.fail(malformed(s.start, "unknown content %d", kind))
		}
	}
}

// blockReader walks the sections of an update.
type blockReader struct {
	blocks []block
	stack  []stacked
}

// block is the part of one client in an update, and how far it was applied.
type block struct {
	client uint64
	clock  uint64 // of the next struct
	end    uint64 // after the last struct
	told   uint64 // after the last struct that is not a Skip
	left   uint64 // structs not read yet
	pos    int    // offset of the next struct
	stop   int    // offset behind the last struct
	types  int    // structs that create a type
	done   bool   // nothing more to do, or the rest has to wait
}

// checkUpdate reads an update to its end without changing anything. It fills
// blocks with the sections and returns the offset of the delete set.
func (c *cursor) checkUpdate(blocks []block, lim *Limits) ([]block, int) {
	if len(c.b) > min(lim.MaxUpdateBytes, maxInput) {
		c.fail(overLimit(0, "update of %d bytes", len(c.b)))
		return blocks, 0
	}
	sections := c.uvarint()
	if sections > uint64(lim.MaxClients) {
		c.fail(overLimit(0, "%d client sections", sections))
	}
	var s rawStruct
	structs := uint64(0)
	for ; sections > 0 && c.err == nil; sections-- {
		at := c.pos
		b := block{left: c.uvarint(), client: c.uvarint(), clock: c.uvarint()}
		structs += b.left
		if b.left > uint64(len(c.b)-c.pos) {
			c.fail(truncated(at, "structs"))
		} else if structs > uint64(lim.MaxStructs) {
			c.fail(overLimit(at, "%d structs", structs))
		}
		b.pos = c.pos
		b.end = b.clock
		for n := b.left; n > 0 && c.err == nil; n-- {
			c.readStruct(&s, b.client, b.end, lim)
			if b.end += s.length; s.info != kindSkip {
				b.told = b.end
			}
			if s.kind() == kindType {
				b.types++
			}
		}
		b.stop = c.pos
		blocks = append(blocks, b)
	}
	at := c.pos
	c.checkDeletes(lim)
	if c.err == nil && c.pos != len(c.b) {
		c.fail(malformed(c.pos, "%d bytes behind the update", len(c.b)-c.pos))
	}
	return blocks, at
}

func (c *cursor) checkDeletes(lim *Limits) {
	total := uint64(0)
	for n := c.uvarint(); n > 0 && c.err == nil; n-- {
		c.uvarint()
		at := c.pos
		m := c.uvarint()
		if total += m; total > uint64(lim.MaxDeletes) {
			c.fail(overLimit(at, "%d deleted ranges", total))
		} else if m > uint64(len(c.b)-c.pos) {
			c.fail(truncated(at, "deleted ranges"))
		}
		for ; m > 0 && c.err == nil; m-- {
			at := c.pos
			if c.uvarint()+c.uvarint() > maxSafe {
				c.fail(malformed(at, "deleted range ends above 2^53-1"))
			}
		}
	}
}

// eachDelete calls fn for every range of a checked delete set, those of one client
// from the lowest clock up: applied downward, each would cut a long run where
// it is found from the start again.
func (c *cursor) eachDelete(fn func(client, clock, length uint64)) {
	for n := c.uvarint(); n > 0 && c.err == nil; n-- {
		client := c.uvarint()
		m := c.uvarint()
		if !c.ascending(m) {
			for _, s := range c.sortedSpans(m) {
				fn(client, s.clock, s.length)
			}
			continue
		}
		for ; m > 0 && c.err == nil; m-- {
			clock := c.uvarint()
			if length := c.uvarint(); length > 0 {
				fn(client, clock, length)
			}
		}
	}
}

// ascending reports whether the next n ranges are in order. It does not move.
func (c *cursor) ascending(n uint64) bool {
	x, last := *c, uint64(0)
	for ; n > 1 && x.err == nil; n-- {
		clock := x.uvarint()
		if x.uvarint(); clock < last {
			return false
		}
		last = clock
	}
	return n == 0 || x.uvarint() >= last
}

// sortedSpans reads n ranges and orders them. Those that touch are one.
func (c *cursor) sortedSpans(n uint64) []span {
	spans := make([]span, 0, n)
	for ; n > 0 && c.err == nil; n-- {
		s := span{c.uvarint(), c.uvarint()}
		if s.length > 0 {
			spans = append(spans, s)
		}
	}
	return mergeSpans(spans)
}
