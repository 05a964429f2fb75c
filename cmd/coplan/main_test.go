package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// output takes what a command writes while it runs.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func coplan(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs output
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	code = run(ctx, args, &out, &errs)
	return code, out.String(), errs.String()
}

// What is wrong with a command line is said in a sentence; mistakes in it give
// 2, failures to do what it asks give 1.
func TestMistakes(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	for _, c := range []struct {
		name string
		env  string
		args []string
		code int
		says string
	}{
		{"unknown command", "", []string{"fly"}, 2, `unknown command "fly"`},
		{"unknown flag", "", []string{"serve", "--fly"}, 2, "unknown flag: --fly"},
		{"flag without value", "", []string{"serve", "--data"}, 2, "needs an argument"},
		{"argument too many", "", []string{"serve", "now"}, 2, `"now" is one argument too many`},
		{"bad durability", "", []string{"serve", "--durability", "hope"}, 2, "fsync"},
		{"bad address", "", []string{"serve", "--listen", "8080"}, 2, "HOST:PORT"},
		{"bad public URL", "", []string{"serve", "--public-url", "plans"}, 2, "http://"},
		{"bad open", "", []string{"serve", "--open", "maybe"}, 2, "yes, no or auto"},
		{"bad log level", "", []string{"serve", "--log-level", "loud"}, 2, "debug, info, warn or error"},
		{"bad environment", "COPLAN_DEMO=perhaps", []string{"serve"}, 2, "COPLAN_DEMO"},
		{"bad environment of another kind", "COPLAN_DURABILITY=hope", []string{"serve"}, 2, "hope"},
		{"plan missing", "", []string{"replay"}, 2, "PLAN is missing"},
		{"position not a number", "", []string{"replay", "p", "--at", "yesterday"}, 2, "yesterday"},
		{"port in use", "", []string{"serve", "--listen", taken.Addr().String(), "--data", empty}, 1, "in use by another program"},
		{"data below a file", "", []string{"serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(file, "x")}, 1, "not a directory"},
		{"nothing to replay", "", []string{"replay", "p", "--data", filepath.Join(empty, "none")}, 1, "there is no data directory"},
		{"no such plan", "", []string{"replay", "p", "--data", empty}, 1, "there is no document plan/p"},
		{"no such name", "", []string{"replay", "pad/x", "--data", empty}, 1, "neither a plan's id nor"},
		{"no server to ask", "", []string{"replay", "p", "--url", "http://" + unusedAddress(t), "--token", "cp_x"}, 1, "can't be reached"},
		{"a bad server address", "", []string{"replay", "p", "--url", "localhost", "--token", "cp_x"}, 1, "http://127.0.0.1:8080"},
		{"no token for the server", "", []string{"replay", "p", "--url", "http://x", "--data", filepath.Join(empty, "none")}, 1, "no admin token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if name, val, ok := strings.Cut(c.env, "="); ok {
				t.Setenv(name, val)
			}
			code, stdout, stderr := coplan(t, c.args...)
			if code != c.code || !strings.Contains(stderr, c.says) {
				t.Errorf("exit code %d, %q; want %d, saying %q", code, stderr, c.code, c.says)
			}
			if stdout != "" {
				t.Errorf("standard output: %q", stdout)
			}
			if !strings.HasPrefix(stderr, "coplan: ") && c.code == 2 {
				t.Errorf("standard error: %q", stderr)
			}
		})
	}
}

func unusedAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestVersionAndHelp(t *testing.T) {
	if code, stdout, _ := coplan(t, "version"); code != 0 || !strings.HasPrefix(stdout, "coplan dev ") {
		t.Errorf("version: %d, %q", code, stdout)
	}
	if code, stdout, _ := coplan(t); code != 0 || !strings.Contains(stdout, "serve") || !strings.Contains(stdout, "replay") {
		t.Errorf("bare: %d, %q", code, stdout)
	}
	if code, stdout, _ := coplan(t, "serve", "--help"); code != 0 || !strings.Contains(stdout, "--durability") {
		t.Errorf("help: %d, %q", code, stdout)
	}
}

