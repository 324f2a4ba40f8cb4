package main

import (
	"slices"
	"testing"
	"time"

	"ensemble/models"
)

// invited is Ada at one, who has asked Mallory to publish with her.
func invited(n *network, more ...*person) (ada *person, mallory, eve *villain, collab string) {
	n.t.Helper()
	ada = n.join("one.test").born("ada")
	mallory, eve = n.evil()
	c := ada.offer(object{"status": "By Ada and Mallory."}, append(more, mallory.person())...)
	return ada, mallory, eve, c["uri"].(string)
}

// unpublished sees that a work of p's waits for Mallory, and that the world has none.
func (p *person) unpublished(collab, state string, invite models.InviteState) {
	p.t.Helper()
	c := p.collab(collab)
	if c["state"] != state {
		p.t.Errorf("the collab is %v, want %s", c["state"], state)
	}
	for _, i := range c["invitees"].([]any) {
		if got := i.(object)["state"]; got != string(invite) {
			p.t.Errorf("the invitation is %v, want %s", got, invite)
		}
	}
	if got := p.grid(p.uri); len(got) != 0 {
		p.t.Errorf("published: %v", got)
	}
	if status, _ := p.net.document(c["post_uri"].(string)); status != 404 && status != 410 {
		p.t.Errorf("the note answers %d", status)
	}
}

func TestForged15AnswerByAnotherThanTheInvitee(t *testing.T) {
	story(t, func(n *network) {
		ada, mallory, eve, collab := invited(n)
		offer := mallory.asked()["id"].(string)
		_, strangers := n.rogue("other.test", "trudy")
		ada.unpublished(collab, "offered", models.InviteDelivered)
		for _, who := range []*villain{eve, strangers[0]} {
			work := mallory.asked()["object"].(object)["work"].(object)
			as := func(of string) object {
				return who.stamp(work, object{"attributedTo": of, "interactionTarget": of, "contentDigest": mallory.asked()["object"].(object)["contentDigest"]})
			}
			for why, a := range map[string]object{
				"own stamp":       who.does("Accept", offer, object{"result": who.serve(as(who.uri))}),
				"mallory's stamp": who.does("Accept", offer, object{"result": who.serve(as(mallory.uri))}),
				"no stamp":        who.does("Accept", offer, nil),
				"embedded offer":  who.does("Accept", object{"id": offer, "type": "Offer", "actor": string(ada.uri), "object": collab}, nil),
				"no":              who.does("Reject", offer, nil),
				"seen":            who.does("TentativeAccept", offer, nil),
				"leave":           who.does("Leave", collab, nil),
				"undo":            who.does("Undo", offer, nil),
				"delete":          who.does("Delete", object{"id": collab, "type": "Tombstone", "formerType": "Collaboration"}, nil),
				"remove":          who.does("Remove", mallory.uri, object{"target": collab + "/collaborators"}),
			} {
				made := who.sends(ada.server, a)
				if made == "applied" && why != "leave" && why != "undo" && why != "remove" {
					t.Errorf("%s by %s: %s", why, who.uri, made)
				}
				ada.unpublished(collab, "offered", models.InviteDelivered)
			}
			if got := who.posts(ada.server, marshal(t, who.does("Accept", offer, object{"actor": mallory.uri}))); got != 401 {
				t.Errorf("an Accept in mallory's name: %d", got)
			}
		}
		expect(t, "notices to ada", len(ada.notices("collab_accepted"))+len(ada.notices("collab_declined")), 0)
		made, _ := mallory.accepts(ada.server, nil) // the control
		expect(t, "mallory's own Accept", made, "applied")
		expect(t, "the collab", ada.collab(collab)["state"], any("published"))
		for why, a := range map[string]object{
			"leave": eve.does("Leave", collab, nil), "no": eve.does("Reject", offer, nil),
			"remove": eve.does("Remove", mallory.uri, object{"target": collab + "/collaborators"}),
		} {
			eve.sends(ada.server, a)
			expectNames(t, "after eve's "+why, ada.grid(ada.uri)[0], "ada", "mallory@evil.test")
		}
	})
}

