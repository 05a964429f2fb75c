package plan

import (
	"slices"

	"coplan/crdt"
)

// ownTick refuses a condition that is ticked in another person's name: who
// signs a gate relies on those names.
func (j *judge) ownTick(t *crdt.Touch, child *shape, v any) *Refusal {
	if child != tick {
		return nil
	}
	if object, _ := v.(map[string]any); object[CheckedBy] != j.by.ID || object[CheckedName] != j.by.Name {
		return refuse(CodeForbidden, j.where(t.Key), "A condition is ticked in one's own name only.")
	}
	return nil
}

// ownPart refuses what is the other side's: roles and absences of sellers to a
// buyer, rules raised to a seller to a champion.
func (j *judge) ownPart(t *crdt.Touch) *Refusal {
	if j.by.Role != asBuyer && j.by.Role != asChampion {
		return nil
	}
	switch root := j.at.keys[0]; {
	case root == RootRoles && j.by.Role == asBuyer:
		return j.ownRole(t)
	case root == RootCalendar && j.by.Role == asBuyer && len(j.at.keys) == 2 && j.at.keys[1] == CalendarAway:
		now, _ := j.current(t)
		for _, v := range []any{now, t.Content.Value()} {
			object, _ := v.(map[string]any)
			role, _ := object[SpanRole].(string)
			person, _ := object[SpanPerson].(string)
			if role != "" && j.sideOfRole(role) == SideSeller || person != "" && j.sells(person) {
				return refuse(CodeForbidden, j.where(t.Key), "When the selling side is away is theirs to say.")
			}
		}
	case root == RootRules && j.by.Role == asChampion:
		id := t.Key
		if len(j.at.keys) > 1 {
			id = j.at.keys[1]
		}
		rule, ok := j.d.Map(RootRules).Map(id)
		if !ok || j.owns(rule.ID().Client) {
			return nil
		}
		if v, _ := rule.Get(RuleRole); v != nil && j.sideOfRole(v) == SideSeller {
			return refuse(CodeForbidden, j.where(t.Key), "A rule that is raised to the selling side is theirs to change.")
		}
	}
	return nil
}

func (j *judge) ownRole(t *crdt.Touch) *Refusal {
	theirs := func() *Refusal {
		return refuse(CodeForbidden, j.where(t.Key), "Roles of the selling side are theirs to fill.")
	}
	id := t.Key
	if len(j.at.keys) > 1 {
		id = j.at.keys[1]
		if t.Key == RoleSide && t.Content.Value() == SideSeller {
			return theirs()
		}
	}
	if j.sideOfRole(id) == SideSeller {
		return theirs()
	}
	return nil
}

// sells reports whether somebody of that name, or with that id, has a role of
// the selling side.
func (j *judge) sells(person string) bool {
	roles := j.d.Map(RootRoles)
	return slices.ContainsFunc(roles.Keys(), func(id string) bool {
		m, ok := roles.Map(id)
		if !ok || j.sideOfRole(id) != SideSeller {
			return false
		}
		name, _ := m.Get(RoleName)
		known, _ := m.Get(RolePerson)
		return name == person || known == person
	})
}

func (j *judge) sideOfRole(id any) string {
	s, _ := id.(string)
	m, ok := j.d.Map(RootRoles).Map(s)
	if !ok {
		return ""
	}
	side, _ := m.Get(RoleSide)
	text, _ := side.(string)
	return text
}
