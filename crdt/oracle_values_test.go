package crdt_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"coplan/crdt"
)

// everyValue is each kind of value that Yjs knows, at its edges.
func everyValue() []any {
	return []any{
		crdt.Undefined, nil, true, false,
		0, math.Copysign(0, -1), 1, -1, 63, 64, -63, -64, 1<<31 - 1, -(1<<31 - 1), float64(1 << 31), -float64(1 << 31), float64(1<<53 - 1), float64(1 << 53),
		0.5, 0.1, float64(float32(0.1)), -1.25, 1e-6, 1e-7, 123456.789, 1234567.5, 1e20, 1e21, 5e-324, math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1),
		crdt.BigInt(0), crdt.BigInt(-1), crdt.BigInt(math.MaxInt64), crdt.BigInt(math.MinInt64),
		"", "a", "\x00", "é日🙂", strings.Repeat("long ", 100),
		[]byte{}, []byte{0, 255},
		[]any{}, []any{crdt.Undefined, nil, []any{1, []any{"x"}}, []byte{7}, map[string]any{"k": 1}},
		map[string]any{}, map[string]any{"b": 1, "a": map[string]any{"u": crdt.Undefined, "n": nil, "bytes": []byte{1}}, "": 0},
		// JavaScript puts what looks like an index first, and in order.
		map[string]any{"10": 1, "9": 2, "b": 3, "a": 4, "-1": 5, "01": 6, "0": 7, "4294967294": 8, "4294967295": 9, "1e3": 10, "é": 11, "🙂": 12},
	}
}

// Every value is written with Yjs's bytes wherever values go, read back as it was,
// and as a string what JavaScript makes of it.
func TestOracleEveryValue(t *testing.T) {
	o := useOracle(t)
	for i, v := range everyValue() {
		name := fmt.Sprintf("%T %v", v, v)
		p := newPair(t, o, nil, i, false)
		element := []any{"xml", 0}
		for _, e := range []edit{
			{path: []any{"map"}, kind: "set", s: "k", v: v},
			{path: []any{"array"}, kind: "insertValues", v: []any{[]any{v}, []any{v, v}}},
			{path: []any{"xml"}, kind: "insertValues", v: []any{fresh{"element", "p"}}},
			{path: element, kind: "setAttr", s: "a", v: v},
		} {
			var update []byte
			cancel := p.doc.OnUpdate(func(u []byte, _ any) { update = u })
			p.doc.Transact(nil, func(tx *crdt.Tx) { e.apply(tx, p.doc) })
			cancel()
			if theirs := o.updates(t, "edit", i, []edit{e}); len(theirs) != 1 || !bytes.Equal(update, theirs[0]) {
				t.Fatalf("%s: %v:\nGo  %x\nYjs %x", name, e, update, theirs)
			}
		}
		p.compare(name)
		got, _ := p.doc.Map("map").Get("k")
		if dump(got) != dump(v) {
			t.Errorf("%s: read back as %v", name, got)
		}
		v2, err := p.doc.EncodeStateAsUpdateV2(nil)
		if theirs := o.bytes(t, "stateV2", i, []byte{0}); err != nil || !bytes.Equal(v2, theirs) {
			t.Errorf("%s: state in v2:\nGo  %x %v\nYjs %x", name, v2, err, theirs)
		}
	}
}

// A shared type as an attribute shows as JavaScript's String does.
func TestOracleTypesAsAttributes(t *testing.T) {
	o := useOracle(t)
	for i, kind := range []string{"text", "map", "array", "xml", "element", "xmltext", "doc"} {
		p := newPair(t, o, nil, i, false)
		for _, e := range []edit{
			{path: []any{"xml"}, kind: "insertValues", v: []any{fresh{"element", "p"}}},
			{path: []any{"xml", 0}, kind: "setAttr", s: "a", v: fresh{kind, "word"}},
		} {
			p.doc.Transact(nil, func(tx *crdt.Tx) { e.apply(tx, p.doc) })
			o.updates(t, "edit", i, []edit{e})
		}
		p.compare(kind)
	}
}
