package crdt_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"coplan/crdt"
	"coplan/crdt/internal/model"
	"coplan/crdt/lib0"
)

// What Inspect lists before an update is applied is what the update then does:
// every unit that appears or disappears was announced at its true place, and
// nothing was announced that was there, or gone, before.
func TestInspectAnnouncesWhatHappens(t *testing.T) {
	first, last := sessionSeeds(t, 60)
	added, deleted, released := 0, 0, 0
	for seed := first; seed < last; seed++ {
		a, d, r := inspectSession(t, seed)
		added, deleted, released = added+a, deleted+d, released+r
	}
	if n := int(last - first); added < 50*n || deleted < 5*n || released < 10*n {
		t.Errorf("only %d units added, %d deleted, and %d let in while something waited", added, deleted, released)
	}
}

func inspectSession(t *testing.T, seed uint64) (added, deleted, released int) {
	rng := rand.New(rand.NewPCG(seed, 9))
	p := profiles[rng.IntN(len(profiles))]
	w := newModelWorld(t, fmt.Sprintf("seed %d (%s)", seed, p.name), rng, 2+rng.IntN(3), p)
	w.inOrder = rng.IntN(4) > 0
	told := map[*modelReplica]map[model.ID]crdt.Touch{} // what was announced as added so far
	for _, r := range w.replicas {
		told[r] = map[model.ID]crdt.Touch{}
	}
	w.incoming = func(r *modelReplica, u []byte, apply func()) {
		waited := r.doc.HasPending() || r.model.Pending()
		touches, err := r.doc.Inspect(u)
		if err != nil {
			t.Fatalf("%s: %v", w.name, err)
		}
		for _, touch := range touches {
			for clock := touch.Clock; touch.Kind != crdt.TouchDelete && clock < touch.Clock+touch.Len; clock++ {
				id := model.ID{Client: touch.Client, Clock: clock}
				if was, known := told[r][id]; !known || was.Unresolved {
					told[r][id] = touch
				}
			}
		}
		known, before := r.model.StateVector(), r.model.Units()
		apply()
		if waited || r.doc.HasPending() || r.model.Pending() {
			released += checkReleased(t, w.name, r, known, told[r])
			return
		}
		a, d := checkTouches(t, w.name, touches, before, r.model.Units())
		added, deleted = added+a, deleted+d
	}
	for range 60 {
		w.step()
	}
	w.settle()
	return added, deleted, released
}

// checkReleased says how many units went in, perhaps from the waiting room, each of
// which must have been announced when it came, and at its place if that was known.
func checkReleased(t *testing.T, name string, r *modelReplica, known map[uint64]uint64, told map[model.ID]crdt.Touch) (released int) {
	t.Helper()
	units := r.model.Units()
	for client, next := range r.model.StateVector() {
		for clock := known[client]; clock < next; clock++ {
			id := model.ID{Client: client, Clock: clock}
			touch, announced := told[id]
			if !announced {
				t.Fatalf("%s: %v was let in unannounced: %+v", name, id, units[id])
			}
			if !touch.Unresolved {
				checkPlace(t, name, touch, units[id])
			}
			released++
		}
	}
	return released
}

