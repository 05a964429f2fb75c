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

// Each limit lets through what is just within it and refuses what is just
// beyond, without a trace.
func TestLimits(t *testing.T) {
	text := func(n int) []byte {
		return new(wire).at(9, 0).text(place{root: "text"}, strings.Repeat("x", n)).bytes()
	}
	structs := func(n int) []byte {
		w := new(wire).at(9, 0)
		for i := range n {
			w.item(anyContent, place{root: "map", sub: string(rune('a' + i))}, []byte{1, 126})
		}
		return w.bytes()
	}
	clients := func(n int) []byte {
		w := new(wire)
		for i := range n {
			w.at(uint64(10+i), 0).text(place{root: "text"}, "x")
		}
		return w.bytes()
	}
	nested := func(n int) []byte {
		return new(wire).at(9, 0).item(anyContent, place{root: "array"}, append(append([]byte{1}, bytes.Repeat([]byte{117, 1}, n)...), 126)).bytes()
	}
	json := func(n int) []byte { // an object in an array in an object, with brackets in a string that do not count
		s := `"[[[[[[[[[[[[\\\"{{{{{{"`
		for i := range n {
			if i%2 == 0 {
				s = "[0, " + s + "]"
			} else {
				s = `{"[[[[\\": ` + s + "}"
			}
		}
		return lib0.AppendVarString(nil, s)
	}
	embed := func(n int) []byte {
		return new(wire).at(9, 0).item(embedContent, place{root: "text"}, json(n)).bytes()
	}
	jsonValue := func(n int) []byte {
		return new(wire).at(9, 0).item(jsonContent, place{root: "array"}, append([]byte{1}, json(n)...)).bytes()
	}
	format := func(n int) []byte {
		return new(wire).at(9, 0).item(formatContent, place{root: "text"}, append([]byte("\x01b"), json(n)...)).bytes()
	}
	types := func(n int) []byte {
		w := new(wire).at(9, 0).item(typeContent, place{root: "array"}, []byte{0})
		for i := 1; i < n; i++ {
			w.item(typeContent, place{parent: id(9, uint64(i-1))}, []byte{0})
		}
		return w.bytes()
	}
	run := func(n int) []byte {
		return new(wire).at(9, 0).item(deletedContent, place{root: "text"}, lib0.AppendUvarint(nil, uint64(n))).bytes()
	}
	deletes := func(n int) []byte {
		w := new(wire)
		for i := range n {
			w.delete(uint64(20+i), 3, 1)
		}
		return w.bytes()
	}
	waiting := func(n int) []byte { // so many bytes, after a gap
		return new(wire).at(9, 1).text(place{root: "text"}, strings.Repeat("x", n-len(new(wire).at(9, 1).text(place{root: "text"}, strings.Repeat("x", 100)).bytes())+100)).bytes()
	}
	for name, c := range map[string]struct {
		limits         crdt.Limits
		within, beyond []byte
		want           error
	}{
		"MaxUpdateBytes":              {crdt.Limits{MaxUpdateBytes: len(text(100))}, text(100), text(101), crdt.ErrLimit},
		"MaxStructs":                  {crdt.Limits{MaxStructs: 5}, structs(5), structs(6), crdt.ErrLimit},
		"MaxClients":                  {crdt.Limits{MaxClients: 5}, clients(5), clients(6), crdt.ErrLimit},
		"MaxStringBytes":              {crdt.Limits{MaxStringBytes: 100}, text(100), text(101), crdt.ErrLimit},
		"MaxRunLength":                {crdt.Limits{MaxRunLength: 100}, run(100), run(101), crdt.ErrLimit},
		"MaxDepth of values":          {crdt.Limits{MaxDepth: 10}, nested(10), nested(11), crdt.ErrLimit},
		"MaxDepth of embeds":          {crdt.Limits{MaxDepth: 10}, embed(10), embed(11), crdt.ErrLimit},
		"MaxDepth of JSON values":     {crdt.Limits{MaxDepth: 10}, jsonValue(10), jsonValue(11), crdt.ErrLimit},
		"MaxDepth of format values":   {crdt.Limits{MaxDepth: 10}, format(10), format(11), crdt.ErrLimit},
		"MaxDepth of types":           {crdt.Limits{MaxDepth: 10}, types(10), types(11), crdt.ErrLimit},
		"MaxDeletes":                  {crdt.Limits{MaxDeletes: 5}, deletes(5), deletes(6), crdt.ErrLimit},
		"MaxPendingBytes":             {crdt.Limits{MaxPendingBytes: 152}, waiting(120), waiting(121), crdt.ErrPendingFull},
		"MaxPendingBytes for deletes": {crdt.Limits{MaxPendingBytes: 600}, deletes(5), deletes(6), crdt.ErrPendingFull},
	} {
		t.Run(name, func(t *testing.T) {
			d := crdt.New(crdt.Options{ClientID: 1, Limits: c.limits})
			before := everything(t, d)
			if err := d.ApplyUpdate(c.beyond, nil); !errors.Is(err, c.want) {
				t.Errorf("beyond: %v, want %v", err, c.want)
			}
			if after := everything(t, d); after != before {
				t.Errorf("refused, but changed from\n%s\nto\n%s", before, after)
			}
			if err := d.ApplyUpdate(c.within, nil); err != nil {
				t.Errorf("within: %v", err)
			}
			if _, err := d.EncodeStateAsUpdateV2(nil); err != nil {
				t.Errorf("in v2: %v", err)
			}
		})
	}
}

