package plan

import (
	"fmt"
	"strings"

	"coplan/crdt"
)

// whole judges what the touches come to together.
func (j *judge) whole(update []byte) *Refusal {
	for _, x := range j.gone {
		if !j.sets[x.at] && !j.drops[x.at.id] {
			return refuse(CodeForbidden, x.where, "%s can't be taken out of the plan for good.", upper(x.shape.name))
		}
	}
	for id, l := range j.texts {
		if l.units <= 0 {
			continue
		}
		units := l.units
		if l.exists {
			if typ, ok := j.d.Type(id); ok {
				if text, ok := typ.(crdt.Text); ok {
					units += text.Len()
				}
			}
		}
		if units > l.shape.text {
			return refuse(CodeFull, l.where, "%s can have %d characters at most.", upper(l.shape.name), l.shape.text)
		}
	}
	if r := j.room(); r != nil {
		return r
	}
	if r := j.live(); r != nil {
		return r
	}
	if j.grows && j.d.ContentBytes()+len(update) > MaxContentBytes {
		return refuse(CodeFull, "", "The plan is full: it can hold %d MiB of text. Take something out first.", MaxContentBytes>>20)
	}
	return j.tree()
}

// room judges how many entries maps by id come to hold.
func (j *judge) room() *Refusal {
	for at, more := range j.added {
		s, where, now := (*shape)(nil), at.root, 0
		if at.root != "" {
			s, now = theShape[at.root], j.d.Map(at.root).Len()
		} else {
			s, where, now = j.held(at.id)
		}
		if s != nil && s.max > 0 && now+more > s.max {
			return refuse(CodeFull, where, "%s are %d at most.", upper(s.name), s.max)
		}
	}
	return nil
}

// live judges how many stages and steps there come to be outside of the bin.
func (j *judge) live() *Refusal {
	more := len(j.spawns) + len(j.back)
	if more == 0 {
		return nil
	}
	now := 0
	j.d.Map(RootNodes).Range(func(_ string, v any) bool {
		if m, ok := v.(crdt.Map); ok {
			if del, ok := m.Get(NodeDel); !ok || del == nil || del == crdt.Undefined {
				now++
			}
		}
		return true
	})
	if now+more > MaxNodes {
		return refuse(CodeFull, RootNodes, "A plan can have %d stages and steps at most. Delete some first.", MaxNodes)
	}
	return nil
}

// held finds the shape of a map that is in the document; one that the update
// makes has no more entries than the update, which is bounded otherwise.
func (j *judge) held(id crdt.ID) (*shape, string, int) {
	typ, ok := j.d.Type(id)
	if !ok {
		return nil, "", 0
	}
	m, ok := typ.(crdt.Map)
	if !ok {
		return nil, "", 0
	}
	path := j.d.PathOf(typ)
	s, where := (*shape)(nil), make([]string, 0, len(path))
	for _, step := range path {
		key := fmt.Sprint(step)
		where = append(where, key)
		switch {
		case len(where) == 1:
			s = theShape[key]
		case s != nil && s.each != nil:
			s = s.each
		case s != nil:
			s = s.fields[key]
		}
	}
	return s, strings.Join(where, "/"), m.Len()
}

// kindOf is what a step is as stored once the update is in; "" for what isn't known.
func (j *judge) kindOf(id string) string {
	if kind, set := j.kinds[id]; set {
		return kind
	}
	m, ok := j.d.Map(RootNodes).Map(id)
	if !ok {
		return ""
	}
	v, _ := m.Get(NodeKind)
	kind, _ := v.(string)
	return kind
}

// levels refuses stages under anything, stages that become steps and steps that
// become stages. How deep a step counts follows from its place (see KindAt).
func (j *judge) levels() *Refusal {
	for _, id := range sortedKeys(j.kinds) {
		if j.spawns[id] {
			continue
		}
		m, _ := j.d.Map(RootNodes).Map(id)
		v, _ := m.Get(NodeKind)
		was, _ := v.(string)
		if (was == KindStage) != (j.kinds[id] == KindStage) && oneOf(was, nodeKinds) {
			return refuse(CodeInvalid, RootNodes+"/"+id+"/"+NodeKind, "A stage stays a stage, and a step a step.")
		}
	}
	for _, id := range sortedKeys(j.moves) {
		if j.moves[id] != "" && j.kindOf(id) == KindStage {
			return refuse(CodeInvalid, RootNodes+"/"+id+"/"+NodeParent, "A stage stands directly in the plan, not under a step or another stage.")
		}
	}
	return nil
}

// tree refuses moves that make a ring, or nest too deep, in the plan as it is.
func (j *judge) tree() *Refusal {
	if r := j.levels(); r != nil || len(j.moves) == 0 {
		return r
	}
	nodes := j.d.Map(RootNodes)
	under := func(id string) string {
		if to, moved := j.moves[id]; moved {
			return to
		}
		m, ok := nodes.Map(id)
		if !ok {
			return ""
		}
		v, _ := m.Get(NodeParent)
		parent, _ := v.(string)
		return parent
	}
	for _, id := range sortedKeys(j.moves) {
		where := RootNodes + "/" + id + "/" + NodeParent
		to := j.moves[id]
		if to != "" && !j.spawns[to] && !nodes.Has(to) {
			return refuse(CodeNotFound, where, "A step can't be put under one that is not in the plan.")
		}
		depth := 0
		for at := to; at != ""; at = under(at) {
			if at == id {
				return refuse(CodeInvalid, where, "A step can't be put under itself, or under a step of its own.")
			}
			if depth++; depth > MaxNesting {
				return j.deepRefusal(where, id, to, under)
			}
		}
	}
	return nil
}

// deepRefusal tells a chain that is too long from a ring further up, which was
// there before and is not this edit's.
func (j *judge) deepRefusal(where, id, to string, under func(string) string) *Refusal {
	met := map[string]bool{}
	for at := to; at != ""; at = under(at) {
		if at == id {
			return refuse(CodeInvalid, where, "A step can't be put under itself, or under a step of its own.")
		}
		if met[at] {
			return nil
		}
		met[at] = true
	}
	return refuse(CodeInvalid, where, "Steps can be nested %d deep at most.", MaxNesting)
}
