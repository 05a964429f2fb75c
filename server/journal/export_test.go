package journal

import (
	"github.com/nats-io/nats.go"
)

// Faults are the places where tests lose messages.
type Faults struct {
	LosePublish func(subject string) bool
	LoseAck     func() bool
	Live        func(subject string, seq uint64) (times int)
}

// Inject makes j suffer f from now on.
func Inject(j *Journal, f Faults) {
	h := &hooks{loseAck: f.LoseAck, loseLive: f.Live}
	if f.LosePublish != nil {
		h.losePublish = func(m *nats.Msg) bool { return f.LosePublish(m.Subject) }
	}
	j.hooks.Store(h)
}

// Disconnect cuts both connections; they reconnect by themselves.
func Disconnect(j *Journal) error {
	if err := j.nc.ForceReconnect(); err != nil {
		return err
	}
	return j.lc.ForceReconnect()
}

// Conn is the journal's own connection, for doing to its streams what it never
// would.
func Conn(j *Journal) *nats.Conn { return j.nc }

// Subject is where doc's entries are.
func Subject(doc string) (stream, subject string) {
	p, err := placeOf(doc)
	if err != nil {
		panic(err)
	}
	return p.stream(), p.subject()
}

// DocOf is the inverse of Subject.
func DocOf(subject string) (string, error) { return docOf(subject) }

// OnGroup calls f with the size of each group of entries a shard sends. To be
// called before anything is appended.
func OnGroup(j *Journal, f func(n int)) {
	for _, b := range j.shards {
		b.onSent = f
	}
}

// SnapshotObject names the object a snapshot is stored as.
func SnapshotObject(doc string, ordinal uint64) string {
	p, err := placeOf(doc)
	if err != nil {
		panic(err)
	}
	return snapNote{Ordinal: ordinal}.object(p)
}

// BatchFrom sets from how many waiting entries a batch is made; 0: never. To be
// called before anything is appended.
func BatchFrom(j *Journal, n int) {
	for _, b := range j.shards {
		b.from = n
	}
}
