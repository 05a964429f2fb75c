// Package server puts the parts together: journal, access, rooms and web
// become one program that a test can start on port 0.
//
// Read one edit's way in this order: web (routes), socket, room, journal, and
// back through room and socket. DESIGN.md walks it.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"coplan/frontend"
	"coplan/server/access"
	"coplan/server/journal"
	"coplan/server/room"
	"coplan/server/web"
)

// drainFor bounds a shutdown whose caller gave no deadline.
const drainFor = 20 * time.Second

// Server is the program. Start it once.
type Server struct {
	cfg Config
	log *slog.Logger

	// Set by Start.
	journal  *journal.Journal
	access   *access.Store
	rooms    *room.Registry
	listener net.Listener
	http     *http.Server
	admin    string
	demo     map[string]string // link tokens by role; nil: no demo
	served   chan error        // receives what ended serving, once
	inFlight sync.WaitGroup    // requests and sockets being served

	undoMu sync.Mutex
	undo   []func(context.Context) error // what Shutdown does, last first
}

// New checks the configuration. It opens nothing.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	return &Server{cfg: cfg, log: cfg.Logger, served: make(chan error, 1)}, nil
}

// Start opens everything and returns once requests are answered. On an error,
// which is a sentence for the operator, everything is closed again.
func (s *Server) Start(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, s.unwind(context.WithoutCancel(ctx)))
		}
	}()
	// The port first: it is what fails most often, and fast.
	if err := s.listen(ctx); err != nil {
		return err
	}
	if err := s.openData(); err != nil {
		return err
	}
	if err := s.openJournal(ctx); err != nil {
		return err
	}
	if err := s.openAccess(ctx); err != nil {
		return err
	}
	if err := s.openRooms(); err != nil {
		return err
	}
	if s.cfg.Demo {
		if err := s.seedDemo(ctx); err != nil {
			return fmt.Errorf("the demo plan can't be set up: %w", err)
		}
	}
	return s.serve()
}

// Run starts the server and serves until ctx ends, then drains: sessions are
// told, accepted edits are stored, snapshots are written.
func (s *Server) Run(ctx context.Context) error {
	if err := s.Start(ctx); err != nil {
		return err
	}
	return s.Wait(ctx)
}

// Wait serves until ctx ends or serving fails, then drains.
func (s *Server) Wait(ctx context.Context) error {
	var err error
	select {
	case <-ctx.Done():
	case err = <-s.served:
		err = fmt.Errorf("serving ended: %w", err)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	return errors.Join(err, s.Shutdown(drain))
}

// Shutdown drains and closes everything, at most until ctx ends. Calling it
// again does nothing.
func (s *Server) Shutdown(ctx context.Context) error { return s.unwind(ctx) }

// Addr is the address served, with the real port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// URL is where a browser finds the server.
func (s *Server) URL() string {
	if s.cfg.PublicURL != "" {
		return s.cfg.PublicURL
	}
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		return "http://" + s.Addr()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// AdminToken is the operator's token, as in AdminTokenFile.
func (s *Server) AdminToken() string { return s.admin }

// AdminTokenFile is where the operator finds the admin token.
func (s *Server) AdminTokenFile() string { return filepath.Join(s.cfg.Data, "admin.token") }

// Durability says what "saved" means for this server.
func (s *Server) Durability() string {
	switch {
	case s.cfg.NATSURL != "":
		return "as the NATS servers at " + RedactURL(s.cfg.NATSURL) + " are set up"
	case s.cfg.Durability == journal.SyncOS:
		return "os: an edit survives a crash of this program, not a power cut within two minutes"
	}
	return "fsync: a saved edit survives a power cut"
}

// DemoLinks are the demo plan's links by role; nil without a demo.
func (s *Server) DemoLinks() map[string]string {
	if s.demo == nil {
		return nil
	}
	links := make(map[string]string, len(s.demo))
	for role, token := range s.demo {
		links[role] = s.URL() + "/j/" + token
	}
	return links
}

func (s *Server) onShutdown(f func(context.Context) error) {
	s.undoMu.Lock()
	defer s.undoMu.Unlock()
	s.undo = append(s.undo, f)
}

func (s *Server) unwind(ctx context.Context) error {
	s.undoMu.Lock()
	undo := s.undo
	s.undo = nil
	s.undoMu.Unlock()
	var errs []error
	for i := len(undo) - 1; i >= 0; i-- {
		errs = append(errs, undo[i](ctx))
	}
	return errors.Join(errs...)
}

func (s *Server) listen(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.cfg.Listen)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use by another program; stop that one or choose another address with --listen", s.cfg.Listen)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("this user may not listen on %s; choose a port above 1023 with --listen", s.cfg.Listen)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is not an address of this machine; choose another with --listen", s.cfg.Listen)
	case err != nil:
		return fmt.Errorf("can't listen on %s: %w", s.cfg.Listen, err)
	}
	s.listener = l
	s.onShutdown(func(context.Context) error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

// openData makes the data directory and tries to write there, since what the
// journal would say about it later is less clear.
func (s *Server) openData() error {
	if err := os.MkdirAll(s.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("the data directory %s can't be made: %w", s.cfg.Data, reason(err))
	}
	f, err := os.CreateTemp(s.cfg.Data, ".write-test-*")
	if err != nil {
		return fmt.Errorf("the data directory %s can't be written: %w", s.cfg.Data, reason(err))
	}
	_, werr := f.Write([]byte("x"))
	if err := errors.Join(werr, f.Close(), os.Remove(f.Name())); err != nil {
		return fmt.Errorf("the data directory %s can't be written: %w", s.cfg.Data, reason(err))
	}
	s.admin, err = access.AdminToken(s.AdminTokenFile())
	return err
}

// reason is what went wrong without the path, which the sentence has already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func (s *Server) openJournal(ctx context.Context) error {
	j, err := openJournal(ctx, s.cfg)
	if err != nil {
		return err
	}
	s.journal = j
	s.onShutdown(j.Close)
	return nil
}

