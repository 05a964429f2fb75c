package plan

import (
	"strings"

	"coplan/crdt"
)

// A comment on words is a mark over them. Positions in the document would get
// lost when a paragraph is split, joined or turned into a heading, since an
// editor then re-creates its text; a mark is carried along. The quote and what
// stood around it are kept too, to say what an orphaned thread was about.

// richField returns the rich text called field ("summary", or "note" of a node).
func richField(d *crdt.Doc, field, node string) (crdt.XMLFragment, bool) {
	switch field {
	case RootSummary:
		return d.XMLFragment(RootSummary), true
	case NodeNote:
		m, ok := d.Map(RootNodes).Map(node)
		if !ok {
			return crdt.XMLFragment{}, false
		}
		return m.XMLFragment(NodeNote)
	}
	return crdt.XMLFragment{}, false
}

// markedComments returns the ids of the comments marked in the text that a is
// about.
func markedComments(d *crdt.Doc, a ThreadTarget) map[string]bool {
	ids := map[string]bool{}
	if f, ok := richField(d, a.Field, a.Node); ok {
		eachText(f.Children(), func(t crdt.XMLText) {
			for _, op := range t.ToDelta() {
				for key, value := range op.Attributes {
					if id, ok := commentOf(key, value); ok {
						ids[id] = true
					}
				}
			}
		})
	}
	return ids
}

// commentOf returns the thread id of a format, if it is a comment mark.
func commentOf(key string, value any) (string, bool) {
	if markName(key) != markComment {
		return "", false
	}
	attrs, _ := value.(map[string]any)
	id, ok := attrs[markAttrID].(string)
	return id, ok
}

// unmark removes the mark of the given thread from f.
func unmark(tx *crdt.Tx, f crdt.XMLFragment, thread string) {
	eachText(f.Children(), func(t crdt.XMLText) {
		at := 0
		for _, op := range t.ToDelta() {
			n := 1
			if s, ok := op.Insert.(string); ok {
				n = lenUTF16(s)
			}
			for key, value := range op.Attributes {
				if id, ok := commentOf(key, value); ok && id == thread {
					t.Format(tx, at, n, map[string]any{key: nil})
				}
			}
			at += n
		}
	})
}

func eachText(children []crdt.Type, fn func(t crdt.XMLText)) {
	for _, c := range children {
		switch c := c.(type) {
		case crdt.XMLText:
			fn(c)
		case crdt.XMLElement:
			eachText(c.Children(), fn)
		}
	}
}

// layout is rich text laid out as the string RichText gives, with the way back:
// which text type, and where in it, each part of the string comes from. All
// numbers count UTF-16 code units.
type layout struct {
	words  string
	length int
	parts  []part
	// boundaries holds, for every element and the fragment itself, the place in
	// words before each of its children and after the last.
	boundaries map[crdt.Type][]int
	lines      int
}

// part is a stretch of words that lies in one text type.
type part struct {
	text  crdt.XMLText
	index int // where it begins in text
	at    int // where it begins in words
	n     int
}

func layOut(f crdt.XMLFragment) *layout {
	l := &layout{boundaries: map[crdt.Type][]int{}}
	var b strings.Builder
	l.block(&b, f, f.Children())
	l.words = b.String()
	return l
}

// block lays out what stands in a block (or in the fragment), which is one line
// when it holds words or breaks itself.
func (l *layout) block(b *strings.Builder, self crdt.Type, children []crdt.Type) {
	for _, c := range children {
		if startsLine(c) {
			l.newLine(b)
			l.inline(b, self, children)
			return
		}
	}
	var bounds []int
	for _, c := range children {
		bounds = append(bounds, l.length)
		switch c := c.(type) {
		case crdt.XMLText: // empty
			l.parts = append(l.parts, part{text: c, at: l.length})
		case crdt.XMLElement:
			if c.Name() == elemRule {
				continue
			}
			grandchildren := c.Children()
			if len(readRichChildren(grandchildren)) == 0 {
				l.newLine(b)
			}
			l.block(b, c, grandchildren)
		}
	}
	l.boundaries[self] = append(bounds, l.length)
}

func startsLine(c crdt.Type) bool {
	switch c := c.(type) {
	case crdt.XMLText:
		return deltaText(c.ToDelta()) != ""
	case crdt.XMLElement:
		return c.Name() == elemHardBreak
	}
	return false
}

func (l *layout) newLine(b *strings.Builder) {
	if l.lines > 0 {
		l.write(b, "\n")
	}
	l.lines++
}

func (l *layout) inline(b *strings.Builder, self crdt.Type, children []crdt.Type) {
	var bounds []int
	for _, c := range children {
		bounds = append(bounds, l.length)
		switch c := c.(type) {
		case crdt.XMLText:
			l.text(b, c)
		case crdt.XMLElement:
			if c.Name() == elemHardBreak {
				l.write(b, "\n")
			} else {
				l.inline(b, c, c.Children())
			}
		}
	}
	l.boundaries[self] = append(bounds, l.length)
}

func (l *layout) text(b *strings.Builder, t crdt.XMLText) {
	p := part{text: t, at: l.length}
	index := 0
	for _, op := range t.ToDelta() {
		s, ok := op.Insert.(string)
		if !ok { // an embed takes a place in the text and none in the words
			l.parts = append(l.parts, p)
			index++
			p = part{text: t, index: index, at: l.length}
			continue
		}
		n := lenUTF16(s)
		l.write(b, s)
		index += n
		p.n += n
	}
	l.parts = append(l.parts, p)
}

func (l *layout) write(b *strings.Builder, s string) {
	b.WriteString(s)
	l.length += lenUTF16(s)
}

// place returns where in words a resolved position is.
func (l *layout) place(t crdt.Type, index int) (int, bool) {
	if bounds, ok := l.boundaries[t]; ok {
		return bounds[max(0, min(index, len(bounds)-1))], true
	}
	text, ok := t.(crdt.XMLText)
	if !ok {
		return 0, false
	}
	place, found := 0, false
	for _, p := range l.parts {
		if p.text == text && (!found || p.index <= index) {
			place, found = p.at+max(0, min(index-p.index, p.n)), true
		}
	}
	return place, found
}

// find looks for quote in words and returns where it begins and ends. Of several
// places it takes the one whose surroundings fit best, the first of equals.
func (l *layout) find(quote, prefix, suffix string) (from, to int, ok bool) {
	if quote == "" {
		return 0, 0, false
	}
	best := -1
	for at := 0; ; {
		i := strings.Index(l.words[at:], quote)
		if i < 0 {
			break
		}
		i += at
		fit := commonSuffix(l.words[:i], prefix) + commonPrefix(l.words[i+len(quote):], suffix)
		if fit > best {
			best, from = fit, lenUTF16(l.words[:i])
		}
		at = i + 1
	}
	return from, from + lenUTF16(quote), best >= 0
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// mark puts the mark of a thread on words from upTo to, leaving marks that are
// there in place.
func (l *layout) mark(tx *crdt.Tx, from, to int, thread string) {
	format := map[string]any{commentKey(thread): map[string]any{markAttrID: thread}}
	for _, p := range l.parts {
		begin, end := max(from, p.at), min(to, p.at+p.n)
		if begin < end {
			p.text.Format(tx, p.index+begin-p.at, end-begin, format)
		}
	}
}

// marks reports whether anything between from and to can carry a mark: a range
// that holds line ends only cannot.
func (l *layout) marks(from, to int) bool {
	for _, p := range l.parts {
		if max(from, p.at) < min(to, p.at+p.n) {
			return true
		}
	}
	return false
}
