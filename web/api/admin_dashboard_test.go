package api_test

import (
	"fmt"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

func TestDashboardOfAdmins(t *testing.T) {
	t.Parallel()
	const at = "/api/ensemble/v1/admin/dashboard"
	each(t, func(s *server) {
		s.role("ruth", models.RoleAdmin)
		s.say("ada", "status=hello")
		s.queue("two.example", s.people["ada"], models.Create, "https://one.example/x", models.DeliveryQueued)
		s.do(func(tx *store.Tx) error {
			c := &models.Collab{ID: models.NewID(tx.Now), URI: "https://one.example/c", PostURI: "https://one.example/p", InitiatorID: s.people["ada"].ID, State: models.CollabPublished, Published: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
			if err := store.Put(tx, c); err != nil {
				return err
			}
			p := &models.Post{ID: models.NewID(tx.Now), URI: "https://one.example/p", AccountID: c.InitiatorID, Visibility: models.VisPublic, CreatedAt: tx.Now}
			other := &models.Post{ID: models.NewID(tx.Now), URI: "https://one.example/q", AccountID: c.InitiatorID, Visibility: models.VisPublic, CreatedAt: tx.Now}
			r1 := &models.Report{ID: models.NewID(tx.Now), URI: "https://one.example/r1", AccountID: s.people["ruth"].ID, TargetID: c.InitiatorID, PostIDs: []models.ID{other.ID, p.ID}, Category: models.ReportSpam, State: models.ReportOpen, CreatedAt: tx.Now}
			r2 := &models.Report{ID: models.NewID(tx.Now), URI: "https://one.example/r2", AccountID: s.people["ruth"].ID, TargetID: c.InitiatorID, PostIDs: []models.ID{other.ID}, Category: models.ReportSpam, State: models.ReportOpen, CreatedAt: tx.Now}
			r3 := &models.Report{ID: models.NewID(tx.Now), URI: "https://one.example/r3", AccountID: s.people["ruth"].ID, TargetID: c.InitiatorID, Category: models.ReportSpam, State: models.ReportOpen, CreatedAt: tx.Now}
			for _, row := range []any{p, other, r1, r2, r3} {
				if err := store.Put(tx, row); err != nil {
					return err
				}
			}
			states := []models.InviteState{models.InviteAccepted, models.InviteLeft, models.InviteSeen, models.InviteExpired, models.InviteDraft}
			for range 6 {
				states = append(states, models.InviteDeclined)
			}
			for i, state := range states {
				who := &models.Account{ID: models.NewID(tx.Now), URI: models.IRI(fmt.Sprint("https://two.example/", i)), Username: fmt.Sprint("p", i), Domain: "two.example", State: models.AccountActive, CreatedAt: tx.Now, UpdatedAt: tx.Now}
				if err := store.Put(tx, who); err != nil {
					return err
				}
				inv := &models.Invite{ID: models.NewID(tx.Now), CollabID: c.ID, AccountID: who.ID, Position: i, Role: models.RoleCoauthor, State: state, CreatedAt: tx.Now}
				if state == models.InviteDeclined {
					inv.ReasonCode = "not_mine"
					if i == len(states)-1 {
						inv.ReasonCode = "personal" // one alone is not told
					}
					sent := tx.Now.Add(-2 * 3600e9)
					inv.SentAt, inv.AnsweredAt = &sent, &tx.Now
				}
				if err := store.Put(tx, inv); err != nil {
					return err
				}
			}
			return nil
		})
		s.get("ruth/admin:read", at).has("weeks.11.posts", 1).has("weeks.11.sign_ups", 2).has("weeks.12", nil).has("people.total", 2).
			has("federation.known", 1).has("federation.waiting", 1).has("collabs.started", 1).has("collabs.invited", 10).
			has("collabs.accepted", 2).has("collabs.left", 1).has("collabs.waiting", 1).has("collabs.declined", 6).
			has("collabs.reasons.not_mine", 5).has("collabs.reasons.personal", nil).has("collabs.reasons.other", 1).has("collabs.median_seconds", 7200).has("collabs.reported", 1)
		s.ask("ada/admin:read", "GET", at, nil).is(403)
		s.ask("ruth/read", "GET", at, nil).is(403)
	}, "ada", "ruth")
}

func TestRolloutOfAdmins(t *testing.T) {
	t.Parallel()
	const at = "/api/ensemble/v1/admin/rollout"
	each(t, func(s *server) {
		s.role("ruth", models.RoleOwner)
		ruth := "ruth/admin:read admin:write"
		s.get(ruth, at).has("state", "everyone").has("rule.scope", "everyone").has("log.0", nil).has("figures.invited", 0)
		s.ask(ruth, "PUT", at, "scope=some&roles[]=pilot&countries[]=fr, ca&percent=20&from=2026-01-01&to=2026-06-30&end=open").is(200).
			has("state", "test").has("rule.roles.0", "pilot").has("rule.countries.1", "CA").has("rule.percent", 20).has("log.0.actor", "ruth").has("log.0.before", "everyone")
		for _, bad := range []string{"", "scope=some", "scope=all", "scope=some&roles[]=king", "scope=some&percent=101", "scope=some&countries[]=France", "scope=everyone&from=soon", "scope=everyone&from=2026-03-01&to=2026-02-01", "scope=everyone&end=never"} {
			s.ask(ruth, "PUT", at, bad).is(422)
		}
		s.get(ruth, at).has("rule.percent", 20).has("log.1", nil)
		s.ask("ada/admin:read admin:write", "PUT", at, "scope=everyone").is(403)
		s.ask("ada/admin:read admin:write", "POST", at+"/off", nil).is(403)
		s.ask(ruth, "POST", at+"/on", nil).is(409)
		s.post(ruth, at+"/off", nil).has("state", "off")
		s.ask(ruth, "POST", at+"/off", nil).is(409)
		s.post(ruth, at+"/on", nil).has("state", "test").has("off_at", nil).has("log.0.after", "on")
	}, "ada", "ruth")
}
