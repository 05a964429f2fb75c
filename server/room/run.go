package room

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
)

// Room is one live document. One goroutine, run, owns it; everybody else posts
// functions to its inbox.
type Room struct {
	// Fixed after newRoom.
	name    string
	plan    bool // has a schema and was created by the server
	reg     *Registry
	cfg     *Config
	log     *slog.Logger
	inbox   chan func()    // never closed; senders also select on done
	entries chan delivered // from the journal, in order; never closed
	ctx     context.Context
	abandon context.CancelFunc // ends appends and reading: the drain took too long
	opened  chan struct{}      // closed when openErr is set, or the document is live
	openErr error              // read after opened
	done    chan struct{}      // closed when run returns
	endErr  error              // why it did; read after done

	pins int // callers that found the room and still need it; guarded by Registry.roomsMu

	// Owned by run.
	live     *crdt.Doc
	at       journal.Cursor // the last entry applied to live, and how many there were
	edge     journal.Edge   // of the entries applied
	clients  clientTable
	sessions map[*Session]struct{}
	byID     map[string]*Session   // inside and leaving
	held     map[*Session]struct{} // their queue refers to something unknown
	jobs     []*job                // waiting commands, in order
	job      *job                  // the one being run or appended
	cache    stateCache
	presence presence
	following
	storage
	snapshots
	serial   uint64 // of the session admitted last
	draining bool
	stop     bool

	retryAlarm, holdAlarm, idleAlarm, followAlarm, repairAlarm alarm
}

const (
	inboxSize   = 256 // functions; a full inbox makes socket readers wait, and thereby their clients
	entriesSize = 256 // entries; a full one makes the journal's delivery wait
)

func newRoom(reg *Registry, doc string) *Room {
	r := &Room{
		name: doc, plan: isPlan(doc), reg: reg, cfg: &reg.cfg, log: reg.cfg.Logger.With("doc", doc),
		inbox: make(chan func(), inboxSize), entries: make(chan delivered, entriesSize),
		opened: make(chan struct{}), done: make(chan struct{}),
		clients: make(clientTable), sessions: make(map[*Session]struct{}), byID: make(map[string]*Session),
		held: make(map[*Session]struct{}),
	}
	r.ctx, r.abandon = context.WithCancel(context.Background())
	r.presence.init()
	return r
}

// post runs fn in the room's goroutine, later. false: the room is gone.
func (r *Room) post(fn func()) bool {
	select {
	case <-r.done:
		return false
	default:
	}
	select {
	case r.inbox <- fn:
		return true
	case <-r.done:
		return false
	}
}

// tryPost is post for what may be lost: it does nothing when the inbox is full.
func (r *Room) tryPost(fn func()) {
	select {
	case r.inbox <- fn:
	default:
	}
}

// call runs fn in the room's goroutine and returns its error. When ctx ends the
// wait, fn may still run.
func (r *Room) call(ctx context.Context, fn func() error) error {
	result := make(chan error, 1)
	if !r.post(func() { result <- fn() }) {
		return r.endErr
	}
	select {
	case err := <-result:
		return err
	case <-r.done:
		select {
		case err := <-result:
			return err
		default:
			return r.endErr
		}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run is the room's life. A panic is our own bug: it ends this room, never the
// others. Nothing durable depends on a room, the next one reads the journal.
func (r *Room) run() {
	defer close(r.done)
	defer r.abandon()
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("room failed", "panic", p, "stack", string(debug.Stack()))
			r.fail(fmt.Errorf("%w: %v", ErrInternal, p))
		}
	}()
	if err := r.open(); err != nil {
		r.fail(err)
		return
	}
	close(r.opened)
	r.checkIdle()
	r.lookForRepairs() // the last life may have ended before it could
	for !r.stop {
		select {
		case fn := <-r.inbox:
			fn()
		case d := <-r.entries:
			r.take(d)
		case <-r.presence.alarm.C():
			r.presence.alarm.rang()
			r.flushPresence()
		case <-r.presence.sweep.C():
			r.presence.sweep.rang()
			r.sweepPresence()
		case <-r.retryAlarm.C():
			r.retryAlarm.rang()
			r.retry()
		case <-r.holdAlarm.C():
			r.holdAlarm.rang()
			r.checkHeld()
		case <-r.followAlarm.C():
			r.followAlarm.rang()
			r.refollow()
		case <-r.repairAlarm.C():
			r.repairAlarm.rang()
			r.repair()
		case <-r.idleAlarm.C():
			r.idleAlarm.rang()
			r.retireIfIdle()
		case <-r.ctx.Done():
			r.stop = true
		}
	}
	r.finish()
}

// fail ends the room at once: whoever waits for it learns err.
func (r *Room) fail(err error) {
	r.endErr = err
	r.reg.retire(r, true)
	r.unfollow()
	r.hidePresence()
	select {
	case <-r.opened:
	default:
		r.openErr = err
		close(r.opened)
	}
	for s := range r.sessions {
		s.state = gone
		s.out.Cut(err)
	}
}

// finish is the orderly end: everything appended that could be, nobody left.
func (r *Room) finish() {
	r.endErr = ErrDraining
	r.reg.retire(r, true)
	for s := range r.sessions {
		r.cut(s, ErrDraining)
	}
	r.failJobs(ErrDraining)
	r.hidePresence()
	r.lastSnapshot()
	r.unfollow()
	r.log.Debug("room left memory", "seq", r.at.Seq)
}

// busy says whether something is on its way into the journal.
func (r *Room) busy() bool {
	if r.job != nil || len(r.jobs) > 0 {
		return true
	}
	for _, s := range r.byID {
		if _, held := r.held[s]; s.flight != nil || len(s.queue) > 0 && !held && r.damaged == nil {
			return true
		}
	}
	return false
}

// drain stops taking edits. The room stops when what was taken is durable.
func (r *Room) drain() {
	if r.draining {
		return
	}
	r.draining = true
	notice := &Notice{Kind: "draining", State: "degraded", Text: "The server is restarting. Your page reconnects by itself."}
	for s := range r.sessions {
		r.notify(s, notice)
	}
	r.settled()
}

// settled is called whenever something on its way into the journal has arrived
// or was given up.
func (r *Room) settled() {
	if r.draining && !r.busy() {
		r.stop = true
	}
	r.checkIdle()
}

// checkIdle starts the countdown when the room has nothing left to do.
func (r *Room) checkIdle() {
	if len(r.byID) == 0 && !r.busy() {
		r.idleAlarm.set(r.cfg.IdleAfter)
		return
	}
	r.idleAlarm.cancel()
}

func (r *Room) retireIfIdle() {
	if len(r.byID) > 0 || r.busy() {
		return
	}
	if !r.reg.retire(r, false) {
		r.checkIdle()
		return
	}
	r.stop = true
}

// alarm is a timer that is either set or not. The zero alarm is not set.
type alarm struct {
	t       *time.Timer
	running bool
}

// set starts the countdown unless it is running.
func (a *alarm) set(d time.Duration) {
	if a.running {
		return
	}
	a.running = true
	if a.t == nil {
		a.t = time.NewTimer(d)
		return
	}
	a.t.Reset(d)
}

func (a *alarm) cancel() {
	if a.running {
		a.running = false
		a.t.Stop()
	}
}

// rang is to be called on receiving from C.
func (a *alarm) rang() { a.running = false }

// C delivers when time is up; nil, which never delivers, when not set.
func (a *alarm) C() <-chan time.Time {
	if !a.running {
		return nil
	}
	return a.t.C
}
