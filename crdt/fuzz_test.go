package crdt_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"

	"coplan/crdt"
	"coplan/crdt/internal/model"
)

// fuzzLimits keep one input from being slow for an honest reason.
var fuzzLimits = crdt.Limits{MaxUpdateBytes: 1 << 16, MaxRunLength: 1 << 16, MaxDepth: 64, MaxPendingBytes: 1 << 17}

// stateLimits are fuzzLimits for a whole state, which may be larger than each of
// the updates that made it.
var stateLimits = crdt.Limits{MaxUpdateBytes: 1 << 20, MaxRunLength: 1 << 16, MaxDepth: 64, MaxPendingBytes: 1 << 20}

func seedUpdates(f *testing.F) (updates [][]byte) {
	for _, c := range hostileCases() {
		if len(c.update) < 1<<10 {
			updates = append(updates, c.update)
		}
	}
	for seed := range uint64(len(profiles)) {
		rng := rand.New(rand.NewPCG(seed, 4))
		d := crdt.New(crdt.Options{ClientID: 1 + seed})
		for range 12 {
			d.Transact(nil, func(tx *crdt.Tx) { randomEdit(rng, d, profiles[seed]).apply(tx, d) })
		}
		state, err := d.EncodeStateAsUpdate(nil)
		if err != nil {
			f.Fatal(err)
		}
		updates = append(updates, state)
	}
	return updates
}

// checkApplied states what holds after any update, taken or refused.
func checkApplied(t *testing.T, d *crdt.Doc, before string, refused error) {
	t.Helper()
	after := everything(t, d)
	if refused != nil {
		if after != before {
			t.Fatalf("refused (%v), but changed from\n%s\nto\n%s", refused, before, after)
		}
		return
	}
	state, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	loaded := crdt.New(crdt.Options{ClientID: 2, Limits: stateLimits})
	if err := loaded.ApplyUpdate(state, nil); err != nil {
		t.Fatalf("its state cannot be loaded: %v", err)
	}
	if err := loaded.Check(); err != nil {
		t.Fatalf("loaded: %v", err)
	}
	if !d.HasPending() && !bytes.Equal(loaded.StateVector(), d.StateVector()) {
		t.Fatalf("state vector %x, loaded %x", d.StateVector(), loaded.StateVector())
	}
	editAll(d)
	if err := d.Check(); err != nil {
		t.Fatalf("after more edits: %v", err)
	}
}

func FuzzApplyUpdate(f *testing.F) {
	for _, u := range seedUpdates(f) {
		f.Add(u)
	}
	base, err := victim(f).EncodeStateAsUpdate(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, update []byte) {
		d := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		d.ApplyUpdate(base, nil)
		before := everything(t, d)
		touches, inspected := d.Inspect(update)
		err := d.ApplyUpdate(update, nil)
		if (err == nil) != (inspected == nil) && err != crdt.ErrPendingFull {
			t.Fatalf("Inspect says %v, ApplyUpdate %v (%d touches)", inspected, err, len(touches))
		}
		checkDeletedOnce(t, touches)
		limits := fuzzLimits
		limits.MaxTouches = 4
		brief := crdt.New(crdt.Options{ClientID: 3, Limits: limits})
		brief.ApplyUpdate(base, nil)
		few, short := brief.Inspect(update)
		if (short == nil) != (inspected == nil) && !errors.Is(short, crdt.ErrLimit) || len(few) > 4 || short == nil && len(few) != len(touches) {
			t.Fatalf("Inspect says %v (%d touches), with a limit %v (%d touches)", inspected, len(touches), short, len(few))
		}
		if err == nil {
			if known, err := d.Contains(update); err != nil || !known && !d.HasPending() {
				t.Fatalf("applied, but news: %v, %v", known, err)
			}
			if _, err := crdt.UpdateClients(update); err != nil {
				t.Fatal(err)
			}
			v2, err := crdt.ConvertUpdateV1ToV2(update)
			if err == nil {
				if _, err := crdt.ConvertUpdateV2ToV1(v2); err != nil {
					t.Fatalf("v2 of it does not read back: %v", err)
				}
			}
		}
		checkApplied(t, d, before, err)
	})
}

