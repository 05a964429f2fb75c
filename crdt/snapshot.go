package crdt

import (
	"fmt"
	"maps"
	"slices"
)

// A Snapshot names a past state of a document: how far each client had written
// and what was deleted. It holds no content; a document that keeps deleted
// content (Options.KeepDeleted) can show the state again.
type Snapshot struct {
	state   map[uint64]uint64
	deletes map[uint64][]span // sorted, apart from each other
}

// Snapshot names the present state. What waits for missing updates is not in it.
// Cost is that of walking the document once.
func (d *Doc) Snapshot() Snapshot {
	b := d.appendDeletes(nil, d.descending())
	s, err := DecodeSnapshot(append(b, d.StateVector()...))
	if err != nil {
		panic("crdt: own snapshot is unreadable: " + err.Error())
	}
	return s
}

// Encode writes the snapshot as Yjs encodeSnapshot does.
func (s Snapshot) Encode() []byte { return s.encode(false) }

// EncodeV2 writes the snapshot as Yjs encodeSnapshotV2 does.
func (s Snapshot) EncodeV2() []byte { return s.encode(true) }

func (s Snapshot) encode(v2 bool) []byte {
	b := appendSnapshotDeletes(nil, s.deletes, v2)
	b = appendUvarint(b, uint64(len(s.state)))
	for _, id := range fallingKeys(s.state) {
		b = appendUvarint(appendUvarint(b, id), s.state[id])
	}
	return b
}

// appendSpans writes a delete set in the form of either format.
func appendSnapshotDeletes(b []byte, deletes map[uint64][]span, v2 bool) []byte {
	b = appendUvarint(b, uint64(len(deletes)))
	for _, id := range fallingKeys(deletes) {
		spans := deletes[id]
		b = appendUvarint(appendUvarint(b, id), uint64(len(spans)))
		end := uint64(0)
		for _, x := range spans {
			if v2 {
				b = appendUvarint(appendUvarint(b, x.clock-end), x.length-1)
				end = x.clock + x.length
			} else {
				b = appendUvarint(appendUvarint(b, x.clock), x.length)
			}
		}
	}
	return b
}

func fallingKeys[V any](m map[uint64]V) []uint64 {
	keys := slices.Sorted(maps.Keys(m))
	slices.Reverse(keys)
	return keys
}

// DecodeSnapshot reads a snapshot as Yjs encodeSnapshot writes it. The error
// wraps ErrTruncated, ErrMalformed or ErrLimit.
func DecodeSnapshot(b []byte) (Snapshot, error) { return decodeSnapshot(b, false) }

// DecodeSnapshotV2 reads a snapshot as Yjs encodeSnapshotV2 writes it.
func DecodeSnapshotV2(b []byte) (Snapshot, error) { return decodeSnapshot(b, true) }

func decodeSnapshot(b []byte, v2 bool) (Snapshot, error) {
	c := cursor{b: b}
	s := Snapshot{deletes: c.readSpans(v2), state: map[uint64]uint64{}}
	for n := c.uvarint(); n > 0 && c.err == nil; n-- {
		client := c.uvarint()
		s.state[client] = c.uvarint()
	}
	if c.err == nil && c.pos != len(b) {
		c.fail(malformed(c.pos, "%d bytes behind the snapshot", len(b)-c.pos))
	}
	if c.err != nil {
		return Snapshot{}, fmt.Errorf("snapshot of %d bytes: %w", len(b), c.err)
	}
	return s, nil
}

// readSpans reads a delete set; its ranges come out sorted and merged.
func (c *cursor) readSpans(v2 bool) map[uint64][]span {
	deletes := map[uint64][]span{}
	for n := c.uvarint(); n > 0 && c.err == nil; n-- {
		client := c.uvarint()
		spans := deletes[client]
		end := uint64(0)
		for m := c.uvarint(); m > 0 && c.err == nil; m-- {
			at := c.pos
			x := span{c.uvarint(), c.uvarint()}
			if v2 {
				x.clock += end
				x.length++
			}
			if end = x.clock + x.length; end > maxSafe && c.err == nil {
				c.fail(malformed(at, "deleted range ends above 2^53-1"))
			}
			if x.length > 0 && c.err == nil {
				spans = append(spans, x)
			}
		}
		if len(spans) > 0 {
			deletes[client] = spans
		}
	}
	for client, spans := range deletes {
		deletes[client] = mergeSpans(spans)
	}
	return deletes
}

// Equal reports whether two snapshots name the same state.
func (s Snapshot) Equal(o Snapshot) bool {
	return maps.Equal(s.state, o.state) && maps.EqualFunc(s.deletes, o.deletes, slices.Equal)
}

// Contains reports whether the state already had everything that a v1 update
// brings.
func (s Snapshot) Contains(update []byte) (bool, error) {
	lim := toolLimits()
	c := cursor{b: update}
	blocks, at := c.checkUpdate(nil, &lim)
	if c.err != nil {
		return false, fmt.Errorf("%d-byte update: %w", len(update), c.err)
	}
	for _, b := range blocks {
		if s.state[b.client] < b.told {
			return false, nil
		}
	}
	all := true
	c.pos = at
	c.eachDelete(func(client, clock, length uint64) {
		i := spanAt(s.deletes[client], clock)
		all = all && i >= 0 && clock+length <= s.deletes[client][i].clock+s.deletes[client][i].length
	})
	return all, nil
}

// spanAt is the index of the span that holds clock, -1 if none does.
func spanAt(spans []span, clock uint64) int {
	i, exact := slices.BinarySearchFunc(spans, clock, func(x span, clock uint64) int {
		switch {
		case x.clock > clock:
			return 1
		case x.clock+x.length <= clock:
			return -1
		}
		return 0
	})
	if !exact {
		return -1
	}
	return i
}

