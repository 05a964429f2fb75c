package access

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// watch tells whoever holds something open with a token (a live socket) that
// the token stopped opening it.
type watch struct {
	holdsMu sync.Mutex
	holds   map[string]map[*hold]struct{} // by link or token id
}

type hold struct {
	end   func(error)
	timer *time.Timer // runs out when the token expires; nil if it never does
}

func (w *watch) init() { w.holds = make(map[string]map[*hold]struct{}) }

// Watch follows revocations, this node's and others', until cancel is called.
// Without it Hold still ends what expires.
func (s *Store) Watch(ctx context.Context) (cancel func(), err error) {
	var stops []func()
	cancel = func() {
		for _, stop := range stops {
			stop()
		}
	}
	for _, prefix := range []string{linkKey(""), tokenKey("")} {
		stop, err := s.kv.Watch(ctx, prefix, func(key string, val []byte) {
			s.recordChanged(strings.TrimPrefix(key, prefix), val)
		})
		if err != nil {
			cancel()
			return nil, fmt.Errorf("watch for revoked links: %w", err)
		}
		stops = append(stops, stop)
	}
	return cancel, nil
}

// recordChanged ends every hold of a link or token that no longer opens anything.
func (s *Store) recordChanged(id string, val []byte) {
	if val != nil {
		var rec struct {
			Revoked time.Time `json:"revoked"`
		}
		if err := json.Unmarshal(val, &rec); err != nil {
			s.log.Error("access record is damaged; what was opened with it is closed", "record", publicKey(id), "err", err)
		} else if rec.Revoked.IsZero() {
			return
		}
	}
	s.endAll(id, ErrRevoked)
}

func (s *Store) endAll(id string, why error) {
	s.watch.holdsMu.Lock()
	holds := s.watch.holds[id]
	delete(s.watch.holds, id)
	s.watch.holdsMu.Unlock()
	for h := range holds {
		if h.timer != nil {
			h.timer.Stop()
		}
		h.end(why)
	}
}

// Hold calls end once, with ErrRevoked or ErrExpired, when the principal's
// token stops opening things while release was not called yet. end runs in
// another goroutine and must not block for long.
//
// The token is read again after the hold is in place, so that one revoked
// between Identify and Hold is caught too.
func (s *Store) Hold(ctx context.Context, p Principal, end func(error)) (release func(), err error) {
	var id string
	var expires time.Time
	switch p.Kind {
	case KindLink:
		id, expires = p.Link.ID, p.Link.Expires
	case KindToken:
		id, expires = p.Token.ID, p.Token.Expires
	case KindAdmin:
		return func() {}, nil
	default:
		return nil, ErrUnknown
	}

	h := &hold{end: end}
	release = func() { s.release(id, h) }
	s.watch.holdsMu.Lock()
	if !expires.IsZero() {
		h.timer = time.AfterFunc(expires.Sub(s.now()), func() {
			if s.release(id, h) {
				end(ErrExpired)
			}
		})
	}
	if s.watch.holds[id] == nil {
		s.watch.holds[id] = make(map[*hold]struct{})
	}
	s.watch.holds[id][h] = struct{}{}
	s.watch.holdsMu.Unlock()

	if err := s.stillUsable(ctx, p, id); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (s *Store) stillUsable(ctx context.Context, p Principal, id string) error {
	if p.Kind == KindToken {
		_, err := s.apiToken(ctx, id)
		return err
	}
	link, _, err := s.linkByID(ctx, id)
	if err != nil {
		return err
	}
	return link.usable(s.now())
}

// release forgets a hold; false if it was ended or released before.
func (s *Store) release(id string, h *hold) bool {
	s.watch.holdsMu.Lock()
	defer s.watch.holdsMu.Unlock()
	if _, ok := s.watch.holds[id][h]; !ok {
		return false
	}
	delete(s.watch.holds[id], h)
	if len(s.watch.holds[id]) == 0 {
		delete(s.watch.holds, id)
	}
	if h.timer != nil {
		h.timer.Stop()
	}
	return true
}
