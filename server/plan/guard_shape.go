package plan

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"coplan/crdt"
	"coplan/server/plan/schedule"
)

// Limits on what an edit may leave behind, beside those of schema.go. They are
// what the page keeps below; nobody who works with the page meets them.
const (
	MaxNodes        = 500  // stages and steps that are not deleted
	MaxNodesStored  = 2000 // … and deleted ones with them
	MaxNesting      = 6    // what a step may stand under; one person's page makes three levels, two at once a few more
	MaxRoles        = 200
	MaxMetrics      = 100
	MaxRules        = 100
	MaxCriteria     = 100     // of one list of one gate
	MaxContentBytes = 2 << 20 // of everything that is in the plan but its records

	maxWhy        = 2000
	maxCaseText   = 2000
	maxMetricText = 200
	maxRuleText   = 300
	maxWorking    = 500
	maxEventPart  = 300
	maxDaysLong   = 1000
	maxLag        = 1000
	maxOrd        = 512 // far beyond 48, from where on the server makes keys short again
	maxSpans      = 500 // holidays, freezes, absences: each
	maxEdges      = 500 // owners, dependencies, links of one step
	maxHref       = MaxURL
	maxAttribute  = 4096
)

// who may write a part of the plan by editing it.
type who uint8

const (
	anyEditor  who = iota
	notBuyers      // champions and sellers set the frame
	serverOnly     // commands write it
)

// shape is what may stand at one place of a plan.
type shape struct {
	name   string // for sentences: "a step's status"
	holds  crdt.ContentKind
	who    who
	fields map[string]*shape // of a map with fixed keys
	each   *shape            // of a map by id
	max    int               // entries of such a map
	id     func(string) bool // what its keys must be; nil: ValidID
	text   int               // UTF-16 units of a text
	rich   bool
	stays  bool // the value is never taken away, only replaced
	// wrong says what is wrong with a value, as the end of a sentence that begins
	// with the name: "must be a date like 2027-03-31". Empty: nothing.
	wrong func(v any) string
}

func value(name string, wrong func(any) string) *shape {
	return &shape{name: name, holds: crdt.ContentValues, wrong: wrong}
}

func words(name string, units int) *shape {
	return &shape{name: name, holds: crdt.ContentText, text: units}
}

func entries(name string, max int, each *shape) *shape {
	return &shape{name: name, holds: crdt.ContentMap, each: each, max: max}
}

func record(name string, fields map[string]*shape) *shape {
	return &shape{name: name, holds: crdt.ContentMap, fields: fields}
}

func (s *shape) by(w who) *shape { s.who = w; return s }
func (s *shape) staying() *shape { s.stays = true; return s }

func commandsOnly(name string) *shape {
	return &shape{name: name, holds: crdt.ContentMap, who: serverOnly}
}

