package crdt_test

import (
	"fmt"
	"math/rand/v2"
	"unicode/utf16"

	"coplan/crdt"
)

// edit is one call on one shared type, in a form both engines can carry out.
type edit struct {
	path  []any // root name, then map keys or attributes (string) and indexes (int)
	kind  string
	i, n  int
	s     string
	v     any
	attrs map[string]any // nil: none given
}

// fresh stands for a new shared type in the value of an edit.
type fresh struct{ kind, s string }

func (e edit) wire() map[string]any {
	m := map[string]any{"path": e.path, "kind": e.kind, "i": e.i, "n": e.n, "s": e.s, "v": e.v}
	if e.attrs != nil {
		m["attrs"] = e.attrs
	}
	if delta, ok := e.v.([]crdt.DeltaOp); ok {
		var ops []any
		for _, d := range delta {
			op := map[string]any{}
			switch {
			case d.Insert != nil:
				op["insert"] = d.Insert
			case d.Delete > 0:
				op["delete"] = d.Delete
			default:
				op["retain"] = d.Retain
			}
			if d.Attributes != nil {
				op["attributes"] = d.Attributes
			}
			ops = append(ops, op)
		}
		m["v"] = ops
	}
	return m
}

func (e edit) String() string {
	s := fmt.Sprintf("%v %s i=%d n=%d s=%q", e.path, e.kind, e.i, e.n, e.s)
	if e.v != nil {
		s += fmt.Sprintf(" v=%v", e.v)
	}
	if e.attrs != nil {
		s += fmt.Sprintf(" attrs=%v", e.attrs)
	}
	return s
}

// resolve follows a path.
func resolve(d *crdt.Doc, path []any) any {
	var v any = rootOf(d, path[0].(string))
	for _, step := range path[1:] {
		switch t := v.(type) {
		case crdt.Map:
			v, _ = t.Get(step.(string))
		case crdt.Array:
			v = t.Get(step.(int))
		case crdt.XMLFragment:
			v = t.Get(step.(int))
		case crdt.XMLElement:
			v = t.Get(step.(int))
		case crdt.XMLText:
			v = embedded(t.Text, step.(int))
		case crdt.Text:
			v = embedded(t, step.(int))
		}
	}
	return v
}

func embedded(t crdt.Text, index int) any {
	for _, op := range t.ToDelta() {
		n := 1
		if s, ok := op.Insert.(string); ok {
			n = len(utf16.Encode([]rune(s)))
		}
		if index < n {
			return op.Insert
		}
		index -= n
	}
	return nil
}

func build(v any) any {
	f, ok := v.(fresh)
	if !ok {
		return v
	}
	switch f.kind {
	case "text":
		return crdt.NewText(f.s)
	case "map":
		return crdt.NewMap()
	case "array":
		return crdt.NewArray()
	case "xml":
		return crdt.NewXMLFragment()
	case "element":
		return crdt.NewXMLElement(f.s)
	case "xmltext":
		return crdt.NewXMLText(f.s)
	case "hook":
		return crdt.NewXMLHook(f.s)
	case "doc":
		return crdt.Subdoc{GUID: f.s}
	}
	panic("no type " + f.kind)
}

func buildAll(list []any) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = build(v)
	}
	return out
}

// apply carries the edit out in a Go document.
func (e edit) apply(tx *crdt.Tx, d *crdt.Doc) {
	switch t := resolve(d, e.path).(type) {
	case crdt.XMLText:
		e.applyText(tx, t.Text)
	case crdt.Text:
		e.applyText(tx, t)
	case crdt.Map:
		switch e.kind {
		case "set":
			t.Set(tx, e.s, build(e.v))
		case "unset":
			t.Delete(tx, e.s)
		case "clear":
			t.Clear(tx)
		}
	case crdt.Array:
		switch e.kind {
		case "insertValues":
			t.Insert(tx, e.i, buildAll(e.v.([]any))...)
		case "push":
			t.Push(tx, buildAll(e.v.([]any))...)
		case "delete":
			t.Delete(tx, e.i, e.n)
		}
	case crdt.XMLElement:
		switch e.kind {
		case "setAttr":
			t.SetAttribute(tx, e.s, build(e.v))
		case "unsetAttr":
			t.RemoveAttribute(tx, e.s)
		default:
			e.applyXML(tx, t.XMLFragment)
		}
	case crdt.XMLFragment:
		e.applyXML(tx, t)
	default:
		panic(fmt.Sprintf("edit %v: no type there, but %T", e, t))
	}
}

