package plan

import (
	"strings"
	"time"

	"coplan/crdt"
	"coplan/server/plan/schedule"
)

// What a copy leaves behind: everything that happened to the plan it is made
// from, or that is about the people and the dates of that one deal.
//
// Copied are the roles (titles, never names), the summary, the business case
// and success metrics, the working agreement, the calendar without absences,
// the rules without their answers, all live steps with their words, durations,
// owners, dependencies and gates, nothing ticked, and the places for documents; of the documents themselves only
// links of the selling side, since the others belong to one buyer.
var (
	notOfNode     = []string{NodeStatus, NodeBlockedReason, NodeDue, NodeStart, NodePlanned, NodeDoneOn, NodeDel, NodeParent, NodeOrd, NodeLinks, NodeGate}
	notOfRole     = []string{RolePerson, RoleName, RoleEmail, RolePhone, RoleInvolveBy}
	notOfResource = []string{ResourceBlob, ResourceFile, ResourceSize, ResourceMime}
	notOfRule     = []string{RuleAnswered}
	notOfTick     = []string{CriterionChecked}
)

// copyPlan writes the live content of src into the empty plan document d and
// dates its steps from the anchor in in.
func copyPlan(src, d *crdt.Doc, tx *crdt.Tx, in CreateInput) {
	v := Read(src)
	meta := d.Map(RootMeta)
	meta.Set(tx, MetaProfile, v.Profile)
	if currency, ok := src.Map(RootMeta).Get(MetaCurrency); ok {
		copyValue(tx, meta, MetaCurrency, currency)
	}
	WriteRich(tx, d.XMLFragment(RootSummary), withoutComments(v.Summary))
	copyEntries(tx, src.Map(RootCase), d.Map(RootCase), nil)
	copyEntries(tx, src.Map(RootMetrics), d.Map(RootMetrics), nil)
	copyEntries(tx, src.Map(RootWorking), d.Map(RootWorking), nil)
	copyMaps(tx, src.Map(RootRules), d.Map(RootRules), RuleDel, notOfRule)
	for _, k := range caseTexts {
		if !d.Map(RootCase).Has(k) {
			d.Map(RootCase).SetText(tx, k)
		}
	}
	calendar := d.Map(RootCalendar)
	copyEntries(tx, src.Map(RootCalendar), calendar, []string{CalendarAway})
	for _, k := range []string{CalendarHolidays, CalendarAway, CalendarFreezes} {
		if !calendar.Has(k) {
			calendar.SetMap(tx, k)
		}
	}
	copyMaps(tx, src.Map(RootRoles), d.Map(RootRoles), RoleDel, notOfRole)
	resources := d.Map(RootResources)
	copyMaps(tx, src.Map(RootResources), resources, ResourceDel, notOfResource)
	for _, id := range resources.Keys() {
		if m, ok := resources.Map(id); ok && stringAt(m, ResourceSide) != SideSeller {
			m.Delete(tx, ResourceURL)
		}
	}
	copyNodes(src, d, tx, &v)
	dateCopy(src, d, tx, in)
}

// copyNodes copies live nodes to where they are shown, parents first.
func copyNodes(src, d *crdt.Doc, tx *crdt.Tx, v *View) {
	from, to := src.Map(RootNodes), d.Map(RootNodes)
	v.Walk(func(n *Node) bool {
		old, ok := from.Map(n.ID)
		if !ok {
			return true
		}
		m := to.SetMap(tx, n.ID)
		copyEntries(tx, old, m, notOfNode)
		copyGate(tx, old, m)
		m.Set(tx, NodeParent, n.Parent)
		m.Set(tx, NodeOrd, n.Ord)
		links := m.SetMap(tx, NodeLinks)
		if kept, ok := old.Map(NodeLinks); ok {
			for _, id := range kept.Keys() {
				if d.Map(RootResources).Has(id) {
					links.Set(tx, id, true)
				}
			}
		}
		for key, write := range map[string]func(){
			NodeTitle:  func() { m.SetText(tx, NodeTitle) },
			NodeWhy:    func() { m.SetText(tx, NodeWhy) },
			NodeNote:   func() { WriteRich(tx, m.SetXMLFragment(tx, NodeNote), []Rich{Paragraph("")}) },
			NodeOwners: func() { m.SetMap(tx, NodeOwners) },
			NodeAfter:  func() { m.SetMap(tx, NodeAfter) },
		} {
			if !m.Has(key) {
				write() // an odd document lacked it
			}
		}
		return true
	})
}

// copyGate copies a step's gate, open and with nothing ticked.
func copyGate(tx *crdt.Tx, old, m crdt.Map) {
	from, ok := old.Map(NodeGate)
	if !ok {
		return
	}
	to := m.SetMap(tx, NodeGate)
	copyEntries(tx, from, to, []string{GateEntry, GateExit})
	for _, list := range []string{GateEntry, GateExit} {
		criteria := to.SetMap(tx, list)
		if kept, ok := from.Map(list); ok {
			copyMaps(tx, kept, criteria, CriterionDel, notOfTick)
		}
	}
}

