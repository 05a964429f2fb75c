package schedule

// Link is one reason in the chain that made a date.
type Link struct {
	Node     string `json:"node"`
	Title    string `json:"title"`
	Date     string `json:"date"` // when it ends
	Reason   Reason `json:"reason"`
	Sentence string `json:"sentence"` // in English; the other fields say the same
}

// Explain follows the reasons of a node's date to where they end: the anchor,
// the start, a typed date, something done. The first link is the node itself.
// It is empty for a node without dates.
func Explain(in Input, id string) []Link {
	result, s := run(in)
	dates := map[string]NodeDate{}
	for _, d := range result.Nodes {
		dates[d.ID] = d
	}
	links := []Link{}
	seen := map[string]bool{}
	for {
		i, ok := s.g.index[id]
		if ok && s.g.step[i] >= 0 {
			id = s.in.Nodes[s.g.step[i]].ID // a subtask has the dates of its step
		}
		d, ok := dates[id]
		if !ok || seen[id] {
			return links
		}
		seen[id] = true
		l := Link{Node: id, Title: s.title(id), Date: d.Finish, Reason: d.Reason}
		l.Sentence = s.because(l, result)
		links = append(links, l)
		if id = d.Reason.Node; id == "" {
			return links
		}
	}
}

func (s *scheduler) title(id string) string {
	if i, ok := s.g.index[id]; ok && s.in.Nodes[i].Title != "" {
		return s.in.Nodes[i].Title
	}
	return "Untitled"
}

func (s *scheduler) because(l Link, result Result) string {
	head := l.Title + " ends " + Dates(l.Date, "")
	other := s.title(l.Reason.Node)
	goal := "go-live"
	if s.in.Anchor.Kind == "value" {
		goal = "first value"
	}
	switch l.Reason.Code {
	case BecauseAnchor:
		if l.Node == result.GoLive.Node {
			return head + ": that is " + goal
		}
		return head + ": the latest day that keeps " + goal
	case BecauseStart:
		return head + ": it begins when the plan begins"
	case BecauseTyped:
		return head + ": somebody chose this date"
	case BecauseDone:
		if l.Date == "" {
			return l.Title + " is done"
		}
		return l.Title + " was done " + Dates(l.Date, "")
	case BecauseSkipped:
		return l.Title + " is skipped"
	case BecauseToday:
		return head + ": it is not done yet"
	case BecauseExpected:
		return head + ": it is not expected before"
	case BecauseOrder:
		return head + ": it follows " + other
	case BecauseNext:
		return head + ": " + other + " comes next"
	case BecauseContains:
		return head + ": " + other + " under it ends last"
	case BecauseAfter:
		return head + ": it " + relation(l.Reason) + other + lagWords(l.Reason.Lag)
	case BecauseBefore:
		return head + ": " + other + " " + relation(l.Reason) + "it" + lagWords(l.Reason.Lag)
	}
	return l.Title + " has no date yet"
}

// relation says how the later step hangs on the earlier one.
func relation(r Reason) string {
	switch r.Type {
	case ss:
		return "starts after the start of "
	case ff:
		return "ends after the end of "
	case sf:
		return "ends after the start of "
	}
	return "starts after the end of "
}

func lagWords(lag int) string {
	switch {
	case lag == 0:
		return ""
	case lag == 1 || lag == -1:
		return ", " + signed(lag) + " working day"
	}
	return ", " + signed(lag) + " working days"
}

// WorkingDays counts the plan's working days from one date to another: 0 for
// the same day, negative backwards, 0 when one is no date.
func WorkingDays(c Calendar, from, to string) int {
	return newWorkdays(c, func(Problem) {}).shift("", "", from, to).Days
}

// AddWorkingDays moves a date by n working days; "" when it is no date. The
// result is a working day: a day off counts as the working day before it.
func AddWorkingDays(c Calendar, date string, n int) string {
	day, ok := parseDay(date)
	if !ok {
		return ""
	}
	w := newWorkdays(c, func(Problem) {})
	return formatDay(w.day(w.moment(day+1) + min(max(n, -maxDays), maxDays) - 1))
}
