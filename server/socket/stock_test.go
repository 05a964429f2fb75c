package socket_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/room"
)

// node is a process with a stock y-websocket client.
type node struct {
	t      *testing.T
	in     io.Writer
	events chan event
	client uint64
}

type event struct {
	Event  string
	Status string
	Synced bool
	Code   int
	Reason string
	Text   string
	Client uint64
	States map[string]json.RawMessage
	JSON   struct {
		Text   string
		Fields map[string]any
	}
}

func (w *world) stock(doc, token string) *node {
	w.t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		w.t.Fatalf("stock clients need Node 20 and the npm packages of the repository: %v", err)
	}
	cmd := exec.Command("node", "testdata/stock.mjs")
	in, err := cmd.StdinPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	var trouble strings.Builder
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	n := &node{t: w.t, in: in, events: make(chan event, 10_000)}
	go func() {
		defer close(n.events)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e event
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				e = event{Event: "noise", Text: lines.Text()}
			}
			n.events <- e
		}
	}()
	w.t.Cleanup(func() {
		_ = in.Close() // it exits
		for range n.events {
		}
		if err := cmd.Wait(); err != nil || trouble.Len() > 0 {
			w.t.Errorf("node: %v\n%s", err, trouble.String())
		}
	})
	n.do(map[string]any{"op": "open", "url": strings.Replace(w.http.URL, "http", "ws", 1) + "/ws", "room": doc, "token": token})
	n.client = n.until("ready", func(e event) bool { return e.Event == "ready" }).Client
	return n
}

func (n *node) do(command map[string]any) {
	n.t.Helper()
	b, err := json.Marshal(command)
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(n.in, "%s\n", b); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) until(what string, fits func(event) bool) event {
	n.t.Helper()
	late := time.After(patience)
	var seen []string
	for {
		select {
		case e, ok := <-n.events:
			if !ok {
				n.t.Fatalf("node ended, waiting for %s; saw %v", what, seen)
			}
			if fits(e) {
				return e
			}
			seen = append(seen, e.Event+" "+e.Text+e.Status)
		case <-late:
			n.t.Fatalf("waited in vain for %s; saw %v", what, seen)
		}
	}
}

func (n *node) synced() {
	n.t.Helper()
	n.until("sync", func(e event) bool { return e.Event == "sync" && e.Synced })
}

func (n *node) untilText(want string) {
	n.t.Helper()
	n.until(fmt.Sprintf("text %q", want), func(e event) bool { return e.Event == "text" && e.Text == want })
}

func (n *node) insert(s string) {
	n.t.Helper()
	n.do(map[string]any{"op": "insert", "at": -1, "text": s})
}

// A client that knows nothing of this server writes a plan together with one
// that does.
func TestStockClient(t *testing.T) {
	w := newWorld(t)
	first := w.stock("plan/p1", "ann.editor")
	first.synced()
	second := w.stock("plan/p1", "ben.editor")
	second.synced()
	ours, doc := w.join("cyn.editor")

	first.insert("from one")
	second.untilText("from one")
	r := ours.frame(23)
	must(r.Uvarint())(t)
	if who := must(r.VarString())(t); who != "ann" {
		t.Errorf("entry of %q", who)
	}
	if err := doc.ApplyUpdate(must(r.VarBytes())(t), nil); err != nil {
		t.Fatal(err)
	}
	second.insert(", two")
	first.untilText("from one, two")
	ours.send(edit(1, typed(t, doc, "both ")))
	ours.frame(17)
	second.untilText("both from one, two")

	// Presence has the name the server knows.
	first.do(map[string]any{"op": "show", "state": map[string]any{"user": map[string]any{"name": "Mallory"}, "cursor": 3}})
	second.until("presence", func(e event) bool {
		state := string(e.States[fmt.Sprint(first.client)])
		return strings.Contains(state, `"cursor":3`) && strings.Contains(state, `"name":"ANN"`)
	})

	// What is written offline arrives on return, together with what is typed at
	// once.
	first.do(map[string]any{"op": "disconnect"})
	second.until("absence", func(e event) bool {
		return e.Event == "present" && e.States[fmt.Sprint(first.client)] == nil
	})
	first.insert(" offline")
	second.insert(" meanwhile")
	w.eventually("the words meanwhile", func() bool { return strings.Contains(w.text(), "meanwhile") })
	first.do(map[string]any{"op": "connect"})
	first.insert(" at once")
	first.synced()
	w.eventually("all words", func() bool { return strings.Contains(w.text(), "offline at once") })
	second.until("all words", func(e event) bool {
		return strings.Contains(e.Text, "offline at once") && strings.Contains(e.Text, "meanwhile")
	})

	// The log, replayed, is what everyone has.
	replayed := crdt.New(crdt.Options{})
	entries := 0
	for e, err := range w.j.Read(context.Background(), "plan/p1", 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if err := replayed.ApplyUpdate(e.Update, nil); err != nil {
			t.Fatal(err)
		}
		entries++
	}
	if got := replayed.Text("body").String(); got != w.text() || entries < 5 {
		t.Errorf("%d entries make %q, live is %q", entries, got, w.text())
	}
}

func TestStockViewer(t *testing.T) {
	w := newWorld(t)
	ann := w.stock("plan/p1", "ann.editor")
	ann.synced()
	ann.insert("ours")
	vic := w.stock("plan/p1", "vic.viewer")
	vic.synced()
	vic.insert("mine")
	vic.until("warning", func(e event) bool { return e.Event == "warning" && strings.Contains(e.Text, "ermission denied") })
	if got := w.text(); got != "ours" {
		t.Errorf("live text is %q", got)
	}
}

// Free documents, by any name, with any root types.
func TestStockFreeDocument(t *testing.T) {
	w := newWorld(t)
	name := "doc/Größe & more/x"
	one := w.stock(name, "ann.editor")
	one.synced()
	one.do(map[string]any{"op": "set", "key": "k", "value": []any{1, "two", nil}})
	one.insert("text")
	two := w.stock(name, "ann.editor")
	two.synced()
	two.do(map[string]any{"op": "json"})
	e := two.until("JSON", func(e event) bool { return e.Event == "json" })
	if e.JSON.Text != "text" || fmt.Sprint(e.JSON.Fields["k"]) != "[1 two <nil>]" {
		t.Errorf("%+v", e.JSON)
	}
}

// Reasons that pass make a stock client come back; final ones make it stop.
func TestStockClientComesBack(t *testing.T) {
	w := newWorld(t)
	n := w.stock("plan/p1", "ann.editor")
	n.synced()
	everyone := func(string, room.Grant) bool { return true }
	w.eventually("being cut", func() bool { return w.rooms.Cut(everyone, room.ErrSlow) == 1 })
	if e := n.until("close", func(e event) bool { return e.Event == "closed" }); e.Code != 1013 {
		t.Errorf("closed with %d", e.Code)
	}
	n.synced()
	w.eventually("being cut", func() bool { return w.rooms.Cut(everyone, room.ErrRevoked) == 1 })
	if e := n.until("giving up", func(e event) bool { return e.Event == "gave-up" }); e.Code != 4401 {
		t.Errorf("gave up on %d", e.Code)
	}
}
