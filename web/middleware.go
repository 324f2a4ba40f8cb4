package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"ensemble/web/call"
)

// number gives the request an ID, by which the log and whoever complains can speak
// of it. One that a proxy gave is not taken over: it could be anything.
func (s *site) number(g *gin.Context) {
	id := strings.ToLower(rand.Text()[:16])
	g.Request = g.Request.WithContext(call.WithRequestID(g.Request.Context(), id))
	g.Header("X-Request-Id", id)
}

type counts struct {
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

func newCounts(r *prometheus.Registry) (*counts, error) {
	c := &counts{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "ensemble_http_requests_total", Help: "Requests that were answered.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "ensemble_http_request_seconds", Help: "How long an answer took.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
	}
	if err := r.Register(c.calls); err != nil {
		return nil, err
	}
	return c, r.Register(c.seconds)
}

// log writes a line for every request, without its query: tokens may stand there.
func (s *site) log(n *counts) gin.HandlerFunc {
	return func(g *gin.Context) {
		start := s.DB.Now()
		g.Next()
		took, status := s.DB.Now().Sub(start), g.Writer.Status()
		route := g.FullPath()
		if route == "" {
			route = "none" // any address would be a series of its own
		}
		n.calls.WithLabelValues(method(g.Request.Method), route, strconv.Itoa(status)).Inc()
		n.seconds.WithLabelValues(route).Observe(took.Seconds())
		s.logger().DebugContext(g.Request.Context(), "request", "method", g.Request.Method, "path", g.Request.URL.Path,
			"status", status, "bytes", g.Writer.Size(), "took", took, "request", call.RequestID(g.Request.Context()))
	}
}

// method returns a method that is known: strangers may send any word.
func method(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}

// recover answers for a handler that panicked.
func (s *site) recover(g *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler { // it was meant
			panic(p)
		}
		s.logger().ErrorContext(g.Request.Context(), "panic", "panic", p, "route", g.FullPath(),
			"request", call.RequestID(g.Request.Context()), "stack", string(debug.Stack()))
		if !g.Writer.Written() {
			g.JSON(http.StatusInternalServerError, gin.H{"error": "something went wrong here; it is not your doing, and it was noted"})
		}
		g.Abort()
	}()
	g.Next()
}

// headers are what holds for every answer; pages say more of their own.
func (s *site) headers(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if s.DB.Site.Secure() && !s.DB.Site.Loose {
		h.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// cors lets programs on any web page call us: they come with a token, and never
// with our cookie, since credentials are not allowed.
func cors(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers",
		"Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, ETag, Location, Retry-After")
	if g.Request.Method != http.MethodOptions {
		return
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Ensemble-Byline")
	h.Set("Access-Control-Max-Age", "86400")
	h.Del("Allow")
	g.AbortWithStatus(http.StatusNoContent)
}

func (s *site) logger() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// healthy is GET /healthz: the process lives.
func (s *site) healthy(*call.Call) (any, error) {
	return call.Raw("text/plain; charset=utf-8", []byte("OK")), nil
}

// ready is GET /readyz: requests can be answered.
func (s *site) ready(c *call.Call) (any, error) {
	if err := s.able(c.Ctx()); err != nil {
		s.logger().WarnContext(c.Ctx(), "not ready", "err", err)
		return nil, call.Fail(http.StatusServiceUnavailable, "not_ready", "the database does not answer, or has another schema than this program")
	}
	return call.Raw("text/plain; charset=utf-8", []byte("OK")), nil
}

func (s *site) able(ctx context.Context) error {
	if err := s.DB.Ping(ctx); err != nil {
		return err
	}
	return s.DB.Current(ctx)
}
