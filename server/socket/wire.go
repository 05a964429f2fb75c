package socket

import (
	"encoding/json"
	"fmt"

	"coplan/crdt"
	"coplan/crdt/lib0"
	"coplan/server/room"
)

// Subprotocol is what clients offer that understand more than y-protocols.
const Subprotocol = "coplan.1"

// Message types. Every message is one of these as an unsigned integer, then its
// payload. 0 to 3 are those of y-protocols and y-websocket; the others exist on
// Subprotocol only.
const (
	msgSync           = 0  // both ways: a sync message (crdt.DecodeSync); Coplan clients send step 1 only
	msgAwareness      = 1  // both ways: bytes, an awareness update
	msgAuth           = 2  // to the client: 0, string: permission denied
	msgQueryAwareness = 3  // to the server: nothing
	msgHello          = 16 // both ways: string, JSON
	msgAck            = 17 // to the client: number of an edit, position
	msgReset          = 18 // to the client: string, JSON
	msgCommand        = 19 // to the server: id, string name, string JSON
	msgResult         = 20 // to the client: id, string JSON
	msgNotice         = 21 // to the client: string, JSON
	msgEdit           = 22 // to the server: number, bytes
	msgEntry          = 23 // to the client: position, string person, bytes
)

const (
	maxCommandName   = 100  // bytes
	maxHelloBytes    = 4096 // of JSON
	maxPresenceState = 64 << 10
)

// helloWire is the server's hello.
type helloWire struct {
	V       int         `json:"v"`
	Session string      `json:"session"`
	Person  room.Person `json:"person"`
	Doc     string      `json:"doc"`
	Can     room.Can    `json:"can"`
	Schema  int         `json:"schema"`
	Epoch   uint64      `json:"epoch"`
	Seq     uint64      `json:"seq"`
	Now     string      `json:"now"`
}

// resultWire is a command's result.
type resultWire struct {
	OK     bool            `json:"ok"`
	Seq    uint64          `json:"seq,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Code   string          `json:"code,omitempty"`
	Where  string          `json:"where,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// encode gives a message's wire form. What goes to many is encoded once; such
// bytes must not be changed.
func encode(m room.Message, d room.Dialect) []byte {
	switch m := m.(type) {
	case *room.Update:
		return m.Once(d, func() []byte {
			b := make([]byte, 0, len(m.Bytes)+len(m.Person)+24)
			if d == room.Stock {
				return crdt.AppendSyncUpdate(append(b, msgSync), m.Bytes)
			}
			b = lib0.AppendUvarint(append(b, msgEntry), m.Seq)
			b = lib0.AppendVarString(b, m.Person)
			return lib0.AppendVarBytes(b, m.Bytes)
		})
	case *room.Presence:
		return m.Once(room.Stock, func() []byte {
			return lib0.AppendVarBytes([]byte{msgAwareness}, crdt.EncodeAwareness(m.Entries))
		})
	case *room.SyncStep2:
		return m.Once(room.Stock, func() []byte {
			return crdt.AppendSyncStep2(append(make([]byte, 0, len(m.Update)+12), msgSync), m.Update)
		})
	case *room.SyncStep1:
		return crdt.AppendSyncStep1([]byte{msgSync}, m.StateVector)
	case *room.Ack:
		return lib0.AppendUvarint(lib0.AppendUvarint([]byte{msgAck}, m.N), m.Seq)
	case *room.Hello:
		return appendJSON([]byte{msgHello}, helloWire{V: 1, Session: m.Session, Person: m.Person, Doc: m.Doc, Can: m.Can,
			Schema: m.Schema, Epoch: m.Epoch, Seq: m.Seq, Now: m.Now})
	case *room.Reset:
		return appendJSON([]byte{msgReset}, m)
	case *room.Result:
		return appendJSON(lib0.AppendUvarint([]byte{msgResult}, m.ID),
			resultWire{OK: m.OK, Seq: m.Seq, Result: m.Result, Code: m.Code, Where: m.Where, Error: m.Error})
	case *room.Notice:
		return appendJSON([]byte{msgNotice}, m)
	case *room.Denied:
		return lib0.AppendVarString([]byte{msgAuth, 0}, m.Reason)
	}
	panic(fmt.Sprintf("socket: no wire form for %T", m))
}

func appendJSON(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types, whose raw parts were made by Marshal
	}
	return lib0.AppendVarString(b, string(text))
}

