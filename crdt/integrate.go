package crdt

import (
	"math/bits"
	"math/rand/v2"
)

// incoming is one struct on its way into the store: decoded from an update, or
// written locally.
type incoming struct {
	client        uint32 // index into Doc.clients
	clock, length uint32
	flags         uint32 // kind, flagSub and flagASCII as in item

	originClient, originClock uint32
	rightClient, rightClock   uint32

	list    uint32 // where it goes, if neither origin nor right says so
	local   bool   // written here: near are the neighbours, list is set
	near    [2]ref
	content []byte // kindString, kindAny, …: copied by integrate
	typ     uint32 // kindType: the new type
}

// integrate puts in at its place, starting offset clocks into it (what comes
// before is known already). Everything it refers to must be in the store. It
// returns the item that now ends with in's last clock: in itself, or the run
// that in continued.
//
// The place is found by the YATA rule exactly as Yjs applies it (Item.integrate).
// Between what the author saw on the left and on the right, others may have
// written at the same time; of these items,
//
//   - one with the same origin as in comes first if its client id is lower;
//   - if moreover both end at the same right neighbour, in goes before it and
//     the search is over;
//   - one whose origin lies further left than in's was written by someone who
//     did not see in's origin as the neighbour, and ends the search;
//   - one whose origin lies in the searched stretch belongs to the item it
//     follows: if that item was passed, so is this one.
//
// Every replica evaluates the rule over the same origins, so all agree.
func (d *Doc) integrate(tx *Tx, in *incoming, offset uint32) ref {
	var left, right ref
	listed := in.list
	if in.local {
		left, right = in.near[0], in.near[1]
	} else if in.originClient != 0 {
		if offset == 0 {
			left = d.cleanEnd(tx, in.originClient, in.originClock)
		} else {
			left = d.findItem(in.originClient, in.originClock)
		}
		listed = d.at(left).list
	}
	if in.rightClient != 0 && !in.local {
		right = d.cleanStart(tx, in.rightClient, in.rightClock)
		if in.originClient == 0 || d.at(right).list == 0 {
			listed = d.at(right).list
		}
	}
	if offset > 0 {
		d.trim(in, offset)
		left = d.cleanEnd(tx, in.client, in.clock-1)
		in.originClient, in.originClock = in.client, in.clock-1
		if d.at(left).list == 0 {
			listed = 0
		}
	}
	c := d.clients[in.client]
	tx.touch(in.client, c)
	if listed == 0 {
		// A neighbour or the parent was collected, and this goes with them.
		return d.addCollected(tx, c, in)
	}
	if left != 0 {
		listed = d.at(left).list
	}

	l := &d.lists[listed]
	next := l.head
	if left != 0 {
		next = d.at(left).right
	}
	if in.rightClient != 0 && in.rightClient == in.originClient && in.rightClock <= in.originClock {
		d.conflict.forgo() // it can end up before its origin
	}
	// Nothing was written in between if the neighbours still touch.
	if next != right {
		left = d.settle(listed, in, left, right, next)
		next = l.head
		if left != 0 {
			next = d.at(left).right
		}
	}
	// Only what continues the run from before the transaction grows it at once.
	// More structs of the same update usually stand apart for a reason: something
	// is about to go in between.
	if left != 0 && !tx.apart && (in.local || in.clock == c.txBefore) && d.continues(left, in) {
		return d.grow(tx, c, left, in)
	}
	r := d.link(tx, c, listed, left, next, in)
	if g := d.siblingsOf(listed, in); g != nil {
		g.add(c.id, r)
	}
	return r
}

