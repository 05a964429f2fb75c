package crdt_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Updates that make no sense but have the right form do in the engine what they do in
// Yjs, as far as Yjs bears them.
func TestOracleTwisted(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 200)
	applied, compared := 0, 0
	for seed := first; seed < last; seed++ {
		n, c := twistedSession(t, o, seed)
		applied, compared = applied+n, compared+c
	}
	n := int(last - first)
	if t.Logf("%d sessions: %d updates, after %d of them nothing waited", n, applied, compared); applied < 15*n || compared < 5*n {
		t.Error("that is too little")
	}
}

func twistedSession(t *testing.T, o *oracle, seed uint64) (applied, compared int) {
	rng := rand.New(rand.NewPCG(seed, 31))
	o.call(t, "reset")
	p := newPair(t, o, rng, 0, rng.IntN(3) == 0)
	dumpDoc(p.doc, roots)
	tw := newTwister(rng, 2, 3, 4, 5+rng.Uint64N(1<<30), 1<<53-1)
	var log []string
	fail := func(format string, args ...any) {
		t.Helper()
		t.Fatalf("seed %d: %s\n%s", seed, fmt.Sprintf(format, args...), strings.Join(log, "\n"))
	}
	for range 20 {
		u := tw.update()
		log = append(log, fmt.Sprintf("%x", u))
		before := everything(t, p.doc)
		if err := p.doc.ApplyUpdate(u, "remote"); err != nil {
			log = append(log, fmt.Sprint("refused: ", err))
			if everything(t, p.doc) != before {
				fail("refused, but changed")
			}
			continue
		}
		cleanups, err := o.try(t, "apply", 0, u)
		if err != nil {
			fail("%v", err)
		}
		for _, c := range byteList(cleanups) {
			if err := p.doc.ApplyUpdate(c, "remote"); err != nil {
				fail("%v", err)
			}
		}
		if err := p.doc.Check(); err != nil {
			fail("%v", err)
		}
		applied++
		if mine, theirs := p.doc.StateVector(), o.bytes(t, "vector", 0); !bytes.Equal(mine, theirs) {
			fail("state vector:\nGo  %x\nYjs %x", mine, theirs)
		}
		if pending := o.call(t, "pending", 0); pending == true || p.doc.HasPending() {
			if pending != p.doc.HasPending() {
				fail("pending: Go %v, Yjs %v", p.doc.HasPending(), pending)
			}
			continue
		}
		compared++
		if mine, theirs := fullState(p.doc), o.bytes(t, "state", 0, []byte{0}); !bytes.Equal(mine, theirs) {
			fail("state:\nGo  %x\nYjs %x", mine, theirs)
		}
		if theirs, err := o.try(t, "dump", 0, roots); err == nil && dumpDoc(p.doc, roots) != theirs {
			fail("shows:\nGo  %s\nYjs %s", dumpDoc(p.doc, roots), theirs)
		}
	}
	return applied, compared
}
