package room

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"coplan/crdt"
	"coplan/server/journal"
)

// flight is an entry on its way into the journal. It stays the same, id and
// bytes, until its fate is known: that is what makes sending it again safe.
type flight struct {
	id      string
	entry   journal.Entry
	session *Session // whose edits these are; nil for a command
	job     *job     // the command, if it is one
	edits   []uint64 // numbers of the edits in it
	sending bool     // an append is running
}

// takeEdit is an edit's arrival. What the document has already costs nothing;
// everything else is checked here, while it is known which edit it was, and
// waits in the session's queue for its turn.
func (r *Room) takeEdit(s *Session, n uint64, update []byte) {
	if r.draining {
		return // not acknowledged, so the client sends it again elsewhere
	}
	if s.dialect == Coplan && !s.greeted {
		r.cut(s, fmt.Errorf("%w: an edit before hello", ErrMalformed))
		return
	}
	if s.dialect == Coplan && n <= s.lastEdit {
		r.cut(s, fmt.Errorf("%w: edit %d after edit %d", ErrMalformed, n, s.lastEdit))
		return
	}
	s.lastEdit = n
	if len(update) > r.cfg.Limits.MaxUpdateBytes {
		r.refuse(s, []uint64{n}, "invalid", fmt.Sprintf("The change is too big: %d bytes, %d are allowed.", len(update), r.cfg.Limits.MaxUpdateBytes), ErrTooBig)
		return
	}
	known, err := r.live.Contains(update)
	if errors.Is(err, crdt.ErrLimit) {
		r.refuseBeyond(s, []uint64{n}, err)
		return
	}
	if err != nil {
		r.cut(s, fmt.Errorf("%w: edit %d: %w", ErrMalformed, n, err))
		return
	}
	if len(s.queue) >= r.cfg.Limits.MaxPendingEdits {
		r.cut(s, fmt.Errorf("%w: too many changes wait to be saved", ErrUnavailable))
		return
	}
	if known {
		s.queue = append(s.queue, edit{n: n})
		r.advance(s)
		return
	}
	if !s.grant.Write {
		r.refuse(s, []uint64{n}, "forbidden", "You can read this document, but not change it.", nil)
		return
	}
	if owner, ok := r.mayWrite(s, update); !ok {
		r.log.Warn("edit under another person's client id refused", "session", s.id, "person", s.grant.Person.ID, "owner", owner)
		r.refuse(s, []uint64{n}, "forbidden", "The change carries edits that another person made. Reload the page to continue.", ErrForbidden)
		return
	}
	ready, err := r.integrable(update)
	if err != nil {
		r.refuseBeyond(s, []uint64{n}, err)
		return
	}
	if s.refused && !ready {
		r.refuse(s, []uint64{n}, "invalid", "The change builds on one that was refused.", ErrForbidden)
		return
	}
	if len(s.queue) > 0 && s.bytes+len(update) > r.cfg.Limits.MaxPendingBytes {
		r.cut(s, fmt.Errorf("%w: too many changes wait to be saved", ErrUnavailable))
		return
	}
	s.queue = append(s.queue, edit{n: n, update: update})
	s.bytes += len(update)
	if _, held := r.held[s]; held && !ready {
		r.hold(s) // one more that waits; trying all of them again can wait for the alarm
		return
	}
	r.advance(s)
}

// refuse tells the session that edits of it will not become part of the
// document. A stock client cannot be told which one: when its copy would differ
// from then on (cut is given) the connection ends, otherwise it hears once that
// it may not write.
func (r *Room) refuse(s *Session, edits []uint64, code, reason string, cut error) {
	s.refused = true
	if s.dialect == Coplan {
		r.tell(s, &Reset{Epoch: r.epoch(), Code: code, Reason: reason, Edits: edits})
		return
	}
	if cut != nil {
		r.cut(s, fmt.Errorf("%w: %s", cut, reason))
		return
	}
	if !s.denied {
		s.denied = true
		r.tell(s, &Denied{Reason: "permission denied: " + reason})
	}
}

// refuseBeyond refuses edits that no document would take.
func (r *Room) refuseBeyond(s *Session, edits []uint64, err error) {
	r.log.Warn("edits over the limits of a document refused", "session", s.id, "person", s.grant.Person.ID, "edits", len(edits), "error", err)
	r.refuse(s, edits, "invalid", beyondLimits, ErrTooBig)
}