// Somebody who sends nothing but updates with gaps fills a bounded waiting room.
// It says so, the document goes on working, and what was missing empties it.
func TestWaitingRoomIsBounded(t *testing.T) {
	d := crdt.New(crdt.Options{ClientID: 1, Limits: crdt.Limits{MaxPendingBytes: 1 << 16}})
	author := crdt.New(crdt.Options{ClientID: 2})
	var updates [][]byte
	author.OnUpdate(func(u []byte, _ any) { updates = append(updates, u) })
	rng := rand.New(rand.NewPCG(1, 1))
	for range 12_000 {
		author.Transact(nil, func(tx *crdt.Tx) {
			n := author.Text("text").Len()
			author.Text("text").Insert(tx, rng.IntN(n+1), "word", nil)
		})
	}
	var start, end runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&start)
	full := 0
	for _, u := range updates[1:] {
		switch err := d.ApplyUpdate(u, nil); {
		case errors.Is(err, crdt.ErrPendingFull):
			full++
		case err != nil:
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&end)
	if kept := int64(end.HeapAlloc) - int64(start.HeapAlloc); kept > 4<<20 {
		t.Errorf("keeps %d bytes", kept)
	}
	// Once it is full, what waits is not folded anew for each update.
	used := end.TotalAlloc - start.TotalAlloc
	t.Logf("full for %d of %d updates, %d bytes allocated", full, len(updates), used)
	if full == 0 || used > uint64(len(updates))<<12 {
		t.Errorf("full for %d of %d updates, %d bytes allocated", full, len(updates), used)
	}
	d.Transact(nil, func(tx *crdt.Tx) { d.Map("map").Set(tx, "still", "alive") })
	if err := d.ApplyUpdate(updates[0], nil); err != nil {
		t.Fatal(err)
	}
	missing, err := author.EncodeStateAsUpdate(d.StateVector())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.ApplyUpdate(missing, nil); err != nil || d.HasPending() {
		t.Fatalf("after sync: %v, pending %v", err, d.HasPending())
	}
	if d.Text("text").String() != author.Text("text").String() {
		t.Error("after sync the texts differ")
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// The cost of an update grows with its size alone: shapes that make a careless
// engine quadratic.
func TestNoQuadraticTraps(t *testing.T) {
	empty := func() *crdt.Doc { return crdt.New(crdt.Options{ClientID: 1}) }
	concurrent := func(n int) []byte { // everyone typed at the start of an empty text
		w := new(wire)
		for i := range uint64(n) {
			w.at(100+i, 0).text(place{root: "text"}, "x")
		}
		return w.bytes()
	}
	overwritten := func(n int) []byte { // one key set again and again by one client
		w := new(wire).at(9, 0).item(anyContent, place{root: "map", sub: "k"}, []byte{1, 126})
		for i := uint64(1); i < uint64(n); i++ {
			w.item(anyContent, place{origin: id(9, i-1)}, []byte{1, 126})
		}
		return w.bytes()
	}
	ranges := func(w *wire, client uint64, n int, clock func(i uint64) uint64) []byte {
		w.flush()
		w.deleters = 1
		w.deletes = lib0.AppendUvarint(lib0.AppendUvarint(nil, client), uint64(n))
		for i := range uint64(n) {
			w.deletes = append(lib0.AppendUvarint(w.deletes, clock(i)), 1)
		}
		return w.bytes()
	}
	holes := func(n int) []byte { // every other character of one long run deleted
		w := new(wire).at(10, 0).text(place{root: "text"}, strings.Repeat("ab", n))
		return ranges(w, 10, n, func(i uint64) uint64 { return 2 * i })
	}
	stairs := func(n int) []byte { // sections that wait for each other one by one
		w := new(wire)
		for i := range uint64(n) {
			p := place{root: "text"}
			if i > 0 {
				p = place{origin: id(1_000_000+i-1, 0)}
			}
			w.at(1_000_000+i, 0).text(p, "x")
		}
		return w.bytes()
	}
	scattered := func(n int) []byte { // deletes of clocks that do not exist yet, and not in order
		return ranges(new(wire), 77, n, func(i uint64) uint64 { return 2 * (i * 7919 % uint64(n)) })
	}
	const n = 2500
	t.Run("applied", func(t *testing.T) {
		for name, c := range map[string]struct {
			update func(n int) []byte
			waits  bool
		}{
			"many clients at one place":    {concurrent, false},
			"one key set many times":       {overwritten, false},
			"every other character gone":   {holes, false},
			"a chain through many clients": {stairs, false},
			"deletes of what is not there": {scattered, true},
		} {
			t.Run(name, func(t *testing.T) {
				growsLinearly(t, n, func(n int) func() {
					d, update := empty(), c.update(n)
					return func() {
						apply(t, d, update)
						apply(t, d, update) // and again, when it is known
						if d.HasPending() != c.waits {
							t.Fatalf("pending: %v", d.HasPending())
						}
						state(t, d, nil)
					}
				})
			})
		}
	})
	t.Run("merging them", func(t *testing.T) {
		growsLinearly(t, n, func(n int) func() {
			unborn, many := scattered(n), concurrent(n)
			return func() {
				if _, err := crdt.MergeUpdates(unborn, unborn, many); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
	t.Run("a snapshot in pieces", func(t *testing.T) { // with many sections of one client
		growsLinearly(t, n, func(n int) func() {
			repeated := lib0.AppendUvarint(nil, uint64(n))
			for i := range uint64(n) {
				repeated = append(lib0.AppendUvarint(append(repeated, 5, 1), 2*(i*7919%uint64(n))), 1)
			}
			repeated = append(repeated, 0)
			return func() {
				if _, err := crdt.DecodeSnapshot(repeated); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
	t.Run("all in one document", func(t *testing.T) {
		growsLinearly(t, n, func(n int) func() {
			d := empty()
			for _, update := range [][]byte{concurrent(n), overwritten(n), holes(n), stairs(n)} {
				apply(t, d, update)
			}
			if got := d.Text("text").Len(); got != 3*n {
				t.Fatalf("%d characters, want %d", got, 3*n)
			}
			return func() {
				if err := d.Check(); err != nil {
					t.Fatal(err)
				}
				loaded := empty()
				apply(t, loaded, state(t, d, nil))
				if loaded.Text("text").Len() != d.Text("text").Len() {
					t.Fatal("loads as something else")
				}
			}
		})
	})
}
