package schedule_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"coplan/server/plan/schedule"
)

func step(id, parent string, n int, after ...schedule.After) schedule.Node {
	return schedule.Node{ID: id, Kind: "milestone", Parent: parent, Title: "Step " + id, Days: days(n), After: after}
}

func stage(id string) schedule.Node {
	return schedule.Node{ID: id, Kind: "stage", Title: "Stage " + id}
}

func fs(id string) schedule.After { return schedule.After{Node: id, Type: "FS"} }

// evaluation is the plan of the enterprise template, worked back from go-live.
func evaluation() schedule.Input {
	cost := 12000.0
	in := schedule.Input{
		Anchor: schedule.Anchor{Kind: "go-live", Date: "2026-05-12", Node: "training", CostPerWeek: &cost},
		Roles:  []schedule.Role{{ID: "ciso", Person: "Mara"}, {ID: "it", Person: "Jo"}},
		Nodes: []schedule.Node{
			stage("evaluate"), step("demo", "evaluate", 5), step("poc", "evaluate", 5), step("results", "evaluate", 15),
			stage("buy"), step("security", "buy", 15, fs("poc")), step("legal", "buy", 15, fs("results")), step("sign", "buy", 5, fs("security"), fs("legal")),
			stage("start"), step("kick-off", "start", 7), step("training", "start", 10), step("value", "start", 20),
		},
	}
	in.Nodes[5].Title, in.Nodes[5].Owner = "Security review", "ciso"
	return in
}

func with(in schedule.Input, change func(in *schedule.Input)) schedule.Input {
	in.Nodes = append([]schedule.Node(nil), in.Nodes...)
	change(&in)
	return in
}

