package schedule

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Change is one edit to preview. Kind tells which of the other fields count.
type Change struct {
	Kind string `json:"kind"`
	Node string `json:"node"`
	// Date: the new due date (due), start (start), anchor date (anchor, target),
	// or the day before which a missed step will not end (missed). "" removes it.
	Date   string  `json:"date"`
	Days   *int    `json:"days"`   // days
	After  []After `json:"after"`  // after: all dependencies as they will be
	Status string  `json:"status"` // status; Date is the day it was done
	// Carry (anchor): typed dates of open steps move by as many working days as
	// the anchor does, instead of standing.
	Carry bool `json:"carry"`
	// AnchorKind (target): what the plan is counted towards from now on; Node is
	// the step whose end that is, "" the last.
	AnchorKind string `json:"anchorKind"`
	// Add and Drop (calendar) are what is put into the calendar and taken out of
	// it: an edit, not a state, so that it holds while others edit too.
	Add  *Calendar `json:"add"`
	Drop *Calendar `json:"drop"`
	// Durations (durations) are how long several steps take from now on.
	Durations []Duration `json:"durations"`
}

// Duration is how many working days a step takes.
type Duration struct {
	Node string `json:"node"`
	Days int    `json:"days"`
}

// Kinds of a Change.
const (
	ChangeDue       = "due"
	ChangeStart     = "start"
	ChangeDays      = "days"
	ChangeAfter     = "after"
	ChangeAnchor    = "anchor"
	ChangeStatus    = "status"
	ChangeMissed    = "missed"
	ChangeTarget    = "target"
	ChangeCalendar  = "calendar"
	ChangeDurations = "durations"
)

// ofPlan reports whether a change is of the plan as a whole, not of a step.
func (c Change) ofPlan() bool {
	return c.Kind == ChangeAnchor || c.Kind == ChangeTarget || c.Kind == ChangeCalendar || c.Kind == ChangeDurations
}

// Preview is what a change would do.
type Preview struct {
	Change    Change    `json:"change"`
	Shift     Shift     `json:"shift"` // of the changed step itself
	Moves     []Move    `json:"moves"` // other steps that end on another day, in reading order
	GoLive    Shift     `json:"goLive"`
	Cost      *float64  `json:"cost"`      // of the delay, rounded; null without a price or a delay
	Conflicts []Problem `json:"conflicts"` // problems that are new
	Solved    []Problem `json:"solved"`    // problems that go away
	Sentence  string    `json:"sentence"`  // in English; the other fields say the same
}

// Shift is a date and where it goes.
type Shift struct {
	Node         string `json:"node"`
	Title        string `json:"title"`
	From         string `json:"from"`
	To           string `json:"to"`
	Days         int    `json:"days"` // working days
	CalendarDays int    `json:"calendarDays"`
}

// Move is a step that a change moves. Fixed: its date was typed, so it will not
// move by itself; To is when it can really end.
type Move struct {
	Shift
	Fixed bool `json:"fixed"`
}

// Apply returns the input as it is after a change. The input itself stays as it
// is. A change of a node that is not there changes nothing.
func Apply(in Input, c Change) Input {
	nodes := append([]Node(nil), in.Nodes...)
	in.Nodes = nodes
	switch c.Kind {
	case ChangeAnchor:
		from, to := in.Anchor.Date, c.Date
		in.Anchor.Date = c.Date
		if c.Carry {
			carry(in, from, to)
		}
		return in
	case ChangeTarget:
		in.Anchor.Kind, in.Anchor.Node, in.Anchor.Date = c.AnchorKind, c.Node, c.Date
		return in
	case ChangeCalendar:
		in.Calendar = in.Calendar.edit(c.Add, c.Drop)
		return in
	case ChangeDurations:
		for _, d := range c.Durations {
			if i := slices.IndexFunc(nodes, func(n Node) bool { return n.ID == d.Node }); i >= 0 {
				nodes[i].Days = &d.Days
			}
		}
		return in
	}
	for i := range nodes {
		n := &nodes[i]
		if n.ID != c.Node {
			continue
		}
		switch c.Kind {
		case ChangeDue:
			n.Due, n.Planned = c.Date, ""
		case ChangeStart:
			n.Start = c.Date
		case ChangeDays:
			n.Days = c.Days
		case ChangeAfter:
			n.After = c.After
		case ChangeStatus:
			n.Status = c.Status
			if c.Status == statusDone && c.Date != "" {
				n.DoneOn = c.Date
			}
		case ChangeMissed:
			n.Expected = c.Date
		}
		break
	}
	return in
}

// carry moves the typed dates of open steps as far as the anchor moved.
func carry(in Input, from, to string) {
	work := newWorkdays(in.Calendar, func(Problem) {})
	a, okA := parseDay(from)
	b, okB := parseDay(to)
	if !okA || !okB {
		return
	}
	days := work.moment(b+1) - work.moment(a+1)
	for i := range in.Nodes {
		n := &in.Nodes[i]
		if n.Status == statusDone || n.Status == statusSkipped {
			continue
		}
		if day, ok := parseDay(n.Due); ok && n.typedDue() {
			n.Due = formatDay(work.day(work.moment(day+1) + days - 1))
		}
		if day, ok := parseDay(n.Start); ok && n.Status != statusInProgress {
			n.Start = formatDay(work.day(work.moment(day) + days))
		}
	}
}