// applyLikeModel applies an update to engine and model, if nothing of it has to
// wait, and checks that they agree, and that the engine has said before what would
// be touched. It reports whether it did.
//
// Of structs that make no sense it can matter which goes in first, and the model takes
// them in another order than Yjs; wild says that there may be such.
func applyLikeModel(t *testing.T, name string, d *crdt.Doc, m *model.Doc, update []byte, wild bool) bool {
	t.Helper()
	name = fmt.Sprintf("%s: %x", name, update)
	if ok, err := d.Integrable(update); err != nil || !ok || crdt.Crossed(update) {
		return false
	}
	if clients, err := crdt.UpdateClients(update); err != nil || wild && len(clients) > 1 {
		return false
	}
	touches, err := d.Inspect(update)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, touch := range touches {
		if touch.Kind == crdt.TouchSet && touch.Len > 1 {
			return false // one value of several units; in the model each replaces the one before
		}
	}
	before := m.Units()
	if err := d.ApplyUpdate(update, nil); err != nil || d.HasPending() {
		t.Fatalf("%s: pending %v, %v", name, d.HasPending(), err)
	}
	if err := d.Check(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if err := m.Apply(update); err != nil || m.Pending() {
		t.Fatalf("%s: in the model: pending %v, %v", name, m.Pending(), err)
	}
	sv, err := crdt.DecodeStateVector(d.StateVector())
	if err != nil || !maps.Equal(sv, m.StateVector()) {
		t.Fatalf("%s: state vector: engine %v, model %v (%v)", name, sv, m.StateVector(), err)
	}
	if mine, theirs := deletedUnits(t, d), m.Deleted(); !maps.Equal(mine, theirs) {
		t.Fatalf("%s: deleted: engine %v, model %v", name, mine, theirs)
	}
	checkTouches(t, name, touches, before, m.Units())
	return true
}

// deletedUnits lists what is deleted in d.
func deletedUnits(t *testing.T, d *crdt.Doc) map[model.ID]bool {
	t.Helper()
	deleted := map[model.ID]bool{}
	r := lib0.NewReader(d.Snapshot().Encode())
	next := func() uint64 {
		n, err := r.Uvarint()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for clients := next(); clients > 0; clients-- {
		client := next()
		for ranges := next(); ranges > 0; ranges-- {
			clock := next()
			for end := clock + next(); clock < end; clock++ {
				deleted[model.ID{Client: client, Clock: clock}] = true
			}
		}
	}
	return deleted
}

// Updates with structs of every content in every place, alone and several at once,
// do what the model does, and what Inspect announced.
func TestInspectAnnouncesTwisted(t *testing.T) {
	first, last := sessionSeeds(t, 300)
	applied := 0
	for seed := first; seed < last; seed++ {
		rng := rand.New(rand.NewPCG(seed, 34))
		d, m := crdt.New(crdt.Options{ClientID: 1, KeepDeleted: true}), model.New() // the model keeps it too
		tw := newTwister(rng, 2, 3, 4, 1<<53-1)
		tw.wild = rng.IntN(2) == 0
		for range 25 {
			updates := [][]byte{tw.update()}
			for rng.IntN(3) == 0 {
				updates = append(updates, tw.update())
			}
			update, err := crdt.MergeUpdates(updates...)
			if err != nil || !applyLikeModel(t, fmt.Sprintf("seed %d", seed), d, m, update, tw.wild) {
				for _, client := range tw.clients {
					tw.next[client] = d.State(client)
				}
				continue
			}
			applied++
		}
	}
	if n := int(last - first); applied < 6*n {
		t.Errorf("only %d updates applied", applied)
	}
}

// checkTouches compares what was announced with the units before and after.
func checkTouches(t *testing.T, name string, touches []crdt.Touch, before, after map[model.ID]model.Where) (added, deleted int) {
	t.Helper()
	inserts, deletes := map[model.ID]crdt.Touch{}, map[model.ID]crdt.Touch{}
	for _, touch := range touches {
		for clock := touch.Clock; clock < touch.Clock+touch.Len; clock++ {
			id := model.ID{Client: touch.Client, Clock: clock}
			was, known := before[id]
			switch {
			case touch.Unresolved:
				t.Fatalf("%s: %+v is called unresolved, but nothing waits", name, touch)
			case touch.Kind != crdt.TouchDelete && known:
				t.Fatalf("%s: %+v adds what was there", name, touch)
			case touch.Kind == crdt.TouchDelete && known && was.Deleted:
				t.Fatalf("%s: %+v deletes what was gone", name, touch)
			case touch.Kind != crdt.TouchDelete:
				inserts[id] = touch
			case deletes[id].Len > 0:
				t.Fatalf("%s: %v is deleted twice, by %+v and %+v", name, id, deletes[id], touch)
			default:
				deletes[id] = touch
			}
		}
	}
	for id, now := range after {
		was, known := before[id]
		if !known {
			added++
			touch, announced := inserts[id]
			if !announced {
				t.Fatalf("%s: %v was added unannounced: %+v", name, id, now)
			}
			checkPlace(t, name, touch, now)
			want := crdt.TouchInsert
			switch {
			case now.Keyed:
				want = crdt.TouchSet
			case now.Format:
				want = crdt.TouchFormat
			}
			if touch.Kind != want && !touch.Collected && !now.Lost {
				t.Fatalf("%s: %v announced as %v, is %v", name, id, touch.Kind, want)
			}
			continue
		}
		if now.Deleted && !was.Deleted {
			deleted++
			touch, announced := deletes[id]
			if !announced {
				t.Fatalf("%s: %v was deleted unannounced: %+v", name, id, now)
			}
			checkPlace(t, name, touch, now)
		}
	}
	for id, touch := range deletes {
		if now := after[id]; !now.Deleted && !touch.Implicit {
			t.Fatalf("%s: %+v deletes %v, which is still there", name, touch, id)
		}
	}
	for id := range inserts {
		if _, there := after[id]; !there {
			t.Fatalf("%s: %v was announced and did not come", name, id)
		}
	}
	return added, deleted
}

func checkPlace(t *testing.T, name string, touch crdt.Touch, w model.Where) {
	t.Helper()
	if touch.Collected {
		if !w.Deleted {
			t.Fatalf("%s: %+v is called collected, but shows at %+v", name, touch, w)
		}
		return
	}
	if w.Lost {
		return
	}
	var path []model.ID
	for _, step := range touch.Path {
		path = append(path, model.ID(step.ID))
	}
	key := touch.Keyed && (!w.Format || w.Keyed) // of a formatting mark in a sequence it is the attribute
	if touch.Root != w.Root || fmt.Sprint(path) != fmt.Sprint(w.Path) || key != w.Keyed || w.Keyed && touch.Key != w.Key {
		t.Fatalf("%s: announced at %+v, is at %+v", name, touch, w)
	}
}

// Inspecting changes nothing.
func TestInspectLeavesNoTrace(t *testing.T) {
	for _, c := range hostileCases() {
		d := victim(t)
		before, rootsBefore := everything(t, d), fmt.Sprint(d.Roots())
		d.Inspect(c.update)
		if after := everything(t, d); after != before || fmt.Sprint(d.Roots()) != rootsBefore {
			t.Errorf("%s: inspecting changed\n%s\nto\n%s", c.name, before, after)
		}
	}
}
