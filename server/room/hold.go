package room

import "time"

// recheckSoon is how long after an entry held edits are tried again: one try
// merges all of them, so it is not made for every entry.
const recheckSoon = 50 * time.Millisecond

// hold keeps the session's queue until what it refers to arrives. First the
// client is asked for everything the server lacks; when that does not help, the
// edits are refused.
func (r *Room) hold(s *Session) {
	l := r.cfg.Limits
	if s.bytes > l.MaxHeldBytes || len(s.queue) > l.MaxHeldEdits {
		r.giveUpHeld(s)
		return
	}
	_, before := r.held[s]
	if !before {
		r.held[s] = struct{}{}
		s.heldSince, s.asked = time.Now(), false
	}
	r.holdAlarm.set(l.HoldAfter)
	if !before {
		r.passOn(s) // nobody waits for what is held
		r.settled()
	}
}

func (r *Room) unhold(s *Session) { delete(r.held, s) }

// recheckHeld has held edits tried again: an entry may have brought what they
// were waiting for.
func (r *Room) recheckHeld() {
	if len(r.held) > 0 {
		r.holdAlarm.cancel()
		r.holdAlarm.set(recheckSoon)
	}
}

func (r *Room) checkHeld() {
	for s := range r.held {
		r.advance(s)
		if _, still := r.held[s]; !still {
			continue
		}
		since := time.Since(s.heldSince)
		switch {
		case since >= r.cfg.Limits.HoldFor:
			r.giveUpHeld(s)
		case since >= r.cfg.Limits.HoldAfter && !s.asked:
			s.asked = true
			r.tell(s, &SyncStep1{StateVector: r.live.StateVector()})
		}
	}
	if len(r.held) > 0 {
		r.holdAlarm.set(r.cfg.Limits.HoldAfter)
	}
}

func (r *Room) giveUpHeld(s *Session) {
	r.log.Warn("edits refer to changes that never arrived", "session", s.id, "edits", len(s.queue), "bytes", s.bytes)
	edits := r.shift(s, len(s.queue))
	r.unhold(s)
	r.refuse(s, edits, "invalid", "The change builds on others that never reached the server.", ErrMalformed)
	r.rest(s)
}
