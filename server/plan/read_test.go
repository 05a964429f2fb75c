package plan_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

// Whatever a document holds, it can be read, its JSON can be written, and every
// live node that is not below a deleted one is shown exactly once.
func TestReadTakesAnything(t *testing.T) {
	for seed := range uint64(40) {
		d := spoiledPlan(t, seed)
		v := plan.Read(d)
		asJSON(t, v)
		checkTree(t, fmt.Sprint("seed ", seed), d, v)
		if layout := plan.LayOutWords(d.XMLFragment(plan.RootSummary)); layout != v.SummaryText {
			t.Fatalf("seed %d: comment anchors see\n%q\nreaders see\n%q", seed, layout, v.SummaryText)
		}
	}
}

// spoiledPlan is a plan after sixty odd edits.
func spoiledPlan(t *testing.T, seed uint64) *crdt.Doc {
	t.Helper()
	w := oddWorld{rand.New(rand.NewPCG(seed, 0))}
	d := newPlan(t, "quick-start")
	odd := 0
	for range 60 {
		edit(t, d, func(tx *crdt.Tx) { odd += w.spoil(d, tx) })
	}
	if odd < 20 {
		t.Fatalf("seed %d: only %d places were spoiled", seed, odd)
	}
	return d
}

func checkTree(t *testing.T, what string, d *crdt.Doc, v plan.View) {
	t.Helper()
	shown := map[string]int{}
	v.Walk(func(n *plan.Node) bool {
		shown[n.ID]++
		for _, s := range n.Steps {
			if s.Parent != n.ID {
				t.Fatalf("%s: %s is shown under %s and says %q", what, s.ID, n.ID, s.Parent)
			}
		}
		return true
	})
	binned := map[string]bool{}
	for _, b := range v.Bin {
		binned[b.ID] = true
	}
	nodes := d.Map(plan.RootNodes)
	for _, id := range nodes.Keys() {
		m, ok := nodes.Map(id)
		if !ok {
			continue
		}
		hidden := binned[id]
		for at, steps := m, 0; !hidden && steps < nodes.Len(); steps++ {
			parent, _ := at.Get(plan.NodeParent)
			name, _ := parent.(string)
			if at, ok = nodes.Map(name); !ok {
				break
			}
			hidden = binned[name]
		}
		// A node in a cycle with a deleted one may be cut loose from it.
		if n := shown[id]; n > 1 || n == 0 && !hidden || n == 1 && binned[id] {
			t.Fatalf("%s: %s is shown %d times; hidden: %v", what, id, n, hidden)
		}
	}
}

type oddWorld struct{ *rand.Rand }

// spoil writes something odd somewhere and returns how many places it hit.
func (w oddWorld) spoil(d *crdt.Doc, tx *crdt.Tx) int {
	nodes := d.Map(plan.RootNodes)
	ids := nodes.Keys()
	m, isMap := nodes.Map(ids[w.IntN(len(ids))])
	switch w.IntN(8) {
	case 0, 1:
		if !isMap {
			return 0
		}
		keys := []string{
			plan.NodeKind, plan.NodeTitle, plan.NodeNote, plan.NodeWhy, plan.NodeStatus, plan.NodeSide, plan.NodeDue,
			plan.NodeDays, plan.NodeOwners, plan.NodeAfter, plan.NodeLikelyBlocker, plan.NodeBlockedReason, plan.NodeOrd, plan.NodeAlias,
		}
		m.Set(tx, keys[w.IntN(len(keys))], w.value())
	case 2, 3:
		if !isMap {
			return 0
		}
		m.Set(tx, plan.NodeParent, ids[w.IntN(len(ids))])
	case 4:
		if !isMap {
			return 0
		}
		m.Set(tx, plan.NodeDel, []any{"2026-03-03T10:00:00.000Z", "", nil, 1}[w.IntN(4)])
	case 5:
		roots := []string{plan.RootMeta, plan.RootAnchor, plan.RootRoles, plan.RootThreads, plan.RootNodes}
		keys := []string{plan.MetaTitle, plan.MetaStatus, plan.AnchorDate, plan.AnchorEvent, "champion", "x"}
		d.Map(roots[w.IntN(len(roots))]).Set(tx, keys[w.IntN(len(keys))], w.value())
	default:
		w.spoilText(d.XMLFragment(plan.RootSummary), tx, 3)
	}
	return 1
}

