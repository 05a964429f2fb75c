package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"coplan/server/access"
	"coplan/server/journal"
	"coplan/server/plan"
	"coplan/server/replay"
	"coplan/server/room"
)

// failure is an answer that is not a success: a status, a code for programs, a
// sentence for people, and where in the request the cause lies.
type failure struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Where   string `json:"where,omitempty"`
}

func (f *failure) Error() string { return f.Message }

func fail(status int, code, message string) *failure {
	return &failure{Status: status, Code: code, Message: message}
}

func failField(field, message string) *failure {
	return &failure{Status: http.StatusBadRequest, Code: "invalid", Message: message, Where: field}
}

var (
	errNoToken = fail(http.StatusUnauthorized, "unauthenticated",
		"This needs a token. Send the one from your link as \"Authorization: Bearer …\".")
	errNoPlan = fail(http.StatusNotFound, "not-found", "There is no such plan, or this link does not lead to it.")
)

// toFailure puts any error into words fit for the one who asked. Errors nobody
// expected become a 500 that says nothing of the inside; known is false for
// them, and they belong in the log.
func toFailure(err error) (f *failure, known bool) {
	var field *access.FieldError
	var he *echo.HTTPError
	switch {
	case errors.As(err, &f):
		return f, true
	case errors.As(err, &field):
		return failField(field.Field, field.Reason), true
	case errors.Is(err, access.ErrUnknown):
		return fail(http.StatusUnauthorized, "unauthenticated", "This link or token is not known here. Check that it was copied whole."), true
	case errors.Is(err, access.ErrExpired):
		return fail(http.StatusUnauthorized, "expired", "This link has expired. Ask whoever sent it for a new one."), true
	case errors.Is(err, access.ErrRevoked):
		return fail(http.StatusUnauthorized, "revoked", "This link was withdrawn. Ask whoever sent it for a new one."), true
	case errors.As(err, &he):
		return httpFailure(he), true
	}
	if f := innerFailure(err); f != nil {
		return f, true
	}
	switch {
	case errors.Is(err, context.Canceled):
		// The client went away: nobody reads this answer.
		return fail(499, "cancelled", "The request was cancelled."), true
	case errors.Is(err, context.DeadlineExceeded):
		return fail(http.StatusGatewayTimeout, "timeout", "This took too long. Try again."), true
	}
	return fail(http.StatusInternalServerError, "internal", "Something went wrong here. It was noted; try again."), false
}

// statusOfCode gives the HTTP status of refusals from further in; others are
// 400.
var statusOfCode = map[string]int{
	plan.CodeNotFound:  http.StatusNotFound,
	plan.CodeForbidden: http.StatusForbidden,
	plan.CodeConflict:  http.StatusConflict,
	plan.CodeFull:      http.StatusConflict,
	"busy":             http.StatusTooManyRequests,
}

// innerFailures is how what goes wrong further in is told over HTTP, first
// match first.
var innerFailures = []struct {
	err     error
	status  int
	code    string
	message string
}{
	{room.ErrNotFound, http.StatusNotFound, "not-found", "There is no such document."},
	{replay.ErrNoEntry, http.StatusNotFound, "not-found", "Its history has no entry at this position."},
	{room.ErrForbidden, http.StatusForbidden, "forbidden", "Your link does not allow that."},
	{room.ErrTooBig, http.StatusRequestEntityTooLarge, "too-big", "That is too big."},
	{room.ErrFull, http.StatusServiceUnavailable, "full", "Too many people are in this document; try again later."},
	{room.ErrDraining, http.StatusServiceUnavailable, "draining", "The server is restarting; try again in a moment."},
	{journal.ErrDamaged, http.StatusInternalServerError, "damaged", "Part of what was stored can't be read any more. The operator was told; a replica or a backup is the cure."},
	{journal.ErrUnknown, http.StatusServiceUnavailable, "unknown", "It is not known whether this was saved. Look before trying again."},
	{room.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "Storage is not available at the moment. Nothing saved was lost; try again."},
	{journal.ErrUnavailable, http.StatusServiceUnavailable, "unavailable", "Storage is not available at the moment. Nothing saved was lost; try again."},
}

// innerFailure knows the errors of the packages below; nil for others.
func innerFailure(err error) *failure {
	var fromPlan *plan.Refusal
	var fromRoom *room.Refusal
	switch {
	case errors.As(err, &fromPlan):
		return refusal(fromPlan.Reason, fromPlan.Message, fromPlan.Where)
	case errors.As(err, &fromRoom):
		return refusal(fromRoom.Code, fromRoom.Message, fromRoom.Where)
	}
	for _, row := range innerFailures {
		if errors.Is(err, row.err) {
			return fail(row.status, row.code, row.message)
		}
	}
	return nil
}

func refusal(code, message, where string) *failure {
	status, ok := statusOfCode[code]
	if !ok {
		status = http.StatusBadRequest
	}
	return &failure{status, code, message, where}
}

func httpFailure(he *echo.HTTPError) *failure {
	switch he.Code {
	case http.StatusNotFound:
		return fail(he.Code, "not-found", "There is nothing at this address.")
	case http.StatusMethodNotAllowed:
		return fail(he.Code, "method", "This address does not answer that method.")
	}
	return fail(he.Code, strings.ToLower(strings.ReplaceAll(http.StatusText(he.Code), " ", "-")), fmt.Sprint(he.Message))
}

// onError is the one place where errors turn into answers.
func (s *site) onError(err error, c echo.Context) {
	f, known := toFailure(err)
	if !known || f.Status == http.StatusInternalServerError {
		s.log.Error("request failed", "route", c.Path(), "request", requestID(c), "err", err)
	}
	if c.Response().Committed {
		return
	}
	if f.Status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="coplan"`)
	}
	if c.Request().Method == http.MethodHead {
		_ = c.NoContent(f.Status) // a failed write: the client is gone
		return
	}
	_ = c.JSON(f.Status, map[string]any{"error": f})
}

// decode reads the request's JSON body into v. What is wrong with it is said
// with the place; unknown fields are refused, as a misspelt one would
// otherwise be silently ignored.
func (s *site) decode(c echo.Context, v any) error {
	r := c.Request()
	// Asking for the type keeps other sites' plain forms out: a browser sends
	// JSON across origins only after asking, and this server never consents.
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return fail(http.StatusUnsupportedMediaType, "media-type", "Send the body as JSON, with \"Content-Type: application/json\".")
	}
	dec := json.NewDecoder(http.MaxBytesReader(c.Response(), r.Body, s.maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return s.decodeFailure(err)
	}
	if err := dec.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return s.decodeFailure(err)
		}
		return failField("body", "There is more after the end of the JSON body.")
	}
	return nil
}

func (s *site) decodeFailure(err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return &failure{http.StatusRequestEntityTooLarge, "too-big", fmt.Sprintf("The body is larger than %d bytes.", s.maxBody), "body"}
	case errors.As(err, &syntax):
		return failField("body", fmt.Sprintf("The body is not valid JSON: %s at byte %d.", syntax, syntax.Offset))
	case errors.As(err, &typ) && typ.Field == "":
		return failField("body", "The body should be a JSON object.")
	case errors.As(err, &typ):
		return failField(typ.Field, fmt.Sprintf("%q can't be a %s.", typ.Field, typ.Value))
	case errors.Is(err, io.EOF):
		return failField("body", "The body is empty; it should be a JSON object.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return failField("body", "The body ends in the middle of the JSON.")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		return failField(name, fmt.Sprintf("There is no field %q here.", name))
	}
	return failField("body", "The body can't be read: "+strings.TrimPrefix(err.Error(), "json: "))
}
