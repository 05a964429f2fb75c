package crdt_test

import (
	"encoding/json"
	"fmt"

	"coplan/crdt"
)

// Types can be built with all their content before they are in a document, and
// used more than once.
func ExamplePrelim() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	steps := doc.Array("steps")
	step := func(title string, days int) crdt.Prelim {
		return crdt.NewMap(map[string]any{
			"title": crdt.NewText(title),
			"days":  days,
			"tags":  crdt.NewArray("new"),
		})
	}
	doc.Transact(nil, func(tx *crdt.Tx) {
		steps.Push(tx, step("Security review", 5), step("Legal review", 10))
	})

	// Inside the document they are read and edited through handles.
	first, _ := steps.Map(0)
	title, _ := first.Text("title")
	doc.Transact(nil, func(tx *crdt.Tx) { title.Insert(tx, 0, "Short ", nil) })
	b, _ := json.Marshal(steps.ToJSON())
	fmt.Println(string(b))
	// Output: [{"days":5,"tags":["new"],"title":"Short Security review"},{"days":10,"tags":["new"],"title":"Legal review"}]
}

func ExampleXMLElement() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	body := doc.XMLFragment("body")
	doc.Transact(nil, func(tx *crdt.Tx) {
		list := body.InsertElement(tx, 0, "ul")
		list.SetAttribute(tx, "class", "steps")
		list.Push(tx,
			crdt.NewXMLElement("li", crdt.NewXMLText("Review")),
			crdt.NewXMLElement("li", crdt.NewXMLText("Sign")))
		second, _ := list.Element(1)
		list.InsertAfter(tx, second, crdt.NewXMLElement("hr"))
	})
	fmt.Println(body)

	list, _ := body.Element(0)
	for child := list.Get(0); child != nil; {
		e := child.(crdt.XMLElement)
		fmt.Println(e.Name(), e.Len())
		child = e.NextSibling()
	}
	// Output:
	// <ul class="steps"><li>Review</li><li>Sign</li><hr></hr></ul>
	// li 1
	// li 1
	// hr 0
}

// Formatting in an XMLText shows as elements whose attributes are the members of
// the formatting value.
func ExampleXMLText() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	body := doc.XMLFragment("body")
	doc.Transact(nil, func(tx *crdt.Tx) {
		text := body.InsertElement(tx, 0, "p").InsertText(tx, 0)
		text.Insert(tx, 0, "see the plan", nil)
		text.Format(tx, 8, 4, map[string]any{"a": map[string]any{"href": "/plan"}})
	})
	fmt.Println(body)
	p, _ := body.Element(0)
	text, _ := p.Text(0)
	for _, op := range text.ToDelta() {
		fmt.Println(op.Insert, op.Attributes)
	}
	// Output:
	// <p>see the <a href="/plan">plan</a></p>
	// see the  map[]
	// plan map[a:map[href:/plan]]
}

// A delta changes a text from start to end: keep, format, delete, insert. What is
// no string takes one position.
func ExampleText_ApplyDelta() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	text := doc.Text("note")
	doc.Transact(nil, func(tx *crdt.Tx) {
		text.Insert(tx, 0, "Logo: none yet", nil)
		text.ApplyDelta(tx, []crdt.DeltaOp{
			{Retain: 4, Attributes: map[string]any{"bold": true}},
			{Retain: 2},
			{Delete: 8},
			{Insert: map[string]any{"image": "logo.svg"}, Attributes: map[string]any{"width": 40}},
		})
	})
	for _, op := range text.ToDelta() {
		fmt.Println(op.Insert, op.Attributes)
	}
	fmt.Println(text.Len(), "positions,", text)
	// Output:
	// Logo map[bold:true]
	// :  map[]
	// map[image:logo.svg] map[width:40]
	// 7 positions, Logo:
}

