// Package plan is the mutual action plan as a schema over a crdt.Doc: what a
// plan contains, how it is created from a template, how it is read, and the
// commands that change it in a person's name.
//
// A plan is an ordinary Yjs document, so any Yjs client can read it. Words
// people type are CRDT texts; values people pick (dates, statuses, sides) are
// last-writer-wins map entries. Reading ([Read]) never fails, whatever the
// document holds; writing ([Create] and the commands) refuses what does not
// belong, with a [Refusal] a person can read.
package plan

// SchemaVersion is written to meta.schema. Additive changes keep it; a client
// that knows only an older number is turned away before it receives state.
const SchemaVersion = 1

// Names of the document's root types. Each is a Y.Map except RootSummary,
// which is a Y.XmlFragment.
const (
	RootMeta      = "meta"
	RootAnchor    = "anchor"
	RootCalendar  = "calendar"
	RootSummary   = "summary"
	RootCase      = "case"
	RootMetrics   = "metrics"
	RootWorking   = "working"
	RootNodes     = "nodes"
	RootRoles     = "roles"
	RootResources = "resources"
	RootRules     = "rules"
	RootBaseline  = "baseline"
	RootSignoffs  = "signoffs"
	RootSlips     = "slips"
	RootThreads   = "threads"
	RootProposals = "proposals"
	RootReviews   = "reviews"
	RootDismissed = "dismissed" // key of a suggestion → when it was dismissed
)

// Keys of meta.
const (
	MetaSchema  = "schema"
	MetaPlanID  = "planId"
	MetaEpoch   = "epoch"
	MetaTitle   = "title"
	MetaNoun    = "noun"
	MetaProfile = "profile"
	MetaStatus  = "status"

	MetaCurrency = "currency"
)

// Keys of anchor, and of the plain object under AnchorEvent.
const (
	AnchorKind        = "kind"
	AnchorDate        = "date"
	AnchorProvisional = "provisional"
	AnchorEvent       = "event"
	AnchorCostPerWeek = "costPerWeek"
	AnchorStep        = "node" // the step whose end the date is; absent: the last one

	EventWhat        = "what"
	EventSource      = "source"
	EventConsequence = "consequence"
)

// Keys of calendar, case and working.
const (
	CalendarWeekend  = "weekend"
	CalendarHolidays = "holidays"
	CalendarAway     = "away"     // Map of id → {role?, person?, from, to, label}
	CalendarQuarters = "quarters" // {month, days}: when a quarter's end is near; absent: it doesn't matter
	CalendarFreezes  = "freezes"  // Map of id → {from, to, label}: nothing moves for anybody

	SpanRole   = "role"
	SpanPerson = "person"
	SpanFrom   = "from"
	SpanTo     = "to"
	SpanLabel  = "label"

	QuartersMonth = "month" // in which a year of the books begins, 1 to 12
	QuartersDays  = "days"  // working days before an end

	CaseMetric     = "metric"
	CaseInitiative = "initiative"
	CaseOutcome    = "outcome"
	CaseInaction   = "inaction"

	WorkingChannel  = "channel"
	WorkingCadence  = "cadence"
	WorkingResponse = "response"
)

// Keys of one node, a Y.Map under nodes.<id>. Title and why are Y.Text, note is
// a Y.XmlFragment, owners, after and links are Y.Maps; the rest are values.
// Parent and ord are always written together.
const (
	NodeKind          = "kind"
	NodeParent        = "parent"
	NodeOrd           = "ord"
	NodeTitle         = "title"
	NodeNote          = "note"
	NodeWhy           = "why"
	NodeAlias         = "alias"
	NodeStatus        = "status"
	NodeSide          = "side"
	NodeDue           = "due"
	NodeStart         = "start"
	NodeDays          = "days"
	NodePlanned       = "planned" // the due date the schedule wrote last; a due that differs was typed
	NodeDoneOn        = "doneOn"  // the day a done step was done; absent: its due date
	NodeLikelyBlocker = "likelyBlocker"
	NodeBlockedReason = "blockedReason" // what a blocked step waits for, in a few words
	NodeOutcome       = "outcome"
	NodeOwners        = "owners"
	NodeAfter         = "after"
	NodeLinks         = "links"
	NodeGate          = "gate"
	NodeDel           = "del"

	AfterType = "type"
	AfterLag  = "lag"
)

// Keys of one metric, a Y.Map under metrics.<id>. Name, baseline and target are
// Y.Texts. Del is the time of removal; a metric comes back when it is cleared.
const (
	MetricName     = "name"
	MetricBaseline = "baseline"
	MetricTarget   = "target"
	MetricDate     = "date"
	MetricRole     = "role"
	MetricOrd      = "ord"
	MetricDel      = "del"
)

