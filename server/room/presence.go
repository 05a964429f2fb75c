package room

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// Presence (who is here, and where their caret is) is shown and never kept. Each
// session has one client id, the one it names in hello or, for stock clients,
// the first it shows something under; what it says of others is ignored, since a
// stock client repeats whatever it hears. Who stands behind a presence is put in
// by the server.

// presence is what a room knows of who is here.
type presence struct {
	faces       map[uint64]*face    // by client id; also of those who left lately
	dirty       map[uint64]struct{} // changed since the last flush
	flushed     time.Time
	alarm       alarm // the next flush
	sweep       alarm // the next look for faces that went silent
	unsubscribe func()
}

// face is what one client shows.
type face struct {
	clock  uint64
	state  json.RawMessage // stamped; nil: has left
	person string
	owner  *Session  // nil: on another node, or left
	node   string    // of the other node; empty: this one
	heard  time.Time // when the clock last moved, or it left
}

const (
	faceForgotten = time.Minute      // how long one who left is remembered
	nodeSilence   = 45 * time.Second // a face of another node without a word for this is gone; clients repeat theirs every 15 s
	sweepEvery    = 10 * time.Second
)

func (p *presence) init() {
	p.faces = make(map[uint64]*face)
	p.dirty = make(map[uint64]struct{})
}

// present lists the clients that show something, in ascending order.
func (p *presence) present() []uint64 {
	ids := make([]uint64, 0, len(p.faces))
	for client, f := range p.faces {
		if f.state != nil {
			ids = append(ids, client)
		}
	}
	slices.Sort(ids)
	return ids
}

// message says what is known of the clients.
func (p *presence) message(clients []uint64) *Presence {
	m := &Presence{Entries: make([]crdt.AwarenessEntry, 0, len(clients))}
	for _, client := range clients {
		f := p.faces[client]
		m.add(crdt.AwarenessEntry{Client: client, Clock: f.clock, State: f.state})
	}
	return m
}

// adopt makes client the session's own, if it is free: not shown by somebody
// else, not left by somebody else lately, and not an id another person wrote
// under. The same person may take it over, as after an interrupted connection.
func (r *Room) adopt(s *Session, client uint64) bool {
	if s.client == client {
		return true
	}
	person := s.grant.Person.ID
	if owner, bound := r.clients[client]; bound && r.plan && owner != person {
		return false
	}
	if f := r.presence.faces[client]; f != nil {
		if f.person != person {
			return false
		}
		if f.owner != nil {
			f.owner.client = 0
		}
		f.owner, f.node = s, ""
	}
	if s.client != 0 {
		r.hideSession(s)
	}
	s.client = client
	return true
}

// takePresence is what a client says of itself, and, if it is a stock client, of
// everyone else.
func (r *Room) takePresence(s *Session, entries []crdt.AwarenessEntry) {
	for _, e := range entries {
		if s.client == 0 && e.State != nil && !r.echo(e) {
			r.adopt(s, e.Client)
		}
		if s.client != e.Client || e.Client == 0 {
			continue
		}
		state, ok := r.stamp(s, e.State)
		if !ok {
			r.log.Debug("presence ignored", "session", s.id, "bytes", len(e.State))
			continue
		}
		f := r.presence.faces[e.Client]
		if f == nil {
			if state == nil {
				continue
			}
			f = &face{}
			r.presence.faces[e.Client] = f
		} else if !newer(f, e.Clock, state) {
			continue
		}
		f.clock, f.state, f.heard = e.Clock, state, time.Now()
		f.owner, f.node, f.person = s, "", s.grant.Person.ID
		r.touch(e.Client)
	}
}

// echo says whether an entry only repeats what is known of its client. Somebody
// who really is that client counts its clock up within 15 seconds.
func (r *Room) echo(e crdt.AwarenessEntry) bool {
	f := r.presence.faces[e.Client]
	return f != nil && e.Clock <= f.clock
}

// newer is the rule of y-protocols: a greater clock wins, and leaving wins over
// the same clock. Beyond it, one who left may come back with the same clock, as
// a client does whose connection was interrupted.
func newer(f *face, clock uint64, state json.RawMessage) bool {
	return clock > f.clock || clock == f.clock && (state == nil) != (f.state == nil)
}

