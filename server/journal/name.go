package journal

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxDocNameBytes bounds a document's name.
const MaxDocNameBytes = 200

// Shards is how many streams the documents are spread over. It is part of the
// storage format: a document's stream follows from its name.
const Shards = 16

// CheckDocName says whether name can be a document: 1 to MaxDocNameBytes bytes
// of printable UTF-8. Anything printable is allowed, spaces and dots included.
func CheckDocName(name string) error {
	switch {
	case name == "":
		return fmt.Errorf("document name is empty")
	case len(name) > MaxDocNameBytes:
		return fmt.Errorf("document name of %d bytes is longer than %d", len(name), MaxDocNameBytes)
	case !utf8.ValidString(name):
		return fmt.Errorf("document name %q is not UTF-8", name)
	}
	for i, r := range name {
		if !unicode.IsPrint(r) {
			return fmt.Errorf("document name %q: character %U at byte %d is not printable", name, r, i)
		}
	}
	return nil
}

// place is where a document lives: its shard and its two subject tokens.
type place struct {
	doc   string
	shard int
	path  string // <shard>.<group>.<rest>, without the leading "plan." or "live."
}

// noRest marks a document without a second part. escape never yields it.
const noRest = "="

// placeOf maps a document name to its place. A plan and its private mirrors
// (plan/<id>, plan/<id>/seller) share a shard and a group, so that a plan can
// be purged or listed as one.
func placeOf(doc string) (place, error) {
	if err := CheckDocName(doc); err != nil {
		return place{}, err
	}
	group, rest := doc, noRest
	if tail, ok := strings.CutPrefix(doc, "plan/"); ok {
		if id, sub, ok := strings.Cut(tail, "/"); ok {
			group, rest = "plan/"+id, escapeToken(sub)
		}
	}
	h := fnv.New64a()
	h.Write([]byte(group))
	shard := int(h.Sum64() % Shards)
	return place{doc: doc, shard: shard, path: fmt.Sprintf("%02d.%s.%s", shard, escapeToken(group), rest)}, nil
}

func (p place) subject() string  { return "plan." + p.path }
func (p place) live() string     { return "live." + p.path }
func (p place) presence() string { return "presence." + p.path }
func (p place) stream() string   { return streamName(p.shard) }

// tokens is the document's own part of its subjects, unique across shards.
func (p place) tokens() string { return p.path[3:] }

func streamName(shard int) string { return fmt.Sprintf("PLANS_%02d", shard) }

// docOf is the inverse of place.subject and place.live.
func docOf(subject string) (string, error) {
	t := strings.Split(subject, ".")
	if len(t) != 4 {
		return "", fmt.Errorf("subject %q is not a document's", subject)
	}
	group, err := unescapeToken(t[2])
	if err != nil {
		return "", fmt.Errorf("subject %q: %w", subject, err)
	}
	if t[3] == noRest {
		return group, nil
	}
	rest, err := unescapeToken(t[3])
	if err != nil {
		return "", fmt.Errorf("subject %q: %w", subject, err)
	}
	return group + "/" + rest, nil
}

const hexDigits = "0123456789ABCDEF"

// escapeToken makes one subject token of any string: letters, digits, '-' and
// '_' stand for themselves, other bytes become =XX; the empty string is "==".
func escapeToken(s string) string {
	if s == "" {
		return "=="
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; plainByte(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('=')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
	return b.String()
}

func plainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func unescapeToken(t string) (string, error) {
	if t == "==" {
		return "", nil
	}
	if t == "" {
		return "", fmt.Errorf("empty token")
	}
	var b strings.Builder
	for i := 0; i < len(t); i++ {
		c := t[i]
		if plainByte(c) {
			b.WriteByte(c)
			continue
		}
		if c != '=' || i+2 >= len(t) {
			return "", fmt.Errorf("token %q is not escaped as documents are", t)
		}
		hi, lo := strings.IndexByte(hexDigits, t[i+1]), strings.IndexByte(hexDigits, t[i+2])
		if hi < 0 || lo < 0 || plainByte(byte(hi<<4|lo)) {
			return "", fmt.Errorf("token %q is not escaped as documents are", t)
		}
		b.WriteByte(byte(hi<<4 | lo))
		i += 2
	}
	return b.String(), nil
}
