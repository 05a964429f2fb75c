package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"coplan/crdt"
	"coplan/server/access"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/room"
	"coplan/server/web"
)

const adminToken = "cp_AdminAdminAdminAdminAdmin"

// built is a front end as a build leaves it.
var built = fstest.MapFS{
	"index.html":             {Data: []byte("<!doctype html><title>Coplan</title>" + strings.Repeat("<p>hello</p>", 50))},
	"favicon.svg":            {Data: []byte("<svg/>")},
	"assets/app-abc.js":      {Data: []byte(strings.Repeat("console.log(1);", 200))},
	"assets/inter-abc.woff2": {Data: []byte("wOF2....")},
	".keep":                  {},
}

// site is the routes over a real journal.
type site struct {
	t      *testing.T
	h      http.Handler
	access *access.Store
	logs   *bytes.Buffer
}

func newSite(t *testing.T, front fs.FS, change func(*web.Config)) *site {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: t.TempDir(), Sync: journal.SyncOS, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := room.NewRegistry(room.Config{Journal: j, Commands: commands()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := rooms.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := j.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	s := &site{t: t, logs: &bytes.Buffer{}}
	s.access = access.New(access.Config{
		KV: j.KV(), NoKey: journal.ErrNoKey, Changed: journal.ErrKeyChanged, AdminToken: adminToken,
		Logger: slog.New(slog.DiscardHandler),
	})
	cfg := web.Config{
		Access: s.access, Rooms: rooms, Log: j, Front: front,
		Logger: slog.New(slog.NewTextHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	if s.h, err = web.New(cfg); err != nil {
		t.Fatal(err)
	}
	return s
}

// commands are the plan's, as the program composes them.
func commands() map[string]room.CommandSpec {
	specs := map[string]room.CommandSpec{}
	for name, spec := range plan.Commands() {
		specs[name] = room.CommandSpec{Run: func(d *crdt.Doc, tx *crdt.Tx, by room.Person, now time.Time, args json.RawMessage) (any, error) {
			return spec.Run(d, tx, plan.Person{ID: by.ID, Name: by.Name, Role: by.Role, Side: by.Side}, now, args)
		}}
	}
	// A gate is an edit of the page's; here a command makes one.
	specs["test.gate"] = room.CommandSpec{Run: func(d *crdt.Doc, tx *crdt.Tx, _ room.Person, _ time.Time, args json.RawMessage) (any, error) {
		var in struct{ Node string }
		if err := json.Unmarshal(args, &in); err != nil {
			return nil, err
		}
		node, _ := d.Map(plan.RootNodes).Map(in.Node)
		node.SetMap(tx, plan.NodeGate).Set(tx, plan.GateOn, true)
		return nil, nil
	}}
	return specs
}

func (s *site) do(method, target string, body string, header ...string) *http.Response {
	s.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequestWithContext(s.t.Context(), method, target, r)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	s.h.ServeHTTP(rec, req)
	return rec.Result()
}

func content(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type errorBody struct {
	Error struct{ Code, Message, Where string }
}

func failure(t *testing.T, res *http.Response) errorBody {
	t.Helper()
	var e errorBody
	raw := content(t, res)
	if err := json.Unmarshal([]byte(raw), &e); err != nil || e.Error.Code == "" {
		t.Fatalf("status %d: %q is not an error answer: %v", res.StatusCode, raw, err)
	}
	return e
}

func TestFrontEnd(t *testing.T) {
	s := newSite(t, built, nil)
	html := []string{"Accept", "text/html,*/*"}
	for _, c := range []struct {
		path, cache string
		status      int
		typ, holds  string
		header      []string
	}{
		{"/", "no-cache", 200, "text/html", "<!doctype", nil},
		{"/j/cp_whatever", "no-cache", 200, "text/html", "<!doctype", nil},
		{"/p/abc", "no-cache", 200, "text/html", "<!doctype", nil},
		{"/p/abc/history", "no-cache", 200, "text/html", "<!doctype", nil},
		{"/assets/app-abc.js", "public, max-age=31536000, immutable", 200, "text/javascript", "console.log", nil},
		{"/assets/inter-abc.woff2", "public, max-age=31536000, immutable", 200, "font/woff2", "wOF2", nil},
		{"/favicon.svg", "no-cache", 200, "image/svg+xml", "<svg/>", nil},
		{"/nowhere", "no-cache", 404, "text/html", "<!doctype", html},
		{"/nowhere", "", 404, "application/json", "nothing at this address", nil},
		{"/assets/gone-abc.js", "", 404, "application/json", "reload", html},
		{"/assets/../index.html", "", 404, "application/json", "", nil},
		{"/.keep", "no-cache", 404, "text/html", "<!doctype", html},
		{"/api/nowhere", "no-store", 404, "application/json", "nothing at this address", html},
	} {
		res := s.do("GET", c.path, "", c.header...)
		body := content(t, res)
		if res.StatusCode != c.status || !strings.HasPrefix(res.Header.Get("Content-Type"), c.typ) || !strings.Contains(body, c.holds) {
			t.Errorf("%s: status %d, type %q, body %.60q; want %d, %q, %q", c.path, res.StatusCode, res.Header.Get("Content-Type"), body, c.status, c.typ, c.holds)
		}
		if got := res.Header.Get("Cache-Control"); got != c.cache {
			t.Errorf("%s: Cache-Control %q, want %q", c.path, got, c.cache)
		}
	}
}

func TestFrontEndIsCompressedAndRevalidated(t *testing.T) {
	s := newSite(t, built, nil)
	plain := s.do("GET", "/assets/app-abc.js", "")
	zipped := s.do("GET", "/assets/app-abc.js", "", "Accept-Encoding", "gzip, br")
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", zipped.Header)
	}
	if plain.Header.Get("ETag") == zipped.Header.Get("ETag") {
		t.Error("two representations have one tag")
	}
	r, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil || string(got) != content(t, plain) {
		t.Errorf("uncompressed: %d bytes, %v", len(got), err)
	}
	again := s.do("GET", "/assets/app-abc.js", "", "If-None-Match", plain.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again with the tag: status %d", again.StatusCode)
	}
	head := s.do("HEAD", "/p/abc", "")
	if body := content(t, head); head.StatusCode != 200 || body != "" {
		t.Errorf("HEAD: status %d, %d bytes", head.StatusCode, len(body))
	}
}

func TestUnbuiltFrontEndSaysSo(t *testing.T) {
	s := newSite(t, fstest.MapFS{".keep": {}}, nil)
	res := s.do("GET", "/", "")
	if body := content(t, res); res.StatusCode != http.StatusNotFound || !strings.Contains(body, "make build") {
		t.Errorf("status %d: %q", res.StatusCode, body)
	}
}

func TestSecurityHeadersOnEveryAnswer(t *testing.T) {
	s := newSite(t, built, nil)
	for _, path := range []string{"/", "/j/cp_x", "/assets/app-abc.js", "/nowhere", "/api/templates", "/api/plans/x", "/healthz", "/ws/plan/x"} {
		h := s.do("GET", path, "").Header
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"script-src 'self';", "frame-ancestors 'none'", "default-src 'none'", "connect-src 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: Content-Security-Policy %q lacks %q", path, csp, want)
			}
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Strict-Transport-Security": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	behindTLS := newSite(t, built, func(c *web.Config) { c.PublicURL = "https://plans.example.com" })
	if got := behindTLS.do("GET", "/", "").Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("a server whose public address is https asks for no transport security")
	}
}

func TestBadRequestsGetASentenceAndThePlace(t *testing.T) {
	s := newSite(t, built, func(c *web.Config) { c.MaxBody = 4096 })
	admin := []string{"Authorization", "Bearer " + adminToken, "Content-Type", "application/json"}
	for _, c := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		code, where, says        string
	}{
		{"no token", "POST", "/api/plans", `{}`, []string{"Content-Type", "application/json"}, 401, "unauthenticated", "", "needs a token"},
		{"unknown token", "POST", "/api/plans", `{}`, []string{"Authorization", "Bearer cp_nope", "Content-Type", "application/json"}, 401, "unauthenticated", "", "not known"},
		{"other scheme", "GET", "/api/plans/x", "", []string{"Authorization", "Basic " + adminToken}, 401, "unauthenticated", "", "Bearer"},
		{"not JSON", "POST", "/api/plans", `title=x`, []string{"Authorization", "Bearer " + adminToken, "Content-Type", "application/x-www-form-urlencoded"}, 415, "media-type", "", "JSON"},
		{"empty body", "POST", "/api/plans", "", admin, 400, "invalid", "body", "empty"},
		{"cut body", "POST", "/api/plans", `{"title":"x"`, admin, 400, "invalid", "body", "ends in the middle"},
		{"broken body", "POST", "/api/plans", `{"title" "x"}`, admin, 400, "invalid", "body", "at byte"},
		{"two bodies", "POST", "/api/plans", `{} {}`, admin, 400, "invalid", "body", "more after"},
		{"misspelt field", "POST", "/api/plans", `{"titel":"x"}`, admin, 400, "invalid", "titel", `no field "titel"`},
		{"wrong type", "POST", "/api/plans", `{"title":5}`, admin, 400, "invalid", "title", "can't be a number"},
		{"wrong nested type", "POST", "/api/plans", `{"title":"x","anchor":{"date":{}}}`, admin, 400, "invalid", "anchor.date", "can't be a"},
		{"huge body", "POST", "/api/plans", `{"title":"` + strings.Repeat("x", 5000) + `"}`, admin, 413, "too-big", "body", "larger than 4096 bytes"},
		{"no title", "POST", "/api/plans", `{"template":"quick-start"}`, admin, 400, "invalid", "title", "title"},
		{"bad template", "POST", "/api/plans", `{"title":"x","template":"nope"}`, admin, 400, "invalid", "template", "enterprise-evaluation"},
		{"bad anchor kind", "POST", "/api/plans", `{"title":"x","template":"quick-start","anchor":{"kind":"party"}}`, admin, 400, "invalid", "anchor.kind", "party"},
		{"bad date", "POST", "/api/plans", `{"title":"x","template":"quick-start","anchor":{"date":"2027-02-30"}}`, admin, 400, "invalid", "anchor.date", "2027-02-30"},
		{"no such plan", "GET", "/api/plans/nope", "", admin, 404, "not-found", "", "no such plan"},
		{"impossible plan id", "GET", "/api/plans/a.b", "", admin, 404, "not-found", "", "document"},
		{"wrong method", "PUT", "/api/plans", `{}`, admin, 405, "method", "", "method"},
		{"self without a link", "GET", "/api/links/self", "", admin, 403, "forbidden", "", "not a person's link"},
		{"no demo", "GET", "/api/demo", "", nil, 404, "not-found", "", "without the demo"},
		{"bad limit", "GET", "/api/docs/x/history?limit=0", "", admin, 400, "invalid", "limit", "from 1 to"},
		{"bad from", "GET", "/api/docs/x/history?from=-1", "", admin, 400, "invalid", "from", "whole number"},
		{"to before from", "GET", "/api/docs/x/history?from=5&to=4", "", admin, 400, "invalid", "to", "before"},
		{"bad updates", "GET", "/api/docs/x/history?updates=yes", "", admin, 400, "invalid", "updates", "1 or 0"},
		{"bad position", "GET", "/api/docs/x/at/now", "", admin, 400, "invalid", "seq", "whole number"},
		{"a list as a body", "POST", "/api/plans", `[]`, admin, 400, "invalid", "body", "JSON object"},
		{"long document name", "GET", "/api/docs/" + strings.Repeat("x", 300), "", admin, 404, "not-found", "", "200"},
		{"API token without scopes", "POST", "/api/tokens", `{"label":"x"}`, admin, 400, "invalid", "scopes", "plans:create"},
		{"API token that expired", "POST", "/api/tokens", `{"label":"x","scopes":["docs:read"],"expires":"2001-01-01T00:00:00Z"}`, admin, 400, "invalid", "expires", "future"},
		{"API token with a bad time", "POST", "/api/tokens", `{"label":"x","scopes":["docs:read"],"expires":"tomorrow"}`, admin, 400, "invalid", "expires", "tomorrow"},
		{"no such API token", "DELETE", "/api/tokens/x", "", admin, 404, "not-found", "", "no such API token"},
		{"socket without a token", "GET", "/ws/doc/x", "", nil, 401, "unauthenticated", "", "token"},
		{"socket with an unknown token", "GET", "/ws/doc/x?token=cp_nope", "", nil, 401, "unauthenticated", "", "not known"},
	} {
		res := s.do(c.method, c.path, c.body, c.header...)
		got := failure(t, res).Error
		if res.StatusCode != c.status || got.Code != c.code || got.Where != c.where || !strings.Contains(got.Message, c.says) {
			t.Errorf("%s: status %d %+v; want %d %s at %q saying %q", c.name, res.StatusCode, got, c.status, c.code, c.where, c.says)
		}
		if last := got.Message[len(got.Message)-1]; last != '.' && last != '"' {
			t.Errorf("%s: %q is not a sentence", c.name, got.Message)
		}
		if (res.StatusCode == 401) != (res.Header.Get("WWW-Authenticate") != "") {
			t.Errorf("%s: status %d with WWW-Authenticate %q", c.name, res.StatusCode, res.Header.Get("WWW-Authenticate"))
		}
	}
	if strings.Contains(s.logs.String(), adminToken) || strings.Contains(s.logs.String(), "cp_nope") {
		t.Error("a token is in the log")
	}
}

func TestAPITokensAreLimitedToTheirScopes(t *testing.T) {
	s := newSite(t, built, nil)
	made := s.do("POST", "/api/tokens", `{"label":"clerk","scopes":["tokens:manage","docs:read"]}`, "Authorization", "Bearer "+adminToken, "Content-Type", "application/json")
	var token struct{ ID, Token string }
	if err := json.Unmarshal([]byte(content(t, made)), &token); err != nil || made.StatusCode != http.StatusCreated {
		t.Fatalf("status %d, %v", made.StatusCode, err)
	}
	clerk := []string{"Authorization", "Bearer " + token.Token, "Content-Type", "application/json"}
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/api/tokens", `{"label":"x","scopes":["docs:read"]}`, 201},
		{"POST", "/api/tokens", `{"label":"x","scopes":["docs:write"]}`, 403},
		{"POST", "/api/plans", `{"title":"x"}`, 403},
		{"GET", "/api/plans", "", 403},
		{"GET", "/api/tokens", "", 200},
		{"DELETE", "/api/tokens/" + token.ID, "", 204},
		{"GET", "/api/tokens", "", 401},
	} {
		if res := s.do(c.method, c.path, c.body, clerk...); res.StatusCode != c.status {
			t.Errorf("%s %s %s: status %d, want %d: %s", c.method, c.path, c.body, res.StatusCode, c.status, content(t, res))
		}
	}
}

