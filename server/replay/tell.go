package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

// teller turns what one entry changed into Changes.
type teller struct {
	player  *Player
	entry   journal.Stored
	changes []Change
	nodes   map[string]bool // whose head is to be remembered afresh
	roles   map[string]bool
	// created holds the paths of nodes, roles and threads that are new with this
	// entry: what is inside them is not told apart.
	created map[string]bool
	// told holds which change tells of everything below a path.
	told map[string]int
}

func (t *teller) tell(events []crdt.Event) {
	t.nodes, t.roles = map[string]bool{}, map[string]bool{}
	t.changes = []Change{}
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b crdt.Event) int { return comparePaths(a.Path, b.Path) })
	if t.planCreated(events) || t.repaired(events) {
		return
	}
	for _, e := range events {
		switch root, path := head(e.Path); root {
		case plan.RootMeta:
			t.eachKey(e, t.metaKey)
		case plan.RootAnchor:
			t.eachKey(e, t.anchorKey)
		case plan.RootSummary:
			t.textEdit(e, root, Change{Field: root, Action: "edit", Say: say("summary.edited")})
		case plan.RootNodes:
			t.nodesEvent(e, path)
		case plan.RootRoles:
			t.rolesEvent(e, path)
		case plan.RootResources:
			t.resourcesEvent(e, path)
		case plan.RootWorking:
			t.workingEvent(e, path)
		case plan.RootThreads:
			t.threadsEvent(e, path)
		case plan.RootSignoffs:
			t.signoffsEvent(e, path)
		case plan.RootRules:
			t.rulesEvent(e, path)
		case plan.RootCase:
			t.caseEvent(e, path)
		case plan.RootMetrics:
			t.metricsEvent(e, path)
		case plan.RootDismissed:
			t.dismissedEvent(e)
		case plan.RootSlips:
			t.slipsEvent(e, path)
		case plan.RootBaseline:
			t.baselineEvent(e)
		case plan.RootReviews:
			t.reviewsEvent(e, path)
		case plan.RootCalendar:
			t.calendarEvent(e, path)
		default:
			t.once(root, Change{Field: root, Action: "edit", Say: rootSay(root)})
		}
	}
}

// planCreated tells of the entry that wrote the template as one change.
func (t *teller) planCreated(events []crdt.Event) bool {
	for _, e := range events {
		if root, path := head(e.Path); root != plan.RootMeta || len(path) > 0 {
			continue
		}
		if c, ok := e.Keys[plan.MetaSchema]; !ok || c.Action != "add" {
			return false
		}
		d := t.player.doc
		d.Map(plan.RootNodes).Range(func(id string, _ any) bool { t.nodes[id] = true; return true })
		d.Map(plan.RootRoles).Range(func(id string, _ any) bool { t.roles[id] = true; return true })
		title, _ := d.Map(plan.RootMeta).Get(plan.MetaTitle)
		t.add(Change{Field: plan.RootMeta, Action: "add", New: plain(title), Say: say("plan.created", "title", titled(title, ""))})
		return true
	}
	return false
}

// follow names for computed dates the change they follow from, if it is in the
// same entry.
func (t *teller) follow() {
	i := slices.IndexFunc(t.changes, func(c Change) bool { return !c.computed })
	if i < 0 {
		return
	}
	lead := Lead{t.changes[i].Node, t.changes[i].NodeTitle, t.changes[i].Field}
	for i := range t.changes {
		if t.changes[i].computed {
			t.changes[i].Follows = &lead
		}
	}
}

func (t *teller) add(c Change) {
	c.Text = c.Say.in(t.entry.Time())
	t.changes = append(t.changes, c)
}

// once adds c unless something was told under the same path already, and
// returns the change that tells of it.
func (t *teller) once(path string, c Change) *Change {
	i, ok := t.told[path]
	if !ok {
		i = len(t.changes)
		t.told[path] = i
		t.add(c)
	}
	return &t.changes[i]
}

// eachKey calls fn for every changed key of a map, in order.
func (t *teller) eachKey(e crdt.Event, fn func(key string, c crdt.KeyChange)) {
	keys := make([]string, 0, len(e.Keys))
	for k := range e.Keys {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fn(k, e.Keys[k])
	}
}

