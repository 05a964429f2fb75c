package replay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

const doc = "plan/p1"

var (
	start  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ben    = journal.Actor{ID: "p-ben", Name: "Ben", Role: "seller", Side: "seller", Via: "link"}
	dana   = journal.Actor{ID: "p-dana", Name: "Dana", Role: "buyer", Side: "buyer", Via: "link"}
	marcus = journal.Actor{ID: "p-marcus", Name: "Marcus", Role: "champion", Side: "buyer", Via: "link"}
)

func openJournal(t testing.TB) *journal.Journal {
	t.Helper()
	j, err := journal.Open(context.Background(), journal.Config{Dir: t.TempDir(), Sync: journal.SyncOS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return j
}

// world is a plan that several people edit, each on a replica of their own,
// with a server that journals what arrives in the order of its arrival.
type world struct {
	t       testing.TB
	rng     *rand.Rand
	j       *journal.Journal
	server  *crdt.Doc // the live document
	clients []*client
	edge    journal.Edge
	last    uint64
	// As the live document was after each entry.
	live []moment
	made map[string]int // kinds of edits done
	ids  int
}

type moment struct {
	seq  uint64
	sv   string
	all  map[string]any
	view string // as JSON
}

type client struct {
	actor  journal.Actor
	doc    *crdt.Doc
	outbox [][]byte // own updates not yet at the server
	inbox  [][]byte // the server's updates not yet applied
}

func newWorld(t testing.TB, seed uint64, template string) *world {
	t.Helper()
	w := &world{
		t: t, rng: rand.New(rand.NewPCG(seed, 7)), j: openJournal(t), made: map[string]int{},
		server: crdt.New(crdt.Options{ClientID: 1000}),
	}
	in := plan.CreateInput{ID: "p1", Title: "Northwind × Acme", Template: template, Now: start, Anchor: plan.AnchorInput{Date: "2026-06-30"}}
	w.serverEdit(ben, journal.KindSystem, "create", func(tx *crdt.Tx) error { return plan.Create(w.server, tx, in) })
	for i, a := range []journal.Actor{ben, dana, marcus} {
		c := &client{actor: a, doc: crdt.New(crdt.Options{ClientID: uint64(i + 1)})}
		update, err := w.server.EncodeStateAsUpdate(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.doc.ApplyUpdate(update, nil); err != nil {
			t.Fatal(err)
		}
		w.clients = append(w.clients, c)
	}
	return w
}

// edit lets a client change its replica; the update waits in its outbox.
func (w *world) edit(c *client, fn func(tx *crdt.Tx)) {
	w.t.Helper()
	cancel := c.doc.OnUpdate(func(update []byte, _ any) { c.outbox = append(c.outbox, append([]byte(nil), update...)) })
	c.doc.Transact(nil, fn)
	cancel()
	w.check(c.doc)
}

// deliver brings a client's oldest waiting update to the server: one entry.
func (w *world) deliver(c *client) {
	w.t.Helper()
	if len(c.outbox) == 0 {
		return
	}
	update := c.outbox[0]
	c.outbox = c.outbox[1:]
	if err := w.server.ApplyUpdate(update, nil); err != nil {
		w.t.Fatal(err)
	}
	w.append(journal.Entry{Actor: c.actor, Kind: journal.KindUpdate, Update: update}, c)
}

// serverEdit is an edit by the server's own replica in a person's name.
func (w *world) serverEdit(by journal.Actor, kind journal.Kind, what string, fn func(tx *crdt.Tx) error) {
	w.t.Helper()
	var update []byte
	cancel := w.server.OnUpdate(func(u []byte, _ any) { update = append([]byte(nil), u...) })
	var err error
	w.server.Transact(nil, func(tx *crdt.Tx) { err = fn(tx) })
	cancel()
	if err != nil {
		w.t.Fatal(err)
	}
	w.append(journal.Entry{Actor: by, Kind: kind, What: what, Update: update, Client: w.server.ClientID()}, nil)
}

func (w *world) command(by journal.Actor, name string, args any) {
	w.t.Helper()
	raw, err := json.Marshal(args)
	if err != nil {
		w.t.Fatal(err)
	}
	w.serverEdit(by, journal.KindCommand, name, func(tx *crdt.Tx) error {
		who := plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}
		_, err := plan.Commands()[name].Run(w.server, tx, who, start.Add(time.Duration(len(w.live))*time.Minute), raw)
		return err
	})
}

// append journals an entry, hands it to the other clients, and remembers how
// the live document looks after it.
func (w *world) append(e journal.Entry, author *client) {
	w.t.Helper()
	ctx := context.Background()
	e.Doc, e.At = doc, start.Add(time.Duration(len(w.live))*time.Minute).UnixMicro()
	raw, err := e.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	if w.last, err = w.j.Append(ctx, fmt.Sprintf("%s/%d", doc, len(w.live)), e); err != nil {
		w.t.Fatal(err)
	}
	w.edge = w.edge.Append(raw)
	for _, c := range w.clients {
		if c != author {
			c.inbox = append(c.inbox, e.Update)
		}
	}
	w.live = append(w.live, momentOf(w.t, w.server, w.last))
}

func (w *world) snapshot(format string) {
	w.t.Helper()
	state, err := w.server.EncodeStateAsUpdate(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if format == "v2" {
		if state, err = crdt.ConvertUpdateV1ToV2(state); err != nil {
			w.t.Fatal(err)
		}
	}
	err = w.j.PutSnapshot(context.Background(), journal.Snapshot{
		Doc: doc, Seq: w.last, Ordinal: uint64(len(w.live)), Epoch: 1, Edge: w.edge.Marshal(), Format: format, State: state,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// receive applies the oldest n updates waiting for a client.
func (w *world) receive(c *client, n int) {
	w.t.Helper()
	for ; n > 0 && len(c.inbox) > 0; n-- {
		if err := c.doc.ApplyUpdate(c.inbox[0], nil); err != nil {
			w.t.Fatal(err)
		}
		c.inbox = c.inbox[1:]
	}
	w.check(c.doc)
}

func (w *world) check(d *crdt.Doc) {
	w.t.Helper()
	if err := d.Check(); err != nil {
		w.t.Fatal(err)
	}
}

func momentOf(t testing.TB, d *crdt.Doc, seq uint64) moment {
	t.Helper()
	view, err := json.Marshal(plan.Read(d))
	if err != nil {
		t.Fatal(err)
	}
	return moment{seq: seq, sv: fmt.Sprintf("%v", stateVector(t, d)), all: d.ToJSON(), view: string(view)}
}

func stateVector(t testing.TB, d *crdt.Doc) map[uint64]uint64 {
	t.Helper()
	sv, err := crdt.DecodeStateVector(d.StateVector())
	if err != nil {
		t.Fatal(err)
	}
	return sv
}

// differs reports how two moments differ, "" when they don't.
func (m moment) differs(o moment) string {
	switch {
	case m.sv != o.sv:
		return fmt.Sprintf("state vector %s, live %s", o.sv, m.sv)
	case m.view != o.view:
		return fmt.Sprintf("view %s\nlive %s", o.view, m.view)
	case !reflect.DeepEqual(m.all, o.all):
		return fmt.Sprintf("content %v\nlive %v", o.all, m.all)
	}
	return ""
}
