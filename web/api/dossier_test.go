package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/activities/account"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

const admin = "/api/ensemble/v1/admin"

// log returns what was done about an account, the latest first.
func (s *server) acts(who string) string {
	s.Helper()
	var all []string
	for i, v := 0, s.get("mo"+staffed, admin+"/log?account_id="+s.id(who)); v.at(itoa(i)) != nil; i++ {
		all = append(all, v.str(itoa(i)+".what"))
	}
	return strings.Join(all, " ")
}

func itoa(i int) string { return models.ID(i).String() }

func TestSupportSeesPeopleAndJudgesNobody(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		s.role("su", models.RoleSupport)
		s.role("fi", models.RoleFinance)
		const mo, su, fi = "mo" + staffed, "su" + staffed, "fi" + staffed
		one := admin + "/accounts/" + s.id("ada")
		s.get(su, "/api/v1/admin/accounts?local=true")
		s.get(su, one).has("account.email", "ada@one.example").has("may_act", true).has("notes", "[]")
		s.post(mo, one+"/notes", "text=a+secret")
		s.get(su, one).has("notes", "[]")
		s.get(mo, one).has("notes.0.text", "a secret").has("notes.0.who", "mo")
		for _, path := range []string{"/api/v1/admin/accounts/" + s.id("ada") + "/action", one + "/notes", "/api/v1/admin/accounts/" + s.id("ada") + "/approve"} {
			s.ask(su, "POST", path, "type=suspend&text=x").is(403)
		}
		for _, path := range []string{admin + "/log", "/api/v1/admin/reports", admin + "/appeals", "/api/v1/admin/domain_blocks"} {
			s.ask(su, "GET", path, nil).is(403)
		}
		for _, path := range []string{"/api/v1/admin/accounts", one, admin + "/log", "/api/v1/admin/reports"} {
			s.ask(fi, "GET", path, nil).is(403)
		}
		s.post(su, one+"/reset_password", nil)
		if m := s.mails("ada@one.example"); len(m) != 1 || m[0].Kind != "reset" {
			s.Errorf("mails: %v", m)
		}
		s.ask(su, "POST", one+"/end_second_factor", nil).is(409)
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Factor{AccountID: s.people["ada"].ID, Secret: "JBSWY3DP"})
		})
		s.get(su, one).has("second_factor", true)
		s.post(su, one+"/end_second_factor", "text=lost+phone").has("second_factor", false)
		s.ask(su, "POST", admin+"/accounts/"+s.id("mo")+"/reset_password", nil).is(403)
		if got := s.acts("ada"); got != "factors_ended reset_sent" {
			s.Errorf("the log says %s", got)
		}
	}, "ada", "mo", "su", "fi")
}

func TestRolesAreGivenByThoseAbove(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		s.role("al", models.RoleAdmin)
		s.role("ow", models.RoleOwner)
		const mo, al, ow = "mo" + staffed, "al" + staffed, "ow" + staffed
		role := func(of string) string { return admin + "/accounts/" + s.id(of) + "/role" }
		s.ask(mo, "PUT", role("ada"), "role=support").is(403)
		s.ask(al, "PUT", role("ada"), "role=support").is(200).has("account.role.name", "support")
		s.ask(al, "PUT", role("ada"), "role=owner").is(403).has("code", "role_above")
		s.ask(al, "PUT", role("ada"), "role=king").is(422)
		s.ask(al, "PUT", role("ow"), "role=user").is(403)
		s.ask(al, "PUT", role("al"), "role=user").is(403).has("code", "own_role")
		s.ask(al, "PUT", role("mo"), "role=user").is(200)
		s.ask(ow, "PUT", role("al"), "role=finance").is(200)
		s.ask(al, "PUT", role("ada"), "role=user").is(403)
		s.ask(ow, "PUT", admin+"/accounts/"+s.stranger("eve").ID.String()+"/role", "role=user").is(422)
		s.get(ow, admin+"/roles").has("2.role", "support").has("2.permissions", "[people help]")
	}, "ada", "mo", "al", "ow")
}

