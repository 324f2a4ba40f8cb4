package main

import (
	"testing"
	"time"

	"ensemble/models"
)

// A poll elsewhere is asked for how it stands when somebody looks: by a task, at most
// once a minute, and once after its end.
func TestPollElsewhereIsAsked(t *testing.T) {
	story(t, func(n *network) {
		ada, _, _ := trio(n)
		mallory, _ := n.evil()
		mallory.followedBy(ada)
		asks := func(yes int) object {
			count := func(k int) object { return object{"type": "Collection", "totalItems": k} }
			return object{"type": "Question", "endTime": n.now().Add(time.Hour).UTC().Format(time.RFC3339), "votersCount": yes, "oneOf": []any{
				object{"type": "Note", "name": "Yes", "replies": count(yes)}, object{"type": "Note", "name": "No", "replies": count(0)},
			}}
		}
		note := mallory.writes("Well?", asks(0))
		uri := note["id"].(string)
		expect(t, "taken in", mallory.sends(ada.server, mallory.does("Create", note, nil)), "applied")
		path := "/api/v1/polls/" + ada.poll(uri)["id"].(string)
		hits := func() int {
			mallory.mu.Lock()
			defer mallory.mu.Unlock()
			total := 0
			for at, k := range mallory.hits {
				if "https://"+mallory.host+at == uri {
					total += k
				}
			}
			return total
		}
		look := func(p *person) {
			t.Helper()
			ada.server.call(p, "GET", path, nil, 200)
			n.settle()
		}
		note["votersCount"] = 7
		note["oneOf"].([]any)[0].(object)["replies"] = object{"type": "Collection", "totalItems": 7}
		note["content"] = "<p>Something else, without an edit</p>"
		mallory.serve(note)
		look(ada)
		expect(t, "asked while the news is fresh", hits(), 0)
		n.pass(2 * time.Minute)
		look(nil)
		expect(t, "asked for a stranger", hits(), 0)
		for range 3 {
			look(ada)
		}
		expect(t, "asked in a minute", hits(), 1)
		expect(t, "how it stands", tally(ada.poll(uri)), "7 Yes=7 No=0")
		expect(t, "the words", ada.seen(uri)["content"], any("<p>Well?</p>"))
		n.pass(2 * time.Minute)
		note["oneOf"] = []any{object{"type": "Note", "name": "Another"}, object{"type": "Note", "name": "question"}}
		mallory.serve(note)
		look(ada)
		expect(t, "asked again", hits(), 2)
		expect(t, "what asks something else is no news", tally(ada.poll(uri)), "7 Yes=7 No=0")

		n.cut(mallory.host, true)
		n.pass(2 * time.Hour)
		look(ada)
		n.cut(mallory.host, false)
		before := hits()
		for range 3 {
			n.pass(2 * time.Minute)
			look(ada)
		}
		expect(t, "asked after the end was asked for", hits(), before)
		expect(t, "tasks left", len(rowsOf[models.Poll](ada.server, "news_at IS NULL")), 0)
	})
}
