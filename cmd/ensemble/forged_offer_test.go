package main

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/models"
)

// unasked sees that nobody asks p anything.
func (p *person) unasked(why string) {
	p.t.Helper()
	if got := p.list("/api/ensemble/v1/collabs"); len(got) != 0 {
		p.t.Errorf("%s: bo is asked, %d times", why, len(got))
	}
	if got := p.notices("collab_invite"); len(got) != 0 {
		p.t.Errorf("%s: bo is bothered, %d times", why, len(got))
	}
	if got := rowsOf[models.Collab](p.server, "1 = 1"); len(got) != 0 {
		p.t.Errorf("%s: a collab is kept: %s", why, got[0].URI)
	}
}

func TestForged20OfferThatIsNone(t *testing.T) {
	forgery(t, func(c *cast) {
		bo, mallory, eve := string(c.bo.uri), c.mallory, c.eve
		_, abroad := c.rogue("other.test", "trudy")
		trudy := abroad[0]
		draft := mallory.writes("With Bo.", nil)
		note := under(draft, credit{bo, "coauthor", ""})
		two := under(draft, credit{bo, "coauthor", ""}, credit{eve.uri, "coauthor", ""})
		foreign := under(trudy.writes("Of another server.", nil), credit{bo, "coauthor", ""})
		eves := under(eve.writes("Eve's.", nil), credit{bo, "coauthor", ""})
		reply := maps.Clone(note)
		reply["inReplyTo"] = "https://other.test/notes/1"
		private := maps.Clone(note)
		private["to"], private["cc"] = []any{bo}, []any{}
		invites := func(who ...string) (all []any) {
			for _, w := range who {
				all = append(all, object{"type": "Collaborator", "collaborator": w, "role": "coauthor"})
			}
			return all
		}
		end := func(d time.Duration) string { return c.now().Add(d).UTC().Format(time.RFC3339) }
		credited := []any{object{"type": "Collaborator", "collaborator": bo, "role": "credit"}}
		for why, a := range map[string]object{
			"the collaboration is another's":     mallory.offers(c.bo, note, object{"attributedTo": eve.uri}, nil),
			"the work is another's":              mallory.offers(c.bo, eves, nil, nil),
			"the work is of another server":      mallory.offers(c.bo, foreign, nil, nil),
			"the collaboration is of another":    mallory.offers(c.bo, note, object{"id": "https://other.test/collaborations/1"}, nil),
			"the work is bo's own":               mallory.offers(c.bo, note, object{"work": object{"id": bo + "/notes/1", "type": "Note", "attributedTo": bo, "content": "x"}}, nil),
			"no work":                            mallory.offers(c.bo, note, object{"work": nil}, nil),
			"a work by address":                  mallory.offers(c.bo, note, object{"work": note["id"]}, nil),
			"a name that is not invited":         mallory.offers(c.bo, two, object{"invitations": invites(bo)}, nil),
			"an invited who is not named":        mallory.offers(c.bo, note, object{"invitations": invites(bo, eve.uri)}, nil),
			"bo is not invited":                  mallory.offers(c.bo, under(draft, credit{eve.uri, "coauthor", ""}), nil, nil),
			"another role than is invited":       mallory.offers(c.bo, note, object{"invitations": credited}, nil),
			"the digest of another text":         mallory.offers(c.bo, note, object{"contentDigest": digestOf(t, eves)}, nil),
			"no digest":                          mallory.offers(c.bo, note, object{"contentDigest": nil}, nil),
			"an end in the past":                 mallory.offers(c.bo, note, object{"endTime": end(-time.Hour)}, nil),
			"an end in the past, of the Offer":   mallory.offers(c.bo, note, nil, object{"endTime": end(-time.Hour)}),
			"an end too far away":                mallory.offers(c.bo, note, object{"endTime": end(200 * 24 * time.Hour)}, object{"endTime": end(200 * 24 * time.Hour)}),
			"an end too far away, of the Offer":  mallory.offers(c.bo, note, object{"endTime": nil}, object{"endTime": end(200 * 24 * time.Hour)}),
			"a target that is another":           mallory.offers(c.bo, note, nil, object{"target": string(c.dee.uri)}),
			"a target that is not here":          mallory.offers(c.bo, note, nil, object{"target": string(c.cy.uri)}),
			"no target":                          mallory.offers(c.bo, note, nil, object{"target": nil}),
			"sent to another":                    mallory.offers(c.bo, note, nil, object{"to": []any{string(c.dee.uri)}}),
			"a reply":                            mallory.offers(c.bo, reply, nil, nil),
			"a private work":                     mallory.offers(c.bo, private, nil, nil),
			"revision 0":                         mallory.offers(c.bo, note, object{"revision": 0}, nil),
			"a quorum of which nobody knows":     mallory.offers(c.bo, note, object{"quorum": "none"}, nil),
			"a choice of which nobody knows":     mallory.offers(c.bo, note, object{"onDecline": "sell"}, nil),
			"an Offer of something else":         mallory.does("Offer", object{"type": "Agreement", "id": "https://evil.test/a/1"}, object{"target": bo}),
			"an Offer of an address":             mallory.does("Offer", "https://evil.test/collaborations/77", object{"target": bo}),
			"mallory's work, offered by another": trudy.offers(c.bo, note, nil, nil),
		} {
			who := mallory
			if a["actor"] == trudy.uri {
				who = trudy
			}
			if made := who.sends(c.bo.server, a); made == "applied" {
				t.Errorf("%s: it is applied", why)
			}
			c.bo.unasked(why)
		}
		stolen := mallory.offers(c.bo, note, nil, object{"actor": trudy.uri, "id": "https://other.test/activities/1"})
		expect(t, "an Offer in another's name", mallory.posts(c.bo.server, marshal(t, stolen)), 401)
		c.bo.unasked("stolen")
		expect(t, "what mallory hears of it", len(mallory.told("Reject"))+len(mallory.told("Accept")), 0)

		mallory.sends(c.bo.server, mallory.offers(c.bo, note, nil, nil)) // the control
		expect(t, "what bo is asked", len(c.bo.list("/api/ensemble/v1/collabs")), 1)

		// Nobody else can end, change or take over what he was asked.
		asked := c.bo.invitation()
		offer := rowsOf[models.Invite](c.bo.server, "offer_uri <> ''")[0].OfferURI
		for why, a := range map[string]object{
			"Undo":   eve.does("Undo", string(offer), nil),
			"Delete": eve.does("Delete", object{"id": asked["uri"], "type": "Tombstone", "formerType": "Collaboration"}, nil),
			"Remove": eve.does("Remove", bo, object{"target": asked["uri"].(string) + "/collaborators"}),
			"Offer":  eve.offers(c.bo, eves, object{"id": asked["uri"], "revision": 2}, nil),
		} {
			if made := eve.sends(c.bo.server, a); made == "applied" {
				t.Errorf("%s by eve is applied", why)
			}
			expect(t, "the invitation after eve's "+why, c.bo.invitation()["my_state"], asked["my_state"])
			expect(t, "its digest after eve's "+why, c.bo.invitation()["digest"], asked["digest"])
		}
		expect(t, "the Undo", mallory.sends(c.bo.server, mallory.does("Undo", string(offer), nil)), "applied") // the control
		expect(t, "the collab", c.bo.collab(asked["uri"].(string))["state"], any("discarded"))
	})
}

