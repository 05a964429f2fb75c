package plan

import (
	"cmp"
	"fmt"
	"slices"

	"coplan/crdt"
)

// Gate is what it takes to pass a step: criteria, evidence, and the sign-off of
// one named role.
type Gate struct {
	Entry     []Criterion `json:"entry"`    // what must hold before the step begins, by (ord, id)
	Exit      []Criterion `json:"exit"`     // what must hold before it is passed
	Evidence  int         `json:"evidence"` // how many linked resources it asks for
	Linked    int         `json:"linked"`   // how many there are
	Reviewer  string      `json:"reviewer"` // role id
	Locks     string      `json:"locks"`    // id of the stage that waits for it
	State     string      `json:"state"`
	Missing   []Missing   `json:"missing"`   // what stands before a sign-off, in order
	StateHash string      `json:"stateHash"` // of what would be signed now
	signs     string      // the canonical text behind StateHash
}

// Criterion is one line of a gate's checklist.
type Criterion struct {
	ID      string   `json:"id"`
	Text    string   `json:"text"`
	Checked *Checked `json:"checked"`
	ord     string
}

// Checked is who ticked a criterion and when, as their client wrote it; the
// journal knows who wrote it.
type Checked struct {
	By   string `json:"by"`
	Name string `json:"name"`
	At   string `json:"at"`
}

// Missing is one thing a gate lacks. Code is one of the Missing… codes; ID names
// the criterion; Need and Have count evidence.
type Missing struct {
	Code string `json:"code"`
	ID   string `json:"id"`
	Need int    `json:"need"`
	Have int    `json:"have"`
}

// Codes of Missing.
const (
	MissingEntry    = "entry"
	MissingExit     = "exit"
	MissingEvidence = "evidence"
	MissingReviewer = "reviewer" // none chosen, or the role is gone
)

// Signoff is one decision about a gate: passed, declined or reopened. State is
// the canonical text of what was decided on, Sound whether StateHash is its hash.
type Signoff struct {
	ID        string `json:"id"`
	Gate      string `json:"gate"`
	By        Person `json:"by"`
	Role      string `json:"role"`
	RoleTitle string `json:"roleTitle"`
	At        string `json:"at"`
	Decision  string `json:"decision"`
	Note      string `json:"note"`
	StateHash string `json:"stateHash"`
	State     string `json:"state"`
	Sound     bool   `json:"sound"`
}

// gate reads a node's gate as it is written; what depends on the rest of the
// plan is added by finishGates.
func (f fields) gate() *Gate {
	v, ok := f.get(NodeGate)
	if !ok {
		return nil
	}
	m, ok := v.(crdt.Map)
	if !ok {
		f.odd(NodeGate)
		return nil
	}
	g := f.r.fields(m, f.path+"/"+NodeGate)
	if !g.boolean(GateOn) {
		return nil
	}
	return &Gate{
		Entry: g.criteria(GateEntry), Exit: g.criteria(GateExit),
		Evidence: min(max(g.integerOr(GateEvidence, 0), 0), MaxEvidence),
		Reviewer: g.text(GateReviewer), Locks: g.text(GateLocks),
		Missing: []Missing{},
	}
}

func (f fields) criteria(key string) []Criterion {
	out := []Criterion{}
	v, ok := f.get(key)
	if !ok {
		return out
	}
	m, ok := v.(crdt.Map)
	if !ok {
		f.odd(key)
		return out
	}
	f.r.eachMap(m, f.path+"/"+key, func(id string, c fields) {
		if criterion := c.criterion(id); c.text(CriterionDel) == "" {
			out = append(out, criterion)
		}
	})
	slices.SortFunc(out, func(a, b Criterion) int {
		return cmp.Or(compareUTF16(a.ord, b.ord), compareUTF16(a.ID, b.ID))
	})
	return out
}

func (f fields) criterion(id string) Criterion {
	c := Criterion{ID: id, Text: f.text(CriterionText), ord: f.text(CriterionOrd)}
	if o := f.object(CriterionChecked); o.values != nil {
		c.Checked = &Checked{By: o.text(CheckedBy), Name: o.text(CheckedName), At: o.text(CheckedAt)}
	}
	return c
}

func (r *reader) signoffs(d *crdt.Doc) []Signoff {
	out := []Signoff{}
	r.eachMap(d.Map(RootSignoffs), RootSignoffs, func(id string, f fields) {
		out = append(out, f.signoff(id))
	})
	slices.SortFunc(out, func(a, b Signoff) int {
		return cmp.Or(compareUTF16(a.At, b.At), compareUTF16(a.ID, b.ID))
	})
	return out
}

func (f fields) signoff(id string) Signoff {
	s := Signoff{
		ID: id, Gate: f.text(SignedGate), By: f.person(SignedBy), Role: f.text(SignedRole), RoleTitle: f.text(SignedRoleTitle),
		At: f.text(SignedAt), Decision: f.enum(SignedDecision, decisions, ""), Note: f.text(SignedNote),
		StateHash: f.text(SignedHash), State: f.text(SignedState),
	}
	s.Sound = s.StateHash == stateHash(s.State)
	return s
}

// finishGates fills in what a gate's state depends on besides the gate itself.
func finishGates(all map[string]stored, v View) {
	roles := map[string]bool{}
	for _, role := range v.Roles {
		roles[role.ID] = true
	}
	last := map[string]Signoff{}
	for _, s := range v.Signoffs {
		if s.Decision != "" {
			last[s.Gate] = s
		}
	}
	resources := map[string]Resource{}
	for _, resource := range v.Resources {
		resources[resource.ID] = resource
	}
	for id, n := range all {
		if n.Gate != nil {
			n.Gate.finish(n.Node, evidence(n.Links, resources), roles[n.Gate.Reviewer], last[id])
		}
	}
}

