package plan

import (
	"cmp"
	"slices"
	"time"

	"coplan/crdt"
)

// Rule is a promise about delays: who hears of them, or who must agree first.
type Rule struct {
	ID     string  `json:"id"`
	Kind   string  `json:"kind"`
	Text   string  `json:"text"`
	Role   string  `json:"role"`
	Days   int     `json:"days"`  // calendar days, for RuleDelay
	Node   string  `json:"node"`  // the step it is about; "": any, for RuleDelay
	Until  string  `json:"until"` // for RuleExtension
	Answer *Answer `json:"answer"`
}

// Answer is what the role that a rule was raised to said. Steps holds the due
// dates of the raised steps as they were then: the answer covers these, and no
// later ones.
type Answer struct {
	By    Person            `json:"by"`
	At    string            `json:"at"`
	Note  string            `json:"note"`
	Steps map[string]string `json:"steps"`
}

func (r *reader) rules(d *crdt.Doc) []Rule {
	out := []Rule{}
	r.eachMap(d.Map(RootRules), RootRules, func(id string, f fields) {
		if rule := f.rule(id); f.text(RuleDel) == "" {
			out = append(out, rule)
		}
	})
	slices.SortFunc(out, func(a, b Rule) int { return compareUTF16(a.ID, b.ID) })
	return out
}

func (f fields) rule(id string) Rule {
	rule := Rule{
		ID: id, Kind: f.enum(RuleKind, ruleKinds, RuleDelay), Text: f.text(RuleText), Role: f.text(RuleRole),
		Days: max(f.integerOr(RuleDays, DefaultRuleDays), 0), Node: f.text(RuleNode), Until: f.date(RuleUntil),
	}
	if o := f.object(RuleAnswered); o.values != nil {
		rule.Answer = &Answer{By: o.person(AckBy), At: o.text(AckAt), Note: o.text(AckNote), Steps: map[string]string{}}
		for id, v := range o.object(AckSteps).values {
			if date, ok := v.(string); ok && ValidDate(date) {
				rule.Answer.Steps[id] = date
			}
		}
	}
	return rule
}

// RuleStatus is where a rule stands on a given day.
type RuleStatus struct {
	Rule  string    `json:"rule"`
	State string    `json:"state"`
	Steps []Delayed `json:"steps"` // what raised it: the longest delay first, then in reading order
}

// Delayed is a step beyond what a rule allows, and by how many calendar days.
type Delayed struct {
	Node string `json:"node"`
	Due  string `json:"due"`
	Days int    `json:"days"`
}

// RuleStatuses says where each rule of the plan stands on a day. agreed holds the
// dates of the baseline, by step; a step without one is measured against its own
// due date.
//
// An open step is late by the days from its agreed date to its due date, or to
// today when that is later. A rule that was answered is raised again only when a
// step comes later than it was then.
func (v *View) RuleStatuses(agreed map[string]string, today string) []RuleStatus {
	out := []RuleStatus{}
	for _, rule := range v.Rules {
		s := RuleStatus{Rule: rule.ID, State: RuleQuiet, Steps: []Delayed{}}
		v.Walk(func(n *Node) bool {
			if late, ok := rule.delay(n, agreed[n.ID], today); ok {
				s.Steps = append(s.Steps, late)
			}
			return true
		})
		slices.SortStableFunc(s.Steps, func(a, b Delayed) int { return cmp.Compare(b.Days, a.Days) })
		if len(s.Steps) > 0 {
			s.State = RuleAcknowledged
		}
		for _, late := range s.Steps {
			if !rule.Answer.covers(late) {
				s.State = RuleRaised
			}
		}
		out = append(out, s)
	}
	return out
}

func (r Rule) delay(n *Node, agreed, today string) (Delayed, bool) {
	open := n.Status != StatusDone && n.Status != StatusSkipped && (n.Kind == KindMilestone || n.Kind == KindTask)
	if !open || n.Due == "" || r.Node != "" && r.Node != n.ID {
		return Delayed{}, false
	}
	allowed, from, to := r.Days, cmp.Or(agreed, n.Due), max(n.Due, today)
	if r.Kind == RuleExtension {
		if r.Node == "" || r.Until == "" {
			return Delayed{}, false
		}
		allowed, from, to = 0, r.Until, n.Due
	}
	days := daysBetween(from, to)
	return Delayed{Node: n.ID, Due: n.Due, Days: days}, days > allowed
}

func (a *Answer) covers(late Delayed) bool {
	return a != nil && a.Steps[late.Node] != "" && late.Due <= a.Steps[late.Node]
}

// daysBetween counts the calendar days from one valid date to another.
func daysBetween(from, to string) int {
	a, _ := parseDate(from)
	b, _ := parseDate(to)
	return int(b.Sub(a) / (24 * time.Hour))
}

// ReadRule reads one rule, deleted or not.
func ReadRule(d *crdt.Doc, id string) (Rule, bool) {
	m, ok := d.Map(RootRules).Map(id)
	return (&reader{}).fields(m, "").rule(id), ok
}
