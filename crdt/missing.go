package crdt

// Missing says what the structs in the waiting room wait for (see HasPending): for
// each client some of whose structs have to come first, a clock of it that is not
// here yet. Others may be missing too. What only deletes wait for is counted with
// the first clock they name. nil if nothing waits.
//
// To get what is missing, send StateVector to somebody who may have it.
//
// It is what Yjs keeps as store.pendingStructs.missing, deletes added.
func (d *Doc) Missing() map[uint64]uint64 {
	if !d.HasPending() {
		return nil
	}
	w := &d.waiting
	out := make(map[uint64]uint64, len(w.missing)+len(w.deletes))
	for client, clock := range w.missing {
		out[client] = clock
	}
	for client, x := range w.deletes {
		if clock, ok := out[client]; len(x.spans) > 0 && (!ok || x.spans[0].clock < clock) {
			out[client] = x.spans[0].clock
		}
	}
	return out
}

// PendingBytes is how much waits, as Limits.MaxPendingBytes counts it.
func (d *Doc) PendingBytes() int { return d.waiting.bytes }
