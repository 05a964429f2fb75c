package web

import (
	"strings"

	"github.com/labstack/echo/v4"
)

// contentPolicy lets the front end load from this server alone. Styles may be
// inline, since the editor and its components place theirs at run time; scripts
// may not.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// securityHeaders go on every answer.
func (s *site) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// Addresses hold tokens: no other site may be told where one came from.
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
		if c.Request().TLS != nil || s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		path := c.Request().URL.Path
		if strings.HasPrefix(path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}
