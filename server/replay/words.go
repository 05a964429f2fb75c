package replay

import (
	"math"
	"slices"
	"strings"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

// person is how a sentence calls who acted: “Dana (buyer)”.
func person(a journal.Actor) string {
	who := words(a.Name, "")
	if a.Role == "system" || a.Via == "system" {
		if who == "" {
			who = "Coplan"
		}
		return who
	}
	if who == "" {
		who = "Someone"
	}
	role := a.Role
	if role == "owner" && a.Side != "" {
		role = a.Side
	}
	if role == "" {
		return who
	}
	return who + " (" + role + ")"
}

// join makes one predicate of all changes of an entry.
func join(changes []Change) Say {
	switch len(changes) {
	case 0:
		return say("entry.none")
	case 1:
		return changes[0].Say
	case 2:
		if changes[0].Follows == nil && changes[1].Follows == nil {
			return say("entry.two", "first", changes[0].Say, "second", changes[1].Say)
		}
	}
	if led := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Follows != nil }); len(led) < len(changes) {
		return say("entry.with", "first", join(led), "n", len(changes)-len(led))
	}
	first := changes[0]
	more := say("entry.more", "first", first.Say, "n", len(changes)-1)
	for _, c := range changes[1:] {
		if c.Field != first.Field || c.Node == "" || first.Node == "" || c.Action != first.Action || (c.New == nil) != (first.New == nil) {
			return more
		}
	}
	return say(together(first), "n", len(changes), "steps", titles(changes))
}

// together is how several steps changed alike.
func together(first Change) string {
	switch first.Field {
	case plan.NodeDue, plan.NodeStart:
		return "together.dates"
	case plan.NodeStatus:
		return "together.status"
	case plan.NodeParent, plan.NodeOrd:
		return "together.moved"
	case plan.NodeSide:
		return "together.side"
	case plan.NodeDel:
		if first.New != nil {
			return "together.deleted"
		}
		return "together.restored"
	case plan.RootNodes:
		if first.Action == "add" {
			return "together.added"
		}
	}
	return "together.changed"
}

// titles lists the nodes of changes, the first three by name.
func titles(changes []Change) Titles {
	const shown = 3
	var list Titles
	for _, c := range changes[:min(shown, len(changes))] {
		list.Titles = append(list.Titles, Title{Title: words(c.NodeTitle, "")})
	}
	list.More = len(changes) - len(list.Titles)
	return list
}

// dateSay says how a date changed: id with .moved, .set, .removed or .changed.
func dateSay(id string, c crdt.KeyChange, pairs ...any) Say {
	from, to := words(c.Old, ""), words(c.New, "")
	okFrom, okTo := plan.ValidDate(from), plan.ValidDate(to)
	switch {
	case okFrom && okTo:
		return say(id+".moved", append(pairs, "from", Date{Date: from, To: to}, "to", Date{Date: to, From: from})...)
	case okTo:
		return say(id+".set", append(pairs, "date", Date{Date: to})...)
	case okFrom && to == "":
		return say(id+".removed", append(pairs, "date", Date{Date: from})...)
	}
	return say(id+".changed", pairs...)
}

func calendarDate(v any) (time.Time, bool) {
	s, _ := v.(string)
	if !plan.ValidDate(s) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

func day(t time.Time, year bool) string {
	if year {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan")
}

// titled is a title as a value of a Say, short enough to stand in it.
func titled(title any, kind string) Title { return Title{words(title, ""), kind} }

func quoted(s string) Quote { return Quote{words(s, "…")} }

// name emphasises a title; an empty one is called after its kind.
func name(title any, kind string) string {
	s := words(title, "")
	if s == "" {
		if kind == "" {
			return "*Untitled*"
		}
		return "an untitled " + bareKind(kind)
	}
	return "*" + s + "*"
}

func bareKind(kind string) string {
	switch kind {
	case plan.KindStage, plan.KindSubtask:
		return kind
	}
	return "step"
}

func quote(s string) string { return "“" + s + "”" }

const (
	maxWords   = 80  // characters of quoted text kept in a sentence
	maxWritten = 400 // characters of written text kept in a change
)

// words makes text from a document fit to stand in a sentence: one line, not
// long, and without asterisks, which would end an emphasis.
func words(v any, empty string) string {
	s, _ := v.(string)
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "*", "∗")), " ")
	if s == "" {
		return empty
	}
	return clip(s, maxWords)
}

// clip keeps the first n characters of s.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n])) + "…"
	}
	return s
}

// plain returns v if JSON can hold it as it is, else nil.
func plain(v any) any {
	switch v := v.(type) {
	case string, bool, int64, int, nil:
		return v
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
	}
	return nil
}
