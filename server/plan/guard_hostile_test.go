package plan_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
	"coplan/server/plan"
)

// attacker is the client id of updates written by hand, under which the person
// has written before.
const attacker = 4711

// crafted is an update of one client that no library would write: its structs
// stand where they say, and it deletes what it likes.
type crafted struct {
	client  uint64
	structs [][]byte
	deletes map[itemID]bool
}

type itemID struct{ client, clock uint64 }

// Contents of structs, with the bits of their info byte.
const (
	craftedNone = 1 // deleted already
	craftedType = 7
	craftedAny  = 8
)

// put sets a key of a root, or of a nested map if in is given. after is what the
// struct says stood there before.
func (u *crafted) put(kind byte, root string, in, after *itemID, key string, content []byte) *crafted {
	info := kind
	var b []byte
	if after != nil { // the place follows from the neighbour
		b = append(b, info|0x80)
		b = lib0.AppendUvarint(lib0.AppendUvarint(b, after.client), after.clock)
	} else {
		b = append(b, info|0x20)
		if in != nil {
			b = lib0.AppendUvarint(lib0.AppendUvarint(append(b, 0), in.client), in.clock)
		} else {
			b = lib0.AppendVarString(append(b, 1), root)
		}
		b = lib0.AppendVarString(b, key)
	}
	u.structs = append(u.structs, append(b, content...))
	return u
}

func (u *crafted) delete(x itemID) *crafted {
	if u.deletes == nil {
		u.deletes = map[itemID]bool{}
	}
	u.deletes[x] = true
	return u
}

func (u *crafted) bytes() []byte {
	var b []byte
	if len(u.structs) == 0 {
		b = []byte{0}
	} else {
		b = lib0.AppendUvarint(append(b, 1), uint64(len(u.structs)))
		b = lib0.AppendUvarint(lib0.AppendUvarint(b, u.client), 0)
		for _, s := range u.structs {
			b = append(b, s...)
		}
	}
	b = lib0.AppendUvarint(b, uint64(len(u.deletes)))
	for x := range u.deletes {
		b = lib0.AppendUvarint(append(lib0.AppendUvarint(b, x.client), 1), x.clock)
		b = lib0.AppendUvarint(b, 1)
	}
	return b
}

// anyText is a string as the one value of a struct.
func anyText(s string) []byte { return lib0.AppendVarString([]byte{1, 119}, s) }

// itemAt finds the item that is the value of a key now.
func itemAt(t testing.TB, d *crdt.Doc, drop func(*crdt.Doc, *crdt.Tx)) *itemID {
	t.Helper()
	touches, err := d.Inspect(attempt(t, d, drop))
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range touches {
		if x.Kind == crdt.TouchDelete && !x.Implicit {
			return &itemID{x.Client, x.Clock + x.Len - 1}
		}
	}
	t.Fatal("nothing would be deleted")
	return nil
}