// Paths lead from the document to what changed, by keys and positions.
func ExampleDoc_ObserveDeep() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	plan := doc.Map("plan")
	doc.Transact(nil, func(tx *crdt.Tx) {
		plan.SetArray(tx, "steps").Push(tx, crdt.NewMap(map[string]any{"title": crdt.NewText("Review")}))
	})
	stop := doc.ObserveDeep(plan, func(events []crdt.Event, tx *crdt.Tx) {
		for _, e := range events {
			for key, change := range e.Keys {
				fmt.Println(e.Path, change.Action, key)
			}
			for _, op := range e.Delta {
				fmt.Printf("%v retain %d insert %v delete %d\n", e.Path, op.Retain, op.Insert, op.Delete)
			}
		}
	})
	defer stop()

	steps, _ := plan.Array("steps")
	step, _ := steps.Map(0)
	title, _ := step.Text("title")
	doc.Transact(nil, func(tx *crdt.Tx) {
		step.Set(tx, "done", true)
		title.Insert(tx, 6, "ed", nil)
	})
	doc.Transact(nil, func(tx *crdt.Tx) { doc.Text("elsewhere").Insert(tx, 0, "not seen", nil) })
	// Output:
	// [plan steps 0] add done
	// [plan steps 0 title] retain 6 insert <nil> delete 0
	// [plan steps 0 title] retain 0 insert ed delete 0
}

// A connection starts with each side saying what it has; each answers with what
// the other lacks.
func ExampleDecodeSync() {
	here := crdt.New(crdt.Options{ClientID: 1})
	there := crdt.New(crdt.Options{ClientID: 2})
	here.Transact(nil, func(tx *crdt.Tx) { here.Text("t").Insert(tx, 0, "from here", nil) })
	there.Transact(nil, func(tx *crdt.Tx) { there.Map("m").Set(tx, "from", "there") })

	// receive is what a connection does with each frame: it may have to answer.
	receive := func(doc *crdt.Doc, frame []byte) (answer []byte, err error) {
		kind, payload, err := crdt.DecodeSync(frame)
		if err != nil {
			return nil, err
		}
		if kind != crdt.SyncStep1 {
			return nil, doc.ApplyUpdate(payload, "connection")
		}
		missing, err := doc.EncodeStateAsUpdate(payload)
		if err != nil {
			return nil, err
		}
		return crdt.AppendSyncStep2(nil, missing), nil
	}
	meet := func(one, other *crdt.Doc) {
		answer, err := receive(other, crdt.AppendSyncStep1(nil, one.StateVector()))
		if err == nil {
			_, err = receive(one, answer)
		}
		if err != nil {
			panic(err)
		}
	}
	meet(here, there)
	meet(there, here)
	// From now on, each change is passed on as it happens.
	here.OnUpdate(func(update []byte, origin any) {
		if _, err := receive(there, crdt.AppendSyncUpdate(nil, update)); err != nil {
			panic(err)
		}
	})
	here.Transact(nil, func(tx *crdt.Tx) { here.Text("t").Insert(tx, 9, "!", nil) })

	fmt.Println(here.ToJSON())
	fmt.Println(there.ToJSON())
	// Output:
	// map[m:map[from:there] t:from here!]
	// map[m:map[from:there] t:from here!]
}

// A log of updates can be asked what it holds, and cut down to what somebody
// lacks, without a document.
func ExampleDiffUpdate() {
	author := crdt.New(crdt.Options{ClientID: 1})
	reader := crdt.New(crdt.Options{ClientID: 2})
	write := func(s string) {
		author.Transact(nil, func(tx *crdt.Tx) { author.Text("t").Insert(tx, author.Text("t").Len(), s, nil) })
	}
	write("known, ")
	known, _ := author.EncodeStateAsUpdate(nil)
	reader.ApplyUpdate(known, nil)
	write("new")
	whole, _ := author.EncodeStateAsUpdate(nil)

	has, _ := crdt.DecodeStateVector(reader.StateVector())
	fmt.Println("the reader has", has)
	held, _ := crdt.EncodeStateVectorFromUpdate(whole)
	holds, _ := crdt.DecodeStateVector(held)
	fmt.Println("the log holds", holds)

	diff, err := crdt.DiffUpdate(whole, reader.StateVector())
	if err != nil {
		panic(err)
	}
	reader.ApplyUpdate(diff, nil)
	fmt.Println(len(whole), "bytes, of which", len(diff), "sent:", reader.Text("t"))
	// Output:
	// the reader has map[1:7]
	// the log holds map[1:10]
	// 20 bytes, of which 12 sent: known, new
}