// dateCopy writes the anchor and what the schedule makes of it.
func dateCopy(src, d *crdt.Doc, tx *crdt.Tx, in CreateInput) {
	kind, date, step := in.Anchor.Kind, in.Anchor.Date, ""
	old := src.Map(RootAnchor)
	if was := stringAt(old, AnchorKind); kind == "" && oneOf(was, anchorKinds) {
		kind = was
	}
	if kind == "" {
		kind = AnchorGoLive
	}
	if s := stringAt(old, AnchorStep); d.Map(RootNodes).Has(s) {
		step = s
	}
	anchor := d.Map(RootAnchor)
	anchor.Set(tx, AnchorKind, kind)
	provisional := in.Anchor.Provisional || date == ""
	if step != "" {
		anchor.Set(tx, AnchorStep, step)
	}
	if date == "" {
		date = provisionalAnchor(ScheduleInput(d, ""), kind, in.Now)
	}
	setAnchorDate(tx, anchor, date, provisional)
	nodes := d.Map(RootNodes)
	for _, n := range schedule.Run(ScheduleInput(d, "")).Nodes {
		m, ok := nodes.Map(n.ID)
		if ok && n.Due != "" && stringAt(m, NodeKind) != KindStage {
			m.Set(tx, NodeDue, n.Due)
			m.Set(tx, NodePlanned, n.Due)
		}
	}
	// What may not be extended is measured from the new dates.
	for _, id := range d.Map(RootRules).Keys() {
		rule, ok := d.Map(RootRules).Map(id)
		if !ok || stringAt(rule, RuleKind) != RuleExtension {
			continue
		}
		if n, ok := nodes.Map(stringAt(rule, RuleNode)); ok && ValidDate(stringAt(n, NodeDue)) {
			rule.Set(tx, RuleUntil, stringAt(n, NodeDue))
		} else {
			rule.Delete(tx, RuleUntil)
		}
	}
}

// provisionalAnchor is the anchor date of a plan whose work starts on the first
// working day after now; "" where there is no step to tell.
func provisionalAnchor(in schedule.Input, kind string, now time.Time) string {
	start := schedule.AddWorkingDays(in.Calendar, now.Format(dateLayout), 1)
	if kind == AnchorStart {
		return start
	}
	in.Anchor.Kind, in.Anchor.Date, in.Anchor.Provisional = AnchorStart, start, false
	return schedule.Run(in).GoLive.Forecast
}

// copyMaps copies the entries of a map of maps, those that were deleted left
// out.
func copyMaps(tx *crdt.Tx, from, to crdt.Map, deleted string, skip []string) {
	for _, id := range from.Keys() {
		if m, ok := from.Map(id); ok && !m.Has(deleted) {
			copyEntries(tx, m, to.SetMap(tx, id), skip)
		}
	}
}

func copyEntries(tx *crdt.Tx, from, to crdt.Map, skip []string) {
	from.Range(func(key string, v any) bool {
		if !oneOf(key, skip) {
			copyValue(tx, to, key, v)
		}
		return true
	})
}

// copyValue writes v, a value or a shared type with all it holds, under key.
// Comment marks are left behind with the comments.
func copyValue(tx *crdt.Tx, to crdt.Map, key string, v any) {
	switch v := v.(type) {
	case crdt.Map:
		copyEntries(tx, v, to.SetMap(tx, key), nil)
	case crdt.Text:
		to.SetText(tx, key).ApplyDelta(tx, v.ToDelta())
	case crdt.XMLFragment:
		WriteRich(tx, to.SetXMLFragment(tx, key), withoutComments(ReadRich(v)))
	case crdt.Type:
		// Nothing in a plan is of another shared type.
	default:
		to.Set(tx, key, v)
	}
}

// withoutComments is content without comment marks.
func withoutComments(content []Rich) []Rich {
	out := make([]Rich, 0, len(content))
	for _, r := range content {
		r.Content = withoutComments(r.Content)
		var marks []Mark
		for _, m := range r.Marks {
			if m.Type != markComment {
				marks = append(marks, m)
			}
		}
		r.Marks = marks
		out = append(out, r)
	}
	return out
}

func stringAt(m crdt.Map, key string) string {
	v, _ := m.Get(key)
	s, _ := v.(string)
	return strings.TrimSpace(s)
}

// Size is how big a plan is, for whoever chooses what to start from.
type Size struct {
	Stages int // live ones
	Steps  int // milestones and tasks
	Days   int // working days of the longest chain of steps
}

// SizeOf measures a plan.
func SizeOf(d *crdt.Doc) Size {
	var s Size
	v := Read(d)
	v.Walk(func(n *Node) bool {
		switch n.Kind {
		case KindStage:
			s.Stages++
		case KindMilestone, KindTask:
			s.Steps++
		}
		return true
	})
	in := ScheduleInput(d, "")
	const monday = "2024-01-01"
	in.Anchor = schedule.Anchor{Kind: AnchorStart, Date: monday}
	for i := range in.Nodes {
		n := &in.Nodes[i]
		n.Status, n.Due, n.Start, n.Planned, n.DoneOn = "", "", "", "", ""
	}
	if r := schedule.Run(in); r.Finish != "" && s.Steps > 0 {
		s.Days = schedule.WorkingDays(schedule.Calendar{}, monday, r.Finish) + 1
	}
	return s
}