// What a client that writes its structs by hand tries, to get past what is said of
// honest ones in TestJudgeRefuses.
func TestJudgeRefusesCraftedUpdates(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	stage, one, two := firstSteps(t, d)
	title := itemAt(t, d, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Delete(tx, plan.MetaTitle) })
	step := itemAt(t, d, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootNodes).Delete(tx, one) })
	kind := itemAt(t, d, func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Delete(tx, plan.NodeKind) })
	parent := itemAt(t, d, func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Delete(tx, plan.NodeParent) })
	words := itemAt(t, d, func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Delete(tx, plan.NodeTitle) })
	nothing := []byte{1} // one clock
	for name, u := range map[string]*crafted{
		"nothing in place of a step":       (&crafted{client: attacker}).put(craftedNone, plan.RootNodes, nil, step, one, nothing),
		"nothing in place of a title":      (&crafted{client: attacker}).put(craftedNone, "", step, words, plan.NodeTitle, nothing),
		"nothing in place of a kind":       (&crafted{client: attacker}).put(craftedNone, "", step, kind, plan.NodeKind, nothing),
		"a title behind the one it takes":  (&crafted{client: 0}).put(craftedAny, plan.RootMeta, nil, nil, plan.MetaTitle, anyText("Ours")).delete(*title),
		"a kind behind the one it takes":   (&crafted{client: 0}).put(craftedAny, "", step, nil, plan.NodeKind, anyText("task")).delete(*kind),
		"a title that it takes away again": (&crafted{client: attacker}).put(craftedAny, plan.RootMeta, nil, title, plan.MetaTitle, anyText("Ours")).delete(itemID{attacker, 0}).delete(*title),
		"a step beside an own one at id 0": (&crafted{client: 0}).put(craftedType, plan.RootRoles, nil, nil, "mine", []byte{1}).delete(itemID{0, 0}).delete(*step),
		"a ring before a place that loses": (&crafted{client: attacker}).
			put(craftedAny, "", nil, parent, plan.NodeParent, anyText(one)).
			put(craftedAny, "", nil, parent, plan.NodeParent, anyText(two)),
		"a stage before a kind that loses": (&crafted{client: attacker}).
			put(craftedAny, "", nil, kind, plan.NodeKind, anyText(plan.KindStage)).
			put(craftedAny, "", nil, kind, plan.NodeKind, anyText(plan.KindTask)),
	} {
		t.Run(name, func(t *testing.T) {
			update := u.bytes()
			err := plan.Judge(d, update, plan.Writer{Person: ben, Owns: func(client uint64) bool { return client == u.client }})
			if err == nil {
				f := fork(t, d, 9)
				if err := f.ApplyUpdate(update, nil); err != nil {
					t.Fatal(err)
				}
				v := plan.Read(f)
				t.Errorf("it was allowed: the title is %q, %d stages", v.Title, len(v.Stages))
			}
		})
	}
	// The same by a client that knows the current value is everybody's.
	for name, u := range map[string]*crafted{
		"a title": (&crafted{client: attacker}).put(craftedAny, plan.RootMeta, nil, title, plan.MetaTitle, anyText("Ours")).delete(*title),
		"a title twice": (&crafted{client: attacker}).
			put(craftedAny, plan.RootMeta, nil, title, plan.MetaTitle, anyText("Our")).
			put(craftedAny, plan.RootMeta, nil, &itemID{attacker, 0}, plan.MetaTitle, anyText("Ours")).delete(*title),
		"a title typed over at once": (&crafted{client: attacker}).
			put(craftedNone, plan.RootMeta, nil, title, plan.MetaTitle, nothing).
			put(craftedAny, plan.RootMeta, nil, &itemID{attacker, 0}, plan.MetaTitle, anyText("Ours")).delete(*title),
		"a place by way of another": (&crafted{client: attacker}).
			put(craftedAny, "", nil, parent, plan.NodeParent, anyText(one)).
			put(craftedAny, "", nil, &itemID{attacker, 0}, plan.NodeParent, anyText(stage)).delete(*parent),
	} {
		if err := plan.Judge(d, u.bytes(), plan.Writer{Person: ben}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Limits hold however a plan is brought to them.
func TestJudgeKeepsLimitsByAnyWay(t *testing.T) {
	d := newPlan(t, "enterprise-evaluation")
	stage, one, two := firstSteps(t, d)
	write := func(tx *crdt.Tx, d *crdt.Doc, id, parent string) {
		plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: id, Kind: plan.KindTask, Parent: parent, Ord: "V"})
	}
	chain := func(name string) {
		edit(t, d, func(tx *crdt.Tx) {
			parent := stage
			for i := range plan.MaxNesting - 1 {
				write(tx, d, fmt.Sprint(name, i), parent)
				parent = fmt.Sprint(name, i)
			}
		})
	}
	chain("a")
	chain("b")
	edit(t, d, func(tx *crdt.Tx) {
		d.Map(plan.RootNodes).SetMap(tx, "bare").Set(tx, plan.NodeParent, one)
		for i := range plan.MaxNodes {
			id := fmt.Sprint("gone", i)
			write(tx, d, id, stage)
			node(t, d, id).Set(tx, plan.NodeDel, "2027-01-01T00:00:00Z")
		}
	})
	for name, c := range map[string]struct {
		edit func(d *crdt.Doc, tx *crdt.Tx)
		says string // "" if it is allowed
	}{
		"a step with steps under a deep one": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, "a1").Set(tx, plan.NodeParent, "b4") }, "nested"},
		"a step with steps under a flat one": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, "a1").Set(tx, plan.NodeParent, two) }, ""},
		"a deep one and what it goes under": {func(d *crdt.Doc, tx *crdt.Tx) {
			node(t, d, "a1").Set(tx, plan.NodeParent, two)
			node(t, d, two).Set(tx, plan.NodeParent, "b2")
		}, "nested"},
		"a step of no kind that becomes a stage": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, "bare").Set(tx, plan.NodeKind, plan.KindStage) }, "directly in the plan"},
		"a step of no kind that becomes a task":  {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, "bare").Set(tx, plan.NodeKind, plan.KindTask) }, ""},
		"steps out of the bin with null": {func(d *crdt.Doc, tx *crdt.Tx) {
			for i := range plan.MaxNodes {
				node(t, d, fmt.Sprint("gone", i)).Set(tx, plan.NodeDel, nil)
			}
		}, "500 stages and steps"},
		"a step out of the bin with null": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, "gone1").Set(tx, plan.NodeDel, nil) }, ""},
		"conditions of a new step": {func(d *crdt.Doc, tx *crdt.Tx) {
			write(tx, d, "new", stage)
			gate, _ := node(t, d, "new").Map(plan.NodeGate)
			list, _ := gate.Map(plan.GateExit)
			for i := range plan.MaxCriteria + 1 {
				plan.WriteCriterion(tx, list, fmt.Sprint("c", i), "V", "")
			}
		}, "100 at most"},
		"dependencies of a new step": {func(d *crdt.Doc, tx *crdt.Tx) {
			write(tx, d, "new", stage)
			after, _ := node(t, d, "new").Map(plan.NodeAfter)
			for i := range 501 {
				after.Set(tx, fmt.Sprint("n", i), map[string]any{"type": "FS"})
			}
		}, "500 at most"},
		"a time with more behind it": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, plan.NodeDel, "2027-01-01<b>yesterday</b>") }, "must be a moment"},
		"a time that no clock shows": {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, plan.NodeDel, "2027-01-01T25:00:00Z") }, "must be a moment"},
		"a time of a day":            {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, plan.NodeDel, "2027-01-01") }, ""},
		"a link that is a list":      {func(d *crdt.Doc, tx *crdt.Tx) { mark(t, d, tx, map[string]any{"href": []any{"javascript:alert(1)"}}) }, "no address"},
		"a link that is no object":   {func(d *crdt.Doc, tx *crdt.Tx) { mark(t, d, tx, "javascript:alert(1)") }, "no address"},
		"a link put on and taken off": {func(d *crdt.Doc, tx *crdt.Tx) {
			mark(t, d, tx, map[string]any{"href": "https://example.com"})
			summaryText(t, d, 0).Format(tx, 0, 1, map[string]any{"link": nil})
		}, ""},
		"a text as an attribute": {func(d *crdt.Doc, tx *crdt.Tx) {
			typ := d.XMLFragment(plan.RootSummary).Get(0)
			typ.(crdt.XMLElement).SetAttribute(tx, "level", crdt.NewXMLText("x"))
		}, "can't hold"},
		"a text within a text": {func(d *crdt.Doc, tx *crdt.Tx) {
			summaryText(t, d, 0).InsertEmbed(tx, 0, crdt.NewXMLText("x"), nil)
		}, "stand in runs"},
		"a text within a new text": {func(d *crdt.Doc, tx *crdt.Tx) {
			p := d.XMLFragment(plan.RootSummary).InsertElement(tx, 0, "paragraph")
			p.InsertText(tx, 0).InsertEmbed(tx, 0, crdt.NewXMLText("x"), nil)
		}, "stand in runs"},
		"a list of a new text": {func(d *crdt.Doc, tx *crdt.Tx) {
			list := d.XMLFragment(plan.RootSummary).InsertElement(tx, 0, "bulletList")
			list.InsertElement(tx, 0, "listItem").InsertElement(tx, 0, "paragraph").InsertText(tx, 0).Insert(tx, 0, "x", map[string]any{"bold": map[string]any{}})
		}, ""},
		"words beside runs of text": {func(d *crdt.Doc, tx *crdt.Tx) { d.Text(plan.RootSummary).Insert(tx, 0, "x", nil) }, "stand in runs"},
		"less than nothing":         {func(d *crdt.Doc, tx *crdt.Tx) { node(t, d, one).Set(tx, plan.NodeDays, math.Copysign(0, -1)) }, "whole number"},
		"a cost below nothing": {func(d *crdt.Doc, tx *crdt.Tx) {
			d.Map(plan.RootAnchor).Set(tx, plan.AnchorCostPerWeek, math.Copysign(0, -1))
		}, "0 or more"},
		"a link to nowhere": {func(d *crdt.Doc, tx *crdt.Tx) {
			d.Map(plan.RootResources).SetMap(tx, "new").Set(tx, plan.ResourceURL, "https:alert(1)")
		}, "web address"},
	} {
		t.Run(name, func(t *testing.T) {
			r := judged(d, attempt(t, d, c.edit), ben)
			switch {
			case c.says == "" && r != nil:
				t.Errorf("refused: %s", r.Message)
			case c.says != "" && (r == nil || !strings.Contains(r.Message, c.says)):
				t.Errorf("%v; want a refusal with “%s”", r, c.says)
			}
		})
	}
	for _, id := range []string{"__proto__", "constructor", "toString", "hasOwnProperty"} {
		if plan.ValidID(id) {
			t.Errorf("%s is taken as an id, which every object of a page has already", id)
		}
	}
}

