package crdt

import "fmt"

// Type is a shared type: Text, Map, Array, XMLFragment, XMLElement or XMLText.
// Such a handle is a small value that names the type; copies name the same one.
// Handles are comparable with ==.
//
// A handle stays safe to use after its type is deleted: it reads as empty then,
// and changes to it have no effect.
type Type interface {
	// Doc is the document the type belongs to.
	Doc() *Doc
	// ID is the id of the item that holds the type; zero for roots, and once the
	// type was deleted and collected.
	ID() ID
	// IsZero reports whether this is the zero handle, which names no type.
	IsZero() bool
	// Deleted reports whether the type was deleted, alone or with a type around it.
	Deleted() bool
	// Parent is the type that holds this one; nil for roots, and once the type was
	// deleted and collected.
	Parent() Type
	// RootName is the name of the root that the type is, or is in; "" once the type
	// was deleted and collected.
	RootName() string

	ref() handle
}

type handle struct {
	d   *Doc
	typ uint32
}

func (h handle) ref() handle { return h }

// Doc is the document the type belongs to; nil for the zero handle.
func (h handle) Doc() *Doc { return h.d }

// IsZero reports whether this is the zero handle, which names no type. Only this
// and Doc may be asked of it.
func (h handle) IsZero() bool { return h.d == nil }

// Deleted reports whether the type was deleted, alone or with a type around it.
func (h handle) Deleted() bool { return h.d.typeDeleted(h.typ) }

// ID is the id of the item that holds the type, the same on every replica: to be
// found again with Doc.Type. It is zero for roots, which have a name instead, and
// once the type was deleted and collected.
func (h handle) ID() ID {
	if r := h.d.types[h.typ].item; r != 0 {
		return h.d.idOf(h.d.at(r))
	}
	return ID{}
}

// Parent is the type that holds this one; nil for roots, and once the type was
// deleted and collected.
func (h handle) Parent() Type {
	r := h.d.types[h.typ].item
	if r == 0 {
		return nil
	}
	return h.d.handle(h.d.lists[h.d.at(r).list].typ)
}

// RootName is the name of the root that the type is, or is in, however deep; ""
// once the type was deleted and collected.
func (h handle) RootName() string {
	t := h.typ
	for h.d.types[t].item != 0 {
		t = h.d.lists[h.d.at(h.d.types[t].item).list].typ
	}
	if h.d.types[t].flags&typeDead != 0 {
		return ""
	}
	return h.d.keys[h.d.types[t].name]
}

// Text is a sequence of UTF-16 code units with formatting and embedded values.
// Indexes and lengths count UTF-16 code units, as in JavaScript.
type Text struct{ handle }

// Map is a map from strings to values and shared types.
type Map struct{ handle }

// Array is a list of values and shared types.
type Array struct{ handle }

// XMLFragment is a list of XMLElement and XMLText.
type XMLFragment struct{ handle }

// XMLElement is an XMLFragment with a name and attributes. Its children are read
// and changed with the methods of XMLFragment.
type XMLElement struct{ XMLFragment }

// XMLText is text inside XML. It is edited with the methods of Text; as a string,
// its formatting becomes elements.
type XMLText struct{ Text }

// handle wraps a type in the handle of its kind.
func (d *Doc) handle(t uint32) Type {
	h := handle{d, t}
	switch d.kindOf(t) {
	case typeArray:
		return Array{h}
	case typeMap, typeHook:
		return Map{h}
	case typeText:
		return Text{h}
	case typeElement:
		return XMLElement{XMLFragment{h}}
	case typeXMLText:
		return XMLText{Text{h}}
	default:
		return XMLFragment{h}
	}
}

// kindOf is the kind of a type; for a root that only updates have mentioned, a
// guess from what it holds.
func (d *Doc) kindOf(t uint32) uint8 {
	ti := &d.types[t]
	if ti.kind != typeUnknown {
		return ti.kind
	}
	kind := uint8(typeMap)
	for r := d.lists[ti.seq].head; r != 0; {
		it := d.at(r)
		switch it.kind() {
		case kindString, kindFormat, kindEmbed:
			return typeText
		case kindType:
			if k := d.types[it.off].kind; k == typeElement || k == typeXMLText || k == typeHook {
				return typeFragment
			}
			return typeArray
		case kindDeleted:
			kind = typeArray
		default:
			return typeArray
		}
		r = it.right
	}
	if ti.slot != 0 {
		return typeMap
	}
	return kind
}

// Text returns the root text of that name. A root exists as soon as anyone asks
// for it; every replica that asks gets the same one.
func (d *Doc) Text(name string) Text { return Text{handle{d, d.root(name, typeText)}} }

// Map returns the root map of that name; see Text.
func (d *Doc) Map(name string) Map { return Map{handle{d, d.root(name, typeMap)}} }

