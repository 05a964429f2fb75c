package crdt

import (
	"cmp"
	"slices"
)

// A Tx is an open transaction. It is valid until the function it was passed to
// returns; observers get it to read Origin and Local only.
type Tx struct {
	d      *Doc
	origin any
	local  bool
	seq    uint64

	states  []txState     // clients that got structs, with their clocks before and after
	deletes []deleted     // what this transaction deleted; sorted when it ends
	split   []clientClock // runs that may merge with a neighbour again
	changed []change      // filled only while somebody observes

	apart    bool     // new runs do not grow old ones before the end; undo relies on it
	deleters []uint32 // clients in the order of their first delete; for undo managers only
}

type txState struct {
	client        uint32
	before, after uint32
}

type deleted struct{ client, clock, length uint32 }

type clientClock struct{ client, clock uint32 }

// change is a list that was touched; key 0 is the sequence of the type.
type change struct{ typ, key uint32 }

// Doc is the document being changed.
func (tx *Tx) Doc() *Doc { return tx.d }

// Origin is what was passed to Transact or ApplyUpdate.
func (tx *Tx) Origin() any { return tx.origin }

// Local reports whether the changes were made here, not received.
func (tx *Tx) Local() bool { return tx.local }

// Transact runs fn with a transaction, the only way to change a document. All
// changes of fn reach observers, and OnUpdate as one update, after it returns.
// A Transact inside fn joins the outer transaction. Observers may start new
// transactions; those end after the present one.
//
// If fn panics, what it did up to then stands, observers are told, and the panic
// continues.
func (d *Doc) Transact(origin any, fn func(tx *Tx)) {
	d.transact(origin, true, fn)
}

func (d *Doc) transact(origin any, local bool, fn func(tx *Tx)) {
	if d.tx != nil {
		fn(d.tx)
		return
	}
	tx := d.begin(origin, local)
	defer d.commit(tx)
	fn(tx)
}

// begin opens a transaction; commit must follow.
func (d *Doc) begin(origin any, local bool) *Tx {
	var tx *Tx
	if n := len(d.freeTx); n > 0 {
		tx = d.freeTx[n-1]
		d.freeTx = d.freeTx[:n-1]
	} else {
		tx = &Tx{d: d}
	}
	d.wrote, d.whole = false, nil
	d.txSeq++
	tx.seq, tx.origin, tx.local = d.txSeq, origin, local
	d.tx = tx
	return tx
}

// commit closes tx: observers, collection, merging, update. If it is called
// while another transaction is being cleaned up, tx waits for that to end.
func (d *Doc) commit(tx *Tx) {
	d.tx = nil
	d.conflict.forget()
	for i := range tx.states {
		s := &tx.states[i]
		s.after = d.clients[s.client].next
	}
	d.queue = append(d.queue, tx)
	if len(d.queue) == 1 {
		d.drain(0)
	}
}

// drain finishes the queued transactions from the i-th on, whatever observers
// do, and empties the queue.
func (d *Doc) drain(i int) {
	if len(d.deep) == 0 && len(d.onUpdate) == 0 && len(d.undo) == 0 && len(d.queue) == 1 {
		d.queue[0].sortDeletes() // nobody listens: nothing below can panic
		d.tidy(d.queue[0])
		d.dequeue()
		return
	}
	defer func() {
		if i+1 < len(d.queue) {
			d.drain(i + 1)
		} else {
			d.dequeue()
		}
	}()
	d.finish(d.queue[i])
}

func (d *Doc) dequeue() {
	for _, tx := range d.queue {
		if len(d.freeTx) < 4 {
			tx.reset()
			d.freeTx = append(d.freeTx, tx)
		}
	}
	clear(d.queue)
	d.queue = d.queue[:0]
	d.compactIfWasteful()
}

func (d *Doc) finish(tx *Tx) {
	tx.sortDeletes()
	defer func() {
		d.tidy(tx)
		d.emitUpdate(tx)
	}()
	defer func() {
		for _, u := range d.undo {
			u.record(tx)
		}
	}()
	d.emitEvents(tx)
}

func (d *Doc) tidy(tx *Tx) {
	if !d.opts.KeepDeleted {
		d.collect(tx)
	}
	d.mergeRuns(tx)
}

func (tx *Tx) reset() {
	tx.origin = nil
	tx.states = keepSmall(tx.states)
	tx.deletes = keepSmall(tx.deletes)
	tx.split = keepSmall(tx.split)
	tx.changed = keepSmall(tx.changed)
	tx.deleters = tx.deleters[:0]
	tx.apart = false
}

// keepSmall empties s for reuse, unless it grew large once.
func keepSmall[T any](s []T) []T {
	if cap(s) > 1<<8 {
		return nil
	}
	return s[:0]
}

