package plan

import (
	"time"

	"coplan/server/plan/schedule"
)

// scheduleInput is the template as the scheduler sees it.
func (t Template) scheduleInput(kind, date string) schedule.Input {
	in := schedule.Input{Anchor: schedule.Anchor{Kind: kind, Date: date, Node: t.anchorStep(kind)}}
	for _, stage := range t.Stages {
		in.Nodes = append(in.Nodes, schedule.Node{ID: stage.ID, Kind: KindStage, Title: stage.Title})
		for _, step := range stage.Steps {
			n := schedule.Node{ID: step.ID, Kind: step.Kind, Parent: stage.ID, Title: step.Title, Days: &step.Days}
			for _, id := range step.After {
				n.After = append(n.After, schedule.After{Node: id, Type: "FS"})
			}
			in.Nodes = append(in.Nodes, n)
		}
	}
	return in
}

// anchorStep is the step whose end an anchor of that kind is, "" for the last.
func (t Template) anchorStep(kind string) string {
	if kind == AnchorValue {
		return t.Value
	}
	return t.GoLive
}

// dates returns the due date of each step by id.
func (t Template) dates(kind, date string) map[string]string {
	due := map[string]string{}
	for _, n := range schedule.Run(t.scheduleInput(kind, date)).Nodes {
		due[n.ID] = n.Due
	}
	return due
}

// provisionalAnchor is the anchor date of a plan whose work starts on the first
// working day after now.
func (t Template) provisionalAnchor(kind string, now time.Time) string {
	in := t.scheduleInput(AnchorStart, "")
	in.Anchor.Node = t.anchorStep(kind)
	return provisionalAnchor(in, kind, now)
}

// Days is the length of the template in working days: its longest chain of
// steps.
func (t Template) Days() int {
	const monday = "2024-01-01"
	r := schedule.Run(t.scheduleInput(AnchorStart, monday))
	if r.Finish == "" {
		return 0
	}
	return schedule.WorkingDays(schedule.Calendar{}, monday, r.Finish) + 1
}
