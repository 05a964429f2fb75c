package crdt

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"coplan/crdt/lib0"
)

// Update format v2 holds the structs of v1 in columns: one stream for info
// bytes, one for clients, one for the clocks of origins and so on, each run-length
// coded in a way that suits it. What has no column (counts, binary, values, the
// delete set) follows at the end.
//
//	flag      uvarint, 0
//	keyClock, client, leftClock, rightClock, info, string, parentInfo,
//	typeRef, length: each a byte string
//	rest
//
// The engine works in v1; v2 is translated at the border, in one pass.
//
// Format: Yjs src/utils/UpdateDecoder.js, UpdateEncoder.js; lib0 decoding.js.

// A short v2 update can unfold to a long v1 one, since a run costs the same
// whatever its length. Beyond this much output an update is refused.
const (
	v2ExpansionBase   = 64 << 10
	v2ExpansionFactor = 64
)

// columns reads the streams of a v2 update. Each has a cursor over the whole
// update that ends where the stream does, so that errors carry true offsets.
type columns struct {
	keyClock   diffRuns
	client     uintRuns
	leftClock  diffRuns
	rightClock diffRuns
	info       byteRuns
	str        stringColumn
	parentInfo byteRuns
	typeRef    uintRuns
	length     uintRuns
	rest       cursor
	keys       []string
	most       int // bytes of output
}

func openColumns(update []byte) (*columns, error) {
	c := cursor{b: update}
	if flag := c.uvarint(); flag != 0 && c.err == nil {
		return nil, malformed(0, "feature flag %d: not a v2 update", flag)
	}
	stream := func(name string) cursor {
		b := c.bytes(name)
		return cursor{b: update[:c.pos:c.pos], pos: c.pos - len(b)}
	}
	v := &columns{most: v2ExpansionBase + v2ExpansionFactor*len(update)}
	v.keyClock.cursor = stream("column of keys")
	v.client.cursor = stream("column of clients")
	v.leftClock.cursor = stream("column of origins")
	v.rightClock.cursor = stream("column of right origins")
	v.info.cursor = stream("column of info bytes")
	v.str.open(stream("column of strings"))
	v.parentInfo.cursor = stream("column of parents")
	v.typeRef.cursor = stream("column of types")
	v.length.cursor = stream("column of lengths")
	v.rest = cursor{b: update, pos: c.pos}
	if c.err == nil {
		c.err = v.str.err()
	}
	return v, c.err
}