// finish computes what is missing, what would be signed, and the state.
func (g *Gate) finish(n *Node, links []any, reviewer bool, last Signoff) {
	g.Linked = len(links)
	if !reviewer {
		g.Missing = append(g.Missing, Missing{Code: MissingReviewer})
	}
	for _, list := range []struct {
		code     string
		criteria []Criterion
	}{{MissingEntry, g.Entry}, {MissingExit, g.Exit}} {
		for _, c := range list.criteria {
			if c.Checked == nil {
				g.Missing = append(g.Missing, Missing{Code: list.code, ID: c.ID})
			}
		}
	}
	if g.Linked < g.Evidence {
		g.Missing = append(g.Missing, Missing{Code: MissingEvidence, Need: g.Evidence, Have: g.Linked})
	}
	g.signs = signedState(n, g, links)
	g.StateHash = stateHash(g.signs)
	switch {
	case last.Decision == DecisionPassed && last.State == g.signs:
		g.State = GatePassed
	case last.Decision == DecisionPassed:
		g.State = GateChanged
	case last.Decision == DecisionDeclined:
		g.State = GateDeclined
	case len(g.Missing) > 0:
		g.State = GateOpen
	default:
		g.State = GateReady
	}
}

// evidence returns the resources linked to a step, by id, as they are signed. A
// slot that holds neither an address nor a file yet is no evidence.
func evidence(links []string, resources map[string]Resource) []any {
	out := []any{}
	for _, id := range links {
		if r, ok := resources[id]; ok && (r.URL != "" || r.Blob != "") {
			out = append(out, map[string]any{"id": id, "title": r.Title, "url": r.URL, "blob": r.Blob})
		}
	}
	return out
}

// signedState is the canonical text of what a person signs at a gate: the step's
// words, dates and owners, the criteria and the evidence. Its status is not in
// it, because a step is marked done after it was signed off; nor are formats of
// its words, or the order of criteria.
func signedState(n *Node, g *Gate, links []any) string {
	owners := []any{}
	for _, o := range n.Owners {
		owners = append(owners, map[string]any{"kind": o.Kind, "role": o.Role})
	}
	var days any
	if n.Days != nil {
		days = *n.Days
	}
	return canonical(map[string]any{
		"v": 1, "title": n.Title, "note": n.NoteText, "why": n.Why, "outcome": n.Outcome,
		"side": n.Side, "start": n.Start, "due": n.Due, "days": days, "owners": owners,
		"entry": signedCriteria(g.Entry), "exit": signedCriteria(g.Exit),
		"evidence": g.Evidence, "links": links, "reviewer": g.Reviewer, "locks": g.Locks,
	})
}

func signedCriteria(list []Criterion) []any {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Criterion) int { return compareUTF16(a.ID, b.ID) })
	out := []any{}
	for _, c := range list {
		out = append(out, map[string]any{"id": c.ID, "text": c.Text, "checked": c.Checked != nil})
	}
	return out
}

// words says in a sentence what is missing.
func (m Missing) words(g *Gate) string {
	switch m.Code {
	case MissingReviewer:
		return "no reviewer has been chosen"
	case MissingEvidence:
		return fmt.Sprintf("%d of %d pieces of evidence are linked", m.Have, m.Need)
	}
	for _, c := range append(slices.Clone(g.Entry), g.Exit...) {
		if c.ID == m.ID && c.Text != "" {
			return fmt.Sprintf("“%s” is not checked off", clip(c.Text))
		}
	}
	return "a criterion without words is not checked off"
}

// Lock is a stage that waits for a gate.
type Lock struct {
	Stage string `json:"stage"`
	Gate  string `json:"gate"` // the step that carries it
}

// Locks returns the stages that wait for a gate which nobody signed off yet, in
// reading order of the gates. A gate does not lock the stage it stands in. One
// that changed since its sign-off locks nothing: the sign-off stands until it is
// declined or reopened.
func (v *View) Locks() []Lock {
	out := []Lock{}
	stage, stages := "", map[string]bool{}
	for _, n := range v.Stages {
		stages[n.ID] = n.Kind == KindStage
	}
	v.Walk(func(n *Node) bool {
		if n.Kind == KindStage {
			stage = n.ID
		}
		if n.Gate != nil && stages[n.Gate.Locks] && n.Gate.Locks != stage &&
			n.Gate.State != GatePassed && n.Gate.State != GateChanged {
			out = append(out, Lock{Stage: n.Gate.Locks, Gate: n.ID})
		}
		return true
	})
	return out
}

// ReadGate reads the gate of one node, without its state; false when it has none.
func ReadGate(d *crdt.Doc, node string) (Gate, bool) {
	m, _ := d.Map(RootNodes).Map(node)
	g := (&reader{}).fields(m, "").gate()
	if g == nil {
		return Gate{}, false
	}
	return *g, true
}

// ReadCriterion reads one criterion of a node's gate, deleted or not; list is
// GateEntry or GateExit.
func ReadCriterion(d *crdt.Doc, node, list, id string) (Criterion, bool) {
	m, _ := d.Map(RootNodes).Map(node)
	for _, key := range []string{NodeGate, list, id} {
		if m.IsZero() {
			return Criterion{}, false
		}
		m, _ = m.Map(key)
	}
	return (&reader{}).fields(m, "").criterion(id), !m.IsZero()
}

// ReadSignoff reads one decision about a gate.
func ReadSignoff(d *crdt.Doc, id string) (Signoff, bool) {
	m, ok := d.Map(RootSignoffs).Map(id)
	return (&reader{}).fields(m, "").signoff(id), ok
}
