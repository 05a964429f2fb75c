package plan_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

var (
	helena = plan.Person{ID: "p-helena", Name: "Helena Strand", Role: "buyer", Side: "buyer"}
	carla  = plan.Person{ID: "p-carla", Name: "Carla", Role: "commenter", Side: "buyer"}
)

func gateOf(t testing.TB, d *crdt.Doc, id string) crdt.Map {
	t.Helper()
	gate, ok := node(t, d, id).Map(plan.NodeGate)
	if !ok {
		t.Fatalf("%s was born without the map of a gate", id)
	}
	return gate
}

// addGate gives a step a gate with one entry and two exit criteria, a reviewer
// and a stage behind it.
func addGate(t testing.TB, d *crdt.Doc, id, reviewer, stage string) {
	t.Helper()
	edit(t, d, func(tx *crdt.Tx) {
		gate := gateOf(t, d, id)
		gate.Set(tx, plan.GateOn, true)
		gate.Set(tx, plan.GateReviewer, reviewer)
		if stage != "" {
			gate.Set(tx, plan.GateLocks, stage)
		}
		entry, _ := gate.Map(plan.GateEntry)
		plan.WriteCriterion(tx, entry, "c1", "V", "Scope agreed")
		exit, _ := gate.Map(plan.GateExit)
		plan.WriteCriterion(tx, exit, "c3", "k", "Report read")
		plan.WriteCriterion(tx, exit, "c2", "V", "Findings closed")
	})
}

func tick(t testing.TB, d *crdt.Doc, id string, by plan.Person, criteria ...string) {
	t.Helper()
	edit(t, d, func(tx *crdt.Tx) {
		for _, key := range []string{plan.GateEntry, plan.GateExit} {
			list, _ := gateOf(t, d, id).Map(key)
			for _, c := range criteria {
				if m, ok := list.Map(c); ok {
					m.Set(tx, plan.CriterionChecked, map[string]any{plan.CheckedBy: by.ID, plan.CheckedName: by.Name, plan.CheckedAt: "2026-03-02T09:30:00.000Z"})
				}
			}
		}
	})
}

func gateView(t testing.TB, d *crdt.Doc, id string) *plan.Gate {
	t.Helper()
	v := plan.Read(d)
	n := v.Find(id)
	if n == nil || n.Gate == nil {
		t.Fatalf("%s has no gate", id)
	}
	return n.Gate
}

func wantState(t testing.TB, d *crdt.Doc, id, want string) {
	t.Helper()
	if got := gateView(t, d, id).State; got != want {
		t.Errorf("the gate of %s is %s, want %s", id, got, want)
	}
}

func wantRefusal(t testing.TB, err error, code, part string) {
	t.Helper()
	var refusal *plan.Refusal
	if !errors.As(err, &refusal) || refusal.Reason != code || !strings.Contains(refusal.Message, part) {
		t.Errorf("refused with %v; want %s with %q in it", err, code, part)
	}
}

func signing(d *crdt.Doc, id string) plan.GateSignArgs {
	v := plan.Read(d)
	return plan.GateSignArgs{Node: id, Decision: plan.DecisionPassed, StateHash: v.Find(id).Gate.StateHash}
}

func link(t testing.TB, d *crdt.Doc, id, resource, title string) {
	t.Helper()
	edit(t, d, func(tx *crdt.Tx) {
		r := d.Map(plan.RootResources).SetMap(tx, resource)
		r.Set(tx, plan.ResourceTitle, title)
		r.Set(tx, plan.ResourceURL, "https://files.example/"+resource)
		links, _ := node(t, d, id).Map(plan.NodeLinks)
		links.Set(tx, resource, true)
	})
}

