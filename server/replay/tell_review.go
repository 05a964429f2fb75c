package replay

import (
	"fmt"

	"coplan/crdt"
	"coplan/server/plan"
)

// reviewsEvent tells of reviews that were closed, with what they decided.
func (t *teller) reviewsEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		return // a review is written once, with its entry
	}
	t.eachKey(e, func(id string, c crdt.KeyChange) {
		change := Change{Field: plan.RootReviews, Action: c.Action, Text: "removed the record of a review"}
		if review, ok := plan.ReadReview(t.player.doc, id); ok {
			change.New, change.Text = id, "closed a review without decisions"
			switch n := len(review.Decisions); {
			case n == 1:
				change.Text = "closed a review and noted what was decided: " + quote(review.Decisions[0].Text)
			case n > 1:
				change.Text = fmt.Sprintf("closed a review with %d decisions, the first: %s", n, quote(review.Decisions[0].Text))
			}
		}
		t.add(change)
	})
}
