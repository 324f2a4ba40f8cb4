package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

const claimsPath, adminClaims = "/api/ensemble/v1/claims", "/api/ensemble/v1/admin/claims"

// claims has p claim a credit under the post uri.
func (p *person) claims(uri, as string) object {
	p.t.Helper()
	c := p.post(claimsPath, object{"url": uri, "as": as, "source": "https://portfolio.test/7", "text": "From my series."})
	p.net.settle()
	return c
}

// claim returns the newest claim of p's, or about p's posts.
func (p *person) claim() object {
	p.t.Helper()
	all := p.list(claimsPath)
	if len(all) == 0 {
		p.t.Fatalf("%s knows of no claim", p.name)
	}
	return p.get(claimsPath + "/" + all[0]["id"].(string))
}

// decides has p do something to the newest claim.
func (p *person) decides(what string, fields object, want int) {
	p.t.Helper()
	p.call(p, "POST", claimsPath+"/"+p.claim()["id"].(string)+"/"+what, fields, want)
	p.net.settle()
}

// spaced writes values with spaces between them.
func spaced(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

// logOf is what happened to a claim, in order; the trail must hold.
func logOf(t *testing.T, c object) string {
	t.Helper()
	var out []string
	for _, e := range c["log"].([]any) {
		out = append(out, e.(object)["what"].(string))
	}
	if c["log_broken_at"] != float64(0) {
		t.Errorf("the log is broken at %v", c["log_broken_at"])
	}
	return strings.Join(out, " ")
}

// uncredited sees that nobody shows other as credited, nor has heard of them.
func (n *network) uncredited(uri string, other *person, people ...*person) {
	n.t.Helper()
	for _, p := range people {
		expect(n.t, "credits at "+p.host, fmt.Sprint(p.credited(uri)), "[]")
		expect(n.t, "posts that credit them at "+p.host, len(p.creditsOf(other)), 0)
	}
	if _, doc := n.document(uri); strings.Contains(string(marshal(n.t, doc)), other.host) {
		n.t.Errorf("the post names %s: %v", other.host, doc)
	}
}

// C19: a claim names nobody; the owner's yes does, at once and without a second
// question, whatever the claimant's policy on invitations is.
func TestClaimAccepted(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		bo.one("PUT", "/api/ensemble/v1/me/collaborate", object{"policy": "nobody"}, 200)
		n.settle()
		uri, _ := ada.posted("A poster.")
		bo.refused("POST", claimsPath, object{"url": uri, "source": "https://portfolio.test/7"}, 422)
		bo.refused("POST", claimsPath, object{"url": uri, "as": "photo"}, 422)
		bo.refused("POST", claimsPath, object{"url": uri, "as": "sponsor", "text": "Mine"}, 422)
		bo.refused("POST", claimsPath, object{"url": uri, "as": "photo", "source": "javascript:alert(1)"}, 422)
		bo.refused("POST", claimsPath, object{"as": "photo", "text": "Mine"}, 422)
		bo.claims(uri, "illustration")
		bo.refused("POST", claimsPath, object{"url": uri, "as": "photo", "text": "Mine"}, 409)
		n.uncredited(uri, bo, ada, bo, cy)
		got := ada.claim()
		expect(t, "ada sees", spaced(got["state"], got["as"], got["source"], got["text"], got["account"].(object)["acct"]),
			"delivered illustration https://portfolio.test/7 From my series. bo@two.test")
		told := ada.notices("claim_request")
		if len(told) != 1 || told[0]["claim_id"] != got["id"] || told[0]["status"].(object)["uri"] != uri {
			t.Errorf("ada is told %v", told)
		}
		expect(t, "others see", len(cy.list(claimsPath)), 0)
		cy.refused("GET", claimsPath+"/"+got["id"].(string), nil, 404)
		bo.decides("accept", nil, 403)

		ada.decides("accept", nil, 200)
		for _, p := range []*person{ada, bo, cy} {
			if got := p.credited(uri); len(got) != 1 || !strings.HasPrefix(got[0], "Illustration bo") {
				t.Errorf("%s: credited are %v", p.host, got)
			}
			expect(t, "bo's credits at "+p.host, len(p.creditsOf(bo)), 1)
		}
		for _, p := range []*person{ada, bo} {
			c := p.claim()
			expect(t, "the claim at "+p.host, spaced(c["state"], c["decided_by"]), "accepted owner")
			expect(t, "the log at "+p.host, logOf(t, c), "claimed delivered accepted")
		}
		expect(t, "bo is told", len(bo.notices("claim_update")), 1)
		expect(t, "bo is asked", len(bo.notices("collab_invite")), 0)
		ada.decides("refuse", object{"reason": "No"}, 409)
		bo.refused("POST", claimsPath, object{"url": uri, "as": "photo", "text": "Mine"}, 409)

		// Who lives beside the owner claims as well, with no word to other servers.
		dee := ada.server.born("dee")
		dee.claims(uri, "music")
		ada.decides("accept", nil, 200)
		if got := cy.credited(uri); !slices.Equal(got, []string{"Illustration bo@two.test", "Music dee@one.test"}) {
			t.Errorf("credited at three: %v", got)
		}
	})
}

