package api_test

import (
	"context"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/web/api"
)

const ours = "/api/ensemble/v1/admin"

// aMachine is one whose mail server takes what it likes.
type aMachine struct {
	to      []string
	refuses error
}

func (m *aMachine) Place() api.Place {
	return api.Place{MediaAt: "data/media", Mail: "smtp.example:587"}
}
func (m *aMachine) State(context.Context) (s api.MachineState) { return s }
func (m *aMachine) Check(_ context.Context, lang, only string) []api.Check {
	return []api.Check{{State: "ok", Text: lang + " " + only}}
}

func (m *aMachine) TestMail(_ context.Context, to, lang string) error {
	m.to = append(m.to, to+" "+lang)
	return m.refuses
}

// Who runs the server settles what it says of itself; it holds at once, and stands in the
// log. What makes no sense changes nothing.
func TestSettings(t *testing.T) {
	each(t, func(s *server) {
		s.role("ada", models.RoleOwner)
		s.role("mo", models.RoleModerator)
		s.lawful()
		const ada, path = "ada" + staffed, ours + "/settings"
		for _, who := range []string{"mo" + staffed, "bo" + staffed, "ada/read write admin:read:accounts"} {
			s.ask(who, "GET", path, nil).is(403)
			s.ask(who, "PATCH", path, "title=Mine").is(403)
		}
		s.ask("", "GET", path, nil).is(401)
		s.get(ada, path).has("title", "").has("configured.title", "One").has("configured.domain", "one.example").has("configured.mail_server", nil).
			has("registrations.mode", "closed").has("registrations.code", "").has("languages", "[en fr]").has("staff_second_factor", false).has("registrations.min_age", nil)
		s.ask(ada, "PATCH", path, map[string]any{
			"title": " Our \n house ", "description": "For two.\r\nOr three.", "contact_email": "us@one.example", "contact_account": "@Bo", "languages": []string{"fr", "pt-BR"},
			"thumbnail": "https://one.example/house.png", "registrations": "approval", "reason_required": true, "min_age": 16, "registrations_message": "Later",
		}).is(200).has("title", "Our house").has("registrations.enabled", true).has("registrations.min_age", 16)
		s.get("", "/api/v2/instance").has("title", "Our house").has("description", "For two.\nOr three.").has("contact.email", "us@one.example").
			has("contact.account.acct", "bo").has("languages", "[fr pt-BR]").has("thumbnail.url", "https://one.example/house.png").
			has("registrations.approval_required", true).has("registrations.reason_required", true).has("registrations.min_age", 16)
		for _, bad := range []string{
			"title=" + strings.Repeat("x", 61), "description=" + strings.Repeat("x", 501), "contact_email=nowhere", "contact_account=nobody", "contact_account=bo@two.example",
			"thumbnail=javascript:x", "languages[]=english!", "registrations=maybe", "registrations=", "min_age=200", "min_age=-1", "registrations_message=" + strings.Repeat("x", 501),
		} {
			if got := s.ask(ada, "PATCH", path, bad+"&contact_email=other@one.example"); got.status != 422 {
				t.Errorf("%s answers %d", bad, got.status)
			}
		}
		s.ask(ada, "PATCH", path, "staff_second_factor=true").is(409).has("code", "own_factor_first")
		s.get(ada, path).has("staff_second_factor", false).has("contact_email", "us@one.example")
		s.ask(ada, "PATCH", path, "title=&thumbnail=&contact_account=&min_age=0&reason_required=false&registrations=closed").is(200).
			has("title", "").has("registrations.min_age", nil).has("registrations.enabled", false)
		s.get("", "/api/v2/instance").has("title", "One").has("contact.account.acct", "ada").has("registrations.message", "<p>Later</p>")
		s.get(ada, ours+"/log").has("0.what", "setting_changed")
	}, "ada", "bo", "mo")
}

