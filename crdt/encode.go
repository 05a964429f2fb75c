package crdt

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

func appendUvarint(b []byte, v uint64) []byte {
	for v >= 0x80 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}

func appendString(b []byte, s string) []byte {
	return append(appendUvarint(b, uint64(len(s))), s...)
}

func appendBytes(b, s []byte) []byte {
	return append(appendUvarint(b, uint64(len(s))), s...)
}

// StateVector returns what this document knows, encoded: pairs of client and
// next clock by falling client id, as Yjs encodeStateVector writes them. Sending
// it to a peer asks for what is missing.
func (d *Doc) StateVector() []byte {
	order := d.descending()
	b := appendUvarint(make([]byte, 0, 10*len(order)+4), uint64(len(order)))
	for _, ix := range order {
		b = appendUvarint(appendUvarint(b, d.clients[ix].id), uint64(d.clients[ix].next))
	}
	return b
}

// DecodeStateVector reads an encoded state vector: client → next clock.
func DecodeStateVector(b []byte) (map[uint64]uint64, error) {
	c := cursor{b: b}
	n := c.uvarint()
	if n > uint64(len(b)/2) && c.err == nil {
		c.fail(truncated(0, "state vector"))
	}
	if c.err != nil {
		n = 0
	}
	sv := make(map[uint64]uint64, n)
	for ; n > 0 && c.err == nil; n-- {
		client := c.uvarint()
		sv[client] = c.uvarint()
	}
	if c.err == nil && c.pos != len(b) {
		c.fail(malformed(c.pos, "%d bytes behind the state vector", len(b)-c.pos))
	}
	if c.err != nil {
		return nil, fmt.Errorf("state vector: %w", c.err)
	}
	return sv, nil
}

// EncodeStateAsUpdate returns a v1 update with everything that a replica with
// the encoded state vector sv lacks, what waits here included; nil stands for an
// empty replica. All deletes are in it, since a state vector says nothing about
// deletes. For the same history the bytes are those that Yjs writes.
func (d *Doc) EncodeStateAsUpdate(sv []byte) ([]byte, error) {
	var known map[uint64]uint64
	if len(sv) > 0 {
		var err error
		if known, err = DecodeStateVector(sv); err != nil {
			return nil, err
		}
	}
	if len(known) == 0 && d.whole != nil {
		return slices.Clone(d.whole), nil
	}
	b := d.appendState(nil, known)
	w := d.waitingUpdate()
	if w == nil {
		if len(known) == 0 {
			d.remember(b)
		}
		return b, nil
	}
	if known != nil {
		var err error
		if w, err = diffWithin(checkedLimits, w, known); err != nil {
			return nil, err
		}
	}
	return d.mergeOwn(b, w)
}

// remember keeps a copy of the full state until the next change, if it is
// written a second time without one: when many people join at once, the rest
// get copies.
func (d *Doc) remember(state []byte) {
	if d.wrote {
		d.whole = slices.Clone(state)
	}
	d.wrote = true
}

// appendState appends the update from known to the present state.
func (d *Doc) appendState(b []byte, known map[uint64]uint64) []byte {
	order := d.descending()
	if len(known) == 0 {
		return d.appendWhole(b, order)
	}
	n := 0
	for _, ix := range order {
		if c := d.clients[ix]; uint64(c.next) > known[c.id] {
			n++
		}
	}
	b = appendUvarint(b, uint64(n))
	for _, ix := range order {
		if c := d.clients[ix]; uint64(c.next) > known[c.id] {
			b = d.appendStructs(b, c, uint32(known[c.id]), c.next)
		}
	}
	return d.appendDeletes(b, order)
}

