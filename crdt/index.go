package crdt

// An order-statistic tree over the runs of one long sequence: it finds the run
// at a position and the position of a run in logarithmic time. It is built when
// somebody first asks for a position in a sequence of more than indexFloor runs,
// and kept up from then on. Replicas that only merge updates never build one.

// indexFloor is the number of runs that are walked rather than indexed.
const indexFloor = 48

const (
	leafCap  = 48
	innerCap = 32
)

// leaf holds consecutive runs of a sequence and how many positions each takes.
type leaf struct {
	parent uint32 // inner node
	n      uint32
	items  [leafCap]ref
	lens   [leafCap]uint32
}

// inner holds consecutive children, all leaves or all inner nodes.
type inner struct {
	parent uint32 // 0: the root
	n      uint32
	leaves bool
	kids   [innerCap]uint32
	sums   [innerCap]uint32
}

// forest owns the nodes of all indexes of a document. Node 0 of each kind is
// not used.
type forest struct {
	leaves              []leaf
	inners              []inner
	freeLeaf, freeInner []uint32
	leafOf              []uint32 // item → leaf, for items of indexed sequences
}

// seqIndex is the index of one sequence.
type seqIndex struct {
	root uint32 // inner node

	// The leaf used last and the position it starts at; 0: none. Any change of
	// length left of it clears it.
	hot, hotStart uint32
}

// indexOf returns the index of a list, nil if it has none.
func (d *Doc) indexOf(list uint32) *seqIndex {
	if len(d.indexes) == 0 {
		return nil
	}
	return d.indexes[list]
}

func (d *Doc) dropIndex(list uint32) {
	ix := d.indexOf(list)
	if ix == nil {
		return
	}
	delete(d.indexes, list)
	f := &d.forest
	todo := []uint32{ix.root}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		n := &f.inners[i]
		for _, k := range n.kids[:n.n] {
			if n.leaves {
				f.freeLeaf = append(f.freeLeaf, k)
			} else {
				todo = append(todo, k)
			}
		}
		f.freeInner = append(f.freeInner, i)
	}
}

func (f *forest) newLeaf() uint32 {
	if n := len(f.freeLeaf); n > 0 {
		i := f.freeLeaf[n-1]
		f.freeLeaf = f.freeLeaf[:n-1]
		f.leaves[i].n, f.leaves[i].parent = 0, 0
		return i
	}
	if len(f.leaves) == 0 {
		f.leaves = make([]leaf, 1)
	}
	f.leaves = append(f.leaves, leaf{})
	return uint32(len(f.leaves) - 1)
}

func (f *forest) newInner(leaves bool) uint32 {
	if n := len(f.freeInner); n > 0 {
		i := f.freeInner[n-1]
		f.freeInner = f.freeInner[:n-1]
		f.inners[i].n, f.inners[i].parent, f.inners[i].leaves = 0, 0, leaves
		return i
	}
	if len(f.inners) == 0 {
		f.inners = make([]inner, 1)
	}
	f.inners = append(f.inners, inner{leaves: leaves})
	return uint32(len(f.inners) - 1)
}

func (f *forest) setLeaf(r ref, l uint32) {
	for int(r) >= len(f.leafOf) {
		f.leafOf = append(f.leafOf, make([]uint32, max(int(r)+1-len(f.leafOf), len(f.leafOf)/4))...)
	}
	f.leafOf[r] = l
}

// buildIndex indexes a list from scratch.
func (d *Doc) buildIndex(list uint32) *seqIndex {
	f := &d.forest
	ix := &seqIndex{root: f.newInner(true)}
	if d.indexes == nil {
		d.indexes = map[uint32]*seqIndex{}
	}
	d.indexes[list] = ix
	const fill = leafCap * 3 / 4
	last := uint32(0)
	for r := d.lists[list].head; r != 0; r = d.at(r).right {
		if last == 0 || f.leaves[last].n == fill {
			l := f.newLeaf()
			f.addKid(ix, last, l)
			last = l
		}
		lf := &f.leaves[last]
		lf.items[lf.n], lf.lens[lf.n] = r, d.at(r).visible()
		lf.n++
		f.setLeaf(r, last)
		f.addSum(last, lf.lens[lf.n-1])
	}
	if last == 0 {
		f.addKid(ix, 0, f.newLeaf())
	}
	return ix
}

// addKid puts leaf l behind leaf after (0: as the first) with sum 0.
func (f *forest) addKid(ix *seqIndex, after, l uint32) {
	p, at := ix.root, uint32(0)
	if after != 0 {
		p = f.leaves[after].parent
		at = f.inners[p].find(after) + 1
	}
	f.insertKid(ix, p, at, l, 0)
}

func (n *inner) find(kid uint32) uint32 {
	for i, k := range n.kids[:n.n] {
		if k == kid {
			return uint32(i)
		}
	}
	panic("crdt: position index is inconsistent")
}

