package plan

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"coplan/crdt"
)

// Review is a call on which both sides went through the plan, as it was
// recorded when it was closed.
type Review struct {
	ID        string           `json:"id"`
	At        string           `json:"at"`
	By        Person           `json:"by"`   // who closed it
	Seq       int              `json:"seq"`  // position in the history up to which it looked
	Next      string           `json:"next"` // when the next one is, "" when nobody said
	People    []string         `json:"people"`
	Decisions []ReviewDecision `json:"decisions"`
}

// ReviewDecision is what a review decided. NodeTitle and Who are what the step
// and the role (with its person) were called then, since both may change.
type ReviewDecision struct {
	Text      string `json:"text"`
	Node      string `json:"node"`
	NodeTitle string `json:"nodeTitle"`
	Role      string `json:"role"`
	Who       string `json:"who"`
}

// ReviewArgs are the arguments of ReviewHold. Seq is the position of the last
// entry that whoever closes the review has seen: what came after it belongs to
// the next review.
type ReviewArgs struct {
	ID        string          `json:"id,omitempty"` // made up when empty
	Seq       uint64          `json:"seq"`
	Next      string          `json:"next,omitempty"`
	People    []string        `json:"people,omitempty"`
	Decisions []DecidedInArgs `json:"decisions,omitempty"`
}

// DecidedInArgs is a decision as it was typed; node and role are optional.
type DecidedInArgs struct {
	Text string `json:"text"`
	Node string `json:"node,omitempty"`
	Role string `json:"role,omitempty"`
}

// ReviewResult names the record.
type ReviewResult struct {
	ID string `json:"id"`
}

// CheckReview refuses a review that claims to have looked further than the plan
// goes, which would keep later changes out of the next one.
func CheckReview(args json.RawMessage, seq uint64) error {
	var in ReviewArgs
	if err := decodeArgs(args, &in); err != nil {
		return err
	}
	if in.Seq == 0 || in.Seq > seq {
		return refuse(CodeInvalid, "seq", "The review says it looked at entry %d of the plan, which ends at %d.", in.Seq, seq)
	}
	return nil
}

// ReviewHold records a review. Arguments: ReviewArgs. The same record under the
// same id again changes nothing, so that it can be sent twice.
func ReviewHold(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	var in ReviewArgs
	if err := decodeArgs(args, &in); err != nil {
		return nil, err
	}
	in.tidy()
	if err := in.validate(); err != nil {
		return nil, err
	}
	reviews := d.Map(RootReviews)
	if in.ID != "" && reviews.Has(in.ID) {
		if in.recorded(d, by) {
			return ReviewResult{ID: in.ID}, nil
		}
		return nil, refuse(CodeConflict, "id", "This review is recorded already, with other decisions; what was recorded stays. Close a new one for the rest.")
	}
	if reviews.Len() >= MaxReviews {
		return nil, refuse(CodeFull, "reviews", "This plan has %d reviews, which is as many as a plan can hold.", reviews.Len())
	}
	decisions, err := in.decided(d)
	if err != nil {
		return nil, err
	}
	id := orNewID(in.ID)
	m := reviews.SetMap(tx, id)
	m.Set(tx, ReviewBy, by.stored())
	m.Set(tx, ReviewAt, Stamp(now))
	m.Set(tx, ReviewSeq, int64(in.Seq))
	if in.Next != "" {
		m.Set(tx, ReviewNext, in.Next)
	}
	m.Set(tx, ReviewPeople, anySlice(in.People))
	m.Set(tx, ReviewDecisions, decisions)
	return ReviewResult{ID: id}, nil
}

func (in *ReviewArgs) tidy() {
	for i := range in.People {
		in.People[i] = strings.TrimSpace(in.People[i])
	}
	for i := range in.Decisions {
		in.Decisions[i].Text = strings.TrimSpace(in.Decisions[i].Text)
	}
}

