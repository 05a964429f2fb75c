package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

// reviewsEvent tells of reviews that were closed, with what they decided.
func (t *teller) reviewsEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		return // a review is written once, with its entry
	}
	t.eachKey(e, func(id string, c crdt.KeyChange) {
		change := Change{Field: plan.RootReviews, Action: c.Action, Say: say("review.removed")}
		if review, ok := plan.ReadReview(t.player.doc, id); ok {
			change.New, change.Say = id, say("review.closed")
			if n := len(review.Decisions); n > 0 {
				change.Say = say("review.decided", "n", n, "decision", quoted(review.Decisions[0].Text))
			}
		}
		t.add(change)
	})
}
