package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// posted publishes an ordinary post and returns its address and its ID at home.
func (p *person) posted(text string) (uri, id string) {
	p.t.Helper()
	s := p.post("/api/v1/statuses", object{"status": text, "language": "en"})
	p.net.settle()
	return s["uri"].(string), s["id"].(string)
}

// asksCredit has p ask other for a credit under the post id.
func (p *person) asksCredit(other *person, id, as string, want int) object {
	p.t.Helper()
	c := p.one("POST", "/api/ensemble/v1/statuses/"+id+"/credits", object{"account_id": p.knows(other), "as": as}, want)
	p.net.settle()
	return c
}

// credited returns who p's server shows as credited under its post uri, and for what.
func (p *person) credited(uri string) []string {
	p.t.Helper()
	s := p.status(uri)
	if s == nil {
		p.t.Fatalf("%s has no post %s", p.host, uri)
	}
	out := []string{}
	for _, c := range s["coauthors"].([]any) {
		if c := c.(object); c["role"] == "credit" {
			out = append(out, c["credit_label"].(string)+" "+c["account"].(object)["acct"].(string))
		}
	}
	return out
}

func (p *person) creditsOf(other *person) []object {
	p.t.Helper()
	return p.list("/api/ensemble/v1/accounts/" + p.knows(other) + "/credits")
}

// C18: asked after publication, invisible until the artist accepts, then shown, linked
// and on the artist's profile; and gone again when they leave.
func TestArtistIsCreditedAfterPublication(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cara := n.join("four.test").born("cara")
		cara.follows(ada)
		uri, id := ada.posted("A poster.")
		cy.refused("POST", "/api/ensemble/v1/statuses/"+cy.status(uri)["id"].(string)+"/credits", object{"account_id": cy.knows(bo), "as": "photo"}, 403)
		ada.refused("POST", "/api/ensemble/v1/statuses/"+id+"/credits", object{"account_id": ada.knows(bo)}, 422)
		ada.refused("POST", "/api/ensemble/v1/statuses/"+id+"/credits", object{"account_id": ada.knows(bo), "as": "<b>"}, 422)
		c := ada.asksCredit(bo, id, "illustration", 200)
		_, doc := n.document(uri)
		for what, raw := range map[string]string{"the document": string(marshal(t, doc)), "the status": string(marshal(t, cy.status(uri)))} {
			if strings.Contains(raw, "two.test") {
				t.Errorf("%s names bo before bo accepts: %s", what, raw)
			}
		}
		expect(t, "bo's credits, asked", len(bo.creditsOf(bo)), 0)
		expect(t, "the asker sees it", ada.list("/api/ensemble/v1/statuses/" + id + "/credits")[0]["state"], any("delivered"))
		expect(t, "nobody else does", len(cy.list("/api/ensemble/v1/statuses/"+cy.status(uri)["id"].(string)+"/credits")), 0)
		bo.answers("accept", nil)
		want := map[string]string{"one.test": "Illustration bo@two.test", "two.test": "Illustration bo", "three.test": "Illustration bo@two.test"}
		for _, p := range []*person{ada, bo, cy} {
			if got := p.credited(uri); !slices.Equal(got, []string{want[p.host]}) {
				t.Errorf("%s: credited are %v", p.host, got)
			}
			expectNames(t, p.host, p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host), strings.TrimSuffix("bo@two.test", "@"+p.host))
			if got := p.creditsOf(bo); len(got) != 1 || got[0]["uri"] != uri {
				t.Errorf("%s: bo's credits are %v", p.host, got)
			}
		}
		_, doc = n.document(uri)
		if content := doc["content"].(string); !strings.Contains(content, `Illustration: <span class="h-card"><a href="https://two.test/@bo"`) || strings.Contains(content, "With ") {
			t.Errorf("servers that do not know us see %s", content)
		}
		if doc["attributedTo"] == nil || strings.Contains(string(marshal(t, doc["attributedTo"])), "bo") || doc["coAttributedTo"] != nil {
			t.Errorf("a credit is an author: %v", doc["attributedTo"])
		}
		expect(t, "posts on bo's grid", len(bo.list("/api/v1/accounts/"+bo.id.String()+"/statuses")), 0)

		// Another credit does not take bo's away, nor does it ask bo again.
		ada.asksCredit(cara, id, "music", 200)
		cara.answers("accept", nil)
		if got := cy.credited(uri); !slices.Equal(got, []string{"Illustration bo@two.test", "Music cara@four.test"}) {
			t.Errorf("credited at three: %v", got)
		}
		bo.acts(c["uri"].(string), "leave", nil, 200)
		for _, p := range []*person{ada, cy, cara} {
			if got := p.credited(uri); len(got) != 1 || !strings.HasPrefix(got[0], "Music cara") {
				t.Errorf("%s, after bo left: %v", p.host, got)
			}
			expect(t, "bo's credits at "+p.host, len(p.creditsOf(bo)), 0)
			if content := p.status(uri)["content"].(string); strings.Contains(content, "Illustration") {
				t.Errorf("%s still shows %s", p.host, content)
			}
		}
	})
}

