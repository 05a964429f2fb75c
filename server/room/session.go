package room

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"coplan/crdt"
)

// Session is one connection's place in a room. Its methods are called by the
// connection's reader, one at a time; they wait for the room to take the
// message, never for storage. What is wrong with a message reaches the outbox;
// an error only says that the room is gone (ErrInternal) and the connection
// should end.
type Session struct {
	// Fixed after newSession.
	id      string
	room    *Room
	grant   Grant
	dialect Dialect
	out     Outbox
	face    json.RawMessage // what others see under "user" in its presence

	// Owned by the room's goroutine.
	state     sessionState
	serial    uint64 // order of admission
	live      bool   // gets updates
	greeted   bool   // said hello
	lastEdit  uint64 // its number
	refused   bool   // an edit was refused: what builds on it is refused too
	denied    bool   // was told once that its edits are dropped
	client    uint64 // the id its presence has; 0: not known yet
	queue     []edit // taken and not appended, in order of arrival
	bytes     int    // in queue
	flight    *flight
	heldSince time.Time // when in Room.held
	asked     bool      // … and the client was asked for what is missing
	flights   uint64    // counts appends, for their ids
}

type sessionState int

const (
	outside sessionState = iota // not admitted yet
	inside                      // admitted
	leaving                     // the connection is gone; edits already taken are finished
	gone
)

// edit is an update as its client sent it.
type edit struct {
	n      uint64 // number on the connection; 0 for stock clients
	update []byte // nil: the document has it already
}

func newSession(r *Room, g Grant, d Dialect, out Outbox) *Session {
	if g.Person.Color == "" {
		g.Person.Color = colorOf(g.Person.ID)
	}
	face, err := json.Marshal(g.Person)
	if err != nil {
		panic(err) // strings only
	}
	return &Session{id: rand.Text(), room: r, grant: g, dialect: d, out: out, face: face}
}

// ID is unique; it is in the journal beside every edit of the session.
func (s *Session) ID() string { return s.id }

// post hands fn to the room. It is skipped when the session is over by then.
func (s *Session) post(fn func()) error {
	ok := s.room.post(func() {
		if s.state == inside {
			fn()
		}
	})
	if !ok {
		return ErrInternal
	}
	return nil
}

// Hello declares the client's id, the schema its program knows and the epoch of
// its local copy (0: none). Coplan sessions send it first.
func (s *Session) Hello(client uint64, schema int, epoch uint64) error {
	return s.post(func() { s.room.takeHello(s, client, schema, epoch) })
}

// SyncStep1 asks for everything beyond an encoded state vector.
func (s *Session) SyncStep1(sv []byte) error {
	return s.post(func() { s.room.takeStep1(s, sv) })
}

// Edit proposes an update. n is its number on this connection, 1 for the first,
// always 0 for stock clients. The room keeps update.
func (s *Session) Edit(n uint64, update []byte) error {
	return s.post(func() { s.room.takeEdit(s, n, update) })
}

// Presence is what the client shows of itself.
func (s *Session) Presence(entries []crdt.AwarenessEntry) error {
	return s.post(func() { s.room.takePresence(s, entries) })
}

// QueryPresence asks who is there.
func (s *Session) QueryPresence() error {
	return s.post(func() { s.room.tellPresence(s) })
}

// Command runs a command; its Result carries the same id.
func (s *Session) Command(id uint64, name string, args json.RawMessage) error {
	return s.post(func() {
		if !s.greeted {
			s.room.cut(s, fmt.Errorf("%w: a command before hello", ErrMalformed))
			return
		}
		s.room.takeJob(&job{grant: s.grant, session: s.id, name: name, args: args,
			reply: func(result json.RawMessage, seq uint64, err error) {
				m := &Result{ID: id, OK: err == nil, Seq: seq, Result: result}
				if err != nil {
					m.Code, m.Where, m.Error = explain(err)
				}
				s.room.tell(s, m)
			}})
	})
}

// Leave ends the session. Edits already taken are still appended. It may be
// called more than once.
func (s *Session) Leave() {
	s.room.post(func() { s.room.leave(s) })
}

// colorOf picks a colour by hash, so that a person has the same one everywhere.
// All of them have a contrast of at least 4.5 with white text on them.
func colorOf(id string) string {
	colors := [...]string{"#b3261e", "#9c4400", "#7a5900", "#4c6700", "#1b6d2f", "#006b5e", "#00658f", "#2f5bbb", "#5b4fc4", "#8a3fa8", "#a8326f", "#5d5f5a"}
	h := uint32(2166136261)
	for i := range len(id) {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return colors[h%uint32(len(colors))]
}
