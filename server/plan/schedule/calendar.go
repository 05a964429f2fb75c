package schedule

import (
	"cmp"
	"slices"
	"sort"
)

// gaps takes runs of units out of a line of whole numbers. The units that are
// left are numbered from the same zero.
type gaps struct {
	from, to []int // disjoint, ascending, to excluded
	cum      []int // units taken out before from[i]
}

func newGaps(runs [][2]int) gaps {
	slices.SortFunc(runs, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	var g gaps
	for _, r := range runs {
		last := len(g.to) - 1
		switch {
		case r[0] >= r[1]:
		case last >= 0 && r[0] <= g.to[last]:
			g.to[last] = max(g.to[last], r[1])
		default:
			g.from, g.to = append(g.from, r[0]), append(g.to, r[1])
		}
	}
	sum := 0
	for i := range g.from {
		g.cum = append(g.cum, sum)
		sum += g.to[i] - g.from[i]
	}
	return g
}

// in returns how many units are left before n (counted from zero's side).
func (g gaps) in(n int) int {
	i := sort.Search(len(g.from), func(i int) bool { return g.from[i] >= n }) - 1
	if i < 0 {
		return n
	}
	return n - g.cum[i] - (min(n, g.to[i]) - g.from[i])
}

// out returns the place of the r-th unit that is left.
func (g gaps) out(r int) int {
	i := sort.Search(len(g.from), func(i int) bool { return g.from[i]-g.cum[i] > r }) - 1
	if i < 0 {
		return r
	}
	return r + g.cum[i] + g.to[i] - g.from[i]
}

// workdays numbers the days on which the plan can be worked at all. A moment is
// the number of working days before it, so 7 is both the evening of the seventh
// working day and the morning of the eighth.
type workdays struct {
	before [8]int // working weekdays before weekday i
	nth    []int  // the i-th working weekday
	off    gaps   // holidays and freezes, over the weekdays that are worked
}

func newWorkdays(c Calendar, problem func(Problem)) *workdays {
	w := &workdays{}
	weekend := c.Weekend
	if weekend == nil {
		weekend = []int{6, 7}
	}
	for day := range 7 {
		w.before[day] = len(w.nth)
		if !slices.Contains(weekend, day+1) {
			w.nth = append(w.nth, day)
		}
	}
	w.before[7] = len(w.nth)
	if len(w.nth) == 0 {
		problem(Problem{Code: ProblemCalendar})
		return newWorkdays(Calendar{Holidays: c.Holidays, Freezes: c.Freezes}, problem)
	}
	var runs [][2]int
	for _, h := range c.Holidays {
		if day, ok := parseDay(h.Date); ok {
			runs = append(runs, [2]int{w.weekdays(day), w.weekdays(day + 1)})
		}
	}
	for _, s := range c.Freezes {
		if from, to, ok := span(s.From, s.To, problem); ok {
			runs = append(runs, [2]int{w.weekdays(from), w.weekdays(to + 1)})
		}
	}
	w.off = newGaps(runs)
	return w
}

// end is the last day of the quarter that a day is in.
func (q *Quarters) end(day int) int {
	y, m, _ := dateOf(day)
	left := 2 - ((m-q.Month)%3+3)%3 // months of the quarter after this one
	return dayNumber(y+(m+left)/12, (m+left)%12+1, 1) - 1
}

// edit is the calendar with some entries taken out and others put in. A day can
// be off once; other entries are told apart by all they say. The weekend and
// the quarters are replaced where add names them.
func (c Calendar) edit(add, drop *Calendar) Calendar {
	if drop != nil {
		c.Holidays = slices.DeleteFunc(slices.Clone(c.Holidays), func(h Holiday) bool {
			return slices.ContainsFunc(drop.Holidays, func(d Holiday) bool { return d.Date == h.Date })
		})
		c.Freezes = slices.DeleteFunc(slices.Clone(c.Freezes), func(s Span) bool { return slices.Contains(drop.Freezes, s) })
		c.Away = slices.DeleteFunc(slices.Clone(c.Away), func(a Away) bool { return slices.Contains(drop.Away, a) })
		if drop.Quarters != nil {
			c.Quarters = nil
		}
	}
	if add != nil {
		if add.Weekend != nil {
			c.Weekend = add.Weekend
		}
		if add.Quarters != nil {
			c.Quarters = add.Quarters
		}
		c.Holidays = append(slices.Clone(c.Holidays), add.Holidays...)
		c.Freezes = append(slices.Clone(c.Freezes), add.Freezes...)
		c.Away = append(slices.Clone(c.Away), add.Away...)
	}
	return c
}

// span reads a run of days; one that is reversed, longer than a year or no date
// at all cannot be meant.
func span(a, b string, problem func(Problem)) (from, to int, ok bool) {
	from, okFrom := parseDay(a)
	to, okTo := parseDay(b)
	if !okFrom || !okTo || to < from || to-from >= maxSpanDays {
		problem(Problem{Code: ProblemCalendar, Date: a, Needs: b})
		return 0, 0, false
	}
	return from, to, true
}

func (w *workdays) weekdays(day int) int {
	week := floorDiv(day, 7)
	return week*len(w.nth) + w.before[day-week*7]
}

// moment is the morning of a day.
func (w *workdays) moment(day int) int { return w.off.in(w.weekdays(day)) }

// day is the working day that begins at a moment.
func (w *workdays) day(moment int) int {
	n := w.off.out(moment)
	week := floorDiv(n, len(w.nth))
	return week*7 + w.nth[n-week*len(w.nth)]
}

func (w *workdays) works(day int) bool { return w.moment(day+1) > w.moment(day) }

// hours are the moments one owner can use: the plan's less their absences.
type hours struct{ away gaps }

// finish is when work of that many days ends that can begin at from.
func (h hours) finish(from, days int) int {
	if days == 0 {
		return from
	}
	return h.away.out(h.away.in(from)+days-1) + 1
}

// begin is when work of that many days must begin to end at to.
func (h hours) begin(to, days int) int {
	if days == 0 {
		return to
	}
	return h.away.out(h.away.in(to) - days)
}

// startAt is the first usable moment not before from.
func (h hours) startAt(from int) int { return h.away.out(h.away.in(from)) }

// startBy is the last usable moment not after by.
func (h hours) startBy(by int) int { return h.away.out(h.away.in(by+1) - 1) }

// finishAt is the end of the first usable day that does not end before at.
func (h hours) finishAt(at int) int { return h.away.out(h.away.in(at-1)) + 1 }

// finishBy is the end of the last usable day that does not end after by.
func (h hours) finishBy(by int) int { return h.away.out(h.away.in(by)-1) + 1 }

// ownerHours gives each accountable role its hours.
type ownerHours struct {
	work  *workdays
	runs  map[string][][2]int
	made  map[string]hours
	spans map[string][][2]int // the same in days
}

func newOwnerHours(in Input, work *workdays, problem func(Problem)) *ownerHours {
	o := &ownerHours{work: work, runs: map[string][][2]int{}, made: map[string]hours{}, spans: map[string][][2]int{}}
	rolesOf := map[string][]string{}
	for _, r := range in.Roles {
		if r.Person != "" {
			rolesOf[r.Person] = append(rolesOf[r.Person], r.ID)
		}
	}
	for _, a := range in.Calendar.Away {
		from, to, ok := span(a.From, a.To, problem)
		if !ok {
			continue
		}
		roles := rolesOf[a.Person]
		if a.Role != "" && !slices.Contains(roles, a.Role) {
			roles = append([]string{a.Role}, roles...)
		}
		for _, r := range roles {
			o.runs[r] = append(o.runs[r], [2]int{work.moment(from), work.moment(to + 1)})
			o.spans[r] = append(o.spans[r], [2]int{from, to})
		}
	}
	return o
}

func (o *ownerHours) of(role string) hours {
	h, ok := o.made[role]
	if !ok {
		h = hours{newGaps(o.runs[role])}
		o.made[role] = h
	}
	return h
}

// away reports whether the role is away on a day.
func (o *ownerHours) away(role string, day int) bool {
	return slices.ContainsFunc(o.spans[role], func(s [2]int) bool { return s[0] <= day && day <= s[1] })
}
