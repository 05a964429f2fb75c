package plan_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

// shown is what a reader sees of a plan's steps, without the warnings.
func shown(d *crdt.Doc) []string {
	v := plan.Read(d)
	var lines []string
	v.Walk(func(n *plan.Node) bool {
		lines = append(lines, n.ID+" "+n.Kind+" in "+n.Parent)
		return true
	})
	for _, m := range v.Metrics {
		lines = append(lines, "metric "+m.ID)
	}
	for _, r := range v.Resources {
		lines = append(lines, "resource "+r.ID)
	}
	return lines
}

func rings(d *crdt.Doc) (n int) {
	for _, w := range plan.Read(d).Warnings {
		if w.Code == plan.WarnCycle {
			n++
		}
	}
	return n
}

func repair(t testing.TB, d *crdt.Doc) {
	t.Helper()
	edit(t, d, func(tx *crdt.Tx) { plan.Repair(d, tx) })
}

func TestRepairCutsRings(t *testing.T) {
	d := cyclesPlan(t)
	if !plan.NeedsRepair(d) || rings(d) != 3 {
		t.Fatalf("the plan should need a repair and have three rings: %v, %d", plan.NeedsRepair(d), rings(d))
	}
	before := shown(d)
	repair(t, d)
	if plan.NeedsRepair(d) || rings(d) != 0 {
		t.Errorf("after the repair: needed %v, %d rings", plan.NeedsRepair(d), rings(d))
	}
	if after := shown(d); !slices.Equal(before, after) {
		t.Errorf("the repair moved something.\nbefore %q\nafter  %q", before, after)
	}
}

func TestRepairShortensOrder(t *testing.T) {
	long := func(last string) string { return strings.Repeat("z", plan.MaxOrdKept) + last }
	cases := []struct {
		name   string
		make   func(tx *crdt.Tx, d *crdt.Doc)
		needed bool
	}{
		{"as long as is kept", func(tx *crdt.Tx, d *crdt.Doc) {
			node(t, d, "goal").Set(tx, plan.NodeOrd, strings.Repeat("z", plan.MaxOrdKept))
		}, false},
		{"a step", func(tx *crdt.Tx, d *crdt.Doc) { node(t, d, "goal").Set(tx, plan.NodeOrd, long("1")) }, true},
		{"a stage", func(tx *crdt.Tx, d *crdt.Doc) { node(t, d, "decide").Set(tx, plan.NodeOrd, long("1")) }, true},
		{"equal keys", func(tx *crdt.Tx, d *crdt.Doc) {
			for _, id := range []string{"goal", "demo"} {
				node(t, d, id).Set(tx, plan.NodeOrd, long("1"))
			}
		}, true},
		{"one in the bin", func(tx *crdt.Tx, d *crdt.Doc) {
			node(t, d, "goal").Set(tx, plan.NodeOrd, long("1"))
			node(t, d, "goal").Set(tx, plan.NodeDel, "2026-03-03T12:00:00.000Z")
		}, true},
		{"a metric", func(tx *crdt.Tx, d *crdt.Doc) {
			for i, ord := range []string{long("1"), "V", long("2")} {
				m := d.Map(plan.RootMetrics).SetMap(tx, fmt.Sprint("m", i))
				m.Set(tx, plan.MetricOrd, ord)
			}
		}, true},
		{"a condition of a gate", func(tx *crdt.Tx, d *crdt.Doc) {
			entry := node(t, d, "goal").SetMap(tx, plan.NodeGate).SetMap(tx, plan.GateEntry)
			plan.WriteCriterion(tx, entry, "c1", long("1"), "It is agreed")
		}, true},
		{"odd values", func(tx *crdt.Tx, d *crdt.Doc) {
			node(t, d, "goal").Set(tx, plan.NodeOrd, 7)
			node(t, d, "demo").Set(tx, plan.NodeParent, []any{1})
			d.Map(plan.RootNodes).Set(tx, "text", "no map")
		}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newPlan(t, "quick-start")
			edit(t, d, func(tx *crdt.Tx) { c.make(tx, d) })
			if got := plan.NeedsRepair(d); got != c.needed {
				t.Fatalf("NeedsRepair = %v", got)
			}
			before := shown(d)
			repair(t, d)
			if plan.NeedsRepair(d) {
				t.Error("a repair is needed after the repair")
			}
			if after := shown(d); !slices.Equal(before, after) {
				t.Errorf("the order changed.\nbefore %q\nafter  %q", before, after)
			}
		})
	}
}

// TestRepairProperty: three people move steps about without seeing each other,
// and two servers repair at once. Everything is still there, once, in the order
// in which it was shown, and there is nothing left to repair.
func TestRepairProperty(t *testing.T) {
	needed := 0
	for seed := range uint64(60) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		d := newPlan(t, "quick-start")
		docs := []*crdt.Doc{d, fork(t, d, 2), fork(t, d, 3)}
		var ids []string
		v := plan.Read(d)
		v.Walk(func(n *plan.Node) bool { ids = append(ids, n.ID); return true })
		slices.Sort(ids)
		for range 3 {
			for _, doc := range docs {
				for range 4 {
					id, parent := ids[rnd.IntN(len(ids))], ids[rnd.IntN(len(ids))]
					ord := strings.Repeat("z", rnd.IntN(60)) + "1"
					edit(t, doc, func(tx *crdt.Tx) {
						node(t, doc, id).Set(tx, plan.NodeParent, parent)
						node(t, doc, id).Set(tx, plan.NodeOrd, ord)
					})
				}
			}
			mergeAll(t, docs...)
		}
		if plan.NeedsRepair(d) {
			needed++
		}
		before := shown(d)
		repair(t, docs[1])
		repair(t, docs[2])
		mergeAll(t, docs...)
		if plan.NeedsRepair(d) {
			t.Fatalf("seed %d: a repair is needed after the repair", seed)
		}
		if after := shown(d); !slices.Equal(before, after) {
			t.Fatalf("seed %d: shown before %q, after %q", seed, before, after)
		}
	}
	if needed < 30 {
		t.Errorf("only %d of 60 plans needed a repair; the test tests little", needed)
	}
}

func BenchmarkNeedsRepair(b *testing.B) {
	d := newPlan(b, "enterprise-evaluation")
	b.ReportAllocs()
	for b.Loop() {
		if plan.NeedsRepair(d) {
			b.Fatal("nothing is amiss")
		}
	}
}