// appendWhole is appendState from nothing; it walks the store once.
func (d *Doc) appendWhole(b []byte, order []uint32) []byte {
	if b == nil {
		b = make([]byte, 0, len(d.bytes)-d.waste+int(d.used-d.holes)*22+64)
	}
	n := uint64(0)
	b = append(b, 0)
	dels := deleteWriter{b: make([]byte, 0, 64+int(d.used-d.holes)/4)}
	for _, ix := range order {
		c := d.clients[ix]
		if c.next == 0 {
			continue
		}
		n++
		b = appendUvarint(appendUvarint(appendUvarint(b, uint64(c.countFrom(place{}))), c.id), 0)
		for _, ch := range c.chunks {
			for _, r := range ch {
				it := d.at(r.item)
				b = d.appendItem(b, it, 0)
				dels.add(it)
			}
		}
		dels.end(c.id)
	}
	b = setCount(b, 0, n)
	return append(appendUvarint(b, dels.clients), dels.b...)
}

// deleteWriter collects the deleted ranges of clients whose runs it is shown in
// order.
type deleteWriter struct {
	b       []byte // sections of clients that have deleted ranges
	clients uint64

	body     []byte // ranges of the present client
	ranges   uint64
	from, to uint32 // range not written yet; equal: none
}

func (w *deleteWriter) add(it *item) {
	if !it.deleted() {
		return
	}
	if it.clock != w.to || w.from == w.to {
		w.flush()
		w.from = it.clock
	}
	w.to = it.end()
}

func (w *deleteWriter) flush() {
	if w.from != w.to {
		w.body = appendUvarint(appendUvarint(w.body, uint64(w.from)), uint64(w.to-w.from))
		w.ranges++
	}
}

func (w *deleteWriter) end(client uint64) {
	if w.flush(); w.ranges > 0 {
		w.clients++
		w.b = append(appendUvarint(appendUvarint(w.b, client), w.ranges), w.body...)
	}
	w.body, w.ranges, w.from, w.to = w.body[:0], 0, 0, 0
}

// appendStructs appends the section of a client from clock up to end.
func (d *Doc) appendStructs(b []byte, c *client, clock, end uint32) []byte {
	p := c.find(clock)
	n := c.countFrom(p)
	if end < c.next {
		n -= c.countFrom(c.find(end))
		if d.at(c.at(c.find(end))).clock < end {
			n++
		}
	}
	b = appendUvarint(b, uint64(n))
	b = appendUvarint(b, c.id)
	b = appendUvarint(b, uint64(clock))
	offset := clock - d.at(c.at(p)).clock
	i := p.index
	for _, ch := range c.chunks[p.chunk:] {
		for _, r := range ch[i:] {
			if r.clock >= end {
				return b
			}
			b = d.appendItem(b, d.at(r.item), offset)
			offset = 0
		}
		i = 0
	}
	return b
}

// wireID is a client id as a uvarint: at most eight bytes for 53 bits.
type wireID struct {
	b [8]byte
	n uint8
}

func newWireID(id uint64) (w wireID) {
	w.n = uint8(len(appendUvarint(w.b[:0], id)))
	return w
}

// headRoom is what the fixed part of a struct takes at most: info, two ids of a
// client and a clock, and two lengths.
const headRoom = 1 + 2*(8+5) + 2*5

// putClock writes v at b[n:] and returns the offset behind it. b must have room.
func putClock(b []byte, n int, v uint32) int {
	for v >= 0x80 {
		b[n] = byte(v) | 0x80
		v >>= 7
		n++
	}
	b[n] = byte(v)
	return n + 1
}

func putID(b []byte, n int, w *wireID, clock uint32) int {
	*(*[8]byte)(b[n:]) = w.b
	return putClock(b, n+int(w.n), clock)
}

