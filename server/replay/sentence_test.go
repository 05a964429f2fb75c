package replay_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/replay"
)

// tellEdit makes an edit of a person, delivers it and returns what the
// history says of it.
func (w *world) tellEdit(i int, fn func(d *crdt.Doc, tx *crdt.Tx)) replay.Item {
	w.t.Helper()
	c := w.clients[i]
	w.receive(c, len(c.inbox))
	w.edit(c, func(tx *crdt.Tx) { fn(c.doc, tx) })
	for len(c.outbox) > 0 {
		w.deliver(c)
	}
	return w.tellLast()
}

func (w *world) tellLast() replay.Item {
	w.t.Helper()
	items, _, err := replay.History(context.Background(), w.j, doc, w.last, 0, 0)
	if err != nil || len(items) != 1 {
		w.t.Fatalf("history of the last entry: %d items, %v", len(items), err)
	}
	return items[0]
}

func TestSentences(t *testing.T) {
	const bens, danas, marcuss = 0, 1, 2
	w := newWorld(t, 1, "enterprise-evaluation")
	if got := w.tellLast().Sentence; got != "Ben (seller) created the plan *Northwind × Acme*" {
		t.Errorf("the first entry: %s", got)
	}
	n := func(d *crdt.Doc, id string) crdt.Map { m, _ := d.Map(plan.RootNodes).Map(id); return m }
	put := func(id, key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { n(d, id).Set(tx, key, value) }
	}
	clear := func(id, key string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { n(d, id).Delete(tx, key) }
	}
	title := func(id, text string) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			x, _ := n(d, id).Text(plan.NodeTitle)
			x.Delete(tx, 0, x.Len())
			x.Insert(tx, 0, text, nil)
		}
	}
	root := func(name, key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { d.Map(name).Set(tx, key, value) }
	}
	resource := func(id string, fn func(tx *crdt.Tx, m crdt.Map)) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootResources).Map(id)
			fn(tx, m)
		}
	}
	role := func(id, key string, value any) func(*crdt.Doc, *crdt.Tx) {
		return func(d *crdt.Doc, tx *crdt.Tx) { m, _ := d.Map(plan.RootRoles).Map(id); m.Set(tx, key, value) }
	}
	for _, c := range []struct {
		who  int
		do   func(d *crdt.Doc, tx *crdt.Tx)
		want string
	}{
		{danas, put("security-review", plan.NodeDue, "2026-03-03"), "Dana (buyer) moved *Security review* from 29 May to 3 Mar"},
		{danas, put("security-review", plan.NodeDue, "2026-03-10"), "Dana (buyer) moved *Security review* from 3 to 10 Mar"},
		{danas, put("security-review", plan.NodeDue, "2027-01-04"), "Dana (buyer) moved *Security review* from 10 Mar 2026 to 4 Jan 2027"},
		{danas, put("security-review", plan.NodeDue, "2027-01-05"), "Dana (buyer) moved *Security review* from 4 to 5 Jan 2027"},
		{danas, clear("security-review", plan.NodeDue), "Dana (buyer) removed the due date of *Security review*, 5 Jan 2027"},
		{danas, put("security-review", plan.NodeDue, "2026-05-29"), "Dana (buyer) set the due date of *Security review* to 29 May"},
		{danas, put("security-review", plan.NodeDue, "soon"), "Dana (buyer) changed the due date of *Security review*"},
		{danas, put("security-review", plan.NodeStart, "2026-05-04"), "Dana (buyer) set the start of *Security review* to 4 May"},
		{bens, put("platform-demo", plan.NodeStatus, plan.StatusInProgress), "Ben (seller) started *Platform demo*"},
		{bens, put("platform-demo", plan.NodeStatus, plan.StatusDone), "Ben (seller) marked *Platform demo* done"},
		{bens, put("platform-demo", plan.NodeStatus, plan.StatusBlocked), "Ben (seller) marked *Platform demo* blocked"},
		{bens, put("platform-demo", plan.NodeStatus, plan.StatusSkipped), "Ben (seller) skipped *Platform demo*"},
		{bens, clear("platform-demo", plan.NodeStatus), "Ben (seller) set *Platform demo* back to not started"},
		{marcuss, put("platform-demo", plan.NodeSide, plan.SideBuyer), "Marcus (champion) gave *Platform demo* to the buyer side"},
		{marcuss, put("platform-demo", plan.NodeSide, plan.SideJoint), "Marcus (champion) made *Platform demo* a joint step"},
		{marcuss, put("platform-demo", plan.NodeDays, 7), "Marcus (champion) changed how long *Platform demo* takes from 5 to 7 working days"},
		{marcuss, put("platform-demo", plan.NodeLikelyBlocker, true), "Marcus (champion) flagged *Platform demo* as a likely blocker"},
		{danas, put("platform-demo", plan.NodeBlockedReason, "The test tenant is missing"), "Dana (buyer) noted why *Platform demo* is blocked: “The test tenant is missing”"},
		{danas, clear("platform-demo", plan.NodeBlockedReason), "Dana (buyer) removed the reason why *Platform demo* was blocked"},
		{danas, title("security-review", "Vendor * assessment"), "Dana (buyer) renamed *Security review* to *Vendor ∗ assessment*"},
		{danas, put("security-review", plan.NodeAlias, "Security review"), "Dana (buyer) noted that *Vendor ∗ assessment* is also called “Security review”"},
		{danas, title("security-review", ""), "Dana (buyer) cleared the title of *Vendor ∗ assessment*"},
		{danas, put("security-review", plan.NodeStatus, plan.StatusDone), "Dana (buyer) marked an untitled step done"},
		{danas, title("security-review", "Security review"), "Dana (buyer) named a step *Security review*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "new", Kind: plan.KindTask, Parent: "evaluation", Ord: "z", Title: "Reference call"})
		}, "Ben (seller) added the step *Reference call* to *Evaluation*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "sub", Kind: plan.KindSubtask, Parent: "new", Ord: "z"})
		}, "Ben (seller) added a new subtask to *Reference call*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: "stage4", Kind: plan.KindStage, Ord: "z", Title: "Roll-out"})
		}, "Ben (seller) added the stage *Roll-out*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			n(d, "new").Set(tx, plan.NodeParent, "procurement")
			n(d, "new").Set(tx, plan.NodeOrd, "A")
		}, "Ben (seller) moved *Reference call* to *Procurement*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			n(d, "new").Set(tx, plan.NodeParent, "procurement")
			n(d, "new").Set(tx, plan.NodeOrd, "x")
		}, "Ben (seller) moved *Reference call* within *Procurement*"},
		{bens, put("new", plan.NodeOrd, "y"), "Ben (seller) moved *Reference call* within *Procurement*"},
		{bens, put("stage4", plan.NodeOrd, "A"), "Ben (seller) moved *Roll-out* to another place"},
		{danas, put("new", plan.NodeDel, "2026-03-03T10:00:00.000Z"), "Dana (buyer) deleted *Reference call*"},
		{danas, clear("new", plan.NodeDel), "Dana (buyer) restored *Reference call*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootNodes).Delete(tx, "new") }, "Dana (buyer) removed the step *Reference call*"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			e := d.XMLFragment(plan.RootSummary).Get(1).(crdt.XMLElement)
			e.Get(0).(crdt.XMLText).Insert(tx, 0, "We move 14,000 shipments a month.", nil)
		}, "Marcus (champion) edited the executive summary"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			d.XMLFragment(plan.RootSummary).Get(1).(crdt.XMLElement).Get(0).(crdt.XMLText).Format(tx, 0, 2, map[string]any{"bold": map[string]any{}})
			plan.WriteRich(tx, d.XMLFragment(plan.RootSummary), []plan.Rich{plan.Heading(2, "More")})
		}, "Marcus (champion) edited the executive summary"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			f, _ := n(d, "legal-redline").XMLFragment(plan.NodeNote)
			f.Get(0).(crdt.XMLElement).Get(0).(crdt.XMLText).Insert(tx, 0, "Both: ", nil)
		}, "Marcus (champion) edited the description of *Legal redline*"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			why, _ := n(d, "legal-redline").Text(plan.NodeWhy)
			why.Insert(tx, 0, "So that ", nil)
		}, "Marcus (champion) edited why *Legal redline* matters"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			owners, _ := n(d, "legal-redline").Map(plan.NodeOwners)
			owners.Set(tx, "champion", plan.OwnerContributor)
		}, "Marcus (champion) added *Champion* to *Legal redline*"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			owners, _ := n(d, "legal-redline").Map(plan.NodeOwners)
			owners.Set(tx, "champion", plan.OwnerAccountable)
			owners.Delete(tx, "general-counsel")
		}, "Marcus (champion) made *Champion* accountable for *Legal redline* and took *General counsel* off *Legal redline*"},
		{marcuss, func(d *crdt.Doc, tx *crdt.Tx) {
			after, _ := n(d, "legal-redline").Map(plan.NodeAfter)
			after.Delete(tx, "poc-results-review")
			after.Set(tx, "platform-demo", map[string]any{plan.AfterType: "FS", plan.AfterLag: 0})
		}, "Marcus (champion) changed what *Legal redline* waits for"},
		{bens, root(plan.RootMeta, plan.MetaTitle, "Northwind × Acme Flow"), "Ben (seller) renamed the plan from *Northwind × Acme* to *Northwind × Acme Flow*"},
		{bens, root(plan.RootMeta, plan.MetaStatus, plan.PlanLive), "Ben (seller) set the plan to live"},
		{bens, root(plan.RootMeta, plan.MetaNoun, "go-live plan"), "Ben (seller) calls this a go-live plan now"},
		{bens, root(plan.RootAnchor, plan.AnchorDate, "2026-07-07"), "Ben (seller) moved the go-live date from 30 Jun to 7 Jul"},
		{bens, root(plan.RootAnchor, plan.AnchorProvisional, true), "Ben (seller) made the go-live date provisional"},
		{bens, root(plan.RootAnchor, plan.AnchorCostPerWeek, 12000), "Ben (seller) changed what each week of delay costs"},
		{bens, role("champion", plan.RoleName, "Marcus Lindqvist"), "Ben (seller) named Marcus Lindqvist as *Champion*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootRoles).Map("economic-buyer")
			m.Set(tx, plan.RoleName, "Helena Strand")
			m.Set(tx, plan.RoleEmail, "helena@northwind.example")
		}, "Ben (seller) named Helena Strand as *Economic buyer*"},
		{bens, role("economic-buyer", plan.RolePhone, "+47"), "Ben (seller) noted the phone number of *Economic buyer*"},
		{bens, role("economic-buyer", plan.RoleName, ""), "Ben (seller) left *Economic buyer* without a name"},
		{bens, role("it-admin", plan.RoleInvolveBy, "2026-04-10"), "Ben (seller) set the day to involve *IT administrator* by to 10 Apr"},
		{bens, role("it-admin", plan.RoleInvolveBy, "2026-04-17"), "Ben (seller) moved the day to involve *IT administrator* by from 10 to 17 Apr"},
		{bens, role("it-admin", plan.RoleSide, plan.SideJoint), "Ben (seller) put *IT administrator* on both sides"},
		{bens, role("it-admin", plan.RoleEmail, "jonas@northwind.example"), "Ben (seller) noted the e-mail address of *IT administrator*"},
		{bens, role("it-admin", plan.RoleDel, "2026-03-03T10:00:00.000Z"), "Ben (seller) removed the role *IT administrator*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootRoles).Map("it-admin")
			m.Delete(tx, plan.RoleDel)
		}, "Ben (seller) restored the role *IT administrator*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootWorking).Text(plan.WorkingCadence)
			m.Insert(tx, 0, "Tuesdays at nine", nil)
		}, "Dana (buyer) edited how often both sides meet"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(plan.RootResources).SetMap(tx, "status")
			m.Set(tx, plan.ResourceTitle, "Status page")
			m.Set(tx, plan.ResourceURL, "https://status.example")
		}, "Ben (seller) added the link *Status page*"},
		{bens, resource("msa", func(tx *crdt.Tx, m crdt.Map) {
			m.Set(tx, plan.ResourceBlob, strings.Repeat("ab", 32))
			m.Set(tx, plan.ResourceFile, "Acme MSA v3.docx")
		}), "Ben (seller) added the file *Acme MSA v3.docx* as *Master agreement*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(plan.RootResources).SetMap(tx, "f")
			m.Set(tx, plan.ResourceTitle, "DPA.pdf")
			m.Set(tx, plan.ResourceFile, "DPA.pdf")
			m.Set(tx, plan.ResourceBlob, strings.Repeat("cd", 32))
		}, "Ben (seller) added the file *DPA.pdf*"},
		{danas, resource("msa", func(tx *crdt.Tx, m crdt.Map) { m.Set(tx, plan.ResourceBlob, strings.Repeat("ef", 32)) }), "Dana (buyer) replaced the file of *Master agreement*"},
		{danas, resource("status", func(tx *crdt.Tx, m crdt.Map) { m.Set(tx, plan.ResourceURL, "https://other.example") }), "Dana (buyer) changed where *Status page* leads"},
		{danas, resource("status", func(tx *crdt.Tx, m crdt.Map) { m.Set(tx, plan.ResourcePinned, true) }), "Dana (buyer) pinned *Status page*"},
		{danas, resource("status", func(tx *crdt.Tx, m crdt.Map) { m.Delete(tx, plan.ResourcePinned) }), "Dana (buyer) unpinned *Status page*"},
		{danas, resource("status", func(tx *crdt.Tx, m crdt.Map) { m.Set(tx, plan.ResourceTitle, "Uptime") }), "Dana (buyer) renamed the resource *Status page* to *Uptime*"},
		{danas, resource("status", func(tx *crdt.Tx, m crdt.Map) { m.Set(tx, plan.ResourceDel, "2026-03-03T10:00:00.000Z") }), "Dana (buyer) removed *Uptime* from the resources"},
		{danas, resource("status", func(tx *crdt.Tx, m crdt.Map) { m.Delete(tx, plan.ResourceDel) }), "Dana (buyer) restored *Uptime* to the resources"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(plan.RootResources).SetMap(tx, "slot")
			m.Set(tx, plan.ResourceTitle, "Insurance certificate")
		}, "Dana (buyer) made a place for *Insurance certificate*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			links, _ := n(d, "platform-demo").Map(plan.NodeLinks)
			links.Set(tx, "status", true)
		}, "Dana (buyer) attached *Uptime* to *Platform demo*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			links, _ := n(d, "platform-demo").Map(plan.NodeLinks)
			links.Delete(tx, "status")
		}, "Dana (buyer) took *Uptime* off *Platform demo*"},
		{bens, role("champion", plan.RoleTitle, "Inside sponsor"), "Ben (seller) renamed the role *Champion* to *Inside sponsor*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			d.Map(plan.RootRoles).SetMap(tx, "cfo").Set(tx, plan.RoleTitle, "CFO")
		}, "Ben (seller) added the role *CFO*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootRoles).Delete(tx, "cfo") }, "Ben (seller) removed the role *CFO*"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			text, _ := d.Map(plan.RootCase).Text(plan.CaseMetric)
			text.Insert(tx, 0, "Wrong invoices", nil)
		}, "Ben (seller) edited the metric of the business case"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m := d.Map(plan.RootMetrics).SetMap(tx, "m1")
			m.SetText(tx, plan.MetricName).Insert(tx, 0, "Overpaid freight", nil)
			m.SetText(tx, plan.MetricTarget)
		}, "Dana (buyer) added the success metric *Overpaid freight*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootMetrics).Map("m1")
			m.Set(tx, plan.MetricDate, "2026-09-30")
		}, "Dana (buyer) set the date of the success metric *Overpaid freight* to 30 Sep"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootMetrics).Map("m1")
			m.Set(tx, plan.MetricRole, "champion")
		}, "Dana (buyer) made *Inside sponsor* answer for the success metric *Overpaid freight*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootMetrics).Map("m1")
			m.Set(tx, plan.MetricOrd, "W")
		}, "Dana (buyer) moved the success metric *Overpaid freight* within the table"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootMetrics).Map("m1")
			x, _ := m.Text(plan.MetricTarget)
			x.Insert(tx, 0, "0.3 %", nil)
		}, "Dana (buyer) edited the target of the success metric *Overpaid freight*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootMetrics).Map("m1")
			m.Set(tx, plan.MetricDel, "2026-03-03T10:00:00.000Z")
		}, "Dana (buyer) removed the success metric *Overpaid freight*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			m, _ := d.Map(plan.RootMetrics).Map("m1")
			m.Delete(tx, plan.MetricDel)
		}, "Dana (buyer) restored the success metric *Overpaid freight*"},
		{danas, put("platform-demo", plan.NodeOutcome, "m1"), "Dana (buyer) linked *Platform demo* to the success metric *Overpaid freight*"},
		{danas, put("platform-demo", plan.NodeOutcome, plan.OutcomeOfCase), "Dana (buyer) linked *Platform demo* to the outcome of the business case"},
		{danas, clear("platform-demo", plan.NodeOutcome), "Dana (buyer) linked *Platform demo* to no outcome"},
		{bens, root(plan.RootDismissed, "stale", "2026-03-03T10:00:00.000Z"), "Ben (seller) dismissed a suggestion"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootDismissed).Delete(tx, "stale") }, "Ben (seller) brought back a suggestion"},
		{bens, root(plan.RootMeta, plan.MetaProfile, "renewal"), "Ben (seller) changed what kind of plan this is"},
		{bens, root(plan.RootMeta, plan.MetaCurrency, "SEK"), "Ben (seller) counts money in SEK now"},
		{bens, root("somethingElse", "x", 1), "Ben (seller) changed “somethingElse”"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			for _, id := range []string{"kick-off-call", "admin-training", "first-value-review", "contract-sign-off"} {
				n(d, id).Set(tx, plan.NodeDue, "2026-09-01")
			}
		}, "Ben (seller) moved the dates of 4 steps: *Admin training*, *Contract sign-off*, *First-value review* and 1 more"},
		{bens, func(d *crdt.Doc, tx *crdt.Tx) {
			d.Map(plan.RootMeta).Set(tx, plan.MetaStatus, plan.PlanPaused)
			n(d, "kick-off-call").Set(tx, plan.NodeStatus, plan.StatusBlocked)
			n(d, "admin-training").Set(tx, plan.NodeStatus, plan.StatusBlocked)
		}, "Ben (seller) set the plan to paused and made 2 more changes"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			for _, id := range []string{"n1", "n2", "n3"} {
				plan.WriteNode(tx, d.Map(plan.RootNodes), plan.NewNode{ID: id, Kind: plan.KindTask, Parent: "evaluation", Ord: "z", Title: id})
			}
		}, "Dana (buyer) added 3 steps: *n1*, *n2* and *n3*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			for _, id := range []string{"n1", "n2", "n3"} {
				n(d, id).Set(tx, plan.NodeDel, "2026-03-03T10:00:00.000Z")
			}
		}, "Dana (buyer) deleted 3 steps: *n1*, *n2* and *n3*"},
		{danas, func(d *crdt.Doc, tx *crdt.Tx) {
			n(d, "n1").Delete(tx, plan.NodeDel)
			n(d, "n2").Delete(tx, plan.NodeDel)
			n(d, "n3").Set(tx, plan.NodeDel, "2026-03-04T10:00:00.000Z")
		}, "Dana (buyer) restored *n1* and made 2 more changes"},
	} {
		if got := w.tellEdit(c.who, c.do).Sentence; got != c.want {
			t.Errorf("got:  %s\nwant: %s", got, c.want)
		}
	}
}

