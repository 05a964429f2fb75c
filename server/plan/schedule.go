package plan

import "time"

// schedule lays a template's steps out over working days. It answers in days
// relative to the start of the plan; dates come from pinning one step's end.
type schedule struct {
	steps []TemplateStep
	after [][]int // for each step, the indexes of the steps before it
	end   []int   // working days from the start of the plan to the end of the step, as early as possible
}

func newSchedule(t Template) schedule {
	var s schedule
	index := map[string]int{}
	for _, stage := range t.Stages {
		for _, step := range stage.Steps {
			index[step.ID] = len(s.steps)
			s.steps = append(s.steps, step)
		}
	}
	for i, step := range s.steps {
		var before []int
		switch {
		case step.After != nil:
			for _, id := range step.After {
				before = append(before, index[id])
			}
		case i > 0:
			before = []int{i - 1}
		}
		begin := 0
		for _, j := range before {
			begin = max(begin, s.end[j]) // j < i: templates list steps in order
		}
		s.after = append(s.after, before)
		s.end = append(s.end, begin+step.Days)
	}
	return s
}

func (s schedule) length() int {
	n := 0
	for _, end := range s.end {
		n = max(n, end)
	}
	return n
}

// dates returns each step's due date when the step called pinned ends on date;
// "" pins the end of the plan. Steps before it are worked back and end as late
// as the pin allows; steps after it follow as early as they can.
func (s schedule) dates(pinned string, date time.Time) []string {
	pin := s.length()
	late := make([]int, len(s.steps))
	for i := range late {
		late[i] = s.end[i]
	}
	for i, step := range s.steps {
		if step.ID == pinned {
			pin = s.end[i]
		}
	}
	// Steps that end by the pin may slide right until something needs them.
	for i := len(s.steps) - 1; i >= 0; i-- {
		if s.end[i] > pin {
			continue
		}
		limit := pin
		for j := range s.steps {
			for _, before := range s.after[j] {
				if before == i {
					limit = min(limit, late[j]-s.steps[j].Days)
				}
			}
		}
		late[i] = limit
	}
	due := make([]string, len(s.steps))
	for i := range due {
		due[i] = formatDate(addBusinessDays(date, late[i]-pin))
	}
	return due
}

// datesFromStart returns each step's due date when work starts on date, each
// step as early as it can be.
func (s schedule) datesFromStart(date time.Time) []string {
	first := addBusinessDays(date, 0)
	if first.Before(date) { // a weekend: work starts on the working day after it
		first = addBusinessDays(date, 1)
	}
	due := make([]string, len(s.steps))
	for i, end := range s.end {
		due[i] = formatDate(addBusinessDays(first, max(end-1, 0)))
	}
	return due
}
