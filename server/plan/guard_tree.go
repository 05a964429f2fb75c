package plan

import (
	"coplan/crdt"
)

// tree judges where the update leaves the steps that it moves or makes something
// else, in the plan as it is.
func (j *judge) tree() *Refusal {
	moves, kinds := j.standing(j.moves), j.standing(j.kinds)
	if len(moves) == 0 && len(kinds) == 0 {
		return nil
	}
	t := treeAfter{j: j, nodes: j.d.Map(RootNodes), to: make(map[string]string, len(moves))}
	for _, p := range moves {
		t.to[p.step] = p.value
	}
	if r := t.levels(moves, kinds); r != nil {
		return r
	}
	for _, p := range moves {
		if r := t.moved(p); r != nil {
			return r
		}
	}
	return nil
}

// treeAfter is the tree of steps as an update leaves it.
type treeAfter struct {
	j       *judge
	nodes   crdt.Map
	to      map[string]string // step that is moved → what it is put under
	heights map[string]int    // step that is moved → levels below it; nil: not asked for yet
}

// stored is a text of a step as it is now; "" for what isn't known.
func (t *treeAfter) stored(id, key string) string {
	m, ok := t.nodes.Map(id)
	if !ok {
		return ""
	}
	v, _ := m.Get(key)
	text, _ := v.(string)
	return text
}

// above is what a step will stand under.
func (t *treeAfter) above(id string) string {
	if to, moved := t.to[id]; moved {
		return to
	}
	return t.stored(id, NodeParent)
}

// levels refuses stages under anything, stages that become steps and steps that
// become stages. How deep a step counts follows from its place (see KindAt).
func (t *treeAfter) levels(moves, kinds []pick) *Refusal {
	stages := map[string]bool{}
	for _, p := range kinds {
		stages[p.step] = stages[p.step] || p.value == KindStage
		if t.j.spawns[p.step] {
			continue
		}
		was := t.stored(p.step, NodeKind)
		if (was == KindStage) != (p.value == KindStage) && oneOf(was, nodeKinds) {
			return refuse(CodeInvalid, RootNodes+"/"+p.step+"/"+NodeKind, "A stage stays a stage, and a step a step.")
		}
		if _, moved := t.to[p.step]; !moved && stages[p.step] && t.stored(p.step, NodeParent) != "" {
			return stageBelow(p.step)
		}
	}
	for _, p := range moves {
		stage, picked := stages[p.step]
		if p.value != "" && (stage || !picked && t.stored(p.step, NodeKind) == KindStage) {
			return stageBelow(p.step)
		}
	}
	return nil
}

func stageBelow(id string) *Refusal {
	return refuse(CodeInvalid, RootNodes+"/"+id+"/"+NodeParent, "A stage stands directly in the plan, not under a step or another stage.")
}

// moved refuses a move under nothing, one that makes a ring and one that nests too
// deep, with the steps that come along.
func (t *treeAfter) moved(p pick) *Refusal {
	where := RootNodes + "/" + p.step + "/" + NodeParent
	if p.value != "" && !t.j.spawns[p.value] && !t.nodes.Has(p.value) {
		return refuse(CodeNotFound, where, "A step can't be put under one that is not in the plan.")
	}
	depth := 0
	for at := p.value; at != ""; at = t.above(at) {
		if at == p.step {
			return ringRefusal(where)
		}
		if depth++; depth > MaxNesting {
			return t.deepRefusal(where, p)
		}
	}
	// What comes to stand under a new step is moved itself.
	if !t.j.spawns[p.step] && depth > t.depthBefore(p.step) && depth+t.height(p.step) > MaxNesting {
		return nestedRefusal(where)
	}
	return nil
}

// depthBefore is how many steps one stands under now, MaxNesting at most.
func (t *treeAfter) depthBefore(id string) int {
	depth := 0
	for at := t.stored(id, NodeParent); at != "" && depth < MaxNesting; at = t.stored(at, NodeParent) {
		depth++
	}
	return depth
}

// height is how many levels there will be below a step that is moved, as far as
// they matter. The first time it walks over all steps.
func (t *treeAfter) height(id string) int {
	if t.heights == nil {
		t.heights = make(map[string]int, len(t.to))
		t.nodes.Range(func(at string, _ any) bool {
			for up := 0; up <= MaxNesting && at != ""; up++ {
				if _, moved := t.to[at]; moved {
					t.heights[at] = max(t.heights[at], up)
				}
				at = t.above(at)
			}
			return true
		})
	}
	return t.heights[id]
}

// deepRefusal tells a chain that is too long from a ring further up, which was
// there before and is not this edit's.
func (t *treeAfter) deepRefusal(where string, p pick) *Refusal {
	met := map[string]bool{}
	for at := p.value; at != ""; at = t.above(at) {
		if at == p.step {
			return ringRefusal(where)
		}
		if met[at] {
			return nil
		}
		met[at] = true
	}
	return nestedRefusal(where)
}

func ringRefusal(where string) *Refusal {
	return refuse(CodeInvalid, where, "A step can't be put under itself, or under a step of its own.")
}

func nestedRefusal(where string) *Refusal {
	return refuse(CodeInvalid, where, "Steps can be nested %d deep at most.", MaxNesting)
}
