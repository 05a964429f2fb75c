package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// host owns the embedded NATS server and the data directory.
type host struct {
	cfg    Config
	log    *slog.Logger
	unlock func()

	// onWriteError is called, from the server's goroutines, with the engine's
	// words when it gave up writing to disk. Only a restart makes it try again.
	onWriteError func(string)

	mu  sync.RWMutex // guards srv
	srv *server.Server
}

// startHost locks dir and starts the server in it.
func startHost(cfg Config, onWriteError func(string)) (*host, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("journal: create data directory %s: %w", cfg.Dir, err)
	}
	unlock, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	h := &host{cfg: cfg, log: cfg.Logger, unlock: unlock, onWriteError: onWriteError}
	if free, ok := freeBytes(cfg.Dir); ok && cfg.ReserveBytes > 0 && free < cfg.ReserveBytes {
		h.log.Warn("journal: disk is nearly full; no entries are accepted until space is freed",
			"dir", cfg.Dir, "free_bytes", free, "reserve_bytes", cfg.ReserveBytes)
	}
	if err := h.start(); err != nil {
		unlock()
		return nil, err
	}
	return h, nil
}

func (h *host) options() (*server.Options, error) {
	opts := &server.Options{
		ServerName:             "coplan",
		DontListen:             true,
		NoSigs:                 true,
		JetStream:              true,
		StoreDir:               h.cfg.Dir,
		SyncAlways:             h.cfg.Sync == SyncFsync,
		JetStreamMaxStore:      1 << 50, // no limit of its own: the reserve is watched instead
		MaxPayload:             int32(h.cfg.MaxEntryBytes + entryOverheadBytes),
		MaxPending:             256 << 20,
		DisableJetStreamBanner: true,
		NoSystemAccount:        false,
	}
	if h.cfg.MaxStoreBytes > 0 {
		opts.JetStreamMaxStore = h.cfg.MaxStoreBytes
	}
	if h.cfg.Listen != "" {
		host, port, err := net.SplitHostPort(h.cfg.Listen)
		if err != nil {
			return nil, fmt.Errorf("journal: NATS listen address %q: %w", h.cfg.Listen, err)
		}
		n, err := strconv.Atoi(port)
		if err != nil || n < 0 || n > 65535 {
			return nil, fmt.Errorf("journal: NATS listen address %q: port must be 0 to 65535", h.cfg.Listen)
		}
		if n == 0 {
			n = server.RANDOM_PORT
		} else if l, err := net.Listen("tcp", h.cfg.Listen); err != nil {
			return nil, fmt.Errorf("journal: NATS can't listen on %s: %w", h.cfg.Listen, err)
		} else {
			l.Close()
		}
		opts.DontListen, opts.Host, opts.Port = false, host, n
	}
	return opts, nil
}

// start brings up a server and waits until it has recovered its streams.
func (h *host) start() error {
	opts, err := h.options()
	if err != nil {
		return err
	}
	srv, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("journal: embedded NATS in %s: %w", h.cfg.Dir, err)
	}
	l := &serverLog{log: h.log.With("component", "nats"), onWriteError: h.onWriteError}
	srv.SetLoggerV2(l, false, false, false)
	srv.Start() // returns when recovery is over
	switch {
	case l.fatal.Load() != nil:
		err = errors.New(*l.fatal.Load())
	case !srv.JetStreamEnabled():
		err = errors.New("JetStream did not start")
	case !srv.ReadyForConnections(10 * time.Second):
		err = errors.New("not ready after 10 s")
	}
	if err != nil {
		srv.Shutdown()
		return fmt.Errorf("journal: embedded NATS in %s: %w", h.cfg.Dir, err)
	}
	h.mu.Lock()
	h.srv = srv
	h.mu.Unlock()
	return nil
}

// InProcessConn lets the client connect, and reconnect to whichever server is
// current.
func (h *host) InProcessConn() (net.Conn, error) {
	h.mu.RLock()
	srv := h.srv
	h.mu.RUnlock()
	if srv == nil {
		return nil, errors.New("embedded NATS is restarting")
	}
	return srv.InProcessConn()
}

// address is where the server listens, "" if it doesn't.
func (h *host) address() string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.srv == nil || h.cfg.Listen == "" {
		return ""
	}
	return h.srv.ClientURL()
}

// stop shuts the server down; after ctx's end it no longer waits. Everything
// acknowledged is on disk before and independently of this.
func (h *host) stop(ctx context.Context) error {
	h.mu.Lock()
	srv := h.srv
	h.srv = nil
	h.mu.Unlock()
	if srv == nil {
		return nil
	}
	done := make(chan struct{})
	go func() {
		srv.Shutdown()
		srv.WaitForShutdown()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("journal: embedded NATS did not stop in time: %w", ctx.Err())
	}
}

// close stops the server and gives the directory back.
func (h *host) close(ctx context.Context) error {
	err := h.stop(ctx)
	if err == nil {
		h.unlock()
	} // else the server may still write: keep the lock until the process ends
	return err
}

// writable tries what the engine needs: it writes and syncs a file of size
// bytes and removes it.
func writable(dir string, size int) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(make([]byte, size)); err != nil {
		return err
	}
	return f.Sync()
}

const lockFile = "journal.lock"

// errHeld builds the error for a directory another process has.
func errHeld(dir string) error {
	who := ""
	if b, err := os.ReadFile(filepath.Join(dir, lockFile)); err == nil {
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			who = fmt.Sprintf(" by process %d", pid)
		}
	}
	return fmt.Errorf("journal: %w: %s is held%s; stop that one or choose another directory", ErrLocked, dir, who)
}

// serverLog passes the server's messages to slog: its notices are our debug.
type serverLog struct {
	log          *slog.Logger
	onWriteError func(string)
	fatal        atomic.Pointer[string]
}

func (l *serverLog) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Debugf(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *serverLog) Tracef(string, ...any)           {}

func (l *serverLog) Warnf(format string, v ...any) {
	s := fmt.Sprintf(format, v...)
	l.log.Warn(s)
	if strings.Contains(s, "disabling JetStream") {
		l.onWriteError(s)
	}
}

func (l *serverLog) Errorf(format string, v ...any) {
	s := fmt.Sprintf(format, v...)
	l.log.Error(s)
	// The engine says so once per store, then answers nobody: there is no
	// other notification of it inside the process.
	if strings.Contains(s, "ritical write error") || strings.Contains(s, "failed to store a msg") {
		l.onWriteError(s)
	}
}

func (l *serverLog) Fatalf(format string, v ...any) {
	s := fmt.Sprintf(format, v...)
	l.log.Error(s)
	l.fatal.Store(&s)
}
