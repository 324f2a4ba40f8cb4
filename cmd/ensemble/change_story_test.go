package main

import (
	"strings"
	"testing"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// C15: a new version is public once it is agreed to, and not before.
func TestReviseAsksAgain(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		pic := ada.picture("Two mugs")
		uri := published(ada, bo, object{"status": "First words", "media_ids": []string{pic}})
		c := ada.list("/api/ensemble/v1/collabs")[0]["uri"].(string)
		if at := bo.status(uri)["media_attachments"].([]any)[0].(object)["url"].(string); !strings.HasPrefix(at, "https://two.test/media/") {
			t.Errorf("two shows the picture from %s, and has a copy", at)
		} else if status, _ := n.document(at); status != 200 {
			t.Errorf("two's copy: got %d, want 200", status)
		}
		old := n.stampOf(uri)
		other := ada.picture("Three mugs")
		ada.acts(c, "revise", object{"status": "Second words", "media_ids": []string{other}}, 200)
		for _, p := range []*person{ada, bo, cy} {
			s := p.status(uri)
			if !strings.Contains(s["content"].(string), "First words") {
				t.Errorf("%s shows %s before it was agreed to", p.host, s["content"])
			}
			if len(names(s)) != 2 {
				t.Errorf("%s lost a name while it was asked: %v", p.host, names(s))
			}
		}
		expect(t, "state at two", bo.collab(c)["state"], any("revising"))
		if w := bo.collab(c)["work"].(object)["content"].(string); !strings.Contains(w, "Second words") {
			t.Errorf("bo is shown %s", w)
		}
		bo.acts(c, "accept", nil, 200)
		for _, p := range []*person{ada, bo, cy} {
			s := p.status(uri)
			if !strings.Contains(s["content"].(string), "Second words") || len(names(s)) != 2 {
				t.Errorf("%s shows %s by %v", p.host, s["content"], names(s))
			}
			if alt := s["media_attachments"].([]any)[0].(object)["description"]; alt != "Three mugs" {
				t.Errorf("%s shows the picture %v", p.host, alt)
			}
		}
		if s := n.stampOf(uri); s == old {
			t.Error("the old stamp stands under the new text")
		}
		ada.acts(c, "revise", object{"status": "Third words"}, 200)
		bo.acts(c, "decline", object{"confirm": true}, 200)
		if s := cy.status(uri); !strings.Contains(s["content"].(string), "Second words") || len(names(s)) != 2 {
			t.Errorf("after a no to a new version three shows %s by %v", s["content"], names(s))
		}
		expect(t, "state after a no", ada.collab(c)["state"], any("published"))
		digests := map[string]bool{}
		for _, e := range ada.list("/api/ensemble/v1/collabs/" + ada.collab(c)["id"].(string) + "/history") {
			if d, _ := e["digest"].(string); d != "" {
				digests[d] = true
			}
		}
		if len(digests) < 3 {
			t.Errorf("the trail names %d versions, want 3", len(digests))
		}
	})
}

// C15: who agreed to edits beforehand is asked nothing.
func TestEditsAgreedBeforehand(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		c := ada.offer(object{"status": "A typpo"}, bo)
		bo.answers("accept", object{"covers_edits": true})
		uri := c["post_uri"].(string)
		ada.acts(c["uri"].(string), "revise", object{"status": "A typo"}, 200)
		s := cy.status(uri)
		if !strings.Contains(s["content"].(string), "A typo") {
			t.Errorf("three shows %s", s["content"])
		}
		expectNames(t, "three", s, "ada@one.test", "bo@two.test")
		expect(t, "bo's invitations", len(bo.notices("collab_invite")), 0)
	})
}

