package plan_test

import (
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

// refusedWith checks that a command was refused with a code and a sentence.
func refusedWith(t *testing.T, err error, code, part string) {
	t.Helper()
	r, ok := err.(*plan.Refusal)
	if !ok || r.Reason != code || !strings.Contains(r.Message, part) {
		t.Errorf("refused with %#v, want %s: …%s…", err, code, part)
	}
}

func TestSlipRecord(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	edit(t, d, func(tx *crdt.Tx) {
		d.Map(plan.RootAnchor).Set(tx, plan.AnchorDate, "2026-06-30")
		m := node(t, d, "security-review")
		m.Set(tx, plan.NodeDue, "2026-05-19")
		m.Delete(tx, plan.NodePlanned)
	})
	ok := plan.SlipArgs{ID: "s1", Node: "security-review", From: "2026-05-12", To: "2026-05-19", Side: plan.SideBuyer, Reason: " Questionnaire came late "}
	for range 2 { // the same again changes nothing
		res, err := try(t, d, dana, 1, plan.CommandSlipRecord, ok)
		if err != nil || res != (plan.SlipResult{ID: "s1", Days: 5}) {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	slips := plan.ReadSlips(d)
	if len(slips) != 1 || slips[0].Days != 5 || slips[0].Side != "buyer" || slips[0].Reason != "Questionnaire came late" {
		t.Fatalf("recorded %+v", slips)
	}
	by, _ := d.Map(plan.RootSlips).Map("s1")
	if who, _ := by.Get(plan.SlipBy); who.(map[string]any)[plan.PersonName] != "Dana Whitfield" {
		t.Errorf("recorded by %v", who)
	}

	cases := []struct {
		name, code, part string
		change           func(*plan.SlipArgs)
	}{
		{"id", plan.CodeInvalid, "not usable", func(a *plan.SlipArgs) { a.ID = "a b" }},
		{"taken id", plan.CodeConflict, "already", func(a *plan.SlipArgs) { a.ID, a.Reason = "s1", "another" }},
		{"from", plan.CodeInvalid, "not a calendar date", func(a *plan.SlipArgs) { a.From = "2026-02-30" }},
		{"to", plan.CodeInvalid, "not a calendar date", func(a *plan.SlipArgs) { a.To = "soon" }},
		{"side", plan.CodeInvalid, "is no side", func(a *plan.SlipArgs) { a.Side = "them" }},
		{"no reason", plan.CodeInvalid, "in a few words", func(a *plan.SlipArgs) { a.Reason = "  " }},
		{"long reason", plan.CodeInvalid, "201 characters", func(a *plan.SlipArgs) { a.Reason = strings.Repeat("x", 201) }},
		{"stage", plan.CodeInvalid, "is a stage", func(a *plan.SlipArgs) { a.Node = "procurement" }},
		{"gone", plan.CodeNotFound, "no longer in the plan", func(a *plan.SlipArgs) { a.Node = "nowhere" }},
		{"another date", plan.CodeConflict, "is due 2026-05-19", func(a *plan.SlipArgs) { a.To = "2026-05-20" }},
		{"no time lost", plan.CodeInvalid, "no working day", func(a *plan.SlipArgs) { a.From = a.To }},
		{"years", plan.CodeInvalid, "can’t be meant", func(a *plan.SlipArgs) { a.From = "1990-01-01" }},
		{"another plan date", plan.CodeConflict, "plan’s date is 2026-06-30", func(a *plan.SlipArgs) { a.Node = "" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			args := ok
			args.ID = ""
			c.change(&args)
			_, err := try(t, d, ben, 2, plan.CommandSlipRecord, args)
			refusedWith(t, err, c.code, c.part)
		})
	}
	anchor := plan.SlipArgs{From: "2026-06-16", To: "2026-06-30", Side: plan.SideJoint, Reason: "Board meets later"}
	if res, err := try(t, d, ben, 3, plan.CommandSlipRecord, anchor); err != nil || res.(plan.SlipResult).Days != 10 {
		t.Errorf("of the plan’s date: %v, %v", res, err)
	}
	edit(t, d, func(tx *crdt.Tx) {
		for i := range plan.MaxSlips {
			d.Map(plan.RootSlips).Set(tx, "x"+strings.Repeat("i", i%50)+string(rune('a'+i%26))+strings.Repeat("j", i/50), i)
		}
	})
	_, err := try(t, d, ben, 4, plan.CommandSlipRecord, plan.SlipArgs{Node: "security-review", From: "2026-05-12", To: "2026-05-19", Side: "buyer", Reason: "x"})
	refusedWith(t, err, plan.CodeFull, "as many as a plan can hold")
}

func TestBaseline(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	auditor := plan.Person{ID: "p-a", Name: "Ada", Role: "auditor"}
	none := map[string]any{}
	_, err := try(t, d, auditor, 1, plan.CommandBaselinePropose, none)
	refusedWith(t, err, plan.CodeForbidden, "neither")
	_, err = try(t, d, dana, 1, plan.CommandBaselineAgree, plan.BaselineArgs{At: "x"})
	refusedWith(t, err, plan.CodeNotFound, "proposed any more")

	propose := func(by plan.Person, minute int) plan.BaselineResult {
		t.Helper()
		res, err := try(t, d, by, minute, plan.CommandBaselinePropose, none)
		if err != nil {
			t.Fatal(err)
		}
		return res.(plan.BaselineResult)
	}
	first := propose(ben, 2)
	if again := propose(ben, 3); again.At != first.At {
		t.Errorf("the same proposal again is %v, was %v", again, first)
	}
	if _, ok := plan.ReadBaseline(d); ok {
		t.Error("a proposal counts as agreed")
	}
	_, err = try(t, d, dana, 3, plan.CommandBaselinePropose, none)
	refusedWith(t, err, plan.CodeConflict, "agree to them instead")
	_, err = try(t, d, ben, 3, plan.CommandBaselineAgree, plan.BaselineArgs{At: first.At})
	refusedWith(t, err, plan.CodeForbidden, "the other side has to agree")
	_, err = try(t, d, auditor, 3, plan.CommandBaselineAgree, plan.BaselineArgs{At: first.At})
	refusedWith(t, err, plan.CodeForbidden, "neither")

	// Another proposal replaces it; nobody agrees to what they did not see.
	set(t, d, "security-review", plan.NodeDue, "2026-05-20")
	second := propose(ben, 4)
	_, err = try(t, d, dana, 5, plan.CommandBaselineAgree, plan.BaselineArgs{At: first.At})
	refusedWith(t, err, plan.CodeConflict, "replaced meanwhile")
	if _, err := try(t, d, dana, 6, plan.CommandBaselineAgree, plan.BaselineArgs{At: second.At}); err != nil {
		t.Fatal(err)
	}
	agreed, ok := plan.ReadBaseline(d)
	if !ok || len(agreed.Agreed) != 2 || agreed.GoLive != "2026-06-30" || agreed.Dates["security-review"] == "" {
		t.Fatalf("agreed %+v", agreed)
	}
	if _, open := plan.ReadBaselineProposal(d); open {
		t.Error("the proposal is still open")
	}
	by, _ := d.Map(plan.RootBaseline).Get(plan.BaselineBy)
	for side, who := range map[string]string{"seller": "Ben Okafor", "buyer": "Dana Whitfield"} {
		if got := by.(map[string]any)[side].(map[string]any)[plan.PersonName]; got != who {
			t.Errorf("%s agreed as %v", side, got)
		}
	}
	_, err = try(t, d, dana, 7, plan.CommandBaselinePropose, none)
	refusedWith(t, err, plan.CodeConflict, "exactly these dates already")

	// Re-baselining: the old agreement stands until both agree again.
	set(t, d, "security-review", plan.NodeDue, "2026-05-27")
	third := propose(dana, 8)
	if still, _ := plan.ReadBaseline(d); still.At != agreed.At {
		t.Error("a new proposal took the agreement away")
	}
	_, err = try(t, d, ben, 9, plan.CommandBaselineWithdraw, plan.BaselineArgs{At: second.At})
	refusedWith(t, err, plan.CodeConflict, "replaced meanwhile")
	if _, err := try(t, d, ben, 9, plan.CommandBaselineWithdraw, plan.BaselineArgs{At: third.At}); err != nil {
		t.Fatal(err)
	}
	_, err = try(t, d, ben, 10, plan.CommandBaselineAgree, plan.BaselineArgs{At: third.At})
	refusedWith(t, err, plan.CodeNotFound, "somebody was faster")

	empty := newPlan(t, "blank")
	edit(t, empty, func(tx *crdt.Tx) { empty.Map(plan.RootAnchor).Delete(tx, plan.AnchorDate) })
	_, err = try(t, empty, ben, 1, plan.CommandBaselinePropose, none)
	refusedWith(t, err, plan.CodeInvalid, "nothing to agree to")
}
