package plan_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

// attempt is the update that fn makes on a copy of d, by a client nobody has seen.
func attempt(t testing.TB, d *crdt.Doc, fn func(d *crdt.Doc, tx *crdt.Tx)) []byte {
	t.Helper()
	f := fork(t, d, 4711)
	var update []byte
	defer f.OnUpdate(func(u []byte, _ any) { update = u })()
	f.Transact(nil, func(tx *crdt.Tx) { fn(f, tx) })
	if update == nil {
		t.Fatal("the edit changes nothing")
	}
	return update
}

func judged(d *crdt.Doc, update []byte, by plan.Person) *plan.Refusal {
	var r *plan.Refusal
	errors.As(plan.Judge(d, update, plan.Writer{Person: by}), &r)
	return r
}

// firstSteps are the ids of a stage and of two steps in it.
func firstSteps(t testing.TB, d *crdt.Doc) (stage, one, two string) {
	t.Helper()
	v := plan.Read(d)
	return v.Stages[0].ID, v.Stages[0].Steps[0].ID, v.Stages[0].Steps[1].ID
}

// What no person may do to a plan by editing it, and what is said about it.
func TestJudgeRefuses(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	stage, one, two := firstSteps(t, d)
	sellers, buyers := rolesOf(d, "seller")[0], rolesOf(d, "buyer")[0]
	edit(t, d, func(tx *crdt.Tx) {
		for id, role := range map[string]string{"r1": sellers, "r2": buyers} {
			rule := d.Map(plan.RootRules).SetMap(tx, id)
			rule.Set(tx, plan.RuleKind, plan.RuleDelay)
			rule.SetText(tx, plan.RuleText)
			rule.Set(tx, plan.RuleRole, role)
		}
		role, _ := d.Map(plan.RootRoles).Map(sellers)
		role.Set(tx, plan.RoleName, "Sam")
	})
	set := func(root string, path ...any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(root)
			for _, key := range path[:len(path)-2] {
				next, ok := m.Map(key.(string))
				if !ok {
					next = m.SetMap(tx, key.(string))
				}
				m = next
			}
			m.Set(tx, path[len(path)-2].(string), path[len(path)-1])
		}
	}
	drop := func(root string, path ...string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(root)
			for _, key := range path[:len(path)-1] {
				m, _ = m.Map(key)
			}
			m.Delete(tx, path[len(path)-1])
		}
	}
	long := strings.Repeat("x", 3000)
	for _, c := range []struct {
		name string
		by   plan.Person
		edit func(*crdt.Doc, *crdt.Tx)
		code string
		says string // a part of the sentence
	}{
		// What the server writes.
		{"a comment", ben, set(plan.RootThreads, "t1", "side", "seller"), "forbidden", "server writes it"},
		{"a sign-off", ben, set(plan.RootSignoffs, "s1", "gate", one), "forbidden", "server writes it"},
		{"a slip", ben, set(plan.RootSlips, "s1", "days", 3), "forbidden", "server writes it"},
		{"a review", ben, set(plan.RootReviews, "r1", "seq", 3), "forbidden", "server writes it"},
		{"agreed dates", ben, set(plan.RootBaseline, "goLive", "2027-01-01"), "forbidden", "server writes it"},
		{"a proposal", ben, set(plan.RootProposals, "x", true), "forbidden", "server writes it"},
		{"the schema", ben, set(plan.RootMeta, "schema", 9), "forbidden", "server writes it"},
		{"the epoch", ben, set(plan.RootMeta, "epoch", 9), "forbidden", "server writes it"},
		{"the plan's id", ben, drop(plan.RootMeta, "planId"), "forbidden", "server writes it"},
		{"an answer to a rule", ben, set(plan.RootRules, "r1", "ack", map[string]any{"by": "x"}), "forbidden", "server writes it"},
		// Roles.
		{"a buyer's title", dana, set(plan.RootMeta, "title", "Ours"), "forbidden", "Only a champion or the selling side"},
		{"a buyer's rule", dana, set(plan.RootRules, "r2", "days", 3), "forbidden", "Only a champion or the selling side"},
		{"a champion's change of a seller's rule", marcus, set(plan.RootRules, "r1", "days", 3), "forbidden", "theirs to change"},
		{"a champion's removal of a seller's rule", marcus, set(plan.RootRules, "r1", "del", "2027-01-01T00:00:00Z"), "forbidden", "theirs to change"},
		{"a champion's words in a seller's rule", marcus, func(d *crdt.Doc, tx *crdt.Tx) {
			rule, _ := d.Map(plan.RootRules).Map("r1")
			text, _ := rule.Text(plan.RuleText)
			text.Insert(tx, 0, "x", nil)
		}, "forbidden", "theirs to change"},
		{"a buyer's name for a seller", dana, set(plan.RootRoles, sellers, "name", "Ben"), "forbidden", "selling side"},
		{"a buyer's new role for sellers", dana, set(plan.RootRoles, "new", "side", "seller"), "forbidden", "selling side"},
		{"a buyer's absence of a seller", dana, set(plan.RootCalendar, "away", "a1",
			map[string]any{"role": sellers, "from": "2027-01-01", "to": "2027-01-05"}), "forbidden", "theirs to say"},
		{"a buyer's absence of a seller by name", dana, set(plan.RootCalendar, "away", "a2",
			map[string]any{"person": "Sam", "from": "2027-01-01", "to": "2027-01-05"}), "forbidden", "theirs to say"},
		{"quarters of a 13th month", ben, set(plan.RootCalendar, "quarters", map[string]any{"month": 13, "days": 5}), "invalid", "from 1 to 12"},
		{"quarters that are never over", ben, set(plan.RootCalendar, "quarters", map[string]any{"month": 1, "days": 500}), "invalid", "from 1 to 30"},
		// Parts that a plan does not have.
		{"another root", ben, set("junk", "x", 1), "invalid", "no part called “junk”"},
		{"another field of a step", ben, set(plan.RootNodes, one, "colour", "red"), "invalid", "no part called “colour”"},
		{"a value instead of a step", ben, set(plan.RootNodes, "new", "oops"), "invalid", "must be a map, not values"},
		{"a name that is no id", ben, set(plan.RootNodes, "a b/c", "kind", "task"), "invalid", "no name for an entry"},
		// Values.
		{"a status", ben, set(plan.RootNodes, one, "status", "finished"), "invalid", "“finished” is none of them"},
		{"a status of another type", ben, set(plan.RootNodes, one, "status", 3), "invalid", "none of them"},
		{"a date that is none", ben, set(plan.RootNodes, one, "due", "2027-02-30"), "invalid", "“2027-02-30” isn't one"},
		{"a duration below zero", ben, set(plan.RootNodes, one, "days", -1), "invalid", "whole number"},
		{"half a day", ben, set(plan.RootNodes, one, "days", 1.5), "invalid", "whole number"},
		{"a side", ben, set(plan.RootNodes, one, "side", "ours"), "invalid", "none of them"},
		{"a long alias", ben, set(plan.RootNodes, one, "alias", long), "invalid", "200 characters"},
		{"an ordering key", ben, set(plan.RootNodes, one, "ord", "a0"), "invalid", "ordering key"},
		{"an owner", ben, set(plan.RootNodes, one, "owners", sellers, "boss"), "invalid", "none of them"},
		{"a dependency", ben, set(plan.RootNodes, one, "after", two, map[string]any{"type": "XX"}), "invalid", "wrong in “type”"},
		{"a dependency without a kind", ben, set(plan.RootNodes, one, "after", two, map[string]any{"lag": 3}), "invalid", "how the steps follow"},
		{"a plan without a title", ben, set(plan.RootMeta, "title", ""), "invalid", "can't be empty"},
		{"a currency", ben, set(plan.RootMeta, "currency", "euro"), "invalid", "code like EUR"},
		{"a weekend", ben, set(plan.RootCalendar, "weekend", []any{0, 8}), "invalid", "Monday"},
		{"a holiday that is no date", ben, set(plan.RootCalendar, "holidays", "Easter", "Easter"), "invalid", "no name for an entry"},
		{"a freeze that ends first", ben, set(plan.RootCalendar, "freezes", "f", map[string]any{"from": "2027-02-01", "to": "2027-01-01"}), "invalid", "before it begins"},
		{"an event with more in it", ben, set(plan.RootAnchor, "event", map[string]any{"what": "x", "evil": "y"}), "invalid", "no part “evil”"},
		{"an anchor", ben, set(plan.RootAnchor, "kind", "whenever"), "invalid", "none of them"},
		{"a link that runs something", ben, set(plan.RootResources, "new", "url", "javascript:alert(1)"), "invalid", "web address"},
		{"a file that is none", ben, set(plan.RootResources, "new", "blob", "abc"), "invalid", "SHA-256"},
		{"a tick", ben, set(plan.RootNodes, one, "gate", "entry", "c1", "checked", true), "invalid", "must be an object"},
		{"a tick in another's name", ben, set(plan.RootNodes, one, "gate", "entry", "c1", "checked", map[string]any{"by": "p-dana", "name": "Dana Whitfield"}), "forbidden", "own name"},
		{"a tick under another's name", ben, set(plan.RootNodes, one, "gate", "entry", "c1", "checked", map[string]any{"by": ben.ID, "name": "Dana Whitfield"}), "forbidden", "own name"},
		// Shared types where they don't belong, or in place of others.
		{"a map as a status", ben, func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).SetMap(tx, "status") }, "invalid", "must be a value, not a map"},
		{"a value as a title", ben, set(plan.RootNodes, one, "title", "words"), "invalid", "must be a text"},
		{"another text as a title", ben, func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).SetText(tx, "title") }, "conflict", "can't be replaced"},
		{"another map as a step", ben, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootNodes).SetMap(tx, one) }, "conflict", "can't be replaced"},
		{"an embed in a title", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			title, _ := node(t, d, one).Text("title")
			title.InsertEmbed(tx, 0, map[string]any{"image": "x"}, nil)
		}, "invalid", "words only"},
		{"an array in the summary", ben, func(d *crdt.Doc, tx *crdt.Tx) { d.Array(plan.RootSummary).Push(tx, 1, 2, 3) }, "invalid", "can't hold values"},
		// Rich text.
		{"an element that would be deleted", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			d.XMLFragment(plan.RootSummary).InsertElement(tx, 0, "codeBlock")
		}, "invalid", "would delete it"},
		{"a mark that would be deleted", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			summaryText(t, d, 0).Insert(tx, 0, "x", map[string]any{"fontSize": map[string]any{}})
		}, "invalid", "would delete the words"},
		{"a mark many times over", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			summaryText(t, d, 0).Insert(tx, 0, "x", map[string]any{"bold--AAAAAAAA": map[string]any{}})
		}, "invalid", "would delete the words"},
		{"bold words in a title", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			title, _ := node(t, d, one).Text("title")
			title.Format(tx, 0, 2, map[string]any{"bold": true})
		}, "invalid", "plain words only"},
		{"a link in rich text that runs something", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			summaryText(t, d, 0).Insert(tx, 0, "x", map[string]any{"link": map[string]any{"href": " java\tscript:alert(1)"}})
		}, "invalid", "no address"},
		// What is gone for good.
		{"a step taken out", ben, drop(plan.RootNodes, one), "forbidden", "for good"},
		{"a title taken out", ben, drop(plan.RootNodes, one, "title"), "forbidden", "for good"},
		{"a place taken out", ben, drop(plan.RootNodes, one, "parent"), "forbidden", "for good"},
		{"a role taken out", ben, drop(plan.RootRoles, sellers), "forbidden", "for good"},
		// Sizes.
		{"a long title", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			title, _ := node(t, d, one).Text("title")
			title.Insert(tx, 0, long, nil)
		}, "full", "200 characters"},
		{"a long title of a new step", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "n1", Kind: "task", Parent: stage, Ord: "V", Title: long})
		}, "full", "200 characters"},
		{"too many steps", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			for i := range plan.MaxNodes {
				m := d.Map(plan.RootNodes).SetMap(tx, fmt.Sprint("n", i))
				m.Set(tx, plan.NodeKind, "task")
			}
		}, "full", "500 stages and steps at most"},
		{"too many conditions", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			gate, _ := node(t, d, one).Map(plan.NodeGate)
			list, _ := gate.Map(plan.GateExit)
			for i := range plan.MaxCriteria + 1 {
				plan.WriteCriterion(tx, list, fmt.Sprint("c", i), "V", "")
			}
		}, "full", "100 at most"},
		{"too much text", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			summaryText(t, d, 0).Insert(tx, 0, strings.Repeat("x", plan.MaxContentBytes), nil)
		}, "full", "2 MiB"},
		// The tree.
		{"a step under itself", ben, set(plan.RootNodes, one, "parent", one), "invalid", "under itself"},
		{"a step under its own", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			node(t, d, one).Set(tx, "parent", two)
			node(t, d, two).Set(tx, "parent", one)
		}, "invalid", "under itself"},
		{"a stage under its own step", ben, set(plan.RootNodes, stage, "parent", one), "invalid", "directly in the plan"},
		{"a stage under another", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "n1", Kind: "stage", Parent: stage, Ord: "V"})
		}, "invalid", "directly in the plan"},
		{"a step that becomes a stage", ben, set(plan.RootNodes, one, "kind", "stage"), "invalid", "a step a step"},
		{"a stage that becomes a step", ben, set(plan.RootNodes, stage, "kind", "task"), "invalid", "a step a step"},
		{"a kind that nobody knows", ben, set(plan.RootNodes, one, "kind", "epic"), "invalid", "“epic” is none of them"},
		{"a step under nothing", ben, set(plan.RootNodes, one, "parent", "nowhere"), "not-found", "not in the plan"},
		{"nesting without end", ben, func(d *crdt.Doc, tx *crdt.Tx) {
			parent := stage
			for i := range plan.MaxNesting + 1 {
				id := fmt.Sprint("deep", i)
				plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: id, Kind: "task", Parent: parent, Ord: "V"})
				parent = id
			}
		}, "invalid", "nested 6 deep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := state(t, d)
			update := attempt(t, d, c.edit)
			r := judged(d, update, c.by)
			if r == nil {
				t.Fatal("it was allowed")
			}
			if r.Reason != c.code || !strings.Contains(r.Message, c.says) {
				t.Errorf("refused as %s: %s; want %s: …%s…", r.Reason, r.Message, c.code, c.says)
			}
			if r.Where == "" && r.Reason != "full" {
				t.Errorf("%q does not say where", r.Message)
			}
			if after := state(t, d); after != before {
				t.Error("judging changed the plan")
			}
		})
	}
}

