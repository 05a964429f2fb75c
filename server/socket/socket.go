// Package socket is one websocket connection: the upgrade, reader and writer,
// keep-alive, bounded outbox, and the reasons to close. The websocket library
// lives here only.
package socket

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

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
	// a *Refusal is answered 500.
	Authorize func(r *http.Request, doc string) (room.Grant, error)
	Logger    *slog.Logger // default: discard
	// Origins are allowed beside the request's own host, as scheme://host[:port].
	// "*" allows every origin.
	Origins []string

	MaxFrameBytes  int           // one message from a client; default 1 MiB
	MaxOutboxBytes int           // waiting for one client; default 4 MiB
	PingEvery      time.Duration // default 20 s
	SilentAfter    time.Duration // no pong and no message for this: closed; default 50 s
	WriteTimeout   time.Duration // for one message to be taken by the network; default 15 s
	MaxPerSecond   float64       // messages a client may send, sustained; default 200
	MaxBurst       int           // … and at once; default 1000
}

// Handler serves GET PREFIX/{doc}; the path up to the document's name has to be
// stripped (http.StripPrefix).
type Handler struct{ cfg Config }

// New makes a handler.
func New(cfg Config) (*Handler, error) {
	if cfg.Rooms == nil || cfg.Authorize == nil {
		return nil, errors.New("socket: Config.Rooms and Config.Authorize are required")
	}
	return &Handler{cfg: cfg}, nil
}

// ServeHTTP upgrades the request and serves it until the connection ends. The
// document is the request's path without the leading slash.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("not yet") }