func FuzzApplyUpdateV2(f *testing.F) {
	for _, u := range seedUpdates(f) {
		if v2, err := crdt.ConvertUpdateV1ToV2(u); err == nil {
			f.Add(v2)
		}
	}
	f.Fuzz(func(t *testing.T, update []byte) {
		d := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		before := everything(t, d)
		err := d.ApplyUpdateV2(update, nil)
		applied := everything(t, d)
		checkApplied(t, d, before, err)
		if err != nil {
			return
		}
		v1, err := crdt.ConvertUpdateV2ToV1(update)
		if err != nil {
			t.Fatalf("applied, but not converted: %v", err)
		}
		again, err := crdt.ConvertUpdateV1ToV2(v1)
		if err != nil {
			t.Fatalf("converted to v1, but not back: %v", err)
		}
		back, err := crdt.ConvertUpdateV2ToV1(again)
		if err != nil {
			t.Fatalf("converted to v1 and back, but not again: %v", err)
		}
		other := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		err = other.ApplyUpdate(back, nil)
		if err != nil || !other.HasPending() && everything(t, other) != applied {
			t.Fatalf("v1 %x comes back as %x, %v", v1, back, err)
		}
	})
}

// Merging and diffing updates without a document does what documents do: the
// merged update leaves the state that its structs leave one by one, deletes included.
func FuzzMergeUpdates(f *testing.F) {
	updates := append(seedUpdates(f), keyedText()...)
	for i := range updates {
		f.Add(updates[i], updates[(i+1)%len(updates)])
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		merged, err := crdt.MergeUpdates(a, b)
		if err != nil {
			return
		}
		one := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		if one.ApplyUpdate(a, nil) != nil {
			return
		}
		knowing, err := one.MergeUpdates(b)
		if err != nil {
			t.Fatal(err)
		}
		half := everything(t, one)
		if one.ApplyUpdate(b, nil) != nil {
			return
		}
		two := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		if err := two.ApplyUpdate(merged, nil); err != nil {
			t.Fatalf("merged %x is refused: %v", merged, err)
		}
		if !overlap(t, a, b) && !bytes.Equal(one.StateVector(), two.StateVector()) {
			t.Fatalf("state vectors %x and %x", one.StateVector(), two.StateVector())
		}
		if _, err := crdt.DiffUpdate(merged, one.StateVector()); err != nil {
			t.Fatal(err)
		}
		if _, err := crdt.EncodeStateVectorFromUpdate(merged); err != nil {
			t.Fatal(err)
		}
		// Where a struct with a right origin inside its left one ends up depends
		// on how the text around it happens to be cut, in Yjs too.
		if crdt.Crossed(merged) {
			return
		}
		apart, err := crdt.MergeApart(a, b)
		if err != nil {
			t.Fatal(err)
		}
		three := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		if err := three.ApplyUpdate(apart, nil); err != nil {
			t.Fatalf("merged but not joined, %x is refused: %v", apart, err)
		}
		if got, want := settled(t, two), settled(t, three); got != want {
			t.Fatalf("merged as %x:\n%s\nnot joined, as %x:\n%s", merged, got, apart, want)
		}
		four := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits})
		if four.ApplyUpdate(a, nil) != nil || everything(t, four) != half {
			t.Fatalf("merging %x changed the document", b)
		}
		if err := four.ApplyUpdate(knowing, nil); err != nil {
			t.Fatalf("merged by a document as %x: %v", knowing, err)
		}
		if got, want := settled(t, four), settled(t, one); got != want {
			t.Fatalf("merged by a document as %x:\n%s\nas it was:\n%s", knowing, got, want)
		}
	})
}

