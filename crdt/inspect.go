package crdt

import "fmt"

// TouchKind says what an update would do at a place.
type TouchKind uint8

const (
	TouchInsert TouchKind = iota + 1 // content in a sequence
	TouchSet                         // a value for Touch.Key
	TouchDelete                      // what is there
	TouchFormat                      // a formatting mark in a text; Key is the attribute
)

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
	Root string     // name of the root
	Path []PathStep // from the root to the type that is touched; empty: the root itself
	// Key is the key that is set or deleted, or the attribute of a formatting mark;
	// Keyed tells a key from none, since "" is a key.
	Key   string
	Keyed bool
	// What is added or deleted.
	Client     uint64
	Clock, Len uint64
	// NewType is set if the touched type is created by the same update.
	NewType bool
	// Implicit: not written in the update, but a consequence: the old value of a
	// key that is set, or what is inside a deleted type. An old value stays if a
	// concurrent value of the update turns out to lose against it.
	Implicit bool
	// Unresolved: depends on structs that are neither here nor in the update, so
	// that the place is not known yet. Applying would make it wait.
	Unresolved bool
	// Collected: the place was deleted and collected; only the clocks would be
	// noted. Root and Path are empty.
	Collected bool
}

// Inspect lists what applying a v1 update would touch: what it adds, sets,
// deletes and formats, implied deletes included. Places are resolved through
// the document, since a struct does not carry its place where its neighbours do.
// What is known already is not listed. The document is not changed; roots are
// not created.
//
// Cost is that of the update and of what it would delete.
func (d *Doc) Inspect(update []byte) ([]Touch, error) {
	c := cursor{b: update}
	blocks, deletesAt := c.checkUpdate(nil, &d.limits)
	if c.err == nil {
		c.err = sortBlocks(blocks)
	}
	if c.err == nil {
		c.err = d.checkDepth(update, blocks)
	}
	if c.err != nil {
		return nil, fmt.Errorf("inspect %d-byte update: %w", len(update), c.err)
	}
	in := inspection{d: d, o: d.newOverlay(update, blocks), replaced: map[ref]bool{}}
	for i := range in.o.structs {
		in.add(i)
	}
	c.pos = deletesAt
	c.eachDelete(in.delete)
	return in.touches, nil
}

type inspection struct {
	d        *Doc
	o        *overlay
	touches  []Touch
	client   uint64       // of the struct before
	reach    uint64       // clocks of it that are here or in the update, without a gap
	replaced map[ref]bool // current values already listed as implicitly deleted
}

func (in *inspection) add(i int) {
	x := in.o.resolve(i)
	state := uint64(in.d.stateOf(x.client))
	if i == 0 || x.client != in.client {
		in.client, in.reach = x.client, state
	}
	if x.clock+x.length <= state || x.info == kindSkip {
		return
	}
	gap := x.clock > in.reach
	if !gap {
		in.reach = x.clock + x.length
	}
	from := max(x.clock, state)
	t := Touch{Kind: TouchInsert, Client: x.client, Clock: from, Len: x.clock + x.length - from}
	if x.keyed {
		t.Kind = TouchSet
	}
	if x.info&kindMask == kindFormat {
		t.Kind = TouchFormat
		s := in.o.read(i)
		c := cursor{b: s.content()}
		t.Key = string(c.bytes(""))
	}
	in.place(&t, i)
	t.Unresolved = t.Unresolved || gap
	in.touches = append(in.touches, t)
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
	var tail []PathStep // innermost first
	for x.outer > 0 {
		t.NewType = true
		i = int(x.outer) - 1
		y := in.o.resolve(i)
		step := PathStep{ID: ID{y.client, y.clock}, Keyed: y.keyed}
		if y.keyed {
			step.Key = y.key
		}
		tail = append(tail, step)
		x = y
	}
	if x.typ != 0 {
		t.Root, t.Path = in.d.steps(x.typ)
	} else {
		t.Root, t.NewType = in.o.newRoot(i), true
	}
	for j := len(tail) - 1; j >= 0; j-- {
		t.Path = append(t.Path, tail[j])
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
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return d.keys[d.types[typ].name], path
}

// replace lists the current value of a key of the store as deleted.
func (in *inspection) replace(x *overlaid) {
	k, ok := in.d.keyIndex[x.key]
	if !ok {
		return
	}
	l := in.d.slotOf(x.typ, k)
	if l == 0 {
		return
	}
	if r := in.d.lists[l].tail; r != 0 && !in.d.at(r).deleted() && !in.replaced[r] {
		in.replaced[r] = true
		in.deleteItem(r, 0, in.d.at(r).length, true)
	}
}

// deleteItem lists part of an item of the store as deleted, and what is in it.
func (in *inspection) deleteItem(r ref, from, to uint32, implicit bool) {
	d := in.d
	todo := []ref{r}
	for len(todo) > 0 {
		r := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		it := d.at(r)
		t := Touch{Kind: TouchDelete, Client: d.clients[it.client].id, Implicit: implicit}
		t.Clock, t.Len = uint64(it.clock+from), uint64(to-from)
		l := &d.lists[it.list]
		t.Root, t.Path = d.steps(l.typ)
		t.Key, t.Keyed = d.keys[l.key], l.key != 0
		in.touches = append(in.touches, t)
		if it.kind() == kindType {
			todo = d.liveContents(todo, it.off)
		}
		implicit = true
		if len(todo) > 0 {
			from, to = 0, d.at(todo[len(todo)-1]).length
		}
	}
}

// liveContents appends the items of a type that are not deleted.
func (d *Doc) liveContents(to []ref, typ uint32) []ref {
	for r := d.lists[d.types[typ].seq].head; r != 0; r = d.at(r).right {
		if !d.at(r).deleted() {
			to = append(to, r)
		}
	}
	for l := d.types[typ].slot; l != 0; l = d.lists[l].next {
		if r := d.lists[l].tail; r != 0 && !d.at(r).deleted() {
			to = append(to, r)
		}
	}
	return to
}

func (in *inspection) delete(id, clock, length uint64) {
	d, end := in.d, clock+length
	if ix := d.lookup(id); ix != 0 && clock < uint64(d.clients[ix].next) {
		c := d.clients[ix]
		stop := min(end, uint64(c.next))
		for p := c.find(uint32(clock)); ; {
			r := c.at(p)
			it := d.at(r)
			if uint64(it.clock) >= stop {
				break
			}
			if !it.deleted() {
				from := uint32(max(clock, uint64(it.clock))) - it.clock
				in.deleteItem(r, from, uint32(min(stop, uint64(it.end())))-it.clock, false)
			}
			if !c.step(&p) {
				break
			}
		}
		clock = stop
	}
	for clock < end {
		i := in.o.at(id, clock)
		t := Touch{Kind: TouchDelete, Client: id, Clock: clock, Len: end - clock}
		if i < 0 {
			t.Unresolved = true
		} else {
			x := &in.o.structs[i]
			t.Len = min(end, x.clock+x.length) - clock
			in.place(&t, i)
		}
		in.touches = append(in.touches, t)
		clock += t.Len
	}
}
