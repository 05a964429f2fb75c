package plan

import (
	"slices"

	"coplan/crdt"
)

// KindAt is what a step counts as where it stands: kind is what it was added as,
// above the kind of what it stands under, "" at the top. A step is moved by its
// parent alone and its kind stays as written, so no two moves at once can leave
// it with a kind that contradicts its place; the place decides.
//
// Directly in a stage a milestone is a milestone and anything else a task; under
// a milestone all are tasks, under a task all are subtasks. Stages, unknown kinds
// and steps without a place keep what they are.
func KindAt(kind, above string) string {
	if kind != KindMilestone && kind != KindTask && kind != KindSubtask {
		return kind
	}
	switch above {
	case KindStage:
		if kind == KindMilestone {
			return kind
		}
		return KindTask
	case KindMilestone:
		return KindTask
	case KindTask, KindSubtask:
		return KindSubtask
	}
	return kind
}

// settleKinds gives every node of a tree the kind that its place makes it.
func settleKinds(nodes []*Node, above string) {
	for _, n := range nodes {
		n.Kind = KindAt(n.Kind, above)
		settleKinds(n.Steps, n.Kind)
	}
}

// kindInPlace is KindAt for one node, up the parents as stored. A ring of parents
// is cut at its smallest id, as in the tree.
func kindInPlace(d *crdt.Doc, id string) string {
	nodes := d.Map(RootNodes)
	var path, kinds []string // from the node up
	for at := id; at != ""; {
		if ring := slices.Index(path, at); ring >= 0 {
			cut := ring
			for i := ring; i < len(path); i++ {
				if compareUTF16(path[i], path[cut]) < 0 {
					cut = i
				}
			}
			kinds = kinds[:cut+1]
			break
		}
		m, ok := nodes.Map(at)
		if !ok {
			break
		}
		f := (&reader{}).fields(m, "")
		path, kinds = append(path, at), append(kinds, f.kind())
		at = f.text(NodeParent)
	}
	above := ""
	for i := len(kinds) - 1; i >= 0; i-- {
		above = KindAt(kinds[i], above)
	}
	return above
}
