package crdt_test

import (
	"slices"
	"testing"

	"coplan/crdt"
)

// Looking for a place in a root that nobody has made finds nothing and makes
// nothing.
func TestResolvePositionMakesNoRoot(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1})
	if typ, index, ok := d.ResolvePosition(crdt.RelativePosition{Root: "elsewhere", HasRoot: true}); ok {
		t.Errorf("found at %d in %v", index, typ)
	}
	if names := d.Roots(); len(names) > 0 {
		t.Errorf("roots %q", names)
	}
	d.Text("here")
	if _, index, ok := d.ResolvePosition(crdt.RelativePosition{Root: "here", HasRoot: true}); !ok || index != 0 {
		t.Errorf("in an empty root: %d, %v", index, ok)
	}
}

// Where undo was asked for, a place follows its text back. Elsewhere, and for
// ResolveSharedPosition, it stays where the text was deleted: behind what came back.
func TestPositionsFollowUndo(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1})
	text := d.Text("t")
	steps := d.Array("steps")
	d.Transact("setup", func(tx *crdt.Tx) {
		text.Insert(tx, 0, "one two three", nil)
		steps.InsertText(tx, 0).Insert(tx, 0, "note", nil)
	})
	word := text.RelativePosition(6, 0) // inside "two"
	note := steps.Get(0).(crdt.Text)
	end := note.RelativePosition(4, 0) // of a nested type: by the id of the type
	inside := note.RelativePosition(1, -1)

	undo := crdt.NewUndoManager(d, nil, crdt.UndoOptions{})
	d.Transact(nil, func(tx *crdt.Tx) {
		text.Delete(tx, 4, 4)
		steps.Delete(tx, 0, 1)
	})
	undo.Undo()
	d.Transact("else", func(tx *crdt.Tx) { text.Insert(tx, 0, "zero ", nil) })
	if text.String() != "zero one two three" || steps.Len() != 1 {
		t.Fatalf("undone to %q, %d steps", text, steps.Len())
	}
	other := crdt.New(crdt.Options{ClientID: 2})
	apply(t, other, fullState(d))
	restored := steps.Get(0).(crdt.Text)
	for _, c := range []struct {
		name    string
		resolve func(crdt.RelativePosition) (crdt.Type, int, bool)
		pos     crdt.RelativePosition
		typ     crdt.Type
		index   int
	}{
		{"in the text", d.ResolvePosition, word, text, 11},
		{"in the text, shared", d.ResolveSharedPosition, word, text, 13},
		{"at the end of a nested text", d.ResolvePosition, end, restored, 4},
		{"in a nested text", d.ResolvePosition, inside, restored, 1},
		{"in a nested text, shared", d.ResolveSharedPosition, inside, note, 0},
		{"on another replica", other.ResolvePosition, word, other.Text("t"), 13},
	} {
		typ, index, ok := c.resolve(c.pos)
		if !ok || typ != c.typ || index != c.index {
			t.Errorf("%s: %v %d %v, want %v %d", c.name, typ, index, ok, c.typ, c.index)
		}
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
	if names := other.Roots(); !slices.Contains(names, "t") {
		t.Errorf("roots %q", names)
	}
}