// What people do all day passes, for each of those who may edit.
func TestJudgeAllows(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	stage, one, two := firstSteps(t, d)
	buyers := rolesOf(d, "buyer")[0]
	for name, fn := range map[string]func(d *crdt.Doc, tx *crdt.Tx){
		"typing": func(d *crdt.Doc, tx *crdt.Tx) {
			title, _ := node(t, d, one).Text("title")
			title.Insert(tx, 3, "x", nil)
			title.Delete(tx, 0, 2)
			summaryText(t, d, 0).Insert(tx, 1, "y", map[string]any{"bold": map[string]any{}})
			summaryText(t, d, 0).Format(tx, 0, 2, map[string]any{"link": map[string]any{"href": "https://example.com"}})
			d.XMLFragment(plan.RootSummary).InsertElement(tx, 1, "paragraph").InsertText(tx, 0).Insert(tx, 0, "Hello", nil)
			d.XMLFragment(plan.RootSummary).Delete(tx, 0, 1)
		},
		"a new step": func(d *crdt.Doc, tx *crdt.Tx) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{
				ID: "n1", Kind: "task", Parent: stage, Ord: "V", Title: "New", Side: "buyer", Due: "2027-01-01", Days: 3,
				Owners: []plan.Owner{{Role: buyers, Kind: "accountable"}}, After: []plan.After{{Node: one, Type: "FS", Lag: -2}},
			})
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "n2", Kind: "subtask", Parent: "n1", Ord: "V"})
		},
		"picked values": func(d *crdt.Doc, tx *crdt.Tx) {
			n := node(t, d, one)
			n.Set(tx, "status", "blocked")
			n.Set(tx, "blockedReason", "Waiting for legal")
			n.Set(tx, "due", "2027-01-01")
			n.Delete(tx, "days")
			n.Set(tx, "del", "2027-01-01T12:00:00.000Z")
			n.Delete(tx, "del")
			n.Set(tx, "parent", two)
			n.Set(tx, "ord", "a1")
			d.Map(plan.RootRoles).SetMap(tx, "new").Set(tx, "side", "buyer")
			role, _ := d.Map(plan.RootRoles).Map(buyers)
			role.Set(tx, "name", "Priya")
			calendar := d.Map(plan.RootCalendar)
			away, _ := calendar.Map("away")
			away.Set(tx, "a1", map[string]any{"role": buyers, "from": "2027-01-01", "to": "2027-01-05", "label": "Skiing"})
			holidays, _ := calendar.Map("holidays")
			holidays.Set(tx, "2027-01-01", "New Year")
			d.Map(plan.RootAnchor).Set(tx, "date", "2027-03-01")
			d.Map(plan.RootDismissed).Set(tx, "too-large", "2027-01-01T12:00:00.000Z")
		},
	} {
		for _, by := range []plan.Person{ben, dana, marcus, {ID: "o", Role: "owner", Side: "seller"}} {
			if r := judged(d, attempt(t, d, fn), by); r != nil {
				t.Errorf("%s by a %s: %s (%s)", name, by.Role, r.Message, r.Where)
			}
		}
	}
}

