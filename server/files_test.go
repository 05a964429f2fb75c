package server_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coplan/server"
)

// pdf is a file of the given size that begins as a PDF does.
func pdf(size int) []byte {
	b := make([]byte, size)
	rng := rand.NewChaCha8([32]byte{7})
	_, _ = rng.Read(b)
	copy(b, "%PDF-1.7\n")
	return b
}

func (p *program) upload(made newPlan, role string, query map[string]string, content []byte) answer {
	p.t.Helper()
	q := url.Values{}
	for k, v := range query {
		q.Set(k, v)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), "POST", p.url+"/api/plans/"+made.id+"/files?"+q.Encode(), bytes.NewReader(content))
	if err != nil {
		p.t.Fatal(err)
	}
	token := made.tokens[role]
	if role == "admin" {
		token = p.admin
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return p.send(req)
}

func (p *program) resource(made newPlan, id string) map[string]any {
	p.t.Helper()
	for _, r := range p.read(made)["resources"].([]any) {
		if r := r.(map[string]any); r["id"] == id {
			return r
		}
	}
	return nil
}

func (p *program) spooled() int {
	list, _ := filepath.Glob(filepath.Join(p.cfg.Data, "uploads", "*"))
	return len(list)
}

func TestAFileFromUploadToDownload(t *testing.T) {
	p := start(t, nil)
	made, other := p.create("enterprise-evaluation"), p.create("quick-start")
	content := pdf(1<<20 + 12345)
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])

	a := p.upload(made, "buyer", map[string]string{"name": `C:\tmp\DPA "final".pdf`, "resource": "dpa", "node": "legal-redline"}, content)
	if a.status != http.StatusCreated || a.body["sha256"] != digest || a.body["name"] != "DPA final.pdf" || a.body["type"] != "application/pdf" {
		t.Fatalf("upload: %d %s", a.status, a.raw)
	}
	r := p.resource(made, "dpa")
	if r["blob"] != digest || r["title"] != "Data processing agreement" || r["file"] != "DPA final.pdf" || r["size"] != float64(len(content)) {
		t.Errorf("the slot holds %v", r)
	}
	path := "/api/plans/" + made.id + "/files/" + digest
	for _, role := range []string{"seller", "viewer", "auditor"} {
		got := p.do("GET", path, made.tokens[role], nil)
		if got.status != http.StatusOK || got.raw != string(content) {
			t.Fatalf("%s: status %d, %d bytes", role, got.status, len(got.raw))
		}
		for name, want := range map[string]string{
			"Content-Type":                 "application/pdf",
			"Content-Disposition":          `attachment; filename="DPA final.pdf"`,
			"X-Content-Type-Options":       "nosniff",
			"Content-Security-Policy":      "sandbox; default-src 'none'",
			"Cache-Control":                "private, no-store",
			"Content-Length":               fmt.Sprint(len(content)),
			"Set-Cookie":                   "",
			"Content-Encoding":             "",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got.header.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.header.Get(name), want)
			}
		}
	}
	// Under another name of the same kind only, and one that steers no header.
	for asked, want := range map[string]string{
		"DPA signed.pdf": `attachment; filename="DPA signed.pdf"`,
		"evil.html":      `attachment; filename="DPA final.pdf"`,
		"a\r\nX: y.pdf":  `attachment; filename="aX y.pdf"`,
		"Überblick.pdf":  `attachment; filename*=utf-8''%C3%9Cberblick.pdf`,
	} {
		got := p.do("HEAD", path+"?name="+url.QueryEscape(asked), made.tokens["viewer"], nil)
		if got.header.Get("Content-Disposition") != want || got.header.Get("X") != "" {
			t.Errorf("asked for as %q: %q", asked, got.header.Get("Content-Disposition"))
		}
	}
	// Another plan's link, another plan's address, no link.
	for what, c := range map[string]struct {
		path, token string
		status      int
	}{
		"another plan's link":    {path, other.tokens["owner"], http.StatusForbidden},
		"another plan's address": {"/api/plans/" + other.id + "/files/" + digest, other.tokens["owner"], http.StatusNotFound},
		"no link":                {path, "", http.StatusUnauthorized},
		"an unknown file":        {"/api/plans/" + made.id + "/files/" + strings.Repeat("0", 64), made.tokens["viewer"], http.StatusNotFound},
	} {
		if got := p.do("GET", c.path, c.token, nil); got.status != c.status || got.sentence() == "" {
			t.Errorf("%s: %d %s", what, got.status, got.raw)
		}
	}
	// The same content again takes no more room.
	p.upload(made, "seller", map[string]string{"name": "Copy.pdf", "resource": "copy"}, content)
	limits := p.must(http.StatusOK, "GET", "/api/plans/"+made.id+"/files", made.tokens["viewer"], nil)
	if limits["used"] != float64(len(content)) || limits["maxBytes"] != float64(25<<20) {
		t.Errorf("limits: %v", limits)
	}
	if r := p.resource(made, "copy"); r["title"] != "Copy.pdf" || r["blob"] != digest {
		t.Errorf("the copy: %v", r)
	}
	history := p.do("GET", "/api/plans/"+made.id+"/history", made.tokens["seller"], nil).raw
	if !strings.Contains(history, "added the file *DPA final.pdf* as *Data processing agreement*") {
		t.Errorf("history does not tell of it: %s", history)
	}
	if n := p.spooled(); n != 0 {
		t.Errorf("%d temporary files are left", n)
	}
	p.restart(nil)
	if got := p.do("GET", path, made.tokens["viewer"], nil); got.raw != string(content) {
		t.Errorf("after a restart: status %d, %d bytes", got.status, len(got.raw))
	}
}