// ruleVectors are plans that each show one rule.
func ruleVectors() []vector {
	base := evaluation()
	due := func(id, date string) []schedule.Change { return []schedule.Change{{Kind: "due", Node: id, Date: date}} }
	list := []vector{
		makeVector("empty", schedule.Input{}, nil, "x"),
		makeVector("worked back from go-live", base, []schedule.Change{
			{Kind: "due", Node: "security", Date: "2026-04-17"}, {Kind: "days", Node: "legal", Days: days(20)}, {Kind: "days", Node: "legal", Days: nil},
			{Kind: "anchor", Date: "2026-06-12"}, {Kind: "anchor", Date: "", Carry: true}, {Kind: "status", Node: "poc", Status: "skipped"},
			{Kind: "status", Node: "demo", Status: "done", Date: "2026-02-27"}, {Kind: "missed", Node: "sign", Date: "2026-05-01"},
			{Kind: "after", Node: "legal", After: []schedule.After{fs("security")}}, {Kind: "due", Node: "gone", Date: "2026-01-01"},
		}, "security", "demo", "value", "buy", "gone"),
		makeVector("from first value", with(base, func(in *schedule.Input) { in.Anchor.Kind, in.Anchor.Node = "value", "value" }), due("value", "2026-06-01"), "demo"),
		makeVector("forward from a start on a Sunday", with(base, func(in *schedule.Input) { in.Anchor.Kind, in.Anchor.Date = "start", "2026-03-01" }), due("legal", "2026-06-01"), "value"),
		makeVector("no anchor date, no dates", with(base, func(in *schedule.Input) { in.Anchor.Date = "" }), due("poc", "2026-03-02"), "poc"),
		makeVector("no anchor date, today", with(base, func(in *schedule.Input) { in.Anchor.Date, in.Today = "", "2026-03-04" }), nil, "value"),
		makeVector("a typed date that cannot be kept", with(base, func(in *schedule.Input) { in.Nodes[6].Due = "2026-03-20"; in.Nodes[1].Due = "2026-02-20" }),
			[]schedule.Change{{Kind: "anchor", Date: "2026-06-12"}, {Kind: "anchor", Date: "2026-06-12", Carry: true}}, "sign", "legal"),
		makeVector("a typed date later than go-live allows", with(base, func(in *schedule.Input) { in.Nodes[5].Due = "2026-04-24" }), due("security", ""), "training"),
		makeVector("today is late", with(base, func(in *schedule.Input) { in.Today = "2026-03-25" }), []schedule.Change{{Kind: "status", Node: "demo", Status: "done"}}, "value"),
		makeVector("a week in which the owner is away, holidays, a freeze", with(base, func(in *schedule.Input) {
			in.Calendar.Away = []schedule.Away{{Person: "Mara", From: "2026-03-30", To: "2026-04-05"}}
			in.Calendar.Holidays = []schedule.Holiday{{Date: "2026-04-03"}, {Date: "2026-04-06"}}
			in.Calendar.Freezes = []schedule.Span{{From: "2026-04-20", To: "2026-04-24"}, {From: "2026-04-24", To: "2030-04-24"}}
			in.Nodes[7].Due = "2026-04-22"
		}), due("security", "2026-04-01"), "security"),
		makeVector("milestones without duration, tasks below one, lags and every type", with(base, func(in *schedule.Input) {
			in.Nodes[3].Days = nil
			in.Nodes = append(in.Nodes, schedule.Node{ID: "a", Kind: "task", Parent: "results"}, schedule.Node{ID: "b", Kind: "task", Parent: "results", Days: days(3)},
				schedule.Node{ID: "sub", Kind: "subtask", Parent: "b"})
			in.Nodes[6].After = []schedule.After{{Node: "sub", Type: "SS", Lag: 2}, {Node: "security", Type: "FF", Lag: -1}, {Node: "poc", Type: "SF", Lag: 3}}
		}), due("a", "2026-04-01"), "sub", "results"),
		makeVector("circles, stages, missing", with(base, func(in *schedule.Input) {
			in.Nodes[1].After = []schedule.After{fs("results"), fs("gone"), fs("demo"), fs("evaluate")}
			in.Nodes[3].After = []schedule.After{fs("poc")}
			in.Nodes[2].After = []schedule.After{fs("demo")}
			in.Nodes[8].After = []schedule.After{{Node: "evaluate", Type: "SS", Lag: 5}}
			in.Nodes[0].After = []schedule.After{fs("start")}
		}), nil, "kick-off"),
		makeVector("ends of quarters", with(base, func(in *schedule.Input) {
			in.Calendar.Quarters = &schedule.Quarters{Month: 1, Days: 5}
			in.Nodes[6].Due, in.Nodes[2].Status, in.Nodes[2].DoneOn = "2026-03-27", "done", "2026-03-31"
		}), []schedule.Change{
			{Kind: "calendar", Add: &schedule.Calendar{Quarters: &schedule.Quarters{Month: 2, Days: 10}}},
			{Kind: "calendar", Drop: &schedule.Calendar{Quarters: &schedule.Quarters{Month: 1, Days: 5}}},
			{Kind: "calendar", Add: &schedule.Calendar{Holidays: []schedule.Holiday{{Date: "2026-05-01", Label: "Labour Day"}}, Freezes: []schedule.Span{{From: "2026-04-13", To: "2026-04-17"}}}},
		}, "legal"),
		makeVector("counted towards something else", base, []schedule.Change{
			{Kind: "target", AnchorKind: "start", Date: "2026-02-16"}, {Kind: "target", AnchorKind: "value", Node: "value", Date: "2026-06-09"},
			{Kind: "target", AnchorKind: "go-live", Node: "value", Date: "2026-05-12"},
		}),
		makeVector("the last step is skipped, none is named", with(base, func(in *schedule.Input) { in.Anchor.Node, in.Nodes[11].Status = "", "skipped" }),
			[]schedule.Change{{Kind: "status", Node: "training", Status: "skipped"}, {Kind: "status", Node: "value", Status: "not-started"}}, "training"),
		makeVector("all steps are skipped, none is named", with(base, func(in *schedule.Input) {
			in.Anchor.Node = ""
			for i := range in.Nodes {
				in.Nodes[i].Status = "skipped"
			}
		}), nil),
		makeVector("no step takes any time", with(base, func(in *schedule.Input) {
			for i := range in.Nodes {
				in.Nodes[i].Days = nil
			}
		}), due("sign", "2026-04-10"), "demo", "value"),
		makeVector("what follows was done first, and the step above", with(base, func(in *schedule.Input) {
			in.Today = "2026-02-23"
			in.Nodes = slices.Insert(in.Nodes, 4, schedule.Node{ID: "under", Kind: "task", Parent: "results", Title: "Under", Days: days(2)})
			in.Nodes[3].Status, in.Nodes[3].DoneOn = "done", "2026-02-20"
			in.Nodes[8].Status, in.Nodes[8].DoneOn = "done", "2026-02-20"
		}), []schedule.Change{{Kind: "status", Node: "results", Status: "in-progress"}, {Kind: "status", Node: "legal", Status: "done", Date: "2026-02-23"}}, "under", "legal"),
		makeVector("a dependency against the plan's order", with(base, func(in *schedule.Input) { in.Nodes[1].After = []schedule.After{fs("results")} }), nil, "demo"),
	}
	for i := range list {
		v := &list[i]
		v.Baseline = schedule.MakeBaseline(schedule.Run(base), "2026-02-01T09:00:00.000Z")
		v.Baseline.Dates["gone"] = "2026-03-03"
		v.Baseline.Agreed = []string{"seller", "buyer"}[:1+i%2]
		v.Drift = schedule.CompareBaseline(v.Input, v.Baseline)
		v.Profile = []string{"enterprise", "renewal"}[i%2]
		v.Realism = schedule.CheckRealism(v.Input, v.Profile)
	}
	list[1].Slips = []schedule.Slip{
		{ID: "s2", Node: "legal", Days: 5, Side: "buyer", Reason: " redlines ", At: "2026-03-02"}, {ID: "s1", Node: "legal", Days: 3, Side: "seller", Reason: "Redlines", At: "2026-03-01"},
		{ID: "s3", Node: "demo", Days: -2, Side: "nobody", Reason: "", At: "2026-03-03"},
	}
	list[1].Ledger = schedule.MakeLedger(list[1].Slips)
	return list
}