// Ticks are in one's own name: taking off another's is anybody's, putting it
// back is not.
func TestJudgeTicks(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	_, one, _ := firstSteps(t, d)
	addGate(t, d, one, "champion", "")
	ticked := func(by plan.Person) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			exit, _ := gateOf(t, d, one).Map(plan.GateExit)
			c, _ := exit.Map("c2")
			c.Set(tx, plan.CriterionChecked, map[string]any{plan.CheckedBy: by.ID, plan.CheckedName: by.Name, plan.CheckedAt: "2027-01-01T12:00:00.000Z"})
		}
	}
	tick := attempt(t, d, ticked(dana))
	if r := judged(d, tick, dana); r != nil {
		t.Errorf("one's own: %s", r.Message)
	}
	if r := judged(d, tick, ben); r == nil || r.Reason != plan.CodeForbidden {
		t.Errorf("another's: %v", r)
	}
	edit(t, d, func(tx *crdt.Tx) { ticked(dana)(d, tx) })
	off := attempt(t, d, func(d *crdt.Doc, tx *crdt.Tx) {
		exit, _ := gateOf(t, d, one).Map(plan.GateExit)
		c, _ := exit.Map("c2")
		c.Delete(tx, plan.CriterionChecked)
	})
	if r := judged(d, off, ben); r != nil {
		t.Errorf("off: %s", r.Message)
	}
}

