package crdt

import (
	"slices"
	"strings"
)

// DeltaOp is one step of a Quill delta: exactly one of Insert, Delete and Retain
// is set. Lengths count UTF-16 code units; an embed or shared type counts one.
type DeltaOp struct {
	Insert any // string, embedded value, or shared type (Prelim in ApplyDelta)
	Delete int
	Retain int
	// Attributes of the insert, or attributes to change on what is retained; nil
	// as a value removes an attribute.
	Attributes map[string]any
}

// Len is the length in UTF-16 code units; an embed counts one.
func (t Text) Len() int { return t.length() }

// String returns the text without formatting and embeds.
func (t Text) String() string {
	var sb strings.Builder
	d := t.d
	sb.Grow(int(d.types[t.typ].length))
	for r := d.lists[d.types[t.typ].seq].head; r != 0; {
		it := d.at(r)
		if !it.deleted() && it.kind() == kindString {
			sb.Write(d.content(it))
		}
		r = it.right
	}
	return sb.String()
}

// Attributes returns the attributes of the text as a whole, which XMLText in
// some editors and y-tables have; formatting is not among them.
func (t Text) Attributes() map[string]any { return t.attributes() }

// SetAttribute sets an attribute of the text as a whole.
func (t Text) SetAttribute(tx *Tx, key string, v any) { t.set(tx, key, v) }

// RemoveAttribute removes an attribute of the text as a whole.
func (t Text) RemoveAttribute(tx *Tx, key string) { t.unset(tx, key) }

// ToDelta returns the content as inserts with their attributes. Where more than 64
// attributes are in force at one place, some are left out, here and wherever else a
// text is shown with its formatting.
func (t Text) ToDelta() []DeltaOp {
	var ops []DeltaOp
	var sb strings.Builder
	var cur attrs
	d := t.d
	flush := func() {
		if sb.Len() > 0 {
			ops = append(ops, DeltaOp{Insert: sb.String(), Attributes: cur.toMap(d)})
			sb.Reset()
		}
	}
	for r := d.lists[d.types[t.typ].seq].head; r != 0; {
		it := d.at(r)
		r = it.right
		if it.deleted() {
			continue
		}
		switch it.kind() {
		case kindString:
			sb.Write(d.content(it))
		case kindType, kindEmbed:
			flush()
			ops = append(ops, DeltaOp{Insert: d.value(it), Attributes: cur.toMap(d)})
		case kindFormat:
			flush()
			cur.apply(d.formatOf(it))
		}
	}
	flush()
	return ops
}

// textPos is a place in a text and the formatting in force there.
type textPos struct {
	d           *Doc
	list        uint32
	left, right ref
	cur         attrs
}

func (p *textPos) spot() spot { return spot{p.list, p.left, p.right} }

// forward moves over the item on the right, which must exist.
func (p *textPos) forward() {
	it := p.d.at(p.right)
	if it.flags&(kindMask|flagDeleted) == kindFormat {
		p.cur.apply(p.d.formatOf(it))
	}
	p.left, p.right = p.right, it.right
}

// wrote moves behind an item just written at the place.
func (p *textPos) wrote(r ref) {
	p.right = r
	p.forward()
}

// posAt finds the place in front of position index.
func (t Text) posAt(tx *Tx, index int) textPos {
	d := t.d
	ti := &d.types[t.typ]
	p := textPos{d: d, list: ti.seq}
	if ti.flags&typeFormatted == 0 {
		at := t.spotAt(tx, index)
		p.left, p.right = at.left, at.right
		return p
	}
	p.right = d.lists[ti.seq].head
	for n := uint32(index); n > 0 && p.right != 0; {
		it := d.at(p.right)
		if v := it.visible(); v > 0 {
			if n < v {
				d.cleanStart(tx, it.client, it.clock+n)
				v = n
			}
			n -= v
		}
		p.forward()
	}
	return p
}

