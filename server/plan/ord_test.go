package plan_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coplan/server/plan"
)

var update = flag.Bool("update", false, "write testdata/plan from what the code does now")

const vectorDir = "../../testdata/plan"

type ordVectors struct {
	Between []ordBetween `json:"between"`
	Spread  []ordSpread  `json:"spread"`
}

type ordBetween struct {
	A     string `json:"a"`
	B     string `json:"b"`
	Want  string `json:"want,omitempty"`
	Error bool   `json:"error,omitempty"`
}

type ordSpread struct {
	N    int      `json:"n"`
	Want []string `json:"want"`
}

func TestBetween(t *testing.T) {
	for _, c := range []struct{ why, a, b, want string }{
		{"the first key of a list", "", "", "V"},
		{"append raises a digit", "V", "", "W"},
		{"append cuts what follows the raised digit", "Vabc", "", "W"},
		{"append after the last digit", "z", "", "zV"},
		{"append after many last digits", "zzz", "", "zzzV"},
		{"prepend lowers a digit", "", "V", "U"},
		{"prepend before the smallest one-digit key", "", "1", "0V"},
		{"prepend before leading zeros", "", "001", "000V"},
		{"the middle of a gap", "A", "K", "F"},
		{"neighbouring digits, right one alone", "A", "B", "AV"},
		{"neighbouring digits, right one longer", "A", "B3", "B"},
		{"neighbouring digits, left one longer", "Az", "B", "AzV"},
		{"one is the beginning of the other", "V", "V1", "V0V"},
		{"one is the beginning of the other, further apart", "V", "VV", "VU"},
		{"a common beginning stays", "abcA", "abcC", "abcB"},
	} {
		got, err := plan.Between(c.a, c.b)
		if err != nil || got != c.want {
			t.Errorf("%s: Between(%q, %q) = %q, %v; want %q", c.why, c.a, c.b, got, err, c.want)
		}
	}
	for _, c := range []struct{ why, a, b string }{
		{"equal keys, as concurrent inserts make them", "V", "V"},
		{"the wrong way round", "W", "V"},
		{"a key must not end in 0", "A0", "B"},
		{"not digits", "A", "é"},
		{"an empty right end with an odd left one", "-", ""},
	} {
		if got, err := plan.Between(c.a, c.b); !errors.Is(err, plan.ErrOrd) {
			t.Errorf("%s: Between(%q, %q) = %q, %v; want ErrOrd", c.why, c.a, c.b, got, err)
		}
	}
}

// Whatever the order of insertions, keys stay strictly sorted, valid and short.
func TestBetweenKeepsOrder(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 0))
		keys := plan.Spread(int(seed % 5))
		for range 400 {
			at := rng.IntN(len(keys) + 1)
			switch seed % 4 {
			case 1:
				at = len(keys)
			case 2:
				at = 0
			}
			a, b := "", ""
			if at > 0 {
				a = keys[at-1]
			}
			if at < len(keys) {
				b = keys[at]
			}
			k, err := plan.Between(a, b)
			if err != nil {
				t.Fatalf("seed %d: Between(%q, %q): %v", seed, a, b, err)
			}
			if !plan.ValidOrd(k) || k <= a || b != "" && k >= b {
				t.Fatalf("seed %d: Between(%q, %q) = %q, which is not between them", seed, a, b, k)
			}
			keys = slices.Insert(keys, at, k)
		}
		for _, k := range keys {
			if len(k) > 48 {
				t.Fatalf("seed %d: key %q has %d characters after 400 insertions", seed, k, len(k))
			}
		}
	}
}

func TestSpread(t *testing.T) {
	for _, n := range []int{0, 1, 3, 10, 61, 62, 500} {
		keys := plan.Spread(n)
		if len(keys) != n {
			t.Fatalf("Spread(%d) has %d keys", n, len(keys))
		}
		for i, k := range keys {
			if !plan.ValidOrd(k) || i > 0 && k <= keys[i-1] {
				t.Fatalf("Spread(%d)[%d] = %q after %q", n, i, k, keys[max(0, i-1)])
			}
		}
	}
}

// The browser's ordering keys are checked against the same file.
func TestOrdVectors(t *testing.T) {
	var v ordVectors
	pairs := [][2]string{
		{"", ""}, {"V", ""}, {"z", ""}, {"zz", ""}, {"Vabc", ""}, {"", "V"}, {"", "1"}, {"", "01"}, {"", "0001"},
		{"A", "B"}, {"A", "C"}, {"A", "K"}, {"A", "B3"}, {"Az", "B"}, {"Azz", "B"}, {"V", "V1"}, {"V", "VV"}, {"V", "V01"},
		{"abcA", "abcC"}, {"abc", "abcV"}, {"9", "A"}, {"Z", "a"},
		{"V", "V"}, {"W", "V"}, {"A0", "B"}, {"A", "B0"}, {"A", "é"}, {"-", ""}, {"", "0"}, {"0", ""}, {"a b", "c"},
	}
	rng := rand.New(rand.NewPCG(1, 2))
	keys := []string{"V"}
	for range 200 {
		at := rng.IntN(len(keys) + 1)
		a, b := "", ""
		if at > 0 {
			a = keys[at-1]
		}
		if at < len(keys) {
			b = keys[at]
		}
		pairs = append(pairs, [2]string{a, b})
		k, err := plan.Between(a, b)
		if err != nil {
			t.Fatal(err)
		}
		keys = slices.Insert(keys, at, k)
	}
	for _, p := range pairs {
		want, err := plan.Between(p[0], p[1])
		v.Between = append(v.Between, ordBetween{p[0], p[1], want, err != nil})
	}
	for _, n := range []int{0, 1, 2, 3, 5, 10, 60, 61, 62, 100} {
		v.Spread = append(v.Spread, ordSpread{n, plan.Spread(n)})
	}
	checkVectorFile(t, "ord.json", v)
}

// checkVectorFile compares got with a file of vectors; -update writes it.
func checkVectorFile(t *testing.T, name string, got any) {
	t.Helper()
	b, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	b = append(b, '\n')
	path := filepath.Join(vectorDir, name)
	if *update {
		if err := os.MkdirAll(vectorDir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with: go test ./server/plan -update)", err)
	}
	if string(want) != string(b) {
		t.Errorf("%s differs from what the code does now, first at %s (if that is meant: go test ./server/plan -update)",
			path, firstDifference(string(want), string(b)))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d:\n  file: %s\n  code: %s", i+1, w[i], g[i])
		}
	}
	return fmt.Sprintf("line %d: the lengths differ", min(len(w), len(g))+1)
}
