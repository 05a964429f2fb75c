package crdt_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/crdt/lib0"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func ExampleAwareness() {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	alice, bob := crdt.NewAwareness(1), crdt.NewAwareness(2)
	alice.SetLocal(json.RawMessage(`{}`), now)
	entry := alice.SetLocal(json.RawMessage(`{"name":"Alice"}`), now)

	frame := crdt.EncodeAwareness([]crdt.AwarenessEntry{entry})
	entries, _ := crdt.DecodeAwareness(frame, crdt.AwarenessLimits{})
	bob.Apply(entries, now)
	fmt.Printf("%s\n", bob.State(1))

	now = now.Add(crdt.AwarenessTimeout)
	bob.Remove(bob.Outdated(now)...)
	fmt.Println(bob.Clients())
	// Output:
	// {"name":"Alice"}
	// []
}

func entry(client, clock uint64, state string) crdt.AwarenessEntry {
	e := crdt.AwarenessEntry{Client: client, Clock: clock}
	if state != "null" {
		e.State = json.RawMessage(state)
	}
	return e
}

// One remote client, whose state {"a":1} is known at clock 5, and one message
// about it.
func TestWhichAwarenessEntryWins(t *testing.T) {
	for _, c := range []struct {
		name      string
		e         crdt.AwarenessEntry
		state     string
		clock     uint64
		a, u, rem []uint64
	}{
		{"greater clock", entry(7, 6, `{"b":2}`), `{"b":2}`, 6, nil, []uint64{7}, nil},
		{"same clock", entry(7, 5, `{"b":2}`), `{"a":1}`, 5, nil, nil, nil},
		{"same clock, gone", entry(7, 5, "null"), "null", 5, nil, nil, []uint64{7}},
		{"smaller clock, gone", entry(7, 4, "null"), `{"a":1}`, 5, nil, nil, nil},
		{"greater clock, gone", entry(7, 9, "null"), "null", 9, nil, nil, []uint64{7}},
		{"repeated state", entry(7, 6, `{"a":1}`), `{"a":1}`, 6, nil, []uint64{7}, nil},
		{"unknown client", entry(8, 1, `{}`), `{"a":1}`, 5, []uint64{8}, nil, nil},
		{"unknown client at clock 0", entry(8, 0, `{}`), `{"a":1}`, 5, nil, nil, nil},
		{"unknown client, gone", entry(8, 3, "null"), `{"a":1}`, 5, nil, nil, nil},
	} {
		aw := crdt.NewAwareness(1)
		aw.Apply([]crdt.AwarenessEntry{entry(7, 5, `{"a":1}`)}, noon)
		added, updated, removed := aw.Apply([]crdt.AwarenessEntry{c.e}, noon)
		if !reflect.DeepEqual([][]uint64{added, updated, removed}, [][]uint64{c.a, c.u, c.rem}) {
			t.Errorf("%s: added %v, updated %v, removed %v", c.name, added, updated, removed)
		}
		if got := aw.Entries(7); !reflect.DeepEqual(got, []crdt.AwarenessEntry{entry(7, c.clock, c.state)}) {
			t.Errorf("%s: left with %+v", c.name, got)
		}
	}
}

func TestOthersCannotRemoveTheLocalState(t *testing.T) {
	aw := crdt.NewAwareness(1)
	aw.SetLocal(json.RawMessage(`{"me":true}`), noon)
	_, _, removed := aw.Apply([]crdt.AwarenessEntry{entry(1, 4, "null")}, noon)
	if want := []crdt.AwarenessEntry{entry(1, 5, `{"me":true}`)}; !reflect.DeepEqual(aw.Entries(removed...), want) {
		t.Fatalf("announces %+v, want %+v", aw.Entries(removed...), want)
	}
	if gone := aw.SetLocal(nil, noon); gone.Clock != 6 || gone.State != nil {
		t.Fatalf("leaving: %+v", gone)
	}
	aw.Apply([]crdt.AwarenessEntry{entry(1, 7, "null")}, noon)
	if again := aw.SetLocal(json.RawMessage(`1`), noon); again.Clock != 8 {
		t.Fatalf("coming back: %+v", again)
	}
}

func TestAwarenessTimeouts(t *testing.T) {
	aw := crdt.NewAwareness(1)
	aw.SetLocal(json.RawMessage(`{}`), noon)
	aw.Apply([]crdt.AwarenessEntry{entry(2, 1, `{}`), entry(3, 1, `{}`)}, noon)
	if _, due := aw.Renew(noon.Add(15*time.Second - 1)); due {
		t.Error("renewed early")
	}
	if e, due := aw.Renew(noon.Add(15 * time.Second)); !due || e.Clock != 1 || string(e.State) != "{}" {
		t.Errorf("renewal: %+v, %v", e, due)
	}
	aw.Apply([]crdt.AwarenessEntry{entry(3, 2, `{}`)}, noon.Add(10*time.Second))
	if out := aw.Outdated(noon.Add(30*time.Second - 1)); out != nil {
		t.Errorf("outdated early: %v", out)
	}
	out := aw.Outdated(noon.Add(30 * time.Second))
	if !reflect.DeepEqual(aw.Remove(out...), []uint64{2}) || !reflect.DeepEqual(aw.Clients(), []uint64{1, 3}) {
		t.Errorf("outdated %v, present %v", out, aw.Clients())
	}
	if e := aw.Entries(2); !reflect.DeepEqual(e, []crdt.AwarenessEntry{entry(2, 1, "null")}) {
		t.Errorf("absent: %+v", e)
	}
	if again := aw.Remove(2, 99); again != nil {
		t.Errorf("removed twice: %v", again)
	}
}

