package crdt_test

import (
	"bytes"

	"coplan/crdt"
)

// takeBack undoes or redoes a step in both documents of a mirror.
func (s *session) takeBack(r *replica) {
	what := []string{"undo", "undo", "redo"}[s.rng.IntN(3)]
	s.logf("%d: %s", r.id, what)
	var mine []byte
	cancel := r.doc.OnUpdate(func(update []byte, _ any) { mine = update })
	defer cancel()
	popped := false
	if what == "undo" {
		popped = r.undo.Undo() != nil
	} else {
		popped = r.undo.Redo() != nil
	}
	s.check(r)
	answer := s.o.call(s.t, "undo", r.id, what).([]any)
	theirs := byteList(answer[1])
	if popped != answer[0] || (mine != nil) != (len(theirs) > 0) || mine != nil && !bytes.Equal(mine, theirs[0]) {
		s.fail("replica %d: %s: popped %v, in Yjs %v, updates:\nGo  %x\nYjs %x", r.id, what, popped, answer[0], mine, theirs)
	}
	if popped {
		s.undone++
	}
	if mine != nil {
		s.broadcast(r, mine)
		s.cleanUps(r, theirs[1:])
	}
}

// receive hands a Y.Doc an update, sometimes in a frame of the sync protocol, and
// returns what it authors because of it.
func (s *session) receive(id int, update []byte) [][]byte {
	if s.rng.IntN(4) > 0 {
		return s.o.updates(s.t, "apply", id, update)
	}
	s.frames++
	frame, want := crdt.AppendSyncUpdate(nil, update), crdt.SyncUpdate
	if s.rng.IntN(2) == 0 {
		frame, want = crdt.AppendSyncStep2(nil, update), crdt.SyncStep2
	}
	answer := s.o.call(s.t, "sync", id, frame).([]any)
	if answer[0] != int64(want) || len(answer[1].([]byte)) > 0 {
		s.fail("y-protocols takes frame %x for kind %v and answers %x", frame, answer[0], answer[1])
	}
	return byteList(answer[2])
}

// byProtocol is what to gets to know of from by asking as y-protocols does, each side
// in either engine.
func (s *session) byProtocol(from, to *replica) []byte {
	s.frames++
	s.logf("%d asks %d", to.id, from.id)
	question := crdt.AppendSyncStep1(nil, to.doc.StateVector())
	if to.kind != goOnly && s.rng.IntN(2) == 0 {
		question = s.o.bytes(s.t, "syncStep1", to.id)
	}
	kind, sv, err := crdt.DecodeSync(question)
	if err != nil || kind != crdt.SyncStep1 {
		s.fail("step 1 %x: kind %d, %v", question, kind, err)
	}
	answer := crdt.AppendSyncStep2(nil, s.goState(from, sv))
	if from.kind != goOnly && s.rng.IntN(2) == 0 {
		answer = s.o.call(s.t, "sync", from.id, question).([]any)[1].([]byte)
	}
	kind, update, err := crdt.DecodeSync(answer)
	if err != nil || kind != crdt.SyncStep2 {
		s.fail("step 2 %x: kind %d, %v", answer, kind, err)
	}
	return update
}

// compareMissing compares what the waiting structs of r wait for. Go counts what
// deletes wait for, too.
func (s *session) compareMissing(r *replica) {
	mine := r.doc.Missing()
	if (mine != nil) != r.doc.HasPending() {
		s.fail("replica %d misses %v, pending %v", r.id, mine, r.doc.HasPending())
	}
	for _, e := range s.o.call(s.t, "missing", r.id).([]any) {
		client, clock := asUint(e.([]any)[0]), asUint(e.([]any)[1])
		if got, ok := mine[client]; !ok || got > clock {
			s.fail("replica %d misses %v, Yjs client %d from %d", r.id, mine, client, clock)
		}
		s.missing++
	}
	for client, clock := range mine {
		if clock < r.doc.State(client) {
			s.fail("replica %d misses %d of client %d and has %d", r.id, clock, client, r.doc.State(client))
		}
	}
}
