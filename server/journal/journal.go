package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Journal is the operation log of all documents, open for reading and writing.
// All methods may be called from any goroutine.
type Journal struct {
	// Fixed after Open.
	cfg        Config
	log        *slog.Logger
	host       *host // nil with an external NATS
	nc         *nats.Conn
	lc         *nats.Conn // live entries and presence, so that they don't delay acknowledgements
	js         jetstream.JetStream
	acks       *ackInbox
	shards     [Shards]*publisher
	live       *live
	rumour     *rumour
	health     *health
	work       *kv // bucket WORKSPACE
	notes      *kv // bucket JOURNAL
	snaps      jetstream.ObjectStore
	replicated bool          // streams have replicas, which may lag behind their leader
	stop       chan struct{} // closed when Close begins: nothing new starts
	halt       chan struct{} // closed when Close waits no longer for appends under way
	end        func()        // ends the context of upkeep
	wg         sync.WaitGroup
	readers    chan struct{} // one element per read request under way

	high       [Shards]atomic.Uint64 // newest sequence known of each stream
	noted      [Shards]atomic.Uint64 // the part of high that is written down
	disk       diskWatch
	opened     atomic.Bool            // open succeeded: handlers may use the fields above
	writeError atomic.Pointer[string] // set while the embedded engine has given up writing
	hooks      atomic.Pointer[hooks]

	closeMu sync.Mutex // guards closed, and appends against growing after it
	closed  bool
	appends sync.WaitGroup // Append calls under way
}

// Open starts or connects to NATS, creates what is missing and checks what is
// there. It returns when the journal is ready; with an external NATS that can't
// be reached within Config.ConnectFor it fails and says so.
//
// Missing entries don't make it fail: they are logged as errors, and
// Status.Damage names them.
func Open(ctx context.Context, cfg Config) (*Journal, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	j := &Journal{
		cfg:     cfg,
		log:     cfg.Logger,
		health:  newHealth(cfg.Clock),
		stop:    make(chan struct{}),
		readers: make(chan struct{}, maxReaders),
		halt:    make(chan struct{}),
	}
	if err := j.open(ctx); err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return nil, errors.Join(err, j.Close(ctx))
	}
	return j, nil
}

func (j *Journal) open(ctx context.Context) error {
	broken := make(chan string, 1)
	if j.cfg.URL == "" {
		h, err := startHost(j.cfg, func(why string) {
			j.writeError.CompareAndSwap(nil, &why)
			select {
			case broken <- why:
			default:
			}
		})
		if err != nil {
			return err
		}
		j.host = h
		if j.cfg.Sync == SyncOS {
			j.log.Warn("journal: durability is os: a power cut may lose up to two minutes of acknowledged entries")
		}
	}
	var err error
	if j.nc, err = j.connect(ctx, "journal"); err != nil {
		return err
	}
	if j.lc, err = j.connect(ctx, "journal live"); err != nil {
		return err
	}
	if err := checkVersion(j.nc.ConnectedServerVersion()); err != nil {
		return err
	}
	if j.js, err = jetstream.New(j.nc); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	if j.acks, err = newAckInbox(j.nc, &j.hooks); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if j.live, err = newLive(j); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.rumour = newRumour(j.lc, j.halt)
	j.goes(j.rumour.run)
	for i := range j.shards {
		j.shards[i] = j.newPublisher()
		j.goes(j.shards[i].run)
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	j.end = end
	j.goes(func() { j.live.watch(life) })
	j.goes(func() { j.keepNotes(life) })
	j.goes(func() { j.probe(life) })
	if j.host != nil {
		j.goes(func() { j.heal(life, broken) })
	}
	j.opened.Store(true)
	return nil
}

func (j *Journal) goes(f func()) {
	j.wg.Add(1)
	go func() {
		defer j.wg.Done()
		f()
	}()
}

func (j *Journal) newPublisher() *publisher {
	b := &publisher{acks: j.acks, in: make(chan *pending, queueLen), stop: j.halt, wait: j.cfg.AttemptFor}
	window := windowFsync
	switch {
	case j.cfg.URL != "":
		window, b.from = windowExternal, batchFrom
	case j.cfg.Sync == SyncFsync:
		b.from = batchFrom
	default:
		window = windowPipelined
	}
	b.window = make(chan struct{}, window)
	return b
}

// connect dials, waiting up to Config.ConnectFor, and from then on reconnects
// for ever. While disconnected nothing is buffered: a publish fails at once, so
// that its fate is known.
func (j *Journal) connect(ctx context.Context, name string) (*nats.Conn, error) {
	url := j.cfg.URL
	opts := []nats.Option{
		nats.Name("coplan " + name),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.Timeout(3 * time.Second),
		nats.PingInterval(5 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { j.disconnected(err) }),
		nats.ReconnectHandler(func(*nats.Conn) { j.reconnected() }),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) { j.asyncError(s, err) }),
	}
	if j.host != nil {
		url = ""
		opts = append(opts, nats.InProcessServer(j.host), nats.ReconnectWait(20*time.Millisecond), nats.PingInterval(time.Minute))
	}
	if j.cfg.Credentials != "" {
		opts = append(opts, nats.UserCredentials(j.cfg.Credentials))
	}
	deadline := time.Now().Add(j.cfg.ConnectFor)
	for {
		nc, err := nats.Connect(url, opts...)
		if err == nil {
			return nc, nil
		}
		err = fmt.Errorf("journal: NATS at %s can't be reached: %w: %w", redactURL(j.cfg.URL), ErrUnavailable, err)
		if time.Now().After(deadline) || errors.Is(err, nats.ErrAuthorization) {
			return nil, err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return nil, errors.Join(err, ctx.Err())
		}
	}
}

