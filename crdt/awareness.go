package crdt

import (
	"bytes"
	orderedlist "container/list"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"coplan/crdt/lib0"
)

// AwarenessTimeout is how long a client counts as present without a word from
// it. Clients repeat their state after half of it.
const AwarenessTimeout = 30 * time.Second

// AwarenessLimits bounds what DecodeAwareness accepts. A zero field means its
// default.
type AwarenessLimits struct {
	MaxBytes      int // of the whole message; default 1 MiB
	MaxEntries    int // clients in one message; default 10,000
	MaxStateBytes int // of one client's JSON; default 64 KiB
	MaxDepth      int // nested arrays and objects in a state; default 64
}

func (l AwarenessLimits) withDefaults() AwarenessLimits {
	or := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	or(&l.MaxBytes, 1<<20)
	or(&l.MaxEntries, 10_000)
	or(&l.MaxStateBytes, 64<<10)
	or(&l.MaxDepth, 64)
	return l
}

// ErrAwareness is wrapped by every error of DecodeAwareness, beside ErrTruncated,
// ErrMalformed or ErrLimit: the message is not one, or exceeds the limits. Nothing
// of it should be used.
var ErrAwareness = errors.New("awareness message")

// AwarenessEntry is what one message says about one client. A nil State means
// that the client has left.
type AwarenessEntry struct {
	Client, Clock uint64
	State         json.RawMessage
}

// DecodeAwareness reads an awareness update as y-protocols writes it. The states
// are copies; each is well-formed JSON.
func DecodeAwareness(b []byte, limits AwarenessLimits) ([]AwarenessEntry, error) {
	entries, err := decodeAwareness(b, limits.withDefaults())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAwareness, err)
	}
	return entries, nil
}

func decodeAwareness(b []byte, limits AwarenessLimits) ([]AwarenessEntry, error) {
	if len(b) > limits.MaxBytes {
		return nil, overLimit(0, "%d bytes, %d allowed", len(b), limits.MaxBytes)
	}
	r := lib0.NewReader(b)
	r.MaxLen = limits.MaxStateBytes
	n, err := r.Uvarint()
	if err != nil {
		return nil, fmt.Errorf("number of clients: %w", readerError(err))
	}
	if n > uint64(limits.MaxEntries) {
		return nil, overLimit(0, "%d clients, %d allowed", n, limits.MaxEntries)
	}
	if n > uint64(r.Len()/3) { // the shortest entry would be three bytes
		return nil, truncated(0, fmt.Sprintf("%d clients announced in %d bytes", n, r.Len()))
	}
	entries := make([]AwarenessEntry, 0, n)
	for i := range n {
		var e AwarenessEntry
		if e.Client, err = r.Uvarint(); err != nil {
			return nil, fmt.Errorf("entry %d: client: %w", i, readerError(err))
		}
		if e.Clock, err = r.Uvarint(); err != nil {
			return nil, fmt.Errorf("entry %d: clock: %w", i, readerError(err))
		}
		at := r.Offset()
		state, err := r.VarString()
		if err != nil {
			return nil, fmt.Errorf("entry %d: state: %w", i, readerError(err))
		}
		if d := jsonDepth(state); d > limits.MaxDepth {
			return nil, overLimit(at, "state of entry %d nested %d deep, %d allowed", i, d, limits.MaxDepth)
		}
		raw := []byte(state)
		if !json.Valid(raw) {
			return nil, malformed(at, "state of entry %d is not JSON", i)
		}
		if raw = bytes.TrimSpace(raw); string(raw) != "null" {
			e.State = raw
		}
		entries = append(entries, e)
	}
	if err := r.Done(); err != nil {
		return nil, readerError(err)
	}
	return entries, nil
}

// jsonDepth is the greatest number of open brackets in s, whether or not s is
// well-formed.
func jsonDepth(s string) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// EncodeAwareness writes an awareness update. States are written as they are.
func EncodeAwareness(entries []AwarenessEntry) []byte {
	b := lib0.AppendUvarint(nil, uint64(len(entries)))
	for _, e := range entries {
		b = lib0.AppendUvarint(b, e.Client)
		b = lib0.AppendUvarint(b, e.Clock)
		if e.State == nil {
			b = lib0.AppendVarString(b, "null")
		} else {
			b = lib0.AppendVarString(b, string(e.State))
		}
	}
	return b
}

// Awareness holds what each client shows of itself (name, cursor, …): state
// that is shared but not kept. It follows y-protocols: each client counts up a
// clock of its own, and a message wins over what is known when its clock is
// greater, or equal while it says that the client left.
//
// Time comes from the caller. Like a [Doc], an Awareness has one owner at a time.
type Awareness struct {
	// MaxClients bounds the clients remembered, present or not; default
	// 10,000. When it is reached, the one absent for longest is forgotten to
	// make room, and while everyone is present new clients are ignored.
	// y-protocols remembers every client for ever.
	MaxClients int

	local   uint64
	clients map[uint64]*presence
	absent  orderedlist.List // ids without a state other than local, longest absent first
}

type presence struct {
	clock uint64
	state json.RawMessage      // nil: absent
	heard time.Time            // when the clock last moved
	away  *orderedlist.Element // in Awareness.absent
}

// NewAwareness makes an empty one. local is the client id of this replica, the
// only one whose state SetLocal changes and others cannot remove; a server that
// shows nothing of itself passes 0 and never calls SetLocal.
func NewAwareness(local uint64) *Awareness {
	return &Awareness{MaxClients: 10_000, local: local, clients: make(map[uint64]*presence)}
}

