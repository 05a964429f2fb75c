package replay

import (
	"fmt"

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
	kind := "an exit criterion"
	if list == plan.GateEntry {
		kind = "an entry criterion"
	}
	if len(path) == 1 {
		t.eachKey(e, func(criterion string, c crdt.KeyChange) {
			change := Change{Field: plan.NodeGate, Action: c.Action}
			if c.Action == "delete" {
				t.about(id, change, "removed "+kind+" from the gate of %s")
				return
			}
			t.created[criterionPath(id, criterion)] = true
			text, _ := plan.ReadCriterion(t.player.doc, id, list, criterion)
			change.New = text.Text
			if text.Text == "" {
				t.about(id, change, "added "+kind+" to the gate of %s")
				return
			}
			t.about(id, change, "added "+kind+" to the gate of %s: %s", quote(text.Text))
		})
		return
	}
	criterion, _ := path[1].(string)
	if t.created[criterionPath(id, criterion)] {
		return
	}
	now, _ := plan.ReadCriterion(t.player.doc, id, list, criterion)
	if len(path) > 2 { // its words
		t.textEdit(e, criterionPath(id, criterion), t.nodeText(id, plan.NodeGate, "edited a criterion of the gate of %s"))
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := Change{Field: plan.NodeGate, Action: c.Action}
		switch key {
		case plan.CriterionChecked:
			verb := "checked off"
			if now.Checked == nil {
				verb = "took the tick off"
			}
			t.about(id, change, verb+" %[2]s at the gate of %[1]s", quoteOr(now.Text, "a criterion"))
		case plan.CriterionDel:
			verb := "removed %[2]s from the gate of %[1]s"
			if words(c.New, "") == "" {
				verb = "brought %[2]s back to the gate of %[1]s"
			}
			t.about(id, change, verb, quoteOr(now.Text, "a criterion"))
		case plan.CriterionOrd:
			t.about(id, change, "reordered the criteria of the gate of %s")
		default:
			t.about(id, change, "changed a criterion of the gate of %s")
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
			t.about(id, change, "added a gate to %s")
		} else {
			t.about(id, change, "removed the gate of %s")
		}
	case plan.GateReviewer:
		if role := words(c.New, ""); role != "" {
			t.about(id, change, "made %[2]s the reviewer of the gate of %[1]s", name(plan.ReadRoleTitle(t.player.doc, role), ""))
		} else {
			t.about(id, change, "left the gate of %s without a reviewer")
		}
	case plan.GateEvidence:
		n := fmt.Sprint(change.New)
		switch {
		case change.New == nil || n == "0":
			t.about(id, change, "asked for no evidence at the gate of %s any more")
		case n == "1":
			t.about(id, change, "asked for a piece of evidence at the gate of %s")
		default:
			t.about(id, change, "asked for %[2]s pieces of evidence at the gate of %[1]s", n)
		}
	case plan.GateLocks:
		if stage, ok := plan.ReadHead(t.player.doc, words(c.New, "")); ok {
			t.about(id, change, "locked %[2]s until the gate of %[1]s is passed", name(stage.Title, stage.Kind))
		} else {
			t.about(id, change, "no longer locks a stage behind the gate of %s")
		}
	default:
		t.about(id, change, "changed the gate of %s")
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
		verb := ""
		switch s.Decision {
		case plan.DecisionPassed:
			verb = "signed off the gate of %s"
		case plan.DecisionDeclined:
			verb = "declined the gate of %s"
		case plan.DecisionReopened:
			verb = "reopened the gate of %s"
		}
		if !ok || verb == "" {
			change.Text = "changed the sign-offs"
			t.add(change)
			return
		}
		if s.Note == "" {
			t.about(s.Gate, change, verb)
			return
		}
		t.about(s.Gate, change, verb+": %s", quote(s.Note))
	})
}

// rulesEvent tells of rules about delays and of answers to them.
func (t *teller) rulesEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			change := Change{Field: plan.RootRules, Action: c.Action, Text: "removed a rule"}
			if c.Action != "delete" {
				t.created[plan.RootRules+"/"+id] = true
				change.Text = "added the rule: " + t.rule(id)
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
		t.textEdit(e, plan.RootRules+"/"+id, Change{Field: plan.RootRules, Action: "edit", Text: "edited what a rule says"})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := Change{Field: plan.RootRules, Action: c.Action}
		switch {
		case key == plan.RuleDel && words(c.New, "") != "":
			change.Text = "removed the rule: " + t.rule(id)
		case key == plan.RuleDel:
			change.Text = "brought back the rule: " + t.rule(id)
		case key == plan.RuleAnswered && c.Action != "delete":
			rule, _ := plan.ReadRule(t.player.doc, id)
			change.Text = "took note of a delay: " + t.rule(id)
			if rule.Kind == plan.RuleExtension {
				change.Text = "agreed to an extension: " + t.rule(id)
			}
			if rule.Answer != nil && rule.Answer.Note != "" {
				change.Text += ": " + quote(rule.Answer.Note)
			}
		case key == plan.RuleAnswered:
			change.Text = "cleared the answer to a rule: " + t.rule(id)
		default:
			t.once(plan.RootRules+"/"+id+"/values", Change{Field: plan.RootRules, Action: "update", Text: "changed a rule to: " + t.rule(id)})
			return
		}
		t.add(change)
	})
}

// rule says a rule in a few words.
func (t *teller) rule(id string) string {
	r, _ := plan.ReadRule(t.player.doc, id)
	role := name(plan.ReadRoleTitle(t.player.doc, r.Role), "")
	if r.Role == "" {
		role = "nobody yet"
	}
	step := ""
	if head, ok := plan.ReadHead(t.player.doc, r.Node); ok {
		step = name(head.Title, head.Kind)
	}
	if r.Kind == plan.RuleExtension {
		if step == "" {
			step = "a step"
		}
		return "no extension of " + step + " without " + role
	}
	if step != "" {
		step = " of " + step
	}
	return fmt.Sprintf("a delay%s beyond %d days goes to %s", step, r.Days, role)
}

func quoteOr(s, empty string) string {
	if words(s, "") == "" {
		return empty
	}
	return quote(s)
}
