// Package model is a second implementation of what the crdt package does, as
// slow and as obvious as possible, for tests to compare with.
//
// Every UTF-16 code unit, every array element and every deleted clock is one
// unit of its own. Nothing is merged, cached, split or collected; looking
// something up walks a list. What remains is the ordering rule itself.
package model

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ID names a unit: the client that made it and the client's count of units.
type ID struct{ Client, Clock uint64 }

// A unit is the smallest thing that can be inserted or deleted.
type unit struct {
	id            ID
	origin, right *ID   // neighbours when it was made; nil: the start, the end
	first         *unit // of the struct it came in, as the wire has it
	parent        place
	hasParent     bool // parent is known from the wire; otherwise from a neighbour
	content       content
	deleted       bool
	lost          bool // nothing is known of it but that it was
}

// A place is where a unit lives: a sequence or one key of a shared type.
type place struct {
	root   string // when typ is nil
	typ    *ID
	key    string
	hasKey bool
}

type contentKind uint8

const (
	gone  contentKind = iota // deleted or collected before it came here
	char                     // one UTF-16 code unit
	value                    // shown by its encoded bytes
	format
	typ
)

type content struct {
	kind contentKind
	unit uint16
	data string
}

// Doc is a document: all units in the order they were integrated, and for each
// place the order they stand in.
type Doc struct {
	units   map[ID]*unit
	next    map[uint64]uint64  // state vector
	order   map[string][]*unit // by place
	waiting []*unit
	deletes []deletion // not all of their units are here yet
}

type deletion struct{ client, clock, length uint64 }

// New makes an empty document.
func New() *Doc {
	return &Doc{units: map[ID]*unit{}, next: map[uint64]uint64{}, order: map[string][]*unit{}}
}

// Apply takes in a v1 update.
func (d *Doc) Apply(update []byte) error {
	units, deletes, err := decode(update)
	if err != nil {
		return err
	}
	d.waiting = append(d.waiting, units...)
	d.deletes = append(d.deletes, deletes...)
	d.takeAll()
	var rest []deletion
	for _, del := range d.deletes {
		end := del.clock + del.length
		for clock := del.clock; clock < min(end, d.next[del.client]); clock++ {
			d.delete(d.units[ID{del.client, clock}])
		}
		d.cut(ID{del.client, del.clock})
		d.cut(ID{del.client, end})
		if del.length > 0 && end > d.next[del.client] {
			rest = append(rest, del)
		}
	}
	d.deletes = rest
	return nil
}

// takeAll integrates what can be. With units that make sense the order does not
// matter; for the others it is that of Yjs, by falling client, what a struct needs
// before it.
func (d *Doc) takeAll() {
	slices.SortStableFunc(d.waiting, func(a, b *unit) int { return cmp.Compare(b.id.Client, a.id.Client) })
	for progress := true; progress; {
		progress = false
		for _, u := range d.waiting {
			progress = d.take(u, nil) || progress
		}
		d.waiting = slices.DeleteFunc(d.waiting, func(u *unit) bool { return u.id.Clock < d.next[u.id.Client] })
	}
}

// take integrates u, its struct's other units, and before them what they need. open
// are those that need u.
func (d *Doc) take(u *unit, open []*unit) bool {
	if u.id.Clock != d.next[u.id.Client] || slices.Contains(open, u) {
		return false
	}
	for _, id := range []*ID{u.origin, u.right, u.parent.typ} {
		for !d.has(id) {
			next := ID{id.Client, d.next[id.Client]}
			i := slices.IndexFunc(d.waiting, func(v *unit) bool { return v.id == next })
			if i < 0 || !d.take(d.waiting[i], append(open, u)) {
				return false
			}
		}
	}
	if u.id.Clock != d.next[u.id.Client] {
		return true // it came with what it needs
	}
	d.integrate(u)
	for _, v := range d.waiting {
		if v.first == u.first && v.id.Clock == d.next[v.id.Client] {
			d.integrate(v)
		}
	}
	return true
}

// Pending says whether something waits for units that have not come.
func (d *Doc) Pending() bool { return len(d.waiting)+len(d.deletes) > 0 }

func (d *Doc) has(id *ID) bool { return id == nil || d.units[*id] != nil }

// integrate puts u where YATA says. Everything it refers to is here.
func (d *Doc) integrate(u *unit) {
	d.units[u.id] = u
	d.next[u.id.Client]++
	if u.content.kind == gone && !u.hasParent && u.origin == nil && u.right == nil {
		u.deleted, u.lost = true, true
		return
	}
	if !d.findParent(u) {
		u.deleted, u.lost = true, true
		return
	}
	if u.origin != nil {
		if behind := (ID{u.origin.Client, u.origin.Clock + 1}); behind != u.id {
			d.cut(behind)
		}
	}
	if u.right != nil {
		d.cut(*u.right)
	}
	name := u.parent.name()
	list := d.order[name]
	i := d.position(list, u)
	d.order[name] = slices.Insert(list, i, u)
	list = d.order[name]
	if u.content.kind == gone {
		u.deleted = true
	}
	if u.parent.hasKey { // the last one is the value of the key
		for _, o := range list[:len(list)-1] {
			d.delete(o)
		}
	}
	if p := u.parent.typ; p != nil && d.units[*p].deleted {
		d.delete(u)
	}
}

// findParent settles where u lives, and says false when that place was
// collected, or never was one. It counts what the whole struct said, even if its
// first units were known already.
func (d *Doc) findParent(u *unit) bool {
	if u.first != nil && !d.exists(u.first) || !d.exists(u) {
		return false
	}
	if !u.hasParent {
		if u.origin != nil {
			u.parent = d.units[*u.origin].parent
		} else {
			u.parent = d.units[*u.right].parent
		}
	}
	p := u.parent.typ
	return p == nil || !d.units[*p].lost
}