// Array returns the root array of that name; see Text.
func (d *Doc) Array(name string) Array { return Array{handle{d, d.root(name, typeArray)}} }

// XMLFragment returns the root fragment of that name; see Text.
func (d *Doc) XMLFragment(name string) XMLFragment {
	return XMLFragment{handle{d, d.root(name, typeFragment)}}
}

// Root returns the root of that name if the document has it. The type of one
// that only updates have mentioned is guessed from its content.
func (d *Doc) Root(name string) (Type, bool) {
	k, ok := d.keyIndex[name]
	if !ok {
		return nil, false
	}
	t, ok := d.roots[k]
	if !ok {
		return nil, false
	}
	return d.handle(t), true
}

// Type finds the shared type that the item of that id holds.
func (d *Doc) Type(id ID) (Type, bool) {
	ix := d.lookup(id.Client)
	if ix == 0 || id.Clock >= uint64(d.clients[ix].next) {
		return nil, false
	}
	it := d.at(d.findItem(ix, uint32(id.Clock)))
	if it.kind() != kindType {
		return nil, false
	}
	return d.handle(it.off), true
}

// Prelim is a shared type that is in no document yet: a value for Map.Set,
// Array.Insert, XMLFragment.Insert and Text.InsertEmbed, made by NewText, NewMap,
// NewArray, NewXMLFragment, NewXMLElement, NewXMLText and NewXMLHook, with more of
// them inside as you like. It may be used more than once; each use creates a type of its own.
type Prelim struct {
	kind     uint8
	name     string
	text     string
	delta    []DeltaOp
	attrs    map[string]any
	values   []any
	children []Prelim
}

// NewText makes a Text that starts with s.
func NewText(s string) Prelim { return Prelim{kind: typeText, text: s} }

// NewMap makes a Map that starts with the given entries; of several for one key,
// the last counts.
func NewMap(entries ...map[string]any) Prelim {
	p := Prelim{kind: typeMap, attrs: map[string]any{}}
	for _, m := range entries {
		for k, v := range m {
			p.attrs[k] = v
		}
	}
	return p
}

// NewArray makes an Array that starts with values.
func NewArray(values ...any) Prelim { return Prelim{kind: typeArray, values: values} }

// NewXMLFragment makes an XMLFragment that starts with children.
func NewXMLFragment(children ...Prelim) Prelim {
	return Prelim{kind: typeFragment, children: children}
}

// NewXMLElement makes an XMLElement that starts with children.
func NewXMLElement(name string, children ...Prelim) Prelim {
	return Prelim{kind: typeElement, name: name, children: children}
}

// NewXMLHook makes what Yjs calls an XmlHook: a Map that stands among the children
// of a fragment, for something that only the named program can show.
func NewXMLHook(name string, entries ...map[string]any) Prelim {
	p := NewMap(entries...)
	p.kind, p.name = typeHook, name
	return p
}

// NewXMLText makes an XMLText that starts with s.
func NewXMLText(s string) Prelim { return Prelim{kind: typeXMLText, text: s} }

// WithAttributes returns p, an XML element or a text, with attributes to start
// with. Those of a text belong to the text as a whole (see Text.SetAttribute);
// WithDelta formats parts of it. It panics for other types, which have none.
func (p Prelim) WithAttributes(attrs map[string]any) Prelim {
	if p.kind != typeElement && p.kind != typeText && p.kind != typeXMLText {
		panic("crdt: only XML elements and texts have attributes")
	}
	p.attrs = attrs
	return p
}

// WithDelta returns p, a text, with formatted content to start with, in front of
// what it starts with otherwise. It panics for other types.
func (p Prelim) WithDelta(delta ...DeltaOp) Prelim {
	if p.kind != typeText && p.kind != typeXMLText {
		panic("crdt: only texts have a delta")
	}
	p.delta = delta
	return p
}

// place is where local content goes: behind left and before right in a list.
type spot struct {
	list        uint32
	left, right ref
}

// check panics unless tx is the open transaction of the handle's document. It
// reports whether the type still exists.
func (h handle) check(tx *Tx) bool {
	if h.d == nil {
		panic("crdt: change through a zero handle")
	}
	if tx == nil || tx.d != h.d || h.d.tx != tx {
		panic("crdt: change outside of a transaction of this document")
	}
	if !h.d.canCut() {
		panic(fmt.Errorf("crdt: local change: document full: %w", ErrLimit))
	}
	return h.d.types[h.typ].flags&typeDead == 0
}

