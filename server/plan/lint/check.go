package lint

import (
	"strings"

	"coplan/server/plan/schedule"
)

// checker holds what several rules look at.
type checker struct {
	in      Input
	profile Profile
	steps   []schedule.Node // milestones and tasks that are not skipped, in reading order
	open    []schedule.Node // those of them that are not done
	dates   map[string]schedule.NodeDate
	plan    schedule.Result
	extra   map[string]Node
	roles   map[string]Role
	out     []Lint
}

// Check returns the suggestions for a plan, in the order of their codes and,
// within one, of the plan. It never fails, whatever the plan holds.
func Check(in Input) []Lint {
	c := &checker{
		in: in, profile: ProfileByID(in.Profile), plan: schedule.Run(in.Plan), out: []Lint{},
		dates: map[string]schedule.NodeDate{}, extra: map[string]Node{}, roles: map[string]Role{},
	}
	for _, n := range in.Plan.Nodes {
		if (n.Kind == kindMilestone || n.Kind == kindTask) && n.Status != statusSkipped {
			c.steps = append(c.steps, n)
			if n.Status != statusDone {
				c.open = append(c.open, n)
			}
		}
	}
	for _, d := range c.plan.Nodes {
		c.dates[d.ID] = d
	}
	for _, n := range in.Nodes {
		c.extra[n.ID] = n
	}
	for _, r := range in.Roles {
		c.roles[r.ID] = r
	}
	c.size()
	c.ending()
	c.length()
	c.sides()
	c.coverage()
	for _, n := range c.open {
		if n.Owner == "" {
			c.add(Lint{Code: NoOwner, Weight: Gap, Node: n.ID, Remedy: SetOwner})
		}
	}
	c.undated()
	c.durations()
	c.gates()
	c.contacts()
	c.stale()
	return c.out
}

func (c *checker) add(l Lint) {
	l.Key = l.Code
	for _, part := range []string{l.Node, l.Role} {
		if part != "" {
			l.Key += ":" + part
		}
	}
	if l.Code == RoleMissing {
		l.Key = l.Code + ":" + l.What
	}
	c.out = append(c.out, l)
}

func (c *checker) size() {
	n := len(c.steps)
	switch {
	case n < c.profile.MinSteps:
		remedy := AddProcurement
		for _, s := range c.steps {
			if u, ok := schedule.UsualFor(s.Title, s.Alias); ok && u.Phase == "procurement" {
				remedy = ""
			}
		}
		if c.profile.ID == "onboarding" || c.profile.ID == "renewal" {
			remedy = ""
		}
		c.add(Lint{Code: TooThin, Weight: Hint, Count: n, Limit: c.profile.MinSteps, Remedy: remedy})
	case n > c.profile.MaxSteps:
		c.add(Lint{Code: TooLarge, Weight: Hint, Count: n, Limit: c.profile.MaxSteps})
	}
}

// ending asks what comes after the signature, or after the last step of a plan
// that has an implementation but no look at its value.
func (c *checker) ending() {
	if !c.profile.FirstValue || len(c.steps) == 0 {
		return
	}
	signature, implementation, value := -1, -1, -1
	for i, s := range c.steps {
		u, _ := schedule.UsualFor(s.Title, s.Alias)
		if u.ID == "signature" {
			signature = i
		}
		if u.Phase == "implementation" {
			implementation = i
		}
		if u.ID == "first-value" {
			value = i
		}
	}
	last := len(c.steps) - 1
	switch {
	case signature >= 0 && implementation < signature && value < signature:
		c.add(Lint{Code: EndsAtSigning, Weight: Gap, Node: c.steps[signature].ID, Remedy: AddImplementation})
	case value < 0 && implementation >= 0:
		c.add(Lint{Code: NoFirstValue, Weight: Gap, Node: c.steps[last].ID, Remedy: AddFirstValue})
	}
}

func (c *checker) length() {
	if days, ok := schedule.DaysBetween(c.plan.Start, c.plan.Finish); ok && c.profile.SpanDays > 0 && days > c.profile.SpanDays {
		c.add(Lint{Code: SpanLong, Weight: Hint, Count: days, Limit: c.profile.SpanDays})
	}
	if seconds := SkimSeconds(c.in.Plan); c.profile.SkimSeconds > 0 && seconds > c.profile.SkimSeconds {
		c.add(Lint{Code: SkimLong, Weight: Hint, Count: seconds, Limit: c.profile.SkimSeconds})
	}
}

// SkimSeconds is how long it takes to look over a plan's stages and steps: their
// titles at 240 words a minute, and a second for the status and date of each
// step. Subtasks and what a step says when it is opened are not skimmed.
func SkimSeconds(in schedule.Input) int {
	words, steps := 0, 0
	for _, n := range in.Nodes {
		switch n.Kind {
		case kindMilestone, kindTask:
			steps++
			words += Words(n.Title)
		case kindStage:
			words += Words(n.Title)
		}
	}
	return (words+3)/4 + steps
}

