package plan_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

// marked returns the words that carry the mark of a thread, joined.
func marked(v plan.View, thread string) string {
	var b strings.Builder
	var walk func(content []plan.Rich)
	walk = func(content []plan.Rich) {
		for _, r := range content {
			for _, m := range r.Marks {
				if m.Type == "comment" && m.Attrs["id"] == thread {
					b.WriteString(r.Text)
				}
			}
			walk(r.Content)
		}
	}
	walk(v.Summary)
	v.Walk(func(n *plan.Node) bool { walk(n.Note); return true })
	return b.String()
}

func threadOf(t *testing.T, v plan.View, id string) plan.Thread {
	t.Helper()
	for _, th := range v.Threads {
		if th.ID == id {
			return th
		}
	}
	t.Fatalf("there is no thread %s", id)
	return plan.Thread{}
}

func TestCommentOnText(t *testing.T) {
	d := commentedPlan(t)
	commentOn(t, d, marcus, 1, "t1", "shipments 🚚 a month", "Of last year?")
	v := plan.Read(d)
	if got := marked(v, "t1"); got != "shipments 🚚 a month" {
		t.Errorf("marked %q", got)
	}
	th := threadOf(t, v, "t1")
	prefix := "to achieve, and by when\nWe move 14,000 "
	want := plan.ThreadTarget{
		Kind: plan.AnchorText, Field: plan.RootSummary, Quote: "shipments 🚚 a month",
		Prefix: prefix[len(prefix)-32:], Suffix: " with 62 carriers.",
	}
	if th.Anchor != want {
		t.Errorf("anchor %+v\nwant   %+v", th.Anchor, want)
	}
	if th.Orphan || th.By != marcus || th.Side != "buyer" || th.At != "2026-03-02T09:01:00.000Z" || th.Resolved != nil {
		t.Errorf("thread %+v", th)
	}
	if len(th.Msgs) != 1 || th.Msgs[0].Body != "Of last year?" || th.Msgs[0].By != marcus {
		t.Errorf("messages %+v", th.Msgs)
	}
}

// Comments on overlapping ranges keep both marks, each under the key that an
// editor computes.
func TestCommentsOverlap(t *testing.T) {
	d := commentedPlan(t)
	commentOn(t, d, marcus, 1, "t1", "14,000 shipments", "One")
	commentOn(t, d, dana, 2, "t2", "shipments 🚚", "Two")
	v := plan.Read(d)
	if got := marked(v, "t1") + "|" + marked(v, "t2"); got != "14,000 shipments|shipments 🚚" {
		t.Errorf("marked %q", got)
	}
	keys := map[string]bool{}
	for _, op := range summaryText(t, d, 1).ToDelta() {
		for k := range op.Attributes {
			keys[k] = true
		}
	}
	if len(keys) != 2 || !keys[plan.CommentKey("t1")] || !keys[plan.CommentKey("t2")] {
		t.Errorf("formats %v", keys)
	}
}

// A selection across paragraphs marks the words in all of them.
func TestCommentAcrossParagraphs(t *testing.T) {
	d := newPlan(t, "blank")
	edit(t, d, func(tx *crdt.Tx) {
		f := d.XMLFragment(plan.RootSummary)
		f.Delete(tx, 0, f.Len())
		plan.WriteRich(tx, f, []plan.Rich{plan.Paragraph("first one"), plan.List("second one", ""), plan.Paragraph("third one")})
	})
	if layout, text := plan.LayOutWords(d.XMLFragment(plan.RootSummary)), plan.Read(d).SummaryText; layout != text {
		t.Errorf("anchors see %q, readers %q", layout, text)
	}
	first, third := summaryText(t, d, 0), summaryText(t, d, 2)
	run(t, d, dana, 1, plan.CommandCommentAdd, plan.CommentAddArgs{
		ID: "t1", Body: "Why three?",
		Anchor: plan.CommentAnchor{
			Kind: plan.AnchorText, Field: plan.RootSummary, // dragged from the end to the beginning
			From: position(t, third.RelativePosition(5, 0)), To: position(t, first.RelativePosition(6, 0)),
		},
	})
	v := plan.Read(d)
	if got := marked(v, "t1"); got != "onesecond onethird" {
		t.Errorf("marked %q", got)
	}
	if q := threadOf(t, v, "t1").Anchor.Quote; q != "one\nsecond one\n\nthird" {
		t.Errorf("quote %q", q)
	}
}

