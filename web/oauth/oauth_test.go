package oauth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/call"
	"ensemble/web/oauth"
)

const password = "correct horse"

// A clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A server is one that alice can sign in to.
type server struct {
	*testing.T
	db     *store.DB
	clock  *clock
	origin string
	alice  *models.Account
}

func newServer(t *testing.T, dialect string) *server { return newServerAt(t, dialect, "") }

// newServerAt is one that believes it is at an origin; "" for where it is.
func newServerAt(t *testing.T, dialect, origin string) *server {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	web := httptest.NewServer(engine)
	t.Cleanup(web.Close)
	s := &server{T: t, origin: web.URL, clock: &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}}
	site := models.Site{Domain: strings.TrimPrefix(web.URL, "http://"), Origin: web.URL, Title: "One", Loose: true, MailFrom: "no-reply@one.example"}
	if origin != "" {
		site.Origin = origin
	}
	s.db = storetest.New(t, dialect, site, s.clock.now)
	now := s.db.Now()
	s.alice = &models.Account{
		ID: models.NewID(now), URI: site.IRI("/users/alice"), URL: site.IRI("/@alice"), Username: "alice", State: models.AccountActive,
		CreatedAt: now, UpdatedAt: now,
	}
	u := &models.User{AccountID: s.alice.ID, Email: "alice@one.example", Role: models.RoleUser, Locale: "en", CreatedAt: now}
	s.tx(func(tx *store.Tx) error {
		if err := store.Put(tx, s.alice); err != nil {
			return err
		}
		return store.Put(tx, u)
	})
	o := oauth.New(oauth.Config{DB: s.db, Authenticate: authenticate, Tries: 5})
	calls := &call.Server{DB: s.db, Who: o.Who, Browser: o.Browser}
	routes := append(o.Routes(), call.Route{Method: "GET", Path: "/mine", Scope: "read:accounts", Handler: func(c *call.Call) (any, error) {
		return c.Me.Username, nil
	}})
	for _, r := range routes {
		engine.Handle(r.Method, r.Path, calls.Handle(r))
	}
	return s
}

func authenticate(tx *store.Tx, login, pass string) (*models.Account, error) {
	if pass != password {
		return account.Authenticate(tx, login, pass)
	}
	name, _, _ := strings.Cut(login, "@")
	return store.One[models.Account](tx, "username = ?", name)
}

func (s *server) tx(fn func(tx *store.Tx) error) {
	s.Helper()
	if err := s.db.Tx(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

// A browser keeps cookies, and stops at redirects.
func (s *server) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (a answer) field(name string) string {
	var m map[string]any
	if json.Unmarshal([]byte(a.body), &m) != nil {
		return ""
	}
	s, _ := m[name].(string)
	return s
}

// to returns the query of the address that a redirect leads to.
func (a answer) to(t *testing.T) url.Values {
	t.Helper()
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

func (s *server) send(client *http.Client, method, path string, form url.Values, head ...string) answer {
	s.Helper()
	var body io.Reader
	if method == "GET" && form != nil {
		path += "?" + form.Encode()
	} else if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, s.origin+path, body)
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	resp, err := client.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{resp.StatusCode, string(text), resp.Header}
}

type app struct{ id, secret string }

const redirect = "https://app.example/back?from=ensemble"

func (s *server) register(scopes string) app {
	s.Helper()
	a := s.send(http.DefaultClient, "POST", "/api/v1/apps", url.Values{
		"client_name": {"Tusky"}, "redirect_uris": {redirect + "\ntusky://oauth\nurn:ietf:wg:oauth:2.0:oob"}, "scopes": {scopes},
	})
	if a.status != 200 {
		s.Fatalf("register: %d %s", a.status, a.body)
	}
	return app{a.field("client_id"), a.field("client_secret")}
}

const verifier = "a-verifier-of-at-least-forty-three-letters-is-long"

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// request returns what an app asks for, with changes: a name and a value in turn.
func (a app) request(changes ...string) url.Values {
	v := url.Values{
		"response_type": {"code"}, "client_id": {a.id}, "redirect_uri": {redirect}, "scope": {"read write"}, "state": {"s&1"},
		"code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

func with(v url.Values, more ...string) url.Values {
	out := url.Values{}
	for k := range v {
		out.Set(k, v.Get(k))
	}
	for i := 0; i+1 < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

// hidden returns the fields of the form on a page, as a browser would send them.
func hidden(page string) url.Values {
	v := url.Values{}
	for _, m := range regexp.MustCompile(`type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		v.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return v
}

// code signs in through the form, allows the app and returns the code.
func (s *server) code(b *http.Client, a app, changes ...string) string {
	s.Helper()
	page := s.send(b, "GET", "/oauth/authorize", a.request(changes...))
	if strings.Contains(page.body, `name="password"`) {
		in := s.send(b, "POST", "/oauth/authorize", with(hidden(page.body), "login", "alice", "password", password, "decision", "sign_in"))
		if in.status != http.StatusSeeOther {
			s.Fatalf("sign in: %d %s", in.status, in.body)
		}
		page = s.send(b, "GET", in.header.Get("Location"), nil)
	}
	if !strings.Contains(page.body, `value="allow"`) {
		s.Fatalf("no page that asks: %d %s", page.status, page.body)
	}
	got := s.send(b, "POST", "/oauth/authorize", with(hidden(page.body), "decision", "allow"))
	if got.status != http.StatusSeeOther {
		s.Fatalf("allow: %d %s", got.status, got.body)
	}
	if q := got.to(s.T); q.Get("state") != "s&1" || q.Get("from") != "ensemble" {
		s.Errorf("the way back lost something: %s", got.header.Get("Location"))
	}
	return got.to(s.T).Get("code")
}

// exchange asks for a token, with changes.
func (s *server) exchange(a app, code string, changes ...string) answer {
	s.Helper()
	v := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier},
		"client_id": {a.id}, "client_secret": {a.secret},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return s.send(http.DefaultClient, "POST", "/oauth/token", v)
}

func (s *server) mine(token string) int {
	s.Helper()
	return s.send(http.DefaultClient, "GET", "/mine", nil, "Authorization", "Bearer "+token).status
}
