package crdt_test

import (
	"bytes"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// columnsOf builds a v2 update from its columns, in the order of the wire.
func columnsOf(columns map[string][]byte, rest []byte) []byte {
	b := []byte{0}
	for _, name := range []string{"key", "client", "left", "right", "info", "string", "parent", "type", "length"} {
		b = lib0.AppendVarBytes(b, columns[name])
	}
	return append(b, rest...)
}

// manyOf is lib0's run of n times v.
func manyOf(v, n uint64) []byte {
	return lib0.AppendUvarint(lib0.AppendSignMagnitude(nil, v, true), n-2)
}

// Run lengths let a few bytes of v2 stand for a great many structs. What unfolds
// to more than a bounded multiple is refused before it does.
func TestHostileV2Updates(t *testing.T) {
	noStrings := []byte{0}
	const huge = 1 << 50
	for _, c := range []struct {
		name   string
		update []byte
		says   string
	}{
		{"empty", nil, "offset 0"},
		{"a v1 update", new(wire).at(9, 0).text(place{root: "text"}, "x").bytes(), "not a v2 update"},
		{"no columns", []byte{0}, "offset 1"},
		{"2^50 collected runs in 30 bytes", columnsOf(map[string][]byte{
			"client": {9}, "info": {gcContent}, "length": manyOf(1, huge), "string": noStrings,
		}, append(append([]byte{1}, lib0.AppendUvarint(nil, huge)...), 0)), "unfold"},
		{"2^50 sections", columnsOf(map[string][]byte{
			"client": manyOf(9, huge), "string": noStrings,
		}, append(lib0.AppendUvarint(nil, huge), bytes.Repeat([]byte{0}, 40)...)), ""},
		{"2^40 empty JSON values", columnsOf(map[string][]byte{
			"client": {9}, "info": {jsonContent}, "parent": {1}, "length": lib0.AppendVarint(nil, 1<<40),
			"string": append([]byte{4, 't', 'e', 'x', 't', 4}, manyOf(0, 1<<41)...),
		}, []byte{1, 1, 0, 0}), "unfold"},
		{"one long key again and again", columnsOf(map[string][]byte{
			"key": lib0.AppendUvarint([]byte{1}, huge), "client": manyOf(9, huge), "left": lib0.AppendUvarint([]byte{3}, huge), "info": {0x80 | formatContent},
			"string": append(lib0.AppendVarString(nil, strings.Repeat("k", 1000)), manyOf(1000, huge)...),
		}, append(append([]byte{1}, lib0.AppendUvarint(nil, 5000)...), append([]byte{0}, bytes.Repeat([]byte{126}, 5001)...)...)), "unfold"},
		{"clocks below zero", columnsOf(map[string][]byte{
			"client": {9, 8}, "info": {0x80 | deletedContent}, "left": lib0.AppendVarint(nil, -4), "length": {1}, "string": noStrings,
		}, []byte{1, 1, 0, 0}), "out of range"},
		{"a string longer than all strings", columnsOf(map[string][]byte{
			"client": {9}, "info": {stringContent}, "parent": {1}, "string": {4, 't', 'e', 'x', 't', 4, 5},
		}, []byte{1, 1, 0, 0}), "strings"},
		{"strings that are not UTF-8", columnsOf(map[string][]byte{"string": {1, 0xff, 1}}, []byte{0, 0}), "UTF-8"},
		{"unknown content", columnsOf(map[string][]byte{
			"client": {9}, "info": {12}, "parent": {1}, "string": {4, 't', 'e', 'x', 't', 4},
		}, []byte{1, 1, 0, 0}), "unknown content"},
		{"deleted ranges beyond 2^53", columnsOf(map[string][]byte{"string": noStrings},
			append([]byte{0, 1, 9, 2}, bytes.Repeat(lib0.AppendUvarint(nil, 1<<53-1), 4)...)), "2^53"},
		{"a byte behind it", append(columnsOf(map[string][]byte{"string": noStrings}, []byte{0, 0}), 7), "behind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := victim(t)
			before := everything(t, d)
			var start, end runtime.MemStats
			runtime.ReadMemStats(&start)
			err := d.ApplyUpdateV2(c.update, nil)
			runtime.ReadMemStats(&end)
			if used, most := end.TotalAlloc-start.TotalAlloc, uint64(1<<20+1000*len(c.update)); used > most {
				t.Errorf("%d bytes made it allocate %d", len(c.update), used)
			}
			if !errors.Is(err, crdt.ErrTruncated) && !errors.Is(err, crdt.ErrMalformed) && !errors.Is(err, crdt.ErrLimit) {
				t.Errorf("error without a kind: %v", err)
			} else if !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "offset") {
				t.Errorf("error %q, want it to say %q and where", err, c.says)
			}
			if _, err := crdt.ConvertUpdateV2ToV1(c.update); err == nil {
				t.Error("converted")
			}
			if after := everything(t, d); after != before {
				t.Errorf("refused, but changed from\n%s\nto\n%s", before, after)
			}
		})
	}
}

// Every number, string and nesting that v2 writes as a value and v1 as JSON
// arrives as JavaScript would have it.
func TestValuesBetweenFormats(t *testing.T) {
	o := useOracle(t)
	for i, v := range []any{
		nil, true, false, 0, -1, 63, 64, 1<<31 - 1, -(1<<31 - 1), float64(1 << 31), 1e15, 1e20, 1e21, 123456789012345680000.0, 1e-6, 1e-7, 1.5e-9, 5e-324,
		math.MaxFloat64, 0.1, -0.1, 1.0 / 3, float64(float32(0.1)), "", "a\"b\\c\n\t\r\b\f\x01\x7f\u2028\u2029</script>é日🙂",
		[]any{}, map[string]any{}, []any{1, "x", nil, []any{[]any{}}}, map[string]any{"a": map[string]any{"b": []any{true}}, "": 1},
	} {
		o.call(t, "create", i, 7, true, roots)
		update := o.updates(t, "edit", i, []edit{
			{path: []any{"text"}, kind: "embed", v: map[string]any{"v": v}},
			{path: []any{"text"}, kind: "insert", s: "x", attrs: map[string]any{"k": v}},
		})[0]
		v2 := o.bytes(t, "toV2", update)
		if mine, err := crdt.ConvertUpdateV1ToV2(update); err != nil || !bytes.Equal(mine, v2) {
			t.Errorf("%v to v2:\nGo  %x %v\nYjs %x", v, mine, err, v2)
		}
		v1 := o.bytes(t, "toV1", v2)
		if mine, err := crdt.ConvertUpdateV2ToV1(v2); err != nil || !bytes.Equal(mine, v1) {
			t.Errorf("%v to v1:\nGo  %q %v\nYjs %q", v, mine, err, v1)
		}
		doc := crdt.New(crdt.Options{ClientID: 7})
		doc.Transact(nil, func(tx *crdt.Tx) {
			doc.Text("text").InsertEmbed(tx, 0, map[string]any{"v": v}, nil)
			doc.Text("text").Insert(tx, 0, "x", map[string]any{"k": v})
		})
		if mine := fullState(doc); !bytes.Equal(mine, o.bytes(t, "state", i, []byte{0})) {
			t.Errorf("%v written here:\nGo  %q\nYjs %q", v, mine, o.bytes(t, "state", i, []byte{0}))
		}
	}
}
