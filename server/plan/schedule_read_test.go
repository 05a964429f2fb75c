package plan_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
	"coplan/server/plan/schedule"
)

// What the scheduler is given of each document in the vectors, and of one with
// calendar, slips and baseline; the front end must read the same.
func TestScheduleInputVectors(t *testing.T) {
	type reading struct {
		Name     string             `json:"name"`
		Update   []byte             `json:"update"`
		Input    schedule.Input     `json:"input"`
		Slips    []schedule.Slip    `json:"slips"`
		Baseline *schedule.Baseline `json:"baseline"`
	}
	var got []reading
	for _, c := range append(vectorCases, struct {
		name, about string
		build       func(t *testing.T) *crdt.Doc
	}{"calendar", "", calendarPlan}) {
		d := c.build(t)
		update, err := d.EncodeStateAsUpdate(nil)
		if err != nil {
			t.Fatal(err)
		}
		r := reading{Name: c.name, Update: update, Input: plan.ScheduleInput(d, "2026-03-04"), Slips: plan.ReadSlips(d)}
		if b, ok := plan.ReadBaseline(d); ok {
			r.Baseline = &b
		}
		got = append(got, r)
	}
	path := filepath.Join(vectorDir, "schedule", "documents.json")
	if *update {
		if err := os.WriteFile(path, []byte(asJSON(t, got)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with: go test ./server/plan -update)", err)
	}
	var want []reading
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if i >= len(got) || !reflect.DeepEqual(asJSON(t, w.Input), asJSON(t, got[i].Input)) || asJSON(t, w.Slips) != asJSON(t, got[i].Slips) || asJSON(t, w.Baseline) != asJSON(t, got[i].Baseline) {
			t.Errorf("%s reads otherwise (if that is meant: go test ./server/plan -update)", w.Name)
		}
	}
	if len(want) != len(got) {
		t.Errorf("%d documents, want %d", len(got), len(want))
	}
}

func calendarPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "enterprise-evaluation")
	edit(t, d, func(tx *crdt.Tx) {
		c := d.Map(plan.RootCalendar)
		c.Set(tx, plan.CalendarWeekend, []any{5, 6.0, 6.5, "7", 9})
		c.Set(tx, plan.CalendarQuarters, map[string]any{plan.QuartersMonth: 2, plan.QuartersDays: 5.0, "note": "ours"})
		holidays, _ := c.Map(plan.CalendarHolidays)
		holidays.Set(tx, "2026-05-01", "Labour Day")
		holidays.Set(tx, "2026-04-03", 5)
		holidays.Set(tx, "Easter", "no date")
		freezes, _ := c.Map(plan.CalendarFreezes)
		freezes.Set(tx, "year-end", map[string]any{plan.SpanFrom: "2026-06-15", plan.SpanTo: "2026-06-19", plan.SpanLabel: "Quarter end"})
		freezes.Set(tx, "odd", 7)
		away, _ := c.Map(plan.CalendarAway)
		away.Set(tx, "a1", map[string]any{plan.SpanRole: "security-lead", plan.SpanFrom: "2026-05-04", plan.SpanTo: "soon"})
		m := away.SetMap(tx, "a0")
		m.Set(tx, plan.SpanPerson, "Helena Strand")
		m.Set(tx, plan.SpanFrom, "2026-05-04")
		m.Set(tx, plan.SpanTo, "2026-05-08")
		role, _ := d.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RoleName, "Helena Strand")
		node(t, d, "platform-demo").Set(tx, plan.NodeDoneOn, "2026-04-01")
		node(t, d, "platform-demo").Set(tx, plan.NodePlanned, 4)
		d.Map(plan.RootAnchor).Set(tx, plan.AnchorStep, "first-value-review")
		slip := d.Map(plan.RootSlips).SetMap(tx, "s1")
		for k, v := range map[string]any{plan.SlipNode: "legal-redline", plan.SlipFrom: "2026-05-29", plan.SlipTo: "2026-06-05", plan.SlipDays: 5, plan.SlipSide: "buyer", plan.SlipReason: "Redlines", plan.SlipAt: "2026-05-20T10:00:00.000Z"} {
			slip.Set(tx, k, v)
		}
		d.Map(plan.RootSlips).Set(tx, "odd", "a string")
		b := d.Map(plan.RootBaseline)
		b.Set(tx, plan.BaselineAt, "2026-03-01T10:00:00.000Z")
		b.Set(tx, plan.BaselineGoLive, "2026-06-30")
		b.Set(tx, plan.BaselineDates, map[string]any{"legal-redline": "2026-05-29", "platform-demo": "never", "x": 1})
		b.Set(tx, plan.BaselineAgreed, []any{"seller", "buyer", 3})
	})
	return d
}
