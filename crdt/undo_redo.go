package crdt

import "slices"

// redone remembers which clocks were brought back under which new ones. Several
// runs of one client are sorted by clock.
type redoneRun struct {
	clock, length uint32
	to            clientClock
}

// setRedone notes that item r lives on under a new id.
func (d *Doc) setRedone(r ref, to clientClock) {
	it := d.at(r)
	it.flags |= flagRedone
	if d.redone == nil {
		d.redone = map[uint32][]redoneRun{}
	}
	runs := d.redone[it.client]
	i, _ := slices.BinarySearchFunc(runs, it.clock, func(x redoneRun, clock uint32) int { return int(int64(x.clock) - int64(clock)) })
	d.redone[it.client] = slices.Insert(runs, i, redoneRun{it.clock, it.length, to})
}

// redoneAs finds what a clock lives on as.
func (d *Doc) redoneAs(client, clock uint32) (clientClock, bool) {
	runs := d.redone[client]
	i, exact := slices.BinarySearchFunc(runs, clock, func(x redoneRun, clock uint32) int { return int(int64(x.clock) - int64(clock)) })
	if !exact {
		i--
	}
	if i < 0 || clock-runs[i].clock >= runs[i].length {
		return clientClock{}, false
	}
	return clientClock{runs[i].to.client, runs[i].to.clock + clock - runs[i].clock}, true
}

// followRedone goes from a clock to what it lives on as now.
func (d *Doc) followRedone(client, clock uint32) (uint32, uint32) {
	for d.at(d.findItem(client, clock)).flags&flagRedone != 0 {
		next, ok := d.redoneAs(client, clock)
		if !ok {
			break
		}
		client, clock = next.client, next.clock
	}
	return client, clock
}

// redoneItem is the item that starts where the first clock of r lives on; 0 if r
// was not brought back.
func (d *Doc) redoneItem(tx *Tx, r ref) ref {
	it := d.at(r)
	if it.flags&flagRedone == 0 {
		return 0
	}
	next, ok := d.redoneAs(it.client, it.clock)
	if !ok {
		return 0
	}
	return d.cleanStart(tx, next.client, next.clock)
}

// pop undoes the newest step of the undo stack, or redoes that of the redo stack.
// Steps that have no effect any more are dropped on the way.
func (u *UndoManager) pop(mode undoMode) *StackItem {
	u.mode = mode
	defer func() { u.mode = recording }()
	stack := &u.undo
	if mode == redoing {
		stack = &u.redo
	}
	u.d.Transact(u, func(tx *Tx) {
		tx.apart = true
		for len(*stack) > 0 && u.popped == nil {
			n := len(*stack) - 1
			step := (*stack)[n]
			(*stack)[n] = nil
			*stack = (*stack)[:n]
			if u.revert(tx, step) {
				u.popped = step
			}
		}
	})
	step := u.popped
	u.popped = nil
	if step != nil {
		u.emit(UndoEvent{Kind: StepPopped, Redo: mode == redoing, Step: step, Origin: u})
	}
	return step
}

// revert deletes what a step inserted and brings back what it deleted. It
// reports whether that changed anything.
func (u *UndoManager) revert(tx *Tx, step *StackItem) bool {
	d := u.d
	var remove, restore []ref
	tx.eachItem(step.insertions, func(r ref) {
		it := d.at(r)
		if it.flags&flagRedone != 0 {
			client, clock := d.followRedone(it.client, it.clock)
			r = d.cleanStart(tx, client, clock)
			it = d.at(r)
		}
		if !it.deleted() && u.inScope(r) {
			remove = append(remove, r)
		}
	})
	restoring := map[ref]bool{}
	tx.eachItem(step.deletions, func(r ref) {
		// What came and went within one step stays gone.
		if it := d.at(r); u.inScope(r) && !step.insertions.has(it.client, it.clock) {
			restore = append(restore, r)
			restoring[r] = true
		}
	})
	changed := false
	for _, r := range restore {
		if u.restore(tx, r, restoring, step) != 0 {
			changed = true
		}
	}
	// Children before their parents.
	for _, r := range slices.Backward(remove) {
		if u.opts.DeleteFilter == nil || u.opts.DeleteFilter(d.undoContent(r)) {
			tx.deleteItem(r)
			changed = true
		}
	}
	return changed
}

