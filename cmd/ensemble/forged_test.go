package main

import (
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
	for _, a := range rowsOf[models.Outbound](c.bo.server, "account_id = ? AND verb = ? AND object_uri = ?", c.bo.id, models.Announce, note["id"]) {
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