// The artist would rather be an author: they are so once they were invited, and accepted.
func TestArtistBecomesAuthor(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri, id := ada.posted("A poster by a friend")
		c := ada.asksCredit(bo, id, "illustration", 200)
		again := func(want int) {
			t.Helper()
			ada.acts(c["uri"].(string), "invite", object{"coauthor_ids": []string{ada.knows(bo)}}, want)
		}
		again(409)
		bo.answers("decline", object{"confirm": true, "answer": models.CreditAsCoauthor})
		got := ada.list("/api/ensemble/v1/statuses/" + id + "/credits")
		if len(got) != 1 || got[0]["reason_code"] != models.CreditAsCoauthor {
			t.Errorf("ada sees %v", got)
		}
		if told := ada.notices("collab_declined"); len(told) != 1 || !strings.Contains(told[0]["text"].(string), "as an author") {
			t.Errorf("ada is told %v", told)
		}
		bare := func(when string) {
			t.Helper()
			_, doc := n.document(uri)
			for what, raw := range map[string]string{"the document": string(marshal(t, doc)), "the status": string(marshal(t, cy.status(uri)))} {
				if strings.Contains(raw, "two.test") {
					t.Errorf("%s names bo %s: %s", what, when, raw)
				}
			}
		}
		bare("for an answer")
		ada.asksCredit(bo, id, "illustration", 409)
		again(200)
		bare("for an invitation")
		again(409)
		asked := bo.collab(c["uri"].(string))
		if asked["role"] != "coauthor" || !slices.Contains(asked["can"].([]any), any("accept")) {
			t.Fatalf("bo is asked %v", asked)
		}
		expect(t, "requests of bo", len(bo.list("/api/ensemble/v1/collabs?open=true")), 1)
		bo.answers("accept", nil)
		n.pass(time.Minute)
		for _, p := range []*person{ada, bo, cy} {
			expectNames(t, p.host, p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host), strings.TrimSuffix("bo@two.test", "@"+p.host))
			if credits := p.credited(uri); len(credits) != 0 {
				t.Errorf("%s: credited are %v", p.host, credits)
			}
		}
		expect(t, "posts on bo's grid", len(bo.list("/api/v1/accounts/"+bo.id.String()+"/statuses")), 1)
		stamp := n.stampOf(uri)
		if _, doc := n.document(stamp); strings.Contains(string(marshal(t, doc)), "illustration") {
			t.Errorf("the stamp is of a credit: %v", doc)
		}
		bo.acts(c["uri"].(string), "leave", nil, 200)
		expectNames(t, "after bo left", cy.status(uri), "ada@one.test")

		// The same before it is published: bo's server has purged the draft meanwhile.
		c = ada.post("/api/ensemble/v1/collabs", object{"status": "Not out yet", "coauthors": []object{
			{"acct": "cy@three.test", "role": "coauthor"}, {"acct": "bo@two.test", "role": "credit", "as": "photo"}}})
		n.settle()
		bo.answers("decline", object{"confirm": true, "answer": models.CreditAsCoauthor})
		expect(t, "bo's copy", bo.collab(c["uri"].(string))["state"], any("discarded"))
		again(200)
		bo.acts(c["uri"].(string), "accept", nil, 200)
		cy.acts(c["uri"].(string), "accept", nil, 200)
		n.pass(time.Minute)
		expectNames(t, "published", cy.status(c["post_uri"].(string)), "ada@one.test", "cy", "bo@two.test")
	})
}

