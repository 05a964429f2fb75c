package crdt_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"coplan/crdt"
)

// A struct that goes back on the stack for every struct of another section costs
// no more each time than the first.
func TestHostileRestackedStruct(t *testing.T) {
	growsLinearly(t, 1000, func(n int) func() {
		d := crdt.New(crdt.Options{ClientID: 1})
		apply(t, d, new(wire).at(9, 0).text(place{root: "t"}, "ab").bytes())

		var w wire
		w.at(9, 0).text(place{origin: id(3, uint64(n-1))}, "a")
		for i := range uint64(n + 2) {
			w.text(place{origin: id(9, i)}, "b")
		}
		w.at(3, 0).text(place{origin: id(9, 2)}, "c")
		for i := range uint64(n - 1) {
			w.text(place{origin: id(3, i)}, "c")
		}
		update := w.bytes()
		return func() {
			apply(t, d, update)
			if err := d.Check(); err != nil {
				t.Error(err)
			}
		}
	})
}

// What an update really does cannot be hidden behind what it says it does.
func TestHostileInspectDisguises(t *testing.T) {
	// Client 1 wrote clocks 0–14 of the victim; see there. Clocks 11–14 are the text
	// of a paragraph, 5 is map.title.
	keyed := func(d *crdt.Doc) { // client 8 holds a key, with one value
		apply(t, d, new(wire).at(8, 0).item(anyContent, place{root: "map", sub: "status"}, []byte{1, 126}).bytes())
	}
	gone := func(d *crdt.Doc) { // client 8 wrote in what is collected now
		apply(t, d, new(wire).at(8, 0).item(typeContent, place{root: "map", sub: "gone"}, []byte{2}).text(place{parent: id(8, 0)}, "ab").bytes())
		d.Transact(nil, func(tx *crdt.Tx) { d.Map("map").Delete(tx, "gone") })
	}
	for _, c := range []struct {
		name   string
		before func(d *crdt.Doc)
		update []byte
		want   []string
	}{
		{"known in part, says another root", nil,
			new(wire).at(1, 10).text(place{root: "text"}, "ABCDEFGH").bytes(),
			[]string{"insert 1:15+3 at xml/2"}},
		{"known in part, says another neighbour", nil,
			new(wire).at(1, 14).text(place{origin: id(1, 2)}, "AB").bytes(),
			[]string{"insert 1:15+1 at xml/2"}},
		{"known in part, becomes the value of a key", keyed,
			new(wire).at(8, 0).text(place{root: "text"}, "AB").bytes(),
			[]string{"set 8:1+1 at map/0 key status", "delete 8:0+1 at map/0 key status implicit"}},
		{"known in part, of which only clocks are left", gone,
			new(wire).at(8, 2).text(place{root: "text"}, "AB").bytes(),
			[]string{"insert 8:3+1 collected"}},
		{"beside something collected", gone,
			new(wire).at(9, 0).text(place{origin: id(1, 2), right: id(8, 1)}, "x").bytes(),
			[]string{"insert 9:0+1 collected"}},
		{"a formatting mark under a key", keyed,
			new(wire).at(9, 0).item(formatContent, place{origin: id(8, 0)}, []byte("\x04bold\x04true")).bytes(),
			[]string{"set 9:0+1 at map/0 key status", "delete 8:0+1 at map/0 key status implicit"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := victim(t)
			if c.before != nil {
				c.before(d)
			}
			var got []string
			for _, touch := range inspect(t, d, c.update) {
				s := fmt.Sprintf("%v %d:%d+%d", touch.Kind, touch.Client, touch.Clock, touch.Len)
				if touch.Collected {
					s += " collected"
				} else {
					s += fmt.Sprintf(" at %s/%d", touch.Root, len(touch.Path))
				}
				if touch.Keyed {
					s += " key " + touch.Key
				}
				if touch.Implicit {
					s += " implicit"
				}
				got = append(got, s)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("announced\n%q\nwant\n%q", got, c.want)
			}
			// And that is what happens.
			before := dumpDoc(d, roots)
			apply(t, d, c.update)
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			if changed := dumpDoc(d, roots) != before; changed == strings.Contains(got[0], "collected") {
				t.Errorf("shows\n%s\nbefore\n%s", dumpDoc(d, roots), before)
			}
			if strings.Contains(got[0], "at xml") && d.Text("text").String() != "hello" {
				t.Errorf("the text is %q", d.Text("text"))
			}
		})
	}
}

// A set says what it stands behind, also where it does not say its place.
func TestInspectAfter(t *testing.T) {
	d := victim(t)
	apply(t, d, new(wire).at(8, 0).item(anyContent, place{root: "map", sub: "status"}, []byte{1, 126}).bytes())
	got := ""
	for _, x := range inspect(t, d, new(wire).
		at(8, 0).item(anyContent, place{root: "map", sub: "status"}, []byte{2, 126, 126}).
		at(9, 0).item(anyContent, place{origin: id(8, 0)}, []byte{1, 126}).
		item(anyContent, place{origin: id(9, 0)}, []byte{1, 126}).
		item(anyContent, place{root: "map", sub: "status"}, []byte{1, 126}).
		text(place{origin: id(1, 2)}, "x").bytes()) {
		got += fmt.Sprintf("%d:%d %v %v\n", x.Client, x.Clock, x.After, x.HasAfter)
	}
	want := "8:1 {8 0} true\n9:0 {8 0} true\n9:1 {9 0} true\n9:2 {0 0} false\n9:3 {0 0} false\n8:0 {0 0} false\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