// What the vectors show is checked by hand here, so that they are more than
// whatever the code said.
func TestWorkedBack(t *testing.T) {
	r := schedule.Run(evaluation())
	want := map[string]string{
		"training": "2026-05-12", "kick-off": "2026-04-28", "sign": "2026-04-17", "legal": "2026-04-10", "security": "2026-04-10",
		"results": "2026-03-20", "poc": "2026-02-27", "demo": "2026-02-20", "value": "2026-06-09", "buy": "2026-04-17",
	}
	for _, n := range r.Nodes {
		if want[n.ID] != "" && n.Due != want[n.ID] {
			t.Errorf("%s is due %s, want %s", n.ID, n.Due, want[n.ID])
		}
		if n.ID == "security" && (n.Slack == nil || *n.Slack != 15 || n.Critical || n.EarliestDue != "2026-03-20") {
			t.Errorf("security review: %+v", n)
		}
	}
	p := schedule.PreviewChange(evaluation(), schedule.Change{Kind: "due", Node: "security", Date: "2026-04-17"})
	if p.Sentence != "Security review +7 days → go-live 12 → 19 May" || p.Cost == nil || *p.Cost != 12000 || len(p.Moves) != 4 {
		t.Errorf("a week's delay: %q, cost %v, moves %+v", p.Sentence, p.Cost, p.Moves)
	}
	p = schedule.PreviewChange(evaluation(), schedule.Change{Kind: "due", Node: "security", Date: "2026-03-27"})
	if p.Sentence != "Security review −14 days → go-live stays 12 May" || len(p.Moves) != 0 {
		t.Errorf("two weeks early: %q, moves %+v", p.Sentence, p.Moves)
	}
}

func find(t *testing.T, r schedule.Result, id string) schedule.NodeDate {
	t.Helper()
	for _, n := range r.Nodes {
		if n.ID == id {
			return n
		}
	}
	t.Fatalf("no dates for %s", id)
	return schedule.NodeDate{}
}

// Go-live doesn't wait for a step that nobody will take.
func TestSkippedStepIsNoTarget(t *testing.T) {
	in := with(evaluation(), func(in *schedule.Input) { in.Anchor.Node, in.Nodes[11].Status = "", "skipped" })
	if got := schedule.Run(in).GoLive.Node; got != "training" {
		t.Errorf("the plan ends with %q, want the last step that isn't skipped, training", got)
	}
	if got := schedule.Run(with(in, func(in *schedule.Input) { in.Anchor.Node = "value" })).GoLive.Node; got != "value" {
		t.Errorf("the plan ends with %q, want the step that the anchor names, value", got)
	}
	all := with(in, func(in *schedule.Input) {
		for i := range in.Nodes {
			in.Nodes[i].Status = "skipped"
		}
	})
	if got := schedule.Run(all).GoLive.Node; got != "value" {
		t.Errorf("a plan of skipped steps ends with %q, want the last, value", got)
	}
}