// Keys of one role, a Y.Map under roles.<id>.
const (
	RoleTitle     = "title"
	RoleSide      = "side"
	RoleKind      = "kind"
	RolePerson    = "person"
	RoleName      = "name"
	RoleEmail     = "email"
	RolePhone     = "phone"
	RoleInvolveBy = "involveBy"
	RoleDel       = "del" // ISO time; a removed role is restored by clearing it
)

// Keys of one resource, a Y.Map under resources.<id>. It is a link (url) or an
// uploaded file (blob, the SHA-256 of its content); with neither it is a slot
// that waits to be filled.
const (
	ResourceTitle  = "title"
	ResourceURL    = "url"
	ResourceBlob   = "blob"
	ResourceFile   = "file" // the file's name
	ResourceSize   = "size" // bytes
	ResourceMime   = "mime"
	ResourceType   = "type" // what it is for: msa, dpa, …; any word
	ResourcePinned = "pinned"
	ResourceSide   = "side"
	ResourceOrd    = "ord"
	ResourceDel    = "del" // ISO time; restored by clearing it
)

// Keys of baseline: what both sides agreed to. Dates is a plain object, step id →
// date; Agreed a plain list of sides. Written by the server only.
const (
	BaselineAt     = "at"
	BaselineGoLive = "goLive"
	BaselineDates  = "dates"
	BaselineAgreed = "agreed"
	// BaselineBy is a plain object, side → who agreed and when. BaselineProposal is
	// a plain object with the same keys: dates that one side offers.
	BaselineBy       = "by"
	BaselineProposal = "proposal"
)

// Keys of one slip, a Y.Map under slips.<id>. Written by the server only.
const (
	SlipNode   = "node"
	SlipFrom   = "from"
	SlipTo     = "to"
	SlipDays   = "days" // working days
	SlipSide   = "side"
	SlipReason = "reason"
	SlipBy     = "by"
	SlipAt     = "at"
)

// Keys of one review both sides held, a Y.Map under reviews.<id>. Written by the
// server only. ReviewSeq is the position in the plan's history up to which it
// looked; ReviewPeople a plain list of names; ReviewDecisions a plain list of
// objects with the keys below, steps and roles also by the name they had then.
const (
	ReviewBy        = "by"
	ReviewAt        = "at"
	ReviewSeq       = "seq"
	ReviewNext      = "next"
	ReviewPeople    = "people"
	ReviewDecisions = "decisions"

	DecidedText      = "text"
	DecidedNode      = "node"
	DecidedNodeTitle = "nodeTitle"
	DecidedRole      = "role"
	DecidedWho       = "who"
)

// Keys of a step's gate, a Y.Map under nodes.<id>.gate that is born with its
// step, and of one criterion, a Y.Map under gate.entry.<id> or gate.exit.<id>.
// There is a gate only while GateOn is true.
const (
	GateOn       = "on"
	GateEntry    = "entry"
	GateExit     = "exit"
	GateEvidence = "evidence" // how many resources must be linked to the step
	GateReviewer = "reviewer" // role id
	GateLocks    = "locks"    // stage id

	CriterionText    = "text"
	CriterionOrd     = "ord"
	CriterionChecked = "checked" // plain object {by, name, at}
	CriterionDel     = "del"

	CheckedBy   = "by"
	CheckedName = "name"
	CheckedAt   = "at"
)

// Keys of one decision about a gate, a Y.Map under signoffs.<id>. Written by the
// server only. SignedState is the canonical text whose SHA-256 is SignedHash.
const (
	SignedGate      = "gate"
	SignedBy        = "by"
	SignedRole      = "role"
	SignedRoleTitle = "roleTitle"
	SignedAt        = "at"
	SignedDecision  = "decision"
	SignedNote      = "note"
	SignedHash      = "stateHash"
	SignedState     = "state"
)

// Keys of one rule, a Y.Map under rules.<id>. Text is a Y.Text; RuleAnswered is a
// plain object written by the server: who answered, and the due dates of the
// steps as they were then.
const (
	RuleKind     = "kind"
	RuleText     = "text"
	RuleRole     = "role"
	RuleDays     = "days"
	RuleNode     = "node"  // the step it is about; absent: any
	RuleUntil    = "until" // the date that may not be passed without the role
	RuleAnswered = "ack"
	RuleDel      = "del"

	AckBy    = "by"
	AckAt    = "at"
	AckNote  = "note"
	AckSteps = "steps" // step id → its due date when the rule was answered
)

// Keys of one comment thread, a Y.Map under threads.<id>, of its anchor and its
// messages. Threads are written by the server only.
const (
	ThreadAnchor   = "anchor"
	ThreadSide     = "side"
	ThreadBy       = "by"
	ThreadAt       = "at"
	ThreadResolved = "resolved"
	ThreadMsgs     = "msgs"

	AnchorField  = "field"
	AnchorNode   = "node"
	AnchorQuote  = "quote"
	AnchorPrefix = "prefix"
	AnchorSuffix = "suffix"

	MsgBy        = "by"
	MsgAt        = "at"
	MsgBody      = "body"
	MsgEditedAt  = "editedAt"
	MsgDeletedAt = "deletedAt"
	MsgMentions  = "mentions"

	PersonID   = "id"
	PersonName = "name"
	PersonRole = "role"
	PersonSide = "side"
)

