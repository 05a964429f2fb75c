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
var phases = []string{"local", "apply", "exchange", "load", "load+read", "encode", "merge", "fold", "diff", "join", "heap", "rss"}

func main() {
	dir := flag.String("dir", "", "folder that prepare.mjs filled")
	engine := flag.String("engine", "", "binary of bench/engine")
	rounds := flag.Int("rounds", 3, "times each workload is run on each engine; the median counts")
	only := flag.String("only", "", "comma-separated beginnings of workload names; empty for all")
	skip := flag.String("skip", "", "comma-separated engines to leave out")
	out := flag.String("out", "", "Markdown file to write")
	notesFile := flag.String("notes", "", "Markdown to put below the table")
	limit := flag.Duration("limit", 20*time.Second, "bound on one run of one engine, start and preparation included")
	slow := flag.Duration("slow", 5*time.Second, "a run that takes longer is the only one of its engine and workload")
	budget := flag.Duration("budget", 11*time.Minute, "no round but the first goes on after this time")
	flag.Parse()
	if *dir == "" || *engine == "" {
		fmt.Fprintln(os.Stderr, "compare: -dir and -engine are needed; make bench gives both")
		os.Exit(2)
	}
	c := comparison{
		dir: *dir, engine: *engine, limit: *limit, slow: *slow, rounds: *rounds, began: time.Now(),
		results: map[string][]measurement{},
		engines: slices.DeleteFunc(append([]string{ours}, peers...), func(e string) bool {
			return slices.Contains(strings.Split(*skip, ","), e)
		}),
		workloads: slices.DeleteFunc(slices.Clone(workloads), func(w string) bool {
			return !slices.ContainsFunc(strings.Split(*only, ","), func(p string) bool { return strings.HasPrefix(w, p) })
		}),
	}
	var about struct{ Trace string }
	data, err := os.ReadFile(filepath.Join(*dir, "about.json"))
	if err == nil {
		err = json.Unmarshal(data, &about)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	notes := ""
	if *notesFile != "" {
		data, err := os.ReadFile(*notesFile)
		if err != nil {
			fmt.Fprintln(os.Stderr, "compare:", err)
			os.Exit(1)
		}
		notes = "\n" + string(data)
	}
	// Written after each workload, so that whatever happens later, the table stays.
	write := func() {
		if *out == "" {
			return
		}
		text := fmt.Sprintf(header, time.Now().UTC().Format(time.DateOnly), machine(), *rounds, *slow, *budget, *limit, about.Trace) + c.table() + notes + c.perOp()
		if err := os.WriteFile(*out, []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, "compare:", err)
			os.Exit(1)
		}
	}
	for round := range *rounds {
		for _, w := range c.workloads {
			if round > 0 && time.Since(c.began) > *budget {
				break
			}
			for _, e := range c.engines {
				c.measure(e, w)
			}
			write()
		}
		fmt.Fprintf(os.Stderr, "round %d of %d done after %v\n", round+1, *rounds, time.Since(c.began).Round(time.Second))
	}
	os.Stdout.WriteString(c.table())
}

const header = `# Results

Written by ` + "`make bench`" + ` on %s. %s
Every engine runs every workload in a process of its own, one after the other, in up to %d rounds; the table has the medians of the rounds.
Within a process each phase is repeated, on fresh documents, for 150 ms (60 times at most, three times at least unless that takes longer than
600 ms), and the median counts: all engines are measured warm, by the same rule. Making the documents, reading files and freeing are not timed.
A figure with \* is that of a single round: it took more than %v, or the time for all (%v) was over. "> limit" stands for more than %v,
start and preparation included.

- *local* edits with one update each; *apply*: another replica takes the updates one by one; *exchange*: two take each other's work as one update each.
- *load* reads a full state; *load+read* also shows the text or JSON, so that who opens lazily does all the work; *encode* writes the state, each
  time after an edit; *join.300* writes the same state 300 times.
- *memory* is what one more document takes, loaded and read once: sixteen of them beside two, in a fresh process, after collections.

B4: %s.

*ratio* is the best peer's figure divided by ours: above 1 we are ahead. "–": the engine has no such operation or is
not asked for it. Yjs, ywasm and package crdt read and write the same bytes;
diamond-types, loro and automerge use formats of their own (loro's snapshot opens lazily, without building the document).

`

type comparison struct {
	dir, engine        string
	limit, slow        time.Duration
	began              time.Time
	rounds             int
	engines, workloads []string
	results            map[string][]measurement // by engine + " " + workload
}

// measurement is the line one run prints; failed says why there is none.
type measurement struct {
	MS     map[string]float64
	Memory map[string]float64 // bytes
	PerOp  map[string]struct{ NS, Bytes, Allocs float64 }
	failed string
	took   time.Duration // the whole process
}

func (m measurement) empty() bool { return m.failed != "" || m.MS == nil && m.Memory == nil }

func (c *comparison) measure(engine, workload string) {
	key := engine + " " + workload
	if prior := c.results[key]; len(prior) > 0 && (prior[0].empty() || prior[0].took > c.slow) {
		return // what an engine can't do, or not soon, it is asked once
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
	cmd.WaitDelay = 5 * time.Second
	start := time.Now()
	err := cmd.Run()
	m := measurement{took: time.Since(start)}
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

// value is the median of a phase over the rounds that ended well: milliseconds, or megabytes for memory. A note
// stands in for a value that is not there; single tells that only one of several rounds gave it.
func (c *comparison) value(engine, workload, phase string) (v float64, single bool, note string) {
	var values []float64
	note = "–"
	for _, m := range c.results[engine+" "+workload] {
		if m.failed != "" {
			note = m.failed
		} else if x, ok := m.MS[phase]; ok {
			values = append(values, x)
		} else if x, ok := m.Memory[phase]; ok {
			values = append(values, x/1e6)
		}
	}
	if len(values) == 0 {
		return 0, false, note
	}
	slices.Sort(values)
	return values[len(values)/2], len(values) == 1 && c.rounds > 1, ""
}

func (c *comparison) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| workload | phase | unit | %s | ratio |\n|---|---|---|%s\n", strings.Join(c.engines, " | "), strings.Repeat("--:|", len(c.engines)+1))
	for _, w := range c.workloads {
		for _, phase := range phases {
			mine, _, note := c.value(ours, w, phase)
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
				v, single, note := c.value(e, w, phase)
				if note != "" {
					b.WriteString(" " + note + " |")
					continue
				}
				mark := ""
				if single {
					mark = `\*`
				}
				b.WriteString(" " + figure(v) + mark + " |")
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
			last := list[len(list)-1]
			for i := len(list) - 1; i > 0 && last.failed != ""; i-- {
				last = list[i-1]
			}
			if p, ok := last.PerOp[phase]; ok {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", w, phase, figure(p.NS), figure(p.Bytes), figure(p.Allocs))
			}
		}
	}
	return b.String()
}