// heartbeat is an awareness update about nobody. Stock clients give up a
// connection on which they hear nothing for 30 seconds; pings do not count.
var heartbeat = []byte{msgAwareness, 1, 0}

// dispatch reads one message and hands it to the session. The error is
// room.ErrMalformed for what no client should send, anything else from the
// session. cheap says that the message asks for no answer.
func dispatch(s *room.Session, d room.Dialect, frame []byte) (cheap bool, err error) {
	r := lib0.NewReader(frame)
	kind, err := r.Uvarint()
	if err != nil {
		return false, malformed("type: %v", err)
	}
	switch {
	case kind == msgSync:
		return dispatchSync(s, d, r.Rest())
	case kind == msgAwareness:
		return dispatchAwareness(s, r)
	case kind == msgQueryAwareness:
		return false, s.QueryPresence()
	case d == room.Stock:
		return false, malformed("unknown type %d", kind)
	case kind == msgEdit:
		return dispatchEdit(s, r)
	case kind == msgCommand:
		return false, dispatchCommand(s, r)
	case kind == msgHello:
		return false, dispatchHello(s, r)
	}
	return false, malformed("unknown type %d", kind)
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{room.ErrMalformed}, args...)...)
}

func dispatchSync(s *room.Session, d room.Dialect, b []byte) (cheap bool, err error) {
	kind, payload, err := crdt.DecodeSync(b)
	switch {
	case err != nil:
		return false, malformed("%v", err)
	case kind == crdt.SyncStep1:
		return false, s.SyncStep1(payload)
	case d == room.Coplan:
		return false, malformed("a sync update on %s, where edits are numbered", Subprotocol)
	}
	return true, s.Edit(0, payload)
}

func dispatchAwareness(s *room.Session, r *lib0.Reader) (cheap bool, err error) {
	payload, err := r.VarBytes()
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return false, malformed("awareness: %v", err)
	}
	entries, err := crdt.DecodeAwareness(payload, crdt.AwarenessLimits{MaxBytes: len(payload), MaxStateBytes: maxPresenceState})
	if err != nil {
		return false, malformed("%v", err)
	}
	return true, s.Presence(entries)
}

func dispatchEdit(s *room.Session, r *lib0.Reader) (cheap bool, err error) {
	n, err := r.Uvarint()
	if err != nil {
		return false, malformed("edit: number: %v", err)
	}
	update, err := r.VarBytes()
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return false, malformed("edit %d: %v", n, err)
	}
	return true, s.Edit(n, update)
}

func dispatchCommand(s *room.Session, r *lib0.Reader) error {
	id, err := r.Uvarint()
	if err != nil {
		return malformed("command: id: %v", err)
	}
	name, err := r.VarString()
	if err != nil || len(name) > maxCommandName {
		return malformed("command %d: bad name", id)
	}
	args, err := r.VarString()
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return malformed("command %d: arguments: %v", id, err)
	}
	return s.Command(id, name, json.RawMessage(args))
}

func dispatchHello(s *room.Session, r *lib0.Reader) error {
	text, err := r.VarString()
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return malformed("hello: %v", err)
	}
	var hello struct {
		Client *uint64 `json:"client"`
		Schema int     `json:"schema"`
		Epoch  uint64  `json:"epoch"`
	}
	if len(text) > maxHelloBytes || json.Unmarshal([]byte(text), &hello) != nil || hello.Client == nil {
		return malformed("hello: want JSON with client, schema and epoch")
	}
	return s.Hello(*hello.Client, hello.Schema, hello.Epoch)
}
