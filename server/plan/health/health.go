// Package health says how a plan is doing, the same to both sides: how far it
// is, what comes next, whether it keeps its date, and one light with its
// reasons.
//
// It is pure: the schedule, who edited when, and the slips go in; plain data
// comes out, without words, so that every reader gets them in their language.
package health

import (
	"cmp"
	"slices"
	"time"

	"coplan/server/plan/schedule"
)

// Activity is what the log tells of who works on a plan. Zero times mean never.
type Activity struct {
	Created     time.Time
	Seller      time.Time // latest edit by the selling side
	Buyer       time.Time
	SellerEdits int
	BuyerEdits  int
}

// Input is all that health depends on.
type Input struct {
	Schedule schedule.Input // with Today
	Status   string         // of the plan: draft, live, paused, won, lost
	Gates    []string       // ids of steps that carry a gate that is not passed
	Slips    []schedule.Slip
	Agreed   string // the go-live both sides agreed on, "" before they did
	Activity Activity
	Now      time.Time
}

// Lights, from good to bad. A plan that is over or paused has none.
const (
	Green  = "green"
	Yellow = "yellow"
	Red    = "red"
	None   = ""
)

// Health is how a plan is doing.
type Health struct {
	Light   string   `json:"light"`
	Reasons []Reason `json:"reasons"` // worst first; empty for green and none

	Done    int `json:"done"` // milestones and tasks, skipped ones in neither number
	Total   int `json:"total"`
	Overdue int `json:"overdue"`
	Blocked int `json:"blocked"`

	GoLive  schedule.GoLive `json:"goLive"`
	Slipped int             `json:"slipped"` // working days, see slipped

	Next *Step `json:"next"` // the open step that is due first
	Gate *Step `json:"gate"` // the open step with a gate that is due first

	SellerEdits int    `json:"sellerEdits"`
	BuyerEdits  int    `json:"buyerEdits"`
	SellerAt    string `json:"sellerAt"` // ISO time of the latest edit, "" for none
	BuyerAt     string `json:"buyerAt"`
}

// Step is one step in a list.
type Step struct {
	Node  string `json:"node"`
	Title string `json:"title"`
	Due   string `json:"due"`
	Side  string `json:"side"`
}

// Reason is why a light is not green.
type Reason struct {
	Code  string `json:"code"`
	Light string `json:"light"` // the light this reason alone would give
	Node  string `json:"node"`
	Title string `json:"title"`
	Days  int    `json:"days"`
	Count int    `json:"count"`
}

// Codes of a Reason.
const (
	Late        = "late"         // go-live is forecast Days working days after its date
	Overdue     = "overdue"      // Count steps are past their date, the longest (Title) by Days days
	Blocked     = "blocked"      // Count steps are blocked, Title first
	Quiet       = "quiet"        // nobody has edited for Days days
	BuyerQuiet  = "buyer-quiet"  // the buying side has not edited for Days days
	SellerQuiet = "seller-quiet" // the selling side has not
	BuyerNever  = "buyer-never"  // the buying side has not edited since the plan began Days days ago
	NoDate      = "no-date"      // nothing in the plan has a date
)

// Bounds, in days. Working days for what is about dates, calendar days for what
// is about people. They are judgements: a plan that nobody touched for two
// weeks has in effect stopped, a week is worth a question.
const (
	lateRed     = 10
	overdueRed  = 10
	overdueMany = 3
	quietYellow = 7
	quietRed    = 14
	graceNever  = 3
)