// Node kinds. Levels are stage → milestone or task → task → subtask; milestones
// and tasks are what people count as steps. What a step counts as depends on
// where it stands as well: see KindAt.
const (
	KindStage     = "stage"
	KindMilestone = "milestone"
	KindTask      = "task"
	KindSubtask   = "subtask"
)

// Statuses of a node. An absent status reads as StatusNotStarted.
const (
	StatusNotStarted = "not-started"
	StatusInProgress = "in-progress"
	StatusBlocked    = "blocked"
	StatusDone       = "done"
	StatusSkipped    = "skipped"
)

// Sides of a node, role or person. An absent side of a node reads as SideJoint.
const (
	SideSeller = "seller"
	SideBuyer  = "buyer"
	SideJoint  = "joint"
)

// Statuses of the plan as a whole.
const (
	PlanDraft  = "draft"
	PlanLive   = "live"
	PlanPaused = "paused"
	PlanWon    = "won"
	PlanLost   = "lost"
)

// What the plan's anchor date means.
const (
	AnchorGoLive = "go-live" // steps are worked back from the day the buyer goes live
	AnchorValue  = "value"   // … from the day the buyer sees first value
	AnchorStart  = "start"   // … forward from the day work starts
)

// How a role owns a node. A node should have exactly one accountable owner.
const (
	OwnerAccountable = "accountable"
	OwnerContributor = "contributor"
)

// Decisions about a gate.
const (
	DecisionPassed   = "passed"
	DecisionDeclined = "declined"
	DecisionReopened = "reopened"
)

// States of a gate.
const (
	GateOpen     = "open"     // something is missing
	GateReady    = "ready"    // nothing is missing but the sign-off
	GatePassed   = "passed"   // signed off, and as it was then
	GateChanged  = "changed"  // signed off, and changed since
	GateDeclined = "declined" // the reviewer said no
)

// Kinds of rules.
const (
	RuleDelay     = "delay"     // a step more than RuleDays days late is raised to RuleRole
	RuleExtension = "extension" // RuleNode moves beyond RuleUntil only if RuleRole agrees
)

// States of a rule.
const (
	RuleQuiet        = "quiet"
	RuleRaised       = "raised"
	RuleAcknowledged = "acknowledged"
)

// DefaultRuleDays is the delay, in calendar days, that a rule allows when it says
// nothing else.
const DefaultRuleDays = 14

// DefaultNoun is what a plan is called when it has no noun of its own.
const DefaultNoun = "mutual action plan"

// Anchors of comment threads.
const (
	AnchorText   = "text" // a range of rich text, carried by a mark
	AnchorOnNode = "node" // a node, or one field of it
)

var (
	caseTexts    = []string{CaseMetric, CaseInitiative, CaseOutcome, CaseInaction}
	nodeStatuses = []string{StatusNotStarted, StatusInProgress, StatusBlocked, StatusDone, StatusSkipped}
	nodeSides    = []string{SideSeller, SideBuyer, SideJoint}
	planStatuses = []string{PlanDraft, PlanLive, PlanPaused, PlanWon, PlanLost}
	anchorKinds  = []string{AnchorGoLive, AnchorValue, AnchorStart}
	ownerKinds   = []string{OwnerAccountable, OwnerContributor}
	afterTypes   = []string{"FS", "SS", "FF", "SF"}
	decisions    = []string{DecisionPassed, DecisionDeclined, DecisionReopened}
	ruleKinds    = []string{RuleDelay, RuleExtension}
)

// Limits on what people may write, in UTF-16 code units unless said otherwise.
// They are far above what a plan needs and keep one person from filling it.
const (
	MaxTitle       = 200
	MaxNoun        = 60
	MaxName        = 120
	MaxReason      = 300 // of a blocked step
	MaxCommentBody = 4000
	MaxQuote       = 400
	MaxThreads     = 1000 // threads per plan, deleted ones included
	MaxMessages    = 500  // messages per thread, deleted ones included
	MaxMentions    = 50
	MaxResources   = 500 // per plan, removed ones included
	MaxURL         = 2048
	MaxEvidence    = 20   // resources that a gate can ask for
	MaxSignoffs    = 1000 // decisions per plan
	MaxSignedNote  = 2000
	contextUnits   = 32   // length of a quote's prefix and suffix
	MaxSlips       = 1000 // recorded delays per plan
	MaxSlipReason  = 200
	MaxSlipDays    = 1000 // working days
	MaxReviews     = 500  // per plan
	MaxDecisions   = 50   // of one review
	MaxDecision    = 1000
	MaxAttending   = 50 // people at one review
)
