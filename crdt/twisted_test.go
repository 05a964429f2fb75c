package crdt_test

import (
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	"coplan/crdt/lib0"
)

// twister writes updates of the right form without editing a document: structs of
// every content, beside and under anything that somebody wrote, at clocks that are
// known in part or leave gaps, and deletes of anything.
type twister struct {
	rng     *rand.Rand
	clients []uint64
	next    map[uint64]uint64 // clocks written by each client
	lists   []twistedList
	at      int            // the list that is written to
	of      map[wireID]int // list of each unit

	// wild: neighbours may be of different lists, or in the wrong order, and ranges
	// to be deleted overlap. Yjs breaks on some of it.
	wild bool
}

// twistedList is a sequence, or all the values of a key.
type twistedList struct {
	place place
	units []wireID // in the order they were written
}

func newTwister(rng *rand.Rand, clients ...uint64) *twister {
	tw := &twister{rng: rng, clients: clients, next: map[uint64]uint64{}, of: map[wireID]int{}}
	for _, root := range roots {
		tw.addLists(place{root: root})
	}
	return tw
}

// addLists makes the sequence and two keys of a type known.
func (tw *twister) addLists(p place) {
	tw.lists = append(tw.lists, twistedList{place: p})
	for range 2 {
		p.sub = randomKey(tw.rng)
		tw.lists = append(tw.lists, twistedList{place: p})
	}
}

func (tw *twister) client() uint64 { return tw.clients[tw.rng.IntN(len(tw.clients))] }

// unit is something that somebody wrote, most likely.
func (tw *twister) unit() wireID {
	client := tw.client()
	for range 5 {
		if n := tw.next[client]; n > 0 {
			return wireID{client, tw.rng.Uint64N(n + uint64(tw.rng.IntN(40)/39))}
		}
		client = tw.client()
	}
	return wireID{client, 0}
}

// pick is where the next struct of a client goes.
func (tw *twister) pick(client, clock uint64) place {
	if last, ok := tw.of[wireID{client, clock - 1}]; ok && tw.rng.IntN(2) == 0 { // typed on
		tw.at = last
		if clock--; tw.lists[last].place.sub == "" && tw.rng.IntN(4) == 0 {
			if right := tw.neighbour(); right == nil || right.client != client {
				return place{origin: id(client, clock), right: right}
			}
		}
		return place{origin: id(client, clock)}
	}
	tw.at = tw.rng.IntN(len(tw.lists))
	p := place{origin: tw.neighbour(), right: tw.neighbour()}
	if tw.wild && tw.rng.IntN(4) == 0 {
		x, y := tw.unit(), tw.unit()
		p = place{origin: &x, right: &y}
	}
	if p.origin != nil && p.right != nil && p.origin.client == p.right.client && p.right.clock <= p.origin.clock && !tw.wild {
		p.right = nil // see Crossed
	}
	if p.origin == nil && p.right == nil {
		p = tw.lists[tw.at].place
	}
	return p
}

// neighbour is a unit of the list, or none.
func (tw *twister) neighbour() *wireID {
	units := tw.lists[tw.at].units
	if len(units) == 0 || tw.rng.IntN(3) == 0 {
		return nil
	}
	return &units[tw.rng.IntN(len(units))]
}

// add writes one struct and returns the clocks it takes.
func (tw *twister) add(w *wire, at wireID, p place) uint64 {
	n := uint64(1)
	keyed := tw.lists[tw.at].place.sub != "" && !tw.wild
	many := func(each func() []byte) []byte {
		if n = uint64(1 + tw.rng.IntN(3)); keyed {
			n = 1
		}
		b := lib0.AppendUvarint(nil, n)
		for range n {
			b = append(b, each()...)
		}
		return b
	}
	json := func() []byte {
		return lib0.AppendVarString(nil, []string{`1`, `{"a":[2]}`, `"x"`}[tw.rng.IntN(3)])
	}
	k := tw.rng.IntN(24)
	if keyed { // values only
		k = 9 + tw.rng.IntN(13)
	}
	switch {
	case k < 9:
		s := randomWord(tw.rng)
		for !tw.wild && tw.lists[tw.at].place.root != "text" && strings.ContainsAny(s, "🙂👨") {
			s = randomWord(tw.rng) // halves of characters are no values in Go
		}
		w.text(p, s)
		n = uint64(len(utf16.Encode([]rune(s))))
	case k < 12:
		w.item(anyContent, p, many(func() []byte { return appendAny(nil, randomElement(tw.rng)) }))
	case k < 13:
		w.item(jsonContent, p, many(json))
	case k < 14:
		w.item(binaryContent, p, []byte{2, 7, byte(tw.rng.IntN(256))})
	case k < 15 && !keyed:
		w.item(embedContent, p, json())
	case k < 17 && !keyed:
		key := []string{"bold", "em"}[tw.rng.IntN(2)]
		w.item(formatContent, p, lib0.AppendVarString(lib0.AppendVarString(nil, key), []string{"true", "null"}[tw.rng.IntN(2)]))
	case k < 21:
		kind := byte(tw.rng.IntN(7))
		content := []byte{kind}
		if kind == 3 || kind == 5 {
			content = lib0.AppendVarString(content, "p")
		}
		w.item(typeContent, p, content)
		tw.addLists(place{parent: &at})
	case k < 22:
		w.item(docContent, p, appendAny(lib0.AppendVarString(nil, "guid"), map[string]any{}))
	case k < 23:
		n = uint64(1 + tw.rng.IntN(4))
		w.item(deletedContent, p, lib0.AppendUvarint(nil, n))
	default:
		n = uint64(1 + tw.rng.IntN(4))
		w.raw(append([]byte{gcContent}, lib0.AppendUvarint(nil, n)...)...)
		return n
	}
	for i := range n {
		u := wireID{at.client, at.clock + i}
		tw.of[u] = tw.at
		tw.lists[tw.at].units = append(tw.lists[tw.at].units, u)
	}
	return n
}

func (tw *twister) update() []byte {
	w := new(wire)
	for _, i := range tw.rng.Perm(len(tw.clients))[:tw.rng.IntN(min(4, len(tw.clients)+1))] {
		client := tw.clients[i]
		clock := tw.next[client]
		if n := tw.rng.IntN(40); n == 0 {
			clock += uint64(tw.rng.IntN(3))
		} else if n < 4 && tw.wild {
			clock -= min(clock, uint64(tw.rng.IntN(4)))
		}
		w.at(client, clock)
		for range 1 + tw.rng.IntN(4) {
			clock += tw.add(w, wireID{client, clock}, tw.pick(client, clock))
			if tw.rng.IntN(200) == 0 {
				w.raw(skipContent, 2)
				clock += 2
			}
		}
		if clock > tw.next[client] {
			tw.next[client] = clock
		}
	}
	tw.deletes(w)
	return w.bytes()
}

// deletes adds a few ranges. Yjs garbles those that have to wait if they overlap or
// are out of order.
func (tw *twister) deletes(w *wire) {
	seen := map[uint64]bool{}
	for range tw.rng.IntN(3) {
		x := tw.unit()
		if seen[x.client] && !tw.wild {
			continue
		}
		seen[x.client] = true
		n := 1 + tw.rng.Uint64N(5)
		if known := tw.next[x.client]; x.clock < known && tw.rng.IntN(20) > 0 {
			n = min(n, known-x.clock)
		}
		w.delete(x.client, x.clock, n)
	}
}
