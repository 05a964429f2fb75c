package room

import (
	"context"
	"encoding/json"

	"coplan/crdt"
)

// Registry holds the rooms that are in memory. All methods may be called from
// anywhere.
type Registry struct {
	cfg Config
}

// NewRegistry makes an empty registry.
func NewRegistry(cfg Config) (*Registry, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Registry{cfg: cfg.withDefaults()}, nil
}

// Join enters a document, bringing it into memory if need be, and tells out
// what a newcomer has to know.
func (r *Registry) Join(ctx context.Context, doc string, g Grant, out Outbox) (*Session, error) {
	panic("not yet")
}

// Command runs a command in the grant's name and returns when its effect is
// durable and applied. seq is the journal position of the entry, or of the last
// one applied when the command changed nothing.
func (r *Registry) Command(ctx context.Context, doc string, g Grant, name string, args json.RawMessage) (result json.RawMessage, seq uint64, err error) {
	panic("not yet")
}

// View calls fn in the room's goroutine with the document and the position of
// the last entry applied to it. fn must be short, must not write and must not
// keep d.
func (r *Registry) View(ctx context.Context, doc string, fn func(d *crdt.Doc, at uint64) error) error {
	panic("not yet")
}

// Create writes a document's first entry. ErrExists: it has one already.
func (r *Registry) Create(ctx context.Context, doc string, by Person, build func(d *crdt.Doc, tx *crdt.Tx) error) (seq uint64, err error) {
	panic("not yet")
}

// Cut ends the sessions that match, for instance because a link was revoked
// (reason ErrRevoked), and returns how many it ended.
func (r *Registry) Cut(match func(doc string, g Grant) bool, reason error) int {
	panic("not yet")
}

// Close drains every room: no new sessions, edits already accepted are
// appended, clients are told ErrDraining, snapshots are written. It returns
// when all rooms have stopped or ctx ends.
func (r *Registry) Close(ctx context.Context) error {
	panic("not yet")
}
