package plan

import (
	"cmp"
	"slices"
)

// Languages that the built-in templates are written in.
const (
	English = "en"
	German  = "de"
)

// Languages returns the languages of the built-in templates, English first.
func Languages() []string { return []string{English, German} }

// CheckLanguage returns a *Refusal about "language" unless the templates are
// written in it; "" means English.
func CheckLanguage(language string) error {
	if language != "" && !oneOf(language, Languages()) {
		return refuse(CodeInvalid, "language", "“%s” is not a language that templates are written in; use %s.", clip(language), orList(Languages()))
	}
	return nil
}

// templateWords is what a template says in a language other than English, by the
// ids of what says it. Everything else about a template is the same in all
// languages.
type templateWords struct {
	Title, Description              string
	Summary                         []string
	Roles, Resources, Stages, Rules map[string]string
	Steps                           map[string]stepWords
	Gates                           map[string]gateWords // by step
}

type stepWords struct{ Title, Note, Why string }

type gateWords struct{ Entry, Exit []string }

// translations holds the words by language and template.
var translations = map[string]map[string]templateWords{German: german}

// In returns the template in a language; one it is not written in means English.
func (t Template) In(language string) Template {
	w, ok := translations[language][t.ID]
	if !ok {
		return t
	}
	t.Title, t.Description, t.Summary = w.Title, w.Description, w.Summary
	t.Roles = slices.Clone(t.Roles)
	for i, r := range t.Roles {
		t.Roles[i].Title = cmp.Or(w.Roles[r.ID], r.Title)
	}
	t.Resources = slices.Clone(t.Resources)
	for i, r := range t.Resources {
		t.Resources[i].Title = cmp.Or(w.Resources[r.ID], r.Title)
	}
	t.Stages = slices.Clone(t.Stages)
	for i, stage := range t.Stages {
		t.Stages[i].Title = cmp.Or(w.Stages[stage.ID], stage.Title)
		t.Stages[i].Steps = slices.Clone(stage.Steps)
		for j, s := range stage.Steps {
			if said, ok := w.Steps[s.ID]; ok {
				step := &t.Stages[i].Steps[j]
				step.Title, step.Note, step.Why = said.Title, said.Note, said.Why
			}
		}
	}
	t.Gates = slices.Clone(t.Gates)
	for i, g := range t.Gates {
		if said, ok := w.Gates[g.Step]; ok {
			t.Gates[i].Entry, t.Gates[i].Exit = said.Entry, said.Exit
		}
	}
	t.Rules = slices.Clone(t.Rules)
	for i, r := range t.Rules {
		t.Rules[i].Text = cmp.Or(w.Rules[r.ID], r.Text)
	}
	return t
}

// summary is the summary that a plan from t starts with.
func (t Template) summary() []Rich {
	if len(t.Summary) == 0 {
		return []Rich{Paragraph("")}
	}
	var out []Rich
	for _, heading := range t.Summary {
		out = append(out, Heading(3, heading), Paragraph(""))
	}
	return out
}

// defaultNoun is what a plan in a language is called when it has no noun of its
// own. The front end shows either to each reader in their own language.
func defaultNoun(language string) string {
	if language == German {
		return "gemeinsamer Aktionsplan"
	}
	return DefaultNoun
}
