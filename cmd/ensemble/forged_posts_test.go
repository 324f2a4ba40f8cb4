package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

func TestForged10VictimFirstInAttributedTo(t *testing.T) {
	forgery(t, func(c *cast) {
		victim := string(c.bo.uri)
		note := c.mallory.writes("As Bo.", object{"attributedTo": []any{victim, c.mallory.uri}})
		for _, verb := range []string{"Create", "Update", "Announce"} {
			for _, s := range []*server{c.cy.server, c.bo.server} {
				if made := c.mallory.sends(s, c.mallory.does(verb, note, nil)); made == "applied" {
					t.Errorf("%s: %s is applied", s.host, verb)
				}
			}
		}
		made := c.mallory.sends(c.cy.server, c.mallory.does("Create", note["id"], nil)) // without the note
		expect(t, "a Create by address", made, "origin")
		expect(t, "as cy looks for it", c.cy.status(note["id"].(string)) == nil, true)
		expect(t, "the post at three", c.cy.seen(note["id"]) == nil, true)
		expect(t, "the post at two", c.dee.seen(note["id"]) == nil, true)
		expect(t, "the grid of bo", len(c.cy.grid(c.bo.uri))+len(c.dee.grid(c.bo.uri)), 0)

		// The same on one server: Eve first, signed by Mallory. Its origin decides.
		mixed := c.mallory.writes("As Eve.", object{"attributedTo": []any{c.eve.uri, c.mallory.uri}})
		truth := maps.Clone(mixed)
		truth["attributedTo"] = c.mallory.uri
		c.mallory.serve(truth)
		c.mallory.sends(c.cy.server, c.mallory.does("Create", mixed, nil))
		expectNames(t, "three", c.cy.seen(mixed["id"]), "mallory@evil.test")
	})
}

// realPost is Ada at one and Bo at two, who publish together, and Dee at four, who
// hears of it from the rogue alone.
func realPost(n *network) (ada, bo, cy, dee *person, mallory *villain, uri string) {
	n.t.Helper()
	ada, bo, cy = trio(n)
	mallory, _ = n.evil()
	uri = published(ada, bo, nil)
	dee = n.join("four.test").born("dee")
	dee.follows(ada)
	if dee.seen(uri) != nil {
		n.t.Fatal("four has it already")
	}
	return ada, bo, cy, dee, mallory, uri
}

func TestForged11EntriesReorderedByARelay(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _, dee, mallory, uri := realPost(n)
		_, note := n.document(uri)
		for _, order := range [][]any{{string(bo.uri), string(ada.uri)}, {mallory.uri, string(ada.uri), string(bo.uri)}} {
			relayed := maps.Clone(note)
			relayed["attributedTo"], relayed["content"] = order, "<p>Changed on the way.</p>"
			delete(relayed, "@context")
			expect(t, "the Create", mallory.sends(dee.server, mallory.does("Create", relayed, nil)), "applied")
			expectNames(t, "four", dee.seen(uri), "ada@one.test", "bo@two.test")
			expect(t, "the text", strings.Contains(dee.seen(uri)["content"].(string), "Changed"), false)
		}
	})
}

func TestForged12CreateSentAndSignedByBob(t *testing.T) {
	story(t, func(n *network) {
		_, _, _, dee, mallory, uri := realPost(n)
		_, note := n.document(uri)
		changed := maps.Clone(note)
		changed["content"] = "<p>Ada says what Mallory wants.</p>"
		delete(changed, "@context")
		expect(t, "the Create", mallory.sends(dee.server, mallory.does("Create", changed, nil)), "applied")
		expectNames(t, "four", dee.seen(uri), "ada@one.test", "bo@two.test")
		if got := dee.seen(uri)["content"].(string); !strings.Contains(got, "Our first ceramics drop.") {
			t.Errorf("not what ada's server says: %s", got)
		}
		// A note that Ada's server does not have.
		changed["id"] = uri + "0"
		if made := mallory.sends(dee.server, mallory.does("Create", changed, nil)); made == "applied" || dee.seen(uri+"0") != nil {
			t.Errorf("a note that is not there: %s", made)
		}
	})
}

// coauthored is a post by Ada at one with Mallory, who is asked and accepts; Cy at
// three follows Ada.
func coauthored(n *network) (ada, cy *person, mallory, eve *villain, post, collab string) {
	n.t.Helper()
	ada, cy = n.join("one.test").born("ada"), n.join("three.test").born("cy")
	cy.follows(ada)
	mallory, eve = n.evil()
	c := ada.offer(object{"status": "By Ada and Mallory."}, mallory.person())
	made, _ := mallory.accepts(ada.server, nil)
	expect(n.t, "the Accept", made, "applied")
	post, collab = c["post_uri"].(string), c["uri"].(string)
	for _, p := range []*person{ada, cy} {
		if got := names(p.seen(post)); len(got) != 2 {
			n.t.Fatalf("%s: the authors are %v", p.name, got)
		}
	}
	return ada, cy, mallory, eve, post, collab
}

