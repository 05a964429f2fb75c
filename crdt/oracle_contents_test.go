package crdt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

// Contents that today's editors do not write but documents hold: legacy JSON,
// subdocuments, hooks. Both engines show and encode them alike, in both formats.
func TestOracleRareContents(t *testing.T) {
	o := useOracle(t)
	json := func(values ...string) []byte {
		b := lib0.AppendUvarint(nil, uint64(len(values)))
		for _, v := range values {
			b = lib0.AppendVarString(b, v)
		}
		return b
	}
	hook := append([]byte{5}, lib0.AppendVarString(nil, "widget")...)
	doc := func(guid string, opts any) []byte { return appendAny(lib0.AppendVarString(nil, guid), opts) }
	hello := new(wire).at(9, 0).text(place{root: "text"}, "hello").bytes()
	for i, c := range []struct {
		name   string
		update []byte
		then   []byte
		odd    bool // no editor makes it; Yjs places it by how runs happen to be cut
	}{
		{name: "JSON in an array", update: new(wire).at(9, 0).item(jsonContent, place{root: "array"}, json(`{"b":1,"a":[null,1.5e+300]}`, `"é"`, `undefined`, `7`)).bytes()},
		{name: "JSON under a key", update: new(wire).at(9, 0).item(jsonContent, place{root: "map", sub: "k"}, json(`[true]`)).bytes()},
		{name: "JSON cut in two", update: new(wire).at(9, 0).item(jsonContent, place{root: "array"}, json(`1`, `2`, `3`)).at(10, 0).item(jsonContent, place{origin: id(9, 0), right: id(9, 1)}, json(`"x"`)).bytes()},
		{name: "JSON deleted in the middle", update: new(wire).at(9, 0).item(jsonContent, place{root: "array"}, json(`1`, `2`, `3`)).delete(9, 1, 1).bytes()},
		{name: "subdocument", update: new(wire).at(9, 0).item(docContent, place{root: "map", sub: "d"}, doc("guid-1", map[string]any{})).bytes()},
		{name: "subdocument with options", update: new(wire).at(9, 0).item(docContent, place{root: "array"}, doc("guid-2", map[string]any{"autoLoad": true})).bytes()},
		{name: "deleted subdocument", update: new(wire).at(9, 0).item(docContent, place{root: "map", sub: "d"}, doc("guid-3", map[string]any{})).delete(9, 0, 1).bytes()},
		{name: "hook with keys", update: new(wire).at(9, 0).item(typeContent, place{root: "xml"}, hook).item(anyContent, place{parent: id(9, 0), sub: "k"}, []byte{1, 126}).bytes()},
		{name: "deleted hook", update: new(wire).at(9, 0).item(typeContent, place{root: "xml"}, hook).item(anyContent, place{parent: id(9, 0), sub: "k"}, []byte{1, 126}).delete(9, 0, 1).bytes()},
		{name: "bytes", update: new(wire).at(9, 0).item(binaryContent, place{root: "array"}, lib0.AppendVarBytes(nil, []byte{0, 255})).bytes()},
		{name: "deleted before it came", update: new(wire).at(9, 0).item(deletedContent, place{root: "text"}, []byte{5}).text(place{origin: id(9, 4)}, "tail").bytes()},
		{name: "collected before it came", update: new(wire).at(9, 0).raw(gcContent, 5).text(place{root: "text"}, "tail").bytes()},
		{name: "a child of what was collected", update: new(wire).at(9, 0).raw(gcContent, 5).text(place{origin: id(9, 2)}, "lost").at(10, 0).item(anyContent, place{parent: id(9, 1), sub: "k"}, []byte{1, 126}).bytes()},
		{name: "values of one key by two clients", update: new(wire).at(9, 0).item(anyContent, place{root: "map", sub: "k"}, []byte{1, 120}).at(8, 0).item(anyContent, place{root: "map", sub: "k"}, []byte{1, 121}).bytes()},
		{name: "a key set and overwritten", update: new(wire).at(9, 0).item(anyContent, place{root: "map", sub: "k"}, []byte{1, 120}).item(anyContent, place{origin: id(9, 0)}, []byte{1, 121}).bytes()},
		{name: "clients up to 2^53-1", update: new(wire).at(1<<53-1, 0).text(place{root: "text"}, "a").at(1<<53-2, 0).text(place{origin: id(1<<53-1, 0)}, "b").bytes()},
		{name: "right origin to the left of the origin", odd: true, update: hello, then: new(wire).at(10, 0).text(place{origin: id(9, 3), right: id(9, 1)}, "x").bytes()},
		{name: "origin and right origin the same", odd: true, update: hello, then: new(wire).at(10, 0).text(place{origin: id(9, 2), right: id(9, 2)}, "x").bytes()},
		{name: "both in one update", odd: true, update: new(wire).at(10, 0).text(place{origin: id(9, 3), right: id(9, 1)}, "x").at(9, 0).text(place{root: "text"}, "h").text(place{origin: id(9, 0)}, "ello").bytes()},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPair(t, o, nil, i, false)
			dumpDoc(p.doc, roots)
			p.receive(c.update)
			if c.then != nil {
				p.receive(c.then)
			}
			p.compare("received")
			v2, err := p.doc.EncodeStateAsUpdateV2(nil)
			if theirs := o.bytes(t, "stateV2", i, []byte{0}); err != nil || !bytes.Equal(v2, theirs) {
				t.Errorf("state in v2:\nGo  %x %v\nYjs %x", v2, err, theirs)
			}
			loaded := crdt.New(crdt.Options{ClientID: 1})
			if err := loaded.ApplyUpdateV2(v2, nil); err != nil || !c.odd && dumpDoc(loaded, roots) != dumpDoc(p.doc, roots) {
				t.Errorf("loaded from v2: %v\n%s\n%s", err, dumpDoc(loaded, roots), dumpDoc(p.doc, roots))
			}
			p.rng = rand.New(rand.NewPCG(uint64(i), 10))
			for range 3 {
				p.edit(profiles[3], 1, nil)
				p.edit(profiles[4], 1, nil)
			}
			p.compare("edited")
		})
	}
}

