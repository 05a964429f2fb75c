package demo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"coplan/crdt"
	"coplan/server/journal"
	"coplan/server/plan"
)

func (s *story) node(id string) crdt.Map {
	m, _ := s.d.Map(plan.RootNodes).Map(id)
	return m
}

// set changes one value of a node.
func (s *story) set(by journal.Actor, id, key string, value any) {
	s.edit(by, func(tx *crdt.Tx) { s.node(id).Set(tx, key, value) })
}

// due moves the due dates of nodes, given in working days from today, together.
func (s *story) due(by journal.Actor, moves ...move) {
	s.edit(by, func(tx *crdt.Tx) {
		for _, m := range moves {
			s.node(m.id).Set(tx, plan.NodeDue, s.date(m.days))
		}
	})
}

type move struct {
	id   string
	days int
}

// rename types a new title in place of the old one.
func (s *story) rename(by journal.Actor, id, title string) {
	s.edit(by, func(tx *crdt.Tx) {
		t, _ := s.node(id).Text(plan.NodeTitle)
		t.Delete(tx, 0, t.Len())
		t.Insert(tx, 0, title, nil)
	})
}

// add puts a new node at the end of its parent.
func (s *story) add(by journal.Actor, n plan.NewNode) {
	s.edit(by, func(tx *crdt.Tx) {
		nodes := s.d.Map(plan.RootNodes)
		last := ""
		nodes.Range(func(_ string, v any) bool {
			m, _ := v.(crdt.Map)
			parent, _ := m.Get(plan.NodeParent)
			if ord, _ := m.Get(plan.NodeOrd); parent == n.Parent {
				last = max(last, ord.(string))
			}
			return true
		})
		var err error
		if n.Ord, err = plan.Between(last, ""); err != nil {
			s.err = err
			return
		}
		plan.WriteNode(tx, nodes, n)
	})
}

// place moves a node between two siblings.
func (s *story) place(by journal.Actor, id, after, before string) {
	s.edit(by, func(tx *crdt.Tx) {
		a, _ := s.node(after).Get(plan.NodeOrd)
		b, _ := s.node(before).Get(plan.NodeOrd)
		ord, err := plan.Between(a.(string), b.(string))
		if err != nil {
			s.err = err
			return
		}
		parent, _ := s.node(before).Get(plan.NodeParent)
		s.node(id).Set(tx, plan.NodeParent, parent)
		s.node(id).Set(tx, plan.NodeOrd, ord)
	})
}

func (s *story) remove(by journal.Actor, id string) {
	s.set(by, id, plan.NodeDel, plan.Stamp(s.at))
}

// call fills a role with a person.
func (s *story) call(by journal.Actor, role, name, email string) {
	s.edit(by, func(tx *crdt.Tx) {
		m, _ := s.d.Map(plan.RootRoles).Map(role)
		m.Set(tx, plan.RoleName, name)
		m.Set(tx, plan.RoleEmail, email)
		for _, one := range []journal.Actor{s.cast.Seller, s.cast.Buyer, s.cast.Champion, s.cast.Security} {
			if one.Name == name {
				m.Set(tx, plan.RolePerson, one.ID) // somebody with a link of their own
			}
		}
	})
}

// gate gives a step a gate: who signs it off, which stage waits for it, how many
// resources it asks for, and its criteria.
func (s *story) gate(by journal.Actor, id, reviewer, stage string, evidence int, entry, exit []string) {
	s.edit(by, func(tx *crdt.Tx) {
		gate, _ := s.node(id).Map(plan.NodeGate)
		gate.Set(tx, plan.GateOn, true)
		gate.Set(tx, plan.GateReviewer, reviewer)
		gate.Set(tx, plan.GateLocks, stage)
		gate.Set(tx, plan.GateEvidence, evidence)
	})
	for _, list := range []struct {
		key   string
		texts []string
	}{{plan.GateEntry, entry}, {plan.GateExit, exit}} {
		ords := plan.Spread(len(list.texts))
		for i, text := range list.texts {
			s.edit(by, func(tx *crdt.Tx) {
				gate, _ := s.node(id).Map(plan.NodeGate)
				criteria, _ := gate.Map(list.key)
				plan.WriteCriterion(tx, criteria, fmt.Sprintf("%s-%s-%d", id, list.key, i+1), ords[i], text)
			})
		}
	}
}

// rule adds a rule about delays with its picked values and its words.
func (s *story) rule(by journal.Actor, id string, values map[string]any, text string) {
	s.edit(by, func(tx *crdt.Tx) {
		m := s.d.Map(plan.RootRules).SetMap(tx, id)
		for _, key := range slices.Sorted(maps.Keys(values)) {
			m.Set(tx, key, values[key])
		}
		m.SetText(tx, plan.RuleText).Insert(tx, 0, text, nil)
	})
}

// tick checks a criterion off.
func (s *story) tick(by journal.Actor, id, list, criterion string) {
	s.edit(by, func(tx *crdt.Tx) {
		gate, _ := s.node(id).Map(plan.NodeGate)
		criteria, _ := gate.Map(list)
		m, _ := criteria.Map(criterion)
		m.Set(tx, plan.CriterionChecked, map[string]any{plan.CheckedBy: by.ID, plan.CheckedName: by.Name, plan.CheckedAt: plan.Stamp(s.at)})
	})
}

