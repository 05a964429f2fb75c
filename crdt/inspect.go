package crdt

import (
	"cmp"
	"fmt"
	"slices"
)

// TouchKind says what an update would do at a place.
type TouchKind uint8

const (
	TouchInsert TouchKind = iota + 1 // content in a sequence
	TouchSet                         // a value for Touch.Key
	TouchDelete                      // what is there
	TouchFormat                      // a formatting mark in a text; Key is the attribute
)

// String is "insert", "set", "delete" or "format".
func (k TouchKind) String() string {
	switch k {
	case TouchInsert:
		return "insert"
	case TouchSet:
		return "set"
	case TouchDelete:
		return "delete"
	case TouchFormat:
		return "format"
	}
	return fmt.Sprintf("TouchKind(%d)", uint8(k))
}

// PathStep is one shared type on the way from a root to a place: the id of the
// item that holds it, and the key it is held under if its parent is a map.
type PathStep struct {
	Key   string
	Keyed bool // Key is set: it may be ""
	ID    ID
}

// Touch is one thing that applying an update would do.
type Touch struct {
	Kind TouchKind
	Root string // name of the root
	// Path leads from the root to the type that is touched; empty: the root
	// itself. Touches of one type share it, so leave it unmodified.
	Path []PathStep
	// Key is the key that is set or deleted, or the attribute of a formatting mark;
	// Keyed tells a key from none, since "" is a key.
	Key   string
	Keyed bool
	// What is added or deleted.
	Client     uint64
	Clock, Len uint64
	// Content is what is inserted, set or formatted with. Len of what an update
	// brings counts from the first clock that is new; Content is all of the struct.
	Content Content
	// After is what stood under the key, as far as the client of a set knew: the last
	// unit of it, if HasAfter. A set stays behind what it is After; one that is After
	// nothing, or After what has a successor, may turn out to lose.
	After    ID
	HasAfter bool
	// NewType is set if the touched type is created by the same update.
	NewType bool
	// Implicit: not written in the update, but a consequence: the old value of a
	// key that is set, or what is inside a deleted type. An old value stays if a
	// concurrent value of the update turns out to lose against it.
	Implicit bool
	// Unresolved: the place depends on structs that are neither here nor in the
	// update, or the clocks before are missing. Applying would make it wait. More
	// than that can wait: Integrable tells.
	Unresolved bool
	// Collected: the place was deleted and collected; only the clocks would be
	// noted. Root and Path are empty.
	Collected bool
}

// Inspect lists what applying a v1 update would touch: first what it adds, sets
// and formats, in its own order; then what it says to delete, by client and
// clock; then the deletes that follow from these. A clock is listed as deleted at
// most once, and not as implicit if the update names it. Places are resolved
// through the document, since a struct does not carry its place where its
// neighbours do.
//
// Not listed is what is known already; content that the update brings only to
// delete it with its parent, other than as added; and what the update would let
// in from the waiting room (see HasPending): that was listed when it came, as
// Unresolved if its place was not known. Who judges updates by their touches should
// take only what is Integrable, so that nothing of it waits.
//
// The document is not changed; roots are not created. Cost is that of the update
// and of what it would delete. The error is that of ApplyUpdate, or wraps
// ErrLimit if there is more to list than Limits.MaxTouches; then there is no list.
func (d *Doc) Inspect(update []byte) ([]Touch, error) {
	c := cursor{b: update}
	blocks, deletesAt := c.checkUpdate(nil, &d.limits)
	if c.err == nil {
		c.err = sortBlocks(blocks)
	}
	if c.err == nil {
		c.err = d.checkDepth(update, blocks)
	}
	in := inspection{d: d}
	if c.err == nil {
		in.o, in.deletes = d.newOverlay(update, blocks), c.deletedRanges(deletesAt)
		c.err = in.run()
	}
	if c.err != nil {
		return nil, fmt.Errorf("inspect %d-byte update: %w", len(update), c.err)
	}
	return in.touches, nil
}

// deletedRange is part of the delete set of an update.
type deletedRange struct{ client, clock, end uint64 }

// deletedRanges reads a checked delete set. The ranges come out by client and
// clock, and none touches another.
func (c *cursor) deletedRanges(at int) []deletedRange {
	var all []deletedRange
	c.pos = at
	c.eachDelete(func(client, clock, length uint64) {
		all = append(all, deletedRange{client, clock, clock + length})
	})
	order := func(a, b deletedRange) int {
		return cmp.Or(cmp.Compare(a.client, b.client), cmp.Compare(a.clock, b.clock))
	}
	if !slices.IsSortedFunc(all, order) {
		slices.SortFunc(all, order)
	}
	joined := all[:0]
	for _, x := range all {
		if n := len(joined) - 1; n >= 0 && joined[n].client == x.client && x.clock <= joined[n].end {
			joined[n].end = max(joined[n].end, x.end)
		} else {
			joined = append(joined, x)
		}
	}
	return joined
}

