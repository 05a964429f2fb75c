package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

func (t *teller) nodesEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, t.nodeKey)
		return
	}
	id, _ := path[0].(string)
	if t.created[plan.RootNodes+"/"+id] {
		return
	}
	if len(path) == 1 {
		t.nodeFields(id, e)
		return
	}
	t.nodeInside(id, e, path[1:])
}

// nodeKey tells of nodes that appeared or went for good.
func (t *teller) nodeKey(id string, c crdt.KeyChange) {
	before, known := t.player.nodes[id]
	t.nodes[id] = true
	if c.Action == "delete" {
		t.add(Change{
			Node: id, NodeTitle: before.Title, Field: plan.RootNodes, Action: c.Action,
			Say: say("node.removed", "kind", before.Kind, "step", titled(before.Title, "")),
		})
		return
	}
	if c.Action == "update" && known {
		t.created[plan.RootNodes+"/"+id] = true
		t.about(id, Change{Field: plan.RootNodes, Action: c.Action}, "node.rewritten")
		return
	}
	t.created[plan.RootNodes+"/"+id] = true
	head, ok := plan.ReadHead(t.player.doc, id)
	if !ok {
		t.add(Change{Node: id, Field: plan.RootNodes, Action: c.Action, Say: say("node.odd")})
		return
	}
	tell := say("node.new", "kind", head.Kind)
	if head.Title != "" {
		tell = say("node.added", "kind", head.Kind, "step", titled(head.Title, ""))
	}
	if parent, ok := plan.ReadHead(t.player.doc, head.Parent); ok {
		tell.ID += "In"
		tell.Values["parent"] = titled(parent.Title, parent.Kind)
	}
	t.add(Change{Node: id, NodeTitle: head.Title, Field: plan.RootNodes, Action: "add", Say: tell})
}

// about adds a change of the node id, which the message calls step.
func (t *teller) about(id string, c Change, sayID string, pairs ...any) {
	head, _ := plan.ReadHead(t.player.doc, id)
	c.Node, c.NodeTitle = id, head.Title
	c.Say = say(sayID, append(pairs, "step", titled(head.Title, head.Kind))...)
	t.add(c)
}

// nodeFields tells of values of a node that changed.
func (t *teller) nodeFields(id string, e crdt.Event) {
	_, parentChanged := e.Keys[plan.NodeParent]
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := keyChange(key, c)
		switch key {
		case plan.NodeParent: // ord is written with it
			t.nodes[id] = true
			if change.Old == change.New {
				t.reordered(id, change)
			} else {
				t.moved(id, change)
			}
		case plan.NodeOrd:
			if !parentChanged {
				t.reordered(id, change)
			}
		case plan.NodeKind:
			t.nodes[id] = true
			t.about(id, change, "node.turned", "kind", words(c.New, "step"))
		case plan.NodeTitle: // the text itself was replaced
			t.renamed(id)
		case plan.NodeStatus:
			t.status(id, change)
		case plan.NodeSide:
			t.side(id, change)
		case plan.NodeDue, plan.NodeStart:
			if planned, ok := e.Keys[plan.NodePlanned]; ok && key == plan.NodeDue && c.New != nil {
				change.computed = planned.New == c.New
			}
			t.date(id, key, c, change)
		case plan.NodeDays:
			if change.Old != nil && change.New != nil {
				t.about(id, change, "node.days.moved", "from", change.Old, "to", change.New)
			} else {
				t.about(id, change, "node.days.changed")
			}
		case plan.NodeLikelyBlocker:
			if c.New == true {
				t.about(id, change, "node.blocker.on")
			} else {
				t.about(id, change, "node.blocker.off")
			}
		case plan.NodeBlockedReason:
			if reason := words(c.New, ""); reason != "" {
				t.about(id, change, "node.blocked.noted", "reason", quoted(reason))
			} else {
				t.about(id, change, "node.blocked.removed")
			}
		case plan.NodeOutcome:
			t.outcome(id, change)
		case plan.NodeAlias:
			if alias := words(c.New, ""); alias != "" {
				t.about(id, change, "node.alias.noted", "alias", quoted(alias))
			} else {
				t.about(id, change, "node.alias.removed")
			}
		case plan.NodeDel:
			if words(c.New, "") != "" {
				t.about(id, change, "node.deleted")
			} else {
				t.about(id, change, "node.restored")
			}
		case plan.NodeGate: // a step of an older plan got the map that newer ones are born with
			if _, ok := plan.ReadGate(t.player.doc, id); ok {
				t.created[plan.RootNodes+"/"+id+"/"+plan.NodeGate] = true
				t.about(id, change, "gate.added")
			}
		case plan.NodePlanned: // written beside the due date, which is told
		case plan.NodeDoneOn:
			change.Say = dateSay("node.doneOn", c, "step", t.nameOf(id))
			change.Node = id
			t.add(change)
		default:
			t.about(id, change, "node.changed")
		}
	})
}

