package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
)

// Emoji that others leave are shown, each once a person; Likes among them count as
// such, and all of them can be taken back.
func TestReactions(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, _ := trio(n)
		mallory, eve := n.evil()
		uri := ada.post("/api/v1/statuses", object{"status": "Look"})["uri"].(string)
		n.settle()
		at := mallory.on("https://evil.test/blob.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(dot(t, 16).Bytes()) })
		blob := []any{object{"type": "Emoji", "id": "https://evil.test/emojis/1", "name": ":blob:", "icon": object{"type": "Image", "url": at}}}
		react := func(v *villain, verb, says string, fields object) (object, string) {
			t.Helper()
			a := v.does(verb, uri, object{"content": says})
			for k, f := range fields {
				a[k] = f
			}
			return a, v.sends(ada.server, a)
		}
		shown := func(when, want string, likes float64) {
			t.Helper()
			s := ada.seen(uri)
			var got []string
			for _, r := range s["reactions"].([]any) {
				got = append(got, fmt.Sprintf("%v %v", r.(object)["name"], r.(object)["count"]))
			}
			expect(t, when, strings.Join(got, ", "), want)
			expect(t, when+": likes", s["favourites_count"], any(likes))
		}
		shown("at first", "", 0)
		thumb, made := react(mallory, "EmojiReact", "👍", nil)
		expect(t, "Pleroma's", made, "applied")
		react(mallory, "EmojiReact", "👍", nil)
		react(eve, "EmojiReact", "👍", nil)
		shown("thumbs", "👍 2", 0)
		expect(t, "notices of what is no like", len(ada.notices("favourite")), 0)

		like, made := react(eve, "Like", ":blob:", object{"_misskey_reaction": ":blob:", "tag": blob})
		expect(t, "Misskey's", made, "applied")
		shown("a like with an emoji", "👍 2, blob@evil.test 1", 1)
		expect(t, "notices of a like", len(ada.notices("favourite")), 1)
		for _, r := range ada.seen(uri)["reactions"].([]any) {
			if r := r.(object); r["name"] == "blob@evil.test" && !strings.HasPrefix(fmt.Sprint(r["url"]), "https://one.test/media/proxy/emoji/") {
				t.Errorf("the custom emoji is at %v", r["url"])
			}
		}
		other, _ := react(eve, "Like", "🎉", nil)
		shown("another like of the same person", "👍 2, blob@evil.test 1, 🎉 1", 1)
		eve.sends(ada.server, eve.does("Undo", other, nil))
		shown("that taken back", "👍 2, blob@evil.test 1", 1)
		eve.sends(ada.server, eve.does("Undo", like, nil))
		shown("the like taken back", "👍 2", 0)

		expect(t, "another's taken back", eve.sends(ada.server, eve.does("Undo", thumb, nil)), "not_actor")
		expect(t, "another's, by its name", eve.sends(ada.server, eve.does("Undo", thumb["id"], nil)), "applied")
		shown("still", "👍 2", 0)
		nameless := object{"type": "EmojiReact", "actor": eve.uri, "object": uri, "content": "👍", "id": eve.fresh("unheard")}
		eve.sends(ada.server, eve.does("Undo", nameless, nil))
		shown("taken back by what it is", "👍 1", 0)

		for _, says := range []string{"", "hello", "<img src=x onerror=alert(1)>", ":<b>:", ":unheard_of:", strings.Repeat("👍", 100000)} {
			if _, made := react(eve, "EmojiReact", says, nil); made == "applied" {
				t.Errorf("%q is applied", cutoff([]byte(says)))
			}
		}
		_, made = react(eve, "Like", "<b>x</b>", nil)
		expect(t, "a like with no emoji in it", made, "applied")
		shown("that is a like", "👍 1", 1)
		expect(t, "of no post", eve.sends(ada.server, eve.does("EmojiReact", "https://one.test/users/ada/notes/1", object{"content": "👍"})) == "applied", false)
		ada.post("/api/v1/accounts/"+ada.knows(mallory.person())+"/block", nil)
		n.settle()
		if _, made = react(mallory, "EmojiReact", "🎉", nil); made == "applied" {
			t.Error("whom ada blocks leaves an emoji")
		}
		shown("without whom ada blocks", "", 1)
		for i := range models.MaxReactions + 5 {
			react(eve, "EmojiReact", string(rune(0x1F400+i)), nil)
		}
		expect(t, "emoji of one person", len(ada.seen(uri)["reactions"].([]any)), models.MaxReactions)
		ada.one("DELETE", "/api/v1/statuses/"+ada.seen(uri)["id"].(string), nil, 200)
		expect(t, "left", len(rowsOf[models.Reaction](ada.server, "1 = 1")), 0)

		uri = ada.post("/api/v1/statuses", object{"status": "Look again"})["uri"].(string)
		n.settle()
		leave := func(method, emoji string, status int) {
			bo.one(method, "/api/v1/pleroma/statuses/"+bo.seen(uri)["id"].(string)+"/reactions/"+url.PathEscape(emoji), nil, status)
			n.settle()
		}
		leave("PUT", "🎉", 200)
		leave("PUT", "🎉", 200)
		leave("PUT", "👍", 200)
		shown("of bo at two", "🎉 1, 👍 1", 0)
		leave("DELETE", "🎉", 200)
		shown("one of them taken back", "👍 1", 0)
		leave("PUT", ":blob:", 422)
		expect(t, "said by two", len(rowsOf[models.Outbound](bo.server, "verb = ?", models.EmojiReact)), 2)

		together := published(ada, bo, nil)
		uri = together
		react(eve, "Like", "🎉", nil)
		expect(t, "one count, at two", bo.seen(together)["favourites_count"], any(1.0))
		expect(t, "bo is told", len(bo.notices("favourite")), 1)
	})
}
