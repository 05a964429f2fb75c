package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"coplan/server/plan/schedule"
)

// orderly is a plan in which nothing fights: no typed dates, nothing begun,
// dependencies on earlier steps only. Its calendar is as odd as any.
func orderly(r *rand.Rand) schedule.Input {
	in := schedule.Input{
		Anchor: schedule.Anchor{Kind: pick(r, "go-live", "value", "start"), Date: schedule.AddWorkingDays(schedule.Calendar{}, "2027-03-01", r.IntN(200))},
		Roles:  []schedule.Role{{ID: "ciso", Person: "Mara"}, {ID: "ae", Person: "Ben"}},
	}
	in.Calendar.Weekend = pick(r, nil, []int{6, 7}, []int{5, 6}, []int{7})
	for range r.IntN(6) {
		in.Calendar.Holidays = append(in.Calendar.Holidays, schedule.Holiday{Date: randomDate(r)})
	}
	for range r.IntN(3) {
		from := randomDate(r)
		to := schedule.AddWorkingDays(schedule.Calendar{}, from, r.IntN(10))
		in.Calendar.Freezes = append(in.Calendar.Freezes, schedule.Span{From: min(from, to), To: max(from, to)})
	}
	for range r.IntN(3) {
		from := randomDate(r)
		to := schedule.AddWorkingDays(schedule.Calendar{}, from, r.IntN(10))
		in.Calendar.Away = append(in.Calendar.Away, schedule.Away{Role: pick(r, "ciso", "ae"), From: min(from, to), To: max(from, to)})
	}
	for i := range 2 + r.IntN(10) {
		if i%4 == 0 {
			in.Nodes = append(in.Nodes, stage(fmt.Sprint("s", i/4)))
		}
		n := step(fmt.Sprintf("n%02d", i), fmt.Sprint("s", i/4), 1+r.IntN(12))
		n.Owner = pick(r, "", "ciso", "ae")
		for j := range i {
			if r.IntN(4) == 0 && j > i-4 {
				n.After = append(n.After, schedule.After{Node: fmt.Sprintf("n%02d", j), Type: pick(r, "FS", "SS", "FF", "SF"), Lag: pick(r, 0, 0, 1, 5, -2)})
			}
		}
		in.Nodes = append(in.Nodes, n)
	}
	return in
}

func eachPlan(t *testing.T, fn func(t *testing.T, r *rand.Rand, in schedule.Input)) {
	for seed := range uint64(500) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 11))
			fn(t, r, orderly(r))
		})
	}
}

func byID(r schedule.Result) map[string]schedule.NodeDate {
	out := map[string]schedule.NodeDate{}
	for _, n := range r.Nodes {
		out[n.ID] = n
	}
	return out
}

// Whatever the calendar, every dependency holds, every step has its days, and
// nobody has to end something on a day off.
func TestScheduleKeepsItsPromises(t *testing.T) {
	held := 0
	eachPlan(t, func(t *testing.T, _ *rand.Rand, in schedule.Input) {
		result := schedule.Run(in)
		dates := byID(result)
		between := func(from, to string) int { return schedule.WorkingDays(in.Calendar, from, to) }
		for _, n := range in.Nodes {
			if n.Kind == "stage" {
				continue
			}
			d := dates[n.ID]
			if got := between(d.Start, d.Due) + 1; got < *n.Days {
				t.Errorf("%s takes %d days, from %s to %s are %d", n.ID, *n.Days, d.Start, d.Due, got)
			}
			if d.Slack == nil || *d.Slack < 0 && result.GoLive.Late <= 0 {
				t.Errorf("%s has slack %v in a plan that is not late", n.ID, d.Slack)
			}
			for _, a := range n.After {
				from := dates[a.Node]
				ok := map[string]bool{
					"FS": between(from.Due, d.Start) >= a.Lag+1, "SS": between(from.Start, d.Start) >= a.Lag,
					"FF": between(from.Due, d.Due) >= a.Lag, "SF": between(from.Start, d.Due) >= a.Lag-1,
				}[a.Type]
				if !ok {
					t.Errorf("%s (%s to %s) %s%+d %s (%s to %s) does not hold", a.Node, from.Start, from.Due, a.Type, a.Lag, n.ID, d.Start, d.Due)
				}
				held++
			}
		}
		for _, p := range result.Problems {
			if p.Node != "" && (p.Code == schedule.ProblemNonWorking || p.Code == schedule.ProblemAway) {
				t.Errorf("%s ends on a day off, %s", p.Node, p.Date)
			}
		}
		if len(result.Critical) == 0 {
			t.Error("nothing is critical")
		}
	})
	if held < 1000 {
		t.Errorf("only %d dependencies were looked at", held)
	}
}

