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
	"time"

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

// perOp is what one operation cost: nanoseconds, bytes and allocations.
type perOp struct {
	NS     float64 `json:"ns"`
	Bytes  float64 `json:"bytes"`
	Allocs float64 `json:"allocs"`
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
		return b.load("b4.v1.bin", 7)
	case "B4x100.load":
		return b.load("b4x100.v1.bin", 1)
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

func ms(fn func()) float64 {
	t0 := time.Now()
	fn()
	return float64(time.Since(t0).Nanoseconds()) / 1e6
}

// measured is ms plus what one of n operations cost.
func measured(n int, fn func()) (float64, perOp) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	t := ms(fn)
	runtime.ReadMemStats(&after)
	return t, perOp{
		NS:     t * 1e6 / float64(n),
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
	}
}

// often answers the median of n runs; the first, cold run is among them.
func often(n int, fn func()) float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = ms(fn)
	}
	slices.Sort(all)
	return all[n/2]
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

func read(d *crdt.Doc, container string) any {
	if container == "array" {
		return d.Array("array").ToJSON()
	}
	return d.Text("text").String()
}

func newDoc(client uint64) *crdt.Doc {
	return crdt.New(crdt.Options{ClientID: client, Limits: limits()})
}

func single(s script) (*result, error) {
	a, b := newDoc(1001), newDoc(1002)
	updates := record(a)
	local, perLocal := measured(len(s.Ops), func() { play(a, s.Container, s.Ops) })
	apply, perApply := measured(len(*updates), func() { applyAll(b, *updates) })
	got := digest(read(a, s.Container))
	if digest(read(b, s.Container)) != got {
		return nil, errors.New("replicas differ")
	}
	enc := often(5, func() { encode(a) })
	state := encode(a)
	ld := often(5, func() { load(state) })
	return &result{
		MS:    map[string]float64{"local": local, "apply": apply, "encode": enc, "load": ld},
		Bytes: len(state), Update: meanSize(*updates), Result: got,
		PerOp: map[string]perOp{"local": perLocal, "apply": perApply},
	}, nil
}

func meanSize(updates [][]byte) float64 {
	total := 0
	for _, u := range updates {
		total += len(u)
	}
	return float64(total) / float64(max(1, len(updates)))
}

func pair(s script) (*result, error) {
	a := newDoc(1001)
	fromA := record(a)
	play(a, "text", []op{{text: s.Base}})
	b := newDoc(1002)
	applyAll(b, *fromA)
	shared := b.StateVector()
	*fromA = nil
	fromB := record(b)
	local := ms(func() { play(a, "text", s.A); play(b, "text", s.B) })
	a2, b2 := load(encode(a)), load(encode(b))
	own, others := *fromA, *fromB
	apply := ms(func() { applyAll(a, others); applyAll(b, own) })
	exchange := ms(func() {
		toB, err := a2.EncodeStateAsUpdate(shared)
		check(err)
		toA, err := b2.EncodeStateAsUpdate(shared)
		check(err)
		check(a2.ApplyUpdate(toA, nil))
		check(b2.ApplyUpdate(toB, nil))
	})
	if t := a.Text("text").String(); t != b.Text("text").String() || t != a2.Text("text").String() || t != b2.Text("text").String() {
		return nil, errors.New("replicas differ")
	}
	enc := often(5, func() { encode(a) })
	state := encode(a)
	ld := often(5, func() { load(state) })
	return &result{
		MS:    map[string]float64{"local": local, "apply": apply, "exchange": exchange, "encode": enc, "load": ld},
		Bytes: len(state), Length: a.Text("text").Len(),
	}, nil
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
	reader := newDoc(1001)
	apply, per := measured(len(updates), func() { applyAll(reader, updates) })
	enc := often(5, func() { encode(reader) })
	state := encode(reader)
	ld := often(5, func() { load(state) })
	return &result{MS: map[string]float64{"apply": apply, "encode": enc, "load": ld}, Bytes: len(state), PerOp: map[string]perOp{"apply": per}}, nil
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
	d := newDoc(1001)
	total := 0
	d.OnUpdate(func(u []byte, _ any) { total += len(u) })
	t, per := measured(len(ops), func() { play(d, "text", ops) })
	return &result{MS: map[string]float64{"local": t}, Update: float64(total) / float64(len(ops)),
		Result: digest(d.Text("text").String()), PerOp: map[string]perOp{"local": per}}, nil
}

