package main

import (
	"strings"
	"testing"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// joins has s ask a relay, and the relay answer.
func (v *villain) relays(s *server, style models.RelayStyle, answer string) {
	v.n.t.Helper()
	address := models.IRI(v.uri + "/inbox")
	var actor *models.Account
	if style == models.RelayLitePub {
		var err error
		address = models.IRI(v.uri)
		if actor, err = s.fed.Peers.Account(v.n.t.Context(), address); err != nil {
			v.n.t.Fatal(err)
		}
	}
	s.do(func(tx *store.Tx) error {
		_, err := moderation.AddRelay(tx, nil, address, actor)
		return err
	})
	v.n.settle()
	asked := v.told("Follow")
	follow := asked[len(asked)-1]
	want := string(models.Public)
	if actor != nil {
		want = v.uri
	}
	if follow["object"] != want || follow["actor"] != "https://"+s.host+"/actor" {
		v.n.t.Fatalf("the relay is asked by %v", follow)
	}
	if answer != "" {
		expect(v.n.t, "the answer", v.sends(s, v.does(answer, follow, nil)), "applied")
	}
}

// A relay is sent our public posts, and brings others: into the public timeline, from
// where they live, and nothing of whom we block.
func TestARelayOfMastodonsStyle(t *testing.T) {
	story(t, func(n *network) {
		one, three := n.join("one.test"), n.join("three.test")
		ada, dee, cy := one.born("ada"), one.born("dee"), three.born("cy")
		ruth := one.keeper("ruth", models.RoleAdmin)
		_, all := n.rogue("relay.test", "relay", "other")
		relay := all[0]
		relay.relays(one, models.RelayMastodon, "")
		before := relay.does("Announce", cy.post("/api/v1/statuses", object{"status": "Too early"})["uri"], nil)
		expect(t, "before it accepts", relay.sends(one, before), "not_followed")
		follow := relay.told("Follow")[0]
		_, elsewhere := n.rogue("evil.test", "mallory")
		expect(t, "another server's yes", elsewhere[0].sends(one, elsewhere[0].does("Accept", follow, nil)), "not_the_relay")
		expect(t, "its yes", relay.sends(one, relay.does("Accept", follow, nil)), "applied")
		expect(t, "its state", rowsOf[models.Relay](one, "1 = 1")[0].State, models.RelayAccepted)

		ours := ada.post("/api/v1/statuses", object{"status": "Hello world"})["uri"].(string)
		ada.post("/api/v1/statuses", object{"status": "Not for all", "visibility": "unlisted"})
		ada.post("/api/v1/statuses", object{"status": "Among us", "visibility": "private"})
		n.settle()
		sent := relay.told("Create")
		if len(sent) != 1 || sent[0]["object"].(object)["id"] != ours {
			t.Errorf("the relay is sent %v", sent)
		}

		found := cy.post("/api/v1/statuses", object{"status": "From three"})["uri"].(string)
		hidden := cy.post("/api/v1/statuses", object{"status": "Unlisted", "visibility": "unlisted"})["uri"].(string)
		n.settle()
		expect(t, "an Announce", relay.sends(one, relay.does("Announce", found, nil)), "applied")
		expect(t, "an Announce again", relay.sends(one, relay.does("Announce", found, nil)), "applied")
		expect(t, "of what is not public", relay.sends(one, relay.does("Announce", hidden, nil)), "not_public")
		expect(t, "by somebody else there", all[1].sends(one, all[1].does("Announce", hidden, nil)), "not_followed")
		public := dee.list("/api/v1/timelines/public?remote=true")
		if len(public) != 1 || public[0]["uri"] != found || public[0]["account"].(object)["acct"] != "cy@three.test" {
			t.Errorf("the public timeline: %v", public)
		}
		expect(t, "boosts", public[0]["reblogs_count"], any(0.0))
		expect(t, "posts in dee's home", len(dee.list("/api/v1/timelines/home")), 0)

		// What it passes on signed by itself is a hint, and read where it lives.
		second := cy.post("/api/v1/statuses", object{"status": "Second"})["uri"].(string)
		n.settle()
		forged := object{
			"@context": activityNS, "id": second + "/activity", "type": "Create", "actor": string(cy.uri), "to": []any{string(models.Public)},
			"object":    object{"id": second, "type": "Note", "attributedTo": string(cy.uri), "content": "<p>Buy this</p>", "to": []any{string(models.Public)}},
			"signature": object{"type": "RsaSignature2017", "signatureValue": "x"},
		}
		expect(t, "a forwarded Create", relay.posts(one, marshal(t, forged)), 202)
		n.settle()
		if s := dee.list("/api/v1/timelines/public?remote=true")[0]; s["uri"] != second || !strings.Contains(s["content"].(string), "Second") {
			t.Errorf("it came as %v", s["content"])
		}
		expect(t, "by nobody's relay", elsewhere[0].posts(one, marshal(t, forged)), 401)

		// Blocked is blocked.
		third := cy.post("/api/v1/statuses", object{"status": "Third"})["uri"].(string)
		ruth.rules("three.test", "suspend", nil)
		relay.sends(one, relay.does("Announce", third, nil))
		expect(t, "posts of the blocked", len(dee.list("/api/v1/timelines/public?remote=true")), 0)
		expect(t, "posts kept of the third", len(rowsOf[models.Post](one, "uri = ?", third)), 0)

		one.do(func(tx *store.Tx) error { return moderation.RemoveRelay(tx, nil, models.IRI(relay.uri+"/inbox")) })
		ada.post("/api/v1/statuses", object{"status": "After"})
		n.settle()
		expect(t, "posts sent in all", len(relay.told("Create")), 1)
		expect(t, "leaves", len(relay.told("Undo")), 1)
	})
}

// A relay of LitePub's style is followed, follows back, and both announce.
func TestARelayOfLitePubsStyle(t *testing.T) {
	story(t, func(n *network) {
		one, three := n.join("one.test"), n.join("three.test")
		ada, cy := one.born("ada"), three.born("cy")
		_, all := n.rogue("relay.test", "relay", "other")
		relay := all[0]
		back := func(v *villain) string { return v.sends(one, v.does("Follow", "https://one.test/actor", nil)) }
		if got := back(all[1]); got == "applied" {
			t.Error("anybody may follow the server itself")
		}
		relay.relays(one, models.RelayLitePub, "Accept")
		expect(t, "it follows back", back(relay), "applied")
		expect(t, "our yes", len(relay.told("Accept")), 1)
		ours := ada.post("/api/v1/statuses", object{"status": "Hello world"})["uri"].(string)
		n.settle()
		said := relay.told("Announce")
		if len(said) != 1 || said[0]["object"] != ours || said[0]["actor"] != "https://one.test/actor" {
			t.Errorf("the relay is told %v", said)
		}
		expect(t, "posts sent themselves", len(relay.told("Create")), 0)
		found := cy.post("/api/v1/statuses", object{"status": "From three"})["uri"].(string)
		n.settle()
		expect(t, "an Announce", relay.sends(one, relay.does("Announce", found, nil)), "applied")
		public := ada.list("/api/v1/timelines/public?remote=true")
		if len(public) != 1 || public[0]["uri"] != found {
			t.Errorf("the public timeline: %v", public)
		}
	})
}