func (d *Doc) undoContent(r ref) UndoContent {
	it := d.at(r)
	l := &d.lists[it.list]
	c := UndoContent{ID: d.idOf(it), Len: int(it.length), Parent: d.handle(l.typ), Key: d.keys[l.key], Keyed: l.key != 0}
	if it.kind() == kindType {
		c.Type = d.handle(it.off)
	}
	return c
}

// restore inserts the content of a deleted item anew, where it was, and returns
// the new item; 0 if that is not possible.
func (u *UndoManager) restore(tx *Tx, r ref, restoring map[ref]bool, step *StackItem) ref {
	d := u.d
	if again := d.redoneItem(tx, r); again != 0 {
		return again
	}
	it := d.at(r)
	if it.list == 0 {
		return 0
	}
	typ, key := d.lists[it.list].typ, d.lists[it.list].key
	parent := d.types[typ].item
	if parent != 0 && d.at(parent).deleted() {
		if d.at(parent).flags&flagRedone == 0 && (!restoring[parent] || u.restore(tx, parent, restoring, step) == 0) {
			return 0
		}
		for {
			next := d.redoneItem(tx, parent)
			if next == 0 {
				break
			}
			parent = next
		}
	}
	if parent != 0 {
		if d.at(parent).kind() != kindType {
			return 0
		}
		typ = d.at(parent).off
	}
	var at spot
	if key == 0 {
		at = spot{d.types[typ].seq, u.living(tx, it.left, parent, false), u.living(tx, r, parent, true)}
	} else {
		var ok bool
		if at, ok = u.slotFor(tx, r, typ, key, parent, step); !ok {
			return 0
		}
	}
	return u.copyItem(tx, r, at)
}

// living finds the nearest item from r on, to the left or to the right, that
// lives in parent itself or lives on there under a new id.
func (u *UndoManager) living(tx *Tx, r, parent ref, rightward bool) ref {
	d := u.d
	for r != 0 {
		for trace := r; trace != 0 && d.at(trace).list != 0; trace = d.redoneItem(tx, trace) {
			if d.types[d.lists[d.at(trace).list].typ].item == parent {
				return trace
			}
		}
		if rightward {
			r = d.at(r).right
		} else {
			r = d.at(r).left
		}
	}
	return 0
}

// slotFor finds the place for the value r of a map key. There is none if another
// client has set the key since.
func (u *UndoManager) slotFor(tx *Tx, r ref, typ, key uint32, parent ref, step *StackItem) (spot, bool) {
	d := u.d
	slot := d.slot(typ, key)
	left := d.lists[slot].tail
	if d.at(r).right != 0 && !u.opts.OverwriteRemote {
		left = r
		for d.at(left).right != 0 && u.superseded(d.at(left).right, step) {
			left = d.at(left).right
			for {
				next := d.redoneItem(tx, left)
				if next == 0 {
					break
				}
				left = next
			}
		}
		if d.at(left).right != 0 {
			return spot{}, false
		}
	}
	if left != 0 && (d.at(left).list == 0 || d.types[d.lists[d.at(left).list].typ].item != parent) {
		left = d.lists[slot].tail
	}
	return spot{list: slot, left: left}, true
}

// superseded reports whether a later value of a map key is one that this manager
// removes or has removed.
func (u *UndoManager) superseded(r ref, step *StackItem) bool {
	it := u.d.at(r)
	if it.flags&flagRedone != 0 || step.insertions.has(it.client, it.clock) {
		return true
	}
	deleted := func(s *StackItem) bool { return s.deletions.has(it.client, it.clock) }
	return slices.ContainsFunc(u.undo, deleted) || slices.ContainsFunc(u.redo, deleted)
}

// copyItem writes the content of r again at a spot.
func (u *UndoManager) copyItem(tx *Tx, r ref, at spot) ref {
	d := u.d
	it := d.at(r)
	kind, length := it.kind(), it.length
	var content []byte
	typ := uint32(0)
	if kind == kindType {
		ti := d.types[it.off]
		typ = d.newType(ti.kind, 0, ti.name, 0)
	} else {
		content = slices.Clone(d.content(it))
	}
	client := d.intern(d.clientID)
	clock := d.clients[client].next
	d.setRedone(r, clientClock{client, clock})
	tx.write(at, kind, length, content, typ)
	restored := d.findItem(client, clock)
	d.keep(restored, true)
	return restored
}
