package demo

import (
	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

// say types words into a text of the business case.
func (s *story) say(by journal.Actor, key, words string) {
	s.edit(by, func(tx *crdt.Tx) {
		text, _ := s.d.Map(plan.RootCase).Text(key)
		text.Insert(tx, text.Len(), words, nil)
	})
}

// measure adds a success metric.
func (s *story) measure(by journal.Actor, m plan.Metric) {
	s.edit(by, func(tx *crdt.Tx) {
		n := s.d.Map(plan.RootMetrics).SetMap(tx, m.ID)
		n.Set(tx, plan.MetricOrd, m.Ord)
		for key, words := range map[string]string{plan.MetricName: m.Name, plan.MetricBaseline: m.Baseline, plan.MetricTarget: m.Target} {
			n.SetText(tx, key).Insert(tx, 0, words, nil)
		}
		n.Set(tx, plan.MetricDate, m.Date)
		n.Set(tx, plan.MetricRole, m.Role)
	})
}

// tellWhy writes the business case and how its success is measured, and links
// steps to it.
func (s *story) tellWhy() {
	marcus, dana := s.cast.Champion, s.cast.Buyer
	s.say(marcus, plan.CaseMetric, "Share of freight spend that is billed wrongly and paid all the same: 2.3 % last year.")
	s.say(marcus, plan.CaseInitiative, "Margin programme of the management board, second workstream: logistics cost.")
	s.say(marcus, plan.CaseOutcome, "Every carrier invoice is checked against its rate before it is paid, and finance closes freight in two days.")
	s.say(dana, plan.CaseInaction, "About €12,000 a week in overpaid invoices, and a third hire in finance by next year.")
	s.measure(marcus, plan.Metric{ID: "overpaid", Ord: "F", Name: "Freight spend paid wrongly", Baseline: "2.3 %", Target: "under 0.3 %", Date: s.date(61), Role: "champion"})
	s.measure(marcus, plan.Metric{ID: "close-days", Ord: "V", Name: "Working days to check a month's invoices", Baseline: "11", Target: "2", Date: s.date(61), Role: "champion"})
	s.measure(dana, plan.Metric{ID: "matched", Ord: "k", Name: "Invoices matched without a person", Baseline: "0 %", Target: "90 %", Date: s.date(41), Role: "it-admin"})
	s.edit(marcus, func(tx *crdt.Tx) {
		s.node("poc-results-review").Set(tx, plan.NodeOutcome, "matched")
		s.node("first-value-review").Set(tx, plan.NodeOutcome, "overpaid")
		s.node("admin-training").Set(tx, plan.NodeOutcome, "close-days")
	})
	s.edit(dana, func(tx *crdt.Tx) { s.d.Map(plan.RootMeta).Set(tx, plan.MetaCurrency, "EUR") })
}
