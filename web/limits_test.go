package web_test

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
)

// limited is a server with the limits that were chosen.
func limited(t *testing.T, chosen string) (*server, []call.Route) {
	t.Helper()
	l, err := models.ParseLimits(chosen)
	if err != nil {
		t.Fatal(err)
	}
	site := here
	site.Limits = l
	var table []call.Route
	s := newServerAt(t, site, "sqlite", func(c *web.Config) {
		c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}}).Routes()
		table = web.Routes(*c)
	})
	return s, table
}

// Every answer of the API says how often one may call, refusals too.
func TestEveryAnswerTellsTheLimit(t *testing.T) {
	t.Parallel()
	s, table := limited(t, "address_calls=100000,address_apps=100000,account_uploads=100000,account_deletions=100000,address_signups=100000")
	date := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	check := func(what string, w *httptest.ResponseRecorder) {
		h := w.Header()
		limit, left := h.Get("X-RateLimit-Limit"), h.Get("X-RateLimit-Remaining")
		if n, err := strconv.Atoi(left); limit != "100000" || err != nil || n < 1 || n > 99_999 || !date.MatchString(h.Get("X-RateLimit-Reset")) {
			t.Errorf("%s: %d, and %s of %s until %s", what, w.Code, left, limit, h.Get("X-RateLimit-Reset"))
		}
		if h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Expose-Headers"), "X-RateLimit-Reset") {
			t.Errorf("%s: %v", what, h)
		}
	}
	for _, r := range table {
		if !strings.HasPrefix(r.Path, "/api/") || r.Unmetered || streams(r) {
			continue
		}
		path := concrete(r.Path)
		check(r.Method+" "+path, s.ask(r.Method, path))
		check(r.Method+" "+path+" with a bad token", s.ask(r.Method, path, "Authorization", "Bearer x"))
		check(r.Method+" "+path+", malformed", s.ask(r.Method, path+"?%zz", "Authorization", "Bearer x"))
	}
	check("what is not there", s.ask("GET", "/api/v1/nothing"))
	check("what cannot be done", s.ask("PATCH", "/api/v1/apps"))
}

// An account has one limit, however many tokens it has and whatever it asks; smaller
// ones hold for what leaves much behind.
func TestLimitsGoByAccount(t *testing.T) {
	t.Parallel()
	s, _ := limited(t, "account_calls=12,account_uploads=2,account_deletions=3,address_calls=2,address_signups=1")
	w := &walker{server: s}
	ada, bo := w.owner("ada"), w.owner("bo")
	second := s.grantTo(s.named("ada"), "read write")
	kind, file := picture(t)
	upload := func(token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/api/v2/media", strings.NewReader(file))
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Authorization", "Bearer "+token)
		rec := httptest.NewRecorder()
		s.ServeHTTP(rec, r)
		return rec
	}
	for i, token := range []string{ada, second} {
		if a := upload(token); a.Code >= 300 || a.Header().Get("X-RateLimit-Limit") != "2" || a.Header().Get("X-RateLimit-Remaining") != strconv.Itoa(1-i) {
			t.Errorf("upload %d: %d %s %v", i, a.Code, a.Body, a.Header())
		}
	}
	refused(t, upload(ada))
	refused(t, upload(second))
	if a := upload(bo); a.Code >= 300 {
		t.Errorf("somebody else's upload: %d %s", a.Code, a.Body)
	}
	for i := range 3 {
		if a := s.ask("DELETE", "/api/v1/statuses/1", "Authorization", "Bearer "+ada); a.Code != 404 || a.Header().Get("X-RateLimit-Remaining") != strconv.Itoa(2-i) {
			t.Errorf("deletion %d: %d %s %v", i, a.Code, a.Body, a.Header())
		}
	}
	refused(t, s.ask("POST", "/api/v1/statuses/1/unreblog", "Authorization", "Bearer "+second))
	home := func(token string) *httptest.ResponseRecorder {
		return s.ask("GET", "/api/v1/timelines/home", "Authorization", "Bearer "+token)
	}
	for i := range 4 { // 8 were above, refused ones too
		if a := home(second); a.Code != 200 || a.Header().Get("X-RateLimit-Limit") != "12" || a.Header().Get("X-RateLimit-Remaining") != strconv.Itoa(3-i) {
			t.Errorf("call %d: %d %s %v", i, a.Code, a.Body, a.Header())
		}
	}
	refused(t, home(ada))
	refused(t, home(second))
	if a := home(bo); a.Code != 200 {
		t.Errorf("somebody else: %d", a.Code)
	}
}

func refused(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	var e struct{ Error string }
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Error == "" || w.Code != 429 || w.Header().Get("Retry-After") == "" || w.Header().Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("got %d %s %v", w.Code, w.Body, w.Header())
	}
}
