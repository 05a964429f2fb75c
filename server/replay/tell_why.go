package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

// caseParts is how a sentence calls the texts of the business case.
var caseParts = map[string]string{
	plan.CaseMetric:     "the metric of the business case",
	plan.CaseInitiative: "the initiative behind the business case",
	plan.CaseOutcome:    "the outcome of the business case",
	plan.CaseInaction:   "the cost of doing nothing",
}

func (t *teller) caseEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		key, _ := path[0].(string)
		t.textEdit(e, plan.RootCase+"/"+key, Change{Field: plan.RootCase, Action: "edit", Text: "edited " + partOfCase(key)})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) { // the text itself was put in or replaced
		change := keyChange(plan.RootCase, c)
		change.Text = "edited " + partOfCase(key)
		t.add(change)
	})
}

func partOfCase(key string) string {
	if part, ok := caseParts[key]; ok {
		return part
	}
	return rootName(plan.RootCase)
}

func (t *teller) metricsEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			change := Change{Field: plan.RootMetrics, Action: c.Action, Text: "added a success metric"}
			if c.Action == "delete" {
				change.Text = "removed a success metric"
			} else {
				t.created[plan.RootMetrics+"/"+id] = true
				if title := plan.ReadMetricName(t.player.doc, id); title != "" {
					change.Text = "added the success metric " + name(title, "")
				}
			}
			t.add(change)
		})
		return
	}
	id, _ := path[0].(string)
	if t.created[plan.RootMetrics+"/"+id] {
		return
	}
	title := "a success metric"
	if words := plan.ReadMetricName(t.player.doc, id); words != "" {
		title = "the success metric " + name(words, "")
	}
	if len(path) > 1 {
		key, _ := path[1].(string)
		text := map[string]string{
			plan.MetricName: "edited the name of " + title, plan.MetricBaseline: "edited where " + title + " starts", plan.MetricTarget: "edited the target of " + title,
		}[key]
		if text == "" {
			text = "changed " + title
		}
		t.textEdit(e, plan.RootMetrics+"/"+id+"/"+key, Change{Field: plan.RootMetrics, Action: "edit", Text: text})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := keyChange(plan.RootMetrics, c)
		switch key {
		case plan.MetricDel:
			change.Text = "restored " + title
			if words(c.New, "") != "" {
				change.Text = "removed " + title
			}
		case plan.MetricDate:
			change.Text = dateChange("the date of "+title, c, t.entry.Time(), "moved the date of "+title)
		case plan.MetricRole:
			role, _ := c.New.(string)
			change.Text = "left " + title + " without an owner"
			if role != "" {
				owner := plan.ReadRoleTitle(t.player.doc, role)
				if owner == "" {
					owner = role
				}
				change.Text = "made " + name(owner, "") + " answer for " + title
			}
		case plan.MetricOrd:
			change.Text = "moved " + title + " within the table"
		default:
			change.Text = "changed " + title
		}
		t.add(change)
	})
}

// outcome tells which outcome a step serves now.
func (t *teller) outcome(id string, change Change) {
	to, _ := change.New.(string)
	switch title := plan.ReadMetricName(t.player.doc, to); {
	case to == "":
		t.about(id, change, "linked %s to no outcome")
	case to == plan.OutcomeOfCase:
		t.about(id, change, "linked %s to the outcome of the business case")
	case title != "":
		t.about(id, change, "linked %[1]s to the success metric %[2]s", name(title, ""))
	default:
		t.about(id, change, "linked %s to a success metric")
	}
}

// dismissedEvent tells of suggestions that were put aside or taken up again.
func (t *teller) dismissedEvent(e crdt.Event) {
	aside, back := 0, 0
	t.eachKey(e, func(_ string, c crdt.KeyChange) {
		if c.Action == "delete" {
			back++
		} else {
			aside++
		}
	})
	say := func(n int, one, many string) {
		switch {
		case n == 1:
			t.add(Change{Field: plan.RootDismissed, Action: "update", Text: one})
		case n > 1:
			t.add(Change{Field: plan.RootDismissed, Action: "update", Text: many})
		}
	}
	say(aside, "dismissed a suggestion", "dismissed several suggestions")
	say(back, "brought back a suggestion", "brought back several suggestions")
}
