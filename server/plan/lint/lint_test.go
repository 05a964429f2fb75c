package lint_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"coplan/server/plan/lint"
	"coplan/server/plan/schedule"
)

// go test ./server/plan/lint -update writes the vectors anew: look at the
// difference.
var update = flag.Bool("update", false, "write the vectors in testdata/plan/lint")

type vector struct {
	Name  string      `json:"name"`
	Input lint.Input  `json:"input"`
	Lints []lint.Lint `json:"lints"`
	Skim  int         `json:"skim"`
}

// step is one step of a plan in short: title, side, owner, days; a milestone
// due on a day.
type step struct {
	title, side, owner, due, status string
	days                            int
}

func d(n int) *int { return &n }

// input makes a plan of one stage. Today is Monday, 2 March 2026, go-live 30 June.
func input(profile string, steps ...step) lint.Input {
	in := lint.Input{
		Plan: schedule.Input{
			Anchor: schedule.Anchor{Kind: "go-live", Date: "2026-06-30"}, Today: "2026-03-02",
			Calendar: schedule.Calendar{Holidays: []schedule.Holiday{}, Freezes: []schedule.Span{}, Away: []schedule.Away{}},
			Roles:    []schedule.Role{}, Nodes: []schedule.Node{},
		},
		Profile: profile, Status: "live", LastEdit: "2026-02-27", Nodes: []lint.Node{},
		Roles: []lint.Role{
			{ID: "champion", Title: "Champion", Side: "buyer", Kind: "champion", Name: "Marcus", Email: "m@x.example"},
			{ID: "economic", Title: "CFO", Side: "buyer", Kind: "economic buyer", Name: "Helena", Phone: "1"},
			{ID: "counsel", Title: "General counsel", Side: "buyer", Kind: "legal"},
			{ID: "ae", Title: "Account executive", Side: "seller", Kind: "account executive", Name: "Ben", Email: "b@x.example"},
		},
	}
	in.Plan.Nodes = append(in.Plan.Nodes, schedule.Node{ID: "stage", Kind: "stage", Title: "The stage", Side: "joint", After: []schedule.After{}})
	for i, s := range steps {
		n := schedule.Node{
			ID: fmt.Sprint("s", i), Kind: "milestone", Parent: "stage", Title: s.title, Side: s.side, Owner: s.owner,
			Due: s.due, Status: s.status, After: []schedule.After{},
		}
		if s.days > 0 {
			n.Days = d(s.days)
		}
		in.Plan.Nodes = append(in.Plan.Nodes, n)
		in.Nodes = append(in.Nodes, lint.Node{ID: n.ID, Contributors: []string{}})
	}
	return in
}

func sound() []step {
	return []step{
		{"Platform demo", "seller", "ae", "2026-03-10", "done", 5},
		{"Pilot", "joint", "champion", "2026-04-10", "in-progress", 15},
		{"Legal redline", "buyer", "counsel", "2026-05-04", "", 15},
		{"Contract sign-off", "buyer", "economic", "2026-05-08", "", 4},
		{"Kick-off call", "seller", "ae", "2026-05-20", "", 7},
		{"Admin training", "joint", "ae", "2026-06-08", "", 10},
		{"First-value review", "joint", "champion", "2026-06-30", "", 15},
	}
}

// repeat makes n steps of long titles.
func repeat(n int) []step {
	out := sound()
	for i := len(out); i < n; i++ {
		out = append(out, step{fmt.Sprint("Go through the workshop agenda, part ", i), "joint", "ae", "2026-06-01", "", 0})
	}
	return out
}

