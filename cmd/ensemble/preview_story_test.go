package main

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ensemble/activities/text"
	"ensemble/models"
)

// preview is how the post of the collab uri will look, by reader.
func (p *person) preview(uri, query string) (whole object, readers map[string]object) {
	p.t.Helper()
	whole = p.get("/api/ensemble/v1/collabs/" + p.collab(uri)["id"].(string) + "/preview" + query)
	readers = map[string]object{}
	for _, r := range whole["readers"].([]any) {
		readers[r.(object)["reader"].(string)] = r.(object)
	}
	return whole, readers
}

// essence is what a preview promises of a note: all but addresses and times that it
// is given when it is published.
func essence(t *testing.T, note any) string {
	t.Helper()
	var n object
	if err := json.Unmarshal(marshal(t, note), &n); err != nil {
		t.Fatal(err)
	}
	out := object{}
	for _, key := range []string{"id", "type", "attributedTo", "coAttributedTo", "collaborators", "content", "contentMap", "summary", "sensitive",
		"to", "cc", "tag", "attachment", "oneOf", "anyOf", "collaboration", "contentDigest"} {
		out[key] = n[key]
	}
	for list, gone := range map[string]string{"attachment": "url", "collaborators": "authorization"} {
		all, _ := out[list].([]any)
		for _, o := range all {
			delete(o.(object), gone)
		}
	}
	return string(marshal(t, out))
}

// N5: what the preview shows is what is sent, to a server of each kind.
func TestPreviewIsWhatIsSent(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cara := n.join("four.test").born("cara")
		cara.follows(ada)
		_, all := n.rogue("masto.test", "mia")
		mia := all[0]
		mia.appears(object{"interactionPolicy": nil})
		mia.sends(ada.server, mia.does("Follow", string(ada.uri), nil))
		started := 0
		for _, fields := range []object{
			{"status": "Our first drop & more, @bo@two.test #clay", "spoiler_text": "Dust", "language": "fr", "media_ids": []string{ada.picture("Two mugs")}},
			{"status": "Which glaze?", "language": "en", "poll": object{"options": []string{"Celadon", "Tenmoku"}, "expires_in": 3600, "multiple": true}},
		} {
			fields["coauthors"] = []object{{"id": ada.knows(bo)}, {"id": ada.knows(cara), "role": "credit", "as": "photo"}}
			first := ada.post("/api/ensemble/v1/preview", fields)
			expect(t, "collabs after a look ahead", len(ada.list("/api/ensemble/v1/collabs")), started)
			started++
			c := ada.post("/api/ensemble/v1/collabs", fields)
			n.settle()
			uri, post := c["uri"].(string), c["post_uri"].(string)
			cy.refused("GET", "/api/ensemble/v1/collabs/"+c["id"].(string)+"/preview", nil, 404)
			ada.server.call(nil, "GET", "/api/ensemble/v1/collabs/"+c["id"].(string)+"/preview", nil, 401)

			whole, before := ada.preview(uri, "")
			for _, r := range first["readers"].([]any) {
				v := before[r.(object)["reader"].(string)]
				for _, said := range []string{"content", "text", "byline", "authors", "credits", "spoiler_text", "media", "poll", "visibility", "lost"} {
					expect(t, said+" before anybody is asked", string(marshal(t, r.(object)[said])), string(marshal(t, v[said])))
				}
			}
			expect(t, "agreed so far", whole["names"].([]any)[0].(object)["agreed"], any(false))
			_, now := ada.preview(uri, "?agreed=true")
			if raw := string(marshal(t, now)); len(now["mastodon"]["lost"].([]any)) != 0 || strings.Contains(raw, "cara") {
				t.Errorf("before anybody agreed: %s", raw)
			}
			_, bos := bo.preview(uri, "")
			for kind, v := range before {
				expect(t, "bo's of "+kind, essence(t, bos[kind]["document"]), essence(t, v["document"]))
			}
			for _, p := range []*person{bo, cara} {
				p.acts(uri, "accept", nil, 200)
			}

			sent := map[string]object{}
			for _, a := range mia.heardOf("Create", post) {
				sent["mastodon"] = a["object"].(object)
			}
			for _, l := range rowsOf[models.Letter](ada.server, "form = ?", models.FormArray) {
				var a object
				if err := json.Unmarshal(l.Body, &a); err != nil {
					t.Fatal(err)
				}
				if o, _ := a["object"].(object); a["type"] == "Create" && o["id"] == post {
					sent["ensemble"] = o
				}
			}
			_, after := ada.preview(uri, "")
			for kind, note := range sent {
				expect(t, kind+" is sent", essence(t, note), essence(t, before[kind]["document"]))
				expect(t, kind+" is promised", before[kind]["content"], note["content"])
				expect(t, kind+", afterwards", essence(t, after[kind]["document"]), essence(t, note))
			}
			expect(t, "kinds of servers that were sent it", len(sent), 2)

			// And what a reader at three sees is what the preview said.
			s := cy.status(post)
			if got, _ := before["ensemble"]["authors"].([]any); len(got) != 2 || got[0] != "@ada@one.test" || got[1] != "@bo@two.test" {
				t.Errorf("authors to an Ensemble: %v", got)
			}
			expectNames(t, "three", s, "ada@one.test", "bo@two.test", "cara@four.test")
			expect(t, "content at three", s["content"], any(text.Sanitize(before["ensemble"]["content"].(string))))
			expect(t, "warning at three", s["spoiler_text"], before["ensemble"]["spoiler_text"])
			masto := before["mastodon"]
			if got, _ := masto["authors"].([]any); !slices.Equal(got, []any{"@ada@one.test"}) {
				t.Errorf("authors to a Mastodon: %v", got)
			}
			if words := masto["text"].(string); !strings.Contains(words, "With @bo") || !strings.Contains(words, "Photo: @cara") {
				t.Errorf("the words to a Mastodon: %q", words)
			}
			lost := string(marshal(t, masto["lost"]))
			for _, words := range []string{"@ada@one.test as the author", "names @bo@two.test", "no credits: @cara@four.test"} {
				if !strings.Contains(lost, words) {
					t.Errorf("what is lost lacks %q: %s", words, lost)
				}
			}
			if poll, asks := masto["poll"].(object); asks {
				expect(t, "the poll", string(marshal(t, poll)), `{"multiple":true,"options":["Celadon","Tenmoku"]}`)
			} else if media := masto["media"].([]any); len(media) != 1 || media[0].(object)["description"] != "Two mugs" {
				t.Errorf("the media: %v", media)
			}
		}
	})
}

