package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coplan/crdt"
	"coplan/server"
)

// Each way a start can fail is told in a sentence with the thing it is about,
// and leaves nothing open.
func TestStartFailures(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	badToken := t.TempDir()
	if err := os.WriteFile(filepath.Join(badToken, "admin.token"), []byte("oops"), 0o600); err != nil {
		t.Fatal(err)
	}
	running := start(t, nil)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := free.Addr().String()
	free.Close()

	for _, c := range []struct {
		name string
		cfg  server.Config
		says []string
	}{
		{"port in use", server.Config{Listen: taken.Addr().String()}, []string{taken.Addr().String(), "in use", "--listen"}},
		{"foreign address", server.Config{Listen: "192.0.2.1:0"}, []string{"192.0.2.1", "not an address of this machine"}},
		{"data below a file", server.Config{Data: filepath.Join(file, "data")}, []string{file, "not a directory"}},
		{"data is a file", server.Config{Data: file}, []string{file, "not a directory"}},
		{"data where nothing can be made", server.Config{Data: "/proc/coplan"}, []string{"/proc/coplan", "can't be made"}},
		{"data where nothing can be written", server.Config{Data: "/proc/self"}, []string{"/proc/self", "can't be written"}},
		{"data in use", server.Config{Data: running.cfg.Data}, []string{running.cfg.Data, "in use by another coplan"}},
		{"damaged admin token", server.Config{Data: badToken}, []string{filepath.Join(badToken, "admin.token"), "no valid token"}},
		{"nobody at the NATS address", server.Config{NATSURL: "nats://user:secret@" + nobody}, []string{nobody, "can't be reached"}},
	} {
		c.cfg.Logger = slog.New(slog.DiscardHandler)
		if c.cfg.Listen == "" {
			c.cfg.Listen = "127.0.0.1:0"
		}
		if c.cfg.Data == "" {
			c.cfg.Data = t.TempDir()
		}
		srv, err := server.New(c.cfg)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		began := time.Now()
		err = srv.Start(t.Context())
		if err == nil {
			t.Errorf("%s: it started", c.name)
			_ = srv.Shutdown(context.WithoutCancel(t.Context()))
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", c.name, err, want)
			}
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: a password is in %q", c.name, err)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("%s: it took %v to say so", c.name, took)
		}
	}
	if _, err := net.Dial("tcp", running.srv.Addr()); err != nil {
		t.Errorf("the running server was disturbed: %v", err)
	}
}

func TestConfigRefusals(t *testing.T) {
	for want, cfg := range map[string]server.Config{
		"HOST:PORT":             {Listen: "8080"},
		"fsync":                 {Durability: "maybe"},
		"http://":               {PublicURL: "plans.example.com"},
		"scheme and host":       {PublicURL: "https://plans.example.com/coplan"},
		"external NATS":         {Replicas: 3},
		"1 to 5":                {Replicas: 9, NATSURL: "nats://x"},
		"empty part":            {NATSURL: "nats://a,,nats://b"},
		"must not be negative":  {IdleAfter: -1},
		"must not be negative ": {SnapshotEvery: -1},
	} {
		if _, err := server.New(cfg); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%+v: %v, want %q", cfg, err, want)
		}
	}
	if _, err := server.New(server.Config{}); err != nil {
		t.Errorf("the zero Config: %v", err)
	}
}

