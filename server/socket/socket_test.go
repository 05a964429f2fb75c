//lint:file-ignore SA1019 The library lives on under another name, with the same API; moving to it is one import line.

package socket_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"nhooyr.io/websocket"

	"coplan/crdt"
	"coplan/crdt/lib0"
	"coplan/server/room"
	"coplan/server/socket"
)

// One edit, on coplan.1, from the author's socket to another's.
func TestConversation(t *testing.T) {
	w := newWorld(t)
	raw := w.dial("ann.editor", socket.Subprotocol)
	if got := raw.ws.Subprotocol(); got != socket.Subprotocol {
		t.Fatalf("subprotocol %q", got)
	}
	var h struct {
		V       int
		Session string
		Person  map[string]string
		Doc     string
		Can     map[string]bool
		Schema  int
		Epoch   int
		Seq     uint64
		Now     string
	}
	raw.jsonFrame(16, &h)
	if h.V != 1 || h.Session == "" || h.Doc != "plan/p1" || h.Person["id"] != "ann" || h.Person["color"] == "" || !h.Can["write"] || h.Schema != 1 || h.Epoch != 1 || h.Seq == 0 {
		t.Errorf("hello is %+v", h)
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", h.Now); err != nil {
		t.Error(err)
	}

	ann, doc := w.join("ann.editor")
	ben, _ := w.join("ben.editor")
	ann.send(edit(1, typed(t, doc, "Hello")))
	r := ann.frame(17)
	n, seq := must(r.Uvarint())(t), must(r.Uvarint())(t)
	if n != 1 || seq <= h.Seq {
		t.Errorf("ack of %d at %d", n, seq)
	}
	r = ben.frame(23)
	if got := must(r.Uvarint())(t); got != seq {
		t.Errorf("entry at %d, acknowledged at %d", got, seq)
	}
	if who := must(r.VarString())(t); who != "ann" {
		t.Errorf("entry of %q", who)
	}
	got := crdt.New(crdt.Options{})
	if err := got.ApplyUpdate(must(r.VarBytes())(t), nil); err != nil || got.Text("body").String() != "Hello" {
		t.Errorf("%q, %v", got.Text("body").String(), err)
	}

	// Presence, stamped.
	ann.send(lib0.AppendVarBytes([]byte{1}, crdt.EncodeAwareness([]crdt.AwarenessEntry{{Client: doc.ClientID(), Clock: 1, State: json.RawMessage(`{"cursor":1}`)}})))
	entries, err := crdt.DecodeAwareness(must(ben.frame(1).VarBytes())(t), crdt.AwarenessLimits{})
	if err != nil || len(entries) != 1 || !strings.Contains(string(entries[0].State), `"name":"ANN"`) {
		t.Errorf("presence %v, %v", entries, err)
	}
	ben.send([]byte{3})
	ben.frame(1)

	// Commands.
	ben.send(command(5, "note", `{"x":1}`))
	var id uint64
	var result struct {
		OK     bool
		Seq    uint64
		Result any
		Code   string
		Where  string
		Error  string
	}
	ben.jsonFrame(20, &result, &id)
	if id != 5 || !result.OK || result.Seq <= seq || result.Result != true {
		t.Errorf("result of %d: %+v", id, result)
	}
	ben.send(command(6, "note", `{}`))
	result.OK = true
	ben.jsonFrame(20, &result, &id)
	if id != 6 || result.OK || result.Code != "invalid" || result.Where != "text" || result.Error == "" {
		t.Errorf("result of %d: %+v", id, result)
	}

	// Viewers are refused whatever they send.
	vic, theirs := w.join("vic.viewer")
	vic.send(edit(1, typed(t, theirs, "Mine")))
	var reset struct {
		Epoch  int
		Code   string
		Reason string
		Frames []int
	}
	vic.jsonFrame(18, &reset)
	if reset.Code != "forbidden" || len(reset.Frames) != 1 || reset.Frames[0] != 1 || reset.Epoch != 1 {
		t.Errorf("reset is %+v", reset)
	}
	if got := w.text(); got != "Hello" {
		t.Errorf("live text is %q", got)
	}
}

