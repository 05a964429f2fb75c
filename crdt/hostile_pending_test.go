package crdt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
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

// nest is so many maps in each other, written by a client from a clock on, the
// first in the place given.
func nest(w *wire, client, clock uint64, in place, n int) *wire {
	w.at(client, clock)
	for i := range uint64(n) {
		w.item(typeContent, in, []byte{1})
		in = place{parent: id(client, clock+i), sub: "in"}
	}
	return w
}

func depthOf(m crdt.Map) int {
	for n := 1; ; n++ {
		inner, ok := m.Map("in")
		if !ok {
			return n
		}
		m = inner
	}
}

// Types that waited and turn out to be nested too deep are left out, with what
// their client wrote after them. Everybody else's changes arrive, and whoever
// sends what was left out is told.
func TestHostileDepthOfWaitingTypes(t *testing.T) {
	outer := nest(new(wire), 9, 0, place{root: "map", sub: "in"}, 300).bytes()
	inner := nest(new(wire), 9, 300, place{parent: id(9, 299), sub: "in"}, 300).bytes()
	others := new(wire).at(8, 0).text(place{root: "text"}, "a").text(place{parent: id(9, 299), sub: "t"}, "b").text(place{parent: id(9, 599), sub: "t"}, "c").bytes()
	d := crdt.New(crdt.Options{ClientID: 1})
	apply(t, d, inner)
	apply(t, d, others)
	apply(t, d, outer)
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if got := depthOf(d.Map("map")) - 1; got != 512 {
		t.Errorf("maps nested %d deep, want the 512 that are allowed", got)
	}
	if d.State(9) != 512 || d.State(8) != 2 || !d.HasPending() {
		t.Errorf("states %d and %d, pending %v; want 512, 2 and the third change waiting", d.State(9), d.State(8), d.HasPending())
	}
	reload(t, d, crdt.Limits{})
	before := everything(t, d)
	if err := d.ApplyUpdate(inner, nil); !errors.Is(err, crdt.ErrLimit) {
		t.Errorf("sent again: %v", err)
	}
	if everything(t, d) != before {
		t.Error("refused, but changed")
	}
}

// Changes made here keep to the limits too.
func TestLimitsOfLocalChanges(t *testing.T) {
	limits := crdt.Limits{MaxDepth: 10, MaxStringBytes: 100, MaxRunLength: 50}
	long := strings.Repeat("x", 101)
	var nested any = 1
	for range 11 {
		nested = []any{nested}
	}
	deep := crdt.NewMap()
	for range 10 {
		deep = crdt.NewMap(map[string]any{"in": deep})
	}
	for name, change := range map[string]func(d *crdt.Doc, tx *crdt.Tx){
		"text of too many bytes":   func(d *crdt.Doc, tx *crdt.Tx) { d.Text("text").Insert(tx, 0, strings.Repeat("\u20ac", 40), nil) },
		"text of too many units":   func(d *crdt.Doc, tx *crdt.Tx) { d.Text("text").Insert(tx, 0, long[:51], nil) },
		"a value's string":         func(d *crdt.Doc, tx *crdt.Tx) { d.Map("map").Set(tx, "k", long) },
		"a key":                    func(d *crdt.Doc, tx *crdt.Tx) { d.Map("map").Set(tx, long, 1) },
		"a root's name":            func(d *crdt.Doc, tx *crdt.Tx) { d.Text(long).Insert(tx, 0, "x", nil) },
		"a node's name":            func(d *crdt.Doc, tx *crdt.Tx) { d.XMLFragment("xml").InsertElement(tx, 0, long) },
		"an embed":                 func(d *crdt.Doc, tx *crdt.Tx) { d.Text("text").InsertEmbed(tx, 0, long, nil) },
		"a format":                 func(d *crdt.Doc, tx *crdt.Tx) { d.Text("text").Insert(tx, 0, "x", map[string]any{"b": long}) },
		"bytes":                    func(d *crdt.Doc, tx *crdt.Tx) { d.Map("map").Set(tx, "k", []byte(long)) },
		"a subdocument":            func(d *crdt.Doc, tx *crdt.Tx) { d.Map("map").Set(tx, "k", crdt.Subdoc{GUID: long}) },
		"a value nested too deep":  func(d *crdt.Doc, tx *crdt.Tx) { d.Map("map").Set(tx, "k", nested) },
		"too many values at once":  func(d *crdt.Doc, tx *crdt.Tx) { d.Array("array").Insert(tx, 0, make([]any, 51)...) },
		"prepared types, too deep": func(d *crdt.Doc, tx *crdt.Tx) { d.Map("map").Set(tx, "k", deep) },
		"types in types": func(d *crdt.Doc, tx *crdt.Tx) {
			for m, i := d.Map("map"), 0; i < 11; i++ {
				m = m.SetMap(tx, "in")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := crdt.New(crdt.Options{ClientID: 1, Limits: limits})
			refused := func() (err error) {
				defer func() { err, _ = recover().(error) }()
				d.Transact(nil, func(tx *crdt.Tx) { change(d, tx) })
				return nil
			}()
			if !errors.Is(refused, crdt.ErrLimit) {
				t.Errorf("refused with %v", refused)
			}
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			d.Transact(nil, func(tx *crdt.Tx) { d.Text("text").Insert(tx, 0, long[:50], nil) })
			reload(t, d, limits)
		})
	}
}

