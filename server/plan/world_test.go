package plan_test

import (
	"encoding/json"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
)

var (
	start  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ben    = plan.Person{ID: "p-ben", Name: "Ben Okafor", Role: "seller", Side: "seller"}
	dana   = plan.Person{ID: "p-dana", Name: "Dana Whitfield", Role: "buyer", Side: "buyer"}
	marcus = plan.Person{ID: "p-marcus", Name: "Marcus Lindqvist", Role: "champion", Side: "buyer"}
)

// newPlan creates a plan in a document of client 1, ids and times fixed.
func newPlan(t testing.TB, template string) *crdt.Doc {
	t.Helper()
	return newPlanIn(t, template, plan.English)
}

func newPlanIn(t testing.TB, template, language string) *crdt.Doc {
	t.Helper()
	d := crdt.New(crdt.Options{ClientID: 1})
	create(t, d, plan.CreateInput{
		ID: "p1", Title: "Northwind × Acme", Template: template, Language: language,
		Anchor: plan.AnchorInput{Kind: plan.AnchorGoLive, Date: "2026-06-30"}, Now: start, By: ben,
	})
	return d
}

func create(t testing.TB, d *crdt.Doc, in plan.CreateInput) {
	t.Helper()
	var err error
	d.Transact(nil, func(tx *crdt.Tx) { err = plan.Create(d, tx, in) })
	if err != nil {
		t.Fatal(err)
	}
	checkDoc(t, d)
}

// fork returns a replica of d that edits as client.
func fork(t testing.TB, d *crdt.Doc, client uint64) *crdt.Doc {
	t.Helper()
	f := crdt.New(crdt.Options{ClientID: client})
	merge(t, f, d)
	return f
}

// merge brings what the others have into d.
func merge(t testing.TB, d *crdt.Doc, others ...*crdt.Doc) {
	t.Helper()
	for _, o := range others {
		update, err := o.EncodeStateAsUpdate(d.StateVector())
		if err != nil {
			t.Fatal(err)
		}
		if err := d.ApplyUpdate(update, nil); err != nil {
			t.Fatal(err)
		}
	}
	checkDoc(t, d)
}

// mergeAll makes all replicas equal.
func mergeAll(t testing.TB, docs ...*crdt.Doc) {
	t.Helper()
	merge(t, docs[0], docs[1:]...)
	for _, d := range docs[1:] {
		merge(t, d, docs[0])
	}
}

func edit(t testing.TB, d *crdt.Doc, fn func(tx *crdt.Tx)) {
	t.Helper()
	d.Transact(nil, fn)
	checkDoc(t, d)
}

func checkDoc(t testing.TB, d *crdt.Doc) {
	t.Helper()
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
}

func node(t testing.TB, d *crdt.Doc, id string) crdt.Map {
	t.Helper()
	m, ok := d.Map(plan.RootNodes).Map(id)
	if !ok {
		t.Fatalf("there is no node %s", id)
	}
	return m
}

func set(t testing.TB, d *crdt.Doc, id, key string, value any) {
	t.Helper()
	edit(t, d, func(tx *crdt.Tx) { node(t, d, id).Set(tx, key, value) })
}

// run runs a command and fails the test when it is refused.
func run(t testing.TB, d *crdt.Doc, by plan.Person, minute int, name string, args any) plan.CommentResult {
	t.Helper()
	res, err := try(t, d, by, minute, name, args)
	if err != nil {
		t.Fatalf("%s %+v: %v", name, args, err)
	}
	return res.(plan.CommentResult)
}

func try(t testing.TB, d *crdt.Doc, by plan.Person, minute int, name string, args any) (res any, err error) {
	t.Helper()
	raw, ok := args.(json.RawMessage)
	if !ok {
		if raw, err = json.Marshal(args); err != nil {
			t.Fatal(err)
		}
	}
	before := d.StateVector()
	d.Transact(nil, func(tx *crdt.Tx) {
		res, err = plan.Commands()[name].Run(d, tx, by, start.Add(time.Duration(minute)*time.Minute), raw)
	})
	checkDoc(t, d)
	if err != nil && string(before) != string(d.StateVector()) {
		t.Fatalf("%s was refused and still wrote something: %v", name, err)
	}
	return res, err
}

// summaryText is the text type of the i-th block of the summary.
func summaryText(t testing.TB, d *crdt.Doc, i int) crdt.XMLText {
	t.Helper()
	e, ok := d.XMLFragment(plan.RootSummary).Get(i).(crdt.XMLElement)
	if !ok || e.Len() == 0 {
		t.Fatalf("the summary has no text block %d", i)
	}
	text, ok := e.Get(0).(crdt.XMLText)
	if !ok {
		t.Fatalf("block %d of the summary begins with no text", i)
	}
	return text
}

// textAnchor is an anchor over units from…to of the summary's i-th block, made
// as an editor makes it.
func textAnchor(t testing.TB, d *crdt.Doc, i, from, to int) plan.CommentAnchor {
	t.Helper()
	text := summaryText(t, d, i)
	return plan.CommentAnchor{
		Kind: plan.AnchorText, Field: plan.RootSummary,
		From: position(t, text.RelativePosition(from, 0)), To: position(t, text.RelativePosition(to, -1)),
	}
}

func position(t testing.TB, p crdt.RelativePosition) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