func TestRefusedBeforeTheUpgrade(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.Origins = []string{"https://plans.example"} })
	get := func(token string, header http.Header) *http.Response {
		t.Helper()
		req, err := http.NewRequest("GET", strings.Replace(w.url("plan/p1", token), "ws", "http", 1), nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"MDEyMzQ1Njc4OWFiY2RlZg=="}}
		for k, v := range header {
			req.Header[k] = v
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	for name, c := range map[string]struct {
		token  string
		header http.Header
		status int
		code   string
	}{
		"no token":           {"", nil, 401, "unauthenticated"},
		"unknown token":      {"what", nil, 403, "forbidden"},
		"own failure":        {"broken", nil, 500, "internal"},
		"not a websocket":    {"ann.editor", http.Header{"Upgrade": nil}, 426, "upgrade-required"},
		"foreign page":       {"ann.editor", http.Header{"Origin": {"https://evil.example"}}, 403, "origin"},
		"sandboxed page":     {"ann.editor", http.Header{"Origin": {"null"}}, 403, "origin"},
		"configured, no TLS": {"ann.editor", http.Header{"Origin": {"http://plans.example"}}, 403, "origin"},
		"configured page":    {"ann.editor", http.Header{"Origin": {"https://plans.example"}}, 101, ""},
		"own page":           {"ann.editor", http.Header{"Origin": {w.http.URL}}, 101, ""},
		"bearer":             {"", http.Header{"Authorization": {"Bearer ann.editor"}}, 101, ""},
	} {
		t.Run(name, func(t *testing.T) {
			resp := get(c.token, c.header)
			if resp.StatusCode != c.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, c.status)
			}
			if c.status == 101 {
				return
			}
			var body struct {
				Error struct{ Code, Message string }
			}
			if err := json.NewDecoder(resp.Body).Decode(&body); err != nil || body.Error.Code != c.code || !strings.HasSuffix(body.Error.Message, ".") {
				t.Errorf("%+v, %v", body, err)
			}
		})
	}
}