type inspection struct {
	d       *Doc
	o       *overlay
	deletes []deletedRange // what the update deletes
	touches []Touch
	err     error // too many touches: everything ends

	section  int          // of the struct looked at
	reach    []uint64     // by section: its client's clocks that are here or in the update, without a gap
	replaced map[ref]bool // values that a set of the update takes the place of
	implied  []ref        // items that go with others, still to be listed

	ways  map[typeKey]way // found so far, perhaps without last
	last  typeKey
	way   way // to last
	steps int // in all ways
}

// typeKey names a type of the store or a struct of the update: one that makes a
// type, or one that names a new root.
type typeKey struct {
	typ       uint32
	outer     int32 // index of the struct + 1
	namesRoot bool
}

// way leads from the document to a type.
type way struct {
	root string
	path []PathStep
}

func (in *inspection) run() error {
	for b := range in.o.blocks {
		in.section = b
		in.reach = append(in.reach, uint64(in.d.stateOf(in.o.blocks[b].client)))
		for i := in.o.first[b]; i < in.o.first[b+1] && in.err == nil; i++ {
			in.add(i)
		}
	}
	for _, x := range in.deletes {
		in.delete(x)
	}
	in.follow()
	return in.err
}

// list appends a touch. Every touch goes through here.
func (in *inspection) list(t *Touch) {
	if in.err == nil && len(in.touches) >= in.d.limits.MaxTouches {
		in.err = overLimit(0, "more than %d touches", in.d.limits.MaxTouches)
	}
	if in.err == nil {
		in.touches = append(in.touches, *t)
	}
}

func (in *inspection) add(i int) {
	x := in.o.resolve(i)
	state := uint64(in.d.stateOf(x.client))
	if x.clock+x.length <= state || x.info == kindSkip {
		return
	}
	reach := &in.reach[in.section]
	gap := x.clock > *reach
	if !gap {
		*reach = x.clock + x.length
	}
	from := max(x.clock, state)
	t := Touch{Kind: TouchInsert, Client: x.client, Clock: from, Len: x.clock + x.length - from}
	if x.keyed {
		t.Kind = TouchSet
	}
	s := in.o.read(i)
	t.Content = contentOf(&s)
	if t.Content.Kind == ContentFormat && !x.keyed { // under a key it is a value like any other
		t.Kind = TouchFormat
		c := cursor{b: t.Content.raw}
		t.Key = string(c.bytes(""))
	}
	in.place(&t, i)
	switch {
	case !x.keyed:
	case from > x.clock: // known in part: the rest goes behind that
		t.After, t.HasAfter = ID{x.client, from - 1}, true
	case s.hasOrigin():
		t.After, t.HasAfter = ID{s.origin.client, s.origin.clock}, true
	}
	t.Unresolved = t.Unresolved || gap
	in.list(&t)
	if x.keyed && x.state == overlayPlaced && x.typ != 0 {
		in.replace(x)
	}
}

// place fills in where struct i of the update belongs.
func (in *inspection) place(t *Touch, i int) {
	x := in.o.resolve(i)
	switch x.state {
	case overlayGone:
		t.Collected = true
		return
	case overlayUnknown:
		t.Unresolved = true
		return
	}
	if t.Kind != TouchFormat {
		t.Key, t.Keyed = x.key, x.keyed
	}
	t.NewType = x.outer != 0
	w := in.wayTo(in.parentOf(i))
	t.Root, t.Path = w.root, w.path
}

// parentOf names the type that struct i of the update is in.
func (in *inspection) parentOf(i int) typeKey {
	x := &in.o.structs[i]
	switch {
	case x.outer > 0:
		return typeKey{outer: x.outer}
	case x.outer < -1: // where another struct says
		return typeKey{outer: -x.outer - 1, namesRoot: true}
	case x.outer < 0:
		return typeKey{outer: int32(i) + 1, namesRoot: true}
	}
	return typeKey{typ: x.typ}
}

// wayTo finds the way to a type, once for each.
func (in *inspection) wayTo(k typeKey) way {
	if k == in.last {
		return in.way
	}
	w, ok := in.ways[k]
	if !ok {
		switch {
		case k.typ != 0:
			w.root, w.path = in.d.steps(k.typ)
		case k.namesRoot:
			w.root = in.o.rootName(int(k.outer) - 1)
		default:
			w = in.newWay(int(k.outer) - 1)
		}
		// Long ways count as touches, so that deep nesting is bounded too.
		if in.steps += len(w.path); in.steps/4 > in.d.limits.MaxTouches && in.err == nil {
			in.err = overLimit(0, "more than %d touches in deep places", in.d.limits.MaxTouches)
		}
	}
	if in.last != (typeKey{}) {
		if in.ways == nil {
			in.ways = map[typeKey]way{}
		}
		in.ways[in.last] = in.way
	}
	in.last, in.way = k, w
	return w
}