// serving runs "coplan serve" until stop is called, which answers its exit
// code.
func serving(t *testing.T, args ...string) (out *output, url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	out = &output{}
	errs := &output{}
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, append([]string{"serve"}, args...), out, errs) }()
	stop = func() int {
		cancel()
		select {
		case code := <-ended:
			ended <- code // for a second call
			return code
		case <-time.After(30 * time.Second):
			t.Fatal("serve did not end in 30 s")
			return -1
		}
	}
	t.Cleanup(func() { stop() })
	at := regexp.MustCompile(`(?m)^Coplan is at +(http://\S+)$`)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if m := at.FindStringSubmatch(out.String()); m != nil {
			return out, m[1], stop
		}
		select {
		case code := <-ended:
			t.Fatalf("serve ended with %d: %s", code, errs.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("serve did not say where it is: %q", out.String())
		}
	}
}

func TestServeAndReplay(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	t.Setenv("COPLAN_DATA", data)
	t.Setenv("COPLAN_DEMO", "true")
	t.Setenv("COPLAN_LISTEN", "192.0.2.1:1") // not ours: the flag has to win
	out, url, stop := serving(t, "--listen", "127.0.0.1:0", "--durability", "os")

	for _, want := range []string{"Durability          os:", filepath.Join(data, "admin.token")} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the greeting lacks %q:\n%s", want, out)
		}
	}
	for _, role := range []string{"seller", "buyer", "champion", "auditor"} {
		if !regexp.MustCompile(`(?m)^  ` + role + ` +` + url + `/j/cp_\w{24}$`).MatchString(out.String()) {
			t.Errorf("no link for the %s:\n%s", role, out)
		}
	}
	if res, err := http.Get(url + "/healthz"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("healthz: %v, %v", res, err)
	}

	// While it runs, replay asks it when told so, and says so otherwise.
	code, live, stderr := coplan(t, "replay", "demo", "--url", url)
	if code != 0 {
		t.Fatalf("replay by URL: %d, %s", code, stderr)
	}
	var now struct{ Seq uint64 }
	if err := json.Unmarshal([]byte(live), &now); err != nil || now.Seq == 0 {
		t.Fatalf("replay by URL: %v, seq %d", err, now.Seq)
	}
	at := []string{"replay", "demo", "--at", "20"}
	code, liveThen, stderr := coplan(t, append(at, "--url", url)...)
	if code != 0 || liveThen == live {
		t.Errorf("replay by URL at 20: %d, %s, same as now: %v", code, stderr, liveThen == live)
	}
	if code, _, stderr := coplan(t, "replay", "demo"); code != 1 || !strings.Contains(stderr, "--url") || !strings.Contains(stderr, data) {
		t.Errorf("replay beside the server: %d, %s", code, stderr)
	}
	if code, _, stderr := coplan(t, "replay", "demo", "--url", url, "--token", "cp_wrong"); code != 1 || !strings.Contains(stderr, "not known") {
		t.Errorf("replay with a wrong token: %d, %s", code, stderr)
	}

	if code := stop(); code != 0 {
		t.Errorf("serve ended with %d", code)
	}
	if !strings.Contains(out.String(), "Stopped") {
		t.Errorf("no last word:\n%s", out)
	}

	// Stopped, the same comes from the directory.
	if code, stdout, stderr := coplan(t, "replay", "demo"); code != 0 || stdout != live {
		t.Errorf("replay from the directory: %d, %s; the same as live: %v", code, stderr, stdout == live)
	}
	if code, stdout, stderr := coplan(t, at...); code != 0 || stdout != liveThen {
		t.Errorf("replay from the directory at 20: %d, %s; the same as live: %v", code, stderr, stdout == liveThen)
	}
	if code, _, stderr := coplan(t, "replay", "demo", "--at", "999999"); code != 1 || !strings.Contains(stderr, "999999") {
		t.Errorf("replay of the future: %d, %s", code, stderr)
	}
}
