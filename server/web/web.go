// Package web is the server's edge: routes, the JSON API, the built front end,
// security headers, health and metrics. The HTTP framework lives here only.
package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"coplan/server/access"
	"coplan/server/blob"
	"coplan/server/replay"
	"coplan/server/room"
	"coplan/server/socket"
)

// Gauge is a number shown on /metrics, read when asked for.
type Gauge struct {
	Help string
	Read func() float64
}

// Health is how the server is, for /healthz.
type Health struct {
	OK     bool
	Reason string    // why not, for an operator
	Since  time.Time // of the present state; zero: unknown
}

// Config is what the routes need. Access, Rooms and Log are required.
type Config struct {
	Access *access.Store
	Rooms  *room.Registry
	Log    replay.Log    // the journal, for history
	Front  fs.FS         // the built front end; nil: none
	Health func() Health // nil: always fine

	// PublicURL starts the links handed out, as scheme://host[:port] without a
	// path. Empty: taken from each request.
	PublicURL string
	// OpenCreate lets anyone who reaches the server through a loopback name
	// create plans without a token.
	OpenCreate bool
	// Files keeps what people upload; nil: nothing can be uploaded.
	Files *blob.Files
	// Demo gives the demo plan's link tokens by role; nil: there is no demo.
	Demo func() map[string]string

	Version     string
	Durability  string           // shown by /healthz
	Socket      socket.Config    // Rooms and Authorize are filled in
	Gauges      map[string]Gauge // by metric name
	Logger      *slog.Logger     // nil: slog.Default()
	Clock       func() time.Time // nil: time.Now
	MaxBody     int64            // bytes of a request's body; default 256 KiB
	CallTimeout time.Duration    // for one API call; default 30 s
}

// Validate reports the first setting that can't work.
func (c Config) Validate() error {
	switch {
	case c.Access == nil || c.Rooms == nil || c.Log == nil:
		return errors.New("web: Config.Access, Config.Rooms and Config.Log are required")
	case c.MaxBody < 0 || c.CallTimeout < 0:
		return errors.New("web: limits in Config must not be negative")
	}
	return CheckPublicURL(c.PublicURL)
}

// CheckPublicURL says whether u can start links: empty, or an http or https
// address without path, query or credentials.
func CheckPublicURL(u string) error {
	if u == "" {
		return nil
	}
	p, err := url.Parse(u)
	switch {
	case err != nil:
		return fmt.Errorf("the public URL %q is not a URL", u)
	case p.Scheme != "http" && p.Scheme != "https":
		return fmt.Errorf("the public URL %q must start with http:// or https://", u)
	case p.Host == "" || p.User != nil || strings.Trim(p.Path, "/") != "" || p.RawQuery != "" || p.Fragment != "":
		return fmt.Errorf("the public URL %q must be just scheme and host, such as https://plans.example.com", u)
	}
	return nil
}

// site is the handlers' shared state; nothing in it changes after New.
type site struct {
	cfg     Config
	access  *access.Store
	rooms   *room.Registry
	front   *front
	socket  http.Handler
	metrics *metrics
	log     *slog.Logger
	now     func() time.Time
	public  string // PublicURL without a trailing slash
	secure  bool   // PublicURL is https: whoever ends TLS before us does so for all
	maxBody int64

	portfolio *portfolio
}

// Route patterns that logging and metrics treat apart.
const (
	socketRoute = "/ws/*"
	assetRoute  = "/assets/*"
)

// New makes the handler for everything the server answers.
func New(cfg Config) (http.Handler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 256 << 10
	}
	if cfg.CallTimeout == 0 {
		cfg.CallTimeout = 30 * time.Second
	}
	front, err := loadFront(cfg.Front)
	if err != nil {
		return nil, err
	}
	s := &site{
		cfg: cfg, access: cfg.Access, rooms: cfg.Rooms, front: front, log: cfg.Logger, now: cfg.Clock,
		metrics: newMetrics(cfg.Gauges), public: strings.TrimRight(cfg.PublicURL, "/"),
		secure: strings.HasPrefix(cfg.PublicURL, "https://"), maxBody: cfg.MaxBody,
		portfolio: &portfolio{log: cfg.Log, now: cfg.Clock, rows: map[string]keptRow{}},
	}
	sock := cfg.Socket
	sock.Rooms, sock.Authorize = cfg.Rooms, s.authorizeSocket
	if sock.Logger == nil {
		sock.Logger = cfg.Logger
	}
	h, err := socket.New(sock)
	if err != nil {
		return nil, err
	}
	s.socket = http.StripPrefix("/ws", h)
	return s.routes(), nil
}