func mark(t testing.TB, d *crdt.Doc, tx *crdt.Tx, link any) {
	t.Helper()
	summaryText(t, d, 0).Insert(tx, 0, "x", map[string]any{"link": link})
}

// Who comes back after another's later choice has won sends one's own as nothing any
// more: it lost at home already, and does so here.
func TestJudgeTakesWhatLostAlready(t *testing.T) {
	base := newPlan(t, "enterprise-evaluation")
	_, one, two := firstSteps(t, base)
	wins := 0
	for _, client := range []uint64{10, 4711} { // one of them loses against 100
		away, server := fork(t, base, client), fork(t, base, 100)
		edit(t, away, func(tx *crdt.Tx) {
			node(t, away, one).Set(tx, plan.NodeParent, two)
			node(t, away, one).Set(tx, plan.NodeStatus, plan.StatusDone)
		})
		edit(t, server, func(tx *crdt.Tx) { node(t, server, one).Set(tx, plan.NodeParent, "") })
		merge(t, away, server)
		update, err := away.EncodeStateAsUpdate(server.StateVector())
		if err != nil {
			t.Fatal(err)
		}
		if r := judged(server, update, dana); r != nil {
			t.Errorf("client %d: %s (%s)", client, r.Message, r.Where)
		}
		merge(t, server, away)
		if parent, _ := node(t, server, one).Get(plan.NodeParent); parent == two {
			wins++
		}
	}
	if wins != 1 {
		t.Errorf("%d of the two won", wins)
	}
}