func TestForged13UpdateOrDeleteByBob(t *testing.T) {
	story(t, func(n *network) {
		ada, cy, mallory, _, uri, collab := coauthored(n)
		_, note := n.document(uri)
		delete(note, "@context")
		changed := maps.Clone(note)
		changed["content"], changed["updated"] = "<p>Mallory's words.</p>", n.at()
		mine := maps.Clone(changed)
		mine["attributedTo"] = []any{mallory.uri, string(ada.uri)}
		tomb := object{"id": uri, "type": "Tombstone", "formerType": "Note"}
		for _, p := range []*person{ada, cy} {
			for _, a := range []object{
				mallory.does("Update", changed, nil), mallory.does("Update", mine, nil), mallory.does("Create", mine, nil),
				mallory.does("Delete", uri, nil), mallory.does("Delete", tomb, nil), mallory.does("Undo", uri, nil),
				mallory.does("Delete", string(ada.uri), nil), mallory.does("Delete", collab, nil),
				mallory.does("Remove", string(ada.uri), object{"target": collab + "/collaborators"}),
			} {
				mallory.sends(p.server, a)
				s := p.seen(uri)
				if s == nil {
					t.Fatalf("%s: gone after %v", p.name, a)
				}
				if got := s["content"].(string); !strings.Contains(got, "By Ada and Mallory.") {
					t.Errorf("%s: %v says now %s", p.name, a["type"], got)
				}
				expect(t, "how many authors "+p.name+" sees", len(names(s)), 2)
			}
		}
		expect(t, "the collab", ada.collab(collab)["state"], any("published"))

		// On one server: Eve may not change what Mallory wrote, though their server signs both.
		eve := mallory.people["eve"]
		mallory.followedBy(cy)
		own := mallory.writes("Mallory's own.", nil)
		mallory.sends(cy.server, mallory.does("Create", own, nil))
		own["content"] = "<p>Eve's.</p>"
		expect(t, "eve's Update", eve.sends(cy.server, eve.does("Update", own, nil)), "not_author")
		expect(t, "eve's Delete", eve.sends(cy.server, eve.does("Delete", own["id"], nil)), "not_author")
		if s := cy.seen(own["id"]); s == nil || !strings.Contains(s["content"].(string), "Mallory's own") {
			t.Errorf("mallory's post: %v", s)
		}
		mallory.sends(cy.server, mallory.does("Delete", own["id"], nil))
		expect(t, "control: after mallory's own Delete", cy.seen(own["id"]) == nil, true)
	})
}

func TestForged14DeleteOfAStampByAnother(t *testing.T) {
	story(t, func(n *network) {
		_, bo, cy := trio(n)
		mallory, eve := n.evil()
		mallory.followedBy(bo)
		mallory.followedBy(cy)
		draft := mallory.writes("With Bo.", nil)
		collab, stamp := mallory.wins(bo, under(draft, credit{string(bo.uri), "coauthor", ""}), nil)
		note := under(draft, credit{string(bo.uri), "coauthor", stamp})
		note["collaboration"] = collab
		mallory.serve(note)
		for _, p := range []*person{bo, cy} {
			mallory.sends(p.server, mallory.does("Create", note, nil))
		}
		expectNames(t, "three", cy.seen(note["id"]), "mallory@evil.test", "bo@two.test")

		tomb := object{"id": stamp, "type": "Tombstone", "formerType": "CollaborationAuthorization"}
		hint := func() object { return mallory.does("Delete", tomb, object{"actor": string(bo.uri)}) }
		for _, p := range []*person{cy, bo} {
			expect(t, "by the initiator", mallory.sends(p.server, mallory.does("Delete", tomb, nil)), "foreign")
			expect(t, "by a stranger", eve.sends(p.server, eve.does("Delete", stamp, nil)), "foreign")
			eve.posts(p.server, marshal(t, hint())) // in bo's name, signed by eve: bo's server is asked
			n.settle()
		}
		expectNames(t, "three", cy.seen(note["id"]), "mallory@evil.test", "bo@two.test")
		status, _ := n.document(stamp)
		expect(t, "the stamp", status, 200)

		n.cut("three.test", true) // so that three does not hear it of bo
		bo.acts(collab, "leave", nil, 200)
		n.cut("three.test", false)
		expectNames(t, "three", cy.seen(note["id"]), "mallory@evil.test", "bo@two.test")
		if got := mallory.posts(cy.server, marshal(t, hint())); got != 202 {
			t.Errorf("a forwarded Delete: %d", got)
		}
		n.settle()
		expectNames(t, "three, which asked", cy.seen(note["id"]), "mallory@evil.test")

		// On one server: Eve may not take Mallory's consent back.
		other := eve.writes("With Mallory.", nil)
		eve.followedBy(cy)
		given := mallory.stamps(under(other, credit{mallory.uri, "coauthor", ""}), nil)
		other = under(other, credit{mallory.uri, "coauthor", given})
		eve.serve(other)
		eve.sends(cy.server, eve.does("Create", other, nil))
		expect(t, "eve's Delete", eve.sends(cy.server, eve.does("Delete", given, nil)), "not_its_author")
		expectNames(t, "three", cy.seen(other["id"]), "eve@evil.test", "mallory@evil.test")
		expect(t, "mallory's Delete", mallory.sends(cy.server, mallory.does("Delete", given, nil)), "applied")
		expectNames(t, "three", cy.seen(other["id"]), "eve@evil.test")
	})
}

