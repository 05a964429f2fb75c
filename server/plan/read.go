package plan

import (
	"cmp"
	"slices"

	"coplan/crdt"
)

// Read projects a plan's document to plain data. It never fails: a value that
// does not belong reads as absent, with a warning, so one odd edit can't keep
// anyone from seeing the rest. The view shares nothing with d.
//
// Cost grows with the size of the plan. Reading creates the plan's root types
// where they are missing, which changes nothing that others see.
func Read(d *crdt.Doc) View {
	r := &reader{}
	meta := r.fields(d.Map(RootMeta), RootMeta)
	anchor := r.fields(d.Map(RootAnchor), RootAnchor)
	event := anchor.object(AnchorEvent)
	summary := ReadRich(d.XMLFragment(RootSummary))
	v := View{
		Schema:  meta.integerOr(MetaSchema, 0),
		PlanID:  meta.text(MetaPlanID),
		Title:   meta.text(MetaTitle),
		Noun:    cmp.Or(meta.text(MetaNoun), DefaultNoun),
		Profile: meta.text(MetaProfile),
		Status:  meta.enum(MetaStatus, planStatuses, PlanDraft),
		Anchor: AnchorView{
			Kind:        anchor.enum(AnchorKind, anchorKinds, AnchorGoLive),
			Date:        anchor.date(AnchorDate),
			Provisional: anchor.boolean(AnchorProvisional),
			Event: EventView{
				What:        event.text(EventWhat),
				Source:      event.text(EventSource),
				Consequence: event.text(EventConsequence),
			},
			CostPerWeek: anchor.number(AnchorCostPerWeek),
		},
		Summary:     summary,
		SummaryText: RichText(summary),
		Case:        r.businessCase(d),
		Metrics:     r.metrics(d),
		Dismissed:   r.dismissed(d),
		Roles:       r.roles(d),
		Working:     r.working(d),
		Resources:   r.resources(d),
	}
	all := r.nodes(d)
	v.Stages, v.Bin = r.tree(all)
	v.Threads = r.threads(d)
	v.Signoffs = r.signoffs(d)
	v.Rules = r.rules(d)
	v.Reviews = r.reviews(d)
	finishGates(all, v)
	v.Walk(func(n *Node) bool {
		if n.Kind == KindMilestone || n.Kind == KindTask {
			switch n.Status {
			case StatusDone:
				v.Progress.Done++
				v.Progress.Total++
			case StatusSkipped:
			default:
				v.Progress.Total++
			}
		}
		return true
	})
	slices.SortFunc(r.warnings, func(a, b Warning) int {
		return cmp.Or(compareUTF16(a.Path, b.Path), compareUTF16(a.Code, b.Code))
	})
	v.Warnings = append([]Warning{}, r.warnings...)
	return v
}

// Head is what it takes to name a node.
type Head struct {
	Kind, Title, Parent string
	Deleted             bool
}

// ReadHead reads the head of the node with the given id; false when there is no
// such node; its kind is the one its place makes it. Unlike Read it costs the
// same however large the plan is.
func ReadHead(d *crdt.Doc, id string) (Head, bool) {
	m, ok := d.Map(RootNodes).Map(id)
	if !ok {
		return Head{}, false
	}
	f := (&reader{}).fields(m, "")
	return Head{Kind: kindInPlace(d, id), Title: f.text(NodeTitle), Parent: f.text(NodeParent), Deleted: f.text(NodeDel) != ""}, true
}

// ReadRoleTitle returns the title of a role, "" when there is none.
func ReadRoleTitle(d *crdt.Doc, id string) string {
	m, _ := d.Map(RootRoles).Map(id)
	return (&reader{}).fields(m, "").text(RoleTitle)
}

// ReadThreadTarget returns what a comment thread is about.
func ReadThreadTarget(d *crdt.Doc, id string) (ThreadTarget, bool) {
	m, ok := d.Map(RootThreads).Map(id)
	return (&reader{}).fields(m, "").target(), ok
}

