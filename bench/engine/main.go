// Command engine runs one workload of the comparison on package crdt and prints one line of JSON, in the same form
// as bench/peers/run.mjs: engine WORKLOAD DIR. Reading files and checks are not timed.
package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"coplan/crdt"
)

// result is the line printed. Times are milliseconds.
type result struct {
	MS     map[string]float64 `json:"ms,omitempty"`
	Bytes  int                `json:"bytes,omitempty"`
	Update float64            `json:"update,omitempty"` // mean bytes of one update
	Result string             `json:"result,omitempty"` // digest, compared between engines
	Length int                `json:"length,omitempty"`
	Memory map[string]int64   `json:"memory,omitempty"`
	PerOp  map[string]perOp   `json:"perOp,omitempty"`
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "make" {
		check(makeStates(os.Args[2]))
		return
	}
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: engine WORKLOAD DIR | engine make DIR")
		os.Exit(2)
	}
	b := bench{dir: os.Args[2]}
	r, err := b.run(os.Args[1])
	check(err)
	line, err := json.Marshal(r)
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

type bench struct{ dir string }

func (b bench) run(workload string) (*result, error) {
	switch workload {
	case "B4.local":
		return b.local()
	case "B4.apply":
		return b.apply()
	case "B4.load":
		return b.load()
	case "B4x100.load":
		return b.loadLarge()
	case "merge.20k":
		return b.merge(20_500)
	case "merge.260k":
		return b.merge(1 << 30)
	case "fold.260k":
		return b.fold()
	case "diff":
		return b.diff()
	case "join.300":
		return b.join()
	case "clients.1", "clients.100k":
		return b.clients(workload)
	case "memory":
		return b.memory()
	}
	var s script
	data, err := os.ReadFile(b.file(workload + ".json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, err
	}
	switch {
	case s.Ops != nil:
		return single(s)
	case s.A != nil:
		return pair(s)
	}
	return crowd(s)
}

func (b bench) file(name string) string { return filepath.Join(b.dir, name) }

// script is one workload of B1 to B3 as prepare.mjs writes it.
type script struct {
	Container string
	Ops, A, B []op
	Base      string
	Clients   int
	Write     string
}

type op struct {
	at, del int
	text    string
	values  []any
}

func (o *op) UnmarshalJSON(data []byte) error {
	var parts [3]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if err := errors.Join(json.Unmarshal(parts[0], &o.at), json.Unmarshal(parts[1], &o.del)); err != nil {
		return err
	}
	if parts[2][0] == '"' {
		return json.Unmarshal(parts[2], &o.text)
	}
	var numbers []int
	if err := json.Unmarshal(parts[2], &numbers); err != nil {
		return err
	}
	for _, n := range numbers {
		o.values = append(o.values, n)
	}
	return nil
}

func play(d *crdt.Doc, container string, ops []op) {
	text, array := d.Text("text"), crdt.Array{}
	if container == "array" {
		array = d.Array("array")
	}
	for i := range ops {
		o := &ops[i]
		d.Transact(nil, func(tx *crdt.Tx) {
			switch {
			case container == "array" && o.del > 0:
				array.Delete(tx, o.at, o.del)
			case container == "array":
				array.Insert(tx, o.at, o.values...)
			case o.del > 0:
				text.Delete(tx, o.at, o.del)
			default:
				text.Insert(tx, o.at, o.text, nil)
			}
		})
	}
}

// record keeps a copy of every update of d, as a sender would.
func record(d *crdt.Doc) *[][]byte {
	list := new([][]byte)
	d.OnUpdate(func(u []byte, _ any) { *list = append(*list, slices.Clone(u)) })
	return list
}

func applyAll(d *crdt.Doc, updates [][]byte) {
	for _, u := range updates {
		check(d.ApplyUpdate(u, nil))
	}
}

func encode(d *crdt.Doc) []byte {
	out, err := d.EncodeStateAsUpdate(nil)
	check(err)
	return out
}

func load(state []byte) *crdt.Doc {
	d := crdt.New(crdt.Options{Limits: limits()})
	check(d.ApplyUpdate(state, nil))
	return d
}

// limits are wide: the benchmark's own files are larger than a stranger may send.
func limits() crdt.Limits {
	l := crdt.DefaultLimits()
	l.MaxUpdateBytes = 1 << 30
	l.MaxStructs = 1 << 28
	l.MaxClients = 1 << 20
	return l
}

func digest(v any) string {
	var data []byte
	if s, ok := v.(string); ok {
		data = []byte(s)
	} else {
		data, _ = json.Marshal(v)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])[:12]
}

