package plan_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
	"coplan/server/plan/lint"
	"coplan/server/plan/schedule"
)

// sameInBoth are words that German has taken over.
var sameInBoth = []string{"Champion", "Kick-off"}

// addresses somebody: the templates speak for both sides, to neither.
var addresses = regexp.MustCompile(`(^|[^.!?] )(Sie|Ihr|Ihre[nrms]?|Ihnen)\b|\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]eine?[nrms]?|[Ee]uch|[Ee]ure?[nrms]?)\b`)

// A plan in German is the plan in English with all of its words replaced, and
// nothing but its words.
func TestTemplateLanguages(t *testing.T) {
	for _, tpl := range plan.Templates() {
		english, german := newPlanIn(t, tpl.ID, plan.English), newPlanIn(t, tpl.ID, plan.German)
		a, b := plain(t, english), plain(t, german)
		compared := 0
		var compare func(path string, a, b any)
		compare = func(path string, a, b any) {
			switch a := a.(type) {
			case map[string]any:
				b, ok := b.(map[string]any)
				if !ok || !slices.Equal(slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))) {
					t.Errorf("%s: %s is %v in German", tpl.ID, path, b)
					return
				}
				for k := range a {
					compare(path+"."+k, a[k], b[k])
				}
			case []any:
				b, ok := b.([]any)
				if !ok || len(a) != len(b) {
					t.Errorf("%s: %s is %v in German", tpl.ID, path, b)
					return
				}
				for i := range a {
					compare(fmt.Sprintf("%s.%d", path, i), a[i], b[i])
				}
			default:
				said, _ := b.(string)
				switch {
				case !isWords(path) || a == "" || a == "<paragraph></paragraph>":
					if a != b {
						t.Errorf("%s: %s is %v in English, %v in German", tpl.ID, path, a, b)
					}
				case said == "" || a == b && !slices.Contains(sameInBoth, said):
					t.Errorf("%s: %s has no German: %v, %v", tpl.ID, path, a, b)
				case addresses.MatchString(strings.TrimPrefix(said, "<paragraph>")):
					t.Errorf("%s: %s addresses the reader: %s", tpl.ID, path, said)
				default:
					compared++
				}
			}
		}
		compare("", a, b)
		if want := 3*tpl.StepCount() + len(tpl.Roles); tpl.ID != "quick-start" && compared < want {
			t.Errorf("%s: %d words compared, want %d at least", tpl.ID, compared, want)
		}

		g := tpl.In(plan.German)
		if g.Title == "" || g.Title == tpl.Title || g.Description == "" || g.Description == tpl.Description {
			t.Errorf("%s is called %q, %q in German", tpl.ID, g.Title, g.Description)
		}
		if again, _ := plan.TemplateByID(tpl.ID); asJSON(t, again) != asJSON(t, tpl) {
			t.Errorf("%s: the English template changed while the German one was made", tpl.ID)
		}
	}
}

// plain is what a plan's document holds, as plain values.
func plain(t *testing.T, d *crdt.Doc) (out map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(asJSON(t, docJSON(d))), &out); err != nil {
		t.Fatal(err)
	}
	var summary any
	if err := json.Unmarshal([]byte(asJSON(t, plan.Read(d).Summary)), &summary); err != nil {
		t.Fatal(err)
	}
	out["summary"] = summary
	return out
}

// isWords: the value at path is for people to read. The plan's own title is what
// its creator typed.
func isWords(path string) bool {
	key := path[strings.LastIndexByte(path, '.')+1:]
	return slices.Contains([]string{"title", "note", "why", "text", "noun"}, key) && path != ".meta.title"
}

// What is recognised by its words is recognised in both languages: the kind of
// each step, and all that the rules say about a plan, whole or with steps gone.
func TestTemplateLanguagesLintAlike(t *testing.T) {
	found := 0
	for _, tpl := range plan.Templates() {
		for i, stage := range tpl.In(plan.German).Stages {
			for j, s := range stage.Steps {
				english, _ := schedule.UsualFor(tpl.Stages[i].Steps[j].Title, "")
				if u, _ := schedule.UsualFor(s.Title, ""); u.ID != english.ID {
					t.Errorf("%s: “%s” is taken for %q, “%s” for %q", tpl.ID, s.Title, u.ID, tpl.Stages[i].Steps[j].Title, english.ID)
				}
			}
		}
		gone := []string{""}
		for _, stage := range tpl.Stages {
			gone = append(gone, stage.ID)
			for _, s := range stage.Steps {
				gone = append(gone, s.ID)
			}
		}
		for _, id := range gone {
			var said [2][]lint.Lint
			for i, language := range plan.Languages() {
				d := newPlanIn(t, tpl.ID, language)
				if id != "" {
					set(t, d, id, plan.NodeDel, "2026-03-03T10:00:00.000Z")
				}
				edit(t, d, func(tx *crdt.Tx) { // so that steps ask for the roles they need
					for _, role := range d.Map(plan.RootRoles).Keys() {
						m, _ := d.Map(plan.RootRoles).Map(role)
						m.Delete(tx, plan.RoleKind)
					}
				})
				said[i] = lint.Check(plan.LintInput(d, "2026-05-04", "2026-02-01"))
			}
			if asJSON(t, said[0]) != asJSON(t, said[1]) {
				t.Errorf("%s without %q:\n%s\n%s", tpl.ID, id, asJSON(t, said[0]), asJSON(t, said[1]))
			}
			for _, l := range said[1] {
				if l.Code == lint.EndsAtSigning || l.Code == lint.NoFirstValue {
					found++
				}
			}
		}
	}
	if found < 5 {
		t.Errorf("only %d plans were told that they end too early", found)
	}
}

// A copy goes by the name its original has, whatever language it is in.
func TestCopyKeepsNoun(t *testing.T) {
	d := copyOf(t, newPlanIn(t, "quick-start", plan.German), plan.CreateInput{})
	if noun := plan.Read(d).Noun; noun != "gemeinsamer Aktionsplan" {
		t.Errorf("the copy is a %q", noun)
	}
	d = copyOf(t, newPlanIn(t, "quick-start", plan.German), plan.CreateInput{Noun: "Go-live-Plan"})
	if noun := plan.Read(d).Noun; noun != "Go-live-Plan" {
		t.Errorf("the copy is a %q", noun)
	}
}
