package crdt

import (
	"math/rand/v2"
	"slices"
)

// Options configure a document. The zero value is a document that behaves as
// Yjs's Y.Doc does by default.
type Options struct {
	// ClientID is the author of local edits, at most 2^53-1. 0: a random 32-bit
	// id, as Yjs draws it. Two live documents must never share one.
	ClientID uint64
	// KeepDeleted keeps the content of what was deleted (Yjs: gc: false), so
	// that older states can be shown again.
	KeepDeleted bool
	// Limits bound what updates may ask for; zero fields take defaults.
	Limits Limits
}

// MaxClientID is the largest client id that Yjs can represent.
const MaxClientID = 1<<53 - 1

// A Doc is a replica of a shared document. It holds no lock and starts no
// goroutine: one goroutine at a time may use it, readers included.
type Doc struct {
	clientID uint64
	opts     Options
	limits   Limits

	// The store. Items refer to each other by index, to clients, lists and types
	// by index into these tables; index 0 of each means none.
	slab
	bytes []byte // content arena
	waste int    // bytes of it that nothing refers to
	seam  seam

	arenaMax int // greatest length of it; smaller in tests

	clients     []*client
	wireIDs     []wireID // of the clients, as written
	ids         []uint64 // of the clients, side by side
	clientIndex map[uint64]uint32
	recent      recent
	order       []uint32 // all client indexes, the first `sorted` by falling id
	sorted      int

	keys     []string // interned names: map keys, roots, XML nodes
	keyIndex map[string]uint32

	lists   []list
	slots   slots // (type, key) → list
	types   []typeInfo
	depth   uint32               // greatest depth that a type ever had
	roots   map[uint32]uint32    // key of the name → type
	indexes map[uint32]*seqIndex // list → index
	forest  forest

	waiting pending
	wrote   bool   // the full state was written since the last transaction
	whole   []byte // and again: a copy of it

	// Transactions.
	tx       *Tx // the open one
	queue    []*Tx
	freeTx   []*Tx
	txSeq    uint64
	onUpdate []*updateHandler
	deep     []*deepHandler
	undo     []*UndoManager
	redone   map[uint32][]redoneRun // by client: what undo brought back as what
	cursors  blockReader            // scratch of ApplyUpdate
	conflict scan                   // scratch of integrate
	origins  []ref                  // while a full state is loaded: record → its origin
	stack    []ref                  // scratch of deletes and collection
	out      []byte                 // scratch of emitUpdate
}

// New returns an empty document.
func New(o Options) *Doc {
	d := &Doc{
		clientID:    o.ClientID,
		opts:        o,
		limits:      o.Limits.withDefaults(),
		arenaMax:    arenaMax,
		clients:     make([]*client, 1),
		ids:         make([]uint64, 1),
		wireIDs:     make([]wireID, 1),
		clientIndex: map[uint64]uint32{},
		keys:        make([]string, 1),
		keyIndex:    map[string]uint32{},
		lists:       make([]list, 1),
		types:       []typeInfo{{flags: typeDead}},
		roots:       map[uint32]uint32{},
	}
	for d.clientID == 0 || d.clientID > MaxClientID {
		d.clientID = uint64(rand.Uint32())
	}
	return d
}

// ClientID is the author of local edits.
func (d *Doc) ClientID() uint64 { return d.clientID }

// SetClientID changes the author of local edits that follow. It panics if id is
// 0 or above MaxClientID.
func (d *Doc) SetClientID(id uint64) {
	if id == 0 || id > MaxClientID {
		panic("crdt: client id out of range")
	}
	d.clientID = id
}

// State is the next clock expected of a client: how much of it is known here.
func (d *Doc) State(client uint64) uint64 { return uint64(d.stateOf(client)) }

// list is one sequence of items: the children of a type (key 0), or all values
// that one key of a map ever had, the last of which is current.
type list struct {
	typ, key   uint32
	head, tail ref
	next       uint32 // next key of the same type, in order of first use
}

// typeInfo is a shared type: a root, or the content of a kindType item.
type typeInfo struct {
	item     ref    // 0 for a root
	name     uint32 // key of a root's name or an XML node's
	seq      uint32 // list of the children
	slot     uint32 // first list of a key, chained through list.next
	lastSlot uint32
	length   uint32 // positions taken by visible children
	depth    uint32 // 0 for a root
	kind     uint8
	flags    uint8
	_        uint16
}

// Kinds of types; the values are those of the wire.
const (
	typeArray    = 0
	typeMap      = 1
	typeText     = 2
	typeElement  = 3
	typeFragment = 4
	typeHook     = 5
	typeXMLText  = 6
	typeUnknown  = 255 // a root that only updates have mentioned
)

const (
	typeFormatted = 1 << iota // contains, or contained, formatting marks
	typeDead                  // collected: nothing of it is left
)

func (d *Doc) key(s string) uint32 {
	if k, ok := d.keyIndex[s]; ok {
		return k
	}
	k := uint32(len(d.keys))
	d.keys = append(d.keys, s)
	d.keyIndex[s] = k
	return k
}

// keyBytes is key for borrowed bytes; it allocates only for new names.
func (d *Doc) keyBytes(b []byte) uint32 {
	if k, ok := d.keyIndex[string(b)]; ok {
		return k
	}
	return d.key(string(b))
}

func (d *Doc) newType(kind uint8, item ref, name, depth uint32) uint32 {
	t := uint32(len(d.types))
	seq := uint32(len(d.lists))
	d.lists = append(d.lists, list{typ: t})
	d.types = append(d.types, typeInfo{item: item, name: name, seq: seq, kind: kind, depth: depth})
	return t
}

// root returns the root type of that name, creating it on first use. A root
// known only from updates takes the kind of the first who asks for one.
func (d *Doc) root(name string, kind uint8) uint32 {
	k := d.key(name)
	t, ok := d.roots[k]
	if !ok {
		t = d.newType(kind, 0, k, 0)
		d.roots[k] = t
	} else if d.types[t].kind == typeUnknown {
		d.types[t].kind = kind
	}
	return t
}

// slotOf returns the list of a key of a type, 0 if the key was never used.
func (d *Doc) slotOf(t, key uint32) uint32 {
	l, _ := d.slots.get(d.lists, t, key)
	return l
}

// slot is slotOf that creates the list.
func (d *Doc) slot(t, key uint32) uint32 {
	if l := d.slotOf(t, key); l != 0 {
		return l
	}
	l := uint32(len(d.lists))
	d.lists = append(d.lists, list{typ: t, key: key})
	d.slots.add(d.lists, l)
	ti := &d.types[t]
	if ti.slot == 0 {
		ti.slot = l
	} else {
		d.lists[ti.lastSlot].next = l
	}
	ti.lastSlot = l
	return l
}

// typeDeleted reports whether the type is deleted, alone or with its parent.
func (d *Doc) typeDeleted(t uint32) bool {
	ti := &d.types[t]
	return ti.flags&typeDead != 0 || ti.item != 0 && d.at(ti.item).deleted()
}

// Roots returns the names of the root types, sorted.
func (d *Doc) Roots() []string {
	names := make([]string, 0, len(d.roots))
	for k := range d.roots {
		names = append(names, d.keys[k])
	}
	slices.Sort(names)
	return names
}

// findItem returns the item that holds a clock of a client; the clock must be
// below the client's state.
func (d *Doc) findItem(client, clock uint32) ref {
	c := d.clients[client]
	return c.at(c.find(clock))
}

// idOf is the wire name of an item's first clock.
func (d *Doc) idOf(it *item) ID {
	return ID{d.clients[it.client].id, uint64(it.clock)}
}