// touch notes that client is about to get structs.
func (tx *Tx) touch(client uint32, c *client) {
	if c.txSeq != tx.seq {
		c.txSeq, c.txBefore = tx.seq, c.next
		tx.states = append(tx.states, txState{client: client, before: c.next})
	}
}

// before is the state of a client before the transaction.
func (tx *Tx) before(client uint32) uint32 {
	c := tx.d.clients[client]
	if c.txSeq == tx.seq {
		return c.txBefore
	}
	if c.txSeq > tx.seq { // a later transaction has begun
		for _, s := range tx.states {
			if s.client == client {
				return s.before
			}
		}
	}
	return c.next
}

// change notes that a list of a type changed. A type that is itself new, or
// deleted, has no changes of its own.
func (tx *Tx) change(typ, key uint32) {
	d := tx.d
	if len(d.deep) == 0 && len(d.undo) == 0 {
		return
	}
	if r := d.types[typ].item; r != 0 {
		if it := d.at(r); it.deleted() || it.clock >= tx.before(it.client) {
			return
		}
	}
	if n := len(tx.changed); n > 0 && tx.changed[n-1] == (change{typ, key}) {
		return
	}
	tx.changed = append(tx.changed, change{typ, key})
}

func (tx *Tx) addDelete(client, clock, length uint32) {
	if len(tx.d.undo) > 0 && !slices.Contains(tx.deleters, client) {
		tx.deleters = append(tx.deleters, client)
	}
	if n := len(tx.deletes); n > 0 {
		if last := &tx.deletes[n-1]; last.client == client && last.clock+last.length == clock {
			last.length += length
			return
		}
	}
	tx.deletes = append(tx.deletes, deleted{client, clock, length})
}

// sortDeletes orders the deleted ranges by client and clock and joins them.
func (tx *Tx) sortDeletes() {
	if len(tx.deletes) < 2 {
		return
	}
	slices.SortFunc(tx.deletes, func(a, b deleted) int {
		if a.client != b.client {
			return cmp.Compare(a.client, b.client)
		}
		return cmp.Compare(a.clock, b.clock)
	})
	n := 0
	for _, x := range tx.deletes[1:] {
		last := &tx.deletes[n]
		if end := last.clock + last.length; last.client == x.client && x.clock <= end {
			last.length = max(end, x.clock+x.length) - last.clock
			continue
		}
		n++
		tx.deletes[n] = x
	}
	tx.deletes = tx.deletes[:n+1]
}

// deletes reports whether the transaction deleted a clock. Only after sortDeletes.
func (tx *Tx) deletesClock(client, clock uint32) bool {
	i, ok := slices.BinarySearchFunc(tx.deletes, clientClock{client, clock}, func(x deleted, t clientClock) int {
		if x.client != t.client {
			return cmp.Compare(x.client, t.client)
		}
		return cmp.Compare(x.clock, t.clock)
	})
	if ok {
		return true
	}
	if i == 0 {
		return false
	}
	x := tx.deletes[i-1]
	return x.client == client && clock < x.clock+x.length
}

// deleteItem marks an item deleted, and everything inside it: each type before
// what it holds, in the order of Yjs's recursion (ContentType.delete), since the
// order decides which runs are joined in the end.
func (tx *Tx) deleteItem(r ref) {
	d := tx.d
	if d.at(r).deleted() {
		return
	}
	base := len(d.stack)
	d.stack = append(d.stack, r)
	for len(d.stack) > base {
		r := d.stack[len(d.stack)-1]
		d.stack = d.stack[:len(d.stack)-1]
		it := d.at(r)
		if it.deleted() {
			// What was deleted before may merge once it is collected with its parent.
			if it.clock < tx.before(it.client) {
				tx.split = append(tx.split, clientClock{it.client, it.clock})
			}
			continue
		}
		l := &d.lists[it.list]
		if n := it.visible(); n > 0 && l.key == 0 {
			d.types[l.typ].length -= n
			if ix := d.indexOf(it.list); ix != nil {
				ix.resize(d, r, -int(n))
			}
		}
		it.flags |= flagDeleted
		tx.addDelete(it.client, it.clock, it.length)
		tx.change(l.typ, l.key)
		if it.kind() == kindType {
			d.pushContents(it.off)
		}
	}
}

// pushContents puts what a deleted type holds on the stack of deleteItem, the
// first on top: its sequence, then the last value of each key.
func (d *Doc) pushContents(typ uint32) {
	ti, base := &d.types[typ], len(d.stack)
	for r := d.lists[ti.seq].head; r != 0; r = d.at(r).right {
		d.stack = append(d.stack, r)
	}
	for l := ti.slot; l != 0; l = d.lists[l].next {
		if r := d.lists[l].tail; r != 0 {
			d.stack = append(d.stack, r)
		}
	}
	slices.Reverse(d.stack[base:])
}

