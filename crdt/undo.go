package crdt

import (
	"reflect"
	"slices"
	"time"
)

// UndoOptions configure an UndoManager. The zero value undoes what transactions
// without origin did and puts those less than half a second apart into one step.
type UndoOptions struct {
	// Origins are the transaction origins whose changes can be undone, compared
	// with ==; default: only nil. Updates applied with the nil origin never count.
	Origins []any
	// CaptureTimeout is how long after the last change another one still joins
	// its step; default 500 ms. Negative: every transaction is a step of its own.
	CaptureTimeout time.Duration
	// Now is the clock for CaptureTimeout; default time.Now.
	Now func() time.Time
	// Capture, if set, says which transactions count at all.
	Capture func(tx *Tx) bool
	// DeleteFilter, if set, says which content undo and redo may delete. What it
	// refuses stays, unless it is in something that goes.
	DeleteFilter func(UndoContent) bool
	// OverwriteRemote makes undo restore the value of a map key even if somebody
	// else has set it since. By default their value stays.
	OverwriteRemote bool
}

// An UndoManager reverts and redoes changes of chosen origins in chosen shared
// types, and leaves what others did alone. Undoing is an edit like any other: it
// makes new structs and deletes, which travel to the other replicas.
//
// What the steps may need again is kept from collection until they are dropped,
// by Clear or, for redo, by the next new change. Close a manager that is no
// longer needed.
//
// It follows Yjs's UndoManager.
type UndoManager struct {
	d       *Doc
	opts    UndoOptions
	scope   []Type // empty: the whole document
	tracked []any

	undo, redo []*StackItem
	mode       undoMode
	popped     *StackItem
	lastChange time.Time // zero: the next change starts a new step
	handlers   []*undoHandler
}

type undoMode uint8

const (
	recording undoMode = iota
	undoing
	redoing
)

// StackItem is one step that can be undone or redone.
type StackItem struct {
	// Meta is for the caller, for instance the selection before the step. A step
	// that is undone makes a new one for redo, whose Meta is empty.
	Meta map[any]any

	insertions, deletions clockSet
}

// UndoContent is something that a step inserted and that undoing it is about to
// delete: one shared type, or a run of text or values.
type UndoContent struct {
	ID     ID
	Len    int    // clocks, from that of ID on
	Parent Type   // where it is
	Key    string // under which key, if Keyed
	Keyed  bool
	Type   Type // the shared type that it is; nil for text and values
}

// UndoEvent tells what happened to the stacks.
type UndoEvent struct {
	Kind   UndoEventKind
	Redo   bool       // it is a step of the redo stack
	Step   *StackItem // nil for StackCleared
	Origin any        // of the transaction: the manager itself when it undoes or redoes
}

// UndoEventKind says what happened.
type UndoEventKind uint8

// What can happen to the stacks.
const (
	StepAdded   UndoEventKind = iota + 1 // a new step
	StepUpdated                          // a change joined the newest step
	StepPopped                           // a step was undone (Redo: redone)
	StackCleared
)

type undoHandler struct{ fn func(UndoEvent) }

