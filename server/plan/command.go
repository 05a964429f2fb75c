package plan

import (
	"encoding/json"
	"time"

	"coplan/crdt"
)

// Command changes a plan in a person's name, within the given transaction. It
// checks everything before it writes: on an error, usually a *Refusal, the
// document is as it was. The result is sent back to the person as JSON.
type Command func(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (result any, err error)

// Names of the commands, as on the wire and in the journal.
const (
	CommandCommentAdd     = "comment.add"
	CommandCommentReply   = "comment.reply"
	CommandCommentResolve = "comment.resolve"
	CommandCommentReopen  = "comment.reopen"
	CommandCommentEdit    = "comment.edit"
	CommandCommentDelete  = "comment.delete"
	CommandGateSign       = "gate.sign"
	CommandGateReopen     = "gate.reopen"
	CommandRuleAnswer     = "rule.acknowledge"

	CommandReviewHold = "review.hold"

	CommandSlipRecord       = "slip.record"
	CommandBaselinePropose  = "baseline.propose"
	CommandBaselineAgree    = "baseline.agree"
	CommandBaselineWithdraw = "baseline.withdraw"
)

// Right is what a person must be allowed to do in the plan to run a command.
type Right int

// The rights a command may need. Whoever may write may also comment.
const (
	RightComment Right = iota
	RightWrite
)

// Spec is a command with the right it needs.
type Spec struct {
	Run   Command
	Needs Right
	// Check, if any, is asked before Run, with the position in the log of the
	// last entry that the plan holds.
	Check func(args json.RawMessage, seq uint64) error
}

// Commands returns all commands by name.
func Commands() map[string]Spec {
	return map[string]Spec{
		CommandCommentAdd:     {Run: recording(CommentAdd), Needs: RightComment},
		CommandCommentReply:   {Run: recording(CommentReply), Needs: RightComment},
		CommandCommentResolve: {Run: recording(CommentResolve), Needs: RightComment},
		CommandCommentReopen:  {Run: CommentReopen, Needs: RightComment},
		CommandCommentEdit:    {Run: recording(CommentEdit), Needs: RightComment},
		CommandCommentDelete:  {Run: CommentDelete, Needs: RightComment},
		CommandFileAdd:        {Run: FileAdd, Needs: RightWrite},
		CommandGateSign:       {Run: recording(GateSign), Needs: RightComment}, // and by the signer's part, see maySign
		CommandGateReopen:     {Run: recording(GateReopen), Needs: RightComment},
		CommandRuleAnswer:     {Run: recording(RuleAnswer), Needs: RightComment},

		CommandReviewHold: {Run: recording(ReviewHold), Needs: RightWrite, Check: CheckReview},

		CommandSlipRecord:       {Run: recording(SlipRecord), Needs: RightWrite},
		CommandBaselinePropose:  {Run: recording(BaselinePropose), Needs: RightWrite},
		CommandBaselineAgree:    {Run: recording(BaselineAgree), Needs: RightWrite},
		CommandBaselineWithdraw: {Run: BaselineWithdraw, Needs: RightWrite},
	}
}
