package room

import (
	"errors"
	"fmt"
)

// admit lets a session in and tells it what a newcomer has to know.
func (r *Room) admit(s *Session) error {
	switch {
	case s.state != outside:
		return ErrInternal // it has left before it could enter
	case r.draining || r.stop:
		return ErrDraining
	case r.plan && r.at.Seq == 0:
		return ErrNotFound
	case len(r.sessions) >= r.cfg.Limits.MaxSessions:
		return ErrFull
	}
	s.state = inside
	r.serial++
	s.serial = r.serial
	s.live = s.dialect == Stock
	r.sessions[s] = struct{}{}
	r.byID[s.id] = s
	r.checkIdle()
	if s.dialect == Coplan {
		g := s.grant
		r.tell(s, &Hello{
			Session: s.id, Person: g.Person, Doc: r.name,
			Can:    Can{Write: g.Write, Comment: g.Comment, History: g.History},
			Schema: r.schema(), Epoch: r.epoch(), Seq: r.at.Seq,
			Now: r.cfg.Clock().UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		})
	}
	r.tell(s, &SyncStep1{StateVector: r.live.StateVector()})
	if len(r.presence.present()) > 0 {
		r.tellPresence(s)
	}
	if r.told {
		r.notify(s, r.storageNotice())
	}
	return nil
}

// takeHello checks that the client may see the document at all: an old program
// deletes what it does not know, so it is turned away before it gets anything.
func (r *Room) takeHello(s *Session, client uint64, schema int, epoch uint64) {
	if s.dialect != Coplan {
		r.cut(s, fmt.Errorf("%w: hello from a client that offered no subprotocol", ErrMalformed))
		return
	}
	if r.plan && schema < r.schema() {
		r.cut(s, ErrSchema)
		return
	}
	s.greeted, s.refused = true, false
	r.adopt(s, client)
	if now := r.epoch(); epoch != 0 && epoch != now {
		s.refused, s.greeted = true, false
		r.tell(s, &Reset{Epoch: now, Code: "epoch", Reason: "The plan was renewed on the server. Your page loads it afresh."})
	}
}

// takeStep1 answers with what the client lacks; from now on it gets updates.
func (r *Room) takeStep1(s *Session, sv []byte) {
	if s.dialect == Coplan && !s.greeted {
		if !s.refused { // after an epoch reset, wait for the new hello
			r.cut(s, fmt.Errorf("%w: sync before hello", ErrMalformed))
		}
		return
	}
	m, err := r.stateBeyond(sv)
	if err != nil {
		r.cut(s, fmt.Errorf("%w: state vector: %w", ErrMalformed, err))
		return
	}
	s.live = true
	r.tell(s, m)
}

// tell hands a message to the session; one that cannot take it is cut, so that
// nobody holds the room.
func (r *Room) tell(s *Session, m Message) {
	if s.state == inside && !s.out.Offer(m) {
		r.cut(s, ErrSlow)
	}
}

// notify is tell for what only Coplan clients understand.
func (r *Room) notify(s *Session, n *Notice) {
	if s.dialect == Coplan {
		r.tell(s, n)
	}
}

// cut ends a session for a reason. Edits it got into the queue in good faith
// are still appended.
func (r *Room) cut(s *Session, reason error) {
	if s.state != inside {
		return
	}
	for _, bad := range []error{ErrMalformed, ErrForbidden, ErrRevoked} {
		if errors.Is(reason, bad) {
			r.shift(s, len(s.queue))
			r.unhold(s)
		}
	}
	r.log.Debug("session cut", "session", s.id, "person", s.grant.Person.ID, "reason", reason)
	s.out.Cut(reason)
	r.leave(s)
}

func (r *Room) cutMatching(match func(doc string, g Grant) bool, reason error) int {
	n := 0
	for s := range r.sessions {
		if match(r.name, s.grant) {
			r.cut(s, reason)
			n++
		}
	}
	return n
}

// leave takes a session out. It stays known until its edits are durable.
func (r *Room) leave(s *Session) {
	switch s.state {
	case outside:
		s.state = gone
	case inside:
		s.state = leaving
		delete(r.sessions, s)
		r.hideSession(s)
		r.rest(s)
	}
}