// Marks stay on their words through edits around them, and a paragraph that an
// editor re-creates takes them along.
func TestCommentSurvivesEdits(t *testing.T) {
	d := commentedPlan(t)
	commentOn(t, d, marcus, 1, "t1", "62 carriers", "All?")
	edit(t, d, func(tx *crdt.Tx) {
		text := summaryText(t, d, 1)
		text.Insert(tx, 0, "Today ", nil)
		text.Delete(tx, 6, 2) // We
		text.Insert(tx, 6, "our people", nil)
	})
	if got := marked(plan.Read(d), "t1"); got != "62 carriers" {
		t.Errorf("after edits before it: marked %q", got)
	}
	// What an editor does when a paragraph becomes a heading.
	edit(t, d, func(tx *crdt.Tx) {
		f := d.XMLFragment(plan.RootSummary)
		content := plan.ReadRich(f)[1].Content
		f.Delete(tx, 1, 1)
		plan.WriteRich(tx, f, []plan.Rich{{Type: "heading", Attrs: map[string]any{"level": 2}, Content: content}})
	})
	v := plan.Read(d)
	if got := marked(v, "t1"); got != "62 carriers" || threadOf(t, v, "t1").Orphan {
		t.Errorf("after it became a heading: marked %q, orphan %v", got, threadOf(t, v, "t1").Orphan)
	}
	if !summaryHasKey(t, d, 1, plan.CommentKey("t1")) {
		t.Error("the re-created text carries the mark under another key")
	}
	edit(t, d, func(tx *crdt.Tx) { d.XMLFragment(plan.RootSummary).Delete(tx, 1, 1) })
	if v := plan.Read(d); !threadOf(t, v, "t1").Orphan || threadOf(t, v, "t1").Anchor.Quote != "62 carriers" {
		t.Errorf("after its paragraph went: %+v", threadOf(t, v, "t1"))
	}
}

func summaryHasKey(t *testing.T, d *crdt.Doc, i int, key string) bool {
	t.Helper()
	for _, op := range summaryText(t, d, i).ToDelta() {
		if op.Attributes[key] != nil {
			return true
		}
	}
	return false
}

// Positions that lead nowhere any more are made good by the quote.
func TestCommentFoundByQuote(t *testing.T) {
	d := commentedPlan(t)
	edit(t, d, func(tx *crdt.Tx) { summaryText(t, d, 1).Insert(tx, 0, "62 carriers, that is it. ", nil) })
	for _, c := range []struct{ why, prefix, suffix, before string }{
		{"the first place when nothing tells them apart", "", "", "\n"},
		{"the place with the same words before", "a month with ", "", " with "},
		{"the place with the same words after", "", ", that is", "\n"},
		{"the place that fits better on the whole", "n trucks with ", ".", " with "},
	} {
		res := run(t, d, dana, 1, plan.CommandCommentAdd, plan.CommentAddArgs{Body: "?", Anchor: plan.CommentAnchor{
			Kind: plan.AnchorText, Field: plan.RootSummary, Quote: "62 carriers", Prefix: c.prefix, Suffix: c.suffix,
			From: json.RawMessage(`{"type":{"client":99,"clock":5},"item":{"client":99,"clock":9},"assoc":0}`),
		}})
		a := threadOf(t, plan.Read(d), res.Thread).Anchor
		if a.Quote != "62 carriers" || !strings.HasSuffix(a.Prefix, c.before) {
			t.Errorf("%s: found %+v", c.why, a)
		}
	}
}

