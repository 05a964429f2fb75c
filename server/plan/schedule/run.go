package schedule

import "slices"

// far is earlier than any moment, and -far later.
const far = -1 << 40

// span of a vertex, in moments, and why it is there.
type placed struct {
	start, finish int
	why           Reason
}

type scheduler struct {
	in      Input
	g       *graph
	work    *workdays
	owners  *ownerHours
	problem func(Problem)

	back   bool // worked back from the anchor
	target int  // vertex whose end the anchor is; -1 in an empty plan
	anchor int  // its moment: the evening of the anchor date, or the morning of the start
	origin int  // no step starts before it
	today  int  // morning of today; far when time is left out

	facts  []facts
	leads  []bool // vertices from which something is to be done by the anchor
	before []bool // those that are due by it
	// For each vertex that holds nothing up, since when; see findOvertaken.
	overtaken []placed
	early     []placed
	late      []placed
	plan      []placed
}

// Run schedules a plan.
//
// Cost is about linear in nodes and dependencies; 500 nodes take well under a
// few milliseconds.
func Run(in Input) Result {
	out, _ := run(in)
	return out
}

func run(in Input) (Result, *scheduler) {
	var problems []Problem
	s := &scheduler{in: in, target: -1, today: far, problem: func(p Problem) { problems = append(problems, p) }}
	s.work = newWorkdays(in.Calendar, s.problem)
	s.owners = newOwnerHours(in, s.work, s.problem)
	s.g = newGraph(in, s.problem)
	if day, ok := parseDay(in.Today); ok {
		s.today = s.work.moment(day)
	}
	s.facts = make([]facts, len(s.g.vertices))
	for v := range s.g.vertices {
		if s.g.vertices[v].real {
			s.facts[v] = s.learn(s.g.vertices[v].node)
		}
	}
	s.chooseTarget()
	dated := s.chooseAnchor()
	s.chooseBefore()
	n := len(s.g.vertices)
	s.early, s.late, s.plan = make([]placed, n), make([]placed, n), make([]placed, n)

	s.workBack(func(v int) bool { return s.before[v] }, s.anchor)
	if s.back {
		s.originFromLate()
	}
	s.forward()
	end := far
	for v := range s.g.vertices {
		if s.g.vertices[v].real && !s.over(v) {
			end = max(end, s.plan[v].finish)
		}
	}
	if end == far {
		end = s.anchor
	}
	s.workBack(func(v int) bool { return !s.before[v] }, end)
	out := s.result(dated)
	out.Problems = s.sorted(append(problems, s.conflicts(dated)...))
	return out, s
}

// chooseTarget finds the step that the anchor is about: the one it names, else
// the last in reading order that isn't skipped, else the last.
func (s *scheduler) chooseTarget() {
	if i, ok := s.g.index[s.in.Anchor.Node]; ok && s.g.step[i] >= 0 {
		s.target = s.g.end[s.g.step[i]]
		return
	}
	found := false
	for i, n := range s.in.Nodes {
		if counts := n.Status != statusSkipped; s.g.step[i] == i && (counts || !found) {
			s.target, found = s.g.end[i], counts
		}
	}
}

// chooseAnchor finds the moment to count from. A plan without an anchor date
// counts from today, without that from its earliest date, and else not at all.
func (s *scheduler) chooseAnchor() bool {
	if day, ok := parseDay(s.in.Anchor.Date); ok {
		if s.in.Anchor.Kind == anchorStart {
			s.anchor = s.work.moment(day)
		} else {
			s.back = true
			s.anchor = s.work.moment(day + 1)
		}
		s.origin = s.anchor
		return true
	}
	first, found := 0, false
	note := func(date string) {
		if day, ok := parseDay(date); ok && (!found || day < first) {
			first, found = day, true
		}
	}
	if note(s.in.Today); !found {
		for i, n := range s.in.Nodes {
			if s.g.step[i] == i && s.g.end[i] >= 0 {
				note(n.Start)
				note(n.Due)
				note(n.DoneOn)
			}
		}
	}
	s.anchor = s.work.moment(first)
	s.origin = s.anchor
	return found
}

