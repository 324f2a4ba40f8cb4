package api_test

import (
	"strings"
	"testing"
	"time"
)

// Who lives on the same server is reminded likewise; who muted the other is not, and
// nothing says so.
func TestRemindersHere(t *testing.T) {
	each(t, func(s *server) {
		const collabs = "/api/ensemble/v1/collabs"
		s.ask("bo", "PUT", "/api/ensemble/v1/me/collaborate", "policy=everyone").is(200)
		one := s.post("ada", collabs, map[string]any{"status": "Shall we?", "coauthor_ids": []string{s.id("bo")}}).str("id")
		at, whom := collabs+"/"+one+"/remind", map[string]any{"account_id": s.id("bo")}
		s.get("ada", collabs+"/"+one).has("invitees.0.reminded_at", nil)
		if from := s.get("ada", collabs+"/"+one).str("invitees.0.remind_from"); !strings.HasPrefix(from, "2026-01-03T03:04:") {
			t.Errorf("she can be reminded from %q on", from)
		}
		s.ask("ada", "POST", at, whom).is(429).has("code", "reminded_lately")
		s.ask("bo", "POST", at, whom).is(403)
		s.ask("cy", "POST", at, whom).is(404)
		s.ask("ada/read", "POST", at, whom).is(403)
		s.ask("ada", "POST", at, nil).is(404)
		s.ask("ada", "POST", at, map[string]any{"account_id": s.id("cy")}).is(404)
		s.now = s.now.Add(25 * time.Hour)
		was := s.get("bo", "/api/v1/notifications?types[]=collab_invite").has("1", nil).str("0.id")
		if got := s.post("ada", at, whom).has("invitees.0.state", "delivered").str("invitees.0.reminded_at"); !strings.HasPrefix(got, "2026-01-03T04:04:") {
			t.Errorf("reminded at %q", got)
		}
		if now := s.get("bo", "/api/v1/notifications?types[]=collab_invite").has("1", nil).str("0.id"); now == was {
			t.Error("bo is not told anew")
		}
		s.get("bo", collabs+"/"+one).has("invitees.0.remind_from", nil)
		s.post("bo", "/api/v1/accounts/"+s.id("ada")+"/mute", nil)
		s.now = s.now.Add(25 * time.Hour)
		if got := s.post("ada", at, whom).str("invitees.0.reminded_at"); !strings.HasPrefix(got, "2026-01-04T05:04:") {
			t.Errorf("reminded at %q", got)
		}
		s.post("bo", "/api/v1/accounts/"+s.id("ada")+"/unmute", nil)
		s.get("bo", "/api/v1/notifications?types[]=collab_invite").holds()
		s.post("bo", collabs+"/"+one+"/decline", map[string]any{"confirm": true})
		s.now = s.now.Add(25 * time.Hour)
		s.ask("ada", "POST", at, whom).is(409).has("code", "not_open")
	}, "ada", "bo", "cy")
}
