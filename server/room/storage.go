package room

import "coplan/server/journal"

// storage is what the room knows about being able to write. While it is
// degraded the document is served as it is, and edits wait: in the room up to
// its limits, beyond them in the clients.
type storage struct {
	journalDown bool // by the journal's own account
	failing     bool // the last append did not succeed
	unfollowed  bool // entries are not delivered
	told        bool // sessions know that it is degraded
}

func (s *storage) degraded() bool { return s.journalDown || s.failing || s.unfollowed }

// setStorage takes the journal's account of itself.
func (r *Room) setStorage(st journal.Status) {
	was := r.journalDown
	r.journalDown = !st.Ready
	if r.journalDown != was {
		r.log.Info("journal changed state", "ready", st.Ready, "reason", st.Reason)
	}
	r.tellStorage()
	if was && st.Ready {
		r.retry()
	}
}

func (r *Room) setFailing(failing bool) {
	r.failing = failing
	r.tellStorage()
}

func (r *Room) setFollowing(ok bool) {
	r.unfollowed = !ok
	r.tellStorage()
}

// tellStorage tells the sessions when the state has changed.
func (r *Room) tellStorage() {
	degraded := r.degraded() || r.damaged != nil
	if degraded == r.told {
		return
	}
	r.told = degraded
	for s := range r.sessions {
		r.notify(s, r.storageNotice())
	}
}

func (r *Room) storageNotice() *Notice {
	switch {
	case r.damaged != nil:
		return &Notice{Kind: "storage", State: "degraded", Text: "The storage of this document is damaged. It can be read, but changes cannot be saved until it is repaired."}
	case r.degraded():
		return &Notice{Kind: "storage", State: "degraded", Text: "Changes cannot be saved at the moment. They are kept on this device and saved as soon as possible."}
	}
	return &Notice{Kind: "storage", State: "ok", Text: "Changes are being saved again."}
}
