package crdt_test

import (
	"bytes"
	"fmt"
	"testing"

	"coplan/crdt"
)

// keyedText are updates of client 9 that put text under a key of root map, a
// letter each; only the first says so. Each letter deletes the one before.
func keyedText() [][]byte {
	return [][]byte{
		new(wire).at(9, 0).text(place{root: "map", sub: "k"}, "a").bytes(),
		new(wire).at(9, 1).text(place{origin: id(9, 0)}, "b").bytes(),
		new(wire).at(9, 2).text(place{origin: id(9, 1)}, "c").bytes(),
		new(wire).at(9, 3).text(place{origin: id(9, 2)}, "d").bytes(),
	}
}

// Text that replaces itself under a key is not joined when updates are merged,
// whether they say that there is a key, leave it to what others wrote, or begin
// after that was said; text of a sequence is.
func TestMergeKeepsKeyedTextApart(t *testing.T) {
	o := useOracle(t)
	value := new(wire).at(8, 0).item(anyContent, place{root: "map", sub: "k"}, []byte{1, 126}).bytes()
	behind := [][]byte{
		value,
		new(wire).at(9, 0).text(place{origin: id(8, 0)}, "a").bytes(),
		new(wire).at(9, 1).text(place{origin: id(9, 0)}, "b").bytes(),
	}
	before := [][]byte{
		value,
		new(wire).at(9, 0).text(place{right: id(8, 0)}, "a").bytes(),
		new(wire).at(9, 1).text(place{origin: id(9, 0), right: id(8, 0)}, "b").bytes(),
	}
	chain := [][]byte{
		value,
		new(wire).at(7, 0).text(place{origin: id(8, 0)}, "x").bytes(),
		new(wire).at(9, 0).text(place{origin: id(7, 0)}, "a").bytes(),
		new(wire).at(9, 1).text(place{origin: id(9, 0)}, "b").bytes(),
	}
	for name, c := range map[string]struct {
		base, updates [][]byte
	}{
		"under its own key":             {nil, keyedText()},
		"from the second on":            {keyedText()[:1], keyedText()[1:]},
		"behind a value":                {nil, behind},
		"behind a value known before":   {behind[:1], behind[1:]},
		"before a value":                {nil, before},
		"through another client's text": {nil, chain},
	} {
		t.Run(name, func(t *testing.T) {
			o.call(t, "reset")
			o.call(t, "create", 1, 5, true, roots)
			single := crdt.New(crdt.Options{ClientID: 5})
			base := crdt.New(crdt.Options{ClientID: 5})
			for i, u := range append(append([][]byte{}, c.base...), c.updates...) {
				if err := single.ApplyUpdate(u, nil); err != nil {
					t.Fatal(err)
				}
				if i < len(c.base) {
					if err := base.ApplyUpdate(u, nil); err != nil {
						t.Fatal(err)
					}
				}
				o.call(t, "apply", 1, u)
			}
			want := everything(t, single)
			if got := o.bytes(t, "state", 1, []byte{0}); !bytes.Equal(got, fullState(single)) {
				t.Fatalf("one by one:\nGo  %x\nYjs %x", fullState(single), got)
			}
			merged, err := crdt.MergeUpdates(c.updates...)
			if err != nil {
				t.Fatal(err)
			}
			knowing, err := base.MergeUpdates(c.updates...)
			if err != nil {
				t.Fatal(err)
			}
			for how, u := range map[string][]byte{"merged": merged, "merged by the document": knowing} {
				d := crdt.New(crdt.Options{ClientID: 5})
				for _, u := range append(append([][]byte{}, c.base...), u) {
					if err := d.ApplyUpdate(u, nil); err != nil {
						t.Fatal(err)
					}
				}
				if got := everything(t, d); got != want {
					t.Errorf("%s as %x:\n%s\none by one\n%s", how, u, got, want)
				}
			}
		})
	}
}

// Typing is joined where it is known to stand in a sequence: when the updates
// reach back to where it began, or the document knows.
func TestMergeJoinsTyping(t *testing.T) {
	author := crdt.New(crdt.Options{ClientID: 9})
	var log [][]byte
	author.OnUpdate(func(u []byte, _ any) { log = append(log, u) })
	early := crdt.New(crdt.Options{ClientID: 8})
	for i := range 500 {
		author.Transact(nil, func(tx *crdt.Tx) { author.Text("text").Insert(tx, i, string(rune('a'+i%26)), nil) })
		if i == 9 {
			for _, u := range log {
				if err := early.ApplyUpdate(u, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	all, err := crdt.MergeUpdates(log...)
	if err != nil || len(all) > 530 {
		t.Errorf("all of it: %d bytes, %v", len(all), err)
	}
	tail, err := early.MergeUpdates(log[10:]...)
	if err != nil || len(tail) > 530 {
		t.Errorf("the tail, by a document that has the beginning: %d bytes, %v", len(tail), err)
	}
	alone, err := crdt.MergeUpdates(log[10:]...)
	if err != nil || len(alone) < 2*len(tail) {
		t.Errorf("the tail alone: %d bytes, %v; nothing says that it is no value of a map", len(alone), err)
	}
	for name, u := range map[string][]byte{"tail": tail, "tail alone": alone} {
		d := crdt.New(crdt.Options{ClientID: 7})
		for _, u := range [][]byte{fullState(early), u} {
			if err := d.ApplyUpdate(u, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := everything(t, d), everything(t, author); got != want {
			t.Errorf("with the %s: %s\nnot %s", name, got, want)
		}
	}
}

// Origins that lead in a circle, or far, do not hold a merge up.
func TestMergeFollowsLongOrigins(t *testing.T) {
	const n = 50_000
	stairs := new(wire)
	for i := uint64(0); i < n; i++ {
		p := place{root: "text"}
		if i > 0 {
			p = place{origin: id(i-1, 1)}
		}
		stairs.at(i, 0).text(p, "x")
	}
	later := new(wire)
	for i := uint64(0); i < n; i++ {
		later.at(i, 1).text(place{origin: id(i, 0)}, "y")
	}
	circle := new(wire).at(n, 0).text(place{origin: id(n+1, 0)}, "x").at(n+1, 0).text(place{origin: id(n, 0)}, "y")
	typed := new(wire).at(n, 1).text(place{origin: id(n, 0)}, "z")
	merged, err := crdt.MergeUpdates(stairs.bytes(), later.bytes(), circle.bytes(), typed.bytes())
	if err != nil {
		t.Fatal(err)
	}
	clients, err := crdt.UpdateClients(merged)
	if err != nil || len(clients) != n+2 {
		t.Fatal(fmt.Sprint(len(clients), " clients, ", err))
	}
	d := crdt.New(crdt.Options{ClientID: 1 << 40})
	if err := d.ApplyUpdate(merged, nil); err != nil || d.Text("text").Len() != 2*n {
		t.Fatal(err, d.Text("text").Len())
	}
}
