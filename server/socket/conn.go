//lint:file-ignore SA1019 The library lives on under another name, with the same API; moving to it is one import line.

package socket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
	"nhooyr.io/websocket"

	"coplan/server/room"
)

// conn is one open connection. The request's goroutine reads; a second one
// writes, and is the only one to write data, pings and the closing frame, so
// that nothing follows the closing frame.
type conn struct {
	// Fixed after the upgrade.
	cfg     *Config
	log     *slog.Logger
	ws      *websocket.Conn
	dialect room.Dialect
	out     *outbox

	rest io.Reader // of a message given up half-way; owned by the reader

	heard atomic.Int64 // Unix nanoseconds: when the client last sent something or answered a ping
}

// errGone: the client has closed the connection, or the network has.
var errGone = errors.New("the client is gone")

const (
	// flushFor is how long a connection that is being closed may take to
	// receive what was said to it before.
	flushFor = 2 * time.Second
	// silentGrace is how long a client that was silent has to take the closing
	// frame.
	silentGrace = 250 * time.Millisecond
	// readFor is how long one message may take from its first to its last byte.
	readFor = 60 * time.Second
)

func newConn(cfg *Config, ws *websocket.Conn, log *slog.Logger) *conn {
	c := &conn{cfg: cfg, log: log, ws: ws, out: newOutbox(cfg.MaxOutboxBytes)}
	if ws.Subprotocol() == Subprotocol {
		c.dialect = room.Coplan
	}
	// The library's own limit closes with a text of its choosing and an error
	// that cannot be told from others; read has the limit.
	ws.SetReadLimit(-1)
	c.hear()
	return c
}

func (c *conn) hear() { c.heard.Store(time.Now().UnixNano()) }

// serve joins the document and returns when the connection is over.
func (c *conn) serve(ctx context.Context, doc string, g room.Grant) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer cancel() // so that the reader ends too
		c.write(ctx)
		reason := c.out.why()
		if errors.Is(reason, errSilent) {
			defer time.AfterFunc(silentGrace, cancel).Stop() // it will not answer the closing frame either
		}
		c.close(reason)
	}()
	s, err := c.cfg.Rooms.Join(ctx, doc, g, c.dialect, c.out)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			c.log.Info("join refused", "doc", doc, "person", g.Person.ID, "error", err)
		}
		c.out.Cut(err)
		c.drainReads(ctx)
		<-written
		return
	}
	c.out.Cut(c.read(ctx, s))
	s.Leave()
	c.drainReads(ctx)
	<-written
}

// read hands messages to the session until one is bad or the connection is over.
func (c *conn) read(ctx context.Context, s *room.Session) error {
	all := rate.NewLimiter(rate.Limit(c.cfg.MaxPerSecond), c.cfg.MaxBurst)
	asking := rate.NewLimiter(rate.Limit(c.cfg.MaxAsksPerSecond), c.cfg.MaxAskBurst)
	for {
		frame, err := c.readMessage(ctx)
		if err != nil {
			return err
		}
		cheap, err := dispatch(s, c.dialect, frame)
		if err != nil {
			return err
		}
		if !cheap && !asking.Allow() {
			return fmt.Errorf("%w: requests", room.ErrTooFast)
		}
		// A client that is ahead of its rate is read more slowly: the network
		// makes it wait, and nothing is lost.
		if all.Wait(ctx) != nil {
			return errGone
		}
	}
}

// readMessage reads one whole binary message, of bounded size.
func (c *conn) readMessage(ctx context.Context) ([]byte, error) {
	kind, r, err := c.ws.Reader(ctx)
	if err != nil {
		return nil, errGone
	}
	c.hear()
	c.rest = r
	if kind != websocket.MessageBinary {
		return nil, malformed("a text message; messages are binary")
	}
	late := time.AfterFunc(readFor, func() { c.out.Cut(errSilent) })
	defer late.Stop()
	limit := int64(c.cfg.MaxFrameBytes)
	b, err := io.ReadAll(io.LimitReader(hearing{r, c}, limit+1))
	switch {
	case err != nil:
		return nil, errGone
	case int64(len(b)) > limit:
		return nil, fmt.Errorf("%w: at most %d bytes", room.ErrTooBig, limit)
	}
	c.rest = nil
	return b, nil
}

