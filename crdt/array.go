package crdt

import "fmt"

// length is the number of positions in the sequence of a type.
func (h handle) length() int { return int(h.d.types[h.typ].length) }

func (h handle) checkRange(index, n int) {
	if l := h.length(); index < 0 || n < 0 || index > l || n > l-index {
		panic(fmt.Sprintf("crdt: [%d:%d] out of range of a type of length %d", index, index+n, l))
	}
}

// spotAt returns the place in front of position index, as Yjs's lists choose it:
// right behind the item that holds the position before.
func (h handle) spotAt(tx *Tx, index int) spot {
	d := h.d
	seq := d.types[h.typ].seq
	if index == 0 {
		return spot{seq, 0, d.lists[seq].head}
	}
	r, offset := d.locate(seq, uint32(index-1))
	it := d.at(r)
	if offset+1 < it.length {
		d.cleanStart(tx, it.client, it.clock+offset+1)
	}
	return spot{seq, r, it.right}
}

// insertValues inserts values in front of position index. Plain values that
// follow each other share a run. The types created are passed to made.
func (h handle) insertValues(tx *Tx, index int, values []any, made func(t uint32)) {
	if !h.check(tx) || len(values) == 0 {
		return
	}
	h.checkRange(index, 0)
	h.insertAfter(tx, h.spotAt(tx, index), values, made)
}

// insertAfter is insertValues at a spot.
func (h handle) insertAfter(tx *Tx, at spot, values []any, made func(t uint32)) {
	var packed []byte
	if len(values) > 1 {
		packed = make([]byte, 0, 4*len(values)) // a number below a million takes four
	}
	n := uint32(0)
	flush := func() {
		if n > 0 {
			at.left = tx.write(at, kindAny, n, packed, 0)
			packed, n = packed[:0], 0
		}
	}
	for _, v := range values {
		switch v.(type) {
		case Prelim, []byte, Subdoc, Type:
			flush()
			var t uint32
			at.left, t = tx.writeValue(at, v)
			if made != nil {
				made(t)
			}
			continue
		}
		b, err := appendAny(packed, v)
		if err != nil {
			panic(err)
		}
		packed = b
		n++
	}
	flush()
}

// deleteRange deletes n positions from index on.
func (h handle) deleteRange(tx *Tx, index, n int) {
	if !h.check(tx) || n == 0 {
		return
	}
	h.checkRange(index, n)
	d := h.d
	r, offset := d.locate(d.types[h.typ].seq, uint32(index))
	if offset > 0 {
		it := d.at(r)
		r = d.cleanStart(tx, it.client, it.clock+offset)
	}
	for n > 0 {
		it := d.at(r)
		if !it.deleted() && it.countable() {
			if n < int(it.length) {
				d.cleanStart(tx, it.client, it.clock+uint32(n))
			}
			n -= int(it.length)
			tx.deleteItem(r)
		}
		r = it.right
	}
}

// eachValue calls fn for the values of a sequence until fn returns false.
func (h handle) eachValue(fn func(v any) bool) {
	d := h.d
	for r := d.lists[d.types[h.typ].seq].head; r != 0; {
		it := d.at(r)
		r = it.right
		if it.visible() > 0 && !d.values(it, 0, int(it.length), fn) {
			return
		}
	}
}

func (h handle) valueAt(i int) any {
	h.checkRange(i, 1)
	r, offset := h.d.locate(h.d.types[h.typ].seq, uint32(i))
	var v any
	h.d.values(h.d.at(r), int(offset), 1, func(x any) bool { v = x; return true })
	return v
}

// Len is the number of values.
func (a Array) Len() int { return a.length() }

// Get returns the i-th value; it panics if there is none. Range is the faster
// way to see all.
func (a Array) Get(i int) any { return a.valueAt(i) }

// Text returns the i-th value if that is a text; it panics if there is no i-th.
func (a Array) Text(i int) (Text, bool) { t, ok := a.valueAt(i).(Text); return t, ok }

// Map returns the i-th value if that is a map; it panics if there is no i-th.
func (a Array) Map(i int) (Map, bool) { t, ok := a.valueAt(i).(Map); return t, ok }

// Array returns the i-th value if that is an array; it panics if there is no i-th.
func (a Array) Array(i int) (Array, bool) { t, ok := a.valueAt(i).(Array); return t, ok }

// Range calls fn with every value until fn returns false. The array must not
// change meanwhile.
func (a Array) Range(fn func(i int, v any) bool) {
	i := -1
	a.eachValue(func(v any) bool { i++; return fn(i, v) })
}

// Insert inserts values in front of position i: plain values and new shared
// types (NewMap, NewText, …). It panics if i is out of range or a value is of a
// kind that cannot be stored.
func (a Array) Insert(tx *Tx, i int, values ...any) { a.insertValues(tx, i, values, nil) }

// Push appends values. Like Yjs, it puts them behind everything that was ever
// at the end, deleted values included.
func (a Array) Push(tx *Tx, values ...any) {
	if !a.check(tx) || len(values) == 0 {
		return
	}
	seq := a.d.types[a.typ].seq
	a.insertAfter(tx, spot{list: seq, left: a.d.lists[seq].tail}, values, nil)
}

// Delete deletes n values from position i on; it panics if they are not there.
func (a Array) Delete(tx *Tx, i, n int) { a.deleteRange(tx, i, n) }

func (a Array) insertNew(tx *Tx, i int, p Prelim) handle {
	h := handle{d: a.d}
	a.insertValues(tx, i, []any{p}, func(t uint32) { h.typ = t })
	return h
}

// InsertMap inserts a new map in front of position i and returns it.
func (a Array) InsertMap(tx *Tx, i int) Map { return Map{a.insertNew(tx, i, Prelim{kind: typeMap})} }

// InsertText inserts a new text in front of position i and returns it.
func (a Array) InsertText(tx *Tx, i int) Text {
	return Text{a.insertNew(tx, i, Prelim{kind: typeText})}
}

// InsertArray inserts a new array in front of position i and returns it.
func (a Array) InsertArray(tx *Tx, i int) Array {
	return Array{a.insertNew(tx, i, Prelim{kind: typeArray})}
}
