package server_test

//lint:file-ignore SA1019 the library moved; the one import line in socket moves first

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"coplan/crdt"
	"coplan/crdt/lib0"
	"coplan/server/plan"
)

// Message types of the wire.
const (
	msgSync, msgAwareness, msgAuth                    = 0, 1, 2
	msgHello, msgAck, msgReset, msgCommand, msgResult = 16, 17, 18, 19, 20
	msgNotice, msgEdit, msgEntry                      = 21, 22, 23
	patience                                          = 20 * time.Second
	subprotocol                                       = "coplan.1"
)

// client is one person's connection and document, as a browser would hold
// them. Without own frames it talks as a stock y-websocket client does.
type client struct {
	t     testing.TB
	stock bool
	conn  *websocket.Conn
	done  chan struct{} // closed when the reader has ended

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced at each change below
	doc      *crdt.Doc
	hello    map[string]any
	synced   bool
	sent     uint64 // number of the last edit frame
	acked    uint64
	ackSeq   uint64
	entries  int // frames with somebody else's edit
	resets   []map[string]any
	denied   string
	notices  []map[string]any
	results  map[uint64]map[string]any
	commands uint64
	err      error // what ended the reader
}

// remote marks changes that came from the server.
var remote = new(int)

// dialErr opens a connection; the answer's status is 0 if there was none.
func dialErr(ctx context.Context, base, doc, token string, stock bool) (*websocket.Conn, int, error) {
	u := "ws" + strings.TrimPrefix(base, "http") + "/ws/" + escapePath(doc)
	if token != "" {
		u += "?token=" + url.QueryEscape(token)
	}
	opts := &websocket.DialOptions{CompressionMode: websocket.CompressionDisabled}
	if !stock {
		opts.Subprotocols = []string{subprotocol}
	}
	conn, res, err := websocket.Dial(ctx, u, opts)
	status := 0
	if res != nil {
		status = res.StatusCode
	}
	if err == nil {
		conn.SetReadLimit(64 << 20)
	}
	return conn, status, err
}

func escapePath(doc string) string { return (&url.URL{Path: doc}).EscapedPath() }

// connect joins a document with an empty local copy and waits until it has the
// server's state.
func connect(t testing.TB, base, doc, token string) *client {
	t.Helper()
	return connectAs(t, base, doc, token, false)
}

func connectAs(t testing.TB, base, doc, token string, stock bool) *client {
	t.Helper()
	c, err := join(t, base, doc, token, stock)
	if err != nil {
		t.Fatalf("connect to %s: %v", doc, err)
	}
	t.Cleanup(c.close)
	c.wait("the first sync", func() bool { return c.synced })
	return c
}

func join(t testing.TB, base, doc, token string, stock bool) (*client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, _, err := dialErr(ctx, base, doc, token, stock)
	if err != nil {
		return nil, err
	}
	c := &client{
		t: t, stock: stock, conn: conn, done: make(chan struct{}), changed: make(chan struct{}),
		doc: crdt.New(crdt.Options{}), results: map[uint64]map[string]any{},
	}
	go c.read()
	if !stock {
		c.write(lib0.AppendVarString([]byte{msgHello}, fmt.Sprintf(`{"client":%d,"schema":1,"epoch":0}`, c.doc.ClientID())))
	}
	c.mu.Lock()
	step1 := crdt.AppendSyncStep1([]byte{msgSync}, c.doc.StateVector())
	c.mu.Unlock()
	c.write(step1)
	return c, nil
}

func (c *client) close() {
	_ = c.conn.Close(websocket.StatusNormalClosure, "")
	<-c.done
}

// write sends a message; failing to is what the reader will report.
func (c *client) write(b []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = c.conn.Write(ctx, websocket.MessageBinary, b)
}

func (c *client) read() {
	defer close(c.done)
	for {
		_, b, err := c.conn.Read(context.Background())
		if err == nil {
			err = c.take(b)
		}
		if err != nil {
			c.mu.Lock()
			c.err = err
			c.bumpLocked()
			c.mu.Unlock()
			_ = c.conn.Close(websocket.StatusNormalClosure, "")
			return
		}
	}
}

