package main

import (
	"strings"
	"testing"

	"ensemble/models"
)

// quotes has p quote the post uri, and waits; fields are added to the new post.
func (p *person) quotes(uri any, fields object) object {
	p.t.Helper()
	body := object{"status": "Look at this", "quoted_status_id": p.status(uri.(string))["id"]}
	for k, v := range fields {
		body[k] = v
	}
	s := p.post("/api/v1/statuses", body)
	p.net.settle()
	return s
}

// expectQuote sees how the quote in the post uri stands for p, and that only what is
// accepted is shown.
func (p *person) expectQuote(uri any, want string) object {
	p.t.Helper()
	s := p.seen(uri)
	if s == nil {
		p.t.Errorf("%s has no post %v", p.name, uri)
		return nil
	}
	q, _ := s["quote"].(object)
	if q == nil {
		p.t.Errorf("%s sees no quote in %v", p.name, uri)
		return nil
	}
	if q["state"] != want {
		p.t.Errorf("the quote at %s is %v (%v: %v), want %s", p.host, q["state"], q["code"], q["reason"], want)
	}
	if (q["quoted_status"] != nil) != (want == "accepted") {
		p.t.Errorf("at %s, %s, the quoted post is %v", p.host, want, q["quoted_status"])
	}
	if strings.Contains(s["content"].(string), "quote-inline") {
		p.t.Errorf("%s sees the fallback: %v", p.name, s["content"])
	}
	return q
}

func (p *person) says(text string, fields object) object {
	p.t.Helper()
	body := object{"status": text}
	for k, v := range fields {
		body[k] = v
	}
	s := p.post("/api/v1/statuses", body)
	p.net.settle()
	return s
}

// A quote is shown once its author agreed, everywhere, and goes when they take that
// back.
func TestQuotesByConsent(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		original := ada.says("Two mugs", nil)
		q := bo.quotes(original["uri"], nil)
		for _, p := range []*person{ada, bo, cy} {
			got := p.expectQuote(q["uri"], "accepted")
			if inner, _ := got["quoted_status"].(object); inner == nil || inner["uri"] != original["uri"] {
				t.Errorf("%s sees quoted: %v", p.name, inner)
			}
		}
		told := ada.notices("quote")
		if len(told) != 1 || told[0]["status"].(object)["uri"] != q["uri"] {
			t.Errorf("ada is told %v", told)
		}
		mine := "/api/v1/statuses/" + original["id"].(string)
		expect(t, "quotes of it", len(ada.list(mine+"/quotes")), 1)
		expect(t, "its count", ada.get(mine)["quotes_count"], any(1.0))

		_, doc := n.document(q["uri"].(string))
		for _, key := range []string{"quote", "quoteUrl", "quoteUri", "_misskey_quote"} {
			expect(t, key, doc[key], original["uri"])
		}
		if !strings.Contains(doc["content"].(string), `<p class="quote-inline">RE: <a href="`) {
			t.Errorf("the fallback is missing: %v", doc["content"])
		}
		stamp := doc["quoteAuthorization"].(string)
		status, consent := n.document(stamp)
		expect(t, "the stamp", status, 200)
		for key, want := range map[string]any{"type": "QuoteAuthorization", "attributedTo": string(ada.uri), "interactingObject": q["uri"], "interactionTarget": original["uri"]} {
			expect(t, key, consent[key], want)
		}

		page := strings.TrimPrefix(q["url"].(string), "https://two.test")
		link := `<a href="` + original["url"].(string) + `"`
		if html := string(bo.call(nil, "GET", page, nil, 200)); !strings.Contains(html, link) {
			t.Errorf("the page does not link what it quotes: %s", cutoff([]byte(html)))
		}

		bo.one("PUT", "/api/v1/statuses/"+q["id"].(string), object{"status": "Look again"}, 200)
		n.settle()
		cy.expectQuote(q["uri"], "accepted") // an edit keeps the stamp
		if s := cy.seen(q["uri"]); !strings.Contains(s["content"].(string), "Look again") {
			t.Errorf("cy reads %v", s["content"])
		}
		ada.one("PUT", mine, object{"status": "Three mugs"}, 200)
		n.settle()
		expect(t, "bo hears of the edit", len(bo.notices("quoted_update")), 1)

		ada.one("POST", mine+"/quotes/"+ada.seen(q["uri"])["id"].(string)+"/revoke", nil, 200)
		n.settle()
		for _, p := range []*person{ada, bo, cy} {
			if got := p.expectQuote(q["uri"], "revoked"); got["reason"] == nil {
				t.Errorf("%s sees no reason: %v", p.name, got)
			}
		}
		status, _ = n.document(stamp)
		expect(t, "the stamp, revoked", status, 410)
		if _, doc = n.document(q["uri"].(string)); doc["quote"] != nil || strings.Contains(doc["content"].(string), "RE:") {
			t.Errorf("two still says the quote: %v", doc)
		}
		if html := string(bo.call(nil, "GET", page, nil, 200)); strings.Contains(html, link) {
			t.Errorf("the page still links it: %s", cutoff([]byte(html)))
		}
		expect(t, "quotes of it, after", len(ada.list(mine+"/quotes")), 0)
		expect(t, "its count, after", ada.get(mine)["quotes_count"], any(0.0))

		again := bo.quotes(original["uri"], nil)
		cy.expectQuote(again["uri"], "accepted")
		ada.one("DELETE", mine, nil, 200)
		n.settle()
		for _, p := range []*person{bo, cy} {
			p.expectQuote(again["uri"], "deleted")
		}
	})
}

