package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"coplan/server/access"
	"coplan/server/blob"
	"coplan/server/plan"
)

// stall is how long an upload or download may stand still.
const stall = 30 * time.Second

// statusOfFile gives the HTTP status of what package blob refuses.
var statusOfFile = map[string]int{
	blob.CodeTooBig:  http.StatusRequestEntityTooLarge,
	blob.CodeType:    http.StatusUnsupportedMediaType,
	blob.CodeEmpty:   http.StatusBadRequest,
	blob.CodeName:    http.StatusBadRequest,
	blob.CodeDropped: http.StatusBadRequest,
	blob.CodeFull:    http.StatusConflict,
	blob.CodeScan:    http.StatusUnprocessableEntity,
	blob.CodeNoScan:  http.StatusServiceUnavailable,
	blob.CodeBusy:    http.StatusTooManyRequests,
	blob.CodeNoSpace: http.StatusInsufficientStorage,
	blob.CodeMissing: http.StatusNotFound,
}

func fileFailure(err error) error {
	var no *blob.Refusal
	if errors.As(err, &no) {
		return fail(statusOfFile[no.Code], no.Code, no.Message)
	}
	return err
}

// filesCaller is planCaller where the server keeps files.
func (s *site) filesCaller(c echo.Context) (caller, error) {
	cl, err := s.planCaller(c)
	if err == nil && s.cfg.Files == nil {
		err = fail(http.StatusNotFound, "not-found", "This server keeps no files.")
	}
	return cl, err
}

// fileLimits says what may be uploaded, so that a page can tell before it sends.
func (s *site) fileLimits(c echo.Context) error {
	if _, err := s.filesCaller(c); err != nil {
		return err
	}
	used, quota, err := s.cfg.Files.Used(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{
		"maxBytes": s.cfg.Files.MaxBytes(), "used": used, "quota": quota, "accepted": s.cfg.Files.Accepted(),
	})
}

// uploadFile takes the body as a file, stores it, and then puts it among the
// plan's resources in the caller's name. Nothing of a refused or interrupted
// upload stays.
func (s *site) uploadFile(c echo.Context) error {
	cl, err := s.filesCaller(c)
	if err != nil {
		return err
	}
	switch {
	case cl.Kind != access.KindLink:
		return fail(http.StatusForbidden, "forbidden", "What is added to a plan is added by a person: use a link of the plan.")
	case !cl.grant.Write:
		return fail(http.StatusForbidden, "forbidden", "Your link lets you read this plan, not add files to it.")
	}
	r, q, id := c.Request(), c.QueryParams(), c.Param("id")
	if r.ContentLength > s.cfg.Files.MaxBytes() {
		return fileFailure(s.cfg.Files.TooBig(q.Get("name")))
	}
	body := &lively{r.Body, http.NewResponseController(c.Response())}
	file, fresh, err := s.cfg.Files.Save(r.Context(), id, q.Get("name"), cl.Person().ID, body)
	if err != nil {
		// A browser that is still sending hears no answer: let it finish first.
		_, _ = io.Copy(io.Discard, io.LimitReader(body, s.cfg.Files.MaxBytes()))
		return fileFailure(err)
	}
	name, err := blob.CleanName(q.Get("name"))
	if err != nil {
		return fileFailure(err)
	}
	args, err := json.Marshal(plan.FileAddArgs{
		Resource: q.Get("resource"), Blob: file.SHA256, File: name, Mime: file.Type, Size: file.Size,
		Title: q.Get("title"), Type: q.Get("type"), Side: q.Get("side"), Node: q.Get("node"),
	})
	if err != nil {
		return err
	}
	_, seq, err := s.rooms.Command(r.Context(), cl.doc, cl.room(), plan.CommandFileAdd, args)
	if err != nil {
		var no *plan.Refusal
		if fresh && (errors.As(err, &no) || innerFailure(err) != nil) {
			if ferr := s.cfg.Files.Forget(r.Context(), id, file); ferr != nil {
				s.log.Warn("a file that could not be added stays stored", "plan", id, "err", ferr)
			}
		}
		return err
	}
	return c.JSON(http.StatusCreated, map[string]any{
		"resource": q.Get("resource"), "sha256": file.SHA256, "name": name, "size": file.Size, "type": file.Type, "seq": seq,
	})
}

// downloadFile hands out a file for saving, never for showing: what people
// upload must not act in this server's name in anyone's browser.
func (s *site) downloadFile(c echo.Context) error {
	if _, err := s.filesCaller(c); err != nil {
		return err
	}
	file, content, err := s.cfg.Files.Open(c.Request().Context(), c.Param("id"), c.Param("sha"))
	if err != nil {
		return fileFailure(err)
	}
	name := file.Name
	if asked := c.QueryParam("name"); asked != "" {
		if clean, err := blob.CleanName(asked); err == nil && blob.SameKind(clean, file.Name) {
			name = clean
		}
	}
	h := c.Response().Header()
	h.Set("Content-Type", file.Type)
	h.Set("Content-Length", strconv.FormatInt(file.Size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, no-store")
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	control := http.NewResponseController(c.Response())
	buf := make([]byte, 64<<10)
	for {
		n, rerr := content.Read(buf)
		if n > 0 {
			if err := control.SetWriteDeadline(time.Now().Add(stall)); err != nil {
				return fmt.Errorf("download: %w", err)
			}
			if _, err := c.Response().Write(buf[:n]); err != nil {
				return nil // the reader is gone
			}
		}
		if errors.Is(rerr, io.EOF) {
			return nil
		}
		if rerr != nil {
			// The length was promised: breaking off is how the reader learns of it.
			s.log.Error("a stored file can't be read whole", "plan", c.Param("id"), "sha256", file.SHA256, "err", rerr)
			panic(http.ErrAbortHandler)
		}
	}
}

// lively reads a body that may take long but not stand still.
type lively struct {
	io.ReadCloser
	control *http.ResponseController
}

func (l *lively) Read(p []byte) (int, error) {
	if err := l.control.SetReadDeadline(time.Now().Add(stall)); err != nil {
		return 0, err
	}
	n, err := l.ReadCloser.Read(p)
	if err != nil {
		// The server listens on for the client's going: not against this deadline.
		_ = l.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
