package plan_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
)

// lived is a plan with people, progress, comments, deleted steps and documents.
func lived(t *testing.T) *crdt.Doc {
	t.Helper()
	d := newPlan(t, "enterprise-evaluation")
	d.Transact(nil, func(tx *crdt.Tx) {
		nodes, roles := d.Map(plan.RootNodes), d.Map(plan.RootRoles)
		at := func(m crdt.Map, id string) crdt.Map {
			inner, ok := m.Map(id)
			if !ok {
				t.Fatalf("no %s", id)
			}
			return inner
		}
		demo := at(nodes, "platform-demo")
		demo.Set(tx, plan.NodeStatus, plan.StatusDone)
		demo.Set(tx, plan.NodeDoneOn, "2026-03-06")
		at(nodes, "executive-presentation").Set(tx, plan.NodeDel, "2026-03-04T10:00:00Z")
		legal := at(nodes, "legal-redline")
		legal.Set(tx, plan.NodeDue, "2026-08-01") // typed
		legal.Set(tx, plan.NodeAlias, "Contract review")
		after, _ := legal.Map(plan.NodeAfter)
		after.Set(tx, "kick-off-call", map[string]any{plan.AfterType: "SS", plan.AfterLag: 3})
		after.Delete(tx, "kick-off-call")
		counsel := at(roles, "general-counsel")
		counsel.Set(tx, plan.RoleName, "Ines Costa")
		counsel.Set(tx, plan.RoleEmail, "ines@acme.example")
		counsel.Set(tx, plan.RolePerson, "person-1")
		away, _ := d.Map(plan.RootCalendar).Map(plan.CalendarAway)
		away.Set(tx, "a1", map[string]any{"role": "general-counsel", "from": "2026-04-01", "to": "2026-04-09"})
		holidays, _ := d.Map(plan.RootCalendar).Map(plan.CalendarHolidays)
		holidays.Set(tx, "2026-05-01", "Labour Day")
		resources := d.Map(plan.RootResources)
		for id, side := range map[string]string{"deck": plan.SideSeller, "dpa": plan.SideBuyer} {
			m := resources.SetMap(tx, id)
			m.Set(tx, plan.ResourceTitle, strings.ToUpper(id))
			m.Set(tx, plan.ResourceSide, side)
			m.Set(tx, plan.ResourceURL, "https://"+id+".example/")
			m.Set(tx, plan.ResourceBlob, strings.Repeat("ab", 32))
			links, _ := demo.Map(plan.NodeLinks)
			links.Set(tx, id, true)
		}
		plan.WriteRich(tx, d.XMLFragment(plan.RootSummary), []plan.Rich{{Type: "paragraph", Content: []plan.Rich{
			{Type: "text", Text: "Month-end in "},
			{Type: "text", Text: "two days", Marks: []plan.Mark{{Type: "bold"}, {Type: "comment", Attrs: map[string]any{"id": "c1"}}}},
		}}})
		gate := at(at(nodes, "security-review"), plan.NodeGate)
		gate.Set(tx, plan.GateOn, true)
		gate.Set(tx, plan.GateReviewer, "security-lead")
		for id, key := range map[string]string{"c1": plan.CriterionChecked, "c2": plan.CriterionDel} {
			c := at(gate, plan.GateExit).SetMap(tx, id)
			c.SetText(tx, plan.CriterionText).Insert(tx, 0, map[string]string{"c1": "Findings closed", "c2": "A removed condition"}[id], nil)
			c.Set(tx, key, map[string]any{plan.CheckedBy: "person-1", plan.CheckedName: "Ines Costa"})
		}
		for id, key := range map[string]string{"r1": plan.RuleAnswered, "r2": plan.RuleDel} {
			rule := d.Map(plan.RootRules).SetMap(tx, id)
			rule.Set(tx, plan.RuleKind, plan.RuleExtension)
			rule.SetText(tx, plan.RuleText).Insert(tx, 0, map[string]string{"r1": "No extension without the sponsor", "r2": "A removed rule"}[id], nil)
			rule.Set(tx, plan.RuleNode, "poc-results-review")
			rule.Set(tx, plan.RuleUntil, "2026-03-05")
			rule.Set(tx, key, map[string]any{plan.AckBy: map[string]any{"id": "person-1", "name": "Ines"}})
		}
		text, _ := d.Map(plan.RootCase).Text(plan.CaseMetric)
		text.Insert(tx, 0, "Days to close", nil)
	})
	return d
}

func copyOf(t *testing.T, from *crdt.Doc, in plan.CreateInput) *crdt.Doc {
	t.Helper()
	d := crdt.New(crdt.Options{ClientID: 7})
	in.ID, in.Title, in.From, in.Now = "copy", "A new deal", from, start
	create(t, d, in)
	return d
}

