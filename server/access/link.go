package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Link is one person's way into one plan. Its token is never stored.
type Link struct {
	ID      string    `json:"id"`   // hash of the token: names the link, opens nothing
	Plan    string    `json:"plan"` // id of the plan
	Person  string    `json:"person"`
	Role    string    `json:"role"`
	Side    string    `json:"side"` // "seller", "buyer" or ""
	Name    string    `json:"name"` // "" until given
	Email   string    `json:"email,omitempty"`
	Edit    bool      `json:"edit"`   // for a champion: may edit, not only comment
	Joined  bool      `json:"joined"` // a person has clicked, not only a mail scanner looked
	By      string    `json:"by"`     // person id of who made it
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: never
	Revoked time.Time `json:"revoked,omitzero"` // zero: in force
}

// usable says why the link opens nothing at the given time, or nil.
func (l Link) usable(now time.Time) error {
	switch {
	case !l.Revoked.IsZero():
		return ErrRevoked
	case !l.Expires.IsZero() && !now.Before(l.Expires):
		return ErrExpired
	}
	return nil
}

// NewLink asks for a link. Plan and Role are required.
type NewLink struct {
	Plan    string
	Role    string
	Side    string // only for roles without a side of their own
	Name    string
	Email   string
	Edit    *bool     // for a champion; nil: true. Other roles write or not by themselves
	Expires time.Time // zero: never
	By      string    // person id of who asks
}

// FieldError refuses one field of a request.
type FieldError struct {
	Field  string // as spelled in the API
	Reason string // a sentence for the person who sent it
}

func (e *FieldError) Error() string { return e.Reason }

// CreatedLink is a link with the token that opens it: the only time the token
// is known.
type CreatedLink struct {
	Link
	Token string
}

// MaxNameRunes bounds a person's name.
const MaxNameRunes = 80

// CreateLink makes a link and its token. A *FieldError says what of the
// request is wrong; then nothing was made.
func (s *Store) CreateLink(ctx context.Context, in NewLink) (CreatedLink, error) {
	token := NewToken()
	link, err := s.newLink(in, hashToken(token))
	if err != nil {
		return CreatedLink{}, err
	}
	// The index entry goes first: a crash between the two leaves an entry whose
	// link is absent, which listing skips, rather than a link nobody can revoke.
	if _, err := s.kv.Create(ctx, planLinkKey(link.Plan, link.ID), []byte("{}")); err != nil {
		return CreatedLink{}, fmt.Errorf("create a link of plan %s: %w", link.Plan, err)
	}
	if err := s.createJSON(ctx, linkKey(link.ID), link); err != nil {
		return CreatedLink{}, fmt.Errorf("create a link of plan %s: %w", link.Plan, err)
	}
	return CreatedLink{Link: link, Token: token}, nil
}

// CreateLinks makes one link for each role, by role.
func (s *Store) CreateLinks(ctx context.Context, plan, by string, roles ...string) (map[string]CreatedLink, error) {
	out := make(map[string]CreatedLink, len(roles))
	for _, role := range roles {
		link, err := s.CreateLink(ctx, NewLink{Plan: plan, Role: role, By: by})
		if err != nil {
			return nil, err
		}
		out[role] = link
	}
	return out, nil
}