// write integrates one local struct of the given content at a spot.
func (tx *Tx) write(at spot, kind, length uint32, content []byte, typ uint32) ref {
	d := tx.d
	if err := d.writable(at, kind, length, content); err != nil {
		panic(fmt.Errorf("crdt: local change: %w", err))
	}
	ix := d.intern(d.clientID)
	c := d.clients[ix]
	in := incoming{
		client: ix, clock: c.next, length: length,
		flags: kind, list: at.list, content: content, typ: typ,
		local: true, near: [2]ref{at.left, at.right},
	}
	if kind == kindString && len(content) == int(length) {
		in.flags |= flagASCII
	}
	if at.left != 0 {
		l := d.at(at.left)
		in.originClient, in.originClock = l.client, l.end()-1
	}
	if at.right != 0 {
		r := d.at(at.right)
		in.rightClient, in.rightClock = r.client, r.clock
	}
	return d.integrate(tx, &in, 0)
}

// writable is what a reader with the document's limits would say of a struct that
// is about to be written: nothing gets in that does not get out again.
func (d *Doc) writable(at spot, kind, length uint32, content []byte) error {
	lim := &d.limits
	if uint64(d.stateOf(d.clientID))+uint64(length) > maxClock || !d.hasRoom(len(content)) {
		return fmt.Errorf("document full: client %d cannot write %d more clocks or %d bytes: %w", d.clientID, length, len(content), ErrLimit)
	}
	l := &d.lists[at.list]
	ti := &d.types[l.typ]
	if int(length) > lim.MaxRunLength {
		return fmt.Errorf("%d values or characters at once: %w", length, ErrLimit)
	}
	if len(d.keys[l.key]) > lim.MaxStringBytes || ti.item == 0 && len(d.keys[ti.name]) > lim.MaxStringBytes {
		return fmt.Errorf("the name of a key or root is too long: %w", ErrLimit)
	}
	c := cursor{b: content, trusted: true}
	switch kind {
	case kindString, kindBinary, kindEmbed:
		if len(content) > lim.MaxStringBytes {
			return fmt.Errorf("text or value of %d bytes: %w", len(content), ErrLimit)
		}
	case kindAny:
		for range length {
			c.skipAny(lim.MaxDepth, lim.MaxStringBytes)
		}
	case kindFormat:
		c.str("format key", lim.MaxStringBytes)
		c.str("format value", lim.MaxStringBytes)
	case kindDoc:
		c.str("subdocument id", lim.MaxStringBytes)
		c.skipAny(lim.MaxDepth, lim.MaxStringBytes)
	case kindType:
		if int(ti.depth) >= lim.MaxDepth {
			return fmt.Errorf("types nested more than %d deep: %w", lim.MaxDepth, ErrLimit)
		}
	}
	return c.err
}

// writeValue writes a plain value, a Prelim or a Subdoc. It returns the item and
// the type created, if any.
func (tx *Tx) writeValue(at spot, v any) (ref, uint32) {
	switch v := v.(type) {
	case Prelim:
		return tx.writeType(at, v)
	case []byte:
		return tx.write(at, kindBinary, 1, v, 0), 0
	case Subdoc:
		opts := v.Opts
		if opts == nil {
			opts = map[string]any{}
		}
		b, err := appendAny(appendString(nil, validUTF8(v.GUID)), opts)
		if err != nil {
			panic(err)
		}
		return tx.write(at, kindDoc, 1, b, 0), 0
	case Type:
		panic("crdt: a shared type cannot be inserted a second time; pass NewMap, NewText, …")
	}
	b, err := appendAny(nil, v)
	if err != nil {
		panic(err)
	}
	return tx.write(at, kindAny, 1, b, 0), 0
}

// writeType writes a new shared type and what it starts with.
func (tx *Tx) writeType(at spot, p Prelim) (ref, uint32) {
	d := tx.d
	name := uint32(0)
	if p.kind == typeElement || p.kind == typeHook {
		if len(p.name) > d.limits.MaxStringBytes {
			panic(fmt.Errorf("crdt: local change: node name of %d bytes: %w", len(p.name), ErrLimit))
		}
		name = d.key(validUTF8(p.name))
	}
	t := d.newType(p.kind, 0, name, 0)
	r := tx.write(at, kindType, 1, nil, t)
	if d.types[t].flags&typeDead != 0 {
		return r, 0
	}
	h := handle{d, t}
	switch p.kind {
	case typeText, typeXMLText:
		if p.text != "" {
			Text{h}.Insert(tx, 0, p.text, nil)
		}
		if len(p.delta) > 0 {
			Text{h}.ApplyDelta(tx, p.delta)
		}
	case typeArray:
		Array{h}.Insert(tx, 0, p.values...)
	default:
		XMLFragment{h}.Insert(tx, 0, p.children...)
	}
	for _, k := range sortedKeys(p.attrs) {
		h.set(tx, k, p.attrs[k])
	}
	return r, t
}