// chooseBefore finds what is due by the anchor: all that leads to its step, all
// that stands above it in the plan and does not follow from it, and what those
// need. What was overtaken is not among them.
func (s *scheduler) chooseBefore() {
	s.findOvertaken()
	s.leads, s.before = make([]bool, len(s.g.vertices)), make([]bool, len(s.g.vertices))
	if !s.back || s.target < 0 {
		return
	}
	follows := make([]bool, len(s.g.vertices))
	follows[s.target] = true
	for _, v := range s.g.order {
		for _, e := range s.g.vertices[v].in {
			follows[v] = follows[v] || follows[e.tail]
		}
	}
	for v := range s.g.vertices {
		s.leads[v] = v == s.target || v < s.target && !follows[v]
	}
	for _, v := range slices.Backward(s.g.order) {
		for _, e := range s.g.vertices[v].out {
			s.leads[v] = s.leads[v] || s.leads[e.head]
		}
		s.before[v] = s.leads[v] && !s.wasOvertaken(v)
	}
}

// findOvertaken finds the open steps of which all that would wait for them is
// done already, the step they stand under included. They hold nothing up, so
// nothing says how late they can be. They are due as soon as they can be from
// then on: to let them wait for the anchor would be to forget them.
func (s *scheduler) findOvertaken() {
	s.overtaken = make([]placed, len(s.g.vertices))
	awaited := make([]bool, len(s.g.vertices)) // by a step, done or not
	holds := make([]bool, len(s.g.vertices))   // something that isn't done
	for _, v := range slices.Backward(s.g.order) {
		var since placed
		for _, e := range s.g.vertices[v].out {
			awaited[v] = awaited[v] || s.g.vertices[e.head].real || awaited[e.head]
			holds[v] = holds[v] || holds[e.head]
			if head := s.overtaken[e.head]; head.overtakes() && (!since.overtakes() || head.start < since.start) {
				since = placed{start: head.start, why: Reason{Code: BecauseNext, Node: e.headNode}}
			}
		}
		if at, done := s.done(v); done {
			holds[v] = false
			since = placed{start: at - 1, why: Reason{Code: BecauseDone}} // that morning
		} else if s.g.vertices[v].real {
			holds[v] = holds[v] || v == s.target || !awaited[v]
		}
		if !holds[v] {
			s.overtaken[v] = since
		}
	}
}

// overtakes tells whether there is a done step in an entry of overtaken.
func (p placed) overtakes() bool { return p.why.Code != "" }

// wasOvertaken tells whether a vertex is open and holds nothing up.
func (s *scheduler) wasOvertaken(v int) bool {
	return s.overtaken[v].overtakes() && s.g.vertices[v].real && !s.over(v)
}

func (s *scheduler) node(v int) Node { return s.in.Nodes[s.g.vertices[v].node] }

// facts are what is asked of a vertex again and again. Openings and closes have
// none: they take no time.
type facts struct {
	over       bool // done or skipped: it takes no more time
	isDone     bool // with a date
	done       int  // its moment
	start, due int  // the dates that a person chose for an open step
	which      typedDates
	days       int // a step with both dates typed takes what lies between them
	hours      hours
}

type typedDates int

const (
	typedNone  typedDates = 0
	typedStart typedDates = 1
	typedDue   typedDates = 2
	typedBoth  typedDates = 3
)

func (s *scheduler) learn(i int) facts {
	n := s.in.Nodes[i]
	f := facts{hours: s.owners.of(s.ownerOf(i))}
	if n.Status == statusDone || n.Status == statusSkipped {
		f.over = true
		day, ok := parseDay(n.DoneOn)
		if !ok {
			day, ok = parseDay(n.Due)
		}
		if ok && n.Status == statusDone {
			f.isDone, f.done = true, s.work.moment(day+1)
		}
		return f
	}
	if day, ok := parseDay(n.Start); ok {
		f.start, f.which = s.work.moment(day), f.which|typedStart
	}
	if n.typedDue() {
		day, _ := parseDay(n.Due)
		f.due, f.which = s.work.moment(day+1), f.which|typedDue
	}
	switch {
	case f.which == typedBoth:
		f.days = max(f.hours.away.in(f.due)-f.hours.away.in(f.start), 0)
	case n.Days != nil:
		f.days = min(max(*n.Days, 0), maxDays)
	case n.Kind == kindTask:
		f.days = 1
	}
	return f
}

