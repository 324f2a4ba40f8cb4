package main

import (
	"crypto/ed25519"
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"ensemble/federation/sign"
)

func TestForged6TextChangedAfterConsent(t *testing.T) {
	forgery(t, func(c *cast) {
		honest, _ := c.won("What was agreed to.", "coauthor", nil)
		c.publish("Create", honest)
		c.together(honest, "bo@two.test")
		expect(t, "the grid of bo at three", len(c.cy.grid(c.bo.uri)), 1)
		for member, value := range map[string]any{
			"content": "<p>Buy my tokens.</p>", "summary": "A warning", "sensitive": true, "cc": []any{},
			"attachment": []any{object{"type": "Image", "mediaType": "image/png", "url": "https://evil.test/x.png", "name": "x"}},
			"inReplyTo":  "https://evil.test/users/eve/notes/9", "quote": "https://evil.test/users/eve/notes/9",
		} {
			bait := maps.Clone(honest)
			bait[member] = value
			bait["updated"] = c.at()
			c.mallory.sends(c.cy.server, c.mallory.does("Update", bait, nil)) // to three alone: split horizon
			expectNames(t, "three, with another "+member, c.cy.seen(honest["id"]), "mallory@evil.test")
			expect(t, "the grid of bo at three, with another "+member, len(c.cy.grid(c.bo.uri)), 0)
			expectNames(t, "two", c.dee.seen(honest["id"]), "mallory@evil.test", "bo")
			c.mallory.sends(c.cy.server, c.mallory.does("Update", honest, nil))
			c.together(honest, "bo@two.test") // as it was, it holds again
		}
		bait := maps.Clone(honest)
		bait["content"] = "<p>Buy my tokens.</p>"
		c.publish("Update", bait) // now to two as well
		expectNames(t, "three", c.cy.seen(honest["id"]), "mallory@evil.test")
		expectNames(t, "two", c.dee.seen(honest["id"]), "mallory@evil.test")
		expect(t, "the grid of bo at two", len(c.dee.grid(c.bo.uri)), 0)
		expect(t, "warnings", len(c.bo.notices("collab_warning")), 1)
	})
}

func TestForged7EmbeddedStampThatIsNotThere(t *testing.T) {
	forgery(t, func(c *cast) {
		note := c.mallory.writes("Bo and I.", nil)
		listed := object{"type": "Collaborator", "collaborator": string(c.bo.uri), "role": "coauthor", "authorization": object{
			"id": string(c.bo.uri) + "/stamps/77", "type": "CollaborationAuthorization", "attributedTo": string(c.bo.uri),
			"interactingObject": note["id"], "interactionTarget": string(c.bo.uri), "role": "coauthor", "coversEdits": true,
		}}
		note["collaborators"], note["coAttributedTo"] = []any{listed}, string(c.bo.uri)
		c.publish("Create", note)
		c.alone(note, 1)

		// The same in an Accept: nothing is published on it.
		ada := c.network.join("one.test").born("ada")
		post := ada.offer(object{"status": "Ours?"}, c.mallory.person())
		offer := c.mallory.asked()
		embedded := c.mallory.stamp(offer["object"].(object)["work"].(object), object{"coversEdits": true})
		made := c.mallory.sends(ada.server, c.mallory.does("Accept", offer["id"], object{"result": embedded}))
		expect(t, "the Accept", made, "peer_refused")
		expect(t, "the collab", ada.collab(post["uri"].(string))["state"], any("offered"))
		c.mallory.serve(embedded) // the control: now it is there
		c.pass(10 * time.Minute)  // what failed is remembered for some minutes
		expect(t, "the Accept", c.mallory.sends(ada.server, c.mallory.does("Accept", offer["id"], object{"result": embedded})), "applied")
		expect(t, "the collab", ada.collab(post["uri"].(string))["state"], any("published"))
	})
}