// settle finds the left neighbour among items written concurrently. first is
// the item behind left, or the list's head.
func (d *Doc) settle(list uint32, in *incoming, left, right, first ref) ref {
	s := &d.conflict
	s.reset()
	id := d.ids[in.client]
	o, siblings := first, 0
	if in.local {
		s.groups = nil
	}
	g := d.siblingsOf(list, in)
	if g != nil {
		var found bool
		if left, o, found = d.settleAmong(g, in, left, first); found {
			s.found++
			return left
		}
		if o != first {
			s.add(left)
			s.clear()
		}
	}
	for o != 0 && o != right {
		s.add(o)
		it := d.at(o)
		if it.originClient == in.originClient && it.originClock == in.originClock {
			same := it.rightClient == in.rightClient && it.rightClock == in.rightClock
			if same {
				siblings++
			}
			if d.ids[it.client] < id {
				left = o
				s.clear()
			} else if same {
				break
			}
		} else if it.originClient != 0 {
			before, conflicting := s.has(d.originOf(o, it))
			if !before {
				break
			}
			if !conflicting {
				left = o
				s.clear()
			}
		} else {
			break
		}
		o = it.right
	}
	if g == nil && len(s.groups) > 0 && o != 0 && o == right && d.at(o).originClient != 0 {
		if before, _ := s.has(d.originOf(o, d.at(o))); before {
			s.forgo()
		}
	}
	if g == nil && siblings >= siblingsFloor && !s.plain && !in.local {
		if s.long++; s.long > 1 {
			d.newSiblings(list, in, right, first)
		}
	}
	return left
}

// originOf returns the item that holds the origin of it, which has one.
func (d *Doc) originOf(r ref, it *item) ref {
	if d.origins != nil {
		return d.origins[r]
	}
	// Most of what was written is still right behind it.
	if l := d.at(it.left); l.client == it.originClient && it.originClock-l.clock < l.length {
		return it.left
	}
	return d.findItem(it.originClient, it.originClock)
}

// scan is the set of items that settle has passed, in order; those before kept
// are known to stay on the left.
type scan struct {
	items []ref
	kept  int
	// When an item was passed, by a hash of it, for the first `tabled` of items: once
	// somebody asks in a long stretch. At most half full.
	table  []passed
	tabled int
	round  uint32 // of the table

	// What the open transaction knows about long stretches; see siblings.
	groups map[siblingsKey]*siblings
	plain  bool // nothing, and it shall stay so
	long   int  // how often it was walked past many siblings
	found  int  // how often a place was found without a walk, ever
	walked int  // how many items were passed, ever
}

// passed is an entry of a scan's table, void if round is another.
type passed struct {
	round, at uint32
	item      ref
}

// scanSeed makes the hash one that nobody can plan for.
var scanSeed = rand.Uint32() | 1

const scanLinear = 24

func (s *scan) reset() {
	s.walked += len(s.items)
	s.items, s.kept, s.tabled = s.items[:0], 0, 0
}

func (s *scan) add(r ref) { s.items = append(s.items, r) }

func (s *scan) clear() { s.kept = len(s.items) }

// has reports whether r was passed, and whether it still conflicts.
func (s *scan) has(r ref) (before, conflicting bool) {
	n := len(s.items)
	for i := n - 1; i >= max(0, n-scanLinear); i-- {
		if s.items[i] == r {
			return true, i >= s.kept
		}
	}
	if n <= scanLinear {
		return false, false
	}
	if 2*n > len(s.table) {
		s.table = make([]passed, 4<<bits.Len(uint(n)))
		s.round, s.tabled = 0, 0
	}
	if s.tabled == 0 {
		if s.round++; s.round == 0 {
			clear(s.table)
			s.round = 1
		}
	}
	for ; s.tabled < n; s.tabled++ {
		x := s.items[s.tabled]
		*s.entry(x) = passed{s.round, uint32(s.tabled), x}
	}
	e := s.entry(r)
	return e.round == s.round, e.round == s.round && int(e.at) >= s.kept
}

// entry returns where the table has an item, or would have it.
func (s *scan) entry(r ref) *passed {
	mask := uint32(len(s.table) - 1)
	for i := bits.ReverseBytes32(r * scanSeed); ; i++ {
		if e := &s.table[i&mask]; e.round != s.round || e.item == r {
			return e
		}
	}
}

// continues reports whether in is the text that left's author typed right
// behind left, and left is the author's last run: then left just grows.
func (d *Doc) continues(left ref, in *incoming) bool {
	l := d.at(left)
	return in.flags&kindMask == kindString && l.flags&(kindMask|flagSub|flagDeleted|flagKeep) == kindString &&
		l.client == in.client && l.end() == in.clock &&
		in.originClient == l.client && in.originClock == in.clock-1 &&
		l.rightClient == in.rightClient && l.rightClock == in.rightClock &&
		d.joinable(kindString, l.length, in.length, l.size, uint32(len(in.content))) &&
		d.canMove(int(l.size)+len(in.content))
}