// Milestones that take no time are there for go-live, not the day after.
func TestNothingTakesTime(t *testing.T) {
	in := with(evaluation(), func(in *schedule.Input) {
		for i := range in.Nodes {
			in.Nodes[i].Days = nil
		}
	})
	r := schedule.Run(in)
	for _, id := range []string{"demo", "sign", "training"} {
		if got := find(t, r, id); got.Due != "2026-05-12" || got.Start != got.Due {
			t.Errorf("%s runs from %s to %s, want the day of go-live, 2026-05-12", id, got.Start, got.Due)
		}
	}
}

// What is left open under a step that is done is due at once, not at go-live,
// and not in its way. What a stage still waits for keeps its place.
func TestOvertakenIsDueAtOnce(t *testing.T) {
	in := with(evaluation(), func(in *schedule.Input) {
		in.Today = "2026-02-23"
		in.Nodes = slices.Insert(in.Nodes, 4, schedule.Node{ID: "under", Kind: "task", Parent: "results", Title: "Under", Days: days(2)})
		for _, i := range []int{1, 2, 3, 8} {
			in.Nodes[i].Status, in.Nodes[i].DoneOn = "done", "2026-02-20"
		}
	})
	r := schedule.Run(in)
	for id, want := range map[string]string{"under": "2026-02-24", "security": "2026-04-17", "legal": "2026-04-17"} {
		if got := find(t, r, id); got.Finish != want || got.Critical != (id != "under") {
			t.Errorf("%s is due %s (critical: %v), want %s", id, got.Finish, got.Critical, want)
		}
	}
	for _, p := range r.Problems {
		t.Errorf("a problem: %+v", p)
	}
}

func TestAbsencePushes(t *testing.T) {
	in := with(evaluation(), func(in *schedule.Input) {
		in.Calendar.Away = []schedule.Away{{Person: "Mara", From: "2026-03-30", To: "2026-04-05"}} // five working days
	})
	if n := find(t, schedule.Run(in), "security"); n.Start != "2026-03-16" || n.Due != "2026-04-10" || *n.Slack != 10 {
		t.Errorf("security review around an absence: %+v", n)
	}
}

// Whatever a plan holds: typed and done dates stay, dependencies hold wherever
// nobody fixed a date, and moving the anchor moves computed dates alike.
func TestProperties(t *testing.T) {
	checked := 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 11))
		in := randomInput(r, 3+r.IntN(25))
		out := schedule.Run(in)
		dates := map[string]schedule.NodeDate{}
		cut := map[[2]string]bool{}
		for _, n := range out.Nodes {
			dates[n.ID] = n
		}
		for _, p := range out.Problems {
			cut[[2]string{p.Node, p.Other}] = cut[[2]string{p.Node, p.Other}] || p.Code == "cycle"
		}
		for _, n := range in.Nodes {
			d, ok := dates[n.ID]
			if !ok || n.Kind != "task" && n.Kind != "milestone" || !out.Dated {
				continue
			}
			if open := n.Status != "done" && n.Status != "skipped"; open && n.Due != "" && n.Due != n.Planned && d.Due != n.Due {
				t.Fatalf("seed %d: %s was typed %s and shows %s", seed, n.ID, n.Due, d.Due)
			}
			if n.Status == "done" && n.DoneOn != "" && d.Due != n.DoneOn {
				t.Fatalf("seed %d: %s was done %s and shows %s", seed, n.ID, n.DoneOn, d.Due)
			}
			for _, a := range n.After {
				before, ok := dates[a.Node]
				if !ok || a.Type != "FS" || a.Lag != 0 || cut[[2]string{n.ID, a.Node}] || n.Status == "done" || n.Status == "skipped" || n.Status == "in-progress" || before.Finish == "" {
					continue
				}
				if d.Finish < schedule.AddWorkingDays(in.Calendar, before.Finish, 0) && before.Slack != nil {
					t.Fatalf("seed %d: %s ends %s, before %s which it follows (%s)", seed, n.ID, d.Finish, a.Node, before.Finish)
				}
				checked++
			}
		}
		again := schedule.Run(in)
		if len(again.Nodes) != len(out.Nodes) || again.GoLive != out.GoLive {
			t.Fatalf("seed %d: two runs differ", seed)
		}
	}
	if checked < 500 {
		t.Fatalf("only %d dependencies were looked at", checked)
	}
}

