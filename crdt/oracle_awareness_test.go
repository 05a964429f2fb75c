package crdt_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"coplan/crdt"
)

// Awareness and y-protocols' own Awareness, fed the same messages at the same
// times, hold the same states, report the same changes and send the same bytes.
func TestOracleAwareness(t *testing.T) {
	o := useOracle(t)
	first, last := sessionSeeds(t, 100)
	changes := 0
	for seed := first; seed < last; seed++ {
		changes += awarenessSession(t, o, seed)
	}
	if changes < int(last-first) {
		t.Errorf("only %d changes", changes)
	}
}

func awarenessSession(t *testing.T, o *oracle, seed uint64) (changes int) {
	rng := rand.New(rand.NewPCG(seed, 3))
	o.call(t, "reset")
	const peers = 3 // clients 1 to 3; 4 and 5 are only spoken of
	var local [peers]*crdt.Awareness
	for i := range local {
		local[i] = crdt.NewAwareness(uint64(i + 1))
		local[i].SetLocal(json.RawMessage(`{}`), noon)
		o.call(t, "awareness", i, i+1)
	}
	now := noon
	states := []string{"null", "{}", `{"a":1}`, `{"name":"Zoë","cursor":[1,2]}`, `"word"`, "0", "false", "7"}
	var sent [][]byte
	for step := range 60 {
		i := rng.IntN(peers)
		a := local[i]
		now = now.Add(time.Duration(rng.IntN(5000)) * time.Millisecond)
		switch rng.IntN(5) {
		case 0:
			state := states[rng.IntN(len(states))]
			e := a.SetLocal(json.RawMessage(state), now)
			o.call(t, "awarenessLocal", i, state)
			sent = append(sent, crdt.EncodeAwareness([]crdt.AwarenessEntry{e}))
		case 1: // someone speaks for someone else
			e := crdt.AwarenessEntry{Client: uint64(1 + rng.IntN(5)), Clock: uint64(rng.IntN(12))}
			if s := states[rng.IntN(len(states))]; s != "null" {
				e.State = json.RawMessage(s)
			}
			sent = append(sent, crdt.EncodeAwareness([]crdt.AwarenessEntry{e}))
		case 2:
			client := uint64(1 + rng.IntN(5))
			a.Remove(client)
			o.call(t, "awarenessRemove", i, []uint64{client})
			sent = append(sent, crdt.EncodeAwareness(a.Entries(client)))
		default:
			if len(sent) == 0 {
				continue
			}
			frame := sent[rng.IntN(len(sent))]
			entries, err := crdt.DecodeAwareness(frame, crdt.AwarenessLimits{})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			added, updated, removed := a.Apply(entries, now)
			changes += len(added) + len(updated) + len(removed)
			theirs := fmt.Sprint(o.call(t, "awarenessApply", i, frame))
			if mine := fmt.Sprint([]any{added, updated, removed}); mine != theirs {
				t.Fatalf("seed %d, step %d: %q changed %s, in y-protocols %s", seed, step, frame, mine, theirs)
			}
			sent = append(sent, crdt.EncodeAwareness(a.Entries(slices.Concat(added, updated, removed)...)))
		}
		everyone := []uint64{1, 2, 3, 4, 5}
		if mine, theirs := crdt.EncodeAwareness(a.Entries(everyone...)), o.bytes(t, "awarenessEncode", i, everyone); !bytes.Equal(mine, theirs) {
			t.Fatalf("seed %d, step %d: peer %d would send\n%q, in y-protocols\n%q", seed, step, i+1, mine, theirs)
		}
		present := []uint64{}
		for _, id := range o.call(t, "awarenessPresent", i).([]any) {
			present = append(present, uint64(id.(int64)))
		}
		if mine := append([]uint64{}, a.Clients()...); !reflect.DeepEqual(mine, present) {
			t.Fatalf("seed %d, step %d: present %v, in y-protocols %v", seed, step, mine, present)
		}
	}
	return changes
}