func (b bench) apply() (*result, error) {
	updates := b.updates(1 << 30)
	d := newDoc(1001)
	t, per := measured(len(updates), func() { applyAll(d, updates) })
	return &result{MS: map[string]float64{"apply": t}, Result: digest(d.Text("text").String()), PerOp: map[string]perOp{"apply": per}}, nil
}

func (b bench) load(name string, times int) (*result, error) {
	state, err := os.ReadFile(b.file(name))
	if err != nil {
		return nil, err
	}
	ld := often(times, func() { load(state) })
	d := load(state)
	// A change between two encodes, so that a cached one is not what is measured.
	enc := often(times, func() { touch(d); encode(d) })
	return &result{MS: map[string]float64{"load": ld, "encode": enc}, Bytes: len(state), Result: digest(load(state).Text("text").String())}, nil
}

func touch(d *crdt.Doc) {
	d.Transact(nil, func(tx *crdt.Tx) { d.Map("touch").Set(tx, "k", 1) })
}

func (b bench) merge(limit int) (*result, error) {
	updates := b.updates(limit)
	var merged []byte
	t, per := measured(len(updates), func() {
		var err error
		merged, err = crdt.MergeUpdates(updates...)
		check(err)
	})
	return &result{MS: map[string]float64{"merge": t}, Bytes: len(merged), PerOp: map[string]perOp{"merge": per}}, nil
}

func (b bench) fold() (*result, error) {
	updates := b.updates(1 << 30)
	d := newDoc(1001)
	var state []byte
	t := ms(func() {
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
	t := often(7, func() {
		touch(d)
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
	t := ms(func() {
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
	apply, perApply := measured(len(*updates), func() { applyAll(d, *updates) })
	local, perLocal := measured(1000, func() {
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
	// As with the peers: the engine has loaded a small document before.
	small := newDoc(1)
	small.Transact(nil, func(tx *crdt.Tx) { small.Text("text").Insert(tx, 0, "x", nil) })
	warm := load(encode(small))
	heap := func() int64 {
		for range 4 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	heap0, rss0 := heap(), rss()
	d := load(state)
	heap1, rss1 := heap(), rss()
	n := d.Text("text").Len()
	runtime.KeepAlive(state)
	runtime.KeepAlive(warm)
	return &result{Memory: map[string]int64{"heap": heap1 - heap0, "rss": rss1 - rss0}, Length: n}, nil
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

// makeStates writes the large full states that every Yjs-speaking engine loads: the B4 edits played a hundred times
// over into one text, and documents that 1 and 100,000 earlier clients have written in.
func makeStates(dir string) error {
	b := bench{dir: dir}
	ops := b.ops()
	big := newDoc(1001)
	for range 100 {
		play(big, "text", ops)
	}
	if err := os.WriteFile(b.file("b4x100.v1.bin"), encode(big), 0o644); err != nil {
		return err
	}
	for _, n := range []int{1, 100_000} {
		d := newDoc(1001)
		for i := range n {
			d.SetClientID(uint64(10_000 + i))
			d.Transact(nil, func(tx *crdt.Tx) { d.Map("past").Set(tx, fmt.Sprint(i%1000), i) })
		}
		if err := os.WriteFile(b.file(fmt.Sprintf("clients.%d.v1.bin", n)), encode(d), 0o644); err != nil {
			return err
		}
	}
	return nil
}