// Whatever two people did apart, with what the page offers, passes when one of them
// comes back with it, also after hearing what the other did.
func TestJudgeTakesWhatWasDoneApart(t *testing.T) {
	base := newPlan(t, "enterprise-evaluation")
	stages := plan.Read(base).Stages
	undone, taken := 0, 0
	for seed := range uint64(150) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		here, away := fork(t, base, 1+rnd.Uint64N(1<<30)), fork(t, base, 1+rnd.Uint64N(1<<30))
		undo := crdt.NewUndoManager(away, nil, crdt.UndoOptions{CaptureTimeout: -1})
		defer undo.Close()
		step := func() string { return stages[rnd.IntN(2)].Steps[rnd.IntN(2)].ID }
		act := func(d *crdt.Doc, n int) {
			for range n {
				id := step()
				edit(t, d, func(tx *crdt.Tx) {
					switch rnd.IntN(7) {
					case 0, 1:
						node(t, d, id).Set(tx, plan.NodeParent, stages[rnd.IntN(3)].ID)
						node(t, d, id).Set(tx, plan.NodeOrd, "V")
					case 2:
						d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, fmt.Sprint("Title ", rnd.IntN(9)))
					case 3:
						node(t, d, id).Set(tx, plan.NodeDel, "2027-01-01T00:00:00Z")
					case 4:
						node(t, d, id).Delete(tx, plan.NodeDel)
						node(t, d, id).Set(tx, plan.NodeStatus, plan.StatusDone)
					case 5:
						title, _ := node(t, d, id).Text(plan.NodeTitle)
						title.Insert(tx, 0, "x", nil)
					case 6:
						id := fmt.Sprint("new-", seed, "-", rnd.IntN(1<<30))
						plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: id, Kind: plan.KindTask, Parent: stages[0].ID, Ord: "V"})
					}
				})
			}
		}
		act(away, rnd.IntN(6))
		act(here, rnd.IntN(6))
		if rnd.IntN(3) > 0 {
			merge(t, away, here)
		}
		for range rnd.IntN(4) {
			if undo.Undo() != nil {
				undone++
			}
		}
		for range rnd.IntN(3) {
			undo.Redo()
		}
		act(away, rnd.IntN(3))
		update, err := away.EncodeStateAsUpdate(here.StateVector())
		if err != nil {
			t.Fatal(err)
		}
		// An undo takes away one's own value and does not bring back what stood there
		// before, if another's came in between, as in Yjs: that is refused.
		both := fork(t, away, 7)
		merge(t, both, here)
		if !both.Map(plan.RootMeta).Has(plan.MetaTitle) || slices.ContainsFunc(both.Map(plan.RootNodes).Keys(), func(id string) bool { return !node(t, both, id).Has(plan.NodeParent) }) {
			continue
		}
		taken++
		own := func(client uint64) bool { return client == away.ClientID() }
		if err := plan.Judge(here, update, plan.Writer{Person: ben, Owns: own}); err != nil {
			var r *plan.Refusal
			errors.As(err, &r)
			t.Errorf("seed %d: %v (%s)", seed, err, r.Where)
		}
	}
	if undone < 50 || taken < 140 {
		t.Errorf("%d steps undone, %d of the seeds judged: the test hardly tries", undone, taken)
	}
}

