package plan_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

// A vector is a document and what every reader makes of it. The front end's
// reader is checked against the same files.
type vector struct {
	Name   string          `json:"name"`
	About  string          `json:"about"`
	Update []byte          `json:"update"` // Yjs v1, base64
	View   json.RawMessage `json:"view"`
}

var vectorCases = []struct {
	name, about string
	build       func(t *testing.T) *crdt.Doc
}{
	{"empty", "nothing was ever written", func(t *testing.T) *crdt.Doc { return crdt.New(crdt.Options{ClientID: 1}) }},
	{"template-enterprise", "a new plan from enterprise-evaluation", func(t *testing.T) *crdt.Doc { return newPlan(t, "enterprise-evaluation") }},
	{"template-quick-start", "a new plan from quick-start", func(t *testing.T) *crdt.Doc { return newPlan(t, "quick-start") }},
	{"template-blank", "a new plan from blank", func(t *testing.T) *crdt.Doc { return newPlan(t, "blank") }},
	{"template-enterprise-de", "enterprise-evaluation in German", func(t *testing.T) *crdt.Doc { return newPlanIn(t, "enterprise-evaluation", plan.German) }},
	{"template-security-de", "security-procurement in German, with gates and rules", func(t *testing.T) *crdt.Doc { return newPlanIn(t, "security-procurement", plan.German) }},
	{"template-renewal-de", "renewal in German", func(t *testing.T) *crdt.Doc { return newPlanIn(t, "renewal", plan.German) }},
	{"edited", "statuses, dates, owners, roles, anchor and texts edited by two people", editedPlan},
	{"rich-text", "headings, lists, breaks, rules, marks, characters beyond the basic plane", richTextPlan},
	{"bin", "deleted steps and stages, one restored, one inside another", binPlan},
	{"ord-ties", "two people insert at the same places at once; odd and missing keys", ordTiesPlan},
	{"cycles", "two and three people move nodes into each other at once; a node that is its own parent; a missing parent", cyclesPlan},
	{"levels", "steps of every kind at every level, deeper than levels go, in a ring; what a blocked step waits for", levelsPlan},
	{"odd-values", "values of every wrong type, everywhere", oddValuesPlan},
	{"odd-structure", "strings for texts, texts for strings, plain values for maps, nested oddities in rich text", oddStructurePlan},
	{"comments", "overlapping comments, replies, a resolved thread, an orphan, a deleted thread, comments on steps", commentsPlan},
	{"odd-threads", "threads and messages with odd values", oddThreadsPlan},
	{"people-hub", "people, roles taken out, how to work together, links, files, empty slots, odd ones", peopleHubPlan},
	{"spoiled-1", "sixty odd edits at random places", func(t *testing.T) *crdt.Doc { return spoiledPlan(t, 1) }},
	{"spoiled-2", "sixty others", func(t *testing.T) *crdt.Doc { return spoiledPlan(t, 2) }},
	{"spoiled-3", "sixty others", func(t *testing.T) *crdt.Doc { return spoiledPlan(t, 3) }},
	{"gates", "gates in every state, sign-offs, criteria by two people at once, characters that are awkward to hash, odd values", gatesPlan},
	{"why", "business case, metrics, outcomes, gates and dismissed suggestions", whyPlan},
	{"reviews", "reviews with decisions about steps and by roles, odd ones", reviewsPlan},
	{"typing-together", "two people type into one paragraph and one title at once", typingPlan},
}

func TestViewVectors(t *testing.T) {
	for _, c := range vectorCases {
		t.Run(c.name, func(t *testing.T) {
			d := c.build(t)
			checkDoc(t, d)
			view := asJSON(t, plan.Read(d))
			path := filepath.Join(vectorDir, c.name+".json")
			if *update {
				writeVector(t, path, vector{Name: c.name, About: c.about, View: json.RawMessage(view)}, d)
				return
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v (write it with: go test ./server/plan -update)", err)
			}
			var v vector
			if err := json.Unmarshal(b, &v); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			compareJSON(t, "the document made by editing", string(v.View), view)

			loaded := crdt.New(crdt.Options{})
			if err := loaded.ApplyUpdate(v.Update, nil); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			compareJSON(t, "the document in the file", string(v.View), asJSON(t, plan.Read(loaded)))
		})
	}
}

