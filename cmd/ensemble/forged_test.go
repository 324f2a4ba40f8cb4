package main

import (
	"maps"
	"net/http"
	"testing"

	"ensemble/models"
)

// These are the forged and broken cases of ensemble/1 §8, by number. The rogue is
// evil.test, on which Mallory and Eve live; the names it puts under its posts are
// those of Bo at two.test. What the world sees of that is what Cy at three.test
// sees, who follows Mallory; Dee at two.test follows Bo alone, and must never hear
// of any of it.
type cast struct {
	*network
	bo, dee, cy  *person
	mallory, eve *villain
}

func forgery(t *testing.T, fn func(c *cast)) {
	t.Helper()
	story(t, func(n *network) {
		two, three := n.join("two.test"), n.join("three.test")
		c := &cast{network: n, bo: two.born("bo"), dee: two.born("dee"), cy: three.born("cy")}
		c.mallory, c.eve = n.evil()
		c.dee.follows(c.bo)
		c.mallory.followedBy(c.bo) // so that she may ask him
		c.mallory.followedBy(c.cy)
		fn(c)
	})
}

// publish has Mallory send a post to both servers, as a Create or an Update.
func (c *cast) publish(verb string, note object) {
	c.t.Helper()
	c.mallory.serve(note)
	for _, p := range []*person{c.bo, c.cy} {
		if made := c.mallory.sends(p.server, c.mallory.does(verb, note, nil)); made != "applied" {
			c.t.Fatalf("%s: %s of %s: %s", p.host, verb, note["id"], made)
		}
	}
}

// alone sees that a post, which is kept, is shown as Mallory's alone, that Bo is
// warned so many times, and that nobody hears of it through him.
func (c *cast) alone(note object, warnings int) {
	c.t.Helper()
	expectNames(c.t, "three", c.cy.seen(note["id"]), "mallory@evil.test")
	if s := c.dee.seen(note["id"]); s != nil {
		expectNames(c.t, "two", s, "mallory@evil.test")
	}
	c.apart(note, warnings)
}

// apart sees that Bo has nothing to do with a post, wherever it is.
func (c *cast) apart(note object, warnings int) {
	c.t.Helper()
	for _, p := range []*person{c.cy, c.dee} {
		for _, s := range p.grid(c.bo.uri) {
			if s["uri"] == note["id"] {
				c.t.Errorf("%s sees it on bo's profile", p.name)
			}
		}
	}
	for _, s := range c.dee.list("/api/v1/timelines/home") {
		if s["uri"] == note["id"] {
			c.t.Error("bo's followers have it before them")
		}
	}
	expect(c.t, "notices to bo's followers", len(rowsOf[models.Notification](c.dee.server, "account_id = ?", c.dee.id)), 0)
	for _, a := range rowsOf[models.Outbound](c.bo.server, "verb = ? AND object_uri = ?", models.Announce, note["id"]) {
		c.t.Errorf("bo's server announces it: %v", a.URI)
	}
	got := c.bo.notices("collab_warning")
	expect(c.t, "warnings to bo", len(got), warnings)
	if len(got) > 0 && got[0]["status"] == nil {
		c.t.Errorf("the warning does not say of which post: %v", got[0])
	}
}

// together sees that a post is shown as Mallory's and of these: the control.
func (c *cast) together(note object, more ...string) {
	c.t.Helper()
	expectNames(c.t, "three", c.cy.seen(note["id"]), append([]string{"mallory@evil.test"}, more...)...)
}

// won publishes a post of Mallory's under which Bo stands by his own will.
func (c *cast) won(text, role string, fields object) (note object, stamp string) {
	c.t.Helper()
	draft := under(c.mallory.writes(text, nil), credit{string(c.bo.uri), role, ""})
	uri, stamp := c.mallory.wins(c.bo, draft, fields)
	note = under(draft, credit{string(c.bo.uri), role, stamp})
	note["collaboration"] = uri
	return note, stamp
}

func TestForged1NoteListsBobWithoutAuthorization(t *testing.T) {
	forgery(t, func(c *cast) {
		draft := c.mallory.writes("A friend of Bo's.", nil)
		eves := under(draft, credit{c.eve.uri, "coauthor", ""})
		c.publish("Create", under(draft, credit{c.eve.uri, "coauthor", c.eve.stamps(eves, nil)}))
		c.together(draft, "eve@evil.test") // a name with a stamp is shown

		for i, form := range []func(object) object{
			func(n object) object { return under(n, credit{string(c.bo.uri), "coauthor", ""}) },
			func(n object) object {
				n["attributedTo"] = []any{c.mallory.uri, string(c.bo.uri)}
				return n
			},
			func(n object) object {
				n["collaborators"] = []any{object{"type": "Collaborator", "collaborator": string(c.bo.uri), "role": "coauthor"}}
				return n
			},
			func(n object) object {
				n["coAttributedTo"] = string(c.bo.uri)
				return n
			},
		} {
			note := form(c.mallory.writes("Bo and I.", nil))
			c.publish("Create", note)
			c.alone(note, i+1)
			c.publish("Update", note) // and again: one warning a post
			c.alone(note, i+1)
		}
	})
}

