package schedule

import "slices"

// result writes moments as dates.
func (s *scheduler) result(dated bool) Result {
	out := Result{Dated: dated, Critical: []string{}, Nodes: []NodeDate{}}
	at := make([]int, len(s.in.Nodes)) // place in out.Nodes; -1 none
	for i, n := range s.in.Nodes {
		at[i] = -1
		if s.g.end[i] < 0 && n.Kind != kindStage || n.Kind == kindSubtask || s.g.index[n.ID] != i {
			continue
		}
		at[i] = len(out.Nodes)
		d := NodeDate{ID: n.ID}
		if v := s.g.end[i]; v >= 0 && s.g.vertices[v].real {
			d = s.stepDate(v, dated)
		} else if v >= 0 {
			d.Reason = s.plan[v].why
		}
		if d.Critical {
			out.Critical = append(out.Critical, n.ID)
		}
		out.Nodes = append(out.Nodes, d)
	}
	for i := len(s.in.Nodes) - 1; i >= 0; i-- {
		p := s.g.parent[i]
		for p >= 0 && s.g.step[p] >= 0 {
			p = s.g.parent[p]
		}
		if at[i] < 0 || p < 0 || at[p] < 0 || s.in.Nodes[i].Status == statusSkipped {
			continue
		}
		widen(&out.Nodes[at[p]], out.Nodes[at[i]])
	}
	for _, d := range out.Nodes {
		out.Start = earlier(out.Start, d.Start)
		out.Finish = max(out.Finish, d.Finish)
	}
	if s.target >= 0 {
		t := out.Nodes[at[s.g.vertices[s.target].node]]
		out.GoLive = GoLive{Node: t.ID, Forecast: t.Finish}
		if s.back {
			out.GoLive.Date = s.in.Anchor.Date
			out.GoLive.Late = s.plan[s.target].finish - s.anchor
		}
	}
	return out
}

func widen(group *NodeDate, d NodeDate) {
	group.Start = earlier(group.Start, d.Start)
	group.EarliestStart = earlier(group.EarliestStart, d.EarliestStart)
	group.LatestStart = earlier(group.LatestStart, d.LatestStart)
	group.Due = max(group.Due, d.Due)
	group.Finish = max(group.Finish, d.Finish)
	group.EarliestDue = max(group.EarliestDue, d.EarliestDue)
	group.LatestDue = max(group.LatestDue, d.LatestDue)
	group.Critical = group.Critical || d.Critical
}

// earlier is the earlier of two dates, where "" is none.
func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func (s *scheduler) stepDate(v int, dated bool) NodeDate {
	n := s.node(v)
	d := NodeDate{ID: n.ID, Reason: s.plan[v].why}
	if s.over(v) {
		d.Fixed = "done"
		d.Due = validDate(n.DoneOn)
		if d.Due == "" || n.Status == statusSkipped {
			d.Due = validDate(n.Due)
		}
		d.Start = validDate(n.Start)
		d.Reason = Reason{Code: BecauseDone}
		if n.Status == statusSkipped {
			d.Fixed, d.Reason = "", Reason{Code: BecauseSkipped}
		} else if d.Start == "" || d.Start > d.Due {
			d.Start = d.Due
		}
		d.Finish = d.Due
		return d
	}
	if !dated {
		d.Reason = Reason{Code: BecauseUndated}
		return d
	}
	_, due, which := s.typed(v)
	p := s.plan[v]
	d.Start, d.Finish = s.startDate(v, p), s.dueDate(v, p)
	d.Due = d.Finish
	if which&typedStart != 0 {
		d.Fixed = "start"
		d.Start = n.Start
	}
	if which&typedDue != 0 {
		d.Fixed = "due"
		d.Due = n.Due
		if p.finish == due {
			d.Finish = n.Due
		}
	}
	d.EarliestStart, d.EarliestDue = s.startDate(v, s.early[v]), s.dueDate(v, s.early[v])
	d.LatestStart, d.LatestDue = s.startDate(v, s.late[v]), s.dueDate(v, s.late[v])
	slack := min(s.late[v].start-s.early[v].start, s.late[v].finish-s.early[v].finish)
	d.Slack, d.Critical = &slack, slack <= 0
	return d
}

