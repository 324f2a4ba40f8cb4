package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
)

// Rules are said anew, moved and dropped on their page, and keep their numbers.
func TestFormOfTheRules(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	s.put(&models.Setting{Name: "site.rules", Value: "Be kind.\nNo advertising."})
	const at = "/admin/house"
	sent := func(lines ...[4]string) url.Values {
		q := url.Values{}
		for i, r := range lines {
			for j, name := range []string{"id", "text", "french", "place"} {
				q.Set(fmt.Sprintf("rules[%d][%s]", i, name), r[j])
			}
		}
		return q
	}
	good := sent([4]string{"1", "Be very kind.", "Soyez très aimable.", "1"}, [4]string{"2", "", "", "2"}, [4]string{"", "Say who drew it.", "", "1"}) // from the third place to the first
	if w := s.form(s.keeps(models.RoleModerator, "en"), at, good); w.Code != 403 {
		t.Errorf("a moderator: %d", w.Code)
	}
	cookie := s.keeps(models.RoleAdmin, "")
	s.sends(cookie, sending{path: at, fields: good, done: "rules_set"},
		sending{path: at, fields: sent([4]string{"2", "No advertising.", "", "1"}), status: 422, en: "One of these rules was dropped", fr: "L’une de ces règles a été retirée"},
		sending{path: at, fields: sent([4]string{"1", "", "Soyez très aimable.", "1"}), status: 422, en: "Each rule needs a text.", fr: "Chaque règle doit avoir un texte."})
	body := s.ask("GET", "/api/v1/instance/rules").Body.String()
	if !strings.HasPrefix(body, `[{"id":"3","text":"Say who drew it."`) || !strings.Contains(body, `{"id":"1","text":"Be very kind.","hint":"","translations":{"fr":{"text":"Soyez très aimable."`) {
		t.Errorf("the rules: %s", body)
	}
	if w := s.ask("GET", at, "Cookie", cookie, "Accept-Language", "fr"); !strings.Contains(w.Body.String(), "<legend>Règle 3</legend>") || !strings.Contains(w.Body.String(), "<legend>Nouvelle règle</legend>") {
		t.Errorf("the page: %d %s", w.Code, w.Body)
	}
}

// A moderator sees in the navigation how much waits, and chooses what letters tell.
func TestModeratorsSeeWhatWaits(t *testing.T) {
	t.Parallel()
	site := here
	site.MailFrom = "no-reply@one.example"
	s := newServerAt(t, site, "sqlite", withAPI)
	s.waits("zoe", true)
	s.waits("yan", false)
	now := s.db.Now()
	s.put(&models.Appeal{ID: models.NewID(now), WarningID: 1, AccountID: s.alice.ID, Text: "No.", State: models.AppealPending, CreatedAt: now})
	cookie := s.keeps(models.RoleModerator, "")
	body := s.ask("GET", "/admin/log", "Cookie", cookie, "Accept-Language", "en").Body.String()
	for _, want := range []string{`Reports</span> <span class="count">1<`, `Sign-ups</span> <span class="count">1<`} {
		if !strings.Contains(body, want) {
			t.Errorf("the navigation lacks %s: %s", want, body)
		}
	}
	const at = "/settings/notifications"
	if w := s.ask("GET", at, "Cookie", cookie, "Accept-Language", "fr"); !strings.Contains(w.Body.String(), "Demandes de compte") {
		t.Errorf("the settings: %d %s", w.Code, w.Body)
	}
	if w := s.form(cookie, at, url.Values{"form": {"staff_mail"}, "reports": {"true"}}); w.Code != 303 {
		t.Errorf("choosing: %d %s", w.Code, w.Body)
	}
	if n := rows[models.User](s, "account_id = ? AND staff_mail_off = 'appeals sign_ups'", s.alice.ID); n != 1 {
		t.Error("the choice was not kept")
	}
	bob := s.account("bob", "")
	if w := s.ask("GET", at, "Cookie", s.signIn(bob.Username)); w.Code != 200 || strings.Contains(w.Body.String(), "staff_mail") {
		t.Errorf("for others: %d", w.Code)
	}
}

// Every room of those who look after the server opens, in both languages.
func TestEveryRoomOpens(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	cookie := s.keeps(models.RoleOwner, "")
	for _, path := range []string{"", "/reports", "/appeals", "/claims", "/people", "/doors", "/doors/invites", "/doors/email", "/doors/networks", "/servers",
		"/servers/lists", "/house", "/house/announcements", "/house/emoji", "/house/emoji?remote=true", "/roles", "/log"} {
		for _, lang := range []string{"en", "fr"} {
			w := s.ask("GET", "/admin"+path, "Cookie", cookie, "Accept-Language", lang)
			if w.Code != 200 || !strings.Contains(w.Body.String(), `lang="`+lang+`"`) || strings.Count(w.Body.String(), "<h1") != 1 {
				t.Errorf("/admin%s in %s: %d", path, lang, w.Code)
			}
		}
	}
}
