package crdt_test

import (
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// What a transaction leaves to be joined costs what it is long, in whatever
// pieces and order it came: four times as many pieces may allocate about four
// times as much, not sixteen times.
func TestHostileJoinsCostWhatTheyJoin(t *testing.T) {
	typed := func(client uint64, name string, n int) (updates [][]byte) {
		author := crdt.New(crdt.Options{ClientID: client})
		author.OnUpdate(func(u []byte, _ any) { updates = append(updates, u) })
		for i := range n {
			author.Transact(nil, func(tx *crdt.Tx) { author.Text(name).Insert(tx, 20*i, "twenty bytes of text", nil) })
		}
		return updates
	}
	// prepare returns what is to be measured.
	for name, prepare := range map[string]func(d *crdt.Doc, n int) func(){
		"two people's typing in one transaction": func(d *crdt.Doc, n int) func() {
			a, b := typed(2, "a", n), typed(3, "b", n)
			return func() {
				d.Transact(nil, func(*crdt.Tx) {
					for i := range a {
						apply(t, d, a[i])
						apply(t, d, b[i])
					}
				})
			}
		},
		"two people's values in one transaction": func(d *crdt.Doc, n int) func() {
			push := func(client uint64, name string) (updates [][]byte) {
				author := crdt.New(crdt.Options{ClientID: client})
				author.OnUpdate(func(u []byte, _ any) { updates = append(updates, u) })
				for range n {
					author.Transact(nil, func(tx *crdt.Tx) { author.Array(name).Push(tx, "twenty bytes of text") })
				}
				return updates
			}
			a, b := push(2, "a"), push(3, "b")
			return func() {
				d.Transact(nil, func(*crdt.Tx) {
					for i := range a {
						apply(t, d, a[i])
						apply(t, d, b[i])
					}
				})
			}
		},
		// Each struct goes with its collected neighbour, but cuts the text on the other side.
		"cuts through characters, with nothing in between": func(d *crdt.Doc, n int) func() {
			d.Transact(nil, func(tx *crdt.Tx) {
				d.Map("map").SetText(tx, "gone").Insert(tx, 0, "x", nil)
				d.Text("text").Insert(tx, 0, strings.Repeat("😀", n), nil)
			})
			d.Transact(nil, func(tx *crdt.Tx) { d.Map("map").Delete(tx, "gone") })
			w := new(wire).at(9, 0)
			for i := range uint64(n) {
				w.text(place{origin: id(1, 2+2*(i*7919%uint64(n))), right: id(1, 1)}, "y")
			}
			update := w.bytes()
			return func() { apply(t, d, update) }
		},
		"kept deletes": func(d *crdt.Doc, n int) func() {
			d.Transact(nil, func(tx *crdt.Tx) { d.Text("text").Insert(tx, 0, strings.Repeat("😀", n), nil) })
			w := new(wire)
			w.deleters = 1
			w.deletes = lib0.AppendUvarint([]byte{1}, uint64(n))
			for i := range uint64(n) { // by odd clocks first, so that each is cut in two
				w.deletes = append(lib0.AppendUvarint(w.deletes, (2*i+1)%uint64(2*n)), 1)
			}
			w.deletes = lib0.AppendUvarint(append(w.deletes, 1, 1, 0), uint64(2*n))
			w.deleters = 2
			update := w.bytes()
			return func() { apply(t, d, update) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			measure := func(n int) uint64 {
				d := crdt.New(crdt.Options{ClientID: 1, KeepDeleted: name == "kept deletes"})
				run := prepare(d, n)
				used := allocated(run)
				if err := d.Check(); err != nil {
					t.Fatal(err)
				}
				t.Logf("%d pieces: %d bytes allocated", n, used)
				reload(t, d, crdt.Limits{})
				return used
			}
			small, large := measure(1000), measure(4000)
			if large > 8*small {
				t.Errorf("four times as many allocate %d times as much", large/small)
			}
		})
	}
}
