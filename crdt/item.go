package crdt

// ID names one unit of content: the clock-th thing that a client wrote.
// Clocks of a client start at 0 and have no gaps inside a document. A string
// takes one clock per UTF-16 code unit.
type ID struct{ Client, Clock uint64 }

// Kinds of struct. The values are those of the wire (low five bits of the info
// byte), so a kind is written as it is stored.
const (
	kindGC      = 0 // deleted together with its parent: only the clocks remain
	kindDeleted = 1 // deleted content whose place in the sequence is still known
	kindJSON    = 2
	kindBinary  = 3
	kindString  = 4
	kindEmbed   = 5
	kindFormat  = 6
	kindType    = 7
	kindAny     = 8
	kindDoc     = 9
	kindSkip    = 10 // only in updates: a gap in the clocks
)

const (
	infoOrigin = 0x80
	infoRight  = 0x40
	infoSub    = 0x20
	kindMask   = 0x1f
)

// ref is the index of an item record; 0 is none.
type ref = uint32

// item is one run of content of one client: the unit that is linked into a
// sequence. It holds no pointer, so a document of a million runs gives the
// garbage collector nothing to scan.
//
// Invariants: see Doc.Check.
type item struct {
	clock  uint32 // first clock
	length uint32 // clocks covered, at least 1
	client uint32 // index into Doc.clients

	// Place. list is 0 exactly for kindGC; then left and right are 0 too.
	list        uint32 // index into Doc.lists
	left, right ref

	// What the author saw to the left and right when writing; client 0: nothing.
	originClient, originClock uint32
	rightClient, rightClock   uint32

	// Content: d.bytes[off:off+size]; for kindType off is an index into
	// Doc.types. Nothing for kindGC and kindDeleted.
	off, size uint32

	flags uint32 // kind in the low five bits, then the flags below
}

const (
	flagDeleted = 1 << 8
	flagKeep    = 1 << 9  // not collected although deleted (undo needs it)
	flagASCII   = 1 << 10 // kindString: size == length
	flagRedone  = 1 << 11 // brought back by undo under another id (Doc.redone)
	flagSub     = infoSub // the item is a value of a map: its list has a key
)

func (it *item) kind() uint32  { return it.flags & kindMask }
func (it *item) deleted() bool { return it.flags&flagDeleted != 0 }
func (it *item) end() uint32   { return it.clock + it.length }

// countable reports whether the content has positions of its own: formatting
// marks do not, nor does what was deleted before it arrived.
func (it *item) countable() bool {
	const none = 1<<kindGC | 1<<kindDeleted | 1<<kindFormat
	return none>>(it.flags&kindMask)&1 == 0
}

// visible is the number of positions the item takes in its sequence.
func (it *item) visible() uint32 {
	if it.deleted() || !it.countable() {
		return 0
	}
	return it.length
}

// Items live in pages of pageItems records: growing never moves one, so an
// *item stays valid until the item is freed.
const (
	pageBits  = 7
	pageItems = 1 << pageBits
)

type page [pageItems]item

type slab struct {
	pages []*page
	used  uint32 // records handed out at least once; record 0 is reserved
	free  ref    // chain of freed records through item.right
	holes uint32
}

func (s *slab) at(r ref) *item { return &s.pages[r>>pageBits][r&(pageItems-1)] }

// alloc returns a record with arbitrary content.
func (s *slab) alloc() (ref, *item) {
	if r := s.free; r != 0 {
		it := s.at(r)
		s.free = it.right
		s.holes--
		return r, it
	}
	if s.used == 0 {
		s.used = 1
	}
	r := s.used
	if int(r>>pageBits) == len(s.pages) {
		s.grow()
	}
	s.used++
	return r, s.at(r)
}

// grow adds a page, or in a large document many in one piece: 16 pages of 6656
// bytes are 13 of the allocator's, where each alone leaves a fiftieth unused.
func (s *slab) grow() {
	if len(s.pages) < 1<<10 {
		s.pages = append(s.pages, new(page))
		return
	}
	more := new([16]page)
	for i := range more {
		s.pages = append(s.pages, &more[i])
	}
}

func (s *slab) release(r ref) {
	it := s.at(r)
	*it = item{right: s.free}
	s.free = r
	s.holes++
}
