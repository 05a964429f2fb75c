package access_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"coplan/server/access"
	"coplan/server/journal"
)

// clock is a time a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// open makes a store over the bucket of a real journal.
func open(t *testing.T) (*access.Store, *clock, *journal.Journal) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: t.TempDir(), Sync: journal.SyncOS, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	c := &clock{at: time.Now()}
	return storeOver(j, c), c, j
}

const testAdmin = "cp_AdminAdminAdminAdminAdmin"

func storeOver(j *journal.Journal, c *clock) *access.Store {
	return access.New(access.Config{
		KV: j.KV(), NoKey: journal.ErrNoKey, Changed: journal.ErrKeyChanged, AdminToken: testAdmin,
		Clock: c.now, Logger: slog.New(slog.DiscardHandler),
	})
}

func TestLinkFromCreationToRevocation(t *testing.T) {
	s, clock, j := open(t)
	ctx := t.Context()
	expires := clock.now().Add(time.Hour)
	made, err := s.CreateLink(ctx, access.NewLink{Plan: "p1", Role: access.RoleBuyer, By: "b1"})
	if err != nil {
		t.Fatal(err)
	}
	short, err := s.CreateLink(ctx, access.NewLink{Plan: "p1", Role: access.RoleViewer, Side: access.SideBuyer, Expires: expires, By: "b1"})
	if err != nil {
		t.Fatal(err)
	}
	if made.Person == "" || made.Person == short.Person || made.Side != access.SideBuyer || !made.Edit || short.Edit {
		t.Errorf("links are %+v and %+v", made.Link, short.Link)
	}

	got, err := s.Resolve(ctx, made.Token)
	if err != nil || got.ID != made.ID || got.Joined || got.Name != "" {
		t.Fatalf("Resolve = %+v, %v", got, err)
	}
	if _, err := s.SetName(ctx, made.Token, "  "); err == nil {
		t.Error("an empty name was taken")
	}
	if _, err := s.SetName(ctx, made.Token, " Dana  W "); err != nil {
		t.Fatal(err)
	}
	p, err := s.Identify(ctx, made.Token)
	if err != nil || p.Kind != access.KindLink || p.Person().Name != "Dana W" || !p.Link.Joined {
		t.Fatalf("Identify = %+v, %v", p, err)
	}

	// A store on another node sees the same, and nothing stored opens a link.
	if got, err := storeOver(j, clock).Resolve(ctx, made.Token); err != nil || got.Name != "Dana W" {
		t.Errorf("another store: %+v, %v", got, err)
	}
	keys, err := j.KV().Keys(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) != 4 {
		t.Errorf("keys are %q, want two for each link", keys)
	}
	for _, key := range keys {
		val, _, err := j.KV().Get(ctx, key)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(key+string(val), strings.TrimPrefix(made.Token, access.TokenPrefix)) {
			t.Errorf("the token is stored under %s", key)
		}
	}

	links, err := s.Links(ctx, "p1")
	if err != nil || len(links) != 2 {
		t.Fatalf("Links = %v, %v; want both", links, err)
	}
	if links, err := s.Links(ctx, "p"); err != nil || len(links) != 0 {
		t.Errorf("a plan whose id is the beginning of another's has links %v, %v", links, err)
	}

	clock.add(time.Hour)
	if _, err := s.Resolve(ctx, short.Token); !errors.Is(err, access.ErrExpired) {
		t.Errorf("at its expiry the link gives %v", err)
	}
	if _, err := s.SetName(ctx, short.Token, "Late"); !errors.Is(err, access.ErrExpired) {
		t.Errorf("an expired link takes a name: %v", err)
	}

	if _, err := s.Revoke(ctx, "p2", made.ID); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("revoked by way of another plan: %v", err)
	}
	first, err := s.Revoke(ctx, "p1", made.ID)
	if err != nil {
		t.Fatal(err)
	}
	clock.add(time.Minute)
	if again, err := s.Revoke(ctx, "p1", made.ID); err != nil || !again.Revoked.Equal(first.Revoked) {
		t.Errorf("revoking twice: %v at %v, first at %v", err, again.Revoked, first.Revoked)
	}
	if _, err := s.Identify(ctx, made.Token); !errors.Is(err, access.ErrRevoked) {
		t.Errorf("after revocation: %v", err)
	}
}

