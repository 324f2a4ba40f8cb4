package api_test

import (
	"strings"
	"testing"

	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// Those who look after the server hear of people who live here now, as one piece of news.
func TestStaffIsToldOfSignUps(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		s.role("al", models.RoleAdmin)
		s.setting("registrations", "open")
		s.lawful()
		w := s.watch()
		c := w.socket("/api/v1/streaming?stream=user&access_token=mo").settled()
		zoe, yan := s.waits("zoe"), s.waits("yan")
		s.get("mo", "/api/v1/notifications").holds()
		for _, a := range []*models.Account{zoe, yan} {
			s.confirms(a)
		}
		c.hears("user notification admin.sign_up", "user notification admin.sign_up")
		for _, who := range []string{"mo", "al"} {
			s.get(who, "/api/v1/notifications?types[]=admin.sign_up").has("0.account.id", yan.ID).has("1.account.id", zoe.ID).has("2", nil)
			s.get(who, "/api/v2/notifications").has("notification_groups.0.type", "admin.sign_up").has("notification_groups.0.notifications_count", 2).
				has("notification_groups.1", nil)
		}
		s.get("ada", "/api/v1/notifications").holds()
	}, "ada", "mo", "al")
}

// confirms follows the link in the letter.
func (s *server) confirms(a *models.Account) {
	s.Helper()
	s.do(func(tx *store.Tx) error {
		m, err := store.Find[models.Mail](tx, "account_id = ? ORDER BY id DESC LIMIT 1", a.ID)
		if err != nil || len(m) == 0 {
			s.Fatal("no letter: ", err)
		}
		_, secret, _ := strings.Cut(m[0].Plain, "confirmation_token=")
		secret = strings.Fields(secret)[0]
		_, err = account.Confirm(tx, secret)
		return err
	})
}

func TestWarningsSayWhatWasDone(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const mo = "mo" + staffed
		act := "/api/v1/admin/accounts/" + s.id("ada") + "/action"
		post := s.say("ada", "status=rude")
		report := s.post("bo", "/api/v1/reports", map[string]any{"account_id": s.id("ada"), "status_ids": []string{post}, "comment": "rude"}).str("id")
		s.ask(mo, "POST", act, "type=none").is(422)
		s.ask(mo, "POST", act, "type=death&text=x").is(422)
		s.ask(mo, "POST", act, "type=silence&report_id=42").is(404)
		s.ask(mo, "POST", "/api/v1/admin/accounts/"+s.stranger("eve").ID.String()+"/action", "type=none&text=x").is(422)
		s.get("ada", "/api/v1/notifications").holds()

		s.post(mo, act, "type=none&text=Be+kind.&report_id="+report)
		s.post(mo, act, "type=silence&send_email_notification=false")
		s.post(mo, act, "type=sensitive")
		v := s.get("ada", "/api/v1/notifications").has("2", nil)
		v.has("0.type", "moderation_warning").has("0.moderation_warning.action", "sensitive").has("0.moderation_warning.text", "").
			has("0.moderation_warning.status_ids", "[]").has("0.moderation_warning.target_account.id", s.id("ada")).has("0.account.id", s.id("ada"))
		v.has("1.moderation_warning.action", "none").has("1.moderation_warning.text", "Be kind.").has("1.moderation_warning.status_ids.0", post).
			has("1.moderation_warning.appeal", nil).has("1.event", nil)
		s.get("ada", "/api/v2/notifications").has("notification_groups.1.moderation_warning.text", "Be kind.")
		s.get("bo", "/api/v1/notifications").holds()
	}, "ada", "bo", "mo")
}

func TestSeveredRelationshipsAreCounted(t *testing.T) {
	each(t, func(s *server) {
		s.role("al", models.RoleAdmin)
		s.stranger("eve")
		s.stranger("eli")
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Account{ID: 1, URI: "https://one.example/actor", Username: "one", System: true, State: models.AccountActive, CreatedAt: tx.Now, UpdatedAt: tx.Now})
		})
		tie := func(who, whom string, accepted bool) {
			s.do(func(tx *store.Tx) error {
				id := models.NewID(tx.Now)
				return store.Put(tx, &models.Follow{ID: id, URI: models.IRI("https://two.example/" + id.String()), AccountID: s.people[who].ID, TargetID: s.people[whom].ID, Accepted: accepted, CreatedAt: tx.Now})
			})
		}
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Account](tx, map[string]any{"followers_count": 2, "following_count": 2}, "1 = 1")
			return err
		})
		for _, name := range []string{"ada", "bo"} {
			tie("eve", name, true)
			tie("eli", name, true)
			tie(name, "eve", true)
			tie(name, "eli", false)
		}
		s.post("ada", "/api/v1/domain_blocks", "domain=two.example")
		s.post("cy", "/api/v1/domain_blocks", "domain=two.example")
		s.get("ada", "/api/v1/notifications").has("0.type", "severed_relationships").has("0.event.type", "user_domain_block").has("0.event.target_name", "two.example").
			has("0.event.followers_count", 2).has("0.event.following_count", 1).has("0.event.purged", false).has("1", nil)
		s.get("cy", "/api/v1/notifications").holds()
		s.do(func(tx *store.Tx) error {
			_, _, err := moderation.SetRule(tx, s.people["al"], models.DomainRule{Domain: "two.example", Severity: models.SeveritySuspend}, "spam")
			return err
		})
		s.get("bo", "/api/v1/notifications").has("0.event.type", "domain_block").has("0.event.followers_count", 2).has("0.event.target_name", "two.example").has("1", nil)
		s.get("bo", "/api/v2/notifications").has("notification_groups.0.event.type", "domain_block")
		s.get("ada", "/api/v1/notifications").has("1", nil)
	}, "ada", "bo", "cy", "al")
}
