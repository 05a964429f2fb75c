package plan_test

import (
	"testing"

	"coplan/server/plan"
)

func TestValidDate(t *testing.T) {
	for s, want := range map[string]bool{
		"2026-02-28": true, "2028-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"2026-02-29": false, "2026-13-01": false, "2026-1-1": false, "0000-01-01": false,
		"2026-02-28T00:00": false, "28.02.2026": false, "": false, "２０２６-01-01": false,
	} {
		if got := plan.ValidDate(s); got != want {
			t.Errorf("ValidDate(%q) = %v", s, got)
		}
	}
}

// The built-in templates hang together: ids, roles and dependencies exist, and
// every step has one accountable owner, a duration and a description.
func TestTemplates(t *testing.T) {
	wantSteps := map[string]int{"enterprise-evaluation": 10, "quick-start": 9, "security-procurement": 14, "renewal": 9, "onboarding": 9, "blank": 0}
	for _, tpl := range plan.Templates() {
		if n := tpl.StepCount(); n != wantSteps[tpl.ID] {
			t.Errorf("%s has %d steps, want %d", tpl.ID, n, wantSteps[tpl.ID])
		}
		roles, ids := map[string]string{}, map[string]bool{}
		for _, r := range tpl.Roles {
			roles[r.ID] = r.Side
		}
		for _, stage := range tpl.Stages {
			if ids[stage.ID] || !plan.ValidID(stage.ID) {
				t.Errorf("%s: stage id %q", tpl.ID, stage.ID)
			}
			ids[stage.ID] = true
			for _, s := range stage.Steps {
				if ids[s.ID] || !plan.ValidID(s.ID) {
					t.Errorf("%s: step id %q", tpl.ID, s.ID)
				}
				for _, id := range s.After {
					if !ids[id] {
						t.Errorf("%s: %s comes after %q, which is not above it", tpl.ID, s.ID, id)
					}
				}
				ids[s.ID] = true
				for _, r := range append([]string{s.Accountable}, s.Contributors...) {
					if roles[r] == "" {
						t.Errorf("%s: %s is owned by the unknown role %q", tpl.ID, s.ID, r)
					}
				}
				if s.Days <= 0 || s.Note == "" || s.Title == "" || s.Side == "" {
					t.Errorf("%s: %s lacks a duration, description, title or side", tpl.ID, s.ID)
				}
			}
		}
		for _, g := range tpl.Gates {
			if !ids[g.Step] || roles[g.Reviewer] == "" || g.Locks != "" && !ids[g.Locks] || len(g.Exit) == 0 {
				t.Errorf("%s: a gate that does not hang together: %+v", tpl.ID, g)
			}
		}
		for _, r := range tpl.Rules {
			if !plan.ValidID(r.ID) || roles[r.Role] == "" || r.Step != "" && !ids[r.Step] || r.Kind == plan.RuleExtension && r.Step == "" {
				t.Errorf("%s: a rule that does not hang together: %+v", tpl.ID, r)
			}
		}
		for _, id := range []string{tpl.GoLive, tpl.Value} {
			if id != "" && !ids[id] {
				t.Errorf("%s: anchored at the unknown step %q", tpl.ID, id)
			}
		}
	}
}

// A plan that is made from a template has its gates and rules, and none of them
// is in anybody's way on the first day.
func TestTemplateGatesAndRules(t *testing.T) {
	d := newPlan(t, "security-procurement")
	v := plan.Read(d)
	if len(v.Warnings) > 0 {
		t.Errorf("warnings: %+v", v.Warnings)
	}
	n := v.Find("security-approval")
	g := n.Gate
	if g == nil || g.State != plan.GateOpen || g.Reviewer != "security-lead" || g.Evidence != 1 || len(g.Entry) != 2 || len(g.Exit) != 2 || g.Exit[1].Text != "Every open finding has an owner and a date" {
		t.Errorf("the gate is %+v", g)
	}
	if locks := v.Locks(); len(locks) != 1 || locks[0] != (plan.Lock{Stage: "implementation", Gate: n.ID}) {
		t.Errorf("locks: %+v", locks)
	}
	if len(v.Rules) != 2 || v.Rules[0].Days != 14 || v.Rules[1].Until != n.Due {
		t.Errorf("rules: %+v", v.Rules)
	}
	for _, s := range v.RuleStatuses(nil, "2026-03-02") {
		if s.State != plan.RuleQuiet {
			t.Errorf("the rule %s is %s at once", s.Rule, s.State)
		}
	}
}

func TestCompareUTF16(t *testing.T) {
	sorted := []string{"", "A", "Aa", "B", "a", "é", "\ud7ff", "😀", "😀a", "\ue000", "\uffff"}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := plan.CompareUTF16(a, b); got != sign(i-j) {
				t.Errorf("CompareUTF16(%q, %q) = %d", a, b, got)
			}
		}
	}
}

func TestSliceUTF16(t *testing.T) {
	const s = "a😀é€z" // units: a 1, 😀 2, é 1, € 1, z 1
	if n := plan.LenUTF16(s); n != 6 {
		t.Errorf("length %d, want 6", n)
	}
	for _, c := range []struct {
		from, to int
		want     string
	}{
		{0, 1, "a"}, {1, 3, "😀"}, {3, 5, "é€"}, {5, 99, "z"}, {0, 2, "a"}, {2, 3, "😀"}, {6, 6, ""},
	} {
		if got := plan.SliceUTF16(s, c.from, c.to); got != c.want {
			t.Errorf("units %d to %d of %q = %q, want %q", c.from, c.to, s, got, c.want)
		}
	}
}

// The keys were computed by y-tiptap 3.0.9 for a mark comment with excludes "".
func TestCommentKey(t *testing.T) {
	for id, want := range map[string]string{
		"t1":                             "comment--Op1k3pgf",
		"k3v9q2x7m1pa":                   "comment--ojG8C4SG",
		"Thread_with-long_id_0123456789": "comment--O2rdGBF/",
		"ß€😀":                            "comment--kana/ppR",
	} {
		got := plan.CommentKey(id)
		if got != want {
			t.Errorf("key of comment %q is %q, an editor computes %q", id, got, want)
		}
		if name := plan.MarkName(got); name != "comment" {
			t.Errorf("%q reads as a mark called %q", got, name)
		}
	}
	for key, want := range map[string]string{"bold": "bold", "a--b": "a--b", "x--12345678": "x", "--12345678": ""} {
		if got := plan.MarkName(key); got != want {
			t.Errorf("%q reads as a mark called %q, want %q", key, got, want)
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