// Insert inserts s in front of position index. attrs nil: the text takes the
// formatting in force there; otherwise it has exactly attrs. It panics if index
// is out of range.
func (t Text) Insert(tx *Tx, index int, s string, attrs map[string]any) {
	if s == "" || !t.check(tx) {
		return
	}
	t.checkRange(index, 0)
	p := t.posAt(tx, index)
	want := p.cur.clone()
	if attrs != nil {
		want = t.d.attrsOf(attrs)
	}
	t.insertText(tx, &p, s, want)
}

// InsertEmbed inserts a value that takes one position: anything that JSON can
// carry, or a new shared type.
func (t Text) InsertEmbed(tx *Tx, index int, embed any, attrs map[string]any) {
	if !t.check(tx) {
		return
	}
	t.checkRange(index, 0)
	p := t.posAt(tx, index)
	t.insertEmbed(tx, &p, embed, t.d.attrsOf(attrs))
}

// Delete deletes n code units from position index on; it panics if they are not
// there. Cutting a surrogate pair leaves U+FFFD, as in Yjs.
func (t Text) Delete(tx *Tx, index, n int) {
	if n == 0 || !t.check(tx) {
		return
	}
	t.checkRange(index, n)
	p := t.posAt(tx, index)
	t.deleteText(tx, &p, n)
}

// Format sets attributes on n code units from position index on; a nil value
// removes an attribute. It panics if they are not there.
func (t Text) Format(tx *Tx, index, n int, attrs map[string]any) {
	if n == 0 || !t.check(tx) {
		return
	}
	t.checkRange(index, n)
	p := t.posAt(tx, index)
	if p.right != 0 {
		t.formatText(tx, &p, n, t.d.attrsOf(attrs))
	}
}

// ApplyDelta makes the changes of a delta, from the start of the text on. It
// panics if a Retain or Delete reaches beyond the end.
func (t Text) ApplyDelta(tx *Tx, delta []DeltaOp) {
	if !t.check(tx) {
		return
	}
	d := t.d
	p := textPos{d: d, list: d.types[t.typ].seq}
	p.right = d.lists[p.list].head
	rest := t.length()
	for _, op := range delta {
		if rest -= op.Retain + op.Delete; op.Retain < 0 || op.Delete < 0 || rest < 0 {
			panic("crdt: delta reaches beyond the end of the text")
		}
		switch {
		case op.Insert != nil:
			if s, ok := op.Insert.(string); !ok {
				t.insertEmbed(tx, &p, op.Insert, d.attrsOf(op.Attributes))
			} else if s != "" {
				t.insertText(tx, &p, s, d.attrsOf(op.Attributes))
			}
		case op.Retain > 0:
			t.formatText(tx, &p, op.Retain, d.attrsOf(op.Attributes))
		case op.Delete > 0:
			t.deleteText(tx, &p, op.Delete)
		}
	}
}

func (t Text) insertText(tx *Tx, p *textPos, s string, want attrs) {
	b := []byte(validUTF8(s))
	n := uint32(utf16Len(b))
	t.insertFormatted(tx, p, want, func() ref { return tx.write(p.spot(), kindString, n, b, 0) })
}

func (t Text) insertEmbed(tx *Tx, p *textPos, embed any, want attrs) {
	t.insertFormatted(tx, p, want, func() ref {
		if pre, ok := embed.(Prelim); ok {
			r, _ := tx.writeType(p.spot(), pre)
			return r
		}
		b, err := appendJSON(nil, embed)
		if err != nil {
			panic(err)
		}
		return tx.write(p.spot(), kindEmbed, 1, b, 0)
	})
}

// insertFormatted writes content between formatting marks that give it exactly
// the attributes want and what follows the attributes it had.
func (t Text) insertFormatted(tx *Tx, p *textPos, want attrs, write func() ref) {
	for _, a := range p.cur {
		if _, ok := want.get(a.key); !ok {
			want = append(want, attr{key: a.key})
		}
	}
	p.minimize(want)
	negated := p.insertAttrs(tx, want)
	p.wrote(write())
	p.insertNegated(tx, negated)
}