// Structs that wait for each other in a circle take room in the waiting room too.
func TestHostileCirclesFillTheWaitingRoom(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1, Limits: crdt.Limits{MaxPendingBytes: 10_000}})
	full := 0
	for i := uint64(10); i < 1000; i += 3 {
		circle := new(wire).at(i, 0).text(place{right: id(i+1, 0)}, "round").at(i+1, 0).text(place{origin: id(i+2, 0)}, "and").
			at(i+2, 0).text(place{origin: id(i, 0)}, "round").bytes()
		if ok, err := d.Integrable(circle); ok || err != nil {
			t.Fatalf("circle %d: integrable %v, %v", i, ok, err)
		}
		switch err := d.ApplyUpdate(circle, nil); {
		case errors.Is(err, crdt.ErrPendingFull):
			full++
		case err != nil:
			t.Fatal(err)
		}
	}
	waiting, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	if full == 0 || len(waiting) > 10_000 {
		t.Errorf("%d bytes wait, full %d times", len(waiting), full)
	}
}

// What would go in only with the order reversed, or after a gap that the document
// does not have, is integrable; ApplyUpdate says the same.
func TestIntegrableSeesWhatApplyDoes(t *testing.T) {
	ladder := new(wire).at(20, 0).text(place{origin: id(21, 0)}, "a").text(place{origin: id(21, 1)}, "b").
		at(21, 0).text(place{root: "text"}, "c").text(place{origin: id(20, 0)}, "d")
	skips := new(wire).at(1, 0).text(place{root: "text"}, "hello").raw(skipContent, 3).text(place{origin: id(1, 4)}, strings.Repeat("x", 10))
	for name, c := range map[string]struct {
		update []byte
		want   bool
	}{
		"sections that take turns":        {ladder.bytes(), true},
		"a gap that is filled here":       {skips.bytes(), true},
		"a gap that is not":               {new(wire).at(9, 0).text(place{root: "text"}, "x").raw(skipContent, 3).text(place{root: "text"}, "x").bytes(), false},
		"deletes of what the update adds": {new(wire).at(9, 0).text(place{root: "text"}, "x").delete(9, 0, 1).bytes(), true},
		"deletes of more than that":       {new(wire).at(9, 0).text(place{root: "text"}, "x").delete(9, 0, 2).bytes(), false},
	} {
		t.Run(name, func(t *testing.T) {
			d := victim(t)
			if ok, err := d.Integrable(c.update); ok != c.want || err != nil {
				t.Errorf("integrable %v, %v", ok, err)
			}
			if apply(t, d, c.update); d.HasPending() == c.want {
				t.Errorf("pending %v", d.HasPending())
			}
		})
	}
}