// Moving the anchor by whole weeks moves every computed date by as much.
func TestAnchorKeepsOffsets(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 13))
		in := randomInput(r, 3+r.IntN(20))
		in.Calendar, in.Today, in.Anchor.Date = schedule.Calendar{}, "", "2026-05-12"
		for i := range in.Nodes {
			in.Nodes[i].Due, in.Nodes[i].Start, in.Nodes[i].DoneOn = "", "", ""
		}
		a := schedule.Run(in)
		in.Anchor.Date = "2026-06-09"
		b := schedule.Run(in)
		for i := range a.Nodes {
			x, errX := time.Parse(time.DateOnly, a.Nodes[i].Due)
			y, errY := time.Parse(time.DateOnly, b.Nodes[i].Due)
			if (errX == nil) != (errY == nil) || errX == nil && y.Sub(x) != 28*24*time.Hour {
				t.Fatalf("seed %d: %s moved from %s to %s when the anchor moved four weeks", seed, a.Nodes[i].ID, a.Nodes[i].Due, b.Nodes[i].Due)
			}
		}
	}
}

// However the dependencies are tangled, 500 nodes stay cheap.
func TestCostIsBounded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	in := randomInput(r, 500)
	for i := range in.Nodes {
		for range 100 {
			in.Nodes[i].After = append(in.Nodes[i].After, randomAfter(r, 500))
		}
	}
	began := time.Now()
	schedule.Run(in)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("500 nodes with 50,000 dependencies took %s", took)
	}
}

func BenchmarkRun500(b *testing.B) {
	in := randomInput(rand.New(rand.NewPCG(1, 1)), 500)
	for b.Loop() {
		schedule.Run(in)
	}
}

var usualTitles = map[string]string{
	"Security review": "security-review", "POC kick-off": "poc-kick-off", "Kick-off call": "kick-off", "Legal redline": "legal-review",
	"Paralegal lunch": "", "Democracy": "", "CONTRACT SIGN-OFF": "signature", "First-value review": "first-value", "Öffentliche Demo": "demo",
	"Datenschutz-Folgenabschätzung": "privacy-review", "Prüfung des AV-Vertrags": "", "AVV geprüft": "privacy-review",
	"Endanwenderschulung": "training", "Schulungsraum": "", "Vertragsunterschrift": "signature", "Unterschriften": "",
	"SAP-Anbindung": "integration", "Systemabnahme durch IT": "acceptance-test", "Inbetriebnahme": "go-live", "PoC-Kick-off": "poc-kick-off",
	"Auftaktgespräch": "kick-off", "Rückblick auf den ersten Nutzen": "first-value", "Lenkungsausschuss": "executive-meeting",
}

func TestUsual(t *testing.T) {
	for title, want := range usualTitles {
		if u, _ := schedule.UsualFor(title, ""); u.ID != want {
			t.Errorf("%q is taken for %q, want %q", title, u.ID, want)
		}
	}
	u, _ := schedule.UsualFor("Vendor check", "Security review")
	if r := u.ForProfile("renewal"); r.Min != 4 || r.Typical != 8 || r.Max != 18 {
		t.Errorf("a renewal's security review takes %d, %d or %d days", r.Min, r.Typical, r.Max)
	}
}

// The front end has the same library and reads titles in the same way.
func TestUsualVectors(t *testing.T) {
	got, err := json.MarshalIndent(map[string]any{"library": schedule.Library(), "titles": usualTitles}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join(vectorDir, "usual.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || !bytes.Equal(want, got) {
		t.Errorf("%s holds another library, or none: %v (write it with: go test ./server/plan/schedule -update)", path, err)
	}
}