// textEdit adds c once if e changed words or formats, with the words that were
// written; comment marks are no edit of the text they stand on.
func (t *teller) textEdit(e crdt.Event, path string, c Change) {
	if len(e.Keys) == 0 && !slices.ContainsFunc(e.Delta, editsText) {
		return
	}
	told := t.once(path, c)
	for _, op := range e.Delta {
		if written, ok := op.Insert.(string); ok {
			before, _ := told.New.(string)
			told.New = clip(before+written, maxWritten)
		}
	}
}

func editsText(op crdt.DeltaOp) bool {
	if op.Insert != nil || op.Delete > 0 {
		return true
	}
	for key := range op.Attributes {
		if !plan.IsCommentMark(key) {
			return true
		}
	}
	return false
}

func (t *teller) metaKey(key string, c crdt.KeyChange) {
	change := keyChange(key, c)
	switch key {
	case plan.MetaTitle:
		change.Say = say("plan.named", "title", titled(c.New, ""))
		if words(c.Old, "") != "" {
			change.Say = say("plan.renamed", "old", titled(c.Old, ""), "title", titled(c.New, ""))
		}
	case plan.MetaStatus:
		change.Say = say("plan.status", "status", words(c.New, "none"))
	case plan.MetaNoun:
		change.Say = say("plan.noun", "noun", Plain{words(c.New, plan.DefaultNoun)})
	case plan.MetaProfile:
		change.Say = say("plan.profile")
	case plan.MetaCurrency:
		change.Say = say("plan.currency", "currency", Plain{words(c.New, "")})
		if words(c.New, "") == "" {
			change.Say = say("plan.noCurrency")
		}
	default:
		change.Say = say("plan.settings")
	}
	t.add(change)
}

func (t *teller) anchorKey(key string, c crdt.KeyChange) {
	kind, _ := t.player.doc.Map(plan.RootAnchor).Get(plan.AnchorKind)
	what := words(kind, plan.AnchorGoLive)
	change := keyChange(key, c)
	switch key {
	case plan.AnchorDate:
		change.Say = dateSay("anchor.date", c, "anchor", what)
	case plan.AnchorKind:
		change.Say = say("anchor.kind", "anchor", what)
	case plan.AnchorProvisional:
		change.Say = say("anchor.confirmed", "anchor", what)
		if c.New == true {
			change.Say = say("anchor.provisional", "anchor", what)
		}
	case plan.AnchorEvent:
		change.Say = say("anchor.event", "anchor", what)
	case plan.AnchorCostPerWeek:
		change.Say = say("anchor.cost")
	case plan.AnchorStep:
		change.Say = say("anchor.step", "anchor", what)
	default:
		change.Say = say("anchor.date.changed", "anchor", what)
	}
	t.add(change)
}

func (t *teller) rolesEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			t.roles[id] = true
			change := Change{Field: plan.RootRoles, Action: c.Action}
			if c.Action == "delete" {
				change.Say = say("role.removed", "role", titled(t.player.roles[id], ""))
			} else {
				t.created[plan.RootRoles+"/"+id] = true
				change.Say = say("role.added", "role", t.role(id))
			}
			t.add(change)
		})
		return
	}
	id, _ := path[0].(string)
	t.roles[id] = true
	if t.created[plan.RootRoles+"/"+id] {
		return
	}
	change := t.roleChange(id, e)
	change.Part = id
	t.add(change)
}

func (t *teller) role(id string) Title { return titled(plan.ReadRoleTitle(t.player.doc, id), "") }