// Everything that is missing is told at once, and each refusal leaves nothing.
func TestGateSignRefusals(t *testing.T) {
	const step = "security-review"
	d := newPlan(t, "enterprise-evaluation")
	refused := func(by plan.Person, args any, code, part string) {
		t.Helper()
		_, err := try(t, d, by, 1, plan.CommandGateSign, args)
		wantRefusal(t, err, code, part)
	}
	pass := plan.GateSignArgs{Node: step, Decision: plan.DecisionPassed}
	refused(dana, pass, plan.CodeNotFound, "has no gate")
	refused(dana, plan.GateSignArgs{Node: "gone", Decision: plan.DecisionPassed}, plan.CodeNotFound, "no step “gone”")
	refused(dana, plan.GateSignArgs{Decision: plan.DecisionPassed}, plan.CodeInvalid, "not named")
	refused(dana, plan.GateSignArgs{Node: step, Decision: "maybe"}, plan.CodeInvalid, "“maybe”")
	refused(dana, json.RawMessage(`{"node":1}`), plan.CodeInvalid, "node")

	addGate(t, d, step, "", "")
	refused(dana, pass, plan.CodeConflict, "no role has been chosen")
	edit(t, d, func(tx *crdt.Tx) {
		gateOf(t, d, step).Set(tx, plan.GateReviewer, "economic-buyer")
		gateOf(t, d, step).Set(tx, plan.GateEvidence, 1)
	})
	refused(dana, pass, plan.CodeConflict, "take the role as you sign")
	refused(ben, pass, plan.CodeForbidden, "of the buyer side")
	refused(carla, pass, plan.CodeForbidden, "look on")
	edit(t, d, func(tx *crdt.Tx) {
		role, _ := d.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RoleName, "Helena Strand")
	})
	refused(dana, plan.GateSignArgs{Node: step, Decision: plan.DecisionPassed, Claim: true}, plan.CodeForbidden, "Helena Strand is set down")
	edit(t, d, func(tx *crdt.Tx) {
		role, _ := d.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RolePerson, helena.ID)
	})
	refused(dana, plan.GateSignArgs{Node: step, Decision: plan.DecisionPassed, Claim: true}, plan.CodeForbidden, "that is Helena Strand")
	// A seller who put their own name into the buyer's role is no buyer.
	edit(t, d, func(tx *crdt.Tx) {
		role, _ := d.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RolePerson, ben.ID)
		role.Set(tx, plan.RoleName, ben.Name)
	})
	refused(ben, pass, plan.CodeForbidden, "of the buyer side")
	edit(t, d, func(tx *crdt.Tx) {
		role, _ := d.Map(plan.RootRoles).Map("economic-buyer")
		role.Set(tx, plan.RolePerson, helena.ID)
		role.Set(tx, plan.RoleName, helena.Name)
	})

	// The reviewer, too early: every reason in one sentence.
	_, err := try(t, d, helena, 1, plan.CommandGateSign, pass)
	for _, part := range []string{"can't be signed off yet", "“Scope agreed” is not checked off", "“Findings closed”", "“Report read”", "0 of 1 pieces of evidence"} {
		wantRefusal(t, err, plan.CodeConflict, part)
	}
	tick(t, d, step, dana, "c1", "c2", "c3")
	refused(helena, pass, plan.CodeConflict, "0 of 1 pieces of evidence are linked.")
	link(t, d, step, "report", "Pentest report")
	wantState(t, d, step, plan.GateReady)
	refused(helena, pass, plan.CodeConflict, "changed while you were reading")
	long := signing(d, step)
	long.Note = strings.Repeat("a", plan.MaxSignedNote+1)
	refused(helena, long, plan.CodeInvalid, "at most")
	odd := signing(d, step)
	odd.ID = "not an id"
	refused(helena, odd, plan.CodeInvalid, "not usable")
	if n := d.Map(plan.RootSignoffs).Len(); n != 0 {
		t.Fatalf("%d sign-offs were left behind", n)
	}

	args := signing(d, step)
	args.ID, args.Note = "s1", " Read it all. "
	for range 2 { // the second is the same, sent again
		res, err := try(t, d, helena, 2, plan.CommandGateSign, args)
		if err != nil || res.(plan.GateResult).Signoff != "s1" {
			t.Fatalf("signing: %v, %v", res, err)
		}
	}
	wantState(t, d, step, plan.GatePassed)
	s := plan.Read(d).Signoffs
	if len(s) != 1 || s[0].By != helena || s[0].Role != "economic-buyer" || s[0].Note != "Read it all." || !s[0].Sound || s[0].StateHash != args.StateHash {
		t.Errorf("recorded: %+v", s)
	}
	again := args
	again.ID = "s2"
	refused(helena, again, plan.CodeConflict, "Helena Strand signed this gate off already")
	other := args
	other.Decision = plan.DecisionDeclined
	refused(helena, other, plan.CodeConflict, "another decision under the id")
}