func read(d *crdt.Doc, kind string) any {
	switch kind {
	case "array":
		return d.Array("array").ToJSON()
	case "map":
		return d.Map("map").ToJSON()
	}
	return d.Text("text").String()
}

func newDoc(client uint64) *crdt.Doc {
	return crdt.New(crdt.Options{ClientID: client, Limits: limits()})
}

func single(s script) (*result, error) {
	var a, b *crdt.Doc
	var updates *[][]byte
	local, perLocal := measureOps(len(s.Ops), func() *crdt.Doc {
		a = newDoc(1001)
		updates = record(a)
		return a
	}, func(d *crdt.Doc) { play(d, s.Container, s.Ops) })
	apply, perApply := measureOps(len(*updates), func() *crdt.Doc {
		b = newDoc(1002)
		return b
	}, func(d *crdt.Doc) { applyAll(d, *updates) })
	got := digest(read(a, s.Container))
	if digest(read(b, s.Container)) != got {
		return nil, errors.New("replicas differ")
	}
	size := meanSize(*updates)
	times, bytes := states(a, s.Container)
	times["local"], times["apply"] = local, apply
	return &result{MS: times, Bytes: bytes, Update: size, Result: got, PerOp: map[string]perOp{"local": perLocal, "apply": perApply}}, nil
}

func meanSize(updates [][]byte) float64 {
	total := 0
	for _, u := range updates {
		total += len(u)
	}
	return float64(total) / float64(max(1, len(updates)))
}

// two is two replicas that have a text in common.
type two struct {
	a, b         *crdt.Doc
	fromA, fromB *[][]byte
	shared       []byte // what both know
}

func newTwo(s script) two {
	w := two{a: newDoc(1001), b: newDoc(1002)}
	w.fromA = record(w.a)
	play(w.a, "text", []op{{text: s.Base}})
	applyAll(w.b, *w.fromA)
	w.shared = w.b.StateVector()
	*w.fromA = nil
	w.fromB = record(w.b)
	return w
}

func (w two) edit(s script) {
	play(w.a, "text", s.A)
	play(w.b, "text", s.B)
}

func (w two) same() bool { return w.a.Text("text").String() == w.b.Text("text").String() }

func pair(s script) (*result, error) {
	var w, merged, delivered two
	local := measure(func() two { w = newTwo(s); return w }, func(w two) { w.edit(s) })
	states2 := [2][]byte{encode(w.a), encode(w.b)}
	exchange := measure(func() two {
		merged = two{a: load(states2[0]), b: load(states2[1])}
		return merged
	}, func(m two) {
		toB, err := m.a.EncodeStateAsUpdate(w.shared)
		check(err)
		toA, err := m.b.EncodeStateAsUpdate(w.shared)
		check(err)
		check(m.a.ApplyUpdate(toA, nil))
		check(m.b.ApplyUpdate(toB, nil))
	})
	apply := measure(func() two {
		delivered = newTwo(s)
		delivered.edit(s)
		own, others := slices.Clone(*delivered.fromA), slices.Clone(*delivered.fromB)
		delivered.fromA, delivered.fromB = &own, &others
		return delivered
	}, func(w two) {
		applyAll(w.a, *w.fromB)
		applyAll(w.b, *w.fromA)
	})
	if !merged.same() || !delivered.same() || merged.a.Text("text").String() != delivered.a.Text("text").String() {
		return nil, errors.New("replicas differ")
	}
	length := merged.a.Text("text").Len()
	times, bytes := states(merged.a, "text")
	times["local"], times["apply"], times["exchange"] = local, apply, exchange
	return &result{MS: times, Bytes: bytes, Length: length}, nil
}

