package crdt_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// allocated runs f and returns the bytes it allocated.
func allocated(f func()) uint64 {
	var start, end runtime.MemStats
	runtime.ReadMemStats(&start)
	f()
	runtime.ReadMemStats(&end)
	return end.TotalAlloc - start.TotalAlloc
}

// Cutting many characters of one run in half does not copy the run every time.
func TestHostileCutsThroughPairs(t *testing.T) {
	const n = 10_000
	d := crdt.New(crdt.Options{ClientID: 9})
	d.Transact(nil, func(tx *crdt.Tx) { d.Text("text").Insert(tx, 0, strings.Repeat("😀", n), nil) })
	w := new(wire)
	w.deleters = 1
	w.deletes = lib0.AppendUvarint([]byte{9}, n/2)
	for i := range uint64(n / 2) {
		w.deletes = append(lib0.AppendUvarint(w.deletes, 4*i+1), 2)
	}
	update := w.bytes()
	used := allocated(func() {
		if err := d.ApplyUpdate(update, nil); err != nil {
			t.Fatal(err)
		}
	})
	t.Logf("%d bytes: %d bytes allocated", len(update), used)
	if used > 32<<20 {
		t.Errorf("%d bytes made it allocate %d", len(update), used)
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if got, want := d.Text("text").String(), strings.Repeat("\uFFFD\uFFFD", n/2); got != want {
		t.Errorf("%d bytes of text, want %d", len(got), len(want))
	}
}

// Values pushed by turns are not copied from the start at every push.
func TestHostileTurnsOnTwoArrays(t *testing.T) {
	const n = 4_000
	d := crdt.New(crdt.Options{ClientID: 1})
	push := func(client uint64, name string) (updates [][]byte) {
		author := crdt.New(crdt.Options{ClientID: client})
		author.OnUpdate(func(u []byte, _ any) { updates = append(updates, u) })
		for range n {
			author.Transact(nil, func(tx *crdt.Tx) { author.Array(name).Push(tx, "value of some length") })
		}
		return updates
	}
	a, b := push(2, "a"), push(3, "b")
	used := allocated(func() {
		for i := range a {
			if err := d.ApplyUpdate(a[i], nil); err != nil {
				t.Fatal(err)
			}
			if err := d.ApplyUpdate(b[i], nil); err != nil {
				t.Fatal(err)
			}
		}
	})
	t.Logf("%d bytes allocated", used)
	if used > 16<<20 {
		t.Errorf("%d pushes made it allocate %d", 2*n, used)
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if d.Array("a").Len() != n || d.Array("b").Len() != n {
		t.Errorf("%d and %d values, want %d", d.Array("a").Len(), d.Array("b").Len(), n)
	}
}

// What a document has joined, a document with the same limits can load.
func TestHostileJoinsStayWithinLimits(t *testing.T) {
	limits := crdt.Limits{MaxRunLength: 100, MaxStringBytes: 80}
	d := crdt.New(crdt.Options{ClientID: 1, Limits: limits})
	for _, update := range [][]byte{
		new(wire).at(9, 0).raw(gcContent, 70).bytes(),
		new(wire).at(9, 70).raw(gcContent, 70).bytes(),
		new(wire).at(8, 0).text(place{root: "text"}, strings.Repeat("x", 60)).bytes(),
		new(wire).at(8, 60).text(place{origin: id(8, 59)}, strings.Repeat("y", 60)).bytes(),
	} {
		if err := d.ApplyUpdate(update, nil); err != nil {
			t.Fatal(err)
		}
	}
	state, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	loaded := crdt.New(crdt.Options{ClientID: 1, Limits: limits})
	if err := loaded.ApplyUpdate(state, nil); err != nil {
		t.Fatal(err)
	}
	if got := loaded.Text("text").Len(); got != 120 {
		t.Errorf("%d characters, want 120", got)
	}
}

// Deleting from the end of a long run towards its start does not read the run
// from its start each time.
func TestHostileDescendingDeletes(t *testing.T) {
	written := func(n int) *crdt.Doc {
		d := crdt.New(crdt.Options{ClientID: 9})
		d.Transact(nil, func(tx *crdt.Tx) { d.Text("text").Insert(tx, 0, strings.Repeat("äö", n), nil) })
		return d
	}
	deletes := func(n int, upward bool) []byte {
		w := new(wire)
		w.deleters = 1
		w.deletes = lib0.AppendUvarint([]byte{9}, uint64(n))
		for i := range uint64(n) {
			if !upward {
				i = uint64(n) - 1 - i
			}
			w.deletes = append(lib0.AppendUvarint(w.deletes, 2*i), 1)
		}
		return w.bytes()
	}
	var down, up *crdt.Doc
	const n = 4_000
	growsLinearly(t, n, func(n int) func() {
		d, update := written(n), deletes(n, false)
		down = d
		return func() { apply(t, d, update) }
	})
	up = written(8 * n)
	apply(t, up, deletes(8*n, true))
	if got, want := everything(t, down), everything(t, up); got != want || down.Text("text").Len() != 8*n {
		t.Errorf("%d units left, and another state than upward", down.Text("text").Len())
	}
}

// A document that gets full says so, keeps what it has, and never breaks down:
// neither while it moves runs about, nor for what had waited.
func TestHostileFullDocument(t *testing.T) {
	for seed := range uint64(16) {
		rng := rand.New(rand.NewPCG(seed, 7))
		limits := crdt.Limits{MaxStringBytes: 400}
		d := crdt.New(crdt.Options{ClientID: 1, Limits: limits, KeepDeleted: seed%2 == 0})
		d.SetArenaMax(20_000)
		full := 0
		try := func(update []byte) {
			before := state(t, d, nil)
			err := d.ApplyUpdate(update, nil)
			if err == nil {
				return
			}
			if full++; !errors.Is(err, crdt.ErrLimit) || !bytes.Equal(state(t, d, nil), before) {
				t.Fatalf("seed %d: %v, or changed", seed, err)
			}
		}
		var authors []*crdt.Doc
		var updates [][]byte
		for i := range uint64(4) {
			author := crdt.New(crdt.Options{ClientID: 10 + i, Limits: limits})
			author.OnUpdate(func(u []byte, _ any) { updates = append(updates, u) })
			authors = append(authors, author)
		}
		for round := 0; full < 20 && round < 2000; round++ {
			author := authors[rng.IntN(len(authors))]
			author.Transact(nil, func(tx *crdt.Tx) {
				text := author.Text("text")
				if n := text.Len(); n > 0 && rng.IntN(4) == 0 {
					at := rng.IntN(n)
					text.Delete(tx, at, min(n-at, 1+rng.IntN(3)))
				} else if rng.IntN(2) == 0 {
					text.Insert(tx, n, strings.Repeat("😀", 1+rng.IntN(20)), nil)
				} else {
					author.Array("array").Push(tx, strings.Repeat("v", rng.IntN(60)))
				}
			})
			if len(updates) > 8 { // some arrive late, some in one transaction
				rng.Shuffle(len(updates), func(i, j int) { updates[i], updates[j] = updates[j], updates[i] })
				if rng.IntN(2) == 0 {
					d.Transact(nil, func(*crdt.Tx) {
						for _, u := range updates {
							if err := d.ApplyUpdate(u, nil); err != nil && !errors.Is(err, crdt.ErrLimit) {
								t.Fatal(err)
							} else if err != nil {
								full++
							}
						}
					})
				} else {
					for _, u := range updates {
						try(u)
					}
				}
				updates = nil
			}
		}
		if full < 20 {
			t.Fatalf("seed %d: full %d times", seed, full)
		}
		refused := func(change func(tx *crdt.Tx) bool) (err error) {
			defer func() { err, _ = recover().(error) }()
			for more := true; more; {
				d.Transact(nil, func(tx *crdt.Tx) { more = change(tx) })
			}
			return nil
		}
		if err := refused(func(tx *crdt.Tx) bool { d.Array("mine").Push(tx, strings.Repeat("v", 300)); return true }); !errors.Is(err, crdt.ErrLimit) {
			t.Fatalf("seed %d: a local change: %v", seed, err)
		}
		// Deleting goes on, at least until all the room is taken by halves of characters.
		text, cuts := d.Text("text"), 0
		err := refused(func(tx *crdt.Tx) bool {
			text.Delete(tx, rng.IntN(text.Len()), 1)
			cuts++
			return text.Len() > 0
		})
		if err != nil && (!errors.Is(err, crdt.ErrLimit) || cuts < 50) {
			t.Fatalf("seed %d: after %d deletes: %v", seed, cuts, err)
		}
		everything(t, d)
	}
}
