package web_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store/storetest"
)

// form sends a form as who is signed in by the cookie.
func (s *server) form(cookie, path string, fields url.Values, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", cookie)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Each role sees its own rooms, and none of another's.
func TestRoomsOfModeration(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		bob := s.account("bob", "")
		cookie := s.signIn("alice")
		id := bob.ID.String()
		for _, c := range []struct {
			role                   models.Role
			front                  int
			reports, people, rules int
		}{
			{models.RoleUser, 403, 403, 403, 403}, {models.RolePilot, 403, 403, 403, 403}, {models.RoleFinance, 403, 403, 403, 403},
			{models.RoleSupport, 303, 403, 200, 403}, {models.RoleModerator, 200, 200, 200, 403}, {models.RoleAdmin, 200, 200, 200, 200},
		} {
			s.put(&models.User{AccountID: s.alice.ID, Email: "alice@one.example", Role: c.role, Locale: "en", CreatedAt: s.db.Now()})
			for path, want := range map[string]int{"/admin": c.front, "/admin/reports": c.reports, "/admin/log": c.reports, "/admin/appeals": c.reports,
				"/admin/doors": c.reports, "/admin/people": c.people, "/admin/people/" + id: c.people, "/admin/servers": c.rules, "/admin/house": c.rules, "/admin/roles": c.rules} {
				if w := s.ask("GET", path, "Cookie", cookie); w.Code != want {
					t.Errorf("%s at %s: %d, want %d", c.role, path, w.Code, want)
				}
			}
			page := s.ask("GET", "/admin/people/"+id, "Cookie", cookie).Body.String()
			if acts := strings.Contains(page, `value="suspend"`); acts != c.role.May(models.Judge) {
				t.Errorf("%s is offered to suspend: %t", c.role, acts)
			}
		}
		if w := s.ask("GET", "/admin/reports"); w.Code != 303 || !strings.HasPrefix(w.Header().Get("Location"), "/auth/sign_in") {
			t.Errorf("a stranger: %d", w.Code)
		}
		if w := s.ask("GET", "/admin/people/42", "Cookie", cookie); w.Code != 404 {
			t.Errorf("nobody: %d", w.Code)
		}
	})
}

// A suspension is asked about once more; what the API refuses is shown with what was
// typed, in the language of the reader.
func TestActsOfModeratorsOnPages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		bob := s.account("bob", "")
		cookie := s.signIn("alice")
		s.put(&models.User{AccountID: s.alice.ID, Email: "alice@one.example", Role: models.RoleModerator, Locale: "fr", CreatedAt: s.db.Now()})
		at := "/admin/people/" + bob.ID.String()
		act := url.Values{"do": {"act"}, "type": {"suspend"}, "text": {"Trop, c’est trop."}}
		if w := s.form(cookie, at, act); w.Code != 200 || !strings.Contains(w.Body.String(), "Suspendre @bob") || !strings.Contains(w.Body.String(), "Trop, c’est trop.") {
			t.Errorf("asked once more: %d %s", w.Code, w.Body)
		}
		if w := s.form(cookie, at, url.Values{"do": {"note"}, "text": {" "}}); w.Code != 422 || !strings.Contains(w.Body.String(), "Une note ne peut pas être vide.") {
			t.Errorf("an empty note: %d", w.Code)
		}
		if w := s.form(cookie, at, act, "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
			t.Errorf("from another site: %d", w.Code)
		}
		act.Set("sure", "yes")
		if w := s.form(cookie, at, act); w.Code != 303 || !strings.HasSuffix(w.Header().Get("Location"), "done=person_act_suspend") {
			t.Errorf("suspended: %d %s", w.Code, w.Body)
		}
		if w := s.ask("GET", at, "Cookie", cookie); !strings.Contains(w.Body.String(), "Lever la suspension") {
			t.Errorf("no way back: %s", w.Body)
		}
		if w := s.form(cookie, at, url.Values{"do": {"role"}, "role": {"admin"}}); w.Code != 403 {
			t.Errorf("a moderator gives roles: %d", w.Code)
		}
	})
}

// Who was warned reads why and appeals once; a wrong key opens nothing.
func TestWarningsOnPages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		now := s.db.Now()
		w := &models.Warning{ID: models.NewID(now), AccountID: s.alice.ID, Action: "silence", Text: "Be <b>kind</b>.", CreatedAt: now}
		s.put(w)
		cookie, at := s.signIn("alice"), "/warnings/"+w.ID.String()
		if got := s.ask("GET", at, "Cookie", cookie); got.Code != 200 || !strings.Contains(got.Body.String(), "Be &lt;b&gt;kind&lt;/b&gt;.") {
			t.Errorf("the warning: %d %s", got.Code, got.Body)
		}
		if got := s.form(cookie, at, url.Values{"text": {" "}}); got.Code != 422 || !strings.Contains(got.Body.String(), "An appeal needs words.") {
			t.Errorf("an empty appeal: %d", got.Code)
		}
		for _, want := range []int{303, 409} {
			if got := s.form(cookie, at, url.Values{"text": {"I was."}}); got.Code != want {
				t.Errorf("an appeal: %d, want %d", got.Code, want)
			}
		}
		bob := s.account("bob", "")
		if got := s.ask("GET", at, "Cookie", s.signIn(bob.Username)); got.Code != 404 {
			t.Errorf("somebody else's warning: %d", got.Code)
		}
		if got := s.ask("GET", "/appeal/NOTAKEY"); got.Code != 404 {
			t.Errorf("a wrong key: %d", got.Code)
		}
		for _, path := range []string{"/about/rules", "/about/transparency"} {
			if got := s.ask("GET", path, "Accept-Language", "fr"); got.Code != 200 || !strings.Contains(got.Body.String(), `lang="fr"`) {
				t.Errorf("%s: %d", path, got.Code)
			}
		}
	})
}
