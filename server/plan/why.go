package plan

import (
	"cmp"
	"slices"

	"coplan/crdt"
)

// CaseView is the business case: why both sides do this at all.
type CaseView struct {
	Metric     string `json:"metric"`     // the number that should change
	Initiative string `json:"initiative"` // what it is part of
	Outcome    string `json:"outcome"`    // what will be different
	Inaction   string `json:"inaction"`   // what doing nothing costs
}

// Metric is one measure of success. A metric that was removed is not shown.
type Metric struct {
	ID       string `json:"id"`
	Ord      string `json:"ord"`
	Name     string `json:"name"`
	Baseline string `json:"baseline"`
	Target   string `json:"target"`
	Date     string `json:"date"` // by when
	Role     string `json:"role"` // who answers for it
}

// OutcomeOfCase is what a node's outcome holds when the node serves the
// business case's outcome as a whole; otherwise it is the id of a metric.
const OutcomeOfCase = "outcome"

func (r *reader) businessCase(d *crdt.Doc) CaseView {
	f := r.fields(d.Map(RootCase), RootCase)
	return CaseView{
		Metric: f.text(CaseMetric), Initiative: f.text(CaseInitiative),
		Outcome: f.text(CaseOutcome), Inaction: f.text(CaseInaction),
	}
}

// metrics reads the metrics that were not removed, by (ord, id).
func (r *reader) metrics(d *crdt.Doc) []Metric {
	out := []Metric{}
	r.eachMap(d.Map(RootMetrics), RootMetrics, func(id string, f fields) {
		m := Metric{
			ID: id, Ord: f.text(MetricOrd), Name: f.text(MetricName), Baseline: f.text(MetricBaseline),
			Target: f.text(MetricTarget), Date: f.date(MetricDate), Role: f.text(MetricRole),
		}
		if f.text(MetricDel) == "" {
			out = append(out, m)
		}
	})
	slices.SortFunc(out, func(a, b Metric) int { return cmp.Or(compareUTF16(a.Ord, b.Ord), compareUTF16(a.ID, b.ID)) })
	return out
}

// dismissed reads the keys of the suggestions that were dismissed, in order.
func (r *reader) dismissed(d *crdt.Doc) []string {
	out := []string{}
	m := d.Map(RootDismissed)
	m.Range(func(key string, _ any) bool {
		if r.fields(m, RootDismissed).text(key) != "" {
			out = append(out, key)
		}
		return true
	})
	slices.SortFunc(out, compareUTF16)
	return out
}

// ReadMetricName returns what a metric is called, "" when it has no name.
func ReadMetricName(d *crdt.Doc, id string) string {
	m, _ := d.Map(RootMetrics).Map(id)
	return (&reader{}).fields(m, "").text(MetricName)
}