// roleChange sums up what changed about a role by the most telling part of it.
func (t *teller) roleChange(id string, e crdt.Event) Change {
	role := t.role(id)
	tell := func(key, sayID string, pairs ...any) Change {
		change := keyChange(key, e.Keys[key])
		change.Say = say(sayID, append(pairs, "role", role)...)
		return change
	}
	if c, ok := e.Keys[plan.RoleDel]; ok {
		if words(c.New, "") == "" {
			return tell(plan.RoleDel, "role.restored")
		}
		return tell(plan.RoleDel, "role.removed")
	}
	if c, ok := e.Keys[plan.RoleName]; ok {
		if words(c.New, "") == "" {
			return tell(plan.RoleName, "role.unnamed")
		}
		return tell(plan.RoleName, "role.named", "name", Plain{words(c.New, "")})
	}
	if c, ok := e.Keys[plan.RoleTitle]; ok && words(c.Old, "") != "" {
		return tell(plan.RoleTitle, "role.renamed", "old", titled(c.Old, ""))
	}
	if c, ok := e.Keys[plan.RoleInvolveBy]; ok {
		change := keyChange(plan.RoleInvolveBy, c)
		change.Say = dateSay("role.involveBy", c, "role", role)
		return change
	}
	for _, key := range []string{plan.RoleEmail, plan.RolePhone} {
		if c, ok := e.Keys[key]; ok && len(e.Keys) == 1 {
			if words(c.New, "") == "" {
				return tell(key, "role."+key+".removed")
			}
			return tell(key, "role."+key+".noted")
		}
	}
	if c, ok := e.Keys[plan.RoleSide]; ok {
		return tell(plan.RoleSide, "role.side", "side", words(c.New, plan.SideJoint))
	}
	return Change{Field: plan.RootRoles, Action: "update", Say: say("role.updated", "role", role)}
}

func (t *teller) threadsEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			if c.Action == "delete" {
				t.add(Change{Field: plan.RootThreads, Action: c.Action, Say: say("comment.removed")})
				return
			}
			t.created[plan.RootThreads+"/"+id] = true
			t.comment(id, plan.RootThreads, c.Action, "comment.added")
		})
		return
	}
	id, _ := path[0].(string)
	if t.created[plan.RootThreads+"/"+id] {
		return
	}
	switch {
	case len(path) == 1:
		t.eachKey(e, func(key string, c crdt.KeyChange) {
			switch {
			case key == plan.ThreadResolved && c.Action == "delete":
				t.comment(id, key, c.Action, "comment.reopened")
			case key == plan.ThreadResolved:
				t.comment(id, key, c.Action, "comment.resolved")
			}
		})
	case len(path) == 2:
		t.eachKey(e, func(msg string, c crdt.KeyChange) {
			t.comment(id, plan.ThreadMsgs, c.Action, "comment.replied")
		})
	default:
		sayID := "comment.edited"
		if _, ok := e.Keys[plan.MsgDeletedAt]; ok {
			sayID = "comment.deleted"
		}
		t.comment(id, plan.ThreadMsgs, "update", sayID)
	}
}

// comment adds a change about a thread: what was done, and what the thread is
// about.
func (t *teller) comment(id, field, action, sayID string) {
	target, _ := plan.ReadThreadTarget(t.player.doc, id)
	change := Change{Field: field, Action: action, Node: target.Node}
	if target.Node != "" {
		head, _ := plan.ReadHead(t.player.doc, target.Node)
		change.NodeTitle = head.Title
	}
	step, on := titled(change.NodeTitle, ""), say("target.plan")
	switch {
	case target.Kind == plan.AnchorText && target.Node != "":
		on = say("target.quoteIn", "quote", quoted(target.Quote), "step", step)
	case target.Kind == plan.AnchorText:
		on = say("target.quote", "quote", quoted(target.Quote))
	case target.Node != "":
		on = say("target.step", "step", step)
	}
	change.Say = say(sayID, "target", on)
	t.add(change)
}

// keyChange is the change of a value under key, without its sentence.
func keyChange(key string, c crdt.KeyChange) Change {
	return Change{Field: key, Action: c.Action, Old: plain(c.Old), New: plain(c.New)}
}

// rootSay tells that something in a part of the plan changed.
func rootSay(root string) Say {
	switch root {
	case plan.RootCalendar, plan.RootCase, plan.RootMetrics, plan.RootWorking, plan.RootResources, plan.RootRules, plan.RootBaseline,
		plan.RootSignoffs, plan.RootSlips, plan.RootProposals, plan.RootReviews:
		return say("part.changed", "part", root)
	}
	return say("part.other", "part", quoted(root))
}

// head splits a path into its root and the rest.
func head(path []any) (string, []any) {
	if len(path) == 0 {
		return "", nil
	}
	root, _ := path[0].(string)
	return root, path[1:]
}

func comparePaths(a, b []any) int {
	for i := range min(len(a), len(b)) {
		x, okx := a[i].(int)
		y, oky := b[i].(int)
		var c int
		if okx && oky {
			c = cmp.Compare(x, y)
		} else {
			c = strings.Compare(fmt.Sprint(a[i]), fmt.Sprint(b[i]))
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}
