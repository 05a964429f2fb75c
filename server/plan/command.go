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
)

// Commands returns all commands by name. Every one of them needs the right to
// comment and no other right.
func Commands() map[string]Command {
	return map[string]Command{
		CommandCommentAdd:     CommentAdd,
		CommandCommentReply:   CommentReply,
		CommandCommentResolve: CommentResolve,
		CommandCommentReopen:  CommentReopen,
		CommandCommentEdit:    CommentEdit,
		CommandCommentDelete:  CommentDelete,
	}
}
