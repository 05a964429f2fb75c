package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// APIToken is a program's way in. Its secret is never stored.
type APIToken struct {
	ID      string    `json:"id"` // hash of the secret: names the token, opens nothing
	Label   string    `json:"label"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
	Revoked time.Time `json:"revoked,omitzero"` // zero: in force
}

// CreateToken makes an API token and its secret, which is known only now. A
// *FieldError says what of the request is wrong.
func (s *Store) CreateToken(ctx context.Context, label string, scopes []string, expires time.Time) (APIToken, string, error) {
	label, err := CleanName(label)
	if err != nil {
		var field *FieldError
		if errors.As(err, &field) {
			field.Field, field.Reason = "label", strings.Replace(field.Reason, "name", "label", 1)
		}
		return APIToken{}, "", err
	}
	if len(scopes) == 0 {
		return APIToken{}, "", &FieldError{"scopes", "Give at least one scope: " + strings.Join(Scopes(), ", ") + "."}
	}
	for _, scope := range scopes {
		if !slices.Contains(Scopes(), scope) {
			return APIToken{}, "", &FieldError{"scopes", fmt.Sprintf("There is no scope %q. Scopes are %s.", scope, strings.Join(Scopes(), ", "))}
		}
	}
	now := s.now()
	if !expires.IsZero() && !expires.After(now) {
		return APIToken{}, "", &FieldError{"expires", "The token would have expired already. Give a time in the future."}
	}
	scopes = slices.Compact(slices.Sorted(slices.Values(scopes)))
	secret := NewToken()
	t := APIToken{ID: hashToken(secret), Label: label, Scopes: scopes, Created: now.UTC().Truncate(time.Millisecond), Expires: expires}
	if err := s.createJSON(ctx, tokenKey(t.ID), t); err != nil {
		return APIToken{}, "", fmt.Errorf("create an API token: %w", err)
	}
	return t, secret, nil
}

// Tokens lists every API token, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]APIToken, error) {
	keys, err := s.kv.Keys(ctx, tokenKey(""))
	if err != nil {
		return nil, fmt.Errorf("list API tokens: %w", err)
	}
	tokens := make([]APIToken, 0, len(keys))
	for _, key := range keys {
		var t APIToken
		_, err := s.getJSON(ctx, key, &t)
		if errors.Is(err, s.noKey) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list API tokens: %w", err)
		}
		tokens = append(tokens, t)
	}
	sort.Slice(tokens, func(a, b int) bool {
		if !tokens[a].Created.Equal(tokens[b].Created) {
			return tokens[a].Created.Before(tokens[b].Created)
		}
		return tokens[a].ID < tokens[b].ID
	})
	return tokens, nil
}

// RevokeToken ends an API token for good; ErrUnknown if there is none by that
// id.
func (s *Store) RevokeToken(ctx context.Context, id string) error {
	if !validHash(id) {
		return ErrUnknown
	}
	for {
		var t APIToken
		rev, err := s.getJSON(ctx, tokenKey(id), &t)
		if errors.Is(err, s.noKey) {
			return ErrUnknown
		}
		if err != nil {
			return fmt.Errorf("revoke an API token: %w", err)
		}
		if !t.Revoked.IsZero() {
			return nil
		}
		t.Revoked = s.now().UTC().Truncate(time.Millisecond)
		val, err := json.Marshal(t)
		if err != nil {
			return err
		}
		_, err = s.kv.Update(ctx, tokenKey(id), val, rev)
		if err == nil {
			return nil
		}
		if !errors.Is(err, s.changed) {
			return fmt.Errorf("revoke an API token: %w", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (s *Store) apiToken(ctx context.Context, id string) (APIToken, error) {
	var t APIToken
	_, err := s.getJSON(ctx, tokenKey(id), &t)
	if errors.Is(err, s.noKey) {
		return APIToken{}, ErrUnknown
	}
	if err != nil {
		return APIToken{}, fmt.Errorf("look up an API token: %w", err)
	}
	return t, t.usable(s.now())
}

func (t APIToken) usable(now time.Time) error {
	switch {
	case !t.Revoked.IsZero():
		return ErrRevoked
	case !t.Expires.IsZero() && !now.Before(t.Expires):
		return ErrExpired
	}
	return nil
}

func tokenKey(id string) string { return "token." + id }
