package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

// Every change of a profile is sent once, and is there at the peer's.
func TestProfilesTravel(t *testing.T) {
	story(t, func(n *network) {
		ada, _, cy := trio(n)
		page, _ := n.rogue("page.test")
		html := func(body string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				fmt.Fprint(w, body)
			}
		}
		page.on("https://page.test/mine", html(`<a rel="me" href="https://one.test/@ada">me</a>`))
		page.on("https://page.test/other", html(`<a href="https://one.test/@ada">not me</a>`))
		ada.one("PATCH", "/api/v1/accounts/update_credentials", object{
			"display_name": "Ada L.", "note": "Potter", "bot": true, "locked": true, "discoverable": false, "indexable": false, "hide_collections": true,
			"fields_attributes": []object{{"name": "Page", "value": "https://page.test/mine"}, {"name": "Other", "value": "https://page.test/other"}},
		}, 200)
		n.settle()
		at := func() object { return cy.get("/api/v1/accounts/" + cy.knows(ada)) }
		shown := at()
		for key, want := range map[string]any{"display_name": "Ada L.", "bot": true, "locked": true, "discoverable": false, "note": "<p>Potter</p>"} {
			expect(t, key, shown[key], want)
		}
		for _, p := range []*person{ada, cy} {
			fields := p.get("/api/v1/accounts/" + p.knows(ada))["fields"].([]any)
			if len(fields) != 2 || fields[0].(object)["verified_at"] == nil || fields[1].(object)["verified_at"] != nil {
				t.Errorf("the fields at %s: %v", p.host, fields)
			}
		}
		_, actor := n.document(string(ada.uri))
		expect(t, "indexable", actor["indexable"], any(false))
		_, followers := n.document(string(ada.uri) + "/followers")
		if followers["totalItems"] != 2.0 || followers["first"] != nil {
			t.Errorf("hidden followers: %v", followers)
		}
		neighbour := ada.server.born("neighbour")
		list := "/api/v1/accounts/" + ada.id.String() + "/followers"
		expect(t, "who follows ada, for others", len(neighbour.list(list)), 0)
		expect(t, "who follows ada, for her", len(ada.list(list)), 2)
		expect(t, "Updates sent to three", len(rowsOf[models.Delivery](ada.server, "host = 'three.test' AND outbound_id IN (SELECT id FROM outbounds WHERE verb = 'Update')")), 1)
	})
}

// A name is one's own only if WebFinger says so.
func TestForgedNames(t *testing.T) {
	story(t, func(n *network) {
		cy := n.join("three.test").born("cy")
		mallory, _ := n.evil()
		mallory.followedBy(cy)
		name := func() string { return rowsOf[models.Account](cy.server, "uri = ?", mallory.uri)[0].Acct() }
		change := func(fields object) {
			mallory.appears(fields)
			n.pass(10 * time.Minute)
			mallory.sends(cy.server, mallory.does("Update", mallory.uri, nil))
		}
		change(object{"preferredUsername": "pope"})
		expect(t, "a name that WebFinger does not know", name(), "mallory@evil.test")
		change(object{"preferredUsername": "eve"})
		expect(t, "eve's name", name(), "mallory@evil.test")
		mallory.rogue.mu.Lock()
		mallory.rogue.people["honest"] = mallory
		mallory.rogue.mu.Unlock()
		change(object{"preferredUsername": "honest", "memorial": true})
		expect(t, "a name that WebFinger knows", name(), "honest@evil.test")
		expect(t, "memorial", rowsOf[models.Account](cy.server, "uri = ?", mallory.uri)[0].Memorial, true)
	})
}

// Whoever is gone leaves nothing behind.
func TestGoneAccountsLeaveNothing(t *testing.T) {
	story(t, func(n *network) {
		cy := n.join("three.test").born("cy")
		mallory, _ := n.evil()
		mallory.followedBy(cy)
		p := cy.post("/api/v1/statuses", object{"status": "Like me"})
		mallory.sends(cy.server, mallory.does("Like", p["uri"], nil))
		mallory.sends(cy.server, mallory.does("Announce", p["uri"], nil))
		mallory.sends(cy.server, mallory.does("Create", mallory.writes("Bye", nil), nil))
		at := "/api/v1/statuses/" + p["id"].(string)
		expect(t, "likes", cy.get(at)["favourites_count"], any(1.0))
		mallory.on(mallory.uri, nothing(410))
		n.pass(10 * time.Minute)
		mallory.sends(cy.server, mallory.does("Delete", mallory.uri, nil))
		expect(t, "likes, later", cy.get(at)["favourites_count"], any(0.0))
		expect(t, "boosts, later", cy.get(at)["reblogs_count"], any(0.0))
		expect(t, "notices", len(cy.list("/api/v1/notifications")), 0)
		expect(t, "cy's home", len(cy.list("/api/v1/timelines/home")), 1)
		gone := rowsOf[models.Account](cy.server, "uri = ?", mallory.uri)[0]
		expect(t, "the account", gone.State, models.AccountDeleted)
	})
}

// A server says who it is, in the ways there are.
func TestTheServerActorIsFound(t *testing.T) {
	story(t, func(n *network) {
		one := n.join("one.test")
		for _, path := range []string{"/.well-known/nodeinfo", "/.well-known/webfinger?resource=https://one.test/", "/.well-known/webfinger?resource=https://one.test"} {
			if raw := string(one.call(nil, "GET", path, nil, 200)); !strings.Contains(raw, `"https://one.test/actor"`) {
				t.Errorf("%s does not name the server's actor: %s", path, raw)
			}
		}
		_, actor := n.document("https://one.test/actor")
		if list, _ := actor["implements"].([]any); len(list) < 2 {
			t.Errorf("the actor implements %v", actor["implements"])
		}
	})
}

// What was written in several languages is read in its own.
func TestLanguagesTravel(t *testing.T) {
	story(t, func(n *network) {
		cy := n.join("three.test").born("cy")
		mallory, _ := n.evil()
		mallory.followedBy(cy)
		note := mallory.writes("", object{"content": "<p>Bonjour</p>", "contentMap": object{"en": "<p>Hello</p>", "fr": "<p>Bonjour</p>"},
			"summaryMap": object{"en": "Greeting", "fr": "Salut"}, "sensitive": true})
		mallory.sends(cy.server, mallory.does("Create", note, nil))
		s := cy.seen(note["id"])
		for key, want := range map[string]any{"language": "fr", "content": "<p>Bonjour</p>", "spoiler_text": "Salut", "sensitive": true} {
			expect(t, key, s[key], want)
		}
		bare := mallory.writes("Careful", object{"sensitive": true})
		mallory.sends(cy.server, mallory.does("Create", bare, nil))
		s = cy.seen(bare["id"])
		expect(t, "sensitive without words", s["sensitive"], any(true))
		expect(t, "its warning", s["spoiler_text"], any(""))
	})
}
