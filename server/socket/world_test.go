//lint:file-ignore SA1019 The library lives on under another name, with the same API; moving to it is one import line.

package socket_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"nhooyr.io/websocket"

	"coplan/crdt"
	"coplan/crdt/lib0"
	"coplan/server/journal"
	"coplan/server/room"
	"coplan/server/socket"
)

// bufferBytes is what the kernel keeps for a connection that is not read from,
// about.
const bufferBytes = 16 << 10

const patience = 20 * time.Second

// world is a server with sockets and nothing else, on a real journal.
type world struct {
	t       *testing.T
	j       *journal.Journal
	rooms   *room.Registry
	handler *socket.Handler
	http    *httptest.Server
}

func newWorld(t *testing.T, change ...func(*socket.Config)) *world {
	t.Helper()
	j := openJournal(t)
	rooms, err := room.NewRegistry(room.Config{Journal: j, Commands: map[string]room.CommandSpec{"note": {Run: note}}})
	if err != nil {
		t.Fatal(err)
	}
	cfg := socket.Config{Rooms: rooms, Authorize: authorize}
	for _, f := range change {
		f(&cfg)
	}
	h, err := socket.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, j: j, rooms: rooms, handler: h}
	w.http = httptest.NewUnstartedServer(http.StripPrefix("/ws", h))
	w.http.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		// So that it takes little to fill the way to a slow reader.
		if err := c.(*net.TCPConn).SetWriteBuffer(bufferBytes); err != nil {
			t.Error(err)
		}
		return ctx
	}
	w.http.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := rooms.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := h.Close(ctx); err != nil {
			t.Error(err)
		}
		w.http.Close()
	})
	_, err = rooms.Create(context.Background(), "plan/p1", room.Person{ID: "system", Role: "system", Via: "system"}, func(d *crdt.Doc, tx *crdt.Tx) error {
		d.Map("meta").Set(tx, "schema", 1)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func openJournal(t testing.TB) *journal.Journal {
	t.Helper()
	j, err := journal.Open(context.Background(), journal.Config{Dir: t.TempDir(), Sync: journal.SyncOS, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close(context.Background()) })
	return j
}

func note(d *crdt.Doc, tx *crdt.Tx, by room.Person, _ time.Time, args json.RawMessage) (any, error) {
	if len(args) < 4 {
		return nil, &room.Refusal{Code: "invalid", Where: "text", Message: "A note needs a text."}
	}
	d.Map("fields").Set(tx, "note", by.Name)
	return true, nil
}

// authorize knows tokens of the form person.role.
func authorize(r *http.Request, doc string) (room.Grant, error) {
	token := r.URL.Query().Get("token")
	if token == "" {
		token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	id, role, ok := strings.Cut(token, ".")
	switch {
	case token == "":
		return room.Grant{}, &socket.Refusal{Status: 401, Code: "unauthenticated", Message: "This needs a token."}
	case token == "broken":
		return room.Grant{}, errors.New("database on fire")
	case !ok:
		return room.Grant{}, &socket.Refusal{Status: 403, Code: "forbidden", Message: "This token is not known."}
	}
	write := role == "editor"
	return room.Grant{Person: room.Person{ID: id, Name: strings.ToUpper(id), Role: role, Via: "token"}, Doc: doc, Read: true, Write: write, Comment: write}, nil
}

// peer is a websocket client that speaks frames.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
}

func (w *world) url(doc, token string) string {
	return strings.Replace(w.http.URL, "http", "ws", 1) + "/ws/" + doc + "?token=" + token
}

func (w *world) dial(token string, protocols ...string) *peer {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, w.url("plan/p1", token), &websocket.DialOptions{
		Subprotocols: protocols, HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dialSmall}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ws.SetReadLimit(-1)
	w.t.Cleanup(func() { _ = ws.CloseNow() })
	return &peer{t: w.t, ws: ws}
}

// dialSmall is net.Dial with a small buffer for what is not read.
func dialSmall(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		if controlErr := c.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, bufferBytes)
		}); controlErr != nil {
			return controlErr
		}
		return err
	}}
	return d.DialContext(ctx, network, address)
}

