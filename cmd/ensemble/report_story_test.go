package main

import (
	"fmt"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// keeper is somebody on s who looks after it.
func (s *server) keeper(name string, role models.Role) *person {
	s.net.t.Helper()
	p := s.born(name)
	s.do(func(tx *store.Tx) error {
		if _, err := store.Set[models.User](tx, map[string]any{"role": role}, "account_id = ?", p.id); err != nil {
			return err
		}
		_, err := store.Set[models.Token](tx, map[string]any{"scopes": "read write follow admin:read admin:write"}, "account_id = ?", p.id)
		return err
	})
	return p
}

// reports are those that are open, as p sees them.
func (p *person) reports() []object { p.t.Helper(); return p.list("/api/v1/admin/reports") }

// A report on a joint post reaches the moderators of every author's server, and names
// its author to nobody but those at home.
func TestAReportOnAJointPost(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		one, two, three := ada.keeper("ann", models.RoleModerator), bo.keeper("ben", models.RoleAdmin), cy.keeper("cat", models.RoleOwner)
		uri := published(ada, bo, nil)
		post := cy.status(uri)
		made := cy.post("/api/v1/reports", object{
			"account_id": post["account"].(object)["id"], "status_ids": []any{post["id"]}, "comment": "They copied this.", "category": "legal",
		})
		n.settle()
		expect(t, "forwarded", made["forwarded"], any(true))
		expect(t, "category", made["category"], any("legal"))

		for _, at := range []struct {
			mod  *person
			whom string
		}{{one, "ada"}, {two, "bo"}} {
			open := at.mod.reports()
			if len(open) != 1 {
				t.Fatalf("%s has %d reports, want 1: %v", at.mod.host, len(open), open)
			}
			r := open[0]
			expect(t, "whom at "+at.mod.host, r["target_account"].(object)["account"].(object)["acct"], any(at.whom))
			expect(t, "posts at "+at.mod.host, len(r["status_ids"].([]any)), 1)
			expect(t, "comment", r["comment"], any("They copied this."))
			if by := r["account"].(object)["username"]; by != "three.test" {
				t.Errorf("%s learns that the report is by %v", at.mod.host, by)
			}
			if strings.Contains(string(at.mod.call(at.mod, "GET", "/api/v1/admin/reports", nil, 200)), "cy@") {
				t.Errorf("%s learns the name of the reporter", at.mod.host)
			}
			notes := at.mod.list("/api/v1/notifications?types[]=admin.report")
			if len(notes) != 1 || notes[0]["report"].(object)["id"] != r["id"] {
				t.Errorf("%s is told %v", at.mod.name, notes)
			}
		}
		home := three.reports()
		expect(t, "by, at home", home[0]["account"].(object)["username"], any("cy"))
		ways := home[0]["forwarded_to"].([]any)
		if len(ways) != 2 || ways[0].(object)["state"] != "done" || ways[1].(object)["state"] != "done" {
			t.Errorf("the report went %v", ways)
		}

		// Nobody else sees reports, and every act is in the log.
		ada.refused("GET", "/api/v1/admin/reports", nil, 403)
		path := "/api/v1/admin/reports/" + two.reports()[0]["id"].(string)
		expect(t, "assigned", two.post(path+"/assign_to_self", nil)["assigned_account"].(object)["username"], any("ben"))
		expect(t, "resolved", two.post(path+"/resolve", object{"reason": "Talked to bo"})["action_taken"], any(true))
		expect(t, "open after that", len(two.reports()), 0)
		expect(t, "closed", len(two.list("/api/v1/admin/reports?resolved=true")), 1)
		expect(t, "reopened", two.post(path+"/reopen", nil)["action_taken"], any(false))
		expect(t, "the log", two.server.moderated(), "ben report_assigned ; ben report_closed Talked to bo; ben report_reopened ")
	})
}

// moderated returns what moderators did, as their log has it.
func (s *server) moderated() string {
	var said []string
	for _, a := range rowsOf[models.ModerationAct](s, "1 = 1 ORDER BY id") {
		said = append(said, a.Who+" "+a.What+" "+a.Reason)
	}
	return strings.Join(said, "; ")
}