// ReadMessage returns one message of a thread.
func ReadMessage(d *crdt.Doc, thread, id string) (Message, bool) {
	t, _ := d.Map(RootThreads).Map(thread)
	if t.IsZero() {
		return Message{}, false
	}
	msgs, ok := t.Map(ThreadMsgs)
	if !ok {
		return Message{}, false
	}
	m, ok := msgs.Map(id)
	return (&reader{}).fields(m, "").message(id), ok
}

func (r *reader) roles(d *crdt.Doc) []Role {
	out := []Role{}
	r.eachMap(d.Map(RootRoles), RootRoles, func(id string, f fields) {
		if f.text(RoleDel) != "" {
			return
		}
		out = append(out, Role{
			ID:        id,
			Title:     f.text(RoleTitle),
			Side:      f.enum(RoleSide, nodeSides, ""),
			Kind:      f.text(RoleKind),
			Person:    f.text(RolePerson),
			Name:      f.text(RoleName),
			Email:     f.text(RoleEmail),
			Phone:     f.text(RolePhone),
			InvolveBy: f.date(RoleInvolveBy),
		})
	})
	slices.SortFunc(out, func(a, b Role) int { return compareUTF16(a.ID, b.ID) })
	return out
}

// stored is a node as read, before it is known where it will be shown.
type stored struct {
	*Node
	del string
}

func (r *reader) nodes(d *crdt.Doc) map[string]stored {
	all := map[string]stored{}
	r.eachMap(d.Map(RootNodes), RootNodes, func(id string, f fields) {
		all[id] = r.node(f.m, id)
	})
	return all
}

func (r *reader) node(m crdt.Map, id string) stored {
	f := r.fields(m, RootNodes+"/"+id)
	note := f.rich(NodeNote)
	n := &Node{
		ID:            id,
		Kind:          f.kind(),
		Parent:        f.text(NodeParent),
		Ord:           f.text(NodeOrd),
		Title:         f.text(NodeTitle),
		Alias:         f.text(NodeAlias),
		Note:          note,
		NoteText:      RichText(note),
		Why:           f.text(NodeWhy),
		Status:        f.enum(NodeStatus, nodeStatuses, StatusNotStarted),
		Side:          f.enum(NodeSide, nodeSides, SideJoint),
		Due:           f.date(NodeDue),
		Start:         f.date(NodeStart),
		Days:          f.integer(NodeDays),
		LikelyBlocker: f.boolean(NodeLikelyBlocker),
		BlockedReason: f.text(NodeBlockedReason),
		Outcome:       f.text(NodeOutcome),
		Owners:        f.owners(),
		After:         f.after(),
		Links:         f.links(),
		Gate:          f.gate(),
		Steps:         []*Node{},
	}
	accountable := 0
	for _, o := range n.Owners {
		if o.Kind == OwnerAccountable {
			accountable++
		}
	}
	if accountable > 1 {
		r.warn(WarnAccountable, f.path+"/"+NodeOwners, "“"+orUntitled(n.Title)+"” has more than one accountable owner.")
	}
	return stored{n, f.text(NodeDel)}
}

// kind keeps unknown kinds as they are: a later version's node shows as an
// inert row instead of vanishing.
func (f fields) kind() string {
	v, ok := f.get(NodeKind)
	if !ok {
		return "unknown"
	}
	s, ok := textOf(v)
	if !ok || s == "" {
		f.odd(NodeKind)
		return "unknown"
	}
	return s
}

func (f fields) owners() []Owner {
	out := []Owner{}
	f.entries(NodeOwners, func(role string, v any) {
		kind, _ := v.(string)
		if !oneOf(kind, ownerKinds) {
			f.odd(NodeOwners + "/" + role)
			return
		}
		out = append(out, Owner{role, kind})
	})
	slices.SortFunc(out, func(a, b Owner) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), compareUTF16(a.Role, b.Role)) // "accountable" < "contributor"
	})
	return out
}

