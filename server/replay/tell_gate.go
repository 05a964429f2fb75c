package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

// gate tells of changes to what it takes to pass a step; path leads on from the
// gate's map.
func (t *teller) gate(id string, e crdt.Event, path []any) {
	if t.created[plan.RootNodes+"/"+id+"/"+plan.NodeGate] {
		return
	}
	if len(path) == 0 {
		t.eachKey(e, func(key string, c crdt.KeyChange) { t.gateKey(id, key, c) })
		return
	}
	list, _ := path[0].(string)
	if len(path) == 1 {
		t.eachKey(e, func(criterion string, c crdt.KeyChange) {
			change := Change{Field: plan.NodeGate, Action: c.Action}
			if c.Action == "delete" {
				t.about(id, change, "gate.criterion.dropped", "list", list)
				return
			}
			t.created[criterionPath(id, criterion)] = true
			text, _ := plan.ReadCriterion(t.player.doc, id, list, criterion)
			change.New = text.Text
			if text.Text == "" {
				t.about(id, change, "gate.criterion.new", "list", list)
				return
			}
			t.about(id, change, "gate.criterion.added", "list", list, "criterion", quoted(text.Text))
		})
		return
	}
	criterion, _ := path[1].(string)
	if t.created[criterionPath(id, criterion)] {
		return
	}
	now, _ := plan.ReadCriterion(t.player.doc, id, list, criterion)
	if len(path) > 2 { // its words
		t.textEdit(e, criterionPath(id, criterion), t.nodeText(id, plan.NodeGate, "gate.criterion.edited"))
		return
	}
	called := say("criterion.quoted", "text", quoted(now.Text))
	if words(now.Text, "") == "" {
		called = say("criterion.some")
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := Change{Field: plan.NodeGate, Action: c.Action}
		tell := func(yes, no string, is bool) {
			if !is {
				yes = no
			}
			t.about(id, change, yes, "criterion", called)
		}
		switch key {
		case plan.CriterionChecked:
			tell("gate.criterion.checked", "gate.criterion.unchecked", now.Checked != nil)
		case plan.CriterionDel:
			tell("gate.criterion.removed", "gate.criterion.restored", words(c.New, "") != "")
		case plan.CriterionOrd:
			t.about(id, change, "gate.criterion.order")
		default:
			t.about(id, change, "gate.criterion.changed")
		}
	})
}

func criterionPath(id, criterion string) string {
	return plan.RootNodes + "/" + id + "/" + plan.NodeGate + "/" + criterion
}

func (t *teller) gateKey(id, key string, c crdt.KeyChange) {
	change := keyChange(plan.NodeGate, c)
	switch key {
	case plan.GateOn:
		if c.New == true {
			t.about(id, change, "gate.added")
		} else {
			t.about(id, change, "gate.removed")
		}
	case plan.GateReviewer:
		if role := words(c.New, ""); role != "" {
			t.about(id, change, "gate.reviewer", "role", t.role(role))
		} else {
			t.about(id, change, "gate.noReviewer")
		}
	case plan.GateEvidence:
		n, _ := change.New.(int64)
		if f, ok := change.New.(float64); ok {
			n = int64(f)
		}
		if n == 0 {
			t.about(id, change, "gate.noEvidence")
		} else {
			t.about(id, change, "gate.evidence", "n", int(n))
		}
	case plan.GateLocks:
		if stage, ok := plan.ReadHead(t.player.doc, words(c.New, "")); ok {
			t.about(id, change, "gate.locks", "stage", titled(stage.Title, stage.Kind))
		} else {
			t.about(id, change, "gate.noLock")
		}
	default:
		t.about(id, change, "gate.changed")
	}
}

// signoffsEvent tells of decisions about gates.
func (t *teller) signoffsEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		return // a decision is written whole and never changed
	}
	t.eachKey(e, func(id string, c crdt.KeyChange) {
		s, ok := plan.ReadSignoff(t.player.doc, id)
		change := Change{Field: plan.RootSignoffs, Action: c.Action, New: plain(s.Decision)}
		sayID := ""
		switch s.Decision {
		case plan.DecisionPassed:
			sayID = "gate.signed"
		case plan.DecisionDeclined:
			sayID = "gate.declined"
		case plan.DecisionReopened:
			sayID = "gate.reopened"
		}
		if !ok || sayID == "" {
			change.Say = rootSay(plan.RootSignoffs)
			t.add(change)
			return
		}
		if s.Note == "" {
			t.about(s.Gate, change, sayID)
			return
		}
		t.about(s.Gate, change, sayID+".note", "note", quoted(s.Note))
	})
}

// rulesEvent tells of rules about delays and of answers to them.
func (t *teller) rulesEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			change := Change{Field: plan.RootRules, Action: c.Action, Say: say("rule.dropped")}
			if c.Action != "delete" {
				t.created[plan.RootRules+"/"+id] = true
				change.Say = say("rule.added", "rule", t.rule(id))
			}
			t.add(change)
		})
		return
	}
	id, _ := path[0].(string)
	if t.created[plan.RootRules+"/"+id] {
		return
	}
	if len(path) > 1 { // its words
		t.textEdit(e, plan.RootRules+"/"+id, Change{Field: plan.RootRules, Action: "edit", Say: say("rule.edited")})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := Change{Field: plan.RootRules, Action: c.Action}
		switch {
		case key == plan.RuleDel && words(c.New, "") != "":
			change.Say = say("rule.removed", "rule", t.rule(id))
		case key == plan.RuleDel:
			change.Say = say("rule.restored", "rule", t.rule(id))
		case key == plan.RuleAnswered && c.Action != "delete":
			rule, _ := plan.ReadRule(t.player.doc, id)
			change.Say = say("rule.noted", "rule", t.rule(id))
			if rule.Kind == plan.RuleExtension {
				change.Say.ID = "rule.extended"
			}
			if rule.Answer != nil && rule.Answer.Note != "" {
				change.Say.ID += ".note"
				change.Say.Values["note"] = quoted(rule.Answer.Note)
			}
		case key == plan.RuleAnswered:
			change.Say = say("rule.cleared", "rule", t.rule(id))
		default:
			t.once(plan.RootRules+"/"+id+"/values", Change{Field: plan.RootRules, Action: "update", Say: say("rule.changed", "rule", t.rule(id))})
			return
		}
		t.add(change)
	})
}

// rule says a rule in a few words.
func (t *teller) rule(id string) Say {
	r, _ := plan.ReadRule(t.player.doc, id)
	s := say("rule.is.delay", "days", r.Days, "role", t.role(r.Role))
	if r.Kind == plan.RuleExtension {
		s = say("rule.is.extension", "role", t.role(r.Role))
	}
	if r.Role == "" {
		s.Values["role"] = say("rule.nobody")
	}
	if head, ok := plan.ReadHead(t.player.doc, r.Node); ok {
		s.ID += "Of"
		s.Values["step"] = titled(head.Title, head.Kind)
	}
	return s
}
