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
	undone, followed, diverged := 0, 0, 0
	for seed := first; seed < last; seed++ {
		n, f, converged := undoSession(t, o, seed)
		undone, followed = undone+n, followed+f
		if !converged {
			diverged++
		}
	}
	n := int(last - first)
	t.Logf("%d sessions, %d steps undone or redone, %d positions that undo moved, %d sessions ended with different replicas", n, undone, followed, diverged)
	// One session may do little, twenty may not: they average 4.7 steps and 3 positions.
	if few := max(0, n-10); undone < 3*few || followed < few {
		t.Errorf("only %d steps undone or redone, %d positions moved by it", undone, followed)
	}
	// Once in a while Yjs restores something between neighbours that stand the
	// other way round, and then replicas order it differently. The engine makes
	// the same structs and has to place them the same.
	if diverged > 2+n/100 {
		t.Errorf("%d of %d sessions ended with different replicas", diverged, n)
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

	positions [][]byte // taken so far, by either side
	followed  int      // positions that undo brought back
}

func newUndoWorld(t *testing.T, o *oracle, seed uint64) *undoWorld {
	rng := rand.New(rand.NewPCG(seed, 8))
	o.call(t, "reset")
	w := &undoWorld{t: t, o: o, rng: rng, now: time.UnixMilli(1e12)}
	w.profile = profiles[rng.IntN(len(profiles))]
	o.call(t, "time", w.now.UnixMilli())
	scope := [][]string{roots, roots, roots[:2], {}}[rng.IntN(4)]
	overwrite, keepTypes := rng.IntN(4) == 0, rng.IntN(4) == 0
	w.log = append(w.log, fmt.Sprintf("seed %d (%s), scope %v, overwrite %v, keep types %v", seed, w.profile.name, scope, overwrite, keepTypes))
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

			DeleteFilter:    func(c crdt.UndoContent) bool { return !keepTypes || c.Type == nil },
			OverwriteRemote: overwrite,
		})
		o.call(t, "undoManager", i, scope, []string{"me", "also me"}, 500, overwrite, keepTypes)
	}
	return w
}

func undoSession(t *testing.T, o *oracle, seed uint64) (undone, followed int, converged bool) {
	w := newUndoWorld(t, o, seed)
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("panic: %v\n%s", p, strings.Join(w.log, "\n"))
		}
	}()
	for range 40 {
		w.step()
	}
	for len(w.inbox[0])+len(w.inbox[1]) > 0 {
		for i := range w.pairs {
			if len(w.inbox[i]) > 0 {
				w.deliver(i)
				w.compare(i)
			}
		}
	}
	w.compare(0)
	w.compare(1)
	w.comparePositions(0)
	w.comparePositions(1)
	return w.undone, w.followed, dumpDoc(w.pairs[0].doc, roots) == dumpDoc(w.pairs[1].doc, roots)
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
	default:
		w.turn(i)
	}
	w.takePosition(i)
	w.compare(i)
}

// turn does something rare to the manager of pair i.
func (w *undoWorld) turn(i int) {
	m := w.managers[i]
	switch n := w.rng.IntN(6); n {
	case 0:
		w.undo(i, "clear")
	case 1, 2, 3:
		origin, on := []string{"someone", "also me"}[w.rng.IntN(2)], n > 1
		w.log = append(w.log, fmt.Sprintf("%d tracks %q: %v", i, origin, on))
		if on {
			m.AddTrackedOrigin(origin)
		} else {
			m.RemoveTrackedOrigin(origin)
		}
		w.o.call(w.t, "track", i, origin, on)
	case 4:
		root := roots[w.rng.IntN(len(roots))]
		w.log = append(w.log, fmt.Sprintf("%d adds %s to its scope", i, root))
		m.AddToScope(rootOf(w.pairs[i].doc, root))
		w.o.call(w.t, "addToScope", i, root)
	}
}

// takePosition notes a random place that pair i sees.
func (w *undoWorld) takePosition(i int) {
	t, path := any(rootOf(w.pairs[i].doc, "text")), []any{"text"}
	if w.rng.IntN(2) == 0 {
		name := w.profile.root(w.rng)
		t, path = any(rootOf(w.pairs[i].doc, name)), []any{name}
		for w.rng.IntN(3) > 0 {
			step, child := randomChild(w.rng, t)
			if child == nil {
				break
			}
			t, path = child, append(path, step)
		}
	}
	seq, ok := t.(interface {
		Len() int
		RelativePosition(index, assoc int) crdt.RelativePosition
	})
	if !ok {
		return // a map
	}
	index, assoc := w.rng.IntN(seq.Len()+1), w.rng.IntN(2)-1
	if w.rng.IntN(4) == 0 {
		index = seq.Len()
	}
	pos := seq.RelativePosition(index, assoc).Encode()
	if theirs := w.o.call(w.t, "position", i, path, index, assoc).([]any); !bytes.Equal(pos, theirs[0].([]byte)) {
		w.fail("position %d in %v, assoc %d:\nGo  %x\nYjs %x", index, path, assoc, pos, theirs[0])
	}
	w.positions = append(w.positions, pos)
}

