package crdt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Which Go value stands for which of JavaScript is told in doc.go.

type undefined struct{}

func (undefined) String() string { return "undefined" }

// MarshalJSON writes null, as JSON has no undefined.
func (undefined) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// Undefined is JavaScript's undefined: a value of its own, other than nil, which is
// null. As JSON it is null.
var Undefined any = undefined{}

// BigInt is JavaScript's bigint, of which the encoding carries 64 bits.
type BigInt int64

// readAny decodes one well-formed value.
func (c *cursor) readAny() any {
	switch c.u8("value") {
	case anyNull:
		return nil
	case anyInteger:
		v, neg := c.varint()
		if neg && v == 0 {
			return math.Copysign(0, -1)
		}
		return v
	case anyFloat32:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(c.take(4, ""))))
	case anyFloat64:
		return math.Float64frombits(binary.BigEndian.Uint64(c.take(8, "")))
	case anyBigInt:
		return BigInt(binary.BigEndian.Uint64(c.take(8, "")))
	case anyFalse:
		return false
	case anyTrue:
		return true
	case anyString:
		return string(c.bytes(""))
	case anyObject:
		n := c.uvarint()
		m := make(map[string]any, min(n, 64))
		for ; n > 0; n-- {
			k := string(c.bytes(""))
			m[k] = c.readAny()
		}
		return m
	case anyArray:
		n := c.uvarint()
		a := make([]any, 0, min(n, 1024))
		for ; n > 0; n-- {
			a = append(a, c.readAny())
		}
		return a
	case anyBytes:
		return bytes.Clone(c.bytes(""))
	}
	return Undefined
}

func appendVarint(b []byte, v uint64, negative bool) []byte {
	first := byte(v & 0x3f)
	if negative {
		first |= 0x40
	}
	if v >>= 6; v == 0 {
		return append(b, first)
	}
	return appendUvarint(append(b, first|0x80), v)
}

// appendAny encodes a value as lib0's writeAny does.
func appendAny(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, anyNull), nil
	case undefined:
		return append(b, anyUndefined), nil
	case bool:
		if v {
			return append(b, anyTrue), nil
		}
		return append(b, anyFalse), nil
	case string:
		return appendString(append(b, anyString), validUTF8(v)), nil
	case []byte:
		return appendBytes(append(b, anyBytes), v), nil
	case BigInt:
		return binary.BigEndian.AppendUint64(append(b, anyBigInt), uint64(v)), nil
	case float64:
		return appendNumber(b, v), nil
	case float32:
		return appendNumber(b, float64(v)), nil
	case []any:
		b = appendUvarint(append(b, anyArray), uint64(len(v)))
		var err error
		for _, x := range v {
			if b, err = appendAny(b, x); err != nil {
				return b, err
			}
		}
		return b, nil
	case []string:
		b = appendUvarint(append(b, anyArray), uint64(len(v)))
		for _, x := range v {
			b = appendString(append(b, anyString), validUTF8(x))
		}
		return b, nil
	case map[string]any:
		b = appendUvarint(append(b, anyObject), uint64(len(v)))
		var err error
		for _, k := range objectKeys(v) {
			b = appendString(b, validUTF8(k))
			if b, err = appendAny(b, v[k]); err != nil {
				return b, err
			}
		}
		return b, nil
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return b, fmt.Errorf("crdt: %q is not a number", string(v))
		}
		return appendNumber(b, f), nil
	}
	if f, ok := asNumber(v); ok {
		return appendNumber(b, f), nil
	}
	return b, fmt.Errorf("crdt: a %T cannot be stored", v)
}

// objectKeys returns the keys in the order that JavaScript would give them back in,
// so that Yjs writes an object with the bytes it came in: first those that look like
// an index, then the rest, which we sort.
func objectKeys(m map[string]any) []string {
	keys := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(keys, func(a, b string) int {
		x, isX := arrayIndex(a)
		y, isY := arrayIndex(b)
		switch {
		case isX && isY:
			return cmp.Compare(x, y)
		case isX:
			return -1
		case isY:
			return 1
		}
		return 0
	})
	return keys
}

// arrayIndex reads a key that JavaScript takes for an index: "0" to "4294967294".
func arrayIndex(key string) (uint64, bool) {
	if len(key) == 0 || len(key) > 10 || key[0] < '0' || key[0] > '9' || key[0] == '0' && len(key) > 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(key, 10, 64)
	return n, err == nil && n < math.MaxUint32
}

