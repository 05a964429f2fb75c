package crdt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"coplan/crdt"
)

// A replica is one client of a session. Most are pairs: a Go document and a
// Y.Doc with the same client id that receive the same updates in the same order,
// so that their full states can be compared byte by byte at any moment.
type replica struct {
	id     int
	client uint64
	kind   replicaKind
	keep   bool // deleted content (Yjs: gc off)
	doc    *crdt.Doc
	inbox  [][]byte

	emitted [][]byte // local updates of doc not yet taken
	events  []string // of the last transaction

	undo *crdt.UndoManager // of a mirror in a session with undo; Yjs has one too
}

type replicaKind int

const (
	mirror   replicaKind = iota // each edit is made in both documents
	goAuthor                    // edits are made in Go, Yjs gets the update
	jsAuthor                    // edits are made in Yjs, Go gets the update
	goOnly                      // no Y.Doc
)

func (k replicaKind) String() string {
	return [...]string{"mirror", "Go author", "Yjs author", "Go only"}[k]
}

// session is one seeded run: replicas edit at the same time over a network that
// loses, repeats, delays and reorders, and in the end know the same.
type session struct {
	t        testing.TB
	o        *oracle
	seed     uint64
	rng      *rand.Rand
	profile  profile
	replicas []*replica

	dropPercent, reorderPercent int
	observe                     bool     // compare events too
	undo                        bool     // mirrors undo and redo
	diverged                    bool     // replicas differ in the end, see TestOracleUndo
	log                         []string // what happened, printed when it fails

	edits, deliveries, translations, checks, eventful, missing, undone, frames int
}

const localEdit = "local"

func newSession(t testing.TB, o *oracle, seed uint64) *session {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := &session{t: t, o: o, seed: seed, rng: rng, profile: profiles[rng.IntN(len(profiles))]}
	o.call(t, "reset")
	n := 2 + rng.IntN(4)
	switch rng.IntN(20) {
	case 0:
		n = 10 + rng.IntN(41)
	case 1, 2:
		n = 6 + rng.IntN(6)
	}
	s.dropPercent = []int{0, 0, 5, 30}[rng.IntN(4)]
	s.reorderPercent = []int{0, 20, 100}[rng.IntN(3)]
	keepers := []int{0, 0, 0, 0, 50, 100}[rng.IntN(6)] // percent that keep deleted content
	if rng.IntN(4) == 0 {
		s.profile.objects = 1
	}
	s.observe = rng.IntN(4) == 0
	s.undo = !s.observe && rng.IntN(3) == 0
	for i := range n {
		r := &replica{id: i, client: clientID(rng, i), kind: replicaKind(rng.IntN(4)), keep: rng.IntN(100) < keepers}
		if s.undo && rng.IntN(2) == 0 {
			r.kind = mirror
		}
		if s.profile.objects > 0 && r.kind == mirror {
			// Which marks Yjs finds superfluous depends on which of its marks
			// hold the very same object; no replica can know that of another.
			r.kind = goAuthor
		}
		s.replicas = append(s.replicas, r)
		s.start(r)
		s.logf("replica %d: client %d, %v", i, r.client, r.kind)
	}
	return s
}

// clientID makes ids of each size, distinct within a session.
func clientID(rng *rand.Rand, i int) uint64 {
	switch rng.IntN(5) {
	case 0:
		return uint64(i + 1)
	case 1:
		return 1<<53 - 1 - uint64(i)
	}
	return uint64(rng.Uint32()|1<<20)<<6 | uint64(i)
}