func TestStaffMayHaveToSignInInTwoSteps(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const mo = "mo" + staffed
		s.get(mo, "/api/v1/admin/reports")
		s.setting(models.SettingStaffFactor, "required")
		s.ask(mo, "GET", "/api/v1/admin/reports", nil).is(403).has("code", "second_factor_required")
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Factor{AccountID: s.people["mo"].ID, Secret: "JBSWY3DP"})
		})
		s.get(mo, "/api/v1/admin/reports")
	}, "mo")
}

func TestFeaturesAreTakenFromSomebodyAlone(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const mo = "mo" + staffed
		feature := func(f string) string { return admin + "/accounts/" + s.id("ada") + "/features/" + f }
		s.ask(mo, "PUT", feature("flying"), "text=x").is(422)
		s.ask(mo, "PUT", admin+"/accounts/"+s.stranger("eve").ID.String()+"/features/collabs", "text=x").is(422)
		s.ask(mo, "PUT", feature("reports"), "text=Too+many.").is(200).has("features.0.feature", "reports").has("warnings.0.action", "feature")
		s.ask("ada", "POST", "/api/v1/reports", "account_id="+s.id("bo")).is(403).has("code", "feature_banned")
		s.ask(mo, "PUT", feature("collabs"), "text=x").is(200)
		s.ask("ada", "POST", "/api/ensemble/v1/collabs", map[string]any{"status": "x", "coauthor_ids": []string{s.id("bo")}}).is(403).has("code", "feature_banned")
		s.get("ada", "/api/v1/notifications").has("1.moderation_warning.action", "none").has("1.moderation_warning.text", "Too many.")
		s.ask(mo, "DELETE", feature("reports"), nil).is(200).has("features.0.feature", "collabs").has("features.1", nil)
		s.post("ada", "/api/v1/reports", "account_id="+s.id("bo"))
		if got := s.acts("ada"); got != "feature_unbanned feature_banned feature_banned" {
			s.Errorf("the log says %s", got)
		}
	}, "ada", "bo", "mo")
}

func TestAppeals(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const mo, mine = "mo" + staffed, "/api/ensemble/v1/me/warnings"
		act := "/api/v1/admin/accounts/" + s.id("ada") + "/action"
		s.post(mo, act, "type=silence&text=Calm+down.")
		s.post(mo, act, "type=none&text=Again.")
		id := s.get("ada", mine).has("1.action", "silence").has("1.appeal", nil).has("2", nil).str("1.id")
		if m := s.mails("ada@one.example"); len(m) != 2 || !strings.Contains(m[1].Plain, "/warnings/"+id) && !strings.Contains(m[0].Plain, "/warnings/"+id) {
			s.Errorf("no letter leads there: %v", m)
		}
		s.ask("bo", "GET", mine+"/"+id, nil).is(404)
		s.ask("bo", "POST", mine+"/"+id+"/appeal", "text=x").is(404)
		s.ask("ada", "POST", mine+"/"+id+"/appeal", "text=+").is(422).has("code", "appeal_empty")
		s.ask("ada", "POST", mine+"/"+id+"/appeal", "text="+strings.Repeat("x", 1001)).is(422).has("code", "appeal_long")
		s.post("ada", mine+"/"+id+"/appeal", "text=I+was+calm.").has("appeal.state", "pending")
		s.ask("ada", "POST", mine+"/"+id+"/appeal", "text=x").is(409).has("code", "appeal_again")
		p := s.get(mo, admin+"/appeals").has("0.text", "I was calm.").has("0.warning.text", "Calm down.").has("1", nil).str("0.id")
		s.ask("ada"+staffed, "POST", admin+"/appeals/"+p+"/approve", nil).is(403)
		s.post(mo, admin+"/appeals/"+p+"/approve", "text=Sorry.").has("state", "approved")
		s.ask(mo, "POST", admin+"/appeals/"+p+"/reject", nil).is(409)
		s.get("ada", mine+"/"+id).has("appeal.answer", "Sorry.").has("appeal.state", "approved")
		s.get(mo, admin+"/accounts/"+s.id("ada")).has("account.silenced", false)
		s.get(mo, admin+"/appeals").holds()
		s.get(mo, admin+"/appeals?all=true").has("0.id", p)
		s.get("ada", "/api/v1/notifications").has("1.moderation_warning.appeal.state", "approved")
	}, "ada", "bo", "mo")
}

