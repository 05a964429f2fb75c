package server

import (
	"encoding/json"
	"errors"
	"time"

	"coplan/crdt"
	"coplan/server/plan"
	"coplan/server/room"
)

// commands are plan's commands in the room's terms: neither package knows the
// other's.
func commands() map[string]room.CommandSpec {
	specs := make(map[string]room.CommandSpec)
	for name, spec := range plan.Commands() {
		specs[name] = room.CommandSpec{
			Run: func(d *crdt.Doc, tx *crdt.Tx, by room.Person, now time.Time, args json.RawMessage) (any, error) {
				result, err := spec.Run(d, tx, plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}, now, args)
				var refusal *plan.Refusal
				if errors.As(err, &refusal) {
					err = &room.Refusal{Code: refusal.Reason, Where: refusal.Where, Message: refusal.Message}
				}
				return result, err
			},
			Allow: func(g room.Grant) bool { return g.Comment && (spec.Needs != plan.RightWrite || g.Write) },
		}
	}
	return specs
}

// judge is plan's judgement of edits in the room's terms.
func judge(d *crdt.Doc, update []byte, by room.Author) error {
	err := plan.Judge(d, update, plan.Writer{
		Person: plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}, Owns: by.Owns,
	})
	var refusal *plan.Refusal
	if errors.As(err, &refusal) {
		return &room.Refusal{Code: refusal.Reason, Where: refusal.Where, Message: refusal.Message}
	}
	return err
}

// repair is plan's repair in the room's terms.
func repair() room.Repair {
	return room.Repair{What: plan.WhatRepair, Needed: plan.NeedsRepair, Run: plan.Repair}
}
