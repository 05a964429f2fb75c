// Package schedule turns a plan's durations, dependencies, calendar and anchor
// into dates, and says what a change would move, why a date is what it is, and
// how many days were lost.
//
// It is pure: plain data in, plain data out, no document and no clock. The same
// rules exist in frontend/src/plan/schedule, so that a page can preview a change
// before it is made; testdata/plan/schedule holds what both must answer, down to
// the last key. The rules and their reasons are in server/DESIGN.md, "Schedule".
//
// Nothing here fails on odd input: what cannot be used is left out and listed in
// Result.Problems.
package schedule

// Input is all the scheduler looks at. Lists are in the order given below; dates
// are YYYY-MM-DD, "" or anything else that is no date means none.
type Input struct {
	Anchor   Anchor   `json:"anchor"`
	Calendar Calendar `json:"calendar"`
	Roles    []Role   `json:"roles"`
	Nodes    []Node   `json:"nodes"` // live nodes in reading order, parents before children
	// Today is the viewer's date; open steps cannot end before it. "" leaves
	// time out of it, which gives the plan as agreed instead of a forecast.
	Today string `json:"today"`
}

// Anchor is the date everything hangs from.
type Anchor struct {
	Kind        string   `json:"kind"` // go-live, value or start; others read as go-live
	Date        string   `json:"date"`
	Provisional bool     `json:"provisional"`
	Node        string   `json:"node"`        // the step whose end is go-live (or value); "" the last step
	CostPerWeek *float64 `json:"costPerWeek"` // of delay
}

// Calendar tells which days can be worked.
type Calendar struct {
	Weekend  []int     `json:"weekend"` // ISO weekdays, Monday is 1; null means Saturday and Sunday
	Holidays []Holiday `json:"holidays"`
	Freezes  []Span    `json:"freezes"` // nothing moves for anybody
	Away     []Away    `json:"away"`
	Quarters *Quarters `json:"quarters"` // null: their ends don't matter
}

// Quarters says when the ends of quarters are near enough for a warning, since
// whoever signs and pays has the least time then.
type Quarters struct {
	Month int `json:"month"` // in which a year of the books begins, 1 to 12
	Days  int `json:"days"`  // working days before an end, 1 to MaxQuarterDays
}

// Holiday is one day off for everybody.
type Holiday struct {
	Date  string `json:"date"`
	Label string `json:"label"`
}

// Span is a run of days, both ends included.
type Span struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Label string `json:"label"`
}

// Away is a role or a person who cannot work on some days.
type Away struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	From   string `json:"from"`
	To     string `json:"to"`
	Label  string `json:"label"`
}

// Role is who may be accountable for a step.
type Role struct {
	ID     string `json:"id"`
	Person string `json:"person"`
}

// Node is a stage, milestone, task or subtask.
type Node struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Parent string `json:"parent"` // where it is shown; "" at the top
	Title  string `json:"title"`
	Alias  string `json:"alias"`
	Status string `json:"status"`
	Side   string `json:"side"`
	Due    string `json:"due"`
	Start  string `json:"start"`
	// Planned is the due date the schedule itself wrote last. A Due equal to it
	// is not typed: it is computed anew.
	Planned  string  `json:"planned"`
	DoneOn   string  `json:"doneOn"`   // the day a done step was done; "" then Due counts
	Expected string  `json:"expected"` // it will not end before this day (previews of a missed date)
	Days     *int    `json:"days"`     // working days; null: a milestone takes none, a task one
	Owner    string  `json:"owner"`    // accountable role, "" none
	After    []After `json:"after"`
}

// After says that a node depends on another. Lag is in working days.
type After struct {
	Node string `json:"node"`
	Type string `json:"type"` // FS, SS, FF or SF
	Lag  int    `json:"lag"`
}

// Bounds beyond which a value is cut, so that no input costs more than a plan
// could mean.
const (
	maxDays       = 1000 // duration and lag, in working days
	maxAfter      = 64   // dependencies read per node
	maxGroupAfter = 256  // dependencies on or of stages and steps with steps, per plan
	maxSpanDays   = 366  // one absence or freeze, in calendar days

	// MaxQuarterDays is how many working days before the end of a quarter can be
	// warned about.
	MaxQuarterDays = 30
)

const (
	kindStage, kindMilestone, kindTask, kindSubtask = "stage", "milestone", "task", "subtask"
	statusInProgress, statusDone, statusSkipped     = "in-progress", "done", "skipped"
	anchorStart                                     = "start"
	fs, ss, ff, sf                                  = "FS", "SS", "FF", "SF"
)

// typedDue reports whether a person, not the schedule, chose the due date.
func (n Node) typedDue() bool {
	_, ok := parseDay(n.Due)
	return ok && n.Due != n.Planned
}
