package crdt

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Len is the number of children.
func (f XMLFragment) Len() int { return f.length() }

// Get returns the i-th child; it panics if there is none, and returns nil if it
// is no shared type.
func (f XMLFragment) Get(i int) Type {
	t, _ := f.valueAt(i).(Type)
	return t
}

// Children returns the children that are shared types: XMLElement, XMLText, or a
// Map for what Yjs calls a hook (see Map.HookName).
func (f XMLFragment) Children() []Type {
	var out []Type
	f.eachValue(func(v any) bool {
		if t, ok := v.(Type); ok {
			out = append(out, t)
		}
		return true
	})
	return out
}

// Element returns the i-th child if that is an element; it panics if there is no
// i-th.
func (f XMLFragment) Element(i int) (XMLElement, bool) {
	e, ok := f.valueAt(i).(XMLElement)
	return e, ok
}

// Text returns the i-th child if that is a text; it panics if there is no i-th.
func (f XMLFragment) Text(i int) (XMLText, bool) {
	t, ok := f.valueAt(i).(XMLText)
	return t, ok
}

// NextSibling is the shared type behind this one in its fragment; nil at the end,
// and once the element is deleted.
func (e XMLElement) NextSibling() Type { return e.sibling(true) }

// PrevSibling is the shared type in front of this one in its fragment; nil at the
// start, and once the element is deleted.
func (e XMLElement) PrevSibling() Type { return e.sibling(false) }

// NextSibling is the shared type behind this one in its fragment; nil at the end,
// and once the text is deleted.
func (t XMLText) NextSibling() Type { return t.sibling(true) }

// PrevSibling is the shared type in front of this one in its fragment; nil at the
// start, and once the text is deleted.
func (t XMLText) PrevSibling() Type { return t.sibling(false) }

func (h handle) sibling(rightward bool) Type {
	d := h.d
	if d.typeDeleted(h.typ) {
		return nil
	}
	for r := d.types[h.typ].item; r != 0; {
		if it := d.at(r); rightward {
			r = it.right
		} else {
			r = it.left
		}
		if r == 0 {
			break
		}
		if it := d.at(r); !it.deleted() && it.kind() == kindType {
			return d.handle(it.off)
		}
	}
	return nil
}

// Insert inserts new elements and texts (NewXMLElement, NewXMLText) in front of
// position i; it panics if that is out of range.
func (f XMLFragment) Insert(tx *Tx, i int, children ...Prelim) {
	f.insertValues(tx, i, prelims(children), nil)
}

// Push appends new elements and texts.
func (f XMLFragment) Push(tx *Tx, children ...Prelim) { f.Insert(tx, f.length(), children...) }

// InsertAfter inserts new elements and texts right behind child, or in front of
// everything if child is nil. It panics if child is not, or no longer, in f.
func (f XMLFragment) InsertAfter(tx *Tx, child Type, children ...Prelim) {
	if !f.check(tx) || len(children) == 0 {
		return
	}
	d := f.d
	seq := d.types[f.typ].seq
	at := spot{list: seq, right: d.lists[seq].head}
	if child != nil {
		c := child.ref()
		if c.d != d || d.typeDeleted(c.typ) || d.types[c.typ].item == 0 || d.at(d.types[c.typ].item).list != seq {
			panic("crdt: InsertAfter something that is not in the fragment")
		}
		at.left = d.types[c.typ].item
		at.right = d.at(at.left).right
	}
	f.insertAfter(tx, at, prelims(children), nil)
}

func prelims(children []Prelim) []any {
	values := make([]any, len(children))
	for i, c := range children {
		values[i] = c
	}
	return values
}

// InsertElement inserts a new element in front of position i and returns it.
func (f XMLFragment) InsertElement(tx *Tx, i int, name string) XMLElement {
	h := handle{d: f.d}
	f.insertValues(tx, i, []any{NewXMLElement(name)}, func(t uint32) { h.typ = t })
	return XMLElement{XMLFragment{h}}
}

// InsertText inserts a new text in front of position i and returns it.
func (f XMLFragment) InsertText(tx *Tx, i int) XMLText {
	h := handle{d: f.d}
	f.insertValues(tx, i, []any{NewXMLText("")}, func(t uint32) { h.typ = t })
	return XMLText{Text{h}}
}

// Delete deletes n children from position i on; it panics if they are not there.
func (f XMLFragment) Delete(tx *Tx, i, n int) { f.deleteRange(tx, i, n) }

// String returns the XML as Yjs's toString does: names in lower case, nothing
// escaped. It is for showing and comparing, not for browsers.
func (f XMLFragment) String() string {
	var sb strings.Builder
	f.write(&sb, 0)
	return sb.String()
}

// conversionDepth bounds how deeply nested types are converted; deeper ones
// come out empty. Changes have no such bound.
const conversionDepth = 10_000