func TestSentencesOfComments(t *testing.T) {
	w := newWorld(t, 1, "quick-start")
	w.tellEdit(2, func(d *crdt.Doc, tx *crdt.Tx) {
		d.XMLFragment(plan.RootSummary).Get(1).(crdt.XMLElement).Get(0).(crdt.XMLText).Insert(tx, 0, "We move 14,000 shipments a month.", nil)
	})
	for _, c := range []struct {
		by      journal.Actor
		command string
		args    any
		want    string
	}{
		{marcus, plan.CommandCommentAdd, plan.CommentAddArgs{ID: "t1", Msg: "m1", Body: "Really?", Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: plan.RootSummary, Quote: "14,000 shipments"}},
			"Marcus (champion) commented on “14,000 shipments”"},
		{ben, plan.CommandCommentReply, plan.CommentArgs{Thread: "t1", Msg: "m2", Body: "Yes."}, "Ben (seller) replied to the comment on “14,000 shipments”"},
		{ben, plan.CommandCommentEdit, plan.CommentArgs{Thread: "t1", Msg: "m2", Body: "Indeed."}, "Ben (seller) edited a comment on “14,000 shipments”"},
		{dana, plan.CommandCommentResolve, plan.CommentArgs{Thread: "t1"}, "Dana (buyer) resolved the comment on “14,000 shipments”"},
		{dana, plan.CommandCommentReopen, plan.CommentArgs{Thread: "t1"}, "Dana (buyer) reopened the comment on “14,000 shipments”"},
		{ben, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t1", Msg: "m2"}, "Ben (seller) deleted a comment on “14,000 shipments”"},
		{marcus, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t1", Msg: "m1"}, "Marcus (champion) deleted a comment on “14,000 shipments”"},
		{dana, plan.CommandCommentAdd, plan.CommentAddArgs{ID: "t2", Body: "Who?", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "demo"}}, "Dana (buyer) commented on *Demo on your own data*"},
		{dana, plan.CommandCommentAdd, plan.CommentAddArgs{ID: "t3", Body: "Who?", Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: plan.NodeNote, Node: "demo", Quote: "your people"}},
			"Dana (buyer) commented on “your people” in *Demo on your own data*"},
	} {
		w.command(c.by, c.command, c.args)
		item := w.tellLast()
		if item.Sentence != c.want {
			t.Errorf("got:  %s\nwant: %s", item.Sentence, c.want)
		}
		if item.Kind != journal.KindCommand || item.What != c.command {
			t.Errorf("%s is told as %s %s", c.command, item.Kind, item.What)
		}
	}
	w.command(ben, plan.CommandCommentResolve, plan.CommentArgs{Thread: "t2"})
	w.command(ben, plan.CommandCommentReply, plan.CommentArgs{Thread: "t2", Body: "Me."})
	if got := w.tellLast().Sentence; got != "Ben (seller) reopened the comment on *Demo on your own data* and replied to the comment on *Demo on your own data*" {
		t.Errorf("a reply to a resolved thread: %s", got)
	}
}

