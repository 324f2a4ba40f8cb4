package main

import (
	"strings"
	"testing"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// labelled returns the words of the paid partnership as p's server shows the post
// uri: as a field and in the text. They must say the same, or both nothing.
func (p *person) labelled(uri any) string {
	p.t.Helper()
	s := p.status(uri.(string))
	if s == nil {
		p.t.Fatalf("%s has no post %s", p.host, uri)
	}
	content, label := s["content"].(string), ""
	if v, ok := s["paid_partnership"].(object); ok {
		label = v["text"].(string)
		for _, partner := range v["partners"].([]any) {
			if stamp, _ := partner.(object)["stamp"].(string); stamp == "" {
				p.t.Errorf("%s shows a label without a stamp: %v", p.host, v)
			}
		}
	}
	if words := strings.Contains(content, "artenariat rémunéré avec <span") || strings.Contains(content, "aid partnership with <span"); words != (label != "") {
		p.t.Errorf("%s: the field says %q, the text %s", p.host, label, content)
	}
	return label
}

// unlabelled returns who took the label off, by p's trail of the collab.
func (p *person) unlabelled(uri string) (actors []string) {
	p.t.Helper()
	for _, e := range p.list("/api/ensemble/v1/collabs/" + p.collab(uri)["id"].(string) + "/history") {
		if e["what"] == "label_removed" {
			actors = append(actors, e["actor"].(string))
		}
	}
	p.server.do(func(tx *store.Tx) error {
		c, err := store.One[models.Collab](tx, "uri = ?", uri)
		if err != nil {
			return err
		}
		broken, err := collab.Audit(tx, c)
		expect(p.t, "broken links in the trail of "+p.host, broken, 0)
		return err
	})
	return actors
}

// C21: published with the label once both have confirmed it, never before; an edit
// keeps it; and the brand takes its word back.
func TestPaidPartnership(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		ada.refused("POST", "/api/v1/statuses", object{"status": "x", "partner_ids": []string{ada.id.String()}}, 403)
		c := ada.post("/api/ensemble/v1/collabs", object{"status": "Mon nouveau mug.", "language": "fr", "partner_ids": []string{ada.knows(bo)}})
		n.settle()
		uri, work := c["post_uri"].(string), c["uri"].(string)
		expect(t, "posts at three before the yes", len(cy.list("/api/v1/timelines/home")), 0)
		if told := bo.notices("collab_invite"); len(told) != 1 || !strings.Contains(string(marshal(t, told[0])), "paid partnership") {
			t.Errorf("the brand is told %v", told)
		}
		bo.answers("accept", nil)
		for _, p := range []*person{ada, bo, cy} {
			want := "Partenariat rémunéré avec @" + strings.TrimSuffix("bo@two.test", "@"+p.host)
			expect(t, "the label at "+p.host, p.labelled(uri), want)
		}
		_, doc := n.document(uri)
		if content := doc["content"].(string); !strings.Contains(content, `Partenariat rémunéré avec <span class="h-card"><a href="https://two.test/@bo"`) {
			t.Errorf("servers that do not know us see %s", content)
		}
		expect(t, "who wrote it", doc["attributedTo"], any(string(ada.uri)))
		listed := doc["collaborators"].([]any)[0].(object)
		expect(t, "the label on the wire", listed["creditedAs"], any("sponsor"))
		old := listed["authorization"].(string)

		ada.acts(work, "revise", object{"status": "Mon mug bleu."}, 200)
		if s := cy.status(uri); !strings.Contains(s["content"].(string), "nouveau") || cy.labelled(uri) == "" {
			t.Errorf("before the brand agreed to the edit three shows %s", s["content"])
		}
		bo.acts(work, "accept", nil, 200)
		if s := cy.status(uri); !strings.Contains(s["content"].(string), "bleu") || cy.labelled(uri) == "" {
			t.Errorf("after the edit three shows %s", s["content"])
		}

		_, doc = n.document(uri)
		stamp := doc["collaborators"].([]any)[0].(object)["authorization"].(string)
		if stamp == old {
			t.Error("the old stamp stands under the new text")
		}
		bo.acts(work, "leave", nil, 200)
		for _, p := range []*person{ada, bo, cy} {
			expect(t, "the label at "+p.host+" once it was taken back", p.labelled(uri), "")
		}
		for _, at := range []string{old, stamp} {
			if status, _ := n.document(at); status != 410 {
				t.Errorf("the stamp %s answers %d", at, status)
			}
		}
		for _, p := range []*person{ada, bo} {
			if got := p.unlabelled(work); len(got) != 1 || got[0] != string(bo.uri) {
				t.Errorf("the trail of %s: taken off by %v", p.host, got)
			}
		}
	})
}

