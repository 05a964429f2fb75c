package plan

import (
	"cmp"

	"coplan/crdt"
	"coplan/server/plan/lint"
)

// LintInput reads what the rules of package lint look at. Like Read it never
// fails. today is the viewer's date and lastEdit the day of the last entry in
// the plan's log; "" leaves out the rules that need them.
func LintInput(d *crdt.Doc, today, lastEdit string) lint.Input {
	v := Read(d)
	in := lint.Input{
		Plan: ScheduleInput(d, today), Profile: v.Profile, Status: v.Status,
		Roles: []lint.Role{}, Nodes: []lint.Node{}, LastEdit: lastEdit,
	}
	for _, role := range v.Roles {
		in.Roles = append(in.Roles, lint.Role{
			ID: role.ID, Title: role.Title, Side: role.Side, Kind: role.Kind, Name: cmp.Or(role.Name, role.Person),
			Email: role.Email, Phone: role.Phone, InvolveBy: role.InvolveBy,
		})
	}
	v.Walk(func(n *Node) bool {
		node := lint.Node{ID: n.ID, Contributors: []string{}}
		for _, o := range n.Owners {
			if o.Kind == OwnerContributor {
				node.Contributors = append(node.Contributors, o.Role)
			}
		}
		if n.Gate != nil {
			node.Gated, node.Reviewer = true, n.Gate.Reviewer
		}
		in.Nodes = append(in.Nodes, node)
		return true
	})
	return in
}
