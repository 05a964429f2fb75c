package plan

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"regexp"
	"slices"
	"strings"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// Rich text is held the way y-prosemirror and y-tiptap hold it, so that an
// editor and the server can write the same fragment:
//
//   - a ProseMirror element is a Y.XmlElement of the same name, its attributes
//     kept as values, null ones left out;
//   - a run of text nodes is one Y.XmlText, a mark being a format whose key is
//     the mark's name and whose value is the mark's attributes ({} for bold);
//   - a mark that may overlap with others of its own type (comment) is keyed
//     name--hash, see commentKey.

const (
	elemParagraph = "paragraph"
	elemHeading   = "heading"
	elemHardBreak = "hardBreak"
	elemRule      = "horizontalRule"
	typeText      = "text"
	markComment   = "comment"
	markAttrID    = "id"
)

// Paragraph is a paragraph of plain text.
func Paragraph(text string) Rich {
	p := Rich{Type: elemParagraph}
	if text != "" {
		p.Content = []Rich{{Type: typeText, Text: text}}
	}
	return p
}

// Heading is a heading of the given level, 1 being the largest.
func Heading(level int, text string) Rich {
	h := Paragraph(text)
	h.Type, h.Attrs = elemHeading, map[string]any{"level": level}
	return h
}

// List is a bullet list with one paragraph per item.
func List(items ...string) Rich {
	l := Rich{Type: "bulletList"}
	for _, item := range items {
		l.Content = append(l.Content, Rich{Type: "listItem", Content: []Rich{Paragraph(item)}})
	}
	return l
}

// WriteRich appends content to a fragment. Text blocks get a Y.XmlText even
// when they are empty: two people who start typing in one at the same moment
// then write into one text.
func WriteRich(tx *crdt.Tx, to crdt.XMLFragment, content []Rich) {
	for _, r := range content {
		if r.Type == typeText {
			continue // ProseMirror has no text outside a block
		}
		writeRichElement(tx, to.InsertElement(tx, to.Len(), r.Type), r)
	}
}

func writeRichElement(tx *crdt.Tx, e crdt.XMLElement, r Rich) {
	for _, k := range sortedKeys(r.Attrs) {
		if r.Attrs[k] != nil {
			e.SetAttribute(tx, k, r.Attrs[k])
		}
	}
	if len(r.Content) == 0 && (r.Type == elemParagraph || r.Type == elemHeading) {
		e.InsertText(tx, 0)
		return
	}
	var run crdt.XMLText // the text the previous text node went to
	for _, c := range r.Content {
		if c.Type != typeText {
			run = crdt.XMLText{}
			writeRichElement(tx, e.InsertElement(tx, e.Len(), c.Type), c)
			continue
		}
		if run.IsZero() {
			run = e.InsertText(tx, e.Len())
		}
		// Naming every format makes the text inherit none of its neighbour's.
		formats := map[string]any{}
		for k := range textFormats(run) {
			formats[k] = nil
		}
		for _, m := range c.Marks {
			formats[markKey(m)] = markValue(m)
		}
		run.Insert(tx, run.Len(), c.Text, formats)
	}
}

// textFormats returns the keys of all formats used in t.
func textFormats(t crdt.XMLText) map[string]bool {
	keys := map[string]bool{}
	for _, op := range t.ToDelta() {
		for k := range op.Attributes {
			keys[k] = true
		}
	}
	return keys
}

// markKey returns the formatting key of a mark.
func markKey(m Mark) string {
	if id, ok := m.Attrs[markAttrID].(string); m.Type == markComment && ok {
		return commentKey(id)
	}
	return m.Type
}

func markValue(m Mark) map[string]any {
	if m.Attrs == nil {
		return map[string]any{}
	}
	return m.Attrs
}

// commentKey returns the formatting key of the mark comment{id}.
//
// Marks that do not exclude their own type would overwrite each other under one
// key, so y-tiptap appends eight characters to the name: the SHA-256 digest of
// the lib0 encoding of the mark's JSON, {"type":"comment","attrs":{"id":id}},
// folded by exclusive-or to six bytes, in base64. An editor re-encodes the text
// it changes under the key it computes itself; this is the same key, so that a
// mark written here and rewritten there stays one mark. It holds as long as id
// is the mark's only attribute.
//
// Source: y-tiptap 3.0, marksToAttributes and hashOfJSON.
func commentKey(id string) string {
	const object, str = 118, 119 // lib0 encoding.writeAny
	b := append([]byte{object}, 2)
	b = lib0.AppendVarString(b, "type")
	b = lib0.AppendVarString(append(b, str), markComment)
	b = lib0.AppendVarString(b, "attrs")
	b = append(b, object, 1)
	b = lib0.AppendVarString(b, markAttrID)
	b = lib0.AppendVarString(append(b, str), id)
	digest := sha256.Sum256(b)
	var folded [6]byte
	for i, d := range digest {
		folded[i%len(folded)] ^= d
	}
	return markComment + "--" + base64.StdEncoding.EncodeToString(folded[:])
}

