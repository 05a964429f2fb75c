package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

// slipsEvent tells of delays that were noted.
func (t *teller) slipsEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		return // a note is written once, with its entry
	}
	t.eachKey(e, func(id string, c crdt.KeyChange) {
		change := Change{Field: plan.RootSlips, Action: c.Action, Say: say("slip.removed")}
		for _, s := range plan.ReadSlips(t.player.doc) {
			if s.ID != id {
				continue
			}
			days, way := s.Days, "lost"
			if days < 0 {
				days, way = -days, "won"
			}
			change.New = s.Reason
			change.Say = say("slip.plan", "way", way, "days", days, "reason", quoted(s.Reason))
			if s.Node != "" {
				head, _ := plan.ReadHead(t.player.doc, s.Node)
				change.Node, change.NodeTitle = s.Node, head.Title
				change.Say.ID = "slip.step"
				change.Say.Values["step"] = titled(head.Title, head.Kind)
			}
		}
		t.add(change)
	})
}

// baselineEvent tells of dates that were proposed, agreed to or taken back.
func (t *teller) baselineEvent(e crdt.Event) {
	change := Change{Field: plan.RootBaseline, Action: "update", Say: say("baseline.agreed")}
	if _, agreed := e.Keys[plan.BaselineAt]; !agreed {
		change.Say = say("baseline.proposed")
		if c := e.Keys[plan.BaselineProposal]; c.Action == "delete" {
			change.Say = say("baseline.withdrawn")
		} else if c.Action == "update" && c.Old != nil {
			change.Say = say("baseline.proposedOther")
		}
	}
	t.once(plan.RootBaseline, change)
}
