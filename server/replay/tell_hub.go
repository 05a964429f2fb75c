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
				change.Text = "removed a resource"
			} else {
				t.created[plan.RootResources+"/"+id] = true
				change.Text = t.resourceAdded(id)
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

func (t *teller) resourceAdded(id string) string {
	title := name(plan.ReadResourceTitle(t.player.doc, id), "")
	switch is := plan.ReadResourceState(t.player.doc, id); {
	case is.File:
		return "added the file " + t.fileName(id)
	case is.Link:
		return "added the link " + title
	}
	return "made a place for " + title
}

// fileName is the file's own name, and what it was added as where that differs.
func (t *teller) fileName(id string) string {
	title := plan.ReadResourceTitle(t.player.doc, id)
	file := plan.ReadResourceFile(t.player.doc, id)
	if file == "" || file == title {
		return name(title, "")
	}
	return name(file, "") + " as " + name(title, "")
}

// resourceChange sums up what changed about a resource by the most telling part
// of it.
func (t *teller) resourceChange(id string, e crdt.Event) Change {
	title := name(plan.ReadResourceTitle(t.player.doc, id), "")
	tellKey := func(key, text string) Change {
		change := keyChange(key, e.Keys[key])
		change.Text = text
		return change
	}
	if c, ok := e.Keys[plan.ResourceDel]; ok {
		if words(c.New, "") == "" {
			return tellKey(plan.ResourceDel, "restored "+title+" to the resources")
		}
		return tellKey(plan.ResourceDel, "removed "+title+" from the resources")
	}
	if c, ok := e.Keys[plan.ResourceBlob]; ok {
		switch old, now := words(c.Old, ""), words(c.New, ""); {
		case now == "" && !plan.ReadResourceState(t.player.doc, id).Link:
			return tellKey(plan.ResourceBlob, "took the file out of "+title)
		case old != "" && now != "":
			return tellKey(plan.ResourceBlob, "replaced the file of "+title)
		case now != "":
			return tellKey(plan.ResourceBlob, "added the file "+t.fileName(id))
		}
	}
	if c, ok := e.Keys[plan.ResourceURL]; ok {
		switch old, now := words(c.Old, ""), words(c.New, ""); {
		case now == "":
			return tellKey(plan.ResourceURL, "took the link out of "+title)
		case old != "":
			return tellKey(plan.ResourceURL, "changed where "+title+" leads")
		default:
			return tellKey(plan.ResourceURL, "added the link "+title)
		}
	}
	if c, ok := e.Keys[plan.ResourceTitle]; ok && words(c.Old, "") != "" && words(c.New, "") != "" {
		return tellKey(plan.ResourceTitle, "renamed the resource "+name(c.Old, "")+" to "+title)
	}
	if c, ok := e.Keys[plan.ResourcePinned]; ok {
		if c.New == true {
			return tellKey(plan.ResourcePinned, "pinned "+title)
		}
		return tellKey(plan.ResourcePinned, "unpinned "+title)
	}
	if _, ok := e.Keys[plan.ResourceOrd]; ok {
		return tellKey(plan.ResourceOrd, "moved "+title+" among the resources")
	}
	return Change{Field: plan.RootResources, Action: "update", Text: "updated the resource " + title}
}

// nodeLinks tells what was attached to a node and what was taken off it. What
// came into the plan with the same entry says so itself.
func (t *teller) nodeLinks(id string, e crdt.Event) {
	t.eachKey(e, func(resource string, c crdt.KeyChange) {
		change := keyChange(plan.NodeLinks, c)
		change.Part = resource
		title := name(plan.ReadResourceTitle(t.player.doc, resource), "")
		if c.New == true {
			t.about(id, change, "attached %[2]s to %[1]s", title)
		} else {
			t.about(id, change, "took %[2]s off %[1]s", title)
		}
	})
}

// workingEvent tells of the working agreement: which of its lines was written.
func (t *teller) workingEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(key string, _ crdt.KeyChange) {
			t.once(plan.RootWorking+"/"+key, Change{Field: plan.RootWorking, Action: "edit", Text: workingText(key)})
		})
		return
	}
	key, _ := path[0].(string)
	t.textEdit(e, plan.RootWorking+"/"+key, Change{Field: plan.RootWorking, Action: "edit", Text: workingText(key)})
}

func workingText(key string) string {
	switch key {
	case plan.WorkingChannel:
		return "edited where both sides talk"
	case plan.WorkingCadence:
		return "edited how often both sides meet"
	case plan.WorkingResponse:
		return "edited how fast both sides answer"
	}
	return "changed how both sides work together"
}