func (w oddWorld) value() any {
	return []any{
		nil, crdt.Undefined, true, -1, 1e300, math.NaN(), "", "text", "2026-02-30", []byte{0xff}, []any{nil, crdt.Undefined},
		map[string]any{"type": 1, "id": nil}, crdt.BigInt(7), crdt.NewText("words"), crdt.NewMap(), crdt.NewArray(1, 2),
		crdt.NewXMLFragment(), crdt.NewXMLElement("paragraph"), crdt.NewXMLText("xml words"),
	}[w.IntN(19)]
}

func (w oddWorld) spoilText(f crdt.XMLFragment, tx *crdt.Tx, depth int) {
	at := w.IntN(f.Len() + 1)
	switch w.IntN(6) {
	case 0:
		f.InsertText(tx, at).Insert(tx, 0, []string{"bare ", "wörds", "🚚"}[w.IntN(3)], nil)
	case 1:
		x := f.InsertText(tx, at)
		x.InsertEmbed(tx, 0, map[string]any{"image": 1}, nil)
		x.Insert(tx, w.IntN(2), "beside", map[string]any{"comment--12345678": w.json(), "bold": w.json()})
	case 2:
		f.InsertText(tx, at)
	default:
		name := []string{"paragraph", "hardBreak", "horizontalRule", "widget", "bulletList", ""}[w.IntN(6)]
		e := f.InsertElement(tx, at, name)
		e.SetAttribute(tx, "odd", w.plain())
		for n := w.IntN(3); n > 0 && depth > 0; n-- {
			w.spoilText(e.XMLFragment, tx, depth-1)
		}
	}
}

// plain is a value an attribute can have, json one that a format can have.
func (w oddWorld) plain() any {
	return []any{math.Inf(1), []byte{1}, crdt.Undefined, w.json()}[w.IntN(4)]
}

func (w oddWorld) json() any {
	return []any{nil, true, "x", 1.5, []any{1}, map[string]any{"id": "t1"}, map[string]any{"id": 5}}[w.IntN(7)]
}

// Positions may also lie between blocks, as when a whole paragraph is selected.
func TestCommentOnWholeParagraph(t *testing.T) {
	d := commentedPlan(t)
	f := d.XMLFragment(plan.RootSummary)
	run(t, d, dana, 1, plan.CommandCommentAdd, plan.CommentAddArgs{
		ID: "t1", Body: "All of this?",
		Anchor: plan.CommentAnchor{
			Kind: plan.AnchorText, Field: plan.RootSummary,
			From: position(t, f.RelativePosition(1, 0)), To: position(t, f.RelativePosition(2, 0)),
		},
	})
	if got := marked(plan.Read(d), "t1"); got != sentence {
		t.Errorf("marked %q", got)
	}
}

// A big plan reads in time that grows with its size, not with its square.
func BenchmarkRead(b *testing.B) {
	d := newPlan(b, "enterprise-evaluation")
	edit(b, d, func(tx *crdt.Tx) {
		for i, ord := range plan.Spread(490) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{
				ID: fmt.Sprint("n", i), Kind: plan.KindTask, Parent: "evaluation", Ord: ord, Title: "A step with a usual title",
				Note: []plan.Rich{plan.Paragraph("One or two sentences on what is to be done, and by whom.")}, Due: "2026-05-04", Days: 3,
			})
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		if v := plan.Read(d); v.Progress.Total != 500 {
			b.Fatal(v.Progress)
		}
	}
}
