package crdt

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"

	"coplan/crdt/lib0"
)

// Embeds and the values of formatting marks are JSON text in v1 and any-values
// in v2. The two functions here translate as JSON.stringify and JSON.parse do.

// anyToJSON reads one value, already checked for well-formedness and depth, and
// appends it as JSON.
func (c *cursor) anyToJSON(out []byte) ([]byte, error) {
	out, _, err := c.appendAnyJSON(out)
	return out, err
}

// appendAnyJSON also says whether the value was undefined, which JSON leaves out
// of objects and writes as null elsewhere.
func (c *cursor) appendAnyJSON(out []byte) (_ []byte, undefined bool, err error) {
	start := c.pos
	switch tag := c.u8("value"); tag {
	case anyUndefined:
		return append(out, "null"...), true, nil
	case anyNull:
		return append(out, "null"...), false, nil
	case anyTrue:
		return append(out, "true"...), false, nil
	case anyFalse:
		return append(out, "false"...), false, nil
	case anyInteger:
		v, _ := c.varint()
		return strconv.AppendInt(out, v, 10), false, nil
	case anyFloat32:
		f := math.Float32frombits(binary.BigEndian.Uint32(c.take(4, "float32")))
		return appendJSNumber(out, float64(f)), false, nil
	case anyFloat64:
		f := math.Float64frombits(binary.BigEndian.Uint64(c.take(8, "float64")))
		return appendJSNumber(out, f), false, nil
	case anyString:
		return appendJSString(out, c.bytes("string")), false, nil
	case anyBytes: // JSON.stringify takes a Uint8Array for an object
		out = append(out, '{')
		for i, b := range c.bytes("bytes") {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(strconv.AppendInt(append(out, '"'), int64(i), 10), '"', ':')
			out = strconv.AppendInt(out, int64(b), 10)
		}
		return append(out, '}'), false, nil
	case anyObject:
		out = append(out, '{')
		first := true
		for n := c.uvarint(); n > 0; n-- {
			before := len(out)
			if !first {
				out = append(out, ',')
			}
			out = append(appendJSString(out, c.bytes("key")), ':')
			var skip bool
			if out, skip, err = c.appendAnyJSON(out); err != nil {
				return nil, false, err
			}
			if skip {
				out = out[:before]
			} else {
				first = false
			}
		}
		return append(out, '}'), false, nil
	case anyArray:
		out = append(out, '[')
		for i, n := uint64(0), c.uvarint(); i < n; i++ {
			if i > 0 {
				out = append(out, ',')
			}
			if out, _, err = c.appendAnyJSON(out); err != nil {
				return nil, false, err
			}
		}
		return append(out, ']'), false, nil
	default:
		return nil, false, malformed(start, "value of tag %d has no JSON form", tag)
	}
}

// appendJSNumber writes f as JavaScript's JSON.stringify does.
func appendJSNumber(out []byte, f float64) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f) || math.IsInf(f, 0):
		return append(out, "null"...)
	case f == 0:
		return append(out, '0')
	case abs >= 1e21 || abs < 1e-6:
		out = strconv.AppendFloat(out, f, 'e', -1, 64)
		// Go pads the exponent to two digits: 1e-07.
		if n := len(out); n >= 4 && out[n-4] == 'e' && out[n-2] == '0' {
			out = append(out[:n-2], out[n-1])
		}
		return out
	default:
		return strconv.AppendFloat(out, f, 'f', -1, 64)
	}
}

// appendJSString quotes as JSON.stringify does, which escapes less than
// encoding/json.
func appendJSString(out, s []byte) []byte {
	out = append(out, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c >= 0x20:
			out = append(out, c)
		case c == '\n':
			out = append(out, '\\', 'n')
		case c == '\r':
			out = append(out, '\\', 'r')
		case c == '\t':
			out = append(out, '\\', 't')
		case c == '\b':
			out = append(out, '\\', 'b')
		case c == '\f':
			out = append(out, '\\', 'f')
		default:
			out = append(out, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(out, '"')
}

// jsonToAny appends JSON text, already checked to be well formed, as an
// any-value, as lib0 would write what JSON.parse makes of it. The order of keys
// is kept.
func jsonToAny(out, text []byte, maxDepth int) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return appendJSONAny(out, d, maxDepth)
}

func appendJSONAny(out []byte, d *json.Decoder, depth int) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth < 0 {
		return nil, overLimit(int(d.InputOffset()), "JSON nested too deep")
	}
	switch v := token.(type) {
	case nil:
		return append(out, anyNull), nil
	case bool:
		if v {
			return append(out, anyTrue), nil
		}
		return append(out, anyFalse), nil
	case json.Number:
		f, _ := strconv.ParseFloat(string(v), 64) // out of range: infinite, as in JavaScript
		return appendNumber(out, f), nil
	case string:
		return lib0.AppendVarString(append(out, anyString), v), nil
	}
	var body []byte
	count := uint64(0)
	tag := byte(anyArray)
	if token == json.Delim('{') {
		tag = anyObject
	}
	for ; d.More(); count++ {
		if tag == anyObject {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			body = lib0.AppendVarString(body, key.(string))
		}
		if body, err = appendJSONAny(body, d, depth-1); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	return append(lib0.AppendUvarint(append(out, tag), count), body...), nil
}