var cases = []struct {
	name string
	in   func() lint.Input
	want string // code and, after a colon, node, role or kind; in order
}{
	{"a sound plan", func() lint.Input { return input("enterprise", sound()...) }, ""},
	{"nothing yet", func() lint.Input { return input("custom") }, "too-thin"},
	{"too thin, with procurement", func() lint.Input { return input("custom", sound()[2:4]...) }, "too-thin ends-at-signing:s1"},
	{"five steps are enough for onboarding", func() lint.Input { return input("onboarding", sound()[2:]...) }, ""},
	{"too large, and long to skim", func() lint.Input { return input("enterprise", repeat(31)...) }, "too-large skim-long"},
	{"quick plans have twenty steps", func() lint.Input { return input("quick-start", repeat(21)...) }, "too-large span-long skim-long"},
	{"skipped steps don't count", func() lint.Input {
		steps := repeat(31)
		steps[30].status = "skipped"
		return input("enterprise", steps...)
	}, "skim-long"},
	{"ends at signature", func() lint.Input { return input("enterprise", append(repeat(7)[:4], sound()[0], sound()[1])...) }, "ends-at-signing:s3"},
	{"a renewal may end there", func() lint.Input { return input("renewal", sound()[:4]...) }, ""},
	{"trained, but never looked at the value", func() lint.Input { return input("enterprise", sound()[:6]...) }, "no-first-value:s5"},
	{"all the seller's", func() lint.Input {
		steps := sound()
		for i := range steps {
			steps[i].side, steps[i].owner = "seller", "ae"
		}
		return input("enterprise", steps...)
	}, "one-sided:seller"},
	{"the seller answers for everything", func() lint.Input {
		steps := sound()
		for i := range steps {
			steps[i].owner = "ae"
		}
		return input("enterprise", steps...)
	}, "one-sided-owners:seller"},
	{"nobody owns two", func() lint.Input {
		steps := sound()
		steps[0].owner, steps[1].owner, steps[5].owner = "", "", "" // the first is done
		return input("enterprise", steps...)
	}, "no-owner:s1 no-owner:s5"},
	{"no legal role, no champion", func() lint.Input {
		in := input("enterprise", sound()...)
		in.Roles = in.Roles[1:]
		in.Roles[1].Side = "seller"
		return in
	}, "role-missing:champion role-missing:legal"},
	{"a quick purchase needs no counsel", func() lint.Input {
		in := input("quick", sound()...)
		in.Plan.Anchor.Date = "2026-03-30"
		in.Roles = slices.Delete(in.Roles, 2, 3)
		return in
	}, "span-long"},
	{"a milestone without a date", func() lint.Input {
		steps := sound()
		steps[2].due = ""
		return input("enterprise", steps...)
	}, "undated:s2"},
	{"no date anywhere", func() lint.Input {
		steps := sound()
		steps[2].due = ""
		in := input("enterprise", steps...)
		in.Plan.Anchor.Date = ""
		return in
	}, "undated:s2"},
	{"too short and too long", func() lint.Input {
		steps := sound()
		steps[1].days, steps[2].days = 40, 2
		return input("enterprise", steps...)
	}, "unrealistic:s1 unrealistic:s2"},
	{"a gate without a reviewer, and one whose reviewer left", func() lint.Input {
		in := input("enterprise", sound()...)
		in.Nodes[1].Gated, in.Nodes[2].Gated, in.Nodes[3].Gated = true, true, true
		in.Nodes[1].Reviewer, in.Nodes[3].Reviewer = "gone", "economic"
		return in
	}, "no-reviewer:s1 no-reviewer:s2"},
	{"a role without a name is needed soon", func() lint.Input {
		in := input("enterprise", sound()...)
		in.Roles[2].InvolveBy = "2026-03-20"
		return in
	}, "no-contact:counsel"},
	{"a contributor without an address", func() lint.Input {
		in := input("enterprise", sound()...)
		in.Roles = append(in.Roles, lint.Role{ID: "it", Side: "buyer", Name: " IT\n", Email: "\t"})
		in.Nodes[1].Contributors = []string{"it"}
		return in
	}, "no-contact:it"},
	{"nobody touched it for two weeks", func() lint.Input {
		in := input("enterprise", sound()...)
		in.LastEdit = "2026-02-16"
		return in
	}, "stale"},
	{"a draft may rest", func() lint.Input {
		in := input("enterprise", sound()...)
		in.LastEdit, in.Status = "2026-01-16", "draft"
		return in
	}, ""},
	{"no date of today", func() lint.Input {
		in := input("enterprise", sound()...)
		in.Plan.Today, in.LastEdit = "", "2026-01-16"
		return in
	}, ""},
	{"an unknown profile", func() lint.Input { return input("moonshot", sound()...) }, ""},
}