// join dials on coplan.1, says hello and gets the document.
func (w *world) join(token string) (*peer, *crdt.Doc) {
	w.t.Helper()
	p := w.dial(token, socket.Subprotocol)
	d := crdt.New(crdt.Options{})
	p.send(hello(d.ClientID()))
	p.send(crdt.AppendSyncStep1([]byte{0}, d.StateVector()))
	p.until("answer to step 1", func(kind uint64, r *lib0.Reader) bool {
		if kind != 0 {
			return false
		}
		sync, payload, err := crdt.DecodeSync(r.Rest())
		if err != nil {
			w.t.Fatal(err)
		}
		if sync != crdt.SyncStep2 {
			return false
		}
		if err := d.ApplyUpdate(payload, nil); err != nil {
			w.t.Fatal(err)
		}
		return true
	})
	return p, d
}

func hello(client uint64) []byte {
	return lib0.AppendVarString([]byte{16}, fmt.Sprintf(`{"client":%d,"schema":1,"epoch":0}`, client))
}

func edit(n uint64, update []byte) []byte {
	return lib0.AppendVarBytes(lib0.AppendUvarint([]byte{22}, n), update)
}

func command(id uint64, name, args string) []byte {
	return lib0.AppendVarString(lib0.AppendVarString(lib0.AppendUvarint([]byte{19}, id), name), args)
}

// typed is an update that writes s at the start of the text "body".
func typed(t testing.TB, d *crdt.Doc, s string) []byte {
	t.Helper()
	var update []byte
	cancel := d.OnUpdate(func(u []byte, _ any) { update = bytes.Clone(u) })
	defer cancel()
	d.Transact(nil, func(tx *crdt.Tx) { d.Text("body").Insert(tx, 0, s, nil) })
	return update
}

func (p *peer) send(frame []byte) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.ws.Write(ctx, websocket.MessageBinary, frame); err != nil {
		p.t.Fatal(err)
	}
}

// until reads frames until one fits.
func (p *peer) until(what string, fits func(kind uint64, r *lib0.Reader) bool) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		_, b, err := p.ws.Read(ctx)
		if err != nil {
			p.t.Fatalf("waiting for %s: %v", what, err)
		}
		r := lib0.NewReader(b)
		kind, err := r.Uvarint()
		if err != nil {
			p.t.Fatal(err)
		}
		if fits(kind, r) {
			return
		}
	}
}

// frame waits for a frame of a type and returns its payload.
func (p *peer) frame(kind uint64) *lib0.Reader {
	p.t.Helper()
	var found *lib0.Reader
	p.until(fmt.Sprintf("a frame of type %d", kind), func(k uint64, r *lib0.Reader) bool {
		found = r
		return k == kind
	})
	return found
}

// jsonFrame waits for a frame of a type whose payload ends in JSON.
func (p *peer) jsonFrame(kind uint64, into any, numbers ...*uint64) {
	p.t.Helper()
	r := p.frame(kind)
	for _, n := range numbers {
		*n = must(r.Uvarint())(p.t)
	}
	if err := json.Unmarshal([]byte(must(r.VarString())(p.t)), into); err != nil {
		p.t.Fatal(err)
	}
	if err := r.Done(); err != nil {
		p.t.Fatal(err)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// closed reads to the end and returns how the server closed.
func (p *peer) closed() websocket.CloseError {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		_, _, err := p.ws.Read(ctx)
		var end websocket.CloseError
		switch {
		case errors.As(err, &end):
			return end
		case err != nil:
			p.t.Fatalf("ended without a closing frame: %v", err)
		}
	}
}

func (w *world) text() string {
	w.t.Helper()
	var s string
	err := w.rooms.View(context.Background(), "plan/p1", func(d *crdt.Doc, _ uint64) error {
		s = d.Text("body").String()
		return d.Check()
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) eventually(what string, happened func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); !happened(); {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}
