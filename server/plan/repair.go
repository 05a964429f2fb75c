package plan

import (
	"slices"

	"coplan/crdt"
)

// MaxOrdKept is the length from which on an ordering key is made short again.
const MaxOrdKept = 48

// WhatRepair names repairs in the journal.
const WhatRepair = "plan.repair"

// NeedsRepair says whether Repair would write something. It reads two values of
// each step and one of each resource, metric and criterion.
func NeedsRepair(d *crdt.Doc) bool {
	return len(brokenRings(d)) > 0 || len(longLists(d)) > 0
}

// Repair writes down how readers show what several people's edits brought about
// only together, and none of them would have been allowed alone:
//
//   - steps that were moved under each other are cut apart at the smallest id,
//     which is put at the top level;
//   - a list of which a key has grown longer than MaxOrdKept gets fresh keys, in
//     the order it is shown in.
//
// What is shown before and after is the same, up to the warning about the ring.
// Repairing twice changes nothing the second time.
func Repair(d *crdt.Doc, tx *crdt.Tx) {
	for _, id := range brokenRings(d) {
		if m, ok := d.Map(RootNodes).Map(id); ok {
			m.Set(tx, NodeParent, "")
			m.Set(tx, NodeOrd, ordOf(m, NodeOrd)) // always written together
		}
	}
	for _, list := range longLists(d) {
		for i, ord := range Spread(len(list.items)) {
			list.items[i].m.Set(tx, list.key, ord)
		}
	}
}

// brokenRings is where the rings of parents are cut.
func brokenRings(d *crdt.Doc) []string {
	all := map[string]stored{}
	d.Map(RootNodes).Range(func(id string, v any) bool {
		if m, ok := v.(crdt.Map); ok {
			all[id] = stored{Node: &Node{ID: id, Parent: ordOf(m, NodeParent)}}
		}
		return true
	})
	for _, n := range all {
		if _, ok := all[n.Parent]; !ok {
			n.Parent = ""
		}
	}
	return cycleCuts(all, sortedKeys(all))
}

// ordered is a list whose order is in its entries' keys.
type ordered struct {
	key   string
	items []orderedItem
	long  bool
}

type orderedItem struct {
	id, ord string
	m       crdt.Map
}

// longLists is every list with a key that is too long, in the order it is shown
// in. What is in the bin has its place too.
func longLists(d *crdt.Doc) []*ordered {
	var found []*ordered
	keep := func(lists ...*ordered) {
		for _, list := range lists {
			if !list.long {
				continue
			}
			slices.SortFunc(list.items, func(a, b orderedItem) int {
				return compareNodes(&Node{ID: a.id, Ord: a.ord}, &Node{ID: b.id, Ord: b.ord})
			})
			found = append(found, list)
		}
	}
	byParent := map[string]*ordered{}
	var parents []string
	d.Map(RootNodes).Range(func(id string, v any) bool {
		m, ok := v.(crdt.Map)
		if !ok {
			return true
		}
		parent := ordOf(m, NodeParent)
		if byParent[parent] == nil {
			byParent[parent] = &ordered{key: NodeOrd}
			parents = append(parents, parent)
		}
		byParent[parent].add(id, m)
		if gate, ok := m.Map(NodeGate); ok {
			for _, side := range []string{GateEntry, GateExit} {
				if criteria, ok := gate.Map(side); ok {
					keep(entriesOf(criteria, CriterionOrd))
				}
			}
		}
		return true
	})
	slices.Sort(parents)
	for _, parent := range parents {
		keep(byParent[parent])
	}
	keep(entriesOf(d.Map(RootResources), ResourceOrd), entriesOf(d.Map(RootMetrics), MetricOrd))
	return found
}

func entriesOf(all crdt.Map, key string) *ordered {
	list := &ordered{key: key}
	all.Range(func(id string, v any) bool {
		if m, ok := v.(crdt.Map); ok {
			list.add(id, m)
		}
		return true
	})
	return list
}

func (l *ordered) add(id string, m crdt.Map) {
	ord := ordOf(m, l.key)
	l.items = append(l.items, orderedItem{id: id, ord: ord, m: m})
	l.long = l.long || len(ord) > MaxOrdKept
}

// ordOf is a string of a map, "" where there is none, as readers take it.
func ordOf(m crdt.Map, key string) string {
	s, _ := textAt(m, key)
	return s
}
