package schedule

import "slices"

// An edge holds its head back until its tail has begun or ended.
type edge struct {
	tail, head int
	kind       string
	lag        int
	code       string // of the reason it gives: after or order; contains for what groups add
	tailNode   string
	headNode   string
}

// A vertex is a step, or the opening or close of a stage or of a step that has
// steps under it.
type vertex struct {
	node   int  // index into Input.Nodes
	real   bool // a step with dates of its own
	in     []*edge
	out    []*edge
	closes bool // the close of a stage
}

// graph is the plan's steps and what holds what back; no circles.
//
// Vertices are numbered in reading order, a stage's opening before its steps and
// its close after them. A step with steps under it has an opening too and closes
// with itself.
type graph struct {
	in       Input
	index    map[string]int
	children [][]int
	top      []int
	parent   []int // -1 at the top
	step     []int // for each node, the step that its dependencies mean; -1 none
	entry    []int // for each node, the vertex that must wait for what it depends on; -1 none
	end      []int // … and the one whose end is its end
	vertices []vertex
	order    []int // vertices, tails before heads
	soft     []softEdge
	problem  func(Problem)
}

// softEdge is the plan's own order: head follows tail unless one of these nodes
// has dependencies of its own.
type softEdge struct {
	tail, head int
	unless     []int
}

func newGraph(in Input, problem func(Problem)) *graph {
	n := len(in.Nodes)
	g := &graph{
		in: in, problem: problem, index: make(map[string]int, n), children: make([][]int, n),
		parent: make([]int, n), step: make([]int, n), entry: make([]int, n), end: make([]int, n),
	}
	for i, node := range in.Nodes {
		g.parent[i], g.step[i], g.entry[i], g.end[i] = -1, -1, -1, -1
		if _, twice := g.index[node.ID]; twice {
			continue
		}
		if p, ok := g.index[node.Parent]; ok && node.Parent != "" {
			g.parent[i] = p
			g.children[p] = append(g.children[p], i)
		} else {
			g.top = append(g.top, i)
		}
		g.index[node.ID] = i
	}
	prev := -1
	for _, i := range g.top {
		if end := g.visit(i, prev, nil); end >= 0 {
			prev = end
		}
	}
	kept := g.dependencies()
	g.sort(kept)
	return g
}

func (g *graph) add(v vertex) int {
	g.vertices = append(g.vertices, v)
	return len(g.vertices) - 1
}

func (g *graph) connect(e *edge) {
	e.tailNode, e.headNode = g.in.Nodes[g.vertices[e.tail].node].ID, g.in.Nodes[g.vertices[e.head].node].ID
	g.vertices[e.tail].out = append(g.vertices[e.tail].out, e)
	g.vertices[e.head].in = append(g.vertices[e.head].in, e)
}

// visit makes the vertices of a node and what stands under it, and returns the
// one whose end is the node's end; -1 when there is nothing to schedule. prev is
// the end of what stands before it, unless names the groups it is first in.
func (g *graph) visit(i, prev int, unless []int) int {
	node := g.in.Nodes[i]
	switch {
	case node.Kind == kindSubtask:
		g.mark(i)
		return -1
	case node.Kind == kindMilestone || node.Kind == kindTask:
		return g.visitStep(i, prev, unless)
	}
	open := g.add(vertex{node: i})
	unless = append(slices.Clone(unless), i)
	first, at := true, prev
	var ends []int
	for _, c := range g.children[i] {
		if !first {
			unless = nil
		}
		end := g.visit(c, at, unless)
		if end < 0 {
			continue
		}
		g.connect(&edge{tail: open, head: g.entry[c], kind: fs, code: BecauseContains})
		ends = append(ends, end)
		first, at = false, end
	}
	if len(ends) == 0 {
		return -1
	}
	g.entry[i] = open
	g.end[i] = g.add(vertex{node: i, closes: true})
	for _, end := range ends {
		g.connect(&edge{tail: end, head: g.end[i], kind: fs, code: BecauseContains})
	}
	return g.end[i]
}

