package main

import (
	"strings"
	"testing"

	"ensemble/models"
)

// A duet is by standing permission, for all posts or for one; its author sees what
// was made, and may detach any of it.
func TestDuets(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := n.join("four.test").born("dee")
		cy.follows(dee)
		duet := object{"derivation": "duet"}

		closed := ada.says("Quote me, no more", object{"duet_approval_policy": "nobody"})
		plain := bo.quotes(closed["uri"], nil)
		cy.expectQuote(plain["uri"], "accepted")
		made := object{"status": "x", "quoted_status_id": bo.status(closed["uri"].(string))["id"], "derivation": "duet"}
		if why := bo.refused("POST", "/api/v1/statuses", made, 403); !strings.Contains(why, "duet") {
			t.Errorf("the reason: %s", why)
		}
		mallory, _ := n.evil()
		forced := mallory.quoting("Anyway", closed["uri"], duet)
		expect(t, "a forced duet", mallory.asks(ada.server, forced, nil), "applied")
		if said := mallory.told("Reject"); len(said) != 1 || said[0]["reasonCode"] != "denied" {
			t.Errorf("the answer to a forced duet: %v", said)
		}
		expect(t, "an honest quote", len(mallory.told("Accept")), 0)

		open := ada.says("Sing with me", object{"media_ids": []string{ada.picture("Notes on a stave")}})
		one, two := bo.quotes(open["uri"], duet), dee.quotes(open["uri"], duet)
		for _, uri := range []any{one["uri"], two["uri"]} {
			q := cy.expectQuote(uri, "accepted")
			inner := q["quoted_status"].(object)
			expect(t, "derivation", q["derivation"], any("duet"))
			expect(t, "the credit", inner["account"].(object)["acct"], any("ada@one.test"))
			expect(t, "pictures of the original", len(inner["media_attachments"].([]any)), 1)
		}
		_, doc := n.document(one["uri"].(string))
		expect(t, "said of it", doc["derivation"], any("duet"))
		if !strings.Contains(doc["content"].(string), "Duet with ") {
			t.Errorf("strangers read no credit: %v", doc["content"])
		}
		list := "/api/ensemble/v1/statuses/" + open["id"].(string) + "/derivatives"
		all := ada.list(list)
		if len(all) != 2 || all[0]["derivation"] != "duet" || all[0]["state"] != "accepted" {
			t.Fatalf("ada's list: %v", all)
		}
		cy.refused("GET", "/api/ensemble/v1/statuses/"+cy.seen(open["uri"])["id"].(string)+"/derivatives", nil, 404)
		for _, d := range all {
			if d["uri"] == two["uri"] {
				ada.post(list+"/"+d["id"].(string)+"/detach", nil)
			}
		}
		n.settle() // nothing was put off: no minute passes
		cy.expectQuote(one["uri"], "accepted")
		for _, p := range []*person{dee, cy} {
			q := p.expectQuote(two["uri"], "revoked")
			s := p.seen(two["uri"])
			if strings.Contains(s["content"].(string), "one.test") || q["quoted_status"] != nil {
				t.Errorf("%s still links the original: %v", p.host, s)
			}
		}
		if _, doc := n.document(two["uri"].(string)); doc["quote"] != nil || doc["derivation"] != nil || strings.Contains(doc["content"].(string), "one.test") {
			t.Errorf("four still says it: %v", doc)
		}

		ada.one("PATCH", "/api/v1/accounts/update_credentials", object{"source": object{"duet_policy": "mutuals"}}, 200)
		mutual := ada.says("For mutuals", nil)
		refused := bo.expectQuote(bo.quotes(mutual["uri"], duet)["uri"], "rejected") // only ada's server can tell
		expect(t, "why", refused["code"], any("denied"))
		ada.follows(bo)
		cy.expectQuote(bo.quotes(mutual["uri"], duet)["uri"], "accepted")
	})
}

// What several wrote is asked of the first; the others are told, and may object.
func TestQuoteOfAJointPost(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		q := cy.quotes(uri, object{"derivation": "duet"})
		cy.expectQuote(q["uri"], "accepted")
		told := bo.notices("quote_request")
		if len(told) != 1 || told[0]["status"].(object)["uri"] != q["uri"] {
			t.Fatalf("bo is told %v", told)
		}
		row := rowsOf[models.Interaction](bo.server, "object_uri = ? AND kind = 'quote'", q["uri"])[0]
		bo.post("/api/ensemble/v1/quote_requests/"+row.ID.String()+"/object", object{"reason": "Not with this song."})
		n.settle()
		heard := ada.notices("quote_request")
		if len(heard) != 1 || !strings.Contains(heard[0]["text"].(string), "Not with this song.") {
			t.Fatalf("ada hears %v", heard)
		}
		cy.expectQuote(q["uri"], "accepted") // ada decides
		mine := rowID(ada, uri)
		ada.one("POST", "/api/v1/statuses/"+mine+"/quotes/"+rowID(ada, q["uri"])+"/revoke", nil, 200)
		n.settle()
		for _, p := range []*person{ada, bo, cy} {
			p.expectQuote(q["uri"], "revoked")
		}
	})
}
