package crdt

import (
	"errors"
	"fmt"
)

// Limits bound what bytes from outside may ask for. A zero field takes the
// value of DefaultLimits. A limit is checked before anything is changed, so
// hitting one leaves the document as it was.
//
// Local changes keep to MaxStringBytes, MaxRunLength and MaxDepth too, so that
// what a document writes it can read. How large the whole may grow is not bounded:
// after many updates or edits, its full state can be more than one update may be,
// and to load that takes a greater MaxUpdateBytes, MaxStructs, MaxClients or
// MaxDeletes.
//
// MaxPendingBytes is a bound on time, too: an update that brings something waited for
// has all that waits read again, which takes some ten milliseconds a MiB. Who takes
// bytes from strangers should choose a small one, or take only what is Integrable.
type Limits struct {
	MaxUpdateBytes  int // bytes of one update; default 256 MiB
	MaxStructs      int // structs in one update; default 1<<26
	MaxClients      int // client sections in one update; default 1<<20
	MaxStringBytes  int // bytes of one string or value; default 64 MiB
	MaxRunLength    int // clocks one struct may cover; default 1<<30
	MaxDepth        int // nesting of one value, and of types in types; default 512
	MaxDeletes      int // ranges in one delete set; default 1<<24
	MaxPendingBytes int // bytes kept waiting for what they depend on; default 64 MiB
	MaxTouches      int // what Inspect lists of one update; default 1<<20
}

// DefaultLimits are generous enough for documents of hundreds of megabytes.
func DefaultLimits() Limits {
	return Limits{
		MaxUpdateBytes:  256 << 20,
		MaxStructs:      1 << 26,
		MaxClients:      1 << 20,
		MaxStringBytes:  64 << 20,
		MaxRunLength:    1 << 30,
		MaxDepth:        512,
		MaxDeletes:      1 << 24,
		MaxPendingBytes: 64 << 20,
		MaxTouches:      1 << 20,
	}
}

func (l Limits) withDefaults() Limits {
	def := DefaultLimits()
	for _, f := range []struct{ v, d *int }{
		{&l.MaxUpdateBytes, &def.MaxUpdateBytes},
		{&l.MaxStructs, &def.MaxStructs},
		{&l.MaxClients, &def.MaxClients},
		{&l.MaxStringBytes, &def.MaxStringBytes},
		{&l.MaxRunLength, &def.MaxRunLength},
		{&l.MaxDepth, &def.MaxDepth},
		{&l.MaxDeletes, &def.MaxDeletes},
		{&l.MaxPendingBytes, &def.MaxPendingBytes},
		{&l.MaxTouches, &def.MaxTouches},
	} {
		if *f.v <= 0 {
			*f.v = *f.d
		}
	}
	return l
}

// Errors that callers branch on. Every error of this package about outside
// bytes wraps one of them; the text names what was wrong and at which offset.
var (
	// ErrTruncated: the bytes end inside a field. Nothing was changed.
	ErrTruncated = errors.New("truncated")
	// ErrMalformed: a field has an impossible value. Nothing was changed;
	// sending the same bytes again will fail again.
	ErrMalformed = errors.New("malformed")
	// ErrLimit: the bytes ask for more than Limits allow. Nothing was changed.
	ErrLimit = errors.New("over limit")
	// ErrPendingFull: the update depends on structs this document has not
	// seen, and Limits.MaxPendingBytes of such updates are already waiting.
	// Nothing was changed; sync from a state vector instead.
	ErrPendingFull = errors.New("too much is waiting for missing updates")
)

func malformed(off int, format string, a ...any) error {
	return fmt.Errorf("crdt: offset %d: %s: %w", off, fmt.Sprintf(format, a...), ErrMalformed)
}

func overLimit(off int, format string, a ...any) error {
	return fmt.Errorf("crdt: offset %d: %s: %w", off, fmt.Sprintf(format, a...), ErrLimit)
}

func truncated(off int, what string) error {
	return fmt.Errorf("crdt: offset %d: %s: %w", off, what, ErrTruncated)
}
