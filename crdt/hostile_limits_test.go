package crdt_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

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
	began := time.Now()
	for _, u := range updates[1:] {
		switch err := d.ApplyUpdate(u, nil); {
		case errors.Is(err, crdt.ErrPendingFull):
			full++
		case err != nil:
			t.Fatal(err)
		}
	}
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&end)
	if kept := int64(end.HeapAlloc) - int64(start.HeapAlloc); kept > 4<<20 {
		t.Errorf("keeps %d bytes", kept)
	}
	if full == 0 || took > 20*time.Second {
		t.Errorf("full for %d of %d updates, after %v", full, len(updates), took)
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

// The cost of an update does not grow with what lies around it: shapes that make
// a careless engine quadratic.
func TestNoQuadraticTraps(t *testing.T) {
	const n = 20_000
	began := time.Now()
	step := func(name string) {
		t.Helper()
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		began = time.Now()
	}

	concurrent := new(wire) // everyone typed at the start of an empty text
	for i := range uint64(n) {
		concurrent.at(100+i, 0).text(place{root: "text"}, "x")
	}
	d := crdt.New(crdt.Options{ClientID: 1})
	if err := d.ApplyUpdate(concurrent.bytes(), nil); err != nil || d.Text("text").Len() != n {
		t.Fatalf("%d characters, %v", d.Text("text").Len(), err)
	}
	step("many clients at one place")

	overwritten := new(wire).at(9, 0) // one key set again and again by one client
	overwritten.item(anyContent, place{root: "map", sub: "k"}, []byte{1, 126})
	for i := uint64(1); i < n; i++ {
		overwritten.item(anyContent, place{origin: id(9, i-1)}, []byte{1, 126})
	}
	if err := d.ApplyUpdate(overwritten.bytes(), nil); err != nil {
		t.Fatal(err)
	}
	step("one key set many times")

	holes := new(wire) // every other character of one long run deleted
	holes.at(10, 0).text(place{root: "text"}, strings.Repeat("ab", n))
	holes.flush()
	holes.deleters = 1
	holes.deletes = lib0.AppendUvarint([]byte{10}, n)
	for i := range uint64(n) {
		holes.deletes = append(lib0.AppendUvarint(holes.deletes, 2*i), 1)
	}
	if err := d.ApplyUpdate(holes.bytes(), nil); err != nil {
		t.Fatal(err)
	}
	step("every other character deleted")

	stairs := new(wire) // sections that wait for each other one by one
	for i := uint64(0); i < n; i++ {
		p := place{root: "text"}
		if i > 0 {
			p = place{origin: id(1_000_000+i-1, 0)}
		}
		stairs.at(1_000_000+i, 0).text(p, "x")
	}
	if err := d.ApplyUpdate(stairs.bytes(), nil); err != nil || d.HasPending() {
		t.Fatal(err, d.HasPending())
	}
	step("a chain through many clients")

	scattered := new(wire) // deletes of clocks that do not exist yet, and not in order
	scattered.deleters = 1
	scattered.deletes = lib0.AppendUvarint([]byte{77}, 5*n)
	for i := range uint64(5 * n) {
		scattered.deletes = append(lib0.AppendUvarint(scattered.deletes, 2*(i*7919%(5*n))), 1)
	}
	unborn := scattered.bytes()
	other := crdt.New(crdt.Options{ClientID: 2})
	for range 2 {
		if err := other.ApplyUpdate(unborn, nil); err != nil || !other.HasPending() {
			t.Fatal(err)
		}
	}
	step("deletes of what is not there")
	if _, err := other.EncodeStateAsUpdate(nil); err != nil {
		t.Fatal(err)
	}
	if _, err := crdt.MergeUpdates(unborn, unborn, concurrent.bytes()); err != nil {
		t.Fatal(err)
	}
	step("merging them")

	repeated := lib0.AppendUvarint(nil, n) // a snapshot with many sections of one client
	for i := range uint64(n) {
		repeated = append(lib0.AppendUvarint(append(repeated, 5, 1), 2*(i*7919%n)), 1)
	}
	if _, err := crdt.DecodeSnapshot(append(repeated, 0)); err != nil {
		t.Fatal(err)
	}
	step("a snapshot in pieces")

	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	state, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		t.Fatal(err)
	}
	loaded := crdt.New(crdt.Options{ClientID: 1})
	if err := loaded.ApplyUpdate(state, nil); err != nil || loaded.Text("text").Len() != d.Text("text").Len() {
		t.Fatal(err)
	}
	step("loading all of it")
}