func crowd(s script) (*result, error) {
	var updates [][]byte
	for i := range s.Clients {
		d := newDoc(uint64(2001 + i))
		d.OnUpdate(func(u []byte, _ any) { updates = append(updates, slices.Clone(u)) })
		name := fmt.Sprint(i)
		d.Transact(nil, func(tx *crdt.Tx) {
			switch s.Write {
			case "number":
				d.Map("map").Set(tx, "v", i)
			case "object":
				d.Map("map").Set(tx, "v", map[string]any{"name": name, "address": "here"})
			case "string":
				d.Map("map").Set(tx, "v", strings.Repeat(name, i))
			default:
				d.Array("array").Insert(tx, 0, strings.Repeat(name, i))
			}
		})
	}
	var reader *crdt.Doc
	apply, per := measureOps(len(updates), func() *crdt.Doc {
		reader = newDoc(1001)
		return reader
	}, func(d *crdt.Doc) { applyAll(d, updates) })
	kind := "map"
	if s.Write == "array" {
		kind = "array"
	}
	times, bytes := states(reader, kind)
	times["apply"] = apply
	return &result{MS: times, Bytes: bytes, PerOp: map[string]perOp{"apply": per}}, nil
}

func (b bench) ops() []op {
	data, err := os.ReadFile(b.file("b4.ops.json"))
	check(err)
	var ops []op
	check(json.Unmarshal(data, &ops))
	return ops
}

func (b bench) updates(limit int) [][]byte {
	data, err := os.ReadFile(b.file("b4.updates.bin"))
	check(err)
	var list [][]byte
	for len(data) >= 4 && len(list) < limit {
		n := int(binary.LittleEndian.Uint32(data))
		list = append(list, data[4:4+n])
		data = data[4+n:]
	}
	return list
}

func (b bench) local() (*result, error) {
	ops := b.ops()
	var d *crdt.Doc
	total := 0
	t, per := measureOps(len(ops), func() *crdt.Doc {
		d, total = newDoc(1001), 0
		d.OnUpdate(func(u []byte, _ any) { total += len(u) })
		return d
	}, func(d *crdt.Doc) { play(d, "text", ops) })
	return &result{MS: map[string]float64{"local": t}, Update: float64(total) / float64(len(ops)),
		Result: digest(d.Text("text").String()), PerOp: map[string]perOp{"local": per}}, nil
}

func (b bench) apply() (*result, error) {
	updates := b.updates(1 << 30)
	var d *crdt.Doc
	t, per := measureOps(len(updates), func() *crdt.Doc { d = newDoc(1001); return d }, func(d *crdt.Doc) { applyAll(d, updates) })
	return &result{MS: map[string]float64{"apply": t}, Result: digest(d.Text("text").String()), PerOp: map[string]perOp{"apply": per}}, nil
}

func (b bench) load() (*result, error) {
	state, err := os.ReadFile(b.file("b4.v1.bin"))
	if err != nil {
		return nil, err
	}
	d := load(state)
	got := digest(d.Text("text").String())
	times, bytes := states(d, "text")
	return &result{MS: times, Bytes: bytes, Result: got}, nil
}

func (b bench) loadLarge() (*result, error) {
	state, err := os.ReadFile(b.file("b4x100.v1.bin"))
	if err != nil {
		return nil, err
	}
	var d *crdt.Doc
	ld := measure(nothing, func(struct{}) { d = load(state) })
	enc := measure(func() *crdt.Doc { touch(d, "text"); return d }, func(d *crdt.Doc) { encode(d) })
	return &result{MS: map[string]float64{"load": ld, "encode": enc}, Bytes: len(state)}, nil
}

