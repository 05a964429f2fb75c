package plan

import (
	"fmt"

	"coplan/crdt"
)

// TemplateGate is what it takes to pass one of the template's steps.
type TemplateGate struct {
	Step        string // id
	Reviewer    string // role id
	Locks       string // id of the stage that waits for it, "" none
	Evidence    int
	Entry, Exit []string
}

// TemplateRule is a rule about delays that the template proposes. An extension
// is measured from the step's first due date.
type TemplateRule struct {
	ID, Kind, Role string
	Step           string // id; "" any, for RuleDelay
	Text           string
}

// writeGates gives steps their gates, with criteria named after step and list.
func writeGates(d *crdt.Doc, tx *crdt.Tx, t Template) {
	for _, g := range t.Gates {
		n, ok := d.Map(RootNodes).Map(g.Step)
		if !ok {
			continue
		}
		gate, ok := n.Map(NodeGate)
		if !ok {
			continue
		}
		gate.Set(tx, GateOn, true)
		gate.Set(tx, GateReviewer, g.Reviewer)
		if g.Locks != "" {
			gate.Set(tx, GateLocks, g.Locks)
		}
		if g.Evidence > 0 {
			gate.Set(tx, GateEvidence, g.Evidence)
		}
		for key, texts := range map[string][]string{GateEntry: g.Entry, GateExit: g.Exit} {
			list, _ := gate.Map(key)
			ords := Spread(len(texts))
			for i, text := range texts {
				WriteCriterion(tx, list, fmt.Sprintf("%s-%s-%d", g.Step, key, i+1), ords[i], text)
			}
		}
	}
}

func writeRules(d *crdt.Doc, tx *crdt.Tx, t Template, due map[string]string) {
	for _, r := range t.Rules {
		m := d.Map(RootRules).SetMap(tx, r.ID)
		m.Set(tx, RuleKind, r.Kind)
		m.Set(tx, RuleRole, r.Role)
		words := m.SetText(tx, RuleText)
		if r.Text != "" {
			words.Insert(tx, 0, r.Text, nil)
		}
		if r.Step != "" {
			m.Set(tx, RuleNode, r.Step)
		}
		switch r.Kind {
		case RuleDelay:
			m.Set(tx, RuleDays, DefaultRuleDays)
		case RuleExtension:
			m.Set(tx, RuleUntil, due[r.Step])
		}
	}
}
