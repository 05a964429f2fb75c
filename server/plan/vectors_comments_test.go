package plan_test

import (
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/server/plan"
)

const sentence = "We move 14,000 shipments 🚚 a month with 62 carriers."

// commentedPlan has one sentence in the summary's block 1.
func commentedPlan(t *testing.T) *crdt.Doc {
	d := newPlan(t, "quick-start")
	edit(t, d, func(tx *crdt.Tx) { summaryText(t, d, 1).Insert(tx, 0, sentence, nil) })
	return d
}

// units is where words begin and end in the sentence, in UTF-16 units.
func unitsOf(t *testing.T, words string) (from, to int) {
	t.Helper()
	before, _, ok := strings.Cut(sentence, words)
	if !ok {
		t.Fatalf("%q is not in the sentence", words)
	}
	from = plan.LenUTF16(before)
	return from, from + plan.LenUTF16(words)
}

// commentOn opens a thread on words of the sentence as the given person.
func commentOn(t *testing.T, d *crdt.Doc, by plan.Person, minute int, id, words, body string) {
	t.Helper()
	from, to := unitsOf(t, words)
	run(t, d, by, minute, plan.CommandCommentAdd, plan.CommentAddArgs{
		ID: id, Msg: id + "-1", Anchor: textAnchor(t, d, 1, from, to), Body: body,
	})
}

func commentsPlan(t *testing.T) *crdt.Doc {
	d := commentedPlan(t)
	commentOn(t, d, marcus, 1, "t-shipments", "14,000 shipments 🚚 a month", "Of last year?")
	commentOn(t, d, dana, 2, "t-month", "🚚 a month with", "Including air freight.")
	commentOn(t, d, dana, 3, "t-inside", "month", "Calendar month?")
	commentOn(t, d, ben, 4, "t-gone", "62 carriers", "All of them?")
	commentOn(t, d, ben, 5, "t-deleted", "We move", "Who is we?")
	run(t, d, dana, 6, plan.CommandCommentAdd, plan.CommentAddArgs{
		ID: "t-node", Msg: "t-node-1", Body: "Who comes?", Mentions: []string{"p-ben", "p-marcus"},
		Anchor: plan.CommentAnchor{Kind: plan.AnchorOnNode, Node: "demo", Field: plan.NodeDue},
	})
	run(t, d, marcus, 7, plan.CommandCommentAdd, plan.CommentAddArgs{
		ID: "t-note", Msg: "t-note-1", Body: "Which people?",
		Anchor: plan.CommentAnchor{Kind: plan.AnchorText, Field: plan.NodeNote, Node: "demo", Quote: "your people"},
	})
	run(t, d, ben, 8, plan.CommandCommentReply, plan.CommentArgs{Thread: "t-shipments", Msg: "t-shipments-2", Body: "Yes, from the audit."})
	run(t, d, marcus, 9, plan.CommandCommentReply, plan.CommentArgs{Thread: "t-shipments", Msg: "t-shipments-3", Body: "Thanks"})
	run(t, d, marcus, 10, plan.CommandCommentEdit, plan.CommentArgs{Thread: "t-shipments", Msg: "t-shipments-3", Body: "Thank you."})
	run(t, d, ben, 11, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t-shipments", Msg: "t-shipments-2"})
	run(t, d, dana, 12, plan.CommandCommentResolve, plan.CommentArgs{Thread: "t-month"})
	run(t, d, ben, 13, plan.CommandCommentDelete, plan.CommentArgs{Thread: "t-deleted", Msg: "t-deleted-1"})
	edit(t, d, func(tx *crdt.Tx) { // the words go, the thread stays
		from, to := unitsOf(t, "62 carriers")
		summaryText(t, d, 1).Delete(tx, from, to-from)
	})
	return d
}

func oddThreadsPlan(t *testing.T) *crdt.Doc {
	d := commentedPlan(t)
	commentOn(t, d, dana, 1, "t1", "62 carriers", "All of them?")
	commentOn(t, d, dana, 2, "t2", "shipments", "Air too?")
	commentOn(t, d, dana, 3, "t3", "month", "Calendar?")
	edit(t, d, func(tx *crdt.Tx) {
		threads := d.Map(plan.RootThreads)
		threads.Set(tx, "plain", "x")
		threads.SetMap(tx, "bare")
		t1, _ := threads.Map("t1")
		t1.Set(tx, plan.ThreadSide, "left")
		t1.Set(tx, plan.ThreadBy, "p-dana")
		t1.Set(tx, plan.ThreadAnchor, []any{})
		t1.Set(tx, plan.ThreadResolved, true)
		t2, _ := threads.Map("t2")
		t2.Set(tx, plan.ThreadBy, map[string]any{plan.PersonID: "p-dana", plan.PersonName: 5})
		t2.Set(tx, plan.ThreadResolved, map[string]any{})
		t2.Set(tx, plan.ThreadAt, 17)
		t2.Set(tx, plan.ThreadAnchor, map[string]any{plan.AnchorKind: plan.AnchorText, plan.AnchorField: "title", plan.AnchorNode: "demo"})
		msgs, _ := t2.Map(plan.ThreadMsgs)
		msgs.Set(tx, "plain", 1)
		m, _ := msgs.Map("t2-1")
		m.Set(tx, plan.MsgBody, nil)
		m.Set(tx, plan.MsgMentions, []any{"p-ben", 5, nil})
		m.Set(tx, plan.MsgEditedAt, false)
		t3, _ := threads.Map("t3")
		t3.Set(tx, plan.ThreadMsgs, "none")
	})
	return d
}
