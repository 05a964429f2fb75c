package crdt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
)

// Two people edit the same types at the same time, each with an undo manager.
// What undo and redo do, and what they leave on the stacks, is what Yjs's
// UndoManager does, byte by byte.
func TestOracleUndo(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 150)
	undone := 0
	for seed := first; seed < last; seed++ {
		undone += undoSession(t, o, seed)
	}
	if undone < 4*int(last-first) {
		t.Errorf("only %d steps undone or redone", undone)
	}
}

// undoWorld is two pairs with managers.
type undoWorld struct {
	t        *testing.T
	o        *oracle
	rng      *rand.Rand
	profile  profile
	pairs    [2]*pair
	managers [2]*crdt.UndoManager
	inbox    [2][][]byte
	now      time.Time
	log      []string
	undone   int
}

func undoSession(t *testing.T, o *oracle, seed uint64) int {
	rng := rand.New(rand.NewPCG(seed, 8))
	o.call(t, "reset")
	w := &undoWorld{t: t, o: o, rng: rng, now: time.UnixMilli(1e12)}
	w.profile = profiles[rng.IntN(len(profiles))]
	w.log = append(w.log, fmt.Sprintf("seed %d (%s)", seed, w.profile.name))
	o.call(t, "time", w.now.UnixMilli())
	scope := roots
	if rng.IntN(3) == 0 {
		scope = roots[:2]
	}
	for i := range w.pairs {
		p := newPair(t, o, rng, i, false)
		w.pairs[i] = p
		var types []crdt.Type
		for _, name := range scope {
			types = append(types, rootOf(p.doc, name))
		}
		w.managers[i] = crdt.NewUndoManager(p.doc, types, crdt.UndoOptions{
			Origins: []any{"me", "also me"},
			Now:     func() time.Time { return w.now },
		})
		o.call(t, "undoManager", i, scope, []string{"me", "also me"}, 500)
	}
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("panic: %v\n%s", p, strings.Join(w.log, "\n"))
		}
	}()
	for range 40 {
		w.step()
	}
	for len(w.inbox[0])+len(w.inbox[1]) > 0 {
		w.deliver(0)
		w.deliver(1)
	}
	w.compare(0)
	w.compare(1)
	if a, b := dumpDoc(w.pairs[0].doc, roots), dumpDoc(w.pairs[1].doc, roots); a != b {
		w.fail("replicas differ:\n%s\n%s", a, b)
	}
	return w.undone
}

func (w *undoWorld) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\n%s", fmt.Sprintf(format, args...), strings.Join(w.log, "\n"))
}

func (w *undoWorld) step() {
	i := w.rng.IntN(2)
	w.now = w.now.Add(time.Duration(w.rng.IntN(600)) * time.Millisecond)
	w.o.call(w.t, "time", w.now.UnixMilli())
	switch n := w.rng.IntN(20); {
	case n < 9:
		origin := []any{"me", "me", "also me", "someone"}[w.rng.IntN(4)]
		w.edit(i, origin)
	case n < 13:
		w.deliver(i)
	case n < 16:
		w.undo(i, "undo")
	case n < 18:
		w.undo(i, "redo")
	case n < 19:
		w.undo(i, "stop")
	case w.rng.IntN(4) == 0:
		w.undo(i, "clear")
	}
	w.compare(i)
}

func (w *undoWorld) send(from int, update []byte) {
	if update != nil {
		w.inbox[1-from] = append(w.inbox[1-from], update)
	}
}

func (w *undoWorld) edit(i int, origin any) {
	p := w.pairs[i]
	var update []byte
	cancel := p.doc.OnUpdate(func(u []byte, _ any) { update = u })
	defer cancel()
	var edits []edit
	p.doc.Transact(origin, func(tx *crdt.Tx) {
		for range 1 + w.rng.IntN(2) {
			e := randomEdit(w.rng, p.doc, w.profile)
			edits = append(edits, e)
			w.log = append(w.log, fmt.Sprintf("%d as %q: %v", i, origin, e))
			e.apply(tx, p.doc)
		}
	})
	theirs := w.o.updates(w.t, "edit", i, edits, origin)
	if update == nil && len(theirs) == 0 {
		return
	}
	if len(theirs) != 1 || !bytes.Equal(theirs[0], update) {
		w.fail("the same edits made other updates:\nGo  %x\nYjs %x", update, theirs)
	}
	w.send(i, update)
}

func (w *undoWorld) deliver(i int) {
	if len(w.inbox[i]) == 0 {
		return
	}
	u := w.inbox[i][0]
	w.inbox[i] = w.inbox[i][1:]
	w.log = append(w.log, fmt.Sprintf("%d receives", i))
	for j, u := range append([][]byte{u}, w.o.updates(w.t, "apply", i, u)...) {
		if err := w.pairs[i].doc.ApplyUpdate(u, nil); err != nil {
			w.fail("%v", err)
		}
		if j > 0 {
			w.log = append(w.log, fmt.Sprintf("%d cleans up", i))
			w.send(i, u)
		}
	}
}

func (w *undoWorld) undo(i int, what string) {
	w.log = append(w.log, fmt.Sprintf("%d: %s", i, what))
	m := w.managers[i]
	var update []byte
	cancel := w.pairs[i].doc.OnUpdate(func(u []byte, _ any) { update = u })
	defer cancel()
	var popped any
	switch what {
	case "undo":
		popped = m.Undo() != nil
	case "redo":
		popped = m.Redo() != nil
	case "stop":
		m.StopCapturing()
	case "clear":
		m.Clear()
	}
	answer := w.o.call(w.t, "undo", i, what).([]any)
	theirs := byteList(answer[1])
	if popped != answer[0] || (update != nil) != (len(theirs) > 0) || update != nil && !bytes.Equal(update, theirs[0]) {
		w.fail("%s: popped %v, in Yjs %v, updates:\nGo  %x\nYjs %x", what, popped, answer[0], update, theirs)
	}
	if popped == true {
		w.undone++
	}
	w.send(i, update)
}

func (w *undoWorld) compare(i int) {
	w.t.Helper()
	p, m := w.pairs[i], w.managers[i]
	if err := p.doc.Check(); err != nil {
		w.fail("%v", err)
	}
	if mine, theirs := dumpDoc(p.doc, roots), w.o.text(w.t, "dump", i, roots); mine != theirs {
		w.fail("%d shows something else:\nGo  %s\nYjs %s", i, mine, theirs)
	}
	if mine, theirs := fullState(p.doc), w.o.bytes(w.t, "state", i, []byte{0}); !bytes.Equal(mine, theirs) {
		w.fail("%d has another state:\nGo  %x\nYjs %x", i, mine, theirs)
	}
	stacks := w.o.call(w.t, "stacks", i).([]any)
	if m.CanUndo() != (stacks[0] != int64(0)) || m.CanRedo() != (stacks[1] != int64(0)) {
		w.fail("%d can undo %v and redo %v, the stacks of Yjs hold %v", i, m.CanUndo(), m.CanRedo(), stacks)
	}
}