// theShape is the plan schema as edits have to keep to it.
var theShape = map[string]*shape{
	RootMeta: {name: "the plan's head", holds: crdt.ContentMap, fields: map[string]*shape{
		MetaSchema: commandsOnly("the schema's version"),
		MetaPlanID: commandsOnly("the plan's id"),
		MetaEpoch:  commandsOnly("the plan's epoch"),
		MetaTitle:  value("the plan's title", aString(1, MaxTitle)).staying().by(notBuyers),
		MetaNoun:   value("what the plan is called", aString(0, MaxNoun)).by(notBuyers),
		MetaProfile: value("the plan's profile", func(v any) string {
			if s, ok := v.(string); ok && ValidID(s) {
				return ""
			}
			return "must be the id of a profile"
		}).by(notBuyers),
		MetaStatus:   value("the plan's status", oneOfThese(planStatuses)).by(notBuyers),
		MetaCurrency: value("the plan's currency", aCurrency),
	}},
	RootAnchor: record("the plan's date", map[string]*shape{
		AnchorKind:        value("what the plan's date means", oneOfThese(anchorKinds)),
		AnchorDate:        value("the plan's date", aDate),
		AnchorProvisional: value("whether the date is provisional", aBool),
		AnchorEvent:       value("the event behind the date", anEvent),
		AnchorCostPerWeek: value("what a week of delay costs", aCost),
		AnchorStep:        value("the step that the date is the end of", anID),
	}),
	RootCalendar: record("the calendar", map[string]*shape{
		CalendarWeekend: value("the days of the weekend", aWeekend),
		CalendarHolidays: {name: "the holidays", holds: crdt.ContentMap, max: maxSpans, id: ValidDate,
			each: value("a holiday", aString(0, MaxName))},
		CalendarAway:    entries("the absences", maxSpans, value("an absence", aSpan)),
		CalendarFreezes: entries("the freezes", maxSpans, value("a freeze", aSpan)),
		CalendarQuarters: value("when quarters end", func(v any) string {
			return parts(v, quarterParts)
		}),
	}),
	RootSummary: {name: "the summary", holds: crdt.ContentXMLFragment, rich: true},
	RootCase: record("the business case", map[string]*shape{
		CaseMetric:     words("the number that should change", maxCaseText),
		CaseInitiative: words("the initiative", maxCaseText),
		CaseOutcome:    words("the outcome", maxCaseText),
		CaseInaction:   words("what doing nothing costs", maxCaseText),
	}),
	RootMetrics: entries("the metrics", MaxMetrics, record("a metric", map[string]*shape{
		MetricName:     words("a metric's name", maxMetricText),
		MetricBaseline: words("a metric's baseline", maxMetricText),
		MetricTarget:   words("a metric's target", maxMetricText),
		MetricDate:     value("a metric's date", aDate),
		MetricRole:     value("who answers for a metric", anID),
		MetricOrd:      value("a metric's place", anOrd),
		MetricDel:      value("when a metric was removed", aTime),
	})),
	RootWorking: record("the working agreement", map[string]*shape{
		WorkingChannel:  words("the channel", maxWorking),
		WorkingCadence:  words("the cadence", maxWorking),
		WorkingResponse: words("the time to answer", maxWorking),
	}),
	RootNodes: entries("the plan's stages and steps", MaxNodesStored, record("a step", map[string]*shape{
		NodeKind:          value("a step's kind", oneOfThese(nodeKinds)).staying(),
		NodeParent:        value("what a step stands under", aParent).staying(),
		NodeOrd:           value("a step's place", anOrd).staying(),
		NodeTitle:         words("a step's title", MaxTitle),
		NodeNote:          {name: "a step's description", holds: crdt.ContentXMLFragment, rich: true},
		NodeWhy:           words("the reason for a step", maxWhy),
		NodeAlias:         value("a step's other name", aString(0, MaxTitle)),
		NodeStatus:        value("a step's status", oneOfThese(nodeStatuses)),
		NodeSide:          value("a step's side", oneOfThese(nodeSides)),
		NodeDue:           value("a step's due date", aDate),
		NodeStart:         value("a step's start date", aDate),
		NodeDays:          value("a step's duration", anInteger(0, maxDaysLong, "working days")),
		NodePlanned:       value("the date that was computed for a step", aDate),
		NodeDoneOn:        value("the day a step was done", aDate),
		NodeLikelyBlocker: value("whether a step is a likely blocker", aBool),
		NodeBlockedReason: value("what a blocked step waits for", aString(0, MaxReason)),
		NodeOutcome:       value("the outcome that a step serves", anID),
		NodeOwners:        entries("a step's owners", maxEdges, value("how a role owns a step", oneOfThese(ownerKinds))),
		NodeAfter:         entries("what a step waits for", maxEdges, value("a dependency", aDependency)),
		NodeLinks:         entries("a step's resources", maxEdges, value("a step's resource", aBool)),
		NodeGate: record("a step's gate", map[string]*shape{
			GateOn:       value("whether a step has a gate", aBool),
			GateEntry:    criteria("the conditions to begin"),
			GateExit:     criteria("the conditions to finish"),
			GateEvidence: value("how many resources a gate asks for", anInteger(0, MaxEvidence, "resources")),
			GateReviewer: value("who reviews a gate", anID),
			GateLocks:    value("the stage that a gate locks", anID),
		}),
		NodeDel: value("when a step was deleted", aTime),
	})),
	RootRoles: entries("the roles", MaxRoles, record("a role", map[string]*shape{
		RoleTitle:     value("a role's title", aString(0, MaxName)),
		RoleSide:      value("a role's side", oneOfThese(nodeSides)),
		RoleKind:      value("a role's kind", aString(0, MaxName)),
		RolePerson:    value("the person of a role", aString(0, MaxName)),
		RoleName:      value("the name of a role's person", aString(0, MaxName)),
		RoleEmail:     value("a role's address", aString(0, MaxTitle)),
		RolePhone:     value("a role's phone number", aString(0, MaxName)),
		RoleInvolveBy: value("when a role is needed", aDate),
		RoleDel:       value("when a role was removed", aTime),
	})),
	RootResources: entries("the resources", MaxResources, record("a resource", map[string]*shape{
		ResourceTitle:  value("a resource's title", aString(0, MaxTitle)),
		ResourceURL:    value("a link", aWebAddress),
		ResourceBlob:   value("a file", aBlob),
		ResourceFile:   value("a file's name", aString(0, MaxTitle)),
		ResourceSize:   value("a file's size", anInteger(0, math.MaxInt32, "bytes")),
		ResourceMime:   value("a file's type", aString(0, MaxName)),
		ResourceType:   value("what a resource is for", aString(0, MaxNoun)),
		ResourcePinned: value("whether a resource is pinned", aBool),
		ResourceSide:   value("a resource's side", oneOfThese(nodeSides)),
		ResourceOrd:    value("a resource's place", anOrd),
		ResourceDel:    value("when a resource was removed", aTime),
	})),
	RootRules: entries("the rules", MaxRules, record("a rule", map[string]*shape{
		RuleKind:     value("a rule's kind", oneOfThese(ruleKinds)),
		RuleText:     words("a rule's words", maxRuleText),
		RuleRole:     value("the role of a rule", anID),
		RuleDays:     value("the days of a rule", anInteger(0, maxDaysLong, "days")),
		RuleNode:     value("the step of a rule", anID),
		RuleUntil:    value("the date of a rule", aDate),
		RuleAnswered: commandsOnly("the answer to a rule"),
		RuleDel:      value("when a rule was removed", aTime),
	})).by(notBuyers),
	RootBaseline:  commandsOnly("the agreed dates"),
	RootSignoffs:  commandsOnly("sign-offs"),
	RootSlips:     commandsOnly("recorded delays"),
	RootThreads:   commandsOnly("comments"),
	RootProposals: commandsOnly("proposals"),
	RootReviews:   commandsOnly("reviews"),
	RootDismissed: {name: "dismissed suggestions", holds: crdt.ContentMap, max: 2000,
		id: func(s string) bool { return s != "" && len(s) <= 256 }, each: value("a dismissed suggestion", aTime)},
}

