package schedule

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Slip is a recorded delay of a step. Days are working days, negative when time
// was won.
type Slip struct {
	ID     string `json:"id"`
	Node   string `json:"node"`
	From   string `json:"from"`
	To     string `json:"to"`
	Days   int    `json:"days"`
	Side   string `json:"side"` // who lost the time: seller, buyer or joint
	Reason string `json:"reason"`
	At     string `json:"at"` // ISO time
}

// Ledger is where the days of a plan went.
type Ledger struct {
	Lost    int     `json:"lost"` // days lost, and below days won back, as positive numbers
	Won     int     `json:"won"`
	BySide  []Total `json:"bySide"`  // seller, buyer, joint; all three always
	ByCause []Total `json:"byCause"` // most days first
	ByNode  []Total `json:"byNode"`  // most days first
}

// Total is the sum of some slips: days lost less days won back.
type Total struct {
	Key   string `json:"key"`
	Days  int    `json:"days"`
	Slips int    `json:"slips"`
}

// MakeLedger adds slips up. Reasons that differ only in case (of a–z) and
// surrounding blanks are one cause, named as it was written first.
func MakeLedger(slips []Slip) Ledger {
	l := Ledger{BySide: []Total{{Key: "seller"}, {Key: "buyer"}, {Key: "joint"}}, ByCause: []Total{}, ByNode: []Total{}}
	slips = slices.Clone(slips)
	slices.SortStableFunc(slips, func(a, b Slip) int { return cmp.Or(compareText(a.At, b.At), compareText(a.ID, b.ID)) })
	names := map[string]string{}
	for _, s := range slips {
		if s.Days > 0 {
			l.Lost += s.Days
		} else {
			l.Won -= s.Days
		}
		side := s.Side
		if side != "seller" && side != "buyer" {
			side = "joint"
		}
		reason := strings.Trim(s.Reason, " \t\n")
		key := lower(reason)
		if _, ok := names[key]; !ok {
			names[key] = reason
		}
		l.BySide = addTotal(l.BySide, side, s.Days)
		l.ByCause = addTotal(l.ByCause, names[key], s.Days)
		l.ByNode = addTotal(l.ByNode, s.Node, s.Days)
	}
	most := func(a, b Total) int { return b.Days - a.Days }
	slices.SortStableFunc(l.ByCause, most)
	slices.SortStableFunc(l.ByNode, most)
	return l
}

func addTotal(list []Total, key string, days int) []Total {
	i := slices.IndexFunc(list, func(t Total) bool { return t.Key == key })
	if i < 0 {
		i, list = len(list), append(list, Total{Key: key})
	}
	list[i].Days += days
	list[i].Slips++
	return list
}

// lower changes A–Z only, so that every language does the same.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// compareText orders strings by UTF-16 code units, as JavaScript does.
func compareText(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// Baseline is what both sides agreed to. It is complete when seller and buyer
// are both among Agreed.
type Baseline struct {
	At     string            `json:"at"`
	GoLive string            `json:"goLive"`
	Dates  map[string]string `json:"dates"` // step → the day it should end
	Agreed []string          `json:"agreed"`
}

// MakeBaseline takes a schedule's dates as a baseline that nobody agreed to yet.
func MakeBaseline(r Result, at string) Baseline {
	b := Baseline{At: at, GoLive: cmp.Or(r.GoLive.Date, r.GoLive.Forecast), Dates: map[string]string{}, Agreed: []string{}}
	for _, d := range r.Nodes {
		if d.Finish != "" && (d.Slack != nil || d.Fixed == "done") {
			b.Dates[d.ID] = d.Due
		}
	}
	return b
}

// Drift is the schedule of today beside the baseline.
type Drift struct {
	Agreed bool        `json:"agreed"` // by both sides
	GoLive Shift       `json:"goLive"`
	Steps  []StepDrift `json:"steps"` // in reading order; those that are gone last, by id
	Late   int         `json:"late"`  // steps that end later than agreed
	Early  int         `json:"early"`
}

// StepDrift is one step's agreed day and its present one. State is same, late,
// early, added (not in the baseline) or gone (not in the plan).
type StepDrift struct {
	Shift
	State string `json:"state"`
}

// CompareBaseline tells how far the plan has moved from what was agreed.
func CompareBaseline(in Input, b Baseline) Drift {
	r, s := run(in)
	out := Drift{Steps: []StepDrift{}}
	out.Agreed = slices.Contains(b.Agreed, "seller") && slices.Contains(b.Agreed, "buyer")
	title := ""
	if i, ok := s.g.index[r.GoLive.Node]; ok {
		title = s.in.Nodes[i].Title
	}
	out.GoLive = s.work.shift(r.GoLive.Node, title, validDate(b.GoLive), r.GoLive.Forecast)
	met := map[string]bool{}
	for _, d := range r.Nodes {
		i := s.g.index[d.ID]
		if s.g.step[i] < 0 || d.Finish == "" {
			continue
		}
		met[d.ID] = true
		from := validDate(b.Dates[d.ID])
		step := StepDrift{s.work.shift(d.ID, s.in.Nodes[i].Title, from, d.Finish), "same"}
		switch {
		case from == "":
			step.State = "added"
		case d.Finish > from:
			step.State = "late"
			out.Late++
		case d.Finish < from:
			step.State = "early"
			out.Early++
		}
		out.Steps = append(out.Steps, step)
	}
	var gone []string
	for id, date := range b.Dates {
		if !met[id] && validDate(date) != "" {
			gone = append(gone, id)
		}
	}
	slices.SortFunc(gone, compareText)
	for _, id := range gone {
		out.Steps = append(out.Steps, StepDrift{Shift{Node: id, From: b.Dates[id]}, "gone"})
	}
	return out
}
