package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// stampOf returns the address of bo's stamp as the post's document names it.
func (n *network) stampOf(uri string) string {
	n.t.Helper()
	_, doc := n.document(uri)
	all, _ := doc["collaborators"].([]any)
	if len(all) == 0 {
		n.t.Fatalf("%s names nobody: %v", uri, doc)
	}
	return all[0].(object)["authorization"].(string)
}

// C5: an invitation has its time; a reminder; and then what was chosen happens, once.
func TestInvitationsExpire(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		c := ada.offer(object{"status": "Hurry", "expires_in": 86400}, bo)
		expect(t, "invitations", len(bo.notices("collab_invite")), 1)
		n.pass(20 * time.Hour)
		expect(t, "invitations and a reminder", len(bo.notices("collab_invite")), 2)
		n.pass(5 * time.Hour)
		n.pass(time.Second)
		for _, p := range []*person{ada, bo} {
			got := p.collab(c["uri"].(string))
			expect(t, "state at "+p.host, got["state"], any("discarded"))
			expect(t, "outcome at "+p.host, got["outcome"], any("expired"))
		}
		expect(t, "notices that it ended", len(ada.notices("collab_ended")), 1)
		bo.refused("POST", "/api/ensemble/v1/collabs/"+bo.collab(c["uri"].(string))["id"].(string)+"/accept", nil, 410)

		alone := ada.offer(object{"status": "Alone, then", "expires_in": 86400, "on_decline": "publish"}, bo)
		n.pass(25 * time.Hour)
		expectNames(t, "published alone", cy.status(alone["post_uri"].(string)), "ada@one.test")
		expect(t, "posts in cy's home", len(cy.list("/api/v1/timelines/home")), 1)

		draft := ada.offer(object{"status": "A draft, then", "expires_in": 86400, "on_decline": "draft"}, bo)
		n.pass(25 * time.Hour)
		expect(t, "kept", ada.collab(draft["uri"].(string))["state"], any("draft"))

		for _, bad := range []int{59, -1, 91 * 86400} {
			ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "x", "expires_in": bad, "coauthor_ids": []string{ada.knows(bo)}}, 422)
		}
	})
}

// C6: leaving needs nobody, not even the other server.
func TestLeave(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		stamp := n.stampOf(uri)
		if status, doc := n.document(stamp); status != 200 || doc["proof"] == nil {
			t.Fatalf("the stamp: %d %v", status, doc)
		}
		expectNames(t, "three, before", cy.status(uri), "ada@one.test", "bo@two.test")
		n.cut("one.test", true)
		bo.answers("leave", nil)
		if status, _ := n.document(stamp); status != 410 {
			t.Errorf("the stamp after leaving: got %d, want 410", status)
		}
		if grid := bo.list("/api/v1/accounts/" + bo.id.String() + "/statuses"); len(grid) != 0 {
			t.Errorf("bo's grid: %v", grid)
		}
		n.cut("one.test", false)
		n.hurry()
		for _, p := range []*person{ada, cy} {
			s := p.status(uri)
			expectNames(t, p.host, s, strings.TrimSuffix("ada@one.test", "@"+p.host))
			if s != nil && strings.Contains(s["content"].(string), "bo") {
				t.Errorf("%s still names bo: %s", p.host, s["content"])
			}
		}
		if told := ada.notices("collab_ended"); len(told) != 1 {
			t.Errorf("ada is told %v", told)
		}
		expect(t, "posts in cy's home", len(cy.list("/api/v1/timelines/home")), 1)
	})
}

// One of three leaves: the other's name stays, restamped by their server unasked.
func TestOneOfThreeLeaves(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := n.join("four.test").born("dee")
		dee.follows(ada)
		c := ada.offer(object{"status": "Three of us"}, bo, cy)
		bo.acts(c["uri"].(string), "accept", nil, 200)
		cy.acts(c["uri"].(string), "accept", nil, 200)
		uri := c["post_uri"].(string)
		expectNames(t, "four, before", dee.status(uri), "ada@one.test", "bo@two.test", "cy@three.test")
		bo.acts(c["uri"].(string), "leave", nil, 200)
		n.pass(31 * time.Second)
		expectNames(t, "four, after", dee.status(uri), "ada@one.test", "cy@three.test")
		expectNames(t, "three, after", cy.status(uri), "ada@one.test", "cy")
		if s := dee.status(uri); strings.Contains(s["content"].(string), "bo") || !strings.Contains(s["content"].(string), "cy") {
			t.Errorf("the byline at four: %s", s["content"])
		}
		expect(t, "cy's invitations", len(cy.notices("collab_invite")), 0) // answered; the restamp asked nobody
	})
}

// C7: a removed co-author is told, and cannot be named again with the old stamp.
func TestRemove(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		c := ada.list("/api/ensemble/v1/collabs")[0]
		stamp := n.stampOf(uri)
		ada.acts(c["uri"].(string), "remove", object{"account_id": ada.knows(bo)}, 200)
		for _, p := range []*person{ada, bo, cy} {
			expectNames(t, p.host, p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host))
		}
		told := bo.notices("collab_ended")
		if len(told) != 1 {
			t.Errorf("bo is told %v", told)
		}
		if status, _ := n.document(stamp); status != 410 {
			t.Errorf("the stamp: got %d, want 410", status)
		}
		ada.do(func(tx *store.Tx) error { // ada's server names bo again, with the old stamp
			p, err := store.ByURI[models.Post](tx, models.IRI(uri))
			if err != nil {
				return err
			}
			b, err := store.ByURI[models.Account](tx, bo.uri)
			if err != nil {
				return err
			}
			return store.Put(tx, &models.Author{
				PostID: p.ID, URI: bo.uri, AccountID: b.ID, Role: models.RoleCoauthor, Stamp: models.IRI(stamp),
				State: models.AuthorVerified, NextCheck: tx.Now.Add(time.Hour),
			})
		})
		dee := n.join("four.test").born("dee")
		expectNames(t, "four, shown a lie", dee.status(uri), "ada@one.test")
	})
}

