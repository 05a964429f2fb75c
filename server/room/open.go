package room

import (
	"context"
	"errors"
	"fmt"
	"math"

	"coplan/server/journal"
)

// following is the room's subscription to its document's entries.
type following struct {
	sub     *journal.Subscription
	round   int           // tells deliveries of the current subscription from leftovers
	ended   chan struct{} // closed when the current round is over: its deliver returns
	damaged error         // the log lacks something; only reading is possible
}

// delivered is an entry, or the end of a subscription.
type delivered struct {
	round  int
	stored journal.Stored
	lost   error // not nil: the subscription ended
}

// open makes the document live: the newest sound snapshot, then every entry
// after it. It returns when everything that was in the log at the time of the
// call is applied.
//
// A snapshot is a cache. One that cannot be read is reported and passed over,
// down to the beginning of the log.
func (r *Room) open() error {
	ctx, cancel := context.WithTimeout(r.ctx, r.cfg.OpenTimeout)
	defer cancel()
	r.setStorage(r.cfg.Journal.Status())
	if err := r.restoreSnapshot(ctx); err != nil {
		return unavailable(err)
	}
	last, err := r.cfg.Journal.Last(ctx, r.name)
	if err != nil {
		return unavailable(err)
	}
	if last < r.at.Seq {
		r.damage(fmt.Errorf("%w: the snapshot includes entry %d, the log ends at %d", journal.ErrDamaged, r.at.Seq, last))
		return nil
	}
	r.snapshotSeq = r.at.Seq
	if err := r.follow(); err != nil {
		return unavailable(err)
	}
	if err := r.catchUp(ctx); err != nil {
		return err
	}
	cancelPresence, err := r.cfg.Journal.SubscribePresence(r.name, func(b []byte) { r.tryPost(func() { r.hearNode(b) }) })
	if err != nil {
		r.unfollow()
		return unavailable(err)
	}
	r.presence.unsubscribe = cancelPresence
	r.askNodes()
	r.maybeSnapshot()
	return nil
}

// restoreSnapshot makes live the newest snapshot that is sound, or empty.
func (r *Room) restoreSnapshot(ctx context.Context) error {
	for maxSeq := uint64(math.MaxUint64); maxSeq > 0; {
		snap, found, err := r.cfg.Journal.LatestSnapshot(ctx, r.name, maxSeq)
		if err != nil {
			return err
		}
		if !found {
			break
		}
		err = r.restore(snap)
		if err == nil {
			return nil
		}
		r.log.Error("snapshot is corrupted; the document is rebuilt from the log", "snapshot", snap.Seq, "entries", snap.Ordinal, "error", err)
		maxSeq = max(snap.Seq, 1) - 1
	}
	r.live = newLive()
	r.at, r.edge, r.clients = journal.Cursor{}, journal.Edge{}, make(clientTable)
	return nil
}

func (r *Room) restore(snap journal.Snapshot) error {
	edge, err := journal.UnmarshalEdge(snap.Ordinal, snap.Edge)
	if err != nil {
		return err
	}
	d := newLive()
	switch snap.Format {
	case "v1":
		err = d.ApplyUpdate(snap.State, nil)
	case "v2":
		err = d.ApplyUpdateV2(snap.State, nil)
	default:
		err = fmt.Errorf("unknown format %q", snap.Format)
	}
	if err != nil {
		return err
	}
	if d.HasPending() {
		return errors.New("the state is incomplete")
	}
	r.live, r.edge = d, edge
	r.at = journal.Cursor{Seq: snap.Seq, Next: snap.Ordinal}
	r.clients = make(clientTable, len(snap.Clients))
	for client, person := range snap.Clients {
		r.clients[client] = person
	}
	return nil
}

// follow subscribes from the cursor on.
func (r *Room) follow() error {
	r.round++
	round, ended := r.round, make(chan struct{})
	post := func(d delivered) {
		select {
		case r.entries <- d:
		case <-ended:
		case <-r.done:
		}
	}
	sub, err := r.cfg.Journal.Follow(r.ctx, r.name, r.at,
		func(s journal.Stored) { post(delivered{round: round, stored: s}) },
		func(err error) { post(delivered{round: round, lost: err}) })
	if err != nil {
		close(ended)
		return err
	}
	r.sub, r.ended = sub, ended
	return nil
}

// unfollow ends the subscription; what it still had to deliver is ignored.
func (r *Room) unfollow() {
	if r.sub == nil {
		return
	}
	close(r.ended) // before Stop, which may wait for a deliver that waits for us
	r.sub.Stop()
	r.sub = nil
	r.round++
}

// catchUp applies entries until the subscription has delivered all there were
// when it began.
func (r *Room) catchUp(ctx context.Context) error {
	one := func(d delivered) error {
		if d.lost != nil {
			r.unfollow()
			return unavailable(d.lost)
		}
		r.apply(d.stored)
		return nil
	}
	for {
		select {
		case d := <-r.entries:
			if err := one(d); err != nil {
				return err
			}
		case <-r.sub.CaughtUp():
			for len(r.entries) > 0 {
				if err := one(<-r.entries); err != nil {
					return err
				}
			}
			return nil
		case <-ctx.Done():
			r.unfollow()
			return unavailable(fmt.Errorf("reading the log after entry %d: %w", r.at.Seq, context.Cause(ctx)))
		}
	}
}

// lostTrack handles the end of a subscription: nothing more is delivered, so
// nothing more is acknowledged, until refollow succeeds.
func (r *Room) lostTrack(err error) {
	r.unfollow()
	if errors.Is(err, journal.ErrDamaged) {
		r.damage(err)
		return
	}
	r.log.Warn("lost track of the log; following it again", "after", r.at.Seq, "error", err)
	r.setFollowing(false)
	r.followAlarm.set(r.cfg.RetryEvery)
}

func (r *Room) refollow() {
	if r.sub != nil || r.stop {
		return
	}
	if err := r.follow(); err != nil {
		r.log.Debug("following the log failed", "error", err)
		r.followAlarm.set(r.cfg.RetryEvery)
		return
	}
	r.setFollowing(true)
}

// damage makes the room read-only: an entry that cannot be read leaves a hole
// nobody may write beyond. The operator has to restore the log from a replica or
// a backup.
func (r *Room) damage(err error) {
	r.damaged = err
	r.log.Error("the log of this document is damaged; it can be read but not changed", "at", r.at.Seq, "entries", r.at.Next, "error", err)
	r.tellStorage()
}
