package crdt

import (
	"maps"
	"slices"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// current returns the item that holds the value of a key, 0 if there is none.
func (h handle) current(key string) ref {
	k, ok := h.d.keyIndex[key]
	if !ok {
		return 0
	}
	l := h.d.slotOf(h.typ, k)
	if l == 0 {
		return 0
	}
	r := h.d.lists[l].tail
	if r == 0 || h.d.at(r).deleted() {
		return 0
	}
	return r
}

func (h handle) get(key string) (any, bool) {
	r := h.current(key)
	if r == 0 {
		return nil, false
	}
	return h.d.value(h.d.at(r)), true
}

// entries calls fn for the key and item of every entry, in order of first use.
func (h handle) entries(fn func(key string, it *item) bool) {
	d := h.d
	for l := d.types[h.typ].slot; l != 0; l = d.lists[l].next {
		if r := d.lists[l].tail; r != 0 && !d.at(r).deleted() {
			if !fn(d.keys[d.lists[l].key], d.at(r)) {
				return
			}
		}
	}
}

// set writes a value for a key and returns the type created, if any.
func (h handle) set(tx *Tx, key string, value any) uint32 {
	if !h.check(tx) {
		return 0
	}
	l := h.d.slot(h.typ, h.d.key(validUTF8(key)))
	_, t := tx.writeValue(spot{list: l, left: h.d.lists[l].tail}, value)
	return t
}

func (h handle) unset(tx *Tx, key string) {
	if !h.check(tx) {
		return
	}
	if r := h.current(key); r != 0 {
		tx.deleteItem(r)
	}
}

// Get returns the value of a key: a plain value or the handle of a shared type.
func (m Map) Get(key string) (any, bool) { return m.get(key) }

// Has reports whether the map has a value for key.
func (m Map) Has(key string) bool { return m.current(key) != 0 }

// HookName is the name of a map that is an XmlHook, see NewXMLHook; else "".
func (m Map) HookName() string {
	if ti := &m.d.types[m.typ]; ti.kind == typeHook {
		return m.d.keys[ti.name]
	}
	return ""
}

// Len counts the entries. Cost is that of the keys ever used.
func (m Map) Len() int {
	n := 0
	m.entries(func(string, *item) bool { n++; return true })
	return n
}

// Keys returns the keys, sorted.
func (m Map) Keys() []string {
	var keys []string
	m.entries(func(k string, _ *item) bool { keys = append(keys, k); return true })
	slices.Sort(keys)
	return keys
}

// Range calls fn for every entry, by the order in which keys were first used
// here, until fn returns false. The map must not change meanwhile.
func (m Map) Range(fn func(key string, v any) bool) {
	m.entries(func(k string, it *item) bool { return fn(k, m.d.value(it)) })
}

// Set gives key a value: a plain value, or a new shared type (NewMap, NewText,
// …). It panics if the value is of a kind that cannot be stored.
func (m Map) Set(tx *Tx, key string, value any) { m.set(tx, key, value) }

// Delete removes key; without effect if it has no value.
func (m Map) Delete(tx *Tx, key string) { m.unset(tx, key) }

// Clear removes all keys.
func (m Map) Clear(tx *Tx) {
	if !m.check(tx) {
		return
	}
	for l := m.d.types[m.typ].slot; l != 0; l = m.d.lists[l].next {
		if r := m.d.lists[l].tail; r != 0 && !m.d.at(r).deleted() {
			tx.deleteItem(r)
		}
	}
}

// SetMap gives key a new map and returns it.
func (m Map) SetMap(tx *Tx, key string) Map {
	return Map{handle{m.d, m.set(tx, key, Prelim{kind: typeMap})}}
}

// SetText gives key a new text and returns it.
func (m Map) SetText(tx *Tx, key string) Text {
	return Text{handle{m.d, m.set(tx, key, Prelim{kind: typeText})}}
}

// SetArray gives key a new array and returns it.
func (m Map) SetArray(tx *Tx, key string) Array {
	return Array{handle{m.d, m.set(tx, key, Prelim{kind: typeArray})}}
}

// SetXMLFragment gives key a new fragment and returns it.
func (m Map) SetXMLFragment(tx *Tx, key string) XMLFragment {
	return XMLFragment{handle{m.d, m.set(tx, key, Prelim{kind: typeFragment})}}
}

// typed returns the shared type that key holds, if it is one.
func (h handle) typed(key string) Type {
	if r := h.current(key); r != 0 {
		if it := h.d.at(r); it.kind() == kindType {
			return h.d.handle(it.off)
		}
	}
	return nil
}

// Text returns the text that key holds; false if it holds something else.
func (m Map) Text(key string) (Text, bool) { t, ok := m.typed(key).(Text); return t, ok }

// Map returns the map that key holds; false if it holds something else.
func (m Map) Map(key string) (Map, bool) { t, ok := m.typed(key).(Map); return t, ok }

// Array returns the array that key holds; false if it holds something else.
func (m Map) Array(key string) (Array, bool) { t, ok := m.typed(key).(Array); return t, ok }

// XMLElement returns the element that key holds; false if it holds something else.
func (m Map) XMLElement(key string) (XMLElement, bool) {
	t, ok := m.typed(key).(XMLElement)
	return t, ok
}

// XMLText returns the XML text that key holds; false if it holds something else.
func (m Map) XMLText(key string) (XMLText, bool) {
	t, ok := m.typed(key).(XMLText)
	return t, ok
}

// XMLFragment returns the fragment that key holds; false if it holds something else.
func (m Map) XMLFragment(key string) (XMLFragment, bool) {
	t, ok := m.typed(key).(XMLFragment)
	return t, ok
}