func TestIdentifyUnknownTokens(t *testing.T) {
	s, _, _ := open(t)
	for _, token := range []string{
		"", "cp_", "x", "cp_" + strings.Repeat("a", 24), "cp_" + strings.Repeat("a", 5000), "cp_../../plan.x", "link.x",
		testAdmin + "x", testAdmin[:len(testAdmin)-1], strings.ToLower(testAdmin),
	} {
		if p, err := s.Identify(t.Context(), token); !errors.Is(err, access.ErrUnknown) || p.Kind != access.KindNobody {
			t.Errorf("Identify(%.40q) = %+v, %v", token, p, err)
		}
	}
	if p, err := s.Identify(t.Context(), testAdmin); err != nil || p.Kind != access.KindAdmin {
		t.Errorf("the admin token gives %+v, %v", p, err)
	}
}

func TestCreateLinkRefusals(t *testing.T) {
	s, clock, j := open(t)
	yes, no := true, false
	for _, c := range []struct {
		in    access.NewLink
		field string
	}{
		{access.NewLink{Plan: "p.1", Role: access.RoleBuyer}, "plan"},
		{access.NewLink{Plan: "p1", Role: "king"}, "role"},
		{access.NewLink{Plan: "p1"}, "role"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Side: access.SideSeller}, "side"},
		{access.NewLink{Plan: "p1", Role: access.RoleViewer, Side: "both"}, "side"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Name: strings.Repeat("n", 81)}, "name"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Email: "dana"}, "email"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Email: "a@b, c@d"}, "email"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Email: "a@b\x00\u202e"}, "email"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Expires: clock.now()}, "expires"},
		{access.NewLink{Plan: "p1", Role: access.RoleViewer, Edit: &yes}, "edit"},
		{access.NewLink{Plan: "p1", Role: access.RoleBuyer, Edit: &no}, "edit"},
	} {
		_, err := s.CreateLink(t.Context(), c.in)
		var field *access.FieldError
		if !errors.As(err, &field) || field.Field != c.field || !strings.HasSuffix(field.Reason, ".") {
			t.Errorf("%+v: %v, want a sentence about %s", c.in, err, c.field)
		}
	}
	if keys, err := j.KV().Keys(t.Context(), ""); err != nil || len(keys) != 0 {
		t.Errorf("refused links left %v, %v", keys, err)
	}
	champion, err := s.CreateLink(t.Context(), access.NewLink{Plan: "p1", Role: access.RoleChampion, Edit: &no})
	if err != nil || champion.Edit {
		t.Errorf("a champion's link without edit rights: %+v, %v", champion.Link, err)
	}
}

// Names given at the same moment don't overwrite a revocation.
func TestConcurrentChangesOfOneLink(t *testing.T) {
	s, _, _ := open(t)
	link, err := s.CreateLink(t.Context(), access.NewLink{Plan: "p1", Role: access.RoleBuyer})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if i == 4 {
				if _, err := s.Revoke(t.Context(), "p1", link.ID); err != nil {
					t.Error(err)
				}
				return
			}
			if _, err := s.SetName(t.Context(), link.Token, "Dana"); err != nil && !errors.Is(err, access.ErrRevoked) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, err := s.Resolve(t.Context(), link.Token); !errors.Is(err, access.ErrRevoked) {
		t.Errorf("after a revocation among other changes: %v", err)
	}
}

