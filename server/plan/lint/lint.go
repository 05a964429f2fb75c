// Package lint looks at a plan for what a careful colleague would mention:
// too many steps, nobody accountable, an end at the signature. It gives
// suggestions, never obstacles.
//
// It is pure: plain data in, plain data out, no document and no clock. The same
// rules exist in frontend/src/plan/lint; testdata/plan/lint holds what both must
// answer, down to the last key. The sentences are the front end's.
package lint

import "coplan/server/plan/schedule"

// Input is all the rules look at.
type Input struct {
	// Plan is what the scheduler sees. Its Today is the viewer's date; without
	// it the rules that look at the calendar stay silent.
	Plan    schedule.Input `json:"plan"`
	Profile string         `json:"profile"`
	Status  string         `json:"status"` // of the plan: draft, live, paused, won or lost
	Roles   []Role         `json:"roles"`
	// Nodes is what the scheduler does not need to know of the nodes in Plan.
	// A node that is missing here has no contributors and no gate.
	Nodes    []Node `json:"nodes"`
	LastEdit string `json:"lastEdit"` // day of the last edit, "" not known
}

// Role is a seat at the table.
type Role struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Side      string `json:"side"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	Phone     string `json:"phone"`
	InvolveBy string `json:"involveBy"`
}

// Node is the rest of a node of the plan.
type Node struct {
	ID           string   `json:"id"`
	Contributors []string `json:"contributors"` // role ids
	Gated        bool     `json:"gated"`
	Reviewer     string   `json:"reviewer"` // role id, "" none
}

// Lint is one suggestion. What does not apply to its code is empty.
type Lint struct {
	// Key tells this suggestion from all others of the plan, so that it can be
	// dismissed; it stays the same while its numbers change.
	Key    string `json:"key"`
	Code   string `json:"code"`
	Weight string `json:"weight"` // gap: something is missing; hint: it might be better otherwise
	Node   string `json:"node"`   // "" the plan
	Role   string `json:"role"`
	What   string `json:"what"`   // kind of role, side, verdict: see the code
	Count  int    `json:"count"`  // as it is
	Limit  int    `json:"limit"`  // as the profile has it
	Min    int    `json:"min"`    // usual range of a duration, working days
	Max    int    `json:"max"`    //
	Value  int    `json:"value"`  // typical duration, working days
	Date   string `json:"date"`   // by when, or what the schedule would set
	Remedy string `json:"remedy"` // "" none that one click could do
}

// Codes of a Lint, in the order in which they are given.
const (
	TooThin       = "too-thin"         // Count steps of Limit
	TooLarge      = "too-large"        // Count steps of Limit
	EndsAtSigning = "ends-at-signing"  // Node is the signature
	NoFirstValue  = "no-first-value"   // Node is the last step
	SpanLong      = "span-long"        // Count days of Limit
	SkimLong      = "skim-long"        // Count seconds of Limit
	OneSided      = "one-sided"        // What is the side that has all Count steps
	OneSidedOwner = "one-sided-owners" // What is the side that answers for all Count steps with an owner
	RoleMissing   = "role-missing"     // What is the kind of role; Node the step that needs it, or ""
	NoOwner       = "no-owner"         // Node
	Undated       = "undated"          // Node; Date what the schedule computes, or ""
	Unrealistic   = "unrealistic"      // Node; What is short or long; Count, Min, Max, Value are working days
	NoReviewer    = "no-reviewer"      // Node
	NoContact     = "no-contact"       // Role, needed on Date; What is name or address
	Stale         = "stale"            // Count days without an edit; Limit
)

// Remedies of a Lint: what one click does about it.
const (
	AddProcurement    = "add-procurement"    // a stage with security review, legal review and signature
	AddImplementation = "add-implementation" // a stage with kick-off, training and first-value review
	AddFirstValue     = "add-first-value"    // a first-value review at the end
	AddRole           = "add-role"           // a role of kind What
	SetOwner          = "set-owner"
	SetDate           = "set-date" // Date, or a choice
	UseTypical        = "use-typical"
	SetReviewer       = "set-reviewer"
	FillContact       = "fill-contact"
)

// Weights of a Lint.
const (
	Gap  = "gap"
	Hint = "hint"
)

// Profile is what a kind of sale makes of the rules. Zero turns a rule off.
type Profile struct {
	ID          string
	MinSteps    int
	MaxSteps    int
	SpanDays    int // calendar days from first to last
	SkimSeconds int
	StaleDays   int // calendar days
	ContactDays int // how many calendar days ahead a contact is asked for
	FirstValue  bool
	BothSides   bool
	Roles       []string // kinds of role on the buyer's side every such plan needs
}

var profiles = []Profile{
	{ID: "custom", MinSteps: 6, MaxSteps: 30, SpanDays: 270, SkimSeconds: 30, StaleDays: 14, ContactDays: 14, FirstValue: true, BothSides: true, Roles: []string{kindChampion}},
	{ID: "enterprise", MinSteps: 6, MaxSteps: 30, SpanDays: 270, SkimSeconds: 30, StaleDays: 14, ContactDays: 21, FirstValue: true, BothSides: true, Roles: []string{kindChampion, kindEconomic}},
	{ID: "quick", MinSteps: 6, MaxSteps: 20, SpanDays: 60, SkimSeconds: 30, StaleDays: 7, ContactDays: 7, FirstValue: true, BothSides: true, Roles: []string{kindEconomic}},
	{ID: "renewal", MinSteps: 3, MaxSteps: 20, SpanDays: 120, SkimSeconds: 30, StaleDays: 14, ContactDays: 14, BothSides: true, Roles: []string{kindEconomic}},
	{ID: "onboarding", MinSteps: 4, MaxSteps: 30, SpanDays: 120, SkimSeconds: 30, StaleDays: 7, ContactDays: 7, FirstValue: true, BothSides: true},
}

const (
	kindChampion = "champion"
	kindEconomic = "economic buyer"
	kindLegal    = "legal"
	kindSecurity = "security"

	kindStage, kindMilestone, kindTask = "stage", "milestone", "task"
	statusDone, statusSkipped          = "done", "skipped"
	sideBuyer, sideSeller              = "buyer", "seller"
)

// Profiles returns all profiles. The slice is the caller's.
func Profiles() []Profile { return append([]Profile(nil), profiles...) }

// ProfileByID returns the profile called id; an unknown one counts as custom.
// "quick-start" is another name of quick.
func ProfileByID(id string) Profile {
	if id == "quick-start" {
		id = "quick"
	}
	for _, p := range profiles {
		if p.ID == id {
			return p
		}
	}
	return profiles[0]
}