// A repair says what it put right, and of fresh keys only that nothing moved.
func TestSentencesOfRepairs(t *testing.T) {
	w := newWorld(t, 1, "quick-start")
	ring := func(tx *crdt.Tx) error { // what two nodes may bring about together
		for id, parent := range map[string]string{"goal": "demo", "demo": "goal"} {
			m, _ := w.server.Map(plan.RootNodes).Map(id)
			m.Set(tx, plan.NodeParent, parent)
		}
		return nil
	}
	long := func(tx *crdt.Tx) error {
		m, _ := w.server.Map(plan.RootNodes).Map("terms")
		m.Set(tx, plan.NodeOrd, strings.Repeat("z", plan.MaxOrdKept+1))
		return nil
	}
	coplan := journal.Actor{ID: "system", Name: "Coplan", Role: "system", Via: "system"}
	for _, c := range []struct {
		breaks func(tx *crdt.Tx) error
		want   string
	}{
		{ring, "Coplan put *Demo on your own data* at the top level: two people had moved steps into each other"},
		{long, "Coplan tidied how the order is stored; nothing moved"},
	} {
		w.serverEdit(ben, journal.KindSystem, "test", c.breaks)
		w.serverEdit(coplan, journal.KindSystem, plan.WhatRepair, func(tx *crdt.Tx) error { plan.Repair(w.server, tx); return nil })
		if got := w.tellLast().Sentence; got != c.want {
			t.Errorf("got:  %s\nwant: %s", got, c.want)
		}
	}
}

