package replay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/replay"
)

// The document rebuilt from the journal equals the live one after every entry:
// walked entry by entry, and asked for at any single entry, snapshots or not.
func TestReplayEqualsLive(t *testing.T) {
	seeds, steps := uint64(4), 400
	if testing.Short() {
		seeds, steps = 1, 250
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			w := newWorld(t, seed, []string{"enterprise-evaluation", "quick-start"}[seed%2])
			for range steps {
				w.step()
			}
			w.settle()
			w.didRealWork()

			p := replay.New(crdt.New(crdt.Options{}))
			n := 0
			for s, err := range w.j.Read(context.Background(), doc, 0, 0) {
				if err != nil {
					t.Fatal(err)
				}
				item, err := p.Apply(s)
				if err != nil {
					t.Fatal(err)
				}
				if d := w.live[n].differs(momentOf(t, p.Doc(), s.Seq)); d != "" {
					t.Fatalf("after entry %d (%s): %s", n, item.Sentence, d)
				}
				w.check(p.Doc())
				n++
			}
			if n != len(w.live) {
				t.Fatalf("the journal has %d entries, %d were made", n, len(w.live))
			}
			for i := 0; i < n; i += 1 + w.rng.IntN(5) {
				d, err := replay.At(context.Background(), w.j, doc, w.live[i].seq)
				if err != nil {
					t.Fatal(err)
				}
				if diff := w.live[i].differs(momentOf(t, d, w.live[i].seq)); diff != "" {
					t.Fatalf("at entry %d: %s", i, diff)
				}
			}
		})
	}
}

// A page of history tells the same wherever it begins: what came before is
// known from a snapshot as well as from having been there.
func TestHistoryPages(t *testing.T) {
	w := newWorld(t, 11, "quick-start")
	for range 250 {
		w.step()
	}
	w.settle()
	ctx := context.Background()
	whole, next, err := replay.History(ctx, w.j, doc, 0, 0, len(w.live))
	if err != nil || next != 0 || len(whole) != len(w.live) {
		t.Fatalf("whole history: %d of %d entries, next %d, %v", len(whole), len(w.live), next, err)
	}
	for _, size := range []int{3, 50} {
		var from uint64
		var pages []replay.Item
		for {
			page, next, err := replay.History(ctx, w.j, doc, from, 0, size)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, page...)
			if from = next; next == 0 {
				break
			}
		}
		for i := range whole {
			if i >= len(pages) || asJSON(t, whole[i]) != asJSON(t, pages[i]) {
				t.Fatalf("pages of %d: entry %d reads\n%s\nin the whole history\n%s", size, i, asJSON(t, pages[min(i, len(pages)-1)]), asJSON(t, whole[i]))
			}
		}
	}
	mid := len(whole) / 2
	part, next, err := replay.History(ctx, w.j, doc, whole[mid].Seq, whole[mid+3].Seq, 0)
	if err != nil || len(part) != 4 || next != 0 || part[0].Ordinal != uint64(mid) {
		t.Errorf("from entry %d to %d: %d entries, next %d, %v", mid, mid+3, len(part), next, err)
	}
}

// step lets one random thing happen.
func (w *world) step() {
	w.t.Helper()
	c := w.clients[w.rng.IntN(len(w.clients))]
	switch n := w.rng.IntN(20); {
	case n < 8:
		w.randomEdit(c)
	case n < 14:
		w.deliver(c)
	case n < 18:
		w.receive(c, 1+w.rng.IntN(5))
	case n < 19:
		w.randomCommand(c.actor)
	case w.rng.IntN(3) == 0:
		w.made["snapshot"]++
		w.snapshot([]string{"v1", "v2"}[w.rng.IntN(2)])
	}
}

// settle delivers everything to everyone and checks that all agree.
func (w *world) settle() {
	w.t.Helper()
	for _, c := range w.clients {
		for len(c.outbox) > 0 {
			w.deliver(c)
		}
	}
	want := momentOf(w.t, w.server, 0)
	for _, c := range w.clients {
		w.receive(c, len(c.inbox))
		if d := want.differs(momentOf(w.t, c.doc, 0)); d != "" {
			w.t.Fatalf("%s's replica differs from the server's: %s", c.actor.Name, d)
		}
	}
}

func (w *world) didRealWork() {
	w.t.Helper()
	for _, kind := range []string{"type", "erase", "format", "title", "pick", "move", "add", "bin", "owner", "head", "comment", "snapshot"} {
		if w.made[kind] == 0 {
			w.t.Errorf("the session had no %s in it", kind)
		}
	}
	if len(w.live) < 60 {
		w.t.Errorf("the session has only %d entries", len(w.live))
	}
}