func (s *Server) openAccess(ctx context.Context) error {
	s.access = access.New(access.Config{
		KV: s.journal.KV(), NoKey: journal.ErrNoKey, Changed: journal.ErrKeyChanged,
		AdminToken: s.admin, Clock: s.cfg.Clock, Logger: s.log,
	})
	cancel, err := s.access.Watch(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	s.onShutdown(func(context.Context) error { cancel(); return nil })
	return nil
}

func (s *Server) openRooms() error {
	rooms, err := room.NewRegistry(room.Config{
		Journal: s.journal, Commands: commands(), Judge: judge, Repair: repair(), Logger: s.log, Clock: s.cfg.Clock,
		IdleAfter: s.cfg.IdleAfter, SnapshotEvery: s.cfg.SnapshotEvery,
	})
	if err != nil {
		return err
	}
	s.rooms = rooms
	return nil
}

func (s *Server) serve() error {
	cfg := web.Config{
		Access: s.access, Rooms: s.rooms, Log: s.journal, Front: frontend.FS(), Health: s.health,
		PublicURL: s.cfg.PublicURL, OpenCreate: *s.cfg.Open, Version: s.cfg.Version,
		Durability: s.Durability(), Logger: s.log, Clock: s.cfg.Clock,
	}
	cfg.Socket.Origins = s.cfg.Origins
	files, err := s.openFiles()
	if err != nil {
		return err
	}
	cfg.Files = files
	if s.demo != nil {
		cfg.Demo = func() map[string]string { return s.demo }
	}
	handler, err := web.New(cfg)
	if err != nil {
		return err
	}
	s.http = &http.Server{
		Handler: s.counted(handler),
		// Slow senders of headers or bodies are cut off; a hijacked socket has
		// its own deadlines.
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.onShutdown(s.drain)
	go func() {
		if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.served <- err
		}
	}()
	return nil
}

// counted keeps track of handlers still running, hijacked sockets among them,
// which http.Server.Shutdown forgets.
func (s *Server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.inFlight.Add(1)
		defer s.inFlight.Done()
		next.ServeHTTP(w, r)
	})
}

// drain lets nobody new in, has every room store what it accepted and tell its
// sessions, and waits until the last close frame is on its way.
func (s *Server) drain(ctx context.Context) error {
	shut := make(chan error, 1)
	go func() { shut <- s.http.Shutdown(ctx) }()
	roomsErr := s.rooms.Close(ctx)
	httpErr := <-shut

	gone := make(chan struct{})
	go func() { s.inFlight.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-ctx.Done():
		httpErr = errors.Join(httpErr, errors.New("some connections did not end in time"))
	}
	return errors.Join(roomsErr, httpErr)
}

func (s *Server) health() web.Health {
	st := s.journal.Status()
	return web.Health{OK: st.Ready, Reason: st.Reason, Since: st.Since}
}
