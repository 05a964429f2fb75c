package plan

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	"coplan/crdt"
)

// CommentAddArgs are the arguments of CommentAdd.
type CommentAddArgs struct {
	ID       string        `json:"id,omitempty"`  // thread id; made up when empty
	Msg      string        `json:"msg,omitempty"` // id of the first message; made up when empty
	Anchor   CommentAnchor `json:"anchor"`
	Body     string        `json:"body"`
	Mentions []string      `json:"mentions,omitempty"` // person ids
}

// CommentAnchor says what a comment is about. For AnchorText, From and To are
// relative positions in the JSON form of Yjs; Quote, Prefix and Suffix are what
// the person saw there, by which the range is found again when the positions
// lead nowhere. For AnchorOnNode, Field may name one field of the node.
type CommentAnchor struct {
	Kind   string          `json:"kind"`
	Field  string          `json:"field,omitempty"`
	Node   string          `json:"node,omitempty"`
	From   json.RawMessage `json:"from,omitempty"`
	To     json.RawMessage `json:"to,omitempty"`
	Quote  string          `json:"quote,omitempty"`
	Prefix string          `json:"prefix,omitempty"`
	Suffix string          `json:"suffix,omitempty"`
}

// CommentArgs are the arguments of the other comment commands: Thread always;
// Msg for edit and delete, and optionally as the id of a reply; Body and
// Mentions for reply and edit.
type CommentArgs struct {
	Thread   string   `json:"thread"`
	Msg      string   `json:"msg,omitempty"`
	Body     string   `json:"body,omitempty"`
	Mentions []string `json:"mentions,omitempty"`
}

// CommentResult names what a comment command wrote.
type CommentResult struct {
	Thread string `json:"thread"`
	Msg    string `json:"msg,omitempty"`
}