// The artist's other answers: each leaves the post alone, and the asker sees it.
func TestArtistAnswersOtherwise(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		for code, sentence := range map[string]string{
			models.CreditByNameOnly: "in plain words", models.CreditDoNotName: "does not want to be named",
			models.CreditNotMine: "not their work", models.CreditNotAllowed: "not permitted",
		} {
			uri, id := ada.posted("A poster: " + code)
			ada.asksCredit(bo, id, "photo", 200)
			bo.answers("decline", object{"confirm": true, "answer": code, "reason": "Bo Li"})
			got := ada.list("/api/ensemble/v1/statuses/" + id + "/credits")
			if len(got) != 1 || got[0]["state"] != "declined" || got[0]["reason_code"] != code || got[0]["reason"] != "Bo Li" {
				t.Errorf("%s: ada sees %v", code, got)
			}
			told := ada.notices("collab_declined")
			if len(told) == 0 || !strings.Contains(string(marshal(t, told[0])), sentence) {
				t.Errorf("%s: ada is told %v", code, told)
			}
			if _, doc := n.document(uri); strings.Contains(string(marshal(t, doc)), "two.test") || len(cy.credited(uri)) != 0 {
				t.Errorf("%s: bo is named", code)
			}
			ada.refused("POST", "/api/ensemble/v1/statuses/"+id+"/credits", object{"account_id": ada.knows(bo), "as": "photo"}, 409)
		}
		c := ada.offer(object{"status": "Together"}, bo)
		bo.acts(c["uri"].(string), "decline", object{"confirm": true, "answer": models.CreditNotMine}, 422)
	})
}

// A co-author stays when a credit is added, on every server; a new sponsor is theirs
// to agree to.
func TestCreditBesideACoauthor(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cara := n.join("four.test").born("cara")
		cara.follows(ada)
		uri := published(ada, bo, nil)
		id := ada.status(uri)["id"].(string)
		ada.asksCredit(cara, id, "photo", 200)
		cara.answers("accept", nil)
		for _, p := range []*person{ada, bo, cy, cara} {
			expectNames(t, p.host, p.status(uri), strings.TrimSuffix("ada@one.test", "@"+p.host),
				strings.TrimSuffix("bo@two.test", "@"+p.host), strings.TrimSuffix("cara@four.test", "@"+p.host))
		}
		dee := cara.server.born("dee")
		dee.follows(ada)
		ada.asksCredit(dee, id, "sponsor", 200)
		expect(t, "bo is asked", bo.invitation()["my_state"], any("reapproval"))
	})
}

// Forged case 5: what a credit allows is no authorship, and no other credit.
func TestCreditStampProvesNoMore(t *testing.T) {
	now := models.Authorization{
		URI: "https://b/s", Account: "https://b/bo", Target: "https://b/bo", Object: "https://a/n", Role: models.RoleCredit,
		Label: models.CreditPhoto, CoversEdits: true,
	}
	note := &models.Note{URI: "https://a/n"}
	for claim, code := range map[models.Claim]string{
		{Account: "https://b/bo", Role: models.RoleCredit, Label: models.CreditPhoto}:   "",
		{Account: "https://b/bo", Role: models.RoleCoauthor}:                            "stamp_role",
		{Account: "https://b/bo", Role: models.RoleCredit, Label: models.CreditSponsor}: "stamp_label",
		{Account: "https://b/bo", Role: models.RoleCredit}:                              "stamp_label",
	} {
		if got := models.CodeOf(now.Holds(note, claim, "", now.Published)); got != code {
			t.Errorf("%v: got %q, want %q", claim, got, code)
		}
	}
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		uri, id := ada.posted("A poster.")
		c := ada.asksCredit(bo, id, "photo", 200)
		bo.acts(c["uri"].(string), "accept", object{"covers_edits": true}, 200)
		// Ada's server claims more than was given.
		ada.server.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Author](tx, map[string]any{"role": models.RoleCoauthor, "label": ""}, "uri = ?", bo.uri)
			return err
		})
		if _, doc := n.document(uri); !strings.Contains(string(marshal(t, doc["attributedTo"])), "bo") {
			t.Fatalf("the forgery failed: %v", doc)
		}
		eve := n.join("four.test").born("eve")
		eve.status(uri)
		n.settle()
		if got := eve.credited(uri); !slices.Equal(got, []string{"Photo bo@two.test"}) {
			t.Errorf("four.test shows %v, want a credit", got)
		}
		for _, s := range eve.list("/api/v1/accounts/" + eve.knows(bo) + "/statuses") {
			t.Errorf("it is on bo's grid: %v", s["uri"])
		}
	})
}
