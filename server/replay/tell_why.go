package replay

import (
	"coplan/crdt"
	"coplan/server/plan"
)

func (t *teller) caseEvent(e crdt.Event, path []any) {
	if len(path) > 0 {
		key, _ := path[0].(string)
		t.textEdit(e, plan.RootCase+"/"+key, Change{Field: plan.RootCase, Action: "edit", Say: say("case.edited", "part", key)})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) { // the text itself was put in or replaced
		change := keyChange(plan.RootCase, c)
		change.Say = say("case.edited", "part", key)
		t.add(change)
	})
}

func (t *teller) metricsEvent(e crdt.Event, path []any) {
	if len(path) == 0 {
		t.eachKey(e, func(id string, c crdt.KeyChange) {
			change := Change{Field: plan.RootMetrics, Action: c.Action, Say: say("metric.new")}
			if c.Action == "delete" {
				change.Say = say("metric.dropped")
			} else {
				t.created[plan.RootMetrics+"/"+id] = true
				if title := plan.ReadMetricName(t.player.doc, id); title != "" {
					change.Say = say("metric.added", "metric", titled(title, ""))
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
	about := []any{"named", "no", "metric", Title{}}
	if title := plan.ReadMetricName(t.player.doc, id); title != "" {
		about = []any{"named", "yes", "metric", titled(title, "")}
	}
	if len(path) > 1 {
		key, _ := path[1].(string)
		t.textEdit(e, plan.RootMetrics+"/"+id+"/"+key, Change{Field: plan.RootMetrics, Action: "edit", Say: say("metric.edited", append(about, "part", key)...)})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := keyChange(plan.RootMetrics, c)
		switch key {
		case plan.MetricDel:
			change.Say = say("metric.restored", about...)
			if words(c.New, "") != "" {
				change.Say = say("metric.removed", about...)
			}
		case plan.MetricDate:
			change.Say = dateSay("metric.date", c, about...)
		case plan.MetricRole:
			role, _ := c.New.(string)
			change.Say = say("metric.noOwner", about...)
			if role != "" {
				owner := plan.ReadRoleTitle(t.player.doc, role)
				if owner == "" {
					owner = role
				}
				change.Say = say("metric.owner", append(about, "role", titled(owner, ""))...)
			}
		case plan.MetricOrd:
			change.Say = say("metric.moved", about...)
		default:
			change.Say = say("metric.changed", about...)
		}
		t.add(change)
	})
}

// outcome tells which outcome a step serves now.
func (t *teller) outcome(id string, change Change) {
	to, _ := change.New.(string)
	switch title := plan.ReadMetricName(t.player.doc, to); {
	case to == "":
		t.about(id, change, "outcome.none")
	case to == plan.OutcomeOfCase:
		t.about(id, change, "outcome.case")
	case title != "":
		t.about(id, change, "outcome.metric", "metric", titled(title, ""))
	default:
		t.about(id, change, "outcome.some")
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
	tell := func(n int, id string) {
		if n > 0 {
			t.add(Change{Field: plan.RootDismissed, Action: "update", Say: say(id, "n", n)})
		}
	}
	tell(aside, "lint.dismissed")
	tell(back, "lint.restored")
}
