package journal

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of a document's Merkle tree (RFC 6962 over Stored.Raw
// in order): the roots of its maximal full subtrees, largest first. It is all
// that is needed to append and to know the root: 32 bytes per set bit of the
// size, 192 bytes for some thousand entries. The zero Edge is the empty tree.
//
// An Edge is a value: Append returns a new one and leaves the old usable.
type Edge struct {
	size   uint64
	hashes []tlog.Hash
}

// Size is how many entries the tree holds.
func (e Edge) Size() uint64 { return e.size }

// Append adds one entry's bytes. Cost: one hash of raw and on average one more.
func (e Edge) Append(raw []byte) Edge {
	merges := bits.TrailingZeros64(^e.size) // full subtrees the new leaf completes
	keep := len(e.hashes) - merges
	h := tlog.RecordHash(raw)
	for i := len(e.hashes) - 1; i >= keep; i-- {
		h = tlog.NodeHash(e.hashes[i], h)
	}
	hashes := make([]tlog.Hash, keep+1)
	copy(hashes, e.hashes[:keep])
	hashes[keep] = h
	return Edge{size: e.size + 1, hashes: hashes}
}

// Root is the tree's RFC 6962 root hash; for the empty tree, SHA-256 of nothing.
func (e Edge) Root() [32]byte {
	if e.size == 0 {
		h, err := tlog.TreeHash(0, nil)
		if err != nil {
			panic(err) // the empty tree reads no hashes
		}
		return h
	}
	h := e.hashes[len(e.hashes)-1]
	for i := len(e.hashes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.hashes[i], h)
	}
	return h
}

// Equal says whether both edges are of the same tree.
func (e Edge) Equal(o Edge) bool {
	return e.size == o.size && e.Root() == o.Root()
}

// Marshal gives the hashes alone, as Snapshot.Edge holds them; the size is
// Snapshot.Ordinal.
func (e Edge) Marshal() []byte {
	b := make([]byte, 0, len(e.hashes)*tlog.HashSize)
	for _, h := range e.hashes {
		b = append(b, h[:]...)
	}
	return b
}

// UnmarshalEdge is the inverse of Marshal for a tree of size entries.
func UnmarshalEdge(size uint64, b []byte) (Edge, error) {
	if want := bits.OnesCount64(size) * tlog.HashSize; len(b) != want {
		return Edge{}, fmt.Errorf("merkle edge of %d entries has %d bytes, want %d", size, len(b), want)
	}
	e := Edge{size: size, hashes: make([]tlog.Hash, bits.OnesCount64(size))}
	for i := range e.hashes {
		copy(e.hashes[i][:], b[i*tlog.HashSize:])
	}
	return e, nil
}
