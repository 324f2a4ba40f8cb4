package api_test

import (
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// letters returns the subjects of the letters of some kinds to somebody, the oldest first.
func (s *server) letters(to string, kinds ...string) (out []string) {
	s.Helper()
	s.do(func(tx *store.Tx) error {
		rows, err := store.Find[models.Mail](tx, "recipient = ? AND kind IN ? ORDER BY id", to+"@one.example", kinds)
		for _, m := range rows {
			out = append(out, m.Subject)
		}
		return err
	})
	return out
}

// Moderators hear by mail of what waits for them, each of what they want to hear, and see
// how much it is.
func TestModeratorsAreToldWhatWaits(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		s.role("al", models.RoleAdmin)
		s.role("sue", models.RoleSupport)
		const mo, sue, mail, waiting = "mo" + staffed, "sue" + staffed, "/api/ensemble/v1/me/mail", "/api/ensemble/v1/admin/waiting"
		all := []string{"reported", "appealed", "asked"}
		s.get("mo", mail).has("staff.reports", true).has("staff.appeals", true).has("staff.sign_ups", true)
		s.get("sue", mail).has("staff", nil)
		s.ask("sue", "PUT", mail, "reports=true").is(403).has("code", "not_staff")
		s.ask("al", "PUT", mail, "reports=false&sign_ups=").is(200).has("staff.reports", false).has("staff.appeals", true).has("staff.sign_ups", false).has("digest", "weekly")
		s.ask("al", "PUT", mail, "reports=true").is(200).has("staff.reports", true).has("staff.sign_ups", false)
		s.ask("al", "PUT", mail, "reports=false").is(200)
		s.ask("mo", "PUT", mail, "").is(422)

		s.setting("registrations", "approval")
		s.setting("site.terms", "# Terms")
		zoe := s.waits("zoe")
		if got := s.letters("mo", all...); len(got) != 0 {
			t.Errorf("before the address is confirmed: %v", got)
		}
		s.get(mo, waiting).has("sign_ups", 0)
		s.confirms(zoe)
		s.get(mo, waiting).has("sign_ups", 1).has("reports", 0).has("appeals", 0).has("claims", 0)
		report := s.post("bo", "/api/v1/reports", map[string]any{"account_id": s.id("ada"), "comment": "a secret"}).str("id")
		s.post(mo, "/api/v1/admin/accounts/"+s.id("ada")+"/action", map[string]any{"type": "none", "text": "Be kind."})
		s.post("ada", "/api/ensemble/v1/me/warnings/"+s.get("ada", "/api/ensemble/v1/me/warnings").str("0.id")+"/appeal", map[string]any{"text": "I was."})
		s.get(mo, waiting).has("sign_ups", 1).has("reports", 1).has("appeals", 1)
		if got := strings.Join(s.letters("mo", all...), "|"); got != "One: @zoe@one.example asks for an account|One: a new report about @ada@one.example|One: @ada@one.example appeals" {
			t.Errorf("the moderator reads %s", got)
		}
		if got := strings.Join(s.letters("al", all...), "|"); got != "One: @ada@one.example appeals" {
			t.Errorf("the admin reads %s", got)
		}
		if got := append(s.letters("sue", all...), s.letters("bo", all...)...); len(got) != 0 {
			t.Errorf("others read %v", got)
		}
		s.do(func(tx *store.Tx) error {
			leaks, err := store.Any[models.Mail](tx, "plain LIKE '%a secret%' OR plain LIKE '%@bo%'")
			there, err2 := store.Any[models.Mail](tx, "kind = 'reported' AND plain LIKE ?", "%/admin/reports/"+report+"%")
			if leaks || !there || err2 != nil {
				t.Errorf("a letter says too much (%t), or does not lead there (%t)", leaks, there)
			}
			return err
		})
		s.ask(sue, "GET", waiting, nil).is(403)
		s.ask("mo/read", "GET", waiting, nil).is(403)
		for range 30 { // a flood
			s.post("bo", "/api/v1/reports", map[string]any{"account_id": s.id("ada")})
		}
		if n := len(s.letters("mo", "reported")); n != 20 {
			t.Errorf("%d letters in an hour", n)
		}
	}, "ada", "bo", "mo", "al", "sue")
}
