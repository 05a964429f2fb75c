package crdt_test

import (
	"strings"
	"testing"

	"coplan/crdt"
)

// reload is a document with the limits of d that got d's state.
func reload(t *testing.T, d *crdt.Doc, limits crdt.Limits) *crdt.Doc {
	t.Helper()
	state, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	loaded := crdt.New(crdt.Options{ClientID: 1, Limits: limits})
	if err := loaded.ApplyUpdate(state, nil); err != nil {
		t.Fatalf("its state cannot be loaded: %v", err)
	}
	if err := loaded.Check(); err != nil {
		t.Fatal(err)
	}
	return loaded
}

// What waits in parts is joined within the document's limits, read whatever they
// are, and written so that they admit it.
func TestHostileWaitingPartsStayWithinLimits(t *testing.T) {
	limits := crdt.Limits{MaxRunLength: 100, MaxStringBytes: 80, MaxDepth: 2000}
	d := crdt.New(crdt.Options{ClientID: 1, Limits: limits})
	typed := func(clock uint64, s string) []byte {
		return new(wire).at(9, clock).text(place{origin: id(9, clock-1)}, s).bytes()
	}
	deep := append(append([]byte{1}, strings.Repeat("\x75\x01", 1500)...), 126)
	for _, update := range [][]byte{
		typed(60, strings.Repeat("b", 60)), typed(120, strings.Repeat("c", 60)),
		new(wire).at(8, 1).item(anyContent, place{root: "array"}, deep).bytes(),
	} {
		if err := d.ApplyUpdate(update, nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := reload(t, d, limits); !got.HasPending() {
		t.Error("what waits got lost on the way")
	}
	if _, err := d.EncodeStateAsUpdate([]byte{1, 7, 1}); err != nil {
		t.Errorf("diff: %v", err)
	}
	if _, err := d.EncodeStateAsUpdateV2(nil); err != nil {
		t.Errorf("v2: %v", err)
	}
	first := new(wire).at(9, 0).text(place{root: "text"}, strings.Repeat("a", 60))
	if err := d.ApplyUpdate(first.at(8, 0).text(place{root: "text"}, "x").bytes(), nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if d.HasPending() || d.Text("text").Len() != 181 || d.Array("array").Len() != 1 {
		t.Errorf("pending %v, %d characters, %d values", d.HasPending(), d.Text("text").Len(), d.Array("array").Len())
	}
	if got := reload(t, d, limits).Text("text").String(); got != d.Text("text").String() {
		t.Errorf("loaded %q", got)
	}
}