// advance sends the session's next entry, unless one is on its way: what
// arrives meanwhile is merged into the one after.
//
// An entry must leave nothing pending in the document, so that every prefix of
// the log is whole. An update may refer to what has not arrived yet: a client
// that types before it answered step 1, or a tab that heard of an edit from
// another tab. Such an update is held until what it lacks is here.
func (r *Room) advance(s *Session) {
	if r.damaged != nil || r.predecessor(s) {
		return
	}
	for s.flight == nil && len(s.queue) > 0 {
		count, batch, err := r.nextBatch(s)
		var refusal *Refusal
		switch {
		case errors.Is(err, crdt.ErrLimit):
			edits := r.shift(s, count)
			r.unhold(s)
			r.refuseBeyond(s, edits, err)
			continue
		case errors.As(err, &refusal):
			edits := r.shift(s, count)
			r.unhold(s)
			r.log.Warn("edits refused", "session", s.id, "person", s.grant.Person.ID, "edits", len(edits), "where", refusal.Where, "reason", refusal.Message)
			r.refuse(s, edits, refusal.Code, refusal.Message, ErrForbidden)
			continue
		case err != nil:
			r.cut(s, fmt.Errorf("%w: merging edits: %w", ErrMalformed, err))
			return
		case count == 0 && s.refused:
			r.giveUpHeld(s) // what they build on was refused and will not come
			return
		case count == 0:
			r.hold(s)
			return
		}
		edits := r.shift(s, count)
		r.unhold(s)
		if known, err := r.live.Contains(batch); len(batch) == 0 || err == nil && known {
			r.ack(s, edits, 0)
			continue
		}
		s.flights++
		s.flight = &flight{
			id: s.id + "-" + strconv.FormatUint(s.flights, 10), session: s, edits: edits,
			entry: journal.Entry{Doc: r.name, At: r.cfg.Clock().UnixMicro(), Actor: s.grant.Person.actor(),
				Session: s.id, Kind: journal.KindUpdate, Update: batch},
		}
		r.send(s.flight)
	}
	if s.flight == nil {
		r.rest(s)
	}
}

// predecessor says whether an earlier connection of the person still has edits
// on their way. A client that lost its connection sends again what was not
// acknowledged; if its new session waits until the old one is done, that is an
// echo and not a second entry.
func (r *Room) predecessor(s *Session) bool {
	if s.flights > 0 || len(r.byID) == len(r.sessions) {
		return false // it has begun, or nobody is leaving
	}
	for _, p := range r.byID {
		if _, held := r.held[p]; p.state == leaving && !held && p.serial < s.serial && p.grant.Person.ID == s.grant.Person.ID {
			return true
		}
	}
	return false
}

// nextBatch merges as much from the head of the session's queue as makes one
// entry: up to the size limit, and more only if the edits refer to later ones.
// count is 0 when even all of it refers to something unknown. With an error that
// wraps crdt.ErrLimit or is a *Refusal, count is how many edits the document will
// not take: of several merged edits each is tried alone first.
func (r *Room) nextBatch(s *Session) (count int, batch []byte, err error) {
	limit, single := r.cfg.Limits.MaxUpdateBytes, false
	for limit > 0 {
		var updates [][]byte
		size := 0
		for count = 0; count < len(s.queue); count++ {
			u := s.queue[count].update
			if u == nil {
				continue
			}
			if size += len(u); size > limit && len(updates) > 0 {
				break
			}
			updates = append(updates, u)
		}
		switch len(updates) {
		case 0:
			return count, nil, nil
		case 1:
			batch = updates[0]
		default:
			if batch, err = r.live.MergeUpdates(updates...); err != nil {
				return 0, nil, err
			}
		}
		ok, err := r.integrable(batch)
		if ok {
			err = r.judge(s, batch)
		}
		var refusal *Refusal
		refused := errors.Is(err, crdt.ErrLimit) || errors.As(err, &refusal)
		switch {
		case ok && err == nil:
			return count, batch, nil
		case refused && len(updates) > 1 && !single:
			single, limit = true, 1 // refused together: the first may be taken
			continue
		case err != nil:
			return count, nil, err
		}
		if count == len(s.queue) {
			return 0, nil, nil
		}
		limit *= 2
	}
	return 0, nil, nil
}

// judge asks the configured Judge about edits that could be integrated.
func (r *Room) judge(s *Session, update []byte) error {
	if !r.plan || r.cfg.Judge == nil {
		return nil
	}
	person := s.grant.Person
	err := r.cfg.Judge(r.live, update, Author{Person: person, Owns: func(client uint64) bool {
		owner, bound := r.owner(client)
		return bound && owner == person.ID
	}})
	var refusal *Refusal
	if err != nil && !errors.As(err, &refusal) {
		r.log.Error("edits could not be judged", "session", s.id, "person", person.ID, "error", err)
		err = &Refusal{Code: "internal", Message: "The change could not be checked."}
	}
	return err
}

