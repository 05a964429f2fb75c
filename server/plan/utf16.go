package plan

import (
	"cmp"
	"unicode/utf16"
	"unicode/utf8"
)

// compareUTF16 orders strings by their UTF-16 code units, as JavaScript does.
// It differs from comparing bytes only where a character above U+FFFF meets one
// from U+E000 to U+FFFF.
func compareUTF16(a, b string) int {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			return cmp.Compare(utf16Rank(ra), utf16Rank(rb))
		}
		a, b = a[na:], b[nb:]
	}
	return cmp.Compare(len(a), len(b))
}

// utf16Rank maps a character to a number that sorts as its code units do:
// surrogate pairs lie below U+E000.
func utf16Rank(r rune) rune {
	switch {
	case r >= 0x10000:
		return r - 0x10000 + 0xE000
	case r >= 0xE000:
		return r + 0x100000
	}
	return r
}

// lenUTF16 is the length of s in UTF-16 code units.
func lenUTF16(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// sliceUTF16 returns units from up to upTo of s; bounds are cut to what is
// there. A bound inside a surrogate pair moves left, so that no half is kept.
func sliceUTF16(s string, from, upTo int) string {
	return s[byteAt(s, from):byteAt(s, upTo)]
}

// byteAt returns the byte offset of the character that holds UTF-16 unit n.
func byteAt(s string, n int) int {
	units := 0
	for i, r := range s {
		next := units + max(utf16.RuneLen(r), 1)
		if next > n {
			return i
		}
		units = next
	}
	return len(s)
}