// Updates merged or cut to what somebody lacks, in either format, lead to the
// document that Yjs gets from doing the same its own way.
func TestOracleMergeAndDiff(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 20)
	merged := 0
	for seed := first; seed < last; seed++ {
		merged += mergeSession(t, o, seed)
	}
	if merged < 4*int(last-first) {
		t.Errorf("only %d merges", merged)
	}
}

func mergeSession(t *testing.T, o *oracle, seed uint64) (merged int) {
	rng := rand.New(rand.NewPCG(seed, 11))
	o.call(t, "reset")
	prof := profiles[rng.IntN(len(profiles))]
	name := fmt.Sprintf("seed %d (%s)", seed, prof.name)
	a, b := newPair(t, o, rng, 0, false), newPair(t, o, rng, 1, false)
	var updates [][]byte
	for range 30 {
		p, q := a, b
		if rng.IntN(2) == 0 {
			p, q = b, a
		}
		if u := p.edit(prof, 1+rng.IntN(2), nil); u != nil {
			updates = append(updates, u)
			if rng.IntN(3) > 0 {
				q.receive(u)
			}
		}
	}
	must := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return b
	}
	for range 4 {
		merged++
		rng.Shuffle(len(updates), func(i, j int) { updates[i], updates[j] = updates[j], updates[i] })
		part := updates[:1+rng.IntN(len(updates))]
		inV2 := make([][]byte, len(part))
		for i, u := range part {
			inV2[i] = must(crdt.ConvertUpdateV1ToV2(u))
		}
		mine, mineV2 := must(crdt.MergeUpdates(part...)), must(crdt.MergeUpdatesV2(inV2...))
		theirs, theirsV2 := o.bytes(t, "merge", part), o.bytes(t, "mergeV2", inV2)
		if got, want := must(crdt.EncodeStateVectorFromUpdate(mine)), o.bytes(t, "vectorOf", theirs); !bytes.Equal(got, want) {
			t.Fatalf("%s: state vector of the merged update:\nGo  %x\nYjs %x", name, got, want)
		}
		sv := a.doc.StateVector()
		if rng.IntN(2) == 0 {
			sv = []byte{0}
		}
		all := must(crdt.MergeUpdates(updates...))
		results := map[bool][]string{} // with a base and without
		for i, c := range []struct {
			update []byte
			v2     bool
		}{
			{mine, false}, {theirs, false}, {mineV2, true}, {theirsV2, true},
			{must(crdt.DiffUpdate(mine, sv)), false}, {o.bytes(t, "diff", theirs, sv), false},
			{must(crdt.DiffUpdateV2(mineV2, sv)), true}, {o.bytes(t, "diffV2", theirsV2, sv), true},
		} {
			// Once in either engine, then what was left out of the part or the diff.
			base := fullState(a.doc)
			if i < 4 || bytes.Equal(sv, []byte{0}) {
				base = nil
			}
			o.call(t, "create", 100, 7, true, roots)
			d := crdt.New(crdt.Options{ClientID: 7})
			apply := func(u []byte, v2 bool) {
				t.Helper()
				var err error
				if v2 {
					err = d.ApplyUpdateV2(u, nil)
					o.call(t, "applyV2", 100, u)
				} else {
					err = d.ApplyUpdate(u, nil)
					o.call(t, "apply", 100, u)
				}
				if err != nil {
					t.Fatalf("%s: update %d: %v", name, i, err)
				}
			}
			if base != nil {
				apply(base, false)
			}
			apply(c.update, c.v2)
			if got, want := d.StateVector(), o.bytes(t, "vector", 100); !bytes.Equal(got, want) {
				t.Fatalf("%s: state vector after update %d:\nGo  %x\nYjs %x", name, i, got, want)
			}
			apply(all, false)
			if d.HasPending() {
				t.Fatalf("%s: update %d: still pending", name, i)
			}
			if got, want := dumpDoc(d, roots), o.text(t, "dump", 100, roots); prof.format == 0 && got != want {
				t.Fatalf("%s: after update %d:\nGo  %s\nYjs %s", name, i, got, want)
			}
			result := fmt.Sprintf("%x %x", d.StateVector(), o.bytes(t, "dsOf", fullState(d)))
			if same := results[base != nil]; len(same) > 0 && same[0] != result {
				t.Fatalf("%s: update %d leads elsewhere:\n%s\n%s", name, i, same[0], result)
			}
			results[base != nil] = append(results[base != nil], result)
		}
	}
	return merged
}

