package journal

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	notesEvery = time.Minute
	probeEvery = 500 * time.Millisecond
	diskEvery  = 250 * time.Millisecond
	healEvery  = time.Second
	probeBytes = 256 << 10
)

// diskWatch remembers for a moment how much of the disk is free.
type diskWatch struct {
	mu   sync.Mutex // guards what follows
	at   time.Time
	said string
}

// full says why nothing should be written to cfg.Dir, or "".
func (d *diskWatch) full(cfg Config) string {
	if cfg.ReserveBytes < 0 {
		return ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Since(d.at) < diskEvery {
		return d.said
	}
	d.at, d.said = time.Now(), ""
	if free, ok := freeBytes(cfg.Dir); ok && free < cfg.ReserveBytes {
		d.said = fmt.Sprintf("the disk of %s is full: %d MB are free, %d MB are kept in reserve; free some space",
			cfg.Dir, free>>20, cfg.ReserveBytes>>20)
	}
	return d.said
}

// keepNotes writes down now and then how far each stream reached, so that a log
// that lost its end is noticed at the next Open.
func (j *Journal) keepNotes(life context.Context) {
	t := time.NewTicker(notesEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			ctx, cancel := context.WithTimeout(life, 10*time.Second)
			j.writeNotes(ctx)
			cancel()
		case <-j.stop:
			return
		}
	}
}

func (j *Journal) writeNotes(ctx context.Context) {
	for shard := range Shards {
		seq := j.high[shard].Load()
		if seq == 0 || seq == j.noted[shard].Load() || !j.nc.IsConnected() {
			continue
		}
		if err := j.writeHigh(ctx, shard, seq); err != nil {
			j.log.Debug("journal: note of the log's length not written", "stream", streamName(shard), "error", err)
			return
		}
		j.noted[shard].Store(seq)
	}
}

// probe clears a degraded state that no append would clear because nobody
// appends.
func (j *Journal) probe(life context.Context) {
	t := time.NewTicker(probeEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-j.stop:
			return
		}
		if j.host != nil {
			j.health.set(whyDisk, j.disk.full(j.cfg))
		}
		if j.nc.IsConnected() && j.lc.IsConnected() {
			j.health.set(whyConn, "")
		}
		if !j.health.has(whyTimeout) || j.writeError.Load() != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(life, readAttempt)
		if err := j.tryAll(ctx); err == nil {
			j.health.set(whyTimeout, "")
		}
		cancel()
	}
}

// tryAll asks every stream for its state and writes one small record.
func (j *Journal) tryAll(ctx context.Context) error {
	for shard := range Shards {
		s, err := j.js.Stream(ctx, streamName(shard))
		if err != nil {
			return err
		}
		if c := s.CachedInfo().Cluster; c != nil && c.Leader == "" {
			return fmt.Errorf("%s has no leader", streamName(shard))
		}
	}
	_, err := j.notes.Put(ctx, "probe", []byte(j.cfg.Clock().UTC().Format(time.RFC3339Nano)))
	return err
}

// heal restarts the embedded server after it gave up writing, once the disk
// takes writes again. Until then reads are served. What Append had under way
// is retried with its id, so nothing is lost or doubled by the restart.
func (j *Journal) heal(life context.Context, broken <-chan string) {
	for {
		select {
		case why := <-broken:
			j.health.set(whyWrite, "the disk refuses writes: "+why)
		case <-j.stop:
			return
		}
		for {
			if !j.untilWritable() {
				return
			}
			err := j.restart(life)
			if err == nil {
				break
			}
			j.log.Error("journal: restart of the embedded NATS failed", "error", err)
			j.health.set(whyWrite, err.Error())
			if !j.sleep(healEvery) {
				return
			}
		}
		select { // what the old server said at its end
		case <-broken:
		default:
		}
		j.writeError.Store(nil)
		j.health.set(whyWrite, "")
		j.log.Info("journal: the disk takes writes again")
	}
}

func (j *Journal) untilWritable() bool {
	for {
		if j.disk.full(j.cfg) == "" && writable(j.cfg.Dir, probeBytes) == nil {
			return true
		}
		if !j.sleep(healEvery) {
			return false
		}
	}
}

func (j *Journal) restart(life context.Context) error {
	ctx, cancel := context.WithTimeout(life, 30*time.Second)
	defer cancel()
	if err := j.host.stop(ctx); err != nil {
		return err
	}
	return j.host.start()
}

func (j *Journal) sleep(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-j.stop:
		return false
	}
}