func (s *Store) newLink(in NewLink, id string) (Link, error) {
	if !ValidPlanID(in.Plan) {
		return Link{}, &FieldError{"plan", "The plan's id may hold only letters and digits."}
	}
	if !KnownRole(in.Role) {
		return Link{}, &FieldError{"role", fmt.Sprintf("There is no role %q. Roles are %s.", in.Role, strings.Join(Roles(), ", "))}
	}
	side, fixed := in.Side, SideOf(in.Role)
	switch {
	case side != "" && side != SideSeller && side != SideBuyer:
		return Link{}, &FieldError{"side", fmt.Sprintf("There is no side %q. Sides are seller and buyer.", side)}
	case fixed != "" && side != "" && side != fixed:
		return Link{}, &FieldError{"side", fmt.Sprintf("A %s is on the %s side.", in.Role, fixed)}
	case fixed != "":
		side = fixed
	}
	name := ""
	if in.Name != "" {
		var err error
		if name, err = CleanName(in.Name); err != nil {
			return Link{}, err
		}
	}
	if in.Email != "" && !plausibleEmail(in.Email) {
		return Link{}, &FieldError{"email", fmt.Sprintf("%q does not look like an e-mail address.", in.Email)}
	}
	now := s.now()
	if !in.Expires.IsZero() && !in.Expires.After(now) {
		return Link{}, &FieldError{"expires", "The link would have expired already. Give a time in the future."}
	}
	edit := SideOf(in.Role) != ""
	if in.Edit != nil {
		if in.Role != RoleChampion && *in.Edit != edit {
			return Link{}, &FieldError{"edit", "Only a champion's link can be given with or without edit rights."}
		}
		edit = *in.Edit
	}
	return Link{
		ID: id, Plan: in.Plan, Person: newID(), Role: in.Role, Side: side, Name: name, Email: in.Email,
		Edit: edit, By: in.By, Created: now.UTC().Truncate(time.Millisecond), Expires: in.Expires,
	}, nil
}

// CleanName trims a person's name and refuses an empty, overlong or unprintable
// one with a *FieldError.
func CleanName(name string) (string, error) {
	if !utf8.ValidString(name) {
		return "", &FieldError{"name", "The name is not valid text."}
	}
	name = strings.Join(strings.Fields(name), " ")
	switch {
	case strings.Trim(name, "\u200c\u200d ") == "":
		return "", &FieldError{"name", "Please give a name."}
	case utf8.RuneCountInString(name) > MaxNameRunes:
		return "", &FieldError{"name", fmt.Sprintf("The name is longer than %d characters.", MaxNameRunes)}
	}
	for _, r := range name {
		// Controls and direction overrides could disguise one name as another.
		if !unicode.IsPrint(r) && r != '\u200d' && r != '\u200c' {
			return "", &FieldError{"name", "The name contains characters that can't be shown."}
		}
	}
	return name, nil
}

func plausibleEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(" <>,;", r) }
	return ok && local != "" && domain != "" && len(s) <= 254 && strings.IndexFunc(s, odd) < 0 && !strings.Contains(domain, "@")
}

// Resolve finds the link a token opens. ErrUnknown, ErrExpired, ErrRevoked as
// in Identify. It changes nothing, so mail scanners may open links.
func (s *Store) Resolve(ctx context.Context, token string) (Link, error) {
	if !plausible(token) {
		return Link{}, ErrUnknown
	}
	link, _, err := s.linkByID(ctx, hashToken(token))
	if err != nil {
		return Link{}, err
	}
	return link, link.usable(s.now())
}

// SetName records that a person took up the link and what they are called.
func (s *Store) SetName(ctx context.Context, token, name string) (Link, error) {
	name, err := CleanName(name)
	if err != nil {
		return Link{}, err
	}
	if !plausible(token) {
		return Link{}, ErrUnknown
	}
	return s.changeLink(ctx, hashToken(token), func(l *Link) error {
		if err := l.usable(s.now()); err != nil {
			return err
		}
		l.Name, l.Joined = name, true
		return nil
	})
}

// LinkByID finds a link of the plan by its public id; ErrUnknown if the plan
// has no such link. It finds expired and revoked ones too.
func (s *Store) LinkByID(ctx context.Context, plan, id string) (Link, error) {
	if !validHash(id) {
		return Link{}, ErrUnknown
	}
	link, _, err := s.linkByID(ctx, id)
	if err == nil && link.Plan != plan {
		return Link{}, ErrUnknown
	}
	return link, err
}

