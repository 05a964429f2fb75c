package crdt

import "sort"

// Text in the list of a key is not joined when updates are merged: each struct
// there deletes the one before, so one struct instead of two is another document.
// No Yjs writes such text, but somebody can, without a word of the key: what has
// an origin takes list and key from it, however far the origins lead.
//
// So the merger joins first, and looks at its result before it hands it out: a
// joined run stays only if its origins lead to a struct that names a sequence as
// its parent. Otherwise everything is written once more with such runs apart.

// stretch is a part of a client's structs that lie in the same list: each but
// the first has the clock before its own as origin.
type stretch struct {
	via  rawID  // whose list it is, if fate is fateOfVia
	from uint32 // first clock
	fate uint8
}

const (
	fateUnknown = iota // not in the updates, or collected
	fateOfVia
	fateSought // while its origins are followed
	fateSequence
	fateKeyed
)

// survey is where the structs of a merged update lie.
type survey struct {
	clients map[uint64]*surveyed
	base    *Doc
	path    []*stretch // scratch of fate
}

type surveyed struct {
	stretches []stretch
	end       uint64
}

// misjoined reports whether out joins text that it should not, and notes in
// m.apart which: the next encode leaves that alone.
func (m *merger) misjoined(out []byte) bool {
	if len(m.joins) == 0 {
		return false
	}
	s := newSurvey(out, m.base, &m.lim)
	for _, j := range m.joins {
		if s.fate(rawID{j.client, j.from}) != fateSequence {
			m.apart = append(m.apart, j)
		}
	}
	return len(m.apart) > 0
}

// keepsApart reports whether the struct at a clock must not continue the one
// before. It is asked in the order in which structs are written.
func (m *merger) keepsApart(client, clock uint64) bool {
	for ; m.next < len(m.apart); m.next++ {
		if a := m.apart[m.next]; a.client < client || a.client == client && clock < a.to {
			return a.client == client && a.from <= clock
		}
	}
	return false
}

// newSurvey reads an update whose sections stand for themselves: one per client,
// without overlaps.
func newSurvey(update []byte, base *Doc, lim *Limits) *survey {
	v := &survey{clients: map[uint64]*surveyed{}, base: base}
	c := cursor{b: update, trusted: true}
	var s rawStruct
	for n := c.uvarint(); n > 0; n-- {
		structs, client, clock := c.uvarint(), c.uvarint(), c.uvarint()
		x := new(surveyed)
		v.clients[client] = x
		for linked := false; structs > 0; structs-- {
			c.readStruct(&s, client, clock, lim)
			if !linked || !s.hasOrigin() || s.origin != (rawID{client, clock - 1}) {
				x.stretches = append(x.stretches, s.stretch())
			}
			linked = s.info != kindSkip && s.kind() != kindGC
			clock += s.length
		}
		x.end = clock
	}
	return v
}

func (s *rawStruct) stretch() stretch {
	x := stretch{from: uint32(s.clock)}
	switch {
	case s.info == kindSkip || s.kind() == kindGC:
	case s.hasOrigin():
		x.fate, x.via = fateOfVia, s.origin
	case s.hasRight():
		x.fate, x.via = fateOfVia, s.right
	case s.info&infoSub != 0:
		x.fate = fateKeyed
	default:
		x.fate = fateSequence
	}
	return x
}

// fate follows the origins of a struct to one that says where it lies, or to
// where nothing is known. What was learned on the way is noted for the next call.
func (v *survey) fate(id rawID) uint8 {
	found := uint8(fateUnknown)
	path := v.path[:0]
	for {
		if found = v.inBase(id); found != fateUnknown {
			break
		}
		x := v.find(id)
		if x == nil {
			break
		}
		if x.fate != fateOfVia {
			if x.fate != fateSought { // a circle leads nowhere
				found = x.fate
			}
			break
		}
		x.fate = fateSought
		path = append(path, x)
		id = x.via
	}
	for _, x := range path {
		x.fate = found
	}
	v.path = path
	return found
}

func (v *survey) find(id rawID) *stretch {
	x := v.clients[id.client]
	if x == nil || id.clock >= x.end {
		return nil
	}
	i := sort.Search(len(x.stretches), func(i int) bool { return uint64(x.stretches[i].from) > id.clock })
	if i == 0 {
		return nil
	}
	return &x.stretches[i-1]
}

// inBase is the fate of what the document already holds.
func (v *survey) inBase(id rawID) uint8 {
	if v.base == nil || id.clock >= uint64(v.base.stateOf(id.client)) {
		return fateUnknown
	}
	list := v.base.at(v.base.findItem(v.base.lookup(id.client), uint32(id.clock))).list
	switch {
	case list == 0:
		return fateUnknown
	case v.base.lists[list].key != 0:
		return fateKeyed
	}
	return fateSequence
}