func (s *site) routes() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.onError
	e.Use(s.observe, s.recovered, s.securityHeaders)

	get := func(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
	}
	get("/", s.page)
	get("/j/:token", s.page)
	get("/plans", s.page)
	get("/p/:id", s.page)
	get("/p/:id/*", s.page)
	get(assetRoute, s.asset)
	get("/*", s.other)
	get("/healthz", s.health)
	get("/metrics", echo.WrapHandler(s.metrics.handler()))
	e.GET(socketRoute, s.serveSocket) // never behind compression: it would hold the upgrade back

	// As middleware of each route, since a group's own would turn a wrong
	// method into a wrong address.
	zip := middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024})
	api := func(method, path string, h echo.HandlerFunc) {
		methods := []string{method}
		if method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		e.Match(methods, "/api"+path, h, s.deadline, zip)
	}
	api("GET", "/templates", s.templates)
	api("POST", "/templates", s.saveTemplate)
	api("DELETE", "/templates/:template", s.removeTemplate)
	api("GET", "/demo", s.demo)
	api("POST", "/plans", s.createPlan)
	api("GET", "/plans", s.listPlans)
	api("GET", "/portfolio", s.listPortfolio)
	api("GET", "/plans/:id", s.readPlan)
	api("PATCH", "/plans/:id", s.archivePlan)
	api("GET", "/plans/:id/health", s.planHealth)
	api("GET", "/plans/:id/history", s.planHistory)
	api("GET", "/plans/:id/at/:seq", s.planAt)
	api("POST", "/plans/:id/commands", s.command)
	api("GET", "/plans/:id/files", s.fileLimits)
	// Neither compressed nor bound to a call's time: they may be large and slow.
	e.POST("/api/plans/:id/files", s.uploadFile)
	get("/api/plans/:id/files/:sha", s.downloadFile)
	api("GET", "/plans/:id/links", s.listLinks)
	api("POST", "/plans/:id/links", s.createLink)
	api("DELETE", "/plans/:id/links/:link", s.revokeLink)
	api("GET", "/links/self", s.linkSelf)
	api("POST", "/links/self/join", s.join)
	api("GET", "/docs/:name", s.readDoc)
	api("GET", "/docs/:name/history", s.docHistory)
	api("GET", "/docs/:name/at/:seq", s.docAt)
	api("GET", "/tokens", s.listTokens)
	api("POST", "/tokens", s.createToken)
	api("DELETE", "/tokens/:token", s.revokeToken)
	return e
}

// deadline bounds an API call, so that a stuck disk answers with a sentence
// rather than never.
func (s *site) deadline(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), s.cfg.CallTimeout)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		return next(c)
	}
}

func (s *site) health(c echo.Context) error {
	h := Health{OK: true}
	if s.cfg.Health != nil {
		h = s.cfg.Health()
	}
	body := map[string]any{"status": "ok", "version": s.cfg.Version, "durability": s.cfg.Durability}
	status := http.StatusOK
	if !h.OK {
		status, body["status"], body["reason"] = http.StatusServiceUnavailable, "degraded", h.Reason
		if !h.Since.IsZero() {
			body["since"] = h.Since.UTC().Format(time.RFC3339)
		}
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.JSON(status, body)
}

// baseURL starts the links handed out in answer to this request.
func (s *site) baseURL(c echo.Context) string {
	if s.public != "" {
		return s.public
	}
	return c.Scheme() + "://" + c.Request().Host
}

func (s *site) joinURL(c echo.Context, token string) string {
	return s.baseURL(c) + "/j/" + token
}

func stack() string { return string(debug.Stack()) }
