package crdt

import (
	"cmp"
	"slices"
	"strings"
)

// Event says how one shared type changed in one transaction.
type Event struct {
	Target Type
	// Path leads from the document to Target: the root's name, then a key
	// (string) or a position (int) per level.
	Path []any
	// Keys are the changed keys of a Map, or attributes of an XMLElement or
	// text; nil if none changed.
	Keys map[string]KeyChange
	// Delta is the change of the sequence: of a text with its formatting; of an
	// Array or XMLFragment with each Insert a []any. nil if it did not change.
	Delta  []DeltaOp
	Origin any  // of the transaction
	Local  bool // the change was made here, not received
}

// KeyChange says what happened to a key.
type KeyChange struct {
	Action   string // "add", "update" or "delete"
	Old, New any    // nil where there is none; a deleted shared type reads as empty
}

type deepHandler struct {
	root handle // zero: every type
	fn   func(events []Event, tx *Tx)
}

// ObserveDeep calls fn after every transaction that changed root or a type
// inside it, with one event per changed type, outer types first. What is inside
// a type that is new itself comes with that type, not as an event. cancel stops
// the calls.
func (d *Doc) ObserveDeep(root Type, fn func(events []Event, tx *Tx)) (cancel func()) {
	return d.observe(root.ref(), fn)
}

// ObserveAll is ObserveDeep for all roots at once.
func (d *Doc) ObserveAll(fn func(events []Event, tx *Tx)) (cancel func()) {
	return d.observe(handle{}, fn)
}

func (d *Doc) observe(root handle, fn func([]Event, *Tx)) func() {
	h := &deepHandler{root, fn}
	d.deep = append(slices.Clone(d.deep), h)
	return func() {
		d.deep = slices.DeleteFunc(slices.Clone(d.deep), func(x *deepHandler) bool { return x == h })
	}
}

func (d *Doc) emitEvents(tx *Tx) {
	if len(d.deep) == 0 || len(tx.changed) == 0 {
		return
	}
	events := d.events(tx)
	if len(events) == 0 {
		return
	}
	d.callDeep(d.deep, events, tx)
}

// callDeep calls every handler, the rest too if one panics.
func (d *Doc) callDeep(hs []*deepHandler, events []Event, tx *Tx) {
	if len(hs) == 0 {
		return
	}
	defer d.callDeep(hs[1:], events, tx)
	h := hs[0]
	mine := events
	if h.root.d != nil {
		mine = nil
		for _, e := range events {
			if d.inside(e.Target.ref().typ, h.root.typ) {
				mine = append(mine, e)
			}
		}
	}
	if len(mine) > 0 {
		h.fn(mine, tx)
	}
}

// inside reports whether type t is root or in it.
func (d *Doc) inside(t, root uint32) bool {
	for t != root {
		r := d.types[t].item
		if r == 0 {
			return false
		}
		t = d.lists[d.at(r).list].typ
	}
	return true
}

// events builds the events of a transaction. Nothing may have changed since it
// ended, and nothing have been collected.
func (d *Doc) events(tx *Tx) []Event {
	slices.SortFunc(tx.changed, func(a, b change) int {
		if a.typ != b.typ {
			return cmp.Compare(a.typ, b.typ)
		}
		return cmp.Compare(a.key, b.key)
	})
	changed := slices.Compact(tx.changed)
	var events []Event
	for len(changed) > 0 {
		typ, n := changed[0].typ, 1
		for n < len(changed) && changed[n].typ == typ {
			n++
		}
		mine := changed[:n]
		changed = changed[n:]
		if d.typeDeleted(typ) {
			continue
		}
		e := Event{Target: d.handle(typ), Path: d.path(typ), Origin: tx.origin, Local: tx.local}
		for _, c := range mine {
			if c.key == 0 {
				switch d.kindOf(typ) {
				case typeText, typeXMLText:
					e.Delta = d.textDelta(tx, typ)
				default:
					e.Delta = d.listDelta(tx, typ)
				}
			} else if kc, ok := d.keyChange(tx, d.slotOf(typ, c.key)); ok {
				if e.Keys == nil {
					e.Keys = map[string]KeyChange{}
				}
				e.Keys[d.keys[c.key]] = kc
			}
		}
		if e.Keys != nil || len(e.Delta) > 0 {
			events = append(events, e)
		}
	}
	slices.SortStableFunc(events, func(a, b Event) int { return len(a.Path) - len(b.Path) })
	return events
}