// What was signed is compared with what is there; a sign-off is never erased.
func TestGateLife(t *testing.T) {
	const step = "security-review"
	d := newPlan(t, "enterprise-evaluation")
	addGate(t, d, step, "security-lead", "procurement")
	if locks := lockList(d); len(locks) != 0 {
		t.Errorf("a gate locks its own stage: %v", locks)
	}
	edit(t, d, func(tx *crdt.Tx) { gateOf(t, d, step).Set(tx, plan.GateLocks, "implementation") })
	if locks := lockList(d); len(locks) != 1 || locks[0] != (plan.Lock{Stage: "implementation", Gate: step}) {
		t.Errorf("locks: %v", locks)
	}
	decline := signing(d, step)
	decline.Decision, decline.Note, decline.Claim = plan.DecisionDeclined, "Two findings are open", true
	if _, err := try(t, d, dana, 1, plan.CommandGateSign, decline); err != nil {
		t.Fatal(err)
	}
	wantState(t, d, step, plan.GateDeclined)
	if roles := plan.Read(d).Roles; !containsRole(roles, "security-lead", dana) {
		t.Errorf("the role was not claimed: %+v", roles)
	}
	tick(t, d, step, dana, "c1", "c2", "c3")
	wantState(t, d, step, plan.GateDeclined)
	if _, err := try(t, d, dana, 2, plan.CommandGateSign, signing(d, step)); err != nil {
		t.Fatal(err)
	}
	wantState(t, d, step, plan.GatePassed)
	if locks := lockList(d); len(locks) != 0 {
		t.Errorf("a passed gate locks: %v", locks)
	}

	set(t, d, step, plan.NodeStatus, plan.StatusDone) // no change of what was signed
	wantState(t, d, step, plan.GatePassed)
	set(t, d, step, plan.NodeDue, "2026-05-30")
	wantState(t, d, step, plan.GateChanged)
	if locks := lockList(d); len(locks) != 0 {
		t.Errorf("a sign-off that stands locks: %v", locks)
	}

	_, err := try(t, d, carla, 3, plan.CommandGateReopen, plan.GateReopenArgs{Node: step, Note: "Look"})
	wantRefusal(t, err, plan.CodeForbidden, "take part")
	_, err = try(t, d, ben, 3, plan.CommandGateReopen, plan.GateReopenArgs{Node: step})
	wantRefusal(t, err, plan.CodeInvalid, "why")
	if _, err := try(t, d, ben, 3, plan.CommandGateReopen, plan.GateReopenArgs{ID: "r1", Node: step, Note: "The date moved"}); err != nil {
		t.Fatal(err)
	}
	wantState(t, d, step, plan.GateReady)
	_, err = try(t, d, ben, 4, plan.CommandGateReopen, plan.GateReopenArgs{Node: step, Note: "Again"})
	wantRefusal(t, err, plan.CodeConflict, "open already")
	var decisions []string
	for _, s := range plan.Read(d).Signoffs {
		decisions = append(decisions, s.Decision)
	}
	if got := strings.Join(decisions, " "); got != "declined passed reopened" {
		t.Errorf("history: %s", got)
	}
}

// Two people sign at one moment on two servers that have not heard of each
// other: both records stay, and the gate is passed.
func TestTwoSignAtOnce(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	addGate(t, d, "security-review", "security-lead", "")
	tick(t, d, "security-review", dana, "c1", "c2", "c3")
	a, b := fork(t, d, 2), fork(t, d, 3)
	args := signing(d, "security-review")
	args.Claim = true
	if _, err := try(t, a, dana, 1, plan.CommandGateSign, args); err != nil {
		t.Fatal(err)
	}
	if _, err := try(t, b, marcus, 1, plan.CommandGateSign, args); err != nil {
		t.Fatal(err)
	}
	mergeAll(t, d, a, b)
	v := plan.Read(d)
	if len(v.Signoffs) != 2 || v.Signoffs[0].StateHash != v.Signoffs[1].StateHash {
		t.Errorf("sign-offs: %+v", v.Signoffs)
	}
	wantState(t, d, "security-review", plan.GatePassed)
	// One after the other on one server, the second is told.
	_, err := try(t, d, marcus, 2, plan.CommandGateSign, args)
	wantRefusal(t, err, plan.CodeConflict, "already")
}

