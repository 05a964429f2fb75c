package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"coplan/server"
)

// program is a whole server on a port of its own.
type program struct {
	t     *testing.T
	srv   *server.Server
	url   string
	admin string
	cfg   server.Config
	logs  *logBuffer
}

// logBuffer takes what a server logs.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

var tokenShape = regexp.MustCompile(`cp_[0-9A-Za-z]{20,}`)

// start runs a server until the test ends. Every test that uses it also checks
// that no token was ever logged, at the most talkative level.
func start(t *testing.T, change func(*server.Config)) *program {
	t.Helper()
	logs := &logBuffer{}
	cfg := server.Config{
		Listen: "127.0.0.1:0",
		Data:   t.TempDir(),
		Logger: slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	p := &program{t: t, cfg: cfg, logs: logs}
	t.Cleanup(func() {
		p.stop()
		if found := tokenShape.FindString(logs.String()); found != "" {
			t.Errorf("a token is in the log: %s", found)
		}
		if t.Failed() && !testing.Short() {
			t.Logf("log of the server:\n%s", tail(logs.String(), 12_000))
		}
	})
	p.run()
	return p
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

func (p *program) run() {
	p.t.Helper()
	srv, err := server.New(p.cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := srv.Start(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	p.srv, p.url, p.admin = srv, srv.URL(), srv.AdminToken()
}

func (p *program) stop() {
	p.t.Helper()
	if p.srv == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), 20*time.Second)
	defer cancel()
	if err := p.srv.Shutdown(ctx); err != nil {
		p.t.Errorf("shutdown: %v", err)
	}
	p.srv = nil
}

// restart stops the server and starts it anew over the same data.
func (p *program) restart(change func(*server.Config)) {
	p.t.Helper()
	p.stop()
	if change != nil {
		change(&p.cfg)
	}
	p.run()
}

// answer is an HTTP answer; body holds its JSON if it was a JSON object.
type answer struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

// sentence is the message for people in an error answer.
func (a answer) sentence() string {
	e, _ := a.body["error"].(map[string]any)
	s, _ := e["message"].(string)
	return s
}

func (a answer) where() string {
	e, _ := a.body["error"].(map[string]any)
	s, _ := e["where"].(string)
	return s
}

func (p *program) do(method, path, token string, body any) answer {
	p.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		r = strings.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, r)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return p.send(req)
}

func (p *program) send(req *http.Request) answer {
	p.t.Helper()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body) // not an object: body stays nil
	return a
}

// must is do for a call that has to succeed.
func (p *program) must(status int, method, path, token string, body any) map[string]any {
	p.t.Helper()
	a := p.do(method, path, token, body)
	if a.status != status {
		p.t.Fatalf("%s %s: status %d, want %d: %s", method, path, a.status, status, a.raw)
	}
	return a.body
}

// newPlan is a plan with the token of each link.
type newPlan struct {
	id     string
	tokens map[string]string // by role
}

func (p *program) create(template string) newPlan {
	p.t.Helper()
	body := p.must(http.StatusCreated, "POST", "/api/plans", p.admin, map[string]any{"title": "Acme rollout", "template": template})
	plan := newPlan{id: body["id"].(string), tokens: map[string]string{}}
	for role, link := range body["links"].(map[string]any) {
		token, ok := strings.CutPrefix(link.(string), p.url+"/j/")
		if !ok {
			p.t.Fatalf("the %s link is %q, want it to start with %s/j/", role, link, p.url)
		}
		plan.tokens[role] = token
	}
	return plan
}

func (p *program) read(plan newPlan) map[string]any {
	p.t.Helper()
	return p.must(http.StatusOK, "GET", "/api/plans/"+plan.id, plan.tokens["viewer"], nil)
}
