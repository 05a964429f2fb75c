package crdt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
)

// pair is a Go document and a Y.Doc with the same client id and history.
type pair struct {
	t      testing.TB
	o      *oracle
	id     int
	rng    *rand.Rand
	doc    *crdt.Doc
	client uint64
}

func newPair(t testing.TB, o *oracle, rng *rand.Rand, id int, keep bool) *pair {
	p := &pair{t: t, o: o, id: id, rng: rng, client: uint64(id + 1)}
	p.doc = crdt.New(crdt.Options{ClientID: p.client, KeepDeleted: keep})
	o.call(t, "create", id, p.client, !keep, roots)
	return p
}

// edit makes the same transaction of n random edits in both and returns its update.
func (p *pair) edit(prof profile, n int, origin any) []byte {
	p.t.Helper()
	var update []byte
	cancel := p.doc.OnUpdate(func(u []byte, _ any) { update = u })
	defer cancel()
	var edits []edit
	p.doc.Transact(origin, func(tx *crdt.Tx) {
		for range n {
			e := randomEdit(p.rng, p.doc, prof)
			edits = append(edits, e)
			e.apply(tx, p.doc)
		}
	})
	theirs := p.o.updates(p.t, "edit", p.id, edits, origin)
	if update == nil && len(theirs) == 0 {
		return nil
	}
	if len(theirs) != 1 || !bytes.Equal(theirs[0], update) {
		p.t.Fatalf("the same edits %v made other updates:\nGo  %x\nYjs %x", edits, update, theirs)
	}
	return update
}

// receive applies a remote update to both, with what Yjs cleans up because of it.
func (p *pair) receive(update []byte) {
	p.t.Helper()
	for _, u := range append([][]byte{update}, p.o.updates(p.t, "apply", p.id, update)...) {
		if err := p.doc.ApplyUpdate(u, "remote"); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *pair) compare(what string) {
	p.t.Helper()
	if err := p.doc.Check(); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	if mine, theirs := dumpDoc(p.doc, roots), p.o.text(p.t, "dump", p.id, roots); mine != theirs {
		p.t.Fatalf("%s:\nGo  %s\nYjs %s", what, mine, theirs)
	}
	mine, err := p.doc.EncodeStateAsUpdate(nil)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	if theirs := p.o.bytes(p.t, "state", p.id, []byte{0}); !bytes.Equal(mine, theirs) {
		p.t.Fatalf("%s: state:\nGo  %x\nYjs %x", what, mine, theirs)
	}
}

// Snapshots have Yjs's bytes, restore what Yjs restores, and give the same delta
// of a text now, then, and between.
func TestOracleSnapshots(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 60)
	restored := 0
	for seed := first; seed < last; seed++ {
		restored += snapshotSession(t, o, seed)
	}
	if restored < 3*int(last-first) {
		t.Errorf("only %d restored documents", restored)
	}
}

func snapshotSession(t *testing.T, o *oracle, seed uint64) (restored int) {
	rng := rand.New(rand.NewPCG(seed, 5))
	o.call(t, "reset")
	prof := profiles[rng.IntN(len(profiles))]
	a, b := newPair(t, o, rng, 0, true), newPair(t, o, rng, 1, true)
	var snapshots [][]byte
	var shown []string
	name := fmt.Sprintf("seed %d (%s)", seed, prof.name)
	for range 20 {
		p, q := a, b
		if rng.IntN(2) == 0 {
			p, q = b, a
		}
		if u := p.edit(prof, 1+rng.IntN(3), nil); u != nil {
			q.receive(u)
		}
		if rng.IntN(4) > 0 {
			continue
		}
		s := a.doc.Snapshot()
		enc := s.Encode()
		if theirs := o.bytes(t, "snapshot", 0); !bytes.Equal(enc, theirs) {
			t.Fatalf("%s: snapshot:\nGo  %x\nYjs %x", name, enc, theirs)
		}
		v2 := s.EncodeV2()
		if theirs := o.bytes(t, "snapshotV2", 0); !bytes.Equal(v2, theirs) {
			t.Fatalf("%s: snapshot in v2:\nGo  %x\nYjs %x", name, v2, theirs)
		}
		if back, err := crdt.DecodeSnapshotV2(v2); err != nil || !back.Equal(s) {
			t.Fatalf("%s: %x reads back differently: %v", name, v2, err)
		}
		snapshots = append(snapshots, enc)
		shown = append(shown, dumpDoc(a.doc, roots))
	}
	for i, enc := range snapshots {
		s, err := crdt.DecodeSnapshot(enc)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		doc, err := a.doc.Restore(s, crdt.Options{ClientID: 1})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		mine, theirs := dumpDoc(doc, roots), o.text(t, "restore", 0, 10+i, enc, roots)
		// A character cut in two since then is cut in the past, too.
		if mine != theirs || mine != shown[i] && !strings.Contains(mine, "\uFFFD") {
			t.Fatalf("%s: snapshot %d of %d restored:\nGo  %s\nYjs %s\nwas %s", name, i, len(snapshots), mine, theirs, shown[i])
		}
		restored++
		prev := snapshots[rng.IntN(i+1)]
		before, _ := crdt.DecodeSnapshot(prev)
		text := a.doc.Text("text")
		for _, c := range []struct {
			mine   []crdt.DeltaOp
			theirs any
		}{
			{text.ToDeltaAt(s), o.call(t, "deltaAt", 0, "text", enc)},
			{text.ToDeltaChanges(s, before, nil), o.call(t, "deltaAt", 0, "text", enc, prev)},
			{text.ToDeltaChanges(s, before, byUser), o.call(t, "deltaAt", 0, "text", enc, prev, true)},
		} {
			if mine := dumpDelta(c.mine); mine != c.theirs {
				t.Fatalf("%s: delta at snapshot %d:\nGo  %s\nYjs %s", name, i, mine, c.theirs)
			}
		}
		comparePast(t, o, name, a.doc, s, enc)
		state, _ := doc.EncodeStateAsUpdate(nil)
		later := fullState(a.doc)
		for _, u := range [][]byte{state, later} {
			mine, err := s.Contains(u)
			if theirs := o.call(t, "snapshotContains", enc, u); err != nil || mine != theirs {
				t.Fatalf("%s: snapshot %x contains %x: Go %v (%v), Yjs %v", name, enc, u, mine, err, theirs)
			}
		}
	}
	a.compare(name)
	return restored
}