// start gives the replica empty documents.
func (s *session) start(r *replica) {
	r.doc = crdt.New(crdt.Options{ClientID: r.client, KeepDeleted: r.keep})
	r.doc.OnUpdate(func(update []byte, origin any) {
		if origin == localEdit {
			r.emitted = append(r.emitted, bytes.Clone(update))
		}
	})
	switch r.kind {
	case goAuthor:
		s.o.call(s.t, "create", r.id, r.client, !r.keep, []string{})
	case mirror, jsAuthor:
		s.o.call(s.t, "create", r.id, r.client, !r.keep, roots)
	}
	if r.kind == jsAuthor {
		s.o.call(s.t, "create", readerOf(r), r.client, !r.keep, roots)
	}
	if s.undo && r.kind == mirror {
		// Each transaction is a step.
		r.undo = crdt.NewUndoManager(r.doc, nil, crdt.UndoOptions{Origins: []any{localEdit}, CaptureTimeout: -1})
		s.o.call(s.t, "undoManager", r.id, []string{}, []string{localEdit}, 0, false, false)
	}
	if s.observe && r.kind != goOnly {
		r.events = nil
		dumpDoc(r.doc, roots) // gives the roots their types
		r.doc.ObserveAll(func(events []crdt.Event, _ *crdt.Tx) {
			r.events = dumpEvents(events)
		})
		s.o.call(s.t, "observe", r.id, roots)
	}
}

// compareEvents checks that observers of both documents of r were told the same
// about the last edit or update.
func (s *session) compareEvents(r *replica) {
	if !s.observe || r.kind == goOnly {
		return
	}
	var theirs []string
	for _, line := range s.o.call(s.t, "events", r.id).([]any) {
		theirs = append(theirs, line.(string))
	}
	if mine := strings.Join(r.events, "\n"); mine != strings.Join(theirs, "\n") {
		s.fail("replica %d (%v): events:\nGo  %s\nYjs %s", r.id, r.kind, mine, strings.Join(theirs, "\n    "))
	}
	s.eventful += len(theirs)
	r.events = nil
}

