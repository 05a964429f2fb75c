package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// prepare creates or adjusts streams and buckets and checks their contents.
func (j *Journal) prepare(ctx context.Context) error {
	var err error
	if j.notes, err = j.bucket(ctx, "JOURNAL", "the journal's own notes"); err != nil {
		return err
	}
	if j.work, err = j.bucket(ctx, "WORKSPACE", "people, links, plan index"); err != nil {
		return err
	}
	err = j.placed(ctx, func() (err error) {
		j.snaps, err = j.js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{
			Bucket: "SNAPSHOTS", Description: "document states, a cache", Replicas: j.cfg.Replicas,
		})
		return err
	})
	if err != nil {
		return j.prepareError("bucket SNAPSHOTS", err)
	}
	err = j.placed(ctx, func() error {
		_, err := j.js.CreateOrUpdateStream(ctx, j.blobConfig())
		return err
	})
	if err != nil {
		return j.prepareError("stream "+blobStream, err)
	}
	for shard := range Shards {
		info, err := j.ensureStream(ctx, shard)
		if err != nil {
			return j.prepareError("stream "+streamName(shard), err)
		}
		j.high[shard].Store(info.State.LastSeq)
		j.replicated = j.replicated || info.Config.Replicas > 1
		if err := j.inspect(ctx, shard, info.State); err != nil {
			return err
		}
	}
	return nil
}

func (j *Journal) prepareError(what string, err error) error {
	hint := ""
	switch {
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		hint = " (JetStream is not enabled there)"
	}
	if j.host != nil {
		if free, ok := freeBytes(j.cfg.Dir); ok && free < 1<<20 {
			hint = fmt.Sprintf(" (the disk of %s is full)", j.cfg.Dir)
		}
	}
	return fmt.Errorf("journal: prepare %s%s: %w: %w", what, hint, ErrUnavailable, err)
}

func (j *Journal) bucket(ctx context.Context, name, about string) (*kv, error) {
	var b jetstream.KeyValue
	err := j.placed(ctx, func() (err error) {
		b, err = j.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: name, Description: about, Replicas: j.cfg.Replicas, History: 1,
		})
		return err
	})
	if err != nil {
		return nil, j.prepareError("bucket "+name, err)
	}
	return &kv{b: b, name: name}, nil
}

func (j *Journal) streamConfig(shard int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               streamName(shard),
		Description:        "document entries",
		Subjects:           []string{fmt.Sprintf("plan.%02d.>", shard)},
		Retention:          jetstream.LimitsPolicy,
		Storage:            jetstream.FileStorage,
		Compression:        jetstream.NoCompression, // reads of one subject would be ten times slower
		Replicas:           j.cfg.Replicas,
		Duplicates:         j.cfg.DedupWindow,
		AllowDirect:        true,
		AllowAtomicPublish: true,
		RePublish: &jetstream.RePublish{
			Source:      fmt.Sprintf("plan.%02d.>", shard),
			Destination: fmt.Sprintf("live.%02d.>", shard),
		},
	}
}

// placed repeats create while a cluster that is just starting answers that it
// has no place for it: its nodes have not all told each other that they are
// there. It gives up after ConnectFor.
func (j *Journal) placed(ctx context.Context, create func() error) error {
	const noSuitablePeers = 10005 // nats-server, JSClusterNoPeersErrF
	deadline := time.Now().Add(j.cfg.ConnectFor)
	for {
		err := create()
		var api *jetstream.APIError
		if !errors.As(err, &api) || api.ErrorCode != noSuitablePeers || time.Now().After(deadline) {
			return err
		}
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

func (j *Journal) ensureStream(ctx context.Context, shard int) (*jetstream.StreamInfo, error) {
	want := j.streamConfig(shard)
	s, err := j.js.Stream(ctx, want.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err := j.placed(ctx, func() (err error) {
			s, err = j.js.CreateStream(ctx, want)
			return err
		})
		if err != nil {
			return nil, err
		}
		return s.CachedInfo(), nil
	}
	if err != nil {
		return nil, err
	}
	have := s.CachedInfo().Config
	if !slices.Equal(have.Subjects, want.Subjects) {
		return nil, fmt.Errorf("it exists with subjects %v instead of %v: not Coplan's", have.Subjects, want.Subjects)
	}
	if have.Duplicates == want.Duplicates && have.AllowDirect && have.AllowAtomicPublish &&
		have.RePublish != nil && *have.RePublish == *want.RePublish && have.Replicas == want.Replicas {
		return s.CachedInfo(), nil
	}
	if s, err = j.js.UpdateStream(ctx, want); err != nil {
		return nil, err
	}
	return s.CachedInfo(), nil
}

// Last is the position of doc's newest entry, 0 if there is none.
func (j *Journal) Last(ctx context.Context, doc string) (uint64, error) {
	where, err := placeOf(doc)
	if err != nil {
		return 0, err
	}
	seq, err := j.last(ctx, where)
	if err != nil {
		return 0, fmt.Errorf("last entry of %s: %w", doc, err)
	}
	return seq, nil
}

// oldestServer is the first NATS with atomic batches.
const oldestServer = "2.12.0"

func checkVersion(have string) error {
	h, w := versionParts(have), versionParts(oldestServer)
	if slices.Compare(h, w) < 0 {
		return fmt.Errorf("journal: NATS server is version %s; %s or newer is needed", have, oldestServer)
	}
	return nil
}

func versionParts(v string) []int {
	v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "-")
	var parts []int
	for _, p := range strings.Split(v, ".") {
		n, _ := strconv.Atoi(p)
		parts = append(parts, n)
	}
	return parts
}
