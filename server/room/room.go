// Package room holds the live documents: one goroutine per document owns a
// crdt.Doc, and everybody else posts to it.
//
// An edit arrives from a session, is checked, goes to the journal, and only
// when the journal delivers it back, durable and in order, is it applied,
// acknowledged to its author and shown to everyone else. What another node
// appended arrives by the same delivery, so there is one way for a document to
// change: a journal entry is applied to it.
//
// Read a room in this order: open.go (from snapshot and log to a live
// document), run.go (the loop), edit.go (arrival to append), deliver.go
// (delivery to fan-out), command.go, presence.go, snapshot.go.
package room

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
)

// Person is who stands behind a session, as the server knows them.
type Person struct {
	ID    string `json:"id"`    // stable; the same in presence, journal and history
	Name  string `json:"name"`  // shown to others
	Role  string `json:"role"`  // owner, seller, buyer, champion, commenter, viewer, auditor; empty for programs
	Side  string `json:"side"`  // seller, buyer or empty
	Via   string `json:"-"`     // link, oidc, token or system
	Color string `json:"color"` // CSS colour of carets; empty: derived from ID
}

func (p Person) actor() journal.Actor {
	return journal.Actor{ID: p.ID, Name: p.Name, Role: p.Role, Side: p.Side, Via: p.Via}
}

// Grant is what a person may do with one document. Whoever produced it has
// checked the token; a room only enforces it.
type Grant struct {
	Person  Person
	Doc     string // the document it is for
	Read    bool   // join and see
	Write   bool   // send edits
	Comment bool   // run commands that comment and propose
	History bool   // read entries; not used by rooms, told to the client
}

// Command changes a document in a person's name, within the given transaction.
// d is a scratch copy: returning an error discards everything done to it.
//
// Return a *Refusal for what the person can do something about; any other error
// is logged and reaches the caller as ErrInternal.
type Command func(d *crdt.Doc, tx *crdt.Tx, by Person, now time.Time, args json.RawMessage) (result any, err error)

// Refusal is why a command was turned down.
type Refusal struct {
	Code    string // for programs
	Where   string // the argument it is about, if any
	Message string // a sentence for the person
}

func (r *Refusal) Error() string { return r.Message }

// Author is who sent an edit that is judged.
type Author struct {
	Person
	// Owns says whether the person wrote what the client id wrote so far.
	Owns func(client uint64) bool
}

// Judge says whether an edit may become part of a document: nil; a *Refusal, whose
// sentence the person reads and whose edit is dropped; any other error is logged
// and refuses too. The update is whole: d could integrate it at once. It runs in
// the room's goroutine, for every entry that edits make, just before it goes to
// the journal, and must not change d.
type Judge func(d *crdt.Doc, update []byte, by Author) error

// CommandSpec is a command and who may run it.
type CommandSpec struct {
	Run Command
	// Allow says whether the grant suffices. nil: whoever may comment.
	Allow func(Grant) bool
	// Check, if any, is asked before Run, with the Seq of the last entry merged.
	// Its error should be a *Refusal. It must be quick: the room waits.
	Check func(args json.RawMessage, seq uint64) error
}

// Journal is what a room needs of the log; *journal.Journal provides it.
// The errors of Append are told apart by journal's sentinels.
type Journal interface {
	Append(ctx context.Context, id string, e journal.Entry) (seq uint64, err error)
	Last(ctx context.Context, doc string) (seq uint64, err error)
	Follow(ctx context.Context, doc string, from journal.Cursor, deliver func(journal.Stored), lost func(error)) (*journal.Subscription, error)
	PutSnapshot(ctx context.Context, s journal.Snapshot) error
	LatestSnapshot(ctx context.Context, doc string, maxSeq uint64) (journal.Snapshot, bool, error)
	PublishPresence(doc string, b []byte) error
	SubscribePresence(doc string, receive func([]byte)) (cancel func(), err error)
	Status() journal.Status
	OnStatus(fn func(journal.Status)) (cancel func())
}

// Dialect is how much a session's client understands.
type Dialect int

const (
	// Stock clients speak y-protocols and nothing else: their edits have no
	// numbers and get no acknowledgement.
	Stock Dialect = iota
	// Coplan clients number their edits, are told what became of them, and
	// say hello first.
	Coplan
	dialects
)