// appendItem appends one struct, without its first offset clocks.
func (d *Doc) appendItem(b []byte, it *item, offset uint32) []byte {
	at := len(b)
	if cap(b)-at < headRoom {
		b = slices.Grow(b, headRoom)
	}
	head := b[:at+headRoom]
	kind := it.kind()
	if kind == kindGC {
		head[at] = kindGC
		return b[:putClock(head, at+1, it.length-offset)]
	}
	info, n := byte(it.flags&(kindMask|flagSub)), at+1
	if offset > 0 {
		info |= infoOrigin
		n = putID(head, n, &d.wireIDs[it.client], it.clock+offset-1)
	} else if it.originClient != 0 {
		info |= infoOrigin
		n = putID(head, n, &d.wireIDs[it.originClient], it.originClock)
	}
	if it.rightClient != 0 {
		info |= infoRight
		n = putID(head, n, &d.wireIDs[it.rightClient], it.rightClock)
	}
	head[at] = info
	if info&(infoOrigin|infoRight) != 0 {
		switch {
		case kind == kindDeleted:
			return b[:putClock(head, n, it.length-offset)]
		case kind == kindString && offset == 0:
			n = putClock(head, n, it.size)
			return appendPart(b[:n], d.bytes, int(it.off), int(it.size))
		}
		return d.appendContent(b[:n], it, offset)
	}
	return d.appendContent(d.appendParent(b[:n], &d.lists[it.list]), it, offset)
}

func (d *Doc) appendContent(b []byte, it *item, offset uint32) []byte {
	switch it.kind() {
	case kindDeleted:
		return appendUvarint(b, uint64(it.length-offset))
	case kindString:
		if cut, ok := d.seamAt(it, offset); ok && offset > 0 {
			return appendBytes(b, d.content(it)[cut:])
		}
		return appendText(b, d.content(it), it.flags&flagASCII != 0, offset)
	case kindAny:
		s := d.content(it)
		cut, ok := d.seamAt(it, offset)
		if !ok {
			cut = skipValues(s, int(offset))
		}
		return append(appendUvarint(b, uint64(it.length-offset)), s[cut:]...)
	case kindJSON:
		s := d.content(it)
		return append(appendUvarint(b, uint64(it.length-offset)), s[skipStrings(s, int(offset)):]...)
	case kindBinary, kindEmbed:
		return appendBytes(b, d.content(it))
	case kindType:
		ti := &d.types[it.off]
		b = append(b, ti.kind)
		if ti.kind == typeElement || ti.kind == typeHook {
			b = appendString(b, d.keys[ti.name])
		}
		return b
	default: // kindFormat, kindDoc
		return append(b, d.content(it)...)
	}
}

func (d *Doc) appendParent(b []byte, l *list) []byte {
	ti := &d.types[l.typ]
	if ti.item == 0 {
		b = appendString(append(b, 1), d.keys[ti.name])
	} else {
		id := d.idOf(d.at(ti.item))
		b = appendUvarint(appendUvarint(append(b, 0), id.Client), id.Clock)
	}
	if l.key != 0 {
		b = appendString(b, d.keys[l.key])
	}
	return b
}

// appendText appends a text without its first offset code units. Half a
// surrogate pair is written as U+FFFD.
func appendText(b, text []byte, ascii bool, offset uint32) []byte {
	if offset == 0 {
		return appendBytes(b, text)
	}
	if ascii {
		return appendBytes(b, text[offset:])
	}
	cut, inPair := utf16Cut(text, int(offset))
	if !inPair {
		return appendBytes(b, text[cut:])
	}
	b = appendUvarint(b, uint64(len(replacement)+len(text)-cut-4))
	return append(append(b, replacement...), text[cut+4:]...)
}

// appendDeletes appends the delete set of the whole store.
func (d *Doc) appendDeletes(b []byte, order []uint32) []byte {
	var w deleteWriter
	for _, ix := range order {
		c := d.clients[ix]
		for _, ch := range c.chunks {
			for _, r := range ch {
				w.add(d.at(r.item))
			}
		}
		w.end(c.id)
	}
	return append(appendUvarint(b, w.clients), w.b...)
}

// setCount replaces the one-byte placeholder at pos by n.
func setCount(b []byte, pos int, n uint64) []byte {
	if n < 0x80 {
		b[pos] = byte(n)
		return b
	}
	var buf [binary.MaxVarintLen64]byte
	return slices.Replace(b, pos, pos+1, appendUvarint(buf[:0], n)...)
}

