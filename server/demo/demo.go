// Package demo writes a plan that looks lived in, for a first look at the
// program.
package demo

import (
	"context"
	"time"

	"coplan/server/journal"
)

// Log is the part of the journal that Seed writes to.
type Log interface {
	Append(ctx context.Context, id string, e journal.Entry) (seq uint64, err error)
	Last(ctx context.Context, doc string) (seq uint64, err error)
}

// Cast is who appears in the demo plan; the caller gives each the id its link has.
type Cast struct {
	Seller, Buyer, Champion, Security journal.Actor
}

// Title is the demo plan's title.
const Title = "Northwind Logistics × Acme Flow: freight billing without spreadsheets"

// Seed writes the demo plan's life so far, up to now, as journal entries of
// the document plan/<id>. It does nothing when that document has entries.
func Seed(ctx context.Context, log Log, id string, cast Cast, now time.Time) error {
	panic("being written")
}