// Limits bounds what one session can make a room hold. Zero fields mean their
// defaults.
type Limits struct {
	MaxUpdateBytes   int           // one edit, and one merged entry; default 4 MiB
	MaxPendingBytes  int           // edits of one session not yet durable; default 8 MiB
	MaxPendingEdits  int           // the same, in number; default 4096
	MaxHeldBytes     int           // edits of one session that refer to something unknown; default 1 MiB
	MaxHeldEdits     int           // the same, in number; default 512
	HoldAfter        time.Duration // an edit that refers to something not seen is asked for again after this; default 1 s
	HoldFor          time.Duration // … and refused after this; default 20 s
	MaxPresenceBytes int           // one client's presence; default 4 KiB
	PresenceEvery    time.Duration // presence goes out at most this often; default 40 ms
	MaxArgsBytes     int           // JSON arguments of a command; default 64 KiB
	MaxCommands      int           // commands waiting in one room; default 64
	MaxSessions      int           // in one room; default 10,000
}

func (l Limits) withDefaults() Limits {
	size := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	span := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	size(&l.MaxUpdateBytes, 4<<20)
	size(&l.MaxPendingBytes, 8<<20)
	size(&l.MaxPendingEdits, 4096)
	size(&l.MaxHeldBytes, 1<<20)
	size(&l.MaxHeldEdits, 512)
	span(&l.HoldAfter, time.Second)
	span(&l.HoldFor, 20*time.Second)
	size(&l.MaxPresenceBytes, 4<<10)
	span(&l.PresenceEvery, 40*time.Millisecond)
	size(&l.MaxArgsBytes, 64<<10)
	size(&l.MaxCommands, 64)
	size(&l.MaxSessions, 10_000)
	return l
}

// Config is what a Registry is made of. Only Journal is required.
type Config struct {
	Journal  Journal
	Commands map[string]CommandSpec // by name
	Judge    Judge                  // of edits of plans; nil: whoever may write may write anything
	Repair   Repair                 // of plans, after edits; the zero Repair does nothing
	Logger   *slog.Logger           // default: discard
	Clock    func() time.Time       // stamps entries; default time.Now
	Limits   Limits

	IdleAfter     time.Duration // an empty room leaves memory after this; default 30 s
	SnapshotEvery int           // entries between snapshots; default 500
	RetryEvery    time.Duration // between attempts while the journal is unavailable; default 1 s
	OpenTimeout   time.Duration // to read a document from the journal; default 30 s
}

// Validate checks bounds; New calls it.
func (c Config) Validate() error {
	switch {
	case c.Journal == nil:
		return errors.New("room: Config.Journal is required")
	case c.IdleAfter < 0 || c.RetryEvery < 0 || c.OpenTimeout < 0:
		return errors.New("room: durations in Config must not be negative")
	case c.SnapshotEvery < 0:
		return fmt.Errorf("room: Config.SnapshotEvery is %d, must not be negative", c.SnapshotEvery)
	}
	if r := c.Repair; (r.Needed == nil) != (r.Run == nil) || r.After < 0 {
		return errors.New("room: Config.Repair needs both its functions and no negative time")
	}
	for name, spec := range c.Commands {
		if name == "" || spec.Run == nil {
			return fmt.Errorf("room: command %q has no function", name)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.IdleAfter == 0 {
		c.IdleAfter = 30 * time.Second
	}
	if c.SnapshotEvery == 0 {
		c.SnapshotEvery = 500
	}
	if c.RetryEvery == 0 {
		c.RetryEvery = time.Second
	}
	if c.OpenTimeout == 0 {
		c.OpenTimeout = 30 * time.Second
	}
	if c.Repair.After == 0 {
		c.Repair.After = time.Second
	}
	c.Limits = c.Limits.withDefaults()
	return c
}

// Reasons to refuse or end a session. Each has a row in the socket's table of
// close codes; the text after the sentinel's own is for the person.
var (
	ErrDraining    = errors.New("the server is restarting")                       // reconnect; unacknowledged edits are the client's to resend
	ErrUnavailable = errors.New("storage is not available")                       // try later; nothing was lost
	ErrMalformed   = errors.New("malformed message")                              // the session is closed; the document is untouched
	ErrForbidden   = errors.New("not allowed")                                    // the document is untouched
	ErrNotFound    = errors.New("no such document")                               // nothing was created
	ErrExists      = errors.New("the document already exists")                    // Create only; nothing was written
	ErrRevoked     = errors.New("access was revoked")                             // the session is closed; what was durable stays
	ErrSchema      = errors.New("this version of the page is too old; reload it") // closed before any state was sent
	ErrSlow        = errors.New("the connection is too slow; catching up afresh") // reconnect from the state vector
	ErrTooBig      = errors.New("the message is too big")                         // the document is untouched
	ErrTooFast     = errors.New("too many messages")                              // reconnect later
	ErrFull        = errors.New("too many people are in this document")           // try later
	ErrInternal    = errors.New("internal error")                                 // reconnect
)

// isPlan says whether the document is a plan or one side's mirror of it; these
// are created by the server and have a schema. All others are free documents.
func isPlan(doc string) bool { return strings.HasPrefix(doc, "plan/") }
