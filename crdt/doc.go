// Package crdt is a replica of a Yjs document in Go.
//
// Several people change a document at the same time, each on a copy of their
// own, and the copies become equal as soon as everyone has everyone's changes,
// in whatever order those arrive. This package speaks the language of Yjs 13: a
// browser that edits a Y.Doc and a Go program that edits a [Doc] exchange
// updates, state vectors, positions and awareness byte for byte. It needs the
// standard library only and knows nothing of networks, storage or servers.
//
// # Documents and shared types
//
// A [Doc] has named roots, each a shared type: a [Text], a [Map], an [Array] or
// an [XMLFragment]. Maps and arrays hold plain values and, nested at will, more
// shared types. A root comes into being when somebody asks for it, and everyone
// who asks for the same name gets the same one:
//
//	doc := crdt.New(crdt.Options{})
//	title := doc.Text("title")
//	steps := doc.Map("steps")
//
// A shared type is named by a handle, a small value to be copied and compared
// freely. It stays safe to use when somebody deletes the type: it reads as empty
// then, and changes through it do nothing.
//
// # Changing
//
// A transaction is the only door to change. What it did is told to observers,
// and passed on as one update, when it ends:
//
//	doc.Transact("toolbar", func(tx *crdt.Tx) {
//		title.Insert(tx, 0, "Go-live ", map[string]any{"bold": true})
//		steps.SetMap(tx, "review").Set(tx, "days", 5)
//	})
//
// The first argument is the origin: any value, handed to observers so that they
// can tell their own changes from others'.
//
// Positions and lengths count UTF-16 code units, as in JavaScript: "é" is one,
// "😀" two. A position beyond the end is a mistake of the caller and panics;
// positions from outside are to be compared with Len first. So does a change that
// the document's own [Limits] would refuse to read again, such as a text of more
// than MaxStringBytes: the panic's value is an error that wraps [ErrLimit], and
// the document holds what was written before it. Bytes from outside never panic.
//
// # Values
//
// What a map, an array or an attribute holds beside shared types:
//
//	JavaScript        is read as        may be set as
//	undefined         Undefined         Undefined
//	null              nil               nil
//	boolean           bool              bool
//	number            int64, float64    any Go integer or float
//	bigint            BigInt            BigInt
//	string            string            string
//	Array             []any             []any, []string
//	Object            map[string]any    map[string]any
//	Uint8Array        []byte            []byte
//	Y.Doc             Subdoc            Subdoc
//
// A number is an int64 if it was sent as an integer, which JavaScript does for
// integers below 2^31. A value is replaced as a whole; for parts that people
// change at the same time, nest a shared type: [NewMap] and its like make one to
// be set like a value, and methods such as [Map.SetMap] set one and return it.
//
// # Exchanging
//
// [Doc.OnUpdate] yields what changed as bytes; [Doc.ApplyUpdate] merges such
// bytes elsewhere. Updates may be repeated, reordered and delayed: what depends
// on something not seen yet waits in the document. Two replicas that meet again
// compare state vectors, and each sends what the other lacks:
//
//	missing, err := ours.EncodeStateAsUpdate(theirs.StateVector())
//
// [AppendSyncStep1] and its like frame these for the wire as y-protocols do.
// [MergeUpdates], [DiffUpdate] and [EncodeStateVectorFromUpdate] work on updates
// without a document, so that a log can be folded without being replayed.
// All of this exists for format 2 as well: [Doc.ApplyUpdateV2], [Doc.OnUpdateV2],
// [MergeUpdatesV2], and [ConvertUpdateV1ToV2] for the rest.
//
// An update that is refused leaves the document exactly as it was. The error
// wraps [ErrTruncated], [ErrMalformed], [ErrLimit] or [ErrPendingFull], and says
// what was wrong at which offset. [Limits] bound what bytes may ask for. Whether
// somebody was allowed to send an update is for the caller to judge:
// [Doc.Inspect] lists what it would touch, before it is applied.
//
// # Watching
//
// [Doc.ObserveDeep] and [Doc.ObserveAll] report, per changed type, which keys
// changed and how a sequence did, as a delta in the manner of Quill.
//
// # Remembering
//
// A [RelativePosition] is a place in a text or list that moves with what is
// around it. A [Snapshot] names a past state, which a document that keeps
// deleted content can show again. An [UndoManager] takes back the changes of
// some origins and leaves everyone else's alone. [Awareness] carries who is here
// and where their caret is; it is not part of the document.
//
// # One owner at a time
//
// A document has no lock and starts no goroutine. One goroutine at a time may
// use it and the handles of its types, for reading too. Callbacks run on the
// goroutine that ends the transaction; they may start transactions of their own,
// which end after the present one. A replica only merges: applying an update
// never writes anything under this replica's own name.
//
// How the store is laid out, and why, is told in DESIGN.md beside this file.
package crdt
