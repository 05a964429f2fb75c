package crdt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"coplan/crdt"
)

// However little sense the structs of an update make, the document stays sound: it
// can be read in every way, edited, undone, encoded in both formats and loaded
// again, and what is refused leaves no trace.
func TestHostileWildUpdates(t *testing.T) {
	first, last := sessionSeeds(t, 600)
	taken, waited := 0, 0
	for seed := first; seed < last; seed++ {
		n, w := wildSession(t, seed)
		taken, waited = taken+n, waited+w
	}
	if n := int(last - first); taken < 10*n || waited < n {
		t.Errorf("%d updates taken, after %d of them something waited", taken, waited)
	}
}

func wildSession(t *testing.T, seed uint64) (taken, waited int) {
	rng := rand.New(rand.NewPCG(seed, 32))
	limits := crdt.Limits{MaxDepth: 12, MaxPendingBytes: 4000}
	d := crdt.New(crdt.Options{ClientID: 77, KeepDeleted: rng.IntN(3) == 0, Limits: limits})
	undo := crdt.NewUndoManager(d, nil, crdt.UndoOptions{CaptureTimeout: -1})
	var heard int
	d.ObserveAll(func(events []crdt.Event, _ *crdt.Tx) { heard += len(events) })
	tw := newTwister(rng, 2, 3, 4, 77, 1<<53-1)
	tw.wild = true
	var log []string
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("seed %d: panic: %v\n%s", seed, p, strings.Join(log, "\n"))
			panic(p)
		}
	}()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("seed %d: %s\n%s", seed, fmt.Sprintf(format, args...), strings.Join(log, "\n"))
	}
	for range 25 {
		tw.next[77] = max(tw.next[77], d.State(77))
		u := tw.update()
		if rng.IntN(4) == 0 {
			u = mutate(rng, u)
		}
		log = append(log, fmt.Sprintf("%x", u))
		before := fmt.Sprintf("%x %v", fullState(d), d.PendingBytes())
		pending := d.HasPending()
		ok, integrable := d.Integrable(u)
		_, inspected := d.Inspect(u)
		err := d.ApplyUpdate(u, "remote")
		if err := d.Check(); err != nil {
			fail("%v", err)
		}
		if err != nil {
			log = append(log, err.Error())
			if after := fmt.Sprintf("%x %v", fullState(d), d.PendingBytes()); after != before {
				fail("refused, but changed from\n%s\nto\n%s", before, after)
			}
			continue
		}
		if integrable != nil || inspected != nil {
			fail("taken, but not looked at: %v, %v", integrable, inspected)
		}
		if taken++; d.HasPending() {
			waited++
		} else if !pending && !ok {
			fail("nothing waits, but it was not integrable")
		}
		readAll(t, d)
		wildEdit(rng, d, undo)
		if err := d.Check(); err != nil {
			fail("edited: %v", err)
		}
	}
	for undo.Undo() != nil && rng.IntN(8) > 0 {
	}
	undo.Redo()
	readAll(t, d)
	for _, load := range []func(*crdt.Doc) error{
		func(l *crdt.Doc) error { return l.ApplyUpdate(fullState(d), nil) },
		func(l *crdt.Doc) error {
			v2, err := d.EncodeStateAsUpdateV2(nil)
			if err != nil {
				return err
			}
			return l.ApplyUpdateV2(v2, nil)
		},
	} {
		loaded := crdt.New(crdt.Options{ClientID: 1, Limits: limits})
		if err := load(loaded); err != nil {
			fail("its state cannot be loaded: %v", err)
		}
		if err := loaded.Check(); err != nil {
			fail("loaded: %v", err)
		}
		if !d.HasPending() && !bytes.Equal(loaded.StateVector(), d.StateVector()) {
			fail("state vector %x, loaded %x", d.StateVector(), loaded.StateVector())
		}
	}
	if err := d.Check(); err != nil {
		fail("in the end: %v", err)
	}
	return taken, waited
}

// mutate changes a few bytes of an update.
func mutate(rng *rand.Rand, update []byte) []byte {
	u := bytes.Clone(update)
	for range 1 + rng.IntN(3) {
		if len(u) == 0 {
			return u
		}
		i := rng.IntN(len(u))
		switch rng.IntN(5) {
		case 0:
			u[i] ^= 1 << rng.IntN(8)
		case 1:
			u[i] = []byte{0, 1, 0x7f, 0x80, 0xff}[rng.IntN(5)]
		case 2:
			u = append(u[:i], u[min(len(u), i+1+rng.IntN(4)):]...)
		case 3:
			u = append(u[:i:i], append([]byte{byte(rng.IntN(256))}, u[i:]...)...)
		case 4:
			j := rng.IntN(len(u))
			u = append(u[:i:i], u[j:]...)
		}
	}
	return u
}

// readAll reads a document in every way there is.
func readAll(t *testing.T, d *crdt.Doc) {
	t.Helper()
	for _, name := range d.Roots() {
		root, _ := d.Root(name)
		dump(root)
		d.PathOf(root)
	}
	dumpDoc(d, roots)
	if _, err := json.Marshal(d.ToJSON()); err != nil && !strings.Contains(err.Error(), "unsupported value") {
		t.Fatal(err)
	}
	s := d.Snapshot()
	if back, err := crdt.DecodeSnapshot(s.Encode()); err != nil || !back.Equal(s) {
		t.Fatal("snapshot: ", err)
	}
	text, xml := d.Text("text"), d.XMLFragment("xml")
	text.ToDeltaAt(s)
	text.ToDeltaChanges(s, crdt.Snapshot{}, nil)
	d.Map("map").EntriesAt(s)
	d.Array("array").ValuesAt(s)
	xml.ChildrenAt(s)
	if past, err := d.Restore(s, crdt.Options{ClientID: 1}); err == nil {
		if err := past.Check(); err != nil {
			t.Fatal("restored: ", err)
		}
	}
	for i := range min(4, text.Len()+1) {
		d.ResolvePosition(text.RelativePosition(i, -1))
		d.ResolveSharedPosition(text.RelativePosition(i, 0))
	}
	for c := range xml.Children() {
		if e, ok := xml.Children()[c].(crdt.XMLElement); ok {
			e.NextSibling()
			e.PrevSibling()
		}
	}
}

// wildEdit edits the document, or takes an edit back, whatever it has become.
func wildEdit(rng *rand.Rand, d *crdt.Doc, undo *crdt.UndoManager) {
	switch rng.IntN(6) {
	case 0:
		undo.Undo()
	case 1:
		undo.Redo()
	case 2:
		editAll(d)
	default:
		d.Transact(nil, func(tx *crdt.Tx) { randomEdit(rng, d, profiles[rng.IntN(len(profiles))]).apply(tx, d) })
	}
}
