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
				return result, refusal(err)
			},
			Allow: func(g room.Grant) bool { return g.Comment && (spec.Needs != plan.RightWrite || g.Write) },
		}
		if check := spec.Check; check != nil {
			with := specs[name]
			with.Check = func(args json.RawMessage, seq uint64) error { return refusal(check(args, seq)) }
			specs[name] = with
		}
	}
	return specs
}

// judge is plan's judgement of edits in the room's terms.
func judge(d *crdt.Doc, update []byte, by room.Author) error {
	return refusal(plan.Judge(d, update, plan.Writer{
		Person: plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}, Owns: by.Owns,
	}))
}

// refusal is plan's refusal in the room's terms; other errors stay as they are.
func refusal(err error) error {
	var refused *plan.Refusal
	if errors.As(err, &refused) {
		return &room.Refusal{Code: refused.Reason, Where: refused.Where, Message: refused.Message}
	}
	return err
}

// repair is plan's repair in the room's terms.
func repair() room.Repair {
	return room.Repair{What: plan.WhatRepair, Needed: plan.NeedsRepair, Run: plan.Repair}
}