func (in *ReviewArgs) validate() error {
	switch {
	case in.ID != "" && !ValidID(in.ID):
		return refuse(CodeInvalid, "id", "The id “%s” is not usable: it needs 1 to 64 letters, digits, “-” or “_”.", clip(in.ID))
	case in.Seq == 0 || in.Seq >= 1<<53:
		return refuse(CodeInvalid, "seq", "A review has to say up to which entry of the plan it looked.")
	case in.Next != "" && !ValidDate(in.Next):
		return refuse(CodeInvalid, "next", "“%s” is not a calendar date; write the day of the next review as 2027-03-31.", clip(in.Next))
	case len(in.People) > MaxAttending:
		return refuse(CodeInvalid, "people", "%d people are named; a review keeps %d at most.", len(in.People), MaxAttending)
	case len(in.Decisions) > MaxDecisions:
		return refuse(CodeInvalid, "decisions", "There are %d decisions; one review keeps %d at most.", len(in.Decisions), MaxDecisions)
	}
	for _, name := range in.People {
		if n := lenUTF16(name); n == 0 {
			return refuse(CodeInvalid, "people", "Somebody at the review has no name.")
		} else if n > MaxName {
			return refuse(CodeInvalid, "people", "The name “%s” is %d characters long; at most %d are kept.", clip(name), n, MaxName)
		}
	}
	for i, decision := range in.Decisions {
		if n := lenUTF16(decision.Text); n == 0 {
			return refuse(CodeInvalid, "decisions", "Decision %d is empty: write what was decided, or take it out.", i+1)
		} else if n > MaxDecision {
			return refuse(CodeInvalid, "decisions", "Decision %d is %d characters long; at most %d are kept.", i+1, n, MaxDecision)
		}
	}
	return nil
}

// decided is what is stored of the decisions.
func (in *ReviewArgs) decided(d *crdt.Doc) ([]any, error) {
	out := make([]any, 0, len(in.Decisions))
	for i, decision := range in.Decisions {
		m := map[string]any{DecidedText: decision.Text}
		if decision.Node != "" {
			head, ok := ReadHead(d, decision.Node)
			if !ok || head.Deleted {
				return nil, refuse(CodeNotFound, "decisions", "Decision %d is about a step that is no longer in the plan; choose another, or none.", i+1)
			}
			m[DecidedNode], m[DecidedNodeTitle] = decision.Node, head.Title
		}
		if decision.Role != "" {
			who, ok := readWho(d, decision.Role)
			if !ok {
				return nil, refuse(CodeNotFound, "decisions", "Decision %d is with a role that is no longer in the plan; choose another, or none.", i+1)
			}
			m[DecidedRole], m[DecidedWho] = decision.Role, who
		}
		out = append(out, m)
	}
	return out, nil
}

// readWho is how a role is named with its person, if it has one: “Ada Byron, CFO”.
func readWho(d *crdt.Doc, id string) (string, bool) {
	m, ok := d.Map(RootRoles).Map(id)
	f := (&reader{}).fields(m, "")
	if !ok || f.text(RoleDel) != "" {
		return "", false
	}
	title := f.text(RoleTitle)
	if name := f.text(RoleName); name != "" && title != "" {
		return name + ", " + title, true
	} else if name != "" {
		return name, true
	}
	return orUntitled(title), true
}

// recorded reports whether the review of in's id is by the same person and
// decided the same.
func (in *ReviewArgs) recorded(d *crdt.Doc, by Person) bool {
	all := (&reader{}).reviews(d)
	i := slices.IndexFunc(all, func(r Review) bool { return r.ID == in.ID })
	return i >= 0 && all[i].By.ID == by.ID &&
		slices.EqualFunc(all[i].Decisions, in.Decisions, func(was ReviewDecision, is DecidedInArgs) bool {
			return was.Text == is.Text && was.Node == is.Node && was.Role == is.Role
		})
}

// reviews reads the reviews by time, then id.
func (r *reader) reviews(d *crdt.Doc) []Review {
	out := []Review{}
	r.eachMap(d.Map(RootReviews), RootReviews, func(id string, f fields) {
		out = append(out, Review{
			ID: id, At: f.text(ReviewAt), By: f.person(ReviewBy), Seq: f.integerOr(ReviewSeq, 0), Next: f.date(ReviewNext),
			People: f.strings(ReviewPeople), Decisions: f.decisions(),
		})
	})
	slices.SortFunc(out, func(a, b Review) int { return cmp.Or(compareUTF16(a.At, b.At), compareUTF16(a.ID, b.ID)) })
	return out
}

// decisions reads a plain list of objects; other members are left out.
func (f fields) decisions() []ReviewDecision {
	out := []ReviewDecision{}
	v, ok := f.get(ReviewDecisions)
	if !ok {
		return out
	}
	list, ok := v.([]any)
	if !ok {
		f.odd(ReviewDecisions)
	}
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			f.odd(ReviewDecisions)
			continue
		}
		o := fields{r: f.r, path: f.path + "/" + ReviewDecisions, values: object}
		out = append(out, ReviewDecision{
			Text: o.text(DecidedText), Node: o.text(DecidedNode), NodeTitle: o.text(DecidedNodeTitle),
			Role: o.text(DecidedRole), Who: o.text(DecidedWho),
		})
	}
	return out
}

// ReadReview reads one review.
func ReadReview(d *crdt.Doc, id string) (Review, bool) {
	all := (&reader{}).reviews(d)
	i := slices.IndexFunc(all, func(r Review) bool { return r.ID == id })
	if i < 0 {
		return Review{}, false
	}
	return all[i], true
}
