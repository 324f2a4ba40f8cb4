package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

func TestApps(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	const jsonType = "application/json"
	post := func(kind, body string) answer {
		r, err := http.Post(s.origin+"/api/v1/apps", kind, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		var b strings.Builder
		if err := r.Write(&b); err != nil {
			t.Fatal(err)
		}
		_, text, _ := strings.Cut(b.String(), "\r\n\r\n")
		return answer{r.StatusCode, text, r.Header}
	}
	for _, c := range []struct {
		name, kind, body string
		status           int
	}{
		{"a form", "application/x-www-form-urlencoded", "client_name=T&redirect_uris=tusky%3A%2F%2Foauth&scopes=read+write&website=https%3A%2F%2Ft.example", 200},
		{"JSON", jsonType, `{"client_name":"T","redirect_uris":"https://t.example/"}`, 200},
		{"JSON with a list", jsonType, `{"client_name":"T","redirect_uris":["https://t.example/","urn:ietf:wg:oauth:2.0:oob"],"website":null}`, 200},
		{"no name", jsonType, `{"redirect_uris":"https://t.example/"}`, 422},
		{"no redirect", jsonType, `{"client_name":"T"}`, 422},
		{"a script as redirect", jsonType, `{"client_name":"T","redirect_uris":"JavaScript:alert(1)"}`, 422},
		{"a document as redirect", jsonType, `{"client_name":"T","redirect_uris":"data:text/html,x"}`, 422},
		{"a redirect with a fragment", jsonType, `{"client_name":"T","redirect_uris":"https://t.example/#x"}`, 422},
		{"a relative redirect", jsonType, `{"client_name":"T","redirect_uris":"/x"}`, 422},
		{"a script as website", jsonType, `{"client_name":"T","redirect_uris":"x:y","website":"javascript:alert(1)"}`, 422},
		{"a scope that is not known", jsonType, `{"client_name":"T","redirect_uris":"x:y","scopes":"read everything"}`, 422},
	} {
		got := post(c.kind, c.body)
		if got.status != c.status {
			t.Errorf("%s: got %d %s, want %d", c.name, got.status, got.body, c.status)
		}
		if c.status == 200 && (got.field("client_id") == "" || got.field("client_secret") == "" || !strings.Contains(got.body, `"vapid_key":""`)) {
			t.Errorf("%s: got %s", c.name, got.body)
		}
	}
	if got := post(jsonType, `{"client_name":"T","redirect_uris":"x:y"}`); !strings.Contains(got.body, `"scopes":["read"]`) {
		t.Errorf("the default scope: %s", got.body)
	}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a := s.register("read write")
	v := url.Values{"grant_type": {"client_credentials"}, "scope": {"read"}}
	request := func(v url.Values, id, secret string) answer {
		r, err := http.NewRequest("POST", s.origin+"/oauth/token", strings.NewReader(v.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(id, secret)
		return s.send(http.DefaultClient, "POST", "/oauth/token", v, "Authorization", r.Header.Get("Authorization"))
	}
	got := request(v, a.id, a.secret)
	token := got.field("access_token")
	if got.status != 200 || token == "" || got.field("scope") != "read" {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if status := s.mine(token); status != 422 {
		t.Errorf("an app's own token where a person is wanted: %d", status)
	}
	got = s.send(http.DefaultClient, "GET", "/api/v1/apps/verify_credentials", nil, "Authorization", "Bearer "+token)
	if got.status != 200 || got.field("name") != "Tusky" || strings.Contains(got.body, "client_secret") {
		t.Errorf("verify_credentials: %d %s", got.status, got.body)
	}
	if got := request(v, a.id, "wrong"); got.status != 401 || got.field("error") != "invalid_client" {
		t.Errorf("a wrong secret: %d %s", got.status, got.body)
	}
	v.Set("scope", "follow")
	if got := request(v, a.id, a.secret); got.status != 400 || got.field("error") != "invalid_scope" {
		t.Errorf("more than was registered: %d %s", got.status, got.body)
	}
}

func TestSignInPage(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a, b := s.register("read write"), s.browser()
	page := s.send(b, "GET", "/oauth/authorize", a.request("state", `"><script>alert(1)</script>`))
	if strings.Contains(page.body, "<script>") {
		t.Error("the state is let into the page")
	}
	csp := page.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' https://app.example"} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy: got %s, want %s in it", csp, want)
		}
	}
	page = s.send(b, "GET", "/oauth/authorize", a.request("redirect_uri", "tusky://oauth"), "Accept-Language", "de, fr-CH;q=0.9, en;q=0.8")
	if !strings.Contains(page.body, "Mot de passe") || !strings.Contains(page.header.Get("Content-Security-Policy"), "form-action 'self' tusky:; ") {
		t.Errorf("in French: %s %s", page.header.Get("Content-Security-Policy"), page.body)
	}
	form := with(a.request(), "login", "alice", "password", password, "decision", "sign_in")
	for name, head := range map[string][]string{
		"Sec-Fetch-Site": {"Sec-Fetch-Site", "cross-site"},
		"Origin":         {"Origin", "https://evil.example"},
	} {
		if got := s.send(b, "POST", "/oauth/authorize", form, head...); got.status != 403 {
			t.Errorf("a form from another site, by %s: %d", name, got.status)
		}
	}
	got := s.send(b, "POST", "/oauth/authorize", form, "Sec-Fetch-Site", "same-origin", "Origin", s.origin)
	cookie := got.header.Get("Set-Cookie")
	if got.status != 303 || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("sign in: %d %s", got.status, cookie)
	}
	value, _, _ := strings.Cut(strings.TrimPrefix(cookie, "ensemble="), ";")
	s.tx(func(tx *store.Tx) error {
		n, err := store.Count[models.Session](tx, "id <> ?", value)
		if n != 1 {
			t.Errorf("%d sessions that are not kept by the cookie itself, want 1", n)
		}
		return err
	})
	s.clock.add(31 * 24 * time.Hour)
	if got := s.send(b, "GET", "/oauth/authorize", a.request()); !strings.Contains(got.body, `name="password"`) {
		t.Error("a session never ends")
	}
}

func TestOutOfBand(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a, b := s.register("read"), s.browser()
	const oob = "urn:ietf:wg:oauth:2.0:oob"
	form := a.request("redirect_uri", oob, "scope", "read")
	s.send(b, "POST", "/oauth/authorize", with(form, "login", "alice@one.example", "password", password, "decision", "sign_in"))
	page := s.send(b, "POST", "/oauth/authorize", with(form, "decision", "allow"))
	_, rest, _ := strings.Cut(page.body, `id="code">`)
	code, _, _ := strings.Cut(rest, "<")
	if got := s.exchange(a, code, "redirect_uri", oob); got.status != 200 {
		t.Errorf("with the code %q of the page: %d %s", code, got.status, got.body)
	}
	if got := s.send(b, "POST", "/oauth/authorize", with(form, "decision", "deny")); got.status != 400 || got.header.Get("Location") != "" {
		t.Errorf("deny: %d", got.status)
	}
	if got := s.send(b, "POST", "/auth/sign_out", nil); got.status != 303 {
		t.Errorf("sign out: %d", got.status)
	}
	if got := s.send(b, "GET", "/oauth/authorize", form); !strings.Contains(got.body, `name="password"`) {
		t.Error("signed out, and still in")
	}
}

func TestPasswordsAreNotGuessed(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	a, b := s.register("read"), s.browser()
	try := func(login, pass string) int {
		return s.send(b, "POST", "/oauth/authorize", with(a.request("scope", "read"), "login", login, "password", pass, "decision", "sign_in")).status
	}
	for range 5 {
		if got := try("alice", "wrong"); got != 401 {
			t.Fatalf("a wrong password: %d", got)
		}
	}
	if got := try("Alice", password); got != 429 {
		t.Errorf("the right one after five wrong ones: %d", got)
	}
	if got := try("nobody", "wrong"); got != 401 {
		t.Errorf("another account: %d", got)
	}
	s.clock.add(15 * time.Minute)
	if got := try("alice", password); got != 303 {
		t.Errorf("a quarter of an hour later: %d", got)
	}
}

func TestMetadataAndUserinfo(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	got := s.send(http.DefaultClient, "GET", "/.well-known/oauth-authorization-server", nil)
	if !strings.Contains(got.body, `"code_challenge_methods_supported":["S256"]`) || got.field("issuer") != s.origin+"/" {
		t.Errorf("metadata: %s", got.body)
	}
	a, b := s.register("profile"), s.browser()
	token := s.exchange(a, s.code(b, a, "scope", "profile")).field("access_token")
	got = s.send(http.DefaultClient, "GET", "/oauth/userinfo", nil, "Authorization", "Bearer "+token)
	if got.status != 200 || got.field("sub") != s.origin+"/users/alice" || got.field("preferred_username") != "alice" {
		t.Errorf("userinfo: %d %s", got.status, got.body)
	}
	if status := s.mine(token); status != 403 {
		t.Errorf("profile reads accounts: %d", status)
	}
}