func (c *client) bumpLocked() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// take handles one message. An error means the server said something it must
// not.
func (c *client) take(b []byte) error {
	r := lib0.NewReader(b)
	kind, err := r.Uvarint()
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.bumpLocked()
	switch kind {
	case msgSync:
		return c.takeSyncLocked(r.Rest())
	case msgAck:
		n, err1 := r.Uvarint()
		seq, err2 := r.Uvarint()
		c.acked, c.ackSeq = n, seq
		return errors.Join(err1, err2)
	case msgEntry:
		_, err1 := r.Uvarint()
		_, err2 := r.VarString()
		update, err3 := r.VarBytes()
		if err := errors.Join(err1, err2, err3); err != nil {
			return err
		}
		c.entries++
		return c.doc.ApplyUpdate(update, remote)
	case msgAuth:
		_, err1 := r.Uvarint()
		c.denied, err = r.VarString()
		return errors.Join(err1, err)
	case msgResult:
		id, err1 := r.Uvarint()
		v, err2 := varJSON(r)
		c.results[id] = v
		return errors.Join(err1, err2)
	case msgHello:
		c.hello, err = varJSON(r)
		return err
	case msgReset:
		v, err := varJSON(r)
		c.resets = append(c.resets, v)
		return err
	case msgNotice:
		v, err := varJSON(r)
		c.notices = append(c.notices, v)
		return err
	}
	return nil // presence, and what later versions add
}

func varJSON(r *lib0.Reader) (map[string]any, error) {
	s, err := r.VarString()
	if err != nil {
		return nil, err
	}
	var v map[string]any
	return v, json.Unmarshal([]byte(s), &v)
}

func (c *client) takeSyncLocked(frame []byte) error {
	kind, payload, err := crdt.DecodeSync(frame)
	if err != nil {
		return err
	}
	switch kind {
	case crdt.SyncStep1:
		diff, err := c.doc.EncodeStateAsUpdate(payload)
		if err != nil {
			return err
		}
		if len(diff) > 2 || c.stock {
			c.sendLocked(diff, c.stock)
		}
	case crdt.SyncStep2:
		c.synced = true
		return c.doc.ApplyUpdate(payload, remote)
	default:
		c.entries++
		return c.doc.ApplyUpdate(payload, remote)
	}
	return nil
}

// sendLocked sends an update the way this kind of client does.
func (c *client) sendLocked(update []byte, step2 bool) {
	switch {
	case !c.stock:
		c.sent++
		msg := lib0.AppendUvarint([]byte{msgEdit}, c.sent)
		c.write(lib0.AppendVarBytes(msg, update))
	case step2:
		c.write(crdt.AppendSyncStep2([]byte{msgSync}, update))
	default:
		c.write(crdt.AppendSyncUpdate([]byte{msgSync}, update))
	}
}

// edit changes the local copy and sends what changed; it returns the number
// that the ack will have.
func (c *client) edit(fn func(d *crdt.Doc, tx *crdt.Tx)) uint64 {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.doc.StateVector()
	var update []byte
	cancel := c.doc.OnUpdate(func(u []byte, _ any) { update = append([]byte(nil), u...) })
	c.doc.Transact(c, func(tx *crdt.Tx) { fn(c.doc, tx) })
	cancel()
	if update == nil {
		c.t.Fatalf("the edit changed nothing (state vector %x)", before)
	}
	c.sendLocked(update, false)
	return c.sent
}

// saved waits until the server has everything sent so far on disk.
func (c *client) saved() {
	c.t.Helper()
	c.wait("the ack of the last edit", func() bool { return c.acked >= c.sent })
}

// wait until cond, which is called with the lock held.
func (c *client) wait(what string, cond func() bool) {
	c.t.Helper()
	if err := c.waitErr(what, cond); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) waitErr(what string, cond func() bool) error {
	timeout := time.After(patience)
	for {
		c.mu.Lock()
		ok, changed, ended := cond(), c.changed, c.err
		c.mu.Unlock()
		switch {
		case ok:
			return nil
		case ended != nil:
			return fmt.Errorf("waiting for %s: the connection ended: %w", what, ended)
		}
		select {
		case <-changed:
		case <-timeout:
			return fmt.Errorf("waited %v for %s", patience, what)
		}
	}
}

// ended waits for the server to close the connection and gives its code.
func (c *client) ended() websocket.StatusCode {
	c.t.Helper()
	select {
	case <-c.done:
	case <-time.After(patience):
		c.t.Fatalf("the server did not close the connection in %v", patience)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return websocket.CloseStatus(c.err)
}

// command runs a command over the socket and gives its result frame.
func (c *client) command(name string, args any) map[string]any {
	c.t.Helper()
	data, err := json.Marshal(args)
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.commands++
	id := c.commands
	c.mu.Unlock()
	msg := lib0.AppendUvarint([]byte{msgCommand}, id)
	msg = lib0.AppendVarString(msg, name)
	c.write(lib0.AppendVarString(msg, string(data)))
	c.wait("the result of "+name, func() bool { return c.results[id] != nil })
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.results[id]
}

// plan is the client's copy of a plan, for comparing.
func (c *client) plan() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	b, err := json.Marshal(plan.Read(c.doc))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}