// collect drops the content of what the transaction deleted (Yjs: tryGc).
func (d *Doc) collect(tx *Tx) {
	for _, x := range tx.deletes {
		c := d.clients[x.client]
		p := c.find(x.clock)
		for {
			r := c.at(p)
			it := d.at(r)
			if it.clock >= x.clock+x.length {
				break
			}
			if it.kind() != kindGC && it.deleted() && it.flags&flagKeep == 0 {
				d.collectItem(r)
			}
			if !c.step(&p) {
				break
			}
			c.hint = p
		}
	}
}

// collectItem leaves of a deleted item its place only, and nothing of its
// children but their clocks.
func (d *Doc) collectItem(r ref) {
	it := d.at(r)
	d.waste += int(it.size)
	if it.kind() == kindType {
		d.collectType(it.off)
	}
	it.off, it.size = 0, 0
	it.flags = it.flags&^(kindMask|flagASCII) | kindDeleted
}

func (d *Doc) collectType(typ uint32) {
	todo := []uint32{typ}
	for len(todo) > 0 {
		ti := &d.types[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		ti.flags |= typeDead
		ti.item = 0
		drop := func(l *list) {
			for r := l.head; r != 0; {
				it := d.at(r)
				next := it.right
				if it.kind() == kindType {
					todo = append(todo, it.off)
				} else {
					d.waste += int(it.size)
				}
				*it = item{clock: it.clock, length: it.length, client: it.client, flags: kindGC | flagDeleted}
				r = next
			}
			l.head, l.tail = 0, 0
		}
		d.dropIndex(ti.seq)
		drop(&d.lists[ti.seq])
		for l := ti.slot; l != 0; l = d.lists[l].next {
			drop(&d.lists[l])
			d.slots.remove(d.lists, d.lists[l].typ, d.lists[l].key)
		}
		ti.slot, ti.lastSlot, ti.length = 0, 0, 0
	}
}

// mergeRuns joins runs that the transaction made joinable. Which pairs are
// tried, and which are left alone, follows Yjs, so that both write a document
// the same way: around what was deleted, all of what is new, and around splits.
func (d *Doc) mergeRuns(tx *Tx) {
	for i := len(tx.deletes) - 1; i >= 0; i-- {
		x := tx.deletes[i]
		c := d.clients[x.client]
		if c.txSeq == tx.seq && x.clock >= c.txBefore {
			continue // new, and tried below
		}
		p := c.find(x.clock + x.length - 1)
		q := p
		if c.step(&q) {
			p = q
		}
		d.mergeDown(c, p, x.clock)
	}
	for _, s := range tx.states {
		if s.after == s.before {
			continue
		}
		c := d.clients[s.client]
		d.mergeDown(c, c.last(), c.clockAt(c.find(s.before)))
	}
	// In this order and as often as Yjs: what was joined before decides which run is
	// the next one.
	for i := len(tx.split) - 1; i >= 0; i-- {
		x := tx.split[i]
		c := d.clients[x.client]
		if c.txSeq == tx.seq && x.clock >= c.txBefore {
			continue
		}
		p := c.find(x.clock)
		if q := p; c.step(&q) {
			p, _ = d.mergeLefts(c, q)
			if c.clockAt(p) <= x.clock {
				continue // x's run was joined, or starts here and was tried
			}
			p = c.find(x.clock)
		}
		d.mergeLefts(c, p)
	}
}

// mergeDown tries to merge every run from p down to the one starting at floor
// with its left neighbours. Runs that belong together are found from right to
// left and joined from left to right, so that each is copied once at most.
func (d *Doc) mergeDown(c *client, p place, floor uint32) {
	right, chain := c.at(p), 0 // chain: how many runs from p on follow each other
	for chain > 0 || c.clockAt(p) >= floor {
		q := p
		if !c.back(&q) {
			break
		}
		left := c.at(q)
		// Most pairs fail on the first alone.
		if l := d.at(left); (l.right == right || l.list == 0) && d.follows(l, d.at(right), right) {
			chain++
		} else if chain > 0 {
			first := c.clockAt(p)
			d.joinChain(c, p, chain)
			if chain = 0; first < floor {
				return
			}
			q = c.find(d.at(left).clock)
		}
		p, right = q, left
	}
	d.joinChain(c, p, chain)
}

// joinChain joins the run at p with the n runs behind it, as far as the limits
// admit. Places found before are not valid after it.
func (d *Doc) joinChain(c *client, p place, n int) {
	for ; n > 0; n-- {
		q := p
		c.step(&q)
		r := c.at(q)
		if !d.join(c, c.at(p), r) {
			p = q
			continue
		}
		p = c.remove(q)
		d.release(r)
	}
}
