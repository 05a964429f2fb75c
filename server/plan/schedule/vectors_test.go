package schedule_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"coplan/server/plan/schedule"
)

// go test ./server/plan/schedule -update writes the vectors anew: look at the
// difference.
var update = flag.Bool("update", false, "write the vectors in testdata/plan/schedule")

const vectorDir = "../../../testdata/plan/schedule"

// A vector is a plan and all that either language must answer about it. In the
// files, empty values are left out (see compact).
type vector struct {
	Name     string                     `json:"name"`
	Input    schedule.Input             `json:"input"`
	Result   schedule.Result            `json:"result"`
	Previews []schedule.Preview         `json:"previews"` // each with the change it is of
	Explain  map[string][]schedule.Link `json:"explain"`
	Baseline schedule.Baseline          `json:"baseline"`
	Drift    schedule.Drift             `json:"drift"`
	Profile  string                     `json:"profile"`
	Realism  []schedule.Realism         `json:"realism"`
	Slips    []schedule.Slip            `json:"slips"`
	Ledger   schedule.Ledger            `json:"ledger"`
}

func makeVector(name string, in schedule.Input, changes []schedule.Change, explain ...string) vector {
	v := vector{Name: name, Input: in, Result: schedule.Run(in), Explain: map[string][]schedule.Link{}}
	for _, c := range changes {
		v.Previews = append(v.Previews, schedule.PreviewChange(in, c))
	}
	for _, id := range explain {
		v.Explain[id] = schedule.Explain(in, id)
	}
	return v
}

func TestVectors(t *testing.T) {
	checkVectors(t, "rules.json", ruleVectors())
}

// Plans made at random, the same in both languages.
func TestRandomVectors(t *testing.T) {
	var list []vector
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 7))
		in := randomInput(r, 3+r.IntN(6))
		changes := []schedule.Change{randomChange(r, in)}
		more := rand.New(rand.NewPCG(seed, 8))
		if more.IntN(3) == 0 {
			in.Calendar.Quarters = &schedule.Quarters{Month: 1 + more.IntN(12), Days: more.IntN(40)}
		}
		changes = append(changes, randomPlanChange(more, in))
		list = append(list, makeVector(fmt.Sprint("seed ", seed), in, changes, in.Nodes[r.IntN(len(in.Nodes))].ID))
	}
	checkVectors(t, "random.json", list)
}

func checkVectors(t *testing.T, file string, list []vector) {
	t.Helper()
	path := filepath.Join(vectorDir, file)
	if *update {
		out := "["
		for i, v := range list {
			b, err := json.Marshal(compact(plain(t, v)))
			if err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				out += ","
			}
			out += "\n" + string(b)
		}
		if err := os.WriteFile(path, []byte(out+"\n]\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with: go test ./server/plan/schedule -update)", err)
	}
	var want []any
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) != len(list) {
		t.Fatalf("%s holds %d plans, not %d (write it with: go test ./server/plan/schedule -update)", file, len(want), len(list))
	}
	for i, v := range list {
		if got := compact(plain(t, v)); !reflect.DeepEqual(got, want[i]) {
			g, _ := json.Marshal(got)
			w, _ := json.Marshal(want[i])
			t.Errorf("%s, %s:\n got %s\nwant %s", file, v.Name, g, w)
		}
	}
}