func (w *world) randomEdit(c *client) {
	w.t.Helper()
	kinds := []string{"type", "type", "type", "erase", "format", "title", "pick", "pick", "move", "add", "bin", "owner", "head"}
	kind := kinds[w.rng.IntN(len(kinds))]
	w.edit(c, func(tx *crdt.Tx) {
		d := c.doc
		nodes := d.Map(plan.RootNodes)
		ids := nodes.Keys()
		m, ok := nodes.Map(ids[w.rng.IntN(len(ids))])
		if !ok {
			return
		}
		switch kind {
		case "type", "erase", "format":
			text, ok := w.randomText(d)
			if !ok {
				return
			}
			at := w.rng.IntN(text.Len() + 1)
			n := min(text.Len()-at, 1+w.rng.IntN(6))
			switch {
			case kind == "type":
				text.Insert(tx, at, []string{"w", "ords ", "été ", "🚚", "more "}[w.rng.IntN(5)], nil)
			case n == 0:
				return
			case kind == "erase":
				text.Delete(tx, at, n)
			default:
				text.Format(tx, at, n, map[string]any{"bold": []any{map[string]any{}, nil}[w.rng.IntN(2)]})
			}
		case "title":
			title, ok := m.Text(plan.NodeTitle)
			if !ok {
				return
			}
			title.Insert(tx, w.rng.IntN(title.Len()+1), "x", nil)
		case "pick":
			switch w.rng.IntN(5) {
			case 0:
				m.Set(tx, plan.NodeStatus, []any{plan.StatusDone, plan.StatusBlocked, plan.StatusInProgress, "odd"}[w.rng.IntN(4)])
			case 1:
				m.Set(tx, plan.NodeDue, fmt.Sprintf("2026-%02d-%02d", 3+w.rng.IntN(8), 1+w.rng.IntN(28)))
			case 2:
				m.Set(tx, plan.NodeSide, []any{plan.SideBuyer, plan.SideSeller, plan.SideJoint}[w.rng.IntN(3)])
			case 3:
				m.Set(tx, plan.NodeDays, w.rng.IntN(30))
			case 4:
				m.Set(tx, plan.NodeLikelyBlocker, w.rng.IntN(2) == 0)
			}
		case "move":
			m.Set(tx, plan.NodeParent, ids[w.rng.IntN(len(ids))])
			m.Set(tx, plan.NodeOrd, plan.Spread(61)[w.rng.IntN(61)])
		case "add":
			w.ids++
			plan.WriteNode(tx, nodes, plan.NewNode{
				ID: fmt.Sprintf("n%d", w.ids), Kind: plan.KindTask, Parent: ids[w.rng.IntN(len(ids))],
				Ord: plan.Spread(61)[w.rng.IntN(61)], Title: []string{"", "New step"}[w.rng.IntN(2)],
			})
		case "bin":
			if m.Has(plan.NodeDel) {
				m.Delete(tx, plan.NodeDel)
			} else {
				m.Set(tx, plan.NodeDel, "2026-03-03T10:00:00.000Z")
			}
		case "owner":
			owners, ok := m.Map(plan.NodeOwners)
			if !ok {
				return
			}
			if owners.Has("champion") {
				owners.Delete(tx, "champion")
			} else {
				owners.Set(tx, "champion", plan.OwnerAccountable)
			}
		case "head":
			switch w.rng.IntN(3) {
			case 0:
				d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, fmt.Sprint("Plan ", w.rng.IntN(9)))
			case 1:
				d.Map(plan.RootAnchor).Set(tx, plan.AnchorDate, fmt.Sprintf("2026-06-%02d", 1+w.rng.IntN(30)))
			case 2:
				role, _ := d.Map(plan.RootRoles).Map("champion")
				role.Set(tx, plan.RoleName, fmt.Sprint("Person ", w.rng.IntN(9)))
			}
		}
		w.made[kind]++
	})
}

// randomText is a text of the summary or of a note.
func (w *world) randomText(d *crdt.Doc) (crdt.XMLText, bool) {
	f := d.XMLFragment(plan.RootSummary)
	if w.rng.IntN(2) == 0 {
		nodes := d.Map(plan.RootNodes)
		ids := nodes.Keys()
		m, _ := nodes.Map(ids[w.rng.IntN(len(ids))])
		f, _ = m.XMLFragment(plan.NodeNote)
	}
	if f.IsZero() || f.Len() == 0 {
		return crdt.XMLText{}, false
	}
	e, ok := f.Get(w.rng.IntN(f.Len())).(crdt.XMLElement)
	if !ok || e.Len() == 0 {
		return crdt.XMLText{}, false
	}
	text, ok := e.Get(0).(crdt.XMLText)
	return text, ok
}

func (w *world) randomCommand(by journal.Actor) {
	w.t.Helper()
	v := plan.Read(w.server)
	w.made["comment"]++
	if len(v.Threads) > 0 && w.rng.IntN(2) == 0 {
		th := v.Threads[w.rng.IntN(len(v.Threads))]
		args := plan.CommentArgs{Thread: th.ID, Body: "Yes.", Msg: th.Msgs[0].ID}
		mine := th.Msgs[0].By.ID == by.ID && th.Msgs[0].DeletedAt == ""
		switch n := w.rng.IntN(4); {
		case n == 0 && th.Resolved == nil:
			w.command(by, plan.CommandCommentResolve, args)
		case n == 0:
			w.command(by, plan.CommandCommentReopen, args)
		case n == 1 && mine:
			w.command(by, plan.CommandCommentEdit, args)
		case n == 2 && mine:
			w.command(by, plan.CommandCommentDelete, args)
		default:
			args.Msg = fmt.Sprintf("m%d", len(w.live))
			w.command(by, plan.CommandCommentReply, args)
		}
		return
	}
	words := []rune(v.SummaryText)
	from := w.rng.IntN(len(words))
	quote := string(words[from:min(len(words), from+8)])
	if quote == "\n" {
		quote = "What"
	}
	w.command(by, plan.CommandCommentAdd, plan.CommentAddArgs{
		ID: fmt.Sprintf("t%d", len(w.live)), Msg: fmt.Sprintf("m%d", len(w.live)), Body: "Really?",
		Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: plan.RootSummary, Quote: quote},
	})
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
