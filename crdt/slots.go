package crdt

import "math/rand/v2"

// slots finds the list of a key of a type: a hash table of lists, which know their
// type and key themselves. 0 is free, and at most three quarters are taken.
type slots struct {
	table []uint32
	n     int
	shift uint8 // of a hash, to a position
}

// slotSeed makes the hash one that nobody can plan for.
var slotSeed = rand.Uint64() | 1

const slotsFloor = 3 // bits of the smallest table

func (s *slots) home(typ, key uint32) int {
	return int((uint64(typ)<<32 | uint64(key)) * slotSeed >> s.shift)
}

// get returns the list, 0 if there is none, and where it is or would be.
func (s *slots) get(lists []list, typ, key uint32) (l uint32, at int) {
	if s.n == 0 {
		return 0, 0
	}
	for i := s.home(typ, key); ; i = (i + 1) & (len(s.table) - 1) {
		l := s.table[i]
		if l == 0 || lists[l].typ == typ && lists[l].key == key {
			return l, i
		}
	}
}

// add puts in a list whose key is not there yet.
func (s *slots) add(lists []list, l uint32) {
	s.reserve(lists, 1)
	s.put(lists, l)
	s.n++
}

func (s *slots) put(lists []list, l uint32) {
	i := s.home(lists[l].typ, lists[l].key)
	for s.table[i] != 0 {
		i = (i + 1) & (len(s.table) - 1)
	}
	s.table[i] = l
}

// reserve makes room for n more.
func (s *slots) reserve(lists []list, n int) {
	if 4*(s.n+n) <= 3*len(s.table) {
		return
	}
	bits := uint8(slotsFloor)
	for 4*(s.n+n) > 3<<bits {
		bits++
	}
	old := s.table
	s.table, s.shift = make([]uint32, 1<<bits), 64-bits
	for _, l := range old {
		if l != 0 {
			s.put(lists, l)
		}
	}
}

// remove takes a list out. Those behind it move up, so that none is cut off from
// the position of its hash.
func (s *slots) remove(lists []list, typ, key uint32) {
	l, hole := s.get(lists, typ, key)
	if l == 0 {
		return
	}
	mask := len(s.table) - 1
	for i := (hole + 1) & mask; s.table[i] != 0; i = (i + 1) & mask {
		x := &lists[s.table[i]]
		if (i-s.home(x.typ, x.key))&mask >= (i-hole)&mask {
			s.table[hole], hole = s.table[i], i
		}
	}
	s.table[hole] = 0
	s.n--
}