func (f fields) after() []After {
	out := []After{}
	f.entries(NodeAfter, func(id string, v any) {
		object, _ := v.(map[string]any)
		kind, _ := object[AfterType].(string)
		if !oneOf(kind, afterTypes) {
			f.odd(NodeAfter + "/" + id)
			return
		}
		lag, ok := integerOf(object[AfterLag])
		if _, set := object[AfterLag]; set && !ok {
			f.odd(NodeAfter + "/" + id)
			return
		}
		out = append(out, After{Node: id, Type: kind, Lag: lag})
	})
	slices.SortFunc(out, func(a, b After) int { return compareUTF16(a.Node, b.Node) })
	return out
}

func (r *reader) threads(d *crdt.Doc) []Thread {
	out := []Thread{}
	marked := map[string]map[string]bool{} // field → ids of the comments marked in it
	r.eachMap(d.Map(RootThreads), RootThreads, func(id string, f fields) {
		t := Thread{
			ID:       id,
			Anchor:   f.target(),
			Side:     f.enum(ThreadSide, nodeSides, ""),
			By:       f.person(ThreadBy),
			At:       f.text(ThreadAt),
			Resolved: f.resolution(),
			Msgs:     r.messages(f),
		}
		if !slices.ContainsFunc(t.Msgs, func(m Message) bool { return m.DeletedAt == "" }) {
			return
		}
		if t.Anchor.Kind == AnchorText {
			where := t.Anchor.Field + "/" + t.Anchor.Node
			if marked[where] == nil {
				marked[where] = markedComments(d, t.Anchor)
			}
			t.Orphan = !marked[where][id]
		}
		out = append(out, t)
	})
	slices.SortFunc(out, func(a, b Thread) int {
		return cmp.Or(compareUTF16(a.At, b.At), compareUTF16(a.ID, b.ID))
	})
	return out
}

func (r *reader) messages(thread fields) []Message {
	out := []Message{}
	v, ok := thread.get(ThreadMsgs)
	if !ok {
		return out
	}
	msgs, ok := v.(crdt.Map)
	if !ok {
		thread.odd(ThreadMsgs)
		return out
	}
	r.eachMap(msgs, thread.path+"/"+ThreadMsgs, func(id string, f fields) {
		out = append(out, f.message(id))
	})
	slices.SortFunc(out, func(a, b Message) int {
		return cmp.Or(compareUTF16(a.At, b.At), compareUTF16(a.ID, b.ID))
	})
	return out
}

func (f fields) target() ThreadTarget {
	anchor := f.object(ThreadAnchor)
	return ThreadTarget{
		Kind:   anchor.text(AnchorKind),
		Field:  anchor.text(AnchorField),
		Node:   anchor.text(AnchorNode),
		Quote:  anchor.text(AnchorQuote),
		Prefix: anchor.text(AnchorPrefix),
		Suffix: anchor.text(AnchorSuffix),
	}
}

func (f fields) message(id string) Message {
	return Message{
		ID:        id,
		By:        f.person(MsgBy),
		At:        f.text(MsgAt),
		Body:      f.text(MsgBody),
		EditedAt:  f.text(MsgEditedAt),
		DeletedAt: f.text(MsgDeletedAt),
		Mentions:  f.strings(MsgMentions),
	}
}

func (f fields) resolution() *Resolution {
	o := f.object(ThreadResolved)
	if o.values == nil {
		return nil
	}
	return &Resolution{By: o.person(ThreadBy), At: o.text(ThreadAt)}
}

func (f fields) person(key string) Person {
	o := f.object(key)
	return Person{ID: o.text(PersonID), Name: o.text(PersonName), Role: o.text(PersonRole), Side: o.text(PersonSide)}
}

func orUntitled(title string) string { return cmp.Or(title, "Untitled") }
