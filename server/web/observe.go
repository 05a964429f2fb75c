package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are this server's own registry: tests start many servers in one
// process, and a shared registry would refuse the second.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sockets  prometheus.Gauge
}

func newMetrics(gauges map[string]Gauge) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "coplan_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "coplan_http_request_seconds", Help: "Time to answer, sockets excepted.",
			Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10},
		}, []string{"route"}),
		sockets: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "coplan_sockets", Help: "Websockets open now.",
		}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.sockets,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for name, g := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: g.Help}, g.Read))
	}
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

const requestIDKey = "request"

func requestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
}

// observe counts and logs each request once it is answered. It names the
// route, never the address: addresses hold tokens.
func (s *site) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var b [6]byte
		_, _ = rand.Read(b[:]) // never fails: the runtime aborts instead
		id := hex.EncodeToString(b[:])
		c.Set(requestIDKey, id)
		c.Response().Header().Set("X-Request-Id", id)

		start := time.Now()
		err := next(c)
		if err != nil {
			c.Error(err) // answers now, so that the status below is the real one
		}
		took := time.Since(start)

		route, method, res := c.Path(), c.Request().Method, c.Response()
		if route == "" {
			route = "none"
		}
		switch method { // a client may invent methods: they must not become labels
		case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		default:
			method = "other"
		}
		s.metrics.requests.WithLabelValues(route, method, strconv.Itoa(res.Status)).Inc()
		if route != socketRoute {
			s.metrics.seconds.WithLabelValues(route).Observe(took.Seconds())
		}

		level := slog.LevelDebug
		if res.Status >= 500 {
			level = slog.LevelWarn
		}
		args := []any{"method", method, "route", route, "status", res.Status, "ms", took.Milliseconds(), "bytes", res.Size, "request", id}
		if p, ok := c.Get(principalKey).(string); ok {
			args = append(args, "person", p)
		}
		if plan := c.Param("id"); plan != "" && err == nil {
			args = append(args, "plan", plan)
		}
		s.log.Log(c.Request().Context(), level, "request", args...)
		return nil
	}
}

// recovered turns a panic of a handler, our own bug, into a logged 500 instead
// of a dropped connection.
func (s *site) recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			r := recover()
			if r == nil {
				return
			}
			if r == http.ErrAbortHandler { //nolint:errorlint // the documented way to abort
				panic(r)
			}
			s.log.Error("panic while answering a request", "route", c.Path(), "request", requestID(c), "panic", r, "stack", stack())
			err = errPanicked
		}()
		return next(c)
	}
}

var errPanicked = errors.New("the handler panicked")