// What no client should send closes the connection, with a reason that names it,
// and the document and everybody else are untouched.
func TestHostileFrames(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.MaxFrameBytes = 10_000 })
	witness, _ := w.join("wit.editor")
	long := make([]byte, 20_000)
	for name, c := range map[string]struct {
		stock  bool
		frame  []byte
		code   int
		reason string
	}{
		"empty":                   {false, []byte{}, 4400, "type"},
		"unfinished number":       {false, []byte{0xff}, 4400, "type"},
		"unknown type":            {false, []byte{99}, 4400, "unknown type 99"},
		"unknown type, stock":     {true, []byte{99}, 4400, "unknown type 99"},
		"coplan frame from stock": {true, edit(1, []byte{0, 0}), 4400, "unknown type 22"},
		"auth":                    {false, []byte{2, 0, 0}, 4400, "unknown type 2"},
		"sync without payload":    {false, []byte{0}, 4400, "sync"},
		"unknown sync message":    {true, []byte{0, 7, 0}, 4400, "unknown type 7"},
		"length beyond the end":   {true, []byte{0, 2, 200, 1, 1}, 4400, "sync"},
		"bytes behind the update": {true, []byte{0, 2, 2, 0, 0, 9}, 4400, "sync"},
		"not an update":           {true, []byte{0, 2, 3, 1, 2, 3}, 4400, "malformed"},
		"unnumbered on coplan.1":  {false, []byte{0, 2, 2, 0, 0}, 4400, "numbered"},
		"bad state vector":        {true, []byte{0, 0, 2, 9, 9}, 4400, "state vector"},
		"bad awareness":           {true, []byte{1, 3, 9, 9, 9}, 4400, "awareness"},
		"awareness not JSON":      {true, append([]byte{1, 5, 1, 1, 1}, 1, '{'), 4400, "JSON"},
		"edit without update":     {false, []byte{22, 1}, 4400, "edit 1"},
		"edit not an update":      {false, edit(3, []byte{1, 2, 3}), 4400, "edit 3"},
		"huge number of structs":  {false, edit(1, []byte{1, 0xff, 0xff, 0xff, 0xff, 7, 1, 0}), 4400, "edit 1"},
		"command without name":    {false, []byte{19, 1}, 4400, "command 1"},
		"hello not JSON":          {false, lib0.AppendVarString([]byte{16}, "hi"), 4400, "hello"},
		"hello without client":    {false, lib0.AppendVarString([]byte{16}, `{"schema":1}`), 4400, "hello"},
		"old program":             {false, lib0.AppendVarString([]byte{16}, `{"client":1,"schema":0}`), 4409, "reload"},
		"oversized":               {false, long, 1009, "10000"},
		"oversized, stock":        {true, long, 1009, "10000"},
	} {
		t.Run(name, func(t *testing.T) {
			var p *peer
			if c.stock {
				p = w.dial("eve.editor")
			} else {
				p, _ = w.join("eve.editor")
			}
			p.send(c.frame)
			end := p.closed()
			if int(end.Code) != c.code || !strings.Contains(end.Reason, c.reason) {
				t.Errorf("closed with %d %q, want %d and %q", end.Code, end.Reason, c.code, c.reason)
			}
		})
	}
	t.Run("text message", func(t *testing.T) {
		p, _ := w.join("eve.editor")
		if err := p.ws.Write(context.Background(), websocket.MessageText, []byte("hi")); err != nil {
			t.Fatal(err)
		}
		if end := p.closed(); end.Code != 4400 {
			t.Errorf("closed with %d %q", end.Code, end.Reason)
		}
	})
	t.Run("before hello", func(t *testing.T) {
		p := w.dial("eve.editor", socket.Subprotocol)
		p.send(crdt.AppendSyncStep1([]byte{0}, []byte{0}))
		if end := p.closed(); end.Code != 4400 || !strings.Contains(end.Reason, "hello") {
			t.Errorf("closed with %d %q", end.Code, end.Reason)
		}
	})
	if got := w.text(); got != "" {
		t.Errorf("live text is %q", got)
	}
	witness.send(edit(1, typed(t, crdt.New(crdt.Options{}), "well")))
	witness.frame(17)
}

func TestTooManyRequests(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.MaxAsksPerSecond, c.MaxAskBurst = 0.1, 10 })
	p, _ := w.join("eve.editor")
	for range 20 {
		p.send([]byte{3})
	}
	if end := p.closed(); end.Code != 4429 {
		t.Errorf("closed with %d %q", end.Code, end.Reason)
	}
}

// A client ahead of its rate is slowed down and loses nothing.
func TestRateSlowsDown(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.MaxPerSecond, c.MaxBurst = 500, 10 })
	p, doc := w.join("ann.editor")
	start := time.Now()
	for n := range uint64(110) {
		p.send(edit(n+1, typed(t, doc, "x")))
	}
	for acked := uint64(0); acked < 110; {
		acked = must(p.frame(17).Uvarint())(t)
	}
	if took := time.Since(start); took < 150*time.Millisecond {
		t.Errorf("110 messages at 500 a second took %v", took)
	}
}

// rawDial upgrades by hand, for clients that misbehave below the frames.
func (w *world) rawDial(token, protocol string) net.Conn {
	w.t.Helper()
	c, err := dialSmall(context.Background(), "tcp", w.http.Listener.Addr().String())
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = c.Close() })
	if protocol != "" {
		protocol = "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	fmt.Fprintf(c, "GET /ws/plan/p1?token=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n%sSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n", token, protocol)
	return c
}

