package crdt_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// readers is everything that takes bytes from outside.
func readers() map[string]func(b []byte) error {
	one := func(_ any, err error) error { return err }
	limits := crdt.Limits{MaxTouches: 1000}
	doc := func() *crdt.Doc { return crdt.New(crdt.Options{ClientID: 1, Limits: limits}) }
	snapshot := crdt.New(crdt.Options{}).Snapshot()
	return map[string]func(b []byte) error{
		"ApplyUpdate":                   func(b []byte) error { return doc().ApplyUpdate(b, nil) },
		"ApplyUpdateV2":                 func(b []byte) error { return doc().ApplyUpdateV2(b, nil) },
		"Inspect":                       func(b []byte) error { return one(doc().Inspect(b)) },
		"InspectV2":                     func(b []byte) error { return one(doc().InspectV2(b)) },
		"Integrable":                    func(b []byte) error { return one(doc().Integrable(b)) },
		"Contains":                      func(b []byte) error { return one(doc().Contains(b)) },
		"EncodeStateAsUpdate":           func(b []byte) error { return one(doc().EncodeStateAsUpdate(b)) },
		"MergeUpdates":                  func(b []byte) error { return one(crdt.MergeUpdates(b, b)) },
		"MergeUpdatesV2":                func(b []byte) error { return one(crdt.MergeUpdatesV2(b)) },
		"DiffUpdate":                    func(b []byte) error { return one(crdt.DiffUpdate(b, []byte{0})) },
		"DiffUpdate against":            func(b []byte) error { return one(crdt.DiffUpdate([]byte{0, 0}, b)) },
		"ConvertUpdateV1ToV2":           func(b []byte) error { return one(crdt.ConvertUpdateV1ToV2(b)) },
		"ConvertUpdateV2ToV1":           func(b []byte) error { return one(crdt.ConvertUpdateV2ToV1(b)) },
		"UpdateClients":                 func(b []byte) error { return one(crdt.UpdateClients(b)) },
		"EncodeStateVectorFromUpdate":   func(b []byte) error { return one(crdt.EncodeStateVectorFromUpdate(b)) },
		"EncodeStateVectorFromUpdateV2": func(b []byte) error { return one(crdt.EncodeStateVectorFromUpdateV2(b)) },
		"DecodeStateVector":             func(b []byte) error { return one(crdt.DecodeStateVector(b)) },
		"DecodeSnapshot":                func(b []byte) error { return one(crdt.DecodeSnapshot(b)) },
		"DecodeSnapshotV2":              func(b []byte) error { return one(crdt.DecodeSnapshotV2(b)) },
		"Snapshot.Contains":             func(b []byte) error { return one(snapshot.Contains(b)) },
		"DecodeRelativePosition":        func(b []byte) error { return one(crdt.DecodeRelativePosition(b)) },
		"RelativePosition.UnmarshalJSON": func(b []byte) error {
			var p crdt.RelativePosition
			return p.UnmarshalJSON(b)
		},
		"DecodeAwareness": func(b []byte) error { return one(crdt.DecodeAwareness(b, crdt.AwarenessLimits{})) },
		"DecodeSync":      func(b []byte) error { _, _, err := crdt.DecodeSync(b); return err },
	}
}

// No bytes make any reader allocate more than a small multiple of their number: a
// count is believed only as far as there are bytes for it.
func TestHostileAllocations(t *testing.T) {
	// Bytes per byte, and to begin with: runs in the columns of v2 may unfold to 64 KiB
	// in any case, in a buffer that grows.
	const each, start, startV2 = 250, 40 << 10, 320 << 10
	inputs := map[string][]byte{}
	for _, c := range hostileCases() {
		inputs[c.name] = c.update
		if v2, err := crdt.ConvertUpdateV1ToV2(c.update); err == nil {
			inputs[c.name+" in v2"] = v2
		}
	}
	huge := lib0.AppendUvarint(nil, 1<<40)
	inputs["a huge count"] = huge
	inputs["huge counts in a row"] = append(append(append([]byte{}, huge...), huge...), huge...)
	inputs["a count and nothing"] = append([]byte{1}, huge...)
	inputs["v2 with a huge column"] = append([]byte{0, 0}, huge...)
	inputs["zeros"] = make([]byte, 4096)
	ones := make([]byte, 4096)
	for i := range ones {
		ones[i] = 1
	}
	inputs["ones"] = ones
	rng := rand.New(rand.NewPCG(1, 35))
	tw := newTwister(rng, 2, 3, 4)
	tw.wild = true
	for range 60 {
		u := tw.update()
		inputs[string(u)] = u
		broken := mutate(rng, u)
		inputs[string(broken)] = broken
		if v2, err := crdt.ConvertUpdateV1ToV2(u); err == nil {
			broken := mutate(rng, v2)
			inputs[string(broken)] = broken
		}
	}
	taken := 0
	for reader, read := range readers() {
		worst, start := 0.0, uint64(start)
		if strings.Contains(reader, "V2") {
			start = startV2
		}
		for name, b := range inputs {
			var err error
			used := allocated(func() { err = read(b) })
			if err == nil {
				taken++
			}
			if used > start+each*uint64(len(b)) {
				t.Errorf("%s of %q: %d bytes make it allocate %d", reader, name, len(b), used)
			}
			if len(b) > 0 {
				worst = max(worst, (float64(used)-float64(start))/float64(len(b)))
			}
		}
		t.Logf("%s: %.0f bytes a byte", reader, worst)
	}
	if taken < 500 {
		t.Errorf("only %d inputs were taken", taken)
	}
}

// Marks that are never taken off do not add up in every piece of text behind them,
// where it is read or where observers are told of it.
func TestHostileMarks(t *testing.T) {
	const marks = 5000
	w := new(wire).at(9, 0).text(place{root: "text"}, "x")
	for i := range uint64(marks) {
		mark := lib0.AppendVarString(lib0.AppendVarString(nil, fmt.Sprint("k", i)), "1")
		w.item(formatContent, place{origin: id(9, 2*i)}, mark).text(place{origin: id(9, 2*i+1)}, "y")
	}
	update := w.bytes()
	for name, watch := range map[string]bool{"read": false, "observed": true} {
		d := crdt.New(crdt.Options{ClientID: 1})
		text := d.Text("text")
		var delta []crdt.DeltaOp
		used := allocated(func() {
			if watch {
				d.ObserveAll(func(events []crdt.Event, _ *crdt.Tx) { delta = events[0].Delta })
			}
			apply(t, d, update)
			if !watch {
				delta = text.ToDelta()
			}
		})
		if most := uint64(500 * len(update)); used > most {
			t.Errorf("%s: %d bytes make it allocate %d", name, len(update), used)
		}
		if len(delta) != marks+1 || len(delta[10].Attributes) != 10 || len(delta[marks].Attributes) != 64 || delta[marks].Attributes["k0"] != int64(1) {
			t.Errorf("%s: %d pieces, the last with %d attributes", name, len(delta), len(delta[marks].Attributes))
		}
	}
}