// Revoke ends a link for good; revoking twice is no error. Sockets opened with
// it are closed by whoever watches it, on every node.
func (s *Store) Revoke(ctx context.Context, plan, id string) (Link, error) {
	if !validHash(id) {
		return Link{}, ErrUnknown
	}
	return s.changeLink(ctx, id, func(l *Link) error {
		if l.Plan != plan {
			return ErrUnknown
		}
		if l.Revoked.IsZero() {
			l.Revoked = s.now().UTC().Truncate(time.Millisecond)
		}
		return nil
	})
}

// Links lists the plan's links, oldest first, revoked and expired ones too.
func (s *Store) Links(ctx context.Context, plan string) ([]Link, error) {
	if !ValidPlanID(plan) {
		return nil, ErrUnknown
	}
	prefix := planLinkKey(plan, "")
	keys, err := s.kv.Keys(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("list the links of plan %s: %w", plan, err)
	}
	links := make([]Link, 0, len(keys))
	for _, key := range keys {
		link, _, err := s.linkByID(ctx, strings.TrimPrefix(key, prefix))
		switch {
		case errors.Is(err, ErrUnknown):
			continue // its creation was cut short
		case err != nil:
			return nil, err
		}
		links = append(links, link)
	}
	sort.Slice(links, func(a, b int) bool {
		if !links[a].Created.Equal(links[b].Created) {
			return links[a].Created.Before(links[b].Created)
		}
		return links[a].ID < links[b].ID
	})
	return links, nil
}

func (s *Store) linkByID(ctx context.Context, id string) (Link, uint64, error) {
	var link Link
	rev, err := s.getJSON(ctx, linkKey(id), &link)
	if errors.Is(err, s.noKey) {
		return Link{}, 0, ErrUnknown
	}
	if err != nil {
		return Link{}, 0, fmt.Errorf("look up a link: %w", err)
	}
	return link, rev, nil
}

// changeLink applies change to the stored link, again from the newer state
// when somebody else changed it meanwhile.
func (s *Store) changeLink(ctx context.Context, id string, change func(*Link) error) (Link, error) {
	for {
		link, rev, err := s.linkByID(ctx, id)
		if err != nil {
			return Link{}, err
		}
		if err := change(&link); err != nil {
			return Link{}, err
		}
		val, err := json.Marshal(link)
		if err != nil {
			return Link{}, err
		}
		_, err = s.kv.Update(ctx, linkKey(id), val, rev)
		switch {
		case err == nil:
			return link, nil
		case !errors.Is(err, s.changed):
			return Link{}, fmt.Errorf("change a link: %w", err)
		case ctx.Err() != nil:
			return Link{}, ctx.Err()
		}
	}
}

func linkKey(id string) string { return "link." + id }

func planLinkKey(plan, id string) string { return "planlink." + plan + "." + id }

// validHash reports whether id has the shape of a link's public id, so that
// nothing else is ever looked up as a key.
func validHash(id string) bool {
	if len(id) != lowerBase32.EncodedLen(32) {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '2' || r > '7') {
			return false
		}
	}
	return true
}

// EnsureLink makes the link that the given token opens, or finds it made
// already. It is for tokens that DeriveToken makes again at each start; the
// person has joined by being given one.
func (s *Store) EnsureLink(ctx context.Context, token, person string, in NewLink) (Link, error) {
	link, err := s.newLink(in, hashToken(token))
	if err != nil {
		return Link{}, err
	}
	link.Person, link.Joined = person, true
	if _, err := s.kv.Create(ctx, planLinkKey(link.Plan, link.ID), []byte("{}")); err != nil && !errors.Is(err, s.changed) {
		return Link{}, fmt.Errorf("create a link of plan %s: %w", link.Plan, err)
	}
	err = s.createJSON(ctx, linkKey(link.ID), link)
	if errors.Is(err, ErrExists) {
		link, _, err = s.linkByID(ctx, link.ID)
	}
	if err != nil {
		return Link{}, fmt.Errorf("create a link of plan %s: %w", link.Plan, err)
	}
	return link, nil
}