// exists says whether what u refers to is more than a collected clock.
func (d *Doc) exists(u *unit) bool {
	for _, id := range []*ID{u.origin, u.right} {
		if id != nil && d.units[*id] != nil && d.units[*id].lost {
			return false
		}
	}
	p := u.parent.typ
	return !u.hasParent || p == nil || d.units[*p] != nil && !d.units[*p].lost && d.units[*p].content.kind == typ
}

// position is the index of u in list, the units of its place.
//
// Units between u's neighbours are concurrent with it. Going right, those with
// the same origin are ordered by client; one whose origin lies among those passed
// belongs to it and stays with it; the first with an origin further left ends the
// search. A unit of a greater client with the same right neighbour ends it too.
func (d *Doc) position(list []*unit, u *unit) int {
	at := 0
	if u.origin != nil {
		at = indexOf(list, *u.origin) + 1
	}
	end := len(list)
	if u.right != nil {
		if i := indexOf(list, *u.right); i >= at { // else nothing ends the search
			end = i
		}
	}
	passed, conflicting := map[ID]bool{}, map[ID]bool{}
	for i := at; i < end; i++ {
		o := list[i]
		passed[o.id], conflicting[o.id] = true, true
		switch {
		case same(o.origin, u.origin):
			if o.id.Client < u.id.Client {
				at = i + 1
				clear(conflicting)
			} else if same(o.right, u.right) {
				return at
			}
		case o.origin != nil && passed[*o.origin]:
			if !conflicting[*o.origin] {
				at = i + 1
				clear(conflicting)
			}
		default:
			return at
		}
	}
	return at
}

func same(a, b *ID) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

func indexOf(list []*unit, id ID) int {
	return slices.IndexFunc(list, func(u *unit) bool { return u.id == id })
}

// delete marks u, and everything inside it when it is a shared type.
func (d *Doc) delete(u *unit) {
	if u.deleted {
		return
	}
	u.deleted = true
	if u.content.kind != typ {
		return
	}
	for _, child := range d.units {
		if p := child.parent.typ; p != nil && *p == u.id {
			d.delete(child)
		}
	}
}

// cut separates id from the unit before it. When the two were halves of one
// character in one run, both become U+FFFD, as in Yjs.
func (d *Doc) cut(id ID) {
	low := d.units[id]
	if low == nil || id.Clock == 0 || low.origin == nil || *low.origin != (ID{id.Client, id.Clock - 1}) {
		return
	}
	high := d.units[*low.origin]
	if high.content.kind == char && low.content.kind == char &&
		high.content.unit>>10 == 0xd800>>10 && low.content.unit>>10 == 0xdc00>>10 {
		high.content.unit, low.content.unit = 0xfffd, 0xfffd
	}
}

func (p place) name() string {
	name := p.root
	if p.typ != nil {
		name = fmt.Sprintf("#%d:%d", p.typ.Client, p.typ.Clock)
	}
	if p.hasKey {
		name += "\x00" + p.key
	}
	return name
}

// StateVector gives the number of units known of each client.
func (d *Doc) StateVector() map[uint64]uint64 { return maps.Clone(d.next) }

// Deleted lists the deleted units.
func (d *Doc) Deleted() map[ID]bool {
	deleted := make(map[ID]bool)
	for id, u := range d.units {
		if u.deleted {
			deleted[id] = true
		}
	}
	return deleted
}

// Shape writes what a root type shows: in parentheses the sequence, then in
// braces the keys, sorted. A code unit is four hexadecimal digits, a value the
// hexadecimal of its encoding, a nested type its own shape. Formatting is left out.
func (d *Doc) Shape(root string) string { return d.shape(root) }

func (d *Doc) shape(name string) string {
	var sequence, keys []string
	for _, u := range d.order[name] {
		if s, shown := d.element(u); shown {
			sequence = append(sequence, s)
		}
	}
	for other, list := range d.order {
		if key, ok := strings.CutPrefix(other, name+"\x00"); ok {
			if s, shown := d.element(list[len(list)-1]); shown {
				keys = append(keys, key+":"+s)
			}
		}
	}
	slices.Sort(keys)
	return "(" + strings.Join(sequence, ",") + "){" + strings.Join(keys, ",") + "}"
}

func (d *Doc) element(u *unit) (string, bool) {
	if u.deleted {
		return "", false
	}
	switch u.content.kind {
	case char:
		return fmt.Sprintf("%04x", u.content.unit), true
	case value:
		return hex.EncodeToString([]byte(u.content.data)), true
	case typ:
		return d.shape(place{typ: &u.id}.name()), true
	}
	return "", false
}

var errContent = errors.New("unknown content")

// Where says where a unit lives and whether it is deleted.
type Where struct {
	Root    string
	Path    []ID // the types from the root to the one the unit is in
	Key     string
	Keyed   bool
	Format  bool // it is a formatting mark
	Deleted bool
	Lost    bool // it was collected: the place is not known
}

// Units tells of every unit.
func (d *Doc) Units() map[ID]Where {
	units := make(map[ID]Where, len(d.units))
	for id, u := range d.units {
		w := Where{Key: u.parent.key, Keyed: u.parent.hasKey, Format: u.content.kind == format, Deleted: u.deleted, Lost: u.lost}
		p := u.parent
		for p.typ != nil {
			w.Path = append(w.Path, *p.typ)
			container := d.units[*p.typ]
			w.Lost = w.Lost || container.lost
			p = container.parent
		}
		w.Root = p.root
		slices.Reverse(w.Path)
		units[id] = w
	}
	return units
}
