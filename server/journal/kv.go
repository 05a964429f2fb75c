package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// KV is a bucket of small records, shared by all nodes. Keys are any non-empty
// strings; dots divide them into parts, and prefixes ending in a dot are the
// cheap ones. Revisions are positive and grow.
//
// Errors: ErrNoKey, ErrKeyChanged, ErrUnavailable.
type KV interface {
	Get(ctx context.Context, key string) (val []byte, rev uint64, err error)
	// Create writes a key that doesn't exist (or was deleted); of several
	// nodes trying at once one succeeds, the others get ErrKeyChanged.
	Create(ctx context.Context, key string, val []byte) (rev uint64, err error)
	// Update writes if the key's revision is still rev, else ErrKeyChanged.
	Update(ctx context.Context, key string, val []byte, rev uint64) (uint64, error)
	// Put writes in any case.
	Put(ctx context.Context, key string, val []byte) (rev uint64, err error)
	// Delete removes key; deleting a missing one is fine.
	Delete(ctx context.Context, key string) error
	// Keys lists existing keys with the prefix, sorted.
	Keys(ctx context.Context, prefix string) ([]string, error)
	// Watch calls f for each existing record with the prefix, then for each
	// change, one call at a time, until cancel or ctx's end; val is nil for a
	// deletion. It returns after the existing ones were told.
	Watch(ctx context.Context, prefix string, f func(key string, val []byte)) (cancel func(), err error)
}

// KV is the bucket WORKSPACE.
func (j *Journal) KV() KV { return j.work }

type kv struct {
	b    jetstream.KeyValue
	name string
}

// escapeKey keeps letters, digits, '-', '_' and the dividing dots.
func escapeKey(key string) (string, error) {
	if key == "" || len(key) > 512 {
		return "", fmt.Errorf("key of %d bytes; use 1 to 512", len(key))
	}
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = escapeToken(p)
	}
	return strings.Join(parts, "."), nil
}

func unescapeKey(k string) (string, error) {
	parts := strings.Split(k, ".")
	for i, p := range parts {
		u, err := unescapeToken(p)
		if err != nil {
			return "", err
		}
		parts[i] = u
	}
	return strings.Join(parts, "."), nil
}

// filter is the narrowest subject filter that covers prefix.
func filter(prefix string) (string, error) {
	dot := strings.LastIndexByte(prefix, '.')
	if dot < 0 {
		return ">", nil
	}
	k, err := escapeKey(prefix[:dot])
	return k + ".>", err
}

func (b *kv) fail(op, key string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrKeyNotFound), errors.Is(err, jetstream.ErrKeyDeleted):
		err = ErrNoKey
	case errors.Is(err, jetstream.ErrKeyExists), wrongRevision(err):
		err = ErrKeyChanged
	case errors.Is(err, context.Canceled):
	default:
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("%s %s %q: %w", b.name, op, key, err)
}

func wrongRevision(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == 10071 || api.ErrorCode == 10164)
}

// answered repeats request while nobody answers for the bucket: it has just been
// made, or its leader died, and its nodes are electing one. Such a request has
// reached nobody, so that repeating it is safe. It gives up after electFor.
func answered(ctx context.Context, request func() error) error {
	const electFor = 5 * time.Second
	deadline := time.Now().Add(electFor)
	for {
		err := request()
		nobody := errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse)
		if !nobody || time.Now().After(deadline) {
			return err
		}
		select {
		case <-time.After(requestPause):
		case <-ctx.Done():
			return err
		}
	}
}

func (b *kv) Get(ctx context.Context, key string) ([]byte, uint64, error) {
	k, err := escapeKey(key)
	if err != nil {
		return nil, 0, err
	}
	var e jetstream.KeyValueEntry
	err = answered(ctx, func() (err error) { e, err = b.b.Get(ctx, k); return err })
	if err != nil {
		return nil, 0, b.fail("get", key, err)
	}
	return notNil(e.Value()), e.Revision(), nil
}

func (b *kv) Create(ctx context.Context, key string, val []byte) (uint64, error) {
	k, err := escapeKey(key)
	if err != nil {
		return 0, err
	}
	var rev uint64
	err = answered(ctx, func() (err error) { rev, err = b.b.Create(ctx, k, val); return err })
	return rev, b.fail("create", key, err)
}

func (b *kv) Update(ctx context.Context, key string, val []byte, rev uint64) (uint64, error) {
	k, err := escapeKey(key)
	if err != nil {
		return 0, err
	}
	var next uint64
	err = answered(ctx, func() (err error) { next, err = b.b.Update(ctx, k, val, rev); return err })
	return next, b.fail("update", key, err)
}

func (b *kv) Put(ctx context.Context, key string, val []byte) (uint64, error) {
	k, err := escapeKey(key)
	if err != nil {
		return 0, err
	}
	var rev uint64
	err = answered(ctx, func() (err error) { rev, err = b.b.Put(ctx, k, val); return err })
	return rev, b.fail("put", key, err)
}

func (b *kv) Delete(ctx context.Context, key string) error {
	k, err := escapeKey(key)
	if err != nil {
		return err
	}
	return b.fail("delete", key, answered(ctx, func() error { return b.b.Delete(ctx, k) }))
}

func (b *kv) Keys(ctx context.Context, prefix string) ([]string, error) {
	f, err := filter(prefix)
	if err != nil {
		return nil, err
	}
	l, err := b.b.ListKeysFiltered(ctx, f)
	if err != nil {
		return nil, b.fail("list", prefix, err)
	}
	defer l.Stop()
	var keys []string
	for k := range l.Keys() {
		key, err := unescapeKey(k)
		if err == nil && strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, b.fail("list", prefix, err)
	}
	slices.Sort(keys)
	return keys, nil
}

func (b *kv) Watch(ctx context.Context, prefix string, f func(string, []byte)) (func(), error) {
	flt, err := filter(prefix)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w, err := b.b.Watch(ctx, flt)
	if err != nil {
		cancel()
		return nil, b.fail("watch", prefix, err)
	}
	ready, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		defer w.Stop()
		for first := true; ; {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-w.Updates():
				if !ok {
					return
				}
				if e == nil { // all that existed has been told
					if first {
						first = false
						close(ready)
					}
					continue
				}
				key, err := unescapeKey(e.Key())
				if err != nil || !strings.HasPrefix(key, prefix) {
					continue
				}
				if e.Operation() == jetstream.KeyValuePut {
					f(key, notNil(e.Value()))
				} else {
					f(key, nil)
				}
			}
		}
	}()
	select {
	case <-ready:
		return cancel, nil
	case <-done:
	case <-ctx.Done():
	}
	defer cancel()
	return nil, b.fail("watch", prefix, errors.Join(errors.New("ended before the first records came"), context.Cause(ctx)))
}

// notNil keeps an empty value apart from a deletion.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