// Undo of one's own addition takes out for good what nobody else made.
func TestJudgeKnowsOwnAdditions(t *testing.T) {
	d := newPlan(t, "blank")
	edit(t, d, func(tx *crdt.Tx) { d.Map(plan.RootMetrics).SetMap(tx, "m1").SetText(tx, "name") })
	update := attempt(t, d, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMetrics).Delete(tx, "m1") })
	for owns, allowed := range map[uint64]bool{1: true, 2: false} {
		err := plan.Judge(d, update, plan.Writer{Person: dana, Owns: func(client uint64) bool { return client == owns }})
		if (err == nil) != allowed {
			t.Errorf("by the owner of client %d: %v", owns, err)
		}
	}
}

// Who may write which part of a plan, as plan-schema.md lists it (and P11 amends it).
func TestJudgeByRole(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	_, one, two := firstSteps(t, d)
	sellers, buyers := rolesOf(d, "seller")[0], rolesOf(d, "buyer")[0]
	put := func(root, key string, v any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { d.Map(root).Set(tx, key, v) }
	}
	role := func(id string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootRoles).Map(id)
			m.Set(tx, plan.RoleName, "Priya")
		}
	}
	type may struct{ owner, seller, champion, buyer bool }
	all, frame := may{true, true, true, true}, may{true, true, true, false}
	for name, c := range map[string]struct {
		edit func(*crdt.Doc, *crdt.Tx)
		may
	}{
		"a step's date": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, plan.NodeDue, "2027-01-01") }, all},
		"a step's place": {func(d *crdt.Doc, tx *crdt.Tx) {
			node(t, d, one).Set(tx, plan.NodeParent, two)
			node(t, d, one).Set(tx, plan.NodeOrd, "V")
		}, all},
		"a step's deletion": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, plan.NodeDel, "2027-01-01T00:00:00Z") }, all},
		"the summary":       {func(d *crdt.Doc, tx *crdt.Tx) { summaryText(t, d, 0).Insert(tx, 0, "x", nil) }, all},
		"a metric":          {func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMetrics).SetMap(tx, "m1").SetText(tx, plan.MetricName) }, all},
		"a resource": {func(d *crdt.Doc, tx *crdt.Tx) {
			d.Map(plan.RootResources).SetMap(tx, "x1").Set(tx, plan.ResourceTitle, "MSA")
		}, all},
		"the plan's date":   {put(plan.RootAnchor, plan.AnchorDate, "2027-04-01"), all},
		"a buyer's role":    {role(buyers), all},
		"a seller's role":   {role(sellers), frame},
		"the title":         {put(plan.RootMeta, plan.MetaTitle, "Ours"), frame},
		"the noun":          {put(plan.RootMeta, plan.MetaNoun, "go-live plan"), frame},
		"the plan's status": {put(plan.RootMeta, plan.MetaStatus, plan.PlanWon), frame},
		"a rule": {func(d *crdt.Doc, tx *crdt.Tx) {
			d.Map(plan.RootRules).SetMap(tx, "r1").Set(tx, plan.RuleKind, plan.RuleDelay)
		}, frame},
		"a sign-off":          {func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootSignoffs).SetMap(tx, "s1") }, may{}},
		"a comment":           {func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootThreads).SetMap(tx, "t1") }, may{}},
		"the schema's number": {put(plan.RootMeta, plan.MetaSchema, 2), may{}},
	} {
		update := attempt(t, d, c.edit)
		for _, by := range []struct {
			person plan.Person
			may    bool
		}{{plan.Person{ID: "o", Role: "owner", Side: "seller"}, c.owner}, {ben, c.seller}, {marcus, c.champion}, {dana, c.buyer}} {
			if r := judged(d, update, by.person); (r == nil) != by.may {
				t.Errorf("%s by a %s: %v", name, by.person.Role, r)
			}
		}
	}
}

