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
			t.textEdit(e, root, Change{Field: root, Action: "edit", Text: "edited the executive summary"})
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
			t.once(root, Change{Field: root, Action: "edit", Text: "changed " + rootName(root)})
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
		t.add(Change{Field: plan.RootMeta, Action: "add", New: plain(title), Text: "created the plan " + name(title, "")})
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

func (t *teller) add(c Change) { t.changes = append(t.changes, c) }

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
		change.Text = "renamed the plan to " + name(c.New, "")
		if old, ok := c.Old.(string); ok && old != "" {
			change.Text = "renamed the plan from " + name(old, "") + " to " + name(c.New, "")
		}
	case plan.MetaStatus:
		change.Text = "set the plan to " + words(c.New, "no status")
	case plan.MetaNoun:
		change.Text = "calls this a " + words(c.New, plan.DefaultNoun) + " now"
	case plan.MetaProfile:
		change.Text = "changed what kind of plan this is"
	case plan.MetaCurrency:
		change.Text = "counts money in " + words(c.New, "no currency") + " now"
	default:
		change.Text = "changed the plan's settings"
	}
	t.add(change)
}

func (t *teller) anchorKey(key string, c crdt.KeyChange) {
	kind, _ := t.player.doc.Map(plan.RootAnchor).Get(plan.AnchorKind)
	what := anchorName(kind)
	change := keyChange(key, c)
	switch key {
	case plan.AnchorDate:
		change.Text = dateChange("the "+what, c, t.entry.Time(), "moved the "+what)
	case plan.AnchorKind:
		change.Text = "planned around the " + what
	case plan.AnchorProvisional:
		change.Text = "confirmed the " + what
		if c.New == true {
			change.Text = "made the " + what + " provisional"
		}
	case plan.AnchorEvent:
		change.Text = "changed the event behind the " + what
	case plan.AnchorCostPerWeek:
		change.Text = "changed what each week of delay costs"
	case plan.AnchorStep:
		change.Text = "chose the step that the " + what + " is the end of"
	default:
		change.Text = "changed the " + what
	}
	t.add(change)
}

func anchorName(kind any) string {
	switch kind {
	case plan.AnchorValue:
		return "first-value date"
	case plan.AnchorStart:
		return "start date"
	}
	return "go-live date"
}

func (t *teller) rolesEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			t.roles[id] = true
			change := Change{Field: plan.RootRoles, Action: c.Action}
			if c.Action == "delete" {
				change.Text = "removed the role " + name(t.player.roles[id], "")
			} else {
				t.created[plan.RootRoles+"/"+id] = true
				change.Text = "added the role " + name(plan.ReadRoleTitle(t.player.doc, id), "")
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

// roleChange sums up what changed about a role by the most telling part of it.
func (t *teller) roleChange(id string, e crdt.Event) Change {
	title := name(plan.ReadRoleTitle(t.player.doc, id), "")
	if c, ok := e.Keys[plan.RoleDel]; ok {
		change := keyChange(plan.RoleDel, c)
		change.Text = "removed the role " + title
		if words(c.New, "") == "" {
			change.Text = "restored the role " + title
		}
		return change
	}
	if c, ok := e.Keys[plan.RoleName]; ok {
		change := keyChange(plan.RoleName, c)
		change.Text = "named " + words(c.New, "") + " as " + title
		if words(c.New, "") == "" {
			change.Text = "left " + title + " without a name"
		}
		return change
	}
	if c, ok := e.Keys[plan.RoleTitle]; ok && words(c.Old, "") != "" {
		change := keyChange(plan.RoleTitle, c)
		change.Text = "renamed the role " + name(c.Old, "") + " to " + title
		return change
	}
	if c, ok := e.Keys[plan.RoleInvolveBy]; ok {
		change := keyChange(plan.RoleInvolveBy, c)
		change.Text = dateChange("the day to involve "+title+" by", c, t.entry.Time(), "moved the day to involve "+title+" by")
		return change
	}
	for _, key := range []string{plan.RoleEmail, plan.RolePhone} {
		if c, ok := e.Keys[key]; ok && len(e.Keys) == 1 {
			change := keyChange(key, c)
			change.Text = map[string]string{plan.RoleEmail: "noted the e-mail address of ", plan.RolePhone: "noted the phone number of "}[key] + title
			if words(c.New, "") == "" {
				change.Text = map[string]string{plan.RoleEmail: "removed the e-mail address of ", plan.RolePhone: "removed the phone number of "}[key] + title
			}
			return change
		}
	}
	if c, ok := e.Keys[plan.RoleSide]; ok {
		change := keyChange(plan.RoleSide, c)
		change.Text = "put " + title + " on the " + words(c.New, plan.SideJoint) + " side"
		if c.New == plan.SideJoint || c.New == nil {
			change.Text = "put " + title + " on both sides"
		}
		return change
	}
	return Change{Field: plan.RootRoles, Action: "update", Text: "updated the role " + title}
}

func (t *teller) threadsEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			if c.Action == "delete" {
				t.add(Change{Field: plan.RootThreads, Action: c.Action, Text: "removed a comment"})
				return
			}
			t.created[plan.RootThreads+"/"+id] = true
			t.comment(id, plan.RootThreads, c.Action, "commented on")
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
				t.comment(id, key, c.Action, "reopened the comment on")
			case key == plan.ThreadResolved:
				t.comment(id, key, c.Action, "resolved the comment on")
			}
		})
	case len(path) == 2:
		t.eachKey(e, func(msg string, c crdt.KeyChange) {
			t.comment(id, plan.ThreadMsgs, c.Action, "replied to the comment on")
		})
	default:
		verb := "edited a comment on"
		if _, ok := e.Keys[plan.MsgDeletedAt]; ok {
			verb = "deleted a comment on"
		}
		t.comment(id, plan.ThreadMsgs, "update", verb)
	}
}

// comment adds a change about a thread: its verb and what the thread is about.
func (t *teller) comment(id, field, action, verb string) {
	target, _ := plan.ReadThreadTarget(t.player.doc, id)
	change := Change{Field: field, Action: action, Node: target.Node}
	if target.Node != "" {
		head, _ := plan.ReadHead(t.player.doc, target.Node)
		change.NodeTitle = head.Title
	}
	switch {
	case target.Kind == plan.AnchorText:
		change.Text = verb + " " + quote(target.Quote)
		if target.Node != "" {
			change.Text += " in " + name(change.NodeTitle, "")
		}
	case target.Node != "":
		change.Text = verb + " " + name(change.NodeTitle, "")
	default:
		change.Text = verb + " the plan"
	}
	t.add(change)
}

// keyChange is the change of a value under key, without its sentence.
func keyChange(key string, c crdt.KeyChange) Change {
	return Change{Field: key, Action: c.Action, Old: plain(c.Old), New: plain(c.New)}
}

// rootName is how a sentence calls a part of the plan.
func rootName(root string) string {
	switch root {
	case plan.RootCase:
		return "the business case"
	case plan.RootMetrics:
		return "the success metrics"
	case plan.RootWorking:
		return "how both sides work together"
	case plan.RootResources:
		return "the resources"
	case plan.RootRules:
		return "the rules"
	case plan.RootBaseline:
		return "the agreed baseline"
	case plan.RootSignoffs:
		return "the sign-offs"
	case plan.RootSlips:
		return "the record of slips"
	case plan.RootProposals:
		return "the suggestions"
	case plan.RootReviews:
		return "the reviews"
	}
	return quote(root)
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
