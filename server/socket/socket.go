//lint:file-ignore SA1019 The library lives on under another name, with the same API; moving to it is one import line.

// Package socket is one websocket connection: the upgrade, reader and writer,
// keep-alive, bounded outbox, and the reasons to close. The websocket library
// lives here only.
package socket

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"nhooyr.io/websocket"

	"coplan/server/room"
)

// Refusal is why a request does not become a socket.
type Refusal struct {
	Status  int    // HTTP status: 401, 403, 404, 503
	Code    string // for programs
	Message string // a sentence for people
}

func (r *Refusal) Error() string { return r.Message }

// Config is what a Handler is made of. Rooms and Authorize are required.
type Config struct {
	Rooms *room.Registry
	// Authorize decides before the upgrade, from the token in the request
	// (query parameter token, or Authorization: Bearer). An error that is not
	// a *Refusal is logged and answered 500.
	Authorize func(r *http.Request, doc string) (room.Grant, error)
	Logger    *slog.Logger // default: discard
	// Origins whose pages may connect, beside those of the request's own host,
	// as scheme://host[:port]. "*" allows every origin. Programs that are not
	// browsers send no origin and are not restricted.
	Origins []string

	MaxFrameBytes    int           // one message from a client; default 4 MiB and a little, which fits the largest edit
	MaxOutboxBytes   int           // waiting for one client; default 4 MiB
	PingEvery        time.Duration // default 20 s
	SilentAfter      time.Duration // no pong and no message for this: closed; default 50 s
	WriteTimeout     time.Duration // for one message to be taken by the network; default 15 s
	MaxPerSecond     float64       // messages read from one client, sustained; default 1000
	MaxBurst         int           // … and at once; default 4000
	MaxAsksPerSecond float64       // of them, those that want an answer; more close the connection; default 20
	MaxAskBurst      int           // … and at once; default 100
}

// Validate checks bounds; New calls it.
func (c Config) Validate() error {
	switch {
	case c.Rooms == nil || c.Authorize == nil:
		return errors.New("socket: Config.Rooms and Config.Authorize are required")
	case c.MaxFrameBytes < 0 || c.MaxOutboxBytes < 0 || c.MaxBurst < 0 || c.MaxAskBurst < 0:
		return errors.New("socket: limits in Config must not be negative")
	case c.PingEvery < 0 || c.SilentAfter < 0 || c.WriteTimeout < 0 || c.MaxPerSecond < 0 || c.MaxAsksPerSecond < 0:
		return errors.New("socket: durations and rates in Config must not be negative")
	}
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if o != "*" && (err != nil || u.Scheme == "" || u.Host == "" || strings.Trim(u.Path, "/") != "") {
			return fmt.Errorf("socket: origin %q in Config is not of the form scheme://host", o)
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	or(&c.MaxFrameBytes, 4<<20+1024)
	or(&c.MaxOutboxBytes, 4<<20)
	or(&c.PingEvery, 20*time.Second)
	or(&c.SilentAfter, 50*time.Second)
	or(&c.WriteTimeout, 15*time.Second)
	or(&c.MaxPerSecond, 1000)
	or(&c.MaxBurst, 4000)
	or(&c.MaxAsksPerSecond, 20)
	or(&c.MaxAskBurst, 100)
	return c
}

func or[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// Handler serves GET PREFIX/{doc}; the path up to the document's name has to be
// stripped (http.StripPrefix).
type Handler struct {
	cfg Config

	connsMu sync.Mutex
	conns   map[*conn]struct{} // open ones; guarded by connsMu
	idle    chan struct{}      // closed when conns becomes empty; nil unless Close waits; guarded by connsMu
}

// New makes a handler.
func New(cfg Config) (*Handler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Handler{cfg: cfg.withDefaults(), conns: make(map[*conn]struct{})}, nil
}

// ServeHTTP upgrades the request and serves it until the connection ends. The
// document is the request's path without the leading slash.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	doc := strings.TrimPrefix(r.URL.Path, "/")
	switch {
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		refuse(w, &Refusal{http.StatusUpgradeRequired, "upgrade-required", "This address is for websockets."})
		return
	case !h.allowed(r):
		refuse(w, &Refusal{http.StatusForbidden, "origin", fmt.Sprintf("Pages of %q may not connect to this server.", r.Header.Get("Origin"))})
		return
	}
	grant, err := h.cfg.Authorize(r, doc)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		refuse(w, refusal)
		return
	case err != nil:
		h.cfg.Logger.Error("authorising a socket failed", "doc", doc, "error", err)
		refuse(w, &Refusal{http.StatusInternalServerError, "internal", "Something went wrong on the server. It has been logged."})
		return
	}
	ws, err := websocket.Accept(unwrapped{w}, r, &websocket.AcceptOptions{
		Subprotocols:       []string{Subprotocol},
		InsecureSkipVerify: true, // allowed has looked at the origin, scheme included
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		h.cfg.Logger.Debug("upgrade failed", "doc", doc, "error", err) // Accept has answered
		return
	}
	c := newConn(&h.cfg, ws, h.cfg.Logger.With("doc", doc, "person", grant.Person.ID))
	h.add(c)
	defer h.remove(c)
	c.serve(r.Context(), doc, grant)
}

// allowed says whether the request comes from a page that may connect.
func (h *Handler) allowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	if u.Host != "" && strings.EqualFold(u.Host, r.Host) {
		return true
	}
	for _, o := range h.cfg.Origins {
		if o == "*" || strings.EqualFold(strings.TrimSuffix(o, "/"), origin) {
			return true
		}
	}
	return false
}

func refuse(w http.ResponseWriter, r *Refusal) {
	type detail struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	body, _ := json.Marshal(map[string]detail{"error": {r.Code, r.Message}}) // strings only
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(r.Status)
	_, _ = w.Write(append(body, '\n'))
}

// unwrapped finds the connection below any layers of middleware; the library
// looks at the outermost layer only.
type unwrapped struct{ http.ResponseWriter }

func (u unwrapped) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(u.ResponseWriter).Hijack()
}

func (h *Handler) add(c *conn) {
	h.connsMu.Lock()
	defer h.connsMu.Unlock()
	h.conns[c] = struct{}{}
}

func (h *Handler) remove(c *conn) {
	h.connsMu.Lock()
	defer h.connsMu.Unlock()
	delete(h.conns, c)
	if len(h.conns) == 0 && h.idle != nil {
		close(h.idle)
		h.idle = nil
	}
}

// Count is the number of open connections.
func (h *Handler) Count() int {
	h.connsMu.Lock()
	defer h.connsMu.Unlock()
	return len(h.conns)
}

// Close waits until all connections have ended, or ends them when ctx does. It
// is for shutting down, after Registry.Close has told every client: an HTTP
// server's own Shutdown knows nothing of upgraded connections.
func (h *Handler) Close(ctx context.Context) error {
	h.connsMu.Lock()
	if len(h.conns) == 0 {
		h.connsMu.Unlock()
		return nil
	}
	if h.idle == nil {
		h.idle = make(chan struct{})
	}
	idle := h.idle
	h.connsMu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	h.connsMu.Lock()
	n := len(h.conns)
	for c := range h.conns {
		go func() { _ = c.ws.CloseNow() }()
	}
	h.connsMu.Unlock()
	return fmt.Errorf("close sockets: %w: %d ended without goodbye", ctx.Err(), n)
}
