package server

import (
	"context"
	"errors"

	"coplan/server/access"
	"coplan/server/demo"
	"coplan/server/journal"
)

// demoPlan is the demo plan's id. It need not be secret: links open plans.
const demoPlan = "demo"

// cast is who appears in the demo, by the key their link is derived under.
var cast = []struct {
	key, person, name, role string
	shown                   bool // its link is handed out
}{
	{"owner", "demoowner", "Priya Raman", access.RoleOwner, false},
	{"seller", "demoseller", "Ben Okafor", access.RoleSeller, true},
	{"buyer", "demobuyer", "Dana Whitfield", access.RoleBuyer, true},
	{"champion", "demochampion", "Marcus Lindqvist", access.RoleChampion, true},
	{"security", "demosecurity", "Aisha Khan", access.RoleBuyer, false},
	{"auditor", "demoauditor", "Ruth Adler", access.RoleAuditor, true},
}

// seedDemo writes the demo plan, once, and makes its links, which are the same
// at every start: their tokens are derived from the admin token, so nothing
// secret is stored.
func (s *Server) seedDemo(ctx context.Context) error {
	actors, tokens := map[string]journal.Actor{}, map[string]string{}
	for _, c := range cast {
		token := access.DeriveToken(s.admin, "demo "+c.key)
		link, err := s.access.EnsureLink(ctx, token, c.person, access.NewLink{Plan: demoPlan, Role: c.role, Name: c.name, By: "system"})
		if err != nil {
			return err
		}
		actors[c.key] = journal.Actor{ID: link.Person, Name: c.name, Role: link.Role, Side: link.Side, Via: "link"}
		if c.shown {
			tokens[c.key] = token
		}
	}
	err := demo.Seed(ctx, s.journal, demoPlan, demo.Cast{
		Seller: actors["seller"], Buyer: actors["buyer"], Champion: actors["champion"], Security: actors["security"],
	}, s.cfg.Clock())
	if err != nil {
		return err
	}
	// Last: the record is what lets links in, so nobody sees half a demo.
	err = s.access.AddPlan(ctx, access.PlanRecord{ID: demoPlan, Title: demo.Title, Template: "enterprise-evaluation", By: "system", Demo: true})
	if err != nil && !errors.Is(err, access.ErrExists) {
		return err
	}
	s.demo = tokens
	return nil
}
