package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	blobStream = "BLOBS"
	// blobPart is below what any NATS server accepts as one message by default.
	blobPart = 128 << 10
	// blobPartFor bounds how long one part may take to be stored.
	blobPartFor = 10 * time.Second
	// blobParts are read at once: what a download holds in memory.
	blobParts = 8
)

// BlobStore keeps contents too large for an entry: uploaded files. They are
// stored and read in parts, a few of which are in memory at a time.
//
// Errors: ErrNoKey for an id that holds nothing, ErrUnavailable when parts
// can't be stored or read at the moment.
type BlobStore interface {
	// Put stores all of r under an id that was never used before. On an error
	// nothing stays behind, unless the process ends or NATS is away; such
	// leftovers are among those that IDs lists.
	Put(ctx context.Context, id string, r io.Reader) error
	// Open reads a blob; reading fails where a part is missing.
	Open(ctx context.Context, id string) (io.Reader, error)
	// Delete removes a blob; deleting a missing one is fine.
	Delete(ctx context.Context, id string) error
	// IDs lists what is stored, finished or not.
	IDs(ctx context.Context) ([]string, error)
}

// Blobs is the stream BLOBS. It is not JetStream's object store: that one's
// client hands over up to four thousand parts before it waits for the first to
// be stored, so a large file would be in memory whole.
func (j *Journal) Blobs() BlobStore { return blobs{j} }

type blobs struct{ j *Journal }

func (j *Journal) blobConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: blobStream, Description: "uploaded files, in parts", Subjects: []string{"blob.>"},
		Retention: jetstream.LimitsPolicy, Storage: jetstream.FileStorage, Replicas: j.cfg.Replicas,
		Duplicates: j.cfg.DedupWindow, AllowDirect: true,
	}
}

func blobSubject(id string) (string, error) {
	if id == "" || len(id) > 64 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", fmt.Errorf("blob id %q is not lower-case hex", id)
	}
	return "blob." + id, nil
}

func (b blobs) Put(ctx context.Context, id string, r io.Reader) (err error) {
	subject, err := blobSubject(id)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), blobPartFor)
			defer cancel()
			err = errors.Join(err, b.Delete(undo, id))
		}
	}()
	part := make([]byte, blobPart)
	for n := 0; ; n++ {
		size, rerr := io.ReadFull(r, part)
		if rerr != nil && !errors.Is(rerr, io.EOF) && !errors.Is(rerr, io.ErrUnexpectedEOF) {
			return fmt.Errorf("blob %s: %w", id, rerr)
		}
		if size > 0 {
			if err := b.put(ctx, subject, fmt.Sprintf("%s/%d", id, n), part[:size]); err != nil {
				return fmt.Errorf("blob %s, part %d: %w", id, n, err)
			}
		}
		if rerr != nil {
			return nil
		}
	}
}

// put stores one part and waits until it is; a part whose acknowledgement was
// lost is known by its id and not stored twice.
func (b blobs) put(ctx context.Context, subject, id string, part []byte) error {
	if err := b.j.accepting(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	var err error
	for range 2 {
		attempt, cancel := context.WithTimeout(ctx, blobPartFor)
		_, err = b.j.js.Publish(attempt, subject, part, jetstream.WithMsgID(id), jetstream.WithExpectStream(blobStream))
		cancel()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func (b blobs) Open(ctx context.Context, id string) (io.Reader, error) {
	subject, err := blobSubject(id)
	if err != nil {
		return nil, err
	}
	r := &blobReader{ctx: ctx, j: b.j, subject: subject, next: 1}
	if err := r.fetch(); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("blob %s: %w", id, ErrNoKey)
	} else if err != nil {
		return nil, fmt.Errorf("blob %s: %w", id, err)
	}
	return r, nil
}

// blobReader holds blobParts parts at most.
type blobReader struct {
	ctx     context.Context // of the one request that reads
	j       *Journal
	subject string
	next    uint64 // sequence to go on from
	parts   [][]byte
}

func (r *blobReader) fetch() error {
	var c chunk
	err := r.j.retryRead(r.ctx, func(ctx context.Context) (err error) {
		c, err = r.j.get(ctx, blobStream, r.subject, r.next, blobParts, blobParts*blobPart)
		return err
	})
	if err != nil {
		return err
	}
	if len(c.msgs) == 0 {
		return io.EOF
	}
	for _, m := range c.msgs {
		r.parts = append(r.parts, m.Data)
	}
	r.next = c.seqs[len(c.seqs)-1] + 1
	return nil
}

func (r *blobReader) Read(p []byte) (int, error) {
	for len(r.parts) == 0 {
		if err := r.fetch(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.parts[0])
	if r.parts[0] = r.parts[0][n:]; len(r.parts[0]) == 0 {
		r.parts = r.parts[1:]
	}
	return n, nil
}

func (b blobs) Delete(ctx context.Context, id string) error {
	subject, err := blobSubject(id)
	if err != nil {
		return err
	}
	s, err := b.j.js.Stream(ctx, blobStream)
	if err == nil {
		err = s.Purge(ctx, jetstream.WithPurgeSubject(subject))
	}
	if err != nil {
		return fmt.Errorf("delete blob %s: %w: %w", id, ErrUnavailable, err)
	}
	return nil
}

func (b blobs) IDs(ctx context.Context) ([]string, error) {
	s, err := b.j.js.Stream(ctx, blobStream)
	if err != nil {
		return nil, fmt.Errorf("list blobs: %w: %w", ErrUnavailable, err)
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter("blob.>"))
	if err != nil {
		return nil, fmt.Errorf("list blobs: %w: %w", ErrUnavailable, err)
	}
	ids := make([]string, 0, len(info.State.Subjects))
	for subject := range info.State.Subjects {
		ids = append(ids, strings.TrimPrefix(subject, "blob."))
	}
	return ids, nil
}