func writeVector(t *testing.T, path string, v vector, d *crdt.Doc) {
	t.Helper()
	var err error
	if v.Update, err = d.EncodeStateAsUpdate(nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(asJSON(t, v)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compareJSON(t *testing.T, what, want, got string) {
	t.Helper()
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(w, g) {
		t.Errorf("%s reads otherwise, first at %s (if that is meant: go test ./server/plan -update)",
			what, firstDifference(asJSON(t, w), asJSON(t, g)))
	}
}

func editedPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "enterprise-evaluation")
	a, b := fork(t, d, 2), fork(t, d, 3)
	set(t, a, "platform-demo", plan.NodeStatus, plan.StatusDone)
	set(t, a, "executive-presentation", plan.NodeStatus, plan.StatusSkipped)
	set(t, b, "poc-kick-off", plan.NodeStatus, plan.StatusInProgress)
	set(t, b, "security-review", plan.NodeDue, "2026-05-04")
	set(t, b, "security-review", plan.NodeStart, "2026-04-13")
	set(t, a, "security-review", plan.NodeAlias, "Security review")
	edit(t, b, func(tx *crdt.Tx) {
		title, _ := node(t, b, "security-review").Text(plan.NodeTitle)
		title.Delete(tx, 0, len("Security"))
		title.Insert(tx, 0, "Vendor security", nil)
		owners, _ := node(t, b, "legal-redline").Map(plan.NodeOwners)
		owners.Set(tx, "procurement-lead", plan.OwnerAccountable) // a second one
		owners.Delete(tx, "account-executive")
		after, _ := node(t, b, "kick-off-call").Map(plan.NodeAfter)
		after.Set(tx, "contract-sign-off", map[string]any{plan.AfterType: "SS", plan.AfterLag: -2})
		role, _ := b.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RoleName, "Helena Strand")
		role.Set(tx, plan.RoleInvolveBy, "2026-03-20")
	})
	edit(t, a, func(tx *crdt.Tx) {
		anchor := a.Map(plan.RootAnchor)
		anchor.Set(tx, plan.AnchorProvisional, true)
		anchor.Set(tx, plan.AnchorCostPerWeek, 12000.5)
		anchor.Set(tx, plan.AnchorEvent, map[string]any{plan.EventWhat: "New contracts", plan.EventSource: "Board", plan.EventConsequence: "By hand again"})
		a.Map(plan.RootMeta).Set(tx, plan.MetaStatus, plan.PlanLive)
		plan.WriteNode(tx, a.Map(plan.RootNodes), plan.NewNode{
			ID: "sub1", Kind: plan.KindSubtask, Parent: "poc-kick-off", Ord: "V", Title: "Book the room", Status: plan.StatusDone,
		})
		plan.WriteNode(tx, a.Map(plan.RootNodes), plan.NewNode{
			ID: "task1", Kind: plan.KindTask, Parent: "poc-results-review", Ord: "V", Status: plan.StatusDone, Days: 2,
		})
	})
	mergeAll(t, d, a, b)
	return d
}

func levelsPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "blank")
	edit(t, d, func(tx *crdt.Tx) {
		nodes := d.Map(plan.RootNodes)
		add := func(id, kind, parent string) {
			plan.WriteNode(tx, nodes, plan.NewNode{ID: id, Kind: kind, Parent: parent, Ord: "V", Title: id, Status: plan.StatusDone})
		}
		kinds := []string{plan.KindMilestone, plan.KindTask, plan.KindSubtask, "epic"}
		add("s", plan.KindStage, "")
		for _, a := range kinds {
			add("s-"+a, a, "s")
			for _, b := range kinds {
				add("s-"+a+"-"+b, b, "s-"+a)
				add("s-"+a+"-"+b+"-m", plan.KindMilestone, "s-"+a+"-"+b)
				add("s-"+a+"-"+b+"-m-t", plan.KindTask, "s-"+a+"-"+b+"-m")
			}
			add("loose-"+a, a, "")
			add("lost-"+a, a, "nowhere")
			add("lost-"+a+"-m", plan.KindMilestone, "lost-"+a)
		}
		add("stage-in-task", plan.KindStage, "s-task")
		add("task-in-that", plan.KindTask, "stage-in-task")
		add("ring-b", plan.KindMilestone, "ring-a")
		add("ring-c", plan.KindMilestone, "ring-b")
		add("ring-a", plan.KindTask, "ring-c")
		blocked, _ := nodes.Map("s-task")
		blocked.Set(tx, plan.NodeStatus, plan.StatusBlocked)
		blocked.Set(tx, plan.NodeBlockedReason, "The DPA is with their counsel")
	})
	return d
}

func richTextPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "blank")
	bold, link := plan.Mark{Type: "bold"}, plan.Mark{Type: "link", Attrs: map[string]any{"href": "https://acme.example/?a=1", "target": "_blank"}}
	text := func(s string, marks ...plan.Mark) plan.Rich { return plan.Rich{Type: "text", Text: s, Marks: marks} }
	edit(t, d, func(tx *crdt.Tx) {
		f := d.XMLFragment(plan.RootSummary)
		f.Delete(tx, 0, f.Len())
		plan.WriteRich(tx, f, []plan.Rich{
			plan.Heading(2, "Überblick"),
			{Type: "paragraph", Content: []plan.Rich{
				text("Plain, "), text("bold", bold), text(" and "), text("bold link", bold, link), text(", then 🚚🚚 "),
				{Type: "hardBreak"}, text("a new line"),
			}},
			{Type: "horizontalRule"},
			plan.List("one", "", "three 👩‍🚀"),
			{Type: "blockquote", Content: []plan.Rich{plan.Paragraph("quoted"), plan.Paragraph("")}},
			{Type: "orderedList", Attrs: map[string]any{"start": 3}, Content: []plan.Rich{{Type: "listItem", Content: []plan.Rich{plan.Paragraph("third")}}}},
			plan.Paragraph(""),
		})
	})
	return d
}

func binPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	set(t, d, "demo", plan.NodeDel, "2026-03-03T10:00:00.000Z")
	set(t, d, "sign", plan.NodeDel, "2026-03-04T10:00:00.000Z")  // a stage with its steps
	set(t, d, "terms", plan.NodeDel, "2026-03-03T12:00:00.000Z") // inside it
	set(t, d, "goal", plan.NodeDel, "2026-03-03T11:00:00.000Z")
	set(t, d, "goal", plan.NodeStatus, plan.StatusDone)
	edit(t, d, func(tx *crdt.Tx) { node(t, d, "goal").Delete(tx, plan.NodeDel) }) // restored
	set(t, d, "kick-off", plan.NodeDel, "2026-03-03T10:00:00.000Z")               // at the same moment as demo
	return d
}

func ordTiesPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	a, b := fork(t, d, 2), fork(t, d, 3)
	for doc, ids := range map[*crdt.Doc][]string{a: {"z-of-a", "m-of-a"}, b: {"a-of-b", "n-of-b"}} {
		ord, err := plan.Between("F", "V") // both between the first and the second step
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			edit(t, doc, func(tx *crdt.Tx) {
				plan.WriteNode(tx, doc.Map(plan.RootNodes), plan.NewNode{ID: id, Kind: plan.KindTask, Parent: "decide", Ord: ord, Title: id})
			})
		}
	}
	mergeAll(t, d, a, b)
	set(t, d, "decision", plan.NodeOrd, "not a key!")
	set(t, d, "set-up", plan.NodeOrd, "")
	set(t, d, "kick-off", plan.NodeOrd, "😀")
	set(t, d, "first-value-review", plan.NodeOrd, "\uffff")
	edit(t, d, func(tx *crdt.Tx) { node(t, d, "terms").Delete(tx, plan.NodeOrd) })
	return d
}

func cyclesPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	a, b, c := fork(t, d, 2), fork(t, d, 3), fork(t, d, 4)
	set(t, a, "goal", plan.NodeParent, "demo") // two
	set(t, b, "demo", plan.NodeParent, "goal")
	set(t, a, "security-questions", plan.NodeParent, "terms") // three
	set(t, b, "terms", plan.NodeParent, "signature")
	set(t, c, "signature", plan.NodeParent, "security-questions")
	set(t, c, "kick-off", plan.NodeParent, "terms") // leads into it
	set(t, c, "set-up", plan.NodeParent, "set-up")
	set(t, c, "first-value-review", plan.NodeParent, "gone")
	mergeAll(t, d, a, b, c)
	set(t, d, "signature", plan.NodeDel, "2026-03-03T12:00:00.000Z") // a member of a cycle in the bin
	return d
}

func oddValuesPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	edit(t, d, func(tx *crdt.Tx) {
		meta := d.Map(plan.RootMeta)
		meta.Set(tx, plan.MetaSchema, "one")
		meta.Set(tx, plan.MetaTitle, 7)
		meta.Set(tx, plan.MetaNoun, nil)
		meta.Set(tx, plan.MetaStatus, "Live")
		meta.Set(tx, "fromTheFuture", []any{1, 2})
		anchor := d.Map(plan.RootAnchor)
		anchor.Set(tx, plan.AnchorKind, true)
		anchor.Set(tx, plan.AnchorDate, "2026-02-30")
		anchor.Set(tx, plan.AnchorProvisional, "yes")
		anchor.Set(tx, plan.AnchorEvent, map[string]any{plan.EventWhat: 1, plan.EventSource: "ok"})
		anchor.Set(tx, plan.AnchorCostPerWeek, math.NaN())

		goal := node(t, d, "goal")
		goal.Set(tx, plan.NodeStatus, "finished")
		goal.Set(tx, plan.NodeSide, 1)
		goal.Set(tx, plan.NodeDue, "10 March")
		goal.Set(tx, plan.NodeStart, []byte{1})
		goal.Set(tx, plan.NodeDays, 2.5)
		goal.Set(tx, plan.NodeLikelyBlocker, "yes")
		goal.Set(tx, plan.NodeBlockedReason, 7)
		goal.Set(tx, plan.NodeOrd, 3)
		goal.Set(tx, plan.NodeDel, true)
		demo := node(t, d, "demo")
		demo.Set(tx, plan.NodeKind, "epic")
		demo.Set(tx, plan.NodeDays, 4.0)
		demo.Set(tx, plan.NodeDue, "")
		demo.Set(tx, plan.NodeStatus, crdt.Undefined)
		demo.Set(tx, plan.NodeSide, nil)
		demo.Set(tx, plan.NodeParent, 12)
		demo.Set(tx, plan.NodeAlias, map[string]any{"a": 1})
		decision := node(t, d, "decision")
		decision.Set(tx, plan.NodeKind, 5)
		decision.Set(tx, plan.NodeDays, math.Inf(1))
		owners, _ := decision.Map(plan.NodeOwners)
		owners.Set(tx, "x", "boss")
		owners.Set(tx, "y", 1)
		owners.Set(tx, "z", nil)
		after, _ := decision.Map(plan.NodeAfter)
		after.Set(tx, "goal", "FS")
		after.Set(tx, "demo", map[string]any{plan.AfterType: "FS", plan.AfterLag: 1.5})
		after.Set(tx, "terms", map[string]any{plan.AfterType: "FF"})
		role, _ := d.Map(plan.RootRoles).Map("champion")
		role.Set(tx, plan.RoleSide, "both")
		role.Set(tx, plan.RoleName, 1)
		role.Set(tx, plan.RoleInvolveBy, "soon")
		d.Map(plan.RootNodes).Set(tx, "plain", "a node that is a string")
		d.Map(plan.RootNodes).SetMap(tx, "bare") // a node without anything
		d.Map(plan.RootRoles).Set(tx, "plain", 5)
		d.Map("fromTheFuture").Set(tx, "x", 1)
	})
	return d
}

func oddStructurePlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	edit(t, d, func(tx *crdt.Tx) {
		d.Map(plan.RootMeta).SetText(tx, plan.MetaTitle).Insert(tx, 0, "A title typed as text", nil)
		goal := node(t, d, "goal")
		goal.Set(tx, plan.NodeTitle, "A title picked as a string")
		goal.Set(tx, plan.NodeNote, "A note as a string")
		goal.Set(tx, plan.NodeWhy, []any{"a", "list"})
		goal.Set(tx, plan.NodeOwners, map[string]any{"champion": plan.OwnerAccountable})
		demo := node(t, d, "demo")
		plan.WriteRich(tx, demo.SetXMLFragment(tx, plan.NodeTitle), []plan.Rich{plan.Paragraph("rich"), plan.Paragraph("title")})
		demo.SetText(tx, plan.NodeNote).Insert(tx, 0, "A note as plain text", nil)
		demo.SetArray(tx, plan.NodeAfter).Push(tx, 1)
		demo.SetArray(tx, plan.NodeAlias)
		decision := node(t, d, "decision")
		decision.SetMap(tx, plan.NodeNote)
		decision.Set(tx, plan.NodeTitle, nil)
		decision.Delete(tx, plan.NodeWhy)

		f := d.XMLFragment(plan.RootSummary)
		f.Delete(tx, 0, f.Len())
		f.InsertText(tx, 0).Insert(tx, 0, "bare words", nil)
		p := f.InsertElement(tx, 1, "paragraph")
		p.SetAttribute(tx, "when", crdt.Undefined)
		p.SetAttribute(tx, "none", nil)
		p.SetAttribute(tx, "level", 2)
		p.SetAttribute(tx, "nested", map[string]any{"a": []any{1, nil, "x"}, "b": nil})
		p.SetAttribute(tx, "bytes", []byte{1, 2})
		text := p.InsertText(tx, 0)
		text.Insert(tx, 0, "before", map[string]any{"bold": map[string]any{}})
		text.InsertEmbed(tx, 6, map[string]any{"image": "x.png"}, nil)
		text.Insert(tx, 7, "after", map[string]any{"bold": nil, "link": map[string]any{"href": "x", "rel": nil}, "odd": true, "a--12345678": map[string]any{"id": "q"}})
		p.InsertText(tx, 1).Insert(tx, 0, "second text", nil)
		unknown := f.InsertElement(tx, 2, "widget")
		unknown.InsertElement(tx, 0, "paragraph").InsertText(tx, 0).Insert(tx, 0, "inside", nil)
		unknown.InsertElement(tx, 1, "horizontalRule")
		unknown.InsertElement(tx, 2, "paragraph")
	})
	return d
}

func typingPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	a, b := fork(t, d, 2), fork(t, d, 3)
	for i := range 12 {
		edit(t, a, func(tx *crdt.Tx) { summaryText(t, a, 1).Insert(tx, i, "seller words"[i:i+1], nil) })
		edit(t, b, func(tx *crdt.Tx) { summaryText(t, b, 1).Insert(tx, i, "buyer's text"[i:i+1], nil) })
		if i == 6 {
			mergeAll(t, d, a, b)
		}
		title := func(doc *crdt.Doc) crdt.Text { text, _ := node(t, doc, "goal").Text(plan.NodeTitle); return text }
		edit(t, a, func(tx *crdt.Tx) { title(a).Insert(tx, 0, "A", nil) })
		edit(t, b, func(tx *crdt.Tx) { title(b).Delete(tx, title(b).Len()-1, 1) })
	}
	edit(t, a, func(tx *crdt.Tx) { summaryText(t, a, 1).Format(tx, 2, 6, map[string]any{"bold": map[string]any{}}) })
	edit(t, b, func(tx *crdt.Tx) { summaryText(t, b, 1).Format(tx, 4, 6, map[string]any{"italic": map[string]any{}}) })
	mergeAll(t, d, a, b)
	return d
}