// Whoever may only comment can fill what there is room for comments, and stops nobody
// from editing.
func TestCommentsLeaveRoomForEdits(t *testing.T) {
	d := newPlan(t, "blank")
	stage := plan.Read(d).Stages[0].ID
	cem := plan.Person{ID: "p-cem", Name: "Cem", Role: "commenter"}
	do := func(name string, args any) error {
		raw, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		d.Transact(nil, func(tx *crdt.Tx) { _, err = plan.Commands()[name].Run(d, tx, cem, start, raw) })
		return err
	}
	body := strings.Repeat("€", plan.MaxCommentBody)
	if err := do(plan.CommandCommentAdd, plan.CommentAddArgs{ID: "t", Msg: "m", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: stage}, Body: body}); err != nil {
		t.Fatal(err)
	}
	said := 1
	var err error
	for ; err == nil; said++ {
		err = do(plan.CommandCommentReply, plan.CommentArgs{Thread: "t", Msg: fmt.Sprint("m", said), Body: body})
	}
	var r *plan.Refusal
	if !errors.As(err, &r) || r.Reason != plan.CodeFull || !strings.Contains(r.Message, "4 MiB") {
		t.Fatalf("after %d comments: %v", said, err)
	}
	if size := d.ContentBytes(); size < plan.MaxRecordBytes-len(body) || size > plan.MaxRecordBytes+len(body) {
		t.Errorf("the plan has %d bytes", size)
	}
	write := func(n int) *plan.Refusal {
		return judged(d, attempt(t, d, func(d *crdt.Doc, tx *crdt.Tx) {
			d.XMLFragment(plan.RootSummary).InsertElement(tx, 0, "paragraph").InsertText(tx, 0).Insert(tx, 0, strings.Repeat("x", n), nil)
		}), ben)
	}
	if r := write(plan.MaxContentBytes / 2); r != nil {
		t.Errorf("an edit: %s", r.Message)
	}
	if r := write(plan.MaxContentBytes + 1); r == nil || r.Reason != plan.CodeFull {
		t.Errorf("more than a plan can hold: %v", r)
	}
	if err := do(plan.CommandCommentDelete, plan.CommentArgs{Thread: "t", Msg: "m"}); err != nil {
		t.Fatal(err)
	}
	if err := do(plan.CommandCommentReply, plan.CommentArgs{Thread: "t", Msg: "last", Body: body}); err != nil {
		t.Errorf("after taking one back: %v", err)
	}
}

