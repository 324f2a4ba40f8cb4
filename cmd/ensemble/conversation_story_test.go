package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// unrolls opens a post, waits until what is missing came, and reads it again.
func (p *person) unrolls(id string) (ancestors, descendants []string) {
	p.t.Helper()
	at := "/api/v1/statuses/" + id + "/context"
	p.get(at)
	p.net.settle()
	c := p.get(at)
	say := func(key string) (out []string) {
		for _, s := range c[key].([]any) {
			out = append(out, strings.TrimSuffix(strings.TrimPrefix(s.(object)["content"].(string), "<p>"), "</p>"))
		}
		return out
	}
	return say("ancestors"), say("descendants")
}

// A thread over three servers is whole for whoever opens it, wherever they came in.
func TestThreadsAreAssembled(t *testing.T) {
	story(t, func(n *network) {
		ada, bo := n.join("one.test").born("ada"), n.join("two.test").born("bo")
		cy := n.join("three.test").born("cy")
		cy.follows(bo)
		root := ada.post("/api/v1/statuses", object{"status": "Root"})
		answer := func(p *person, text, to string) object {
			s := p.status(to)
			out := p.post("/api/v1/statuses", object{"status": text, "in_reply_to_id": s["id"]})
			n.settle()
			return out
		}
		uri := root["uri"].(string)
		one := answer(ada, "Second", uri)["uri"].(string)
		answer(ada, "Aside", uri)
		two := answer(bo, "Third", one)["uri"].(string) // cy hears bo alone
		for _, s := range n.all() {
			s.do(func(tx *store.Tx) error { return store.Nudge(tx, "thread") })
		}
		n.settle()
		id := cy.status(two)["id"].(string)
		up, _ := cy.unrolls(id)
		expect(t, "above the third", strings.Join(up, ", "), "Root, Second")
		_, down := cy.unrolls(cy.status(uri)["id"].(string))
		if got := strings.Join(down, ", "); !strings.Contains(got, "Aside") || !strings.Contains(got, "Second") || !strings.Contains(got, "Third") {
			t.Errorf("below the root at three: %s", got)
		}
		expect(t, "what cy is told of it", len(cy.list("/api/v1/notifications")), 0)
		_, doc := n.document(two)
		expect(t, "the conversation", doc["context"], any(uri+"/context"))
		_, all := n.document(uri + "/context")
		expect(t, "posts in it", all["totalItems"], any(4.0))
	})
}

// Chains without end, circles, and conversations of others cost little.
func TestForgedThreads(t *testing.T) {
	story(t, func(n *network) {
		cy := n.join("three.test").born("cy")
		mallory, _ := n.evil()
		_, all := n.rogue("far.test", "dan")
		dan := all[0]
		mallory.followedBy(cy)
		chain := func(i int) string { return fmt.Sprintf("%s/chain/%d", mallory.uri, i) }
		for i := range 10_000 {
			if i > 400 {
				break // nobody gets this far
			}
			mallory.serve(mallory.writes("x", object{"id": chain(i), "inReplyTo": chain(i + 1)}))
		}
		first := mallory.writes("Bottom", object{"inReplyTo": chain(0)})
		mallory.sends(cy.server, mallory.does("Create", first, nil))
		id := cy.seen(first["id"])["id"].(string)
		cy.do(func(tx *store.Tx) error { return store.Nudge(tx, "thread") })
		n.settle()
		up, _ := cy.unrolls(id)
		if len(up) == 0 || len(up) > 60 {
			t.Errorf("of a chain of 10,000 there are %d", len(up))
		}

		// A circle.
		a, b := mallory.uri+"/a", mallory.uri+"/b"
		mallory.serve(mallory.writes("B", object{"id": b, "inReplyTo": a}))
		round := mallory.writes("A", object{"id": a, "inReplyTo": b})
		mallory.sends(cy.server, mallory.does("Create", round, nil))
		up, down := cy.unrolls(cy.seen(a)["id"].(string))
		if len(up)+len(down) > 2 {
			t.Errorf("in a circle: above %v, below %v", up, down)
		}

		// A collection of another server, and posts in another's name.
		theirs := dan.serve(object{"@context": activityNS, "id": dan.uri + "/conversation", "type": "Collection", "items": []any{}})
		lie := dan.writes("By dan", object{"attributedTo": mallory.uri})
		last := mallory.writes("Last", object{"context": theirs, "replies": object{"id": mallory.uri + "/replies", "type": "Collection"}})
		mallory.serve(object{"@context": activityNS, "id": mallory.uri + "/replies", "type": "Collection",
			"items": []any{lie["id"], mallory.serve(mallory.writes("No answer", nil)), mallory.serve(mallory.writes("Answer", object{"inReplyTo": last["id"]}))}})
		mallory.sends(cy.server, mallory.does("Create", last, nil))
		_, down = cy.unrolls(cy.seen(last["id"])["id"].(string))
		expect(t, "below the last", strings.Join(down, ", "), "Answer")
		expect(t, "how often dan was asked for mallory's conversation", dan.count(theirs), 0)
		for range 5 { // opened again at once
			cy.unrolls(cy.seen(last["id"])["id"].(string))
		}
		expect(t, "how often the answers were asked for", mallory.count(mallory.uri+"/replies"), 1)
	})
}