func plain(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// compact leaves out of objects what is empty, but keeps a slack of 0, which
// differs from none, and durations.
func compact(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = compact(v[i])
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, item := range v {
			item = compact(item)
			if keepsZero := k == "slack" || k == "days" || k == "cost" || k == "costPerWeek" || k == "weekend"; item == nil || !keepsZero && isEmpty(item) {
				continue
			}
			out[k] = item
		}
		return out
	}
	return v
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case bool:
		return !v
	case float64:
		return v == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func randomDate(r *rand.Rand) string {
	return schedule.AddWorkingDays(schedule.Calendar{Weekend: []int{}}, "2026-03-02", r.IntN(120))
}

func days(n int) *int { return &n }

// randomInput is a plan of that many steps, with everything that can be odd
// about one now and then.
func randomInput(r *rand.Rand, steps int) schedule.Input {
	roles := []schedule.Role{{ID: "ciso", Person: "Mara"}, {ID: "cfo", Person: "Mara"}, {ID: "ae", Person: "Ben"}}
	in := schedule.Input{Roles: roles, Anchor: schedule.Anchor{Kind: pick(r, "go-live", "go-live", "value", "start"), Date: randomDate(r)}}
	if r.IntN(15) == 0 {
		in.Anchor.Date = pick(r, "", "soon", "2026-02-30")
	}
	if r.IntN(3) == 0 {
		cost := float64(r.IntN(20000)) / 3
		in.Anchor.CostPerWeek = &cost
	}
	if r.IntN(3) == 0 {
		in.Today = randomDate(r)
	}
	in.Calendar = schedule.Calendar{Weekend: pick(r, nil, []int{6, 7}, []int{5, 6}, []int{}, []int{7, 7})}
	if r.IntN(40) == 0 {
		in.Calendar.Weekend = []int{1, 2, 3, 4, 5, 6, 7}
	}
	for range r.IntN(4) {
		in.Calendar.Holidays = append(in.Calendar.Holidays, schedule.Holiday{Date: randomDate(r), Label: "Holiday"})
	}
	if r.IntN(3) == 0 {
		in.Calendar.Freezes = append(in.Calendar.Freezes, schedule.Span{From: randomDate(r), To: randomDate(r), Label: "Freeze"})
	}
	for range r.IntN(3) {
		from := randomDate(r)
		in.Calendar.Away = append(in.Calendar.Away, schedule.Away{
			Role: pick(r, "ciso", "ae", ""), Person: pick(r, "", "", "Mara"), From: from,
			To: schedule.AddWorkingDays(schedule.Calendar{}, from, r.IntN(15)), Label: "Away",
		})
	}
	var groups []string
	for i := range steps {
		id := fmt.Sprintf("n%02d", i)
		kind, parent := pick(r, "task", "task", "milestone", "milestone", "subtask"), ""
		if i == 0 || r.IntN(4) == 0 {
			kind = pick(r, "stage", "stage", "stage", "stage", "epic")
		}
		if len(groups) > 0 && kind != "stage" {
			parent = groups[len(groups)-1]
			if r.IntN(3) == 0 {
				parent = pick(r, groups...)
			}
		}
		if kind == "stage" || r.IntN(5) == 0 {
			groups = append(groups, id)
		}
		in.Nodes = append(in.Nodes, randomNode(r, id, kind, parent, steps))
	}
	if r.IntN(2) == 0 {
		in.Anchor.Node = in.Nodes[r.IntN(steps)].ID
	}
	return in
}

func randomNode(r *rand.Rand, id, kind, parent string, steps int) schedule.Node {
	n := schedule.Node{
		ID: id, Kind: kind, Parent: parent, Title: pick(r, "Security review", "Legal redline", "Kick-off call", "Demo für alle", ""),
		Status: pick(r, "not-started", "not-started", "not-started", "in-progress", "blocked", "done", "skipped"),
		Owner:  pick(r, "", "ciso", "cfo", "ae"),
	}
	if r.IntN(4) > 0 {
		n.Days = days(r.IntN(12))
	}
	if r.IntN(30) == 0 {
		n.Days = days(pick(r, -4, 5000))
	}
	switch r.IntN(6) {
	case 0:
		n.Due = randomDate(r)
	case 1:
		n.Due = randomDate(r)
		n.Planned = n.Due
	case 2:
		n.Start = randomDate(r)
	}
	if r.IntN(12) == 0 {
		n.Start, n.Due = randomDate(r), randomDate(r)
	}
	if n.Status == "done" && r.IntN(2) == 0 {
		n.DoneOn = randomDate(r)
	}
	for range max(r.IntN(4)-1, 0) {
		n.After = append(n.After, randomAfter(r, steps))
	}
	return n
}

func randomAfter(r *rand.Rand, steps int) schedule.After {
	return schedule.After{Node: fmt.Sprintf("n%02d", r.IntN(steps+1)), Type: pick(r, "FS", "FS", "FS", "SS", "FF", "SF"), Lag: pick(r, 0, 0, 0, 1, 3, -2, 4000)}
}

// randomPlanChange counts the plan towards something else or edits its calendar.
func randomPlanChange(r *rand.Rand, in schedule.Input) schedule.Change {
	if r.IntN(3) == 0 {
		return schedule.Change{Kind: "target", AnchorKind: pick(r, "go-live", "value", "start"), Date: randomDate(r), Node: pick(r, "", in.Nodes[r.IntN(len(in.Nodes))].ID)}
	}
	if r.IntN(4) == 0 {
		var list []schedule.Duration
		for _, n := range in.Nodes[:1+r.IntN(len(in.Nodes))] {
			list = append(list, schedule.Duration{Node: n.ID, Days: r.IntN(20)})
		}
		return schedule.Change{Kind: "durations", Durations: append(list, schedule.Duration{Node: "gone", Days: 3})}
	}
	from := randomDate(r)
	add := &schedule.Calendar{
		Weekend:  pick(r, nil, nil, []int{5, 6}),
		Holidays: []schedule.Holiday{{Date: randomDate(r), Label: "Day off"}},
		Away:     []schedule.Away{{Role: pick(r, "ciso", "ae"), From: from, To: schedule.AddWorkingDays(schedule.Calendar{}, from, r.IntN(20))}},
	}
	if r.IntN(3) == 0 {
		add.Quarters = &schedule.Quarters{Month: 2, Days: 10}
	}
	drop := &schedule.Calendar{Freezes: in.Calendar.Freezes, Quarters: pick(r, nil, in.Calendar.Quarters)}
	if len(in.Calendar.Holidays) > 0 {
		drop.Holidays = in.Calendar.Holidays[:1]
	}
	return schedule.Change{Kind: "calendar", Add: add, Drop: drop}
}

func randomChange(r *rand.Rand, in schedule.Input) schedule.Change {
	c := schedule.Change{Kind: pick(r, "due", "start", "days", "after", "anchor", "status", "missed"), Node: in.Nodes[r.IntN(len(in.Nodes))].ID}
	switch c.Kind {
	case "days":
		c.Days = days(r.IntN(30))
	case "after":
		c.After = []schedule.After{randomAfter(r, len(in.Nodes))}
	case "status":
		c.Status = pick(r, "done", "skipped", "in-progress", "not-started")
		c.Date = pick(r, "", randomDate(r))
	case "anchor":
		c.Node = ""
		c.Carry = r.IntN(2) == 0
		c.Date = randomDate(r)
	default:
		c.Date = randomDate(r)
	}
	return c
}