// A no has a reason, which the claimant sees, and is not asked for again; a claim can
// be withdrawn, and made anew.
func TestClaimRefusedAndWithdrawn(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri, _ := ada.posted("A poster.")
		bo.claims(uri, "photo")
		bo.decides("withdraw", nil, 200)
		expect(t, "withdrawn, at ada's", logOf(t, ada.claim()), "claimed delivered withdrawn")
		expect(t, "nothing to decide", len(ada.notices("claim_request")), 0)
		ada.decides("accept", nil, 409)
		n.uncredited(uri, bo, ada, bo, cy)
		bo.claims(uri, "photo")
		ada.decides("refuse", nil, 422)
		ada.decides("refuse", object{"reason": "I drew it myself."}, 200)
		for _, p := range []*person{ada, bo} {
			c := p.claim()
			expect(t, "at "+p.host, spaced(c["state"], c["decided_by"], c["reason"]), "refused owner I drew it myself.")
			expect(t, "the log at "+p.host, logOf(t, c), "claimed delivered refused")
		}
		told := bo.notices("claim_update")
		if len(told) != 1 || !strings.Contains(told[0]["text"].(string), "I drew it myself.") {
			t.Errorf("bo is told %v", told)
		}
		if why := bo.refused("POST", claimsPath, object{"url": uri, "as": "photo", "text": "Mine"}, 409); !strings.Contains(why, "refused before") {
			t.Errorf("again: %s", why)
		}
		n.uncredited(uri, bo, ada, bo, cy)
	})
}

// After 7 days of silence the moderators of the owner's server see it, and decide.
func TestClaimGoesToModerators(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		mod := ada.keeper("ann", models.RoleModerator)
		yes, _ := ada.posted("A poster.")
		no, _ := ada.posted("Another poster.")
		bo.claims(yes, "illustration")
		bo.claims(no, "photo")
		id := func(uri string) string {
			for _, c := range ada.list(claimsPath) {
				if c["status_uri"] == uri {
					return adminClaims + "/" + c["id"].(string)
				}
			}
			return ""
		}
		n.pass(6 * 24 * time.Hour)
		expect(t, "before their time", len(mod.list(adminClaims)), 0)
		mod.refused("POST", id(yes)+"/accept", object{}, 409)
		n.pass(25 * time.Hour)
		expect(t, "the moderators see", len(mod.list(adminClaims)), 2)
		expect(t, "the moderators are told", len(mod.notices("claim_request")), 2)
		expect(t, "bo's log", logOf(t, bo.claim()), "claimed delivered escalated")
		expect(t, "at bo's it is", bo.claim()["state"], any("delivered"))
		ada.refused("GET", adminClaims, nil, 403)
		ada.refused("POST", id(yes)+"/accept", object{}, 403)
		n.uncredited(yes, bo, ada, bo, cy)
		mod.post(id(yes)+"/accept", object{"reason": "The signature is theirs."})
		mod.refused("POST", id(no)+"/refuse", object{}, 422)
		mod.post(id(no)+"/refuse", object{"reason": "It is a stock photo."})
		n.settle()
		for _, p := range []*person{ada, bo, cy} {
			if got := p.credited(yes); len(got) != 1 || !strings.HasPrefix(got[0], "Illustration bo") {
				t.Errorf("%s: credited are %v", p.host, got)
			}
			expect(t, "of the other, at "+p.host, len(p.credited(no)), 0)
		}
		for _, p := range []*person{ada, bo} {
			for _, c := range p.list(claimsPath) {
				state, reason := "refused", "It is a stock photo."
				if c["status_uri"] == yes {
					state, reason = "accepted", "The signature is theirs."
				}
				expect(t, "at "+p.host, spaced(c["state"], c["decided_by"], c["reason"]), state+" moderators "+reason)
				expect(t, "the log at "+p.host, logOf(t, c), "claimed delivered escalated "+state)
			}
			expect(t, "told at "+p.host, len(p.notices("claim_update")), map[string]int{"one.test": 2, "two.test": 4}[p.host])
		}
		expect(t, "left to do", len(mod.list(adminClaims)), 0)
		expect(t, "decided", len(mod.list(adminClaims+"?all=true")), 2)
		expect(t, "the moderators' log", ada.server.moderated(), "ann claim_accepted The signature is theirs.; ann claim_refused It is a stock photo.")
	})
}