// Who is suspended cannot sign in, and appeals by the key in the letter.
func TestTheSuspendedAppealByTheirLetter(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const mo = "mo" + staffed
		act := "/api/v1/admin/accounts/" + s.id("ada")
		s.post(mo, act+"/action", "type=suspend&text=Spam.")
		letter := s.mails("ada@one.example")[0].Plain
		_, key, ok := strings.Cut(letter, "/appeal/")
		if !ok || !strings.Contains(letter, "Spam.") {
			s.Fatalf("the letter says %s", letter)
		}
		key = strings.Fields(key)[0]
		s.do(func(tx *store.Tx) error {
			if _, err := moderation.WarningBy(tx, "wrong"); models.KindOf(err) != models.NotFound {
				s.Errorf("a wrong key: %v", err)
			}
			w, err := moderation.WarningBy(tx, key)
			if err != nil {
				return err
			}
			_, err = moderation.Appeal(tx, w, "It was not me.")
			return err
		})
		p := s.get(mo, admin+"/appeals").has("0.warning.action", "suspend").str("0.id")
		s.post(mo, admin+"/appeals/"+p+"/approve", nil)
		s.get(mo, admin+"/accounts/"+s.id("ada")).has("account.suspended", false).has("warnings.0.appeal.state", "approved")
		if got := s.acts("ada"); got != "account_unsuspended appeal_approved account_suspended" {
			s.Errorf("the log says %s", got)
		}
		s.do(func(tx *store.Tx) error {
			if key, err := moderation.Opened(tx, s.people["ada"]); err != nil || key != "" {
				s.Errorf("what is undone is opened: %q %v", key, err)
			}
			return nil
		})
	}, "ada", "mo")
}

func TestWhatARuleWouldDoIsSaidAndNotDone(t *testing.T) {
	each(t, func(s *server) {
		s.role("al", models.RoleAdmin)
		s.role("mo", models.RoleModerator)
		const al, blocks = "al" + staffed, admin + "/domain_blocks"
		s.stranger("eve")
		s.do(func(tx *store.Tx) error {
			_, err := account.SignUpOf(tx, s.people["al"])
			return first(err, store.Put(tx, &models.Account{ID: 1, URI: "https://one.example/actor", Username: "one", System: true, State: models.AccountActive, CreatedAt: tx.Now, UpdatedAt: tx.Now}),
				store.Put(tx, &models.Follow{ID: 7, URI: "https://two.example/7", AccountID: s.people["eve"].ID, TargetID: s.people["ada"].ID, Accepted: true, CreatedAt: tx.Now}))
		})
		s.ask("mo"+staffed, "POST", blocks+"/preview", "domain=two.example").is(403)
		s.ask(al, "POST", blocks+"/preview", "domain=one.example").is(422)
		s.post(al, blocks+"/preview", "domain=Two.example").has("domain", "two.example").has("effects.followers", 1).has("effects.accounts", 1).has("known", false)
		s.get(al, "/api/v1/admin/domain_blocks").holds()
		s.get(al, admin+"/log").holds()
		s.do(func(tx *store.Tx) error {
			if n, err := store.Count[models.Follow](tx, "id = 7"); n != 1 || err != nil {
				s.Errorf("the follow is gone: %v", err)
			}
			return nil
		})
		s.post(al, "/api/v1/admin/domain_blocks", "domain=two.example&severity=suspend")
		s.post(al, blocks+"/preview", "domain=two.example&lift=true").has("effects.restored", 1).has("known", true)
		s.post(al, blocks+"/import", map[string]any{"data": "#domain,#severity\nthree.example,silence\ntwo.example,suspend\n", "dry_run": true}).has("added", 1).has("same", 1)
		s.get(al, "/api/v1/admin/domain_blocks").has("1", nil)
		s.ask(al, "POST", blocks+"/import", map[string]any{"data": "three.example,nonsense"}).is(200).has("added", 1)
		s.ask(al, "POST", blocks+"/import", map[string]any{"data": "domain,severity\nthree.example,nonsense"}).is(422)
		s.exports(al, "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate", "three.example,suspend,False,False,,False", "two.example,suspend,False,False,,False")
		s.ask(al, "POST", admin+"/domain_lists", "url=nonsense").is(422)
		l := s.post(al, admin+"/domain_lists", "url=https://list.example/a.csv").has("state", "new").str("id")
		s.get(al, admin+"/domain_lists").holds(l)
		s.ask(al, "DELETE", admin+"/domain_lists/"+l, nil).is(200)
		s.get(al, admin+"/domain_lists").holds()
	}, "ada", "al", "mo")
}