func TestRules(t *testing.T) {
	var list []vector
	for _, c := range cases {
		in := c.in()
		lints := lint.Check(in)
		var got []string
		keys := map[string]bool{}
		for _, l := range lints {
			where := l.Node + l.Role
			if l.Code == lint.RoleMissing || l.Code == lint.OneSided || l.Code == lint.OneSidedOwner {
				where = l.What
			}
			got = append(got, strings.TrimSuffix(l.Code+":"+where, ":"))
			if keys[l.Key] {
				t.Errorf("%s: two suggestions are called %s", c.name, l.Key)
			}
			keys[l.Key] = true
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, s, c.want)
		}
		list = append(list, vector{c.name, in, lints, lint.SkimSeconds(in.Plan)})
	}
	checkVectors(t, "rules.json", list)
}

// Plans made at random, the same in both languages; between them every rule speaks.
func TestRandomVectors(t *testing.T) {
	titles := []string{"Demo", "Legal redline", "Security review", "Contract signature", "Kick-off call", "Training", "First value review", "Something else", "", "DPA Ünïcode 🙂 terms"}
	sides := []string{"seller", "seller", "buyer", "joint"}
	owners := []string{"", "ae", "ae", "champion", "gone"}
	var list []vector
	spoke := map[string]bool{}
	for seed := range uint64(48) {
		r := rand.New(rand.NewPCG(seed, 11))
		pick := func(list []string) string { return list[r.IntN(len(list))] }
		var steps []step
		for range r.IntN(12) * (1 + r.IntN(4)) {
			s := step{title: pick(titles), side: pick(sides), owner: pick(owners), status: pick([]string{"", "", "done", "skipped", "blocked"}), days: r.IntN(60)}
			if r.IntN(2) == 0 {
				s.due = pick([]string{"2026-03-01", "2026-05-20", "2027-02-01", "soon"})
			}
			steps = append(steps, s)
		}
		in := input(pick([]string{"enterprise", "quick", "renewal", "onboarding", "custom", ""}), steps...)
		in.LastEdit = pick([]string{"2026-02-27", "2026-01-01", "", "2026-02-23"})
		if r.IntN(3) == 0 {
			for i := range in.Plan.Nodes {
				in.Plan.Nodes[i].Side = "seller"
			}
		}
		for i := range in.Nodes {
			in.Nodes[i].Gated = r.IntN(8) == 0
			in.Nodes[i].Reviewer = pick(owners)
			if r.IntN(3) == 0 {
				in.Nodes[i].Contributors = []string{pick(owners), "counsel"}
			}
		}
		if r.IntN(4) == 0 {
			in.Roles = in.Roles[r.IntN(4):]
		}
		v := vector{fmt.Sprint("seed ", seed), in, lint.Check(in), lint.SkimSeconds(in.Plan)}
		for _, l := range v.Lints {
			spoke[l.Code] = true
		}
		list = append(list, v)
	}
	if len(spoke) != 15 {
		t.Errorf("only %d of 15 rules spoke: %v", len(spoke), spoke)
	}
	checkVectors(t, "random.json", list)
}

func checkVectors(t *testing.T, file string, list []vector) {
	t.Helper()
	path := filepath.Join("../../../testdata/plan/lint", file)
	if *update {
		out := "["
		for i, v := range list {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			out += strings.Repeat(",", min(i, 1)) + "\n" + string(b)
		}
		if err := os.WriteFile(path, []byte(out+"\n]\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with: go test ./server/plan/lint -update)", err)
	}
	var want []vector
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(list) {
		t.Fatalf("%s holds %d plans, not %d (write it with: go test ./server/plan/lint -update)", file, len(want), len(list))
	}
	for i, v := range list {
		if !reflect.DeepEqual(v.Lints, want[i].Lints) || v.Skim != want[i].Skim {
			t.Errorf("%s, %s:\n got %+v\nwant %+v", file, v.Name, v.Lints, want[i].Lints)
		}
	}
}
