package web_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/models"
)

// form sends one as a page of ours would.
func (s *server) fillIn(path, body, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Cookie", cookie)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Origin", here.Origin)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Who runs the server settles things on pages; nobody else sees them. What is refused
// stays as it was typed.
func TestSettingPages(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	alice := s.signIn("alice")
	get := func(path, lang string) *httptest.ResponseRecorder {
		return s.ask("GET", path, "Accept", "text/html", "Cookie", alice, "Accept-Language", lang)
	}
	for _, role := range []models.Role{models.RoleUser, models.RoleModerator} {
		s.role(role)
		for _, path := range []string{"/admin/settings/server", "/admin/setup/server", "/admin/settings/legal/terms/en"} {
			if w := get(path, "en"); w.Code != 403 {
				t.Errorf("%s shows %s to a %s: %d", path, w.Body, role, w.Code)
			}
		}
		if w := s.fillIn("/admin/settings/server", "title=Mine", alice); w.Code != 403 {
			t.Errorf("a %s settles things: %d", role, w.Code)
		}
	}
	s.role(models.RoleAdmin)
	for _, root := range []string{"/admin/settings", "/admin/setup"} {
		if w := get(root, "en"); w.Header().Get("Location") != root+"/server" {
			t.Errorf("%s leads to %q", root, w.Header().Get("Location"))
		}
		for _, part := range []string{"server", "people", "mail", "storage", "legal", "legal/terms/fr", "legal/privacy/en?template=true"} {
			if w := get(root+"/"+part, "fr"); w.Code != 200 || !strings.Contains(w.Body.String(), `lang="fr"`) {
				t.Errorf("%s/%s answers %d", root, part, w.Code)
			}
		}
	}
	for _, path := range []string{"/admin/settings/check", "/admin/settings/nothing", "/admin/settings/legal/terms/de", "/admin/setup/legal/x/en"} {
		if w := get(path, "en"); w.Code != 404 {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
	if w := s.fillIn("/admin/settings/server", "title=Our+house&languages=fr,+en&contact_email=", alice); w.Header().Get("Location") != "/admin/settings/server?done=settings_saved" {
		t.Errorf("saving leads to %q: %s", w.Header().Get("Location"), w.Body)
	}
	if w := s.ask("GET", "/about", "Accept", "text/html"); !strings.Contains(w.Body.String(), "Our house") || strings.Contains(w.Body.String(), ">One<") {
		t.Errorf("the frame is still called as before: %s", w.Body)
	}
	if w := s.fillIn("/admin/settings/server", "title=Our+home&contact_email=no+where", alice); w.Code != 422 || !strings.Contains(w.Body.String(), "no e-mail address") || !strings.Contains(w.Body.String(), `value="no where"`) {
		t.Errorf("a refusal answers %d: %s", w.Code, w.Body)
	}
	if w := s.fillIn("/admin/setup/people", "registrations=approval&min_age=", alice); w.Header().Get("Location") != "/admin/setup/mail?done=settings_saved" {
		t.Errorf("a step leads to %q", w.Header().Get("Location"))
	}
	if w := get("/admin/settings/people", "en"); !strings.Contains(w.Body.String(), "sends no mail") || !strings.Contains(w.Body.String(), `value="approval" checked`) {
		t.Errorf("who may come: %s", w.Body)
	}
	if w := s.fillIn("/admin/settings/people", "do=staff&staff_second_factor=true", alice); w.Code != 409 || !strings.Contains(w.Body.String(), "for yourself first") {
		t.Errorf("locking oneself out answers %d", w.Code)
	}
	if w := s.fillIn("/admin/settings/mail", "do=test", alice); w.Code != 503 || !strings.Contains(w.Body.String(), "sends no mail") {
		t.Errorf("a test mail answers %d", w.Code)
	}
	if w := s.fillIn("/admin/settings/storage", "do=nothing", alice); w.Code != 422 {
		t.Errorf("nonsense answers %d", w.Code)
	}
	if w := s.fillIn("/admin/settings/legal", "name=Alice&address=here&contact=a@one.example&host=us&law=France&age=15&backups=30+days", alice); w.Header().Get("Location") != "/admin/settings/legal?done=legal_saved" {
		t.Errorf("answers lead to %q: %s", w.Header().Get("Location"), w.Body)
	}
	if w := get("/admin/settings/legal", "en"); !strings.Contains(w.Body.String(), "All texts are complete") || strings.Contains(w.Body.String(), `id="fact-name"`) {
		t.Errorf("the texts: %s", w.Body)
	}
	if w := s.fillIn("/admin/settings/legal/terms/en", "text=%23+Here%0A%5B%5Bwho%5D%5D", alice); w.Code != 303 {
		t.Errorf("a text answers %d", w.Code)
	}
	if w := get("/admin/settings/legal/terms/en", "en"); !strings.Contains(w.Body.String(), "<code>[[who]]</code>") || !strings.Contains(w.Body.String(), "<h2>Here</h2>") {
		t.Errorf("the text: %s", w.Body)
	}
}