// A bin that is full of old steps does not fill the plan.
func TestJudgeCountsWhatIsLive(t *testing.T) {
	d := newPlan(t, "blank")
	stage := plan.Read(d).Stages[0].ID
	write := func(d *crdt.Doc, tx *crdt.Tx, id string, deleted bool) {
		plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: id, Kind: "task", Parent: stage, Ord: "V"})
		if deleted {
			node(t, d, id).Set(tx, plan.NodeDel, "2027-01-01T00:00:00Z")
		}
	}
	edit(t, d, func(tx *crdt.Tx) {
		for i := range plan.MaxNodes - 2 {
			write(d, tx, fmt.Sprint("live", i), false)
		}
		for i := range 300 {
			write(d, tx, fmt.Sprint("gone", i), true)
		}
	})
	add := func(ids ...string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			for _, id := range ids {
				write(d, tx, id, false)
			}
		}
	}
	restore := func(ids ...string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			for _, id := range ids {
				node(t, d, id).Delete(tx, plan.NodeDel)
			}
		}
	}
	for name, c := range map[string]struct {
		edit func(*crdt.Doc, *crdt.Tx)
		fits bool
	}{
		"the last one": {add("a"), true}, "one too many": {add("a", "b"), false},
		"the last one restored": {restore("gone1"), true}, "one restored too many": {restore("gone1", "gone2"), false},
	} {
		if r := judged(d, attempt(t, d, c.edit), dana); (r == nil) != c.fits {
			t.Errorf("%s: %v", name, r)
		}
	}
}

