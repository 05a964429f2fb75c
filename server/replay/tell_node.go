package replay

import (
	"fmt"

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
			Text: "removed " + kindName(before.Kind) + " " + name(before.Title, ""),
		})
		return
	}
	if c.Action == "update" && known {
		t.created[plan.RootNodes+"/"+id] = true
		t.about(id, Change{Field: plan.RootNodes, Action: c.Action}, "rewrote %s")
		return
	}
	t.created[plan.RootNodes+"/"+id] = true
	head, ok := plan.ReadHead(t.player.doc, id)
	if !ok {
		t.add(Change{Node: id, Field: plan.RootNodes, Action: c.Action, Text: "added something that is not a step"})
		return
	}
	text := "added a new " + bareKind(head.Kind)
	if head.Title != "" {
		text = "added " + kindName(head.Kind) + " " + name(head.Title, "")
	}
	if parent, ok := plan.ReadHead(t.player.doc, head.Parent); ok {
		text += " to " + name(parent.Title, parent.Kind)
	}
	t.add(Change{Node: id, NodeTitle: head.Title, Field: plan.RootNodes, Action: "add", Text: text})
}

// about adds a change of the node id; format has one %s for its name.
func (t *teller) about(id string, c Change, format string, args ...any) {
	head, _ := plan.ReadHead(t.player.doc, id)
	c.Node, c.NodeTitle = id, head.Title
	c.Text = fmt.Sprintf(format, append([]any{name(head.Title, head.Kind)}, args...)...)
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
			t.about(id, change, "turned %s into a %s", words(c.New, "step"))
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
				t.about(id, change, "changed how long %s takes from %v to %v working days", change.Old, change.New)
			} else {
				t.about(id, change, "changed how long %s takes")
			}
		case plan.NodeLikelyBlocker:
			if c.New == true {
				t.about(id, change, "flagged %s as a likely blocker")
			} else {
				t.about(id, change, "took the likely-blocker flag off %s")
			}
		case plan.NodeBlockedReason:
			if reason := words(c.New, ""); reason != "" {
				t.about(id, change, "noted why %s is blocked: “%s”", clip(reason, maxWritten))
			} else {
				t.about(id, change, "removed the reason why %s was blocked")
			}
		case plan.NodeOutcome:
			t.outcome(id, change)
		case plan.NodeAlias:
			if alias := words(c.New, ""); alias != "" {
				t.about(id, change, "noted that %s is also called “%s”", alias)
			} else {
				t.about(id, change, "removed the other name of %s")
			}
		case plan.NodeDel:
			if words(c.New, "") != "" {
				t.about(id, change, "deleted %s")
			} else {
				t.about(id, change, "restored %s")
			}
		case plan.NodeGate: // a step of an older plan got the map that newer ones are born with
			if _, ok := plan.ReadGate(t.player.doc, id); ok {
				t.created[plan.RootNodes+"/"+id+"/"+plan.NodeGate] = true
				t.about(id, change, "added a gate to %s")
			}
		case plan.NodePlanned: // written beside the due date, which is told
		case plan.NodeDoneOn:
			change.Text = dateChange("the day "+t.nameOf(id)+" was done", c, t.entry.Time(), "moved the day "+t.nameOf(id)+" was done")
			change.Node = id
			t.add(change)
		default:
			t.about(id, change, "changed %s")
		}
	})
}

func (t *teller) nameOf(id string) string {
	head, _ := plan.ReadHead(t.player.doc, id)
	return name(head.Title, head.Kind)
}

func (t *teller) moved(id string, change Change) {
	parent, _ := change.New.(string)
	if head, ok := plan.ReadHead(t.player.doc, parent); ok {
		t.about(id, change, "moved %s to %s", name(head.Title, head.Kind))
		return
	}
	t.about(id, change, "moved %s to the top level")
}

func (t *teller) reordered(id string, change Change) {
	self, _ := plan.ReadHead(t.player.doc, id)
	if parent, ok := plan.ReadHead(t.player.doc, self.Parent); ok {
		t.about(id, change, "moved %s within %s", name(parent.Title, parent.Kind))
		return
	}
	t.about(id, change, "moved %s to another place")
}

func (t *teller) status(id string, change Change) {
	switch change.New {
	case plan.StatusDone:
		t.about(id, change, "marked %s done")
	case plan.StatusInProgress:
		t.about(id, change, "started %s")
	case plan.StatusBlocked:
		t.about(id, change, "marked %s blocked")
	case plan.StatusSkipped:
		t.about(id, change, "skipped %s")
	case plan.StatusNotStarted, nil:
		t.about(id, change, "set %s back to not started")
	default:
		t.about(id, change, "changed the status of %s")
	}
}

func (t *teller) side(id string, change Change) {
	switch change.New {
	case plan.SideBuyer, plan.SideSeller:
		t.about(id, change, "gave %s to the %s side", change.New)
	default:
		t.about(id, change, "made %s a joint step")
	}
}

func (t *teller) date(id, key string, c crdt.KeyChange, change Change) {
	head, _ := plan.ReadHead(t.player.doc, id)
	title := name(head.Title, head.Kind)
	change.Node, change.NodeTitle = id, head.Title
	if key == plan.NodeDue {
		change.Text = dateChange("the due date of "+title, c, t.entry.Time(), "moved "+title)
	} else {
		change.Text = dateChange("the start of "+title, c, t.entry.Time(), "moved the start of "+title)
	}
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
		t.textEdit(e, told, t.nodeText(id, field, "edited the description of %s"))
	case plan.NodeWhy:
		t.textEdit(e, told, t.nodeText(id, field, "edited why %s matters"))
	case plan.NodeOwners:
		t.eachKey(e, func(role string, c crdt.KeyChange) { t.owner(id, role, c) })
	case plan.NodeAfter:
		t.once(told, t.nodeText(id, field, "changed what %s waits for"))
	case plan.NodeLinks:
		t.nodeLinks(id, e)
	case plan.NodeGate:
		t.gate(id, e, path[1:])
	default:
		t.once(told, t.nodeText(id, field, "changed %s"))
	}
}

// nodeText is the change of something inside a node.
func (t *teller) nodeText(id, field, format string) Change {
	head, _ := plan.ReadHead(t.player.doc, id)
	return Change{
		Node: id, NodeTitle: head.Title, Field: field, Action: "edit",
		Text: fmt.Sprintf(format, name(head.Title, head.Kind)),
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
		Text: "renamed " + name(before.Title, before.Kind) + " to " + name(now.Title, now.Kind),
	}
	switch {
	case before.Title == "":
		c.Text = "named a " + bareKind(now.Kind) + " " + name(now.Title, now.Kind)
	case now.Title == "":
		c.Text = "cleared the title of " + name(before.Title, before.Kind)
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
		t.about(id, change, "made %[2]s accountable for %[1]s", name(title, ""))
	case plan.OwnerContributor:
		t.about(id, change, "added %[2]s to %[1]s", name(title, ""))
	default:
		t.about(id, change, "took %[2]s off %[1]s", name(title, ""))
	}
}