// PreviewChange schedules a plan before and after a change and tells the
// difference.
func PreviewChange(in Input, c Change) Preview {
	changed := Apply(in, c)
	before, _ := run(in)
	after, s := run(changed)
	p := Preview{Change: c, Moves: []Move{}}
	if c.After == nil {
		p.Change.After = []After{}
	}
	old := map[string]NodeDate{}
	for _, d := range before.Nodes {
		old[d.ID] = d
	}
	for _, d := range after.Nodes {
		i := s.g.index[d.ID]
		if s.g.step[i] < 0 {
			continue
		}
		shift := s.work.shift(d.ID, s.in.Nodes[i].Title, old[d.ID].Finish, d.Finish)
		switch {
		case d.ID == c.Node && !c.ofPlan():
			p.Shift = shift
		case shift.From != shift.To && old[d.ID].Finish != "" && d.Finish != "":
			p.Moves = append(p.Moves, Move{shift, d.Fixed == "due"})
		}
	}
	title := ""
	if i, ok := s.g.index[after.GoLive.Node]; ok {
		title = s.in.Nodes[i].Title
	}
	// Of one and the same step, also where the change makes it another.
	p.GoLive = s.work.shift(after.GoLive.Node, title, old[after.GoLive.Node].Finish, after.GoLive.Forecast)
	if c.Kind == ChangeAnchor {
		p.Shift = s.work.shift("", "", validDate(in.Anchor.Date), validDate(changed.Anchor.Date))
	}
	if cost := in.Anchor.CostPerWeek; cost != nil && *cost > 0 && p.GoLive.CalendarDays > 0 {
		rounded := math.Floor(*cost*float64(p.GoLive.CalendarDays)/7 + 0.5)
		p.Cost = &rounded
	}
	p.Conflicts = without(after.Problems, before.Problems)
	p.Solved = without(before.Problems, after.Problems)
	p.Sentence = p.sentence(changed.Anchor.Kind)
	return p
}

func (w *workdays) shift(node, title, from, to string) Shift {
	s := Shift{Node: node, Title: title, From: from, To: to}
	a, okA := parseDay(from)
	b, okB := parseDay(to)
	if okA && okB {
		s.Days, s.CalendarDays = w.moment(b+1)-w.moment(a+1), b-a
	}
	return s
}

// without returns the problems in list that are not in other, whatever their
// dates are.
func without(list, other []Problem) []Problem {
	out := []Problem{}
	known := map[Problem]bool{}
	for _, p := range other {
		known[Problem{Code: p.Code, Node: p.Node}] = true
	}
	for _, p := range list {
		if !known[Problem{Code: p.Code, Node: p.Node}] {
			out = append(out, p)
		}
	}
	return out
}

// sentence: "Security review +7 days → go-live 12 → 19 May".
func (p Preview) sentence(anchorKind string) string {
	goal := "go-live"
	if anchorKind == "value" {
		goal = "first value"
	}
	var effect string
	switch {
	case p.GoLive.From == "" || p.GoLive.To == "":
		effect = "no " + goal + " date yet"
	case p.GoLive.From == p.GoLive.To:
		effect = goal + " stays " + Dates(p.GoLive.From, "")
	default:
		effect = goal + " " + Dates(p.GoLive.From, p.GoLive.To)
	}
	switch p.Change.Kind {
	case ChangeTarget:
		return "Planned around another date → " + effect
	case ChangeCalendar:
		return "Working calendar → " + effect
	case ChangeDurations:
		return "Other durations → " + effect
	case ChangeAnchor:
		if p.Shift.From == "" || p.Shift.To == "" {
			return "Anchor date → " + effect
		}
		return "Anchor date " + Dates(p.Shift.From, p.Shift.To) + " → " + effect
	}
	return strings.Join([]string{p.cause(), effect}, " → ")
}

func (p Preview) cause() string {
	title := p.Shift.Title
	if title == "" {
		title = "Untitled"
	}
	switch n := p.Shift.CalendarDays; {
	case n == 1 || n == -1:
		return title + " " + signed(n) + " day"
	case n != 0:
		return title + " " + signed(n) + " days"
	case p.Change.Kind == ChangeStatus:
		return title + " " + strings.ReplaceAll(p.Change.Status, "-", " ")
	}
	return title + " ends as before"
}

func signed(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return "−" + strconv.Itoa(-n)
}

var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// Dates writes one date ("12 May") or two ("12 → 19 May", "28 Apr → 5 May"),
// with years where they differ.
func Dates(from, to string) string {
	a, ok := parseDay(from)
	if !ok {
		return ""
	}
	y, m, d := dateOf(a)
	first := strconv.Itoa(d)
	b, ok := parseDay(to)
	if !ok {
		return first + " " + months[m-1]
	}
	y2, m2, d2 := dateOf(b)
	last := strconv.Itoa(d2) + " " + months[m2-1]
	switch {
	case y != y2:
		return first + " " + months[m-1] + " " + strconv.Itoa(y) + " → " + last + " " + strconv.Itoa(y2)
	case m != m2:
		return first + " " + months[m-1] + " → " + last
	}
	return first + " → " + last
}
