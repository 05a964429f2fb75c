package journal

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// SyncMode says when the embedded engine's acknowledgement is given.
type SyncMode string

const (
	// SyncFsync acknowledges after fsync: a power cut loses nothing that was
	// acknowledged.
	SyncFsync SyncMode = "fsync"
	// SyncOS acknowledges once the operating system has the bytes: a killed
	// process loses nothing, a power cut up to two minutes.
	SyncOS SyncMode = "os"
)

// Config is what Open needs. Dir or URL must be set, everything else has a
// working default.
type Config struct {
	// Dir is the data directory of the embedded server; created if missing.
	Dir string
	// URL names an external NATS with JetStream (comma-separated servers);
	// empty means embedded. Dir is then unused.
	URL string
	// Credentials is the path of a NATS .creds file, for an external NATS.
	Credentials string
	// Sync is for the embedded server; default SyncFsync. An external cluster
	// has its own setting (sync_interval: always is the equivalent).
	Sync SyncMode
	// Replicas of each stream, for an external cluster; default 1.
	Replicas int
	// MaxEntryBytes bounds one encoded entry; default just under 8 MiB. What a server
	// accepts by its own limit may be less.
	MaxEntryBytes int
	// MaxStoreBytes bounds what the embedded server keeps on disk; default none.
	MaxStoreBytes int64
	// ReserveBytes of free disk are kept: with less, the embedded journal
	// accepts no entries until space is freed, so that it never has to write
	// to a full disk. Default 64 MiB; negative: no reserve.
	ReserveBytes int64
	// RetryFor is how long Append keeps trying by itself; default 15 s, which
	// covers the loss of a stream leader.
	RetryFor time.Duration
	// AttemptFor is how long Append waits for an acknowledgement before it sends
	// the entry again, the first time; then twice as long each time. Default 3 s.
	AttemptFor time.Duration
	// DedupWindow is how long a repeated id is recognised; default 10 min.
	DedupWindow time.Duration
	// ConnectFor is how long Open waits for an external NATS; default 10 s.
	ConnectFor time.Duration
	// Listen makes the embedded server accept NATS clients on this TCP address
	// too, for tools and for other nodes; empty: in-process only. Such clients
	// aren't authenticated: bind to a private address.
	Listen string
	// Logger gets the journal's and the embedded server's messages; default
	// slog.Default().
	Logger *slog.Logger
	// Clock stamps entries whose At is 0; default time.Now.
	Clock func() time.Time
}

const (
	defaultMaxEntryBytes = 8<<20 - entryOverheadBytes // NATS advises against larger messages
	maxMaxEntryBytes     = 32 << 20
	entryOverheadBytes   = 8 << 10 // subject and headers beside the envelope
)

// Validate reports the first setting that can't work.
func (c Config) Validate() error {
	switch {
	case c.Dir == "" && c.URL == "":
		return errors.New("journal: neither a data directory nor a NATS URL is given")
	case c.Sync != "" && c.Sync != SyncFsync && c.Sync != SyncOS:
		return fmt.Errorf("journal: durability %q is unknown; use %q or %q", c.Sync, SyncFsync, SyncOS)
	case c.Replicas < 0 || c.Replicas > 5:
		return fmt.Errorf("journal: %d replicas; use 1 to 5", c.Replicas)
	case c.Replicas > 1 && c.URL == "":
		return errors.New("journal: more than one replica needs an external NATS cluster")
	case c.MaxEntryBytes < 0 || c.MaxEntryBytes > maxMaxEntryBytes:
		return fmt.Errorf("journal: entries of %d bytes; at most %d", c.MaxEntryBytes, maxMaxEntryBytes)
	case c.RetryFor < 0 || c.AttemptFor < 0 || c.DedupWindow < 0 || c.ConnectFor < 0:
		return errors.New("journal: durations must not be negative")
	}
	return nil
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.RetryFor, 15*time.Second)
	def(&c.AttemptFor, 3*time.Second)
	def(&c.DedupWindow, 10*time.Minute)
	def(&c.ConnectFor, 10*time.Second)
	if c.Sync == "" {
		c.Sync = SyncFsync
	}
	if c.Replicas == 0 {
		c.Replicas = 1
	}
	if c.MaxEntryBytes == 0 {
		c.MaxEntryBytes = defaultMaxEntryBytes
	}
	if c.ReserveBytes == 0 {
		c.ReserveBytes = 64 << 20
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return c
}
