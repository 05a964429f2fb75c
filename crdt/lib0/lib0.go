// Package lib0 reads and writes the variable-length primitives of lib0, the
// binary encoding that Yjs, y-protocols and y-websocket put on the wire.
//
// Writing is a family of append functions: they grow the caller's slice and
// cannot fail. Reading goes through a [Reader], which never trusts a length
// before that many bytes are known to be present and reports every failure as
// an [Error] carrying the offset of the value that could not be read.
//
// Numbers on the wire are JavaScript numbers: unsigned integers are limited to
// 2^53-1, as lib0 limits them.
package lib0

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// MaxSafeInteger is 2^53-1, the largest integer lib0 writes or accepts.
const MaxSafeInteger = 1<<53 - 1

// The reasons a value cannot be read. Every [Error] wraps one of them.
var (
	// ErrTruncated: the input ends inside the value.
	ErrTruncated = errors.New("unexpected end of data")
	// ErrRange: an integer above 2^53-1, or one padded to more than nine bytes.
	ErrRange = errors.New("integer out of range")
	// ErrUTF8: a string is not valid UTF-8.
	ErrUTF8 = errors.New("string is not valid UTF-8")
	// ErrTooLong: a length above the reader's limit.
	ErrTooLong = errors.New("length above the limit")
	// ErrTrailing: bytes are left where the message should have ended.
	ErrTrailing = errors.New("trailing bytes")
)

// Error says what could not be read and where.
type Error struct {
	What   string // the value being read: "uint", "string", …
	Offset int    // of its first byte, counted from the start of the reader's data
	Err    error  // one of the sentinels of this package
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s at offset %d: %v", e.What, e.Offset, e.Err)
}

// Unwrap gives the sentinel.
func (e *Error) Unwrap() error { return e.Err }

// AppendUvarint appends v in groups of seven bits, least significant first.
// The encoding is the one of encoding/binary for the values lib0 can read,
// those up to [MaxSafeInteger].
func AppendUvarint(dst []byte, v uint64) []byte {
	for v >= 0x80 {
		dst = append(dst, byte(v)|0x80)
		v >>= 7
	}
	return append(dst, byte(v))
}

// UvarintLen is the number of bytes AppendUvarint writes for v.
func UvarintLen(v uint64) int {
	return (bits.Len64(v|1) + 6) / 7
}

// AppendVarint appends v as sign and magnitude: the first byte holds the
// continuation bit, the sign bit and six bits of magnitude.
func AppendVarint(dst []byte, v int64) []byte {
	if v < 0 {
		return AppendSignMagnitude(dst, uint64(-v), true)
	}
	return AppendSignMagnitude(dst, uint64(v), false)
}

// AppendSignMagnitude is AppendVarint for callers that need a negative zero,
// which lib0's run-length coders use as a mark.
func AppendSignMagnitude(dst []byte, magnitude uint64, negative bool) []byte {
	b := byte(magnitude & 0x3f)
	if negative {
		b |= 0x40
	}
	magnitude >>= 6
	if magnitude == 0 {
		return append(dst, b)
	}
	return AppendUvarint(append(dst, b|0x80), magnitude)
}

// AppendVarBytes appends len(b) and then b.
func AppendVarBytes(dst, b []byte) []byte {
	return append(AppendUvarint(dst, uint64(len(b))), b...)
}

// AppendVarString appends s as UTF-8 with its length in bytes. Bytes that are
// not UTF-8 become U+FFFD, as a lone surrogate does when JavaScript encodes it.
func AppendVarString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return append(AppendUvarint(dst, uint64(len(s))), s...)
}

// Reader reads values from a slice, in order. After an error the position is
// that of the value that failed, so that the error can be reported; reading on
// gives the same error again.
//
// The zero value reads nothing. A Reader may be copied to look ahead.
type Reader struct {
	// MaxLen, when not zero, refuses byte strings and strings longer than
	// that many bytes with ErrTooLong before touching them.
	MaxLen int

	data []byte
	pos  int
}

// NewReader reads from data, which is borrowed: slices returned by VarBytes,
// Bytes and Rest point into it.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// Offset is the position of the next value.
func (r *Reader) Offset() int { return r.pos }

// Len is the number of bytes not yet read.
func (r *Reader) Len() int { return len(r.data) - r.pos }