func (t Text) deleteText(tx *Tx, p *textPos, n int) {
	d := t.d
	startAttrs := p.cur.clone()
	start := p.right
	for n > 0 && p.right != 0 {
		it := d.at(p.right)
		if !it.deleted() {
			switch it.kind() {
			case kindType, kindEmbed, kindString:
				if n < int(it.length) {
					d.cleanStart(tx, it.client, it.clock+uint32(n))
				}
				n -= int(it.length)
				tx.deleteItem(p.right)
			}
		}
		p.forward()
	}
	if start != 0 && d.types[t.typ].flags&typeFormatted != 0 {
		d.cleanGap(tx, start, p.right, startAttrs, &p.cur)
	}
}

func (t Text) formatText(tx *Tx, p *textPos, n int, want attrs) {
	d := t.d
	p.minimize(want)
	negated := p.insertAttrs(tx, want)
	for p.right != 0 {
		it := d.at(p.right)
		if n == 0 && (len(negated) == 0 || !it.deleted() && it.kind() != kindFormat) {
			break
		}
		if !it.deleted() {
			if it.kind() == kindFormat {
				f := d.formatOf(it)
				if v, ok := want.get(f.key); !ok {
					p.cur.set(f)
				} else {
					if equalAttrs(v, f.val) {
						negated.remove(f.key)
					} else if n == 0 {
						break
					} else {
						negated.set(f)
					}
					tx.deleteItem(p.right)
				}
			} else {
				if n < int(it.visible()) {
					d.cleanStart(tx, it.client, it.clock+uint32(n))
				}
				n -= int(it.length)
			}
		}
		p.forward()
	}
	p.insertNegated(tx, negated)
}

// minimize moves right over marks that say what want says, and deleted items.
func (p *textPos) minimize(want attrs) {
	for p.right != 0 {
		it := p.d.at(p.right)
		if !it.deleted() {
			if it.kind() != kindFormat {
				return
			}
			f := p.d.formatOf(it)
			if v, _ := want.get(f.key); !equalAttrs(v, f.val) {
				return
			}
		}
		p.forward()
	}
}

// insertAttrs writes marks where want differs from what is in force, and returns
// what was.
func (p *textPos) insertAttrs(tx *Tx, want attrs) (negated attrs) {
	for _, a := range want {
		cur, _ := p.cur.get(a.key)
		if !equalAttrs(cur, a.val) {
			negated.set(attr{key: a.key, val: cur})
			p.wrote(tx.writeFormat(p.spot(), a))
		}
	}
	return negated
}

// insertNegated writes marks that restore what insertAttrs returned.
func (p *textPos) insertNegated(tx *Tx, negated attrs) {
	for p.right != 0 {
		it := p.d.at(p.right)
		if !it.deleted() {
			if it.kind() != kindFormat {
				break
			}
			f := p.d.formatOf(it)
			v, ok := negated.get(f.key)
			if !ok || !equalAttrs(v, f.val) {
				break
			}
			negated.remove(f.key)
		}
		p.forward()
	}
	for _, a := range negated {
		p.wrote(tx.writeFormat(p.spot(), a))
	}
}

func (tx *Tx) writeFormat(at spot, a attr) ref {
	b := appendString(nil, tx.d.keys[a.key])
	j, err := appendJSON(nil, a.val)
	if err != nil {
		panic(err)
	}
	return tx.write(at, kindFormat, 1, appendBytes(b, j), 0)
}

// cleanGap deletes marks between two pieces of content that no longer have an
// effect, as Yjs does after local deletes. The gap starts at start; curr lies
// behind what was deleted.
func (d *Doc) cleanGap(tx *Tx, start, curr ref, startAttrs attrs, currAttrs *attrs) {
	end := start
	var last []struct {
		key uint32
		r   ref
	}
	for end != 0 {
		it := d.at(end)
		if !it.deleted() {
			if it.countable() {
				break
			}
			if it.kind() == kindFormat {
				key := d.formatOf(it).key
				i := 0
				for i < len(last) && last[i].key != key {
					i++
				}
				if i == len(last) {
					last = append(last, struct {
						key uint32
						r   ref
					}{key, end})
				}
				last[i].r = end
			}
		}
		end = it.right
	}
	reached := false
	for start != end {
		if curr == start {
			reached = true
		}
		it := d.at(start)
		if !it.deleted() && it.kind() == kindFormat {
			f := d.formatOf(it)
			was := startAttrs.find(f.key)
			final := false
			for _, x := range last {
				final = final || x.key == f.key && x.r == start
			}
			if !final || was.same(f) {
				tx.deleteItem(start)
				if !reached && currAttrs.find(f.key).same(f) && !was.same(f) {
					currAttrs.apply(was)
				}
			}
			if !reached && !it.deleted() {
				currAttrs.apply(f)
			}
		}
		start = it.right
	}
}

