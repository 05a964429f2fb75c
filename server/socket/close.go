package socket

import (
	"errors"
	"unicode/utf8"

	"coplan/server/room"
)

// errSilent: neither a pong nor anything else came in time.
var errSilent = errors.New("nothing was heard from you for too long")

// CloseCode is a reason for the server to close a socket.
// frontend/src/sync/close.ts has the same table; a test compares the two.
type CloseCode struct {
	Code  int
	Name  string
	Retry bool // connecting again can help

	err    error // matched with errors.Is
	detail bool  // the whole error is for the client's eyes, not only err's text
}

// closeCodes in the order of matching; the last one is for everything else.
var closeCodes = []CloseCode{
	{Code: 1001, Name: "going-away", Retry: true, err: room.ErrDraining},
	{Code: 1009, Name: "too-big", Retry: false, err: room.ErrTooBig, detail: true},
	{Code: 1013, Name: "try-later", Retry: true, err: room.ErrUnavailable},
	{Code: 1013, Name: "try-later", Retry: true, err: room.ErrFull},
	{Code: 4400, Name: "malformed", Retry: false, err: room.ErrMalformed, detail: true},
	{Code: 4401, Name: "unauthenticated", Retry: false, err: room.ErrRevoked},
	{Code: 4403, Name: "forbidden", Retry: false, err: room.ErrForbidden, detail: true},
	{Code: 4404, Name: "not-found", Retry: false, err: room.ErrNotFound},
	{Code: 4408, Name: "silent", Retry: true, err: errSilent},
	{Code: 4409, Name: "schema", Retry: false, err: room.ErrSchema},
	{Code: 4413, Name: "slow", Retry: true, err: room.ErrSlow},
	{Code: 4429, Name: "too-fast", Retry: true, err: room.ErrTooFast},
	{Code: 4500, Name: "internal", Retry: true, err: room.ErrInternal},
}

// CloseCodes lists the table, one row per code.
func CloseCodes() []CloseCode {
	var rows []CloseCode
	for _, c := range closeCodes {
		if len(rows) == 0 || rows[len(rows)-1].Code != c.Code {
			rows = append(rows, c)
		}
	}
	return rows
}

// maxReasonBytes is what a close frame can hold beside the code.
const maxReasonBytes = 123

// closing turns a reason into code and text for the client.
//
// Stock y-websocket takes every code from 4400 to 4499 as final and stops
// reconnecting, so a reason that passes is told to stock clients as 1013, try
// again later.
func closing(reason error, d room.Dialect) (code int, text string) {
	row := closeCodes[len(closeCodes)-1]
	for _, c := range closeCodes {
		if errors.Is(reason, c.err) {
			row = c
			break
		}
	}
	text = row.err.Error()
	if row.detail {
		text = reason.Error()
	}
	code = row.Code
	if d == room.Stock && row.Retry && code >= 4400 && code < 4500 {
		code = 1013
	}
	return code, shorten(text, maxReasonBytes)
}

// shorten cuts s to at most n bytes, between characters.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
