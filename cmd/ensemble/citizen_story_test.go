package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// Ordinary posts travel whole: warning, language, tags, mentions, edits, and the end.
func TestOrdinaryPosts(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		p := ada.post("/api/v1/statuses", object{
			"status": "Bonjour @bo@two.test, regarde #Céramique https://example.com/x", "spoiler_text": "Terre cuite", "language": "fr",
			"media_ids": []string{ada.picture("Un bol")},
		})
		n.settle()
		s := cy.status(p["uri"].(string))
		for key, want := range map[string]any{"spoiler_text": "Terre cuite", "language": "fr", "sensitive": true, "visibility": "public"} {
			expect(t, key, s[key], want)
		}
		expect(t, "mentions", len(s["mentions"].([]any)), 1)
		expect(t, "the tag", s["tags"].([]any)[0].(object)["name"], any("céramique"))
		pic := s["media_attachments"].([]any)[0].(object)
		expect(t, "alt", pic["description"], any("Un bol"))
		if pic["blurhash"] == nil || pic["meta"].(object)["original"].(object)["width"] != 320.0 {
			t.Errorf("the picture came as %v", pic)
		}
		expect(t, "mentions bo is told of", len(bo.notices("mention")), 1)
		if _, doc := n.document(p["uri"].(string)); doc["contentMap"].(object)["fr"] == nil {
			t.Errorf("contentMap is %v", doc["contentMap"])
		}

		cy.post("/api/v1/statuses/"+s["id"].(string)+"/reblog", nil)
		ada.one("PUT", "/api/v1/statuses/"+p["id"].(string), object{"status": "Bonsoir @bo@two.test", "language": "fr"}, 200)
		n.settle()
		s = cy.status(p["uri"].(string))
		if !strings.Contains(s["content"].(string), "Bonsoir") || s["edited_at"] == nil {
			t.Errorf("after the edit three shows %s, edited %v", s["content"], s["edited_at"])
		}
		expect(t, "versions", len(cy.list("/api/v1/statuses/"+s["id"].(string)+"/history")), 2)

		followers := ada.post("/api/v1/statuses", object{"status": "Just us", "visibility": "private"})
		direct := ada.post("/api/v1/statuses", object{"status": "@bo@two.test Just you", "visibility": "direct"})
		n.settle()
		expect(t, "posts in cy's home", len(cy.list("/api/v1/timelines/home")), 2)
		for _, hidden := range []object{followers, direct} {
			if status, _ := n.document(hidden["uri"].(string)); status != 404 {
				t.Errorf("GET %s by anybody: got %d, want 404", hidden["uri"], status)
			}
		}
		if seen := bo.list("/api/v1/timelines/home"); len(seen) != 3 {
			t.Errorf("bo's home has %d posts, want 3", len(seen))
		}
		ada.one("DELETE", "/api/v1/statuses/"+p["id"].(string), nil, 200)
		n.settle()
		cy.refused("GET", "/api/v1/statuses/"+s["id"].(string), nil, 404)
		if status, doc := n.document(p["uri"].(string)); status != 410 || doc["type"] != "Tombstone" {
			t.Errorf("the post: %d %v", status, doc)
		}
	})
}

// A locked account decides who hears it, and both sides know.
func TestFollowRequests(t *testing.T) {
	story(t, func(n *network) {
		ada, bo := n.join("one.test").born("ada"), n.join("two.test").born("bo")
		ada.one("PATCH", "/api/v1/accounts/update_credentials", object{"locked": true}, 200)
		id := bo.knows(ada)
		rel := func() object { return bo.list("/api/v1/accounts/relationships?id[]=" + id)[0] }
		for _, answer := range []string{"reject", "authorize"} {
			bo.post("/api/v1/accounts/"+id+"/follow", nil)
			n.settle()
			expect(t, "requested", rel()["requested"], any(true))
			asked := ada.list("/api/v1/follow_requests")
			if len(asked) != 1 {
				t.Fatalf("ada is asked by %v", asked)
			}
			ada.post("/api/v1/follow_requests/"+asked[0]["id"].(string)+"/"+answer, nil)
			n.settle()
			expect(t, answer+": following", rel()["following"], any(answer == "authorize"))
			expect(t, answer+": requested", rel()["requested"], any(false))
		}
		_, followers := n.document("https://one.test/users/ada/followers")
		expect(t, "followers", followers["totalItems"], any(1.0))
		_, page := n.document("https://one.test/users/ada/followers?page=1")
		if items, _ := page["orderedItems"].([]any); len(items) != 1 || items[0] != string(bo.uri) {
			t.Errorf("the page: %v", page)
		}
		bo.post("/api/v1/accounts/"+id+"/unfollow", nil)
		n.settle()
		_, followers = n.document("https://one.test/users/ada/followers")
		expect(t, "followers, later", followers["totalItems"], any(0.0))
	})
}