func lockList(d *crdt.Doc) []plan.Lock {
	v := plan.Read(d)
	return v.Locks()
}

func containsRole(roles []plan.Role, id string, who plan.Person) bool {
	for _, r := range roles {
		if r.ID == id && r.Person == who.ID && r.Name == who.Name {
			return true
		}
	}
	return false
}

func gatesPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "enterprise-evaluation")
	var ids []string
	v := plan.Read(d)
	v.Walk(func(n *plan.Node) bool {
		if n.Kind != plan.KindStage {
			ids = append(ids, n.ID)
		}
		return true
	})
	for i, id := range ids[:7] {
		addGate(t, d, id, "security-lead", []string{"", "procurement", "implementation"}[i%3])
	}
	must := func(by plan.Person, minute int, name string, args any) {
		t.Helper()
		if _, err := try(t, d, by, minute, name, args); err != nil {
			t.Fatal(err)
		}
	}
	signed := func(id, step string, decision string) plan.GateSignArgs {
		args := signing(d, step)
		args.ID, args.Decision, args.Claim, args.Note = id, decision, true, "Noted by "+id
		return args
	}
	tick(t, d, ids[1], dana, "c1", "c2", "c3") // ready
	for _, id := range []string{ids[2], ids[3], ids[5]} {
		tick(t, d, id, dana, "c1", "c2", "c3")
	}
	edit(t, d, func(tx *crdt.Tx) {
		title, _ := node(t, d, ids[2]).Text(plan.NodeTitle)
		title.Insert(tx, 0, "\"<&>\\ \u0001\t\u2028 é👩‍🚀\u007f/", nil)
		node(t, d, ids[2]).Set(tx, plan.NodeAlias, "alias")
		gateOf(t, d, ids[2]).Set(tx, plan.GateEvidence, 2)
		links, _ := node(t, d, ids[2]).Map(plan.NodeLinks)
		links.Set(tx, "gone", true)
		links.Set(tx, "off", false)
	})
	link(t, d, ids[2], "slot", "An empty slot")
	edit(t, d, func(tx *crdt.Tx) {
		r, _ := d.Map(plan.RootResources).Map("slot")
		r.Delete(tx, plan.ResourceURL)
	})
	link(t, d, ids[2], "r-two", "Questionnaire")
	link(t, d, ids[2], "r-one", "Report \u2029")
	must(dana, 1, plan.CommandGateSign, signed("s1", ids[2], plan.DecisionPassed)) // passed
	must(dana, 2, plan.CommandGateSign, signed("s2", ids[3], plan.DecisionPassed)) // changed
	set(t, d, ids[3], plan.NodeDays, 9)
	must(dana, 3, plan.CommandGateSign, signed("s3", ids[4], plan.DecisionDeclined))
	must(dana, 4, plan.CommandGateSign, signed("s4", ids[5], plan.DecisionPassed))
	must(ben, 5, plan.CommandGateReopen, plan.GateReopenArgs{ID: "s5", Node: ids[5], Note: "Once more"})

	// Both sides write criteria at one moment, and one removes what the other types in.
	a, b := fork(t, d, 2), fork(t, d, 3)
	edit(t, a, func(tx *crdt.Tx) {
		exit, _ := gateOf(t, a, ids[0]).Map(plan.GateExit)
		plan.WriteCriterion(tx, exit, "a1", "V", "From the seller")
		c, _ := exit.Map("c3")
		c.Set(tx, plan.CriterionDel, "2026-03-02T10:00:00.000Z")
	})
	edit(t, b, func(tx *crdt.Tx) {
		exit, _ := gateOf(t, b, ids[0]).Map(plan.GateExit)
		plan.WriteCriterion(tx, exit, "b1", "V", "From the buyer")
		c, _ := exit.Map("c3")
		text, _ := c.Text(plan.CriterionText)
		text.Insert(tx, 0, "Whole ", nil)
	})
	mergeAll(t, d, a, b)

	edit(t, d, func(tx *crdt.Tx) { // odd values
		gate := gateOf(t, d, ids[6])
		gate.Set(tx, plan.GateEvidence, "many")
		gate.Set(tx, plan.GateReviewer, "nobody")
		gate.Set(tx, plan.GateLocks, 5)
		entry, _ := gate.Map(plan.GateEntry)
		entry.Set(tx, "plain", "a criterion that is a string")
		entry.SetMap(tx, "bare")
		c, _ := entry.Map("c1")
		c.Set(tx, plan.CriterionChecked, true)
		gateOf(t, d, ids[7]).Set(tx, plan.GateOn, "yes")
		node(t, d, ids[8]).Set(tx, plan.NodeGate, "a gate that is a string")
		gate9 := node(t, d, ids[9]).SetMap(tx, plan.NodeGate)
		gate9.Set(tx, plan.GateOn, true)
		gate9.Set(tx, plan.GateEntry, 1)
		gate9.Set(tx, plan.GateEvidence, 99)
		s := d.Map(plan.RootSignoffs)
		s.Set(tx, "plain", 1)
		bare := s.SetMap(tx, "bare")
		bare.Set(tx, plan.SignedDecision, "perhaps")
		forged := s.SetMap(tx, "forged") // its hash fits nothing
		forged.Set(tx, plan.SignedGate, ids[1])
		forged.Set(tx, plan.SignedDecision, plan.DecisionPassed)
		forged.Set(tx, plan.SignedState, "{}")
		forged.Set(tx, plan.SignedHash, "00")
		rules := d.Map(plan.RootRules)
		r := rules.SetMap(tx, "r1")
		r.Set(tx, plan.RuleKind, plan.RuleExtension)
		r.SetText(tx, plan.RuleText).Insert(tx, 0, "No POC extension without the sponsor", nil)
		r.Set(tx, plan.RuleRole, "economic-buyer")
		r.Set(tx, plan.RuleNode, ids[3])
		r.Set(tx, plan.RuleUntil, "2026-04-01")
		r.Set(tx, plan.RuleAnswered, map[string]any{plan.AckBy: map[string]any{"id": "x", "name": "X"}, plan.AckAt: "t", plan.AckSteps: map[string]any{ids[3]: "2026-04-02", "odd": 1}})
		odd := rules.SetMap(tx, "r2")
		odd.Set(tx, plan.RuleKind, "whim")
		odd.Set(tx, plan.RuleDays, -3)
		odd.Set(tx, plan.RuleUntil, "soon")
		gone := rules.SetMap(tx, "r3")
		gone.Set(tx, plan.RuleDel, "2026-03-02T10:00:00.000Z")
	})
	states := map[string]bool{}
	v = plan.Read(d)
	v.Walk(func(n *plan.Node) bool {
		if n.Gate != nil {
			states[n.Gate.State] = true
		}
		return true
	})
	for _, state := range []string{plan.GateOpen, plan.GateReady, plan.GatePassed, plan.GateChanged, plan.GateDeclined} {
		if !states[state] {
			t.Errorf("the vector has no gate that is %s", state)
		}
	}
	return d
}

