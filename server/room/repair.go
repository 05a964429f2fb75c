package room

import (
	"encoding/json"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
)

// Repair mends what the edits of several people brought about only together, so
// that no judge could have refused one of them.
type Repair struct {
	What   string                         // its name in the journal
	Needed func(d *crdt.Doc) bool         // cheap; must not write
	Run    func(d *crdt.Doc, tx *crdt.Tx) // must leave nothing that is needed
	After  time.Duration                  // of quiet since the last look; default 1 s
}

// serverActor is who a repair is attributed to.
var serverActor = journal.Actor{ID: "system", Name: "Coplan", Role: "system", Via: "system"}

// lookForRepairs sets the alarm that looks over the document some time after an
// edit of this node has become part of it. Edits of other nodes are looked after
// there: an entry lands after everything it could be at odds with was applied, at
// one of the two.
func (r *Room) lookForRepairs() {
	if r.plan && r.cfg.Repair.Needed != nil {
		r.repairAlarm.set(r.cfg.Repair.After)
	}
}

// repair runs the repair as a command of the server's own, if there is need.
func (r *Room) repair() {
	if r.draining || r.damaged != nil || r.degraded() || r.at.Seq == 0 || !r.cfg.Repair.Needed(r.live) {
		return
	}
	for _, j := range r.jobs {
		if j.repairs {
			return
		}
	}
	if r.job != nil && r.job.repairs {
		return
	}
	r.log.Info("repairing what edits at the same time brought about", "seq", r.at.Seq)
	r.jobs = append(r.jobs, &job{session: "repair", name: r.cfg.Repair.What, repairs: true, reply: r.repaired})
	r.checkIdle()
	r.nextJob()
}

// repaired: if it failed, another edit looks again.
func (r *Room) repaired(_ json.RawMessage, _ uint64, err error) {
	if err != nil {
		r.log.Error("the document could not be repaired", "seq", r.at.Seq, "error", err)
	}
}
