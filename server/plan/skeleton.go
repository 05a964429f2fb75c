package plan

import (
	"encoding/json"
	"time"

	"coplan/crdt"
)

func Read(d *crdt.Doc) View { panic("being written") }
func CommentAdd(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	panic("being written")
}
func CommentReply(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	panic("being written")
}
func CommentResolve(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	panic("being written")
}
func CommentReopen(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	panic("being written")
}
func CommentEdit(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	panic("being written")
}
func CommentDelete(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (any, error) {
	panic("being written")
}
