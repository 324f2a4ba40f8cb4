package main

import (
	"strings"
	"testing"
)

// Somebody on a server that knows nothing of us is not asked in vain: the reason and
// the ways are told before anything is sent, and a mention is no more than that.
func TestCoauthorWhoseServerCannotConsent(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		_, all := n.rogue("m.test", "eve")
		eve := all[0]
		eve.appears(object{"interactionPolicy": nil})
		id := ada.knows(eve.person())
		way := func(v object, code string) bool {
			for _, w := range v["ways"].([]any) {
				if w.(object)["code"] == code && len(w.(object)["text"].(string)) > 20 {
					return true
				}
			}
			return false
		}
		ability := ada.get("/api/ensemble/v1/accounts/" + id + "/collaborate")
		if ability["ability"] != "mention" || ability["reason_code"] != "no_support" || !way(ability, "mention") {
			t.Errorf("what can be done with eve: %v", ability)
		}
		if v := ada.get("/api/ensemble/v1/accounts/" + ada.knows(bo) + "/collaborate"); len(v["ways"].([]any)) != 0 {
			t.Errorf("bo can be asked, and yet: %v", v)
		}
		for _, path := range []string{"/api/v1/statuses", "/api/ensemble/v1/collabs"} {
			refused := ada.one("POST", path, object{"status": "Ours", "coauthor_ids": []string{id, ada.knows(bo)}}, 403)
			if refused["code"] != "no_support" || !way(refused, "mention") || refused["account"].(object)["acct"] != "eve@m.test" {
				t.Errorf("%s: %v", path, refused)
			}
		}
		n.settle()
		expect(t, "offers to eve", len(eve.told("Offer")), 0)
		expect(t, "collabs of ada", len(ada.list("/api/ensemble/v1/collabs")), 0)

		s := ada.post("/api/v1/statuses", object{"status": "Ours", "language": "fr", "coauthor_ids": []string{id}, "unable": "mention"})
		n.settle()
		if c := s["content"].(string); !strings.Contains(c, "Avec (non vérifié)") || len(s["mentions"].([]any)) != 1 || s["collab"] != nil {
			t.Errorf("with eve alone: %v", s)
		}
		expectNames(t, "three", cy.status(s["uri"].(string)), "ada@one.test")

		c := ada.post("/api/ensemble/v1/collabs", object{"status": "Ours", "language": "en", "coauthor_ids": []string{id, ada.knows(bo)}, "unable": "mention"})
		n.settle()
		bo.answers("accept", nil)
		seen := cy.status(c["post_uri"].(string))
		expectNames(t, "three", seen, "ada@one.test", "bo@two.test")
		if !strings.Contains(seen["content"].(string), "With (unverified): ") || !strings.Contains(seen["content"].(string), "m.test") {
			t.Errorf("three shows %s", seen["content"])
		}
		expect(t, "offers to eve", len(eve.told("Offer")), 0)
	})
}