// Whoever invents client ids pushes out absent clients, never present ones.
func TestAwarenessMemoryIsBounded(t *testing.T) {
	aw := crdt.NewAwareness(1)
	aw.MaxClients = 3
	aw.SetLocal(nil, noon)
	for id := uint64(2); id < 100; id++ {
		aw.Apply([]crdt.AwarenessEntry{entry(id, 1, `{}`)}, noon)
	}
	if got := aw.Clients(); !reflect.DeepEqual(got, []uint64{2, 3}) {
		t.Fatalf("present: %v", got)
	}
	aw.Remove(2)
	aw.Apply([]crdt.AwarenessEntry{entry(50, 1, `{}`)}, noon)
	if got := aw.Clients(); !reflect.DeepEqual(got, []uint64{3, 50}) || len(aw.Entries(2)) != 0 {
		t.Fatalf("present: %v, remembered: %v", got, aw.Entries(2))
	}
}

// Whoever makes clients come and go by the thousand does not make each of them
// search through all others.
func TestHostileAwarenessTurnover(t *testing.T) {
	growsLinearly(t, 2000, func(n int) func() {
		var gone, come []crdt.AwarenessEntry
		for i := range uint64(n) {
			gone = append(gone, entry(2+i, 1, "{}"), entry(2+i, 2, "null"))
			come = append(come, entry(2+uint64(n)+i, 1, "{}"), entry(3+2*uint64(n)+i, 1, "{}"))
		}
		return func() {
			aw := crdt.NewAwareness(1)
			aw.MaxClients = n
			aw.Apply(gone, noon)
			aw.Apply(come, noon)
			if got := len(aw.Clients()); got != n {
				t.Fatalf("%d of %d clients present", got, n)
			}
		}
	})
}

func TestDecodeAwarenessRefuses(t *testing.T) {
	state := func(s string) []byte { return lib0.AppendVarString([]byte{1, 7, 1}, s) }
	for _, c := range []struct {
		name string
		b    []byte
		says string
	}{
		{"empty", nil, "number of clients"},
		{"truncated", []byte{1, 7, 1, 5, 0x7b}, "state: string at offset 3"},
		{"trailing", append(state("{}"), 0), "trailing"},
		{"2^40 clients", lib0.AppendUvarint(nil, 1<<40), "allowed"},
		{"5000 clients in no bytes", lib0.AppendUvarint(nil, 5000), "announced in 0 bytes"},
		{"not JSON", state("{'a':1}"), "not JSON"},
		{"two values", state("{} {}"), "not JSON"},
		{"deep", state(strings.Repeat("[", 20000) + strings.Repeat("]", 20000)), "nested 20000 deep"},
		{"long", state(`"` + strings.Repeat("x", 70000) + `"`), "length above the limit"},
		{"huge", make([]byte, 2<<20), "2097152 bytes, 1048576 allowed"},
		{"client above 2^53", []byte{1, 255, 255, 255, 255, 255, 255, 255, 255, 1}, "client: uint at offset 1"},
	} {
		entries, err := crdt.DecodeAwareness(c.b, crdt.AwarenessLimits{})
		kinds := 0
		for _, kind := range []error{crdt.ErrTruncated, crdt.ErrMalformed, crdt.ErrLimit} {
			if errors.Is(err, kind) {
				kinds++
			}
		}
		if kinds != 1 || !errors.Is(err, crdt.ErrAwareness) || !strings.Contains(fmt.Sprint(err), "offset") || !strings.Contains(fmt.Sprint(err), c.says) || entries != nil {
			t.Errorf("%s: %v, want …%s…", c.name, err, c.says)
		}
	}
	if e, err := crdt.DecodeAwareness(state(`{"a":"[[\"[["}`), crdt.AwarenessLimits{MaxDepth: 1}); err != nil {
		t.Errorf("brackets in strings counted: %v %v", e, err)
	}
}

func FuzzDecodeAwareness(f *testing.F) {
	f.Add(crdt.EncodeAwareness([]crdt.AwarenessEntry{entry(1, 2, `{"a":[1]}`), entry(1<<53-1, 0, "null")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := crdt.DecodeAwareness(b, crdt.AwarenessLimits{})
		if err != nil {
			return
		}
		again, err := crdt.DecodeAwareness(crdt.EncodeAwareness(entries), crdt.AwarenessLimits{})
		if err != nil || !reflect.DeepEqual(again, entries) {
			t.Fatalf("%x: %+v, then %+v, %v", b, entries, again, err)
		}
		aw := crdt.NewAwareness(1)
		aw.MaxClients = 3
		aw.Apply(entries, noon)
		if n := len(aw.Clients()); n > 3 {
			t.Fatalf("%d clients", n)
		}
	})
}
