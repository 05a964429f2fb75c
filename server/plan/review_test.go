package plan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

func TestReviewHold(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	edit(t, d, func(tx *crdt.Tx) {
		role, _ := d.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RoleName, "Helena Strand")
	})
	ok := func() plan.ReviewArgs {
		return plan.ReviewArgs{
			ID: "r1", Seq: 12, Next: "2026-03-09", People: []string{"Ben Okafor", " Dana Whitfield "},
			Decisions: []plan.DecidedInArgs{
				{Text: " Start the security review at once ", Node: "security-review", Role: "economic-buyer"},
				{Text: "Call on Mondays"},
			},
		}
	}
	for minute := range 2 { // the same again changes nothing
		if res, err := try(t, d, dana, minute, plan.CommandReviewHold, ok()); err != nil || res != (plan.ReviewResult{ID: "r1"}) {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	edit(t, d, func(tx *crdt.Tx) { // what was recorded keeps the names it was recorded with
		node(t, d, "security-review").Set(tx, plan.NodeDel, "2026-03-03T10:00:00.000Z")
	})
	want := `[{"id":"r1","at":"2026-03-02T09:00:00.000Z","by":{"id":"p-dana","name":"Dana Whitfield","role":"buyer","side":"buyer"},` +
		`"seq":12,"next":"2026-03-09","people":["Ben Okafor","Dana Whitfield"],"decisions":[` +
		`{"text":"Start the security review at once","node":"security-review","nodeTitle":"Security review","role":"economic-buyer","who":"Helena Strand, Economic buyer"},` +
		`{"text":"Call on Mondays","node":"","nodeTitle":"","role":"","who":""}]}]`
	if got := asJSON(t, plan.Read(d).Reviews); compact(t, got) != compact(t, want) {
		t.Errorf("recorded %s", got)
	}

	cases := []struct {
		name, code, part string
		change           func(*plan.ReviewArgs)
	}{
		{"id", plan.CodeInvalid, "not usable", func(a *plan.ReviewArgs) { a.ID = "a b" }},
		{"taken id", plan.CodeConflict, "recorded already", func(a *plan.ReviewArgs) { a.ID, a.Decisions = "r1", nil }},
		{"no position", plan.CodeInvalid, "up to which entry", func(a *plan.ReviewArgs) { a.Seq = 0 }},
		{"no number JavaScript holds", plan.CodeInvalid, "up to which entry", func(a *plan.ReviewArgs) { a.Seq = 1 << 53 }},
		{"next", plan.CodeInvalid, "not a calendar date", func(a *plan.ReviewArgs) { a.Next = "Monday" }},
		{"nameless", plan.CodeInvalid, "has no name", func(a *plan.ReviewArgs) { a.People[0] = "  " }},
		{"long name", plan.CodeInvalid, "121 characters", func(a *plan.ReviewArgs) { a.People[0] = strings.Repeat("x", 121) }},
		{"a crowd", plan.CodeInvalid, "51 people", func(a *plan.ReviewArgs) { a.People = strings.Split(strings.Repeat("x ", 50)+"x", " ") }},
		{"empty", plan.CodeInvalid, "Decision 2 is empty", func(a *plan.ReviewArgs) { a.Decisions[1].Text = " \n" }},
		{"too long", plan.CodeInvalid, "Decision 1 is 1001 characters", func(a *plan.ReviewArgs) { a.Decisions[0].Text = strings.Repeat("x", 1001) }},
		{"too many", plan.CodeInvalid, "51 decisions", func(a *plan.ReviewArgs) { a.Decisions = make([]plan.DecidedInArgs, 51) }},
		{"unknown step", plan.CodeNotFound, "Decision 2 is about a step", func(a *plan.ReviewArgs) { a.Decisions[0].Node, a.Decisions[1].Node = "", "nowhere" }},
		{"deleted step", plan.CodeNotFound, "Decision 1 is about a step", func(a *plan.ReviewArgs) {}},
		{"unknown role", plan.CodeNotFound, "Decision 2 is with a role", func(a *plan.ReviewArgs) { a.Decisions[0].Node, a.Decisions[1].Role = "", "nobody" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			args := ok()
			args.ID = "r2"
			c.change(&args)
			_, err := try(t, d, ben, 5, plan.CommandReviewHold, args)
			refusedWith(t, err, c.code, c.part)
		})
	}
	if n := len(plan.Read(d).Reviews); n != 1 {
		t.Errorf("%d reviews", n)
	}
}

// A review can't claim to have seen what is still to come.
func TestCheckReview(t *testing.T) {
	check := plan.Commands()[plan.CommandReviewHold].Check
	for seq, part := range map[string]string{"7": "", "8": "", "9": "ends at 8", "0": "ends at 8", `"8"`: "should be"} {
		err := check(json.RawMessage(`{"seq":`+seq+`}`), 8)
		if part == "" && err != nil {
			t.Errorf("up to %s of 8: %v", seq, err)
		} else if part != "" {
			refusedWith(t, err, plan.CodeInvalid, part)
		}
	}
	if plan.Commands()[plan.CommandReviewHold].Needs != plan.RightWrite {
		t.Error("reading is enough to close a review")
	}
}

func reviewsPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	for minute, args := range []plan.ReviewArgs{
		{ID: "b", Seq: 3},
		{ID: "a", Seq: 40, Next: "2026-03-09", People: []string{"Ben", "Zoë 👩‍🚀"}, Decisions: []plan.DecidedInArgs{
			{Text: "Two lines\nof it", Node: "kick-off"}, {Text: "Somebody does it", Role: "champion"},
		}},
	} {
		if _, err := try(t, d, []plan.Person{ben, dana}[minute], minute, plan.CommandReviewHold, args); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, d, func(tx *crdt.Tx) {
		reviews := d.Map(plan.RootReviews)
		reviews.Set(tx, "odd", "a string where a map was")
		m := reviews.SetMap(tx, "strange")
		m.Set(tx, plan.ReviewBy, 7)
		m.Set(tx, plan.ReviewAt, true)
		m.Set(tx, plan.ReviewSeq, 1.5)
		m.Set(tx, plan.ReviewNext, "soon")
		m.Set(tx, plan.ReviewPeople, []any{"Ben", 3, nil})
		m.Set(tx, plan.ReviewDecisions, []any{"a string", map[string]any{plan.DecidedText: 3, plan.DecidedWho: "Ben", "more": 1}, nil})
		reviews.SetMap(tx, "stranger").Set(tx, plan.ReviewDecisions, map[string]any{})
		reviews.SetMap(tx, "empty")
	})
	return d
}

func compact(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	dec := json.NewDecoder(strings.NewReader(s))
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
