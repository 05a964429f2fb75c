package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/plan"
	"coplan/server/replay"
	"coplan/server/room"
)

// templateJSON is a template as somebody chooses it.
type templateJSON struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Stages      int    `json:"stages"`
	Steps       int    `json:"steps"`
	Days        int    `json:"days"`  // working days of the longest chain of steps
	Saved       bool   `json:"saved"` // somebody here made it of a plan; false: built in
	By          string `json:"by"`    // who saved it, "" for built-in ones
	Mine        bool   `json:"mine"`  // the caller may remove it: whoever may create plans shares the saved ones
}

// creator is whoever may create plans: a token with that scope, anyone at this
// machine's own address where the server is open to it, and the selling side of
// a plan, whose tool this is.
type creator struct {
	access.Principal
	person room.Person
	local  bool // nobody in particular, at this machine
}

func (cr creator) id() string { return cr.person.ID }

func (s *site) creator(c echo.Context) (creator, error) {
	if bearer(c.Request()) == "" && s.cfg.OpenCreate && s.trustedLocal(c.Request()) {
		return creator{person: room.Person{ID: "system", Name: "Coplan", Role: "system", Via: "system"}, local: true}, nil
	}
	p, err := s.identify(c)
	if err != nil {
		return creator{}, err
	}
	selling := p.Kind == access.KindLink && (p.Link.Role == access.RoleOwner || p.Link.Role == access.RoleSeller)
	if !selling && !p.Has(access.ScopePlansCreate) {
		return creator{}, noScope(p, access.ScopePlansCreate)
	}
	who := p.Person()
	return creator{Principal: p, person: room.Person{ID: who.ID, Name: who.Name, Role: who.Role, Side: who.Side, Via: who.Via}}, nil
}

// templates lists what a plan can start from. Saved templates may tell of
// customers, so only those who may create plans see them.
func (s *site) templates(c echo.Context) error {
	language := c.QueryParam("language")
	if err := plan.CheckLanguage(language); err != nil {
		return err
	}
	out := []templateJSON{}
	for _, t := range plan.Templates() {
		t = t.In(language)
		out = append(out, templateJSON{ID: t.ID, Title: t.Title, Description: t.Description, Stages: len(t.Stages), Steps: t.StepCount(), Days: t.Days()})
	}
	if _, err := s.creator(c); err == nil {
		saved, err := s.access.Templates(c.Request().Context())
		if err != nil {
			return err
		}
		for _, t := range saved {
			out = append(out, toTemplateJSON(t))
		}
	}
	return c.JSON(http.StatusOK, out)
}

func toTemplateJSON(t access.Template) templateJSON {
	return templateJSON{
		ID: t.ID, Title: t.Title, Description: t.Description, Stages: t.Stages, Steps: t.Steps, Days: t.Days,
		Saved: true, By: t.ByName, Mine: true,
	}
}

// startingPoint is the document a new plan copies: a plan the caller may read,
// a saved template, or nil for a built-in one.
func (s *site) startingPoint(c echo.Context, by creator, template, copyOf string) (*crdt.Doc, error) {
	ctx := c.Request().Context()
	if copyOf != "" {
		if template != "" {
			return nil, failField("copyOf", "Start from a template or from a plan, not from both.")
		}
		return s.readable(c, by, "copyOf", copyOf)
	}
	if _, builtIn := plan.TemplateByID(template); builtIn || template == "" {
		return nil, nil // no document to copy is the ordinary case
	}
	t, err := s.access.Template(ctx, template)
	if errors.Is(err, access.ErrUnknown) {
		return nil, nil // plan.Create refuses it and names those there are
	}
	if err != nil {
		return nil, err
	}
	d := crdt.New(crdt.Options{})
	if err := d.ApplyUpdate(t.State, nil); err != nil {
		return nil, fail(http.StatusInternalServerError, "damaged", "This template can't be read any more.")
	}
	return d, nil
}

// readable is a copy of a plan that the caller may read; field names it in the
// request.
func (s *site) readable(c echo.Context, by creator, field, id string) (*crdt.Doc, error) {
	if by.local {
		return nil, failField(field, "Use a link of that plan to copy it.")
	}
	if _, err := s.grantFor(c.Request().Context(), by.Principal, "plan/"+id); err != nil {
		return nil, err
	}
	d, err := replay.At(c.Request().Context(), s.cfg.Log, "plan/"+id, 0)
	if errors.Is(err, replay.ErrNoEntry) {
		return nil, errNoPlan
	}
	return d, err
}

// saveTemplate keeps a plan's structure and words to start others from.
func (s *site) saveTemplate(c echo.Context) error {
	by, err := s.creator(c)
	if err != nil {
		return err
	}
	var in struct {
		Plan        string `json:"plan"`
		Title       string `json:"title"`
		Description string `json:"description"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	if in.Plan == "" {
		return failField("plan", "Say which plan the template is made of.")
	}
	from, err := s.readable(c, by, "plan", in.Plan)
	if err != nil {
		return err
	}
	// What is kept is the copy, so that names, dates and comments of the deal
	// are not in it even unseen.
	d := crdt.New(crdt.Options{})
	d.Transact(nil, func(tx *crdt.Tx) {
		err = plan.Create(d, tx, plan.CreateInput{ID: "template", Title: "Template", From: from, Now: time.Unix(0, 0).UTC()})
	})
	if err != nil {
		return err
	}
	state, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		return err
	}
	size := plan.SizeOf(d)
	t, err := s.access.AddTemplate(c.Request().Context(), access.Template{
		Title: in.Title, Description: in.Description, Stages: size.Stages, Steps: size.Steps, Days: size.Days,
		By: by.id(), ByName: by.person.Name, State: state,
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, toTemplateJSON(t))
}

// removeTemplate takes a saved template off the list for everyone. Plans made
// from it stay.
func (s *site) removeTemplate(c echo.Context) error {
	if _, err := s.creator(c); err != nil {
		return err
	}
	err := s.access.RemoveTemplate(c.Request().Context(), c.Param("template"))
	if errors.Is(err, access.ErrUnknown) {
		return fail(http.StatusNotFound, "not-found", "There is no such saved template.")
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