func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case int32:
		return float64(v), true
	case int16:
		return float64(v), true
	case int8:
		return float64(v), true
	case uint:
		return float64(v), true
	case uint64:
		return float64(v), true
	case uint32:
		return float64(v), true
	case uint16:
		return float64(v), true
	case uint8:
		return float64(v), true
	}
	return 0, false
}

func appendNumber(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) <= math.MaxInt32 {
		return appendVarint(append(b, anyInteger), uint64(math.Abs(f)), math.Signbit(f))
	}
	if math.IsNaN(f) {
		f = math.Float64frombits(0x7ff8 << 48) // that of JavaScript
	}
	if float64(float32(f)) == f {
		return binary.BigEndian.AppendUint32(append(b, anyFloat32), math.Float32bits(float32(f)))
	}
	return binary.BigEndian.AppendUint64(append(b, anyFloat64), math.Float64bits(f))
}

func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, replacement)
}

// appendJSON encodes v as JSON in the manner of JSON.stringify.
func appendJSON(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		if v {
			return append(b, "true"...), nil
		}
		return append(b, "false"...), nil
	}
	value, err := appendAny(nil, v)
	if err != nil {
		return b, err
	}
	c := cursor{b: value}
	out, err := c.anyToJSON(b)
	if err != nil {
		return b, fmt.Errorf("crdt: a %T cannot be stored as JSON: %w", v, err)
	}
	return out, nil
}

// parseJSON decodes well-formed JSON; integers below 2^53 become int64.
func parseJSON(b []byte) any {
	switch string(b) {
	case "null":
		return nil
	case "true":
		return true
	case "false":
		return false
	case "undefined":
		return Undefined
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	return plainNumbers(v)
}

func plainNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil && i >= -maxSafe && i <= maxSafe {
			return i
		}
		f, _ := v.Float64()
		return f
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plainNumbers(v[k])
		}
	}
	return v
}

// values decodes the content of an item from its offset-th value on, at most n
// values; for shared types the handle is the value.
func (d *Doc) values(it *item, offset, n int, yield func(v any) bool) bool {
	if it.kind() == kindType {
		return yield(d.handle(it.off))
	}
	c := cursor{b: d.content(it)}
	switch it.kind() {
	case kindAny:
		for i := 0; i < offset; i++ {
			c.skipAny(1<<30, 1<<31-1)
		}
		for ; n > 0; n-- {
			if !yield(c.readAny()) {
				return false
			}
		}
		return true
	case kindJSON:
		for i := 0; i < offset; i++ {
			c.bytes("")
		}
		for ; n > 0; n-- {
			if !yield(parseJSON(c.bytes(""))) {
				return false
			}
		}
		return true
	case kindString: // text inside an array: single UTF-16 units
		s := string(c.b)
		if offset > 0 || uint32(n) < it.length {
			s = sliceUTF16(c.b, offset, n)
		}
		for _, r := range s {
			if !yield(string(r)) {
				return false
			}
			if r >= 0x10000 && !yield("") {
				return false
			}
		}
		return true
	case kindDeleted, kindFormat, kindGC:
		return true
	}
	return yield(d.value(it))
}

// value is the current value of an item: its last one.
func (d *Doc) value(it *item) any {
	switch it.kind() {
	case kindAny, kindJSON, kindString:
		var last any
		d.values(it, int(it.length)-1, 1, func(v any) bool { last = v; return true })
		return last
	case kindBinary:
		return bytes.Clone(d.content(it))
	case kindEmbed:
		return parseJSON(d.content(it))
	case kindType:
		return d.handle(it.off)
	case kindDoc:
		return d.subdoc(it)
	}
	return Undefined // a formatting mark under a key, for instance
}

// sliceUTF16 returns n code units of b from the offset-th on; halves of
// surrogate pairs at the ends become U+FFFD.
func sliceUTF16(b []byte, offset, n int) string {
	from, inPair := utf16Cut(b, offset)
	var sb strings.Builder
	if inPair && n > 0 {
		sb.WriteString(replacement)
		from += 4
		n--
	}
	to, inPair := utf16Cut(b[from:], n)
	sb.Write(b[from : from+to])
	if inPair {
		sb.WriteString(replacement)
	}
	return sb.String()
}

// Subdoc is a document inside a document, as Yjs stores it: an id and options,
// such as autoLoad. It is a value to be set and read; the document of that id is
// the program's to find and sync, as a Doc of its own.
type Subdoc struct {
	GUID string
	Opts map[string]any // nil is written as no options
}

func (d *Doc) subdoc(it *item) Subdoc {
	c := cursor{b: d.content(it)}
	s := Subdoc{GUID: string(c.bytes(""))}
	s.Opts, _ = c.readAny().(map[string]any)
	return s
}