// AP §7.1.2: what answers somebody here reaches their followers, by its own server's
// word.
func TestAnswersAreForwarded(t *testing.T) {
	story(t, func(n *network) {
		ada := n.join("one.test").born("ada")
		cy := n.join("three.test").born("cy")
		cy.follows(ada)
		dan := func() *villain { _, all := n.rogue("far.test", "dan"); return all[0] }()
		root := ada.post("/api/v1/statuses", object{"status": "Root"})
		n.settle()
		to := object{"to": []any{string(models.Public), string(ada.uri) + "/followers"}, "inReplyTo": root["uri"]}
		reply := dan.writes("An answer", to)
		dan.sends(ada.server, dan.does("Create", reply, object{"to": to["to"]}))
		expect(t, "the answer at three", cy.seen(reply["id"])["content"], any("<p>An answer</p>"))

		edited := dan.serve(object{"@context": activityNS, "id": reply["id"], "type": "Note", "attributedTo": dan.uri, "content": "<p>Another</p>",
			"published": reply["published"], "updated": n.now().Add(time.Second).UTC().Format(time.RFC3339), "to": to["to"], "inReplyTo": root["uri"]})
		dan.sends(ada.server, dan.does("Update", edited, object{"to": to["to"]}))
		expect(t, "the edit at three", cy.seen(reply["id"])["content"], any("<p>Another</p>"))

		dan.on(reply["id"].(string), nothing(410))
		n.pass(10 * time.Minute)
		dan.sends(ada.server, dan.does("Delete", object{"id": reply["id"], "type": "Tombstone"}, object{"to": to["to"]}))
		expect(t, "rows of it at three", len(rowsOf[models.Post](cy.server, "uri = ?", reply["id"])), 0)

		// Not addressed to her followers: nobody's business.
		quiet := dan.writes("Psst", object{"inReplyTo": root["uri"]})
		dan.sends(ada.server, dan.does("Create", quiet, nil))
		expect(t, "what was not for them", len(rowsOf[models.Post](cy.server, "uri = ?", quiet["id"])), 0)

		// A lie passed on is not believed, and strangers may not pass on at all.
		mallory, _ := n.evil()
		lie := dan.writes("Never said", to)
		dan.on(lie["id"].(string), nothing(404))
		body := marshal(t, dan.does("Create", lie, nil))
		if got := mallory.posts(cy.server, body); got != 401 {
			t.Errorf("passed on by a stranger: %d, want 401", got)
		}
		mallory.followedBy(cy)
		if got := mallory.posts(cy.server, body); got != 202 {
			t.Errorf("passed on by somebody heard: %d, want 202", got)
		}
		n.settle()
		expect(t, "what was never said", len(rowsOf[models.Post](cy.server, "uri = ?", lie["id"])), 0)
	})
}

// What two people say to each other alone is one conversation on each of their servers.
func TestDirectPostsAreConversations(t *testing.T) {
	story(t, func(n *network) {
		ada, bo := n.join("one.test").born("ada"), n.join("two.test").born("bo")
		const all = "/api/v1/conversations"
		say := func(p *person, text, to string) object {
			said := p.post("/api/v1/statuses", object{"status": text, "visibility": "direct", "in_reply_to_id": to})
			n.settle()
			return said
		}
		say(ada, "Psst @bo@two.test", "")
		one := bo.list(all)[0]
		expect(t, "unread at bo's", one["unread"], any(true))
		heard := one["last_status"].(object)
		say(bo, "What? @ada@one.test", heard["id"].(string))
		rows := ada.list(all)
		expect(t, "conversations at ada's", len(rows), 1)
		two := rows[0]
		expect(t, "unread at ada's", two["unread"], any(true))
		expect(t, "with ada", two["accounts"].([]any)[0].(object)["acct"], any("bo@two.test"))
		expect(t, "read", ada.post(all+"/"+two["id"].(string)+"/read", object{})["unread"], any(false))
		expect(t, "conversations at bo's", len(bo.list(all)), 1)
		expect(t, "still the same", bo.list(all)[0]["id"], one["id"])
		expect(t, "read at bo's, who answered", bo.list(all)[0]["unread"], any(false))
	})
}