// An edit of rich text keeps the words that were written.
func TestChangesHoldWhatWasWritten(t *testing.T) {
	w := newWorld(t, 1, "quick-start")
	item := w.tellEdit(2, func(d *crdt.Doc, tx *crdt.Tx) {
		f := d.XMLFragment(plan.RootSummary)
		f.Get(0).(crdt.XMLElement).Get(0).(crdt.XMLText).Insert(tx, 0, "First: ", nil)
		f.Get(1).(crdt.XMLElement).Get(0).(crdt.XMLText).Insert(tx, 0, "We move 14,000 shipments.", nil)
	})
	if len(item.Changes) != 1 || item.Changes[0].New != "First: We move 14,000 shipments." {
		t.Errorf("changes %+v", item.Changes)
	}
}

// A long title or comment does not make a long sentence, and line ends don't
// break it.
func TestSentencesStayShort(t *testing.T) {
	w := newWorld(t, 1, "quick-start")
	item := w.tellEdit(0, func(d *crdt.Doc, tx *crdt.Tx) {
		m, _ := d.Map(plan.RootNodes).Map("demo")
		x, _ := m.Text(plan.NodeTitle)
		x.Insert(tx, 0, strings.Repeat("very\nlong ", 300), nil)
	})
	if n := len([]rune(item.Sentence)); n > 200 || strings.Contains(item.Sentence, "\n") {
		t.Errorf("%d characters: %s", n, item.Sentence)
	}
	if new, _ := item.Changes[0].New.(string); len(new) < 3000 {
		t.Errorf("the change itself holds %d bytes of the title", len(new))
	}
}

