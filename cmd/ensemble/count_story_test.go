package main

import (
	"testing"
	"time"

	"ensemble/models"
)

// An Update that is no newer than what we have tells counts, and edits nothing.
func TestCountsAreNoEdit(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		mallory, _ := n.evil()
		mallory.followedBy(bo)
		note := mallory.writes("As it was", nil)
		uri := note["id"].(string)
		mallory.sends(bo.server, mallory.does("Create", note, nil))
		bo.post("/api/v1/statuses/"+bo.seen(uri)["id"].(string)+"/reblog", nil)
		n.settle()
		counts := func(at string, likes, shares any) string {
			t.Helper()
			of := func(name string, total any) object {
				return object{"id": at + "/" + name, "type": "Collection", "totalItems": total}
			}
			note["likes"], note["shares"] = of("likes", likes), of("shares", shares)
			return mallory.sends(bo.server, mallory.does("Update", note, nil))
		}
		shown := func(what string, likes, shares float64) {
			t.Helper()
			s := bo.seen(uri)
			expect(t, what+": likes", s["favourites_count"], any(likes))
			expect(t, what+": boosts", s["reblogs_count"], any(shares))
			expect(t, what+": the text", s["content"], any("<p>As it was</p>"))
			expect(t, what+": edited", s["edited_at"], nil)
			expect(t, what+": versions", len(bo.list("/api/v1/statuses/"+s["id"].(string)+"/history")), 1)
			expect(t, what+": notices", len(bo.notices("update")), 0)
		}
		note["content"] = "<p>Not an edit</p>"
		expect(t, "counts", counts(uri, 7, 3), "applied")
		shown("counts", 7, 3)
		counts(uri, 0, 1)
		shown("fewer", 0, 1)
		counts(uri, -4, 1e12)
		shown("nonsense", 0, 1)
		counts("https://three.test/notes/1", 900, 900)
		shown("somebody else's collections", 0, 1)

		may := func() any { return bo.seen(uri)["quote_approval"].(object)["current_user"] }
		expect(t, "bo may quote it", may(), any("denied"))
		note["interactionPolicy"] = object{"canQuote": object{"automaticApproval": "https://www.w3.org/ns/activitystreams#Public"}}
		counts(uri, 0, 1)
		expect(t, "bo may quote it now", may(), any("automatic"))
		shown("another policy", 0, 1)
		delete(note, "interactionPolicy")
		counts(uri, 0, 1)
		expect(t, "bo may not again", may(), any("denied"))

		edited := n.now().Add(time.Minute).UTC().Format(time.RFC3339)
		note["updated"], note["content"] = edited, "<p>An edit</p>"
		counts(uri, 8, 3)
		s := bo.seen(uri)
		expect(t, "the edit", s["content"], any("<p>An edit</p>"))
		expect(t, "its counts", s["favourites_count"], any(8.0))
		note["content"] = "<p>The same edit, otherwise</p>"
		counts(uri, 9, 3)
		expect(t, "no newer", bo.seen(uri)["content"], any("<p>An edit</p>"))
		expect(t, "its counts, later", bo.seen(uri)["favourites_count"], any(9.0))
		expect(t, "versions kept", len(rowsOf[models.PostEdit](bo.server, "1 = 1")), 1)
		expect(t, "bo, who passed it on, is told", len(bo.notices("update")), 1)
	})
}
