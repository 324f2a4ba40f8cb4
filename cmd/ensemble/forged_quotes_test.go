package main

import (
	"fmt"
	"testing"
	"time"

	"ensemble/models"
)

// quoting serves a post of v's that quotes another.
func (v *villain) quoting(text string, target any, fields object) object {
	v.n.t.Helper()
	note := v.writes(text, object{"quote": target})
	for k, f := range fields {
		note[k] = f
	}
	v.serve(note)
	return note
}

// asks sends s the QuoteRequest for note, and returns what s made of it.
func (v *villain) asks(s *server, note object, fields object) string {
	v.n.t.Helper()
	a := v.does("QuoteRequest", note["quote"], object{"instrument": note})
	for k, f := range fields {
		a[k] = f
	}
	return v.sends(s, a)
}

// granted asks honestly, and returns the stamp.
func (v *villain) granted(s *server, note object) string {
	v.n.t.Helper()
	before := len(v.told("Accept"))
	if made := v.asks(s, note, nil); made != "applied" {
		v.n.t.Fatalf("the honest request: %s", made)
	}
	all := v.told("Accept")
	if len(all) != before+1 {
		v.n.t.Fatalf("no Accept came: %v", all)
	}
	return all[before]["result"].(string)
}

func (v *villain) quoteStamp(by *villain, note object, fields object) object {
	v.n.t.Helper()
	doc := object{
		"@context": activityNS, "id": by.fresh("stamps"), "type": "QuoteAuthorization", "attributedTo": by.uri,
		"interactingObject": note["id"], "interactionTarget": note["quote"],
	}
	for k, f := range fields {
		doc[k] = f
	}
	return doc
}

// A quote is shown by a stamp of its author's own server for these two posts, and by
// nothing else.
func TestForgedQuoteStamps(t *testing.T) {
	forgery(t, func(c *cast) {
		zed := c.bo.server.born("zed")
		mine, other, zeds := c.bo.says("Mine", nil), c.bo.says("Another", nil), zed.says("Zed's", nil)
		publish := func(note object) { c.publish("Create", note) }

		honest := c.mallory.quoting("Asked", mine["uri"], nil)
		stamp := c.mallory.granted(c.bo.server, honest)
		honest["quoteAuthorization"] = stamp
		publish(honest)
		c.cy.expectQuote(honest["id"], "accepted")

		try := func(why string, auth any, quoted any) {
			t.Helper()
			note := c.mallory.quoting(why, quoted, object{"quoteAuthorization": auth})
			publish(note)
			if q := c.cy.expectQuote(note["id"], "pending"); q != nil && q["reason"] == nil {
				t.Errorf("%s: no reason is given: %v", why, q)
			}
			c.dee.expectQuote(note["id"], "pending")
		}
		elsewhere := c.mallory.fresh("stamps")
		try("no stamp at all", nil, mine["uri"])
		note := object{"id": "https://evil.test/x", "quote": mine["uri"]}
		c.mallory.serve(c.mallory.quoteStamp(c.mallory, note, object{"id": elsewhere, "attributedTo": string(c.bo.uri)}))
		try("a stamp on another host", elsewhere, mine["uri"])
		try("that of another post", stamp, mine["uri"])
		try("that for another quoted post", c.mallory.granted(c.bo.server, c.mallory.quoting("Other", other["uri"], nil)), mine["uri"])
		try("that of another account", c.mallory.granted(zed.server, c.mallory.quoting("Zed", zeds["uri"], nil)), mine["uri"])
		try("one that is only embedded", object{
			"id": string(c.bo.uri) + "/authorizations/77", "type": "QuoteAuthorization", "attributedTo": string(c.bo.uri),
			"interactingObject": "https://evil.test/x", "interactionTarget": mine["uri"],
		}, mine["uri"])
		theft := c.mallory.quoting("Of Zed's, by Bo's stamp", zeds["uri"], object{"quoteAuthorization": stamp})
		publish(theft)
		c.cy.expectQuote(theft["id"], "pending")
		claims := c.mallory.quoting("Of Eve's, by Bo's stamp", c.eve.writes("Eve's", nil)["id"], object{"quoteAuthorization": stamp})
		publish(claims)
		if status, doc := c.document(stamp); status != 200 || doc["interactingObject"] != honest["id"] {
			t.Errorf("who claims a stamp spoils it: %d %v", status, doc)
		}
		legacy := c.mallory.writes("From before", object{"quoteUrl": mine["uri"], "_misskey_quote": mine["uri"]})
		publish(legacy)
		c.cy.expectQuote(legacy["id"], "pending")

		row := rowsOf[models.Interaction](c.bo.server, "object_uri = ? AND kind = 'quote'", honest["id"])[0]
		c.bo.one("POST", fmt.Sprintf("/api/v1/statuses/%s/quotes/%d/revoke", mine["id"], row.PostID), nil, 200)
		c.settle()
		c.pass(8 * 24 * time.Hour) // cy's server is not told, as it holds no follow: it looks
		c.cy.expectQuote(honest["id"], "revoked")
		honest["updated"] = c.at()
		c.publish("Update", honest)
		c.cy.expectQuote(honest["id"], "revoked") // replayed
		c.dee.expectQuote(honest["id"], "revoked")
		before := len(c.mallory.told("Accept"))
		expect(t, "asked again", c.mallory.asks(c.bo.server, honest, nil), "applied")
		expect(t, "the Accepts", len(c.mallory.told("Accept")), before)
		expect(t, "the Rejects", len(c.mallory.told("Reject")), 1)
		c.dee.expectQuote(honest["id"], "revoked")
	})
}

