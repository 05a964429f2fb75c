package crdt_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"coplan/crdt"
	"coplan/crdt/internal/model"
	"coplan/crdt/lib0"
)

// shape writes what a shared type shows as model.Doc.Shape does.
func shape(v any) string {
	var sequence []string
	keys := map[string]any{}
	switch t := v.(type) {
	case crdt.XMLText:
		return shape(t.Text)
	case crdt.Text:
		for _, op := range t.ToDelta() {
			if s, ok := op.Insert.(string); ok {
				for _, u := range utf16.Encode([]rune(s)) {
					sequence = append(sequence, fmt.Sprintf("%04x", u))
				}
			} else {
				sequence = append(sequence, shape(op.Insert))
			}
		}
	case crdt.Map:
		t.Range(func(k string, v any) bool { keys[k] = v; return true })
	case crdt.Array:
		t.Range(func(_ int, v any) bool { sequence = append(sequence, shape(v)); return true })
	case crdt.XMLElement:
		keys = t.Attributes()
		for _, c := range t.Children() {
			sequence = append(sequence, shape(c))
		}
	case crdt.XMLFragment:
		for _, c := range t.Children() {
			sequence = append(sequence, shape(c))
		}
	case crdt.Subdoc:
		return fmt.Sprintf("%x", appendAny(lib0.AppendVarString(nil, t.GUID), t.Opts))
	default:
		return fmt.Sprintf("%x", appendAny(nil, v))
	}
	var entries []string
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		entries = append(entries, k+":"+shape(keys[k]))
	}
	return "(" + strings.Join(sequence, ",") + "){" + strings.Join(entries, ",") + "}"
}

// modelWorld is a few replicas, each an engine document and a model that
// receive the same updates.
type modelWorld struct {
	t        testing.TB
	name     string
	next     func(n int) int // a choice below n
	rng      *rand.Rand
	profile  profile
	replicas []*modelReplica
	edits    int

	compared, behind int // comparisons, and those skipped
	stalled          int // replicas that still waited in the end

	inOrder bool // updates arrive in the order they were made

	// incoming, if set, is called around each remote update.
	incoming func(r *modelReplica, update []byte, apply func())
}

type modelReplica struct {
	doc     *crdt.Doc
	model   *model.Doc
	inbox   [][]byte
	emitted [][]byte
}

func newModelWorld(t testing.TB, name string, rng *rand.Rand, n int, p profile) *modelWorld {
	w := &modelWorld{t: t, name: name, next: rng.IntN, rng: rng, profile: p}
	for i := range n {
		r := &modelReplica{doc: crdt.New(crdt.Options{ClientID: clientID(rng, i)}), model: model.New()}
		r.doc.OnUpdate(func(update []byte, origin any) {
			if origin == localEdit {
				r.emitted = append(r.emitted, bytes.Clone(update))
			}
		})
		w.replicas = append(w.replicas, r)
	}
	return w
}

func (w *modelWorld) step() {
	r := w.replicas[w.next(len(w.replicas))]
	if w.next(2) == 0 {
		w.edits++
		r.doc.Transact(localEdit, func(tx *crdt.Tx) {
			for range 1 + w.next(3) {
				modelEdit(w.rng, r.doc, w.profile).apply(tx, r.doc)
			}
		})
		for _, u := range r.emitted {
			w.applyModel(r, u)
			for _, other := range w.replicas {
				if other != r {
					other.inbox = append(other.inbox, u)
				}
			}
		}
		r.emitted = nil
		w.compare(r)
	} else if len(r.inbox) > 0 {
		w.deliver(r, w.arriving(r))
	}
}

// modelEdit leaves out embedded objects, which the model shows as the JSON they
// are on the wire.
func modelEdit(rng *rand.Rand, d *crdt.Doc, p profile) edit {
	for {
		e := randomEdit(rng, d, p)
		if _, object := e.v.(map[string]any); e.kind != "embed" || !object {
			return e
		}
	}
}

// arriving picks the update of the inbox that comes next.
func (w *modelWorld) arriving(r *modelReplica) int {
	if w.inOrder {
		return 0
	}
	return w.next(len(r.inbox))
}

func (w *modelWorld) deliver(r *modelReplica, i int) {
	u := r.inbox[i]
	r.inbox = slices.Delete(r.inbox, i, i+1)
	apply := func() {
		if err := r.doc.ApplyUpdate(u, nil); err != nil {
			w.t.Fatalf("%s: engine refuses %x: %v", w.name, u, err)
		}
		w.applyModel(r, u)
		w.compare(r)
	}
	if w.incoming != nil {
		w.incoming(r, u, apply)
	} else {
		apply()
	}
}

