package crdt

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"unicode/utf8"
)

// cursor reads lib0 encodings from borrowed bytes. The first error sticks; reads
// after it return zero values, so callers may check once per struct.
type cursor struct {
	b   []byte
	pos int
	err error

	// trusted: the bytes were read before, so text need not be checked again.
	trusted bool
}

const maxSafe = 1<<53 - 1

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
	c.pos = len(c.b)
}

func (c *cursor) u8(what string) byte {
	if c.pos >= len(c.b) {
		c.fail(truncated(c.pos, what))
		return 0
	}
	v := c.b[c.pos]
	c.pos++
	return v
}

// uvarint reads an unsigned integer up to 2^53-1.
func (c *cursor) uvarint() uint64 {
	if p := c.pos; p < len(c.b) && c.b[p] < 0x80 {
		c.pos = p + 1
		return uint64(c.b[p])
	}
	return c.uvarintSlow()
}

func (c *cursor) uvarintSlow() uint64 {
	start := c.pos
	if start+8 <= len(c.b) {
		// Eight bytes at once: the first without its high bit set ends the number;
		// then the seven-bit groups move together pairwise.
		x := binary.LittleEndian.Uint64(c.b[start:])
		if ends := ^x & 0x8080808080808080; ends != 0 {
			n := bits.TrailingZeros64(ends) + 1 // bits
			x = x << (64 - n) >> (64 - n) & 0x7f7f7f7f7f7f7f7f
			x = x&0x007f007f007f007f | x&0x7f007f007f007f00>>1
			x = x&0x00003fff00003fff | x&0x3fff00003fff0000>>2
			x = x&0x000000000fffffff | x&0x0fffffff00000000>>4
			if x > maxSafe {
				c.fail(malformed(start, "integer above 2^53-1"))
				return 0
			}
			c.pos = start + n/8
			return x
		}
	}
	var v uint64
	for shift := uint(0); c.pos < len(c.b); shift += 7 {
		b := c.b[c.pos]
		c.pos++
		if shift > 49 || shift == 49 && b&0x7f > 0x0f {
			c.fail(malformed(start, "integer above 2^53-1"))
			return 0
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	c.fail(truncated(start, "integer"))
	return 0
}

// varint reads a signed integer; negative zero is reported apart.
func (c *cursor) varint() (v int64, negative bool) {
	start := c.pos
	b := c.u8("integer")
	u := uint64(b & 0x3f)
	negative = b&0x40 != 0
	for shift := uint(6); b&0x80 != 0; shift += 7 {
		if c.pos >= len(c.b) {
			c.fail(truncated(start, "integer"))
			return 0, false
		}
		b = c.b[c.pos]
		c.pos++
		if shift > 48 || shift == 48 && b&0x7f > 0x1f {
			c.fail(malformed(start, "integer beyond 2^53-1"))
			return 0, false
		}
		u |= uint64(b&0x7f) << shift
	}
	if negative {
		return -int64(u), true
	}
	return int64(u), false
}

// take returns the next n bytes.
func (c *cursor) take(n uint64, what string) []byte {
	if n > uint64(len(c.b)-c.pos) {
		c.fail(truncated(c.pos, what))
		return nil
	}
	b := c.b[c.pos : c.pos+int(n)]
	c.pos += int(n)
	return b
}

// bytes reads a length-prefixed byte string.
func (c *cursor) bytes(what string) []byte { return c.take(c.uvarint(), what) }

// since is the stretch from an offset to the present one.
func (c *cursor) since(from int) extent { return extent{uint32(from), uint32(c.pos)} }

// extent reads a length-prefixed byte string of at most limit bytes.
func (c *cursor) extent(what string, limit int) extent {
	start := c.pos
	n := c.uvarint()
	if n > uint64(len(c.b)-c.pos) {
		c.fail(truncated(c.pos, what))
		return extent{}
	}
	if n > uint64(limit) {
		c.fail(overLimit(start, "%s of %d bytes", what, n))
		return extent{}
	}
	from := c.pos
	c.pos += int(n)
	return c.since(from)
}

// str is extent for bytes that must be UTF-8.
func (c *cursor) str(what string, limit int) extent {
	x := c.extent(what, limit)
	if !c.trusted && !utf8.Valid(c.b[x.from:x.to]) {
		c.fail(malformed(int(x.from), "%s is not UTF-8", what))
		return extent{}
	}
	return x
}

// Tags of lib0's any encoding.
const (
	anyUndefined = 127
	anyNull      = 126
	anyInteger   = 125
	anyFloat32   = 124
	anyFloat64   = 123
	anyBigInt    = 122
	anyFalse     = 121
	anyTrue      = 120
	anyString    = 119
	anyObject    = 118
	anyArray     = 117
	anyBytes     = 116
)

// skipAny checks one value and moves past it. Nesting is counted on an explicit
// stack bounded by maxDepth.
func (c *cursor) skipAny(maxDepth, maxBytes int) {
	type level struct {
		left   uint64
		object bool
	}
	var buf [16]level
	stack := buf[:0]
	for {
		start := c.pos
		switch tag := c.u8("value"); tag {
		case anyUndefined, anyNull, anyFalse, anyTrue:
		case anyInteger:
			c.varint()
		case anyFloat32:
			c.take(4, "float32")
		case anyFloat64, anyBigInt:
			c.take(8, "number")
		case anyString:
			c.str("string value", maxBytes)
		case anyBytes:
			c.extent("bytes value", maxBytes)
		case anyObject, anyArray:
			n := c.uvarint()
			if n > uint64(len(c.b)-c.pos) { // an element takes a byte at least
				c.fail(truncated(start, "object or array"))
			}
			if len(stack) >= maxDepth {
				c.fail(overLimit(start, "value nested more than %d deep", maxDepth))
			}
			if c.err == nil {
				stack = append(stack, level{n, tag == anyObject})
			}
		default:
			if c.err == nil {
				c.fail(malformed(start, "unknown value tag %d", tag))
			}
		}
		if c.err != nil {
			return
		}
		for len(stack) > 0 && stack[len(stack)-1].left == 0 {
			stack = stack[:len(stack)-1]
		}
		if len(stack) == 0 {
			return
		}
		top := &stack[len(stack)-1]
		top.left--
		if top.object {
			c.str("object key", maxBytes)
			if c.err != nil {
				return
			}
		}
	}
}

// jsonText reads a string that must be JSON, or the word undefined if that is
// allowed.
func (c *cursor) jsonText(what string, lim *Limits, undefined bool) extent {
	x := c.str(what, lim.MaxStringBytes)
	if c.trusted || c.err != nil {
		return x
	}
	if b := c.b[x.from:x.to]; !validJSON(b) && !(undefined && string(b) == "undefined") {
		c.fail(malformed(int(x.from), "%s is not JSON", what))
	} else if deeper(b, lim.MaxDepth) {
		c.fail(overLimit(int(x.from), "%s nested more than %d deep", what, lim.MaxDepth))
	}
	return x
}

// deeper reports whether the objects and arrays of a JSON text are nested more
// than max deep.
func deeper(b []byte, max int) bool {
	if len(b) <= 2*max {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case '{', '[':
			if !quoted {
				if depth++; depth > max {
					return true
				}
			}
		case '}', ']':
			if !quoted {
				depth--
			}
		}
	}
	return false
}

func validJSON(b []byte) bool {
	switch string(b) {
	case "null", "true", "false", "{}", `""`:
		return true
	}
	return json.Valid(b)
}

// skipValues returns the length of the first n any-values of b, which is known
// to be well formed.
func skipValues(b []byte, n int) int {
	c := cursor{b: b, trusted: true}
	for ; n > 0; n-- {
		c.skipAny(1<<30, 1<<31-1)
	}
	return c.pos
}

// skipStrings is skipValues for length-prefixed strings.
func skipStrings(b []byte, n int) int {
	c := cursor{b: b}
	for ; n > 0; n-- {
		c.bytes("")
	}
	return c.pos
}

// measure checks the text of s and counts its UTF-16 code units.
func (c *cursor) measure(s *rawStruct, start int) {
	b := c.b[s.contentAt.from:s.contentAt.to]
	n := asciiLen(b)
	if n == len(b) {
		s.length, s.ascii = uint64(n), true
		return
	}
	if !c.trusted && !utf8.Valid(b[n:]) {
		c.fail(malformed(start, "text is not UTF-8"))
		return
	}
	s.length = uint64(n + utf16Len(b[n:]))
}

// text reads a string without a limit of its own.
func (c *cursor) text(what string) []byte {
	x := c.str(what, maxInput)
	return c.b[x.from:x.to]
}
