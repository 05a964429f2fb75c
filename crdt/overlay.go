package crdt

import (
	"cmp"
	"math"
	"slices"
)

// overlay resolves where the structs of an update belong, through the store and
// through each other, without integrating them.
type overlay struct {
	d       *Doc
	update  []byte
	blocks  []block // sorted by client
	first   []int   // index of each block's first struct; one more at the end
	structs []overlaid
}

// overlaid is a struct of the update and the place it resolves to.
type overlaid struct {
	clock, length uint64
	client        uint64
	start         int // offset of the struct
	info          byte
	state         uint8
	typ           uint32 // parent in the store, if not 0
	outer         int32  // parent in the update: index of its struct + 1
	keyed         bool
	depth         uint32 // of the parent type
	key           string
}

// States of an overlaid struct.
const (
	overlayNew     = iota
	overlayOpen    // being resolved
	overlayPlaced  // typ or outer is the parent
	overlayGone    // the parent was collected, or is no type
	overlayUnknown // depends on something that is not here
)

// newOverlay lists the structs of a checked update with sorted blocks.
func (d *Doc) newOverlay(update []byte, blocks []block) *overlay {
	o := &overlay{d: d, update: update, blocks: blocks}
	c := cursor{b: update, trusted: true}
	var s rawStruct
	for _, b := range blocks {
		o.first = append(o.first, len(o.structs))
		c.pos = b.pos
		for clock := b.clock; clock < b.end; clock += s.length {
			c.readStruct(&s, b.client, clock, &checkedLimits)
			o.structs = append(o.structs, overlaid{
				clock: clock, length: s.length, client: b.client, start: s.start, info: s.info,
			})
		}
	}
	o.first = append(o.first, len(o.structs))
	return o
}

func (o *overlay) read(i int) rawStruct {
	x := &o.structs[i]
	c := cursor{b: o.update, pos: x.start, trusted: true}
	var s rawStruct
	c.readStruct(&s, x.client, x.clock, &checkedLimits)
	return s
}

// resolve finds the parent of struct i.
func (o *overlay) resolve(i int) *overlaid {
	chain := []int{i}
	for len(chain) > 0 {
		i := chain[len(chain)-1]
		x := &o.structs[i]
		if x.state == overlayOpen || x.state == overlayNew {
			if j := o.place(i); j >= 0 {
				if o.structs[j].state == overlayOpen { // a circle
					x.state = overlayUnknown
				} else {
					x.state = overlayOpen
					chain = append(chain, j)
					continue
				}
			}
		}
		chain = chain[:len(chain)-1]
	}
	return &o.structs[i]
}

// place settles struct i, or returns a struct of the update to settle first.
func (o *overlay) place(i int) int {
	d, x := o.d, &o.structs[i]
	x.state = overlayUnknown
	if x.info == kindSkip || x.info&kindMask == kindGC {
		x.state = overlayGone
		return -1
	}
	s := o.read(i)
	if s.hasOrigin() && o.collected(s.origin) || s.hasRight() && o.collected(s.right) {
		x.state = overlayGone
		return -1
	}
	if state := uint64(d.stateOf(x.client)); x.clock < state && state < x.clock+x.length {
		// Known in part: the rest goes where that part is, whatever the struct says.
		o.placeBeside(x, rawID{x.client, state - 1})
		return -1
	}
	if s.rooted {
		x.state = overlayPlaced
		x.typ, x.keyed, x.key = d.rootIfAny(s.parentName()), s.info&infoSub != 0, string(s.sub())
		if x.typ == 0 {
			x.outer = -1 // a root that does not exist yet
		}
		return -1
	}
	near := s.origin
	switch {
	case s.hasOrigin():
	case s.hasRight():
		near = s.right
	default:
		return o.placeIn(i, s)
	}
	if near.clock < uint64(d.stateOf(near.client)) {
		o.placeBeside(x, near)
		return -1
	}
	j := o.at(near.client, near.clock)
	if j < 0 {
		return -1
	}
	y := &o.structs[j]
	if y.state == overlayNew || y.state == overlayOpen {
		return j
	}
	x.state, x.typ, x.outer, x.keyed, x.key, x.depth = y.state, y.typ, y.outer, y.keyed, y.key, y.depth
	if y.outer < 0 { // the same new root
		x.outer = int32(-(j + 2))
		if y.outer < -1 {
			x.outer = y.outer
		}
	}
	return -1
}

