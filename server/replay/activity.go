package replay

import (
	"context"
	"time"

	"coplan/server/journal"
)

// Activity is who has worked on a document so far. The zero value is that of
// one nobody has touched.
type Activity struct {
	Seq     uint64 // of the last entry counted
	Created time.Time
	Last    time.Time           // of the last entry of any kind
	Sides   map[string]Presence // by the side of whoever made the entry; those of no side are left out
}

// Presence is one side's part in a document.
type Presence struct {
	Edits int // entries by people of the side: edits and commands
	Last  time.Time
}

// Follow counts the entries after a and returns the sum; a itself is left as it
// is. It reads what it counts, so its cost is that of the new entries.
func (a Activity) Follow(ctx context.Context, log Log, doc string) (Activity, error) {
	sides := make(map[string]Presence, len(a.Sides))
	for side, p := range a.Sides {
		sides[side] = p
	}
	next := Activity{a.Seq, a.Created, a.Last, sides}
	for e, err := range log.Read(ctx, doc, a.Seq, 0) {
		if err != nil {
			return a, err
		}
		at := e.Time()
		if next.Created.IsZero() {
			next.Created = at
		}
		next.Seq, next.Last = e.Seq, at
		if e.Kind == journal.KindSystem || e.Actor.Side == "" {
			continue
		}
		p := sides[e.Actor.Side]
		p.Edits++
		p.Last = at
		sides[e.Actor.Side] = p
	}
	return next, nil
}