func (e edit) applyXML(tx *crdt.Tx, f crdt.XMLFragment) {
	var children []crdt.Prelim
	if e.kind != "delete" {
		for _, v := range e.v.([]any) {
			children = append(children, build(v).(crdt.Prelim))
		}
	}
	switch e.kind {
	case "insertValues":
		f.Insert(tx, e.i, children...)
	case "insertAfter":
		var child crdt.Type
		if e.i >= 0 {
			child = f.Get(e.i)
		}
		f.InsertAfter(tx, child, children...)
	case "delete":
		f.Delete(tx, e.i, e.n)
	}
}

func (e edit) applyText(tx *crdt.Tx, t crdt.Text) {
	switch e.kind {
	case "insert":
		t.Insert(tx, e.i, e.s, e.attrs)
	case "embed":
		t.InsertEmbed(tx, e.i, build(e.v), e.attrs)
	case "delete":
		t.Delete(tx, e.i, e.n)
	case "format":
		t.Format(tx, e.i, e.n, e.attrs)
	case "delta":
		t.ApplyDelta(tx, e.v.([]crdt.DeltaOp))
	}
}

// profile says what the people of a session mostly do: weights for the four
// roots, how often they descend into nested types, and how often text is
// formatted rather than typed.
type profile struct {
	name                   string
	text, mapp, array, xml int
	descend, format        int // percent
	objects                int // 1: formatting attributes may have objects as values
}

var profiles = []profile{
	{"typing", 1, 0, 0, 0, 0, 0, 0},
	{"formatting", 1, 0, 0, 0, 0, 60, 0},
	{"rich text", 6, 1, 0, 0, 20, 30, 0},
	{"map", 0, 1, 0, 0, 20, 0, 0},
	{"array", 0, 0, 1, 0, 20, 0, 0},
	{"nested", 1, 3, 3, 2, 80, 10, 0},
	{"xml", 0, 0, 0, 1, 70, 20, 0},
	{"everything", 3, 2, 2, 2, 40, 20, 0},
}

// randomEdit picks an edit that is valid in d.
func randomEdit(rng *rand.Rand, d *crdt.Doc, p profile) edit {
	path := []any{p.root(rng)}
	t := any(rootOf(d, path[0].(string)))
	for len(path) < 6 && rng.IntN(100) < p.descend {
		step, child := randomChild(rng, t)
		if child == nil {
			break
		}
		path, t = append(path, step), child
	}
	e := edit{path: path}
	switch t := t.(type) {
	case crdt.XMLText:
		e.randomText(rng, t.Text, p, false)
	case crdt.Text:
		e.randomText(rng, t, p, true)
	case crdt.Map:
		e.kind, e.s = "set", randomKey(rng)
		if n := rng.IntN(20); n < 4 {
			e.kind = "unset"
		} else if n == 4 {
			e.kind = "clear"
		} else if e.v = randomValue(rng, 2); rng.IntN(100) < p.descend {
			e.v = randomTypeOrDoc(rng)
		}
	case crdt.Array:
		n := t.Len()
		switch {
		case n > 0 && rng.IntN(3) == 0:
			e.randomRange(rng, n)
		default:
			e.kind, e.i = "insertValues", rng.IntN(n+1)
			if rng.IntN(4) == 0 {
				e.kind = "push"
			}
			var values []any
			for range 1 + rng.IntN(3) {
				if rng.IntN(100) < p.descend/2 {
					values = append(values, randomTypeOrDoc(rng))
				} else {
					values = append(values, randomElement(rng))
				}
			}
			e.v = values
		}
	case crdt.XMLElement:
		switch rng.IntN(6) {
		case 0, 1:
			if e.kind, e.s, e.v = "setAttr", randomKey(rng), randomWord(rng); rng.IntN(3) == 0 {
				e.v = randomValue(rng, 1)
			}
		case 2:
			e.kind, e.s = "unsetAttr", randomKey(rng)
		default:
			e.randomXML(rng, t.Len())
		}
	case crdt.XMLFragment:
		e.randomXML(rng, t.Len())
	default:
		panic(fmt.Sprintf("no edit for a %T", t))
	}
	return e
}