// Deletes that wait for many clients take what they cost in memory, not on the wire.
func TestHostileWaitingDeletesStayWithinBounds(t *testing.T) {
	const most = 1 << 20
	d := crdt.New(crdt.Options{ClientID: 1, Limits: crdt.Limits{MaxPendingBytes: most}})
	full := 0
	used := keeps(func() {
		for i := range uint64(100) {
			w := new(wire)
			for j := range uint64(1000) {
				w.delete(1000*i+j+10, 3, 1)
			}
			switch err := d.ApplyUpdate(w.bytes(), nil); {
			case errors.Is(err, crdt.ErrPendingFull):
				full++
			case err != nil:
				t.Fatal(err)
			}
		}
	})
	if full == 0 || used > 2*most {
		t.Errorf("keeps %d bytes, full %d times", used, full)
	}
	if !d.HasPending() {
		t.Error("nothing waits")
	}
}

// keeps is how much more memory is in use after f than before.
func keeps(f func()) int64 {
	var start, end runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	f()
	runtime.GC()
	runtime.ReadMemStats(&end)
	return int64(end.HeapAlloc) - int64(start.HeapAlloc)
}

// Waiting deletes apply as their clocks arrive, whichever way they overlap and
// whatever order they came in.
func TestWaitingDeletesInAnyOrder(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		d, plain := crdt.New(crdt.Options{ClientID: 1}), crdt.New(crdt.Options{ClientID: 1})
		var deletes [][]byte
		for range 1 + rng.IntN(12) {
			w := new(wire)
			w.delete(9, uint64(rng.IntN(60)), 1+uint64(rng.IntN(20)))
			deletes = append(deletes, w.bytes())
			apply(t, d, w.bytes())
		}
		for clock := uint64(0); clock < 100; {
			n := 1 + rng.IntN(5)
			p := place{root: "text"}
			if clock > 0 {
				p = place{origin: id(9, clock-1)}
			}
			typed := new(wire).at(9, clock).text(p, strings.Repeat("x", n)).bytes()
			apply(t, d, typed)
			apply(t, plain, typed)
			clock += uint64(n)
			if err := d.Check(); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		}
		for _, u := range deletes {
			apply(t, plain, u)
		}
		if got, want := everything(t, d), everything(t, plain); got != want {
			t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
		}
	}
}

// A keystroke costs the same however many deletes wait.
func TestHostileKeystrokesBesideWaitingDeletes(t *testing.T) {
	for name, far := range map[string]uint64{"beyond": 1 << 20, "reached one by one": 1} {
		t.Run(name, func(t *testing.T) {
			typing := func(deletes int) uint64 {
				d := beside(t, deletes, far)
				used := allocated(func() { typeOn(t, d, 500) })
				return used
			}
			few, many := typing(600), typing(60_000)
			if t.Logf("%d and %d bytes", few, many); many > 2*few+1<<16 {
				t.Errorf("500 keystrokes allocate %d bytes beside 600 waiting deletes, %d beside 60,000", few, many)
			}
		})
	}
}

// beside is a document in which so many deletes of every other clock of client 9
// wait, from a clock on.
func beside(tb testing.TB, deletes int, from uint64) *crdt.Doc {
	d := crdt.New(crdt.Options{ClientID: 1})
	w := new(wire)
	w.deleters = 2
	w.deletes = lib0.AppendUvarint([]byte{9}, uint64(deletes))
	for i := range uint64(deletes) {
		w.deletes = append(lib0.AppendUvarint(w.deletes, from+2*i), 1)
	}
	// One more that every keystroke of client 8 reaches.
	w.deletes = lib0.AppendUvarint(append(w.deletes, 8, 1, 0), 1<<40)
	apply(tb, d, w.bytes())
	return d
}

func typeOn(tb testing.TB, d *crdt.Doc, n int) {
	for _, client := range []uint64{8, 9} {
		for range n {
			clock := d.State(client)
			p := place{root: "text"}
			if clock > 0 {
				p = place{origin: id(client, clock-1)}
			}
			apply(tb, d, new(wire).at(client, clock).text(p, "x").bytes())
		}
	}
}

// A keystroke beside deletes that wait.
func BenchmarkWaitingDeletes(b *testing.B) {
	for _, n := range []int{1, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := beside(b, n, 1)
			b.ReportAllocs()
			for b.Loop() {
				typeOn(b, d, 1)
			}
		})
	}
}
