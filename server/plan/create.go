package plan

import (
	"fmt"
	"strings"
	"time"

	"coplan/crdt"
)

// CreateInput is what a new plan is made from.
type CreateInput struct {
	ID       string // the plan's id, as in its URL
	Title    string // required
	Template string // id of a template; "" means "blank"
	// From is a plan to copy instead of a template: structure and words, not
	// people, dates or what happened to it. It is read, never written.
	From *crdt.Doc
	// Language is what a built-in template is written in: English when empty. A
	// plan does not keep it; a copy speaks as the plan it is made from.
	Language string
	Noun     string // what both sides call the plan; "" means the usual name in Language, or that of From
	Anchor   AnchorInput
	Now      time.Time // dates are laid out from here when Anchor has none
	By       Person    // who creates it; kept by the journal, not the document
}

// AnchorInput is the date to schedule around. Without a date one is derived
// from the template's length and marked provisional; a template without steps
// leaves it open.
type AnchorInput struct {
	Kind        string `json:"kind"` // AnchorGoLive when empty
	Date        string `json:"date"` // YYYY-MM-DD or empty
	Provisional bool   `json:"provisional"`
}

// Validate reports what is wrong with in, as a *Refusal, or nil.
func (in CreateInput) Validate() error {
	title := strings.TrimSpace(in.Title)
	switch {
	case !ValidID(in.ID):
		return refuse(CodeInvalid, "id", "The plan id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(in.ID))
	case title == "":
		return refuse(CodeInvalid, "title", "A plan needs a title.")
	case lenUTF16(title) > MaxTitle:
		return refuse(CodeInvalid, "title", "The title is %d characters long; at most %d are kept.", lenUTF16(title), MaxTitle)
	case lenUTF16(in.Noun) > MaxNoun:
		return refuse(CodeInvalid, "noun", "The name for this kind of plan is %d characters long; at most %d are kept.", lenUTF16(in.Noun), MaxNoun)
	case in.Anchor.Kind != "" && !oneOf(in.Anchor.Kind, anchorKinds):
		return refuse(CodeInvalid, "anchor.kind", "“%s” is not something a plan can be scheduled around; use %s.", clip(in.Anchor.Kind), orList(anchorKinds))
	case in.Anchor.Date != "" && !ValidDate(in.Anchor.Date):
		return refuse(CodeInvalid, "anchor.date", "“%s” is not a calendar date; write it as 2027-03-31.", clip(in.Anchor.Date))
	}
	if _, ok := TemplateByID(in.templateID()); !ok && in.From == nil {
		var ids []string
		for _, t := range Templates() {
			ids = append(ids, t.ID)
		}
		return refuse(CodeInvalid, "template", "There is no template “%s”; use %s.", clip(in.Template), orList(ids))
	}
	return CheckLanguage(in.Language)
}

func (in CreateInput) templateID() string {
	if in.Template == "" {
		return blank.ID
	}
	return in.Template
}

// Create writes a new plan into an empty document. It is the plan's first
// journal entry, made by the server alone, so that no two clients ever set
// initial content beside each other.
//
// It returns a *Refusal, with nothing written, when in is not valid or the
// document holds something already.
func Create(d *crdt.Doc, tx *crdt.Tx, in CreateInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	if meta := d.Map(RootMeta); meta.Len() > 0 || d.Map(RootNodes).Len() > 0 {
		return refuse(CodeConflict, "id", "There is a plan here already; a new one needs a new id.")
	}
	t, _ := TemplateByID(in.templateID())
	t = t.In(in.Language)

	noun := strings.TrimSpace(in.Noun)
	switch {
	case noun != "":
	case in.From != nil:
		noun = Read(in.From).Noun
	default:
		noun = defaultNoun(in.Language)
	}
	meta := d.Map(RootMeta)
	meta.Set(tx, MetaSchema, SchemaVersion)
	meta.Set(tx, MetaPlanID, in.ID)
	meta.Set(tx, MetaEpoch, 1)
	meta.Set(tx, MetaTitle, strings.TrimSpace(in.Title))
	meta.Set(tx, MetaNoun, noun)
	meta.Set(tx, MetaStatus, PlanDraft)
	if in.From != nil {
		copyPlan(in.From, d, tx, in)
		return nil
	}
	meta.Set(tx, MetaProfile, t.Profile)

	due := writeAnchor(d, tx, t, in)
	WriteRich(tx, d.XMLFragment(RootSummary), t.summary())

	texts := d.Map(RootCase)
	for _, k := range caseTexts {
		texts.SetText(tx, k)
	}
	calendar := d.Map(RootCalendar)
	calendar.Set(tx, CalendarWeekend, []any{6, 7}) // ISO weekdays: Saturday, Sunday
	calendar.SetMap(tx, CalendarHolidays)
	calendar.SetMap(tx, CalendarAway)
	calendar.SetMap(tx, CalendarFreezes)

	roles := d.Map(RootRoles)
	for _, r := range t.Roles {
		m := roles.SetMap(tx, r.ID)
		m.Set(tx, RoleTitle, r.Title)
		m.Set(tx, RoleSide, r.Side)
		m.Set(tx, RoleKind, r.Kind)
	}
	working := d.Map(RootWorking)
	for _, k := range []string{WorkingChannel, WorkingCadence, WorkingResponse} {
		working.SetText(tx, k)
	}
	writeStages(d, tx, t, due)
	writeGates(d, tx, t)
	writeRules(d, tx, t, due)
	writeSlots(d, tx, t)
	return nil
}

// writeSlots writes the resources the template expects and attaches them.
func writeSlots(d *crdt.Doc, tx *crdt.Tx, t Template) {
	resources, nodes := d.Map(RootResources), d.Map(RootNodes)
	ords := Spread(len(t.Resources))
	for i, r := range t.Resources {
		m := resources.SetMap(tx, r.ID)
		m.Set(tx, ResourceTitle, r.Title)
		m.Set(tx, ResourceType, r.Type)
		m.Set(tx, ResourceSide, r.Side)
		m.Set(tx, ResourceOrd, ords[i])
		for _, id := range r.Steps {
			if n, ok := nodes.Map(id); ok {
				if links, ok := n.Map(NodeLinks); ok {
					links.Set(tx, r.ID, true)
				}
			}
		}
	}
}

// writeAnchor writes the anchor and returns the due date of each step of t.
func writeAnchor(d *crdt.Doc, tx *crdt.Tx, t Template, in CreateInput) map[string]string {
	kind, date := in.Anchor.Kind, in.Anchor.Date
	if kind == "" {
		kind = AnchorGoLive
	}
	provisional := in.Anchor.Provisional || date == ""
	if date == "" {
		date = t.provisionalAnchor(kind, in.Now)
	}
	anchor := d.Map(RootAnchor)
	anchor.Set(tx, AnchorKind, kind)
	setAnchorDate(tx, anchor, date, provisional)
	if step := t.anchorStep(kind); step != "" {
		anchor.Set(tx, AnchorStep, step)
	}
	return t.dates(kind, date)
}

// setAnchorDate writes nothing for "": a plan without steps waits for a date.
func setAnchorDate(tx *crdt.Tx, anchor crdt.Map, date string, provisional bool) {
	if date == "" {
		return
	}
	anchor.Set(tx, AnchorDate, date)
	anchor.Set(tx, AnchorProvisional, provisional)
}

func writeStages(d *crdt.Doc, tx *crdt.Tx, t Template, due map[string]string) {
	nodes := d.Map(RootNodes)
	stageOrds := Spread(len(t.Stages))
	for i, stage := range t.Stages {
		WriteNode(tx, nodes, NewNode{ID: stage.ID, Kind: KindStage, Ord: stageOrds[i], Title: stage.Title})
		stepOrds := Spread(len(stage.Steps))
		for j, step := range stage.Steps {
			n := NewNode{
				ID: step.ID, Kind: step.Kind, Parent: stage.ID, Ord: stepOrds[j],
				Title: step.Title, Note: []Rich{Paragraph(step.Note)}, Why: step.Why,
				Side: step.Side, Due: due[step.ID], Planned: due[step.ID], Days: step.Days, LikelyBlocker: step.LikelyBlocker,
			}
			if step.Accountable != "" {
				n.Owners = append(n.Owners, Owner{step.Accountable, OwnerAccountable})
			}
			for _, r := range step.Contributors {
				n.Owners = append(n.Owners, Owner{r, OwnerContributor})
			}
			for _, id := range step.After {
				n.After = append(n.After, After{Node: id, Type: "FS"})
			}
			WriteNode(tx, nodes, n)
		}
	}
}

// NewNode is a node to be written. Empty values are left out of the document.
type NewNode struct {
	ID, Kind, Parent, Ord, Title string
	Note                         []Rich
	Why, Side, Status, Due       string
	Planned                      string // the same as Due when the schedule computed it
	Days                         int
	LikelyBlocker                bool
	Owners                       []Owner
	After                        []After
}

// WriteNode puts a node with all its nested types into nodes, the RootNodes
// map. Nested types are made here and only here: two people who each made a
// missing one would lose what one of them typed into it.
func WriteNode(tx *crdt.Tx, nodes crdt.Map, n NewNode) {
	m := nodes.SetMap(tx, n.ID)
	m.Set(tx, NodeKind, n.Kind)
	m.Set(tx, NodeParent, n.Parent)
	m.Set(tx, NodeOrd, n.Ord)
	if title := m.SetText(tx, NodeTitle); n.Title != "" {
		title.Insert(tx, 0, n.Title, nil)
	}
	note := n.Note
	if note == nil {
		note = []Rich{Paragraph("")}
	}
	WriteRich(tx, m.SetXMLFragment(tx, NodeNote), note)
	if why := m.SetText(tx, NodeWhy); n.Why != "" {
		why.Insert(tx, 0, n.Why, nil)
	}
	owners := m.SetMap(tx, NodeOwners)
	for _, o := range n.Owners {
		owners.Set(tx, o.Role, o.Kind)
	}
	after := m.SetMap(tx, NodeAfter)
	for _, a := range n.After {
		after.Set(tx, a.Node, map[string]any{AfterType: a.Type, AfterLag: a.Lag})
	}
	m.SetMap(tx, NodeLinks)
	if n.Kind != KindStage {
		gate := m.SetMap(tx, NodeGate)
		gate.SetMap(tx, GateEntry)
		gate.SetMap(tx, GateExit)
	}
	for _, kv := range [][2]string{{NodeSide, n.Side}, {NodeStatus, n.Status}, {NodeDue, n.Due}, {NodePlanned, n.Planned}} {
		if kv[1] != "" {
			m.Set(tx, kv[0], kv[1])
		}
	}
	if n.Days > 0 {
		m.Set(tx, NodeDays, n.Days)
	}
	if n.LikelyBlocker {
		m.Set(tx, NodeLikelyBlocker, true)
	}
}

// WriteCriterion adds a criterion to a gate's entry or exit list.
func WriteCriterion(tx *crdt.Tx, list crdt.Map, id, ord, text string) {
	c := list.SetMap(tx, id)
	c.Set(tx, CriterionOrd, ord)
	words := c.SetText(tx, CriterionText)
	if text != "" {
		words.Insert(tx, 0, text, nil)
	}
}

// ValidID reports whether s may name a plan, node, role, thread or message.
func ValidID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		if digitOf(s[i]) < 0 && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return !oneOf(s, everyObjectHas)
}

// everyObjectHas are names under which a page finds something in an object that
// was never put there: a plan's dates by step id, say.
var everyObjectHas = []string{
	"__proto__", "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
	"__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
}

func oneOf(s string, list []string) bool {
	for _, v := range list {
		if s == v {
			return true
		}
	}
	return false
}

// orList writes “a”, “b” or “c”.
func orList(list []string) string {
	var b strings.Builder
	for i, v := range list {
		switch {
		case i > 0 && i == len(list)-1:
			b.WriteString(" or ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "“%s”", v)
	}
	return b.String()
}

// clip shortens text from outside before it is quoted in a sentence.
func clip(s string) string {
	if lenUTF16(s) > 60 {
		return sliceUTF16(s, 0, 60) + "…"
	}
	return s
}