func TestRedactURL(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"nats://a:4222":         "nats://a:4222",
		"nats://u:p@a:4222":     "nats://…@a:4222",
		"nats://u:p@a,b@c":      "nats://…@a,…@c",
		"nats://u:p@ss@a:4222,": "nats://…@a:4222,",
	} {
		if got := server.RedactURL(in); got != want {
			t.Errorf("RedactURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDemoIsSeededOnce(t *testing.T) {
	p := start(t, func(c *server.Config) { c.Demo = true })
	links := p.srv.DemoLinks()
	if len(links) != 4 {
		t.Fatalf("links %v, want seller, buyer, champion and auditor", links)
	}
	shown := p.must(200, "GET", "/api/demo", "", nil)["links"].(map[string]any)
	for role, link := range links {
		if shown[role] != link {
			t.Errorf("the %s link is shown as %v, printed as %s", role, shown[role], link)
		}
		token := strings.TrimPrefix(link, p.url+"/j/")
		self := p.must(200, "GET", "/api/links/self", token, nil)
		if self["role"] != role || self["name"] == "" || self["joined"] != true {
			t.Errorf("the %s link: %v", role, self)
		}
	}
	token := strings.TrimPrefix(links["auditor"], p.url+"/j/")
	history := p.must(200, "GET", "/api/plans/demo/history?limit=1000", token, nil)
	entries := history["entries"].([]any)
	sides := map[any]bool{}
	for _, e := range entries {
		sides[e.(map[string]any)["actor"].(map[string]any)["side"]] = true
	}
	if len(entries) < 50 || !sides["seller"] || !sides["buyer"] {
		t.Errorf("%d entries by sides %v do not look lived-in", len(entries), sides)
	}
	buyer := connect(t, p.url, "plan/demo", strings.TrimPrefix(links["champion"], p.url+"/j/"))
	buyer.edit(func(d *crdt.Doc, tx *crdt.Tx) { d.Map("meta").Set(tx, "title", "Ours now") })
	buyer.saved()

	p.restart(nil)
	for role, link := range p.srv.DemoLinks() {
		if path := strings.TrimPrefix(link, p.url); !strings.HasSuffix(links[role], path) {
			t.Errorf("after a restart the %s link is %s, was %s", role, link, links[role])
		}
	}
	again := p.must(200, "GET", "/api/plans/demo/history?limit=1000", token, nil)["entries"].([]any)
	if len(again) != len(entries)+1 {
		t.Errorf("after a restart there are %d entries, want %d and the edit", len(again), len(entries))
	}
	if view := p.must(200, "GET", "/api/plans/demo", token, nil); view["title"] != "Ours now" {
		t.Errorf("the demo was written over: title %v", view["title"])
	}

	p.restart(func(c *server.Config) { c.Demo = false })
	if a := p.do("GET", "/api/demo", "", nil); a.status != http.StatusNotFound {
		t.Errorf("without --demo: status %d", a.status)
	}
}

func TestOpenCreationOnLoopback(t *testing.T) {
	body := map[string]any{"title": "Walk-in", "template": "quick-start"}
	p := start(t, nil)
	made := p.must(201, "POST", "/api/plans", "", body)
	if len(made["links"].(map[string]any)) != 6 {
		t.Errorf("links: %v", made["links"])
	}
	closed := false
	p.restart(func(c *server.Config) { c.Open = &closed })
	if a := p.do("POST", "/api/plans", "", body); a.status != http.StatusUnauthorized {
		t.Errorf("a closed server: status %d", a.status)
	}
	p.restart(func(c *server.Config) { c.Open, c.PublicURL = nil, "https://plans.example.com" })
	p.url = fmt.Sprintf("http://%s", p.srv.Addr())
	if a := p.do("POST", "/api/plans", "", body); a.status != http.StatusUnauthorized {
		t.Errorf("a server behind a public name: status %d", a.status)
	}
	made = p.must(201, "POST", "/api/plans", p.admin, body)
	if link := made["links"].(map[string]any)["buyer"].(string); !strings.HasPrefix(link, "https://plans.example.com/j/cp_") {
		t.Errorf("link %s", link)
	}
	// The selling side's links create plans, anybody else's do not.
	for role, want := range map[string]int{"owner": http.StatusCreated, "seller": http.StatusCreated, "champion": http.StatusForbidden, "buyer": http.StatusForbidden, "viewer": http.StatusForbidden} {
		link := made["links"].(map[string]any)[role].(string)
		if a := p.do("POST", "/api/plans", link[len("https://plans.example.com/j/"):], body); a.status != want {
			t.Errorf("a link as %s creates plans: status %d, want %d", role, a.status, want)
		}
	}
}
