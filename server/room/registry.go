package room

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"coplan/crdt"
	"coplan/server/journal"
)

// Registry holds the rooms that are in memory. All methods may be called from
// anywhere.
type Registry struct {
	// Fixed after NewRegistry.
	cfg    Config
	node   string // tells this process's presence from that of other nodes
	cancel func() // stops listening to the journal's status

	roomsMu  sync.Mutex
	rooms    map[string]*Room // guarded by roomsMu, as is Room.pins
	draining bool             // guarded by roomsMu
}

// NewRegistry makes an empty registry. Close it before the journal.
func NewRegistry(cfg Config) (*Registry, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	r := &Registry{cfg: cfg.withDefaults(), node: rand.Text(), rooms: make(map[string]*Room)}
	r.cancel = cfg.Journal.OnStatus(r.storageChanged)
	return r, nil
}

// storageChanged passes the journal's state on to every room. It must not wait
// for rooms: the caller is the journal.
func (r *Registry) storageChanged(st journal.Status) {
	for _, room := range r.all() {
		go room.post(func() { room.setStorage(st) })
	}
}

func (r *Registry) all() []*Room {
	r.roomsMu.Lock()
	defer r.roomsMu.Unlock()
	rooms := make([]*Room, 0, len(r.rooms))
	for _, room := range r.rooms {
		rooms = append(rooms, room)
	}
	return rooms
}

// pin returns the document's room, open, and keeps it in memory until unpin.
func (r *Registry) pin(ctx context.Context, doc string) (*Room, error) {
	if err := journal.CheckDocName(doc); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrNotFound, err)
	}
	r.roomsMu.Lock()
	if r.draining {
		r.roomsMu.Unlock()
		return nil, ErrDraining
	}
	room := r.rooms[doc]
	if room == nil {
		room = newRoom(r, doc)
		r.rooms[doc] = room
		go room.run()
	}
	room.pins++
	r.roomsMu.Unlock()

	select {
	case <-room.opened:
	case <-ctx.Done():
		r.unpin(room)
		return nil, ctx.Err()
	}
	if room.openErr != nil {
		r.unpin(room)
		return nil, room.openErr
	}
	return room, nil
}

func (r *Registry) unpin(room *Room) {
	r.roomsMu.Lock()
	defer r.roomsMu.Unlock()
	room.pins--
}

// retire forgets the room unless somebody is about to use it. The next pin of
// its document starts a new one.
func (r *Registry) retire(room *Room, force bool) bool {
	r.roomsMu.Lock()
	defer r.roomsMu.Unlock()
	if room.pins > 0 && !force {
		return false
	}
	if r.rooms[room.name] == room {
		delete(r.rooms, room.name)
	}
	return true
}

// Join enters a document, bringing it into memory if need be, and tells out
// what a newcomer has to know.
//
// ErrForbidden: the grant is not for reading this document. ErrNotFound: no such
// plan. ErrUnavailable: it is not in memory and cannot be read now. ErrDraining,
// ErrFull: try another time.
func (r *Registry) Join(ctx context.Context, doc string, g Grant, d Dialect, out Outbox) (*Session, error) {
	if !g.Read || g.Doc != doc {
		return nil, fmt.Errorf("join %s: %w", doc, ErrForbidden)
	}
	room, err := r.pin(ctx, doc)
	if err != nil {
		return nil, fmt.Errorf("join %s: %w", doc, err)
	}
	defer r.unpin(room)
	s := newSession(room, g, d, out)
	if err := room.call(ctx, func() error { return room.admit(s) }); err != nil {
		s.Leave() // when ctx ended the wait, it may be admitted yet
		return nil, fmt.Errorf("join %s: %w", doc, err)
	}
	return s, nil
}