// What cannot be claimed is refused in words, at home and at the owner's.
func TestClaimsThatCannotBe(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri, id := ada.posted("A poster.")
		private := ada.post("/api/v1/statuses", object{"status": "For followers", "visibility": "private"})
		n.settle()
		mine := object{"as": "photo", "text": "Mine"}
		with := func(u any) object { o := object{"url": u}; o["as"], o["text"] = mine["as"], mine["text"]; return o }
		ada.refused("POST", claimsPath, with(uri), 422)
		bo.refused("POST", claimsPath, with(private["uri"]), 422)
		bo.claims(uri, "photo")

		// A post that is gone ends it, on both sides.
		ada.call(ada, "DELETE", "/api/v1/statuses/"+id, nil, 200)
		n.settle()
		for _, p := range []*person{ada, bo} {
			c := p.claim()
			expect(t, "at "+p.host, spaced(c["state"], c["reason_code"], c["status_id"]), "cancelled deleted <nil>")
		}
		bo.refused("POST", claimsPath, with(uri), 410)

		// A block does, too, and so does the end of an account.
		second, _ := ada.posted("A second poster.")
		bo.claims(second, "photo")
		cy.claims(second, "music")
		ada.post("/api/v1/accounts/"+ada.knows(bo)+"/block", nil)
		n.settle()
		expect(t, "after a block", spaced(bo.claim()["state"], bo.claim()["reason_code"]), "cancelled blocked")
		bo.refused("POST", claimsPath, with(second), 404)
		expect(t, "cy's stands", cy.claim()["state"], any("delivered"))
		n.pass(91 * 24 * time.Hour)
		for _, p := range []*person{ada, cy} {
			expect(t, "in the end, at "+p.host, p.claim()["state"], any("expired"))
		}

		// So many a day, of one person.
		for i := range models.MaxClaimsDay + 1 {
			third, _ := ada.posted(fmt.Sprint("Poster ", i))
			want := 200
			if i == models.MaxClaimsDay {
				want = 429
			}
			cy.call(cy, "POST", claimsPath, with(third), want)
		}
		n.settle()
		expect(t, "at ada's", len(ada.list(claimsPath+"?role=owner&state[]=delivered")), models.MaxClaimsDay)
	})
}

// A text that changed since is no longer what was claimed: the claimant is asked.
func TestClaimOfAnotherText(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri, id := ada.posted("A poster.")
		bo.claims(uri, "photo")
		ada.call(ada, "PUT", "/api/v1/statuses/"+id, object{"status": "Buy my pills."}, 200)
		n.settle()
		ada.decides("accept", nil, 200)
		expect(t, "bo is asked", len(bo.notices("collab_invite")), 1)
		n.uncredited(uri, bo, ada, bo, cy)
		bo.answers("accept", nil)
		expect(t, "then", len(cy.credited(uri)), 1)
	})
}

