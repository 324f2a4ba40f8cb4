package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// promote makes somebody an admin.
func (s *server) promote(name string) {
	s.Helper()
	s.do(func(tx *store.Tx) error {
		_, err := store.Set[models.User](tx, map[string]any{"role": models.RoleAdmin}, "account_id = ?", s.people[name].ID)
		return err
	})
}

func TestAnnouncementsAreReadAndReactedTo(t *testing.T) {
	each(t, func(s *server) {
		s.promote("ada")
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Emoji{ID: 9, Shortcode: "cat", URI: "https://one.example/emojis/9", URL: "https://one.example/media/9", Category: "Beasts", ChangedAt: tx.Now, CreatedAt: tx.Now})
		})
		const all, admin, root = "/api/v1/announcements", "/api/ensemble/v1/admin/announcements", "ada/read write admin:write"
		s.get("bo", "/api/v1/custom_emojis").has("0.shortcode", "cat").has("0.category", "Beasts")
		v := s.post(root, admin, map[string]any{"text": "Maintenance <tonight> :cat: #downtime", "starts_at": "2026-01-05T20:00:00Z", "ends_at": "2026-01-05T22:00:00Z"})
		id := v.str("id")
		if !strings.Contains(v.str("content"), "&lt;tonight&gt;") {
			t.Errorf("content: %s", v.str("content"))
		}
		v.has("tags.0.name", "downtime").has("emojis.0.shortcode", "cat").has("starts_at", "2026-01-05T20:00:00.000Z").has("all_day", false)
		s.get("bo", all).has("0.id", id).has("0.read", false).has("0.reactions", "[]").has("1", nil)
		for range 2 {
			s.post("bo", all+"/"+id+"/dismiss", nil)
		}
		s.get("bo", all).has("0.read", true)
		s.get("cy", all).has("0.read", false)

		at := func(name string) string { return all + "/" + id + "/reactions/" + url.PathEscape(name) }
		for range 2 {
			s.ask("bo", "PUT", at("👍"), nil).is(200)
		}
		s.ask("cy", "PUT", at("👍"), nil).is(200)
		s.ask("cy", "PUT", at("cat"), nil).is(200)
		s.get("bo", all).has("0.reactions.0.name", "👍").has("0.reactions.0.count", 2).has("0.reactions.0.me", true).
			has("0.reactions.1.name", "cat").has("0.reactions.1.me", false).has("0.reactions.2", nil)
		if s.get("bo", all).str("0.reactions.1.url") == "" {
			t.Error("a custom emoji has no picture")
		}
		s.ask("bo", "PUT", at("dog"), nil).is(422)
		s.ask("bo", "PUT", at("hello"), nil).is(422)
		s.ask("bo", "DELETE", at("cat"), nil).is(404)
		s.ask("bo", "DELETE", at("👍"), nil).is(200)
		s.ask("bo", "DELETE", at("👍"), nil).is(404)
		for _, e := range []string{"😀", "😁", "😂", "🤣", "😃", "😄"} {
			s.ask("bo", "PUT", at(e), nil).is(200)
		}
		s.ask("bo", "PUT", at("😅"), nil).is(422)
		s.ask("bo", "PUT", at("👍"), nil).is(200)
		s.ask("bo/read", "PUT", at("👍"), nil).is(403)
		s.ask("bo", "PUT", all+"/1/reactions/👍", nil).is(404)
		s.ask("bo", "POST", all+"/x/dismiss", nil).is(404)
		s.ask("", "GET", all, nil).is(401)

		s.ask(root, "PUT", admin+"/"+id, "text=Later&ends_at=").is(200).has("content", "<p>Later</p>").has("ends_at", nil).has("starts_at", "2026-01-05T20:00:00.000Z")
		s.ask(root, "PUT", admin+"/"+id, "ends_at=2026-01-06").is(200)
		s.now = s.now.Add(10 * 24 * time.Hour)
		s.get("bo", all).holds()
		s.ask("bo", "PUT", at("👍"), nil).is(404)
		s.ask(root, "DELETE", admin+"/"+id, nil).is(200)
		s.ask(root, "DELETE", admin+"/"+id, nil).is(404)
	}, "ada", "bo", "cy")
}

