package replay_test

import (
	"encoding/json"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
)

var testTime = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

// What is noted and agreed about dates, and on reviews, is told by what it means.
func TestDateSentences(t *testing.T) {
	w := newWorld(t, 3, "enterprise-evaluation")
	ben := plan.Person{ID: "ben", Name: "Ben", Side: plan.SideSeller}
	dana := plan.Person{ID: "dana", Name: "Dana", Side: plan.SideBuyer}
	run := func(by plan.Person, name string, args any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			raw, _ := json.Marshal(args)
			if _, err := plan.Commands()[name].Run(d, tx, by, testTime, raw); err != nil {
				t.Fatal(err)
			}
		}
	}
	at := plan.BaselineArgs{At: plan.Stamp(testTime)}
	due := func(d *crdt.Doc, tx *crdt.Tx) {
		m, _ := d.Map(plan.RootNodes).Map("security-review")
		m.Set(tx, plan.NodeDue, "2026-05-19")
	}
	steps := []struct {
		who  int
		edit func(*crdt.Doc, *crdt.Tx)
		want string
	}{
		{0, run(ben, plan.CommandBaselinePropose, map[string]any{}), "Ben (seller) proposed the dates to agree on"},
		{1, run(dana, plan.CommandBaselineWithdraw, at), "Dana (buyer) took the proposed dates away"},
		{0, run(ben, plan.CommandBaselinePropose, map[string]any{}), "Ben (seller) proposed the dates to agree on"},
		{1, run(dana, plan.CommandBaselineAgree, at), "Dana (buyer) agreed to the proposed dates"},
		{1, due, ""},
		{1, run(dana, plan.CommandSlipRecord, plan.SlipArgs{Node: "security-review", From: "2026-05-12", To: "2026-05-19", Side: "buyer", Reason: "Came late"}),
			"Dana (buyer) noted that *Security review* lost 5 working days: “Came late”"},
		{0, run(ben, plan.CommandReviewHold, plan.ReviewArgs{Seq: 1}), "Ben (seller) closed a review without decisions"},
		{1, run(dana, plan.CommandReviewHold, plan.ReviewArgs{Seq: 2, Decisions: []plan.DecidedInArgs{{Text: "Start now", Node: "security-review"}}}),
			"Dana (buyer) closed a review and noted what was decided: “Start now”"},
		{1, run(dana, plan.CommandReviewHold, plan.ReviewArgs{Seq: 2, Decisions: []plan.DecidedInArgs{{Text: "One"}, {Text: "Two"}}}),
			"Dana (buyer) closed a review with 2 decisions, the first: “One”"},
	}
	for _, s := range steps {
		if got := w.tellEdit(s.who, s.edit).Sentence; s.want != "" && got != s.want {
			t.Errorf("told %q, want %q", got, s.want)
		}
	}
}