func (f *forest) setParent(leaves bool, kid, p uint32) {
	if leaves {
		f.leaves[kid].parent = p
	} else {
		f.inners[kid].parent = p
	}
}

// insertKid puts kid at place at of inner node p, dividing nodes that are full.
// sum must be part of p's total already, or 0.
func (f *forest) insertKid(ix *seqIndex, p, at, kid, sum uint32) {
	if n := &f.inners[p]; n.n == innerCap {
		q := f.newInner(n.leaves)
		n = &f.inners[p]
		r := &f.inners[q]
		const half = innerCap / 2
		keep := uint32(half)
		if at == innerCap {
			keep = innerCap - 2 // filling from the left
		}
		moved := uint32(0)
		for i := keep; i < innerCap; i++ {
			r.kids[r.n], r.sums[r.n] = n.kids[i], n.sums[i]
			moved += n.sums[i]
			r.n++
			f.setParent(n.leaves, n.kids[i], q)
		}
		n.n = keep
		if at > keep {
			moved += sum
		}
		if n.parent == 0 {
			total := moved
			if at <= keep {
				total += sum
			}
			for _, s := range n.sums[:n.n] {
				total += s
			}
			top := f.newInner(false)
			t := &f.inners[top]
			t.kids[0], t.sums[0], t.n = p, total, 1
			f.inners[p].parent = top
			ix.root = top
		}
		up := f.inners[p].parent
		i := f.inners[up].find(p)
		f.inners[up].sums[i] -= moved
		f.insertKid(ix, up, i+1, q, moved)
		if at > keep {
			p, at = q, at-keep
		}
	}
	n := &f.inners[p]
	copy(n.kids[at+1:n.n+1], n.kids[at:n.n])
	copy(n.sums[at+1:n.n+1], n.sums[at:n.n])
	n.kids[at], n.sums[at] = kid, sum
	n.n++
	f.setParent(n.leaves, kid, p)
}

// addSum adds delta to the totals above a leaf.
func (f *forest) addSum(l, delta uint32) {
	if delta == 0 {
		return
	}
	kid, p := l, f.leaves[l].parent
	for p != 0 {
		n := &f.inners[p]
		n.sums[n.find(kid)] += delta
		kid, p = p, n.parent
	}
}

// at is the place of r in its leaf.
func (f *forest) at(r ref) (l, i uint32) {
	l = f.leafOf[r]
	lf := &f.leaves[l]
	for i, x := range lf.items[:lf.n] {
		if x == r {
			return l, uint32(i)
		}
	}
	panic("crdt: position index is inconsistent")
}

// put places r, of n positions, at place i of leaf l, without touching totals.
// It returns the leaf that r is in then.
func (f *forest) put(ix *seqIndex, l, i uint32, r ref, n uint32) uint32 {
	if f.leaves[l].n == leafCap {
		m := f.newLeaf()
		a, b := &f.leaves[l], &f.leaves[m]
		keep := uint32(leafCap / 2)
		if i == leafCap {
			keep = leafCap - 2
		}
		moved := uint32(0)
		for j := keep; j < leafCap; j++ {
			b.items[b.n], b.lens[b.n] = a.items[j], a.lens[j]
			f.leafOf[a.items[j]] = m
			moved += a.lens[j]
			b.n++
		}
		a.n = keep
		p := a.parent
		at := f.inners[p].find(l)
		f.inners[p].sums[at] -= moved
		f.insertKid(ix, p, at+1, m, moved)
		if ix.hot == l {
			ix.hot = 0
		}
		if i > keep {
			l, i = m, i-keep
		}
	}
	lf := &f.leaves[l]
	copy(lf.items[i+1:lf.n+1], lf.items[i:lf.n])
	copy(lf.lens[i+1:lf.n+1], lf.lens[i:lf.n])
	lf.items[i], lf.lens[i] = r, n
	lf.n++
	f.setLeaf(r, l)
	return l
}

// insert notes that r was linked behind its left neighbour.
func (ix *seqIndex) insert(d *Doc, r ref) {
	f := &d.forest
	it := d.at(r)
	var l, i uint32
	if it.left != 0 {
		l, i = f.at(it.left)
		i++
	} else {
		l = ix.first(f)
	}
	n := it.visible()
	l = f.put(ix, l, i, r, n)
	f.addSum(l, n)
	ix.cool(l)
}

// cool forgets the hot leaf unless the change was inside it.
func (ix *seqIndex) cool(l uint32) {
	if ix.hot != l {
		ix.hot = 0
	}
}

func (ix *seqIndex) first(f *forest) uint32 {
	n := &f.inners[ix.root]
	for !n.leaves {
		n = &f.inners[n.kids[0]]
	}
	return n.kids[0]
}