// Rest returns the unread bytes without consuming them.
func (r *Reader) Rest() []byte { return r.data[r.pos:len(r.data):len(r.data)] }

// Done is nil when everything has been read and ErrTrailing otherwise.
func (r *Reader) Done() error {
	if r.pos < len(r.data) {
		return &Error{What: fmt.Sprintf("%d byte(s)", r.Len()), Offset: r.pos, Err: ErrTrailing}
	}
	return nil
}

// Byte reads one byte.
func (r *Reader) Byte() (byte, error) {
	if r.pos >= len(r.data) {
		return 0, &Error{What: "byte", Offset: r.pos, Err: ErrTruncated}
	}
	b := r.data[r.pos]
	r.pos++
	return b, nil
}

// Bytes reads exactly n bytes.
func (r *Reader) Bytes(n int) ([]byte, error) {
	if n < 0 || n > r.Len() {
		return nil, &Error{What: fmt.Sprintf("%d bytes", n), Offset: r.pos, Err: ErrTruncated}
	}
	b := r.data[r.pos : r.pos+n : r.pos+n]
	r.pos += n
	return b, nil
}

// Uvarint reads an unsigned integer up to [MaxSafeInteger].
func (r *Reader) Uvarint() (uint64, error) {
	if r.pos < len(r.data) && r.data[r.pos] < 0x80 {
		v := uint64(r.data[r.pos])
		r.pos++
		return v, nil
	}
	v, n, err := tail(r.data[r.pos:], 0, 0)
	if err != nil {
		return 0, &Error{What: "uint", Offset: r.pos, Err: err}
	}
	r.pos += n
	return v, nil
}

// Varint reads a signed integer. A negative zero reads as zero.
func (r *Reader) Varint() (int64, error) {
	m, negative, err := r.SignMagnitude()
	if negative {
		return -int64(m), err
	}
	return int64(m), err
}

// SignMagnitude reads a signed integer and keeps the sign of a zero.
func (r *Reader) SignMagnitude() (magnitude uint64, negative bool, err error) {
	if r.pos >= len(r.data) {
		return 0, false, &Error{What: "int", Offset: r.pos, Err: ErrTruncated}
	}
	b := r.data[r.pos]
	magnitude, negative = uint64(b&0x3f), b&0x40 != 0
	if b < 0x80 {
		r.pos++
		return magnitude, negative, nil
	}
	magnitude, n, err := tail(r.data[r.pos+1:], magnitude, 6)
	if err != nil {
		return 0, false, &Error{What: "int", Offset: r.pos, Err: err}
	}
	r.pos += 1 + n
	return magnitude, negative, nil
}

// tail reads groups of seven bits from b on top of v, whose lower bits are
// already known, and returns the value with the number of bytes read.
func tail(b []byte, v uint64, shift uint) (uint64, int, error) {
	for i, c := range b {
		if shift > 56 {
			return 0, 0, ErrRange
		}
		v |= uint64(c&0x7f) << shift
		if v > MaxSafeInteger {
			return 0, 0, ErrRange
		}
		if c < 0x80 {
			return v, i + 1, nil
		}
		shift += 7
	}
	return 0, 0, ErrTruncated
}

// VarBytes reads a length and that many bytes. The result points into the
// reader's data.
func (r *Reader) VarBytes() ([]byte, error) { return r.varBytes("bytes") }

// VarString reads a length in bytes and that many bytes of UTF-8.
func (r *Reader) VarString() (string, error) {
	start := r.pos
	b, err := r.varBytes("string")
	if err != nil {
		return "", err
	}
	if !utf8.Valid(b) {
		r.pos = start
		return "", &Error{What: "string", Offset: start, Err: ErrUTF8}
	}
	return string(b), nil
}

func (r *Reader) varBytes(what string) ([]byte, error) {
	start := r.pos
	n, err := r.Uvarint()
	switch {
	case err != nil:
		err = errors.Unwrap(err)
	case r.MaxLen > 0 && n > uint64(r.MaxLen):
		err = ErrTooLong
	case n > uint64(r.Len()):
		err = ErrTruncated
	default:
		b := r.data[r.pos : r.pos+int(n) : r.pos+int(n)]
		r.pos += int(n)
		return b, nil
	}
	r.pos = start
	return nil, &Error{What: what, Offset: start, Err: err}
}