// tick is in the name of whoever sends it; see judge.ownTick.
var tick = value("who ticked a condition", aTick)

func criteria(name string) *shape {
	return entries(name, MaxCriteria, record("a condition", map[string]*shape{
		CriterionText:    words("the words of a condition", maxRuleText),
		CriterionOrd:     value("a condition's place", anOrd),
		CriterionChecked: tick,
		CriterionDel:     value("when a condition was removed", aTime),
	}))
}

var nodeKinds = []string{KindStage, KindMilestone, KindTask, KindSubtask}

// richElements are the elements of rich text that the page knows. An editor that
// met another would delete it for everybody.
var richElements = []string{
	elemParagraph, elemHeading, "bulletList", "orderedList", "listItem", "blockquote", elemRule, elemHardBreak,
}

var richMarks = []string{"bold", "italic", "strike", "underline", "code", markLink, markComment, "ychange"}

const (
	markLink = "link"
	attrHref = "href"
)

// aString is checked by a text's length in UTF-16 units.
func aString(least, most int) func(any) string {
	return func(v any) string {
		s, ok := v.(string)
		switch n := 0; {
		case !ok || !utf8.ValidString(s):
			return "must be text"
		case len(s) > most || least > 0:
			if n = lenUTF16(s); n > most {
				return fmt.Sprintf("can have %d characters at most; this has %d", most, n)
			} else if n < least {
				return "can't be empty"
			}
		}
		return ""
	}
}

func oneOfThese(list []string) func(any) string {
	return func(v any) string {
		s, ok := v.(string)
		if ok && oneOf(s, list) {
			return ""
		}
		return fmt.Sprintf("must be %s; %s is none of them", orList(list), quoted(v))
	}
}

// quoted shows a value from outside in a sentence.
func quoted(v any) string {
	switch v := v.(type) {
	case string:
		return "“" + clip(v) + "”"
	case nil, bool, int64, float64:
		return fmt.Sprint("“", v, "”")
	case crdt.ContentKind:
		return v.String()
	}
	return "this"
}

func aDate(v any) string {
	if s, ok := v.(string); ok && ValidDate(s) {
		return ""
	}
	return fmt.Sprintf("must be a date like 2027-03-31; %s isn't one", quoted(v))
}

// aTime also takes a date alone: it is shown by its day.
func aTime(v any) string {
	if s, ok := v.(string); ok && len(s) <= 40 && len(s) >= len(dateLayout) && ValidDate(s[:len(dateLayout)]) {
		if _, err := time.Parse(time.RFC3339, s); err == nil && !strings.Contains(s, ",") || len(s) == len(dateLayout) {
			return ""
		}
	}
	return fmt.Sprintf("must be a moment like 2027-03-31T12:00:00.000Z; %s isn't one", quoted(v))
}

func aBool(v any) string {
	if _, ok := v.(bool); ok {
		return ""
	}
	return fmt.Sprintf("must be true or false; %s is neither", quoted(v))
}