// Old odd values stay as they are: only what an edit changes is judged.
func TestJudgeToleratesWhatIsThere(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	_, one, _ := firstSteps(t, d)
	edit(t, d, func(tx *crdt.Tx) {
		n := node(t, d, one)
		n.Set(tx, "status", 17)
		n.Set(tx, "parent", one)
		title, _ := n.Text("title")
		title.Insert(tx, 0, strings.Repeat("x", 1000), nil)
		d.Map("junk").Set(tx, "x", 1)
	})
	for name, fn := range map[string]func(d *crdt.Doc, tx *crdt.Tx){
		"mending the status": func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, "status", "done") },
		"mending the ring":   func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, "parent", "") },
		"shortening the title": func(d *crdt.Doc, tx *crdt.Tx) {
			title, _ := node(t, d, one).Text("title")
			title.Delete(tx, 0, 10)
		},
	} {
		if r := judged(d, attempt(t, d, fn), dana); r != nil {
			t.Errorf("%s: %s", name, r.Message)
		}
	}
}

// Whatever a client sends, the judge answers, and what it allows leaves a plan that
// reads without a new warning.
func TestJudgeLetsNothingOddIn(t *testing.T) {
	base := newPlan(t, "enterprise-evaluation")
	_, one, two := firstSteps(t, base)
	allowed := 0
	for seed := range uint64(400) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		value := func() any {
			return []any{nil, true, 3, -1, 2.5, "done", "2027-01-01", "x", one, two, strings.Repeat("y", 300),
				[]any{1, 2}, map[string]any{"type": "FS"}, map[string]any{"from": "2027-01-01", "to": "2027-01-02"}, crdt.NewMap(), crdt.NewText("t")}[rnd.IntN(16)]
		}
		keys := []string{one, two, "new", "kind", "parent", "ord", "title", "status", "due", "days", "owners", "after", "gate", "entry", "weekend", "away", "name", "side", "url", "del"}
		roots := []string{plan.RootMeta, plan.RootAnchor, plan.RootCalendar, plan.RootNodes, plan.RootNodes, plan.RootNodes, plan.RootRoles, plan.RootResources, plan.RootThreads, "junk"}
		d := fork(t, base, 2)
		for range 20 {
			update := func() (u []byte) {
				f := fork(t, d, 100+rnd.Uint64N(1<<30))
				defer f.OnUpdate(func(b []byte, _ any) { u = b })()
				f.Transact(nil, func(tx *crdt.Tx) {
					m := f.Map(roots[rnd.IntN(len(roots))])
					for rnd.IntN(3) > 0 {
						children := m.Keys()
						if len(children) == 0 {
							break
						}
						next, ok := m.Map(children[rnd.IntN(len(children))])
						if !ok {
							break
						}
						m = next
					}
					key := keys[rnd.IntN(len(keys))]
					if rnd.IntN(4) == 0 {
						m.Delete(tx, key)
					} else {
						m.Set(tx, key, value())
					}
				})
				return u
			}()
			if update == nil {
				continue
			}
			if judged(d, update, []plan.Person{ben, dana, marcus}[rnd.IntN(3)]) != nil {
				continue
			}
			allowed++
			if err := d.ApplyUpdate(update, nil); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		v := plan.Read(d)
		for _, w := range v.Warnings {
			if w.Code == plan.WarnOddValue {
				t.Fatalf("seed %d: %s", seed, w.Text)
			}
		}
		if v.Title == "" || len(v.Stages) == 0 {
			t.Fatalf("seed %d: the plan %q has %d stages", seed, v.Title, len(v.Stages))
		}
	}
	if allowed < 200 {
		t.Fatalf("only %d edits were allowed: the test hardly tries", allowed)
	}
}