// settled is everything but what waits, which may be written in several ways.
func settled(t *testing.T, d *crdt.Doc) string {
	t.Helper()
	if !d.HasPending() {
		return everything(t, d)
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x, pending\n%s", d.Snapshot().Encode(), dumpDoc(d, roots))
}

// overlap says whether two updates claim the same clocks, perhaps with different
// content: then which of the two counts depends on who comes first.
func overlap(t *testing.T, a, b []byte) bool {
	x, err := crdt.UpdateClients(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := crdt.UpdateClients(b)
	if err != nil {
		t.Fatal(err)
	}
	for client, r := range x {
		if o, ok := y[client]; ok && r[0] < o[1] && o[0] < r[1] {
			return true
		}
	}
	return false
}

func FuzzDecodeStateVector(f *testing.F) {
	f.Add(victim(f).StateVector())
	f.Add([]byte{2, 5, 1, 3, 0x80, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		sv, err := crdt.DecodeStateVector(b)
		if _, encodeErr := victim(t).EncodeStateAsUpdate(b); len(b) > 0 && (encodeErr == nil) != (err == nil) {
			t.Fatalf("DecodeStateVector says %v, EncodeStateAsUpdate %v", err, encodeErr)
		}
		if len(sv) > len(b)/2 {
			t.Fatalf("%d clients from %d bytes", len(sv), len(b))
		}
	})
}

// A delete set deletes what it names and is here, and the rest when that arrives.
func FuzzDeleteSet(f *testing.F) {
	f.Add([]byte{1, 1, 1, 0, 15})                    // all of client 1
	f.Add([]byte{2, 1, 2, 0, 2, 4, 3, 77, 1, 5, 9})  // parts, and what is not here
	f.Add([]byte{2, 77, 1, 0, 3, 77, 2, 2, 4, 0, 1}) // one client twice, out of order
	f.Add([]byte{1, 1, 1, 20, 0x80, 0x80, 0x80, 0x80, 0x10})
	base := fullState(victim(f))
	w := new(wire).at(77, 0).text(place{root: "text"}, "abcdefghij🙂k")
	later := w.at(1, 15).text(place{root: "text"}, "later").item(typeContent, place{root: "array"}, []byte{1}).
		item(anyContent, place{parent: id(1, 20), sub: "k"}, []byte{1, 126}).bytes()
	f.Fuzz(func(t *testing.T, set []byte) {
		d, m := crdt.New(crdt.Options{ClientID: 3, Limits: fuzzLimits}), model.New()
		for _, u := range [][]byte{base, append([]byte{0}, set...), later} {
			before := everything(t, d)
			if err := d.ApplyUpdate(u, nil); err != nil {
				if after := everything(t, d); after != before {
					t.Fatalf("refused (%v), but changed from\n%s\nto\n%s", err, before, after)
				}
				return
			}
			if err := m.Apply(u); err != nil {
				t.Fatalf("taken, but not by the model: %v", err)
			}
			if mine, theirs := deletedUnits(t, d), m.Deleted(); !maps.Equal(mine, theirs) {
				t.Fatalf("deleted: engine %v, model %v", mine, theirs)
			}
			if d.HasPending() != m.Pending() {
				t.Fatalf("pending: engine %v, model %v", d.HasPending(), m.Pending())
			}
		}
		editAll(d)
		if err := d.Check(); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDecodeSnapshot(f *testing.F) {
	s := victim(f).Snapshot()
	f.Add(s.Encode())
	f.Add(s.EncodeV2())
	f.Add([]byte{1, 9, 2, 0, 3, 5, 1, 1, 9, 20})
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, err := crdt.DecodeSnapshot(b); err == nil {
			if back, err := crdt.DecodeSnapshot(s.Encode()); err != nil || !back.Equal(s) {
				t.Fatalf("%x reads back as another snapshot: %v", b, err)
			}
			if back, err := crdt.DecodeSnapshotV2(s.EncodeV2()); err != nil || !back.Equal(s) {
				t.Fatalf("%x comes back from v2 as another snapshot: %v", b, err)
			}
			keeper := crdt.New(crdt.Options{ClientID: 1, KeepDeleted: true})
			if restored, err := keeper.Restore(s, crdt.Options{}); err == nil && restored.Check() != nil {
				t.Fatal(restored.Check())
			}
		}
		if s, err := crdt.DecodeSnapshotV2(b); err == nil {
			if back, err := crdt.DecodeSnapshotV2(s.EncodeV2()); err != nil || !back.Equal(s) {
				t.Fatalf("%x reads back as another v2 snapshot: %v", b, err)
			}
		}
	})
}

func FuzzDecodeRelativePosition(f *testing.F) {
	d := victim(f)
	f.Add(d.Text("text").RelativePosition(2, 0).Encode())
	f.Add(d.Text("text").RelativePosition(5, -1).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := crdt.DecodeRelativePosition(b)
		if err != nil {
			return
		}
		back, err := crdt.DecodeRelativePosition(p.Encode())
		if err != nil || !bytes.Equal(back.Encode(), p.Encode()) {
			t.Fatalf("%x reads back differently: %v", b, err)
		}
		victim(t).ResolvePosition(p)
		victim(t).ResolveSharedPosition(p)
	})
}

func FuzzRelativePositionJSON(f *testing.F) {
	f.Add([]byte(`{"tname":"text","item":{"client":1,"clock":2},"assoc":0}`))
	f.Add([]byte(`{"type":{"client":1,"clock":9},"assoc":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p, back crdt.RelativePosition
		if err := p.UnmarshalJSON(b); err != nil {
			if !errors.Is(err, crdt.ErrMalformed) {
				t.Fatalf("error without a kind: %v", err)
			}
			return
		}
		js, err := p.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalJSON(js); err != nil || !reflect.DeepEqual(back, p) {
			t.Fatalf("%s reads back differently as %s: %v", b, js, err)
		}
		victim(t).ResolvePosition(p)
	})
}

// The bytes decide what a few people do, at the same time, and in which order
// they hear of it; engine and model must agree after each step.
func FuzzModel(f *testing.F) {
	for i := range profiles {
		f.Add([]byte{byte(i), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 1, 0, 2, 2, 1, 0, 1, 1, 3, 2, 4})
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) < 4 || len(script) > 200 {
			return
		}
		rng := rand.New(&scriptSource{script: script})
		p := profiles[int(script[0])%len(profiles)]
		w := newModelWorld(t, fmt.Sprintf("script %x (%s)", script, p.name), rng, 3, p)
		for range min(60, len(script)) {
			w.step()
		}
		w.settle()
	})
}

// Whatever update it is, the engine does what the model does, and has said before
// what that would be.
func FuzzUpdateLikeModel(f *testing.F) {
	for _, u := range seedUpdates(f) {
		f.Add(u)
	}
	for seed := range uint64(20) {
		tw := newTwister(rand.New(rand.NewPCG(seed, 33)), 1, 2, 3)
		tw.next[1] = 15
		f.Add(tw.update())
	}
	base := fullState(victim(f))
	// The model is slow, and keeps what is deleted.
	limits := crdt.Limits{MaxUpdateBytes: 500, MaxRunLength: 100, MaxDepth: 64, MaxPendingBytes: 1 << 17}
	f.Fuzz(func(t *testing.T, update []byte) {
		d, m := crdt.New(crdt.Options{ClientID: 3, KeepDeleted: true, Limits: limits}), model.New()
		if err := errors.Join(d.ApplyUpdate(base, nil), m.Apply(base)); err != nil {
			t.Fatal(err)
		}
		applyLikeModel(t, "", d, m, update, true)
	})
}

// scriptSource is a random source that says what the script says: its bytes
// spread over the word, so that small changes change single choices.
type scriptSource struct {
	script []byte
	at     int
}

func (s *scriptSource) Uint64() uint64 {
	b := s.script[s.at%len(s.script)]
	s.at++
	x := (uint64(b) + uint64(s.at/len(s.script))*0x9e37) * 0x9e3779b97f4a7c15
	return x ^ x>>29
}