// Whoever asks must have written what they ask for.
func TestForgedQuoteRequests(t *testing.T) {
	forgery(t, func(c *cast) {
		mine := c.bo.says("Mine", nil)
		closed := c.bo.says("Nobody's", object{"quote_approval_policy": "nobody"})
		c.rogue("cdn.test")
		eves := c.eve.quoting("Eve's", mine["uri"], nil)
		expect(t, "another's instrument", c.mallory.asks(c.bo.server, eves, nil), "not_its_author")
		foreign := c.mallory.quoting("Elsewhere", mine["uri"], nil)
		foreign["id"] = "https://cdn.test/notes/1"
		expect(t, "an instrument elsewhere", c.mallory.asks(c.bo.server, foreign, nil), "foreign_instrument")
		about := c.mallory.quoting("Of another", closed["uri"], nil)
		expect(t, "an instrument that quotes another", c.mallory.asks(c.bo.server, about, object{"object": mine["uri"]}), "other_target")
		expect(t, "no instrument", c.mallory.asks(c.bo.server, about, object{"instrument": nil}), "no_instrument")
		expect(t, "Accepts", len(c.mallory.told("Accept"))+len(c.eve.told("Accept")), 0)
		expect(t, "what is kept", len(rowsOf[models.Interaction](c.bo.server, "kind = 'quote'")), 0)

		denied := c.mallory.quoting("Denied", closed["uri"], nil)
		expect(t, "what the policy forbids", c.mallory.asks(c.bo.server, denied, nil), "applied")
		said := c.mallory.told("Reject")
		if len(said) != 1 || said[0]["reasonCode"] != "denied" {
			t.Errorf("the answer: %v", said)
		}
		expect(t, "what is kept", len(rowsOf[models.Interaction](c.bo.server, "kind = 'quote'")), 0)
		bare := c.mallory.quoting("By its address", mine["uri"], nil) // as Mastodon asks
		expect(t, "a bare instrument", c.mallory.asks(c.bo.server, bare, object{"instrument": bare["id"]}), "applied")
		expect(t, "Accepts", len(c.mallory.told("Accept")), 1)
	})
}

// Only who wrote the post can agree, and only by a stamp that is there.
func TestForgedQuoteAnswers(t *testing.T) {
	forgery(t, func(c *cast) {
		policy := object{"canQuote": object{"manualApproval": string(models.Public)}}
		target := c.mallory.writes("Ask me", object{"interactionPolicy": policy})
		c.publish("Create", target)
		q := c.bo.quotes(target["id"], nil)
		c.bo.expectQuote(q["uri"], "pending")
		asked := c.mallory.told("QuoteRequest")
		if len(asked) != 1 {
			t.Fatalf("mallory is asked %v", asked)
		}
		if inner, _ := asked[0]["instrument"].(object); inner["id"] != q["uri"] || inner["quote"] != target["id"] {
			t.Errorf("the instrument: %v", asked[0]["instrument"])
		}
		note := object{"id": q["uri"], "quote": target["id"]}
		answer := func(v *villain, stamp object, serve bool) string {
			t.Helper()
			if serve {
				v.serve(stamp)
			}
			return v.sends(c.bo.server, v.does("Accept", asked[0], object{"result": stamp["id"]}))
		}
		expect(t, "by eve", answer(c.eve, c.eve.quoteStamp(c.eve, note, nil), true), "not_asked")
		expect(t, "for another post", answer(c.mallory, c.mallory.quoteStamp(c.mallory, object{"id": "https://two.test/x", "quote": target["id"]}, nil), true), "stamp_object")
		expect(t, "about another post", answer(c.mallory, c.mallory.quoteStamp(c.mallory, object{"id": q["uri"], "quote": "https://evil.test/x"}, nil), true), "stamp_target")
		expect(t, "in eve's name", answer(c.mallory, c.mallory.quoteStamp(c.eve, note, nil), true), "stamp_actor")
		expect(t, "not there", answer(c.mallory, c.mallory.quoteStamp(c.mallory, note, nil), false), "peer_refused")
		expect(t, "without a stamp", c.mallory.sends(c.bo.server, c.mallory.does("Accept", asked[0], nil)), "no_stamp")
		c.bo.expectQuote(q["uri"], "pending")
		good := c.mallory.quoteStamp(c.mallory, note, nil)
		expect(t, "as it should be", answer(c.mallory, good, true), "applied")
		c.bo.expectQuote(q["uri"], "accepted")
		_, doc := c.document(q["uri"].(string))
		expect(t, "the stamp in the post", doc["quoteAuthorization"], good["id"])

		expect(t, "deleted by eve", c.eve.sends(c.bo.server, c.eve.does("Delete", good, nil)), "not_its_author")
		bait := c.eve.quoting("To keep a post alive", target["id"], object{"quoteAuthorization": good["id"]})
		c.eve.sends(c.cy.server, c.eve.does("Create", bait, nil))
		expect(t, "rejected by eve", c.eve.sends(c.bo.server, c.eve.does("Reject", asked[0], nil)), "not_asked")
		c.bo.expectQuote(q["uri"], "accepted")
		expect(t, "deleted by mallory", c.mallory.sends(c.bo.server, c.mallory.does("Delete", good, nil)), "applied")
		c.bo.expectQuote(q["uri"], "revoked")
		expect(t, "the Accept again", answer(c.mallory, good, true), "revoked")
		c.bo.expectQuote(q["uri"], "revoked")
	})
}