func TestForged21OfferWithPicturesInPrivateNetworks(t *testing.T) {
	forgery(t, func(c *cast) {
		for i, at := range []string{
			"https://127.0.0.1/x.jpg", "https://10.0.0.1/x.jpg", "https://192.168.1.1/x.jpg", "https://169.254.169.254/latest/meta-data/",
			"https://[::1]/x.jpg", "https://[::ffff:127.0.0.1]/x.jpg", "https://168.63.129.16/x", "http://127.0.0.1/x.jpg", "file:///etc/passwd",
			"https://two.test/users/bo", "https://evil.test/away.jpg",
		} {
			c.mallory.on("https://evil.test/away.jpg", func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://127.0.0.1/x.jpg", http.StatusFound)
			})
			draft := c.mallory.writes(fmt.Sprint("With a picture, ", i), object{"attachment": []any{object{
				"type": "Image", "mediaType": "image/jpeg", "name": "x", "url": at, "digestMultibase": "zQmYJFRfKEwByaGccb3R5U7SXU6xePqRXRvPsKrWdkYsHdv",
			}}})
			note := under(draft, credit{string(c.bo.uri), "coauthor", ""})
			for revision := 1; revision <= 2; revision++ { // a later version may have its pictures elsewhere
				offer := c.mallory.offers(c.bo, note, object{"revision": revision}, nil)
				uri := offer["object"].(object)["id"].(string)
				c.mallory.sends(c.bo.server, offer)
				if rows := rowsOf[models.Collab](c.bo.server, "uri = ?", uri); len(rows) == 0 {
					continue
				}
				for _, m := range rowsOf[models.Media](c.bo.server, "remote_url = ?", at) {
					if m.State != models.MediaFailed || m.Key != "" {
						t.Errorf("%s: the picture is %s: %s", at, m.State, m.Error)
					}
				}
				if len(note["attachment"].([]any)) > 0 && !strings.HasPrefix(at, "file:") {
					c.bo.acts(uri, "accept", nil, 409) // nobody agrees to what he cannot see
				}
				c.bo.acts(uri, "decline", object{"confirm": true}, 200)
			}
		}
		expect(t, "stamps", len(rowsOf[models.Stamp](c.bo.server, "1 = 1")), 0)
	})
}

