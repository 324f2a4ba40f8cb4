package oauth_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/oauth"
)

// Somebody signs in with an app, which then acts for them until it gives up its
// token.
func TestTheWholeDance(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		a, b := s.register("read write follow"), s.browser()
		got := s.exchange(a, s.code(b, a))
		if got.status != 200 || got.field("token_type") != "Bearer" || got.field("scope") != "read write" ||
			!strings.Contains(got.body, `"created_at":1767323045`) || strings.Contains(got.body, "expires_in") {
			t.Fatalf("token: %d %s", got.status, got.body)
		}
		if got.header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("a token may be cached: %v", got.header)
		}
		token := got.field("access_token")
		s.clock.add(10 * 365 * 24 * time.Hour) // it never expires
		if status := s.mine(token); status != 200 {
			t.Errorf("with the token: %d", status)
		}
		s.tx(func(tx *store.Tx) error {
			for _, where := range []string{"hash = ?", "client_id = ?", "scopes = ?"} {
				if found, err := store.Any[models.Token](tx, where, token); found || err != nil {
					t.Errorf("the token is kept as it is: %v", err)
				}
			}
			return nil
		})
		v := url.Values{"client_id": {a.id}, "client_secret": {"wrong"}, "token": {token}}
		if got := s.send(http.DefaultClient, "POST", "/oauth/revoke", v); got.status != 401 || s.mine(token) != 200 {
			t.Errorf("revoked with a wrong secret: %d", got.status)
		}
		other := s.register("read")
		v = url.Values{"client_id": {other.id}, "client_secret": {other.secret}, "token": {token}}
		if got := s.send(http.DefaultClient, "POST", "/oauth/revoke", v); got.status != 403 || s.mine(token) != 200 {
			t.Errorf("revoked by another app: %d", got.status)
		}
		v = url.Values{"client_id": {a.id}, "client_secret": {a.secret}, "token": {token}}
		if got := s.send(http.DefaultClient, "POST", "/oauth/revoke", v); got.status != 200 || got.body != "{}" || s.mine(token) != 401 {
			t.Errorf("revoke: %d %s", got.status, got.body)
		}
	})
}

func TestDanceForDemos(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	token, err := oauth.Dance(context.Background(), nil, s.origin, "alice", password, "read write")
	if err != nil || s.mine(token) != 200 {
		t.Errorf("got %q %v", token, err)
	}
	if _, err := oauth.Dance(context.Background(), nil, s.origin, "alice", "wrong", "read"); err == nil {
		t.Error("a wrong password signs in")
	}
}

func TestBadExchanges(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a, other, b := s.register("read write"), s.register("read write"), s.browser()
	for _, c := range []struct {
		name    string
		changes []string
		late    time.Duration
		status  int
		want    string
	}{
		{"a wrong verifier", []string{"code_verifier", strings.Repeat("x", 43)}, 0, 400, "invalid_grant"},
		{"no verifier", []string{"code_verifier", ""}, 0, 400, "invalid_grant"},
		{"another redirect that was registered", []string{"redirect_uri", "tusky://oauth"}, 0, 400, "invalid_grant"},
		{"a redirect that was not", []string{"redirect_uri", "https://evil.example/"}, 0, 400, "invalid_grant"},
		{"no redirect", []string{"redirect_uri", ""}, 0, 400, "invalid_request"},
		{"a wrong secret", []string{"client_secret", "wrong"}, 0, 401, "invalid_client"},
		{"no secret", []string{"client_secret", ""}, 0, 401, "invalid_client"},
		{"an unknown app", []string{"client_id", "nobody"}, 0, 401, "invalid_client"},
		{"another app's code", []string{"client_id", other.id, "client_secret", other.secret}, 0, 400, "invalid_grant"},
		{"a forged code", []string{"code", "forged"}, 0, 400, "invalid_grant"},
		{"no code", []string{"code", ""}, 0, 400, "invalid_request"},
		{"a password instead", []string{"grant_type", "password", "username", "alice", "password", password}, 0, 400, "unsupported_grant_type"},
		{"no grant type", []string{"grant_type", ""}, 0, 400, "unsupported_grant_type"},
		{"after ten minutes", nil, 10 * time.Minute, 400, "invalid_grant"},
	} {
		code := s.code(b, a)
		s.clock.add(c.late)
		got := s.exchange(a, code, c.changes...)
		if got.status != c.status || got.field("error") != c.want || got.field("error_description") == "" {
			t.Errorf("%s: got %d %s, want %d %s", c.name, got.status, got.body, c.status, c.want)
		}
	}
	code := s.code(b, a)
	s.exchange(a, code, "code_verifier", strings.Repeat("x", 43))
	if got := s.exchange(a, code); got.status != 400 {
		t.Errorf("a code may be tried again after a wrong verifier: %d", got.status)
	}
	code = s.code(b, a, "code_challenge", "", "code_challenge_method", "")
	if got := s.exchange(a, code); got.field("error") != "invalid_grant" {
		t.Errorf("a verifier where PKCE was not begun: got %d %s", got.status, got.body)
	}
	code = s.code(b, a, "code_challenge", "", "code_challenge_method", "")
	if got := s.exchange(a, code, "code_verifier", ""); got.status != 200 {
		t.Errorf("without PKCE: got %d %s", got.status, got.body)
	}
}

