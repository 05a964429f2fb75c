package crdt_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// nestedMaps is a document of maps in maps: client 1 wrote one per clock.
func nestedMaps(n int) *crdt.Doc {
	d := crdt.New(crdt.Options{ClientID: 1})
	d.Transact(nil, func(tx *crdt.Tx) {
		m := d.Map("root")
		for range n {
			m = m.SetMap(tx, "in")
		}
	})
	return d
}

func inspect(t *testing.T, d *crdt.Doc, update []byte) []crdt.Touch {
	t.Helper()
	touches, err := d.Inspect(update)
	if err != nil {
		t.Fatal(err)
	}
	return touches
}

// checkDeletedOnce fails if a clock is listed as deleted twice.
func checkDeletedOnce(t *testing.T, touches []crdt.Touch) {
	t.Helper()
	var deletes []crdt.Touch
	for _, touch := range touches {
		if touch.Kind == crdt.TouchDelete {
			deletes = append(deletes, touch)
		}
	}
	slices.SortFunc(deletes, func(a, b crdt.Touch) int {
		return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.Clock, b.Clock))
	})
	for i := 1; i < len(deletes); i++ {
		if a, b := deletes[i-1], deletes[i]; a.Client == b.Client && a.Clock+a.Len > b.Clock {
			t.Fatalf("deleted twice: %+v and %+v", a, b)
		}
	}
}

// Nothing that is hostile is listed twice either.
func TestInspectHostileOnce(t *testing.T) {
	for _, c := range hostileCases() {
		if touches, err := victim(t).Inspect(c.update); err == nil {
			checkDeletedOnce(t, touches)
		}
	}
}

// Deleting all of a deep tree lists each of its types once, and its path once.
func TestInspectNestedDeleteListsEachTypeOnce(t *testing.T) {
	const n = 100
	d := nestedMaps(n)
	all := new(wire).delete(1, 0, n).bytes()
	if len(all) > 6 {
		t.Fatalf("%d bytes", len(all))
	}
	for _, c := range []struct {
		name     string
		update   []byte
		implicit int
	}{
		{"every type", all, 0},
		{"the outermost", new(wire).delete(1, 0, 1).bytes(), n - 1},
		{"one in the middle and all", new(wire).delete(1, 50, 1).delete(1, 0, n).bytes(), 0},
		{"the outermost and one in the middle", new(wire).delete(1, 50, 1).delete(1, 0, 1).bytes(), n - 2},
		{"by setting the outermost key", new(wire).at(2, 0).item(anyContent, place{origin: id(1, 0)}, []byte{1, 126}).bytes(), n},
	} {
		var touches []crdt.Touch
		size := allocated(func() { touches = inspect(t, d, c.update) })
		seen, implicit := map[uint64]bool{}, 0
		for _, touch := range touches {
			if touch.Kind != crdt.TouchDelete {
				continue
			}
			if touch.Implicit {
				implicit++
			}
			if seen[touch.Clock] || touch.Len != 1 || len(touch.Path) != int(touch.Clock) {
				t.Fatalf("%s: %+v", c.name, touch)
			}
			seen[touch.Clock] = true
		}
		if len(seen) != n || implicit != c.implicit {
			t.Errorf("%s: %d deletes, %d implicit; want %d and %d", c.name, len(seen), implicit, n, c.implicit)
		}
		if size > 2<<20 {
			t.Errorf("%s: allocated %d bytes", c.name, size)
		}
	}
}

// Ranges that are there often, or overlap, count once.
func TestInspectRepeatedRanges(t *testing.T) {
	const runs = 1000
	d := crdt.New(crdt.Options{ClientID: 1})
	d.Transact(nil, func(tx *crdt.Tx) {
		for range runs {
			d.Text("t").Insert(tx, 0, "x", nil) // each in front of the one before: a run of its own
		}
	})
	var w wire
	for i := range uint64(runs) {
		w.delete(1, i%7, runs)
	}
	update := w.bytes()
	touches := inspect(t, d, update)
	seen, unresolved := map[uint64]bool{}, 0
	for _, touch := range touches {
		if touch.Unresolved {
			unresolved++
			continue
		}
		if seen[touch.Clock] || touch.Len != 1 || touch.Implicit {
			t.Fatalf("%+v", touch)
		}
		seen[touch.Clock] = true
	}
	if len(seen) != runs || unresolved != 1 {
		t.Errorf("%d touches and %d unresolved, want %d and 1", len(seen), unresolved, runs)
	}
}