// SetLocal announces state, well-formed JSON, or with nil that this client leaves, under the next
// clock, and returns the entry to send to everyone.
//
// As in y-protocols the first announcement has clock 0, which others do not
// accept; the second is the first they see.
func (a *Awareness) SetLocal(state json.RawMessage, now time.Time) AwarenessEntry {
	p, known := a.clients[a.local]
	if !known {
		p = &presence{}
		a.clients[a.local] = p
	} else {
		p.clock++
	}
	if len(state) == 0 || string(state) == "null" {
		p.state = nil
	} else {
		p.state = slices.Clone(state)
	}
	p.heard = now
	return a.entry(a.local, p)
}

// Renew repeats the local state under the next clock when half of the timeout
// has passed since the last time, and says whether it did. Call it every few
// seconds and send the entry.
func (a *Awareness) Renew(now time.Time) (AwarenessEntry, bool) {
	p := a.clients[a.local]
	if p == nil || falsy(p.state) || now.Sub(p.heard) < AwarenessTimeout/2 {
		return AwarenessEntry{}, false
	}
	return a.SetLocal(p.state, now), true
}

// Apply takes in what a message says and returns the clients it made appear,
// repeat or change their state, and leave. Entries older than what is known
// change nothing and are not listed.
//
// Passing all three lists to Entries gives what other peers should hear. That
// includes the local client when a message said it had left: its state stays,
// its clock moves past the message's, and it is listed under removed, as in
// y-protocols, so that the correction goes out.
func (a *Awareness) Apply(entries []AwarenessEntry, now time.Time) (added, updated, removed []uint64) {
	for _, e := range entries {
		p, known := a.clients[e.Client]
		if !known {
			p = &presence{}
		}
		newer := p.clock < e.Clock || p.clock == e.Clock && e.State == nil && p.state != nil
		if !newer || !known && !a.makeRoom() {
			continue
		}
		a.clients[e.Client] = p
		p.clock, p.heard = e.Clock, now
		switch {
		case e.State != nil:
			p.state = slices.Clone(e.State)
		case e.Client == a.local && !falsy(p.state):
			p.clock++
		default:
			p.state = nil
		}
		a.note(e.Client, p)
		switch {
		case !known && e.State != nil:
			added = append(added, e.Client)
		case known && e.State == nil:
			removed = append(removed, e.Client)
		case e.State != nil:
			updated = append(updated, e.Client)
		}
	}
	return added, updated, removed
}

// makeRoom says whether one more client can be remembered.
func (a *Awareness) makeRoom() bool {
	if len(a.clients) < a.MaxClients {
		return true
	}
	longest := a.absent.Front()
	if longest == nil {
		return false
	}
	delete(a.clients, a.absent.Remove(longest).(uint64))
	return true
}

// note puts a client behind those that are absent already, or takes it away from them.
func (a *Awareness) note(id uint64, p *presence) {
	if p.away != nil {
		a.absent.Remove(p.away)
		p.away = nil
	}
	if p.state == nil && id != a.local {
		p.away = a.absent.PushBack(id)
	}
}

// Remove makes clients absent, for instance because their connection closed,
// and returns those that were present. The clock of a remote client stays: an
// entry with the same clock and no state is what tells the others.
func (a *Awareness) Remove(clients ...uint64) (removed []uint64) {
	for _, id := range clients {
		p := a.clients[id]
		if p == nil || p.state == nil {
			continue
		}
		p.state = nil
		a.note(id, p)
		if id == a.local {
			p.clock++
		}
		removed = append(removed, id)
	}
	return removed
}

// Outdated lists the present clients, other than the local one, not heard of for
// [AwarenessTimeout]; pass them to Remove.
func (a *Awareness) Outdated(now time.Time) (clients []uint64) {
	for _, id := range a.Clients() {
		if id != a.local && now.Sub(a.clients[id].heard) >= AwarenessTimeout {
			clients = append(clients, id)
		}
	}
	return clients
}

// Clients lists who is present, in ascending order.
func (a *Awareness) Clients() []uint64 {
	ids := slices.Sorted(maps.Keys(a.clients))
	return slices.DeleteFunc(ids, func(id uint64) bool { return a.clients[id].state == nil })
}

// State is the JSON a client shows, nil when it is not present. Do not modify it.
func (a *Awareness) State(client uint64) json.RawMessage {
	if p := a.clients[client]; p != nil {
		return p.state
	}
	return nil
}

// States returns what everyone present shows. Do not modify the states.
func (a *Awareness) States() map[uint64]json.RawMessage {
	states := make(map[uint64]json.RawMessage, len(a.clients))
	for id, p := range a.clients {
		if p.state != nil {
			states[id] = p.state
		}
	}
	return states
}

// Entries says what is known about clients, present or absent, in the order
// given. Clients never heard of are left out. A peer that joins is sent
// a.Entries(a.Clients()...).
func (a *Awareness) Entries(clients ...uint64) []AwarenessEntry {
	entries := make([]AwarenessEntry, 0, len(clients))
	for _, id := range clients {
		if p := a.clients[id]; p != nil {
			entries = append(entries, a.entry(id, p))
		}
	}
	return entries
}

func (a *Awareness) entry(id uint64, p *presence) AwarenessEntry {
	e := AwarenessEntry{Client: id, Clock: p.clock, State: p.state}
	if falsy(e.State) {
		e.State = nil
	}
	return e
}

// falsy says whether JavaScript takes the value for false. y-protocols keeps
// such a state but treats it as none where it sends or defends it.
func falsy(state json.RawMessage) bool {
	switch string(state) {
	case "", "false", `""`:
		return true
	}
	f, err := strconv.ParseFloat(string(state), 64)
	return err == nil && f == 0
}
