package crdt_test

import (
	"testing"
	"time"

	"coplan/crdt"
)

// A struct that goes back on the stack for every struct of another section costs
// no more each time than the first.
func TestHostileRestackedStruct(t *testing.T) {
	const n = 15_000
	d := crdt.New(crdt.Options{ClientID: 1})
	apply(t, d, new(wire).at(9, 0).text(place{root: "t"}, "ab").bytes())

	var w wire
	w.at(9, 0).text(place{origin: id(3, n-1)}, "a")
	for i := range uint64(n + 2) {
		w.text(place{origin: id(9, i)}, "b")
	}
	w.at(3, 0).text(place{origin: id(9, 2)}, "c")
	for i := range uint64(n - 1) {
		w.text(place{origin: id(3, i)}, "c")
	}
	update := w.bytes()
	start := time.Now()
	apply(t, d, update)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("%d bytes took %v", len(update), took)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}
