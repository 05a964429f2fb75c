package plan_test

import (
	"testing"

	"coplan/server/plan"
)

// One node read alone has the kind it has in the whole plan.
func TestHeadKindIsTheTreesKind(t *testing.T) {
	d := levelsPlan(t)
	seen := map[string]int{}
	view := plan.Read(d)
	view.Walk(func(n *plan.Node) bool {
		head, ok := plan.ReadHead(d, n.ID)
		if !ok || head.Kind != n.Kind {
			t.Errorf("%s alone is a %q, in the plan a %q", n.ID, head.Kind, n.Kind)
		}
		seen[n.Kind]++
		return true
	})
	for _, kind := range []string{plan.KindStage, plan.KindMilestone, plan.KindTask, plan.KindSubtask, "epic"} {
		if seen[kind] == 0 {
			t.Errorf("no %s was compared", kind)
		}
	}
}