// newWay is wayTo the type that struct i of the update makes.
func (in *inspection) newWay(i int) way {
	var tail []PathStep // innermost first
	for {
		x := in.o.resolve(i)
		tail = append(tail, PathStep{ID: ID{x.client, x.clock}, Keyed: x.keyed, Key: x.key})
		outer := in.parentOf(i)
		if _, known := in.ways[outer]; known || outer == in.last || x.outer <= 0 {
			w := in.wayTo(outer)
			slices.Reverse(tail)
			return way{w.root, slices.Concat(w.path, tail)}
		}
		i = int(x.outer) - 1
	}
}

// steps leads from the root to a type of the store.
func (d *Doc) steps(typ uint32) (root string, path []PathStep) {
	for {
		r := d.types[typ].item
		if r == 0 {
			break
		}
		it := d.at(r)
		l := &d.lists[it.list]
		path = append(path, PathStep{Key: d.keys[l.key], Keyed: l.key != 0, ID: d.idOf(it)})
		typ = l.typ
	}
	slices.Reverse(path)
	return d.keys[d.types[typ].name], path
}

// replace notes that the current value of a key of the store goes.
func (in *inspection) replace(x *overlaid) {
	k, ok := in.d.keyIndex[x.key]
	if !ok {
		return
	}
	l := in.d.slotOf(x.typ, k)
	if l == 0 {
		return
	}
	r := in.d.lists[l].tail
	if r == 0 || in.d.at(r).deleted() || in.replaced[r] {
		return
	}
	if in.replaced == nil {
		in.replaced = map[ref]bool{}
	}
	in.replaced[r] = true
	in.implied = append(in.implied, r)
}

// delete lists one range that the update deletes.
func (in *inspection) delete(x deletedRange) {
	if ix := in.d.lookup(x.client); ix != 0 {
		x.clock = in.deleteStored(in.d.clients[ix], x)
	}
	for x.clock < x.end && in.err == nil {
		i, until := in.o.from(x.client, x.clock)
		t := Touch{Kind: TouchDelete, Client: x.client, Clock: x.clock}
		x.clock = min(until, x.end)
		t.Len = x.clock - t.Clock
		if i >= 0 {
			in.place(&t, i)
		}
		t.Unresolved = i < 0 || t.Unresolved || t.Clock >= in.reach[in.o.section(x.client)]
		in.list(&t)
	}
}

// deleteStored is delete for what is in the document. It returns the first clock
// of the range that is not.
func (in *inspection) deleteStored(c *client, x deletedRange) uint64 {
	stop := min(x.end, uint64(c.next))
	if x.clock >= stop {
		return x.clock
	}
	for p := c.find(uint32(x.clock)); in.err == nil; {
		r := c.at(p)
		it := in.d.at(r)
		if uint64(it.clock) >= stop {
			break
		}
		if !it.deleted() {
			in.listItem(r, max(x.clock, uint64(it.clock)), min(stop, uint64(it.end())), false)
		}
		if !c.step(&p) {
			break
		}
	}
	return stop
}

// follow lists what goes with what is listed so far.
func (in *inspection) follow() {
	for len(in.implied) > 0 && in.err == nil {
		r := in.implied[len(in.implied)-1]
		in.implied = in.implied[:len(in.implied)-1]
		it := in.d.at(r)
		id, clock, end := in.d.clients[it.client].id, uint64(it.clock), uint64(it.end())
		// What the update deletes itself is listed already.
		at, found := slices.BinarySearchFunc(in.deletes, deletedRange{client: id, clock: clock}, func(a, b deletedRange) int {
			return cmp.Or(cmp.Compare(a.client, b.client), cmp.Compare(a.clock, b.clock))
		})
		if !found && at > 0 && in.deletes[at-1].client == id {
			at--
		}
		for _, x := range in.deletes[at:] {
			if x.client != id || x.clock >= end {
				break
			}
			if clock < x.clock {
				in.listItem(r, clock, x.clock, true)
			}
			clock = max(clock, x.end)
		}
		if clock < end {
			in.listItem(r, clock, end, true)
		}
	}
}

// listItem lists part of an item of the store as deleted. What it contains
// follows.
func (in *inspection) listItem(r ref, clock, end uint64, implicit bool) {
	d := in.d
	it := d.at(r)
	l := &d.lists[it.list]
	t := Touch{Kind: TouchDelete, Client: d.clients[it.client].id, Clock: clock, Len: end - clock, Implicit: implicit}
	w := in.wayTo(typeKey{typ: l.typ})
	t.Root, t.Path = w.root, w.path
	t.Key, t.Keyed = d.keys[l.key], l.key != 0
	in.list(&t)
	if it.kind() == kindType {
		in.goWith(it.off)
	}
}

// goWith notes that what a type contains goes too. A type is met once, with the
// item that holds it.
func (in *inspection) goWith(typ uint32) {
	d := in.d
	ti := &d.types[typ]
	note := func(r ref) {
		if !d.at(r).deleted() && !in.replaced[r] {
			in.implied = append(in.implied, r)
		}
	}
	for r := d.lists[ti.seq].head; r != 0; r = d.at(r).right {
		note(r)
	}
	for l := ti.slot; l != 0; l = d.lists[l].next {
		if r := d.lists[l].tail; r != 0 {
			note(r)
		}
	}
}
