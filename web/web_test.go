package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"ensemble/models"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/call"
)

// A program on any web page may call us, with its token, from a first question
// on what it may send.
func TestCORS(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for _, path := range []string{"/api/v1/apps", "/oauth/token", "/nowhere", "/inbox", "/@alice", "/.well-known/host-meta"} {
		w := s.ask("OPTIONS", path, "Origin", "https://phanpy.example", "Access-Control-Request-Method", "POST",
			"Access-Control-Request-Headers", "authorization,idempotency-key")
		h := w.Header()
		if w.Code != 204 || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d %v", path, w.Code, h)
		}
		for _, want := range []string{"Authorization", "Content-Type", "Idempotency-Key"} {
			if !strings.Contains(h.Get("Access-Control-Allow-Headers"), want) {
				t.Errorf("%s: %s is not allowed: %v", path, want, h)
			}
		}
	}
	for _, path := range []string{"/api/v1/apps/verify_credentials", "/nowhere", "/healthz", "/users/alice"} {
		h := s.ask("GET", path).Header()
		if h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "Link") {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Request-Id") == "" || h.Get("Strict-Transport-Security") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestWhatBelongsToPeers(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for _, c := range []struct{ method, path string }{
		{"POST", "/inbox"}, {"POST", "/users/alice/inbox"}, {"GET", "/users/alice"}, {"GET", "/users/alice/notes/1"},
		{"GET", "/.well-known/webfinger"}, {"GET", "/.well-known/nodeinfo"}, {"GET", "/nodeinfo/2.0"}, {"GET", "/actor"},
		{"POST", "/actor/inbox"}, {"GET", "/collaborations/1"}, {"GET", "/activities/1"}, {"GET", "/drafts/1/0"},
	} {
		if w := s.ask(c.method, c.path); w.Body.String() != "peers: "+c.method+" "+c.path {
			t.Errorf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
}

func TestBrowsersGetPages(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for path, want := range map[string]string{
		"/users/alice": "/@alice", "/users/alice/notes/7": "/@alice/7", "/users/%5Cevil.example": "/@%5Cevil.example", "/users/alice/outbox": "",
	} {
		w := s.ask("GET", path, "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		if w := s.ask("GET", path, "Accept", `application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json`); w.Code != 200 {
			t.Errorf("%s: a peer got %d", path, w.Code)
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", func(c *web.Config) {
		c.API = []call.Route{{Method: "GET", Path: "/api/v1/panic", Who: call.Nobody, Handler: panics}}
	})
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/api/v1/nothing", 404},
		{"GET", "/api/v1_alpha/async_refreshes/1", 404}, // what a Mastodon answers that has it not
		{"GET", "/api/v1/annual_reports", 404},
		{"POST", "/api/v1/annual_reports/2026/generate", 404},
		{"GET", "/api/v1/collections/1", 404},
		{"DELETE", "/api/v1/apps", 404},         // Mastodon knows a route by its method too
		{"GET", "/api/v1/statuses/1/card", 404}, // Mastodon 3 did away with it
		{"DELETE", "/oauth/token", 405},
		{"GET", "/api/v1/panic", 500},
		{"GET", "/static/../web.go", 404},
		{"GET", "/static/nothing.css", 404},
		{"GET", "/api/v1/apps/verify_credentials", 401},
	} {
		w := s.ask(c.method, c.path)
		if w.Code != c.status || !strings.HasPrefix(w.Body.String(), `{"error":"`) {
			t.Errorf("%s %s: got %d %s, want %d", c.method, c.path, w.Code, w.Body, c.status)
		}
	}
	if w := s.ask("GET", "/api/v1/panic"); strings.Contains(w.Body.String(), "mistake of ours") {
		t.Errorf("a panic is told to strangers: %s", w.Body)
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	for path, want := range map[string]string{
		"/static/ensemble.css":          "text/css; charset=utf-8",
		"/avatars/original/missing.png": "image/png",
		"/share.png":                    "image/png",
		"/headers/original/missing.png": "image/png",
		"/robots.txt":                   "text/plain; charset=utf-8",
	} {
		w := s.ask("GET", path)
		if w.Code != 200 || w.Header().Get("Content-Type") != want || w.Body.Len() == 0 || w.Body.Len() > 80_000 {
			t.Errorf("%s: %d %s, %d bytes", path, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		if w := s.ask("HEAD", path); w.Code != 200 {
			t.Errorf("HEAD %s: %d", path, w.Code)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, nil)
		if w := s.ask("GET", "/readyz"); w.Code != 200 {
			t.Errorf("ready: %d %s", w.Code, w.Body)
		}
		if err := s.db.Close(); err != nil {
			t.Fatal(err)
		}
		if w := s.ask("GET", "/readyz"); w.Code != 503 {
			t.Errorf("ready without a database: %d %s", w.Code, w.Body)
		}
		if w := s.ask("GET", "/healthz"); w.Code != 200 {
			t.Errorf("alive: %d %s", w.Code, w.Body)
		}
	})
}

func TestMetricsAreForThisMachine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, remote string
		head         []string
		proxies      []string
		open         bool
		status       int
	}{
		{"this machine", "127.0.0.1:1234", nil, nil, false, 200},
		{"another one", "203.0.113.1:1234", nil, nil, false, 404},
		{"another one, and it is open", "203.0.113.1:1234", nil, nil, true, 200},
		{"another one that says it is this one", "203.0.113.1:1234", []string{"X-Forwarded-For", "127.0.0.1"}, nil, false, 404},
		{"behind a proxy that nobody trusts", "127.0.0.1:1234", []string{"X-Forwarded-For", "203.0.113.1"}, nil, false, 404},
		{"behind a proxy that is trusted", "127.0.0.1:1234", []string{"X-Forwarded-For", "203.0.113.1"}, []string{"127.0.0.1"}, false, 404},
		{"a forged line before a trusted proxy's", "127.0.0.1:1234", []string{"X-Forwarded-For", "127.0.0.1, 203.0.113.1"}, []string{"127.0.0.1"}, false, 404},
	} {
		s := newServer(t, "sqlite", func(w *web.Config) {
			w.OpenMetrics, w.Proxies, w.Metrics = c.open, c.proxies, prometheus.NewRegistry()
		})
		s.ask("GET", "/healthz")
		s.ask("BREW", "/some/random/path")
		w := s.from(c.remote, "/metrics", c.head...)
		if w.Code != c.status {
			t.Errorf("%s: got %d, want %d", c.name, w.Code, c.status)
		}
		if w.Code == 200 && (!strings.Contains(w.Body.String(), `route="/healthz",status="200"`) || strings.Contains(w.Body.String(), "BREW")) {
			t.Errorf("%s: %s", c.name, w.Body)
		}
	}
}