// A page of another site can make a browser call a loopback server under that
// site's name; it must not get plans created or links handed out.
func TestOpenDoorsOnlyUnderALocalName(t *testing.T) {
	s := newSite(t, built, func(c *web.Config) {
		c.OpenCreate = true
		c.Demo = func() map[string]string { return map[string]string{"seller": "cp_demo"} }
	})
	for host, local := range map[string]bool{
		"127.0.0.1:8080": true, "localhost:8080": true, "LOCALHOST": true, "[::1]:8080": true, "192.168.1.5": false,
		"evil.example": false, "localhost.evil.example:8080": false, "127.0.0.1.evil.example": false,
	} {
		if res := s.do("GET", "/api/demo", "", "Host", host); (res.StatusCode == http.StatusOK) != local {
			t.Errorf("demo asked as %s: status %d", host, res.StatusCode)
		}
		// An empty title is refused after the caller was let in.
		res := s.do("POST", "/api/plans", `{}`, "Host", host, "Content-Type", "application/json")
		if (res.StatusCode == http.StatusBadRequest) != local {
			t.Errorf("plan created as %s: status %d", host, res.StatusCode)
		}
	}
	closed := newSite(t, built, nil)
	if res := closed.do("POST", "/api/plans", `{}`, "Host", "localhost", "Content-Type", "application/json"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a server that is not open: status %d", res.StatusCode)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	health := web.Health{OK: true}
	s := newSite(t, built, func(c *web.Config) {
		c.Version, c.Health = "1.2.3", func() web.Health { return health }
		c.Gauges = map[string]web.Gauge{"coplan_test_things": {Help: "Things.", Read: func() float64 { return 42 }}}
	})
	res := s.do("GET", "/healthz", "")
	if body := content(t, res); res.StatusCode != 200 || !strings.Contains(body, `"status":"ok"`) || !strings.Contains(body, "1.2.3") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	health = web.Health{Reason: "no space left", Since: time.Unix(0, 0)}
	res = s.do("GET", "/healthz", "")
	if body := content(t, res); res.StatusCode != 503 || !strings.Contains(body, `"degraded"`) || !strings.Contains(body, "no space left") || !strings.Contains(body, "1970-01-01") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	s.do("GET", "/p/some-plan", "")
	s.do("BREW", "/p/some-plan", "")
	body := content(t, s.do("GET", "/metrics", ""))
	for _, want := range []string{
		"coplan_test_things 42", `coplan_http_requests_total{method="GET",route="/p/:id",status="200"} 1`, "coplan_sockets 0", "go_goroutines",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(body, "some-plan") || strings.Contains(body, "BREW") {
		t.Error("what a client made up is a metric's label")
	}
}

func TestPanicIsAnAnswerAndALogLine(t *testing.T) {
	s := newSite(t, built, func(c *web.Config) { c.Health = func() web.Health { panic("boom") } })
	res := s.do("GET", "/healthz", "")
	if got := failure(t, res).Error; res.StatusCode != 500 || got.Code != "internal" || strings.Contains(got.Message, "boom") {
		t.Errorf("status %d, %+v", res.StatusCode, got)
	}
	if !strings.Contains(s.logs.String(), "boom") {
		t.Error("the panic is not in the log")
	}
}

func TestConfigValidate(t *testing.T) {
	if _, err := web.New(web.Config{}); err == nil {
		t.Error("an empty Config was taken")
	}
	for u, ok := range map[string]bool{
		"": true, "https://plans.example.com": true, "http://10.0.0.1:8080/": true,
		"plans.example.com": false, "ftp://x": false, "https://x/path": false, "https://user@x": false, "https://x?q": false, "https://": false,
	} {
		if err := web.CheckPublicURL(u); (err == nil) != ok {
			t.Errorf("CheckPublicURL(%q) = %v", u, err)
		}
	}
}
