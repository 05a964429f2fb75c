package plan_test

import (
	"errors"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

func TestCreateEnterprise(t *testing.T) {
	v := plan.Read(newPlan(t, "enterprise-evaluation"))
	if v.Title != "Northwind × Acme" || v.PlanID != "p1" || v.Schema != plan.SchemaVersion || v.Noun != plan.DefaultNoun || v.Status != plan.PlanDraft {
		t.Errorf("head of the plan: %q %q %d %q %q", v.Title, v.PlanID, v.Schema, v.Noun, v.Status)
	}
	if len(v.Warnings) > 0 {
		t.Errorf("a new plan warns: %+v", v.Warnings)
	}
	var got []string
	v.Walk(func(n *plan.Node) bool {
		got = append(got, n.Title)
		if n.Kind != plan.KindStage && (n.Due == "" || n.Days == nil || n.Owners[0].Kind != plan.OwnerAccountable || n.NoteText == "") {
			t.Errorf("%s lacks a date, duration, owner or description: %+v", n.Title, n)
		}
		return true
	})
	want := "Evaluation, Platform demo, Executive presentation, POC kick-off, POC results review, " +
		"Procurement, Security review, Legal redline, Contract sign-off, " +
		"Implementation, Kick-off call, Admin training, First-value review"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("nodes: %s\nwant:  %s", s, want)
	}
	for id, due := range map[string]string{
		"admin-training":     "2026-06-30", // the anchor
		"kick-off-call":      "2026-06-16", // ten working days before
		"contract-sign-off":  "2026-06-05", // and seven more
		"legal-redline":      "2026-05-29",
		"security-review":    "2026-05-29", // as late as the signature allows
		"poc-results-review": "2026-05-08",
		"first-value-review": "2026-07-28", // twenty after the anchor
	} {
		if n := v.Find(id); n.Due != due {
			t.Errorf("%s is due %s, want %s", id, n.Due, due)
		}
	}
	if v.Progress != (plan.Progress{Done: 0, Total: 10}) {
		t.Errorf("progress %+v", v.Progress)
	}
}

func TestCreateWithoutDate(t *testing.T) {
	for kind, want := range map[string]string{
		"":                "2026-04-09", // go-live unless told otherwise: 28 working days of steps
		plan.AnchorGoLive: "2026-04-09",
		plan.AnchorValue:  "2026-04-23", // ten more
		plan.AnchorStart:  "2026-03-03", // the working day after today
	} {
		d := crdt.New(crdt.Options{ClientID: 1})
		create(t, d, plan.CreateInput{ID: "p", Title: "T", Template: "quick-start", Now: start, Anchor: plan.AnchorInput{Kind: kind}})
		v := plan.Read(d)
		if v.Anchor.Date != want || !v.Anchor.Provisional {
			t.Errorf("anchor %q: date %s, provisional %v; want %s, provisional", kind, v.Anchor.Date, v.Anchor.Provisional, want)
		}
		if first := v.Find("goal"); first.Due != "2026-03-04" { // two days from Tuesday 3 March
			t.Errorf("anchor %q: the first step is due %s", kind, first.Due)
		}
	}
}

// A plan without steps has no date to be late for.
func TestCreateBlankWithoutDate(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1})
	create(t, d, plan.CreateInput{ID: "p", Title: "T", Template: "blank", Now: start})
	if a := plan.Read(d).Anchor; a.Date != "" || a.Provisional || a.Kind != plan.AnchorGoLive {
		t.Errorf("anchor %+v, want a go-live without a date", a)
	}
}

func TestCreateRefuses(t *testing.T) {
	good := plan.CreateInput{ID: "p1", Title: "T", Template: "blank", Now: start}
	for _, c := range []struct {
		why, where, says string
		change           func(in *plan.CreateInput)
	}{
		{"no title", "title", "needs a title", func(in *plan.CreateInput) { in.Title = " \n" }},
		{"a title too long", "title", "201 characters", func(in *plan.CreateInput) { in.Title = strings.Repeat("x", 201) }},
		{"an unknown template", "template", "no template “nope”", func(in *plan.CreateInput) { in.Template = "nope" }},
		{"a bad id", "id", "not usable", func(in *plan.CreateInput) { in.ID = "a/b" }},
		{"a date that is none", "anchor.date", "“2026-02-30” is not a calendar date", func(in *plan.CreateInput) { in.Anchor.Date = "2026-02-30" }},
		{"an unknown anchor", "anchor.kind", "“go-live”, “value” or “start”", func(in *plan.CreateInput) { in.Anchor.Kind = "whenever" }},
		{"a language without templates", "language", "use “en” or “de”", func(in *plan.CreateInput) { in.Language = "de-AT" }},
		{"a noun too long", "noun", "61 characters", func(in *plan.CreateInput) { in.Noun = strings.Repeat("x", 61) }},
	} {
		in := good
		c.change(&in)
		d := crdt.New(crdt.Options{ClientID: 1})
		var err error
		d.Transact(nil, func(tx *crdt.Tx) { err = plan.Create(d, tx, in) })
		refused(t, c.why, err, c.where, c.says)
		if d.State(1) != 0 {
			t.Errorf("%s: something was written all the same", c.why)
		}
	}
	d := newPlan(t, "blank")
	var err error
	d.Transact(nil, func(tx *crdt.Tx) { err = plan.Create(d, tx, good) })
	refused(t, "a second plan in one document", err, "id", "a plan here already")
}

// refused checks that err is a refusal about where that says the given words.
func refused(t *testing.T, why string, err error, where, says string) {
	t.Helper()
	var r *plan.Refusal
	if !errors.As(err, &r) {
		t.Errorf("%s: got %v, want a refusal", why, err)
		return
	}
	if r.Where != where || !strings.Contains(r.Message, says) {
		t.Errorf("%s: refused at %q with %q; want %q with “%s”", why, r.Where, r.Message, where, says)
	}
}