// Command runs a command in the grant's name and returns when its effect is
// durable and applied. seq is the journal position of the entry, or of the last
// one applied when the command changed nothing. When ctx ends early the command
// may still take effect.
func (r *Registry) Command(ctx context.Context, doc string, g Grant, name string, args json.RawMessage) (result json.RawMessage, seq uint64, err error) {
	if !g.Read || g.Doc != doc {
		return nil, 0, fmt.Errorf("%s on %s: %w", name, doc, ErrForbidden)
	}
	room, err := r.pin(ctx, doc)
	if err != nil {
		return nil, 0, fmt.Errorf("%s on %s: %w", name, doc, err)
	}
	defer r.unpin(room)
	type answer struct {
		result json.RawMessage
		seq    uint64
		err    error
	}
	answered := make(chan answer, 1)
	j := &job{grant: g, session: "http-" + rand.Text(), name: name, args: args}
	j.reply = func(result json.RawMessage, seq uint64, err error) { answered <- answer{result, seq, err} }
	if !room.post(func() { room.takeJob(j) }) {
		return nil, 0, fmt.Errorf("%s on %s: %w", name, doc, room.endErr)
	}
	select {
	case a := <-answered:
		return a.result, a.seq, a.err
	case <-room.done:
		select {
		case a := <-answered:
			return a.result, a.seq, a.err
		default:
			return nil, 0, fmt.Errorf("%s on %s: %w", name, doc, room.endErr)
		}
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
}

// View calls fn in the room's goroutine with the document and the position of
// the last entry applied to it, 0 for none. fn must be short, must not write
// and must not keep d.
func (r *Registry) View(ctx context.Context, doc string, fn func(d *crdt.Doc, at uint64) error) error {
	room, err := r.pin(ctx, doc)
	if err != nil {
		return fmt.Errorf("view %s: %w", doc, err)
	}
	defer r.unpin(room)
	return room.call(ctx, func() error { return fn(room.live, room.at.Seq) })
}

// Create writes a document's first entry, in the name of by, with what build
// puts into an empty document. ErrExists: it has entries already; nothing was
// written. A crash in between leaves either nothing or the whole entry.
func (r *Registry) Create(ctx context.Context, doc string, by Person, build func(d *crdt.Doc, tx *crdt.Tx) error) (seq uint64, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("create %s: %w", doc, err)
		}
	}()
	last, err := r.cfg.Journal.Last(ctx, doc)
	if err != nil {
		return 0, unavailable(err)
	}
	if last != 0 {
		return 0, ErrExists
	}
	d := crdt.New(crdt.Options{})
	update, err := capture(d, func(tx *crdt.Tx) error { return build(d, tx) })
	if err != nil {
		return 0, err
	}
	seq, err = r.cfg.Journal.Append(ctx, "create", journal.Entry{
		Doc: doc, At: r.cfg.Clock().UnixMicro(), Actor: by.actor(), Kind: journal.KindSystem, What: "create",
		Update: update, Client: d.ClientID(),
	})
	if err != nil && !errors.Is(err, journal.ErrRefused) {
		err = unavailable(err)
	}
	return seq, err
}

// unavailable marks an error of the journal as one that time may cure.
func unavailable(err error) error { return fmt.Errorf("%w: %w", ErrUnavailable, err) }

// Cut ends the sessions that match, for instance because a link was revoked
// (reason ErrRevoked), and returns how many it ended. What they had sent and
// was not yet appended is dropped.
func (r *Registry) Cut(match func(doc string, g Grant) bool, reason error) int {
	total := 0
	for _, room := range r.all() {
		n := make(chan int, 1)
		if room.post(func() { n <- room.cutMatching(match, reason) }) {
			select {
			case k := <-n:
				total += k
			case <-room.done:
			}
		}
	}
	return total
}

// Close drains every room: no new sessions, edits already taken are appended,
// clients are told ErrDraining, snapshots are written. When ctx ends first,
// rooms stop where they are; edits not yet acknowledged are then the clients' to
// send again.
func (r *Registry) Close(ctx context.Context) error {
	r.roomsMu.Lock()
	r.draining = true
	r.roomsMu.Unlock()
	r.cancel()
	rooms := r.all()
	for _, room := range rooms {
		go room.post(room.drain)
	}
	var late []string
	for _, room := range rooms {
		select {
		case <-room.done:
			continue
		case <-ctx.Done():
		}
		room.abandon()
		<-room.done
		late = append(late, room.name)
	}
	if late != nil {
		return fmt.Errorf("close rooms: %w: %d did not finish in time, first %s", ctx.Err(), len(late), late[0])
	}
	return nil
}
