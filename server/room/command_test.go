package room_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/room"
)

// commands of a tiny document: notes in a map, counted.
var commands = map[string]room.CommandSpec{
	"note": {Run: func(d *crdt.Doc, tx *crdt.Tx, by room.Person, now time.Time, args json.RawMessage) (any, error) {
		var in struct{ Text string }
		if json.Unmarshal(args, &in) != nil || in.Text == "" {
			return nil, &room.Refusal{Code: "invalid", Where: "text", Message: "A note needs a text."}
		}
		notes := d.Map("notes")
		id := fmt.Sprintf("n%03d", notes.Len())
		notes.Set(tx, id, by.Name+": "+in.Text)
		return map[string]string{"id": id}, nil
	}},
	"nothing": {Run: func(*crdt.Doc, *crdt.Tx, room.Person, time.Time, json.RawMessage) (any, error) { return "done", nil }},
	"broken":  {Run: func(*crdt.Doc, *crdt.Tx, room.Person, time.Time, json.RawMessage) (any, error) { panic("our own bug") }},
	"deep": {Run: func(d *crdt.Doc, tx *crdt.Tx, _ room.Person, _ time.Time, _ json.RawMessage) (any, error) {
		for m := d.Map("notes"); ; {
			m = m.SetMap(tx, "in")
		}
	}},
	"half": {Run: func(d *crdt.Doc, tx *crdt.Tx, _ room.Person, _ time.Time, _ json.RawMessage) (any, error) {
		d.Map("notes").Set(tx, "half", true)
		return nil, &room.Refusal{Code: "conflict", Message: "Changed its mind."}
	}},
	"owners": {
		Run:   func(*crdt.Doc, *crdt.Tx, room.Person, time.Time, json.RawMessage) (any, error) { return nil, nil },
		Allow: func(g room.Grant) bool { return g.Person.Role == "owner" },
	},
	"upTo": {
		Run: func(*crdt.Doc, *crdt.Tx, room.Person, time.Time, json.RawMessage) (any, error) { return nil, nil },
		Check: func(args json.RawMessage, seq uint64) error {
			if string(args) == fmt.Sprint(seq) {
				return nil
			}
			return &room.Refusal{Code: "invalid", Where: "seq", Message: "The plan is elsewhere."}
		},
	},
}

func withCommands(c *room.Config) { c.Commands = commands }

func TestCommand(t *testing.T) {
	w := newWorld(t, withCommands)
	doc := w.createPlan("p1")
	champion := editor("cha", doc)
	champion.Write = false // may comment only
	ann, cha := w.join(editor("ann", doc), room.Coplan), w.join(champion, room.Coplan)

	cha.must(cha.s.Command(7, "note", json.RawMessage(`{"text":"why?"}`)))
	cha.until("result", func() bool { return cha.results[7] != nil })
	r := cha.results[7]
	if !r.OK || string(r.Result) != `{"id":"n000"}` || r.Seq == 0 {
		t.Fatalf("result is %+v", r)
	}
	ann.until("the note", func() bool { return len(ann.updates) == 1 })
	cha.until("its own note", func() bool { return len(cha.updates) == 1 }) // the server wrote it
	for _, c := range []*client{ann, cha} {
		if got, _ := c.doc.Map("notes").Get("n000"); got != "Cha: why?" || c.updates[0].Person != "cha" || c.updates[0].Seq != r.Seq {
			t.Errorf("%v by %s at %d", got, c.updates[0].Person, c.updates[0].Seq)
		}
	}
	log := w.entries(doc)
	e := log[len(log)-1]
	if e.Kind != journal.KindCommand || e.What != "note" || string(e.Cause) != `{"text":"why?"}` || e.Actor.ID != "cha" || e.Client == 0 || e.Seq != r.Seq {
		t.Errorf("entry is %+v", e.Entry)
	}

	// The same over HTTP, which has no session.
	result, seq, err := w.rooms.Command(context.Background(), doc, champion, "note", json.RawMessage(`{"text":"again"}`))
	if err != nil || string(result) != `{"id":"n001"}` || seq <= r.Seq {
		t.Errorf("%s, %d, %v", result, seq, err)
	}
	if _, seq2, err := w.rooms.Command(context.Background(), doc, champion, "nothing", json.RawMessage(`{}`)); err != nil || seq2 != seq {
		t.Errorf("a command without effect: %d, %v", seq2, err)
	}
	if _, _, err := w.rooms.Command(context.Background(), doc, champion, "upTo", json.RawMessage(fmt.Sprint(seq))); err != nil {
		t.Errorf("a command that speaks of the plan as it is: %v", err)
	}
}

