package crdt_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"coplan/crdt"
)

func ExampleUndoManager() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	text := doc.Text("notes")
	undo := crdt.NewUndoManager(doc, []crdt.Type{text}, crdt.UndoOptions{Origins: []any{"keyboard"}})

	doc.Transact("keyboard", func(tx *crdt.Tx) { text.Insert(tx, 0, "Dear Ms. Meier", nil) })
	undo.StopCapturing() // what follows is a step of its own
	doc.Transact("keyboard", func(tx *crdt.Tx) { text.Delete(tx, 0, 5) })
	doc.Transact("a colleague", func(tx *crdt.Tx) { text.Insert(tx, text.Len(), "!", nil) })
	fmt.Println(text)

	undo.Undo()
	fmt.Println(text)
	undo.Redo()
	fmt.Println(text)
	// Output:
	// Ms. Meier!
	// Dear Ms. Meier!
	// Ms. Meier!
}

func TestUndoStepsByTime(t *testing.T) {
	now := noon
	doc := crdt.New(crdt.Options{ClientID: 1})
	text := doc.Text("t")
	undo := crdt.NewUndoManager(doc, nil, crdt.UndoOptions{CaptureTimeout: time.Second, Now: func() time.Time { return now }})
	var kinds []crdt.UndoEventKind
	undo.OnEvent(func(e crdt.UndoEvent) { kinds = append(kinds, e.Kind) })
	typeAt := func(after time.Duration, s string) {
		now = now.Add(after)
		doc.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, text.Len(), s, nil) })
	}
	typeAt(0, "a")
	typeAt(time.Second-1, "b")
	typeAt(time.Second, "c")
	for _, want := range []string{"ab", ""} {
		if undo.Undo() == nil || text.String() != want {
			t.Errorf("undone to %q, want %q", text, want)
		}
	}
	if undo.Undo() != nil || undo.CanUndo() {
		t.Error("undone once too often")
	}
	undo.Redo()
	undo.Redo()
	if text.String() != "abc" || undo.CanRedo() {
		t.Errorf("redone to %q", text)
	}
	typeAt(time.Hour, "d")
	undo.Undo()
	typeAt(0, "e")
	if undo.CanRedo() {
		t.Error("a new edit left steps to redo")
	}
	want := []crdt.UndoEventKind{
		crdt.StepAdded, crdt.StepUpdated, crdt.StepAdded, // a, b, c
		crdt.StepAdded, crdt.StepPopped, crdt.StepAdded, crdt.StepPopped, // undone: steps to redo
		crdt.StepAdded, crdt.StepPopped, crdt.StepAdded, crdt.StepPopped, // redone: steps to undo
		crdt.StepAdded, crdt.StepAdded, crdt.StepPopped, // d and its undo
		crdt.StackCleared, crdt.StepAdded, // e
	}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("events %v, want %v", kinds, want)
	}
}

// A negative timeout makes every transaction a step; Meta stays with its step.
func TestUndoStepMeta(t *testing.T) {
	doc := crdt.New(crdt.Options{ClientID: 1})
	m := doc.Map("m")
	undo := crdt.NewUndoManager(doc, []crdt.Type{m}, crdt.UndoOptions{CaptureTimeout: -1})
	n := 0
	undo.OnEvent(func(e crdt.UndoEvent) {
		if e.Kind == crdt.StepAdded && !e.Redo {
			n++
			e.Step.Meta["cursor"] = n
		}
	})
	for i := range 3 {
		doc.Transact(nil, func(tx *crdt.Tx) { m.Set(tx, "k", i) })
	}
	for i, step := range undo.UndoStack() {
		if step.Meta["cursor"] != i+1 {
			t.Errorf("step %d has %v", i, step.Meta)
		}
	}
	for want := 3; want > 0; want-- {
		if n, m := len(undo.UndoStack()), len(undo.RedoStack()); n != want || m != 3-want {
			t.Errorf("stacks of %d and %d", n, m)
		}
		if step := undo.Undo(); step == nil || step.Meta["cursor"] != want {
			t.Fatalf("step %v, want the one with cursor %d", step, want)
		}
	}
	if m.Has("k") || undo.Undo() != nil {
		t.Errorf("k is %v", dump(m))
	}
}

