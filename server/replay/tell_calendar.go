package replay

import (
	"fmt"

	"coplan/crdt"
	"coplan/server/plan"
)

// calendarEvent tells of days on which the plan, or somebody in it, can't work.
func (t *teller) calendarEvent(e crdt.Event, path []any) {
	part := ""
	if len(path) > 0 {
		part, _ = path[0].(string)
	}
	if part == plan.CalendarHolidays && len(path) == 1 && len(e.Keys) > 2 {
		t.add(Change{Field: plan.RootCalendar, Action: "update", Text: manyHolidays(e)})
		return
	}
	t.eachKey(e, func(key string, c crdt.KeyChange) {
		change := keyChange(plan.RootCalendar, c)
		change.Part = key
		switch {
		case len(path) == 0:
			if key == plan.CalendarHolidays || key == plan.CalendarFreezes || key == plan.CalendarAway {
				return // the map itself; its entries tell
			}
			change.Text = calendarText(key, c)
		case len(path) > 1:
			change.Text = "changed the calendar" // an entry written by somebody else's program
		case part == plan.CalendarHolidays:
			change.Text = t.holiday(key, c)
		case c.New == nil:
			change.Text = "took out of the calendar " + t.span(part, c.Old)
		case c.Old == nil:
			change.Text = "noted " + t.span(part, c.New)
		default:
			change.Text = "noted " + t.span(part, c.New) + ", no longer" + t.when(c.Old)
		}
		t.add(change)
	})
}

func calendarText(key string, c crdt.KeyChange) string {
	switch {
	case key == plan.CalendarWeekend:
		return "changed which days of the week are worked"
	case key == plan.CalendarQuarters && c.New == nil:
		return "turned the warning about ends of quarters off"
	case key == plan.CalendarQuarters:
		return "asked for a warning about ends of quarters"
	}
	return "changed the calendar"
}

// manyHolidays is what was done to more holidays than one names.
func manyHolidays(e crdt.Event) string {
	gone := 0
	for _, c := range e.Keys {
		if c.New == nil {
			gone++
		}
	}
	switch gone {
	case 0:
		return fmt.Sprintf("added %d days off to the calendar", len(e.Keys))
	case len(e.Keys):
		return fmt.Sprintf("took %d days off out of the calendar", gone)
	}
	return fmt.Sprintf("changed %d days off", len(e.Keys))
}

func (t *teller) holiday(date string, c crdt.KeyChange) string {
	what := date
	if d, ok := calendarDate(date); ok {
		what = day(d, d.Year() != t.entry.Time().Year())
	}
	if c.New == nil {
		return "made " + what + " a working day again"
	}
	if label := words(c.New, ""); label != "" {
		what += ", " + name(label, "") + ","
	}
	return "made " + what + " a day off"
}

// span is a freeze or an absence in words: “that IT admin is away 3 to 7 May”.
func (t *teller) span(part string, v any) string {
	object, _ := v.(map[string]any)
	text := func(key string) string { return words(object[key], "") }
	label := ""
	if text(plan.SpanLabel) != "" {
		label = " (" + name(text(plan.SpanLabel), "") + ")"
	}
	if part == plan.CalendarFreezes {
		return "that nothing moves" + t.when(v) + label
	}
	who := text(plan.SpanPerson)
	if who == "" {
		who = name(plan.ReadRoleTitle(t.player.doc, text(plan.SpanRole)), "")
	}
	return "that " + who + " is away" + t.when(v) + label
}

// when is the time of a span, with a blank before it; nothing for an odd one.
func (t *teller) when(v any) string {
	object, _ := v.(map[string]any)
	from, okFrom := calendarDate(object[plan.SpanFrom])
	to, okTo := calendarDate(object[plan.SpanTo])
	switch {
	case !okFrom || !okTo:
		return ""
	case from.Equal(to):
		return " " + day(from, from.Year() != t.entry.Time().Year())
	}
	return " " + span(from, to, t.entry.Time())
}
