package replay_test

import (
	"encoding/json"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
)

func TestGateSentences(t *testing.T) {
	const bens, danas = 0, 1
	w := newWorld(t, 1, "enterprise-evaluation")
	gate := func(d *crdt.Doc) crdt.Map {
		m, _ := d.Map(plan.RootNodes).Map("security-review")
		g, _ := m.Map(plan.NodeGate)
		return g
	}
	put := func(key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { gate(d).Set(tx, key, value) }
	}
	list := func(d *crdt.Doc) crdt.Map { m, _ := gate(d).Map(plan.GateExit); return m }
	criterion := func(key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := list(d).Map("c1")
			if value == nil {
				m.Delete(tx, key)
				return
			}
			m.Set(tx, key, value)
		}
	}
	command := func(name string, args any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			raw, err := json.Marshal(args)
			if err != nil {
				t.Fatal(err)
			}
			dana := plan.Person{ID: "p-dana", Name: "Dana", Role: "buyer", Side: "buyer"}
			if _, err := plan.Commands()[name].Run(d, tx, dana, time.Date(2026, 6, 20, 9, 0, 0, 0, time.UTC), raw); err != nil {
				t.Fatal(err)
			}
		}
	}
	sign := func(decision, note string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			v := plan.Read(d)
			args := plan.GateSignArgs{Node: "security-review", Decision: decision, Note: note, Claim: true, StateHash: v.Find("security-review").Gate.StateHash}
			command(plan.CommandGateSign, args)(d, tx)
		}
	}
	rule := func(key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { m, _ := d.Map(plan.RootRules).Map("r1"); m.Set(tx, key, value) }
	}
	for _, c := range []struct {
		who  int
		do   func(d *crdt.Doc, tx *crdt.Tx)
		want string
	}{
		{bens, put(plan.GateOn, true), "Ben (seller) added a gate to *Security review*"},
		{bens, put(plan.GateReviewer, "security-lead"), "Ben (seller) made *Head of information security* the reviewer of the gate of *Security review*"},
		{bens, put(plan.GateReviewer, ""), "Ben (seller) left the gate of *Security review* without a reviewer"},
		{bens, put(plan.GateEvidence, 1), "Ben (seller) asked for a piece of evidence at the gate of *Security review*"},
		{bens, put(plan.GateEvidence, 3), "Ben (seller) asked for 3 pieces of evidence at the gate of *Security review*"},
		{bens, put(plan.GateEvidence, 0), "Ben (seller) asked for no evidence at the gate of *Security review* any more"},
		{bens, put(plan.GateLocks, "implementation"), "Ben (seller) locked *Implementation* until the gate of *Security review* is passed"},
		{bens, put(plan.GateLocks, ""), "Ben (seller) no longer locks a stage behind the gate of *Security review*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) { plan.WriteCriterion(tx, list(d), "c1", "V", "") }, "Dana (buyer) added an exit criterion to the gate of *Security review*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := list(d).Map("c1")
			text, _ := m.Text(plan.CriterionText)
			text.Insert(tx, 0, "Report read", nil)
		}, "Dana (buyer) edited a criterion of the gate of *Security review*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			entry, _ := gate(d).Map(plan.GateEntry)
			plan.WriteCriterion(tx, entry, "c2", "V", "Scope agreed")
		}, "Dana (buyer) added an entry criterion to the gate of *Security review*: “Scope agreed”"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			entry, _ := gate(d).Map(plan.GateEntry)
			entry.Delete(tx, "c2")
		}, "Dana (buyer) removed an entry criterion from the gate of *Security review*"},
		{danas, criterion(plan.CriterionDel, "2026-03-03T10:00:00.000Z"), "Dana (buyer) removed “Report read” from the gate of *Security review*"},
		{danas, criterion(plan.CriterionDel, nil), "Dana (buyer) brought “Report read” back to the gate of *Security review*"},
		{danas, criterion(plan.CriterionChecked, map[string]any{plan.CheckedBy: "p-dana", plan.CheckedName: "Dana"}), "Dana (buyer) checked off “Report read” at the gate of *Security review*"},
		{danas, criterion(plan.CriterionChecked, nil), "Dana (buyer) took the tick off “Report read” at the gate of *Security review*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			put(plan.GateReviewer, "security-lead")(d, tx)
			sign(plan.DecisionDeclined, "Not yet")(d, tx)
		}, "Dana (buyer) made *Head of information security* the reviewer of the gate of *Security review* and made 2 more changes"},
		{danas, criterion(plan.CriterionChecked, map[string]any{}), "Dana (buyer) checked off “Report read” at the gate of *Security review*"},
		{danas, sign(plan.DecisionDeclined, "Still not"), "Dana (buyer) declined the gate of *Security review*: “Still not”"},
		{danas, sign(plan.DecisionPassed, ""), "Dana (buyer) signed off the gate of *Security review*"},
		{danas, command(plan.CommandGateReopen, plan.GateReopenArgs{Node: "security-review", Note: "Look again"}), "Dana (buyer) reopened the gate of *Security review*: “Look again”"},
		{bens, put(plan.GateOn, false), "Ben (seller) removed the gate of *Security review*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(plan.RootRules).SetMap(tx, "r1")
			m.SetText(tx, plan.RuleText)
			m.Set(tx, plan.RuleKind, plan.RuleDelay)
			m.Set(tx, plan.RuleRole, "champion")
		}, "Ben (seller) added the rule: a delay beyond 14 days goes to *Champion*"},
		{bens, rule(plan.RuleNode, "security-review"), "Ben (seller) changed a rule to: a delay of *Security review* beyond 14 days goes to *Champion*"},
		{bens, rule(plan.RuleDays, 3), "Ben (seller) changed a rule to: a delay of *Security review* beyond 3 days goes to *Champion*"},
		{danas, command(plan.CommandRuleAnswer, plan.RuleAnswerArgs{Rule: "r1", Claim: true}), "Dana (buyer) named Dana as *Champion* and took note of a delay: a delay of *Security review* beyond 3 days goes to *Champion*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			rule(plan.RuleKind, plan.RuleExtension)(d, tx)
			rule(plan.RuleUntil, "2026-04-01")(d, tx)
		}, "Ben (seller) changed a rule to: no extension of *Security review* without *Champion*"},
		{bens, rule(plan.RuleDel, "2026-03-03T10:00:00.000Z"), "Ben (seller) removed the rule: no extension of *Security review* without *Champion*"},
	} {
		if got := w.tellEdit(c.who, c.do).Sentence; got != c.want {
			t.Errorf("told:\n%s\nwant:\n%s", got, c.want)
		}
	}
}