func TestFilesThatDoNotComeIn(t *testing.T) {
	dir := t.TempDir()
	scan := filepath.Join(dir, "scan.sh")
	script := "#!/bin/sh\nif grep -q EICAR; then exit 1; fi\nif [ -e " + dir + "/broken ]; then exit 2; fi\nif [ -e " + dir + "/slow ]; then sleep 60; fi\nexit 0\n"
	if err := os.WriteFile(scan, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	p := start(t, func(c *server.Config) {
		c.FileBytes, c.PlanFileBytes = 1<<20, 3<<20
		c.FileScan, c.FileScanFor = []string{scan}, 2*time.Second
	})
	made := p.create("quick-start")
	png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100)
	for _, c := range []struct {
		what, role, name, content string
		query                     map[string]string
		status                    int
		says                      string
	}{
		{"a viewer", "viewer", "a.txt", "words", nil, 403, "lets you read"},
		{"a token without a person", "admin", "a.txt", "words", nil, 403, "by a person"},
		{"too large", "buyer", "a.pdf", string(pdf(1<<20 + 1)), nil, 413, "larger than the 1 MiB"},
		{"nothing", "buyer", "a.pdf", "", nil, 400, "is empty"},
		{"no name", "buyer", " .. ", "words", nil, 400, "needs a name"},
		{"no ending", "buyer", "README", "words", nil, 415, "without an ending"},
		{"a page", "buyer", "a.html", "<!doctype html><script>alert(1)</script>", nil, 415, "end in .html"},
		{"a drawing with scripts", "buyer", "a.svg", "<svg onload='x'/>", nil, 415, "end in .svg"},
		{"a page that says it is text", "buyer", "a.txt", "\n  <HTML><body>", nil, 415, "not what the ending .txt says"},
		{"a drawing as a picture", "buyer", "a.png", "<svg/>", nil, 415, "not what the ending .png says"},
		{"a script as text", "buyer", "run.txt", "#!/bin/sh\nrm", nil, 415, "not what the ending"},
		{"a program", "buyer", "a.exe", "MZ\x90\x00", nil, 415, "end in .exe"},
		{"a program as a document", "buyer", "a.pdf", "MZ\x90\x00", nil, 415, "not what the ending .pdf says"},
		{"a program as text", "buyer", "a.txt", "\x7fELF\x02\x01\x01\x00", nil, 415, "not what the ending"},
		{"a document with macros", "buyer", "a.docm", "PK\x03\x04", nil, 415, "end in .docm"},
		{"an archive, unless configured", "buyer", "a.zip", "PK\x03\x04", nil, 415, "end in .zip"},
		{"a picture as a document", "buyer", "a.docx", png, nil, 415, "not what the ending .docx says"},
		{"something harmful", "buyer", "a.txt", "X5O EICAR test", nil, 422, "harmful"},
		{"a step that is not there", "buyer", "b.txt", "words", map[string]string{"node": "gone"}, 404, "no longer in the plan"},
		{"an odd id", "buyer", "b.txt", "words", map[string]string{"resource": "a/b"}, 400, "is not usable"},
	} {
		t.Run(c.what, func(t *testing.T) {
			query := map[string]string{"name": c.name, "resource": "r1"}
			for k, v := range c.query {
				query[k] = v
			}
			a := p.upload(made, c.role, query, []byte(c.content))
			if a.status != c.status || !strings.Contains(a.sentence(), c.says) {
				t.Errorf("answer %d %s, want %d %q", a.status, a.raw, c.status, c.says)
			}
			if r := p.resource(made, "r1"); r != nil {
				t.Errorf("a resource came of it: %v", r)
			}
		})
	}
	for mark, says := range map[string]string{"broken": "could not be scanned", "slow": "could not be scanned"} {
		if err := os.WriteFile(filepath.Join(dir, mark), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if a := p.upload(made, "buyer", map[string]string{"name": "a.txt", "resource": "r1"}, []byte("words")); a.status != 503 || !strings.Contains(a.sentence(), says) {
			t.Errorf("a %s scan: %d %s", mark, a.status, a.raw)
		}
		if err := os.Remove(filepath.Join(dir, mark)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 { // fits, fits, fits; the plan's share is full then
		content := pdf(1 << 20)
		content[100] = byte(i)
		if a := p.upload(made, "buyer", map[string]string{"name": "a.pdf", "resource": fmt.Sprint("f", i)}, content); a.status != 201 {
			t.Fatalf("file %d: %d %s", i, a.status, a.raw)
		}
	}
	if a := p.upload(made, "buyer", map[string]string{"name": "one.png", "resource": "r1"}, []byte(png)); a.status != 409 || !strings.Contains(a.sentence(), "3 MiB") {
		t.Errorf("beyond the plan's share: %d %s", a.status, a.raw)
	}
	limits := p.must(http.StatusOK, "GET", "/api/plans/"+made.id+"/files", made.tokens["viewer"], nil)
	if limits["used"] != float64(3<<20) {
		t.Errorf("refused files take room: %v", limits)
	}
	if n := p.spooled(); n != 0 {
		t.Errorf("%d temporary files are left", n)
	}
}

// A connection that drops in the middle leaves nothing: no resource, no file, no
// bytes of the plan's share.
func TestUploadThatBreaksOff(t *testing.T) {
	p := start(t, nil)
	made := p.create("quick-start")
	content := pdf(2 << 20)
	for _, sent := range []int{0, 10, 4000, 5000, 1 << 20} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /api/plans/%s/files?name=a.pdf&resource=r1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n",
			made.id, made.tokens["buyer"], len(content))
		if _, err := conn.Write(content[:sent]); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		said, _ := io.ReadAll(conn)
		if !strings.Contains(string(said), "interrupted") {
			t.Errorf("after %d bytes: %s", sent, said)
		}
		conn.Close()
	}
	if r := p.resource(made, "r1"); r != nil || p.spooled() != 0 {
		t.Errorf("left behind: %v, %d temporary files", r, p.spooled())
	}
	limits := p.must(http.StatusOK, "GET", "/api/plans/"+made.id+"/files", made.tokens["viewer"], nil)
	if limits["used"] != float64(0) {
		t.Errorf("used: %v", limits)
	}
	if a := p.upload(made, "buyer", map[string]string{"name": "a.pdf", "resource": "r1"}, content); a.status != 201 {
		t.Errorf("again, whole: %d %s", a.status, a.raw)
	}
}
