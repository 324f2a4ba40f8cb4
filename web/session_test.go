package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/oauth"
)

// A page asks the API as whoever is signed in with the browser, and nobody else does.
func TestTheAPIFromABrowser(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		cookie := s.signIn("alice")
		ask := func(method, path, body string, head ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			if body != "" {
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			for i := 0; i+1 < len(head); i += 2 {
				r.Header.Set(head[i], head[i+1])
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			return w
		}
		status := url.Values{"status": {"from a page"}, "visibility": {"public"}}.Encode()
		for _, c := range []struct {
			name, method, path, body string
			head                     []string
			want                     int
		}{
			{"who is signed in", "GET", "/session/api/v1/accounts/verify_credentials", "", []string{"Cookie", cookie}, 200},
			{"a stranger", "GET", "/session/api/v1/accounts/verify_credentials", "", nil, 401},
			{"a stranger's read", "GET", "/session/api/v2/instance", "", nil, 200},
			{"a cookie without the session's path", "GET", "/api/v1/accounts/verify_credentials", "", []string{"Cookie", cookie}, 401},
			{"a post", "POST", "/session/api/v1/statuses", status, []string{"Cookie", cookie, "Sec-Fetch-Site", "same-origin"}, 200},
			{"a post from elsewhere", "POST", "/session/api/v1/statuses", status, []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}, 403},
			{"a post from another origin", "POST", "/session/api/v1/statuses", status, []string{"Cookie", cookie, "Origin", "https://two.example"}, 403},
			{"what is no part of the API", "GET", "/session/auth/sign_in", "", []string{"Cookie", cookie}, 404},
			{"a session within a session", "GET", "/session/session/api/v1/statuses", "", []string{"Cookie", cookie}, 404},
			{"a push without an app", "POST", "/session/api/v1/push/subscription", "", []string{"Cookie", cookie}, 403},
			{"a moderator's list", "GET", "/session/api/v1/admin/accounts", "", []string{"Cookie", cookie}, 403},
		} {
			if w := ask(c.method, c.path, c.body, c.head...); w.Code != c.want {
				t.Errorf("%s: got %d %s, want %d", c.name, w.Code, w.Body, c.want)
			}
		}
		s.alice.State = models.AccountSuspended
		s.put(s.alice)
		if w := ask("GET", "/session/api/v1/accounts/verify_credentials", "", "Cookie", cookie); w.Code != http.StatusUnauthorized {
			t.Errorf("a suspended account: %d", w.Code)
		}
	})
}

func withAPI(c *web.Config) {
	c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}}).Routes()
}

// signIn returns the cookie of a browser that signed in.
func (s *server) signIn(name string) string {
	s.Helper()
	r := httptest.NewRequest("POST", "/auth/sign_in", strings.NewReader("decision=sign_in&login="+name+"&password=any"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if strings.HasSuffix(c.Name, "ensemble") {
			return c.Name + "=" + c.Value
		}
	}
	s.Fatalf("nobody was signed in: %d %s", w.Code, w.Body)
	return ""
}

// Who is signed in is remembered, and nothing of that outlives what it was made of.
func TestASessionThatIsRememberedEndsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		first, second := s.signIn("alice"), s.signIn("alice")
		me := func(cookie string) (int, string) {
			w := s.ask("GET", "/session/api/v1/accounts/verify_credentials", "Cookie", cookie)
			return w.Code, w.Body.String()
		}
		says := func(what, cookie string, code int, text string) {
			t.Helper()
			for range 2 {
				if got, body := me(cookie); got != code || !strings.Contains(body, text) {
					t.Errorf("%s: %d %s, want %d and %s", what, got, body, code, text)
				}
			}
		}
		says("signed in", first, 200, `"display_name":"Alice"`)
		says("a second browser", second, 200, `"display_name":"Alice"`)
		s.alice.DisplayName = "Alice the Second"
		s.put(s.alice)
		says("a new name", first, 200, `"display_name":"Alice the Second"`)
		s.do(func(tx *store.Tx) error {
			_, err := store.Delete[models.Session](tx, "id = ?", oauth.Hash(strings.SplitN(first, "=", 2)[1]))
			return err
		})
		says("a session that was ended", first, 401, "")
		says("the other", second, 200, "Alice the Second")
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Session](tx, map[string]any{"expires_at": tx.Now}, "account_id = ?", s.alice.ID)
			return err
		})
		says("a session that is over", second, 401, "")
		third := s.signIn("alice")
		says("signed in again", third, 200, "")
		s.alice.State = models.AccountSuspended
		s.put(s.alice)
		says("a suspended account", third, 401, "")
	})
}

func (s *server) do(fn func(*store.Tx) error) {
	s.Helper()
	if err := s.db.Tx(s.Context(), fn); err != nil {
		s.Fatal(err)
	}
}
