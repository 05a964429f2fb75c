package replay

import (
	"fmt"

	"coplan/crdt"
	"coplan/server/plan"
)

// slipsEvent tells of delays that were noted.
func (t *teller) slipsEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		return // a note is written once, with its entry
	}
	t.eachKey(e, func(id string, c crdt.KeyChange) {
		change := Change{Field: plan.RootSlips, Action: c.Action, Text: "removed the note of a delay"}
		for _, s := range plan.ReadSlips(t.player.doc) {
			if s.ID != id {
				continue
			}
			what := "the plan's date"
			if s.Node != "" {
				head, _ := plan.ReadHead(t.player.doc, s.Node)
				change.Node, change.NodeTitle, what = s.Node, head.Title, name(head.Title, head.Kind)
			}
			days, verb := s.Days, "lost"
			if days < 0 {
				days, verb = -days, "won"
			}
			unit := "days"
			if days == 1 {
				unit = "day"
			}
			change.New = s.Reason
			change.Text = fmt.Sprintf("noted that %s %s %d working %s: %s", what, verb, days, unit, quote(s.Reason))
		}
		t.add(change)
	})
}

// baselineEvent tells of dates that were proposed, agreed to or taken back.
func (t *teller) baselineEvent(e crdt.Event) {
	change := Change{Field: plan.RootBaseline, Action: "update", Text: "agreed to the proposed dates"}
	if _, agreed := e.Keys[plan.BaselineAt]; !agreed {
		change.Text = "proposed the dates to agree on"
		if c := e.Keys[plan.BaselineProposal]; c.Action == "delete" {
			change.Text = "took the proposed dates away"
		} else if c.Action == "update" && c.Old != nil {
			change.Text = "proposed other dates to agree on"
		}
	}
	t.once(plan.RootBaseline, change)
}
