package schedule

// Result is a plan's schedule. The zero dates of a plan without any date to
// start from are "".
type Result struct {
	Dated    bool       `json:"dated"` // false: there is no date to count from
	GoLive   GoLive     `json:"goLive"`
	Start    string     `json:"start"`    // the first day of work that is still or already dated
	Finish   string     `json:"finish"`   // the last day of the plan
	Critical []string   `json:"critical"` // steps without slack, in reading order
	Nodes    []NodeDate `json:"nodes"`    // stages and steps, in reading order; subtasks have no dates of their own
	Problems []Problem  `json:"problems"`
}

// GoLive is the day the plan works towards and when it will be reached.
type GoLive struct {
	Node     string `json:"node"`     // the step it is the end of
	Date     string `json:"date"`     // as agreed; "" when the plan is counted from its start
	Forecast string `json:"forecast"` // as the steps allow
	Late     int    `json:"late"`     // working days Forecast is after Date
}

// NodeDate is a node's dates.
type NodeDate struct {
	ID string `json:"id"`
	// Start and Due are what to show: a typed date as typed, an actual one as it
	// was, else what the schedule gives.
	Start string `json:"start"`
	Due   string `json:"due"`
	// Finish is when the step can really end. After Due when a typed date cannot
	// be kept, else the same.
	Finish        string `json:"finish"`
	EarliestStart string `json:"earliestStart"`
	EarliestDue   string `json:"earliestDue"`
	LatestStart   string `json:"latestStart"`
	LatestDue     string `json:"latestDue"` // later than this moves go-live, or the end for steps after it
	Slack         *int   `json:"slack"`     // working days between the earliest and the latest dates; null for stages and what is over
	Critical      bool   `json:"critical"`
	Fixed         string `json:"fixed"` // due, start or done: what a person or the past decided; "" computed
	Reason        Reason `json:"reason"`
}

// Reason is what holds a date where it is.
type Reason struct {
	Code string `json:"code"`
	Node string `json:"node"` // the other node, "" when there is none
	Type string `json:"type"`
	Lag  int    `json:"lag"`
}

// Codes of a Reason.
const (
	BecauseAnchor   = "anchor"   // it is the anchor, or nothing stands between it and the anchor
	BecauseStart    = "start"    // the plan starts then
	BecauseTyped    = "typed"    // somebody chose the date
	BecauseDone     = "done"     // it happened then
	BecauseSkipped  = "skipped"  // it takes no time
	BecauseToday    = "today"    // it is not done yet
	BecauseExpected = "expected" // it is expected then
	BecauseAfter    = "after"    // it depends on Node
	BecauseOrder    = "order"    // it follows Node in the plan's order
	BecauseBefore   = "before"   // Node depends on it and must hold its date
	BecauseNext     = "next"     // Node follows it in the plan's order and must hold its date
	BecauseContains = "contains" // Node stands under it and ends last
	BecauseUndated  = "undated"  // there is nothing to count from
)

// Problem is something a person should know or decide. Nothing was moved
// because of it.
type Problem struct {
	Code  string `json:"code"`
	Node  string `json:"node"`  // "" for the plan
	Other string `json:"other"` // another node, or a role
	Date  string `json:"date"`  // as it stands
	Needs string `json:"needs"` // as it would have to be
	Days  int    `json:"days"`  // working days between Date and Needs
}

// Codes of a Problem.
const (
	ProblemAnchor     = "anchor"       // the anchor date cannot be met; Other holds it up
	ProblemDate       = "date"         // a typed due date is before what Other allows
	ProblemStart      = "start"        // a typed start is before what Other allows
	ProblemLatest     = "latest"       // a typed due date is later than the anchor allows
	ProblemNonWorking = "non-working"  // a typed due date (or the anchor's) is a day off
	ProblemAway       = "away"         // the accountable owner is away on a due date; Other is the role
	ProblemQuarter    = "quarter-end"  // a due date is within the last days of a quarter, which ends on Needs
	ProblemCycle      = "cycle"        // this dependency was left out, since it closes a circle
	ProblemMissing    = "missing"      // it depends on a node that is not there
	ProblemTooMany    = "too-many"     // dependencies beyond the limit are left out
	ProblemOdd        = "odd"          // duration or lag out of bounds, cut
	ProblemCalendar   = "odd-calendar" // a part of the calendar cannot be meant and is left out
)
