package replay

import (
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
		t.add(Change{Field: plan.RootCalendar, Action: "update", Say: manyHolidays(e)})
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
			change.Say = calendarSay(key, c)
		case len(path) > 1:
			change.Say = rootSay(plan.RootCalendar) // an entry written by somebody else's program
		case part == plan.CalendarHolidays:
			change.Say = holiday(key, c)
		case c.New == nil:
			change.Say = say("calendar.dropped", "span", t.span(part, c.Old))
		case c.Old == nil:
			change.Say = say("calendar.noted", "span", t.span(part, c.New))
		default:
			change.Say = say("calendar.moved", "span", t.span(part, c.New), "when", when(c.Old))
		}
		t.add(change)
	})
}

func calendarSay(key string, c crdt.KeyChange) Say {
	switch {
	case key == plan.CalendarWeekend:
		return say("calendar.weekend")
	case key == plan.CalendarQuarters && c.New == nil:
		return say("calendar.quarters.off")
	case key == plan.CalendarQuarters:
		return say("calendar.quarters.on")
	}
	return rootSay(plan.RootCalendar)
}

// manyHolidays is what was done to more holidays than one names.
func manyHolidays(e crdt.Event) Say {
	gone := 0
	for _, c := range e.Keys {
		if c.New == nil {
			gone++
		}
	}
	switch gone {
	case 0:
		return say("calendar.holidays.added", "n", len(e.Keys))
	case len(e.Keys):
		return say("calendar.holidays.dropped", "n", gone)
	}
	return say("calendar.holidays.changed", "n", len(e.Keys))
}

func holiday(date string, c crdt.KeyChange) Say {
	var when any = Plain{words(date, "")}
	if plan.ValidDate(date) {
		when = Date{Date: date}
	}
	if c.New == nil {
		return say("calendar.holiday.off", "date", when)
	}
	if label := words(c.New, ""); label != "" {
		return say("calendar.holiday.named", "date", when, "name", titled(label, ""))
	}
	return say("calendar.holiday.on", "date", when)
}

// span is a freeze or an absence in words: “that IT admin is away 3 to 7 May”.
func (t *teller) span(part string, v any) Say {
	object, _ := v.(map[string]any)
	text := func(key string) string { return words(object[key], "") }
	s := say("calendar.freeze", "when", when(v))
	if part != plan.CalendarFreezes {
		s = say("calendar.away", "when", when(v), "who", t.role(text(plan.SpanRole)))
		if who := text(plan.SpanPerson); who != "" {
			s.Values["who"] = Plain{who}
		}
	}
	if label := text(plan.SpanLabel); label != "" {
		s.ID += "Named"
		s.Values["name"] = titled(label, "")
	}
	return s
}

// when is the time of a span; nothing for an odd one.
func when(v any) Say {
	object, _ := v.(map[string]any)
	from, to := words(object[plan.SpanFrom], ""), words(object[plan.SpanTo], "")
	switch {
	case !plan.ValidDate(from) || !plan.ValidDate(to):
		return say("when.odd")
	case from == to:
		return say("when.day", "date", Date{Date: from})
	}
	return say("when.span", "from", Date{Date: from, To: to}, "to", Date{Date: to, From: from})
}
