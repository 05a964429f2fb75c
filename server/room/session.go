package room

import (
	"encoding/json"

	"coplan/crdt"
)

// Session is one connection's place in a room. Its methods are called by the
// connection's reader, one at a time; they wait for the room to take the
// message, never for storage. Whatever is wrong with a message reaches the
// outbox; the error only says that the session is over.
type Session struct{}

// ID is unique; it is in the journal beside every edit of the session.
func (s *Session) ID() string { panic("not yet") }

// Hello declares the client's id and version. Sessions that number their edits
// send it first.
func (s *Session) Hello(client uint64, schema int, epoch uint64) error { panic("not yet") }

// SyncStep1 asks for everything beyond a state vector.
func (s *Session) SyncStep1(sv []byte) error { panic("not yet") }

// Edit proposes an update. n is its number on this connection, 0 for clients
// that do not number. The room keeps update.
func (s *Session) Edit(n uint64, update []byte) error { panic("not yet") }

// Presence is what the client shows of itself.
func (s *Session) Presence(entries []crdt.AwarenessEntry) error { panic("not yet") }

// QueryPresence asks who is there.
func (s *Session) QueryPresence() error { panic("not yet") }

// Command runs a command; the Result has the same id.
func (s *Session) Command(id uint64, name string, args json.RawMessage) error { panic("not yet") }

// Leave ends the session. Edits already taken are still appended.
func (s *Session) Leave() { panic("not yet") }
