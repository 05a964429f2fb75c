package room

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
)

// job is a command on its way: waiting, then running on a scratch copy, then in
// flight to the journal.
type job struct {
	grant   Grant
	session string
	name    string
	args    json.RawMessage
	reply   func(result json.RawMessage, seq uint64, err error) // called once, in the room's goroutine
	repairs bool                                                // the server's own: see Repair

	flight *flight
	result json.RawMessage
}

// takeJob queues a command. Commands run one at a time, each on what the one
// before it left.
func (r *Room) takeJob(j *job) {
	if err := r.acceptable(j); err != nil {
		j.reply(nil, 0, err)
		return
	}
	r.jobs = append(r.jobs, j)
	r.checkIdle()
	r.nextJob()
}

func (r *Room) acceptable(j *job) error {
	spec, known := r.cfg.Commands[j.name]
	switch {
	case r.draining:
		return ErrDraining
	case !known:
		return &Refusal{Code: "unknown-command", Where: "name", Message: fmt.Sprintf("There is no command %q.", j.name)}
	case spec.Allow != nil && !spec.Allow(j.grant), spec.Allow == nil && !j.grant.Comment:
		return &Refusal{Code: "forbidden", Message: "Your role does not allow this."}
	case r.plan && r.at.Seq == 0:
		return ErrNotFound
	case r.damaged != nil || r.degraded():
		return ErrUnavailable
	case len(r.jobs) >= r.cfg.Limits.MaxCommands:
		return &Refusal{Code: "busy", Message: "Too many commands are waiting. Try again in a moment."}
	case len(j.args) > r.cfg.Limits.MaxArgsBytes:
		return &Refusal{Code: "invalid", Where: "args", Message: fmt.Sprintf("The arguments have %d bytes, %d are allowed.", len(j.args), r.cfg.Limits.MaxArgsBytes)}
	case !json.Valid(j.args):
		return &Refusal{Code: "invalid", Where: "args", Message: "The arguments are not JSON."}
	case spec.Check != nil:
		return spec.Check(j.args, r.at.Seq)
	}
	return nil
}

// nextJob starts the next command, unless one is under way. It runs outside the
// room's goroutine, on a copy of the document: other edits go on meanwhile and
// merge with it as with any client's.
func (r *Room) nextJob() {
	if r.job != nil || len(r.jobs) == 0 {
		return
	}
	j := r.jobs[0]
	r.jobs = append(r.jobs[:0], r.jobs[1:]...)
	r.job = j
	state, err := r.fullState()
	if err != nil {
		r.log.Error("document cannot be encoded", "seq", r.at.Seq, "error", err)
		r.jobDone(j, nil, 0, ErrInternal)
		return
	}
	client := r.freshClient()
	now := r.cfg.Clock()
	go func() {
		update, result, err := r.execute(j, state, client, now)
		r.post(func() { r.executed(j, update, client, now, result, err) })
	}()
}

// freshClient is an id nobody has written under: each command is a client of its
// own, so that commands of several nodes never share a clock.
func (r *Room) freshClient() uint64 {
	for {
		id := uint64(rand.Uint32())
		if _, used := r.owner(id); id != 0 && !used && r.live.State(id) == 0 {
			return id
		}
	}
}

// execute runs the command on a copy of the document.
func (r *Room) execute(j *job, state []byte, client uint64, now time.Time) (update []byte, result json.RawMessage, err error) {
	defer func() {
		p := recover()
		if over, ok := p.(error); ok && errors.Is(over, crdt.ErrLimit) {
			err = &Refusal{Code: "invalid", Message: beyondLimits}
		} else if p != nil {
			r.log.Error("command failed", "command", j.name, "panic", p, "stack", string(debug.Stack()))
			err = ErrInternal
		}
	}()
	d := crdt.New(crdt.Options{ClientID: client})
	if err := d.ApplyUpdate(state, nil); err != nil {
		return nil, nil, fmt.Errorf("copy of the document: %w", err)
	}
	var answer any
	update, err = capture(d, func(tx *crdt.Tx) error {
		var err error
		if j.repairs {
			r.cfg.Repair.Run(d, tx)
			return nil
		}
		answer, err = r.cfg.Commands[j.name].Run(d, tx, j.grant.Person, now, j.args)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if result, err = json.Marshal(answer); err != nil {
		return nil, nil, fmt.Errorf("result: %w", err)
	}
	return update, result, nil
}

// capture runs build in one transaction and returns the update it makes, nil if
// it changed nothing. When build fails d is to be thrown away.
func capture(d *crdt.Doc, build func(tx *crdt.Tx) error) (update []byte, err error) {
	cancel := d.OnUpdate(func(u []byte, _ any) { update = u })
	defer cancel()
	d.Transact(nil, func(tx *crdt.Tx) { err = build(tx) })
	if err != nil {
		return nil, err
	}
	return update, nil
}

// executed sends the command's effect to the journal.
func (r *Room) executed(j *job, update []byte, client uint64, now time.Time, result json.RawMessage, err error) {
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		r.jobDone(j, nil, 0, refusal)
		return
	case err != nil:
		r.log.Error("command failed", "command", j.name, "person", j.grant.Person.ID, "error", err)
		r.jobDone(j, nil, 0, ErrInternal)
		return
	case update == nil:
		r.jobDone(j, result, r.at.Seq, nil)
		return
	case len(update) > r.cfg.Limits.MaxUpdateBytes:
		r.jobDone(j, nil, 0, &Refusal{Code: "invalid", Message: fmt.Sprintf("The change is too big: %d bytes, %d are allowed.", len(update), r.cfg.Limits.MaxUpdateBytes)})
		return
	}
	j.result = result
	entry := journal.Entry{
		Doc: r.name, At: now.UnixMicro(), Actor: j.grant.Person.actor(), Session: j.session,
		Kind: journal.KindCommand, What: j.name, Update: update, Cause: j.args, Client: client,
	}
	if j.repairs {
		entry.Kind, entry.Actor = journal.KindSystem, serverActor
	}
	j.flight = &flight{id: fmt.Sprintf("%s-command-%d", j.session, client), job: j, entry: entry}
	r.send(j.flight)
}

// jobLanded: the command's effect is durable and applied.
func (r *Room) jobLanded(j *job, seq uint64) { r.jobDone(j, j.result, seq, nil) }

func (r *Room) jobDone(j *job, result json.RawMessage, seq uint64, err error) {
	r.job = nil
	j.reply(result, seq, err)
	r.nextJob()
	r.settled()
}

// failJobs answers the commands that will not run. One that is in flight may
// still take effect.
func (r *Room) failJobs(err error) {
	jobs := r.jobs
	if r.job != nil {
		jobs = append([]*job{r.job}, jobs...)
	}
	r.job, r.jobs = nil, nil
	for _, j := range jobs {
		j.reply(nil, 0, err)
	}
}

// explain turns an error into what a client is told.
func explain(err error) (code, where, message string) {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.Code, refusal.Where, refusal.Message
	}
	switch {
	case errors.Is(err, ErrForbidden):
		return "forbidden", "", "Your role does not allow this."
	case errors.Is(err, ErrNotFound):
		return "not-found", "", "There is no such document."
	case errors.Is(err, ErrDraining):
		return "unavailable", "", "The server is restarting. Try again in a moment."
	case errors.Is(err, ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "unavailable", "", "Changes cannot be saved at the moment. Try again soon."
	}
	return "internal", "", "Something went wrong on the server. It has been logged."
}

// Explain turns an error of Command, Create or View into a code for programs,
// the argument it is about (may be empty), and a sentence for people.
func Explain(err error) (code, where, message string) { return explain(err) }
