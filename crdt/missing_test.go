package crdt_test

import (
	"fmt"
	"testing"

	"coplan/crdt"
)

// What waits says for which clock of whom, deletes included, until it has come.
func TestMissing(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 9})
	if d.Missing() != nil || d.PendingBytes() != 0 {
		t.Errorf("an empty document misses %v", d.Missing())
	}
	for _, c := range []struct {
		update []byte
		want   string
	}{
		{new(wire).at(2, 4).text(place{root: "t"}, "late").bytes(), "map[2:3]"},
		{new(wire).at(3, 0).text(place{origin: id(1, 6)}, "x").bytes(), "map[1:0 2:3]"},
		{new(wire).delete(5, 7, 2).bytes(), "map[1:0 2:3 5:7]"},
		{new(wire).delete(2, 5, 1).delete(2, 1, 1).bytes(), "map[1:0 2:1 5:7]"},
		{new(wire).at(2, 0).text(place{root: "t"}, "come").bytes(), "map[1:0 5:7]"},
		{new(wire).at(1, 0).text(place{root: "t"}, "abcdefg").bytes(), "map[5:7]"},
		{new(wire).at(5, 0).text(place{root: "t"}, "0123456789").bytes(), "map[]"},
	} {
		apply(t, d, c.update)
		if got := fmt.Sprint(d.Missing()); got != c.want || (d.PendingBytes() > 0) != d.HasPending() {
			t.Errorf("missing %s, want %s; %d bytes wait", got, c.want, d.PendingBytes())
		}
	}
	if d.Missing() != nil || d.PendingBytes() != 0 {
		t.Errorf("all has come, but %v is missing and %d bytes wait", d.Missing(), d.PendingBytes())
	}
}