// A reader that stops reading is cut, while the others go on at full speed.
func TestSlowReader(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) {
		c.MaxOutboxBytes = 100_000
		c.WriteTimeout = 300 * time.Millisecond
	})
	slow := w.rawDial("sam.viewer", "")
	r := bufio.NewReader(slow)
	if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, "101") {
		t.Fatalf("%q, %v", line, err)
	}
	w.eventually("the slow one is in", func() bool { return w.handler.Count() == 1 })
	ann, doc := w.join("ann.editor")
	ben, _ := w.join("ben.editor")
	text := strings.Repeat("x", 20_000)
	for n := range uint64(100) { // far more than the kernel takes
		ann.send(edit(n+1, typed(t, doc, text)))
		ann.frame(17)
		ben.frame(23)
		if w.handler.Count() == 2 {
			return
		}
	}
	w.eventually("the slow one is out", func() bool { return w.handler.Count() == 2 })
}

// The close code that a slow client gets, if it reads after all.
func TestSlowReaderIsTold(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.MaxOutboxBytes = 1000; c.WriteTimeout = patience })
	slow := w.dial("sam.viewer", socket.Subprotocol)
	slow.send(hello(1))
	slow.send(crdt.AppendSyncStep1([]byte{0}, []byte{0}))
	ann, doc := w.join("ann.editor")
	text := strings.Repeat("x", 20_000)
	before := w.handler.Count()
	for n := range uint64(30) {
		ann.send(edit(n+1, typed(t, doc, text)))
		ann.frame(17)
	}
	if before != 2 {
		t.Fatalf("%d connections", before)
	}
	if end := slow.closed(); end.Code != 4413 {
		t.Errorf("closed with %d %q", end.Code, end.Reason)
	}
}

// A client that answers nothing, not even pings, is let go.
func TestSilentClient(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.PingEvery, c.SilentAfter = 20*time.Millisecond, 150*time.Millisecond })
	silent := w.rawDial("sam.viewer", socket.Subprotocol)
	all, err := io.ReadAll(silent)
	if err != nil {
		t.Fatal(err)
	}
	// The server's frames are not masked: the closing frame is legible.
	if s := string(all); !strings.Contains(s, string([]byte{0x88})) || !strings.Contains(s, "\x11\x38") {
		t.Errorf("no closing frame with 4408 in %q", s)
	}
	// One that reads, and so answers pings, stays.
	p, _ := w.join("ann.editor")
	ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
	defer cancel()
	if _, _, err := p.ws.Read(ctx); ctx.Err() == nil {
		t.Errorf("closed: %v", err)
	}
}

// Stock clients close a connection on which they hear nothing for 30 seconds.
func TestStockClientsHearAHeartbeat(t *testing.T) {
	w := newWorld(t, func(c *socket.Config) { c.PingEvery = 20 * time.Millisecond })
	p := w.dial("ann.editor")
	p.frame(0)
	for range 2 {
		if r := p.frame(1); string(r.Rest()) != "\x01\x00" {
			t.Errorf("heartbeat is %v", r.Rest())
		}
	}
}