// What strangers read of a server is true.
func TestCollectionsAndDiscovery(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		id := cy.status(uri)["id"].(string)
		cy.post("/api/v1/statuses/"+id+"/favourite", nil)
		cy.post("/api/v1/statuses/"+id+"/reblog", nil)
		cy.post("/api/v1/statuses", object{"status": "Nice", "in_reply_to_id": id})
		n.settle()
		for _, c := range []string{"likes", "shares", "replies"} {
			_, doc := n.document(uri + "/" + c)
			expect(t, c, doc["totalItems"], any(1.0))
			_, page := n.document(uri + "/" + c + "?page=1")
			if items, _ := page["items"].([]any); len(items) != 1 {
				t.Errorf("the page of %s: %v", c, page)
			}
		}
		for at, items := range map[string]int{"https://one.test/users/ada/outbox": 1, "https://two.test/users/bo/outbox": 1, "https://two.test/users/bo/following": 1} {
			_, doc := n.document(at)
			expect(t, at, doc["totalItems"], any(float64(items)))
			_, page := n.document(doc["first"].(string))
			if got, _ := page["orderedItems"].([]any); len(got) != items {
				t.Errorf("the page of %s: %v", at, page)
			}
		}
		for path, want := range map[string]string{
			"/.well-known/webfinger?resource=acct:ada@one.test":     `"self"`,
			"/.well-known/webfinger?resource=https://one.test/@ada": `"acct:ada@one.test"`,
			"/.well-known/host-meta":                                "webfinger?resource={uri}",
			"/.well-known/nodeinfo":                                 "/nodeinfo/2.1",
			"/nodeinfo/2.0":                                         `"maxCoauthors":5`,
			"/nodeinfo/2.1":                                         `"upstream":{"name":"mastodon"}`,
			"/ns/ensemble/v1":                                       "CollaborationAuthorization",
			"/actor":                                                `"Application"`,
			"/users/ada":                                            `"assertionMethod"`,
		} {
			raw := ada.call(nil, "GET", path, nil, 200)
			if !strings.Contains(string(raw), want) {
				t.Errorf("GET %s lacks %s: %s", path, want, cutoff(raw))
			}
		}
		ada.call(nil, "GET", "/.well-known/webfinger?resource=acct:nobody@one.test", nil, 404)
		ada.call(nil, "GET", "/.well-known/webfinger", nil, 400)
		var instance struct {
			Configuration struct {
				Ensemble struct {
					Collabs struct {
						Max int `json:"max_authors"`
					} `json:"collabs"`
				} `json:"ensemble"`
			} `json:"configuration"`
		}
		if err := json.Unmarshal(ada.call(nil, "GET", "/api/v2/instance", nil, 200), &instance); err != nil || instance.Configuration.Ensemble.Collabs.Max < 1 {
			t.Errorf("the instance says %+v, %v", instance, err)
		}
	})
}

// A server that verifies RFC 9421 alone is reached too, and remembered.
func TestBothDialectsAreSpoken(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		expect(t, "posts before", len(bo.list("/api/v1/timelines/home")), 0)
		n.only("two.test", "Signature-Input")
		ada.post("/api/v1/statuses", object{"status": "In the other dialect"})
		n.settle()
		expect(t, "posts after", len(bo.list("/api/v1/timelines/home")), 1)
		n.only("two.test", "")
		ada.post("/api/v1/statuses", object{"status": "And in any"})
		n.settle()
		expect(t, "posts in the end", len(bo.list("/api/v1/timelines/home")), 2)
	})
}