// sees reports whether a clock of a client was there and not deleted, and up to
// which clock the answer stays the same.
func (s Snapshot) sees(client, clock uint64) (visible bool, until uint64) {
	if clock >= s.state[client] {
		return false, maxSafe
	}
	spans := s.deletes[client]
	if i := spanAt(spans, clock); i >= 0 {
		return false, spans[i].clock + spans[i].length
	}
	until = s.state[client]
	i, _ := slices.BinarySearchFunc(spans, clock, func(x span, clock uint64) int {
		if x.clock < clock {
			return -1
		}
		return 1
	})
	if i < len(spans) {
		until = min(until, spans[i].clock)
	}
	return true, until
}

// Restore returns a new document in the state that s names, with options o. It
// fails if d collects deleted content, since some of the content may be gone, and
// if s names clocks that d has not seen.
func (d *Doc) Restore(s Snapshot, o Options) (*Doc, error) {
	if !d.opts.KeepDeleted {
		return nil, fmt.Errorf("crdt: cannot restore from a document that does not keep deleted content")
	}
	clients := 0
	for id, clock := range s.state {
		if clock > d.State(id) {
			return nil, fmt.Errorf("crdt: snapshot knows %d clocks of client %d, the document %d", clock, id, d.State(id))
		}
		if clock > 0 {
			clients++
		}
	}
	var update []byte
	d.Transact(nil, func(tx *Tx) { // the splits are undone when it ends
		update = appendUvarint(nil, uint64(clients))
		for _, id := range fallingKeys(s.state) {
			end := uint32(s.state[id])
			if end == 0 {
				continue
			}
			ix := d.lookup(id)
			if end < d.clients[ix].next {
				d.cleanStart(tx, ix, end)
			}
			update = d.appendStructs(update, d.clients[ix], 0, end)
		}
	})
	restored := New(o)
	if err := restored.ApplyUpdate(appendSnapshotDeletes(update, s.deletes, false), nil); err != nil {
		return nil, err
	}
	return restored, nil
}

// ToDeltaAt returns the text as it was in the state that s names. The document
// must keep deleted content for that to be all of it.
func (t Text) ToDeltaAt(s Snapshot) []DeltaOp { return t.deltaBetween(s, nil, nil) }

// ToDeltaChanges returns the text as it was in the state s together with what
// was deleted since the earlier state before. Text that came or went between the
// two carries the attribute "ychange": what mark returns for the change, "added"
// or "removed", and the id of the first clock concerned; with mark nil, an object
// whose "type" is the change. Runs of one change stay one insert if the "user" in
// the mark is the client that wrote the text. Embeds are not marked themselves.
func (t Text) ToDeltaChanges(s, before Snapshot, mark func(change string, by ID) any) []DeltaOp {
	if mark == nil {
		mark = func(change string, _ ID) any { return map[string]any{"type": change} }
	}
	return t.deltaBetween(s, &before, mark)
}

func (t Text) deltaBetween(s Snapshot, before *Snapshot, mark func(string, ID) any) []DeltaOp {
	b := pastDelta{d: t.d, s: s, before: before, mark: mark, ychange: t.d.key("ychange")}
	for r := t.d.lists[t.d.types[t.typ].seq].head; r != 0; {
		it := t.d.at(r)
		r = it.right
		client := t.d.clients[it.client].id
		for clock := uint64(it.clock); clock < uint64(it.end()); {
			visible, until := s.sees(client, clock)
			was := false
			if before != nil {
				var end uint64
				was, end = before.sees(client, clock)
				until = min(until, end)
			}
			until = min(until, uint64(it.end()))
			if visible || was {
				b.piece(it, ID{client, clock}, int(until-clock), visible, was)
			}
			clock = until
		}
	}
	b.flush()
	return b.ops
}

// pastDelta builds the delta of a past state (Yjs: YText.toDelta with snapshots).
type pastDelta struct {
	d       *Doc
	s       Snapshot
	before  *Snapshot
	mark    func(string, ID) any
	ychange uint32
	cur     attrs
	insert  []byte
	ops     []DeltaOp
}

func (b *pastDelta) flush() {
	if len(b.insert) > 0 {
		b.ops = append(b.ops, DeltaOp{Insert: string(b.insert), Attributes: b.cur.toMap(b.d)})
		b.insert = b.insert[:0]
	}
}

// piece adds n clocks of an item, all of them there in the state s, in the one
// before it, or in both.
func (b *pastDelta) piece(it *item, id ID, n int, visible, was bool) {
	switch it.kind() {
	case kindString:
		switch {
		case !visible:
			b.changed("removed", id)
		case b.before != nil && !was:
			b.changed("added", id)
		case b.cur.find(b.ychange).val != nil:
			b.flush()
			b.cur.remove(b.ychange)
		}
		b.insert = append(b.insert, sliceUTF16(b.d.content(it), int(id.Clock)-int(it.clock), n)...)
	case kindType, kindEmbed:
		b.flush()
		b.ops = append(b.ops, DeltaOp{Insert: b.d.value(it), Attributes: b.cur.toMap(b.d)})
	case kindFormat:
		if visible {
			b.flush()
			b.cur.apply(b.d.formatOf(it))
		}
	}
}

func (b *pastDelta) changed(change string, id ID) {
	cur, _ := b.cur.find(b.ychange).val.(map[string]any)
	if user, ok := asNumber(cur["user"]); ok && user == float64(id.Client) && cur["type"] == change {
		return
	}
	b.flush()
	b.cur.set(attr{key: b.ychange, val: b.mark(change, id)})
}