// shift takes the first count edits off the session's queue and returns their
// numbers.
func (r *Room) shift(s *Session, count int) []uint64 {
	edits := make([]uint64, 0, count)
	for _, e := range s.queue[:count] {
		s.bytes -= len(e.update)
		edits = append(edits, e.n)
	}
	s.queue = append(s.queue[:0], s.queue[count:]...)
	if len(s.queue) == 0 {
		s.queue = nil // let a burst's memory go
	}
	return edits
}

// send appends the flight in a goroutine of its own, which ends with the answer
// or with the room.
func (r *Room) send(f *flight) {
	f.sending = true
	go func() {
		seq, err := r.cfg.Journal.Append(r.ctx, f.id, f.entry)
		r.post(func() { r.appended(f, seq, err) })
	}()
}

// appended is the journal's answer. It is not yet the moment to tell anybody:
// that is the entry's delivery, which may have come first.
func (r *Room) appended(f *flight, seq uint64, err error) {
	f.sending = false
	if !r.pending(f) {
		return // delivered before the answer
	}
	switch {
	case err == nil:
		r.setFailing(false)
		if seq <= r.at.Seq {
			r.landed(f, seq) // delivered under another guise: the id was known already
		}
	case errors.Is(err, journal.ErrRefused):
		r.setFailing(false)
		r.log.Error("journal refused an entry", "id", f.id, "bytes", len(f.entry.Update), "error", err)
		r.dropped(f, err)
	case errors.Is(err, context.Canceled) && r.ctx.Err() != nil:
		// The room stops; the client has no acknowledgement and sends it again.
	default:
		// Not stored, or nobody knows: the same id again, until there is an answer.
		r.log.Warn("append failed; trying again", "id", f.id, "error", err)
		r.setFailing(true)
		r.retryAlarm.set(r.cfg.RetryEvery)
	}
}

// retry sends again whatever has no answer.
func (r *Room) retry() {
	for _, s := range r.byID {
		if s.flight != nil && !s.flight.sending {
			r.send(s.flight)
		}
	}
	if r.job != nil && r.job.flight != nil && !r.job.flight.sending {
		r.send(r.job.flight)
	}
}

// pending says whether the flight still waits for delivery.
func (r *Room) pending(f *flight) bool {
	if f.job != nil {
		return r.job == f.job && f.job.flight == f
	}
	return f.session.flight == f
}

// flightOf finds the flight that an entry is the arrival of; nil when it came
// from another node or an earlier life of this one.
func (r *Room) flightOf(e journal.Stored) *flight {
	var f *flight
	switch e.Kind {
	case journal.KindUpdate:
		if s := r.byID[e.Session]; s != nil {
			f = s.flight
		}
	case journal.KindCommand, journal.KindSystem:
		if r.job != nil {
			f = r.job.flight
		}
	}
	if f == nil || f.entry.Session != e.Session || !bytes.Equal(f.entry.Update, e.Update) {
		return nil
	}
	return f
}

// landed: the entry is durable and applied.
func (r *Room) landed(f *flight, seq uint64) {
	if f.job != nil {
		r.jobLanded(f.job, seq)
		return
	}
	f.session.flight = nil
	r.lookForRepairs()
	r.ack(f.session, f.edits, seq)
	r.advance(f.session)
}

// dropped: the journal will never take the entry.
func (r *Room) dropped(f *flight, err error) {
	if f.job != nil {
		r.jobDone(f.job, nil, 0, &Refusal{Code: "invalid", Message: "The change could not be saved: it is too big."})
		return
	}
	s := f.session
	s.flight = nil
	r.refuse(s, f.edits, "invalid", "The change could not be saved: it is too big.", ErrTooBig)
	r.advance(s)
}

// ack tells the client that its edits up to the last of these are durable.
func (r *Room) ack(s *Session, edits []uint64, seq uint64) {
	if s.dialect == Coplan {
		r.tell(s, &Ack{N: edits[len(edits)-1], Seq: seq})
	}
}

// rest looks after a session that has nothing on its way any more.
func (r *Room) rest(s *Session) {
	if s.state == leaving && s.flight == nil && len(s.queue) == 0 {
		s.state = gone
		delete(r.byID, s.id)
		r.passOn(s)
	}
	r.settled()
}

// passOn has other sessions of the person go on, which may have waited for this
// one; see predecessor.
func (r *Room) passOn(s *Session) {
	if s.state != leaving && s.state != gone {
		return
	}
	for _, next := range r.byID {
		if next != s && next.grant.Person.ID == s.grant.Person.ID && len(next.queue) > 0 {
			r.advance(next)
		}
	}
}
