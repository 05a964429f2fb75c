package replay

import (
	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

// repaired tells of an entry in which the server wrote down how the plan is shown
// already, see plan.Repair: the steps that were under each other, and no more of
// fresh ordering keys than that there are some.
func (t *teller) repaired(events []crdt.Event) bool {
	if t.entry.Kind != journal.KindSystem || t.entry.What != plan.WhatRepair {
		return false
	}
	orders := false
	for _, e := range events {
		root, path := head(e.Path)
		t.eachKey(e, func(key string, c crdt.KeyChange) {
			if root != plan.RootNodes || len(path) != 1 || key != plan.NodeParent {
				orders = orders || key == plan.NodeOrd
				return
			}
			id, _ := path[0].(string)
			t.nodes[id] = true
			t.about(id, keyChange(key, c), "repair.ring")
		})
	}
	if orders && len(t.changes) == 0 {
		t.add(Change{Field: plan.NodeOrd, Action: "update", Say: say("repair.order")})
	}
	return true
}
