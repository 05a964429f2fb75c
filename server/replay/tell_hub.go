package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

// resourcesEvent tells of links, files and the places kept for them.
func (t *teller) resourcesEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			change := Change{Field: plan.RootResources, Action: c.Action}
			if c.Action == "delete" {
				change.Say = say("resource.dropped")
			} else {
				t.created[plan.RootResources+"/"+id] = true
				change.Say = t.resourceAdded(id)
			}
			t.add(change)
		})
		return
	}
	id, _ := path[0].(string)
	if t.created[plan.RootResources+"/"+id] {
		return
	}
	change := t.resourceChange(id, e)
	change.Part = id
	t.add(change)
}

func (t *teller) resourceAdded(id string) Say {
	switch is := plan.ReadResourceState(t.player.doc, id); {
	case is.File:
		return t.fileAdded(id)
	case is.Link:
		return say("resource.link", "resource", t.resource(id))
	}
	return say("resource.place", "resource", t.resource(id))
}

func (t *teller) resource(id string) Title {
	return titled(plan.ReadResourceTitle(t.player.doc, id), "")
}

// fileAdded tells the file's own name, and what it was added as where that
// differs.
func (t *teller) fileAdded(id string) Say {
	title := plan.ReadResourceTitle(t.player.doc, id)
	file := plan.ReadResourceFile(t.player.doc, id)
	if file == "" || file == title {
		return say("resource.file", "resource", titled(title, ""))
	}
	return say("resource.fileAs", "file", titled(file, ""), "resource", titled(title, ""))
}

// resourceChange sums up what changed about a resource by the most telling part
// of it.
func (t *teller) resourceChange(id string, e crdt.Event) Change {
	resource := t.resource(id)
	tellKey := func(key, sayID string) Change {
		change := keyChange(key, e.Keys[key])
		change.Say = say(sayID, "resource", resource)
		return change
	}
	if c, ok := e.Keys[plan.ResourceDel]; ok {
		if words(c.New, "") == "" {
			return tellKey(plan.ResourceDel, "resource.restored")
		}
		return tellKey(plan.ResourceDel, "resource.removed")
	}
	if c, ok := e.Keys[plan.ResourceBlob]; ok {
		switch old, now := words(c.Old, ""), words(c.New, ""); {
		case now == "" && !plan.ReadResourceState(t.player.doc, id).Link:
			return tellKey(plan.ResourceBlob, "resource.fileOut")
		case old != "" && now != "":
			return tellKey(plan.ResourceBlob, "resource.fileReplaced")
		case now != "":
			change := keyChange(plan.ResourceBlob, c)
			change.Say = t.fileAdded(id)
			return change
		}
	}
	if c, ok := e.Keys[plan.ResourceURL]; ok {
		switch old, now := words(c.Old, ""), words(c.New, ""); {
		case now == "":
			return tellKey(plan.ResourceURL, "resource.linkOut")
		case old != "":
			return tellKey(plan.ResourceURL, "resource.linkChanged")
		default:
			return tellKey(plan.ResourceURL, "resource.link")
		}
	}
	if c, ok := e.Keys[plan.ResourceTitle]; ok && words(c.Old, "") != "" && words(c.New, "") != "" {
		change := keyChange(plan.ResourceTitle, c)
		change.Say = say("resource.renamed", "old", titled(c.Old, ""), "resource", resource)
		return change
	}
	if c, ok := e.Keys[plan.ResourcePinned]; ok {
		if c.New == true {
			return tellKey(plan.ResourcePinned, "resource.pinned")
		}
		return tellKey(plan.ResourcePinned, "resource.unpinned")
	}
	if _, ok := e.Keys[plan.ResourceOrd]; ok {
		return tellKey(plan.ResourceOrd, "resource.moved")
	}
	return Change{Field: plan.RootResources, Action: "update", Say: say("resource.updated", "resource", resource)}
}

// nodeLinks tells what was attached to a node and what was taken off it. What
// came into the plan with the same entry says so itself.
func (t *teller) nodeLinks(id string, e crdt.Event) {
	t.eachKey(e, func(resource string, c crdt.KeyChange) {
		change := keyChange(plan.NodeLinks, c)
		change.Part = resource
		if c.New == true {
			t.about(id, change, "resource.attached", "resource", t.resource(resource))
		} else {
			t.about(id, change, "resource.detached", "resource", t.resource(resource))
		}
	})
}

// workingEvent tells of the working agreement: which of its lines was written.
func (t *teller) workingEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(key string, _ crdt.KeyChange) {
			t.once(plan.RootWorking+"/"+key, Change{Field: plan.RootWorking, Action: "edit", Say: say("working.edited", "part", key)})
		})
		return
	}
	key, _ := path[0].(string)
	t.textEdit(e, plan.RootWorking+"/"+key, Change{Field: plan.RootWorking, Action: "edit", Say: say("working.edited", "part", key)})
}