func TestForged8StampFromElsewhereOrOfAnotherType(t *testing.T) {
	forgery(t, func(c *cast) {
		c.rogue("cdn.test")
		ways := map[string]func(stamp object) string{
			"redirect to another server": func(s object) string {
				at := s["id"].(string)
				cdn := c.handlers["cdn.test"].(*rogue).serveAs("https://cdn.test/stamp", activityKind, marshal(t, s))
				return c.eve.on(at, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, cdn, http.StatusFound) })
			},
			"served as text/html":        func(s object) string { return c.eve.serveAs(s["id"].(string), "text/html", marshal(t, s)) },
			"served as application/json": func(s object) string { return c.eve.serveAs(s["id"].(string), "application/json", marshal(t, s)) },
			"served as ld+json without the profile": func(s object) string {
				return c.eve.serveAs(s["id"].(string), "application/ld+json", marshal(t, s))
			},
			"from a media host": func(s object) string {
				s["id"] = "https://cdn.test/media/1"
				return c.handlers["cdn.test"].(*rogue).serveAs("https://cdn.test/media/1", activityKind, marshal(t, s))
			},
			"to name somebody else": func(s object) string {
				s["interactionTarget"] = c.mallory.uri
				return c.eve.serve(s)
			},
			"that has ended": func(s object) string {
				s["endTime"] = c.now().Add(-time.Hour).UTC().Format(time.RFC3339)
				return c.eve.serve(s)
			},
			"for another collaboration": func(s object) string {
				s["collaboration"] = "https://evil.test/collaborations/other"
				return c.eve.serve(s)
			},
			"under another id of its server": func(s object) string {
				at := s["id"].(string)
				s["id"] = at + "0"
				c.eve.serve(s)
				return c.eve.serveAs(at, activityKind, marshal(t, s))
			},
		}
		try := func(why string, put func(object) string, want ...string) {
			t.Helper()
			draft := c.mallory.writes("Eve and I: "+why, nil)
			at := put(c.eve.stamp(under(draft, credit{c.eve.uri, "coauthor", ""}), nil))
			note := under(draft, credit{c.eve.uri, "coauthor", at})
			note["collaboration"] = "https://evil.test/collaborations/this"
			c.mallory.sends(c.cy.server, c.mallory.does("Create", note, nil))
			expectNames(t, why, c.cy.seen(note["id"]), append([]string{"mallory@evil.test"}, want...)...)
		}
		try("control", c.eve.serve, "eve@evil.test")
		try("ld+json with the profile", func(s object) string {
			return c.eve.serveAs(s["id"].(string), `application/ld+json; profile="`+activityNS+`"`, marshal(t, s))
		}, "eve@evil.test")
		for why, put := range ways {
			try(why, put)
		}
	})
}

func TestForged9ProofByAKeyThatIsNotBobs(t *testing.T) {
	forgery(t, func(c *cast) {
		prove := func(doc object, key sign.Key) object {
			t.Helper()
			raw, err := sign.Prove(marshal(t, doc), key.ID, key.Private.(ed25519.PrivateKey), c.now())
			if err != nil {
				t.Fatal(err)
			}
			var out object
			if err := json.Unmarshal(raw, &out); err != nil {
				t.Fatal(err)
			}
			return out
		}
		stranger := sign.Key{ID: c.eve.seal.ID, Private: c.mallory.seal.Private}
		unlisted := sign.Key{ID: "https://evil.test/users/eve#other-key", Private: c.mallory.seal.Private}
		for _, s := range []struct {
			why  string
			make func(object) object
			want []string
		}{
			{"control: eve's own key", func(d object) object { return prove(d, c.eve.seal) }, []string{"eve@evil.test"}},
			{"another key under her name", func(d object) object { return prove(d, stranger) }, nil},
			{"a key that she does not list", func(d object) object { return prove(d, unlisted) }, nil},
			{"mallory's key", func(d object) object { return prove(d, c.mallory.seal) }, nil},
			{"changed afterwards", func(d object) object {
				d = prove(d, c.eve.seal)
				d["coversEdits"] = true
				return d
			}, nil},
			{"no proof that can be read", func(d object) object {
				d["proof"] = object{"type": "DataIntegrityProof", "cryptosuite": "none"}
				return d
			}, nil},
		} {
			draft := c.mallory.writes("Eve and I: "+s.why, nil)
			note := under(draft, credit{c.eve.uri, "coauthor", ""})
			note = under(draft, credit{c.eve.uri, "coauthor", c.eve.serve(s.make(c.eve.stamp(note, nil)))})
			c.mallory.sends(c.cy.server, c.mallory.does("Create", note, nil))
			expectNames(t, s.why, c.cy.seen(note["id"]), append([]string{"mallory@evil.test"}, s.want...)...)
		}
	})
}