func TestForged2StampHostedOnAClaimingToBeBobs(t *testing.T) {
	forgery(t, func(c *cast) {
		note := c.mallory.writes("Bo and I.", nil)
		stamp := c.mallory.stamps(under(note, credit{string(c.bo.uri), "coauthor", ""}), object{
			"attributedTo": string(c.bo.uri), "interactionTarget": string(c.bo.uri),
		})
		note = under(note, credit{string(c.bo.uri), "coauthor", stamp})
		c.publish("Create", note)
		c.alone(note, 1)
		expect(t, "fetches of the stamp", c.mallory.count(stamp), 0)
	})
}

func TestForged3StampByAnotherOfBobsServer(t *testing.T) {
	forgery(t, func(c *cast) {
		zed := c.bo.server.born("zed")
		c.mallory.followedBy(zed)
		draft := c.mallory.writes("With somebody of two.test.", nil)
		names := under(draft, credit{string(zed.uri), "coauthor", ""})
		uri, stamp := c.mallory.wins(zed, names, nil)
		honest := under(draft, credit{string(zed.uri), "coauthor", stamp})
		honest["collaboration"] = uri
		c.publish("Create", honest)
		c.together(honest, "zed@two.test")

		forged := under(draft, credit{string(c.bo.uri), "coauthor", stamp})
		forged["collaboration"] = uri
		c.publish("Update", forged)
		c.alone(forged, 1)
	})
}

func TestForged4GenuineStampReplayedForAnotherNote(t *testing.T) {
	forgery(t, func(c *cast) {
		first, stamp := c.won("The first.", "coauthor", object{"covers_edits": true})
		c.publish("Create", first)
		c.together(first, "bo@two.test")

		for _, with := range []string{"its collaboration", "none"} {
			second := under(c.mallory.writes("The second, with "+with, nil), credit{string(c.bo.uri), "coauthor", stamp})
			if with != "none" {
				second["collaboration"] = first["collaboration"]
			}
			c.mallory.serve(second)
			c.mallory.sends(c.cy.server, c.mallory.does("Create", second, nil))
			c.mallory.sends(c.bo.server, c.mallory.does("Create", second, nil))
			expectNames(t, "three", c.cy.seen(second["id"]), "mallory@evil.test")
			expect(t, "the grid of bo at two", len(c.dee.grid(c.bo.uri)), 1)
			expect(t, "the grid of bo at three", len(c.cy.grid(c.bo.uri)), 1)
		}
		expect(t, "warnings", len(c.bo.notices("collab_warning")), 2)
		expect(t, "home of bo's follower", len(c.dee.list("/api/v1/timelines/home")), 1)
	})
}

func TestForged5CreditStampForACoauthor(t *testing.T) {
	for name, covers := range map[string]bool{"of this text": false, "of any text": true} {
		t.Run(name, func(t *testing.T) {
			forgery(t, func(c *cast) {
				honest, stamp := c.won("Thanks to Bo.", "credit", object{"covers_edits": covers})
				c.publish("Create", honest)
				role := func() (roles []any) {
					co, _ := c.cy.seen(honest["id"])["coauthors"].([]any)
					for _, a := range co {
						roles = append(roles, a.(object)["role"])
					}
					return roles
				}
				if got := role(); len(got) != 1 || got[0] != "credit" {
					t.Fatalf("an honest credit: %v", got)
				}
				forged := under(honest, credit{string(c.bo.uri), "coauthor", stamp})
				c.publish("Update", forged)
				got := role()
				if covers && (len(got) != 1 || got[0] != "credit") {
					t.Errorf("roles: %v, want a credit and no more", got)
				}
				if !covers && len(got) != 0 { // who counts as author is part of what was agreed to
					t.Errorf("roles: %v, want none", got)
				}
				c.apart(forged, len(c.bo.notices("collab_warning")))
			})
		})
	}
}

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
		c.pass(10 * 60e9)         // what failed is remembered for some minutes
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