// Moving the anchor moves everything by as many working days: no offset is lost,
// and moving it back gives the same plan.
func TestAnchorMovesAllAlike(t *testing.T) {
	eachPlan(t, func(t *testing.T, r *rand.Rand, in schedule.Input) {
		in.Calendar = schedule.Calendar{Weekend: in.Calendar.Weekend}
		in.Anchor.Date = schedule.AddWorkingDays(in.Calendar, in.Anchor.Date, 0)
		before := byID(schedule.Run(in))
		by := r.IntN(80) - 40
		moved := schedule.Apply(in, schedule.Change{Kind: "anchor", Date: schedule.AddWorkingDays(in.Calendar, in.Anchor.Date, by)})
		for id, d := range byID(schedule.Run(moved)) {
			if got := schedule.WorkingDays(in.Calendar, before[id].Due, d.Due); got != by {
				t.Errorf("%s moved by %d working days from %s to %s, the anchor by %d", id, got, before[id].Due, d.Due, by)
			}
		}
		back := schedule.Apply(moved, schedule.Change{Kind: "anchor", Date: in.Anchor.Date})
		if !reflect.DeepEqual(schedule.Run(back), schedule.Run(in)) {
			t.Error("moving the anchor there and back made another plan")
		}
	})
}

// A date chosen within a step's room leaves go-live where it is; a preview lists
// exactly the steps whose dates differ, and leaves its input alone.
func TestPreviewIsWhatHappens(t *testing.T) {
	eachPlan(t, func(t *testing.T, r *rand.Rand, in schedule.Input) {
		result := schedule.Run(in)
		dates := byID(result)
		var n schedule.Node
		for n.Kind != "milestone" {
			n = in.Nodes[r.IntN(len(in.Nodes))]
		}
		d := dates[n.ID]
		room := *d.Slack
		if room >= 0 {
			within := schedule.Change{Kind: "due", Node: n.ID, Date: schedule.AddWorkingDays(in.Calendar, d.EarliestDue, r.IntN(room+1))}
			p, after := schedule.PreviewChange(in, within), schedule.Run(schedule.Apply(in, within))
			late := p.GoLive.Days > 0 && result.GoLive.Late <= 0
			if in.Anchor.Kind == "start" { // there the room is before the end of it all
				late = after.Finish > result.Finish
			}
			if late {
				t.Errorf("%s on %s, between %s and %s, moves the end", n.ID, within.Date, d.EarliestDue, d.LatestDue)
			}
		}
		change := randomChange(r, in)
		if r.IntN(2) == 0 {
			change = randomPlanChange(r, in)
		}
		copied := with(in, func(*schedule.Input) {})
		p := schedule.PreviewChange(in, change)
		if !reflect.DeepEqual(in, copied) {
			t.Error("the preview changed its input")
		}
		moved := map[string]bool{}
		for _, m := range p.Moves {
			moved[m.Node] = true
		}
		after := byID(schedule.Run(schedule.Apply(in, change)))
		for _, n := range in.Nodes {
			was, is := dates[n.ID].Finish, after[n.ID].Finish
			other := n.Kind != "stage" && (n.ID != change.Node || change.Kind == "target")
			if want := other && was != is && was != "" && is != ""; want != moved[n.ID] {
				t.Errorf("%+v: %s %s → %s, listed %v", change, n.ID, was, is, moved[n.ID])
			}
		}
	})
}