func TestCommandRefused(t *testing.T) {
	w := newWorld(t, withCommands, func(c *room.Config) { c.Limits.MaxArgsBytes = 100 })
	doc := w.createPlan("p1")
	ann := editor("ann", doc)
	for name, c := range map[string]struct {
		grant         room.Grant
		command, args string
		code, where   string
	}{
		"unknown":         {ann, "dance", `{}`, "unknown-command", "name"},
		"by a viewer":     {viewer("vic", doc), "note", `{"text":"x"}`, "forbidden", ""},
		"not for sellers": {ann, "owners", `{}`, "forbidden", ""},
		"wrong position":  {ann, "upTo", `99`, "invalid", "seq"},
		"bad argument":    {ann, "note", `{"text":""}`, "invalid", "text"},
		"not JSON":        {ann, "note", `{"text`, "invalid", "args"},
		"too long":        {ann, "note", `{"text":"` + strings.Repeat("x", 200) + `"}`, "invalid", "args"},
		"own bug":         {ann, "broken", `{}`, "internal", ""},
		"over a limit":    {ann, "deep", `{}`, "invalid", ""},
		"after a change":  {ann, "half", `{}`, "conflict", ""},
		"no such plan":    {editor("ann", "plan/none"), "note", `{"text":"x"}`, "not-found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := w.rooms.Command(context.Background(), c.grant.Doc, c.grant, c.command, json.RawMessage(c.args))
			code, where, message := room.Explain(err)
			if err == nil || code != c.code || where != c.where || message == "" {
				t.Errorf("%v: %q at %q: %q", err, code, where, message)
			}
		})
	}
	if _, _, err := w.rooms.Command(context.Background(), doc, room.Grant{Doc: doc}, "note", nil); !errors.Is(err, room.ErrForbidden) {
		t.Errorf("nothing granted: %v", err)
	}
	if n := len(w.entries(doc)); n != 1 {
		t.Errorf("%d entries", n)
	}
	w.text(doc) // the room is well
}

// Each command sees what the one before it did, while edits go on.
func TestCommandsOneAtATime(t *testing.T) {
	w := newWorld(t, withCommands)
	doc := w.createPlan("p1")
	ann := w.join(editor("ann", doc), room.Coplan)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, _, err := w.rooms.Command(context.Background(), doc, editor("ben", doc), "note", json.RawMessage(`{"text":"x"}`)); err != nil {
				t.Error(err)
			}
		})
		ann.write("y")
	}
	wg.Wait()
	ann.settled()
	ann.until("all notes", func() bool { return ann.doc.Map("notes").Len() == 20 })
	seen := 0
	for _, e := range w.entries(doc) {
		if e.Kind == journal.KindCommand {
			seen++
		}
	}
	if seen != 20 {
		t.Errorf("%d commands in the log", seen)
	}
}

func TestCommandWhoseAppendFails(t *testing.T) {
	for name, f := range map[string]fate{"lost": lost, "stored but not acknowledged": unacked} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withCommands)
			doc := w.createPlan("p1")
			w.flaky.set(times(2, f))
			result, seq, err := w.rooms.Command(context.Background(), doc, editor("ben", doc), "note", json.RawMessage(`{"text":"x"}`))
			if err != nil || string(result) != `{"id":"n000"}` {
				t.Errorf("%s, %v", result, err)
			}
			if log := w.entries(doc); len(log) != 2 || log[1].Seq != seq {
				t.Errorf("%d entries; the answer says %d", len(log), seq)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		w := newWorld(t, withCommands)
		doc := w.createPlan("p1")
		w.flaky.set(times(1, refused))
		_, _, err := w.rooms.Command(context.Background(), doc, editor("ben", doc), "note", json.RawMessage(`{"text":"x"}`))
		if code, _, _ := room.Explain(err); code != "invalid" {
			t.Error(err)
		}
	})
}

func TestCommandWhileDraining(t *testing.T) {
	w := newWorld(t, withCommands)
	doc := w.createPlan("p1")
	g := w.gate()
	answers := make(chan error, 2)
	for range 2 {
		go func() {
			_, _, err := w.rooms.Command(context.Background(), doc, editor("ann", doc), "note", json.RawMessage(`{"text":"x"}`))
			answers <- err
		}()
	}
	<-g.waiting
	closed := make(chan error, 1)
	go func() { closed <- w.rooms.Close(context.Background()) }()
	close(g.open)
	for range 2 {
		if err := <-answers; err != nil && !errors.Is(err, room.ErrDraining) {
			t.Error(err)
		}
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if n := len(w.entries(doc)); n < 2 {
		t.Error("the command in flight was lost")
	}
}