// A ruleVector is what the rules of a plan say on a day.
type ruleVector struct {
	Name     string            `json:"name"`
	Update   []byte            `json:"update"`
	Agreed   map[string]string `json:"agreed"`
	Today    string            `json:"today"`
	Statuses []plan.RuleStatus `json:"statuses"`
	Locks    []plan.Lock       `json:"locks"`
}

func TestRuleVectors(t *testing.T) {
	d := rulesPlan(t)
	state, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := plan.Read(d)
	agreed := map[string]string{"security-review": "2026-04-01", "legal-redline": "2026-05-20"}
	var vectors []ruleVector
	for _, c := range []struct {
		name, today string
		agreed      map[string]string
	}{
		{"before anything is due", "2026-03-02", nil},
		{"weeks later", "2026-06-20", nil},
		{"against what was agreed", "2026-04-10", agreed},
		{"against what was agreed, later", "2026-06-10", agreed},
	} {
		vectors = append(vectors, ruleVector{Name: c.name, Update: state, Agreed: c.agreed, Today: c.today, Statuses: v.RuleStatuses(c.agreed, c.today), Locks: v.Locks()})
	}
	path := filepath.Join(vectorDir, "gates", "rules.json")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(asJSON(t, vectors)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compareJSON(t, "what the rules say", string(want), asJSON(t, vectors))
}

func rulesPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "enterprise-evaluation")
	addGate(t, d, "security-review", "security-lead", "implementation")
	addGate(t, d, "platform-demo", "champion", "evaluation") // its own stage: no lock
	set(t, d, "platform-demo", plan.NodeStatus, plan.StatusDone)
	set(t, d, "executive-presentation", plan.NodeStatus, plan.StatusSkipped)
	edit(t, d, func(tx *crdt.Tx) { node(t, d, "poc-kick-off").Delete(tx, plan.NodeDue) })
	set(t, d, "poc-results-review", plan.NodeDue, "2026-04-20")
	rule := func(id string, fields map[string]any) {
		edit(t, d, func(tx *crdt.Tx) {
			m := d.Map(plan.RootRules).SetMap(tx, id)
			m.SetText(tx, plan.RuleText)
			for _, key := range slices.Sorted(maps.Keys(fields)) {
				m.Set(tx, key, fields[key])
			}
		})
	}
	rule("any", map[string]any{plan.RuleKind: plan.RuleDelay, plan.RuleRole: "economic-buyer"})
	rule("one", map[string]any{plan.RuleKind: plan.RuleDelay, plan.RuleNode: "security-review", plan.RuleDays: 3})
	rule("poc", map[string]any{plan.RuleKind: plan.RuleExtension, plan.RuleNode: "poc-results-review", plan.RuleUntil: "2026-04-10"})
	rule("agreed", map[string]any{
		plan.RuleKind: plan.RuleExtension, plan.RuleNode: "poc-results-review", plan.RuleUntil: "2026-04-10",
		plan.RuleAnswered: map[string]any{plan.AckSteps: map[string]any{"poc-results-review": "2026-04-20"}},
	})
	rule("vague", map[string]any{plan.RuleKind: plan.RuleExtension, plan.RuleUntil: "2026-01-10"})
	return d
}