// grow appends in to the run left.
func (d *Doc) grow(tx *Tx, c *client, left ref, in *incoming) ref {
	l := d.at(left)
	d.seam = seam{l.client, l.clock, in.clock, l.size}
	d.extend(c, l, in.content)
	l.flags &^= ^in.flags & flagASCII
	l.length += in.length
	c.next += in.length
	li := &d.lists[l.list]
	d.types[li.typ].length += in.length
	if ix := d.indexOf(l.list); ix != nil {
		ix.resize(d, left, int(in.length))
	}
	tx.change(li.typ, li.key)
	return left
}

// link makes an item of in between left and right (its neighbours in list).
func (d *Doc) link(tx *Tx, c *client, listed uint32, left, right ref, in *incoming) ref {
	r, it := d.alloc()
	*it = item{
		clock: in.clock, length: in.length, client: in.client,
		list: listed, left: left, right: right,
		originClient: in.originClient, originClock: in.originClock,
		rightClient: in.rightClient, rightClock: in.rightClock,
		flags: in.flags &^ flagSub,
	}
	switch in.flags & kindMask {
	case kindDeleted:
	case kindType:
		it.off = in.typ
	default:
		it.off, it.size = d.put(in.content), uint32(len(in.content))
	}
	c.push(run{in.clock, r})
	c.next = it.end()
	d.hang(tx, r, it)
	return r
}

// hang makes it, the run r, part of its list, between its left and right.
func (d *Doc) hang(tx *Tx, r ref, it *item) {
	l := &d.lists[it.list]
	typ, key := l.typ, l.key
	if key != 0 {
		it.flags |= flagSub
	}
	if it.left != 0 {
		d.at(it.left).right = r
	} else {
		l.head = r
	}
	if it.right != 0 {
		d.at(it.right).left = r
	} else {
		l.tail = r
	}
	ti := &d.types[typ]
	kind := it.kind()
	switch kind {
	case kindDeleted:
		it.flags |= flagDeleted
	case kindFormat:
		ti.flags |= typeFormatted
	case kindType:
		d.types[it.off].item = r
		d.types[it.off].depth = ti.depth + 1
		d.depth = max(d.depth, ti.depth+1)
	}
	if key == 0 {
		ti.length += it.visible()
		if ix := d.indexOf(it.list); ix != nil {
			ix.insert(d, r)
		}
	} else if it.right == 0 && it.left != 0 {
		tx.deleteItem(it.left) // a new value replaces the one before
	}
	if kind == kindDeleted {
		tx.addDelete(it.client, it.clock, it.length)
	}
	tx.change(typ, key)
	if key != 0 && it.right != 0 || d.typeDeleted(typ) {
		tx.deleteItem(r)
	}
}

// addCollected records in's clocks as deleted with a parent that is gone.
func (d *Doc) addCollected(tx *Tx, c *client, in *incoming) ref {
	if in.flags&kindMask == kindType {
		d.types[in.typ].flags |= typeDead
	}
	if len(c.chunks) > 0 {
		r := c.at(c.last())
		if it := d.at(r); it.kind() == kindGC && d.joinable(kindGC, it.length, in.length, 0, 0) {
			it.length += in.length
			c.next += in.length
			return r
		}
	}
	r, it := d.alloc()
	*it = item{clock: in.clock, length: in.length, client: in.client, flags: kindGC | flagDeleted}
	c.push(run{in.clock, r})
	c.next = it.end()
	return r
}

// trim drops the first offset clocks of in, which are known already.
func (d *Doc) trim(in *incoming, offset uint32) {
	in.clock += offset
	in.length -= offset
	switch in.flags & kindMask {
	case kindString:
		if in.flags&flagASCII != 0 {
			in.content = in.content[offset:]
			return
		}
		cut, inPair := utf16Cut(in.content, int(offset))
		in.content = in.content[cut:]
		if inPair {
			in.content = append([]byte(replacement), in.content[4:]...)
		}
		if len(in.content) == int(in.length) {
			in.flags |= flagASCII
		}
	case kindAny:
		in.content = in.content[skipValues(in.content, int(offset)):]
	case kindJSON:
		in.content = in.content[skipStrings(in.content, int(offset)):]
	}
}
