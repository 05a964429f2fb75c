package web

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"coplan/server/access"
)

type tokenJSON struct {
	ID      string   `json:"id"`
	Token   string   `json:"token,omitempty"` // only in the answer that creates it
	Label   string   `json:"label"`
	Scopes  []string `json:"scopes"`
	Created string   `json:"created"`
	Expires string   `json:"expires"` // "": never
	Revoked bool     `json:"revoked"`
}

func toTokenJSON(t access.APIToken) tokenJSON {
	return tokenJSON{ID: t.ID, Label: t.Label, Scopes: t.Scopes, Created: stamp(t.Created), Expires: stamp(t.Expires), Revoked: !t.Revoked.IsZero()}
}

func (s *site) withScope(c echo.Context, scope string) (access.Principal, error) {
	p, err := s.identify(c)
	if err == nil && !p.Has(scope) {
		err = noScope(p, scope)
	}
	return p, err
}

func (s *site) listTokens(c echo.Context) error {
	if _, err := s.withScope(c, access.ScopeTokensManage); err != nil {
		return err
	}
	tokens, err := s.access.Tokens(c.Request().Context())
	if err != nil {
		return err
	}
	out := make([]tokenJSON, 0, len(tokens))
	for _, t := range tokens {
		out = append(out, toTokenJSON(t))
	}
	return c.JSON(http.StatusOK, map[string]any{"tokens": out})
}

// createToken makes a token with no more scopes than the caller has.
func (s *site) createToken(c echo.Context) error {
	p, err := s.withScope(c, access.ScopeTokensManage)
	if err != nil {
		return err
	}
	var in struct {
		Label   string   `json:"label"`
		Scopes  []string `json:"scopes"`
		Expires string   `json:"expires"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	expires, err := parseMoment("expires", in.Expires)
	if err != nil {
		return err
	}
	for _, scope := range in.Scopes {
		if !p.Has(scope) && p.Kind != access.KindAdmin {
			return &failure{http.StatusForbidden, "forbidden", "You can't give a scope that you don't have: " + scope + ".", "scopes"}
		}
	}
	t, secret, err := s.access.CreateToken(c.Request().Context(), in.Label, in.Scopes, expires)
	if err != nil {
		return err
	}
	out := toTokenJSON(t)
	out.Token = secret
	return c.JSON(http.StatusCreated, out)
}

func (s *site) revokeToken(c echo.Context) error {
	if _, err := s.withScope(c, access.ScopeTokensManage); err != nil {
		return err
	}
	err := s.access.RevokeToken(c.Request().Context(), c.Param("token"))
	if errors.Is(err, access.ErrUnknown) {
		return fail(http.StatusNotFound, "not-found", "There is no such API token.")
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