// A document that is no plan is told about too.
func TestSentencesOfFreeDocuments(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1})
	var update []byte
	d.OnUpdate(func(u []byte, _ any) { update = u })
	d.Transact(nil, func(tx *crdt.Tx) { d.Text("notes").Insert(tx, 0, "hello", nil) })
	p := replay.New(crdt.New(crdt.Options{}))
	item, err := p.Apply(journal.Stored{Seq: 1, Entry: journal.Entry{Actor: journal.Actor{Name: "bot", Via: "token"}, Update: update}})
	if err != nil || item.Sentence != "bot changed “notes”" {
		t.Errorf("%q, %v", item.Sentence, err)
	}
	item, err = p.Apply(journal.Stored{Seq: 2, Entry: journal.Entry{Actor: journal.Actor{Role: "system"}, Update: update}})
	if err != nil || item.Sentence != "Coplan made an edit that changed nothing visible" || len(item.Changes) != 0 {
		t.Errorf("the same update again: %q, %v", item.Sentence, err)
	}
	if _, err = p.Apply(journal.Stored{Seq: 3, Entry: journal.Entry{Update: []byte{1, 2, 3}}}); err == nil || !strings.Contains(err.Error(), "entry 3") {
		t.Errorf("a broken update: %v", err)
	}
	if got := p.Doc().Text("notes").String(); got != "hello" {
		t.Errorf("after a broken update the document holds %q", got)
	}
}