// stamp puts the person into a state, in place of whatever the client wrote. A
// state is a JSON object of bounded size.
func (r *Room) stamp(s *Session, state json.RawMessage) (json.RawMessage, bool) {
	if state == nil {
		return nil, true
	}
	if len(state) > r.cfg.Limits.MaxPresenceBytes {
		return nil, false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(state, &fields) != nil || fields == nil {
		return nil, false
	}
	fields["user"] = s.face
	stamped, err := json.Marshal(fields)
	return stamped, err == nil
}

// touch has a change shown at the next flush: at once after a quiet moment,
// otherwise together with what else comes within Limits.PresenceEvery.
func (r *Room) touch(client uint64) {
	r.presence.dirty[client] = struct{}{}
	r.presence.sweep.set(sweepEvery)
	r.presence.alarm.set(max(0, r.cfg.Limits.PresenceEvery-time.Since(r.presence.flushed)))
}

// flushPresence shows what changed to everyone, in one message.
func (r *Room) flushPresence() {
	p := &r.presence
	if len(p.dirty) == 0 {
		return
	}
	clients := make([]uint64, 0, len(p.dirty))
	var local []uint64
	for client := range p.dirty {
		if f := p.faces[client]; f != nil {
			clients = append(clients, client)
			if f.node == "" {
				local = append(local, client)
			}
		}
	}
	clear(p.dirty)
	p.flushed = time.Now()
	slices.Sort(clients)
	m := p.message(clients)
	for s := range r.sessions {
		if len(clients) == 1 && clients[0] == s.client {
			continue // nobody needs to be told of themselves
		}
		r.tell(s, m)
	}
	r.tellNodes(local)
}

// tellPresence tells the session who is here.
func (r *Room) tellPresence(s *Session) {
	r.tell(s, r.presence.message(r.presence.present()))
}

// hideSession makes what the session showed disappear.
func (r *Room) hideSession(s *Session) {
	f := r.presence.faces[s.client]
	if f == nil || f.owner != s {
		return
	}
	client := s.client
	s.client, f.owner, f.heard = 0, nil, time.Now()
	if f.state != nil {
		f.state = nil
		r.touch(client)
	}
}

// hidePresence tells other nodes that nobody is here any more.
func (r *Room) hidePresence() {
	if r.presence.unsubscribe == nil {
		return
	}
	var local []uint64
	for client, f := range r.presence.faces {
		if f.node == "" && f.heard.After(time.Now().Add(-faceForgotten)) {
			f.state = nil
			local = append(local, client)
		}
	}
	r.tellNodes(local)
	r.presence.unsubscribe()
	r.presence.unsubscribe = nil
}

// sweepPresence forgets who left, and hides who is on a node that went silent.
func (r *Room) sweepPresence() {
	now := time.Now()
	for client, f := range r.presence.faces {
		quiet := now.Sub(f.heard)
		switch {
		case f.state == nil && quiet > faceForgotten:
			delete(r.presence.faces, client)
		case f.node != "" && f.state != nil && quiet > nodeSilence:
			f.state, f.heard = nil, now
			r.touch(client)
		}
	}
	if len(r.presence.faces) > 0 {
		r.presence.sweep.set(sweepEvery)
	}
}

// Nodes tell each other about their own clients over the journal's presence
// subject: the sender's name, then one of these.
const (
	nodeSays = 0 // an awareness update
	nodeAsks = 1 // nothing more: a room came into memory and wants to know
)

func (r *Room) tellNodes(clients []uint64) {
	if len(clients) == 0 {
		return
	}
	slices.Sort(clients)
	b := lib0.AppendVarString(nil, r.reg.node)
	b = lib0.AppendUvarint(b, nodeSays)
	b = append(b, crdt.EncodeAwareness(r.presence.message(clients).Entries)...)
	r.publish(b)
}

func (r *Room) askNodes() {
	r.publish(lib0.AppendUvarint(lib0.AppendVarString(nil, r.reg.node), nodeAsks))
}

func (r *Room) publish(b []byte) {
	if err := r.cfg.Journal.PublishPresence(r.name, b); err != nil {
		r.log.Debug("presence not published to other nodes", "error", err)
	}
}

// hearNode takes what another node says.
func (r *Room) hearNode(b []byte) {
	node, entries, err := decodeNode(b)
	switch {
	case err != nil:
		r.log.Warn("presence message of another node ignored", "error", err)
	case node == r.reg.node:
	case entries == nil:
		var local []uint64
		for client, f := range r.presence.faces {
			if f.owner != nil {
				local = append(local, client)
			}
		}
		r.tellNodes(local)
	default:
		for _, e := range entries {
			r.hearFace(node, e)
		}
	}
}

func (r *Room) hearFace(node string, e crdt.AwarenessEntry) {
	f := r.presence.faces[e.Client]
	switch {
	case f == nil && e.State == nil:
		return
	case f == nil:
		f = &face{}
		r.presence.faces[e.Client] = f
	case f.owner != nil && e.State == nil:
		return // left there, is here now
	case !newer(f, e.Clock, e.State):
		return
	}
	if f.owner != nil {
		f.owner.client = 0
	}
	var state struct {
		User struct {
			ID string `json:"id"`
		} `json:"user"`
	}
	if e.State != nil && json.Unmarshal(e.State, &state) == nil {
		f.person = state.User.ID
	}
	f.clock, f.state, f.owner, f.node, f.heard = e.Clock, e.State, nil, node, time.Now()
	r.touch(e.Client)
}

// decodeNode reads a message between nodes; entries is nil for a question.
func decodeNode(b []byte) (node string, entries []crdt.AwarenessEntry, err error) {
	in := lib0.NewReader(b)
	if node, err = in.VarString(); err != nil {
		return "", nil, fmt.Errorf("name: %w", err)
	}
	kind, err := in.Uvarint()
	if err != nil {
		return "", nil, fmt.Errorf("kind: %w", err)
	}
	switch kind {
	case nodeAsks:
		return node, nil, in.Done()
	case nodeSays:
		entries, err = crdt.DecodeAwareness(in.Rest(), crdt.AwarenessLimits{})
		if err == nil && entries == nil {
			entries = []crdt.AwarenessEntry{}
		}
		return node, entries, err
	}
	return "", nil, fmt.Errorf("unknown kind %d", kind)
}

// Merge combines two messages, later being the newer one.
func (m *Presence) Merge(later *Presence) *Presence {
	latest := make(map[uint64]crdt.AwarenessEntry, len(m.Entries)+len(later.Entries))
	for _, e := range m.Entries {
		latest[e.Client] = e
	}
	for _, e := range later.Entries {
		latest[e.Client] = e
	}
	merged := &Presence{Entries: make([]crdt.AwarenessEntry, 0, len(latest))}
	for _, client := range slices.Sorted(maps.Keys(latest)) {
		merged.add(latest[client])
	}
	return merged
}

func (m *Presence) add(e crdt.AwarenessEntry) {
	m.Entries = append(m.Entries, e)
	m.bytes += len(e.State) + 16
}
