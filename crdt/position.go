package crdt

import (
	"encoding/json"
	"fmt"
)

// RelativePosition is a place in a sequence that moves with the content around
// it: a caret, the end of a comment. Make one with Text.RelativePosition and its
// like, find it again with Doc.ResolvePosition. It compares with Yjs's, binary
// and as JSON.
type RelativePosition struct {
	// Item is the unit the position sticks to; nil: the start (Assoc < 0) or end
	// of the type.
	Item *ID
	// Type is the type that the position is in, nil if that is a root. It is not
	// part of the binary form if Item is set; nor is Root.
	Type *ID
	// Root is the name of the root, if HasRoot.
	Root    string
	HasRoot bool
	// Assoc: the position sticks to what is right of it if 0 or more, and to what
	// is left of it if below 0. Text inserted just there goes to the other side.
	Assoc int
}

func (h handle) position(index, assoc int) RelativePosition {
	h.checkRange(index, 0)
	d := h.d
	p := RelativePosition{Assoc: assoc}
	ti := &d.types[h.typ]
	if ti.item != 0 {
		id := d.idOf(d.at(ti.item))
		p.Type = &id
	} else {
		p.Root, p.HasRoot = d.keys[ti.name], true
	}
	if assoc < 0 {
		index--
	}
	if index >= 0 && index < h.length() {
		r, offset := d.locate(ti.seq, uint32(index))
		id := d.idOf(d.at(r))
		id.Clock += uint64(offset)
		p.Item = &id
	}
	return p
}

// RelativePosition returns the place in front of position index; assoc says
// which neighbour it sticks to (see RelativePosition.Assoc). It panics if index is
// out of range.
func (t Text) RelativePosition(index, assoc int) RelativePosition { return t.position(index, assoc) }

// RelativePosition returns the place in front of position index; see
// Text.RelativePosition.
func (a Array) RelativePosition(index, assoc int) RelativePosition { return a.position(index, assoc) }

// RelativePosition returns the place in front of position index; see
// Text.RelativePosition.
func (f XMLFragment) RelativePosition(index, assoc int) RelativePosition {
	return f.position(index, assoc)
}

// ResolvePosition finds where a position is now: the type and the index in it.
// If what it stuck to was deleted, that is where it was; if an UndoManager of this
// document brought it back, that is where it is again. It reports false if the
// document lacks the content or the root, or has collected the place.
func (d *Doc) ResolvePosition(p RelativePosition) (Type, int, bool) {
	return d.resolvePosition(p, true)
}

// ResolveSharedPosition is ResolvePosition without regard to undo. What was
// brought back is new content under a new id, and which it was before is known
// only where undo was asked for; so this is the answer that all replicas agree on.
func (d *Doc) ResolveSharedPosition(p RelativePosition) (Type, int, bool) {
	return d.resolvePosition(p, false)
}

func (d *Doc) resolvePosition(p RelativePosition, follow bool) (Type, int, bool) {
	switch {
	case p.Item != nil:
		return d.resolveItem(*p.Item, p.Assoc, follow)
	case p.HasRoot:
		t := d.rootIfAny([]byte(p.Root))
		if t == 0 {
			return nil, 0, false
		}
		return d.handle(t), d.edge(t, p.Assoc), true
	case p.Type != nil:
		ix, clock, ok := d.resolveID(*p.Type, follow)
		if !ok {
			return nil, 0, false
		}
		it := d.at(d.findItem(ix, clock))
		if it.kind() != kindType {
			return nil, 0, false
		}
		return d.handle(it.off), d.edge(it.off, p.Assoc), true
	}
	return nil, 0, false
}

// resolveID finds a clock here, or what undo brought it back as.
func (d *Doc) resolveID(id ID, follow bool) (client, clock uint32, ok bool) {
	ix := d.lookup(id.Client)
	if ix == 0 || id.Clock >= uint64(d.clients[ix].next) {
		return 0, 0, false
	}
	client, clock = ix, uint32(id.Clock)
	if follow {
		client, clock = d.followRedone(client, clock)
	}
	return client, clock, true
}

func (d *Doc) edge(t uint32, assoc int) int {
	if assoc < 0 {
		return 0
	}
	return int(d.types[t].length)
}