func TestForged16AcceptOfAnOfferThatIsNoMore(t *testing.T) {
	story(t, func(n *network) {
		ada, mallory, _, first := invited(n)
		again := func() string {
			return ada.offer(object{"status": "By Ada and Mallory."}, mallory.person())["uri"].(string)
		}
		goodbye := func(why, collab string, before int) {
			t.Helper()
			told := mallory.told("Delete")
			if len(told) <= before {
				t.Errorf("%s: nobody tells mallory that it is gone", why)
			} else if what, _ := told[len(told)-1]["object"].(object); what["id"] != collab || what["formerType"] != "Collaboration" {
				t.Errorf("%s: the answer is %v", why, told[len(told)-1])
			}
			expect(t, why+": posts of ada's", len(ada.grid(ada.uri)), 0)
		}
		ada.acts(first, "withdraw", nil, 200)
		before := len(mallory.told("Delete"))
		mallory.accepts(ada.server, nil)
		goodbye("withdrawn", first, before)
		ada.unpublished(first, "discarded", models.InviteWithdrawn)

		second := again()
		mallory.sends(ada.server, mallory.does("Reject", mallory.asked()["id"], nil))
		before = len(mallory.told("Delete"))
		mallory.accepts(ada.server, nil)
		goodbye("discarded", second, before)
		ada.unpublished(second, "discarded", models.InviteDeclined)

		third := again()
		n.mu.Lock()
		n.offset += 15 * 24 * time.Hour // and nobody has looked since
		n.mu.Unlock()
		mallory.accepts(ada.server, nil)
		expect(t, "posts of ada's", len(ada.grid(ada.uri)), 0)
		n.pass(time.Minute)
		ada.unpublished(third, "discarded", models.InviteExpired)
		before = len(mallory.told("Delete"))
		mallory.accepts(ada.server, nil)
		goodbye("expired", third, before)

		fourth := again()
		unknown := "https://one.test/activities/12345"
		stamp := mallory.stamps(mallory.asked()["object"].(object)["work"].(object), nil)
		made := mallory.sends(ada.server, mallory.does("Accept", unknown, object{"result": stamp, "target": fourth}))
		expect(t, "the Accept of nothing", made, "unknown_offer")
		ada.unpublished(fourth, "offered", models.InviteDelivered)
		expect(t, "accepted notices", len(ada.notices("collab_accepted")), 0)
	})
}

func TestForged17AcceptOfAnOldRevision(t *testing.T) {
	story(t, func(n *network) {
		ada, mallory, _, collab := invited(n)
		old := mallory.asked()
		ada.acts(collab, "revise", object{"status": "By Ada and Mallory, revised."}, 200)
		if mallory.asked()["id"] == old["id"] {
			t.Fatal("mallory was not asked anew")
		}
		stale := object{"contentDigest": old["object"].(object)["contentDigest"], "revision": 1}
		stamp := mallory.stamps(old["object"].(object)["work"].(object), stale)
		made := mallory.sends(ada.server, mallory.does("Accept", old["id"], object{"result": stamp}))
		expect(t, "the Accept of the old offer", made, "stale")
		ada.unpublished(collab, "offered", models.InviteDelivered)

		for i, want := range []string{"applied", "stamp_digest", "stamp_digest"} { // applied: asked again, once
			before := len(mallory.told("Offer"))
			made, _ := mallory.accepts(ada.server, stale)
			expect(t, "the Accept with an old digest", made, want)
			expect(t, "how often mallory is asked again", len(mallory.told("Offer"))-before, map[bool]int{true: 1}[i == 0])
			ada.unpublished(collab, "offered", models.InviteDelivered)
		}
		made, _ = mallory.accepts(ada.server, nil) // the control
		expect(t, "the Accept", made, "applied")
		expect(t, "the collab", ada.collab(collab)["state"], any("published"))
	})
}