// hearing notes that bytes of a long message are arriving.
type hearing struct {
	r io.Reader
	c *conn
}

func (h hearing) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if n > 0 {
		h.c.hear()
	}
	return n, err
}

// drainReads keeps reading, and forgetting, until the connection is closed: the
// answer to our closing frame has to be read by somebody, and a client that is
// in the middle of sending has to be let finish to see our closing frame.
func (c *conn) drainReads(ctx context.Context) {
	if c.rest != nil {
		// The library does not notice that a message was not read to its end.
		if _, err := io.Copy(io.Discard, c.rest); err != nil {
			return
		}
	}
	for {
		_, r, err := c.ws.Reader(ctx)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if err != nil {
			return
		}
	}
}

// write sends what is in the outbox, and pings, until the connection is cut or
// breaks.
func (c *conn) write(ctx context.Context) {
	tick := time.NewTicker(c.cfg.PingEvery)
	defer tick.Stop()
	ping := newPinger(c)
	wrote := time.Now()
	var until time.Time // when flushing ends; zero: not being cut
	for {
		cut := c.out.why() != nil
		if cut && until.IsZero() {
			until = time.Now().Add(flushFor)
		}
		if m := c.out.take(); m != nil && (!cut || time.Now().Before(until)) {
			if c.send(ctx, encode(m, c.dialect)) != nil {
				c.out.Cut(errGone)
				break
			}
			wrote = time.Now()
			continue
		}
		if cut {
			break
		}
		select {
		case <-c.out.wake:
			continue
		case <-c.out.cut:
			continue // once more through what is queued
		case <-ctx.Done():
			c.out.Cut(errGone)
			continue
		case now := <-tick.C:
			if now.UnixNano()-c.heard.Load() > int64(c.cfg.SilentAfter) {
				c.out.Cut(errSilent)
				continue
			}
			ping.start(ctx)
			if c.dialect == room.Stock && now.Sub(wrote) >= c.cfg.PingEvery {
				if c.send(ctx, heartbeat) != nil {
					c.out.Cut(errGone)
				}
				wrote = now
			}
		}
	}
	ping.stop()
}

// send writes one message. A deadline that passes closes the connection.
func (c *conn) send(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.WriteTimeout)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageBinary, b)
}

// close says why and waits a moment for the client's answer.
func (c *conn) close(reason error) {
	if errors.Is(reason, errGone) {
		_ = c.ws.CloseNow()
		return
	}
	code, text := closing(reason, c.dialect)
	c.log.Debug("closing", "code", code, "reason", reason)
	_ = c.ws.Close(websocket.StatusCode(code), text)
}

// pinger has at most one ping under way. The library waits for the pong in the
// same call, so it has a goroutine of its own while it does.
type pinger struct {
	c      *conn
	cancel context.CancelFunc
	done   chan struct{} // closed when no ping is under way
}

func newPinger(c *conn) *pinger {
	done := make(chan struct{})
	close(done)
	return &pinger{c: c, cancel: func() {}, done: done}
}

func (p *pinger) start(ctx context.Context) {
	select {
	case <-p.done:
	default:
		return
	}
	ctx, p.cancel = context.WithTimeout(ctx, p.c.cfg.SilentAfter)
	done := make(chan struct{})
	p.done = done
	cancel := p.cancel
	go func() {
		defer close(done)
		defer cancel()
		if p.c.ws.Ping(ctx) == nil {
			p.c.hear()
		}
	}()
}

// stop ends a ping under way, so that none follows the closing frame.
func (p *pinger) stop() {
	p.cancel()
	<-p.done
}
