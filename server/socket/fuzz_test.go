package socket_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
	"coplan/server/room"
	"coplan/server/socket"
)

// quiet is an outbox for a client nobody listens to.
type quiet struct{}

func (quiet) Offer(room.Message) bool { return true }
func (quiet) Cut(error)               {}

// Whatever bytes a client sends: no panic, no error but a malformed message, and
// a document that is whole.
func FuzzFrames(f *testing.F) {
	rooms, err := room.NewRegistry(room.Config{Journal: openJournal(f), Commands: map[string]room.CommandSpec{"note": {Run: note}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = rooms.Close(context.Background()) })
	d := crdt.New(crdt.Options{ClientID: 7})
	word := typed(f, d, "word")
	for _, frame := range [][]byte{
		{}, {0xff}, {3}, {99}, {0, 0, 1, 0}, {0, 0, 2, 9, 9}, {0, 2, 2, 0, 0}, {2, 0, 0},
		hello(7), edit(1, word), edit(1, word[:len(word)-1]), edit(9, []byte{0, 0}), crdt.AppendSyncUpdate([]byte{0}, word),
		command(1, "note", `{"x":1}`), command(2, "none", `{`),
		lib0.AppendVarBytes([]byte{1}, crdt.EncodeAwareness([]crdt.AwarenessEntry{{Client: 7, Clock: 1, State: json.RawMessage(`{"a":1}`)}})),
	} {
		f.Add(frame, true)
		f.Add(frame, false)
	}
	f.Fuzz(func(t *testing.T, frame []byte, stock bool) {
		dialect := room.Coplan
		if stock {
			dialect = room.Stock
		}
		g := room.Grant{Person: room.Person{ID: "eve"}, Doc: "doc/f", Read: true, Write: true, Comment: true}
		s, err := rooms.Join(context.Background(), "doc/f", g, dialect, quiet{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Leave()
		if !stock {
			if err := s.Hello(7, 1, 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := socket.Dispatch(s, dialect, frame); err != nil && !errors.Is(err, room.ErrMalformed) {
			t.Fatal(err)
		}
		err = rooms.View(context.Background(), "doc/f", func(d *crdt.Doc, _ uint64) error {
			if d.HasPending() {
				return errors.New("something is pending")
			}
			return d.Check()
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