func (w *modelWorld) applyModel(r *modelReplica, u []byte) {
	if err := r.model.Apply(u); err != nil {
		w.t.Fatalf("%s: model refuses %x: %v", w.name, u, err)
	}
}

func (w *modelWorld) compare(r *modelReplica) {
	w.t.Helper()
	if err := r.doc.Check(); err != nil {
		w.t.Fatalf("%s: %v", w.name, err)
	}
	sv, err := crdt.DecodeStateVector(r.doc.StateVector())
	if err != nil {
		w.t.Fatalf("%s: %v", w.name, err)
	}
	if want := r.model.StateVector(); !maps.Equal(sv, want) {
		// Like Yjs, the engine looks again at what waits only when the one
		// thing it noted down as missing has come; the model always looks.
		for client, clock := range sv {
			if clock > want[client] {
				w.t.Fatalf("%s: state vector: engine %v, model %v", w.name, sv, want)
			}
		}
		if !r.doc.HasPending() {
			w.t.Fatalf("%s: nothing pending, but the engine knows %v, the model %v", w.name, sv, want)
		}
		w.behind++
		return
	}
	w.compared++
	if r.model.Pending() && !r.doc.HasPending() {
		w.t.Fatalf("%s: pending: engine %v, model %v", w.name, r.doc.HasPending(), r.model.Pending())
	}
	for _, root := range roots {
		if got, want := shape(rootOf(r.doc, root)), r.model.Shape(root); got != want {
			w.t.Fatalf("%s: %s:\nengine %s\nmodel  %s", w.name, root, got, want)
		}
	}
}

func (w *modelWorld) settle() {
	for _, r := range w.replicas {
		for len(r.inbox) > 0 {
			w.deliver(r, w.arriving(r))
		}
	}
	first := w.replicas[0]
	for _, r := range w.replicas {
		if r.model.Pending() {
			w.t.Fatalf("%s: still pending: engine %v, model %v", w.name, r.doc.HasPending(), r.model.Pending())
		}
		if r.doc.HasPending() {
			// By Yjs's rule the engine can overlook that the last thing has come
			// (see decision 14). Its state holds everything all the same.
			w.stalled++
			fresh := crdt.New(crdt.Options{ClientID: 1})
			if err := fresh.ApplyUpdate(fullState(r.doc), nil); err != nil || fresh.HasPending() {
				w.t.Fatalf("%s: loaded from the state of a replica that waits: pending %v, %v", w.name, fresh.HasPending(), err)
			}
		}
		state, err := r.doc.EncodeStateAsUpdate(nil)
		if err != nil {
			w.t.Fatalf("%s: %v", w.name, err)
		}
		loaded := model.New()
		if err := loaded.Apply(state); err != nil {
			w.t.Fatalf("%s: model cannot load the state: %v", w.name, err)
		}
		if !maps.Equal(loaded.Deleted(), first.model.Deleted()) {
			w.t.Fatalf("%s: the engine's state deletes %v, the model %v", w.name, loaded.Deleted(), first.model.Deleted())
		}
		for _, root := range roots {
			if got, want := loaded.Shape(root), first.model.Shape(root); got != want {
				w.t.Fatalf("%s: %s loaded from the engine's state:\n%s\n%s", w.name, root, got, want)
			}
		}
	}
}

// The engine orders, deletes and holds back exactly as the model does, whatever
// the order in which updates arrive.
func TestEngineAgreesWithModel(t *testing.T) {
	first, last := sessionSeeds(t, 100)
	var edits, compared, behind, stalled int
	for seed := first; seed < last; seed++ {
		rng := rand.New(rand.NewPCG(seed, 2))
		p := profiles[rng.IntN(len(profiles))]
		w := newModelWorld(t, fmt.Sprintf("seed %d (%s)", seed, p.name), rng, 2+rng.IntN(4), p)
		for range 20 + rng.IntN(60) {
			w.step()
		}
		w.settle()
		edits, compared = edits+w.edits, compared+w.compared
		behind, stalled = behind+w.behind, stalled+w.stalled
	}
	if n := int(last - first); edits < 10*n || compared < 20*n || behind > compared/10 || stalled > 1+n/100 {
		t.Errorf("%d sessions: %d transactions, %d comparisons, %d not compared, %d replicas that still waited", n, edits, compared, behind, stalled)
	}
}