func TestForged18RejectAfterAccept(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		ada := n.join("one.test").born("ada")
		bo.follows(ada)
		mallory, _ := n.evil()
		c := ada.offer(object{"status": "By three."}, bo, mallory.person())["uri"].(string)
		mallory.accepts(ada.server, nil)
		expect(t, "the collab", ada.collab(c)["state"], any("offered"))
		mallory.sends(ada.server, mallory.does("Reject", mallory.asked()["id"], nil))
		expect(t, "after the Reject", ada.collab(c)["state"], any("discarded"))
		expect(t, "at two", bo.collab(c)["state"], any("discarded"))
		bo.acts(c, "accept", nil, 410)
		expect(t, "posts of ada's", len(ada.grid(ada.uri)), 0)
		stamps := rowsOf[models.Stamp](bo.server, "revoked_at IS NULL")
		expect(t, "bo's stamps", len(stamps), 0)

		c = ada.offer(object{"status": "By three, again."}, bo, mallory.person())["uri"].(string)
		mallory.accepts(ada.server, nil)
		bo.acts(c, "accept", nil, 200)
		expect(t, "the collab", ada.collab(c)["state"], any("published"))
		mallory.sends(ada.server, mallory.does("Reject", mallory.asked()["id"], nil))
		n.settle()
		expect(t, "the collab", ada.collab(c)["state"], any("published"))
		expectNames(t, "one", ada.grid(ada.uri)[0], "ada", "bo@two.test")
	})
}

func TestForged19TwoStampsForOneRevision(t *testing.T) {
	t.Run("at the co-author's server", func(t *testing.T) {
		story(t, func(n *network) {
			bo := n.join("two.test").born("bo")
			mallory, _ := n.evil()
			mallory.followedBy(bo)
			draft := under(mallory.writes("With Bo.", nil), credit{string(bo.uri), "coauthor", ""})
			collab, first := mallory.wins(bo, draft, object{"covers_edits": true})         // so that bo's server answers by itself
			mallory.sends(bo.server, mallory.offers(bo, draft, object{"id": collab}, nil)) // the same once more
			all := mallory.told("Accept")
			second := all[len(all)-1]["result"].(string)
			if second == first {
				t.Fatal("there is no second stamp")
			}
			stamps := rowsOf[models.Stamp](bo.server, "revoked_at IS NULL")
			if len(stamps) != 1 || string(stamps[0].URI) != second {
				t.Errorf("stamps that stand: %v", stamps)
			}
			note := under(draft, credit{string(bo.uri), "coauthor", second})
			note["collaboration"] = collab
			mallory.serve(note)
			mallory.sends(bo.server, mallory.does("Create", note, nil))
			expectNames(t, "two", bo.seen(note["id"]), "mallory@evil.test", "bo")
			for uri, want := range map[string]int{first: 410, second: 200} {
				if status, _ := n.document(uri); status != want && !(uri == first && status == 404) {
					t.Errorf("%s answers %d, want %d", uri, status, want)
				}
			}
			older := under(draft, credit{string(bo.uri), "coauthor", first})
			older["collaboration"] = collab
			mallory.sends(bo.server, mallory.does("Update", older, nil))
			expectNames(t, "two, with the older", bo.seen(note["id"]), "mallory@evil.test")
		})
	})
	t.Run("at the initiator's server", func(t *testing.T) {
		story(t, func(n *network) {
			ada, mallory, _, collab := invited(n)
			_, first := mallory.accepts(ada.server, nil)
			n.pass(time.Minute)
			_, second := mallory.accepts(ada.server, nil)
			mallory.on(first, nothing(410))
			authorization := func() any {
				_, doc := n.document(ada.collab(collab)["post_uri"].(string))
				return doc["collaborators"].([]any)[0].(object)["authorization"]
			}
			expect(t, "the stamp under the post", authorization(), any(second))
			made := mallory.sends(ada.server, mallory.does("Accept", mallory.asked()["id"], object{"result": first}))
			if made == "applied" {
				t.Error("the older stamp is taken, though it is gone")
			}
			expect(t, "the stamp under the post", authorization(), any(second))
			expect(t, "notices to ada", len(ada.notices("collab_accepted")), 1)
			if got := names(ada.grid(ada.uri)[0]); !slices.Equal(got, []string{"ada", "mallory@evil.test"}) {
				t.Errorf("the authors are %v", got)
			}
		})
	})
}