// A type filled before it is in a document becomes the same bytes as in Yjs:
// text first, then attributes of the whole.
func TestOraclePrelimTexts(t *testing.T) {
	o := useOracle(t)
	attrs := map[string]any{"lang": "en", "align": "left"}
	for i, c := range []struct {
		kind, s string
		pre     crdt.Prelim
		delta   any
	}{
		{"text", "abc", crdt.NewText("abc"), nil},
		{"text", "", crdt.NewText(""), nil},
		{"xmltext", "abc", crdt.NewXMLText("abc"), nil},
		{"text", "abc", crdt.NewText("abc").WithDelta(crdt.DeltaOp{Insert: "x", Attributes: map[string]any{"bold": true}}),
			[]any{map[string]any{"insert": "x", "attributes": map[string]any{"bold": true}}}},
		{"element", "p", crdt.NewXMLElement("p"), nil},
	} {
		p := newPair(t, o, nil, i, false)
		var update []byte
		p.doc.OnUpdate(func(u []byte, _ any) { update = u })
		p.doc.Transact(nil, func(tx *crdt.Tx) { p.doc.Map("map").Set(tx, "k", c.pre.WithAttributes(attrs)) })
		theirs := o.updates(t, "prelim", i, c.kind, c.s, c.delta, attrs)
		if len(theirs) != 1 || !bytes.Equal(update, theirs[0]) {
			t.Errorf("case %d, %s:\nGo  %x\nYjs %x", i, c.kind, update, theirs)
		}
		if text, ok := p.doc.Map("map").Text("k"); ok && !reflect.DeepEqual(text.Attributes(), attrs) {
			t.Errorf("case %d: attributes %v", i, text.Attributes())
		}
	}
	for name, wrong := range map[string]func(){
		"attributes of an array": func() { crdt.NewArray().WithAttributes(attrs) },
		"attributes of a map":    func() { crdt.NewMap().WithAttributes(attrs) },
		"delta of an element":    func() { crdt.NewXMLElement("p").WithDelta() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			wrong()
		}()
	}
}