// collected reports whether only clocks are left of a unit of the store.
func (o *overlay) collected(id rawID) bool {
	d := o.d
	return id.clock < uint64(d.stateOf(id.client)) && d.at(d.findItem(d.lookup(id.client), uint32(id.clock))).list == 0
}

// placeBeside is place for a struct that goes where a unit of the store is.
func (o *overlay) placeBeside(x *overlaid, near rawID) {
	d := o.d
	it := d.at(d.findItem(d.lookup(near.client), uint32(near.clock)))
	if it.list == 0 {
		x.state = overlayGone
		return
	}
	l := &d.lists[it.list]
	x.state, x.typ, x.depth = overlayPlaced, l.typ, d.types[l.typ].depth
	x.keyed, x.key = l.key != 0, d.keys[l.key]
}

// placeIn is place for a struct that names its parent by id.
func (o *overlay) placeIn(i int, s rawStruct) int {
	d, x := o.d, &o.structs[i]
	x.keyed, x.key = s.info&infoSub != 0, string(s.sub())
	if s.parent.clock < uint64(d.stateOf(s.parent.client)) {
		it := d.at(d.findItem(d.lookup(s.parent.client), uint32(s.parent.clock)))
		if it.kind() != kindType {
			x.state = overlayGone
			return -1
		}
		x.state, x.typ, x.depth = overlayPlaced, it.off, d.types[it.off].depth
		return -1
	}
	j := o.at(s.parent.client, s.parent.clock)
	if j < 0 {
		return -1
	}
	y := &o.structs[j]
	if y.state == overlayNew || y.state == overlayOpen {
		return j
	}
	if y.info&kindMask != kindType {
		x.state = overlayGone
		return -1
	}
	x.state, x.outer, x.depth = y.state, int32(j+1), y.depth+1
	return -1
}

// section is the index of a client's section, -1 if it has none.
func (o *overlay) section(client uint64) int {
	b, ok := slices.BinarySearchFunc(o.blocks, client, func(b block, id uint64) int { return cmp.Compare(b.client, id) })
	if !ok {
		return -1
	}
	return b
}

// from finds what the update has of a client from a clock on: the struct that
// holds the clock, -1 if there is none, and the clock up to which that is so.
func (o *overlay) from(client, clock uint64) (i int, until uint64) {
	b := o.section(client)
	if b < 0 || clock >= o.blocks[b].end {
		return -1, math.MaxUint64
	}
	if clock < o.blocks[b].clock {
		return -1, o.blocks[b].clock
	}
	part := o.structs[o.first[b]:o.first[b+1]]
	i, ok := slices.BinarySearchFunc(part, clock, func(x overlaid, clock uint64) int { return cmp.Compare(x.clock, clock) })
	if !ok {
		i--
	}
	until = part[i].clock + part[i].length
	if part[i].info == kindSkip {
		return -1, until
	}
	return o.first[b] + i, until
}

// at finds the struct of the update that holds a clock, -1 if it has none.
func (o *overlay) at(client, clock uint64) int {
	i, _ := o.from(client, clock)
	return i
}

// rootName is the name of the root that struct i says it is in.
func (o *overlay) rootName(i int) string {
	s := o.read(i)
	return string(s.parentName())
}

func (d *Doc) rootIfAny(name []byte) uint32 {
	k, ok := d.keyIndex[string(name)]
	if !ok {
		return 0
	}
	return d.roots[k]
}

// checkDepth refuses an update that nests types deeper than Limits.MaxDepth.
// Types that depend on something missing are looked at when that has come; see
// integrateBlocks.
func (d *Doc) checkDepth(update []byte, blocks []block) error {
	types := 0
	for i := range blocks {
		types += blocks[i].types
	}
	if int(d.depth)+types <= d.limits.MaxDepth {
		return nil
	}
	o := d.newOverlay(update, blocks)
	for i := range o.structs {
		x := &o.structs[i]
		if x.info&kindMask != kindType {
			continue
		}
		if o.resolve(i); x.state == overlayPlaced && int(x.depth)+1 > d.limits.MaxDepth {
			return overLimit(x.start, "types nested more than %d deep", d.limits.MaxDepth)
		}
	}
	return nil
}
