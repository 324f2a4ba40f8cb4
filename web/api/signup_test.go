package api_test

import (
	"testing"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

func (s *server) role(name string, r models.Role) {
	s.Helper()
	s.do(func(tx *store.Tx) error { return account.SetRole(tx, s.people[name], r) })
}

func (s *server) setting(name, value string) {
	s.Helper()
	s.do(func(tx *store.Tx) error { return store.Put(tx, &models.Setting{Name: name, Value: value}) })
}

// waits signs somebody up.
func (s *server) waits(name string) *models.Account {
	s.Helper()
	s.do(func(tx *store.Tx) (err error) {
		p := account.Application{Username: name, Email: name + "@two.example", Password: "a long password", Agreement: true, Reason: "please", Address: "192.0.2.7"}
		s.people[name], err = account.SignUp(tx, p, "no hash", models.KeyPair{RSAPublic: "pem", Ed25519Multibase: "z"})
		return err
	})
	return s.people[name]
}

const staffed = "/read write admin:read admin:write"

// Moderators see who waits, with what they said, and let them in or turn them away.
func TestModeratorsLetPeopleIn(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		s.setting("registrations", "approval")
		s.lawful()
		zoe, yan := s.waits("zoe"), s.waits("yan")
		const all = "/api/v1/admin/accounts"
		s.ask("ada"+staffed, "GET", all+"?pending=true", nil).is(403)
		s.get("mo"+staffed, all+"?pending=true").holds(yan.ID.String(), zoe.ID.String()).has("1.approved", false).has("1.confirmed", false).
			has("1.suspended", false).has("1.invite_request", "please").has("1.email", "zoe@two.example").has("1.ip", "192.0.2.7")
		for _, path := range []string{"/api/v1/accounts/" + zoe.ID.String(), "/api/v1/accounts/lookup?acct=zoe"} {
			s.ask("ada", "GET", path, nil).is(404)
		}
		s.ask("ada"+staffed, "POST", all+"/"+zoe.ID.String()+"/approve", nil).is(403)
		s.ask("mo"+staffed, "POST", all+"/"+s.id("ada")+"/approve", nil).is(403)
		s.ask("mo"+staffed, "POST", all+"/42/approve", nil).is(404)
		s.ask("mo"+staffed, "POST", all+"/"+zoe.ID.String()+"/approve", nil).is(200).has("approved", true).has("confirmed", false)
		s.ask("ada", "GET", "/api/v1/accounts/lookup?acct=zoe", nil).is(404)
		s.ask("mo"+staffed, "POST", all+"/"+yan.ID.String()+"/reject", nil).is(200)
		s.ask("mo"+staffed, "POST", all+"/"+yan.ID.String()+"/reject", nil).is(404)
		s.get("mo"+staffed, all+"?pending=true").holds(zoe.ID.String())
	}, "ada", "mo")
}

func TestRulesForAddresses(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const email, ip, mo = "/api/v1/admin/email_domain_blocks", "/api/v1/admin/ip_blocks", "mo" + staffed
		id := s.post(mo, email, "domain=Spam.Example").has("domain", "spam.example").has("allow_with_approval", false).has("history", "[]").str("id")
		s.ask(mo, "POST", email, "domain=spam.example").is(422)
		s.ask(mo, "POST", email, "domain=no+domain").is(422)
		s.ask("ada"+staffed, "POST", email, "domain=two.example").is(403)
		s.ask("mo/admin:read admin:write:ip_blocks", "POST", email, "domain=two.example").is(403)
		s.get(mo, email).holds(id)
		s.get(mo, email+"/"+id).has("domain", "spam.example")
		s.ask(mo, "DELETE", email+"/"+id, nil).is(200)
		s.ask(mo, "DELETE", email+"/"+id, nil).is(404)
		s.ask(mo, "GET", email+"/"+id, nil).is(404)

		id = s.post(mo, ip, map[string]any{"ip": "192.0.2.7/24", "severity": "sign_up_block", "comment": "spam", "expires_in": 3600}).
			has("ip", "192.0.2.0/24").has("severity", "sign_up_block").has("comment", "spam").str("id")
		for _, bad := range []string{"ip=192.0.2.0/24&severity=no_access", "ip=0.0.0.0/0&severity=no_access", "ip=nowhere&severity=no_access", "ip=192.0.3.1&severity=death", "severity=no_access"} {
			s.ask(mo, "POST", ip, bad).is(422)
		}
		s.ask(mo, "PUT", ip+"/"+id, "severity=no_access").is(200).has("severity", "no_access").has("comment", "spam").has("ip", "192.0.2.0/24")
		s.ask(mo, "PUT", ip+"/42", "severity=no_access").is(404)
		s.get(mo, ip).holds(id)
		s.ask(mo, "DELETE", ip+"/"+id, nil).is(200)
		s.get(mo, ip).holds()
	}, "ada", "mo")
}

func TestInvitationsToSignUp(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const path, mo = "/api/ensemble/v1/admin/invites", "mo" + staffed
		one := s.post(mo, path, "max_uses=3&expires_in=3600").has("max_uses", 3).has("uses", 0).has("good", true)
		if one.str("url") != "https://one.example/invite/"+one.str("code") {
			t.Errorf("the address is %s", one.str("url"))
		}
		s.ask(mo, "POST", path, "max_uses=-1").is(422)
		s.ask("ada"+staffed, "GET", path, nil).is(403)
		s.get(mo, path).holds(one.str("id"))
		s.ask(mo, "DELETE", path+"/"+one.str("id"), nil).is(200)
		s.ask(mo, "DELETE", path+"/"+one.str("id"), nil).is(404)
		s.get(mo, path).has("0.good", false)
	}, "ada", "mo")
}

func TestInstanceSaysWhoMaySignUp(t *testing.T) {
	each(t, func(s *server) {
		s.setting("registrations.message", "Back in <spring>")
		s.get("", "/api/v2/instance").has("registrations.enabled", false).has("registrations.message", "<p>Back in &lt;spring&gt;</p>")
		s.lawful()
		s.setting("registrations", "approval")
		s.setting("registrations.reason", "required")
		s.setting("registrations.min_age", "16")
		s.get("", "/api/v2/instance").has("registrations.enabled", true).has("registrations.approval_required", true).
			has("registrations.reason_required", true).has("registrations.min_age", 16).has("registrations.message", nil)
		s.get("", "/api/v1/instance").has("registrations", true).has("approval_required", true).has("invites_enabled", false)
		s.setting("registrations", "invite")
		s.get("", "/api/v1/instance").has("registrations", false).has("invites_enabled", true)
	}, "ada")
}