// redactURL drops user and password from each server URL.
func redactURL(urls string) string {
	parts := strings.Split(urls, ",")
	for i, p := range parts {
		scheme, rest, ok := strings.Cut(p, "://")
		if !ok {
			scheme, rest = "nats", p
		}
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			rest = rest[at+1:]
		}
		parts[i] = scheme + "://" + rest
	}
	return strings.Join(parts, ",")
}

func (j *Journal) closing() bool {
	select {
	case <-j.stop:
		return true
	default:
		return false
	}
}

func (j *Journal) disconnected(err error) {
	if !j.opened.Load() || j.closing() {
		return
	}
	why := "connection to NATS lost"
	if err != nil {
		why += ": " + err.Error()
	}
	j.log.Warn("journal: "+why, "url", redactURL(j.cfg.URL))
	j.health.set(whyConn, why)
}

func (j *Journal) reconnected() {
	if !j.opened.Load() || !j.nc.IsConnected() || !j.lc.IsConnected() {
		return
	}
	j.log.Info("journal: connected to NATS again")
	j.health.set(whyConn, "")
	j.live.resync() // re-published entries may have been missed meanwhile
}

func (j *Journal) asyncError(s *nats.Subscription, err error) {
	if !j.opened.Load() || j.closing() {
		return
	}
	slow := errors.Is(err, nats.ErrSlowConsumer) && s != nil
	if slow && strings.HasPrefix(s.Subject, "presence.") {
		return // the next presence update makes up for it
	}
	if slow && strings.HasPrefix(s.Subject, "live.") {
		j.log.Warn("journal: live entries arrived faster than they were handled; reading the rest from the log")
		j.live.resync()
		return
	}
	j.log.Warn("journal: NATS", "error", err)
}

func (j *Journal) degraded() bool {
	j.health.mu.Lock()
	defer j.health.mu.Unlock()
	return len(j.health.why) > 0
}

// enter admits one Append, unless Close has begun.
func (j *Journal) enter() bool {
	j.closeMu.Lock()
	defer j.closeMu.Unlock()
	if j.closed {
		return false
	}
	j.appends.Add(1)
	return true
}

// Close lets appends under way finish until ctx ends, then stops everything.
// Followers get lost(ErrClosed). Closing twice is fine. Nothing acknowledged
// depends on Close being called.
func (j *Journal) Close(ctx context.Context) error {
	j.closeMu.Lock()
	again := j.closed
	j.closed = true
	j.closeMu.Unlock()
	if again {
		return nil
	}
	close(j.stop)
	j.health.set(whyClosed, "the journal is closed")
	settled := make(chan struct{})
	go func() {
		j.appends.Wait()
		close(settled)
	}()
	select {
	case <-settled:
	case <-ctx.Done():
	}
	if j.opened.Load() {
		j.writeNotes(ctx)
		j.end()
	}
	close(j.halt)
	quiet := make(chan struct{})
	go func() {
		if j.live != nil {
			j.live.close()
		}
		j.wg.Wait()
		close(quiet)
	}()
	var err error
	select {
	case <-quiet:
	case <-ctx.Done():
		err = fmt.Errorf("journal: a follower was still busy: %w", ctx.Err())
	}
	for _, c := range []*nats.Conn{j.nc, j.lc} {
		if c != nil {
			c.Close()
		}
	}
	if j.host != nil {
		err = errors.Join(err, j.host.close(ctx))
	}
	return err
}

// Address is the URL at which the embedded server accepts NATS clients, empty
// without Config.Listen.
func (j *Journal) Address() string {
	if j.host == nil {
		return ""
	}
	return j.host.address()
}