// appendTx appends what a transaction changed as one update. It returns b as it
// was if nothing changed.
func (d *Doc) appendTx(b []byte, tx *Tx) []byte {
	states := slices.DeleteFunc(tx.states, func(s txState) bool { return s.after == s.before })
	tx.states = states
	if len(states) == 0 && len(tx.deletes) == 0 {
		return b
	}
	if len(states) > 1 {
		slices.SortFunc(states, func(x, y txState) int { return cmp.Compare(d.ids[y.client], d.ids[x.client]) })
	}
	b = appendUvarint(b, uint64(len(states)))
	for _, s := range states {
		b = d.appendStructs(b, d.clients[s.client], s.before, s.after)
	}
	dels := tx.deletes
	if len(dels) > 1 {
		slices.SortStableFunc(dels, func(x, y deleted) int { return cmp.Compare(d.ids[y.client], d.ids[x.client]) })
	}
	countAt, n := len(b), uint64(0)
	b = append(b, 0)
	for i := 0; i < len(dels); {
		j := i
		for j < len(dels) && dels[j].client == dels[i].client {
			j++
		}
		b = appendUvarint(appendUvarint(b, d.clients[dels[i].client].id), uint64(j-i))
		for _, x := range dels[i:j] {
			b = appendUvarint(appendUvarint(b, uint64(x.clock)), uint64(x.length))
		}
		i, n = j, n+1
	}
	return setCount(b, countAt, n)
}

type updateHandler struct {
	fn func(update []byte, origin any)
}

// OnUpdate calls fn after every transaction that changed the document, local or
// remote, with one v1 update that carries the change. fn owns the bytes. cancel
// stops the calls.
func (d *Doc) OnUpdate(fn func(update []byte, origin any)) (cancel func()) {
	h := &updateHandler{fn}
	d.onUpdate = append(d.onUpdate, h)
	return func() {
		d.onUpdate = slices.DeleteFunc(slices.Clone(d.onUpdate), func(x *updateHandler) bool { return x == h })
	}
}

func (d *Doc) emitUpdate(tx *Tx) {
	if len(d.onUpdate) == 0 {
		return
	}
	b := d.appendTx(d.out[:0], tx)
	if d.out = b; cap(b) > 1<<14 {
		d.out = nil
	}
	if len(b) == 0 {
		return
	}
	// Handlers may change the document, and so d.out: all copies come first.
	hs := d.onUpdate
	for first := slices.Clone(b); len(hs) > 0; hs = hs[1:] {
		u := first
		if len(hs) > 1 {
			u = slices.Clone(first)
		}
		hs[0].fn(u, tx.origin)
	}
}

// Contains reports whether applying update would change nothing: all its structs
// are known, what it deletes is deleted, and nothing of it waits.
func (d *Doc) Contains(update []byte) (bool, error) {
	c := cursor{b: update}
	blocks, at := c.checkUpdate(nil, &d.limits)
	if c.err != nil {
		return false, fmt.Errorf("%d-byte update: %w", len(update), c.err)
	}
	for _, b := range blocks {
		if uint64(d.stateOf(b.client)) < b.told {
			return false, nil
		}
	}
	all := true
	c.pos = at
	c.eachDelete(func(client, clock, length uint64) {
		all = all && d.rangeDeleted(client, clock, length)
	})
	return all, nil
}

func (d *Doc) rangeDeleted(id, clock, length uint64) bool {
	ix := d.lookup(id)
	if ix == 0 || clock+length > uint64(d.clients[ix].next) {
		return false
	}
	c := d.clients[ix]
	for p := c.find(uint32(clock)); ; {
		it := d.at(c.at(p))
		if uint64(it.clock) >= clock+length {
			return true
		}
		if !it.deleted() {
			return false
		}
		if !c.step(&p) {
			return true
		}
	}
}
