// Package demo writes a plan that looks lived in, for a first look at the
// program: three weeks of work by four people, told through the same journal
// entries that real editing leaves behind.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

// Log is the part of the journal that Seed writes to; *journal.Journal has it.
type Log interface {
	Append(ctx context.Context, id string, e journal.Entry) (seq uint64, err error)
	Last(ctx context.Context, doc string) (seq uint64, err error)
}

// Cast is who appears in the demo plan; each has the id of the link they are
// given, so that whoever opens it finds their own edits.
type Cast struct {
	Seller   journal.Actor // account executive, writes the first version
	Buyer    journal.Actor // procurement lead
	Champion journal.Actor // head of freight, the buyer's inside sponsor
	Security journal.Actor // the buyer's head of information security
}

// Title is the demo plan's title.
const Title = "Northwind Logistics × Acme Flow: freight invoices without spreadsheets"

// Seed writes the demo plan's life so far, ending shortly before now, into the
// document plan/<id>. It does nothing when that document has entries.
//
// Dates are laid out around now: the plan is three weeks old, in the middle of
// its proof of concept, and goes live eight weeks ahead. A crash on the way
// leaves a shorter story, which is a sound plan all the same.
func Seed(ctx context.Context, log Log, id string, cast Cast, now time.Time) error {
	doc := "plan/" + id
	last, err := log.Last(ctx, doc)
	if err != nil {
		return fmt.Errorf("demo plan: %w", err)
	}
	if last != 0 {
		return nil
	}
	s := &story{
		ctx: ctx, log: log, doc: doc, now: now.UTC(), d: crdt.New(crdt.Options{}),
		clients: map[string]uint64{}, cast: cast,
	}
	s.at = s.now.AddDate(-1, 0, 0)
	s.d.OnUpdate(func(update []byte, _ any) { s.update = append([]byte(nil), update...) })
	s.tell(id)
	if s.err != nil {
		return fmt.Errorf("demo plan: entry %d: %w", s.entries, s.err)
	}
	return nil
}

// story writes entries one after the other. After an error it writes no more.
type story struct {
	ctx     context.Context
	log     Log
	doc     string
	cast    Cast
	now     time.Time
	d       *crdt.Doc
	clients map[string]uint64 // CRDT client id of each person
	update  []byte            // what the last transaction wrote

	at      time.Time // when the next entry happens
	last    string    // id of who made the last entry
	lastAt  time.Time
	entries int
	err     error
}

// on moves the clock to a time of the working day that was daysAgo working days
// before today, but never backwards and never past now.
func (s *story) on(daysAgo, hour, minute int) {
	y, m, d := s.workday(-daysAgo).Date()
	s.wait(time.Date(y, m, d, hour, minute, 0, 0, time.UTC).Sub(s.at))
}

// wait lets time pass before the next entry.
func (s *story) wait(d time.Duration) {
	t := s.at.Add(max(d, time.Second))
	if t.After(s.now) {
		t = s.at.Add(min(time.Second, s.now.Sub(s.at)/2))
	}
	s.at = t
}

// workday is the date n working days from today; today on a weekend is the
// Friday before.
func (s *story) workday(n int) time.Time {
	step := 1
	if n < 0 {
		step = -1
	}
	t := s.now
	for weekend(t) {
		t = t.AddDate(0, 0, -1)
	}
	for ; n != 0; n -= step {
		t = t.AddDate(0, 0, step)
		for weekend(t) {
			t = t.AddDate(0, 0, step)
		}
	}
	return t
}

func weekend(t time.Time) bool {
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
}

// date is the stored form of the date n working days from today.
func (s *story) date(n int) string { return s.workday(n).Format(time.DateOnly) }

// edit journals one transaction of a person.
func (s *story) edit(by journal.Actor, fn func(tx *crdt.Tx)) {
	if s.err != nil {
		return
	}
	s.append(journal.Entry{Kind: journal.KindUpdate, Actor: by}, s.clientOf(by.ID), fn)
	s.wait(7 * time.Second)
}

// command journals a command of a person, as a room does.
func (s *story) command(by journal.Actor, name string, args any) {
	if s.err != nil {
		return
	}
	cause, err := json.Marshal(args)
	if err != nil {
		s.err = err
		return
	}
	client := s.clientOf("server")
	run := plan.Commands()[name].Run
	e := journal.Entry{Kind: journal.KindCommand, What: name, Actor: by, Cause: cause, Client: client}
	s.append(e, client, func(tx *crdt.Tx) {
		who := plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}
		if _, err := run(s.d, tx, who, s.at, cause); err != nil {
			s.err = fmt.Errorf("%s: %w", name, err)
		}
	})
	s.wait(40 * time.Second)
}

// create journals the plan's first entry.
func (s *story) create(by journal.Actor, in plan.CreateInput) {
	client := s.clientOf("server")
	s.append(journal.Entry{Kind: journal.KindSystem, What: "create", Actor: by, Client: client}, client, func(tx *crdt.Tx) {
		if err := plan.Create(s.d, tx, in); err != nil {
			s.err = err
		}
	})
	s.wait(time.Minute)
}

func (s *story) append(e journal.Entry, client uint64, fn func(tx *crdt.Tx)) {
	if s.last != "" && s.last != e.Actor.ID && s.at.Sub(s.lastAt) < 5*time.Minute { // someone else takes a moment to see it
		s.wait(time.Duration(4+s.entries%5) * time.Minute)
	}
	s.last, s.lastAt = e.Actor.ID, s.at
	s.update = nil
	s.d.SetClientID(client)
	s.d.Transact(nil, fn)
	s.entries++
	if s.err != nil {
		return
	}
	if s.update == nil {
		s.err = fmt.Errorf("%s %s changed nothing", e.Actor.Name, e.What)
		return
	}
	e.Doc, e.At, e.Update = s.doc, s.at.UnixMicro(), s.update
	e.Session = fmt.Sprintf("demo-%s-%s", e.Actor.ID, s.at.Format("0102"))
	_, s.err = s.log.Append(s.ctx, fmt.Sprintf("%s/demo/%d", s.doc, s.entries), e)
}

// clientOf gives everyone one client id for the whole story: a new document's
// random one.
func (s *story) clientOf(person string) uint64 {
	if s.clients[person] == 0 {
		s.clients[person] = crdt.New(crdt.Options{}).ClientID()
	}
	return s.clients[person]
}