// Addresses are limited as proxies tell them, if those are trusted, and never as
// strangers do.
func TestLimitsGoByAddress(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", func(c *web.Config) {
		c.Limit, c.Proxies = 2, []string{"10.0.0.0/8"}
		c.API = []call.Route{{Method: "GET", Path: "/api/v1/thing", Who: call.Anyone, Handler: func(*call.Call) (any, error) { return nil, nil }}}
	})
	for i, want := range []int{200, 200, 429} {
		w := s.from("203.0.113.1:1", "/api/v1/thing", "X-Forwarded-For", strings.Repeat("1", i+1)+".0.0.1")
		if w.Code != want || w.Header().Get("X-RateLimit-Limit") != "2" {
			t.Errorf("%d: got %d %v, want %d", i, w.Code, w.Header(), want)
		}
	}
	if w := s.from("10.0.0.1:1", "/api/v1/thing", "X-Forwarded-For", "203.0.113.2"); w.Code != 200 {
		t.Errorf("somebody else behind a proxy: %d", w.Code)
	}
	if w := s.from("10.0.0.1:1", "/api/v1/thing", "X-Forwarded-For", "203.0.113.1"); w.Code != 429 {
		t.Errorf("the same one behind a proxy: %d", w.Code)
	}
	if w := s.from("203.0.113.1:1", "/healthz"); w.Code != 200 {
		t.Errorf("what is not limited: %d", w.Code)
	}
}

// The table has each route once, with a way to answer it, and asks no scope that
// cannot be given.
func TestRouteTable(t *testing.T) {
	t.Parallel()
	var config web.Config
	s := newServer(t, "sqlite", func(c *web.Config) { config = *c })
	seen := map[string]bool{}
	for _, r := range web.Routes(config) {
		key := r.Method + " " + r.Path
		if seen[key] || (r.Handler == nil) == (r.Prepare == nil) || !strings.HasPrefix(r.Path, "/") {
			t.Errorf("%s is twice in the table, or has no handler", key)
		}
		seen[key] = true
		if r.Scope != "" && r.Who == call.Nobody {
			t.Errorf("%s asks nobody for the scope %s", key, r.Scope)
		}
	}
	if w := s.ask(http.MethodGet, "/healthz"); w.Code != 200 {
		t.Errorf("got %d", w.Code)
	}
}

func TestATokenFromTheRealForm(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, func(c *web.Config) {
			c.API = []call.Route{{Method: "POST", Path: "/api/v1/thing", Scope: "write:statuses", Handler: func(c *call.Call) (any, error) {
				return c.Me.Username, nil
			}}}
		})
		token := s.token("read write")
		if w := s.ask("POST", "/api/v1/thing", "Authorization", "Bearer "+token); w.Code != 200 || w.Body.String() != `"alice"` {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
		s.alice.State = models.AccountSuspended
		s.put(s.alice)
		if w := s.ask("POST", "/api/v1/thing", "Authorization", "Bearer "+token); w.Code != 403 {
			t.Errorf("a suspended account: %d %s", w.Code, w.Body)
		}
	})
}