// A delete of part of a run does not hide what else happens to the run.
func TestInspectPartlyDeletedValue(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 9})
	apply(t, d, new(wire).at(1, 0).text(place{root: "map", sub: "k"}, "abcde").bytes())
	update := new(wire).at(2, 0).item(anyContent, place{origin: id(1, 4)}, []byte{1, 126}).
		delete(1, 1, 1).delete(1, 3, 1).delete(1, 3, 1).bytes()
	var got []string
	for _, touch := range inspect(t, d, update) {
		got = append(got, fmt.Sprintf("%v %d %d %d %v %s", touch.Kind, touch.Client, touch.Clock, touch.Len, touch.Implicit, touch.Key))
	}
	want := []string{
		"set 2 0 1 false k",
		"delete 1 1 1 false k", "delete 1 3 1 false k",
		"delete 1 0 1 true k", "delete 1 2 1 true k", "delete 1 4 1 true k",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// What an update deletes of its own is placed, gaps around it or not.
func TestInspectDeletesOfTheUpdateItself(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 9})
	update := new(wire).at(2, 0).text(place{root: "t"}, "ab").raw(skipContent, 3).
		text(place{root: "t"}, "cd").delete(2, 1, 9).bytes()
	var got []string
	for _, touch := range inspect(t, d, update)[2:] {
		got = append(got, fmt.Sprintf("%d %d %v %s", touch.Clock, touch.Len, touch.Unresolved, touch.Root))
	}
	want := []string{"1 1 false t", "2 3 true ", "5 2 true t", "7 3 true "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The list is bounded, and a limit changes nothing else.
func TestInspectMaxTouches(t *testing.T) {
	whole, err := nestedMaps(100).EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	var adds wire
	adds.at(5, 0)
	for range 20 {
		adds.text(place{root: "t"}, "x")
	}
	for _, c := range []struct {
		name   string
		update []byte
		max    int // touches needed
	}{
		{"adds", adds.bytes(), 20},
		{"explicit deletes", new(wire).delete(1, 0, 60).delete(1, 70, 10).bytes(), 100},
		{"implicit deletes", new(wire).delete(1, 40, 1).bytes(), 60},
		{"a value and what is in it", new(wire).at(2, 0).item(anyContent, place{origin: id(1, 0)}, []byte{1, 126}).bytes(), 101},
		{"deletes of what is not here", new(wire).delete(77, 0, 1).delete(77, 5, 1).delete(78, 1, 1).bytes(), 3},
	} {
		for _, short := range []int{0, 1} {
			// Ways are counted by four: 100 levels need more than the touches.
			limit := c.max - short
			d := crdt.New(crdt.Options{ClientID: 9, Limits: crdt.Limits{MaxTouches: limit}})
			apply(t, d, whole)
			touches, err := d.Inspect(c.update)
			switch {
			case short == 0 && strings.Contains(fmt.Sprint(err), "deep places"):
			case short == 0 && (err != nil || len(touches) != c.max):
				t.Errorf("%s: %d touches of %d allowed, %v", c.name, len(touches), limit, err)
			case short == 1 && (!errors.Is(err, crdt.ErrLimit) || touches != nil):
				t.Errorf("%s: %d touches of %d allowed, %v", c.name, len(touches), limit, err)
			}
			apply(t, d, c.update)
		}
	}
}

// An update cannot make Inspect write out long paths again and again.
func TestInspectDeepPathsAreBounded(t *testing.T) {
	const depth, wide = 400, 20_000
	var w wire
	w.at(2, 0).item(typeContent, place{root: "m", sub: "k"}, []byte{1})
	for i := range uint64(depth) {
		w.item(typeContent, place{parent: id(2, i), sub: "k"}, []byte{1})
	}
	for i := range uint64(wide) { // types at the bottom, with one entry each
		w.item(typeContent, place{parent: id(2, depth), sub: fmt.Sprint(i)}, []byte{1})
		w.item(anyContent, place{parent: id(2, depth+1+2*i), sub: "k"}, []byte{1, 126})
	}
	update := w.bytes()
	d := crdt.New(crdt.Options{ClientID: 9, Limits: crdt.Limits{MaxTouches: 50_000}})
	var err error
	size := allocated(func() { _, err = d.Inspect(update) })
	if !errors.Is(err, crdt.ErrLimit) || size > 60<<20 {
		t.Errorf("%d bytes allocated for a %d-byte update, %v", size, len(update), err)
	}
	apply(t, d, update)
}

// A name that is long is kept once, however many structs are in that root.
func TestInspectLongRootName(t *testing.T) {
	var w wire
	w.at(2, 0).text(place{root: strings.Repeat("n", 1<<20)}, "a")
	for i := range uint64(1000) {
		w.text(place{origin: id(2, i)}, "a")
	}
	update := w.bytes()
	d := crdt.New(crdt.Options{ClientID: 9})
	var touches []crdt.Touch
	size := allocated(func() { touches = inspect(t, d, update) })
	if len(touches) != 1001 || len(touches[1000].Root) != 1<<20 || size > 8<<20 {
		t.Errorf("%d touches, %d bytes allocated", len(touches), size)
	}
}

// Both formats of an update touch the same.
func TestInspectV2(t *testing.T) {
	d := victim(t)
	for _, c := range hostileCases() {
		v2, err := crdt.ConvertUpdateV1ToV2(c.update)
		if err != nil {
			continue
		}
		back, err := crdt.ConvertUpdateV2ToV1(v2)
		if err != nil {
			continue
		}
		one, err1 := d.Inspect(back)
		two, err2 := d.InspectV2(v2)
		if (err1 == nil) != (err2 == nil) || fmt.Sprint(one) != fmt.Sprint(two) {
			t.Errorf("%s: %v, %v; as v2 %v, %v", c.name, one, err1, two, err2)
		}
	}
	if _, err := d.InspectV2(lib0.AppendUvarint(nil, 9)); err == nil {
		t.Error("a broken v2 update is inspected")
	}
}

func BenchmarkInspectKeystroke(b *testing.B) {
	d := crdt.New(crdt.Options{ClientID: 1})
	var update []byte
	d.Transact(nil, func(tx *crdt.Tx) {
		step := d.Map("plan").SetMap(tx, "step")
		step.Set(tx, "title", crdt.NewText("Ready by March"))
	})
	other := crdt.New(crdt.Options{ClientID: 2})
	apply(b, other, state(b, d, nil))
	other.OnUpdate(func(u []byte, _ any) { update = slices.Clone(u) })
	step, _ := other.Map("plan").Map("step")
	title, _ := step.Text("title")
	other.Transact(nil, func(tx *crdt.Tx) { title.Insert(tx, 5, "x", nil) })
	b.ReportAllocs()
	for b.Loop() {
		if touches, err := d.Inspect(update); err != nil || len(touches) != 1 {
			b.Fatal(touches, err)
		}
	}
}

func BenchmarkInspectState(b *testing.B) {
	d := crdt.New(crdt.Options{ClientID: 1})
	d.Transact(nil, func(tx *crdt.Tx) {
		for i := range 1000 {
			step := d.Map("plan").SetMap(tx, fmt.Sprint("step", i))
			step.Set(tx, "title", crdt.NewText("Ready by March"))
			step.Set(tx, "days", i)
			step.Set(tx, "done", i%2 == 0)
		}
	})
	whole := state(b, d, nil)
	empty := crdt.New(crdt.Options{ClientID: 2})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := empty.Inspect(whole); err != nil {
			b.Fatal(err)
		}
	}
}

// Looking at a keystroke costs the same in a large document that many wrote.
func TestInspectCostsWhatTheUpdateIs(t *testing.T) {
	keystroke := new(wire).at(1<<40, 0).text(place{origin: id(7, 0)}, "x").delete(7, 1, 1).bytes()
	cost := func(clients int) float64 {
		d := crdt.New(crdt.Options{ClientID: 1})
		var w wire
		w.at(7, 0).text(place{root: "text"}, "abc")
		for i := range uint64(clients) {
			w.at(100+i, 0).text(place{root: "text"}, "x").item(anyContent, place{root: "map", sub: fmt.Sprint(i)}, []byte{1, 126}).delete(100+i, 0, 1)
		}
		apply(t, d, w.bytes())
		return testing.AllocsPerRun(20, func() { inspect(t, d, keystroke) })
	}
	if small, large := cost(1), cost(20_000); large > small {
		t.Errorf("%v allocations in a small document, %v in a large one", small, large)
	}
}