func (b bench) merge(limit int) (*result, error) {
	updates := b.updates(limit)
	var merged []byte
	t, per := measureOps(len(updates), nothing, func(struct{}) {
		var err error
		merged, err = crdt.MergeUpdates(updates...)
		check(err)
	})
	return &result{MS: map[string]float64{"merge": t}, Bytes: len(merged), PerOp: map[string]perOp{"merge": per}}, nil
}

func (b bench) fold() (*result, error) {
	updates := b.updates(1 << 30)
	var state []byte
	t := measure(func() *crdt.Doc { return newDoc(1001) }, func(d *crdt.Doc) {
		d.Transact(nil, func(*crdt.Tx) { applyAll(d, updates) })
		state = encode(d)
	})
	return &result{MS: map[string]float64{"fold": t}, Bytes: len(state)}, nil
}

func (b bench) diff() (*result, error) {
	updates := b.updates(1 << 30)
	half := newDoc(1002)
	applyAll(half, updates[:len(updates)/2])
	sv := half.StateVector()
	state, err := os.ReadFile(b.file("b4.v1.bin"))
	if err != nil {
		return nil, err
	}
	d := load(state)
	var out []byte
	t := measure(func() *crdt.Doc { touch(d, "text"); return d }, func(d *crdt.Doc) {
		out, err = d.EncodeStateAsUpdate(sv)
		check(err)
	})
	return &result{MS: map[string]float64{"diff": t}, Bytes: len(out)}, nil
}

func (b bench) join() (*result, error) {
	state, err := os.ReadFile(b.file("b4.v1.bin"))
	if err != nil {
		return nil, err
	}
	d := load(state)
	t := measure(func() *crdt.Doc { touch(d, "text"); return d }, func(d *crdt.Doc) {
		for range 300 {
			encode(d)
		}
	})
	return &result{MS: map[string]float64{"join": t}}, nil
}

func (b bench) clients(workload string) (*result, error) {
	name := "clients.1.v1.bin"
	if workload == "clients.100k" {
		name = "clients.100000.v1.bin"
	}
	state, err := os.ReadFile(b.file(name))
	if err != nil {
		return nil, err
	}
	d := load(state)
	author := newDoc(77)
	updates := record(author)
	for range 1000 {
		author.Transact(nil, func(tx *crdt.Tx) { author.Text("text").Insert(tx, 0, "x", nil) })
	}
	apply, perApply := once(len(*updates), func() { applyAll(d, *updates) })
	local, perLocal := once(1000, func() {
		for i := range 1000 {
			d.Transact(nil, func(tx *crdt.Tx) { d.Map("map").Set(tx, "k", i) })
		}
	})
	return &result{MS: map[string]float64{"apply": apply, "local": local}, PerOp: map[string]perOp{"apply": perApply, "local": perLocal}}, nil
}

func (b bench) memory() (*result, error) {
	state, err := os.ReadFile(b.file("b4.v1.bin"))
	if err != nil {
		return nil, err
	}
	heap := func() int64 {
		for range 4 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	// As with the peers: two documents are loaded and read first; what sixteen more
	// take, divided by sixteen, is what one does.
	var docs []*crdt.Doc
	open := func(n int) (int64, int64) {
		for range n {
			d := load(state)
			read(d, "text")
			docs = append(docs, d)
		}
		return heap(), rss()
	}
	heap0, rss0 := open(2)
	heap1, rss1 := open(16)
	n := docs[0].Text("text").Len()
	runtime.KeepAlive(state)
	runtime.KeepAlive(docs)
	return &result{Memory: map[string]int64{"heap": (heap1 - heap0) / 16, "rss": (rss1 - rss0) / 16}, Length: n}, nil
}

// rss is the resident size in bytes, 0 where /proc is not there.
func rss() int64 {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(data), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
