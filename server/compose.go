package server

import (
	"encoding/json"
	"time"

	"coplan/crdt"
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