// CommentAdd opens a thread on a range of the summary or of a note, or on a
// node. Arguments: CommentAddArgs. The range is marked in the text by the
// server, so a person who may comment needs no right to edit. The same comment
// under the same ids again changes nothing and has the same result.
func CommentAdd(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	var in CommentAddArgs
	if err := decodeArgs(args, &in); err != nil {
		return nil, err
	}
	body, err := checkBody(in.Body)
	if err != nil {
		return nil, err
	}
	threads := d.Map(RootThreads)
	switch {
	case in.ID != "" && !ValidID(in.ID):
		return nil, refuse(CodeInvalid, "id", "The thread id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(in.ID))
	case in.Msg != "" && !ValidID(in.Msg):
		return nil, refuse(CodeInvalid, "msg", "The message id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(in.Msg))
	case openedAlready(threads, in, by, body):
		return CommentResult{Thread: in.ID, Msg: in.Msg}, nil
	case in.ID != "" && threads.Has(in.ID):
		return nil, refuse(CodeConflict, "id", "There is a comment thread “%s” already.", in.ID)
	case threads.Len() >= MaxThreads:
		return nil, refuse(CodeFull, "threads", "This plan has %d comment threads, which is as many as a plan can hold.", threads.Len())
	}
	if err := checkMentions(in.Mentions); err != nil {
		return nil, err
	}
	id, msg := orNewID(in.ID), orNewID(in.Msg)
	var target ThreadTarget
	var mark func()
	switch in.Anchor.Kind {
	case AnchorText:
		target, mark, err = textTarget(d, tx, in.Anchor, id)
	case AnchorOnNode:
		target, err = nodeTarget(d, in.Anchor)
	default:
		err = refuse(CodeInvalid, "anchor.kind", "A comment is about “text” or about a “node”, not “%s”.", clip(in.Anchor.Kind))
	}
	if err != nil {
		return nil, err
	}

	if mark != nil {
		mark()
	}
	t := threads.SetMap(tx, id)
	t.Set(tx, ThreadAnchor, target.stored())
	if by.Side != "" {
		t.Set(tx, ThreadSide, by.Side)
	}
	t.Set(tx, ThreadBy, by.stored())
	t.Set(tx, ThreadAt, Stamp(now))
	writeMessage(tx, t.SetMap(tx, ThreadMsgs), msg, by, now, body, in.Mentions)
	return CommentResult{Thread: id, Msg: msg}, nil
}

// CommentReply adds a message to a thread; a resolved thread is open again
// after it. Arguments: CommentArgs with Thread and Body.
func CommentReply(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	in, thread, msgs, err := openThread(d, args)
	if err != nil {
		return nil, err
	}
	body, err := checkBody(in.Body)
	if err != nil {
		return nil, err
	}
	if err := checkMentions(in.Mentions); err != nil {
		return nil, err
	}
	switch {
	case in.Msg != "" && !ValidID(in.Msg):
		return nil, refuse(CodeInvalid, "msg", "The message id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(in.Msg))
	case saidAlready(msgs, in.Msg, by, body):
		return CommentResult{Thread: in.Thread, Msg: in.Msg}, nil
	case in.Msg != "" && msgs.Has(in.Msg):
		return nil, refuse(CodeConflict, "msg", "There is a message “%s” in this thread already.", in.Msg)
	case msgs.Len() >= MaxMessages:
		return nil, refuse(CodeFull, "thread", "This thread has %d messages, which is as many as a thread can hold; open a new one.", msgs.Len())
	}

	msg := orNewID(in.Msg)
	writeMessage(tx, msgs, msg, by, now, body, in.Mentions)
	if thread.Has(ThreadResolved) {
		thread.Delete(tx, ThreadResolved)
	}
	return CommentResult{Thread: in.Thread, Msg: msg}, nil
}

// CommentResolve settles a thread; it stays readable, and its mark stays in the
// text. Arguments: CommentArgs with Thread.
func CommentResolve(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	in, thread, _, err := openThread(d, args)
	if err != nil {
		return nil, err
	}
	if thread.Has(ThreadResolved) {
		return nil, refuse(CodeConflict, "thread", "This thread is resolved already.")
	}
	thread.Set(tx, ThreadResolved, map[string]any{ThreadBy: by.stored(), ThreadAt: Stamp(now)})
	return CommentResult{Thread: in.Thread}, nil
}

// CommentReopen opens a resolved thread again. Arguments: CommentArgs with
// Thread.
func CommentReopen(d *crdt.Doc, tx *crdt.Tx, _ Person, _ time.Time, args json.RawMessage) (any, error) {
	in, thread, _, err := openThread(d, args)
	if err != nil {
		return nil, err
	}
	if !thread.Has(ThreadResolved) {
		return nil, refuse(CodeConflict, "thread", "This thread is open already.")
	}
	thread.Delete(tx, ThreadResolved)
	return CommentResult{Thread: in.Thread}, nil
}

// CommentEdit changes the words of one's own message. Arguments: CommentArgs
// with Thread, Msg and Body.
func CommentEdit(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	in, _, msgs, err := openThread(d, args)
	if err != nil {
		return nil, err
	}
	m, err := ownMessage(msgs, in, by)
	if err != nil {
		return nil, err
	}
	body, err := checkBody(in.Body)
	if err != nil {
		return nil, err
	}
	if err := checkMentions(in.Mentions); err != nil {
		return nil, err
	}
	m.Set(tx, MsgBody, body)
	m.Set(tx, MsgEditedAt, Stamp(now))
	if in.Mentions != nil {
		m.Set(tx, MsgMentions, anySlice(in.Mentions))
	}
	return CommentResult{Thread: in.Thread, Msg: in.Msg}, nil
}

// CommentDelete takes back one's own message: its words go, its place stays.
// With the last message the thread disappears, and its mark with it.
// Arguments: CommentArgs with Thread and Msg.
func CommentDelete(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	in, thread, msgs, err := openThread(d, args)
	if err != nil {
		return nil, err
	}
	m, err := ownMessage(msgs, in, by)
	if err != nil {
		return nil, err
	}
	m.Set(tx, MsgBody, "")
	m.Set(tx, MsgDeletedAt, Stamp(now))
	if !hasLiveMessage(msgs) {
		target := (&reader{}).fields(thread, "").target()
		if f, ok := richField(d, target.Field, target.Node); ok {
			unmark(tx, f, in.Thread)
		}
	}
	return CommentResult{Thread: in.Thread, Msg: in.Msg}, nil
}

// textTarget resolves the range of a text anchor. It returns what to store and
// the function that marks the range; nothing is written before that is called.
func textTarget(d *crdt.Doc, tx *crdt.Tx, a CommentAnchor, thread string) (ThreadTarget, func(), error) {
	none := ThreadTarget{}
	switch {
	case a.Field != RootSummary && a.Field != NodeNote:
		return none, nil, refuse(CodeInvalid, "anchor.field", "Words can be commented on in the “summary” or in the “note” of a step, not in “%s”.", clip(a.Field))
	case a.Field == RootSummary && a.Node != "":
		return none, nil, refuse(CodeInvalid, "anchor.node", "The summary belongs to no step, but the step “%s” was named.", clip(a.Node))
	case a.Field == NodeNote:
		if err := checkNode(d, a.Node); err != nil {
			return none, nil, err
		}
	}
	f, ok := richField(d, a.Field, a.Node)
	if !ok {
		return none, nil, refuse(CodeNotFound, "anchor.node", "This step has no description to comment on.")
	}
	l := layOut(f)
	from, okFrom, err := placeOf(d, l, a.From, "anchor.from")
	if err != nil {
		return none, nil, err
	}
	to, okTo, err := placeOf(d, l, a.To, "anchor.to")
	if err != nil {
		return none, nil, err
	}
	if from > to {
		from, to = to, from
	}
	if !okFrom || !okTo || !l.marks(from, to) {
		if from, to, ok = l.find(a.Quote, a.Prefix, a.Suffix); !ok {
			if a.Quote == "" {
				return none, nil, refuse(CodeInvalid, "anchor", "Select the words you want to comment on.")
			}
			return none, nil, refuse(CodeNotFound, "anchor", "The words you selected, “%s”, are not there any more; select others.", clip(a.Quote))
		}
	}
	if !l.marks(from, to) {
		return none, nil, refuse(CodeInvalid, "anchor", "Select the words you want to comment on.")
	}
	target := ThreadTarget{
		Kind:   AnchorText,
		Field:  a.Field,
		Node:   a.Node,
		Quote:  sliceUTF16(l.words, from, min(to, from+MaxQuote)),
		Prefix: sliceUTF16(l.words, max(0, from-contextUnits), from),
		Suffix: sliceUTF16(l.words, to, to+contextUnits),
	}
	return target, func() { l.mark(tx, from, to, thread) }, nil
}

// placeOf resolves one end of a range. ok is false when the position leads
// nowhere in this text (any more).
func placeOf(d *crdt.Doc, l *layout, position json.RawMessage, where string) (place int, ok bool, err error) {
	if len(position) == 0 || string(position) == "null" {
		return 0, false, nil
	}
	var rel crdt.RelativePosition
	if err := json.Unmarshal(position, &rel); err != nil {
		return 0, false, refuse(CodeInvalid, where, "%s is not a relative position as Yjs writes it in JSON: %v.", where, err)
	}
	t, index, ok := d.ResolvePosition(rel)
	if !ok {
		return 0, false, nil
	}
	place, ok = l.place(t, index)
	return place, ok, nil
}

// nodeFields are the fields of a node that a comment can be about.
var nodeFields = []string{
	"", NodeTitle, NodeNote, NodeWhy, NodeStatus, NodeSide, NodeDue, NodeStart, NodeDays,
	NodeOwners, NodeAfter, NodeLinks, NodeGate, NodeOutcome,
}

func nodeTarget(d *crdt.Doc, a CommentAnchor) (ThreadTarget, error) {
	if err := checkNode(d, a.Node); err != nil {
		return ThreadTarget{}, err
	}
	if !oneOf(a.Field, nodeFields) {
		return ThreadTarget{}, refuse(CodeInvalid, "anchor.field", "A step has no field “%s” to comment on.", clip(a.Field))
	}
	head, _ := ReadHead(d, a.Node)
	return ThreadTarget{Kind: AnchorOnNode, Node: a.Node, Field: a.Field, Quote: sliceUTF16(head.Title, 0, MaxQuote)}, nil
}

func checkNode(d *crdt.Doc, id string) error {
	if id == "" {
		return refuse(CodeInvalid, "anchor.node", "The step to comment on was not named.")
	}
	head, ok := ReadHead(d, id)
	if !ok {
		return refuse(CodeNotFound, "anchor.node", "There is no step “%s” in this plan.", clip(id))
	}
	if head.Deleted {
		return refuse(CodeNotFound, "anchor.node", "“%s” was deleted; restore it to comment on it.", clip(orUntitled(head.Title)))
	}
	return nil
}

func openThread(d *crdt.Doc, args json.RawMessage) (in CommentArgs, thread, msgs crdt.Map, err error) {
	if err := decodeArgs(args, &in); err != nil {
		return in, thread, msgs, err
	}
	if in.Thread == "" {
		return in, thread, msgs, refuse(CodeInvalid, "thread", "The comment thread was not named.")
	}
	thread, ok := d.Map(RootThreads).Map(in.Thread)
	if ok {
		msgs, ok = thread.Map(ThreadMsgs)
	}
	if !ok || !hasLiveMessage(msgs) {
		return in, thread, msgs, refuse(CodeNotFound, "thread", "There is no comment thread “%s” in this plan (any more).", clip(in.Thread))
	}
	return in, thread, msgs, nil
}

func hasLiveMessage(msgs crdt.Map) bool {
	live := false
	msgs.Range(func(_ string, v any) bool {
		m, ok := v.(crdt.Map)
		live = ok && (&reader{}).fields(m, "").text(MsgDeletedAt) == ""
		return !live
	})
	return live
}

func ownMessage(msgs crdt.Map, in CommentArgs, by Person) (crdt.Map, error) {
	if in.Msg == "" {
		return crdt.Map{}, refuse(CodeInvalid, "msg", "The message was not named.")
	}
	m, ok := msgs.Map(in.Msg)
	f := (&reader{}).fields(m, "")
	if !ok || f.text(MsgDeletedAt) != "" {
		return crdt.Map{}, refuse(CodeNotFound, "msg", "There is no message “%s” in this thread (any more).", clip(in.Msg))
	}
	if author := f.person(MsgBy); author.ID != by.ID {
		return crdt.Map{}, refuse(CodeForbidden, "msg", "Only %s can change this message.", orSomeone(author.Name))
	}
	return m, nil
}

func orSomeone(name string) string {
	if name == "" {
		return "its author"
	}
	return name
}

func writeMessage(tx *crdt.Tx, msgs crdt.Map, id string, by Person, now time.Time, body string, mentions []string) {
	m := msgs.SetMap(tx, id)
	m.Set(tx, MsgBy, by.stored())
	m.Set(tx, MsgAt, Stamp(now))
	m.Set(tx, MsgBody, body)
	if len(mentions) > 0 {
		m.Set(tx, MsgMentions, anySlice(mentions))
	}
}

// saidAlready says whether the message is there as the command would write it:
// whoever got no answer sends the command again under the same ids.
func saidAlready(msgs crdt.Map, id string, by Person, body string) bool {
	m, ok := msgs.Map(id)
	f := (&reader{}).fields(m, "")
	return ok && f.person(MsgBy).ID == by.ID && f.text(MsgBody) == body
}

// openedAlready is saidAlready for a thread's first message.
func openedAlready(threads crdt.Map, in CommentAddArgs, by Person, body string) bool {
	thread, ok := threads.Map(in.ID)
	if !ok {
		return false
	}
	msgs, ok := thread.Map(ThreadMsgs)
	return ok && saidAlready(msgs, in.Msg, by, body)
}

func checkBody(body string) (string, error) {
	body = strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
	switch n := lenUTF16(body); {
	case n == 0:
		return "", refuse(CodeInvalid, "body", "The comment is empty.")
	case n > MaxCommentBody:
		return "", refuse(CodeInvalid, "body", "The comment is %d characters long; at most %d are kept.", n, MaxCommentBody)
	}
	return body, nil
}

func checkMentions(ids []string) error {
	if len(ids) > MaxMentions {
		return refuse(CodeInvalid, "mentions", "The comment mentions %d people; at most %d can be mentioned at once.", len(ids), MaxMentions)
	}
	for _, id := range ids {
		if !ValidID(id) {
			return refuse(CodeInvalid, "mentions", "“%s” is not the id of a person.", clip(id))
		}
	}
	return nil
}

func decodeArgs(args json.RawMessage, into any) error {
	err := json.Unmarshal(args, into)
	if err == nil {
		return nil
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		if wrong.Field == "" {
			return refuse(CodeInvalid, "args", "The command's arguments should be a JSON object.")
		}
		return refuse(CodeInvalid, wrong.Field, "“%s” should be %s, not a %s.", wrong.Field, kindWords(wrong.Type), wrong.Value)
	}
	return refuse(CodeInvalid, "args", "The command's arguments are not JSON: %v.", err)
}

// kindWords says what JSON becomes a type.
func kindWords(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

func (p Person) stored() map[string]any {
	return map[string]any{PersonID: p.ID, PersonName: p.Name, PersonRole: p.Role, PersonSide: p.Side}
}

func (t ThreadTarget) stored() map[string]any {
	m := map[string]any{AnchorKind: t.Kind, AnchorField: t.Field, AnchorQuote: t.Quote, AnchorPrefix: t.Prefix, AnchorSuffix: t.Suffix}
	if t.Node != "" {
		m[AnchorNode] = t.Node
	}
	return m
}

func anySlice(list []string) []any {
	out := make([]any, 0, len(list))
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// orNewID returns id, or a random one when it is empty: 60 bits, so that two
// never meet in one plan.
func orNewID(id string) string {
	if id == "" {
		id = strings.ToLower(rand.Text()[:12])
	}
	return id
}