func FuzzJudge(f *testing.F) {
	d := newPlan(f, "enterprise-evaluation")
	stage, one, _ := firstSteps(f, d)
	f.Add(attempt(f, d, func(d *crdt.Doc, tx *crdt.Tx) { node(f, d, one).Set(tx, "status", "done") }))
	f.Add(attempt(f, d, func(d *crdt.Doc, tx *crdt.Tx) {
		plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "n1", Kind: "task", Parent: stage, Ord: "V", Title: "T"})
	}))
	f.Add(attempt(f, d, func(d *crdt.Doc, tx *crdt.Tx) {
		summaryText(f, d, 0).Insert(tx, 0, "x", map[string]any{"link": map[string]any{"href": "x"}})
	}))
	f.Fuzz(func(t *testing.T, update []byte) {
		before := state(t, d)
		if r := judged(d, update, dana); r != nil && (r.Message == "" || r.Reason == "") {
			t.Fatalf("refused without a word: %+v", r)
		}
		if state(t, d) != before {
			t.Fatal("judging changed the plan")
		}
	})
}

// A keystroke in a title and in rich text, and a picked value, in a plan of 80 steps.
func BenchmarkJudge(b *testing.B) {
	d := newPlan(b, "enterprise-evaluation")
	stage, one, _ := firstSteps(b, d)
	edit(b, d, func(tx *crdt.Tx) {
		for i := range 60 {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: fmt.Sprint("n", i), Kind: "task", Parent: stage, Ord: "V", Title: "A step"})
		}
	})
	for name, fn := range map[string]func(d *crdt.Doc, tx *crdt.Tx){
		"title": func(d *crdt.Doc, tx *crdt.Tx) {
			title, _ := node(b, d, one).Text("title")
			title.Insert(tx, 3, "x", nil)
		},
		"rich text": func(d *crdt.Doc, tx *crdt.Tx) { summaryText(b, d, 0).Insert(tx, 1, "y", nil) },
		"status":    func(d *crdt.Doc, tx *crdt.Tx) { node(b, d, one).Set(tx, "status", "blocked") },
		"move":      func(d *crdt.Doc, tx *crdt.Tx) { node(b, d, one).Set(tx, "parent", "n5") },
	} {
		update := attempt(b, d, fn)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := plan.Judge(d, update, plan.Writer{Person: dana}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func state(t testing.TB, d *crdt.Doc) string {
	t.Helper()
	b, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func rolesOf(d *crdt.Doc, side string) (ids []string) {
	for _, r := range plan.Read(d).Roles {
		if r.Side == side {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