// Who may quote is for the author to say, for all posts and for each, and is answered
// at once, or by hand.
func TestQuotePolicies(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		dee := bo.server.born("dee")
		approval := func(p *person, uri any) string {
			v, _ := p.status(uri.(string))["quote_approval"].(object)["current_user"].(string)
			return v
		}
		closed := ada.says("Nobody", object{"quote_approval_policy": "nobody"})
		expect(t, "bo may", approval(bo, closed["uri"]), "denied")
		why := bo.refused("POST", "/api/v1/statuses", object{"status": "x", "quoted_status_id": bo.status(closed["uri"].(string))["id"]}, 403)
		if !strings.Contains(why, "quote") {
			t.Errorf("the reason: %s", why)
		}
		followers := ada.says("Followers", object{"quote_approval_policy": "followers"})
		expect(t, "bo may", approval(bo, followers["uri"]), "automatic")
		expect(t, "dee may", approval(dee, followers["uri"]), "denied")
		q := bo.quotes(followers["uri"], nil)
		cy.expectQuote(q["uri"], "accepted")
		following := ada.says("Following", object{"quote_approval_policy": "following"})
		expect(t, "bo may", approval(bo, following["uri"]), "denied")
		hidden := ada.says("Quiet", object{"visibility": "private"})
		expect(t, "bo may", approval(bo, hidden["uri"]), "denied")

		asked := ada.says("Ask me", object{"quote_approval_policy": "manual"})
		expect(t, "bo may", approval(bo, asked["uri"]), "manual")
		for verb, want := range map[string]string{"accept": "accepted", "reject": "rejected"} {
			q := bo.quotes(asked["uri"], nil)
			for _, p := range []*person{ada, bo, cy} {
				p.expectQuote(q["uri"], "pending")
			}
			told := ada.notices("quote_request")
			if len(told) == 0 || told[0]["text"] == nil {
				t.Fatalf("ada is not asked: %v", told)
			}
			waiting := ada.list("/api/ensemble/v1/quote_requests")
			if len(waiting) != 1 || waiting[0]["uri"] != q["uri"] {
				t.Fatalf("%v waits", waiting)
			}
			ada.post("/api/ensemble/v1/quote_requests/"+waiting[0]["id"].(string)+"/"+verb, object{"reason": "Not this one."})
			n.settle()
			got := bo.expectQuote(q["uri"], want)
			if verb == "reject" && got["reason"] != "Not this one." {
				t.Errorf("the reason at two: %v", got)
			}
			if verb == "accept" {
				cy.expectQuote(q["uri"], want)
			}
			expect(t, "nothing waits", len(ada.list("/api/ensemble/v1/quote_requests")), 0)
		}
		ada.one("PUT", "/api/v1/statuses/"+asked["id"].(string)+"/interaction_policy", object{"quote_approval_policy": "nobody"}, 200)
		n.settle()
		expect(t, "bo may, later", approval(bo, asked["uri"]), "denied")

		ada.one("PATCH", "/api/v1/accounts/update_credentials", object{"source": object{"quote_policy": "nobody"}}, 200)
		expect(t, "the default", ada.get("/api/v1/accounts/verify_credentials")["source"].(object)["quote_policy"], any("nobody"))
		_, doc := n.document(ada.says("By default", nil)["uri"].(string))
		expect(t, "what is said of it", doc["interactionPolicy"].(object)["canQuote"].(object)["automaticApproval"], any(string(ada.uri)))

		self := ada.says("Mine", object{"quoted_status_id": closed["id"]})
		ada.expectQuote(self["uri"], "accepted")
		bo.expectQuote(self["uri"], "accepted")

		ada.post("/api/v1/accounts/"+ada.knows(bo)+"/block", nil)
		n.settle()
		cy.expectQuote(q["uri"], "revoked")
		bo.refused("POST", "/api/v1/statuses", object{"status": "x", "quoted_status_id": rowID(bo, followers["uri"])}, 404)
	})
}