// comparePast compares what every type of d that can be reached held at snapshot s.
func comparePast(t *testing.T, o *oracle, name string, d *crdt.Doc, s crdt.Snapshot, enc []byte) {
	t.Helper()
	var visit func(path []any, typ any)
	visit = func(path []any, typ any) {
		entries, values := map[string]any{}, []any{}
		descend := func(step, v any) {
			if child, ok := v.(crdt.Type); ok {
				visit(append(slices.Clone(path), step), child)
			}
		}
		switch typ := typ.(type) {
		case crdt.Map:
			entries = typ.EntriesAt(s)
			for _, key := range append(typ.Keys(), "never used") {
				if v, ok := typ.GetAt(s, key); ok != (entries[key] != nil) && v != nil || dump(v) != dump(entries[key]) {
					t.Fatalf("%s: %v at %x: %q is %v, among all entries %v", name, path, enc, key, v, entries[key])
				}
			}
			typ.Range(func(key string, v any) bool { descend(key, v); return true })
		case crdt.Array:
			values = typ.ValuesAt(s)
			typ.Range(func(i int, v any) bool { descend(i, v); return true })
		case crdt.XMLElement:
			entries = typ.AttributesAt(s)
			for _, c := range typ.ChildrenAt(s) {
				values = append(values, c)
			}
			for i := range typ.Len() {
				descend(i, typ.Get(i))
			}
		case crdt.XMLFragment:
			for _, c := range typ.ChildrenAt(s) {
				values = append(values, c)
			}
			for i := range typ.Len() {
				descend(i, typ.Get(i))
			}
		default:
			return
		}
		theirs := o.call(t, "valuesAt", 0, path, enc).([]any)
		if dump(entries) != theirs[0] || dump(values) != theirs[1] {
			t.Fatalf("%s: %v at %x:\nGo  %s %s\nYjs %s %s", name, path, enc, dump(entries), dump(values), theirs[0], theirs[1])
		}
	}
	for _, root := range roots {
		visit([]any{root}, rootOf(d, root))
	}
}

func fullState(d *crdt.Doc) []byte {
	b, err := d.EncodeStateAsUpdate(nil)
	if err != nil {
		panic(err)
	}
	return b
}

// byUser marks changes as editors do that show who made them.
func byUser(change string, by crdt.ID) any {
	return map[string]any{"user": by.Client, "type": change}
}

// Relative positions have Yjs's bytes and JSON and resolve to the same index,
// however the document changed since.
func TestOracleRelativePositions(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 60)
	resolved := 0
	for seed := first; seed < last; seed++ {
		resolved += positionSession(t, o, seed)
	}
	if resolved < 50*int(last-first) {
		t.Errorf("only %d positions resolved", resolved)
	}
}