// Undo brings back a deleted type with all that was in it, other people's
// content included.
func TestUndoRestoresNestedTypes(t *testing.T) {
	doc := crdt.New(crdt.Options{ClientID: 1})
	stages := doc.Array("stages")
	var stage crdt.Map
	doc.Transact("setup", func(tx *crdt.Tx) {
		stage = stages.InsertMap(tx, 0)
		stage.Set(tx, "title", "Legal")
		stage.SetText(tx, "note").Insert(tx, 0, "call ", map[string]any{"bold": true})
		stage.SetArray(tx, "steps").Push(tx, 1, []byte{2}, crdt.NewMap(map[string]any{"x": true}))
	})
	other := crdt.New(crdt.Options{ClientID: 2})
	other.ApplyUpdate(fullState(doc), nil)
	other.Transact(nil, func(tx *crdt.Tx) {
		note, _ := other.Array("stages").Get(0).(crdt.Map).Text("note")
		note.Insert(tx, note.Len(), "Dana", nil)
	})
	doc.ApplyUpdate(fullState(other), nil)
	was := dump(stages)

	undo := crdt.NewUndoManager(doc, []crdt.Type{stages}, crdt.UndoOptions{})
	defer undo.Close()
	doc.Transact(nil, func(tx *crdt.Tx) { stages.Delete(tx, 0, 1) })
	if stages.Len() != 0 {
		t.Fatal("not deleted")
	}
	undo.Undo()
	if got := dump(stages); got != was {
		t.Errorf("restored\n%s\nwas\n%s", got, was)
	}
	if !stage.Deleted() || stages.Get(0).(crdt.Map) == stage {
		t.Error("the restored map is the old one; undo makes a new one")
	}
	other.ApplyUpdate(fullState(doc), nil)
	if got := dump(other.Array("stages")); got != was {
		t.Errorf("on the other side\n%s\nwas\n%s", got, was)
	}
	undo.Redo()
	if stages.Len() != 0 {
		t.Error("redo did not delete it again")
	}
	if err := doc.Check(); err != nil {
		t.Error(err)
	}
}

// A later value of the same key by somebody else stays, unless asked otherwise.
func TestUndoOfAKeySetBySomebodyElse(t *testing.T) {
	for _, overwrite := range []bool{false, true} {
		doc := crdt.New(crdt.Options{ClientID: 1})
		m := doc.Map("m")
		undo := crdt.NewUndoManager(doc, nil, crdt.UndoOptions{Origins: []any{"me"}, CaptureTimeout: -1, OverwriteRemote: overwrite})
		set := func(origin string, v any) { doc.Transact(origin, func(tx *crdt.Tx) { m.Set(tx, "k", v) }) }
		set("me", "mine")
		set("me", "mine too")
		set("them", "theirs")
		undo.Undo()
		want := map[bool]string{false: "theirs", true: "mine"}[overwrite]
		if v, _ := m.Get("k"); v != want {
			t.Errorf("overwrite %v: k is %v, want %s", overwrite, v, want)
		}
	}
}

func TestUndoIgnoresWhatIsNotTracked(t *testing.T) {
	doc := crdt.New(crdt.Options{ClientID: 1})
	in, out := doc.Map("in"), doc.Map("out")
	undo := crdt.NewUndoManager(doc, []crdt.Type{in}, crdt.UndoOptions{
		Origins: []any{nil, "me"},
		Capture: func(tx *crdt.Tx) bool { return tx.Origin() != "secret" },
	})
	remote := crdt.New(crdt.Options{ClientID: 2})
	remote.Transact(nil, func(tx *crdt.Tx) { remote.Map("in").Set(tx, "r", 1) })
	doc.ApplyUpdate(fullState(remote), nil)
	doc.Transact([]int{1}, func(tx *crdt.Tx) { in.Set(tx, "a", 1) }) // an origin that cannot be compared
	doc.Transact("secret", func(tx *crdt.Tx) { in.Set(tx, "b", 1) })
	doc.Transact("me", func(tx *crdt.Tx) { out.Set(tx, "c", 1) })
	if undo.CanUndo() {
		t.Error("something was recorded")
	}
	doc.Transact("me", func(tx *crdt.Tx) { in.Set(tx, "d", 1) })
	undo.Close()
	doc.Transact("me", func(tx *crdt.Tx) { in.Set(tx, "e", 1) })
	if undo.CanUndo() {
		t.Error("recorded after Close")
	}
}

func ExampleSnapshot() {
	doc := crdt.New(crdt.Options{ClientID: 1, KeepDeleted: true})
	text := doc.Text("notes")
	doc.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, 0, "go live in May", nil) })
	then := doc.Snapshot()
	doc.Transact(nil, func(tx *crdt.Tx) {
		text.Delete(tx, 11, 3)
		text.Insert(tx, 11, "June", nil)
	})

	past, _ := doc.Restore(then, crdt.Options{})
	fmt.Println(past.Text("notes"))
	for _, op := range text.ToDeltaChanges(doc.Snapshot(), then, nil) {
		fmt.Println(op.Insert, op.Attributes)
	}
	// Output:
	// go live in May
	// go live in  map[]
	// May map[ychange:map[type:removed]]
	// June map[ychange:map[type:added]]
}