// link puts an address where the template keeps a place for it.
func (s *story) link(by journal.Actor, resource, url string) {
	s.edit(by, func(tx *crdt.Tx) {
		m, _ := s.d.Map(plan.RootResources).Map(resource)
		m.Set(tx, plan.ResourceURL, url)
	})
}

// agree types a line of how both sides work together.
func (s *story) agree(by journal.Actor, key, words string) {
	s.edit(by, func(tx *crdt.Tx) {
		t, _ := s.d.Map(plan.RootWorking).Text(key)
		t.Insert(tx, t.Len(), words, nil)
	})
}

// paragraph is the text of the summary's i-th block.
func (s *story) paragraph(i int) (crdt.XMLText, bool) {
	e, ok := s.d.XMLFragment(plan.RootSummary).Get(i).(crdt.XMLElement)
	if !ok || e.Len() == 0 {
		return crdt.XMLText{}, false
	}
	t, ok := e.Get(0).(crdt.XMLText)
	return t, ok
}

// write types into the summary's i-th block the way people do: some words,
// which reach the others, and then some more.
func (s *story) write(by journal.Actor, i int, text string) {
	const wordsAtOnce = 4
	words := strings.SplitAfter(text, " ")
	if words[len(words)-1] == "" { // the text ends in a space
		words = words[:len(words)-1]
	}
	for len(words) > 0 {
		n := min(wordsAtOnce, len(words))
		chunk := strings.Join(words[:n], "")
		words = words[n:]
		s.edit(by, func(tx *crdt.Tx) {
			if t, ok := s.paragraph(i); ok {
				t.Insert(tx, t.Len(), chunk, nil)
			}
		})
	}
	s.wait(90 * time.Second)
}

// list turns the summary's i-th block into a bullet list.
func (s *story) list(by journal.Actor, i int, items ...string) {
	s.edit(by, func(tx *crdt.Tx) {
		summary := s.d.XMLFragment(plan.RootSummary)
		summary.Delete(tx, i, 1)
		list := summary.InsertElement(tx, i, "bulletList")
		for _, item := range items {
			p := list.InsertElement(tx, list.Len(), "listItem").InsertElement(tx, 0, "paragraph")
			p.InsertText(tx, 0).Insert(tx, 0, item, nil)
		}
	})
}

// bold makes words of the summary's i-th block bold.
func (s *story) bold(by journal.Actor, i int, words string) {
	s.edit(by, func(tx *crdt.Tx) {
		if t, from, ok := s.find(i, words); ok {
			t.Format(tx, from, units(words), map[string]any{"bold": map[string]any{}})
		}
	})
}

// correct replaces words of the summary's i-th block.
func (s *story) correct(by journal.Actor, i int, old, words string) {
	s.edit(by, func(tx *crdt.Tx) {
		if t, from, ok := s.find(i, old); ok {
			t.Delete(tx, from, units(old))
			t.Insert(tx, from, words, nil)
		}
	})
}

func (s *story) find(i int, words string) (t crdt.XMLText, from int, ok bool) {
	if t, ok = s.paragraph(i); !ok {
		return t, 0, false
	}
	var all strings.Builder
	for _, op := range t.ToDelta() {
		text, _ := op.Insert.(string)
		all.WriteString(text)
	}
	at := strings.Index(all.String(), words)
	if at < 0 {
		return t, 0, false
	}
	return t, units(all.String()[:at]), true
}

// units is the length of s in UTF-16 code units, as text types count.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// comment opens a thread on words of the summary or, with a node, of its
// description; without words it is about the node's field.
func (s *story) comment(by journal.Actor, thread, node, words, body string) {
	a := plan.CommentAnchor{Kind: plan.AnchorText, Field: plan.RootSummary, Node: node, Quote: words}
	if node != "" {
		a.Field = plan.NodeNote
	}
	if words == "" {
		a.Kind, a.Field = plan.AnchorOnNode, plan.NodeDue
	}
	s.command(by, plan.CommandCommentAdd, plan.CommentAddArgs{ID: thread, Msg: thread + "-1", Anchor: a, Body: body})
}

func (s *story) reply(by journal.Actor, thread, body string) {
	s.command(by, plan.CommandCommentReply, plan.CommentArgs{Thread: thread, Body: body})
}

func (s *story) resolve(by journal.Actor, thread string) {
	s.command(by, plan.CommandCommentResolve, plan.CommentArgs{Thread: thread})
}

// agreeOnDates makes the dates of that moment the agreed ones: one proposes, the
// other side agrees.
func (s *story) agreeOnDates(by, other journal.Actor) {
	s.command(by, plan.CommandBaselinePropose, struct{}{})
	open, _ := plan.ReadBaselineProposal(s.d)
	s.command(other, plan.CommandBaselineAgree, plan.BaselineArgs{At: open.At})
}

// slip moves a due date, given in working days from today, and notes why.
func (s *story) slip(by journal.Actor, id string, from, to int, side, reason string) {
	s.due(by, move{id, to})
	s.command(by, plan.CommandSlipRecord, plan.SlipArgs{Node: id, From: s.date(from), To: s.date(to), Side: side, Reason: reason})
}
