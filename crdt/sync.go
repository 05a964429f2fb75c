package crdt

import (
	"errors"
	"fmt"

	"coplan/crdt/lib0"
)

// The messages of the y-protocols sync protocol. A connection starts with each
// side sending step 1; the answer to a step 1 is a step 2; later edits travel as
// updates. Step 2 and update differ in nothing but their number.
const (
	SyncStep1  = 0 // payload: the sender's state vector
	SyncStep2  = 1 // payload: the update the receiver of a step 1 computed from it
	SyncUpdate = 2 // payload: an update
)

// AppendSyncStep1 appends "this is what I have". sv is an encoded state vector,
// as [Doc.StateVector] returns it.
//
// Transports such as y-websocket put their own message type in front (the
// unsigned integer 0 for sync); that is left to the caller.
func AppendSyncStep1(dst, sv []byte) []byte {
	return lib0.AppendVarBytes(append(dst, SyncStep1), sv)
}

// AppendSyncStep2 appends "this is what you lack": the v1 update that
// [Doc.EncodeStateAsUpdate] makes from the state vector of a step 1.
func AppendSyncStep2(dst, update []byte) []byte {
	return lib0.AppendVarBytes(append(dst, SyncStep2), update)
}

// AppendSyncUpdate appends "this just happened": a v1 update.
func AppendSyncUpdate(dst, update []byte) []byte {
	return lib0.AppendVarBytes(append(dst, SyncUpdate), update)
}

// DecodeSync reads one sync message, without the transport's message type. The
// payload points into frame and has not been looked at. kind is one of
// SyncStep1, SyncStep2 and SyncUpdate.
//
// Unlike Yjs it refuses bytes after the payload. The error wraps ErrTruncated or
// ErrMalformed, and the reason of package lib0 if there is one.
//
// Format: y-protocols sync.js.
func DecodeSync(frame []byte) (kind int, payload []byte, err error) {
	r := lib0.NewReader(frame)
	n, err := r.Uvarint()
	if err != nil {
		return 0, nil, fmt.Errorf("sync message: type: %w", readerError(err))
	}
	if n > SyncUpdate {
		return 0, nil, fmt.Errorf("sync message: %w", malformed(0, "unknown type %d", n))
	}
	if payload, err = r.VarBytes(); err == nil {
		err = r.Done()
	}
	if err != nil {
		return 0, nil, fmt.Errorf("sync message of type %d: %w", n, readerError(err))
	}
	return int(n), payload, nil
}

// readerError adds to an error of lib0 the one of this package that it amounts to.
func readerError(err error) error {
	kind := ErrMalformed
	switch {
	case errors.Is(err, lib0.ErrTruncated):
		kind = ErrTruncated
	case errors.Is(err, lib0.ErrTooLong):
		kind = ErrLimit
	}
	return fmt.Errorf("%w: %w", err, kind)
}
