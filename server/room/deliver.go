package room

import (
	"coplan/server/journal"
)

// take is a delivery from the journal: the one way by which the document
// changes, whoever wrote the entry and wherever it was appended.
func (r *Room) take(d delivered) {
	if d.round != r.round {
		return // from a subscription that is over
	}
	if d.lost != nil {
		r.lostTrack(d.lost)
		return
	}
	e := d.stored
	f := r.flightOf(e)
	if r.apply(e) {
		r.fanOut(e, f)
	}
	if f != nil {
		r.setFailing(false)
		r.landed(f, e.Seq)
	}
	r.recheckHeld()
	r.maybeSnapshot()
}

// apply merges an entry into the document and moves the cursor past it. false:
// its update cannot be applied. That is a fault of whoever wrote it, which must
// not stop everything after it: it is reported, and skipped by every node alike.
func (r *Room) apply(e journal.Stored) bool {
	r.at = journal.After(e)
	r.edge = r.edge.Append(e.Raw)
	r.cache.clear()
	err := r.live.ApplyUpdate(e.Update, nil)
	if err == nil {
		err = r.clients.record(e.Entry)
	}
	if err != nil {
		r.log.Error("entry cannot be applied; skipped", "seq", e.Seq, "ordinal", e.Ordinal, "person", e.Actor.ID, "error", err)
		return false
	}
	if r.live.HasPending() {
		r.log.Error("entry refers to something the log does not have", "seq", e.Seq, "ordinal", e.Ordinal, "person", e.Actor.ID)
	}
	return true
}

// fanOut shows an entry to everyone but the session that wrote it. What a
// command did goes to its author too: the server wrote it.
func (r *Room) fanOut(e journal.Stored, f *flight) {
	m := &Update{Seq: e.Seq, Person: e.Actor.ID, Bytes: e.Update}
	for s := range r.sessions {
		if s.live && (f == nil || f.session != s) {
			r.tell(s, m)
		}
	}
}
