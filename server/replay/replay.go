// Package replay walks a document's journal: the document as it was after any
// entry, and what each entry changed, in sentences.
package replay

import (
	"context"
	"iter"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
)

// Log is the part of the journal that replay reads.
type Log interface {
	// Read yields entries with after < Seq ≤ upTo (0: the end), in order.
	Read(ctx context.Context, doc string, after, upTo uint64) iter.Seq2[journal.Stored, error]
	// LatestSnapshot returns the newest sound snapshot with Seq ≤ maxSeq (0: any).
	LatestSnapshot(ctx context.Context, doc string, maxSeq uint64) (journal.Snapshot, bool, error)
}

// Item is one entry of a document's history.
type Item struct {
	Seq      uint64        `json:"seq"`
	Ordinal  uint64        `json:"ordinal"`
	At       time.Time     `json:"at"`
	Actor    journal.Actor `json:"actor"`
	Kind     journal.Kind  `json:"kind"`
	What     string        `json:"what"`
	Sentence string        `json:"sentence"` // “Dana (buyer) moved *Security review* from 3 to 10 Mar”; *…* marks emphasis
	Changes  []Change      `json:"changes"`
	Update   []byte        `json:"-"` // the entry's Yjs update
}

// Change is one thing an entry changed.
type Change struct {
	Node      string `json:"node"` // node id, "" when it isn't about a node
	NodeTitle string `json:"nodeTitle"`
	Field     string `json:"field"`
	Action    string `json:"action"`
	Old       any    `json:"old"`
	New       any    `json:"new"`
	Text      string `json:"text"` // the sentence without the person
}

// Player applies a document's entries in order and tells what each changed.
type Player struct{ doc *crdt.Doc }

// New returns a player that starts from d, which it owns from then on.
func New(d *crdt.Doc) *Player { panic("being written") }

// Doc is the document after the entries applied so far.
func (p *Player) Doc() *crdt.Doc { return p.doc }

// Apply applies one entry.
func (p *Player) Apply(s journal.Stored) (Item, error) { panic("being written") }

// At returns the document as it was after the entry at seq.
func At(ctx context.Context, log Log, doc string, seq uint64) (*crdt.Doc, error) {
	panic("being written")
}

// History returns the entries with from ≤ Seq ≤ to (0: the end), at most limit
// (0: 200) of them, and the Seq to go on from, 0 when there is nothing more.
func History(ctx context.Context, log Log, doc string, from, to uint64, limit int) (items []Item, next uint64, err error) {
	panic("being written")
}