func (p profile) root(rng *rand.Rand) string {
	n := rng.IntN(p.text + p.mapp + p.array + p.xml)
	for i, w := range []int{p.text, p.mapp, p.array, p.xml} {
		if n < w {
			return roots[i]
		}
		n -= w
	}
	panic("no root")
}

// randomChild picks a shared type directly inside t.
func randomChild(rng *rand.Rand, t any) (step, child any) {
	var steps, children []any
	add := func(step, v any) {
		if c, ok := v.(crdt.Type); ok {
			steps, children = append(steps, step), append(children, c)
		}
	}
	switch t := t.(type) {
	case crdt.Map:
		for _, k := range t.Keys() {
			v, _ := t.Get(k)
			add(k, v)
		}
	case crdt.Array:
		t.Range(func(i int, v any) bool { add(i, v); return true })
	case crdt.XMLElement:
		return randomChild(rng, t.XMLFragment)
	case crdt.XMLFragment:
		for i := range t.Len() {
			add(i, t.Get(i))
		}
	case crdt.Text:
		i := 0
		for _, op := range t.ToDelta() {
			if s, ok := op.Insert.(string); ok {
				i += len(utf16.Encode([]rune(s)))
				continue
			}
			add(i, op.Insert)
			i++
		}
	}
	if len(steps) == 0 {
		return nil, nil
	}
	n := rng.IntN(len(steps))
	return steps[n], children[n]
}

func (e *edit) randomRange(rng *rand.Rand, length int) {
	e.kind, e.i = "delete", rng.IntN(length)
	e.n = 1 + rng.IntN(min(length-e.i, 1+rng.IntN(8)))
}

func (e *edit) randomXML(rng *rand.Rand, length int) {
	if length > 0 && rng.IntN(4) == 0 {
		e.randomRange(rng, length)
		return
	}
	e.kind, e.i = "insertValues", rng.IntN(length+1)
	if rng.IntN(4) == 0 {
		e.kind = "insertAfter"
		e.i-- // the child it goes behind; -1: none
	}
	var children []any
	for range 1 + rng.IntN(2) {
		if rng.IntN(10) == 0 {
			children = append(children, fresh{"hook", "widget"})
		} else if rng.IntN(2) == 0 {
			children = append(children, fresh{"element", []string{"p", "h1", "LI"}[rng.IntN(3)]})
		} else {
			children = append(children, fresh{"xmltext", randomWord(rng)})
		}
	}
	e.v = children
}

// randomText edits a text. Only inserts and deletes may cut a surrogate pair in
// two: both engines then put U+FFFD in place of each half, and the operation
// makes every replica do the same. A format that turns out to change nothing
// would cut the pair on one replica only, in Yjs as here.
func (e *edit) randomText(rng *rand.Rand, t crdt.Text, p profile, embeds bool) {
	units := textUnits(t)
	aligned := func(i int) int {
		if i > 0 && i < len(units) && utf16.IsSurrogate(rune(units[i])) && units[i] >= 0xdc00 && units[i-1] >= 0xd800 && units[i-1] < 0xdc00 {
			i--
		}
		return i
	}
	n := len(units)
	if rng.IntN(100) < p.format {
		switch r := rng.IntN(10); {
		case r == 0 && embeds:
			e.kind, e.i, e.v = "embed", aligned(rng.IntN(n+1)), any(map[string]any{"image": randomWord(rng), "w": rng.IntN(9)})
			if rng.IntN(3) == 0 {
				e.v = randomType(rng)
			}
			if rng.IntN(2) == 0 {
				e.attrs = p.randomAttrs(rng)
			}
			return
		case r == 1:
			e.kind, e.i, e.s = "insert", rng.IntN(n+1), randomWord(rng)
			e.attrs = p.randomAttrs(rng)
			return
		case r == 2 && n > 0:
			e.kind, e.v = "delta", p.randomDelta(rng, n, aligned)
			return
		case n > 0:
			e.kind, e.i = "format", aligned(rng.IntN(n))
			e.n = aligned(min(n, e.i+1+rng.IntN(10))) - e.i
			if e.attrs = p.randomAttrs(rng); e.n > 0 {
				return
			}
			e.attrs = nil
		}
	}
	if n > 0 && rng.IntN(3) == 0 {
		e.randomRange(rng, n)
		return
	}
	e.kind, e.i, e.s = "insert", rng.IntN(n+1), randomWord(rng)
	if rng.IntN(3) == 0 {
		e.i = n
	}
}

