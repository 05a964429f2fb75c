package plan

import (
	"errors"
	"strings"
)

// ordDigits are the digits of an ordering key, in their sort order, which is
// also the order of their bytes and of their UTF-16 code units.
const ordDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

const ordBase = len(ordDigits)

// ErrOrd means that two keys leave no room for a key between them: they are
// equal, the wrong way round, or not keys at all. The caller moves to strict
// neighbours or rewrites the keys of that list; nothing was written.
var ErrOrd = errors.New("no ordering key fits between the two neighbours")

// ValidOrd reports whether key is an ordering key as Between makes them: at
// least one digit of 0-9A-Za-z, the last not "0" (so that a key below it always
// exists).
func ValidOrd(key string) bool {
	if key == "" || key[len(key)-1] == '0' {
		return false
	}
	for i := range len(key) {
		if digitOf(key[i]) < 0 {
			return false
		}
	}
	return true
}

// Between returns a key that sorts strictly between a and b; an empty string is
// an open end. The same pair always gives the same key, so two people who
// insert at one place make equal keys, and readers order those by node id.
//
// Appending raises a digit and cuts the rest, so a list that only grows at one
// end gains a character about every thirty entries.
//
// ErrOrd: see there. frontend/src/plan/ord.ts holds the same algorithm, and
// testdata/plan/ord.json is checked against both.
func Between(a, b string) (string, error) {
	if a != "" && !ValidOrd(a) || b != "" && !ValidOrd(b) || a != "" && b != "" && a >= b {
		return "", ErrOrd
	}
	switch {
	case b == "":
		return ordAfter(a), nil
	case a == "":
		return ordBefore(b), nil
	}
	n := 0
	for n < len(a) && a[n] == b[n] {
		n++
	}
	common, a, b := b[:n], a[n:], b[n:]
	if a == "" {
		return common + ordBefore(b), nil
	}
	low, high := digitOf(a[0]), digitOf(b[0])
	if high-low > 1 {
		return common + ordDigits[(low+high)/2:][:1], nil
	}
	if len(b) > 1 {
		return common + b[:1], nil // shorter than b, so before it; its first digit is above a's
	}
	return common + a[:1] + ordAfter(a[1:]), nil
}

// Spread returns n keys in ascending order, evenly spaced, all of the shortest
// width that leaves room before, between and after them.
func Spread(n int) []string {
	width, space := 1, ordBase
	for space <= n {
		width, space = width+1, space*ordBase
	}
	keys := make([]string, 0, n)
	for i := 1; i <= n; i++ {
		digits := make([]byte, width)
		for at, rest := width-1, i*space/(n+1); at >= 0; at, rest = at-1, rest/ordBase {
			digits[at] = ordDigits[rest%ordBase]
		}
		keys = append(keys, strings.TrimRight(string(digits), "0"))
	}
	return keys
}

// ordAfter returns a short key above a; "" gives the middle of the space.
func ordAfter(a string) string {
	for i := range len(a) {
		if d := digitOf(a[i]); d < ordBase-1 {
			return a[:i] + ordDigits[d+1:][:1]
		}
	}
	return a + "V"
}

// ordBefore returns a short key below b, which is not empty.
func ordBefore(b string) string {
	i := 0
	for b[i] == '0' { // ends: a key has a digit that is not 0
		i++
	}
	if d := digitOf(b[i]); d > 1 {
		return b[:i] + ordDigits[d-1:][:1]
	}
	return b[:i] + "0V"
}

func digitOf(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'Z':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 36
	}
	return -1
}