func (g *graph) visitStep(i, prev int, unless []int) int {
	g.step[i] = i
	open := -1
	var ends []int
	for _, c := range g.children[i] {
		if open < 0 && g.in.Nodes[c].Kind != kindSubtask {
			open = g.add(vertex{node: i})
		}
		at := -1
		if len(ends) > 0 {
			at = ends[len(ends)-1]
		}
		if end := g.visit(c, at, nil); end >= 0 {
			g.connect(&edge{tail: open, head: g.entry[c], kind: fs, code: BecauseContains})
			ends = append(ends, end)
		}
	}
	v := g.add(vertex{node: i, real: true})
	g.entry[i], g.end[i] = v, v
	if open >= 0 {
		g.entry[i] = open
		g.connect(&edge{tail: open, head: v, kind: fs, code: BecauseContains})
	}
	for _, end := range ends {
		g.connect(&edge{tail: end, head: v, kind: ff, code: BecauseContains})
	}
	if prev >= 0 {
		g.soft = append(g.soft, softEdge{prev, g.entry[i], append(slices.Clone(unless), i)})
	}
	return v
}

// mark gives subtasks, and all under them, the step they belong to.
func (g *graph) mark(i int) {
	if p := g.parent[i]; p >= 0 {
		g.step[i] = g.step[p]
	}
	for _, c := range g.children[i] {
		g.mark(c)
	}
}

// within reports whether node a is b or stands under it.
func (g *graph) within(a, b int) bool {
	for ; a >= 0; a = g.parent[a] {
		if a == b {
			return true
		}
	}
	return false
}

// dependencies connects what depends on what, cutting circles, and returns for
// each node whether something it depends on was kept.
func (g *graph) dependencies() (kept []bool) {
	kept = make([]bool, len(g.in.Nodes))
	var plain, group []*edge
	for i, node := range g.in.Nodes {
		head := i
		if g.step[i] >= 0 {
			head = g.step[i]
		}
		if g.index[node.ID] != i || g.entry[head] < 0 {
			continue
		}
		for n, a := range node.After {
			if n >= maxAfter {
				g.problem(Problem{Code: ProblemTooMany, Node: node.ID})
				break
			}
			tail, ok := g.index[a.Node]
			if ok && g.step[tail] >= 0 {
				tail = g.step[tail]
			}
			switch {
			case !ok || g.end[tail] < 0:
				g.problem(Problem{Code: ProblemMissing, Node: node.ID, Other: a.Node})
			case g.within(head, tail) || g.within(tail, head):
				g.problem(Problem{Code: ProblemCycle, Node: node.ID, Other: a.Node})
			case g.isStep(head) && g.isStep(tail):
				plain = append(plain, g.dependency(tail, head, a))
			case len(group) >= maxGroupAfter:
				g.problem(Problem{Code: ProblemTooMany, Node: node.ID})
			default:
				group = append(group, g.dependency(tail, head, a))
			}
		}
	}
	for _, e := range g.cutCircles(plain) {
		g.connect(e)
		kept[g.vertices[e.head].node] = true
	}
	for _, e := range group {
		if g.reaches(e.head, e.tail) {
			g.problem(Problem{Code: ProblemCycle, Node: g.in.Nodes[g.vertices[e.head].node].ID, Other: g.in.Nodes[g.vertices[e.tail].node].ID})
			continue
		}
		g.connect(e)
		kept[g.vertices[e.head].node] = true
	}
	return kept
}

// isStep: a step with no steps under it, and so a single vertex.
func (g *graph) isStep(i int) bool { return g.entry[i] == g.end[i] }

// dependency finds the vertices that a dependency between two nodes is about.
// The beginning of a stage is that of its first step.
func (g *graph) dependency(tail, head int, a After) *edge {
	e := &edge{tail: g.end[tail], head: g.entry[head], kind: a.Type, lag: a.Lag, code: BecauseAfter}
	if e.kind == ss || e.kind == sf {
		for v := g.entry[tail]; v <= g.end[tail]; v++ {
			if g.vertices[v].real {
				e.tail = v
				break
			}
		}
	}
	switch e.kind {
	case ff, sf:
		e.head = g.end[head]
	case fs, ss:
	default:
		e.kind = fs
	}
	if e.lag > maxDays || e.lag < -maxDays {
		e.lag = min(max(e.lag, -maxDays), maxDays)
		g.problem(Problem{Code: ProblemOdd, Node: g.in.Nodes[head].ID, Other: g.in.Nodes[tail].ID})
	}
	return e
}