func TestAtBounds(t *testing.T) {
	w := newWorld(t, 1, "blank")
	first := w.last
	w.tellEdit(0, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, "Second") })
	ctx := context.Background()
	for seq, title := range map[uint64]string{first: "Northwind × Acme", w.last: "Second", 0: "Second"} {
		d, err := replay.At(ctx, w.j, doc, seq)
		if err != nil || plan.Read(d).Title != title {
			t.Errorf("at %d: %v, want the title %q", seq, err, title)
		}
	}
	for why, err := range map[string]error{
		"beyond the end":  second(replay.At(ctx, w.j, doc, w.last+1)),
		"another plan":    second(replay.At(ctx, w.j, "plan/nope", 0)),
		"another's entry": second(replay.At(ctx, w.j, "plan/nope", 1)),
	} {
		if !errors.Is(err, replay.ErrNoEntry) {
			t.Errorf("%s: %v, want ErrNoEntry", why, err)
		}
	}
	if items, next, err := replay.History(ctx, w.j, "plan/nope", 0, 0, 0); err != nil || len(items) != 0 || next != 0 {
		t.Errorf("history of another plan: %v, %d, %v", items, next, err)
	}
}

func second(_ *crdt.Doc, err error) error { return err }

// A snapshot whose state does not decode is passed over.
func TestBrokenSnapshot(t *testing.T) {
	w := newWorld(t, 1, "blank")
	w.snapshot("v1")
	w.tellEdit(0, func(d *crdt.Doc, tx *crdt.Tx) { d.Map(plan.RootMeta).Set(tx, plan.MetaTitle, "Second") })
	err := w.j.PutSnapshot(context.Background(), journal.Snapshot{
		Doc: doc, Seq: w.last, Ordinal: uint64(len(w.live)), Epoch: 1, Edge: w.edge.Marshal(), Format: "v1", State: []byte("not a state"),
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := replay.At(context.Background(), w.j, doc, 0)
	if err != nil || plan.Read(d).Title != "Second" {
		t.Errorf("with a broken snapshot: %v", err)
	}
}

// Every message that a page says in its reader's language can be said here too.
func TestMessagesAreWellFormed(t *testing.T) {
	for id, text := range replay.InEnglish() {
		if strings.ContainsAny(text, "{}") || strings.TrimSpace(text) == "" {
			t.Errorf("%s: %q", id, text)
		}
	}
}
