package web

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/plan"
)

// firstLinks are the links every new plan starts with.
var firstLinks = []string{
	access.RoleOwner, access.RoleSeller, access.RoleBuyer, access.RoleChampion, access.RoleViewer, access.RoleAuditor,
}

func (s *site) demo(c echo.Context) error {
	if s.cfg.Demo == nil {
		return fail(http.StatusNotFound, "not-found", "This server was started without the demo plan.")
	}
	if !s.trustedLocal(c.Request()) && s.public == "" {
		return fail(http.StatusForbidden, "forbidden", "The demo's links are given out only at this machine's own address.")
	}
	links := map[string]string{}
	for role, token := range s.cfg.Demo() {
		links[role] = s.joinURL(c, token)
	}
	return c.JSON(http.StatusOK, map[string]any{"links": links})
}

// createPlan writes the plan's first entry, then its index record, then its
// links. A crash in between leaves a document that no link leads to: unseen,
// harmless, and the caller got no answer.
func (s *site) createPlan(c echo.Context) error {
	by, err := s.creator(c)
	if err != nil {
		return err
	}
	var in struct {
		Title    string           `json:"title"`
		Template string           `json:"template"`
		CopyOf   string           `json:"copyOf"`   // a plan's id instead of a template
		Language string           `json:"language"` // of a built-in template's words
		Noun     string           `json:"noun"`
		Anchor   plan.AnchorInput `json:"anchor"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	id, now, ctx := access.NewPlanID(), s.now(), c.Request().Context()
	create := plan.CreateInput{
		ID: id, Title: in.Title, Template: in.Template, Language: in.Language, Noun: in.Noun, Anchor: in.Anchor, Now: now,
		By: plan.Person{ID: by.id(), Name: by.person.Name, Role: by.person.Role, Side: by.person.Side},
	}
	if create.From, err = s.startingPoint(c, by, in.Template, in.CopyOf); err != nil {
		return err
	}
	if err := create.Validate(); err != nil {
		return err
	}
	if _, err := s.rooms.Create(ctx, "plan/"+id, by.person, func(d *crdt.Doc, tx *crdt.Tx) error {
		return plan.Create(d, tx, create)
	}); err != nil {
		return err
	}
	rec := access.PlanRecord{ID: id, Title: in.Title, Template: in.Template, Created: now.UTC(), By: by.id()}
	if err := s.access.AddPlan(ctx, rec); err != nil {
		return err
	}
	links, err := s.access.CreateLinks(ctx, id, by.id(), firstLinks...)
	if err != nil {
		return err
	}
	urls := make(map[string]string, len(links))
	for role, link := range links {
		urls[role] = s.joinURL(c, link.Token)
	}
	c.Response().Header().Set("Location", "/api/plans/"+id)
	return c.JSON(http.StatusCreated, map[string]any{"id": id, "links": urls})
}

func (s *site) listPlans(c echo.Context) error {
	if _, err := s.withScope(c, access.ScopePlansRead); err != nil {
		return err
	}
	plans, err := s.access.Plans(c.Request().Context())
	if err != nil {
		return err
	}
	type planJSON struct {
		ID       string `json:"id"`
		Title    string `json:"title"` // as created
		Template string `json:"template"`
		Created  string `json:"created"`
	}
	out := make([]planJSON, 0, len(plans))
	for _, p := range plans {
		out = append(out, planJSON{p.ID, p.Title, p.Template, stamp(p.Created)})
	}
	return c.JSON(http.StatusOK, map[string]any{"plans": out})
}

// PlanJSON is a plan as of a place in its history, as the API answers it.
type PlanJSON struct {
	ID string `json:"id"`
	plan.View
	Seq uint64 `json:"seq"` // journal position the view is as of
}

func (s *site) readPlan(c echo.Context) error {
	cl, err := s.planCaller(c)
	if err != nil {
		return err
	}
	var out PlanJSON
	err = s.rooms.View(c.Request().Context(), cl.doc, func(d *crdt.Doc, at uint64) error {
		out = PlanJSON{c.Param("id"), plan.Read(d), at}
		return nil
	})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, out)
}

// command runs one of the plan's commands in the caller's name, as the socket
// does.
func (s *site) command(c echo.Context) error {
	cl, err := s.planCaller(c)
	if err != nil {
		return err
	}
	if cl.Kind != access.KindLink {
		return fail(http.StatusForbidden, "forbidden", "What is done in a plan is done by a person: use a link of the plan.")
	}
	var in struct {
		Name string          `json:"name"`
		Args json.RawMessage `json:"args"`
	}
	if err := s.decode(c, &in); err != nil {
		return err
	}
	if in.Name == "" {
		return failField("name", "Give the command's name.")
	}
	if len(in.Args) == 0 {
		in.Args = json.RawMessage("{}")
	}
	result, seq, err := s.rooms.Command(c.Request().Context(), cl.doc, cl.room(), in.Name, in.Args)
	if err != nil {
		return err
	}
	if len(result) == 0 {
		result = json.RawMessage("null")
	}
	return c.JSON(http.StatusOK, map[string]any{"ok": true, "seq": seq, "result": result})
}