// Of computes a plan's health.
func Of(in Input) Health {
	r := schedule.Run(in.Schedule)
	h := Health{
		Reasons: []Reason{}, GoLive: r.GoLive,
		SellerEdits: in.Activity.SellerEdits, BuyerEdits: in.Activity.BuyerEdits,
		SellerAt: iso(in.Activity.Seller), BuyerAt: iso(in.Activity.Buyer),
	}
	h.Slipped = slipped(in, r.GoLive)
	dates := make(map[string]schedule.NodeDate, len(r.Nodes))
	for _, d := range r.Nodes {
		dates[d.ID] = d
	}
	var overdue, blocked Reason
	for _, n := range in.Schedule.Nodes {
		if n.Kind != "milestone" && n.Kind != "task" || n.Status == "skipped" {
			continue
		}
		h.Total++
		if n.Status == "done" {
			h.Done++
			continue
		}
		d := dates[n.ID]
		step := &Step{n.ID, n.Title, d.Due, n.Side}
		if sooner(step, h.Next) {
			h.Next = step
		}
		if slices.Contains(in.Gates, n.ID) && sooner(step, h.Gate) {
			h.Gate = step
		}
		if n.Status == "blocked" {
			h.Blocked++
			if blocked.Count == 0 {
				blocked = Reason{Code: Blocked, Light: Yellow, Node: n.ID, Title: n.Title}
			}
			blocked.Count++
		}
		// The date as agreed: one that was typed, or that the plan was given.
		agreed := cmp.Or(n.Due, d.Due)
		if in.Schedule.Today != "" && agreed != "" && agreed < in.Schedule.Today {
			h.Overdue++
			overdue.Count++
			if days := schedule.WorkingDays(in.Schedule.Calendar, agreed, in.Schedule.Today); days >= overdue.Days {
				overdue.Code, overdue.Node, overdue.Title, overdue.Days = Overdue, n.ID, n.Title, days
			}
		}
	}
	if in.Status == "won" || in.Status == "lost" || in.Status == "paused" {
		return h
	}
	h.Light = Green
	if overdue.Count > 0 {
		overdue.Light = Yellow
		if overdue.Days >= overdueRed || overdue.Count >= overdueMany {
			overdue.Light = Red
		}
		h.Reasons = append(h.Reasons, overdue)
	}
	if late := r.GoLive.Late; late > 0 {
		h.Reasons = append(h.Reasons, Reason{Code: Late, Light: pick(late >= lateRed), Days: late})
	}
	if blocked.Count > 0 {
		h.Reasons = append(h.Reasons, blocked)
	}
	if h.Total > 0 && h.Done < h.Total {
		h.Reasons = append(h.Reasons, quiet(in)...)
		if !r.Dated {
			h.Reasons = append(h.Reasons, Reason{Code: NoDate, Light: Yellow})
		}
	}
	// Red before yellow, otherwise as they came.
	slices.SortStableFunc(h.Reasons, func(a, b Reason) int { return cmp.Compare(rank(b.Light), rank(a.Light)) })
	if len(h.Reasons) > 0 {
		h.Light = h.Reasons[0].Light
	}
	return h
}

// slipped is how many working days go-live is now expected after the day both
// sides agreed on, negative when it is before. Before they agree on anything it
// is the days noted as lost less those won back, or how late the forecast is if
// that is more: the two overlap, so they are not added.
func slipped(in Input, g schedule.GoLive) int {
	if in.Agreed != "" {
		if now := cmp.Or(g.Forecast, g.Date); now != "" {
			return schedule.WorkingDays(in.Schedule.Calendar, in.Agreed, now)
		}
	}
	noted := 0
	for _, s := range in.Slips {
		noted += s.Days
	}
	if g.Late > 0 {
		return max(noted, g.Late)
	}
	return noted
}

// quiet tells of the longest silence only: when both sides are silent that is
// one reason, not three.
func quiet(in Input) []Reason {
	a := in.Activity
	since := func(t time.Time) int { return int(in.Now.Sub(t) / (24 * time.Hour)) }
	last := a.Created
	for _, t := range []time.Time{a.Seller, a.Buyer} {
		if t.After(last) {
			last = t
		}
	}
	if last.IsZero() {
		return nil
	}
	if days := since(last); days >= quietYellow {
		return []Reason{{Code: Quiet, Light: pick(days >= quietRed), Days: days}}
	}
	if a.Buyer.IsZero() {
		if days := since(a.Created); !a.Created.IsZero() && days >= graceNever {
			return []Reason{{Code: BuyerNever, Light: pick(days >= quietRed), Days: days}}
		}
	} else if days := since(a.Buyer); days >= quietYellow {
		return []Reason{{Code: BuyerQuiet, Light: pick(days >= quietRed), Days: days}}
	}
	if !a.Seller.IsZero() {
		if days := since(a.Seller); days >= quietYellow {
			return []Reason{{Code: SellerQuiet, Light: pick(days >= quietRed), Days: days}}
		}
	}
	return nil
}

func pick(red bool) string {
	if red {
		return Red
	}
	return Yellow
}

func rank(light string) int {
	switch light {
	case Red:
		return 2
	case Yellow:
		return 1
	}
	return 0
}

// sooner: dated before undated, earlier before later; of equals the one that
// was there first, which is the one further up in the plan.
func sooner(a, b *Step) bool {
	return b == nil || a.Due != "" && (b.Due == "" || a.Due < b.Due)
}

func iso(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
