package crdt_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"unicode/utf8"

	"coplan/crdt"
)

// trace reads a recorded editing session, or skips: the recordings are too large
// for the repository. COPLAN_TRACES names their directory.
func trace(b *testing.B, name string) []byte {
	b.Helper()
	dir := os.Getenv("COPLAN_TRACES")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "traces")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		b.Skipf("recorded trace not at hand: %v", err)
	}
	return data
}

func traceUpdates(b *testing.B, name string) [][]byte {
	data := trace(b, name)
	var out [][]byte
	for len(data) > 0 {
		n := binary.LittleEndian.Uint32(data)
		out = append(out, data[4:4+n])
		data = data[4+n:]
	}
	return out
}

func apply(tb testing.TB, d *crdt.Doc, update []byte) {
	if err := d.ApplyUpdate(update, nil); err != nil {
		tb.Fatal(err)
	}
}

func state(tb testing.TB, d *crdt.Doc, sv []byte) []byte {
	u, err := d.EncodeStateAsUpdate(sv)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func perKeystroke(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/edit")
}

func BenchmarkB4ApplyOneByOne(b *testing.B) {
	updates := traceUpdates(b, "b4-updates.bin")
	b.ReportAllocs()
	for b.Loop() {
		d := crdt.New(crdt.Options{})
		for _, u := range updates {
			apply(b, d, u)
		}
	}
	perKeystroke(b, len(updates))
}

func BenchmarkConcurrentApplyOneByOne(b *testing.B) {
	updates := traceUpdates(b, "conc-updates.bin")
	b.ReportAllocs()
	for b.Loop() {
		d := crdt.New(crdt.Options{})
		for _, u := range updates {
			apply(b, d, u)
		}
	}
	perKeystroke(b, len(updates))
}

// splice is one recorded keystroke as a position.
type splice struct {
	at, remove int
	insert     string
}

// splices recovers the recorded edits from the events of their updates.
func splices(b *testing.B, updates [][]byte) []splice {
	d := crdt.New(crdt.Options{})
	text := d.Text("text")
	var out []splice
	d.ObserveDeep(text, func(events []crdt.Event, _ *crdt.Tx) {
		at := 0
		for _, op := range events[0].Delta {
			switch {
			case op.Retain > 0:
				at += op.Retain
			case op.Delete > 0:
				out = append(out, splice{at: at, remove: op.Delete})
			default:
				s := op.Insert.(string)
				out = append(out, splice{at: at, insert: s})
				at += utf8.RuneCountInString(s)
			}
		}
	})
	for _, u := range updates {
		apply(b, d, u)
	}
	return out
}

func BenchmarkB4Local(b *testing.B) {
	edits := splices(b, traceUpdates(b, "b4-updates.bin"))
	b.ReportAllocs()
	bytes := 0
	for b.Loop() {
		d := crdt.New(crdt.Options{ClientID: 1})
		text := d.Text("text")
		d.OnUpdate(func(u []byte, _ any) { bytes += len(u) })
		for _, e := range edits {
			d.Transact(nil, func(tx *crdt.Tx) {
				if e.remove > 0 {
					text.Delete(tx, e.at, e.remove)
				} else {
					text.Insert(tx, e.at, e.insert, nil)
				}
			})
		}
	}
	perKeystroke(b, len(edits))
}

func BenchmarkB4Load(b *testing.B) {
	full := trace(b, "b4-state.v1.bin")
	b.ReportAllocs()
	for b.Loop() {
		apply(b, crdt.New(crdt.Options{}), full)
	}
}

// many is B4 a hundred times over, each by another client in another text.
func many(b *testing.B) []byte {
	full := trace(b, "b4-state.v1.bin")
	const id = 3141592653
	pattern := binary.AppendUvarint(nil, id)
	var parts [][]byte
	for i := range 100 {
		// Ids of equal encoded length, so that they can be replaced in place.
		part := append([]byte(nil), full...)
		other := binary.AppendUvarint(nil, id+uint64(i))
		for at := 0; at+5 <= len(part); at++ {
			if string(part[at:at+5]) == string(pattern) {
				copy(part[at:], other)
			}
		}
		parts = append(parts, part)
	}
	d := crdt.New(crdt.Options{})
	for _, p := range parts {
		apply(b, d, p)
	}
	return state(b, d, nil)
}

func BenchmarkB4x100Load(b *testing.B) {
	full := many(b)
	b.ReportAllocs()
	for b.Loop() {
		apply(b, crdt.New(crdt.Options{}), full)
	}
}

func BenchmarkB4x100Encode(b *testing.B) {
	d := crdt.New(crdt.Options{})
	apply(b, d, many(b))
	b.ReportAllocs()
	for b.Loop() {
		state(b, d, nil)
	}
}

func BenchmarkB4Encode(b *testing.B) {
	d := crdt.New(crdt.Options{})
	apply(b, d, trace(b, "b4-state.v1.bin"))
	b.ReportAllocs()
	for b.Loop() {
		state(b, d, nil)
	}
}

func BenchmarkB4Diff(b *testing.B) {
	updates := traceUpdates(b, "b4-updates.bin")
	half := crdt.New(crdt.Options{})
	for _, u := range updates[:len(updates)/2] {
		apply(b, half, u)
	}
	sv := half.StateVector()
	d := crdt.New(crdt.Options{})
	apply(b, d, trace(b, "b4-state.v1.bin"))
	b.ReportAllocs()
	for b.Loop() {
		state(b, d, sv)
	}
}

func BenchmarkB4MergeLog(b *testing.B) {
	updates := traceUpdates(b, "b4-updates.bin")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := crdt.MergeUpdates(updates...); err != nil {
			b.Fatal(err)
		}
	}
	perKeystroke(b, len(updates))
}

