package crdt

// Past values of maps and arrays. As with Text.ToDeltaAt, the document must keep
// deleted content (Options.KeepDeleted) for that to be all of them. A shared type
// that was there comes as its handle, deleted or not: ask it for its own past in
// turn, since what it shows otherwise is the present.

// GetAt returns the value that key had in the state that s names.
func (m Map) GetAt(s Snapshot, key string) (any, bool) { return m.getAt(s, key) }

// EntriesAt returns the entries that the map had in the state that s names.
func (m Map) EntriesAt(s Snapshot) map[string]any { return m.entriesAt(s) }

// ValuesAt returns the values that the array had in the state that s names.
func (a Array) ValuesAt(s Snapshot) []any { return a.valuesAt(s) }

// AttributesAt returns the attributes that the element had in the state that s names.
func (e XMLElement) AttributesAt(s Snapshot) map[string]any { return e.entriesAt(s) }

// ChildrenAt returns the children that the fragment had in the state that s names.
func (f XMLFragment) ChildrenAt(s Snapshot) []Type {
	var out []Type
	for _, v := range f.valuesAt(s) {
		if t, ok := v.(Type); ok {
			out = append(out, t)
		}
	}
	return out
}

func (h handle) getAt(s Snapshot, key string) (any, bool) {
	k, ok := h.d.keyIndex[key]
	if !ok {
		return nil, false
	}
	l := h.d.slotOf(h.typ, k)
	if l == 0 {
		return nil, false
	}
	return h.d.slotAt(s, l)
}

// slotAt is the value of a key in a past state: the last of its values that had
// been written then, if that was not deleted.
func (d *Doc) slotAt(s Snapshot, slot uint32) (any, bool) {
	for r := d.lists[slot].tail; r != 0; r = d.at(r).left {
		it := d.at(r)
		client := d.clients[it.client].id
		known := min(s.state[client], uint64(it.end()))
		if known <= uint64(it.clock) {
			continue
		}
		if visible, _ := s.sees(client, known-1); !visible || !it.countable() {
			return nil, false
		}
		var value any
		d.values(it, int(known-1)-int(it.clock), 1, func(v any) bool { value = v; return true })
		return value, true
	}
	return nil, false
}

func (h handle) entriesAt(s Snapshot) map[string]any {
	out := map[string]any{}
	d := h.d
	for l := d.types[h.typ].slot; l != 0; l = d.lists[l].next {
		if v, ok := d.slotAt(s, l); ok {
			out[d.keys[d.lists[l].key]] = v
		}
	}
	return out
}

func (h handle) valuesAt(s Snapshot) []any {
	var out []any
	d := h.d
	for r := d.lists[d.types[h.typ].seq].head; r != 0; r = d.at(r).right {
		it := d.at(r)
		if !it.countable() {
			continue
		}
		client := d.clients[it.client].id
		for clock := uint64(it.clock); clock < uint64(it.end()); {
			visible, until := s.sees(client, clock)
			until = min(until, uint64(it.end()))
			if visible {
				d.values(it, int(clock)-int(it.clock), int(until-clock), func(v any) bool { out = append(out, v); return true })
			}
			clock = until
		}
	}
	return out
}