// C8, C9, C10: how many, who may start, who may be asked.
func TestWhoMayBeAsked(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cy.follows(ada)
		ada.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Setting{Name: collab.MaxCoauthorsSetting, Value: "1"})
		})
		said := ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "x", "coauthor_ids": []string{ada.knows(bo), ada.knows(cy)}}, 422)
		if !strings.Contains(said, "limit 1") {
			t.Errorf("too many: %q", said)
		}
		patch := func(p *person, fields object) {
			p.one("PATCH", "/api/v1/accounts/update_credentials", fields, 200)
			n.settle()
		}
		patch(ada, object{"locked": true})
		ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "x", "coauthor_ids": []string{ada.knows(bo)}}, 403)
		patch(ada, object{"locked": false})
		patch(bo, object{"locked": true})
		bo.post("/api/v1/statuses", object{"status": "for my followers", "visibility": "private"})
		uri := published(ada, bo, nil)
		expectNames(t, "a locked account accepts", cy.status(uri), "ada@one.test", "bo@two.test")
		if _, raw := bo.ask(nil, "GET", "/api/v1/accounts/"+bo.id.String()+"/statuses", nil); strings.Contains(string(raw), "for my followers") {
			t.Errorf("bo's other posts are shown: %s", raw)
		}
		for policy, want := range map[string]string{"nobody": "policy_nobody", "mutuals": "policy_mutuals"} {
			patch(bo, object{"can_collaborate": policy})
			n.pass(25 * time.Hour) // ada's server reads bo's actor again
			id := ada.knows(bo)
			ada.do(func(tx *store.Tx) error { return nil })
			got := ada.get("/api/ensemble/v1/accounts/" + id + "/collaborate")
			expect(t, policy+": ability", got["ability"], any("cannot"))
			expect(t, policy+": code", got["reason_code"], any(want))
			ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "x", "coauthor_ids": []string{id}}, 403)
		}
		expect(t, "invitations bo was told of", len(bo.notices("collab_invite")), 0)
	})
}

// C11: one count, kept by the initiator's server.
func TestOneCount(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := n.servers["two.test"].born("dee")
		uri := published(ada, bo, nil)
		id := func(p *person) string { return p.status(uri)["id"].(string) }
		for _, p := range []*person{cy, dee, ada, bo} {
			p.post("/api/v1/statuses/"+id(p)+"/favourite", nil)
		}
		n.settle()
		cy.post("/api/v1/statuses/"+id(cy)+"/reblog", nil)
		cy.post("/api/v1/statuses", object{"status": "Lovely", "in_reply_to_id": id(cy)})
		n.settle()
		for _, p := range []*person{ada, bo} {
			s := p.status(uri)
			expect(t, "likes at "+p.host, s["favourites_count"], any(4.0))
			expect(t, "boosts at "+p.host, s["reblogs_count"], any(1.0))
			expect(t, "replies at "+p.host, s["replies_count"], any(1.0))
		}
		cy.post("/api/v1/statuses/"+id(cy)+"/unfavourite", nil)
		n.settle()
		for _, p := range []*person{ada, bo} {
			expect(t, "likes at "+p.host+", one fewer", p.status(uri)["favourites_count"], any(3.0))
		}
		if told := bo.notices("favourite"); len(told) < 2 {
			t.Errorf("bo is told of %d likes", len(told))
		}
	})
}

// C14: who takes replies out of the thread.
func TestReplies(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		for _, all := range []bool{true, false} {
			moderation := map[bool]string{true: "all", false: "initiator"}[all]
			c := ada.offer(object{"status": "Talk to us: " + moderation, "moderation": moderation}, bo)
			bo.answers("accept", nil)
			uri := c["post_uri"].(string)
			reply := cy.post("/api/v1/statuses", object{"status": "@ada@one.test @bo@two.test Buy my coins", "in_reply_to_id": cy.status(uri)["id"]})["uri"].(string)
			n.settle()
			there := func(p *person) int { // as anybody sees it
				var out object
				raw := p.call(nil, "GET", "/api/v1/statuses/"+p.status(uri)["id"].(string)+"/context", nil, 200)
				if err := json.Unmarshal(raw, &out); err != nil {
					t.Fatal(err)
				}
				return len(out["descendants"].([]any))
			}
			expect(t, "replies at one", there(ada), 1)
			expect(t, "replies at two", there(bo), 1)
			mine := bo.collab(c["uri"].(string))["id"].(string)
			bo.post("/api/ensemble/v1/collabs/"+mine+"/replies/"+bo.status(reply)["id"].(string)+"/remove", nil)
			n.settle()
			want := map[bool]int{true: 0, false: 1}[all]
			expect(t, moderation+": replies at one", there(ada), want)
			expect(t, moderation+": replies at two", there(bo), want)
			expect(t, moderation+": replies at three", there(cy), want)
			asked := len(ada.notices("collab_request"))
			expect(t, moderation+": ada is asked", asked, map[bool]int{true: 0, false: 1}[all])
		}
	})
}