// An edit costs the same whether the document had one client or a hundred
// thousand.
func BenchmarkPastClients(b *testing.B) {
	for _, n := range []int{1, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := crdt.New(crdt.Options{ClientID: 1})
			text := d.Text("text")
			for i := range n {
				d.SetClientID(uint64(1000 + i))
				d.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, 0, "x", nil) })
			}
			d.SetClientID(1)
			sent := 0
			d.OnUpdate(func(u []byte, _ any) { sent += len(u) })
			b.ReportAllocs()
			for b.Loop() {
				d.Transact(nil, func(tx *crdt.Tx) { text.Insert(tx, text.Len(), "y", nil) })
			}
		})
	}
}

func BenchmarkMemoryB4x100(b *testing.B) {
	full := many(b)
	var before, after runtime.MemStats
	var loaded *crdt.Doc
	for b.Loop() {
		loaded = nil
		runtime.GC()
		runtime.ReadMemStats(&before)
		loaded = crdt.New(crdt.Options{})
		apply(b, loaded, full)
		runtime.GC()
		runtime.ReadMemStats(&after)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	runs, text := loaded.Size()
	b.ReportMetric(float64(int(after.HeapAlloc-before.HeapAlloc)-text)/float64(runs), "B/run")
}

// The B1, B2 and B3 workloads of crdt-benchmarks, local edits and the merging of
// each update by the other side included. N is 6000 as there.
const benchN = 6000

func twoDocs(b *testing.B, edit func(i int, d *crdt.Doc, tx *crdt.Tx)) {
	b.ReportAllocs()
	for b.Loop() {
		one, two := crdt.New(crdt.Options{ClientID: 1}), crdt.New(crdt.Options{ClientID: 2})
		one.OnUpdate(func(u []byte, _ any) { apply(b, two, u) })
		for i := range benchN {
			one.Transact(nil, func(tx *crdt.Tx) { edit(i, one, tx) })
		}
	}
	perKeystroke(b, benchN)
}

func BenchmarkB1Append(b *testing.B) {
	twoDocs(b, func(i int, d *crdt.Doc, tx *crdt.Tx) { d.Text("text").Insert(tx, i, "a", nil) })
}

func BenchmarkB1Prepend(b *testing.B) {
	twoDocs(b, func(i int, d *crdt.Doc, tx *crdt.Tx) { d.Text("text").Insert(tx, 0, "a", nil) })
}

func BenchmarkB1RandomInsert(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	twoDocs(b, func(i int, d *crdt.Doc, tx *crdt.Tx) { d.Text("text").Insert(tx, rng.IntN(i+1), "a", nil) })
}

func BenchmarkB1RandomWords(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	twoDocs(b, func(i int, d *crdt.Doc, tx *crdt.Tx) {
		t := d.Text("text")
		t.Insert(tx, rng.IntN(t.Len()+1), "wordly"[:2+rng.IntN(5)], nil)
	})
}

func BenchmarkB1InsertDelete(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	twoDocs(b, func(i int, d *crdt.Doc, tx *crdt.Tx) {
		t := d.Text("text")
		at := rng.IntN(t.Len() + 1)
		if t.Len() == at || rng.IntN(2) == 0 {
			t.Insert(tx, at, "wordly"[:2+rng.IntN(5)], nil)
		} else {
			t.Delete(tx, at, min(1+rng.IntN(9), t.Len()-at))
		}
	})
}

// Values pushed one by one, each with its update: what the last transaction wrote
// must be found in a long run without walking it.
func BenchmarkB1ArrayAppend(b *testing.B) {
	for _, n := range []int{6000, 24_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d := crdt.New(crdt.Options{ClientID: 1})
				d.OnUpdate(func([]byte, any) {})
				a := d.Array("a")
				for i := range n {
					d.Transact(nil, func(tx *crdt.Tx) { a.Insert(tx, i, i) })
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/push")
		})
	}
}