// comparePositions resolves every place noted so far in pair i, following what
// undo brought back and not.
func (w *undoWorld) comparePositions(i int) {
	d := w.pairs[i].doc
	for _, enc := range w.positions {
		pos, err := crdt.DecodeRelativePosition(enc)
		if err != nil {
			w.fail("%x: %v", enc, err)
		}
		var answers []string
		for _, follow := range []bool{true, false} {
			resolve := d.ResolvePosition
			if !follow {
				resolve = d.ResolveSharedPosition
			}
			mine, theirs := "nowhere", "nowhere"
			if _, index, ok := resolve(pos); ok {
				mine = fmt.Sprint(index)
			}
			if a, ok := w.o.call(w.t, "index", i, enc, follow).([]any); ok {
				theirs = fmt.Sprint(a[0])
			}
			if mine != theirs {
				w.fail("%d resolves %x (undo followed: %v) to %s, Yjs to %s", i, enc, follow, mine, theirs)
			}
			answers = append(answers, mine)
		}
		if answers[0] != answers[1] {
			w.followed++
		}
	}
}

func (w *undoWorld) send(from int, update []byte) {
	if update != nil {
		w.inbox[1-from] = append(w.inbox[1-from], update)
	}
}

func (w *undoWorld) edit(i int, origin any) {
	w.editWith(i, origin, 1+w.rng.IntN(2), func(int) edit { return randomEdit(w.rng, w.pairs[i].doc, w.profile) })
}

// editWith makes one transaction of n edits in both documents of pair i.
func (w *undoWorld) editWith(i int, origin any, n int, next func(k int) edit) {
	w.t.Helper()
	p := w.pairs[i]
	var update []byte
	cancel := p.doc.OnUpdate(func(u []byte, _ any) { update = u })
	defer cancel()
	var edits []edit
	p.doc.Transact(origin, func(tx *crdt.Tx) {
		for k := range n {
			e := next(k)
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
	w.send(i, update)
	if popped == true {
		w.undone++
		w.comparePositions(i)
	}
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
	undo, redo := int64(len(m.UndoStack())), int64(len(m.RedoStack()))
	if undo != stacks[0] || redo != stacks[1] || m.CanUndo() != (undo > 0) || m.CanRedo() != (redo > 0) {
		w.fail("%d can undo %d steps and redo %d, the stacks of Yjs hold %v", i, undo, redo, stacks)
	}
}

// Cases that seeded sessions found.
func TestOracleUndoFound(t *testing.T) {
	o := useOracle(t)
	insert := func(i int, s string) edit { return edit{path: []any{"text"}, kind: "insert", i: i, s: s} }
	remove := func(i, n int) edit { return edit{path: []any{"text"}, kind: "delete", i: i, n: n} }
	for name, script := range map[string]func(w *undoWorld, do func(origin string, edits ...edit)){
		// What is restored right behind the text that the same step removes.
		"restored next to what goes": func(w *undoWorld, do func(string, ...edit)) {
			do("me", insert(0, "xy"))
			w.undo(0, "stop")
			do("me", insert(1, "a"), remove(2, 1))
			w.undo(0, "undo")
			w.undo(0, "redo")
		},
		// A run that undo keeps from collection must not keep what is typed behind it.
		"typed and deleted behind a kept run": func(w *undoWorld, do func(string, ...edit)) {
			nested := []any{"map", "k"}
			do("me", edit{path: nested[:1], kind: "set", s: "k", v: fresh{"text", "ab"}})
			w.undo(0, "stop")
			do("me", edit{path: nested[:1], kind: "unset", s: "k"})
			w.undo(0, "undo")
			do("someone",
				edit{path: nested, kind: "insert", i: 2, s: "c"},
				edit{path: nested, kind: "delete", i: 2, n: 1})
		},
		// Something known, sent again, cuts what was beside it; in what undo brought
		// back elsewhere the cut stays.
		"cut again beside a restored run": func(w *undoWorld, do func(string, ...edit)) {
			do("me", edit{path: []any{"map"}, kind: "set", s: "k", v: fresh{"text", "ab"}})
			w.undo(0, "stop")
			do("me", edit{path: []any{"map"}, kind: "unset", s: "k"})
			w.undo(0, "undo")
			w.inbox[0] = [][]byte{
				new(wire).at(9, 0).raw(gcContent, 1).bytes(),
				new(wire).at(9, 0).text(place{origin: id(1, 1), right: id(1, 2)}, "x").bytes(),
			}
			w.deliver(0)
			w.deliver(0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newUndoWorld(t, o, 0)
			script(w, func(origin string, edits ...edit) {
				w.editWith(0, origin, len(edits), func(k int) edit { return edits[k] })
				w.compare(0)
			})
			w.compare(0)
		})
	}
}
