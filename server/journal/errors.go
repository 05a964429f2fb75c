package journal

import (
	"errors"
	"fmt"
)

// What Append can end in, besides success. One error may be two of these:
// unavailable says why, not stored or unknown says what became of the entry.
var (
	// ErrNotStored: the entry is not in the log and will not appear there.
	// Appending it again, with any id, is safe.
	ErrNotStored = errors.New("entry not stored")

	// ErrUnknown: the entry may or may not be in the log. Append it again with
	// the same id: within the duplicate window (Config.DedupWindow) it is then
	// stored exactly once.
	ErrUnknown = errors.New("unknown whether entry was stored")

	// ErrRefused: this entry will never be stored as it is (too large, bad
	// document name, malformed). Retrying is pointless. It is also ErrNotStored.
	ErrRefused = errors.New("entry refused")

	// ErrUnavailable: the journal can't store or read now: no quorum, NATS
	// unreachable, disk full. Keep what is unsaved and try later.
	ErrUnavailable = errors.New("journal unavailable")

	// ErrClosed: Close was called. It is also ErrUnavailable.
	ErrClosed = fmt.Errorf("%w: closed", ErrUnavailable)

	// ErrDamaged: the log lacks or can't read something that was there before.
	// The text names it; a replica or a backup is the cure.
	ErrDamaged = errors.New("journal damaged")

	// ErrLocked: another process has the data directory.
	ErrLocked = errors.New("data directory is in use")

	// ErrNoKey: the KV bucket has no such key (or it was deleted).
	ErrNoKey = errors.New("no such key")

	// ErrKeyChanged: Create found the key, or Update found another revision.
	// Nothing was written; read again and decide anew.
	ErrKeyChanged = errors.New("key was changed by someone else")
)

// fate says what is known about an entry whose append failed.
type fate int

const (
	notStored fate = iota
	unknown
	refused
)

// appendError carries the sentence, what became of the entry and why.
type appendError struct {
	doc         string
	fate        fate
	unavailable bool
	cause       error
}

func (e *appendError) Error() string {
	s := "append to " + e.doc + ": "
	switch e.fate {
	case unknown:
		s += ErrUnknown.Error()
	case refused:
		s += ErrRefused.Error()
	default:
		s += ErrNotStored.Error()
	}
	return s + ": " + e.cause.Error()
}

func (e *appendError) Unwrap() []error {
	errs := []error{e.cause}
	switch e.fate {
	case unknown:
		errs = append(errs, ErrUnknown)
	case refused:
		errs = append(errs, ErrRefused, ErrNotStored)
	default:
		errs = append(errs, ErrNotStored)
	}
	if e.unavailable {
		errs = append(errs, ErrUnavailable)
	}
	return errs
}
