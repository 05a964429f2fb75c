package plan

import (
	"cmp"
	"slices"
)

// tree arranges nodes as they are shown and returns the top level and the bin.
//
// A node whose parent is missing, or which would be its own ancestor because
// two people moved nodes into each other at once, is shown at the top level. A
// cycle is cut at its member with the smallest id, so all readers cut alike.
// A deleted node takes what hangs below it out of sight.
func (r *reader) tree(all map[string]stored) (top []*Node, bin []Deleted) {
	top, bin = []*Node{}, []Deleted{}
	ids := sortedKeys(all)
	for _, id := range ids {
		if n := all[id]; n.del != "" {
			bin = append(bin, Deleted{ID: id, Kind: n.Kind, Parent: n.Parent, Title: n.Title, Del: n.del})
		}
	}
	slices.SortFunc(bin, func(a, b Deleted) int {
		return cmp.Or(compareUTF16(b.Del, a.Del), compareUTF16(a.ID, b.ID))
	})

	for _, id := range ids {
		n := all[id]
		if n.Parent == "" {
			continue
		}
		if _, ok := all[n.Parent]; !ok {
			r.warn(WarnNoParent, RootNodes+"/"+id+"/"+NodeParent,
				"“"+orUntitled(n.Title)+"” points to a parent that is not there; it is shown at the top level.")
			n.Parent = ""
		}
	}
	for _, id := range cycleCuts(all, ids) {
		n := all[id]
		r.warn(WarnCycle, RootNodes+"/"+id+"/"+NodeParent,
			"“"+orUntitled(n.Title)+"” was moved under itself by two people at once; it is shown at the top level.")
		n.Parent = ""
	}
	for _, id := range ids {
		n := all[id]
		switch {
		case n.del != "":
		case n.Parent == "":
			top = append(top, n.Node)
		default:
			parent := all[n.Parent]
			parent.Steps = append(parent.Steps, n.Node)
		}
	}
	for _, id := range ids {
		slices.SortFunc(all[id].Steps, compareNodes)
	}
	slices.SortFunc(top, compareNodes)
	settleKinds(top, "")
	return top, bin
}

// cycleCuts returns the smallest id of every cycle of parents. Parents all
// exist. Each node is walked once.
func cycleCuts(all map[string]stored, ids []string) []string {
	var cuts []string
	walk := map[string]int{} // the walk that first came by; 0: none yet
	for i, start := range ids {
		at := start
		for at != "" && walk[at] == 0 {
			walk[at] = i + 1
			at = all[at].Parent
		}
		if at == "" || walk[at] != i+1 {
			continue // reached the top, or ground walked before
		}
		smallest := at
		for next := all[at].Parent; next != at; next = all[next].Parent {
			if compareUTF16(next, smallest) < 0 {
				smallest = next
			}
		}
		cuts = append(cuts, smallest)
	}
	return cuts
}

func compareNodes(a, b *Node) int {
	return cmp.Or(compareUTF16(a.Ord, b.Ord), compareUTF16(a.ID, b.ID))
}
