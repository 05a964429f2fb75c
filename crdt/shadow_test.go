package crdt_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"coplan/crdt"
)

// A long document that lives: much is typed and much deleted, so that positions
// are indexed, the index grows and shrinks, and freed content is squeezed out.
// Two replicas must show what a plain slice shows all along, and undo must still
// find what it kept.
func TestLongLife(t *testing.T) {
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 12))
		a, b := crdt.New(crdt.Options{ClientID: 1}), crdt.New(crdt.Options{ClientID: 2})
		docs := []*crdt.Doc{a, b}
		for i, d := range docs {
			other := docs[1-i]
			d.OnUpdate(func(u []byte, origin any) {
				if origin == localEdit {
					if err := other.ApplyUpdate(u, "remote"); err != nil {
						t.Fatal(err)
					}
				}
			})
		}
		undo := crdt.NewUndoManager(a, nil, crdt.UndoOptions{Origins: []any{localEdit}, CaptureTimeout: -1})
		var shadow []uint16
		words := []string{strings.Repeat("lorem ipsum ", 12), "é", "日本語テキスト", "x", strings.Repeat("ab\n", 50), "naïve"}
		grow := true
		deletedUnits := 0
		for step := range 6000 {
			if len(shadow) > 60_000 {
				grow = false
			} else if len(shadow) < 2_000 {
				grow = true
			}
			d := docs[rng.IntN(2)]
			text := d.Text("text")
			insert := rng.IntN(10) < 3
			if grow {
				insert = rng.IntN(10) < 8
			}
			d.Transact(localEdit, func(tx *crdt.Tx) {
				if insert || len(shadow) == 0 {
					at, s := rng.IntN(len(shadow)+1), words[rng.IntN(len(words))]
					text.Insert(tx, at, s, nil)
					shadow = slices.Insert(shadow, at, utf16.Encode([]rune(s))...)
					return
				}
				at := rng.IntN(len(shadow))
				n := min(len(shadow)-at, 1+rng.IntN(400))
				text.Delete(tx, at, n)
				shadow = slices.Delete(shadow, at, at+n)
				deletedUnits += n
			})
			if step%500 == 499 {
				want := string(utf16.Decode(shadow))
				for i, d := range docs {
					if err := d.Check(); err != nil {
						t.Fatalf("seed %d, step %d: replica %d: %v", seed, step, i, err)
					}
					if d.Text("text").String() != want {
						t.Fatalf("seed %d, step %d: replica %d shows something else", seed, step, i)
					}
				}
				if step%2000 == 999 {
					undo.Clear()
				}
			}
		}
		if deletedUnits < 100_000 {
			t.Errorf("seed %d: only %d code units deleted", seed, deletedUnits)
		}
		before := a.Text("text").String()
		steps := 0
		for steps < 200 && undo.Undo() != nil {
			steps++
		}
		changed := a.Text("text").String() != before
		for range steps {
			undo.Redo()
		}
		if after := a.Text("text").String(); steps == 0 || !changed || after != before {
			t.Errorf("seed %d: %d steps undone and redone, changed on the way: %v, same in the end: %v", seed, steps, changed, after == before)
		}
		if err := a.Check(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		loaded := crdt.New(crdt.Options{})
		if err := loaded.ApplyUpdate(fullState(a), nil); err != nil || loaded.Text("text").String() != before {
			t.Errorf("seed %d: loaded: %v", seed, err)
		}
	}
}

// Types come and go in one array, with content that has no text, while handles
// to them are held.
func TestLongLifeOfTypes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 13))
	d := crdt.New(crdt.Options{ClientID: 1})
	list := d.Array("array")
	var held []crdt.Map
	var shadow []string
	for step := range 4000 {
		d.Transact(nil, func(tx *crdt.Tx) {
			if n := len(shadow); n > 0 && (n > 300 || rng.IntN(3) == 0) {
				at := rng.IntN(n)
				k := min(n-at, 1+rng.IntN(3))
				list.Delete(tx, at, k)
				shadow = slices.Delete(shadow, at, at+k)
				return
			}
			at := rng.IntN(len(shadow) + 1)
			m := list.InsertMap(tx, at)
			name := fmt.Sprint("item ", step)
			m.Set(tx, "name", name)
			m.Set(tx, "blob", make([]byte, rng.IntN(200)))
			m.SetText(tx, "note").Insert(tx, 0, strings.Repeat("note ", rng.IntN(30)), nil)
			held = append(held, m)
			shadow = slices.Insert(shadow, at, name)
		})
	}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	var names []string
	list.Range(func(_ int, v any) bool {
		name, _ := v.(crdt.Map).Get("name")
		names = append(names, name.(string))
		return true
	})
	if !slices.Equal(names, shadow) {
		t.Errorf("%d names, want %d", len(names), len(shadow))
	}
	alive := 0
	for _, m := range held {
		if name, ok := m.Get("name"); ok != !m.Deleted() || ok && !slices.Contains(shadow, name.(string)) {
			t.Fatalf("a map that is deleted: %v has a name: %v", m.Deleted(), name)
		} else if ok {
			alive++
		}
	}
	if alive != len(shadow) || len(held) < 2*alive {
		t.Errorf("%d of %d held maps are alive, want %d", alive, len(held), len(shadow))
	}
}