// Format 2 is smaller for documents with many edits; both say the same.
func ExampleDoc_OnUpdateV2() {
	here := crdt.New(crdt.Options{ClientID: 1})
	there := crdt.New(crdt.Options{ClientID: 2})
	stop := here.OnUpdateV2(func(update []byte, _ any) {
		if err := there.ApplyUpdateV2(update, nil); err != nil {
			panic(err)
		}
	})
	defer stop()
	list := here.Array("list")
	for i := range 100 {
		here.Transact(nil, func(tx *crdt.Tx) { list.Insert(tx, 0, i) })
	}
	v1, _ := there.EncodeStateAsUpdate(nil)
	v2, _ := there.EncodeStateAsUpdateV2(nil)
	fmt.Println(there.Array("list").Len(), "values:", len(v1), "bytes in v1,", len(v2), "in v2")
	// Output: 100 values: 645 bytes in v1, 267 in v2
}

// A document in a document is an id; the program keeps the documents.
func ExampleSubdoc() {
	folder := crdt.New(crdt.Options{ClientID: 1})
	docs := map[string]*crdt.Doc{"plan-7": crdt.New(crdt.Options{ClientID: 1})}
	folder.Transact(nil, func(tx *crdt.Tx) {
		folder.Map("files").Set(tx, "plan", crdt.Subdoc{GUID: "plan-7", Opts: map[string]any{"autoLoad": true}})
	})

	v, _ := folder.Map("files").Get("plan")
	file := v.(crdt.Subdoc)
	doc := docs[file.GUID] // load it, or begin a new one and sync it
	doc.Transact(nil, func(tx *crdt.Tx) { doc.Text("title").Insert(tx, 0, "Go-live", nil) })
	fmt.Println(file.GUID, file.Opts["autoLoad"], doc.Text("title"))
	// Output: plan-7 true Go-live
}

// The past of maps and arrays, from a document that keeps what is deleted.
func ExampleMap_EntriesAt() {
	doc := crdt.New(crdt.Options{ClientID: 1, KeepDeleted: true})
	plan, list := doc.Map("plan"), doc.Array("list")
	doc.Transact(nil, func(tx *crdt.Tx) {
		plan.Set(tx, "status", "draft")
		list.Push(tx, "a", "b")
	})
	then := doc.Snapshot()
	doc.Transact(nil, func(tx *crdt.Tx) {
		plan.Set(tx, "status", "signed")
		plan.Set(tx, "by", "Dana")
		list.Delete(tx, 0, 1)
	})
	fmt.Println(plan.EntriesAt(then), list.ValuesAt(then))
	fmt.Println(plan.ToJSON(), list.ToJSON())
	// Output:
	// map[status:draft] [a b]
	// map[by:Dana status:signed] [b]
}

// A hook stands among the children of a fragment, and is a map.
func ExampleNewXMLHook() {
	doc := crdt.New(crdt.Options{ClientID: 1})
	body := doc.XMLFragment("body")
	doc.Transact(nil, func(tx *crdt.Tx) {
		body.Push(tx, crdt.NewXMLElement("p"), crdt.NewXMLHook("chart", map[string]any{"unit": "days"}))
	})
	chart := body.Get(1).(crdt.Map)
	fmt.Println(chart.HookName(), chart.ToJSON())
	// Output: chart map[unit:days]
}