// A raised rule is answered by the role it names; it is raised again when a
// step comes later still.
func TestRuleAnswer(t *testing.T) {
	d := rulesPlan(t)
	args := plan.RuleAnswerArgs{Rule: "poc", Today: "2026-03-02"}
	status := func(rule string) string {
		v := plan.Read(d)
		for _, s := range v.RuleStatuses(nil, "2026-03-02") {
			if s.Rule == rule {
				return s.State
			}
		}
		return "gone"
	}
	refused := func(by plan.Person, args plan.RuleAnswerArgs, code, part string) {
		t.Helper()
		_, err := try(t, d, by, 1, plan.CommandRuleAnswer, args)
		wantRefusal(t, err, code, part)
	}
	refused(helena, plan.RuleAnswerArgs{Rule: "none"}, plan.CodeNotFound, "no rule “none”")
	refused(helena, plan.RuleAnswerArgs{Rule: "any"}, plan.CodeConflict, "isn't raised")
	refused(helena, args, plan.CodeConflict, "no role has been chosen")
	edit(t, d, func(tx *crdt.Tx) {
		r, _ := d.Map(plan.RootRules).Map("poc")
		r.Set(tx, plan.RuleRole, "economic-buyer")
	})
	refused(ben, args, plan.CodeForbidden, "buyer side")
	refused(helena, args, plan.CodeConflict, "take the role")
	if status("poc") != plan.RuleRaised {
		t.Fatalf("the rule is %s", status("poc"))
	}
	args.Claim, args.Note = true, "Sponsor call is set"
	for range 2 {
		if _, err := try(t, d, helena, 2, plan.CommandRuleAnswer, args); err != nil {
			t.Fatal(err)
		}
	}
	if status("poc") != plan.RuleAcknowledged {
		t.Errorf("after the answer the rule is %s", status("poc"))
	}
	refused(dana, args, plan.CodeConflict, "Helena Strand has answered")
	set(t, d, "poc-results-review", plan.NodeDue, "2026-04-21")
	if status("poc") != plan.RuleRaised {
		t.Errorf("after a later date the rule is %s", status("poc"))
	}
	set(t, d, "poc-results-review", plan.NodeDue, "2026-04-10")
	if status("poc") != plan.RuleQuiet {
		t.Errorf("in time the rule is %s", status("poc"))
	}
}
