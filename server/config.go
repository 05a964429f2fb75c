package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"coplan/server/blob"
	"coplan/server/journal"
	"coplan/server/web"
)

// What a zero Config means.
const (
	DefaultListen = "127.0.0.1:8080"
	DefaultData   = "data"
)

// Config is the whole program's. Its zero value works.
type Config struct {
	Listen string // host:port to serve HTTP on; port 0 picks a free one; default DefaultListen
	Data   string // directory of the journal and the admin token; default DefaultData
	// NATSURL names an external NATS with JetStream; empty: one inside this
	// process. With one, Data holds the admin token only.
	NATSURL    string
	Replicas   int              // of each stream on an external cluster; default 1
	Durability journal.SyncMode // of the inner NATS: journal.SyncFsync (default) or journal.SyncOS

	// PublicURL starts the links handed out; empty: as each request came.
	PublicURL string
	// Open says whether plans may be created without a token. nil: only if
	// Listen is a loopback address and there is no PublicURL, since behind a
	// proxy everyone would seem to be on this machine.
	Open *bool
	Demo bool // seed the demo plan, once, and hand out its links
	// Origins are the web pages' origins whose scripts may open sockets.
	// Default: every one, as a socket is opened with a token and never with
	// something a browser adds by itself.
	Origins []string

	FileBytes     int64         // of one uploaded file; default 25 MiB
	PlanFileBytes int64         // of all files of a plan; default 500 MiB
	FileTypes     []string      // groups of blob.Groups that may be uploaded; default documents, images, text
	FileScan      []string      // command that judges uploads, as in blob.Config; empty: none
	FileScanFor   time.Duration // how long it may take; default a minute

	Version string
	Logger  *slog.Logger     // default slog.Default()
	Clock   func() time.Time // default time.Now

	IdleAfter     time.Duration // an empty room leaves memory after this; default 30 s
	SnapshotEvery int           // entries between snapshots; default 500
	ReserveBytes  int64         // free disk to keep; default 64 MiB, negative: none
}

// Validate reports the first setting that can't work, in a sentence that says
// which and why.
func (c Config) Validate() error {
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			return fmt.Errorf("the address to listen on, %q, must be HOST:PORT, such as 127.0.0.1:8080 or :8080", c.Listen)
		}
	}
	switch c.Durability {
	case "", journal.SyncFsync, journal.SyncOS:
	default:
		return fmt.Errorf("the durability %q is unknown: use %q (safe against power cuts) or %q (faster)", c.Durability, journal.SyncFsync, journal.SyncOS)
	}
	if err := web.CheckPublicURL(c.PublicURL); err != nil {
		return err
	}
	if c.Replicas > 1 && c.NATSURL == "" {
		return errors.New("more than one replica needs an external NATS cluster")
	}
	if c.Replicas < 0 || c.Replicas > 5 {
		return fmt.Errorf("%d replicas are not possible: use 1 to 5", c.Replicas)
	}
	if c.FileBytes < 0 || c.PlanFileBytes < 0 || c.FileScanFor < 0 {
		return errors.New("limits of uploaded files must not be negative")
	}
	if err := blob.CheckTypes(c.FileTypes); err != nil {
		return err
	}
	if c.IdleAfter < 0 || c.SnapshotEvery < 0 {
		return errors.New("durations and counts must not be negative")
	}
	for _, u := range strings.Split(c.NATSURL, ",") {
		if u = strings.TrimSpace(u); u == "" && c.NATSURL != "" {
			return fmt.Errorf("the NATS address %q has an empty part", RedactURL(c.NATSURL))
		}
	}
	return nil
}

func (c Config) withDefaults() Config {
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.Data == "" {
		c.Data = DefaultData
	}
	if c.Durability == "" {
		c.Durability = journal.SyncFsync
	}
	if c.Open == nil {
		open := loopback(c.Listen) && c.PublicURL == ""
		c.Open = &open
	}
	if len(c.Origins) == 0 {
		c.Origins = []string{"*"}
	}
	if c.Version == "" {
		c.Version = "dev"
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return c
}

// loopback reports whether only this machine can reach the address.
func loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

// RedactURL takes passwords out of a comma-separated list of server addresses.
func RedactURL(urls string) string {
	parts := strings.Split(urls, ",")
	for i, p := range parts {
		scheme, rest, ok := strings.Cut(p, "://")
		if !ok {
			scheme, rest = "", p
		} else {
			scheme += "://"
		}
		if at := strings.LastIndexByte(rest, '@'); at >= 0 {
			parts[i] = scheme + "…@" + rest[at+1:]
		}
	}
	return strings.Join(parts, ",")
}