func (d *Doc) resolveItem(id ID, assoc int, follow bool) (Type, int, bool) {
	ix, clock, ok := d.resolveID(id, follow)
	if !ok {
		return nil, 0, false
	}
	r := d.findItem(ix, clock)
	it := d.at(r)
	if it.list == 0 {
		return nil, 0, false
	}
	l := &d.lists[it.list]
	index := 0
	if !d.typeDeleted(l.typ) {
		if l.key == 0 {
			index = int(d.rank(r))
		}
		if it.visible() > 0 {
			index += int(clock - it.clock)
			if assoc < 0 {
				index++
			}
		}
	}
	return d.handle(l.typ), index, true
}

// Encode returns the binary form, as Yjs encodeRelativePosition writes it.
func (p RelativePosition) Encode() []byte {
	var b []byte
	switch {
	case p.Item != nil:
		b = appendUvarint(appendUvarint([]byte{0}, p.Item.Client), p.Item.Clock)
	case p.HasRoot:
		b = appendString([]byte{1}, p.Root)
	case p.Type != nil:
		b = appendUvarint(appendUvarint([]byte{2}, p.Type.Client), p.Type.Clock)
	default:
		return nil
	}
	if p.Assoc < 0 {
		return appendVarint(b, uint64(-p.Assoc), true)
	}
	return appendVarint(b, uint64(p.Assoc), false)
}

// DecodeRelativePosition reads the binary form. Positions without association,
// as old versions of Yjs wrote them, have Assoc 0. The error wraps ErrTruncated or
// ErrMalformed.
func DecodeRelativePosition(b []byte) (RelativePosition, error) {
	c := cursor{b: b}
	var p RelativePosition
	switch kind := c.uvarint(); kind {
	case 0:
		p.Item = &ID{c.uvarint(), c.uvarint()}
	case 1:
		p.Root, p.HasRoot = string(c.text("root name")), true
	case 2:
		p.Type = &ID{c.uvarint(), c.uvarint()}
	default:
		c.fail(malformed(0, "unknown position kind %d", kind))
	}
	if c.err == nil && c.pos < len(b) {
		assoc, _ := c.varint()
		p.Assoc = int(assoc)
	}
	if c.err == nil && c.pos != len(b) {
		c.fail(malformed(c.pos, "%d bytes behind the position", len(b)-c.pos))
	}
	if c.err != nil {
		return RelativePosition{}, fmt.Errorf("relative position: %w", c.err)
	}
	return p, nil
}

type jsonID struct {
	Client uint64 `json:"client"`
	Clock  uint64 `json:"clock"`
}

type jsonPosition struct {
	Type  *jsonID `json:"type,omitempty"`
	Root  *string `json:"tname,omitempty"`
	Item  *jsonID `json:"item,omitempty"`
	Assoc *int    `json:"assoc,omitempty"`
}

// MarshalJSON writes the form of Yjs relativePositionToJSON.
func (p RelativePosition) MarshalJSON() ([]byte, error) {
	j := jsonPosition{Assoc: &p.Assoc}
	if p.Type != nil {
		j.Type = &jsonID{p.Type.Client, p.Type.Clock}
	}
	if p.HasRoot {
		j.Root = &p.Root
	}
	if p.Item != nil {
		j.Item = &jsonID{p.Item.Client, p.Item.Clock}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads the form of Yjs relativePositionToJSON. The error wraps
// ErrMalformed.
func (p *RelativePosition) UnmarshalJSON(b []byte) error {
	var j jsonPosition
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("relative position: %w (%w)", ErrMalformed, err)
	}
	for _, id := range []*jsonID{j.Type, j.Item} {
		if id != nil && (id.Client > maxSafe || id.Clock > maxSafe) {
			return fmt.Errorf("relative position: id %d:%d is above 2^53-1: %w", id.Client, id.Clock, ErrMalformed)
		}
	}
	*p = RelativePosition{}
	if j.Type != nil {
		p.Type = &ID{j.Type.Client, j.Type.Clock}
	}
	if j.Root != nil {
		p.Root, p.HasRoot = *j.Root, true
	}
	if j.Item != nil {
		p.Item = &ID{j.Item.Client, j.Item.Clock}
	}
	if j.Assoc != nil {
		p.Assoc = *j.Assoc
	}
	return nil
}