func (f XMLFragment) write(sb *strings.Builder, depth int) {
	if depth > conversionDepth {
		return
	}
	f.eachValue(func(v any) bool {
		switch v := v.(type) {
		case XMLElement:
			v.write(sb, depth+1)
		case XMLFragment:
			v.write(sb, depth+1)
		case fmt.Stringer:
			sb.WriteString(v.String())
		case Map:
			sb.WriteString("[object Object]")
		default:
			sb.WriteString(jsString(v))
		}
		return true
	})
}

// Name is the name of the element, e.g. "paragraph".
func (e XMLElement) Name() string { return e.d.keys[e.d.types[e.typ].name] }

// Attributes returns all attributes, in a map of the caller's own.
func (e XMLElement) Attributes() map[string]any { return e.attributes() }

// Attribute returns one attribute; false if there is none of that name.
func (e XMLElement) Attribute(key string) (any, bool) { return e.get(key) }

// HasAttribute reports whether the element has an attribute.
func (e XMLElement) HasAttribute(key string) bool { return e.current(key) != 0 }

// AttributeString returns an attribute that is a string; false if there is none or
// it is something else.
func (e XMLElement) AttributeString(key string) (string, bool) {
	v, _ := e.get(key)
	s, ok := v.(string)
	return s, ok
}

// SetAttribute sets an attribute. XML attributes are strings by convention;
// editors store other values too.
func (e XMLElement) SetAttribute(tx *Tx, key string, v any) { e.set(tx, key, v) }

// RemoveAttribute removes an attribute; without effect if there is none.
func (e XMLElement) RemoveAttribute(tx *Tx, key string) { e.unset(tx, key) }

func (h handle) attributes() map[string]any {
	m := map[string]any{}
	h.entries(func(k string, it *item) bool { m[k] = h.d.value(it); return true })
	return m
}

// String returns the element as Yjs's toString does.
func (e XMLElement) String() string {
	var sb strings.Builder
	e.write(&sb, 0)
	return sb.String()
}

func (e XMLElement) write(sb *strings.Builder, depth int) {
	name := strings.ToLower(e.Name())
	sb.WriteString("<" + name)
	attrs := e.attributes()
	keys := sortedKeys(attrs)
	slices.SortFunc(keys, compareUTF16)
	for _, k := range keys {
		sb.WriteString(" " + k + `="` + jsString(attrs[k]) + `"`)
	}
	sb.WriteByte('>')
	e.XMLFragment.write(sb, depth)
	sb.WriteString("</" + name + ">")
}

// String returns the text with its formatting as elements, as Yjs's toString does.
func (t XMLText) String() string {
	var sb strings.Builder
	for _, op := range t.ToDelta() {
		names := sortedKeys(op.Attributes)
		slices.SortFunc(names, compareUTF16)
		for _, name := range names {
			sb.WriteString("<" + name)
			attrs := members(op.Attributes[name])
			keys := sortedKeys(attrs)
			slices.SortFunc(keys, compareUTF16)
			for _, k := range keys {
				sb.WriteString(" " + k + `="` + jsString(attrs[k]) + `"`)
			}
			sb.WriteByte('>')
		}
		if s, ok := op.Insert.(fmt.Stringer); ok {
			sb.WriteString(s.String())
		} else {
			sb.WriteString(jsString(op.Insert))
		}
		for _, name := range slices.Backward(names) {
			sb.WriteString("</" + name + ">")
		}
	}
	return sb.String()
}

// members is what JavaScript's for-in visits: entries of an object, elements of
// an array, code units of a string.
func members(v any) map[string]any {
	m := map[string]any{}
	switch v := v.(type) {
	case map[string]any:
		return v
	case []any:
		for i, x := range v {
			m[strconv.Itoa(i)] = x
		}
	case string:
		b := []byte(v)
		for i := range utf16Len(b) {
			m[strconv.Itoa(i)] = sliceUTF16(b, i, 1)
		}
	}
	return m
}

// compareUTF16 orders strings as JavaScript does, by UTF-16 code units.
func compareUTF16(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] {
			// UTF-8 and UTF-16 differ only where surrogates meet U+E000..U+FFFF.
			x, y := a[i], b[i]
			if x >= 0xee && y >= 0xf0 && x < 0xf0 {
				return 1
			}
			if y >= 0xee && x >= 0xf0 && y < 0xf0 {
				return -1
			}
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

// jsString is JavaScript's String(v).
func jsString(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		switch {
		case math.IsNaN(v):
			return "NaN"
		case math.IsInf(v, 1):
			return "Infinity"
		case math.IsInf(v, -1):
			return "-Infinity"
		}
		return string(appendJSNumber(nil, v))
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			if x != nil && x != Undefined {
				parts[i] = jsString(x)
			}
		}
		return strings.Join(parts, ",")
	case Text:
		return v.String()
	case XMLText:
		return v.String()
	case XMLElement:
		return v.String()
	case XMLFragment:
		return v.String()
	case map[string]any, Map, Array, Subdoc:
		return "[object Object]"
	case []byte:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = strconv.Itoa(int(x))
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v)
}