// Words counts runs of characters between blanks.
func Words(s string) int {
	return len(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }))
}

// sides notices plans in which one side does, or answers for, everything.
func (c *checker) sides() {
	if !c.profile.BothSides || len(c.steps) < 3 {
		return
	}
	bySide, byOwner := map[string]int{}, map[string]int{}
	owned := 0
	for _, s := range c.steps {
		bySide[s.Side]++
		if r, ok := c.roles[s.Owner]; ok {
			byOwner[r.Side]++
			owned++
		}
	}
	for _, side := range []string{sideSeller, sideBuyer} {
		if bySide[side] == len(c.steps) {
			c.add(Lint{Code: OneSided, Weight: Gap, What: side, Count: len(c.steps)})
		}
	}
	for _, side := range []string{sideSeller, sideBuyer} {
		if owned >= 3 && byOwner[side] == owned && bySide[side] != len(c.steps) {
			c.add(Lint{Code: OneSidedOwner, Weight: Hint, What: side, Count: owned})
		}
	}
}

// needsRole names the kind of role on the buyer's side without which a step of
// the duration library gets stuck.
var needsRole = []struct{ usual, kind string }{
	{"legal-review", kindLegal}, {"privacy-review", kindLegal}, {"security-review", kindSecurity},
}

func (c *checker) coverage() {
	missing := func(kind, node string) {
		for _, r := range c.in.Roles {
			if r.Kind == kind && r.Side != sideSeller {
				return
			}
		}
		for _, l := range c.out {
			if l.Code == RoleMissing && l.What == kind {
				return
			}
		}
		c.add(Lint{Code: RoleMissing, Weight: Gap, Node: node, What: kind, Remedy: AddRole})
	}
	if len(c.steps) > 0 {
		for _, kind := range c.profile.Roles {
			missing(kind, "")
		}
	}
	for _, s := range c.open {
		u, ok := schedule.UsualFor(s.Title, s.Alias)
		for _, need := range needsRole {
			// A small purchase has its terms and questions answered by whoever buys.
			if ok && u.ID == need.usual && c.profile.ID != "quick" {
				missing(need.kind, s.ID)
			}
		}
	}
}

func (c *checker) undated() {
	for _, n := range c.open {
		if _, ok := schedule.DaysBetween(n.Due, n.Due); n.Kind == kindMilestone && !ok {
			c.add(Lint{Code: Undated, Weight: Gap, Node: n.ID, Date: c.dates[n.ID].Due, Remedy: SetDate})
		}
	}
}

func (c *checker) durations() {
	for _, r := range schedule.CheckRealism(c.in.Plan, c.profile.ID) {
		c.add(Lint{
			Code: Unrealistic, Weight: Hint, Node: r.Node, What: r.Verdict,
			Count: r.Days, Min: r.Min, Max: r.Max, Value: r.Typical, Remedy: UseTypical,
		})
	}
}

func (c *checker) gates() {
	for _, n := range c.open {
		if e := c.extra[n.ID]; e.Gated {
			if _, ok := c.roles[e.Reviewer]; !ok {
				c.add(Lint{Code: NoReviewer, Weight: Gap, Node: n.ID, Remedy: SetReviewer})
			}
		}
	}
}

// contacts asks for the person behind a role before the role is needed: when
// its first open step begins, or when the plan says to involve it.
func (c *checker) contacts() {
	for _, r := range c.in.Roles {
		what := ""
		switch {
		case Words(r.Name) == 0:
			what = "name"
		case Words(r.Email) == 0 && Words(r.Phone) == 0:
			what = "address"
		default:
			continue
		}
		needed := ""
		earlier := func(date string) {
			if _, ok := schedule.DaysBetween(date, date); ok && (needed == "" || date < needed) {
				needed = date
			}
		}
		earlier(r.InvolveBy)
		for _, s := range c.open {
			works := s.Owner == r.ID
			for _, id := range c.extra[s.ID].Contributors {
				works = works || id == r.ID
			}
			if works || c.extra[s.ID].Gated && c.extra[s.ID].Reviewer == r.ID {
				earlier(c.dates[s.ID].Start)
			}
		}
		if days, ok := schedule.DaysBetween(c.in.Plan.Today, needed); ok && days <= c.profile.ContactDays {
			c.add(Lint{Code: NoContact, Weight: Gap, Role: r.ID, What: what, Date: needed, Remedy: FillContact})
		}
	}
}

func (c *checker) stale() {
	if c.in.Status != "live" || c.profile.StaleDays == 0 {
		return
	}
	if days, ok := schedule.DaysBetween(c.in.LastEdit, c.in.Plan.Today); ok && days >= c.profile.StaleDays {
		c.add(Lint{Code: Stale, Weight: Hint, Count: days, Limit: c.profile.StaleDays})
	}
}
