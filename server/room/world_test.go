package room_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/room"
)

// patience is how long a test waits for what must happen.
const patience = 20 * time.Second

// world is a registry on a real journal, which the test can make fail.
type world struct {
	t     *testing.T
	j     *journal.Journal
	flaky *flaky
	logs  *logBook
	cfg   room.Config
	rooms *room.Registry
}

func newWorld(t *testing.T, change ...func(*room.Config)) *world {
	t.Helper()
	j := openJournal(t)
	w := &world{t: t, j: j, flaky: &flaky{Journal: j}, logs: &logBook{}}
	w.cfg = room.Config{Journal: w.flaky, Logger: slog.New(w.logs), RetryEvery: 20 * time.Millisecond}
	for _, f := range change {
		f(&w.cfg)
	}
	t.Cleanup(w.logged)
	w.start()
	return w
}

func openJournal(t testing.TB) *journal.Journal {
	t.Helper()
	j, err := journal.Open(context.Background(), journal.Config{
		Dir: t.TempDir(), Sync: journal.SyncOS, Logger: slog.New(slog.DiscardHandler), RetryFor: 2 * time.Second,
	})
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

// logged shows what was logged when the test has failed.
func (w *world) logged() {
	if w.t.Failed() {
		w.logs.mu.Lock()
		defer w.logs.mu.Unlock()
		w.t.Log("log:\n" + strings.Join(w.logs.lines, "\n"))
	}
}

func (w *world) start() {
	w.t.Helper()
	rooms, err := room.NewRegistry(w.cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.rooms = rooms
	w.t.Cleanup(func() { w.close(rooms) })
}

func (w *world) close(rooms *room.Registry) {
	w.t.Helper()
	w.flaky.set(nil)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := rooms.Close(ctx); err != nil {
		w.t.Error(err)
	}
}

// restart drains the registry and starts another on the same journal.
func (w *world) restart() {
	w.t.Helper()
	w.close(w.rooms)
	w.start()
}

// createPlan writes a plan's first entry: the title and a text called "body".
func (w *world) createPlan(id string) string {
	w.t.Helper()
	doc := "plan/" + id
	_, err := w.rooms.Create(context.Background(), doc, room.Person{ID: "system", Role: "system", Via: "system"}, func(d *crdt.Doc, tx *crdt.Tx) error {
		meta := d.Map("meta")
		meta.Set(tx, "schema", 1)
		meta.Set(tx, "epoch", 3)
		meta.Set(tx, "title", id)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return doc
}

// text is what the live document has under "body".
func (w *world) text(doc string) string {
	w.t.Helper()
	var s string
	err := w.rooms.View(context.Background(), doc, func(d *crdt.Doc, _ uint64) error {
		s = d.Text("body").String()
		return d.Check()
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// entries reads the log.
func (w *world) entries(doc string) []journal.Stored {
	w.t.Helper()
	var list []journal.Stored
	for e, err := range w.j.Read(context.Background(), doc, 0, 0) {
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func person(id, role string) room.Person {
	return room.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Role: role, Side: "seller", Via: "link"}
}

// editor may do everything; viewer may only look.
func editor(id, doc string) room.Grant {
	return room.Grant{Person: person(id, "seller"), Doc: doc, Read: true, Write: true, Comment: true, History: true}
}

func viewer(id, doc string) room.Grant {
	return room.Grant{Person: person(id, "viewer"), Doc: doc, Read: true}
}

// client is a page with a document of its own, connected by a session. What the
// room says waits in its mailbox until the test's goroutine looks at it.
type client struct {
	t       *testing.T
	w       *world
	s       *room.Session
	dialect room.Dialect
	doc     *crdt.Doc
	sent    uint64 // number of the last edit
	synced  bool   // has an answer to step 1

	// What the room said, in order; owned by the test's goroutine.
	acked    uint64
	ackSeq   uint64
	acks     []uint64
	updates  []*room.Update
	resets   []*room.Reset
	denied   []*room.Denied
	notices  []*room.Notice
	results  map[uint64]*room.Result
	hello    *room.Hello
	asked    int // step 1 messages
	presence map[uint64]json.RawMessage
	shows    int // presence messages

	*line // the present connection
}

// line is the room's end of one connection. What arrives on an old one when
// there is a new one is never looked at.
type line struct {
	news chan struct{}

	mu   sync.Mutex // guards what follows
	mail []room.Message
	over error // reason of Cut
	full bool  // Offer refuses
}

func (c *line) Offer(m room.Message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full {
		return false
	}
	c.mail = append(c.mail, m)
	c.signal()
	return true
}

func (c *line) Cut(reason error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over == nil {
		c.over = reason
	}
	c.signal()
}

func (c *line) signal() {
	select {
	case c.news <- struct{}{}:
	default:
	}
}

func (c *line) cutFor() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.over
}

// join connects a new page and completes the first exchange.
func (w *world) join(g room.Grant, d room.Dialect) *client {
	w.t.Helper()
	c := w.newClient(d)
	c.connect(g)
	return c
}

func (w *world) newClient(d room.Dialect) *client {
	return &client{t: w.t, w: w, dialect: d, doc: crdt.New(crdt.Options{}), line: newLine(),
		results: map[uint64]*room.Result{}, presence: map[uint64]json.RawMessage{}}
}

func newLine() *line { return &line{news: make(chan struct{}, 1)} }

// connect joins with the page's present document.
func (c *client) connect(g room.Grant) {
	c.t.Helper()
	c.enter(g)
	c.until("answer to step 1", func() bool { return c.synced })
}

// enter joins and says hello and step 1, without waiting for the answer.
func (c *client) enter(g room.Grant) {
	c.t.Helper()
	c.line = newLine()
	s, err := c.w.rooms.Join(context.Background(), g.Doc, g, c.dialect, c.line)
	if err != nil {
		c.t.Fatal(err)
	}
	c.s, c.synced, c.sent, c.acked = s, false, 0, 0
	if c.dialect == room.Coplan {
		c.must(s.Hello(c.doc.ClientID(), 1, 0))
	}
	c.must(s.SyncStep1(c.doc.StateVector()))
}

func (c *client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// leave closes the connection; the page keeps its document.
func (c *client) leave() {
	c.s.Leave()
	c.look()
}

// change edits the page's document and returns the update.
func (c *client) change(edit func(d *crdt.Doc, tx *crdt.Tx)) []byte {
	c.t.Helper()
	var update []byte
	cancel := c.doc.OnUpdate(func(u []byte, _ any) { update = slices.Clone(u) })
	defer cancel()
	c.doc.Transact(nil, func(tx *crdt.Tx) { edit(c.doc, tx) })
	if update == nil {
		c.t.Fatal("the edit changed nothing")
	}
	if err := c.doc.Check(); err != nil {
		c.t.Fatal(err)
	}
	return update
}

// write appends text to "body" and sends it; it returns the edit's number.
func (c *client) write(s string) uint64 {
	c.t.Helper()
	return c.send(c.insert(s))
}

func (c *client) insert(s string) []byte {
	c.t.Helper()
	return c.change(func(d *crdt.Doc, tx *crdt.Tx) {
		body := d.Text("body")
		body.Insert(tx, body.Len(), s, nil)
	})
}

func (c *client) send(update []byte) uint64 {
	c.t.Helper()
	n := uint64(0)
	if c.dialect == room.Coplan {
		c.sent++
		n = c.sent
	}
	if err := c.s.Edit(n, update); c.cutFor() == nil {
		c.must(err)
	}
	return n
}

// look takes in what the room said so far.
func (c *client) look() {
	c.t.Helper()
	c.mu.Lock()
	mail := c.mail
	c.mail = nil
	c.mu.Unlock()
	for _, m := range mail {
		switch m := m.(type) {
		case *room.Hello:
			c.hello = m
		case *room.SyncStep1:
			c.asked++
			c.answer(m.StateVector)
		case *room.SyncStep2:
			c.apply(m.Update)
			c.synced = true
		case *room.Update:
			c.updates = append(c.updates, m)
			c.apply(m.Bytes)
		case *room.Ack:
			c.acked, c.ackSeq = m.N, m.Seq
			c.acks = append(c.acks, m.N)
		case *room.Reset:
			c.resets = append(c.resets, m)
		case *room.Denied:
			c.denied = append(c.denied, m)
		case *room.Notice:
			c.notices = append(c.notices, m)
		case *room.Result:
			c.results[m.ID] = m
		case *room.Presence:
			c.shows++
			for _, e := range m.Entries {
				if c.presence[e.Client] = e.State; e.State == nil {
					delete(c.presence, e.Client)
				}
			}
		default:
			c.t.Fatalf("unknown message %T", m)
		}
	}
}

// answer sends what the server lacks, as a client does on step 1.
func (c *client) answer(sv []byte) {
	c.t.Helper()
	update, err := c.doc.EncodeStateAsUpdate(sv)
	if err != nil {
		c.t.Fatal(err)
	}
	if known, err := crdt.New(crdt.Options{}).Contains(update); err != nil || !known {
		c.send(update)
	}
}

func (c *client) apply(update []byte) {
	c.t.Helper()
	if err := c.doc.ApplyUpdate(update, "server"); err != nil {
		c.t.Fatal(err)
	}
	if err := c.doc.Check(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) text() string { return c.doc.Text("body").String() }

// until waits, looking, for what must happen.
func (c *client) until(what string, happened func() bool) {
	c.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		c.look()
		if happened() {
			return
		}
		select {
		case <-c.news:
		case <-late.C:
			c.t.Fatalf("waited in vain: %s (cut: %v)", what, c.cutFor())
		}
	}
}

// settled waits until all of the client's edits are acknowledged.
func (c *client) settled() {
	c.t.Helper()
	c.until(fmt.Sprintf("acknowledgement of edit %d", c.sent), func() bool { return c.acked >= c.sent })
}

func (c *client) untilText(want string) {
	c.t.Helper()
	c.until(fmt.Sprintf("text %q", want), func() bool { return c.text() == want })
}

func (c *client) untilCut(want error) {
	c.t.Helper()
	c.until("being cut", func() bool { return c.cutFor() != nil })
	if err := c.cutFor(); !errors.Is(err, want) {
		c.t.Fatalf("cut for %v, want %v", err, want)
	}
}

// eventually waits for what has no messages.
func (w *world) eventually(what string, happened func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !happened(); {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// fate is what becomes of one append.
type fate int

const (
	stored  fate = iota
	lost         // not stored, and told so
	unacked      // stored, but nobody knows
	down         // the journal is not available
	refused      // never to be stored
)

// flaky is the real journal with failures put in between.
type flaky struct {
	*journal.Journal

	mu       sync.Mutex
	decide   func(id string, e journal.Entry) fate
	snapshot func(journal.Snapshot) journal.Snapshot
	lose     func(error)          // ends the latest subscription
	status   func(journal.Status) // tells the registry how the journal is
	failures int
}

func (f *flaky) set(decide func(id string, e journal.Entry) fate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decide = decide
}

func (f *flaky) Append(ctx context.Context, id string, e journal.Entry) (uint64, error) {
	f.mu.Lock()
	decide := f.decide
	f.mu.Unlock()
	if decide == nil {
		return f.Journal.Append(ctx, id, e)
	}
	verdict := decide(id, e)
	if verdict != stored {
		f.mu.Lock()
		f.failures++
		f.mu.Unlock()
	}
	switch verdict {
	case lost:
		return 0, fmt.Errorf("test: %w", journal.ErrNotStored)
	case down:
		return 0, fmt.Errorf("test: %w: %w", journal.ErrUnavailable, journal.ErrNotStored)
	case refused:
		return 0, fmt.Errorf("test: %w: %w", journal.ErrRefused, journal.ErrNotStored)
	case unacked:
		if _, err := f.Journal.Append(ctx, id, e); err != nil {
			return 0, err
		}
		return 0, fmt.Errorf("test: %w", journal.ErrUnknown)
	}
	return f.Journal.Append(ctx, id, e)
}

func (f *flaky) Follow(ctx context.Context, doc string, from journal.Cursor, deliver func(journal.Stored), lost func(error)) (*journal.Subscription, error) {
	sub, err := f.Journal.Follow(ctx, doc, from, deliver, lost)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lose = func(why error) {
		sub.Stop()
		lost(why)
	}
	return sub, err
}

func (f *flaky) OnStatus(fn func(journal.Status)) (cancel func()) {
	f.mu.Lock()
	f.status = fn
	f.mu.Unlock()
	return f.Journal.OnStatus(fn)
}

// failed is how many appends failed on purpose.
func (w *world) failed() int {
	w.flaky.mu.Lock()
	defer w.flaky.mu.Unlock()
	return w.flaky.failures
}

func (f *flaky) LatestSnapshot(ctx context.Context, doc string, maxSeq uint64) (journal.Snapshot, bool, error) {
	s, ok, err := f.Journal.LatestSnapshot(ctx, doc, maxSeq)
	f.mu.Lock()
	defer f.mu.Unlock()
	if ok && f.snapshot != nil {
		s = f.snapshot(s)
	}
	return s, ok, err
}

// gate holds appends back until opened.
type gate struct {
	open    chan struct{}
	waiting chan string // ids of the appends that arrived
}

func (w *world) gate() *gate {
	g := &gate{open: make(chan struct{}), waiting: make(chan string, 1000)}
	w.flaky.set(func(id string, _ journal.Entry) fate {
		g.waiting <- id
		<-g.open
		return stored
	})
	return g
}

// logBook keeps what was logged.
type logBook struct {
	mu    sync.Mutex
	lines []string
}

func (l *logBook) Enabled(context.Context, slog.Level) bool { return true }
func (l *logBook) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *logBook) WithGroup(string) slog.Handler            { return l }
func (l *logBook) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := r.Level.String() + " " + r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	l.lines = append(l.lines, line)
	return nil
}

func (l *logBook) has(level slog.Level, part string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.lines, func(s string) bool {
		return strings.HasPrefix(s, level.String()) && strings.Contains(s, part)
	})
}

func seeded(t *testing.T, seed uint64) *rand.Rand {
	t.Helper()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
