package crdt

import (
	"math/rand/v2"
	"testing"
)

// TestSlots compares with a map what is put in, taken out and found.
func TestSlots(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	lists, s, want := make([]list, 1), slots{}, map[list]uint32{}
	for range 50_000 {
		k := list{typ: rng.Uint32N(40), key: 1 + rng.Uint32N(40)}
		switch got, _ := s.get(lists, k.typ, k.key); {
		case got != want[k]:
			t.Fatalf("%v: list %d, want %d", k, got, want[k])
		case got != 0 && rng.IntN(3) > 0:
			s.remove(lists, k.typ, k.key)
			delete(want, k)
		case got == 0:
			lists = append(lists, k)
			want[k] = uint32(len(lists) - 1)
			s.add(lists, want[k])
		}
		if s.n != len(want) {
			t.Fatalf("%d lists, want %d", s.n, len(want))
		}
	}
	for k, l := range want {
		if got, _ := s.get(lists, k.typ, k.key); got != l {
			t.Fatalf("in the end %v: list %d, want %d", k, got, l)
		}
	}
}
