package main

import (
	"runtime"
	"slices"
	"time"

	"coplan/crdt"
)

// perOp is what one operation cost: nanoseconds, bytes and allocations.
type perOp struct {
	NS     float64 `json:"ns"`
	Bytes  float64 `json:"bytes"`
	Allocs float64 `json:"allocs"`
}

func ms(fn func()) float64 {
	t0 := time.Now()
	fn()
	return float64(time.Since(t0).Nanoseconds()) / 1e6
}

// measure answers the median milliseconds of a phase. The same rule as in
// bench/peers/run.mjs: it is repeated in this process for 150 ms, 60 times at most,
// three times at least unless that takes longer than 600 ms. What fresh makes for
// each run is not timed.
func measure[T any](fresh func() T, fn func(T)) float64 {
	var all []float64
	for total := 0.0; len(all) < 60 && (total < 150 || len(all) < 3 && total < 600); {
		given := fresh()
		t := ms(func() { fn(given) })
		all = append(all, t)
		total += t
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func nothing() struct{} { return struct{}{} }

// measureOps is measure plus what one of n operations cost; bytes and allocations are
// those of one more run.
func measureOps[T any](n int, fresh func() T, fn func(T)) (float64, perOp) {
	t := measure(fresh, fn)
	given := fresh()
	_, per := once(n, func() { fn(given) })
	per.NS = t * 1e6 / float64(n)
	return t, per
}

// states measures the phases of a full state: reading it, reading it and showing
// what is in it, and writing it, each time after an edit, so that nobody is asked
// for what it wrote a moment ago.
func states(d *crdt.Doc, kind string) (map[string]float64, int) {
	state := encode(d)
	return map[string]float64{
		"load":      measure(nothing, func(struct{}) { load(state) }),
		"load+read": measure(nothing, func(struct{}) { read(load(state), kind) }),
		"encode":    measure(func() *crdt.Doc { touch(d, kind); return d }, func(d *crdt.Doc) { encode(d) }),
	}, len(state)
}

func touch(d *crdt.Doc, kind string) {
	d.Transact(nil, func(tx *crdt.Tx) {
		switch kind {
		case "text":
			d.Text("text").Insert(tx, 0, ".", nil)
		case "array":
			d.Array("array").Insert(tx, 0, 1)
		default:
			d.Map("map").Set(tx, "touch", 1)
		}
	})
}

// once is what one run of n operations cost.
func once(n int, fn func()) (float64, perOp) {
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
