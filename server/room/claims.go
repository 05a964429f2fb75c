package room

import (
	"coplan/crdt"
	"coplan/server/journal"
)

// clientTable says who wrote under which CRDT client id: the person of the
// first entry that used it. It is derived from the log alone, so every node and
// every restart has the same one; snapshots carry it.
type clientTable map[uint64]string

// systemClient stands in the table for ids the server wrote under.
const systemClient = "system"

// record binds the ids that an entry uses for the first time.
func (t clientTable) record(e journal.Entry) error {
	clients, err := crdt.UpdateClients(e.Update)
	if err != nil {
		return err
	}
	person := e.Actor.ID
	if e.Kind != journal.KindUpdate {
		person = systemClient
	}
	for client := range clients {
		if _, bound := t[client]; !bound {
			t[client] = person
		}
	}
	return nil
}

// mayWrite says whether every client id under which the update brings something
// new is unused or the person's own. Structs that the document has already do
// not matter: a client may echo anything. Free documents have no such rule, as
// their holders of tokens are programs that may speak for many.
//
// Two nodes can accept a new id from two people at the same moment; the table
// then has the one that is first in the log, and the other's next edit is
// refused.
func (r *Room) mayWrite(s *Session, update []byte) (owner string, ok bool) {
	if !r.plan {
		return "", true
	}
	clients, err := crdt.UpdateClients(update)
	if err != nil {
		return "", false
	}
	for client, clocks := range clients {
		if clocks[1] <= r.live.State(client) {
			continue
		}
		if owner, bound := r.owner(client); bound && owner != s.grant.Person.ID {
			return owner, false
		}
	}
	return "", true
}

// owner is the person a client id belongs to: by the log, or, before its first
// edit, because it shows presence under it.
func (r *Room) owner(client uint64) (string, bool) {
	if person, bound := r.clients[client]; bound {
		return person, true
	}
	if f := r.presence.faces[client]; f != nil && f.state != nil {
		return f.person, true
	}
	return "", false
}

// integrable says whether applying the update would leave nothing pending. The
// error is that of applying it: the document will not take it, now or later.
func (r *Room) integrable(update []byte) (bool, error) {
	if len(update) == 0 {
		return true, nil
	}
	return r.live.Integrable(update)
}

// maxDocPendingBytes bounds what a document in memory keeps waiting. Sessions
// hold what waits themselves (see hold), so it is for logs with a hole.
const maxDocPendingBytes = 1 << 20

func newLive() *crdt.Doc {
	return crdt.New(crdt.Options{Limits: crdt.Limits{MaxPendingBytes: maxDocPendingBytes}})
}

// beyondLimits is what people are told of an update that wraps crdt.ErrLimit.
const beyondLimits = "The change is larger or nested deeper than a document can hold."