// path leads from the document to a type that is not deleted.
func (d *Doc) path(t uint32) []any {
	var p []any
	for {
		r := d.types[t].item
		if r == 0 {
			p = append(p, d.keys[d.types[t].name])
			slices.Reverse(p)
			return p
		}
		l := &d.lists[d.at(r).list]
		if l.key != 0 {
			p = append(p, d.keys[l.key])
		} else {
			p = append(p, int(d.rank(r)))
		}
		t = l.typ
	}
}

// PathOf leads from the document to a type, as Event.Path does; nil if the type
// is deleted.
func (d *Doc) PathOf(t Type) []any {
	if d.typeDeleted(t.ref().typ) {
		return nil
	}
	return d.path(t.ref().typ)
}

func (tx *Tx) adds(it *item) bool    { return it.clock >= tx.before(it.client) }
func (tx *Tx) removes(it *item) bool { return it.deleted() && tx.deletesClock(it.client, it.clock) }

func (d *Doc) keyChange(tx *Tx, slot uint32) (KeyChange, bool) {
	r := d.lists[slot].tail
	if r == 0 {
		return KeyChange{}, false
	}
	it := d.at(r)
	if !tx.adds(it) {
		if tx.removes(it) {
			return KeyChange{Action: "delete", Old: d.value(it)}, true
		}
		return KeyChange{}, false
	}
	prev := it.left
	for prev != 0 && tx.adds(d.at(prev)) {
		prev = d.at(prev).left
	}
	replaced := prev != 0 && tx.removes(d.at(prev))
	switch {
	case it.deleted() && replaced:
		return KeyChange{Action: "delete", Old: d.value(d.at(prev))}, true
	case it.deleted():
		return KeyChange{}, false
	case replaced:
		return KeyChange{Action: "update", Old: d.value(d.at(prev)), New: d.value(it)}, true
	}
	return KeyChange{Action: "add", New: d.value(it)}, true
}

// A run may be partly old and partly new, since what arrives behind a run joins
// it at once. oldLen is the length of the part that was there before tx.
func (tx *Tx) oldLen(it *item) uint32 {
	b := tx.before(it.client)
	if b <= it.clock {
		return 0
	}
	return min(b-it.clock, it.length)
}

// window narrows a delta to the part of a long sequence that tx touched: the
// first item to look at and the position it starts at, and the item behind the
// last one. Cost is that of the transaction.
func (d *Doc) window(tx *Tx, seq uint32) (start, stop ref, prefix uint32) {
	start = d.lists[seq].head
	if d.indexOf(seq) == nil {
		r := start
		for n := 0; r != 0 && n < indexFloor; n++ {
			r = d.at(r).right
		}
		if r == 0 {
			return start, 0, 0
		}
	}
	var first, last ref
	var low, high uint32
	touch := func(client, from, to uint32) {
		c := d.clients[client]
		for p := c.find(from); ; {
			r := c.at(p)
			if it := d.at(r); it.clock >= to {
				return
			} else if it.list == seq {
				pos := d.rank(r)
				if first == 0 || pos < low {
					first, low = r, pos
				}
				if last == 0 || pos > high {
					last, high = r, pos
				}
			}
			if !c.step(&p) {
				return
			}
		}
	}
	for _, s := range tx.states {
		if s.before < s.after {
			touch(s.client, s.before, s.after)
		}
	}
	for _, x := range tx.deletes {
		touch(x.client, x.clock, x.clock+x.length)
	}
	if first == 0 {
		return start, 0, 0
	}
	// Items without positions share their position with the item behind them.
	for l := d.at(first).left; l != 0 && d.at(l).visible() == 0; l = d.at(first).left {
		first = l
	}
	for d.at(last).visible() == 0 && d.at(last).right != 0 {
		last = d.at(last).right
	}
	return first, d.at(last).right, low
}

func (d *Doc) listDelta(tx *Tx, typ uint32) []DeltaOp {
	var ops []DeltaOp
	var op DeltaOp
	var ins []any
	flush := func() {
		if len(ins) > 0 {
			op.Insert, ins = ins, nil
		}
		if op.Insert != nil || op.Delete > 0 || op.Retain > 0 {
			ops = append(ops, op)
		}
		op = DeltaOp{}
	}
	r, stop, prefix := d.window(tx, d.types[typ].seq)
	op.Retain = int(prefix)
	for r != stop {
		it := d.at(r)
		r = it.right
		old := tx.oldLen(it)
		if it.deleted() {
			if old > 0 && tx.removes(it) {
				if op.Delete == 0 {
					flush()
				}
				op.Delete += int(old)
			}
			continue
		}
		if old > 0 {
			if op.Retain == 0 {
				flush()
			}
			op.Retain += int(old)
		}
		if n := it.length - old; n > 0 {
			if ins == nil {
				flush()
			}
			d.values(it, int(old), int(n), func(v any) bool { ins = append(ins, v); return true })
		}
	}
	if op.Retain > 0 && ins == nil {
		op.Retain = 0
	}
	flush()
	return ops
}

