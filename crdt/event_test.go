package crdt_test

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"unicode/utf16"

	"coplan/crdt"
)

// The deltas of a long session, played back on plain text, give the text: also
// in sequences so long that only the touched part of them is looked at.
func TestDeltasReplayALongText(t *testing.T) {
	const seed = 5
	rng := rand.New(rand.NewPCG(seed, 0))
	author := crdt.New(crdt.Options{ClientID: 1})
	reader := crdt.New(crdt.Options{ClientID: 2})
	author.OnUpdate(func(u []byte, _ any) { apply(t, reader, u) })
	var shadow []uint16
	var list []any
	windows := 0
	reader.ObserveAll(func(events []crdt.Event, _ *crdt.Tx) {
		for _, e := range events {
			at := 0
			for _, op := range e.Delta {
				_, isText := e.Target.(crdt.Text)
				switch {
				case op.Retain > 0:
					at += op.Retain
				case op.Delete > 0 && isText:
					shadow = append(shadow[:at:at], shadow[at+op.Delete:]...)
				case op.Delete > 0:
					list = append(list[:at:at], list[at+op.Delete:]...)
				case isText:
					s := utf16.Encode([]rune(op.Insert.(string)))
					shadow = append(shadow[:at:at], append(s, shadow[at:]...)...)
					at += len(s)
				default:
					v := op.Insert.([]any)
					list = append(list[:at:at], append(v, list[at:]...)...)
					at += len(v)
				}
			}
			if len(e.Delta) > 0 && e.Delta[0].Retain > 0 {
				windows++
			}
		}
	})
	text, array := author.Text("text"), author.Array("array")
	for i := range 1500 {
		author.Transact(nil, func(tx *crdt.Tx) {
			for range 1 + rng.IntN(3) {
				if n := text.Len(); n > 10 && rng.IntN(3) == 0 {
					at := rng.IntN(n - 5)
					text.Delete(tx, at, 1+rng.IntN(4))
				} else {
					text.Insert(tx, rng.IntN(n+1), []string{"a", "bcd", "é", "字"}[rng.IntN(4)], nil)
				}
				if n := array.Len(); n > 10 && rng.IntN(3) == 0 {
					array.Delete(tx, rng.IntN(n-5), 1+rng.IntN(4))
				} else {
					array.Insert(tx, rng.IntN(n+1), int64(i), "x")
				}
			}
		})
		if i%50 == 0 {
			if err := reader.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := string(utf16.Decode(shadow)), reader.Text("text").String(); got != want {
		t.Fatalf("played back %q\nwant %q", got, want)
	}
	if want := reader.Array("array").ToJSON(); !reflect.DeepEqual(list, want) {
		t.Fatalf("played back %v\nwant %v", list, want)
	}
	if reader.Text("text").String() != text.String() || windows < 1000 || len(shadow) < 300 {
		t.Fatalf("the session did too little: %d windows, %d units", windows, len(shadow))
	}
}