// A stamp that cannot be had yet is looked at again; whom one blocks, one does not
// read in others' posts.
func TestQuotesSeenLate(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		original := ada.says("Two mugs", nil)
		n.cut("one.test", true)
		q := bo.post("/api/v1/statuses", object{"status": "Look", "quoted_status_id": bo.status(original["uri"].(string))["id"]})
		n.settle()
		cy.expectQuote(q["uri"], "pending")
		bo.expectQuote(q["uri"], "pending")
		n.cut("one.test", false)
		n.hurry()
		bo.expectQuote(q["uri"], "accepted")
		cy.expectQuote(q["uri"], "accepted")

		cy.post("/api/v1/accounts/"+cy.knows(ada)+"/block", nil)
		n.settle()
		cy.expectQuote(q["uri"], "blocked_account")
		bo.one("DELETE", "/api/v1/statuses/"+q["id"].(string), nil, 200)
		n.settle()
		if s := ada.seen(q["uri"]); s != nil {
			t.Errorf("ada still has it: %v", s)
		}
		expect(t, "its count", ada.get("/api/v1/statuses/" + original["id"].(string))["quotes_count"], any(0.0))
	})
}

// Two who live together need no letters.
func TestQuotesAtHome(t *testing.T) {
	story(t, func(n *network) {
		ada, cy := n.join("one.test").born("ada"), n.join("three.test").born("cy")
		dee := ada.server.born("dee")
		cy.follows(ada, dee)
		open, asked := ada.says("Open", nil), ada.says("Ask", object{"quote_approval_policy": "manual"})
		dee.expectQuote(dee.quotes(open["uri"], nil)["uri"], "accepted")
		q := dee.quotes(asked["uri"], nil)
		cy.expectQuote(q["uri"], "pending")
		ada.post("/api/ensemble/v1/quote_requests/"+ada.list("/api/ensemble/v1/quote_requests")[0]["id"].(string)+"/accept", nil)
		n.settle()
		dee.expectQuote(q["uri"], "accepted")
		cy.expectQuote(q["uri"], "accepted")
	})
}

// rowID returns what p's server calls the post uri.
func rowID(p *person, uri any) string {
	p.t.Helper()
	rows := rowsOf[models.Post](p.server, "uri = ?", uri)
	if len(rows) == 0 {
		p.t.Fatalf("%s has no post %v", p.host, uri)
	}
	return rows[0].ID.String()
}
