package plan

import (
	"slices"

	"coplan/crdt"
)

// whole judges what the touches come to together.
func (j *judge) whole(update []byte) *Refusal {
	if r := j.kept(update); r != nil {
		return r
	}
	for _, p := range j.inRuns {
		if r := j.misplaced(p, j.runs[p.in]); r != nil {
			return r
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
	if size := j.d.ContentBytes() + len(update); j.grows && size > MaxContentBytes && size-recordBytes(j.d) > MaxContentBytes {
		return refuse(CodeFull, "", "The plan is full: it can hold %d MiB of text. Take something out first.", MaxContentBytes>>20)
	}
	return j.tree()
}

// kept refuses what would leave a key without what has to stay there. An own value
// that lost against another's while one was away comes as nothing, and one that
// won comes with the other's deletion: where no set says that it stands behind what
// goes, only doing it on a copy tells.
func (j *judge) kept(update []byte) *Refusal {
	var after *crdt.Doc
	for _, x := range j.gone {
		if j.followed[x.last] || x.in.root == "" && j.drops[x.in.id] {
			continue
		}
		if after == nil {
			after = crdt.New(crdt.Options{})
			state, err := j.d.EncodeStateAsUpdate(nil)
			for _, u := range [][]byte{state, update} {
				if err == nil {
					err = after.ApplyUpdate(u, nil)
				}
			}
			if err != nil {
				return refuse(CodeInvalid, x.where, "The change can't be read.")
			}
		}
		if x.loses(j.d, after) {
			return refuse(CodeForbidden, x.where, "%s can't be taken out of the plan for good.", upper(x.shape.name))
		}
	}
	return nil
}

// loses says whether the key held something that is gone afterwards, or another type.
func (x *removal) loses(before, after *crdt.Doc) bool {
	m, ok := x.in.of(before)
	if !ok {
		return false
	}
	was, ok := m.Get(x.key)
	if !ok {
		return false
	}
	if m, ok = x.in.of(after); !ok {
		return true
	}
	now, ok := m.Get(x.key)
	old, nested := was.(crdt.Type)
	if !ok || !nested {
		return !ok
	}
	typ, nested := now.(crdt.Type)
	return !nested || typ.ID() != old.ID()
}

// standing leaves out of picks those that another of the update stands behind. More
// than one may be left of a step, and then any of them may be the one that stays.
func (j *judge) standing(all []pick) []pick {
	return slices.DeleteFunc(slices.Clone(all), func(p pick) bool { return j.followed[p.last] })
}

// room judges how many entries maps by id come to hold.
func (j *judge) room() *Refusal {
	for in, g := range j.added {
		now := 0
		if m, ok := in.of(j.d); ok {
			now = m.Len()
		}
		if now+g.more > g.shape.max {
			return refuse(CodeFull, g.where, "%s are %d at most.", upper(g.shape.name), g.shape.max)
		}
	}
	return nil
}

// live judges how many stages and steps there come to be outside of the bin.
func (j *judge) live() *Refusal {
	back := map[string]bool{}
	for _, p := range j.standing(j.back) {
		back[p.step] = true
	}
	more := len(j.spawns) + len(back)
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
