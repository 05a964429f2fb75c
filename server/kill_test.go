package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server/journal"
)

const (
	kills   = 10
	writers = 4 // with numbered edits, hence with acks
	stocks  = 2 // as stock clients, who only watch and write
)

// The real program, killed without warning under load, has after each restart
// every edit it acknowledged and every edit that anyone else had seen.
//
// Each edit sets a key of its own. Clients of one round are thrown away at its
// end, so that nothing is there afterwards because somebody sent it again.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	binary, data := built(t), filepath.Join(t.TempDir(), "data")

	owed := map[string]string{} // key → why it has to be there
	acks, seen := 0, 0
	for round := range kills {
		proc := launch(t, binary, data)
		expectAll(t, proc, owed, round)
		promised := proc.load(t, round, time.Duration(600+random.IntN(900))*time.Millisecond)
		for key, why := range promised {
			owed[key] = why
			if why == "acknowledged" {
				acks++
			} else {
				seen++
			}
		}
	}
	proc := launch(t, binary, data)
	expectAll(t, proc, owed, kills)
	proc.stop(t)
	if acks < 20*kills || seen < kills {
		t.Errorf("too little happened: %d edits acknowledged, %d more only seen by others", acks, seen)
	}
	t.Logf("%d kills: %d edits acknowledged and %d more seen by others, all there", kills, acks, seen)

	checkLog(t, data, owed)
}

var builtOne atomic.Bool

var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "coplan-test-")
	if err != nil {
		return "", err
	}
	builtOne.Store(true)
	binary := filepath.Join(dir, "coplan")
	if out, err := exec.Command("go", "build", "-o", binary, "coplan/cmd/coplan").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

// built is the real program, built once for all tests.
func built(t *testing.T) string {
	t.Helper()
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func TestMain(m *testing.M) {
	code := m.Run()
	if builtOne.Load() {
		if binary, err := buildOnce(); err == nil {
			_ = os.RemoveAll(filepath.Dir(binary))
		}
	}
	os.Exit(code)
}

// process is the real program running.
type process struct {
	cmd   *exec.Cmd
	url   string
	token string
	ended chan error
}

func launch(t *testing.T, binary, data string) *process {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, "serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, ended: make(chan error, 1)}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	url := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, u, ok := strings.Cut(lines.Text(), "http://"); ok && strings.HasPrefix(lines.Text(), "Coplan is at") {
				url <- "http://" + u
			}
		}
		p.ended <- cmd.Wait()
	}()
	select {
	case p.url = <-url:
	case err := <-p.ended:
		t.Fatalf("the program ended at its start: %v", err)
	case <-time.After(30 * time.Second):
		t.Fatal("the program said nothing in 30 s")
	}
	raw, err := os.ReadFile(filepath.Join(data, "admin.token"))
	if err != nil {
		t.Fatal(err)
	}
	p.token = strings.TrimSpace(string(raw))
	return p
}

// stop asks the program to end and expects that it does so well.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			t.Errorf("after an interrupt the program ended with %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the program did not end in 30 s after an interrupt")
	}
}

const killDoc = "doc/kill"

// load has clients write for a while, kills the program in the middle of it,
// and returns what it owes.
func (p *process) load(t *testing.T, round int, span time.Duration) map[string]string {
	t.Helper()
	clients := make([]*client, writers+stocks)
	for i := range clients {
		c, err := join(t, p.url, killDoc, p.token, i >= writers)
		if err != nil {
			t.Fatal(err)
		}
		clients[i] = c
	}
	for _, c := range clients {
		c.wait("the first sync", func() bool { return c.synced })
	}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for i, c := range clients {
		wg.Go(func() {
			for n := uint64(1); ; n++ {
				select {
				case <-stop:
					return
				case <-c.done:
					return
				default:
				}
				c.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map("keys").Set(tx, killKey(round, i, n), n) })
				// Sometimes a burst, mostly a person's pace on a good day.
				if n%7 != 0 {
					time.Sleep(time.Duration(1+(int(n)*(i+3))%5) * time.Millisecond)
				}
			}
		})
	}
	time.Sleep(span)
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.ended
	close(stop)
	wg.Wait()
	for _, c := range clients {
		<-c.done
	}

	promised := map[string]string{}
	for i, c := range clients {
		for _, key := range c.doc.Map("keys").Keys() {
			var r, author, n int
			if _, err := fmt.Sscanf(key, "r%d-c%d-%d", &r, &author, &n); err != nil {
				t.Fatal(err)
			}
			if r == round && author != i {
				promised[key] = fmt.Sprintf("seen by client %d", i)
			}
		}
	}
	for i, c := range clients[:writers] {
		for n := uint64(1); n <= c.acked; n++ {
			promised[killKey(round, i, n)] = "acknowledged"
		}
	}
	return promised
}

func killKey(round, client int, n uint64) string { return fmt.Sprintf("r%d-c%d-%d", round, client, n) }

// expectAll asks the freshly started program, before anyone connects, whether
// it has everything it owes.
func expectAll(t *testing.T, p *process, owed map[string]string, round int) {
	t.Helper()
	if round == 0 {
		return
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", p.url+"/api/docs/kill", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var got struct {
		Content struct{ Keys map[string]any }
	}
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("after kill %d: status %d, %v", round, res.StatusCode, err)
	}
	lost := 0
	for key, why := range owed {
		if _, ok := got.Content.Keys[key]; ok {
			continue
		}
		if lost++; lost <= 5 {
			t.Errorf("after kill %d: %s is lost; it was %s", round, key, why)
		}
	}
	if lost > 0 {
		t.Fatalf("after kill %d: %d of %d edits are lost", round, lost, len(owed))
	}
}

// checkLog reads the log itself: every entry decodes, none is missing or there
// twice, and together they hold what was owed.
func checkLog(t *testing.T, data string, owed map[string]string) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: data})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := j.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	d, next := crdt.New(crdt.Options{}), uint64(0)
	for s, err := range j.Read(t.Context(), killDoc, 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Ordinal != next {
			t.Fatalf("entry %d follows entry %d", s.Ordinal, next)
		}
		next++
		if known, err := d.Contains(s.Update); err != nil || known {
			t.Errorf("entry %d brings nothing new (%v)", s.Ordinal, err)
		}
		if err := d.ApplyUpdate(s.Update, nil); err != nil {
			t.Fatalf("entry %d: %v", s.Ordinal, err)
		}
	}
	for key := range owed {
		if !d.Map("keys").Has(key) {
			t.Fatalf("%s is not in the log", key)
		}
	}
	if next == 0 {
		t.Error("the log is empty")
	}
}

// While a program runs, its data is its own; once it is killed, anyone's.
func TestKilledProgramLeavesNoLock(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary, data := built(t), filepath.Join(t.TempDir(), "data")
	first := launch(t, binary, data)

	second := exec.CommandContext(t.Context(), binary, "serve", "--listen", "127.0.0.1:0", "--data", data)
	out, err := second.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "in use by another coplan") {
		t.Errorf("a second program over the same data: %v\n%s", err, out)
	}
	replay := exec.CommandContext(t.Context(), binary, "replay", "--data", data, "nope")
	out, err = replay.CombinedOutput()
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "--url") {
		t.Errorf("replay beside a running server: %v\n%s", err, out)
	}
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.ended
	if conn, err := net.Dial("tcp", strings.TrimPrefix(first.url, "http://")); err == nil {
		conn.Close()
		t.Error("a killed program still answers")
	}
	launch(t, binary, data).stop(t)
}
