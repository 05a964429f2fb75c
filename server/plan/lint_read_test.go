package plan_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
	"coplan/server/plan/lint"
)

// What the rules are given of each document in the vectors, and what they say;
// the front end must read and say the same.
func TestLintVectors(t *testing.T) {
	type reading struct {
		Name   string      `json:"name"`
		Update []byte      `json:"update"`
		Input  lint.Input  `json:"input"`
		Lints  []lint.Lint `json:"lints"`
	}
	var got []reading
	for _, c := range vectorCases {
		d := c.build(t)
		update, err := d.EncodeStateAsUpdate(nil)
		if err != nil {
			t.Fatal(err)
		}
		in := plan.LintInput(d, "2026-03-04", "2026-02-01")
		got = append(got, reading{c.name, update, in, lint.Check(in)})
	}
	path := filepath.Join(vectorDir, "lint", "documents.json")
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
		if i >= len(got) || asJSON(t, w.Input) != asJSON(t, got[i].Input) || asJSON(t, w.Lints) != asJSON(t, got[i].Lints) {
			t.Errorf("%s reads otherwise (if that is meant: go test ./server/plan -update)", w.Name)
		}
	}
	if len(want) != len(got) {
		t.Errorf("%d documents, want %d", len(got), len(want))
	}
}

// whyPlan has a business case, metrics in an order of their own, one of them
// removed, odd values beside them, gates, and dismissed suggestions.
func whyPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "enterprise-evaluation")
	edit(t, d, func(tx *crdt.Tx) {
		for key, words := range map[string]string{plan.CaseMetric: "Share of freight invoices paid wrongly", plan.CaseInaction: "€12,000 a week 🚚"} {
			text, _ := d.Map(plan.RootCase).Text(key)
			text.Insert(tx, 0, words, nil)
		}
		d.Map(plan.RootCase).Set(tx, plan.CaseOutcome, "a plain string reads too")
		d.Map(plan.RootCase).Set(tx, plan.CaseInitiative, 4)
		metric := func(id, ord, name string) crdt.Map {
			m := d.Map(plan.RootMetrics).SetMap(tx, id)
			m.Set(tx, plan.MetricOrd, ord)
			m.SetText(tx, plan.MetricName).Insert(tx, 0, name, nil)
			m.SetText(tx, plan.MetricBaseline)
			m.SetText(tx, plan.MetricTarget)
			return m
		}
		m := metric("overpaid", "V", "Overpaid freight")
		m.Set(tx, plan.MetricDate, "2026-09-30")
		m.Set(tx, plan.MetricRole, "champion")
		metric("days", "F", "Days per month spent checking").Set(tx, plan.MetricDate, "autumn")
		metric("gone", "A", "Removed").Set(tx, plan.MetricDel, "2026-03-03T10:00:00.000Z")
		metric("tie", "F", "The same place")
		d.Map(plan.RootMetrics).Set(tx, "odd", "a string")
		d.Map(plan.RootDismissed).Set(tx, "stale", "2026-03-03T10:00:00.000Z")
		d.Map(plan.RootDismissed).Set(tx, "no-owner:x", "2026-03-03T11:00:00.000Z")
		d.Map(plan.RootDismissed).Set(tx, "no-owner:y", 5)
		d.Map(plan.RootDismissed).Set(tx, "no-owner:z", nil)
		node(t, d, "legal-redline").Set(tx, plan.NodeOutcome, "overpaid")
		node(t, d, "legal-redline").SetMap(tx, plan.NodeGate).Set(tx, plan.GateOn, true)
		gate := node(t, d, "security-review").SetMap(tx, plan.NodeGate)
		gate.Set(tx, plan.GateOn, true)
		gate.Set(tx, plan.GateReviewer, "economic-buyer")
		node(t, d, "contract-sign-off").Set(tx, plan.NodeGate, map[string]any{plan.GateReviewer: 7})
		node(t, d, "kick-off-call").Set(tx, plan.NodeGate, "yes")
		owners, _ := node(t, d, "admin-training").Map(plan.NodeOwners)
		owners.Delete(tx, "success-manager")
		node(t, d, "admin-training").Delete(tx, plan.NodeDue)
		role, _ := d.Map(plan.RootRoles).Map("security-lead")
		role.Set(tx, plan.RoleKind, "")
		role.Set(tx, plan.RoleInvolveBy, "2026-03-10")
	})
	return d
}
