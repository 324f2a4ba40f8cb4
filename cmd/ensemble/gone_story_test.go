package main

import (
	"encoding/json"
	"strings"
	"testing"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// C17: the initiator disappears; a co-author who was promised a copy may keep one.
func TestTheInitiatorDisappears(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		pic := ada.picture("Two mugs")
		promised := ada.offer(object{"status": "To keep", "allow_copy": true, "media_ids": []string{pic}}, bo)
		bo.answers("accept", nil)
		not := ada.offer(object{"status": "Not to keep"}, bo)
		bo.acts(not["uri"].(string), "accept", nil, 200)
		open := ada.offer(object{"status": "Never answered"}, bo)
		cy.status(promised["post_uri"].(string))
		early := "/api/ensemble/v1/collabs/" + bo.collab(promised["uri"].(string))["id"].(string) + "/keep"
		bo.refused("POST", early, nil, 403)

		ada.do(func(tx *store.Tx) error {
			a, err := store.Get[models.Account](tx, ada.id)
			if err != nil {
				return err
			}
			return erase(tx, a)
		})
		n.settle()
		for _, at := range []string{string(ada.uri), promised["post_uri"].(string)} {
			if status, _ := n.document(at); status != 410 {
				t.Errorf("GET %s: got %d, want 410", at, status)
			}
		}
		if s := cy.status(promised["post_uri"].(string)); s != nil {
			t.Errorf("three still shows %v", s)
		}
		expect(t, "what bo never answered", bo.collab(open["uri"].(string))["state"], any("discarded"))
		copied := bo.post(early, nil)
		n.settle()
		if c := copied["content"].(string); !strings.Contains(c, "To keep") || !strings.Contains(c, "@ada@one.test") {
			t.Errorf("the copy says %s", c)
		}
		home := cy.list("/api/v1/timelines/home")
		if len(home) != 1 || home[0]["account"].(object)["acct"] != "bo@two.test" {
			t.Errorf("cy's home: %v", home)
		}
		bo.refused("POST", early, nil, 409)
		bo.refused("POST", "/api/ensemble/v1/collabs/"+bo.collab(not["uri"].(string))["id"].(string)+"/keep", nil, 403)
	})
}

// Suspending somebody takes their name off at once; the post stays.
func TestASuspendedAuthor(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		stamp := n.stampOf(uri)
		bo.do(func(tx *store.Tx) error {
			a, err := store.Get[models.Account](tx, bo.id)
			if err != nil {
				return err
			}
			return moderation.Suspend(tx, nil, a, "")
		})
		n.settle()
		if status, _ := n.document(stamp); status != 410 {
			t.Errorf("the stamp: got %d, want 410", status)
		}
		for _, p := range []*person{ada, cy} {
			expectNames(t, p.host, p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host))
		}
		bo.refused("GET", "/api/v1/timelines/home", nil, 401)
	})
}

// A server that knows one author only gets the dual form, and a capable one the array.
func TestWhoUnderstandsWhat(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cy.do(func(tx *store.Tx) error { return nil })
		ada.do(func(tx *store.Tx) error { // three looks like a server that never heard of us
			_, err := store.Set[models.Peer](tx, map[string]any{"ensemble": false}, "host = ?", "three.test")
			return err
		})
		uri := published(ada, bo, nil)
		form := func(s *server, host string) object {
			var body []byte
			s.do(func(tx *store.Tx) error {
				d, err := store.Find[models.Delivery](tx, "host = ? AND outbound_id IN (SELECT id FROM outbounds WHERE verb = 'Create')", host)
				if err != nil || len(d) == 0 {
					t.Fatalf("nothing was sent to %s: %v", host, err)
				}
				l, err := store.One[models.Letter](tx, "outbound_id = ? AND form = ?", d[0].OutboundID, d[0].Form)
				body = l.Body
				return err
			})
			var out object
			if err := json.Unmarshal(body, &out); err != nil {
				t.Fatal(err)
			}
			return out["object"].(object)
		}
		if _, isList := form(ada.server, "two.test")["attributedTo"].([]any); !isList {
			t.Error("two, which declared support, is not sent the array")
		}
		dual := form(ada.server, "three.test")
		if dual["attributedTo"] != string(ada.uri) || dual["coAttributedTo"] == nil {
			t.Errorf("three is sent %v and %v", dual["attributedTo"], dual["coAttributedTo"])
		}
		expectNames(t, "three reads either", cy.status(uri), "ada@one.test", "bo@two.test")
		_, doc := n.document(uri)
		if _, isList := doc["attributedTo"].([]any); !isList {
			t.Errorf("fetched: attributedTo is %v", doc["attributedTo"])
		}
	})
}

// Handles may be of another domain than the addresses.
func TestAccountDomainIsNotTheWebDomain(t *testing.T) {
	story(t, func(n *network) {
		ada := n.joinAs("social.one.test", "one.test").born("ada")
		cy := n.join("three.test").born("cy")
		found := cy.get("/api/v2/search?resolve=true&type=accounts&q=@ada@one.test")["accounts"].([]any)
		if len(found) != 1 || found[0].(object)["acct"] != "ada@one.test" {
			t.Fatalf("found %v", found)
		}
		cy.post("/api/v1/accounts/"+found[0].(object)["id"].(string)+"/follow", nil)
		n.settle()
		ada.post("/api/v1/statuses", object{"status": "Hello from elsewhere"})
		n.settle()
		home := cy.list("/api/v1/timelines/home")
		if len(home) != 1 || home[0]["account"].(object)["acct"] != "ada@one.test" || !strings.HasPrefix(home[0]["uri"].(string), "https://social.one.test/") {
			t.Errorf("cy's home: %v", home)
		}
	})
}
