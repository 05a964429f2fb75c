// Package access knows who somebody is and what they may do: personal magic
// links, their roles, the operator's token and API tokens.
//
// Everything lies in one key-value bucket, by hash, so that neither a backup
// nor a reader of the data directory holds a usable link:
//
//	plan.<id>                      the plan's index record
//	link.<hash of token>           a Link
//	planlink.<plan>.<hash>         marks that the plan has that link
//	token.<hash of token>          an APIToken
//	template.<id>                  a Template
package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// KV is the key-value bucket the store lives in. Keys hold ASCII letters,
// digits and dots.
type KV interface {
	// Get answers Config.NoKey for an absent key.
	Get(ctx context.Context, key string) (val []byte, rev uint64, err error)
	// Create answers Config.Changed for a key that exists.
	Create(ctx context.Context, key string, val []byte) (rev uint64, err error)
	// Update answers Config.Changed unless rev is the key's present revision.
	Update(ctx context.Context, key string, val []byte, rev uint64) (newRev uint64, err error)
	Keys(ctx context.Context, prefix string) ([]string, error)
	// Watch calls fn, one call at a time, for each later change of a key with
	// the prefix; val is nil for a deleted one. fn must not block for long.
	Watch(ctx context.Context, prefix string, fn func(key string, val []byte)) (cancel func(), err error)
}

// Why a token opens nothing.
var (
	ErrUnknown = errors.New("this token is not known here")
	ErrExpired = errors.New("this link has expired")
	ErrRevoked = errors.New("this link was revoked")
)

// ErrExists: the record to create is there already; it was not touched.
var ErrExists = errors.New("the record exists already")

// Config is what a Store is made of.
type Config struct {
	KV         KV               // required
	NoKey      error            // what KV.Get answers for an absent key; required
	Changed    error            // what KV.Create and KV.Update answer when they lost to somebody else; required
	AdminToken string           // "": there is no administrator
	Clock      func() time.Time // nil: time.Now
	Logger     *slog.Logger     // nil: slog.Default()
}

// Store keeps links, tokens and the plan index.
type Store struct {
	kv      KV
	noKey   error
	changed error
	admin   string
	now     func() time.Time
	log     *slog.Logger
	watch   watch
}

// New makes a store over a bucket. It does no I/O.
func New(c Config) *Store {
	s := &Store{kv: c.KV, noKey: c.NoKey, changed: c.Changed, admin: c.AdminToken, now: c.Clock, log: c.Logger}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.watch.init()
	return s
}

// Identify says whom a token stands for. ErrUnknown, ErrExpired and ErrRevoked
// mean the caller is nobody; any other error means the bucket can't be read
// now, which says nothing about the token.
func (s *Store) Identify(ctx context.Context, token string) (Principal, error) {
	if !plausible(token) {
		return Principal{}, ErrUnknown
	}
	if s.admin != "" && sameToken(token, s.admin) {
		return Principal{Kind: KindAdmin}, nil
	}
	link, err := s.Resolve(ctx, token)
	if err == nil {
		return Principal{Kind: KindLink, Link: link}, nil
	}
	if !errors.Is(err, ErrUnknown) {
		return Principal{}, err
	}
	api, err := s.apiToken(ctx, hashToken(token))
	if err != nil {
		return Principal{}, err
	}
	return Principal{Kind: KindToken, Token: api}, nil
}

// getJSON reads one record; s.noKey when it is absent.
func (s *Store) getJSON(ctx context.Context, key string, v any) (rev uint64, err error) {
	val, rev, err := s.kv.Get(ctx, key)
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(val, v); err != nil {
		return 0, fmt.Errorf("access record %s is damaged: %w", publicKey(key), err)
	}
	return rev, nil
}

func (s *Store) createJSON(ctx context.Context, key string, v any) error {
	val, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if _, err = s.kv.Create(ctx, key, val); errors.Is(err, s.changed) {
		return ErrExists
	}
	return err
}

// publicKey is what of a key may appear in a log: hashes are cut short, as
// they'd allow confirming a guess at no cost, though not finding a token.
func publicKey(key string) string {
	if len(key) > 24 {
		return key[:24] + "…"
	}
	return key
}