// err is the first error of any column.
func (v *columns) err() error {
	for _, err := range []error{
		v.rest.err, v.info.err, v.client.err, v.leftClock.err, v.rightClock.err, v.str.err(),
		v.keyClock.err, v.parentInfo.err, v.typeRef.err, v.length.err,
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *columns) key() string {
	i := v.keyClock.next()
	if i < uint64(len(v.keys)) {
		return v.keys[i]
	}
	k := v.str.next()
	v.keys = append(v.keys, k)
	return k
}

// byteRuns is lib0's RleDecoder over bytes: a value, then how often it is
// repeated; the last value is repeated without end.
type byteRuns struct {
	cursor
	value   byte
	left    uint64
	forever bool
}

func (r *byteRuns) next() byte {
	if r.forever {
		return r.value
	}
	if r.left == 0 {
		r.value = r.u8("column")
		if r.forever = r.pos == len(r.b); r.forever {
			return r.value
		}
		r.left = r.uvarint() + 1
	}
	r.left--
	return r.value
}

// uintRuns is lib0's UintOptRleDecoder: a negative value is followed by a count.
type uintRuns struct {
	cursor
	value uint64
	left  uint64
}

func (r *uintRuns) next() uint64 {
	if r.left == 0 {
		v, negative := r.varint()
		r.left = 1
		if negative {
			v = -v
			r.left = r.uvarint() + 2
		}
		r.value = uint64(v)
		if r.err != nil {
			r.value = 0
		}
	}
	r.left--
	return r.value
}

// diffRuns is lib0's IntDiffOptRleDecoder: differences, the lowest bit of which
// says that a count follows.
type diffRuns struct {
	cursor
	value int64
	diff  int64
	left  uint64
}

func (r *diffRuns) next() uint64 {
	if r.left == 0 {
		v, _ := r.varint()
		r.diff = v >> 1
		r.left = 1
		if v&1 != 0 {
			r.left = r.uvarint() + 2
		}
	}
	r.left--
	r.value += r.diff
	if r.value < 0 || r.value > maxSafe {
		r.fail(malformed(r.pos, "number out of range"))
	}
	if r.err != nil {
		return 0
	}
	return uint64(r.value)
}

// stringColumn is lib0's StringDecoder: all strings as one, then their lengths
// in UTF-16 code units.
type stringColumn struct {
	text    string
	at      int
	cutHalf bool // the last string ended between the halves of a surrogate pair
	textErr error
	lengths uintRuns
}

func (s *stringColumn) open(c cursor) {
	text := c.text("strings")
	s.text, s.textErr = string(text), c.err
	s.lengths.cursor = c
}

func (s *stringColumn) err() error {
	if s.textErr != nil {
		return s.textErr
	}
	return s.lengths.err
}

// next returns the next string. A string that holds half of a surrogate pair
// gets U+FFFD for it, as v1 has no other way to write it.
func (s *stringColumn) next() string {
	n := s.lengths.next()
	prefix := ""
	if s.cutHalf && n > 0 {
		s.cutHalf = false
		prefix = "\uFFFD"
		n--
	}
	start := s.at
	if n <= uint64(len(s.text)-start) && asciiPrefix(s.text[start:], int(n)) {
		s.at += int(n)
		return prefix + s.text[start:s.at]
	}
	for n > 0 {
		if s.at == len(s.text) {
			s.textErr = truncated(s.lengths.pos, "strings")
			return ""
		}
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		s.at += size
		if utf16.RuneLen(r) == 2 {
			if n == 1 {
				s.cutHalf = true
				return prefix + s.text[start:s.at-size] + "\uFFFD"
			}
			n--
		}
		n--
	}
	return prefix + s.text[start:s.at]
}

func asciiPrefix(s string, n int) bool {
	for i := range n {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// v2ToV1 translates an update. The result is well formed as far as v2 can tell;
// whether it is a possible update is for the reader of v1 to say.
func v2ToV1(update []byte, lim *Limits) ([]byte, error) {
	if len(update) > lim.MaxUpdateBytes {
		return nil, overLimit(0, "update of %d bytes", len(update))
	}
	v, err := openColumns(update)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(update)+len(update)/2)
	sections := v.rest.uvarint()
	out = lib0.AppendUvarint(out, sections)
	for ; sections > 0; sections-- {
		structs := v.rest.uvarint()
		out = lib0.AppendUvarint(out, structs)
		out = lib0.AppendUvarint(out, v.client.next())
		out = lib0.AppendUvarint(out, v.rest.uvarint())
		if err := v.err(); err != nil {
			return nil, err
		}
		for ; structs > 0; structs-- {
			if out, err = v.appendStruct(out, lim); err != nil {
				return nil, err
			}
			if len(out) > v.most {
				return nil, v.tooLong()
			}
		}
		if len(out) > v.most {
			return nil, v.tooLong()
		}
	}
	out = v.appendDeletes(out)
	if v.rest.err == nil && v.rest.pos != len(update) {
		v.rest.fail(malformed(v.rest.pos, "%d bytes behind the update", len(update)-v.rest.pos))
	}
	return out, v.err()
}

func (v *columns) tooLong() error {
	return overLimit(v.rest.pos, "%d bytes that unfold to more than %d", len(v.rest.b), v.most)
}

func (v *columns) appendStruct(out []byte, lim *Limits) ([]byte, error) {
	info := v.info.next()
	kind := info & kindMask
	switch {
	case kind == kindGC:
		out = lib0.AppendUvarint(append(out, 0), v.length.next())
		return out, v.err()
	case info == kindSkip:
		out = lib0.AppendUvarint(append(out, info), v.rest.uvarint())
		return out, v.err()
	}
	out = append(out, info)
	if info&infoOrigin != 0 {
		out = appendWireID(out, v.client.next(), v.leftClock.next())
	}
	if info&infoRight != 0 {
		out = appendWireID(out, v.client.next(), v.rightClock.next())
	}
	if info&(infoOrigin|infoRight) == 0 {
		if v.parentInfo.next() == 1 {
			out = lib0.AppendVarString(append(out, 1), v.str.next())
		} else {
			out = appendWireID(append(out, 0), v.client.next(), v.leftClock.next())
		}
		if info&infoSub != 0 {
			out = lib0.AppendVarString(out, v.str.next())
		}
	}
	if err := v.err(); err != nil {
		return nil, err
	}
	return v.appendContent(out, kind, lim)
}

func (v *columns) appendContent(out []byte, kind byte, lim *Limits) ([]byte, error) {
	switch kind {
	case kindDeleted:
		out = lib0.AppendUvarint(out, v.length.next())
	case kindJSON:
		n := v.length.next()
		out = lib0.AppendUvarint(out, n)
		for ; n > 0 && v.err() == nil; n-- {
			if out = lib0.AppendVarString(out, v.str.next()); len(out) > v.most {
				return nil, v.tooLong()
			}
		}
	case kindBinary:
		out = lib0.AppendVarBytes(out, v.rest.bytes("binary"))
	case kindString:
		out = lib0.AppendVarString(out, v.str.next())
	case kindEmbed:
		return v.appendJSON(out, lim)
	case kindFormat:
		out = lib0.AppendVarString(out, v.key())
		return v.appendJSON(out, lim)
	case kindType:
		ref := v.typeRef.next()
		out = lib0.AppendUvarint(out, ref)
		if ref == typeElement || ref == typeHook {
			out = lib0.AppendVarString(out, v.key())
		}
	case kindAny:
		n := v.length.next()
		out = lib0.AppendUvarint(out, n)
		from := v.rest.pos
		for ; n > 0 && v.rest.err == nil; n-- {
			v.rest.skipAny(lim.MaxDepth, lim.MaxStringBytes)
		}
		out = append(out, v.rest.b[from:v.rest.pos]...)
	case kindDoc:
		out = lib0.AppendVarString(out, v.str.next())
		from := v.rest.pos
		v.rest.skipAny(lim.MaxDepth, lim.MaxStringBytes)
		out = append(out, v.rest.b[from:v.rest.pos]...)
	default:
		return nil, malformed(v.info.pos, "unknown content %d", kind)
	}
	return out, v.err()
}

// appendJSON turns the value that v2 has in place of JSON into JSON.
func (v *columns) appendJSON(out []byte, lim *Limits) ([]byte, error) {
	from := v.rest.pos
	v.rest.skipAny(lim.MaxDepth, lim.MaxStringBytes)
	if err := v.err(); err != nil {
		return nil, err
	}
	value := cursor{b: v.rest.b[:v.rest.pos:v.rest.pos], pos: from}
	text, err := value.anyToJSON(nil)
	if err != nil {
		return nil, err
	}
	return lib0.AppendVarBytes(out, text), nil
}

func (v *columns) appendDeletes(out []byte) []byte {
	clients := v.rest.uvarint()
	out = lib0.AppendUvarint(out, clients)
	for ; clients > 0 && v.rest.err == nil; clients-- {
		out = lib0.AppendUvarint(out, v.rest.uvarint())
		n := v.rest.uvarint()
		out = lib0.AppendUvarint(out, n)
		clock := uint64(0)
		for ; n > 0 && v.rest.err == nil; n-- {
			at := v.rest.pos
			clock += v.rest.uvarint()
			length := v.rest.uvarint() + 1
			out = appendWireID(out, clock, length)
			if clock += length; clock > maxSafe {
				v.rest.fail(malformed(at, "deleted range ends above 2^53-1"))
			}
		}
	}
	return out
}

// appendWireID appends two numbers: the client and clock of an id, or the clock
// and length of a deleted range.
func appendWireID(out []byte, a, b uint64) []byte {
	return lib0.AppendUvarint(lib0.AppendUvarint(out, a), b)
}

// ConvertUpdateV2ToV1 rewrites an update of format v2 in format v1, as Yjs's
// convertUpdateFormatV2ToV1 does. A value that v1 writes as JSON and that JSON
// cannot express is an error.
func ConvertUpdateV2ToV1(update []byte) ([]byte, error) {
	return toolLimits().convertV2ToV1(update)
}

// ConvertUpdateV2ToV1 is the function of that name for bytes that may not ask for
// more than l allows.
func (l Limits) ConvertUpdateV2ToV1(update []byte) ([]byte, error) {
	return l.withDefaults().convertV2ToV1(update)
}

func (l Limits) convertV2ToV1(update []byte) ([]byte, error) {
	out, err := v2ToV1(update, &l)
	if err == nil {
		c := cursor{b: out}
		c.checkUpdate(nil, &l)
		err = c.err
	}
	if err != nil {
		return nil, fmt.Errorf("convert %d-byte v2 update: %w", len(update), err)
	}
	return out, nil
}