// Whatever structs stand where they like: what passes leaves all that has to stay,
// and nothing that a reader would leave out.
func TestJudgeLetsNoCraftedUpdateSpoilAPlan(t *testing.T) {
	base := newPlan(t, "enterprise-evaluation")
	stage, one, two := firstSteps(t, base)
	edit(t, base, func(tx *crdt.Tx) { node(t, base, two).Set(tx, plan.NodeDel, "2027-01-01T00:00:00Z") })
	type place struct {
		root string
		in   *itemID
		key  string
		now  *itemID
	}
	at := func(root string, in *itemID, m func(d *crdt.Doc) crdt.Map, keys ...string) (all []place) {
		for _, key := range keys {
			p := place{root, in, key, nil}
			if m(base).Has(key) {
				p.now = itemAt(t, base, func(d *crdt.Doc, tx *crdt.Tx) { m(d).Delete(tx, key) })
			}
			all = append(all, p)
		}
		return all
	}
	root := func(name string) func(d *crdt.Doc) crdt.Map {
		return func(d *crdt.Doc) crdt.Map { return d.Map(name) }
	}
	places := at(plan.RootMeta, nil, root(plan.RootMeta), plan.MetaTitle, plan.MetaSchema)
	nodes := at(plan.RootNodes, nil, root(plan.RootNodes), stage, one, two)
	places = append(places, nodes...)
	for _, p := range nodes {
		places = append(places, at("", p.now, func(d *crdt.Doc) crdt.Map { return node(t, d, p.key) },
			plan.NodeKind, plan.NodeParent, plan.NodeOrd, plan.NodeTitle, plan.NodeDel, plan.NodeStatus)...)
	}
	values := []string{stage, one, two, "", "task", "stage", "V", "done", "2027-01-01T00:00:00Z", "x y"}
	passed := 0
	for seed := range uint64(6000) {
		rnd := rand.New(rand.NewPCG(seed, 5))
		u := &crafted{client: []uint64{0, 5, attacker}[rnd.IntN(3)]}
		mine := map[string][]uint64{}
		for n := range 1 + rnd.Uint64N(4) {
			p := places[rnd.IntN(len(places))]
			name := fmt.Sprint(p.in, p.key)
			after := p.now
			if own := mine[name]; len(own) > 0 && rnd.IntN(3) > 0 {
				after = &itemID{u.client, own[rnd.IntN(len(own))]}
			} else if rnd.IntN(3) == 0 {
				after = nil
			}
			switch rnd.IntN(5) {
			case 0:
				u.put(craftedNone, p.root, p.in, after, p.key, []byte{1})
			case 1:
				u.put(craftedType, p.root, p.in, after, p.key, []byte{byte(1 + rnd.IntN(2))}) // a map or a text
			default:
				u.put(craftedAny, p.root, p.in, after, p.key, anyText(values[rnd.IntN(len(values))]))
			}
			mine[name] = append(mine[name], n)
			if p.now != nil && rnd.IntN(2) == 0 && !u.deletes[*p.now] {
				u.delete(*p.now)
			}
		}
		if rnd.IntN(3) == 0 {
			u.delete(itemID{u.client, rnd.Uint64N(uint64(len(u.structs)))})
		}
		update := u.bytes()
		if plan.Judge(base, update, plan.Writer{Person: ben, Owns: func(client uint64) bool { return client == u.client }}) != nil {
			continue
		}
		passed++
		f := fork(t, base, 9)
		if err := f.ApplyUpdate(update, nil); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		checkDoc(t, f)
		for _, p := range places {
			m, where := f.Map(p.root), p.root
			if p.in != nil {
				typ, ok := f.Type(crdt.ID{Client: p.in.client, Clock: p.in.clock})
				if !ok {
					t.Fatalf("seed %d: a step is gone", seed)
				}
				m, where = typ.(crdt.Map), "a step"
			}
			if optional := p.key == plan.NodeDel || p.key == plan.NodeStatus; !optional && !m.Has(p.key) {
				t.Errorf("seed %d: %s of %s is gone", seed, p.key, where)
			}
		}
		for _, w := range plan.Read(f).Warnings {
			if w.Code == plan.WarnOddValue || w.Code == plan.WarnCycle {
				t.Errorf("seed %d: %s", seed, w.Text)
			}
		}
		for _, id := range []string{one, two} {
			if kind, _ := node(t, f, id).Get(plan.NodeKind); kind == plan.KindStage {
				t.Errorf("seed %d: %s is a stage", seed, id)
			}
		}
	}
	if passed < 100 {
		t.Errorf("%d of the updates passed: the test hardly tries", passed)
	}
}
