package main

import (
	"fmt"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

func (p *person) pins(of *person) []object {
	p.t.Helper()
	at := "/api/v1/accounts/" + p.knows(of) + "/statuses?pinned=true"
	p.list(at)
	p.net.later()
	return p.list(at)
}

// later has what servers ask for again after a minute asked for now.
func (n *network) later() {
	n.t.Helper()
	n.pass(2 * time.Minute)
	for _, s := range n.all() {
		s.do(func(tx *store.Tx) error { return store.Nudge(tx, "") })
	}
	n.settle()
}

// C22: each author pins on their own profile, and every server shows that.
func TestPins(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		joint := bo.status(uri)["id"].(string)
		expect(t, "pinned", bo.one("POST", "/api/v1/statuses/"+joint+"/pin", nil, 200)["pinned"], any(true))
		n.settle()
		expect(t, "on bo's profile at two", len(bo.pins(bo)), 1)
		expect(t, "on bo's profile at three", len(cy.pins(bo)), 1)
		expect(t, "on ada's profile at three", len(cy.pins(ada)), 0)
		cy.refused("POST", "/api/v1/statuses/"+cy.status(uri)["id"].(string)+"/pin", nil, 422)

		var ids []string
		for i := range models.MaxPins + 1 {
			ids = append(ids, ada.post("/api/v1/statuses", object{"status": fmt.Sprintf("Number %d", i)})["id"].(string))
		}
		for _, id := range ids[:models.MaxPins] {
			ada.one("POST", "/api/v1/statuses/"+id+"/pin", nil, 200)
		}
		ada.one("POST", "/api/v1/statuses/"+ids[0]+"/pin", nil, 200) // again
		ada.refused("POST", "/api/v1/statuses/"+ids[models.MaxPins]+"/pin", nil, 422)
		ada.one("POST", "/api/v1/statuses/"+ids[1]+"/unpin", nil, 200)
		n.settle()
		n.later()
		got := cy.pins(ada)
		if len(got) != models.MaxPins-1 {
			t.Fatalf("at three ada's profile has %d on top", len(got))
		}
		if got[0]["content"] != "<p>Number 4</p>" {
			t.Errorf("at three ada's profile has %d on top, first %v", len(got), got[0]["content"])
		}
		_, doc := n.document(string(ada.uri) + "/featured")
		items, _ := doc["orderedItems"].([]any)
		if len(items) != models.MaxPins-1 {
			t.Fatalf("featured holds %v", items)
		}
		if first, _ := items[0].(object); first["type"] != "Note" || first["content"] == nil {
			t.Errorf("featured holds %v, not whole posts", items[0])
		}
		ada.one("DELETE", "/api/v1/statuses/"+ids[0], nil, 200)
		n.settle()
		expect(t, "after a deletion", len(cy.pins(ada)), models.MaxPins-2)
	})
}

// Hashtags on a profile travel too.
func TestFeaturedTags(t *testing.T) {
	story(t, func(n *network) {
		ada, _, cy := trio(n)
		ada.post("/api/v1/statuses", object{"status": "Look #Céramique"})
		made := ada.one("POST", "/api/v1/featured_tags", object{"name": "#Céramique"}, 200)
		expect(t, "how often", made["statuses_count"], any("1"))
		ada.one("POST", "/api/v1/featured_tags", object{"name": "Mugs"}, 200)
		ada.refused("POST", "/api/v1/featured_tags", object{"name": "not a tag"}, 422)
		n.later()
		at := "/api/v1/accounts/" + cy.knows(ada) + "/featured_tags"
		expect(t, "at three", len(cy.list(at)), 2)
		_, doc := n.document(string(ada.uri) + "/featured_tags")
		if items := doc["items"].([]any); items[0].(object)["name"] != "#Céramique" || items[0].(object)["type"] != "Hashtag" {
			t.Errorf("the collection holds %v", items)
		}
		ada.one("DELETE", "/api/v1/featured_tags/"+made["id"].(string), nil, 200)
		n.later()
		if left := cy.list(at); len(left) != 1 || left[0]["name"] != "Mugs" {
			t.Errorf("at three, later: %v", left)
		}
	})
}

// A profile is its owner's: what others add to it is not there, nor 10,000 posts.
func TestForgedPins(t *testing.T) {
	story(t, func(n *network) {
		cy := n.join("three.test").born("cy")
		mallory, eve := n.evil()
		for _, v := range []*villain{mallory, eve} {
			v.appears(object{"featured": v.uri + "/featured"})
			v.followedBy(cy)
		}
		note := func(v *villain) string { return v.serve(v.writes("On top", nil)) }
		own, foreign := note(mallory), note(eve)
		pins := func(v *villain) int {
			a := rowsOf[models.Account](cy.server, "uri = ?", v.uri)[0]
			return len(rowsOf[models.Pin](cy.server, "account_id = ?", a.ID))
		}
		add := func(what, to string) string {
			return mallory.sends(cy.server, mallory.does("Add", what, object{"target": to}))
		}
		expect(t, "to eve's profile", add(own, eve.uri+"/featured"), "not_own_collection")
		expect(t, "on eve's profile", pins(eve), 0)
		mallory.serve(object{"@context": activityNS, "id": mallory.uri + "/featured", "type": "OrderedCollection", "orderedItems": []any{}})
		expect(t, "what is not in the collection", add(own, mallory.uri+"/featured"), "applied")
		n.later()
		expect(t, "on mallory's profile", pins(mallory), 0)

		many := []any{foreign, own, string(cy.uri) + "/notes/1"}
		for i := range 10_000 {
			many = append(many, fmt.Sprintf("%s/notes/x%d", mallory.uri, i))
		}
		mallory.serve(object{"@context": activityNS, "id": mallory.uri + "/featured", "type": "OrderedCollection", "orderedItems": many})
		n.later()
		before := 0
		for at := range mallory.hits {
			before += mallory.count("https://evil.test" + at)
		}
		expect(t, "10,000 of them", add(own, mallory.uri+"/featured"), "applied")
		n.later()
		after := 0
		for at := range mallory.hits {
			after += mallory.count("https://evil.test" + at)
		}
		if after-before > 40 {
			t.Errorf("10,000 pins made us ask %d times", after-before)
		}
		expect(t, "of them mallory's own", pins(mallory), 1)
	})
}