func positionSession(t *testing.T, o *oracle, seed uint64) (resolved int) {
	rng := rand.New(rand.NewPCG(seed, 6))
	o.call(t, "reset")
	prof := profiles[rng.IntN(len(profiles))]
	a, b := newPair(t, o, rng, 0, false), newPair(t, o, rng, 1, false)
	name := fmt.Sprintf("seed %d (%s)", seed, prof.name)
	var positions []crdt.RelativePosition
	for range 30 {
		p, q := a, b
		if rng.IntN(2) == 0 {
			p, q = b, a
		}
		if u := p.edit(prof, 1, nil); u != nil && rng.IntN(3) > 0 {
			q.receive(u)
		}
		assoc := rng.IntN(2) - 1
		var pos crdt.RelativePosition
		root := []string{"text", "array", "xml"}[rng.IntN(3)]
		var index int
		switch root {
		case "text":
			index = rng.IntN(p.doc.Text(root).Len() + 1)
			pos = p.doc.Text(root).RelativePosition(index, assoc)
		case "array":
			index = rng.IntN(p.doc.Array(root).Len() + 1)
			pos = p.doc.Array(root).RelativePosition(index, assoc)
		case "xml":
			index = rng.IntN(p.doc.XMLFragment(root).Len() + 1)
			pos = p.doc.XMLFragment(root).RelativePosition(index, assoc)
		}
		answer := o.call(t, "position", p.id, []any{root}, index, assoc).([]any)
		js, err := json.Marshal(pos)
		if err != nil || !bytes.Equal(pos.Encode(), answer[0].([]byte)) || string(js) != answer[1] {
			t.Fatalf("%s: position %d in %s, assoc %d:\nGo  %x %s %v\nYjs %x %s", name, index, root, assoc, pos.Encode(), js, err, answer[0], answer[1])
		}
		back, err := crdt.DecodeRelativePosition(pos.Encode())
		if err != nil || !bytes.Equal(back.Encode(), pos.Encode()) {
			t.Fatalf("%s: %x reads back differently: %v", name, pos.Encode(), err)
		}
		positions = append(positions, back)
		for _, pos := range positions {
			for _, r := range []*pair{a, b} {
				_, index, ok := r.doc.ResolvePosition(pos)
				theirs := o.call(t, "index", r.id, pos.Encode(), true)
				if !ok && theirs == nil {
					continue
				}
				list, found := theirs.([]any)
				if !ok && found && pos.HasRoot && list[0] == int64(0) {
					continue // Yjs makes the root
				}
				if !ok || !found || int64(index) != list[0] || int64(pos.Assoc) != list[1] {
					t.Fatalf("%s: %x resolves to %d (%v), in Yjs to %v", name, pos.Encode(), index, ok, theirs)
				}
				resolved++
			}
		}
	}
	return resolved
}

// The sync protocol with y-protocols on the other side: two messages each way
// and both know the same.
func TestOracleSyncProtocol(t *testing.T) {
	o := useOracle(t)
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 7))
		o.call(t, "reset")
		mine := newPair(t, o, rng, 0, false)
		theirs := newPair(t, o, rng, 1, false)
		for range 10 {
			mine.edit(profiles[3], 2, nil)
			theirs.edit(profiles[4], 2, nil)
		}
		goDoc := mine.doc // Go on this side, the Y.Doc with id 1 on the other

		kind, sv, err := crdt.DecodeSync(o.bytes(t, "syncStep1", 1))
		if err != nil || kind != crdt.SyncStep1 {
			t.Fatalf("step 1 of y-protocols: kind %d, %v", kind, err)
		}
		diff, err := goDoc.EncodeStateAsUpdate(sv)
		if err != nil {
			t.Fatal(err)
		}
		o.call(t, "sync", 1, crdt.AppendSyncStep2(nil, diff))
		answer := o.call(t, "sync", 1, crdt.AppendSyncStep1(nil, goDoc.StateVector())).([]any)
		kind, update, err := crdt.DecodeSync(answer[1].([]byte))
		if err != nil || kind != crdt.SyncStep2 {
			t.Fatalf("step 2 of y-protocols: kind %d, %v", kind, err)
		}
		if err := goDoc.ApplyUpdate(update, nil); err != nil {
			t.Fatal(err)
		}
		goDoc.Transact(nil, func(tx *crdt.Tx) { goDoc.Text("text").Insert(tx, 0, "!", nil) })
		last, err := goDoc.EncodeStateAsUpdate(o.bytes(t, "vector", 1))
		if err != nil {
			t.Fatal(err)
		}
		o.call(t, "sync", 1, crdt.AppendSyncUpdate(nil, last))
		if got, want := o.text(t, "dump", 1, roots), dumpDoc(goDoc, roots); got != want || !bytes.Equal(o.bytes(t, "vector", 1), goDoc.StateVector()) {
			t.Fatalf("after sync:\nGo  %s\nYjs %s", want, got)
		}
	}
}
