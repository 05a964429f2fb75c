package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// front serves the built browser application from memory.
type front struct {
	files map[string]*file // by path without the leading slash
}

type file struct {
	body    []byte
	gzipped []byte // nil when it would not be smaller
	typ     string // Content-Type
	tag     string // ETag
}

// loadFront reads the whole front end (a few megabytes) and compresses it
// once, so that serving is a map look-up.
func loadFront(fsys fs.FS) (*front, error) {
	f := &front{files: make(map[string]*file)}
	if fsys == nil {
		return f, nil
	}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f.files[name] = newFile(name, body)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the front end: %w", err)
	}
	return f, nil
}

func newFile(name string, body []byte) *file {
	sum := sha256.Sum256(body)
	f := &file{body: body, typ: contentType(name), tag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	if strings.HasPrefix(f.typ, "text/") || strings.Contains(f.typ, "json") || strings.Contains(f.typ, "svg") {
		var buf bytes.Buffer
		w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // a known level: no error
		_, werr := w.Write(body)
		if errors.Join(werr, w.Close()) == nil && buf.Len() < len(body) {
			f.gzipped = buf.Bytes()
		}
	}
	return f
}

// contentType does not ask the machine's own tables first, which differ
// between machines and turn scripts into text/plain on some.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if typ := mime.TypeByExtension(path.Ext(name)); typ != "" {
		return typ
	}
	return "application/octet-stream"
}

// page answers with the application itself, which shows what the address asks
// for. It changes nothing: mail scanners open links.
func (s *site) page(c echo.Context) error { return s.index(c, http.StatusOK) }

// asset answers with a file whose name changes with its content.
func (s *site) asset(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean(c.Request().URL.Path), "/")
	f, ok := s.front.files[name]
	if !ok || !strings.HasPrefix(name, "assets/") {
		return fail(http.StatusNotFound, "not-found", "There is no such file. The page may be from before an update: reload it.")
	}
	c.Response().Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return serveFile(c, f, http.StatusOK)
}

// other answers for files at the top (icon, manifest) and, for a person's
// browser at any other address, with the application, which says that there is
// nothing here.
func (s *site) other(c echo.Context) error {
	p := c.Request().URL.Path
	if f, ok := s.front.files[strings.TrimPrefix(path.Clean(p), "/")]; ok && path.Base(p) != "index.html" {
		c.Response().Header().Set("Cache-Control", "no-cache")
		return serveFile(c, f, http.StatusOK)
	}
	if strings.HasPrefix(p, "/api/") || !strings.Contains(c.Request().Header.Get("Accept"), "text/html") {
		return echo.ErrNotFound
	}
	return s.index(c, http.StatusNotFound)
}

func (s *site) index(c echo.Context, status int) error {
	c.Response().Header().Set("Cache-Control", "no-cache")
	f, ok := s.front.files["index.html"]
	if !ok {
		return c.String(http.StatusNotFound, "The front end is not built into this server. Run \"make build\" and start it again. The API and the sockets work.\n")
	}
	return serveFile(c, f, status)
}

func serveFile(c echo.Context, f *file, status int) error {
	h := c.Response().Header()
	h.Set("Content-Type", f.typ)
	h.Set("ETag", f.tag)
	h.Add("Vary", "Accept-Encoding")
	body := f.body
	if f.gzipped != nil && strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		// A tag names one representation: the compressed bytes are another.
		h.Set("ETag", strings.TrimSuffix(f.tag, `"`)+`-gz"`)
		body = f.gzipped
	}
	if status != http.StatusOK {
		return c.Blob(status, f.typ, body)
	}
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, bytes.NewReader(body))
	return nil
}