func TestDrainTellsClients(t *testing.T) {
	w := newWorld(t)
	ann, doc := w.join("ann.editor")
	stock := w.dial("ben.editor")
	ann.send(edit(1, typed(t, doc, "kept")))
	done := make(chan error, 1)
	go func() { done <- w.rooms.Close(context.Background()) }()
	for _, p := range []*peer{ann, stock} {
		if end := p.closed(); end.Code != websocket.StatusGoingAway {
			t.Errorf("closed with %d %q", end.Code, end.Reason)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.handler.Close(ctx); err != nil {
		t.Fatal(err)
	}
	late := w.dial("cyn.editor", socket.Subprotocol)
	if end := late.closed(); end.Code != websocket.StatusGoingAway {
		t.Errorf("closed with %d %q", end.Code, end.Reason)
	}
}

func TestJoinRefused(t *testing.T) {
	w := newWorld(t)
	ws, _, err := websocket.Dial(context.Background(), w.url("plan/none", "ann.editor"), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, ws: ws}
	if end := p.closed(); end.Code != 4404 {
		t.Errorf("closed with %d %q", end.Code, end.Reason)
	}
	revoked, _ := w.join("eve.editor")
	w.rooms.Cut(func(_ string, g room.Grant) bool { return g.Person.ID == "eve" }, room.ErrRevoked)
	if end := revoked.closed(); end.Code != 4401 {
		t.Errorf("closed with %d %q", end.Code, end.Reason)
	}
}

// Connections leave nothing behind, however they end.
func TestConnectionsEnd(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		p, _ := w.join(fmt.Sprintf("p%d.editor", i))
		if i%2 == 0 {
			_ = p.ws.Close(websocket.StatusNormalClosure, "")
		} else {
			_ = p.ws.CloseNow()
		}
	}
	w.eventually("no connections", func() bool { return w.handler.Count() == 0 })
}

func TestConfig(t *testing.T) {
	rooms := newWorld(t).rooms
	for name, cfg := range map[string]socket.Config{
		"nothing":          {},
		"no authorisation": {Rooms: rooms},
		"negative limit":   {Rooms: rooms, Authorize: authorize, MaxFrameBytes: -1},
		"bare host":        {Rooms: rooms, Authorize: authorize, Origins: []string{"plans.example"}},
	} {
		if _, err := socket.New(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The browser's table of close codes is this one.
func TestCloseTableMatchesBrowser(t *testing.T) {
	source, err := os.ReadFile("../../frontend/src/sync/close.ts")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`\{ code: (\d+), name: "([a-z-]+)", retry: (true|false)`).FindAllStringSubmatch(string(source), -1)
	ours := socket.CloseCodes()
	if len(rows) != len(ours) {
		t.Fatalf("%d rows in the browser, %d here", len(rows), len(ours))
	}
	for i, c := range ours {
		if got, want := strings.Join(rows[i][1:], " "), fmt.Sprint(c.Code, " ", c.Name, " ", strconv.FormatBool(c.Retry)); got != want {
			t.Errorf("row %d: browser %q, server %q", i, got, want)
		}
	}
}

func TestClosing(t *testing.T) {
	long := fmt.Errorf("%w: %s", room.ErrMalformed, strings.Repeat("é", 200))
	for name, c := range map[string]struct {
		err  error
		d    room.Dialect
		code int
		text string
	}{
		"retry, numbered":     {room.ErrSlow, room.Coplan, 4413, room.ErrSlow.Error()},
		"retry, stock":        {room.ErrSlow, room.Stock, 1013, room.ErrSlow.Error()},
		"final, stock":        {room.ErrRevoked, room.Stock, 4401, room.ErrRevoked.Error()},
		"no inside knowledge": {fmt.Errorf("%w: nats at 10.0.0.1 is gone", room.ErrUnavailable), room.Coplan, 1013, room.ErrUnavailable.Error()},
		"anything else":       {io.ErrUnexpectedEOF, room.Coplan, 4500, room.ErrInternal.Error()},
		"with detail":         {fmt.Errorf("%w: edit 3", room.ErrMalformed), room.Coplan, 4400, "malformed message: edit 3"},
	} {
		if code, text := socket.Closing(c.err, c.d); code != c.code || text != c.text {
			t.Errorf("%s: %d %q, want %d %q", name, code, text, c.code, c.text)
		}
	}
	if _, text := socket.Closing(long, room.Coplan); len(text) > 123 || len(text) < 120 || !utf8.ValidString(text) {
		t.Errorf("long reason is cut to %d bytes, valid %v", len(text), utf8.ValidString(text))
	}
}