func TestForged22PublishedBeforeAllAccepted(t *testing.T) {
	forgery(t, func(c *cast) {
		draft := c.mallory.writes("By three.", nil)
		bo, eve := credit{string(c.bo.uri), "coauthor", ""}, credit{c.eve.uri, "coauthor", ""}
		names := under(draft, bo, eve)
		offer := c.mallory.offers(c.bo, names, nil, nil)
		expect(t, "the Offer", c.mallory.sends(c.bo.server, offer), "applied")
		eve.stamp = c.eve.stamps(names, nil)
		uri := offer["object"].(object)["id"].(string)
		state := c.bo.collab(uri)["my_state"]
		for _, stamp := range []string{"", string(c.bo.uri) + "/stamps/1"} {
			bo.stamp = stamp
			note := under(draft, bo, eve)
			note["collaboration"] = uri
			c.publish("Create", note)
			c.publish("Update", note)
			c.together(note, "eve@evil.test")
			c.apart(note, 1)
			expect(t, "what bo has said", c.bo.collab(uri)["my_state"], state)
			expect(t, "stamps of bo's", len(rowsOf[models.Stamp](c.bo.server, "1 = 1")), 0)
		}
		// He may still agree, and is shown once he has.
		c.bo.acts(uri, "accept", nil, 200)
		all := c.mallory.told("Accept")
		bo.stamp = all[len(all)-1]["result"].(string)
		note := under(draft, bo, eve)
		note["collaboration"] = uri
		c.publish("Update", note)
		c.together(note, "bo@two.test", "eve@evil.test")
	})
}

func TestForged23RelayThatIsNotTheOrigins(t *testing.T) {
	forgery(t, func(c *cast) {
		note, _ := c.won("With Bo.", "coauthor", nil)
		c.publish("Create", note)
		without := c.mallory.writes("Without Bo.", nil)
		c.publish("Create", without)
		c.bo.post("/api/v1/statuses", object{"status": "Bo's own."})
		c.settle()
		var own object
		for _, s := range c.bo.grid(c.bo.uri) {
			if s["uri"] != note["id"] {
				own = s
			}
		}
		like := func(of any) object {
			return object{"id": "https://evil.test/likes/1", "type": "Like", "actor": c.eve.uri, "object": of}
		}
		relay := func(by *villain, of any, owner, collection string, total any) object {
			return by.does("Add", like(of), object{"target": object{
				"id": fmt.Sprint(of, "/", collection), "type": "Collection", "attributedTo": owner, "totalItems": total,
			}})
		}
		likes := func(uri any) any { return c.bo.seen(uri)["favourites_count"] }
		for why, s := range map[string]struct {
			by *villain
			a  object
			of any
		}{
			"of bo's own post":             {c.mallory, relay(c.mallory, own["uri"], c.mallory.uri, "likes", 99), own["uri"]},
			"of bo's own post, as his":     {c.mallory, relay(c.mallory, own["uri"], string(c.bo.uri), "likes", 99), own["uri"]},
			"the collection is another's":  {c.mallory, relay(c.mallory, note["id"], string(c.bo.uri), "likes", 99), note["id"]},
			"the collection is nobody's":   {c.mallory, relay(c.mallory, note["id"], "", "likes", 99), note["id"]},
			"by another of mallory's":      {c.eve, relay(c.eve, note["id"], c.mallory.uri, "likes", 99), note["id"]},
			"by another, as her own":       {c.eve, relay(c.eve, note["id"], c.eve.uri, "likes", 99), note["id"]},
			"of a post that bo is not in":  {c.mallory, relay(c.mallory, without["id"], c.mallory.uri, "likes", 99), without["id"]},
			"to a collection that is none": {c.mallory, relay(c.mallory, note["id"], c.mallory.uri, "fans", 99), note["id"]},
		} {
			if made := s.by.sends(c.bo.server, s.a); made == "applied" {
				t.Errorf("%s: it is applied", why)
			}
			expect(t, why+": likes", likes(s.of), any(0.0))
		}
		expect(t, "likes that bo is told of", len(c.bo.notices("favourite")), 0)
		made := c.mallory.sends(c.bo.server, relay(c.mallory, note["id"], c.mallory.uri, "likes", 7))
		expect(t, "the control", made, "applied")
		expect(t, "likes", likes(note["id"]), any(7.0))
		for _, absurd := range []any{-7, 1e18, 1e300, "many"} {
			c.mallory.sends(c.bo.server, relay(c.mallory, note["id"], c.mallory.uri, "likes", absurd))
			if got := likes(note["id"]).(float64); got < 0 || got > 1<<30 {
				t.Errorf("%v likes are shown as %v", absurd, got)
			}
		}
		expect(t, "likes that bo is told of", len(c.bo.notices("favourite")), 1)
		expect(t, "likes of bo's own", likes(own["uri"]), any(0.0))
	})
}
