package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/room"
)

// commands are plan's commands in the room's terms: neither package knows the
// other's.
func commands() map[string]room.CommandSpec {
	specs := make(map[string]room.CommandSpec)
	for name, run := range plan.Commands() {
		specs[name] = room.CommandSpec{
			Run: func(d *crdt.Doc, tx *crdt.Tx, by room.Person, now time.Time, args json.RawMessage) (any, error) {
				return run(d, tx, plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}, now, args)
			},
			Allow: func(g room.Grant) bool { return g.Comment },
		}
	}
	return specs
}

// kv is the journal's bucket in the terms of access, which does not know the
// journal.
type kv struct{ journal.KV }

func (k kv) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	val, rev, err := k.KV.Get(ctx, key)
	return val, rev, kvError(err)
}

func (k kv) Create(ctx context.Context, key string, val []byte) (uint64, error) {
	rev, err := k.KV.Create(ctx, key, val)
	return rev, kvError(err)
}

func (k kv) Update(ctx context.Context, key string, val []byte, rev uint64) (uint64, error) {
	rev, err := k.KV.Update(ctx, key, val, rev)
	return rev, kvError(err)
}

func kvError(err error) error {
	switch {
	case errors.Is(err, journal.ErrNoKey):
		return fmt.Errorf("%w: %w", access.ErrNoKey, err)
	case errors.Is(err, journal.ErrKeyChanged):
		return fmt.Errorf("%w: %w", access.ErrConflict, err)
	}
	return err
}