func TestAnnouncementsAreForAdminsToMake(t *testing.T) {
	each(t, func(s *server) {
		s.promote("ada")
		const admin = "/api/ensemble/v1/admin/announcements"
		for _, c := range []struct {
			who, body string
			status    int
		}{
			{"bo/write admin:write", "text=hi", 403}, {"ada", "text=hi", 403}, {"", "text=hi", 401},
			{"ada/admin:write", "", 422}, {"ada/admin:write", "text=+", 422}, {"ada/admin:write", "text=" + strings.Repeat("x", 5001), 422},
			{"ada/admin:write", "text=x&starts_at=soon", 422}, {"ada/admin:write", "text=x&all_day=true", 422},
			{"ada/admin:write", "text=x&starts_at=2026-02-02&ends_at=2026-02-01", 422},
		} {
			s.ask(c.who, "POST", admin, c.body).is(c.status)
		}
		s.get("bo", "/api/v1/announcements").holds()
	}, "ada", "bo")
}

func TestPostsAreEmbedded(t *testing.T) {
	each(t, func(s *server) {
		v := s.post("ada", "/api/v1/statuses", "status=two+%3Cmugs%3E+%26+a+pot")
		at := func(address string) string { return "/api/oembed?url=" + url.QueryEscape(address) }
		e := s.get("", at(v.str("url"))).has("type", "rich").has("version", "1.0").has("width", 400).has("height", nil).has("author_name", "ada")
		if html := e.str("html"); !strings.Contains(html, "two &lt;mugs&gt; &amp; a pot") || !strings.Contains(html, v.str("url")) || strings.Contains(html, "<script") {
			t.Errorf("html: %s", html)
		}
		s.get("", at(v.str("uri"))+"&maxwidth=300&maxheight=200").has("width", 300).has("height", 200)
		warned := s.post("ada", "/api/v1/statuses", "status=secret&spoiler_text=careful")
		if html := s.get("", at(warned.str("url"))).str("html"); strings.Contains(html, "secret") || !strings.Contains(html, "careful") {
			t.Errorf("html: %s", html)
		}
		private := s.post("ada", "/api/v1/statuses", "status=x&visibility=private")
		for _, address := range []string{private.str("url"), private.str("uri"), "", "https://elsewhere.example/1", "x"} {
			s.ask("", "GET", at(address), nil).is(404)
			s.ask("ada", "GET", at(address), nil).is(404)
		}
		s.ask("", "GET", at(v.str("url"))+"&maxwidth=x", nil).is(422)
	}, "ada")
}

func TestAnnouncementsAreStreamed(t *testing.T) {
	each(t, func(s *server) {
		s.promote("ada")
		const all, admin, root = "/api/v1/announcements", "/api/ensemble/v1/admin/announcements", "ada/read write admin:write"
		w := s.watch()
		bo, cy := w.socket("/api/v1/streaming?stream=user&access_token=bo").settled(), w.events("/api/v1/streaming/user?access_token=cy")
		other := w.socket("/api/v1/streaming?stream=public&access_token=bo")
		other.say(`{"type":"subscribe","stream":"user:notification"}`).settled()
		id := s.post(root, admin, map[string]any{"text": "Maintenance"}).str("id")
		bo.hears("user announcement " + id)
		cy.hears("announcement " + id)
		s.ask(root, "PUT", admin+"/"+id, "text=Later").is(200)
		bo.hears("user announcement " + id)
		cy.hears("announcement " + id)

		at := all + "/" + id + "/reactions/" + url.PathEscape("👍")
		for i, act := range []string{"cy PUT", "bo PUT", "bo PUT", "bo DELETE", "cy DELETE"} {
			who, method, _ := strings.Cut(act, " ")
			s.ask(who, method, at, nil).is(200)
			if i == 2 {
				continue // that was there
			}
			want := fmt.Sprintf(`{"name":"👍","count":%d,"announcement_id":"%s"}`, []int{1, 2, 0, 1, 0}[i], id)
			bo.hears("user announcement.reaction " + want)
			cy.hears("announcement.reaction " + want)
		}
		s.ask(root, "PUT", admin+"/"+id, "ends_at=2026-01-01").is(200)
		bo.hears("user announcement.delete " + id)
		s.ask(root, "DELETE", admin+"/"+id, nil).is(200)
		bo.hears("user announcement.delete " + id)
		cy.hears("announcement.delete "+id, "announcement.delete "+id)
		last := s.say("ada", "status=last")
		other.hears("public update " + last)
	}, "ada", "bo", "cy")
}