// A code that comes twice was stolen: what the first one gave is taken back.
func TestReuseRevokes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		a, b := s.register("read write"), s.browser()
		code := s.code(b, a)
		token := s.exchange(a, code).field("access_token")
		if s.mine(token) != 200 {
			t.Fatal("the token does not work")
		}
		if got := s.exchange(a, code); got.status != 400 || got.field("error") != "invalid_grant" {
			t.Errorf("the second exchange: %d %s", got.status, got.body)
		}
		if status := s.mine(token); status != 401 {
			t.Errorf("the token after its code was used twice: %d", status)
		}
		for range 4 {
			code := s.code(b, a)
			var given atomic.Int64
			var wg sync.WaitGroup
			for range 16 {
				wg.Go(func() {
					if s.exchange(a, code).status == 200 {
						given.Add(1)
					}
				})
			}
			wg.Wait()
			if given.Load() != 1 {
				t.Errorf("16 exchanges at once gave %d tokens", given.Load())
			}
		}
	})
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a, b := s.register("read write:statuses"), s.browser()
	for _, c := range []struct {
		name    string
		changes []string
		status  int
		want    string // the error that the app is told; "" if it is not
	}{
		{"an unknown app", []string{"client_id", "nobody"}, 400, ""},
		{"a redirect that was not registered", []string{"redirect_uri", "https://evil.example/"}, 400, ""},
		{"a longer redirect", []string{"redirect_uri", redirect + "&more"}, 400, ""},
		{"a shorter redirect", []string{"redirect_uri", "https://app.example/back"}, 400, ""},
		{"two redirects in one", []string{"redirect_uri", redirect + "\ntusky://oauth"}, 400, ""},
		{"no redirect", []string{"redirect_uri", ""}, 400, ""},
		{"a token at once", []string{"response_type", "token"}, 302, "unsupported_response_type"},
		{"plain PKCE", []string{"code_challenge_method", "plain"}, 302, "invalid_request"},
		{"PKCE without a method, which means plain", []string{"code_challenge_method", ""}, 302, "invalid_request"},
		{"PKCE without a challenge", []string{"code_challenge", ""}, 302, "invalid_request"},
		{"more than was registered", []string{"scope", "read write"}, 302, "invalid_scope"},
		{"a scope that is not known", []string{"scope", "everything"}, 302, "invalid_scope"},
	} {
		for _, method := range []string{"GET", "POST"} {
			v := a.request(append([]string{"scope", "read"}, c.changes...)...)
			v.Set("decision", "allow")
			got, want := s.send(b, method, "/oauth/authorize", v), c.status
			if method == "POST" && want == 302 {
				want = 303
			}
			if got.status != want {
				t.Errorf("%s %s: got %d %s, want %d", method, c.name, got.status, got.body, want)
			}
			if c.want == "" && got.header.Get("Location") != "" {
				t.Errorf("%s %s: sent to %s", method, c.name, got.header.Get("Location"))
			}
			if q := got.to(t); q.Get("error") != c.want || (c.want != "" && q.Get("state") != "s&1") {
				t.Errorf("%s %s: told %v, want %s", method, c.name, q, c.want)
			}
		}
	}
}

func TestNoAndNobody(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a, b := s.register("read write"), s.browser()
	if got := s.send(b, "POST", "/oauth/authorize", with(a.request(), "decision", "deny")); got.to(t).Get("error") != "access_denied" ||
		got.to(t).Get("state") != "s&1" {
		t.Errorf("deny: %d %s", got.status, got.header.Get("Location"))
	}
	got := s.send(b, "POST", "/oauth/authorize", with(a.request(), "decision", "allow"))
	if got.header.Get("Location") != "" || !strings.Contains(got.body, `name="password"`) {
		t.Errorf("nobody allows: %d %s", got.status, got.header.Get("Location"))
	}
	s.code(b, a)
	got = s.send(b, "GET", "/oauth/authorize", a.request("force_login", "true"))
	if !strings.Contains(got.body, `name="password"`) {
		t.Error("force_login does not ask for a password")
	}
	s.tx(func(tx *store.Tx) error {
		_, err := store.Set[models.Account](tx, map[string]any{"state": models.AccountSuspended}, "id = ?", s.alice.ID)
		return err
	})
	got = s.send(b, "POST", "/oauth/authorize", with(a.request(), "decision", "allow"))
	if got.header.Get("Location") != "" {
		t.Error("a suspended account allows")
	}
}
