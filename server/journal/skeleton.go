package journal

import (
	"context"
	"iter"
	"time"
)

// Journal is the operation log of all documents.
type Journal struct{}

// Open opens or creates the journal.
func Open(ctx context.Context, cfg Config) (*Journal, error) { panic("journal: being written") }

// Close stops the journal.
func (j *Journal) Close(ctx context.Context) error { panic("journal: being written") }

// Append stores one entry.
func (j *Journal) Append(ctx context.Context, id string, e Entry) (seq uint64, err error) {
	panic("journal: being written")
}

// Last is the newest position of doc, 0 if it has no entry.
func (j *Journal) Last(ctx context.Context, doc string) (uint64, error) {
	panic("journal: being written")
}

// Read yields doc's entries with after < Seq ≤ upTo (0: the end).
func (j *Journal) Read(ctx context.Context, doc string, after, upTo uint64) iter.Seq2[Stored, error] {
	panic("journal: being written")
}

// Subscription is a running Follow.
type Subscription struct{}

// Stop ends delivery; after it returns, deliver isn't called any more.
func (s *Subscription) Stop() {}

// CaughtUp is closed when everything present at Follow's call was delivered.
func (s *Subscription) CaughtUp() <-chan struct{} { panic("journal: being written") }

// Follow delivers what is and what comes, asynchronously, one call at a time.
func (j *Journal) Follow(ctx context.Context, doc string, from Cursor, deliver func(Stored), lost func(error)) (*Subscription, error) {
	panic("journal: being written")
}

// Snapshot is a document's state after its first Ordinal entries.
type Snapshot struct {
	Doc        string
	Seq        uint64
	Ordinal    uint64
	Epoch      uint64
	Clients    map[uint64]string
	Edge       []byte
	Format     string
	State      []byte
	Checkpoint []byte
}

// PutSnapshot stores s.
func (j *Journal) PutSnapshot(ctx context.Context, s Snapshot) error {
	panic("journal: being written")
}

// LatestSnapshot finds the newest sound one with Seq ≤ maxSeq (0: any).
func (j *Journal) LatestSnapshot(ctx context.Context, doc string, maxSeq uint64) (Snapshot, bool, error) {
	panic("journal: being written")
}

// PublishPresence tells every node following doc's presence, this one included.
func (j *Journal) PublishPresence(doc string, b []byte) error { panic("journal: being written") }

// SubscribePresence hears PublishPresence of all nodes.
func (j *Journal) SubscribePresence(doc string, f func([]byte)) (cancel func(), err error) {
	panic("journal: being written")
}

// KV is the workspace's small records.
type KV interface {
	Get(ctx context.Context, key string) (val []byte, rev uint64, err error)
	Create(ctx context.Context, key string, val []byte) (rev uint64, err error)
	Update(ctx context.Context, key string, val []byte, rev uint64) (uint64, error)
	Put(ctx context.Context, key string, val []byte) (rev uint64, err error)
	Delete(ctx context.Context, key string) error
	Keys(ctx context.Context, prefix string) ([]string, error)
	Watch(ctx context.Context, prefix string, f func(key string, val []byte)) (cancel func(), err error)
}

// KV is the bucket WORKSPACE.
func (j *Journal) KV() KV { panic("journal: being written") }

// Status is how the journal is.
type Status struct {
	Ready  bool
	Reason string    // why not ready, for a person; empty when ready
	Since  time.Time // of the current state
}

// Status tells the state now.
func (j *Journal) Status() Status { panic("journal: being written") }

// OnStatus calls f now and at each change until cancel is called.
func (j *Journal) OnStatus(f func(Status)) (cancel func()) { panic("journal: being written") }

// Docs yields the names of documents that have entries.
func (j *Journal) Docs(ctx context.Context) iter.Seq2[string, error] {
	panic("journal: being written")
}