// attr is a formatting attribute; val nil means none.
type attr struct {
	key  uint32
	val  any
	mark uint32 // which mark it was read from; 0: none
}

// same is JavaScript's === between two values of one attribute: objects are the
// same if they were read from the same mark.
func (a attr) same(b attr) bool {
	switch a.val.(type) {
	case map[string]any, []any:
		return a.mark != 0 && a.mark == b.mark
	}
	return sameValue(a.val, b.val)
}

// attrs is a set of attributes in the order in which they were set.
type attrs []attr

func (a attrs) get(key uint32) (any, bool) {
	for i := range a {
		if a[i].key == key {
			return a[i].val, true
		}
	}
	return nil, false
}

// find is get that keeps where the value came from.
func (a attrs) find(key uint32) attr {
	for i := range a {
		if a[i].key == key {
			return a[i]
		}
	}
	return attr{key: key}
}

func (a *attrs) set(x attr) {
	for i := range *a {
		if (*a)[i].key == x.key {
			(*a)[i] = x
			return
		}
	}
	*a = append(*a, x)
}

func (a *attrs) remove(key uint32) {
	for i := range *a {
		if (*a)[i].key == key {
			*a = slices.Delete(*a, i, i+1)
			return
		}
	}
}

// apply is what a mark does to the attributes in force.
func (a *attrs) apply(x attr) {
	if x.val == nil {
		a.remove(x.key)
	} else {
		a.set(x)
	}
}

func (a attrs) clone() attrs { return slices.Clone(a) }

// maxInForce bounds the attributes that one piece of text is shown with. A few
// kilobytes can put a thousand in force and begin a piece after each mark, and every
// piece has a map of its own.
const maxInForce = 64

// toMap returns the attributes as a map of their own, nil if there are none. Of more
// than maxInForce, those that have been in force longest are in it.
func (a attrs) toMap(d *Doc) map[string]any {
	if len(a) == 0 {
		return nil
	}
	a = a[:min(len(a), maxInForce)]
	m := make(map[string]any, len(a))
	for _, x := range a {
		m[d.keys[x.key]] = x.val
	}
	return m
}

// attrsOf takes attributes from a caller, in sorted order and as JSON carries them.
func (d *Doc) attrsOf(m map[string]any) attrs {
	var a attrs
	for _, k := range sortedKeys(m) {
		b, err := appendJSON(nil, m[k])
		if err != nil {
			panic(err)
		}
		a = append(a, attr{key: d.key(validUTF8(k)), val: parseJSON(b)})
	}
	return a
}

// formatOf decodes a mark.
func (d *Doc) formatOf(it *item) attr {
	c := cursor{b: d.content(it)}
	key := d.keyBytes(c.bytes(""))
	return attr{key: key, val: parseJSON(c.bytes("")), mark: it.off + 1}
}

// sameValue is JavaScript's === for values that JSON carries: objects decoded
// apart are never the same.
func sameValue(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return b == nil
	case int64:
		if y, ok := b.(float64); ok {
			return float64(x) == y
		}
	case float64:
		if y, ok := b.(int64); ok {
			return x == float64(y)
		}
	case map[string]any, []any:
		return false
	}
	switch b.(type) {
	case map[string]any, []any:
		return false
	}
	return a == b
}

// equalAttrs compares as Yjs does: like sameValue, but objects are equal if
// their members are the same.
func equalAttrs(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			if w, ok := y[k]; !ok || !sameValue(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !sameValue(x[i], y[i]) {
				return false
			}
		}
		return true
	}
	return sameValue(a, b)
}