// deltaBuilder joins steps of a text delta.
type deltaBuilder struct {
	ops    []DeltaOp
	insert strings.Builder
	op     DeltaOp
}

func (b *deltaBuilder) flush() {
	if b.insert.Len() > 0 {
		b.op.Insert = b.insert.String()
		b.insert.Reset()
	}
	if b.op.Insert != nil || b.op.Delete > 0 || b.op.Retain > 0 {
		b.ops = append(b.ops, b.op)
	}
	b.op = DeltaOp{}
}

// textDelta is the change of a text with its formatting (Yjs: YTextEvent.delta).
// Yjs deletes superfluous marks on the way; here they are only passed over.
func (d *Doc) textDelta(tx *Tx, typ uint32) []DeltaOp {
	var b deltaBuilder
	var cur, old, changes attrs // in force now, before, and the difference
	retain := func(n uint32) {
		if b.op.Retain == 0 {
			b.flush()
			b.op.Attributes = changes.toMap(d)
		}
		b.op.Retain += int(n)
	}
	endRetain := func() {
		if b.op.Retain > 0 {
			b.flush()
		}
	}
	remove := func(n uint32) {
		if b.op.Delete == 0 {
			b.flush()
		}
		b.op.Delete += int(n)
	}
	r, stop := d.lists[d.types[typ].seq].head, ref(0)
	if d.types[typ].flags&typeFormatted == 0 {
		var prefix uint32
		r, stop, prefix = d.window(tx, d.types[typ].seq)
		b.op.Retain = int(prefix)
	}
	for r != stop {
		it := d.at(r)
		r = it.right
		oldN := tx.oldLen(it)
		switch it.kind() {
		case kindString:
			if it.deleted() {
				if oldN > 0 && tx.removes(it) {
					remove(oldN)
				}
				continue
			}
			if oldN > 0 {
				retain(oldN)
			}
			if n := it.length - oldN; n > 0 {
				if b.insert.Len() == 0 {
					b.flush()
					b.op.Attributes = cur.toMap(d)
				}
				if oldN == 0 {
					b.insert.Write(d.content(it))
				} else {
					b.insert.WriteString(sliceUTF16(d.content(it), int(oldN), int(n)))
				}
			}
		case kindFormat:
			f := d.formatOf(it)
			now, _ := cur.get(f.key)
			says := !it.deleted() // something that is not in force already
			switch {
			case oldN == 0:
				if says && equalAttrs(now, f.val) {
					says = f.val == nil
				} else if says {
					endRetain()
					if was, _ := old.get(f.key); equalAttrs(f.val, was) {
						changes.remove(f.key)
					} else {
						changes.set(f)
					}
				}
			case it.deleted():
				if !tx.removes(it) {
					continue
				}
				old.set(f)
				if !equalAttrs(now, f.val) {
					endRetain()
					changes.set(attr{key: f.key, val: now})
				}
			default:
				old.set(f)
				if v, ok := changes.get(f.key); ok && equalAttrs(v, f.val) {
					says = v == nil
				} else if ok {
					endRetain()
					if f.val == nil {
						changes.remove(f.key)
					} else {
						changes.set(f)
					}
				}
			}
			if says {
				if b.insert.Len() > 0 {
					b.flush()
				}
				cur.apply(f)
			}
		case kindType, kindEmbed:
			switch {
			case it.deleted():
				if oldN > 0 && tx.removes(it) {
					remove(1)
				}
			case oldN > 0:
				retain(1)
			default:
				b.flush()
				b.op = DeltaOp{Insert: d.value(it), Attributes: cur.toMap(d)}
				b.flush()
			}
		}
	}
	b.flush()
	for n := len(b.ops); n > 0 && b.ops[n-1].Retain > 0 && b.ops[n-1].Attributes == nil; n-- {
		b.ops = b.ops[:n-1]
	}
	return b.ops
}
