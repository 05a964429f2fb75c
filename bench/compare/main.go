// Command compare runs every workload on every engine in turn, round by round, one process each, and prints one
// table of medians and ratios. It writes the same table as Markdown when given -out.
//
// Engines: package crdt (the binary named by -engine) and the npm peers of bench/package.json.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const ours = "coplan/crdt"

var peers = []string{"yjs", "yjs-v2", "ywasm", "diamond-types", "loro", "automerge"}

var workloads = []string{
	"B1.1", "B1.2", "B1.3", "B1.4", "B1.5", "B1.6", "B1.7", "B1.8", "B1.9", "B1.10", "B1.11",
	"B2.1", "B2.2", "B2.3", "B2.4", "B3.1", "B3.2", "B3.3", "B3.4",
	"B4.local", "B4.apply", "B4.load", "B4x100.load", "merge.20k", "merge.260k", "fold.260k", "diff", "join.300",
	"clients.1", "clients.100k", "memory",
}

// phases are the columns a workload may report, in the order of the table's rows.
var phases = []string{"local", "apply", "exchange", "load", "encode", "merge", "fold", "diff", "join", "heap", "rss"}

func main() {
	dir := flag.String("dir", "", "folder that prepare.mjs filled")
	engine := flag.String("engine", "", "binary of bench/engine")
	rounds := flag.Int("rounds", 3, "times each workload is run on each engine; the median counts")
	only := flag.String("only", "", "comma-separated beginnings of workload names; empty for all")
	skip := flag.String("skip", "", "comma-separated engines to leave out")
	out := flag.String("out", "", "Markdown file to write")
	limit := flag.Duration("limit", 2*time.Minute, "bound on one run of one engine")
	flag.Parse()
	if *dir == "" || *engine == "" {
		fmt.Fprintln(os.Stderr, "compare: -dir and -engine are needed; make bench gives both")
		os.Exit(2)
	}
	c := comparison{
		dir: *dir, engine: *engine, limit: *limit,
		results: map[string][]measurement{},
		engines: slices.DeleteFunc(append([]string{ours}, peers...), func(e string) bool {
			return slices.Contains(strings.Split(*skip, ","), e)
		}),
		workloads: slices.DeleteFunc(slices.Clone(workloads), func(w string) bool {
			return !slices.ContainsFunc(strings.Split(*only, ","), func(p string) bool { return strings.HasPrefix(w, p) })
		}),
	}
	for round := range *rounds {
		for _, w := range c.workloads {
			for _, e := range c.engines {
				c.measure(e, w)
			}
		}
		fmt.Fprintf(os.Stderr, "round %d of %d done\n", round+1, *rounds)
	}
	table := c.table()
	os.Stdout.WriteString(table)
	if *out == "" {
		return
	}
	var about struct{ Trace string }
	data, err := os.ReadFile(filepath.Join(*dir, "about.json"))
	if err == nil {
		err = json.Unmarshal(data, &about)
	}
	if err == nil {
		text := fmt.Sprintf(header, time.Now().UTC().Format(time.DateOnly), machine(), *rounds, about.Trace) + table + c.perOp()
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

const header = `# Results

Written by ` + "`make bench`" + ` on %s. %s
Medians of %d rounds; in each round every engine runs every workload in a process of its own, one after the other.
B4: %s.

*ratio* is the best peer's figure divided by ours: above 1 we are ahead. "–": the engine has no such operation or is
not asked for it, "> limit": stopped at the bound. Yjs, ywasm and package crdt read and write the same bytes;
diamond-types, loro and automerge use formats of their own (loro's snapshot opens lazily, without building the document).

`

type comparison struct {
	dir, engine        string
	limit              time.Duration
	engines, workloads []string
	results            map[string][]measurement // by engine + " " + workload
}

// measurement is the line one run prints; failed says why there is none.
type measurement struct {
	MS     map[string]float64
	Memory map[string]float64 // bytes
	PerOp  map[string]struct{ NS, Bytes, Allocs float64 }
	failed string
}

func (m measurement) empty() bool { return m.failed != "" || m.MS == nil && m.Memory == nil }

func (c *comparison) measure(engine, workload string) {
	key := engine + " " + workload
	if prior := c.results[key]; len(prior) > 0 && prior[0].empty() {
		return // what an engine can't do, or not in time, it is asked once
	}
	args := []string{c.engine, workload, c.dir}
	if engine != ours {
		if workload == "merge.260k" {
			return // quadratic in Yjs, about half an hour; merge.20k is the comparison
		}
		args = []string{"node", "--no-warnings", "--expose-gc", "--max-old-space-size=8192", "bench/peers/run.mjs", engine, workload, c.dir}
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var m measurement
	switch {
	case ctx.Err() != nil:
		m.failed = "> limit"
	case err != nil:
		m.failed = "failed"
		fmt.Fprintf(os.Stderr, "%s: %v\n%s\n", key, err, lastLines(stderr.String(), 4))
	default:
		if err := json.Unmarshal([]byte(lastLines(stdout.String(), 1)), &m); err != nil {
			m.failed = "failed"
			fmt.Fprintf(os.Stderr, "%s: %v\n", key, err)
		}
	}
	c.results[key] = append(c.results[key], m)
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// value is the median of a phase over the rounds: milliseconds, or megabytes for memory. A note stands in for a
// value that is not there.
func (c *comparison) value(engine, workload, phase string) (v float64, note string) {
	var values []float64
	for _, m := range c.results[engine+" "+workload] {
		if m.failed != "" {
			return 0, m.failed
		}
		if x, ok := m.MS[phase]; ok {
			values = append(values, x)
		} else if x, ok := m.Memory[phase]; ok {
			values = append(values, x/1e6)
		}
	}
	if len(values) == 0 {
		return 0, "–"
	}
	slices.Sort(values)
	return values[len(values)/2], ""
}

func (c *comparison) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| workload | phase | unit | %s | ratio |\n|---|---|---|%s\n", strings.Join(c.engines, " | "), strings.Repeat("--:|", len(c.engines)+1))
	for _, w := range c.workloads {
		for _, phase := range phases {
			mine, note := c.value(ours, w, phase)
			if note == "–" {
				continue
			}
			unit := "ms"
			if phase == "heap" || phase == "rss" {
				unit = "MB"
			}
			fmt.Fprintf(&b, "| %s | %s | %s |", w, phase, unit)
			best := 0.0
			for _, e := range c.engines {
				v, note := c.value(e, w, phase)
				if note != "" {
					b.WriteString(" " + note + " |")
					continue
				}
				b.WriteString(" " + figure(v) + " |")
				if e != ours && (best == 0 || v < best) {
					best = v
				}
			}
			if best > 0 && mine > 0 {
				fmt.Fprintf(&b, " %s |\n", figure(best/mine))
			} else {
				b.WriteString(" – |\n")
			}
			if note != "" {
				break // one row says that it failed
			}
		}
	}
	return b.String()
}

// figure prints three significant digits.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

func (c *comparison) perOp() string {
	var b strings.Builder
	b.WriteString("\n## One operation of package crdt\n\n| workload | phase | ns | bytes | allocations |\n|---|---|--:|--:|--:|\n")
	for _, w := range c.workloads {
		list := c.results[ours+" "+w]
		if len(list) == 0 {
			continue
		}
		for _, phase := range phases {
			if p, ok := list[len(list)-1].PerOp[phase]; ok {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", w, phase, figure(p.NS), figure(p.Bytes), figure(p.Allocs))
			}
		}
	}
	return b.String()
}