// hashedMark matches the key of an overlapping mark, as y-tiptap reads it.
var hashedMark = regexp.MustCompile(`^(.*)--[a-zA-Z0-9+/=]{8}$`)

func markName(key string) string {
	if m := hashedMark.FindStringSubmatch(key); m != nil {
		return m[1]
	}
	return key
}

// ReadRich reads a fragment. It takes whatever is there: what rich text cannot
// hold (embeds, unknown values) is left out.
func ReadRich(f crdt.XMLFragment) []Rich {
	return readRichChildren(f.Children())
}

func readRichChildren(children []crdt.Type) []Rich {
	out := []Rich{}
	for _, c := range children {
		switch c := c.(type) {
		case crdt.XMLText:
			out = append(out, readRichText(c)...)
		case crdt.XMLElement:
			r := Rich{Type: c.Name(), Attrs: jsonObject(c.Attributes())}
			if content := readRichChildren(c.Children()); len(content) > 0 {
				r.Content = content
			}
			out = append(out, r)
		}
	}
	return out
}

func readRichText(t crdt.XMLText) []Rich {
	var out []Rich
	for _, op := range t.ToDelta() {
		text, ok := op.Insert.(string)
		if !ok || text == "" {
			continue
		}
		r := Rich{Type: typeText, Text: text}
		for _, key := range sortedKeys(op.Attributes) {
			value := op.Attributes[key]
			if value == nil {
				continue
			}
			m := Mark{Type: markName(key)}
			if attrs, ok := value.(map[string]any); ok {
				m.Attrs = jsonObject(attrs)
			}
			r.Marks = append(r.Marks, m)
		}
		out = append(out, r)
	}
	return out
}

// RichText returns the words of rich text, one line per text block, nothing
// trimmed. A block that holds a text or a hard break is one line of all words
// within it, the break being a line end; other blocks give the lines of their
// children; an empty block is an empty line, a horizontal rule none.
func RichText(content []Rich) string {
	return strings.Join(appendRichLines(nil, content), "\n")
}

func appendRichLines(lines []string, content []Rich) []string {
	for _, c := range content {
		if c.Type == typeText || c.Type == elemHardBreak {
			var b strings.Builder
			writeInline(&b, content)
			return append(lines, b.String())
		}
	}
	for _, c := range content {
		switch {
		case c.Type == elemRule:
		case len(c.Content) == 0:
			lines = append(lines, "")
		default:
			lines = appendRichLines(lines, c.Content)
		}
	}
	return lines
}

func writeInline(b *strings.Builder, content []Rich) {
	for _, c := range content {
		switch c.Type {
		case typeText:
			b.WriteString(c.Text)
		case elemHardBreak:
			b.WriteByte('\n')
		default:
			writeInline(b, c.Content)
		}
	}
}

// jsonObject returns the entries of m that JSON can hold, nulls left out; nil
// when none are left.
func jsonObject(m map[string]any) map[string]any {
	var out map[string]any
	for k, v := range m {
		if v, ok := jsonValue(v); ok && v != nil {
			if out == nil {
				out = map[string]any{}
			}
			out[k] = v
		}
	}
	return out
}

// jsonValue returns v as JSON would hold it; false when it cannot.
func jsonValue(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool, string, int64, int:
		return v, true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case []any:
		out := []any{}
		for _, item := range v {
			if item, ok := jsonValue(item); ok {
				out = append(out, item)
			}
		}
		return out, true
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			if item, ok := jsonValue(item); ok {
				out[k] = item
			}
		}
		return out, true
	}
	return nil, false
}

// sortedKeys returns the keys of m in UTF-16 order.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareUTF16)
	return keys
}

// IsCommentMark reports whether a formatting key is that of a comment mark.
func IsCommentMark(key string) bool { return markName(key) == markComment }
