package replay

import (
	"fmt"
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
func join(changes []Change) string {
	switch len(changes) {
	case 0:
		return "made an edit that changed nothing visible"
	case 1:
		return changes[0].Text
	case 2:
		if changes[0].Follows == nil && changes[1].Follows == nil {
			return changes[0].Text + " and " + changes[1].Text
		}
	}
	if led := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Follows != nil }); len(led) < len(changes) {
		if n := len(changes) - len(led); n > 1 {
			return fmt.Sprintf("%s, and with it %d steps", join(led), n)
		}
		return join(led) + ", and with it one step"
	}
	first := changes[0]
	for _, c := range changes[1:] {
		if c.Field != first.Field || c.Node == "" || first.Node == "" {
			return fmt.Sprintf("%s and made %d more changes", first.Text, len(changes)-1)
		}
	}
	for _, c := range changes[1:] {
		if c.Action != first.Action || (c.New == nil) != (first.New == nil) {
			return fmt.Sprintf("%s and made %d more changes", first.Text, len(changes)-1)
		}
	}
	return fmt.Sprintf(together(first), len(changes), titles(changes))
}

// together is how several steps changed alike; %d is how many, %s which.
func together(first Change) string {
	switch first.Field {
	case plan.NodeDue, plan.NodeStart:
		return "moved the dates of %d steps: %s"
	case plan.NodeStatus:
		return "changed the status of %d steps: %s"
	case plan.NodeParent, plan.NodeOrd:
		return "moved %d steps: %s"
	case plan.NodeSide:
		return "changed the side of %d steps: %s"
	case plan.NodeDel:
		if first.New != nil {
			return "deleted %d steps: %s"
		}
		return "restored %d steps: %s"
	case plan.RootNodes:
		if first.Action == "add" {
			return "added %d steps: %s"
		}
	}
	return "changed %d steps: %s"
}

// titles lists the nodes of changes, the first three by name.
func titles(changes []Change) string {
	const shown = 3
	var list []string
	for _, c := range changes[:min(shown, len(changes))] {
		list = append(list, name(c.NodeTitle, ""))
	}
	if rest := len(changes) - shown; rest > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(list, ", "), rest)
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// dateChange says how a date changed: “MOVED from 3 to 10 Mar”, or what was set
// or removed. Years are left out where they are that of the entry.
func dateChange(what string, c crdt.KeyChange, at time.Time, moved string) string {
	from, okFrom := calendarDate(c.Old)
	to, okTo := calendarDate(c.New)
	switch {
	case okFrom && okTo:
		return moved + " from " + span(from, to, at)
	case okTo:
		return "set " + what + " to " + day(to, to.Year() != at.Year())
	case okFrom && words(c.New, "") == "":
		return "removed " + what + ", " + day(from, from.Year() != at.Year())
	}
	return "changed " + what
}

func calendarDate(v any) (time.Time, bool) {
	s, _ := v.(string)
	if !plan.ValidDate(s) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// span writes two dates as short as they are clear: “3 to 10 Mar”, “28 Feb to
// 7 Mar”, “28 Dec 2026 to 4 Jan 2027”.
func span(from, to, at time.Time) string {
	years := from.Year() != to.Year()
	if !years && from.Month() == to.Month() {
		return fmt.Sprintf("%d to %s", from.Day(), day(to, to.Year() != at.Year()))
	}
	return day(from, years) + " to " + day(to, years || to.Year() != at.Year())
}

func day(t time.Time, year bool) string {
	if year {
		return t.Format("2 Jan 2006")
	}
	return t.Format("2 Jan")
}

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

func kindName(kind string) string { return "the " + bareKind(kind) }

func quote(s string) string { return "“" + words(s, "…") + "”" }

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
