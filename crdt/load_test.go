package crdt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"coplan/crdt"
)

// loadBothWays applies an update to a blank document, and in an open transaction, where
// it goes the general way, and states that nothing tells the two apart.
func loadBothWays(t testing.TB, update []byte, limits crdt.Limits, keep bool) {
	t.Helper()
	var docs [2]*crdt.Doc
	var errs [2]error
	var emitted [2][]byte
	var events [2]string
	for i := range docs {
		d := crdt.New(crdt.Options{ClientID: 3, Limits: limits, KeepDeleted: keep})
		d.ObserveDeep(d.Text("text"), func(list []crdt.Event, tx *crdt.Tx) {
			for _, e := range list {
				events[i] += fmt.Sprint(e.Path, tx.Local())
				for _, op := range e.Delta {
					s, _ := op.Insert.(string)
					events[i] += fmt.Sprintf(" %d %d %T %q %v", op.Retain, op.Delete, op.Insert, s, op.Attributes)
				}
			}
		})
		d.OnUpdate(func(u []byte, _ any) { emitted[i] = u })
		if docs[i] = d; i == 0 {
			errs[i] = d.ApplyUpdate(update, nil)
		} else {
			d.Transact(nil, func(*crdt.Tx) { errs[i] = d.ApplyUpdate(update, nil) })
		}
	}
	if fmt.Sprint(errs[0]) != fmt.Sprint(errs[1]) {
		t.Fatalf("%x: loading says %v, applying %v", update, errs[0], errs[1])
	}
	if a, b := everything(t, docs[0]), everything(t, docs[1]); a != b {
		t.Fatalf("%x: loaded\n%s\napplied\n%s", update, a, b)
	}
	if !bytes.Equal(emitted[0], emitted[1]) || events[0] != events[1] {
		t.Fatalf("%x: loading emits %x, applying %x; events %s and %s", update, emitted[0], emitted[1], events[0], events[1])
	}
	for _, d := range docs {
		editAll(d)
	}
	if a, b := everything(t, docs[0]), everything(t, docs[1]); a != b {
		t.Fatalf("%x: after more edits, loaded\n%s\napplied\n%s", update, a, b)
	}
}

// TestLoadAsApplied loads states of documents that several people wrote in, and the
// same with bytes changed.
func TestLoadAsApplied(t *testing.T) {
	states, loaded := 0, 0
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 31))
		p := profiles[seed%uint64(len(profiles))]
		keep := seed%4 == 0
		docs := make([]*crdt.Doc, 1+rng.IntN(4))
		for i := range docs {
			docs[i] = crdt.New(crdt.Options{ClientID: clientID(rng, i), KeepDeleted: keep})
		}
		for range 10 + rng.IntN(60) {
			d := docs[rng.IntN(len(docs))]
			d.Transact(nil, func(tx *crdt.Tx) { randomEdit(rng, d, p).apply(tx, d) })
			if from := docs[rng.IntN(len(docs))]; rng.IntN(3) == 0 {
				apply(t, d, state(t, from, nil))
			}
		}
		for _, from := range docs {
			whole := state(t, from, nil)
			states++
			if crdt.Loads(whole, stateLimits) {
				loaded++
			}
			loadBothWays(t, whole, stateLimits, keep)
			for range 12 {
				loadBothWays(t, damage(rng, whole), stateLimits, keep)
			}
		}
	}
	if loaded < states*9/10 {
		t.Errorf("of %d states, only %d went the short way", states, loaded)
	}
}

// damage changes, drops or doubles a few bytes.
func damage(rng *rand.Rand, update []byte) []byte {
	u := bytes.Clone(update)
	for range 1 + rng.IntN(3) {
		if len(u) == 0 {
			return u
		}
		switch at := rng.IntN(len(u)); rng.IntN(6) {
		case 0:
			u = append(u[:at], u[at+1:]...)
		case 1:
			u = append(u[:at], append([]byte{u[at]}, u[at:]...)...)
		case 2:
			u = u[:at]
		case 3:
			u[at] ^= 1 << rng.IntN(8)
		default:
			u[at] = u[rng.IntN(len(u))]
		}
	}
	return u
}

func FuzzLoad(f *testing.F) {
	for _, u := range seedUpdates(f) {
		f.Add(u, false)
	}
	f.Fuzz(func(t *testing.T, update []byte, keep bool) { loadBothWays(t, update, fuzzLimits, keep) })
}
