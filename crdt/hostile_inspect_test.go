package crdt_test

import (
	"testing"

	"coplan/crdt"
)

// A struct that goes back on the stack for every struct of another section costs
// no more each time than the first.
func TestHostileRestackedStruct(t *testing.T) {
	growsLinearly(t, 1000, func(n int) func() {
		d := crdt.New(crdt.Options{ClientID: 1})
		apply(t, d, new(wire).at(9, 0).text(place{root: "t"}, "ab").bytes())

		var w wire
		w.at(9, 0).text(place{origin: id(3, uint64(n-1))}, "a")
		for i := range uint64(n + 2) {
			w.text(place{origin: id(9, i)}, "b")
		}
		w.at(3, 0).text(place{origin: id(9, 2)}, "c")
		for i := range uint64(n - 1) {
			w.text(place{origin: id(3, i)}, "c")
		}
		update := w.bytes()
		return func() {
			apply(t, d, update)
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		}
	})
}
