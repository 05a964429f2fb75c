package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"coplan/server/access"
	"coplan/server/room"
	"coplan/server/socket"
)

// principalKey is where a request's person id is kept for the log.
const principalKey = "person"

// bearer is the token in the Authorization header, "" if there is none.
func bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// identify says who calls, or fails with a 401.
func (s *site) identify(c echo.Context) (access.Principal, error) {
	token := bearer(c.Request())
	if token == "" {
		return access.Principal{}, errNoToken
	}
	p, err := s.access.Identify(c.Request().Context(), token)
	if err != nil {
		return access.Principal{}, err
	}
	c.Set(principalKey, p.Person().ID)
	return p, nil
}

// caller is somebody known, and what they may do with the document the request
// is about.
type caller struct {
	access.Principal
	doc   string
	grant access.Grant
}

func (cl caller) room() room.Grant { return roomGrant(cl.Principal, cl.doc) }

// planCaller is who calls about the plan in the address: 401 without a good
// token, 404 if there is no such plan, 403 if it is not theirs to read.
func (s *site) planCaller(c echo.Context) (caller, error) {
	p, err := s.identify(c)
	if err != nil {
		return caller{}, err
	}
	doc := "plan/" + c.Param("id")
	grant, err := s.grantFor(c.Request().Context(), p, doc)
	return caller{p, doc, grant}, err
}

// grantFor decides about a document: 404 for a plan that does not exist, 403
// for one the principal may not read.
func (s *site) grantFor(ctx context.Context, p access.Principal, doc string) (access.Grant, error) {
	d := access.ParseDoc(doc)
	switch d.Kind {
	case access.DocInvalid:
		return access.Grant{}, fail(http.StatusNotFound, "not-found",
			"There is no such document. Documents are named plan/ID or doc/NAME, in at most 200 printable bytes.")
	case access.DocPlan, access.DocMirror:
		if _, err := s.access.Plan(ctx, d.Plan); errors.Is(err, access.ErrUnknown) {
			return access.Grant{}, errNoPlan
		} else if err != nil {
			return access.Grant{}, err
		}
	}
	g := access.GrantFor(p, doc)
	if g.Read {
		return g, nil
	}
	why := "This link does not lead to that plan."
	switch {
	case d.Kind == access.DocFree && p.Kind == access.KindLink:
		why = "A plan's link does not open free documents. Use the admin token or an API token."
	case d.Kind == access.DocMirror && p.Kind == access.KindLink && p.Link.Plan == d.Plan:
		why = "Those are the other side's private notes."
	case p.Kind == access.KindToken:
		why = "This API token's scopes do not include reading that."
	case p.Kind == access.KindAdmin:
		why = "A side's private notes open with a link of that side only."
	}
	return access.Grant{}, fail(http.StatusForbidden, "forbidden", why)
}

// roomGrant puts a principal and their rights into the room's terms.
func roomGrant(p access.Principal, doc string) room.Grant {
	who, g := p.Person(), access.GrantFor(p, doc)
	return room.Grant{
		Person: room.Person{ID: who.ID, Name: who.Name, Role: who.Role, Side: who.Side, Via: who.Via},
		Doc:    doc, Read: g.Read, Write: g.Write, Comment: g.Comment, History: g.History,
	}
}

// noScope refuses a principal that lacks a scope.
func noScope(p access.Principal, scope string) error {
	if p.Kind == access.KindLink {
		return fail(http.StatusForbidden, "forbidden", "A plan's link can't do this. Use the admin token or an API token.")
	}
	return fail(http.StatusForbidden, "forbidden", "This API token lacks the scope "+scope+".")
}

// trustedLocal reports whether the request came to this machine under a name
// that only this machine has. A page of another site may reach a loopback
// server by pointing its own name there; the Host header gives it away.
func (s *site) trustedLocal(r *http.Request) bool {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		// An address is no other page's origin. But it must be the one that was
		// called: under another, a proxy on this machine passes strangers on.
		called, _ := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
		return ip.IsLoopback() || called != nil && ip.Equal(called.IP)
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	u, err := url.Parse(s.public)
	return err == nil && s.public != "" && strings.EqualFold(u.Hostname(), host)
}

type principalInContext struct{}

// serveSocket knows the caller before the upgrade and keeps watching the token
// while the socket lives: revoking or expiring it ends the socket.
func (s *site) serveSocket(c echo.Context) error {
	r := c.Request()
	token := bearer(r)
	if token == "" {
		token = r.URL.Query().Get("token")
	}
	if token == "" {
		return fail(http.StatusUnauthorized, "unauthenticated", "This needs a token: add ?token=… with the one from your link.")
	}
	p, err := s.access.Identify(r.Context(), token)
	if err != nil {
		return err
	}
	who := p.Person().ID
	c.Set(principalKey, who)

	ctx, done := context.WithCancel(context.WithValue(r.Context(), principalInContext{}, p))
	defer done()
	release, err := s.access.Hold(ctx, p, func(error) { go s.cutUntil(ctx, who) })
	if err != nil {
		return err
	}
	defer release()

	s.metrics.sockets.Inc()
	defer s.metrics.sockets.Dec()
	s.socket.ServeHTTP(c.Response(), r.WithContext(ctx))
	return nil
}

// cutUntil ends the person's sessions until ctx is done, which is when the
// socket it was started for has gone. Once is not enough: the socket may be on
// its way into the room.
func (s *site) cutUntil(ctx context.Context, person string) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		s.rooms.Cut(func(_ string, g room.Grant) bool { return g.Person.ID == person }, room.ErrRevoked)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// authorizeSocket decides about a document for the socket package, in its
// terms. The principal was found by serveSocket.
func (s *site) authorizeSocket(r *http.Request, doc string) (room.Grant, error) {
	p, ok := r.Context().Value(principalInContext{}).(access.Principal)
	if !ok {
		return room.Grant{}, errors.New("web: a socket request without a principal")
	}
	if _, err := s.grantFor(r.Context(), p, doc); err != nil {
		f, known := toFailure(err)
		if !known {
			return room.Grant{}, err
		}
		return room.Grant{}, &socket.Refusal{Status: f.Status, Code: f.Code, Message: f.Message}
	}
	return roomGrant(p, doc), nil
}