func (s *session) logf(format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

func (s *session) fail(format string, args ...any) {
	s.t.Helper()
	tail := s.log
	if len(tail) > 400 {
		tail = tail[len(tail)-400:]
	}
	s.t.Fatalf("seed %d (%s): %s\n%s", s.seed, s.profile.name, fmt.Sprintf(format, args...), strings.Join(tail, "\n"))
}

// run plays the session. A panic of the engine is reported with the log.
func (s *session) run() {
	defer func() {
		if p := recover(); p != nil {
			s.logf("panic: %v", p)
			s.t.Errorf("seed %d (%s): panic: %v\n%s", s.seed, s.profile.name, p, strings.Join(s.log, "\n"))
			panic(p)
		}
	}()
	steps := 20 + s.rng.IntN(100)
	switch {
	case len(s.replicas) > 10:
		steps += 2 * len(s.replicas)
	case s.rng.IntN(25) == 0:
		steps *= 10 // sequences long enough for the engine to index positions
	}
	for range steps {
		s.step()
	}
	s.settle()
}

func (s *session) step() {
	r := s.replicas[s.rng.IntN(len(s.replicas))]
	switch n := s.rng.IntN(100); {
	case n < 15 && r.undo != nil:
		s.takeBack(r)
	case n < 50:
		s.edit(r)
	case n < 88:
		s.deliver(r)
	case n < 94:
		s.sync(s.replicas[s.rng.IntN(len(s.replicas))], r)
	case n < 96:
		s.restart(r)
	default:
		s.compare(r)
	}
}

// edit makes one transaction of one to four edits in r.
func (s *session) edit(r *replica) {
	s.edits++
	count := 1
	if r.kind != jsAuthor && s.rng.IntN(4) == 0 {
		count += s.rng.IntN(4)
	}
	if r.kind == jsAuthor {
		e := randomEdit(s.rng, r.doc, s.profile)
		s.logf("%d edits in Yjs: %v", r.id, e)
		for i, u := range s.o.updates(s.t, "edit", r.id, []edit{e}) {
			s.broadcast(r, u)
			s.applyGo(r, u)
			if i == 0 {
				s.compareEvents(r)
			}
		}
		return
	}
	var edits []edit
	before := s.goState(r, nil)
	r.doc.Transact(localEdit, func(tx *crdt.Tx) {
		for range count {
			e := randomEdit(s.rng, r.doc, s.profile)
			s.logf("%d edits: %v", r.id, e)
			edits = append(edits, e)
			e.apply(tx, r.doc)
		}
	})
	s.check(r)
	mine := r.emitted
	r.emitted = nil
	for _, u := range mine {
		s.broadcast(r, u)
	}
	switch r.kind {
	case mirror:
		theirs := s.o.updates(s.t, "edit", r.id, edits, localEdit)
		if len(mine) > len(theirs) || len(mine) < len(theirs) && !s.observe || len(mine) == 1 && !bytes.Equal(mine[0], theirs[0]) {
			s.fail("replica %d: the same edits made other updates:\nGo  %x\nYjs %x\nbefore: %x", r.id, mine, theirs, before)
		}
		s.compareEvents(r)
		s.cleanUps(r, theirs[len(mine):]) // in Yjs, who asks for the delta of an event cleans up
	case goAuthor:
		for _, u := range mine {
			theirs := s.o.updates(s.t, "apply", r.id, u)
			s.compareEvents(r)
			s.cleanUps(r, theirs)
		}
	}
}

// cleanUps takes in what Yjs authors by itself when it receives an update: the
// removal of formatting that says nothing.
func (s *session) cleanUps(r *replica, updates [][]byte) {
	for _, u := range updates {
		s.logf("%d cleans up", r.id)
		s.applyGo(r, u)
		r.events = nil
		s.broadcast(r, u)
	}
}

func (s *session) broadcast(from *replica, update []byte) {
	for _, r := range s.replicas {
		if r != from && s.rng.IntN(100) >= s.dropPercent {
			r.inbox = append(r.inbox, update)
		}
	}
}

// deliver hands r one or several of its waiting updates, not always the oldest,
// sometimes merged into one, sometimes twice.
func (s *session) deliver(r *replica) {
	for range 1 + s.rng.IntN(3) {
		if len(r.inbox) == 0 {
			return
		}
		i := 0
		if s.rng.IntN(100) < s.reorderPercent {
			i = s.rng.IntN(len(r.inbox))
		}
		n := 1
		if s.rng.IntN(5) == 0 {
			n = 1 + s.rng.IntN(min(4, len(r.inbox)-i))
		}
		batch := bytes.Clone(r.inbox[i])
		if n > 1 {
			batch = s.merge(r.inbox[i : i+n])
		}
		if s.rng.IntN(10) > 0 {
			r.inbox = append(r.inbox[:i:i], r.inbox[i+n:]...)
		}
		s.logf("%d receives %d update(s) from place %d", r.id, n, i)
		s.apply(r, batch)
	}
}

func (s *session) merge(updates [][]byte) []byte {
	if s.rng.IntN(2) == 0 {
		s.logf("merged by Yjs")
		return s.o.bytes(s.t, "merge", updates)
	}
	merged, err := crdt.MergeUpdates(updates...)
	if err != nil {
		s.fail("merging %x: %v", updates, err)
	}
	return merged
}

// apply hands both documents of r one remote update.
func (s *session) apply(r *replica, update []byte) {
	s.deliveries++
	if s.rng.IntN(4) == 0 {
		s.applyV2(r, update)
		return
	}
	s.applyGo(r, update)
	if r.kind != goOnly {
		s.compareAfter(r, s.receive(r.id, update))
	}
}

// compareAfter compares what an update did to both documents of r.
func (s *session) compareAfter(r *replica, cleanUps [][]byte) {
	s.compareEvents(r)
	s.cleanUps(r, cleanUps)
}

// applyV2 is apply by way of format v2, into which both engines translate alike.
func (s *session) applyV2(r *replica, update []byte) {
	s.translations++
	v2, err := crdt.ConvertUpdateV1ToV2(update)
	if err != nil {
		s.fail("%x cannot be translated: %v", update, err)
	}
	if theirs := s.o.bytes(s.t, "toV2", update); !bytes.Equal(v2, theirs) {
		s.fail("%x in v2:\nGo  %x\nYjs %x", update, v2, theirs)
	}
	v1, err := crdt.ConvertUpdateV2ToV1(v2)
	if err != nil {
		s.fail("%x cannot be translated back: %v", v2, err)
	}
	if theirs := s.o.bytes(s.t, "toV1", v2); !bytes.Equal(v1, theirs) {
		s.fail("%x in v1:\nGo  %x\nYjs %x", v2, v1, theirs)
	}
	if r.kind == jsAuthor {
		s.o.updates(s.t, "applyV2", readerOf(r), v2)
	}
	if err := r.doc.ApplyUpdateV2(v2, "remote"); err != nil {
		s.fail("replica %d refuses %x: %v", r.id, v2, err)
	}
	s.check(r)
	if r.kind != goOnly {
		s.compareAfter(r, s.o.updates(s.t, "applyV2", r.id, v2))
	}
}

// readerOf is a second document in Yjs beside one that is edited there: it
// receives what the Go replica does. An author's transaction cuts and joins runs
// that its update does not tell of, so that once in ten thousand sessions Yjs
// writes what it authored in other runs than what it read.
func readerOf(r *replica) int { return r.id + 1000 }

func (s *session) applyGo(r *replica, update []byte) {
	if r.kind == jsAuthor {
		s.o.updates(s.t, "apply", readerOf(r), update)
	}
	if err := r.doc.ApplyUpdate(update, "remote"); err != nil {
		s.fail("replica %d refuses %x: %v", r.id, update, err)
	}
	s.check(r)
}

func (s *session) check(r *replica) {
	if err := r.doc.Check(); err != nil {
		s.fail("replica %d: %v", r.id, err)
	}
}

// sync gives to what it lacks of from, by the state vector, from either engine.
func (s *session) sync(from, to *replica) {
	if from == to {
		return
	}
	var diff []byte
	sv := to.doc.StateVector()
	if s.rng.IntN(3) == 0 {
		s.apply(to, s.byProtocol(from, to))
		return
	}
	if from.kind != goOnly && s.rng.IntN(2) == 0 {
		diff = s.o.bytes(s.t, "state", from.id, sv)
		s.logf("%d syncs from %d (Yjs)", to.id, from.id)
	} else {
		diff = s.goState(from, sv)
		s.logf("%d syncs from %d (Go)", to.id, from.id)
	}
	if s.rng.IntN(4) == 0 {
		full := s.goState(from, nil)
		d, err := crdt.DiffUpdate(full, sv)
		if err != nil {
			s.fail("diff of %x against %x: %v", full, sv, err)
		}
		diff = d
	}
	s.apply(to, diff)
}

// asUint is a number of JavaScript that is a client or a clock.
func asUint(v any) uint64 {
	if f, ok := v.(float64); ok {
		return uint64(f)
	}
	return uint64(v.(int64))
}

func (s *session) goState(r *replica, sv []byte) []byte {
	state, err := r.doc.EncodeStateAsUpdate(sv)
	if err != nil {
		s.fail("replica %d: state against %x: %v", r.id, sv, err)
	}
	return state
}

// restart replaces the documents of r with new ones loaded from its full state.
func (s *session) restart(r *replica) {
	s.logf("%d restarts", r.id)
	state := s.goState(r, nil)
	s.start(r)
	s.apply(r, state)
}

// compare checks that the two documents of a pair are the same in every respect.
func (s *session) compare(r *replica) {
	if r.kind == goOnly {
		return
	}
	s.checks++
	if mine, theirs := dumpDoc(r.doc, roots), s.o.text(s.t, "dump", r.id, roots); mine != theirs {
		s.fail("replica %d shows something else:\nGo  %s\nYjs %s", r.id, mine, theirs)
	}
	if mine, theirs := dump(r.doc.ToJSON()), s.o.text(s.t, "json", r.id, roots); mine != theirs {
		s.fail("replica %d as JSON:\nGo  %s\nYjs %s", r.id, mine, theirs)
	}
	if mine, theirs := r.doc.StateVector(), s.o.bytes(s.t, "vector", r.id); !bytes.Equal(mine, theirs) {
		s.fail("replica %d: state vector:\nGo  %x\nYjs %x", r.id, mine, theirs)
	}
	s.compareMissing(r)
	if s.o.call(s.t, "pending", r.id) == true || r.doc.HasPending() {
		return
	}
	if r.keep && r.kind != mirror {
		// Cutting a character and deleting the rest of it in one transaction
		// leaves U+FFFD in the deleted content of its author only.
		return
	}
	peer := r.id
	if r.kind == jsAuthor && !bytes.Equal(s.goState(r, nil), s.o.bytes(s.t, "state", r.id, []byte{0})) {
		peer = readerOf(r)
	}
	if mine, theirs := s.goState(r, nil), s.o.bytes(s.t, "state", peer, []byte{0}); !bytes.Equal(mine, theirs) {
		s.fail("replica %d (%v): full state:\nGo  %x\nYjs %x", r.id, r.kind, mine, theirs)
	}
	mine, err := r.doc.EncodeStateAsUpdateV2(nil)
	if err != nil {
		s.fail("replica %d: state in v2: %v", r.id, err)
	}
	if theirs := s.o.bytes(s.t, "stateV2", peer, []byte{0}); !bytes.Equal(mine, theirs) {
		s.fail("replica %d (%v): full state in v2:\nGo  %x\nYjs %x", r.id, r.kind, mine, theirs)
	}
}

// settle delivers what is under way and syncs everyone with everyone until
// nothing new turns up, then demands that all replicas are equal.
func (s *session) settle() {
	s.logf("settling")
	for _, r := range s.replicas {
		for len(r.inbox) > 0 {
			s.deliver(r)
		}
		s.compare(r)
	}
	hub := s.replicas[0]
	for round := 0; ; round++ {
		for _, r := range s.replicas[1:] {
			s.sync(r, hub)
		}
		for _, r := range s.replicas[1:] {
			s.sync(hub, r)
			r.inbox = nil
		}
		hub.inbox = nil
		if s.settled() {
			break
		}
		if round == 10 {
			s.fail("replicas still differ after %d rounds of sync", round)
		}
	}
	want := dumpDoc(hub.doc, roots)
	wantDeletes := s.o.bytes(s.t, "dsOf", s.goState(hub, nil))
	for _, r := range s.replicas {
		if r.doc.HasPending() {
			s.fail("replica %d still waits for something", r.id)
		}
		if got := dumpDoc(r.doc, roots); got != want && s.undone > 0 {
			s.diverged = true
		} else if got != want {
			s.fail("replica %d and %d differ:\n%s\n%s", hub.id, r.id, want, got)
		}
		if got := s.o.bytes(s.t, "dsOf", s.goState(r, nil)); !bytes.Equal(got, wantDeletes) {
			s.fail("replica %d and %d differ in their delete sets:\n%x\n%x", hub.id, r.id, wantDeletes, got)
		}
		s.compare(r)
	}
	s.reload(hub, want)
}

func (s *session) settled() bool {
	hub := s.replicas[0]
	deletes := s.o.bytes(s.t, "dsOf", s.goState(hub, nil))
	for _, r := range s.replicas {
		if !bytes.Equal(r.doc.StateVector(), hub.doc.StateVector()) || r.doc.HasPending() ||
			!bytes.Equal(deletes, s.o.bytes(s.t, "dsOf", s.goState(r, nil))) {
			return false
		}
	}
	return true
}

// reload checks that new documents of both engines loaded from the Go state show
// the same, and that nothing in it is news to the document it came from.
func (s *session) reload(r *replica, want string) {
	state := s.goState(r, nil)
	loaded := crdt.New(crdt.Options{ClientID: 1})
	if err := loaded.ApplyUpdate(state, nil); err != nil {
		s.fail("loading: %v", err)
	}
	s.o.call(s.t, "create", 1000, 1, true, []string{})
	s.o.call(s.t, "apply", 1000, state)
	if mine, theirs := dumpDoc(loaded, roots), s.o.text(s.t, "dump", 1000, roots); mine == theirs && mine != want && s.undone > 0 {
		s.diverged = true
	} else if mine != want || theirs != want {
		s.fail("loaded from its state:\nGo  %s\nYjs %s\nwas %s", dumpDoc(loaded, roots), theirs, want)
	}
	if known, err := r.doc.Contains(state); err != nil || !known {
		s.fail("its own state is news to replica %d: %v", r.id, err)
	}
	if sv := s.o.bytes(s.t, "vectorOf", state); !bytes.Equal(sv, loaded.StateVector()) {
		s.fail("state vector of the state:\nYjs %x\nGo  %x", sv, loaded.StateVector())
	}
	if sv, err := crdt.EncodeStateVectorFromUpdate(state); err != nil || !bytes.Equal(sv, loaded.StateVector()) {
		s.fail("EncodeStateVectorFromUpdate: %x, want %x, %v", sv, loaded.StateVector(), err)
	}
}
