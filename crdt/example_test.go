package crdt_test

import (
	"encoding/json"
	"fmt"

	"coplan/crdt"
)

// Two replicas that changed while apart become equal by exchanging what each
// lacks.
func Example() {
	office := crdt.New(crdt.Options{ClientID: 1})
	train := crdt.New(crdt.Options{ClientID: 2})
	office.Transact(nil, func(tx *crdt.Tx) { office.Text("note").Insert(tx, 0, "Buy tickets", nil) })

	sync := func(from, to *crdt.Doc) {
		missing, err := from.EncodeStateAsUpdate(to.StateVector())
		if err != nil {
			panic(err)
		}
		if err := to.ApplyUpdate(missing, "peer"); err != nil {
			panic(err)
		}
	}
	sync(office, train)

	// Both edit at once.
	office.Transact(nil, func(tx *crdt.Tx) { office.Text("note").Insert(tx, 4, "two ", nil) })
	train.Transact(nil, func(tx *crdt.Tx) { train.Text("note").Insert(tx, 11, " today", nil) })
	sync(office, train)
	sync(train, office)

	fmt.Println(office.Text("note"))
	fmt.Println(train.Text("note"))
	// Output:
	// Buy two tickets today
	// Buy two tickets today
}

func ExampleText() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	text := doc.Text("summary")
	doc.Transact(nil, func(tx *crdt.Tx) {
		text.Insert(tx, 0, "Ready by March", nil)
		text.Format(tx, 9, 5, map[string]any{"bold": true})
		text.Insert(tx, 14, "!", nil) // inside bold: takes its formatting
	})
	for _, op := range text.ToDelta() {
		fmt.Printf("%q %v\n", op.Insert, op.Attributes)
	}
	// Output:
	// "Ready by " map[]
	// "March!" map[bold:true]
}

func ExampleMap() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	plan := doc.Map("plan")
	doc.Transact(nil, func(tx *crdt.Tx) {
		plan.Set(tx, "title", "Evaluation")
		step := plan.SetMap(tx, "security-review")
		step.Set(tx, "days", 5)
		step.Set(tx, "done", false)
	})
	b, _ := json.Marshal(plan.ToJSON())
	fmt.Println(string(b))
	// Output: {"security-review":{"days":5,"done":false},"title":"Evaluation"}
}

func ExampleArray() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	list := doc.Array("list")
	doc.Transact(nil, func(tx *crdt.Tx) {
		list.Push(tx, "one", 2, crdt.NewMap(map[string]any{"three": 3}))
		list.Delete(tx, 0, 1)
	})
	fmt.Println(list.Len(), list.ToJSON())
	// Output: 2 [2 map[three:3]]
}

func ExampleXMLFragment() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	body := doc.XMLFragment("body")
	doc.Transact(nil, func(tx *crdt.Tx) {
		p := body.InsertElement(tx, 0, "paragraph")
		p.SetAttribute(tx, "align", "left")
		p.InsertText(tx, 0).Insert(tx, 0, "Hello", nil)
	})
	fmt.Println(body)
	// Output: <paragraph align="left">Hello</paragraph>
}

func ExampleDoc_ObserveAll() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	doc.ObserveAll(func(events []crdt.Event, _ *crdt.Tx) {
		for _, e := range events {
			for _, op := range e.Delta {
				fmt.Printf("%v: insert %v at %v\n", e.Origin, op.Insert, e.Path)
			}
			for key, c := range e.Keys {
				fmt.Printf("%v: %s %s of %v: %v → %v\n", e.Origin, c.Action, key, e.Path, c.Old, c.New)
			}
		}
	})
	step := doc.Map("review")
	doc.Transact("dana", func(tx *crdt.Tx) { step.Set(tx, "due", "3 Mar") })
	doc.Transact("lee", func(tx *crdt.Tx) { step.Set(tx, "due", "10 Mar") })
	doc.Transact("lee", func(tx *crdt.Tx) { doc.Text("note").Insert(tx, 0, "later", nil) })
	// Output:
	// dana: add due of [review]: <nil> → 3 Mar
	// lee: update due of [review]: 3 Mar → 10 Mar
	// lee: insert later at [note]
}

func ExampleDoc_OnUpdate() {
	here := crdt.New(crdt.Options{ClientID: 1})
	there := crdt.New(crdt.Options{ClientID: 2})
	stop := here.OnUpdate(func(update []byte, _ any) {
		if err := there.ApplyUpdate(update, "wire"); err != nil {
			panic(err)
		}
	})
	defer stop()
	here.Transact(nil, func(tx *crdt.Tx) { here.Text("t").Insert(tx, 0, "live", nil) })
	fmt.Println(there.Text("t"))
	// Output: live
}

func ExampleDoc_Inspect() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	doc.Transact(nil, func(tx *crdt.Tx) { doc.Map("plan").Set(tx, "title", "Draft") })

	visitor := crdt.New(crdt.Options{ClientID: 2})
	state, _ := doc.EncodeStateAsUpdate(nil)
	visitor.ApplyUpdate(state, nil)
	visitor.OnUpdate(func(update []byte, _ any) {
		touches, err := doc.Inspect(update)
		if err != nil {
			panic(err)
		}
		for _, t := range touches {
			fmt.Printf("client %d would %v %s of %s (implicit: %v)\n", t.Client, t.Kind, t.Key, t.Root, t.Implicit)
		}
	})
	visitor.Transact(nil, func(tx *crdt.Tx) { visitor.Map("plan").Set(tx, "title", "Mine") })
	// Output:
	// client 2 would set title of plan (implicit: false)
	// client 1 would delete title of plan (implicit: false)
}

func ExampleRelativePosition() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	text := doc.Text("text")
	doc.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, 0, "quick fox", nil) })

	caret := text.RelativePosition(6, 0) // in front of "fox"
	doc.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, 0, "the ", nil) })

	_, index, _ := doc.ResolvePosition(caret)
	fmt.Println(index, text.String()[index:])
	// Output: 10 fox
}

func ExampleMergeUpdates() {
	author := crdt.New(crdt.Options{ClientID: 1})
	var log [][]byte
	author.OnUpdate(func(u []byte, _ any) { log = append(log, u) })
	for i, r := range "typed" {
		author.Transact(nil, func(tx *crdt.Tx) { author.Text("t").Insert(tx, i, string(r), nil) })
	}
	one, err := crdt.MergeUpdates(log...)
	if err != nil {
		panic(err)
	}
	copied := crdt.New(crdt.Options{})
	copied.ApplyUpdate(one, nil)
	fmt.Println(len(log), "updates into", len(one), "bytes:", copied.Text("t"))
	// Output: 5 updates into 15 bytes: typed
}

func ExampleDoc_Restore() {
	doc := crdt.New(crdt.Options{ClientID: 1, KeepDeleted: true})
	text := doc.Text("text")
	doc.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, 0, "as it was", nil) })
	before := doc.Snapshot()
	doc.Transact(nil, func(tx *crdt.Tx) { text.Delete(tx, 0, text.Len()) })

	old, err := doc.Restore(before, crdt.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Println(old.Text("text"))
	// Output: as it was
}