func TestHoldEndsOnRevocationEverywhere(t *testing.T) {
	s, clock, j := open(t)
	other := storeOver(j, clock) // another node
	for _, store := range []*access.Store{s, other} {
		cancel, err := store.Watch(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer cancel()
	}
	link, err := s.CreateLink(t.Context(), access.NewLink{Plan: "p1", Role: access.RoleBuyer})
	if err != nil {
		t.Fatal(err)
	}
	bystander, err := s.CreateLink(t.Context(), access.NewLink{Plan: "p1", Role: access.RoleSeller})
	if err != nil {
		t.Fatal(err)
	}
	hold := func(store *access.Store, token string) (chan error, func()) {
		p, err := store.Identify(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 2)
		release, err := store.Hold(t.Context(), p, func(why error) { ended <- why })
		if err != nil {
			t.Fatal(err)
		}
		return ended, release
	}
	here, _ := hold(s, link.Token)
	there, _ := hold(other, link.Token)
	released, release := hold(s, link.Token)
	release()
	untouched, _ := hold(s, bystander.Token)

	// A name is no reason to end anything.
	if _, err := s.SetName(t.Context(), link.Token, "Dana"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Revoke(t.Context(), "p1", link.ID); err != nil {
		t.Fatal(err)
	}
	for name, ended := range map[string]chan error{"here": here, "on another node": there} {
		select {
		case why := <-ended:
			if !errors.Is(why, access.ErrRevoked) {
				t.Errorf("%s: ended with %v", name, why)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: not ended", name)
		}
	}
	for name, ch := range map[string]chan error{"a released hold": released, "another link's hold": untouched, "a hold, again": here} {
		select {
		case why := <-ch:
			t.Errorf("%s was ended: %v", name, why)
		default:
		}
	}
	p := access.Principal{Kind: access.KindLink, Link: link.Link}
	if _, err := s.Hold(t.Context(), p, func(error) {}); !errors.Is(err, access.ErrRevoked) {
		t.Errorf("holding with what was known before the revocation: %v", err)
	}
}

func TestHoldEndsOnExpiry(t *testing.T) {
	s, clock, _ := open(t)
	link, err := s.CreateLink(t.Context(), access.NewLink{Plan: "p1", Role: access.RoleBuyer, Expires: clock.now().Add(50 * time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	if _, err := s.Hold(t.Context(), access.Principal{Kind: access.KindLink, Link: link.Link}, func(why error) { ended <- why }); err != nil {
		t.Fatal(err)
	}
	select {
	case why := <-ended:
		if !errors.Is(why, access.ErrExpired) {
			t.Errorf("ended with %v", why)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("not ended")
	}
}

func TestAPITokens(t *testing.T) {
	s, clock, _ := open(t)
	ctx := t.Context()
	for _, c := range []struct {
		label  string
		scopes []string
		field  string
	}{
		{"", []string{access.ScopeDocsRead}, "label"},
		{"x", nil, "scopes"},
		{"x", []string{"everything"}, "scopes"},
	} {
		_, _, err := s.CreateToken(ctx, c.label, c.scopes, time.Time{})
		var field *access.FieldError
		if !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%q %v: %v, want a refusal of %s", c.label, c.scopes, err, c.field)
		}
	}
	made, secret, err := s.CreateToken(ctx, "load tool", []string{access.ScopeDocsWrite, access.ScopeDocsRead, access.ScopeDocsWrite}, clock.now().Add(time.Hour))
	if err != nil || len(made.Scopes) != 2 {
		t.Fatalf("CreateToken = %+v, %v", made, err)
	}
	p, err := s.Identify(ctx, secret)
	if err != nil || p.Kind != access.KindToken || !p.Has(access.ScopeDocsWrite) || p.Has(access.ScopePlansRead) {
		t.Fatalf("Identify = %+v, %v", p, err)
	}
	if list, err := s.Tokens(ctx); err != nil || len(list) != 1 || list[0].Label != "load tool" {
		t.Errorf("Tokens = %+v, %v", list, err)
	}
	clock.add(time.Hour)
	if _, err := s.Identify(ctx, secret); !errors.Is(err, access.ErrExpired) {
		t.Errorf("expired token: %v", err)
	}
	clock.add(-time.Minute)
	if err := s.RevokeToken(ctx, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Identify(ctx, secret); !errors.Is(err, access.ErrRevoked) {
		t.Errorf("revoked token: %v", err)
	}
	if err := s.RevokeToken(ctx, "nonsense"); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("revoking nonsense: %v", err)
	}
}

func TestEnsureLinkIsStable(t *testing.T) {
	s, _, _ := open(t)
	token := access.DeriveToken("secret", "demo seller")
	in := access.NewLink{Plan: "demo", Role: access.RoleSeller, Name: "Ben"}
	first, err := s.EnsureLink(t.Context(), token, "ben", in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetName(t.Context(), token, "Benjamin"); err != nil {
		t.Fatal(err)
	}
	again, err := s.EnsureLink(t.Context(), token, "ben", in)
	if err != nil || again.ID != first.ID || again.Person != "ben" || again.Name != "Benjamin" {
		t.Errorf("again: %+v, %v", again, err)
	}
	if links, err := s.Links(t.Context(), "demo"); err != nil || len(links) != 1 {
		t.Errorf("Links = %v, %v; want one", links, err)
	}
}

func TestPlanIndex(t *testing.T) {
	s, _, _ := open(t)
	id := access.NewPlanID()
	if err := s.AddPlan(t.Context(), access.PlanRecord{ID: id, Title: "Acme"}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddPlan(t.Context(), access.PlanRecord{ID: id, Title: "Other"}); !errors.Is(err, access.ErrExists) {
		t.Errorf("the same id again: %v", err)
	}
	if rec, err := s.Plan(t.Context(), id); err != nil || rec.Title != "Acme" || rec.Created.IsZero() {
		t.Errorf("Plan = %+v, %v", rec, err)
	}
	for _, none := range []string{"", "nope", "a.b", "*", ">"} {
		if _, err := s.Plan(t.Context(), none); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("Plan(%q): %v", none, err)
		}
	}
	if plans, err := s.Plans(t.Context()); err != nil || len(plans) != 1 {
		t.Errorf("Plans = %v, %v", plans, err)
	}
}
