package room

import (
	"encoding/json"
	"sync"

	"coplan/crdt"
)

// Outbox takes what a room says to one connection.
type Outbox interface {
	// Offer hands over a message without ever blocking. false: there is no
	// room left; the session is then cut with ErrSlow.
	Offer(m Message) bool
	// Cut ends the connection, telling the client why. Later calls do nothing.
	Cut(reason error)
}

// Message is what a room says to a session: one of the types below. Messages
// are shared between sessions and must not be changed.
type Message interface {
	// Size estimates the bytes on the wire.
	Size() int
}

// Can says what the session's grant allows.
type Can struct {
	Write   bool `json:"write"`
	Comment bool `json:"comment"`
	History bool `json:"history"`
}

// Hello is the first message of a session.
type Hello struct {
	Session string
	Person  Person
	Doc     string
	Can     Can
	Schema  int    // of the plan; 0 for free documents
	Epoch   uint64 // grows when local copies have to be discarded
	Seq     uint64 // last entry applied
	Now     string // server time, RFC 3339 in milliseconds
}

// SyncStep1 asks the session for what the server lacks.
type SyncStep1 struct{ StateVector []byte }

// SyncStep2 answers the session's own step 1.
type SyncStep2 struct {
	Update []byte
	Encoded
}

// Update is an entry of the journal, for everyone but its author.
type Update struct {
	Seq    uint64
	Person string
	Bytes  []byte
	Encoded
}

// Presence is what one or more clients show of themselves.
type Presence struct {
	Entries []crdt.AwarenessEntry
	Encoded
	bytes int
}

// Ack says that every edit with a number up to N is durable.
type Ack struct {
	N   uint64
	Seq uint64 // position of the last one; 0: the document had it already
}

// Reset says that edits were refused.
type Reset struct {
	Epoch  uint64   `json:"epoch"`
	Code   string   `json:"code"` // forbidden, schema, invalid or epoch
	Reason string   `json:"reason"`
	Edits  []uint64 `json:"frames"` // their numbers; empty: all not acknowledged
}

// Denied tells a session without frames of its own that its edits are dropped.
type Denied struct{ Reason string }

// Result answers a command.
type Result struct {
	ID     uint64
	OK     bool
	Seq    uint64
	Result json.RawMessage
	Code   string
	Where  string
	Error  string
}

// Notice says something about the document's surroundings.
type Notice struct {
	Kind  string `json:"kind"`  // storage, draining or access
	State string `json:"state"` // ok or degraded
	Text  string `json:"text"`
}

func (m *Hello) Size() int     { return 512 }
func (m *SyncStep1) Size() int { return len(m.StateVector) + 8 }
func (m *SyncStep2) Size() int { return len(m.Update) + 8 }
func (m *Update) Size() int    { return len(m.Bytes) + 48 }
func (m *Presence) Size() int  { return m.bytes + 16 }
func (m *Ack) Size() int       { return 16 }
func (m *Reset) Size() int     { return len(m.Reason) + 8*len(m.Edits) + 64 }
func (m *Denied) Size() int    { return len(m.Reason) + 8 }
func (m *Result) Size() int    { return len(m.Result) + len(m.Error) + 64 }
func (m *Notice) Size() int    { return len(m.Text) + 64 }

// Encoded keeps a message's wire form, so that a message for a thousand
// sessions is encoded once per dialect.
type Encoded struct{ forms [dialects]encodedForm }

type encodedForm struct {
	once sync.Once
	b    []byte
}

// Once returns the form for a dialect, made by encode on first use. It may be
// called from any goroutine.
func (e *Encoded) Once(d Dialect, encode func() []byte) []byte {
	f := &e.forms[d]
	f.once.Do(func() { f.b = encode() })
	return f.b
}