func TestCommentLife(t *testing.T) {
	d := commentedPlan(t)
	commentOn(t, d, marcus, 1, "t1", "62 carriers", "All?")
	run(t, d, ben, 2, plan.CommandCommentReply, plan.CommentArgs{Thread: "t1", Msg: "m2", Body: " All of them.\r\nReally. ", Mentions: []string{"p-marcus"}})
	run(t, d, marcus, 3, plan.CommandCommentResolve, plan.CommentArgs{Thread: "t1"})
	th := threadOf(t, plan.Read(d), "t1")
	if th.Resolved == nil || th.Resolved.By != marcus || th.Resolved.At != "2026-03-02T09:03:00.000Z" {
		t.Errorf("resolved: %+v", th.Resolved)
	}
	if th.Msgs[1].Body != "All of them.\nReally." || th.Msgs[1].Mentions[0] != "p-marcus" {
		t.Errorf("reply: %+v", th.Msgs[1])
	}
	run(t, d, ben, 4, plan.CommandCommentReopen, plan.CommentArgs{Thread: "t1"})
	run(t, d, ben, 5, plan.CommandCommentResolve, plan.CommentArgs{Thread: "t1"})
	run(t, d, ben, 6, plan.CommandCommentEdit, plan.CommentArgs{Thread: "t1", Msg: "m2", Body: "Nearly all."})
	run(t, d, dana, 7, plan.CommandCommentReply, plan.CommentArgs{Thread: "t1", Msg: "m3", Body: "Which ones not?"})
	th = threadOf(t, plan.Read(d), "t1")
	if th.Resolved != nil {
		t.Error("a reply leaves the thread resolved")
	}
	if th.Msgs[1].Body != "Nearly all." || th.Msgs[1].EditedAt != "2026-03-02T09:06:00.000Z" {
		t.Errorf("edited: %+v", th.Msgs[1])
	}
	run(t, d, marcus, 8, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t1", Msg: "t1-1"})
	run(t, d, ben, 9, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t1", Msg: "m2"})
	if v := plan.Read(d); marked(v, "t1") == "" || threadOf(t, v, "t1").Msgs[0].Body != "" {
		t.Errorf("with one message left: marked %q, %+v", marked(v, "t1"), threadOf(t, v, "t1").Msgs)
	}
	run(t, d, dana, 10, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t1", Msg: "m3"})
	if v := plan.Read(d); marked(v, "t1") != "" || len(v.Threads) != 0 || v.SummaryText != "What we want to achieve, and by when\n"+sentence {
		t.Errorf("with none left: marked %q, %d threads, text %q", marked(v, "t1"), len(v.Threads), v.SummaryText)
	}
}

// Whoever got no answer sends again: nothing is said twice.
func TestCommentSentAgain(t *testing.T) {
	d := commentedPlan(t)
	from, to := unitsOf(t, "62 carriers")
	add := plan.CommentAddArgs{ID: "t1", Msg: "m1", Anchor: textAnchor(t, d, 1, from, to), Body: "All?"}
	reply := plan.CommentArgs{Thread: "t1", Msg: "m2", Body: "All."}
	first, answer := run(t, d, marcus, 1, plan.CommandCommentAdd, add), run(t, d, ben, 2, plan.CommandCommentReply, reply)
	run(t, d, marcus, 3, plan.CommandCommentResolve, plan.CommentArgs{Thread: "t1"})
	before := d.StateVector()
	if again := run(t, d, marcus, 4, plan.CommandCommentAdd, add); again != first {
		t.Errorf("the comment again: %+v, first %+v", again, first)
	}
	if again := run(t, d, ben, 5, plan.CommandCommentReply, reply); again != answer {
		t.Errorf("the reply again: %+v, first %+v", again, answer)
	}
	if th := threadOf(t, plan.Read(d), "t1"); !bytes.Equal(d.StateVector(), before) || len(th.Msgs) != 2 || th.Resolved == nil {
		t.Errorf("something was written: %+v", th)
	}
	_, err := try(t, d, ben, 6, plan.CommandCommentAdd, add)
	refused(t, "another person under the same ids", err, "id", "“t1” already")
	add.Body = "Some?"
	_, err = try(t, d, marcus, 7, plan.CommandCommentAdd, add)
	refused(t, "other words under the same ids", err, "id", "“t1” already")
}

func TestCommentRefusals(t *testing.T) {
	d := commentedPlan(t)
	commentOn(t, d, marcus, 1, "t1", "62 carriers", "All?")
	run(t, d, marcus, 2, plan.CommandCommentAdd, plan.CommentAddArgs{ID: "done", Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "demo"}})
	run(t, d, marcus, 3, plan.CommandCommentResolve, plan.CommentArgs{Thread: "done"})
	set(t, d, "goal", plan.NodeDel, "2026-03-03T10:00:00.000Z")
	onDemo := plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "demo"}
	from, to := unitsOf(t, "shipments")
	for _, c := range []struct {
		why, command, where, says string
		args                      any
	}{
		{"not JSON", plan.CommandCommentAdd, "args", "not JSON", json.RawMessage(`{"body":`)},
		{"a number for words", plan.CommandCommentAdd, "body", "“body” should be a string, not a number", json.RawMessage(`{"body":5}`)},
		{"nothing at all", plan.CommandCommentAdd, "body", "empty", json.RawMessage(`{}`)},
		{"blank words", plan.CommandCommentAdd, "body", "empty", plan.CommentAddArgs{Body: " \n ", Anchor: onDemo}},
		{"too many words", plan.CommandCommentAdd, "body", "4001 characters", plan.CommentAddArgs{Body: strings.Repeat("é", 4001), Anchor: onDemo}},
		{"an odd kind of anchor", plan.CommandCommentAdd, "anchor.kind", "not “page”", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: "page"}}},
		{"a bad thread id", plan.CommandCommentAdd, "id", "not usable", plan.CommentAddArgs{ID: "a b", Body: "x", Anchor: onDemo}},
		{"a thread id in use", plan.CommandCommentAdd, "id", "“t1” already", plan.CommentAddArgs{ID: "t1", Body: "x", Anchor: onDemo}},
		{"no step named", plan.CommandCommentAdd, "anchor.node", "not named", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode}}},
		{"an unknown step", plan.CommandCommentAdd, "anchor.node", "no step “nope”", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "nope"}}},
		{"a deleted step", plan.CommandCommentAdd, "anchor.node", "“Agree on the goal” was deleted", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "goal"}}},
		{"an unknown field", plan.CommandCommentAdd, "anchor.field", "no field “colour”", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "demo", Field: "colour"}}},
		{"words of a title", plan.CommandCommentAdd, "anchor.field", "not in “title”", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: "title", Node: "demo"}}},
		{"nothing selected", plan.CommandCommentAdd, "anchor", "Select the words", plan.CommentAddArgs{Body: "x", Anchor: textAnchor(t, d, 1, from, from)}},
		{"a broken position", plan.CommandCommentAdd, "anchor.from", "not a relative position", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: "summary", From: json.RawMessage(`"x"`)}}},
		{"words that are gone", plan.CommandCommentAdd, "anchor", "“lorries”, are not there", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: "summary", Quote: "lorries"}}},
		{"a selection in another text", plan.CommandCommentAdd, "anchor", "Select the words", plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{
			Kind: plan.AnchorText, Field: plan.NodeNote, Node: "demo", From: textAnchor(t, d, 1, from, to).From, To: textAnchor(t, d, 1, from, to).To}}},
		{"too many mentions", plan.CommandCommentAdd, "mentions", "51 people", plan.CommentAddArgs{Body: "x", Anchor: onDemo, Mentions: make([]string, 51)}},
		{"an odd mention", plan.CommandCommentAdd, "mentions", "“@ben” is not the id", plan.CommentAddArgs{Body: "x", Anchor: onDemo, Mentions: []string{"@ben"}}},
		{"a reply to nothing", plan.CommandCommentReply, "thread", "not named", plan.CommentArgs{Body: "x"}},
		{"a reply to an unknown thread", plan.CommandCommentReply, "thread", "no comment thread “t9”", plan.CommentArgs{Thread: "t9", Body: "x"}},
		{"an empty reply", plan.CommandCommentReply, "body", "empty", plan.CommentArgs{Thread: "t1"}},
		{"a message id in use", plan.CommandCommentReply, "msg", "“t1-1” in this thread already", plan.CommentArgs{Thread: "t1", Msg: "t1-1", Body: "x"}},
		{"resolving twice", plan.CommandCommentResolve, "thread", "resolved already", plan.CommentArgs{Thread: "done"}},
		{"reopening what is open", plan.CommandCommentReopen, "thread", "open already", plan.CommentArgs{Thread: "t1"}},
		{"another's words", plan.CommandCommentEdit, "msg", "Only Marcus Lindqvist can change", plan.CommentArgs{Thread: "t1", Msg: "t1-1", Body: "x"}},
		{"another's message", plan.CommandCommentDelete, "msg", "Only Marcus Lindqvist can change", plan.CommentArgs{Thread: "t1", Msg: "t1-1"}},
		{"no message named", plan.CommandCommentEdit, "msg", "not named", plan.CommentArgs{Thread: "t1", Body: "x"}},
		{"an unknown message", plan.CommandCommentDelete, "msg", "no message “m9”", plan.CommentArgs{Thread: "t1", Msg: "m9"}},
	} {
		_, err := try(t, d, ben, 5, c.command, c.args)
		refused(t, c.why, err, c.where, c.says)
	}
}

func TestCommentLimits(t *testing.T) {
	d := newPlan(t, "blank")
	edit(t, d, func(tx *crdt.Tx) {
		for i := range plan.MaxThreads {
			d.Map(plan.RootThreads).SetMap(tx, "t"+string(rune('0'+i%10))+strings.Repeat("x", i/10))
		}
	})
	_, err := try(t, d, ben, 1, plan.CommandCommentAdd, plan.CommentAddArgs{Body: "x", Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "stage-1"}})
	refused(t, "a thread too many", err, "threads", "1000 comment threads")
}