// split notes that the end of l became r.
func (ix *seqIndex) split(d *Doc, l, r ref) {
	f := &d.forest
	lf, i := f.at(l)
	f.leaves[lf].lens[i] = d.at(l).visible()
	n := d.at(r).visible()
	before := lf
	if lf = f.put(ix, lf, i+1, r, n); lf != before {
		// put counted r's positions in neither leaf's total, but l's lost them.
		f.addSum(lf, n)
		f.addSum(before, -n)
	}
	ix.cool(lf)
}

// join notes that r is about to be appended to l and to vanish.
func (ix *seqIndex) join(d *Doc, l, r ref) {
	f := &d.forest
	a, i := f.at(l)
	b, j := f.at(r)
	n := f.leaves[b].lens[j]
	f.leaves[a].lens[i] += n
	lf := &f.leaves[b]
	copy(lf.items[j:lf.n], lf.items[j+1:lf.n])
	copy(lf.lens[j:lf.n], lf.lens[j+1:lf.n])
	lf.n--
	if a != b {
		f.addSum(a, n)
		f.addSum(b, -n)
		ix.hot = 0
		if lf.n == 0 {
			p := lf.parent
			f.freeLeaf = append(f.freeLeaf, b)
			f.removeKid(ix, p, b)
		}
	}
}

// removeKid takes an empty child out of p, and p too if it becomes empty.
func (f *forest) removeKid(ix *seqIndex, p, kid uint32) {
	n := &f.inners[p]
	at := n.find(kid)
	copy(n.kids[at:n.n], n.kids[at+1:n.n])
	copy(n.sums[at:n.n], n.sums[at+1:n.n])
	n.n--
	if n.n == 0 && n.parent != 0 {
		f.freeInner = append(f.freeInner, p)
		f.removeKid(ix, n.parent, p)
	}
}

// resize notes that r takes delta positions more.
func (ix *seqIndex) resize(d *Doc, r ref, delta int) {
	f := &d.forest
	l, i := f.at(r)
	f.leaves[l].lens[i] += uint32(delta)
	f.addSum(l, uint32(delta))
	ix.cool(l)
}

// locate returns the run that holds position index, which must be below the
// length of the sequence, and the offset in it.
func (ix *seqIndex) locate(d *Doc, index uint32) (ref, uint32) {
	f := &d.forest
	if ix.hot != 0 && index >= ix.hotStart {
		rest := index - ix.hotStart
		lf := &f.leaves[ix.hot]
		for i, n := range lf.lens[:lf.n] {
			if rest < n {
				return lf.items[i], rest
			}
			rest -= n
		}
	}
	rest := index
	n := &f.inners[ix.root]
	for {
		i := uint32(0)
		for rest >= n.sums[i] {
			rest -= n.sums[i]
			i++
		}
		if n.leaves {
			ix.hot, ix.hotStart = n.kids[i], index-rest
			break
		}
		n = &f.inners[n.kids[i]]
	}
	lf := &f.leaves[ix.hot]
	for i, n := range lf.lens[:lf.n] {
		if rest < n {
			return lf.items[i], rest
		}
		rest -= n
	}
	panic("crdt: position index is inconsistent")
}

// rank returns the position at which r starts.
func (ix *seqIndex) rank(d *Doc, r ref) uint32 {
	f := &d.forest
	l, i := f.at(r)
	pos := uint32(0)
	for _, n := range f.leaves[l].lens[:i] {
		pos += n
	}
	kid, p := l, f.leaves[l].parent
	for p != 0 {
		n := &f.inners[p]
		for _, s := range n.sums[:n.find(kid)] {
			pos += s
		}
		kid, p = p, n.parent
	}
	return pos
}

// locate returns the run of a sequence that holds a position, and the offset in
// it. The position must be below the length of the sequence.
func (d *Doc) locate(list uint32, index uint32) (ref, uint32) {
	if ix := d.indexOf(list); ix != nil {
		return ix.locate(d, index)
	}
	rest := index
	for r, steps := d.lists[list].head, 0; r != 0; steps++ {
		it := d.at(r)
		n := it.visible()
		if rest < n {
			return r, rest
		}
		if steps == indexFloor {
			return d.buildIndex(list).locate(d, index)
		}
		rest -= n
		r = it.right
	}
	panic("crdt: position beyond the end")
}

// rank returns the position at which an item of a sequence starts.
func (d *Doc) rank(r ref) uint32 {
	list := d.at(r).list
	if ix := d.indexOf(list); ix != nil {
		return ix.rank(d, r)
	}
	pos := uint32(0)
	x := d.at(r).left
	for steps := 0; x != 0; steps++ {
		if steps == indexFloor {
			return d.buildIndex(list).rank(d, r)
		}
		it := d.at(x)
		pos += it.visible()
		x = it.left
	}
	return pos
}
