package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/plan"
)

// linkJSON is a link as others see it: never with its token.
type linkJSON struct {
	ID      string `json:"id"`
	URL     string `json:"url,omitempty"` // only in the answer that creates it
	Person  string `json:"person"`
	Role    string `json:"role"`
	Side    string `json:"side"`
	Name    string `json:"name"`
	Email   string `json:"email"`
	Edit    bool   `json:"edit"`
	Joined  bool   `json:"joined"`
	Created string `json:"created"`
	Expires string `json:"expires"` // "": never
	Revoked bool   `json:"revoked"`
	Self    bool   `json:"self"` // the link this request was made with
}

func toLinkJSON(l access.Link, p access.Principal) linkJSON {
	return linkJSON{
		ID: l.ID, Person: l.Person, Role: l.Role, Side: l.Side, Name: l.Name, Email: l.Email, Edit: l.Edit,
		Joined: l.Joined, Created: stamp(l.Created), Expires: stamp(l.Expires), Revoked: !l.Revoked.IsZero(),
		Self: p.Kind == access.KindLink && p.Link.ID == l.ID,
	}
}

// stamp writes a moment as the API does; the zero time is "".
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}

// parseMoment reads an RFC 3339 time of a request; "" is the zero time.
func parseMoment(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, failField(field, fmt.Sprintf("%q is not a time such as 2027-03-31T18:00:00Z.", s))
	}
	return t, nil
}

type canJSON struct {
	Read    bool `json:"read"`
	Write   bool `json:"write"`
	Comment bool `json:"comment"`
	History bool `json:"history"`
	Manage  bool `json:"manage"`
}

// linkSelf says what the caller's own link is for. It changes nothing.
func (s *site) linkSelf(c echo.Context) error {
	p, err := s.identify(c)
	if err != nil {
		return err
	}
	if p.Kind != access.KindLink {
		return fail(http.StatusForbidden, "forbidden", "This token is not a person's link.")
	}
	return s.answerSelf(c, p)
}

func (s *site) answerSelf(c echo.Context, p access.Principal) error {
	l := p.Link
	g := access.GrantFor(p, "plan/"+l.Plan)
	title, err := s.planTitle(c, l.Plan)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{
		"plan": l.Plan, "title": title, "role": l.Role, "side": l.Side, "name": l.Name, "joined": l.Joined,
		"person": l.Person, "link": l.ID, "expires": stamp(l.Expires),
		"can": canJSON{g.Read, g.Write, g.Comment, g.History, g.Manage},
	})
}

// planTitle is the plan's title now, or as created while the plan can't be
// opened.
func (s *site) planTitle(c echo.Context, id string) (string, error) {
	ctx := c.Request().Context()
	rec, err := s.access.Plan(ctx, id)
	if errors.Is(err, access.ErrUnknown) {
		return "", errNoPlan
	}
	if err != nil {
		return "", err
	}
	title := rec.Title
	err = s.rooms.View(ctx, "plan/"+id, func(d *crdt.Doc, _ uint64) error {
		if t := plan.Read(d).Title; t != "" {
			title = t
		}
		return nil
	})
	if err != nil {
		s.log.Warn("plan can't be opened; its first title is shown", "plan", id, "err", err)
	}
	return title, nil
}

// join takes the link up: the click that a mail scanner does not make.
func (s *site) join(c echo.Context) error {
	p, err := s.identify(c)
	if err != nil {
		return err
	}
	if p.Kind != access.KindLink {
		return fail(http.StatusForbidden, "forbidden", "This token is not a person's link.")
	}
	var in struct {
		Name string `json:"name"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	link, err := s.access.SetName(c.Request().Context(), bearer(c.Request()), in.Name)
	if err != nil {
		return err
	}
	p.Link = link
	return s.answerSelf(c, p)
}

// managing is a caller who may see the plan's links.
func (s *site) managing(c echo.Context) (caller, error) {
	cl, err := s.planCaller(c)
	if err == nil && !cl.grant.Manage {
		err = fail(http.StatusForbidden, "forbidden", "Only owners, sellers and champions of this plan handle its links.")
	}
	return cl, err
}

func (s *site) listLinks(c echo.Context) error {
	cl, err := s.managing(c)
	if err != nil {
		return err
	}
	links, err := s.access.Links(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	out := make([]linkJSON, 0, len(links))
	for _, l := range links {
		out = append(out, toLinkJSON(l, cl.Principal))
	}
	return c.JSON(http.StatusOK, map[string]any{"links": out})
}

func (s *site) createLink(c echo.Context) error {
	cl, err := s.managing(c)
	if err != nil {
		return err
	}
	var in struct {
		Role    string `json:"role"`
		Side    string `json:"side"`
		Name    string `json:"name"`
		Email   string `json:"email"`
		Edit    *bool  `json:"edit"`
		Expires string `json:"expires"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	expires, err := parseMoment("expires", in.Expires)
	if err != nil {
		return err
	}
	if access.KnownRole(in.Role) && !access.MayInvite(cl.Principal, c.Param("id"), in.Role) {
		return &failure{http.StatusForbidden, "forbidden", fmt.Sprintf("You can't invite somebody as %s.", in.Role), "role"}
	}
	if cl.Kind == access.KindLink && cl.Link.Role == access.RoleChampion && in.Side == access.SideSeller {
		return &failure{http.StatusForbidden, "forbidden", "You can't invite somebody on the selling side.", "side"}
	}
	link, err := s.access.CreateLink(c.Request().Context(), access.NewLink{
		Plan: c.Param("id"), Role: in.Role, Side: in.Side, Name: in.Name, Email: in.Email, Edit: in.Edit,
		Expires: expires, By: cl.Person().ID,
	})
	if err != nil {
		return err
	}
	out := toLinkJSON(link.Link, cl.Principal)
	out.URL = s.joinURL(c, link.Token)
	return c.JSON(http.StatusCreated, out)
}

func (s *site) revokeLink(c echo.Context) error {
	cl, err := s.managing(c)
	if err != nil {
		return err
	}
	ctx, planID := c.Request().Context(), c.Param("id")
	noLink := fail(http.StatusNotFound, "not-found", "This plan has no such link.")
	link, err := s.access.LinkByID(ctx, planID, c.Param("link"))
	if errors.Is(err, access.ErrUnknown) {
		return noLink
	}
	if err != nil {
		return err
	}
	switch {
	case cl.Kind == access.KindLink && cl.Link.ID == link.ID:
		return fail(http.StatusConflict, "conflict", "You are using this link yourself. Ask somebody else of the plan to withdraw it.")
	case !access.MayInvite(cl.Principal, planID, link.Role):
		return fail(http.StatusForbidden, "forbidden", fmt.Sprintf("You can't withdraw the link of a %s.", link.Role))
	}
	link, err = s.access.Revoke(ctx, planID, link.ID)
	if errors.Is(err, access.ErrUnknown) {
		return noLink
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, toLinkJSON(link, cl.Principal))
}