func BenchmarkB1ArrayRandomNumbers(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	twoDocs(b, func(i int, d *crdt.Doc, tx *crdt.Tx) { d.Array("array").Insert(tx, rng.IntN(i+1), i) })
}

// Two people insert and delete at random without seeing each other, then merge.
func BenchmarkB2Concurrent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		rng := rand.New(rand.NewPCG(1, 2))
		docs := []*crdt.Doc{crdt.New(crdt.Options{ClientID: 1}), crdt.New(crdt.Options{ClientID: 2})}
		docs[0].Transact(nil, func(tx *crdt.Tx) { docs[0].Text("text").Insert(tx, 0, "the initial text of both", nil) })
		apply(b, docs[1], state(b, docs[0], nil))
		var sent [2][][]byte
		for i, d := range docs {
			d.OnUpdate(func(u []byte, origin any) {
				if origin == "local" {
					sent[i] = append(sent[i], u)
				}
			})
			t := d.Text("text")
			for range benchN {
				d.Transact("local", func(tx *crdt.Tx) {
					at := rng.IntN(t.Len() + 1)
					if t.Len() == at || rng.IntN(2) == 0 {
						t.Insert(tx, at, "wordly"[:2+rng.IntN(5)], nil)
					} else {
						t.Delete(tx, at, min(1+rng.IntN(9), t.Len()-at))
					}
				})
			}
		}
		for i, d := range docs {
			for _, u := range sent[1-i] {
				apply(b, d, u)
			}
		}
		if docs[0].Text("text").String() != docs[1].Text("text").String() {
			b.Fatal("replicas differ")
		}
	}
}

// Many clients each write once, without seeing each other.
func BenchmarkB3(b *testing.B) {
	const clients = 1549 // 20·√6000
	kinds := map[string]func(d *crdt.Doc, tx *crdt.Tx, i int){
		"map":   func(d *crdt.Doc, tx *crdt.Tx, i int) { d.Map("map").Set(tx, "v", i) },
		"text":  func(d *crdt.Doc, tx *crdt.Tx, i int) { d.Text("text").Insert(tx, 0, fmt.Sprint(i), nil) },
		"array": func(d *crdt.Doc, tx *crdt.Tx, i int) { d.Array("array").Insert(tx, 0, i) },
	}
	for name, edit := range kinds {
		b.Run(name, func(b *testing.B) {
			var updates [][]byte
			for i := range clients {
				d := crdt.New(crdt.Options{ClientID: uint64(7919*i)%100_003 + 1})
				d.Transact(nil, func(tx *crdt.Tx) { edit(d, tx, i) })
				updates = append(updates, state(b, d, nil))
			}
			b.ReportAllocs()
			for b.Loop() {
				d := crdt.New(crdt.Options{})
				for _, u := range updates {
					apply(b, d, u)
				}
			}
		})
	}
}