// cutCircles leaves out the edges that lead back to where a walk along the
// dependencies came from. Walks start in reading order, so that of a circle the
// link against reading order goes.
func (g *graph) cutCircles(edges []*edge) []*edge {
	out := make([][]*edge, len(g.vertices))
	for _, e := range edges {
		out[e.tail] = append(out[e.tail], e)
	}
	const unseen, open, closed = 0, 1, 2
	state := make([]int, len(g.vertices))
	next := make([]int, len(g.vertices))
	cut := map[*edge]bool{}
	for root := range g.vertices {
		if state[root] != unseen {
			continue
		}
		stack := []int{root}
		state[root] = open
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			if next[v] == len(out[v]) {
				state[v] = closed
				stack = stack[:len(stack)-1]
				continue
			}
			e := out[v][next[v]]
			next[v]++
			switch state[e.head] {
			case unseen:
				state[e.head] = open
				stack = append(stack, e.head)
			case open:
				cut[e] = true
				g.problem(Problem{Code: ProblemCycle, Node: g.in.Nodes[g.vertices[e.head].node].ID, Other: g.in.Nodes[g.vertices[e.tail].node].ID})
			}
		}
	}
	return slices.DeleteFunc(edges, func(e *edge) bool { return cut[e] })
}

func (g *graph) reaches(from, to int) bool {
	seen := make([]bool, len(g.vertices))
	stack := []int{from}
	seen[from] = true
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if v == to {
			return true
		}
		for _, e := range g.vertices[v].out {
			if !seen[e.head] {
				seen[e.head] = true
				stack = append(stack, e.head)
			}
		}
	}
	return false
}

// sort orders the vertices, tails first, and lets steps without dependencies
// follow the plan's order. Where that order contradicts a dependency, the
// dependency wins: when nothing can go on, the first waiting vertex in reading
// order stops waiting for the one before it.
func (g *graph) sort(kept []bool) {
	follows := make([]int, len(g.vertices)) // tail of the soft edge into each vertex
	for v := range follows {
		follows[v] = -1
	}
	followers := make([][]int, len(g.vertices))
	for _, s := range g.soft {
		if slices.ContainsFunc(s.unless, func(i int) bool { return kept[i] }) {
			continue
		}
		follows[s.head] = s.tail
		followers[s.tail] = append(followers[s.tail], s.head)
	}
	waits := make([]int, len(g.vertices))
	done := make([]bool, len(g.vertices))
	var ready []int
	for v := range g.vertices {
		waits[v] = len(g.vertices[v].in)
		if waits[v] == 0 && follows[v] < 0 {
			ready = append(ready, v)
		}
	}
	take := func(v int) {
		done[v] = true
		g.order = append(g.order, v)
		for _, e := range g.vertices[v].out {
			waits[e.head]--
			if waits[e.head] == 0 && (follows[e.head] < 0 || done[follows[e.head]]) {
				ready = append(ready, e.head)
			}
		}
		for _, head := range followers[v] {
			if !done[head] && waits[head] == 0 && follows[head] == v {
				ready = append(ready, head)
			}
		}
	}
	for len(g.order) < len(g.vertices) {
		for len(ready) > 0 {
			v := ready[len(ready)-1]
			ready = ready[:len(ready)-1]
			if !done[v] {
				take(v)
			}
		}
		for v := range g.vertices {
			if !done[v] && waits[v] == 0 {
				follows[v] = -1
				ready = append(ready, v)
				break
			}
		}
	}
	for v, tail := range follows {
		if tail >= 0 {
			g.connect(&edge{tail: tail, head: v, kind: fs, code: BecauseOrder})
		}
	}
}