// Forged: answers by others than the owner, claims in another's name, and a stamp for
// what nobody accepted.
func TestForgedClaims(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		mallory, eve := n.evil()
		uri, _ := ada.posted("A poster.")
		bo.claims(uri, "illustration")
		offer := rowsOf[models.CreditClaim](bo.server, "1 = 1")[0].OfferURI
		for _, to := range []*person{ada, bo} {
			for verb, fields := range map[string]object{
				"Accept": nil, "Reject": {"content": "No."}, "TentativeAccept": {"reasonCode": "moderators"}, "Undo": nil,
			} {
				want := "not_owner"
				if verb == "Undo" {
					want = "not_claimant"
				}
				if made := mallory.sends(to.server, mallory.does(verb, string(offer), fields)); made != want {
					t.Errorf("%s at %s: %s, want %s", verb, to.host, made, want)
				}
				expect(t, "after "+verb+", at "+to.host, to.claim()["state"], any("delivered"))
			}
		}
		claim := func(of, post any) object {
			return object{
				"id": mallory.fresh("claims"), "type": "CreditClaim", "attributedTo": of, "interactingObject": post,
				"creditedAs": "photo", "content": "Mine.",
			}
		}
		to := object{"to": []any{string(ada.uri)}, "target": string(ada.uri)}
		foreign := claim(mallory.uri, uri)
		foreign["id"] = "https://two.test/claims/1"
		theirs, _ := cy.posted("Another's.")
		for why, c := range map[string]struct {
			doc  object
			want string
		}{
			"in eve's name":   {claim(eve.uri, uri), "not_claimant"},
			"in bo's name":    {claim(string(bo.uri), uri), "not_claimant"},
			"another's post":  {claim(mallory.uri, theirs), "applied"}, // and refused: there is no such post here
			"another's id":    {foreign, "foreign"},
			"about nothing":   {claim(mallory.uri, "https://one.test/users/ada/notes/1"), "applied"},
			"without a claim": {object{"id": mallory.fresh("claims"), "type": "CreditClaim"}, "bad_claim"},
		} {
			if made := mallory.sends(ada.server, mallory.does("Offer", c.doc, to)); made != c.want {
				t.Errorf("%s: %s, want %s", why, made, c.want)
			}
			expect(t, "claims at ada's, "+why, len(ada.list(claimsPath)), 1)
		}
		for _, r := range mallory.told("Reject") {
			expect(t, "refused for", r["reasonCode"], any("no_post"))
		}
		expect(t, "refusals", len(mallory.told("Reject")), 2)

		// A claim that stands, and a stamp that nobody asked for.
		mine := mallory.does("Offer", claim(mallory.uri, uri), to)
		expect(t, "the claim", mallory.sends(ada.server, mine), "applied")
		_, note := n.document(uri)
		stamp := mallory.stamps(note, object{"role": "credit", "creditedAs": "photo"})
		if made := mallory.sends(ada.server, mallory.does("Accept", mine["id"], object{"result": stamp})); made == "applied" {
			t.Error("the claimant accepted their own claim")
		}
		n.uncredited(uri, mallory.person(), ada, bo, cy)

		// Whom the owner blocks is refused by their server.
		ada.post("/api/v1/accounts/"+ada.knows(eve.person())+"/block", nil)
		n.settle()
		shut := claim(eve.uri, uri)
		shut["id"] = eve.fresh("claims")
		eve.sends(ada.server, eve.does("Offer", shut, to))
		refused := eve.told("Reject")
		if len(refused) == 0 || refused[len(refused)-1]["reasonCode"] != "blocked" {
			t.Errorf("the blocked are told %v", refused)
		}
		expect(t, "claims at ada's", len(ada.list(claimsPath)), 2)

		// And a claim accepted by the owner's server alone, in a text of its own, is none:
		// an invitation to what was not claimed asks.
		ada.server.do(func(tx *store.Tx) error {
			_, err := store.Set[models.CreditClaim](tx, map[string]any{"label": "music"}, "offer_uri = ?", offer)
			return err
		})
		for _, c := range ada.list(claimsPath) {
			if c["account"].(object)["acct"] == "bo@two.test" {
				ada.one("POST", claimsPath+"/"+c["id"].(string)+"/accept", nil, 200)
			}
		}
		n.settle()
		n.uncredited(uri, bo, ada, bo, cy)
		expect(t, "bo is asked", len(bo.notices("collab_invite")), 1)
	})
}
