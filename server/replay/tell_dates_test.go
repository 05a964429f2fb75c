package replay_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
	"coplan/server/replay"
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

// Days that can't be worked are told by whom they concern and when they are.
func TestCalendarSentences(t *testing.T) {
	w := newWorld(t, 4, "enterprise-evaluation")
	set := func(part, key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(plan.RootCalendar)
			if part != "" {
				m, _ = m.Map(part)
			}
			if value == nil {
				m.Delete(tx, key)
			} else {
				m.Set(tx, key, value)
			}
		}
	}
	days := func(from, to string, more map[string]any) map[string]any {
		out := map[string]any{plan.SpanFrom: from, plan.SpanTo: to}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	ciso := map[string]any{plan.SpanRole: "security-lead"}
	for _, c := range []struct {
		edit func(*crdt.Doc, *crdt.Tx)
		want string
	}{
		{set(plan.CalendarHolidays, "2026-12-25", "Christmas Day"), "Ben (seller) made 25 Dec, *Christmas Day*, a day off"},
		{set(plan.CalendarHolidays, "2027-01-01", ""), "Ben (seller) made 1 Jan 2027 a day off"},
		{set(plan.CalendarHolidays, "2026-12-25", nil), "Ben (seller) made 25 Dec a working day again"},
		{set(plan.CalendarFreezes, "f", days("2026-12-21", "2027-01-02", map[string]any{plan.SpanLabel: "Year-end"})), "Ben (seller) noted that nothing moves 21 Dec 2026 to 2 Jan 2027 (*Year-end*)"},
		{set(plan.CalendarAway, "a", days("2026-05-04", "2026-05-08", ciso)), "Ben (seller) noted that *Head of information security* is away 4 to 8 May"},
		{set(plan.CalendarAway, "a", days("2026-05-11", "2026-05-11", ciso)), "Ben (seller) noted that *Head of information security* is away 11 May, no longer 4 to 8 May"},
		{set(plan.CalendarAway, "a", nil), "Ben (seller) took out of the calendar that *Head of information security* is away 11 May"},
		{func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootCalendar).Map(plan.CalendarHolidays)
			for _, date := range []string{"2026-12-24", "2026-12-25", "2026-12-26"} {
				m.Set(tx, date, "")
			}
		}, "Ben (seller) added 3 days off to the calendar"},
		{set("", plan.CalendarWeekend, []any{5, 6}), "Ben (seller) changed which days of the week are worked"},
		{set("", plan.CalendarQuarters, map[string]any{plan.QuartersMonth: 1, plan.QuartersDays: 5}), "Ben (seller) asked for a warning about ends of quarters"},
		{set("", plan.CalendarQuarters, nil), "Ben (seller) turned the warning about ends of quarters off"},
	} {
		if got := w.tellEdit(0, c.edit).Sentence; got != c.want {
			t.Errorf("told %q, want %q", got, c.want)
		}
	}
}

// Dates that the schedule made of an edit are told with it, and what was done to
// some steps only is found among everything else.
func TestFollowedDates(t *testing.T) {
	w := newWorld(t, 5, "enterprise-evaluation")
	due := func(id, date, planned string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootNodes).Map(id)
			m.Set(tx, plan.NodeDue, date)
			if planned != "" {
				m.Set(tx, plan.NodePlanned, planned)
			}
		}
	}
	all := func(edits ...func(*crdt.Doc, *crdt.Tx)) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			for _, edit := range edits {
				edit(d, tx)
			}
		}
	}
	item := w.tellEdit(0, all(due("security-review", "2026-03-10", ""), due("contract-sign-off", "2026-03-17", "2026-03-17"), due("kick-off-call", "2026-03-24", "2026-03-24")))
	if want := "Ben (seller) moved *Security review* from 29 May to 10 Mar, and with it 2 steps"; item.Sentence != want {
		t.Errorf("told %q, want %q", item.Sentence, want)
	}
	w.tellEdit(1, due("legal-redline", "2026-03-11", ""))
	w.tellEdit(1, func(d *crdt.Doc, tx *crdt.Tx) {
		m, _ := d.Map(plan.RootNodes).Map("contract-sign-off")
		m.Set(tx, plan.NodeSide, plan.SideSeller)
	})
	keep := func(c replay.Change) bool { return c.Node == "contract-sign-off" && c.Field == plan.NodeDue }
	items, next, err := replay.HistoryOf(context.Background(), w.j, doc, 0, 0, 0, keep)
	if err != nil || len(items) != 1 || next != 0 || len(items[0].Changes) != 1 {
		t.Fatalf("history of one date: %+v, next %d, %v", items, next, err)
	}
	if f := items[0].Changes[0].Follows; f == nil || f.Node != "security-review" || f.NodeTitle != "Security review" || f.Field != plan.NodeDue {
		t.Errorf("it follows from %+v", f)
	}
}