func (s *scheduler) done(v int) (int, bool) { return s.facts[v].done, s.facts[v].isDone }

func (s *scheduler) over(v int) bool { return s.facts[v].over }

func (s *scheduler) days(v int) int { return s.facts[v].days }

func (s *scheduler) typed(v int) (start, due int, which typedDates) {
	return s.facts[v].start, s.facts[v].due, s.facts[v].which
}

func (s *scheduler) hours(v int) hours { return s.facts[v].hours }

// ownerOf is the accountable role; a step without one has that of the step it
// stands under.
func (s *scheduler) ownerOf(i int) string {
	for ; i >= 0; i = s.g.parent[i] {
		if s.in.Nodes[i].Owner != "" {
			return s.in.Nodes[i].Owner
		}
	}
	return ""
}

// workBack gives the chosen vertices their latest dates: nothing that follows
// is held up, and nothing ends after by.
func (s *scheduler) workBack(chosen func(int) bool, by int) {
	for _, v := range slices.Backward(s.g.order) {
		if !chosen(v) {
			continue
		}
		if at, ok := s.done(v); ok {
			s.late[v] = placed{at, at, Reason{Code: BecauseDone}}
			continue
		}
		h, days := s.hours(v), s.days(v)
		finish, why := by, Reason{Code: BecauseAnchor}
		start, whyStart := -far, Reason{}
		for _, e := range s.g.vertices[v].out {
			if _, ok := s.done(e.head); ok || !chosen(e.head) {
				continue
			}
			to := s.needs(e)
			if e.kind == fs || e.kind == ff {
				if to < finish {
					finish, why = to, s.backReason(e)
				}
			} else if to < start {
				start, whyStart = to, s.backReason(e)
			}
		}
		if days > 0 {
			finish = h.finishBy(finish)
		}
		begin := h.begin(finish, days)
		if begin > start {
			begin, why = start, whyStart
			if days > 0 {
				begin = h.startBy(start)
			}
			finish = h.finish(begin, days)
		}
		s.late[v] = placed{begin, finish, why}
	}
}

// needs is the moment by which the tail of an edge must have begun or ended for
// the head to hold its latest dates, or the typed ones if those are earlier.
func (s *scheduler) needs(e *edge) int {
	l := s.late[e.head]
	start, due, which := s.typed(e.head)
	if which&typedDue != 0 && due < l.finish {
		l.finish = due
		l.start = min(l.start, s.hours(e.head).begin(due, s.days(e.head)))
	}
	if which&typedStart != 0 {
		l.start = min(l.start, start)
	}
	if e.kind == fs || e.kind == ss {
		return l.start - e.lag
	}
	return l.finish - e.lag
}

func (s *scheduler) backReason(e *edge) Reason {
	switch {
	case e.code == BecauseOrder:
		return Reason{Code: BecauseNext, Node: e.headNode}
	case e.code == BecauseContains && !s.g.vertices[e.head].real:
		return s.late[e.head].why
	}
	return Reason{Code: BecauseBefore, Node: e.headNode, Type: e.kind, Lag: e.lag}
}

// originFromLate lets work begin when the first open step must at the latest.
func (s *scheduler) originFromLate() {
	for v := range s.g.vertices {
		if !s.before[v] || !s.g.vertices[v].real || s.over(v) {
			continue
		}
		s.origin = min(s.origin, s.late[v].start)
		start, due, which := s.typed(v)
		if which&typedStart != 0 {
			s.origin = min(s.origin, start)
		} else if which&typedDue != 0 {
			s.origin = min(s.origin, s.hours(v).begin(due, s.days(v)))
		}
	}
}

