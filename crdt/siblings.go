package crdt

import "sort"

// Where many wrote at one place without having seen each other, settle would walk
// past all of them for each that comes, which somebody can make happen on purpose.
// After two long walks, the rest of the transaction finds its place among siblings,
// items with the same origin and right origin, by their order.
//
// What makes this the same place: in a list that is nested (behind an item come
// those that have it as origin, each with its own behind it, before anything
// else), the walk of an item gets past every sibling with a lower id and all that
// is nested in it, and ends at the first with a higher one, if not before. Items
// of other right origins in between are looked at as ever.
//
// Only a struct whose right origin is nested in something behind its origin
// leaves a list that is not nested. No Yjs writes that. newSiblings checks what it finds, settle
// what comes later, and then the transaction goes on without.

// siblingsFloor is the number of siblings that are walked past.
var siblingsFloor = 64

// maxClimb bounds how many origins are followed to see what an item is nested in.
const maxClimb = 64

type siblingsKey struct {
	list                      uint32
	originClient, originClock uint32
	rightClient, rightClock   uint32
}

// siblings are in ascending order of id, in parts.
type siblings struct {
	parts [][]sibling
}

// sibling is what one client wrote there. What it wrote later goes to the left.
type sibling struct {
	id          uint64
	first, last ref // as they stand in the list
}

const siblingsPart = 512

func (in *incoming) siblingsKey(list uint32) siblingsKey {
	return siblingsKey{list, in.originClient, in.originClock, in.rightClient, in.rightClock}
}

// find returns the place of the first sibling whose id is at least that.
func (g *siblings) find(id uint64) (part, i int) {
	part = sort.Search(len(g.parts), func(i int) bool { return g.parts[i][0].id > id })
	if part > 0 {
		part--
	}
	if part == len(g.parts) {
		return part, 0
	}
	p := g.parts[part]
	i = sort.Search(len(p), func(i int) bool { return p[i].id >= id })
	if i == len(p) {
		return part + 1, 0
	}
	return part, i
}

// around returns the last sibling with a lower id and the first with another; 0: none.
func (g *siblings) around(id uint64) (before, behind ref) {
	part, i := g.find(id)
	if part < len(g.parts) {
		behind = g.parts[part][i].first
	}
	if i > 0 {
		before = g.parts[part][i-1].last
	} else if part > 0 {
		p := g.parts[part-1]
		before = p[len(p)-1].last
	}
	return before, behind
}

// add notes that r was put before what its author wrote there earlier.
func (g *siblings) add(id uint64, r ref) {
	part, i := g.find(id)
	if part < len(g.parts) && g.parts[part][i].id == id {
		g.parts[part][i].first = r
		return
	}
	if i == 0 && part > 0 { // rather at the end of a part than at the beginning
		part--
		i = len(g.parts[part])
	}
	if part == len(g.parts) {
		g.parts = append(g.parts, nil)
	}
	p := append(g.parts[part], sibling{})
	copy(p[i+1:], p[i:])
	p[i] = sibling{id, r, r}
	g.parts[part] = p
	if len(p) == siblingsPart {
		half := append(make([]sibling, 0, siblingsPart), p[siblingsPart/2:]...)
		g.parts[part] = p[:siblingsPart/2]
		g.parts = append(g.parts, nil)
		copy(g.parts[part+2:], g.parts[part+1:])
		g.parts[part+1] = half
	}
}

// siblingsOf returns what is known of in's siblings, nil if nothing is.
func (d *Doc) siblingsOf(list uint32, in *incoming) *siblings {
	if len(d.conflict.groups) == 0 {
		return nil
	}
	return d.conflict.groups[in.siblingsKey(list)]
}

// nestedIn climbs from r to the item behind in's origin that r is nested in. It
// gives up, returning 0, if that is far or r is not behind that origin.
func (d *Doc) nestedIn(r ref, in *incoming, steps *int) ref {
	for ; *steps < maxClimb; *steps++ {
		it := d.at(r)
		if it.originClient == in.originClient && it.originClock == in.originClock {
			return r
		}
		if it.originClient == 0 {
			return 0
		}
		r = d.originOf(r, it)
	}
	return 0
}

// settleAmong finds the left neighbour between siblings; from is where the walk
// has to begin if it cannot tell, and left the neighbour up to there.
func (d *Doc) settleAmong(g *siblings, in *incoming, left, first ref) (l, from ref, found bool) {
	id := d.ids[in.client]
	before, behind := g.around(id)
	if behind != 0 {
		steps := 0
		for x := d.at(behind).left; ; {
			if x == left {
				return left, 0, true
			}
			s := d.nestedIn(x, in, &steps)
			if s == 0 {
				break
			}
			it := d.at(s)
			if d.ids[it.client] < id {
				return x, 0, true
			}
			x = it.left // it stays on the right, with all that is nested in it
		}
	}
	if before != 0 {
		return before, d.at(before).right, false
	}
	return left, first, false
}

// push is add for siblings that come in the order of the list. It reports false
// if that is not the order of their ids.
func (g *siblings) push(id uint64, r ref) bool {
	n := len(g.parts)
	if n > 0 {
		p := g.parts[n-1]
		last := &p[len(p)-1]
		if last.id == id {
			last.last = r
			return true
		}
		if last.id > id {
			return false
		}
		if len(p) < siblingsPart/2 {
			g.parts[n-1] = append(p, sibling{id, r, r})
			return true
		}
	}
	g.parts = append(g.parts, append(make([]sibling, 0, siblingsPart), sibling{id, r, r}))
	return true
}

// newSiblings looks at all that is nested behind in's origin, up to right, and
// notes in's siblings if everything is as it should be. first follows the origin.
func (d *Doc) newSiblings(list uint32, in *incoming, right, first ref) {
	s := &d.conflict
	s.reset()
	g := new(siblings)
	var path []ref // the item before, and what it is nested in
	for o := first; o != 0; o = d.at(o).right {
		it := d.at(o)
		origin := ref(0)
		if it.originClient != 0 {
			origin = d.originOf(o, it)
		}
		if it.originClient == in.originClient && it.originClock == in.originClock {
			if path = path[:0]; o == right {
				break
			}
			if it.rightClient == in.rightClient && it.rightClock == in.rightClock && !g.push(d.ids[it.client], o) {
				s.forgo()
				return
			}
		} else {
			for len(path) > 0 && path[len(path)-1] != origin {
				path = path[:len(path)-1]
			}
			if before, _ := s.has(origin); len(path) == 0 && before || len(path) > 0 && o == right {
				s.forgo()
				return
			}
			if len(path) == 0 {
				break
			}
		}
		s.add(o)
		path = append(path, o)
	}
	if s.groups == nil {
		s.groups = map[siblingsKey]*siblings{}
	}
	s.groups[in.siblingsKey(list)] = g
}

// forgo gives siblings up until the transaction ends: a list is not nested.
func (s *scan) forgo() { s.groups, s.plain = nil, true }

// forget ends what was learned in a transaction, and gives the memory of long
// scans back.
func (s *scan) forget() {
	s.groups, s.plain, s.long = nil, false, 0
	if len(s.items) > 1<<12 || len(s.table) > 1<<12 {
		*s = scan{found: s.found, walked: s.walked + len(s.items)}
	}
}
