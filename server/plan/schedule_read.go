package plan

import (
	"cmp"
	"slices"

	"coplan/crdt"
	"coplan/server/plan/schedule"
)

// ScheduleInput reads what the scheduler needs to know of a plan. Like Read it
// never fails. today is the viewer's date, "" for the plan as agreed.
func ScheduleInput(d *crdt.Doc, today string) schedule.Input {
	v, r := Read(d), &reader{}
	anchor := r.fields(d.Map(RootAnchor), RootAnchor)
	in := schedule.Input{
		Anchor: schedule.Anchor{
			Kind: v.Anchor.Kind, Date: v.Anchor.Date, Provisional: v.Anchor.Provisional,
			Node: anchor.text(AnchorStep), CostPerWeek: v.Anchor.CostPerWeek,
		},
		Calendar: r.calendar(d),
		Roles:    []schedule.Role{},
		Nodes:    []schedule.Node{},
		Today:    today,
	}
	for _, role := range v.Roles {
		in.Roles = append(in.Roles, schedule.Role{ID: role.ID, Person: cmp.Or(role.Person, role.Name)})
	}
	v.Walk(func(n *Node) bool {
		m, _ := d.Map(RootNodes).Map(n.ID)
		f := r.fields(m, "")
		node := schedule.Node{
			ID: n.ID, Kind: n.Kind, Parent: n.Parent, Title: n.Title, Alias: n.Alias, Status: n.Status, Side: n.Side,
			Due: n.Due, Start: n.Start, Planned: f.date(NodePlanned), DoneOn: f.date(NodeDoneOn), Days: n.Days,
			After: []schedule.After{},
		}
		if len(n.Owners) > 0 && n.Owners[0].Kind == OwnerAccountable {
			node.Owner = n.Owners[0].Role
		}
		for _, a := range n.After {
			node.After = append(node.After, schedule.After(a))
		}
		in.Nodes = append(in.Nodes, node)
		return true
	})
	return in
}

// calendar reads the plan's calendar. Days of the weekend that are no weekdays
// are left out; a weekend that is no list reads as absent.
func (r *reader) calendar(d *crdt.Doc) schedule.Calendar {
	f := r.fields(d.Map(RootCalendar), RootCalendar)
	c := schedule.Calendar{Holidays: []schedule.Holiday{}, Freezes: []schedule.Span{}, Away: []schedule.Away{}}
	if v, ok := f.get(CalendarWeekend); ok {
		if list, ok := v.([]any); ok {
			c.Weekend = []int{}
			for _, item := range list {
				if day, ok := integerOf(item); ok && day >= 1 && day <= 7 {
					c.Weekend = append(c.Weekend, day)
				}
			}
		}
	}
	f.entries(CalendarHolidays, func(date string, v any) {
		label, _ := textOf(v)
		if ValidDate(date) {
			c.Holidays = append(c.Holidays, schedule.Holiday{Date: date, Label: label})
		}
	})
	slices.SortFunc(c.Holidays, func(a, b schedule.Holiday) int { return compareUTF16(a.Date, b.Date) })
	r.spans(f, CalendarFreezes, func(s fields) {
		c.Freezes = append(c.Freezes, schedule.Span{From: s.date(SpanFrom), To: s.date(SpanTo), Label: s.text(SpanLabel)})
	})
	if q := f.object(CalendarQuarters); len(q.values) > 0 {
		month, days := q.integerOr(QuartersMonth, 1), q.integerOr(QuartersDays, 0)
		if month >= 1 && month <= 12 && days >= 1 {
			c.Quarters = &schedule.Quarters{Month: month, Days: days}
		}
	}
	r.spans(f, CalendarAway, func(s fields) {
		c.Away = append(c.Away, schedule.Away{
			Role: s.text(SpanRole), Person: s.text(SpanPerson), From: s.date(SpanFrom), To: s.date(SpanTo), Label: s.text(SpanLabel),
		})
	})
	return c
}

// spans calls fn for the entries of a map by id, each a plain object or a Y.Map.
func (r *reader) spans(f fields, key string, fn func(s fields)) {
	found := map[string]fields{}
	f.entries(key, func(id string, v any) {
		switch v := v.(type) {
		case map[string]any:
			found[id] = fields{r: r, path: key, values: v}
		case crdt.Map:
			found[id] = r.fields(v, key)
		}
	})
	for _, id := range sortedKeys(found) {
		fn(found[id])
	}
}

// ReadSlips returns the recorded delays by id.
func ReadSlips(d *crdt.Doc) []schedule.Slip {
	r, out := &reader{}, []schedule.Slip{}
	r.eachMap(d.Map(RootSlips), RootSlips, func(id string, f fields) {
		out = append(out, schedule.Slip{
			ID: id, Node: f.text(SlipNode), From: f.date(SlipFrom), To: f.date(SlipTo), Days: f.integerOr(SlipDays, 0),
			Side: f.enum(SlipSide, nodeSides, SideJoint), Reason: f.text(SlipReason), At: f.text(SlipAt),
		})
	})
	slices.SortFunc(out, func(a, b schedule.Slip) int { return compareUTF16(a.ID, b.ID) })
	return out
}

// ReadBaseline returns what was agreed; false when nothing was yet.
func ReadBaseline(d *crdt.Doc) (schedule.Baseline, bool) {
	b := readBaseline((&reader{}).fields(d.Map(RootBaseline), RootBaseline))
	return b, b.At != "" || len(b.Dates) > 0
}

func readBaseline(f fields) schedule.Baseline {
	b := schedule.Baseline{
		At: f.text(BaselineAt), GoLive: f.date(BaselineGoLive), Dates: map[string]string{}, Agreed: f.strings(BaselineAgreed),
	}
	for id, v := range f.object(BaselineDates).values {
		if date, ok := v.(string); ok && ValidDate(date) {
			b.Dates[id] = date
		}
	}
	return b
}
