package journal

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// EntryVersion is the envelope version this program writes.
const EntryVersion = 1

// Side names which party a person belongs to: "seller", "buyer" or "".
type Side = string

// Role names what a person may do: "owner", "seller", "buyer", "champion",
// "commenter", "viewer", "auditor" or "system". The journal only records it.
type Role = string

// Actor is who an entry is attributed to, as the server knew them when the
// entry was written. Later renames don't rewrite history.
type Actor struct {
	ID   string `cbor:"id"`
	Name string `cbor:"name"`
	Role Role   `cbor:"role"`
	Side Side   `cbor:"side,omitempty"`
	Via  string `cbor:"via,omitempty"` // link, oidc, token or system
}

// Kind says how an entry came about.
type Kind string

// The kinds of entry.
const (
	KindUpdate  Kind = "update"  // written by a person's client, checked by the server
	KindCommand Kind = "command" // written by the server on a person's command
	KindSystem  Kind = "system"  // written by the server on its own account
)

// Entry is one thing that happened to one document. Its encoding is the leaf
// of the document's Merkle tree, so it is never rewritten in place.
type Entry struct {
	V       int    `cbor:"v"`   // EntryVersion; 0 is written as EntryVersion
	Doc     string `cbor:"doc"` // see CheckDocName
	At      int64  `cbor:"at"`  // µs since the Unix epoch, server clock
	Actor   Actor  `cbor:"actor"`
	Session string `cbor:"session,omitempty"`
	Kind    Kind   `cbor:"kind"`
	What    string `cbor:"what,omitempty"`   // command name; empty for updates
	Update  []byte `cbor:"update,omitempty"` // Yjs v1 update, opaque here
	Cause   []byte `cbor:"cause,omitempty"`  // the command's arguments as JSON, small
	Client  uint64 `cbor:"client,omitempty"` // CRDT client id of a server-written update; 0: none
}

// Time is At as a time in UTC.
func (e Entry) Time() time.Time { return time.UnixMicro(e.At).UTC() }

var (
	entryEnc = mustMode(cbor.CoreDetEncOptions().EncMode())
	entryDec = mustMode(cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   4,
		MaxMapPairs:       64,
		MaxArrayElements:  16,
		ExtraReturnErrors: cbor.ExtraDecErrorNone,
	}.DecMode())
)

func mustMode[M any](m M, err error) M {
	if err != nil {
		panic(err) // constant options: only a programming error gets here
	}
	return m
}

// Encode writes the envelope as deterministic CBOR (RFC 8949 §4.2): the same
// entry always gives the same bytes, on every node and in every release.
func (e Entry) Encode() ([]byte, error) {
	if e.V == 0 {
		e.V = EntryVersion
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	b, err := entryEnc.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("journal entry of %s: encode: %w", e.Doc, err)
	}
	return b, nil
}

// DecodeEntry reads what Encode wrote. Fields this version doesn't know are
// skipped, so a newer writer of the same envelope version stays readable.
// The result shares no memory with b.
func DecodeEntry(b []byte) (Entry, error) {
	var e Entry
	if err := entryDec.Unmarshal(b, &e); err != nil {
		return Entry{}, fmt.Errorf("journal entry of %d bytes: not a valid envelope: %w", len(b), err)
	}
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	return e, nil
}

func (e Entry) check() error {
	if e.V != EntryVersion {
		return fmt.Errorf("journal entry: envelope version %d; this program reads version %d", e.V, EntryVersion)
	}
	if err := CheckDocName(e.Doc); err != nil {
		return fmt.Errorf("journal entry: %w", err)
	}
	switch e.Kind {
	case KindUpdate, KindCommand, KindSystem:
	default:
		return fmt.Errorf("journal entry of %s: unknown kind %q", e.Doc, e.Kind)
	}
	for _, s := range []string{e.Actor.ID, e.Actor.Name, e.Actor.Role, e.Actor.Side, e.Actor.Via, e.Session, e.What} {
		if !utf8.ValidString(s) {
			return fmt.Errorf("journal entry of %s: a text field is not UTF-8: %w", e.Doc, errText)
		}
	}
	return nil
}

var errText = errors.New("invalid text")

// Stored is an entry with its place in the log.
type Stored struct {
	Entry
	// Raw is the envelope as stored, the bytes the Merkle tree hashes. It is
	// shared with other readers: leave it unmodified.
	Raw []byte
	// Seq is the position. It grows within a document but has gaps, since
	// documents share streams.
	Seq uint64
	// Prev is the Seq of the entry before this one in the same document, 0 for
	// the first.
	Prev uint64
	// Ordinal counts the document's entries from 0 without gaps.
	Ordinal uint64
}

// Cursor is a place between two entries of a document. The zero Cursor is the
// beginning.
type Cursor struct {
	Seq  uint64 // last entry already known, 0 for none
	Next uint64 // ordinal the next entry will have: how many are already known
}

// After is the cursor just behind s.
func After(s Stored) Cursor { return Cursor{Seq: s.Seq, Next: s.Ordinal + 1} }
