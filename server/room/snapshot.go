package room

import (
	"context"
	"maps"
	"time"

	"coplan/server/journal"
)

// snapshots says when the next one is due.
type snapshots struct {
	snapshotSeq     uint64 // the last entry in the newest snapshot
	snapshotOrdinal uint64 // how many entries are in it
	snapshotting    bool   // one is being written
}

// snapshotTimeout bounds writing one; it is only a cache.
const snapshotTimeout = 20 * time.Second

// maybeSnapshot writes a snapshot when enough entries came since the last one.
func (r *Room) maybeSnapshot() {
	if r.snapshotting || r.at.Next < r.snapshotOrdinal+uint64(r.cfg.SnapshotEvery) {
		return
	}
	snap, ok := r.snapshot()
	if !ok {
		return
	}
	r.snapshotting = true
	go func() {
		ctx, cancel := context.WithTimeout(r.ctx, snapshotTimeout)
		defer cancel()
		err := r.cfg.Journal.PutSnapshot(ctx, snap)
		r.post(func() { r.snapshotted(snap, err) })
	}()
}

func (r *Room) snapshotted(snap journal.Snapshot, err error) {
	r.snapshotting = false
	// After a failure too: the next one is tried after as many entries again.
	r.snapshotOrdinal = snap.Ordinal
	if err != nil {
		r.log.Warn("snapshot not written", "seq", snap.Seq, "error", err)
		return
	}
	r.snapshotSeq = snap.Seq
	r.maybeSnapshot()
}

// lastSnapshot is for a room that leaves memory: the next one to open the
// document then has no tail to read. A crash before or within it costs only that
// time.
func (r *Room) lastSnapshot() {
	if r.at.Seq == r.snapshotSeq || r.ctx.Err() != nil {
		return
	}
	snap, ok := r.snapshot()
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(r.ctx, snapshotTimeout)
	defer cancel()
	if err := r.cfg.Journal.PutSnapshot(ctx, snap); err != nil {
		r.log.Warn("snapshot not written", "seq", snap.Seq, "error", err)
	}
}

func (r *Room) snapshot() (journal.Snapshot, bool) {
	state, err := r.fullState()
	if err != nil {
		r.log.Error("document cannot be encoded", "seq", r.at.Seq, "error", err)
		return journal.Snapshot{}, false
	}
	return journal.Snapshot{
		Doc: r.name, Seq: r.at.Seq, Ordinal: r.at.Next, Epoch: r.epoch(),
		Clients: maps.Clone(r.clients), Edge: r.edge.Marshal(), Format: "v1", State: state,
	}, true
}