// Who declined, left, or is no longer asked is not in the preview, and does not see it.
func TestPreviewNamesThoseWhoWouldStand(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		cy.one("PUT", "/api/ensemble/v1/me/collaborate", url.Values{"policy": {"everyone"}}, 200)
		c := ada.offer(object{"status": "Ours.", "on_decline": "publish"}, bo, cy)
		uri := c["uri"].(string)
		cy.acts(uri, "decline", object{"confirm": true}, 200)
		whole, readers := ada.preview(uri, "")
		expect(t, "names", len(whole["names"].([]any)), 1)
		if words := readers["mastodon"]["text"].(string); strings.Contains(words, "cy") || !strings.Contains(words, "With @bo") {
			t.Errorf("after cy declined: %q", words)
		}
		cy.refused("GET", "/api/ensemble/v1/collabs/"+cy.collab(uri)["id"].(string)+"/preview", nil, 403)
		bo.acts(uri, "accept", nil, 200)
		bo.acts(uri, "leave", nil, 200)
		_, readers = ada.preview(uri, "")
		expect(t, "alone", readers["mastodon"]["content"], any("<p>Ours.</p>"))
		expect(t, "nothing is lost", len(readers["mastodon"]["lost"].([]any)), 0)
		bo.refused("GET", "/api/ensemble/v1/collabs/"+bo.collab(uri)["id"].(string)+"/preview", nil, 403)
	})
}