// textUnits gives the text as UTF-16 with 0 for each embed, so that positions
// are those of the type.
func textUnits(t crdt.Text) (units []uint16) {
	for _, op := range t.ToDelta() {
		if s, ok := op.Insert.(string); ok {
			units = append(units, utf16.Encode([]rune(s))...)
		} else {
			units = append(units, 0)
		}
	}
	return units
}

func (p profile) randomDelta(rng *rand.Rand, length int, aligned func(int) int) []crdt.DeltaOp {
	var delta []crdt.DeltaOp
	for at := 0; len(delta) < 5; {
		next := aligned(min(length, at+rng.IntN(6)))
		op := crdt.DeltaOp{}
		if rng.IntN(2) == 0 {
			op.Attributes = p.randomAttrs(rng)
		}
		switch rng.IntN(3) {
		case 0:
			op.Insert = randomWord(rng)
		case 1:
			if next <= at {
				continue
			}
			op.Delete, op.Attributes, at = next-at, nil, next
		case 2:
			if next <= at {
				continue
			}
			op.Retain, at = next-at, next
		}
		delta = append(delta, op)
		if rng.IntN(3) == 0 {
			break
		}
	}
	return delta
}

var words = []string{"a", "b", "c", "hello", "wörld", "\n", "x y", "日本", "🙂", "👨‍👩‍👧", "e\u0301", "<b>&\"'"}

func randomWord(rng *rand.Rand) string {
	return words[min(rng.IntN(len(words)), rng.IntN(len(words)))]
}

func randomKey(rng *rand.Rand) string {
	return []string{"a", "b", "c", "key", "ключ", "__proto__x"}[rng.IntN(6)]
}

func (p profile) randomAttrs(rng *rand.Rand) map[string]any {
	attrs := make(map[string]any)
	for range 1 + rng.IntN(2) {
		switch rng.IntN(4) {
		case 0:
			attrs["bold"] = []any{true, nil}[rng.IntN(2)]
		case 1:
			attrs["em"] = []any{true, nil, map[string]any{"level": 2}}[rng.IntN(2+p.objects)]
		case 2:
			attrs["color"] = []any{"red", "blue", nil}[rng.IntN(3)]
		case 3:
			attrs["comment"] = []any{1.5, "t1", nil, map[string]any{"id": "t1"}, map[string]any{"id": "t2"}}[rng.IntN(3+2*p.objects)]
		}
	}
	return attrs
}

// randomValue is anything a map takes; randomElement anything an array takes.
func randomValue(rng *rand.Rand, depth int) any {
	switch rng.IntN(14) {
	case 0:
		return nil
	case 1:
		return crdt.Undefined
	case 2:
		return crdt.BigInt(rng.Int64())
	case 3:
		return []byte{1, 2, byte(rng.IntN(256))}
	case 4:
		return rng.Float64()
	case 5:
		return []float64{0.5, -1.25, 1e300, 1 << 40, -(1 << 31), 1 << 31}[rng.IntN(6)]
	case 6, 7, 8:
		return randomElement(rng)
	case 9:
		if depth > 0 {
			return map[string]any{"x": randomValue(rng, depth-1), "y": randomValue(rng, depth-1)}
		}
	case 10:
		if depth > 0 {
			return []any{randomValue(rng, depth-1), randomValue(rng, depth-1)}
		}
	}
	return randomWord(rng)
}

func randomElement(rng *rand.Rand) any {
	switch rng.IntN(7) {
	case 0:
		return nil
	case 1:
		return rng.IntN(2) == 0
	case 2:
		return rng.IntN(1000) - 500
	case 3:
		return map[string]any{"k": rng.IntN(100), "l": []any{1, "z"}, "10": 0, "9": 1}
	case 4:
		return []byte{byte(rng.IntN(256))}
	case 5:
		return rng.NormFloat64()
	}
	return randomWord(rng)
}

func randomTypeOrDoc(rng *rand.Rand) fresh {
	if rng.IntN(8) == 0 {
		return fresh{"doc", randomKey(rng)}
	}
	return randomType(rng)
}

func randomType(rng *rand.Rand) fresh {
	kind := []string{"text", "map", "array", "xml", "element", "xmltext"}[rng.IntN(6)]
	switch kind {
	case "text", "xmltext":
		return fresh{kind, randomWord(rng)}
	case "element":
		return fresh{kind, "div"}
	}
	return fresh{kind: kind}
}