// C21: a label that was added after publication is not taken off in silence by who
// was paid, either.
func TestLabelIsTakenOffBeforeWitnesses(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri, id := ada.posted("A mug.")
		c := ada.asksCredit(bo, id, "sponsor", 200)
		work := c["uri"].(string)
		for _, p := range []*person{ada, cy} {
			expect(t, "the label at "+p.host+" before the yes", p.labelled(uri), "")
		}
		bo.answers("accept", nil)
		expect(t, "the label at three", cy.labelled(uri), "Paid partnership with @bo@two.test")
		expect(t, "on the list of credits", ada.list("/api/ensemble/v1/statuses/" + id + "/credits")[0]["label"], any("Paid partnership"))

		// An edit by the app's own way to edit keeps it.
		ada.one("PUT", "/api/v1/statuses/"+id, object{"status": "A blue mug.", "language": "en"}, 200)
		n.settle()
		bo.acts(work, "accept", nil, 200)
		if s := cy.status(uri); !strings.Contains(s["content"].(string), "blue") || cy.labelled(uri) == "" {
			t.Errorf("after the edit three shows %s", s["content"])
		}

		ada.acts(work, "remove", object{"account_id": ada.knows(bo)}, 200)
		for _, p := range []*person{ada, bo, cy} {
			expect(t, "the label at "+p.host+" once it was taken off", p.labelled(uri), "")
		}
		for _, p := range []*person{ada, bo} {
			if got := p.unlabelled(work); len(got) != 1 || got[0] != string(ada.uri) {
				t.Errorf("the trail of %s: taken off by %v", p.host, got)
			}
		}
		expect(t, "notices to the brand", len(bo.notices("collab_ended")), 1)
	})
}

// A label that the brand never confirmed is not shown, however it is claimed.
func TestForgedPartnership(t *testing.T) {
	forgery(t, func(c *cast) {
		const words = `<p class="p-collab-byline">Paid partnership with <span class="h-card"><a href="https://two.test/@bo" class="u-url mention">@<span>bo</span></a></span></p>`
		as := func(note object, label, stamp string) object {
			out := under(note, credit{string(c.bo.uri), "credit", stamp})
			out["content"] = note["content"].(string)
			if label != "" {
				out["collaborators"].([]any)[0].(object)["creditedAs"] = label
			}
			return out
		}
		for why, form := range map[string]func(object) object{
			"words alone":       func(n object) object { return n },
			"no stamp":          func(n object) object { return as(n, "sponsor", "") },
			"a stamp of no one": func(n object) object { return as(n, "sponsor", string(c.bo.uri)+"/stamps/77") },
			"a stamp elsewhere": func(n object) object { return as(n, "sponsor", c.mallory.uri+"/stamps/77") },
			"a stamp of a photo": func(n object) object {
				_, stamp := c.mallory.wins(c.bo, as(n, "photo", ""), object{"covers_edits": true})
				return as(n, "sponsor", stamp)
			},
		} {
			draft := c.mallory.writes("Buy it: "+why, nil)
			draft["content"] = draft["content"].(string) + words
			c.publish("Create", form(draft))
			for _, p := range []*person{c.cy, c.dee} {
				if s := p.seen(draft["id"]); s != nil && (s["paid_partnership"] != nil || strings.Contains(s["content"].(string), "Paid partnership")) {
					t.Errorf("%s, at %s: %v %s", why, p.host, s["paid_partnership"], s["content"])
				}
			}
		}
		draft := c.mallory.writes("Honest.", nil) // the control
		uri, stamp := c.mallory.wins(c.bo, as(draft, "sponsor", ""), nil)
		honest := as(draft, "sponsor", stamp)
		honest["collaboration"] = uri
		c.publish("Create", honest)
		expect(t, "the honest label", c.cy.labelled(honest["id"]), "Paid partnership with @bo@two.test")
	})
}