// NewUndoManager records changes from now on of the types in scope and what is
// inside them; with an empty scope, of the whole document.
func NewUndoManager(d *Doc, scope []Type, o UndoOptions) *UndoManager {
	if o.CaptureTimeout == 0 {
		o.CaptureTimeout = 500 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	u := &UndoManager{d: d, opts: o, scope: slices.Clone(scope), tracked: slices.Clone(o.Origins)}
	u.checkScope(scope)
	if len(u.tracked) == 0 {
		u.tracked = []any{nil}
	}
	d.undo = append(slices.Clone(d.undo), u)
	return u
}

// Close stops recording and lets go of what was kept.
func (u *UndoManager) Close() {
	u.Clear()
	u.d.undo = slices.DeleteFunc(slices.Clone(u.d.undo), func(x *UndoManager) bool { return x == u })
}

// OnEvent calls fn when a stack changes. cancel stops the calls.
func (u *UndoManager) OnEvent(fn func(UndoEvent)) (cancel func()) {
	h := &undoHandler{fn}
	u.handlers = append(slices.Clone(u.handlers), h)
	return func() {
		u.handlers = slices.DeleteFunc(slices.Clone(u.handlers), func(x *undoHandler) bool { return x == h })
	}
}

func (u *UndoManager) emit(e UndoEvent) {
	for _, h := range u.handlers {
		h.fn(e)
	}
}

// AddToScope makes the manager record changes of more types from now on. One that
// was made for the whole document does already.
func (u *UndoManager) AddToScope(types ...Type) {
	u.checkScope(types)
	if len(u.scope) == 0 {
		return
	}
	for _, t := range types {
		if !slices.ContainsFunc(u.scope, func(x Type) bool { return x.ref() == t.ref() }) {
			u.scope = append(u.scope, t)
		}
	}
}

func (u *UndoManager) checkScope(types []Type) {
	for _, t := range types {
		if t.Doc() != u.d {
			panic("crdt: undo scope of another document")
		}
	}
}

// AddTrackedOrigin makes changes of one more origin undoable from now on.
func (u *UndoManager) AddTrackedOrigin(origin any) {
	if !u.isTracked(origin) {
		u.tracked = append(u.tracked, origin)
	}
}

// RemoveTrackedOrigin stops recording changes of an origin; nil, too, if that is
// what the manager began with. Steps recorded before stay.
func (u *UndoManager) RemoveTrackedOrigin(origin any) {
	if u.isTracked(origin) {
		u.tracked = slices.DeleteFunc(u.tracked, func(x any) bool { return x == origin })
	}
}

// isTracked reports whether an origin is one of those chosen. One that cannot be
// compared never is.
func (u *UndoManager) isTracked(origin any) bool {
	return (origin == nil || reflect.TypeOf(origin).Comparable()) && slices.Contains(u.tracked, origin)
}

// UndoStack returns the steps that can be undone, the newest last. Only their Meta
// may be changed.
func (u *UndoManager) UndoStack() []*StackItem { return slices.Clone(u.undo) }

// RedoStack returns the steps that can be redone, the next one last.
func (u *UndoManager) RedoStack() []*StackItem { return slices.Clone(u.redo) }

// CanUndo reports whether there is a step to undo.
func (u *UndoManager) CanUndo() bool { return len(u.undo) > 0 }

// CanRedo reports whether there is a step to redo.
func (u *UndoManager) CanRedo() bool { return len(u.redo) > 0 }

// StopCapturing makes the next change start a new step.
func (u *UndoManager) StopCapturing() { u.lastChange = time.Time{} }

// Undo reverts the newest step that still has an effect and returns it, nil if
// there is none.
func (u *UndoManager) Undo() *StackItem { return u.pop(undoing) }

// Redo reverts the newest undo.
func (u *UndoManager) Redo() *StackItem { return u.pop(redoing) }

// Clear drops all steps.
func (u *UndoManager) Clear() { u.clear(true, true) }

func (u *UndoManager) clear(undo, redo bool) {
	if !(undo && u.CanUndo()) && !(redo && u.CanRedo()) {
		return
	}
	u.d.Transact(nil, func(tx *Tx) {
		if undo {
			u.release(tx, u.undo)
			u.undo = nil
		}
		if redo {
			u.release(tx, u.redo)
			u.redo = nil
		}
		u.emit(UndoEvent{Kind: StackCleared, Redo: !undo})
	})
}

// release lets the deleted content of steps be collected with the next deletes
// around it.
func (u *UndoManager) release(tx *Tx, steps []*StackItem) {
	for _, s := range steps {
		tx.eachItem(s.deletions, func(r ref) {
			if u.inScope(r) {
				u.d.keep(r, false)
			}
		})
	}
}

// record takes a finished transaction into the stacks, before what it deleted is
// collected.
func (u *UndoManager) record(tx *Tx) {
	if !u.concerns(tx) {
		return
	}
	stack := &u.undo
	switch u.mode {
	case undoing:
		stack = &u.redo
		u.StopCapturing()
	case recording:
		u.clear(false, true)
	}
	insertions, deletions := tx.clockSets()
	now := u.opts.Now()
	kind := StepUpdated
	if n := len(*stack); n > 0 && u.mode == recording && !u.lastChange.IsZero() && now.Sub(u.lastChange) < u.opts.CaptureTimeout {
		last := (*stack)[n-1]
		last.insertions.merge(insertions)
		last.deletions.merge(deletions)
	} else {
		kind = StepAdded
		*stack = append(*stack, &StackItem{Meta: map[any]any{}, insertions: insertions, deletions: deletions})
	}
	if u.mode == recording {
		u.lastChange = now
	}
	tx.eachItem(deletions, func(r ref) {
		if u.inScope(r) {
			u.d.keep(r, true)
		}
	})
	u.emit(UndoEvent{Kind: kind, Redo: u.mode == undoing, Step: (*stack)[len(*stack)-1], Origin: tx.origin})
}

// concerns reports whether a transaction changed something in scope under a
// tracked origin.
func (u *UndoManager) concerns(tx *Tx) bool {
	if u.opts.Capture != nil && !u.opts.Capture(tx) {
		return false
	}
	if tx.origin != any(u) && !u.tracks(tx) {
		return false
	}
	if len(tx.deletes) == 0 && !slices.ContainsFunc(tx.states, func(s txState) bool { return s.after > s.before }) {
		return false
	}
	if len(u.scope) == 0 {
		return true
	}
	for _, c := range tx.changed {
		if u.d.typeDeleted(c.typ) {
			continue
		}
		for _, t := range u.scope {
			if u.d.inside(c.typ, t.ref().typ) {
				return true
			}
		}
	}
	return false
}

// tracks reports whether the origin of a transaction is one of those chosen. The
// nil origin stands for local changes only.
func (u *UndoManager) tracks(tx *Tx) bool {
	return (tx.origin != nil || tx.local) && u.isTracked(tx.origin)
}

// inScope reports whether an item lies in a type of the scope.
func (u *UndoManager) inScope(r ref) bool {
	it := u.d.at(r)
	if it.list == 0 {
		return false
	}
	if len(u.scope) == 0 {
		return true
	}
	typ := u.d.lists[it.list].typ
	return slices.ContainsFunc(u.scope, func(t Type) bool { return u.d.inside(typ, t.ref().typ) })
}

// keep marks an item, and the types around it, as not to be collected although
// deleted, or takes the mark away.
func (d *Doc) keep(r ref, keep bool) {
	for r != 0 {
		it := d.at(r)
		if (it.flags&flagKeep != 0) == keep || it.list == 0 {
			return
		}
		it.flags ^= flagKeep
		r = d.types[d.lists[it.list].typ].item
	}
}

// clockSet is a set of clocks by client. Clients stay in the order in which they
// came, as redoing goes through them in that order.
type clockSet []clientSpans

type clientSpans struct {
	client uint32
	spans  []span // sorted, apart from each other
}

func (s clockSet) of(client uint32) []span {
	for i := range s {
		if s[i].client == client {
			return s[i].spans
		}
	}
	return nil
}

func (s clockSet) has(client, clock uint32) bool {
	return spanAt(s.of(client), uint64(clock)) >= 0
}

func (s *clockSet) merge(o clockSet) {
next:
	for _, x := range o {
		for i := range *s {
			if (*s)[i].client == x.client {
				(*s)[i].spans = mergeSpans(slices.Concat((*s)[i].spans, x.spans))
				continue next
			}
		}
		*s = append(*s, x)
	}
}

// clockSets is what a finished transaction inserted and deleted.
func (tx *Tx) clockSets() (insertions, deletions clockSet) {
	states := slices.Clone(tx.states)
	slices.SortFunc(states, func(a, b txState) int { return int(a.client) - int(b.client) })
	for _, s := range states {
		if s.after > s.before {
			insertions = append(insertions, clientSpans{s.client, []span{{uint64(s.before), uint64(s.after - s.before)}}})
		}
	}
	for _, client := range tx.deleters {
		var spans []span
		for _, x := range tx.deletes {
			if x.client == client {
				spans = append(spans, span{uint64(x.clock), uint64(x.length)})
			}
		}
		deletions = append(deletions, clientSpans{client, spans})
	}
	return insertions, deletions
}

// eachItem calls fn for the items that cover exactly the clocks of s, splitting
// where needed. fn must not add items.
func (tx *Tx) eachItem(s clockSet, fn func(r ref)) {
	d := tx.d
	for _, x := range s {
		c := d.clients[x.client]
		for _, sp := range x.spans {
			if sp.clock >= uint64(c.next) {
				break
			}
			end := min(uint32(sp.clock+sp.length), c.next)
			for clock := uint32(sp.clock); clock < end; {
				r := d.cleanStart(tx, x.client, clock)
				it := d.at(r)
				if it.end() > end {
					d.cleanStart(tx, x.client, end)
				}
				clock = it.end()
				fn(r)
			}
		}
	}
}