// A copy has the plan's structure and words, and nothing of what happened to it
// or of whom it was for.
func TestCopy(t *testing.T) {
	d := copyOf(t, lived(t), plan.CreateInput{Anchor: plan.AnchorInput{Kind: plan.AnchorGoLive, Date: "2026-09-30"}})
	v := plan.Read(d)
	if len(v.Warnings) > 0 {
		t.Errorf("the copy warns: %+v", v.Warnings)
	}
	if v.Title != "A new deal" || v.PlanID != "copy" || v.Status != plan.PlanDraft || v.Profile != "enterprise" {
		t.Errorf("head of the copy: %q %q %q %q", v.Title, v.PlanID, v.Status, v.Profile)
	}
	if v.Progress != (plan.Progress{Done: 0, Total: 9}) || len(v.Bin) > 0 {
		t.Errorf("progress %+v, bin %v", v.Progress, v.Bin)
	}
	if n := v.Find("admin-training"); n.Due != "2026-09-30" {
		t.Errorf("the anchored step is due %s", n.Due)
	}
	legal := v.Find("legal-redline")
	if legal.Due >= "2026-09-30" || legal.Due < "2026-08-10" || legal.Alias != "Contract review" || legal.NoteText == "" {
		t.Errorf("legal redline: due %s, alias %q, note %q", legal.Due, legal.Alias, legal.NoteText)
	}
	if len(legal.After) != 1 || legal.After[0].Node != "poc-results-review" {
		t.Errorf("legal redline comes after %+v", legal.After)
	}
	if gate := v.Find("security-review").Gate; gate == nil || gate.Reviewer != "security-lead" || gate.State != plan.GateOpen || len(gate.Exit) != 1 || gate.Exit[0].Checked != nil {
		t.Errorf("the gate of the copy: %+v", gate)
	}
	if len(v.Rules) != 1 || v.Rules[0].Until != v.Find("poc-results-review").Due || v.Rules[0].Answer != nil {
		t.Errorf("rules of the copy: %+v", v.Rules)
	}
	if v.SummaryText == "" || !strings.Contains(v.SummaryText, "Month-end in two days") {
		t.Errorf("summary %q", v.SummaryText)
	}
	all, err := json.Marshal(map[string]any{"view": v, "doc": docJSON(d)})
	if err != nil {
		t.Fatal(err)
	}
	for _, gone := range []string{"Ines", "acme.example", "person-1", "comment", "abab", "dpa.example", "2026-04-09", "2026-03-06", "2026-03-05", "Executive presentation", "A removed"} {
		if strings.Contains(string(all), gone) {
			t.Errorf("the copy still holds %q", gone)
		}
	}
	for _, kept := range []string{"deck.example", "Labour Day", "Days to close", "General counsel", "Findings closed", "No extension without"} {
		if !strings.Contains(string(all), kept) {
			t.Errorf("the copy lost %q", kept)
		}
	}
}

// docJSON is everything in a plan's document.
func docJSON(d *crdt.Doc) map[string]any {
	out := map[string]any{}
	for _, root := range []string{
		plan.RootMeta, plan.RootAnchor, plan.RootCalendar, plan.RootCase, plan.RootMetrics, plan.RootWorking, plan.RootNodes,
		plan.RootRoles, plan.RootResources, plan.RootRules, plan.RootBaseline, plan.RootSignoffs, plan.RootSlips, plan.RootThreads, plan.RootProposals,
	} {
		out[root] = d.Map(root).ToJSON()
	}
	return out
}

// Every template copied is that template: the same steps, dates and length.
func TestCopyOfEachTemplate(t *testing.T) {
	for _, tpl := range plan.Templates() {
		for _, date := range []string{"", "2026-11-30"} {
			anchor := plan.AnchorInput{Date: date}
			was := crdt.New(crdt.Options{ClientID: 3})
			create(t, was, plan.CreateInput{ID: "p", Title: "T", Template: tpl.ID, Now: start, Anchor: anchor})
			is := copyOf(t, was, plan.CreateInput{Anchor: anchor})
			a, b := plan.Read(was), plan.Read(is)
			b.PlanID, b.Title = a.PlanID, a.Title
			one, _ := json.Marshal(a)
			two, _ := json.Marshal(b)
			if string(one) != string(two) {
				t.Errorf("%s at %q:\n%s\n%s", tpl.ID, date, one, two)
			}
			if size := plan.SizeOf(is); size.Steps != tpl.StepCount() || size.Stages != len(tpl.Stages) || size.Days != tpl.Days() {
				t.Errorf("%s is %+v, want %d stages, %d steps, %d days", tpl.ID, size, len(tpl.Stages), tpl.StepCount(), tpl.Days())
			}
		}
	}
}

func TestCopyRefusesWhatCreateRefuses(t *testing.T) {
	d := crdt.New(crdt.Options{})
	var err error
	d.Transact(nil, func(tx *crdt.Tx) {
		err = plan.Create(d, tx, plan.CreateInput{ID: "x", Title: " ", From: lived(t), Now: time.Now()})
	})
	if err == nil || d.Map(plan.RootMeta).Len() != 0 {
		t.Errorf("a copy without a title: %v", err)
	}
}