// forward gives every vertex its earliest dates and the ones to plan with. What
// is due by the anchor is planned as late as that allows, the rest as early as
// it can be.
func (s *scheduler) forward() {
	for _, v := range s.g.order {
		if s.leads[v] {
			s.early[v] = s.earliest(v, s.early)
		}
	}
	for _, v := range s.g.order {
		if !s.before[v] {
			s.early[v] = s.earliest(v, s.plan)
			s.plan[v] = s.early[v]
			continue
		}
		s.plan[v] = s.late[v]
		_, _, which := s.typed(v)
		switch {
		case !s.g.vertices[v].real || s.over(v):
			s.plan[v] = s.earliest(v, s.plan)
		case s.early[v].finish > s.late[v].finish || which != typedNone:
			s.plan[v] = s.early[v]
		}
	}
}

// earliest places a vertex after what holds it back, where those are in from.
func (s *scheduler) earliest(v int, from []placed) placed {
	n, real := s.node(v), s.g.vertices[v].real
	h, days := s.hours(v), s.days(v)
	if at, ok := s.done(v); ok {
		begin := at
		if day, ok := parseDay(n.Start); ok {
			begin = min(begin, s.work.moment(day))
		}
		return placed{begin, at, Reason{Code: BecauseDone}}
	}
	start, why := s.origin, Reason{Code: BecauseStart}
	switch {
	case !real:
		start = far // only what holds a group back
	case s.back && s.overtaken[v].overtakes():
		start, why = s.overtaken[v].start, s.overtaken[v].why
	}
	finish, whyFinish := far, Reason{}
	later := func(to int, r Reason) {
		if to > start {
			start, why = to, r
		}
	}
	end := func(to int, r Reason) {
		if to > finish {
			finish, whyFinish = to, r
		}
	}
	typedFrom, typedTo, which := s.typed(v)
	begun := n.Status == statusInProgress && which&typedStart != 0
	for _, e := range s.g.vertices[v].in {
		r := s.forwardReason(e, from)
		at := from[e.tail].finish + e.lag
		if e.kind == ss || e.kind == sf {
			at = from[e.tail].start + e.lag
		}
		if e.kind == ff || e.kind == sf {
			end(at, r)
		} else if !begun {
			later(at, r)
		}
	}
	if real && !s.over(v) {
		if which&typedStart != 0 {
			if begun {
				start, why = typedFrom, Reason{Code: BecauseTyped}
			} else if typedFrom >= start {
				start, why = typedFrom, Reason{Code: BecauseTyped}
			}
		}
		if s.today != far {
			if which == typedNone && days > 0 && n.Status != statusInProgress {
				later(s.today, Reason{Code: BecauseToday})
			} else {
				end(s.today+1, Reason{Code: BecauseToday})
			}
		}
		if day, ok := parseDay(n.Expected); ok {
			end(s.work.moment(day+1), Reason{Code: BecauseExpected})
		}
	}
	if days > 0 {
		start = h.startAt(start)
	}
	to := h.finish(start, days)
	if which&typedDue != 0 && typedTo >= to && typedTo >= finish {
		if which&typedStart == 0 {
			start = h.begin(typedTo, days)
		}
		return placed{min(start, typedTo), typedTo, Reason{Code: BecauseTyped}}
	}
	if finish > to {
		to, why = finish, whyFinish
		if days > 0 {
			to = h.finishAt(finish)
		}
		if which&typedStart == 0 {
			start = h.begin(to, days)
		}
	}
	return placed{start, to, why}
}

func (s *scheduler) forwardReason(e *edge, from []placed) Reason {
	if e.code == BecauseContains && e.kind == fs && !s.g.vertices[e.tail].real && !s.g.vertices[e.tail].closes {
		return from[e.tail].why // the opening of its group: whatever holds that back
	}
	if e.code == BecauseAfter {
		return Reason{Code: e.code, Node: e.tailNode, Type: e.kind, Lag: e.lag}
	}
	return Reason{Code: e.code, Node: e.tailNode}
}