// The legal texts are written in two languages, from templates or by hand.
func TestLegalTexts(t *testing.T) {
	each(t, func(s *server) {
		s.role("ada", models.RoleAdmin)
		s.setting("registrations", "open")
		const ada, path = "ada" + staffed, ours + "/legal"
		s.ask("bo"+staffed, "GET", path, nil).is(403)
		s.ask("bo"+staffed, "PUT", path+"/terms/en", "text=Mine").is(403)
		s.ask("bo"+staffed, "POST", path+"/answers", "name=Mine").is(403)
		s.get(ada, path).has("0.kind", "terms").has("0.language", "en").has("0.text", "").has("0.complete", false).has("3.kind", "privacy").has("3.language", "fr").has("4", nil)
		got := s.post(ada, path+"/answers", map[string]any{"name": "Ada & Bo", "contact": "us@one.example", "age": "15"})
		if text := got.str("0.text"); !strings.Contains(text, "Ada & Bo") || !strings.Contains(text, "[[the postal address]]") {
			t.Errorf("the terms are %s", text)
		}
		got.has("0.complete", false).has("1.complete", false)
		s.get("", "/api/v2/instance").has("registrations.enabled", false)
		s.post(ada, path+"/answers", map[string]any{"address": "1 street", "host": "us", "law": "France", "backups": "30 days [[or so]]"}).
			has("0.complete", true).has("1.complete", true).has("2.complete", true).has("3.complete", true).has("3.blanks", "[]")
		s.get("", "/api/v2/instance").has("registrations.enabled", true)
		s.ask(ada, "PUT", path+"/terms/fr", map[string]any{"text": "# Ici\n<script>x</script> [[quoi]]"}).is(200).has("1.complete", false).has("1.blanks", "[[[quoi]]]").
			has("1.html", "<h2>Ici</h2>\n<p>&lt;script&gt;x&lt;/script&gt; <mark>[[quoi]]</mark></p>\n")
		s.get("", "/api/v2/instance").has("registrations.enabled", false)
		s.ask(ada, "PUT", path+"/terms/fr", "text=").is(200).has("1.text", "")
		s.get("", "/api/v2/instance").has("registrations.enabled", true)
		for _, bad := range []string{"/terms/de", "/rules/en", "/x/y"} {
			s.ask(ada, "PUT", path+bad, "text=x").is(404)
		}
		s.ask(ada, "PUT", path+"/terms/en", "text="+strings.Repeat("x", 60_001)).is(422)
		s.ask(ada, "POST", path+"/answers", "name="+strings.Repeat("x", 301)).is(422)
		s.ask(ada, "POST", path+"/answers", "contact=nowhere").is(422)
		s.get(ada, ours+"/log").has("0.what", "legal_changed")
	}, "ada", "bo")
}

// A letter to oneself tells whether mail works, and one thing can be looked at alone.
func TestTestMail(t *testing.T) {
	each(t, func(s *server) {
		s.role("ada", models.RoleOwner)
		const ada, path = "ada" + staffed, ours + "/test_mail"
		s.ask(ada, "POST", path, nil).is(503).has("code", "no_mail")
		m := &aMachine{}
		s.api.Machine = m
		s.ask("bo"+staffed, "POST", path, nil).is(403)
		to := s.post(ada, path, nil).str("sent_to")
		if len(m.to) != 1 || m.to[0] != to+" en" || !strings.HasPrefix(to, "ada@") {
			t.Errorf("it was sent to %v, not %s", m.to, to)
		}
		m.refuses = models.Refuse(models.Unreachable, "mail_not_taken", "smtp.example did not take it: no.")
		s.ask(ada, "POST", path, nil).is(503).has("code", "mail_not_taken")
		s.get(ada, ours+"/settings").has("configured.mail_server", "smtp.example:587").has("configured.media_at", "data/media")
		s.get(ada, ours+"/checks?only=mail").has("0.text", "en mail")
		s.ask(ada, "GET", ours+"/checks?only=all", nil).is(422)
	}, "ada", "bo")
}