// exports checks what rules are written down.
func (s *server) exports(who string, want ...string) {
	s.Helper()
	req := httptest.NewRequest("GET", admin+"/domain_blocks/export", nil)
	req.Header.Set("Authorization", "Bearer "+who)
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, req)
	if got := w.Body.String(); w.Code != 200 || got != strings.Join(append(want, ""), "\n") {
		s.Errorf("%d %q", w.Code, got)
	}
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestTransparencyEqualsTheLog(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		const mo, path = "mo" + staffed, "/api/ensemble/v1/transparency"
		s.get("", path).has("0.reports_here", 0).has("1", nil)
		r := s.post("bo", "/api/v1/reports", "account_id="+s.id("ada")+"&comment=rude").str("id")
		act := "/api/v1/admin/accounts/" + s.id("ada") + "/action"
		s.post(mo, act, "type=none&text=Be+kind.&report_id="+r)
		s.post(mo, act, "type=suspend&text=Enough.")
		s.post(mo, "/api/v1/admin/accounts/"+s.id("ada")+"/unsuspend", nil)
		v := s.get("", path).has("0.reports_here", 1).has("0.reports_afar", 0).has("0.appeals", 0).has("0.domain_blocks", nil)
		v.has("0.acts", "map[account_suspended:1 account_unsuspended:1 account_warned:1 report_closed:1]")
		s.now = s.now.AddDate(0, 4, 0)
		s.get("", path).has("0.acts", "map[]").has("0.from", "2026-04-01T00:00:00.000Z").has("1.reports_here", 1).has("2", nil)
		s.setting(models.SettingPublicBlocks, models.PublicBlocksAll)
		s.get("", path).has("0.domain_blocks", 0)
	}, "ada", "bo", "mo")
}

func TestRulesAreInBothLanguages(t *testing.T) {
	each(t, func(s *server) {
		s.role("al", models.RoleAdmin)
		const al = "al" + staffed
		s.ask(al, "PUT", admin+"/rules", map[string]any{"rules": []map[string]string{{"text": "", "french": "x"}}}).is(422)
		s.ask(al, "PUT", admin+"/rules", map[string]any{"rules": []map[string]string{{"text": "Be kind.", "french": "Soyez  aimable."}, {"text": "No spam."}}}).is(200)
		s.get("", "/api/v1/instance/rules").has("0.text", "Be kind.").has("0.translations.fr.text", "Soyez aimable.").has("1.text", "No spam.").
			has("1.translations", "map[]").has("2", nil)
		s.get(al, admin+"/log").has("0.what", "rules_changed")
	}, "al")
}

func TestNotesAreForModerators(t *testing.T) {
	each(t, func(s *server) {
		s.role("mo", models.RoleModerator)
		s.role("max", models.RoleModerator)
		const mo = "mo" + staffed
		r := s.post("bo", "/api/v1/reports", "account_id="+s.id("ada")).str("id")
		notes := admin + "/accounts/" + s.id("ada") + "/notes"
		s.ask(mo, "POST", notes, "text=").is(422)
		s.ask(mo, "POST", admin+"/accounts/"+s.id("bo")+"/notes", "text=x&report_id="+r).is(422)
		n := s.post(mo, notes, "text=Look+again&report_id="+r).has("report_id", r).str("id")
		s.get("max"+staffed, admin+"/reports/"+r+"/notes").has("0.text", "Look again").has("0.mine", false)
		s.ask("max"+staffed, "DELETE", admin+"/notes/"+n, nil).is(403)
		s.ask(mo, "DELETE", admin+"/notes/"+n, nil).is(200)
		s.get(mo, admin+"/reports/"+r+"/notes").holds()
		s.ask("ada"+staffed, "GET", admin+"/reports/"+r+"/notes", nil).is(403)
	}, "ada", "bo", "mo", "max")
}