func TestForged24AbsurdTotals(t *testing.T) {
	forgery(t, func(c *cast) {
		c.bo.post("/api/v1/statuses", object{"status": "Bo's own."})
		c.settle()
		for i, total := range []any{1e18, 1e300, -5, "many", 1.5, 12} {
			note := c.mallory.writes("Loved by all.", nil)
			for _, of := range []string{"likes", "shares", "replies"} {
				note[of] = object{"id": note["id"].(string) + "/" + of, "type": "Collection", "totalItems": total}
			}
			c.mallory.serve(note)
			if made := c.mallory.sends(c.cy.server, c.mallory.does("Create", note, nil)); made != "applied" {
				t.Errorf("%v: %s", total, made)
				continue
			}
			s := c.cy.seen(note["id"])
			for _, of := range []string{"favourites_count", "reblogs_count", "replies_count"} {
				got := s[of].(float64)
				if got < 0 || got > 1<<30 || got != float64(int(got)) || i == 5 && got != 12 {
					t.Errorf("%v is shown as %v", total, got)
				}
			}
		}
		// Of another's post, or another's collection, nothing is believed.
		note := c.mallory.writes("Mine, with your likes.", object{"likes": object{"id": "https://two.test/likes", "type": "Collection", "totalItems": 99}})
		c.mallory.sends(c.cy.server, c.mallory.does("Create", note, nil))
		expect(t, "likes", c.cy.seen(note["id"])["favourites_count"], any(0.0))
		own := c.bo.grid(c.bo.uri)[0]
		lie := object{"id": own["uri"], "type": "Note", "attributedTo": string(c.bo.uri), "content": "x",
			"likes": object{"id": own["uri"].(string) + "/likes", "type": "Collection", "totalItems": 99}}
		c.mallory.sends(c.bo.server, c.mallory.does("Update", lie, nil))
		expect(t, "bo's own likes", c.bo.grid(c.bo.uri)[0]["favourites_count"], any(0.0))
	})
}

func TestForged25NewAccountClaimsAnOldStamp(t *testing.T) {
	forgery(t, func(c *cast) {
		newer := c.mallory.rogue.born("newer")
		_, abroad := c.rogue("new.test", "eve")
		draft := c.mallory.writes("With Eve.", nil)
		old := c.eve.stamps(under(draft, credit{c.eve.uri, "coauthor", ""}), object{"coversEdits": true})
		honest := under(draft, credit{c.eve.uri, "coauthor", old})
		c.publish("Create", honest)
		c.together(honest, "eve@evil.test")

		for _, who := range []*villain{newer, abroad[0]} {
			who.appears(object{"alsoKnownAs": []any{}})
			c.eve.appears(object{"movedTo": who.uri})
			c.pass(6 * time.Minute)
			expect(t, "the Move", c.eve.sends(c.cy.server, c.eve.does("Move", c.eve.uri, object{"target": who.uri})), "not_mutual")
			forged := under(draft, credit{who.uri, "coauthor", old})
			c.publish("Update", forged)
			c.together(forged)
			expect(t, "the grid of the new account", len(c.cy.grid(models.IRI(who.uri))), 0)
		}
		// One that says it moved to somebody who knows nothing of it is not linked.
		c.cy.knows(c.bo)
		c.eve.appears(object{"movedTo": string(c.bo.uri)})
		c.pass(25 * time.Hour)
		c.publish("Update", honest)
		c.eve.sends(c.cy.server, c.eve.does("Update", c.eve.uri, nil))
		eves := rowsOf[models.Account](c.cy.server, "uri = ?", c.eve.uri)[0]
		shown := c.cy.get("/api/v1/accounts/" + eves.ID.String())
		if shown["moved"] != nil {
			t.Errorf("eve is shown to have moved to %v", shown["moved"])
		}
		// Both ways it is a move, and the stamp is still not the new account's.
		c.eve.appears(object{"movedTo": newer.uri})
		newer.appears(object{"alsoKnownAs": []any{c.eve.uri}})
		c.pass(6 * time.Minute)
		expect(t, "the Move", c.eve.sends(c.cy.server, c.eve.does("Move", c.eve.uri, object{"target": newer.uri})), "applied")
		c.publish("Update", honest)
		if got := names(c.cy.seen(honest["id"])); !slices.Contains(got, "eve@evil.test") {
			t.Errorf("the old name is lost: %v", got)
		}
		c.publish("Update", under(draft, credit{newer.uri, "coauthor", old}))
		c.together(honest)
	})
}
