package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// Somebody signs in without an app, sees which browsers and apps they let in, and
// takes that back.
func TestSecurityPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		a, old, b := s.register("read write"), s.browser(), s.browser()
		token := s.exchange(a, s.code(old, a)).field("access_token")
		got := s.send(b, "GET", "/settings/security", nil)
		if to := got.header.Get("Location"); to != "/auth/sign_in?return_to=%2Fsettings%2Fsecurity" {
			t.Fatalf("nobody is sent to %q", to)
		}
		form := hidden(s.send(b, "GET", got.header.Get("Location"), nil).body)
		got = s.send(b, "POST", "/auth/sign_in", with(form, "login", "alice", "password", password, "decision", "sign_in"))
		if got.status != 303 || got.header.Get("Location") != "/settings/security" {
			t.Fatalf("sign in: %d %s %s", got.status, got.header.Get("Location"), got.body)
		}
		page := s.send(b, "GET", "/settings/security", nil)
		if !strings.Contains(page.body, "Tusky") || strings.Count(page.body, `name="session"`) != 2 || strings.Count(page.body, "this one") != 1 {
			t.Errorf("the page: %s", page.body)
		}
		if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "form-action 'self'; ") {
			t.Errorf("policy: %s", csp)
		}
		if got := s.send(b, "POST", "/settings/security", url.Values{"decision": {"end_others"}}, "Origin", "https://evil.example"); got.status != 403 {
			t.Errorf("from another site: %d", got.status)
		}
		s.send(b, "POST", "/settings/security", url.Values{"decision": {"end_others"}})
		if got := s.send(old, "GET", "/settings/security", nil); got.status != 303 {
			t.Errorf("the other browser is still in: %d", got.status)
		}
		var app models.ID
		s.tx(func(tx *store.Tx) error {
			one, err := store.One[models.App](tx, "client_id = ?", a.id)
			app = one.ID
			return err
		})
		s.send(b, "POST", "/settings/security", url.Values{"decision": {"end_app"}, "app": {app.String()}})
		if s.mine(token) != 401 {
			t.Error("the app may still act")
		}
		if got := s.send(b, "POST", "/settings/security", url.Values{"decision": {"everything"}}); got.status != 422 {
			t.Errorf("something else: %d", got.status)
		}
	})
}

// After signing in nobody is sent to another site.
func TestReturningStaysHere(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	for path, want := range map[string]string{
		"/settings/security": "/settings/security", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "": "/", "javascript:x": "/",
	} {
		got := s.send(s.browser(), "POST", "/auth/sign_in", url.Values{"login": {"alice"}, "password": {password}, "decision": {"sign_in"}, "return_to": {path}})
		if to := got.header.Get("Location"); got.status != 303 || to != want {
			t.Errorf("%q leads to %q, want %q", path, to, want)
		}
	}
}