func (t *teller) nameOf(id string) Title {
	head, _ := plan.ReadHead(t.player.doc, id)
	return titled(head.Title, head.Kind)
}

func (t *teller) moved(id string, change Change) {
	parent, _ := change.New.(string)
	if head, ok := plan.ReadHead(t.player.doc, parent); ok {
		t.about(id, change, "node.moved", "parent", titled(head.Title, head.Kind))
		return
	}
	t.about(id, change, "node.movedTop")
}

func (t *teller) reordered(id string, change Change) {
	self, _ := plan.ReadHead(t.player.doc, id)
	if parent, ok := plan.ReadHead(t.player.doc, self.Parent); ok {
		t.about(id, change, "node.movedWithin", "parent", titled(parent.Title, parent.Kind))
		return
	}
	t.about(id, change, "node.movedPlace")
}

func (t *teller) status(id string, change Change) {
	switch change.New {
	case plan.StatusDone:
		t.about(id, change, "node.status.done")
	case plan.StatusInProgress:
		t.about(id, change, "node.status.started")
	case plan.StatusBlocked:
		t.about(id, change, "node.status.blocked")
	case plan.StatusSkipped:
		t.about(id, change, "node.status.skipped")
	case plan.StatusNotStarted, nil:
		t.about(id, change, "node.status.notStarted")
	default:
		t.about(id, change, "node.status.changed")
	}
}

func (t *teller) side(id string, change Change) {
	switch change.New {
	case plan.SideBuyer, plan.SideSeller:
		t.about(id, change, "node.side", "side", change.New)
	default:
		t.about(id, change, "node.joint")
	}
}

func (t *teller) date(id, key string, c crdt.KeyChange, change Change) {
	head, _ := plan.ReadHead(t.player.doc, id)
	change.Node, change.NodeTitle = id, head.Title
	change.Say = dateSay("node."+key, c, "step", titled(head.Title, head.Kind))
	t.add(change)
}

// nodeInside tells of changes in what a node holds: texts, owners, dependencies.
func (t *teller) nodeInside(id string, e crdt.Event, path []any) {
	field, _ := path[0].(string)
	told := plan.RootNodes + "/" + id + "/" + field
	switch field {
	case plan.NodeTitle:
		t.renamed(id)
	case plan.NodeNote:
		t.textEdit(e, told, t.nodeText(id, field, "node.note"))
	case plan.NodeWhy:
		t.textEdit(e, told, t.nodeText(id, field, "node.why"))
	case plan.NodeOwners:
		t.eachKey(e, func(role string, c crdt.KeyChange) { t.owner(id, role, c) })
	case plan.NodeAfter:
		t.once(told, t.nodeText(id, field, "node.after"))
	case plan.NodeLinks:
		t.nodeLinks(id, e)
	case plan.NodeGate:
		t.gate(id, e, path[1:])
	default:
		t.once(told, t.nodeText(id, field, "node.changed"))
	}
}

// nodeText is the change of something inside a node.
func (t *teller) nodeText(id, field, sayID string) Change {
	head, _ := plan.ReadHead(t.player.doc, id)
	return Change{
		Node: id, NodeTitle: head.Title, Field: field, Action: "edit",
		Say: say(sayID, "step", titled(head.Title, head.Kind)),
	}
}

func (t *teller) renamed(id string) {
	t.nodes[id] = true
	before := t.player.nodes[id]
	now, _ := plan.ReadHead(t.player.doc, id)
	if before.Title == now.Title {
		return
	}
	c := Change{
		Node: id, NodeTitle: now.Title, Field: plan.NodeTitle, Action: "edit", Old: before.Title, New: now.Title,
		Say: say("node.renamed", "old", titled(before.Title, before.Kind), "step", titled(now.Title, now.Kind)),
	}
	switch {
	case before.Title == "":
		c.Say = say("node.named", "kind", now.Kind, "step", titled(now.Title, now.Kind))
	case now.Title == "":
		c.Say = say("node.cleared", "step", titled(before.Title, before.Kind))
	}
	t.once(plan.RootNodes+"/"+id+"/"+plan.NodeTitle, c)
}

func (t *teller) owner(id, role string, c crdt.KeyChange) {
	title := plan.ReadRoleTitle(t.player.doc, role)
	if title == "" {
		title = role
	}
	change := keyChange(plan.NodeOwners, c)
	change.Part = role
	switch c.New {
	case plan.OwnerAccountable:
		t.about(id, change, "node.owner.accountable", "role", titled(title, ""))
	case plan.OwnerContributor:
		t.about(id, change, "node.owner.contributor", "role", titled(title, ""))
	default:
		t.about(id, change, "node.owner.off", "role", titled(title, ""))
	}
}