// C16: the initiator takes it down, and nobody else can.
func TestDeleteTakesItDownEverywhere(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		c := bo.list("/api/ensemble/v1/collabs")[0]["uri"].(string)
		stamp := n.stampOf(uri)
		bo.refused("DELETE", "/api/v1/statuses/"+bo.status(uri)["id"].(string), nil, 404)
		ids := map[*person]string{}
		for _, p := range []*person{ada, bo, cy} {
			ids[p] = p.status(uri)["id"].(string)
		}
		ada.one("DELETE", "/api/v1/statuses/"+ids[ada], nil, 200)
		n.settle()
		for _, p := range []*person{ada, bo, cy} {
			p.refused("GET", "/api/v1/statuses/"+ids[p], nil, 404)
		}
		for _, at := range []string{uri, stamp} {
			if status, _ := n.document(at); status != 410 {
				t.Errorf("GET %s: got %d, want 410", at, status)
			}
		}
		kept := bo.call(bo, "GET", "/api/ensemble/v1/collabs/"+bo.collab(c)["id"].(string)+"/history.json", nil, 200)
		for _, want := range []string{"invited", "accepted", "deleted", "ceramics"} {
			if !strings.Contains(string(kept), want) {
				t.Errorf("bo's export lacks %q: %s", want, cutoff(kept))
			}
		}
	})
}

// Blocks: bo's consent to ada's work ends, and so does what is open between them.
func TestBlockEndsConsent(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		open := ada.offer(object{"status": "Another?"}, bo)
		bo.post("/api/v1/accounts/"+bo.knows(ada)+"/block", nil)
		n.settle()
		expectNames(t, "three", cy.status(uri), "ada@one.test")
		if got := ada.collab(open["uri"].(string))["state"]; got != "discarded" {
			t.Errorf("the open invitation is %v", got)
		}
		ada.refused("POST", "/api/ensemble/v1/collabs", object{"status": "x", "coauthor_ids": []string{ada.knows(bo)}}, 403)
	})
}

// Two people of one server write together, and everybody elsewhere can check it.
func TestTwoPeopleOfOneServer(t *testing.T) {
	story(t, func(n *network) {
		ada, cy := n.join("one.test").born("ada"), n.join("three.test").born("cy")
		eli := n.servers["one.test"].born("eli")
		eli.follows(ada)
		cy.follows(eli)
		uri := published(ada, eli, nil)
		expectNames(t, "one", ada.status(uri), "ada", "eli")
		expectNames(t, "three", cy.status(uri), "ada@one.test", "eli@one.test")
		expect(t, "posts in cy's home", len(cy.list("/api/v1/timelines/home")), 1)
		eli.answers("leave", nil)
		expectNames(t, "one, after leaving", ada.status(uri), "ada")
		expectNames(t, "three, after leaving", cy.status(uri), "ada@one.test")
	})
}

// N4: the trail says who did what when, on both sides, and a changed link shows.
func TestTheTrailCannotBeChanged(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		published(ada, bo, nil)
		c := ada.list("/api/ensemble/v1/collabs")[0]["uri"].(string)
		for _, p := range []*person{ada, bo} {
			var what []string
			for _, e := range p.list("/api/ensemble/v1/collabs/" + p.collab(c)["id"].(string) + "/history") {
				what = append(what, e["what"].(string))
			}
			for _, want := range []string{"invited", "seen", "accepted", "published"} {
				if !strings.Contains(strings.Join(what, " "), want) {
					t.Errorf("the trail at %s lacks %q: %v", p.host, want, what)
				}
			}
		}
		ada.do(func(tx *store.Tx) error {
			row, err := store.ByURI[models.Collab](tx, models.IRI(c))
			if err != nil {
				return err
			}
			if broken, err := collab.Audit(tx, row); err != nil || broken != 0 {
				t.Errorf("the trail: link %d is broken, %v", broken, err)
			}
			if _, err := store.Set[models.Event](tx, map[string]any{"actor": "https://evil.test/mallory"}, "collab_id = ? AND seq = 3", row.ID); err != nil {
				return err
			}
			broken, err := collab.Audit(tx, row)
			expect(t, "the broken link", broken, 3)
			return err
		})
	})
}
