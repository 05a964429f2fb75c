package crdt

import "fmt"

// Check verifies the invariants of the document and returns the first that does
// not hold. It is for tests; its cost is that of the whole document.
func (d *Doc) Check() error {
	seen := map[ref]bool{}
	for ci, c := range d.clients[1:] {
		ix := uint32(ci + 1)
		if d.clientIndex[c.id] != ix {
			return fmt.Errorf("client %d is indexed as %d, not %d", c.id, d.clientIndex[c.id], ix)
		}
		if err := d.checkClient(ix, c, seen); err != nil {
			return err
		}
	}
	if n := int(d.used) - int(d.holes) - 1; d.used > 0 && n != len(seen) {
		return fmt.Errorf("%d records in use, but clients hold %d", n, len(seen))
	}
	live := d.waste
	for r := range seen {
		live += int(d.at(r).size)
	}
	if live != len(d.bytes) {
		return fmt.Errorf("arena of %d bytes, but content and waste are %d", len(d.bytes), live)
	}
	linked := 0
	for li := 1; li < len(d.lists); li++ {
		n, err := d.checkList(uint32(li))
		if err != nil {
			return err
		}
		linked += n
	}
	for r := range seen {
		if d.at(r).list != 0 {
			linked--
		}
	}
	if linked != 0 {
		return fmt.Errorf("lists and clients differ by %d items", linked)
	}
	for t := 1; t < len(d.types); t++ {
		ti := &d.types[t]
		if ti.flags&typeDead != 0 {
			continue
		}
		if ti.item != 0 {
			if it := d.at(ti.item); it.kind() != kindType || it.off != uint32(t) {
				return fmt.Errorf("type %d and its item %d disagree", t, ti.item)
			}
		}
	}
	return nil
}

func (d *Doc) checkClient(ix uint32, c *client, seen map[ref]bool) error {
	next := uint32(0)
	if len(c.heads) != len(c.chunks) {
		return fmt.Errorf("client %d: %d heads for %d chunks", c.id, len(c.heads), len(c.chunks))
	}
	for i, ch := range c.chunks {
		if len(ch) == 0 || len(ch) > chunkRuns || c.heads[i] != ch[0].clock {
			return fmt.Errorf("client %d: chunk %d is malformed", c.id, i)
		}
		for _, r := range ch {
			it := d.at(r.item)
			switch {
			case seen[r.item]:
				return fmt.Errorf("item %d is listed twice", r.item)
			case it.client != ix || it.clock != r.clock || it.clock != next || it.length == 0:
				return fmt.Errorf("client %d: run at %d is %+v, expected clock %d", c.id, r.clock, *it, next)
			case (it.list == 0) != (it.kind() == kindGC):
				return fmt.Errorf("item %v: list %d for kind %d", d.idOf(it), it.list, it.kind())
			case it.kind() == kindGC && (it.left|it.right != 0 || !it.deleted()):
				return fmt.Errorf("collected item %v is linked", d.idOf(it))
			case uint64(it.off)+uint64(it.size) > uint64(len(d.bytes)) && it.kind() != kindType:
				return fmt.Errorf("item %v: content outside of the arena", d.idOf(it))
			}
			if it.kind() == kindString {
				b := d.content(it)
				if n := utf16Len(b); n != int(it.length) {
					return fmt.Errorf("item %v: text of %d units, length %d", d.idOf(it), n, it.length)
				}
				if it.flags&flagASCII != 0 != (asciiLen(b) == len(b)) {
					return fmt.Errorf("item %v: wrong ASCII flag", d.idOf(it))
				}
			}
			seen[r.item] = true
			next = it.end()
		}
	}
	if next != c.next {
		return fmt.Errorf("client %d: next is %d, runs end at %d", c.id, c.next, next)
	}
	return nil
}

func (d *Doc) checkList(li uint32) (int, error) {
	l := &d.lists[li]
	left, n, length := ref(0), 0, uint32(0)
	for r := l.head; r != 0; n++ {
		it := d.at(r)
		if it.left != left || it.list != li {
			return 0, fmt.Errorf("item %v: left %d list %d, expected %d and %d", d.idOf(it), it.left, it.list, left, li)
		}
		if l.key != 0 != (it.flags&flagSub != 0) {
			return 0, fmt.Errorf("item %v: key flag and list disagree", d.idOf(it))
		}
		front := l.key != 0 && it.right != 0 && d.isFront(it)
		if l.key != 0 && it.right != 0 && !it.deleted() && !front {
			return 0, fmt.Errorf("item %v: replaced but not deleted", d.idOf(it))
		}
		if !it.deleted() && d.typeDeleted(l.typ) && !front {
			return 0, fmt.Errorf("item %v: alive in a deleted type", d.idOf(it))
		}
		length += it.visible()
		left, r = r, it.right
	}
	if l.tail != left {
		return 0, fmt.Errorf("list %d: tail is %d, not %d", li, l.tail, left)
	}
	ti := &d.types[l.typ]
	if l.key == 0 && ti.flags&typeDead == 0 && ti.seq == li && ti.length != length {
		return 0, fmt.Errorf("type %d: length %d, items have %d", l.typ, ti.length, length)
	}
	if ix := d.indexOf(li); ix != nil {
		if err := ix.check(d, li); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// isFront reports whether it is the front of a run that was cut under a key. As
// in Yjs nothing deletes a front when a value behind it replaces it: it is not
// seen, nor does it count, and it is collected with its type.
func (d *Doc) isFront(it *item) bool {
	c := d.clients[it.client]
	if it.end() >= c.next {
		return false
	}
	back := d.at(d.findItem(it.client, it.end()))
	return back.clock == it.end() && (back.list == it.list || back.list == 0)
}

// check compares an index with its list.
func (ix *seqIndex) check(d *Doc, list uint32) error {
	f := &d.forest
	next := d.lists[list].head
	pos := uint32(0)
	var walk func(i, parent uint32) (uint32, error)
	walk = func(i, parent uint32) (uint32, error) {
		n := &f.inners[i]
		if n.parent != parent {
			return 0, fmt.Errorf("list %d: index node %d has a wrong parent", list, i)
		}
		total := uint32(0)
		for k, kid := range n.kids[:n.n] {
			sum := uint32(0)
			if n.leaves {
				lf := &f.leaves[kid]
				if lf.parent != i {
					return 0, fmt.Errorf("list %d: index leaf %d has a wrong parent", list, kid)
				}
				if ix.hot == kid && ix.hotStart != pos {
					return 0, fmt.Errorf("list %d: hot leaf starts at %d, not %d", list, pos, ix.hotStart)
				}
				for j, r := range lf.items[:lf.n] {
					if r != next || f.leafOf[r] != kid || lf.lens[j] != d.at(r).visible() {
						return 0, fmt.Errorf("list %d: index leaf %d entry %d is wrong", list, kid, j)
					}
					sum += lf.lens[j]
					next = d.at(r).right
				}
				pos += sum
			} else {
				s, err := walk(kid, i)
				if err != nil {
					return 0, err
				}
				sum = s
			}
			if n.sums[k] != sum {
				return 0, fmt.Errorf("list %d: index node %d sum %d is %d, not %d", list, i, k, n.sums[k], sum)
			}
			total += sum
		}
		return total, nil
	}
	if _, err := walk(ix.root, 0); err != nil {
		return err
	}
	if next != 0 {
		return fmt.Errorf("list %d: index misses items", list)
	}
	return nil
}