func validDate(date string) string {
	if _, ok := parseDay(date); ok {
		return date
	}
	return ""
}

// startDate and dueDate are the first and last day of a step. One that takes no
// time is on the day on which what it follows ends, or on the first day of all,
// which is no later than the anchor it leads to.
func (s *scheduler) startDate(v int, p placed) string {
	if s.days(v) == 0 {
		return s.dueDate(v, p)
	}
	return formatDay(s.work.day(p.start))
}

func (s *scheduler) dueDate(v int, p placed) string {
	if s.days(v) == 0 && p.finish <= s.origin && (!s.back || p.finish < s.anchor) {
		return formatDay(s.work.day(p.finish))
	}
	return formatDay(s.work.day(p.finish - 1))
}

// conflicts finds typed dates that fight the schedule, and the schedule fighting
// the anchor.
func (s *scheduler) conflicts(dated bool) []Problem {
	var out []Problem
	if !dated {
		return nil
	}
	if day, ok := parseDay(s.in.Anchor.Date); ok && !s.work.works(day) {
		out = append(out, Problem{Code: ProblemNonWorking, Date: s.in.Anchor.Date})
	}
	for v := range s.g.vertices {
		if !s.g.vertices[v].real || s.over(v) {
			continue
		}
		out = append(out, s.stepConflicts(v)...)
	}
	if s.target >= 0 && s.back {
		p := s.plan[s.target]
		if late := p.finish - s.anchor; late > 0 {
			out = append(out, Problem{Code: ProblemAnchor, Node: s.node(s.target).ID, Other: p.why.Node, Date: s.in.Anchor.Date, Needs: s.dueDate(s.target, p), Days: late})
		}
	}
	return out
}

func (s *scheduler) stepConflicts(v int) []Problem {
	var out []Problem
	n, p := s.node(v), s.plan[v]
	start, due, which := s.typed(v)
	if n.Days != nil && (*n.Days < 0 || *n.Days > maxDays) {
		out = append(out, Problem{Code: ProblemOdd, Node: n.ID})
	}
	if which&typedStart != 0 && p.start > start {
		out = append(out, Problem{Code: ProblemStart, Node: n.ID, Other: p.why.Node, Date: n.Start, Needs: s.startDate(v, p), Days: p.start - start})
	}
	date := s.dueDate(v, p)
	if which&typedDue != 0 {
		date = n.Due
		switch {
		case p.finish > due:
			out = append(out, Problem{Code: ProblemDate, Node: n.ID, Other: p.why.Node, Date: n.Due, Needs: s.dueDate(v, p), Days: p.finish - due})
		case s.before[v] && due > s.late[v].finish:
			out = append(out, Problem{Code: ProblemLatest, Node: n.ID, Other: s.late[v].why.Node, Date: n.Due, Needs: s.dueDate(v, s.late[v]), Days: due - s.late[v].finish})
		}
	}
	day, _ := parseDay(date)
	if which&typedDue != 0 && !s.work.works(day) {
		out = append(out, Problem{Code: ProblemNonWorking, Node: n.ID, Date: date})
	}
	if owner := s.ownerOf(s.g.vertices[v].node); s.owners.away(owner, day) {
		out = append(out, Problem{Code: ProblemAway, Node: n.ID, Other: owner, Date: date})
	}
	if q := s.in.Calendar.Quarters; q != nil && q.Days > 0 {
		end := q.end(day)
		if left := s.work.moment(end+1) - s.work.moment(day+1); left < min(q.Days, MaxQuarterDays) {
			out = append(out, Problem{Code: ProblemQuarter, Node: n.ID, Date: date, Needs: formatDay(end), Days: left})
		}
	}
	return out
}

// sorted puts problems of the plan first, then those of its nodes in reading
// order, each by code.
func (s *scheduler) sorted(problems []Problem) []Problem {
	place := func(p Problem) int {
		if i, ok := s.g.index[p.Node]; ok && p.Node != "" {
			return i
		}
		return -1
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if d := place(a) - place(b); d != 0 {
			return d
		}
		switch {
		case a.Code < b.Code:
			return -1
		case a.Code > b.Code:
			return 1
		}
		return 0
	})
	return append([]Problem{}, problems...)
}
