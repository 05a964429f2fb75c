package crdt_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"coplan/crdt"
)

// chained is one update in which n clients write into root t, each after the one
// before it in a random order of their ids: its first struct, elsewhere, has what
// that one wrote last as origin. write adds k structs of the i-th in t.
func chained(n, k int, write func(w *wire, i int, client uint64)) []byte {
	ids := rand.New(rand.NewPCG(1, 1)).Perm(n)
	var w wire
	for i, x := range ids {
		client := uint64(x) + 100
		if w.at(client, 0); i == 0 {
			w.text(place{root: "elsewhere"}, "x")
		} else {
			w.text(place{origin: id(uint64(ids[i-1])+100, uint64(k))}, "x")
		}
		write(&w, i, client)
	}
	// Integration starts at the highest id; a section above all leads to the last.
	w.at(uint64(n)+100, 0).text(place{origin: id(uint64(ids[n-1])+100, uint64(k))}, "x")
	return w.bytes()
}

// Many structs that belong at one place, in whatever order they come, do not
// each walk past all others.
func TestHostileSiblings(t *testing.T) {
	const n = 15_000
	base := new(wire).at(5, 0).text(place{root: "t"}, "a").at(6, 0).text(place{root: "t"}, "b")
	below := new(wire).at(5, 0).text(place{root: "t"}, "a")
	for range n {
		below.text(place{origin: id(5, 0)}, "a")
	}
	for name, c := range map[string]struct {
		base  *wire
		k     int
		write func(w *wire, i int, client uint64)
	}{
		"one each":    {base, 1, func(w *wire, i int, client uint64) { w.text(place{root: "t"}, "a") }},
		"two each":    {base, 2, func(w *wire, i int, client uint64) { w.text(place{root: "t"}, "a").text(place{root: "t"}, "b") }},
		"under a key": {base, 1, func(w *wire, i int, client uint64) { w.item(anyContent, place{root: "m", sub: "k"}, []byte{1, 126}) }},
		"with more behind": {base, 3, func(w *wire, i int, client uint64) {
			w.text(place{root: "t"}, "a").text(place{origin: id(client, 1)}, "b").text(place{origin: id(client, 1)}, "c")
		}},
		"with two right origins": {base, 1, func(w *wire, i int, client uint64) {
			p := place{origin: id(5, 0)}
			if i%2 == 0 {
				p.right = id(6, 0)
			}
			w.text(p, "a")
		}},
		"behind one with much in it": {below, 1, func(w *wire, i int, client uint64) { w.text(place{root: "t"}, "a") }},
	} {
		t.Run(name, func(t *testing.T) {
			update := chained(n, c.k, c.write)
			d := crdt.New(crdt.Options{ClientID: 1})
			apply(t, d, c.base.bytes())
			if err := d.ApplyUpdate(update, nil); err != nil || d.HasPending() {
				t.Fatal(err, d.HasPending())
			}
			// Walking past all others would be n*n/4 steps and more, 56 million.
			structs := n * (c.k + 1)
			t.Logf("%d structs: %d steps, %d places found at once", structs, d.SiblingsPassed(), d.SiblingsFound())
			if d.SiblingsPassed() > 64*structs || d.SiblingsFound() < n/2 {
				t.Errorf("%d structs took %d steps, %d places found at once", structs, d.SiblingsPassed(), d.SiblingsFound())
			}
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Places found among siblings are those that walking past all of them leads to,
// with sensible structs and with others.
func TestSiblingsLikeWalking(t *testing.T) {
	defer crdt.SetSiblingsFloor(crdt.SetSiblingsFloor(1))
	used := 0
	for seed := range uint64(3000) {
		updates := manySiblings(rand.New(rand.NewPCG(seed, 21)))
		var states [2][]byte
		for i, floor := range []int{1, math.MaxInt} {
			crdt.SetSiblingsFloor(floor)
			d := crdt.New(crdt.Options{ClientID: 1})
			cut := len(updates) / 3 // what an earlier transaction leaves behind
			for _, part := range [][][]byte{updates[:cut], updates[cut:]} {
				d.Transact(nil, func(*crdt.Tx) {
					for _, u := range part {
						if err := d.ApplyUpdate(u, nil); err != nil {
							t.Fatalf("seed %d: %v", seed, err)
						}
					}
				})
			}
			if err := d.Check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			states[i] = fullState(d)
			used += d.SiblingsFound()
			if text := d.Text("t").String(); i == 1 && len(text) < 20 {
				t.Fatalf("seed %d: only %q", seed, text)
			}
			states[i] = fmt.Append(states[i], "\n", d.Text("t").String())
		}
		if !bytes.Equal(states[0], states[1]) {
			t.Fatalf("seed %d:\nindexed %q\nwalked  %q\n%x", seed, states[0], states[1], updates)
		}
	}
	if t.Logf("%d places found at once", used); used < 20_000 {
		t.Errorf("only %d places found at once", used)
	}
}

// manySiblings are single structs of a few clients in one root, most of them in
// the same few places. With some seeds their neighbours make no sense.
func manySiblings(rng *rand.Rand) (updates [][]byte) {
	type known struct {
		client, clock uint64
		right         *wireID
	}
	var all []known
	clocks := map[uint64]uint64{}
	clients := 2 + rng.Uint64N(12)
	twisted := rng.IntN(2) == 0
	places := []place{{root: "t"}}
	for range 40 + rng.IntN(60) {
		client := 2 + rng.Uint64N(clients)
		clock := clocks[client]
		clocks[client]++
		p := places[rng.IntN(len(places))]
		if n := len(all); n > 0 {
			x := all[rng.IntN(n)]
			switch rng.IntN(12) {
			case 0, 1: // continues something
				p = place{origin: id(x.client, x.clock), right: x.right}
			case 2: // in front of it
				p = place{right: id(x.client, x.clock)}
			case 3: // a new place where many will write
				p = place{origin: id(x.client, x.clock), right: x.right}
				places = append(places, p)
			case 4:
				if y := all[rng.IntN(n)]; twisted {
					p = place{origin: id(x.client, x.clock), right: id(y.client, y.clock)}
					if rng.IntN(2) == 0 {
						places = append(places, p)
					}
				}
			}
		}
		var w wire
		updates = append(updates, w.at(client, clock).text(p, string(rune('a'+len(all)%26))).bytes())
		all = append(all, known{client, clock, p.right})
	}
	return updates
}