// What makes no sense is refused in words, and nothing is kept or sent.
func TestReportsThatMakeNoSense(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		p := ada.post("/api/v1/statuses", object{"status": "Hello"})
		hidden := ada.post("/api/v1/statuses", object{"status": "Among us", "visibility": "direct"})
		n.settle()
		ID := func(o object) any { return o["id"] }
		at := cy.status(p["uri"].(string))
		adaID, boID := cy.knows(ada), cy.knows(bo)
		for _, c := range []struct {
			name string
			body object
			want int
		}{
			{"nobody", object{"comment": "Bad"}, 404},
			{"somebody unknown", object{"account_id": "12345"}, 404},
			{"oneself", object{"account_id": cy.id.String()}, 422},
			{"another's post", object{"account_id": boID, "status_ids": []any{ID(at)}}, 422},
			{"a post unseen", object{"account_id": adaID, "status_ids": []any{ID(hidden)}}, 404},
			{"an unknown category", object{"account_id": adaID, "category": "rude"}, 422},
			{"an unknown rule", object{"account_id": adaID, "rule_ids": []any{"7"}}, 422},
			{"a long comment", object{"account_id": adaID, "comment": strings.Repeat("a", 1001)}, 422},
		} {
			if text := cy.refused("POST", "/api/v1/reports", c.body, c.want); strings.Contains(text, "wrong here") {
				t.Errorf("%s: %s", c.name, text)
			}
		}
		cy.post("/api/v1/reports", object{"account_id": adaID, "forward": false})
		n.settle()
		expect(t, "reports at home", len(rowsOf[models.Report](cy.server, "1 = 1")), 1)
		expect(t, "reports elsewhere", len(rowsOf[models.Report](ada.server, "1 = 1")), 0)
		cy.post("/api/v1/reports", object{"account_id": adaID, "status_ids": []any{ID(at)}, "forward": true, "forward_to_domains": []any{"one.test", "two.test"}})
		n.settle()
		expect(t, "reports told", len(rowsOf[models.Report](ada.server, "1 = 1")), 1)
		expect(t, "reports told to another", len(rowsOf[models.Report](bo.server, "1 = 1")), 0)
	})
}

// Other servers report in many shapes; what is not ours is left out, and no server
// can bury us in reports.
func TestFlagsFromElsewhere(t *testing.T) {
	forgery(t, func(c *cast) {
		mod := c.bo.keeper("ben", models.RoleModerator)
		p := c.bo.post("/api/v1/statuses", object{"status": "Hello"})
		c.settle()
		uri, bo, foreign := p["uri"].(string), string(c.bo.uri), "https://three.test/users/cy"
		flag := func(what any, reason string) string {
			return c.mallory.sends(c.bo.server, c.mallory.does("Flag", what, object{"content": reason}))
		}
		expect(t, "Misskey's shape", flag(bo, "1"), "applied")
		expect(t, "Mastodon's shape", flag([]any{bo, uri, foreign}, "2"), "applied")
		expect(t, "Lemmy's shape", c.mallory.sends(c.bo.server, c.mallory.does("Flag", uri, object{"summary": "3"})), "applied")
		expect(t, "Pleroma's shape", flag([]any{bo, object{"type": "Note", "id": uri, "content": "x"}}, "4"), "applied")
		rows := rowsOf[models.Report](c.bo.server, "1 = 1 ORDER BY id")
		posts := []int{0, 1, 1, 1}
		for i, r := range rows {
			if r.TargetID != c.bo.id || len(r.PostIDs) != posts[i] || r.Comment != fmt.Sprint(i+1) || r.Host != "evil.test" {
				t.Errorf("report %d is %+v", i+1, r)
			}
		}
		expect(t, "reports", len(rows), 4)
		expect(t, "the same again", flag([]any{bo, uri}, "4"), "duplicate")
		expect(t, "about others", flag([]any{foreign, "https://evil.test/x"}, "5"), "not_ours")
		expect(t, "about nobody", flag(nil, "6"), "bad_object")
		expect(t, "about nothing here", flag("https://two.test/users/nobody", "7"), "not_ours")
		expect(t, "about the server", flag("https://two.test/actor", "8"), "not_ours")
		many := []any{}
		for i := range 10000 {
			many = append(many, fmt.Sprintf("https://two.test/users/bo/notes/%d", i))
		}
		expect(t, "of 10,000 posts", flag(append(many, bo), "9"), "not_ours")
		expect(t, "of 10,000 posts, bo first", flag(append([]any{bo}, many...), "10"), "applied")
		expect(t, "with an escape", flag(bo, "a\u001b[31mb"), "applied")
		if r := mod.reports()[0]; r["comment"] != "a [31mb" {
			t.Errorf("the comment is %q", r["comment"])
		}
		forged := c.mallory.does("Flag", bo, object{"actor": foreign, "id": "https://three.test/flags/1"})
		if got := c.mallory.posts(c.bo.server, marshal(t, forged)); got != 401 {
			t.Errorf("a Flag in another's name: got %d, want 401", got)
		}
		for i := range 40 {
			flag(bo, fmt.Sprintf("again %d", i))
		}
		expect(t, "one too many", flag(bo, "once more"), "too_many_reports")
		expect(t, "reports in the end", len(rowsOf[models.Report](c.bo.server, "1 = 1")), models.MaxReportsHour)
	})
}
