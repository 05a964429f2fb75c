package crdt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// What waits, waits for the same clocks as in Yjs and as long, also where it could
// go in: Yjs notes one clock per client for all that waits, and tries all of it
// again when one of these has come, but only then.
func TestOracleWaitingRoom(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 100)
	waits, idle := 0, 0
	for seed := first; seed < last; seed++ {
		w, i := waitingSession(t, o, seed)
		waits, idle = waits+w, idle+i
	}
	n := int(last - first)
	if t.Logf("%d sessions: something waited after %d updates, and could have gone in after %d", n, waits, idle); waits < 5*n || idle < n/20 {
		t.Error("that is too little")
	}
}

// note is a struct of text that somebody wrote.
type note struct {
	client, clock uint64
	text          string
	in            place
}

func (n *note) end() uint64 { return n.clock + uint64(len(n.text)) }

// waitingSession applies what a few clients wrote in any order, several structs at a
// time, of which each may lack another. It returns after how many updates something
// waited, and after how many of them it did so in vain.
func waitingSession(t *testing.T, o *oracle, seed uint64) (waits, idle int) {
	rng := rand.New(rand.NewPCG(seed, 41))
	o.call(t, "reset")
	p := newPair(t, o, rng, 0, false)
	notes := make([]*note, 40)
	state := map[uint64]uint64{}
	for i := range notes {
		x := &note{client: 2 + rng.Uint64N(3+seed%5), text: "abc"[:1+rng.IntN(3)], in: place{root: "text"}}
		if x.clock = state[x.client]; i > 0 && rng.IntN(4) > 0 {
			on := notes[rng.IntN(i)]
			x.in = place{origin: id(on.client, on.clock+rng.Uint64N(uint64(len(on.text))))}
		}
		notes[i], state[x.client] = x, x.end()
	}
	order := rng.Perm(len(notes))
	come := map[int]bool{}
	var log []string
	for len(order) > 0 {
		brought := map[int]bool{rng.IntN(len(notes)): true} // this one comes at another time, too
		for range min(len(order), 1+rng.IntN(4)) {
			brought[order[0]] = true
			order = order[1:]
		}
		w := new(wire)
		for client := range uint64(10) {
			end := uint64(0)
			for i, x := range notes {
				if !brought[i] || x.client != client {
					continue
				}
				come[i] = true
				if end == 0 {
					w.at(client, x.clock)
				} else if end < x.clock {
					w.raw(skipContent, byte(x.clock-end))
				}
				w.text(x.in, x.text)
				end = x.end()
			}
		}
		u := w.bytes()
		log = append(log, fmt.Sprintf("%x", u))
		p.receive(u)
		theirs := map[uint64]uint64{}
		for _, e := range o.call(t, "missing", 0).([]any) {
			theirs[asUint(e.([]any)[0])] = asUint(e.([]any)[1])
		}
		mine, sv, want := fmt.Sprint(p.doc.Missing()), p.doc.StateVector(), o.bytes(t, "vector", 0)
		if mine != fmt.Sprint(theirs) || !bytes.Equal(sv, want) {
			t.Fatalf("seed %d: misses\nGo  %s\nYjs %v\nstate vector\nGo  %x\nYjs %x\n%s", seed, mine, theirs, sv, want, strings.Join(log, "\n"))
		}
		if p.doc.HasPending() {
			waits++
		}
		known := map[uint64]uint64{}
		for i, x := range notes { // written before what depends on it
			if on := x.in.origin; come[i] && known[x.client] == x.clock && (on == nil || on.clock < known[on.client]) {
				if known[x.client] = x.end(); p.doc.State(x.client) < x.end() {
					idle++
					break
				}
			}
		}
	}
	return waits, idle
}