func anInteger(least, most int, unit string) func(any) string {
	return func(v any) string {
		if n, ok := integerOf(v); ok && least <= n && n <= most && !negativeZero(v) {
			return ""
		}
		return fmt.Sprintf("must be a whole number of %s from %d to %d; %s isn't", unit, least, most, quoted(v))
	}
}

// negativeZero would be shown as -0.
func negativeZero(v any) bool {
	n, ok := v.(float64)
	return ok && n == 0 && math.Signbit(n)
}

func anID(v any) string {
	if s, ok := v.(string); ok && (s == "" || ValidID(s)) {
		return ""
	}
	return fmt.Sprintf("must be an id of letters and digits; %s isn't one", quoted(v))
}

func aParent(v any) string {
	if v == nil {
		return "" // the plan itself, as some clients write it
	}
	return anID(v)
}

func anOrd(v any) string {
	if s, ok := v.(string); ok && len(s) <= maxOrd && ValidOrd(s) {
		return ""
	}
	return fmt.Sprintf("must be an ordering key; %s isn't one", quoted(v))
}

func aCurrency(v any) string {
	s, _ := v.(string)
	if len(s) == 3 && strings.IndexFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0 {
		return ""
	}
	return fmt.Sprintf("must be a code like EUR; %s isn't one", quoted(v))
}

func aCost(v any) string {
	if n, ok := v.(int64); ok && n >= 0 && n <= 1e12 {
		return ""
	}
	if n, ok := v.(float64); ok && n >= 0 && n <= 1e12 && !negativeZero(v) {
		return ""
	}
	return fmt.Sprintf("must be a number, 0 or more; %s isn't", quoted(v))
}

// parts checks a plain object: known keys, each with what it must be.
func parts(v any, wanted map[string]func(any) string) string {
	object, ok := v.(map[string]any)
	if !ok {
		return "must be an object"
	}
	for _, key := range sortedKeys(object) {
		wrong, known := wanted[key]
		if !known {
			return fmt.Sprintf("has no part “%s”", clip(key))
		}
		if w := wrong(object[key]); w != "" {
			return fmt.Sprintf("is wrong in “%s”: it %s", key, w)
		}
	}
	return ""
}

var eventParts = map[string]func(any) string{
	EventWhat: aString(0, maxEventPart), EventSource: aString(0, maxEventPart), EventConsequence: aString(0, maxEventPart),
}

func anEvent(v any) string { return parts(v, eventParts) }

var tickParts = map[string]func(any) string{
	CheckedBy: aString(0, MaxTitle), CheckedName: aString(0, MaxTitle), CheckedAt: aTime,
}

func aTick(v any) string { return parts(v, tickParts) }

var dependencyParts = map[string]func(any) string{
	AfterType: oneOfThese(afterTypes), AfterLag: anInteger(-maxLag, maxLag, "working days"),
}

func aDependency(v any) string {
	if object, ok := v.(map[string]any); ok && object[AfterType] == nil {
		return "must say how the steps follow each other"
	}
	return parts(v, dependencyParts)
}

var spanParts = map[string]func(any) string{
	SpanRole: anID, SpanPerson: aString(0, MaxName), SpanFrom: aDate, SpanTo: aDate, SpanLabel: aString(0, MaxName),
}

func aSpan(v any) string {
	if wrong := parts(v, spanParts); wrong != "" {
		return wrong
	}
	object := v.(map[string]any)
	from, _ := object[SpanFrom].(string)
	to, _ := object[SpanTo].(string)
	switch {
	case from == "" || to == "":
		return "must say from when to when"
	case from > to:
		return "ends before it begins"
	}
	return ""
}

var quarterParts = map[string]func(any) string{
	QuartersMonth: anInteger(1, 12, "months"), QuartersDays: anInteger(1, schedule.MaxQuarterDays, "working days"),
}

func aWeekend(v any) string {
	list, ok := v.([]any)
	if !ok || len(list) > 6 {
		return "must be a list of at most six weekdays"
	}
	for _, day := range list {
		if n, ok := integerOf(day); !ok || n < 1 || n > 7 {
			return fmt.Sprintf("must be numbers from 1 (Monday) to 7 (Sunday); %s isn't", quoted(day))
		}
	}
	return ""
}

func aWebAddress(v any) string {
	s, ok := v.(string)
	if ok && IsWebURL(s) {
		return ""
	}
	return fmt.Sprintf("must be a web address; %s isn't one", quoted(v))
}

func aBlob(v any) string {
	s, ok := v.(string)
	if ok && len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" {
		return ""
	}
	return "must be the SHA-256 of an uploaded file"
}
