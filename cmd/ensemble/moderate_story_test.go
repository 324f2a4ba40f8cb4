package main

import (
	"strings"
	"testing"

	"ensemble/models"
)

// A suspension takes hold of tokens, letters and works with its commit, and only
// those above somebody can do anything to them.
func TestModeratorsActOnAccounts(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		mod, boss := bo.keeper("mona", models.RoleModerator), bo.keeper("ruth", models.RoleOwner)
		uri := published(ada, bo, nil)
		open := ada.offer(object{"status": "Never answered"}, bo)
		stamp := n.stampOf(uri)
		n.cut("one.test", true)
		bo.post("/api/v1/statuses", object{"status": "@ada@one.test on its way"})
		n.settle()
		n.cut("one.test", false)
		at := func(p *person) string { return "/api/v1/admin/accounts/" + p.id.String() }
		mod.refused("POST", at(boss)+"/action", object{"type": "suspend"}, 403)
		mod.refused("POST", at(mod)+"/action", object{"type": "suspend"}, 403)
		mod.refused("POST", at(bo)+"/action", object{"type": "explode"}, 422)
		mod.refused("POST", at(bo)+"/action", object{"type": "none"}, 422)
		bo.refused("POST", at(cy)+"/action", object{"type": "suspend"}, 403)

		mod.post(at(bo)+"/action", object{"type": "none", "text": "Be kind."})
		if told := bo.notices("moderation_warning"); len(told) != 1 || told[0]["text"] != "Be kind." {
			t.Errorf("bo is told %v", told)
		}
		cy.post("/api/v1/reports", object{"account_id": cy.knows(bo), "forward": true, "comment": "Spam"})
		n.settle()
		report := mod.reports()[0]["id"].(string)
		mod.post(at(bo)+"/action", object{"type": "suspend", "report_id": report, "text": "Spam"})
		expect(t, "suspended", mod.get(at(bo))["suspended"], any(true))
		bo.refused("GET", "/api/v1/timelines/home", nil, 401)
		expect(t, "open reports", len(mod.reports()), 0)
		for _, d := range rowsOf[models.Delivery](bo.server, "account_id = ? AND state = 'queued'", bo.id) {
			if out := rowsOf[models.Outbound](bo.server, "id = ?", d.OutboundID)[0]; out.Verb == models.Create {
				t.Errorf("a letter still waits: %+v", d)
			}
		}
		if d := rowsOf[models.Delivery](bo.server, "state = 'dropped'"); len(d) == 0 || d[0].LastError != "its sender is suspended" {
			t.Errorf("what waited is %v", d)
		}
		if status, _ := n.document(stamp); status != 410 {
			t.Errorf("the stamp: got %d, want 410", status)
		}
		n.hurry() // one rests, for it was cut off
		expectNames(t, "one", ada.status(uri), "ada")
		expectNames(t, "three", cy.status(uri), "ada@one.test")
		expect(t, "what bo never answered", ada.collab(open["uri"].(string))["state"], any("discarded"))
		mod.refused("POST", at(bo)+"/action", object{"type": "suspend"}, 409)

		expect(t, "let in again", mod.post(at(bo)+"/unsuspend", nil)["suspended"], any(false))
		bo.refused("GET", "/api/v1/timelines/home", nil, 401) // with a new token alone
		mod.refused("POST", at(bo)+"/unsuspend", nil, 409)
		var said []string
		for _, a := range rowsOf[models.ModerationAct](bo.server, "target_id = ? ORDER BY id", bo.id) {
			said = append(said, a.Who+" "+a.What)
		}
		expect(t, "the log", strings.Join(said, ", "),
			"mona account_warned, mona account_suspended, mona report_closed, mona account_unsuspended")
	})
}

// Who is limited is seen by those who follow them; whose media are sensitive says so.
func TestALimitedAccount(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		mod, dee := bo.keeper("mona", models.RoleModerator), bo.born("dee")
		pic := ada.picture("A mug")
		ada.post("/api/v1/statuses", object{"status": "Seen", "media_ids": []string{pic}})
		n.settle()
		at := "/api/v1/admin/accounts/" + ada.lives(bo.server).String()
		mod.post(at+"/action", object{"type": "silence", "text": "Loud"})
		mod.post(at+"/action", object{"type": "sensitive"})
		expect(t, "silenced", mod.get(at)["silenced"], any(true))
		expect(t, "sensitized", mod.get(at)["sensitized"], any(true))
		expect(t, "public posts", len(dee.list("/api/v1/timelines/public")), 0)
		home := bo.list("/api/v1/timelines/home")
		expect(t, "bo's home", len(home), 1)
		expect(t, "sensitive", home[0]["sensitive"], any(true))
		ada.post("/api/v1/statuses", object{"status": "@dee@two.test @bo@two.test hello"})
		n.settle()
		expect(t, "dee is told", len(dee.notices("mention")), 0)
		expect(t, "bo is told", len(bo.notices("mention")), 1)
		n.pass(25 * 60 * 60 * 1e9) // the actor is read anew, and stays limited
		bo.knows(ada)
		expect(t, "still limited", len(mod.list("/api/v1/admin/accounts?silenced=true")), 1)
		mod.post(at+"/unsilence", nil)
		mod.post(at+"/unsensitive", nil)
		expect(t, "public posts after", len(dee.list("/api/v1/timelines/public")), 2)
		expect(t, "sensitive after", bo.list("/api/v1/timelines/home")[1]["sensitive"], any(false))
	})
}
