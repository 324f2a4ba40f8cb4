package main

import (
	"testing"
	"time"
)

// Who started a post reminds somebody elsewhere who has not answered: once a day, of the
// one request there is; a yes holds whichever of the offers it names.
func TestRemind(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		c := ada.offer(object{"status": "Shall we?", "expires_in": 10 * 86400}, bo, cy)
		uri := c["uri"].(string)
		at := "/api/ensemble/v1/collabs/" + c["id"].(string) + "/remind"
		whom := object{"account_id": ada.knows(bo)}
		invitee := func() object { return ada.collab(uri)["invitees"].([]any)[0].(object) }
		if invitee()["remind_from"] == nil || invitee()["reminded_at"] != nil {
			t.Errorf("before: %v", invitee())
		}
		ada.refused("POST", at, whom, 429)
		n.pass(25 * time.Hour)
		was := bo.notices("collab_invite")[0]["id"]
		ada.post(at, whom)
		n.settle()
		told := bo.notices("collab_invite")
		expect(t, "notices of the invitation", len(told), 1)
		if told[0]["id"] == was {
			t.Error("bo is not told anew")
		}
		expect(t, "requests that bo has", len(bo.list("/api/ensemble/v1/collabs?open=true")), 1)
		expect(t, "notices to cy", len(cy.notices("collab_invite")), 1)
		if invitee()["reminded_at"] == nil || bo.collab(uri)["invitees"].([]any)[0].(object)["reminded_at"] == nil {
			t.Error("that bo was reminded is not shown at both")
		}
		ada.refused("POST", at, whom, 429)
		ada.refused("POST", at, object{"account_id": "42"}, 404)
		bo.refused("POST", "/api/ensemble/v1/collabs/"+bo.collab(uri)["id"].(string)+"/remind", object{"account_id": bo.id.String()}, 403)

		// bo would rather hear nothing of ada: nothing tells her so.
		bo.post("/api/v1/accounts/"+bo.knows(ada)+"/mute", nil)
		n.pass(25 * time.Hour)
		told = bo.notices("collab_invite")
		ada.post(at, whom)
		n.settle()
		expect(t, "notices while muted", len(bo.notices("collab_invite")), len(told))

		// A reminder and a yes cross: the yes counts.
		n.pass(25 * time.Hour)
		n.cut("two.test", true)
		ada.post(at, whom)
		bo.acts(uri, "accept", nil, 200)
		n.cut("two.test", false)
		n.hurry()
		n.pass(time.Minute)
		cy.acts(uri, "accept", nil, 200)
		n.settle()
		expectNames(t, "both agreed", cy.status(c["post_uri"].(string)), "ada@one.test", "bo@two.test", "cy")
		ada.refused("POST", at, whom, 409)
	})
}
