package api_test

import (
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// TestWhatIsKeptIsNeverOld changes each thing that a post is shown by, after everybody has
// looked at it, and looks again. That what is kept is what would be written anew, is
// checked at every look by the server of these tests.
func TestWhatIsKeptIsNeverOld(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		id := s.say("ada", "status=Hello+%3Asmile%3A+of+%23things&visibility=public")
		card := &models.Card{ID: models.NewID(s.now), URL: "https://web.example/", State: models.CardWaiting, CreatedAt: s.now}
		s.do(func(tx *store.Tx) error { return store.Put(tx, card) })
		far := s.stranger("far")
		far.AlsoKnownAs = []models.IRI{s.people["ada"].URI}
		s.do(func(tx *store.Tx) error { return store.Put(tx, far) })
		me := func(name string) *models.Account { return s.people[name] }
		number := func() models.ID {
			post, err := models.ParseID(id)
			if err != nil {
				t.Fatal(err)
			}
			return post
		}
		put := func(row any) func() {
			return func() { s.do(func(tx *store.Tx) error { return store.Put(tx, row) }) }
		}
		account := func(name string, columns map[string]any) func() {
			return func() {
				s.do(func(tx *store.Tx) error {
					_, err := store.Set[models.Account](tx, columns, "username = ?", name)
					return err
				})
			}
		}
		act := func(who, method, path string, body any) func() {
			return func() { s.ask(who, method, strings.ReplaceAll(path, "ID", id), body).is(200) }
		}
		look := func() map[string]string {
			return map[string]string{
				"stranger": s.get("", "/api/v1/statuses/"+id).raw, "bo": s.get("bo", "/api/v1/statuses/"+id).raw, "ada": s.get("ada", "/api/v1/statuses/"+id).raw,
				"home": s.get("bo", "/api/v1/timelines/home").raw, "profile": s.get("eve", "/api/v1/accounts/"+s.id("ada")+"/statuses").raw,
				"public": s.get("", "/api/v1/timelines/public").raw, "notices": s.get("ada", "/api/v1/notifications").raw,
			}
		}
		const all, status = "stranger bo ada home profile public notices", "/api/v1/statuses/ID"
		for _, c := range []struct {
			what, seen string
			change     func()
		}{
			{"it is liked", all, act("eve", "POST", status+"/favourite", nil)},
			{"its reader likes it", "bo home", act("bo", "POST", status+"/favourite", nil)},
			{"its reader does not any more", "bo home", act("bo", "POST", status+"/unfavourite", nil)},
			{"its reader keeps it", "bo home", act("bo", "POST", status+"/bookmark", nil)},
			{"its author pins it", "ada", act("ada", "POST", status+"/pin", nil)},
			{"it is passed on", all, act("eve", "POST", status+"/reblog", nil)},
			{"it is answered", all, act("eve", "POST", "/api/v1/statuses", "status=so&in_reply_to_id="+id)},
			{"it is edited", all, act("ada", "PUT", status, "status=Hello+%3Asmile%3A+again")},
			{"its author has a new name", all, account("ada", map[string]any{"display_name": "Ada the First"})},
			{"its author has a picture", all, account("ada", map[string]any{"avatar_url": "https://one.example/a.png"})},
			{"its author has more followers", all, account("ada", map[string]any{"followers_count": 12})},
			{"an emoji gets known", all, put(&models.Emoji{ID: 5, Shortcode: "smile", URL: "https://one.example/smile.png", CreatedAt: s.now})},
			{"the emoji looks different", all, put(&models.Emoji{ID: 5, Shortcode: "smile", URL: "https://one.example/grin.png", CreatedAt: s.now})},
			{"it has a card that is not ready", "", put(&models.PostCard{PostID: number(), CardID: card.ID})},
			{"the card is ready", all, put(&models.Card{ID: card.ID, URL: card.URL, Title: "A title", State: models.CardReady, CreatedAt: s.now})},
			{"the card says something else", all, put(&models.Card{ID: card.ID, URL: card.URL, Title: "Another title", State: models.CardReady, CreatedAt: s.now})},
			{"somebody reacts", all, put(&models.Reaction{ID: 7, URI: "https://two.example/r", AccountID: me("eve").ID, PostID: number(), Name: "🎉", CreatedAt: s.now})},
			{"the reaction is gone", all, func() {
				s.do(func(tx *store.Tx) error {
					_, err := store.Delete[models.Reaction](tx, "id = 7")
					return err
				})
			}},
			{"a name stands under it", all, put(&models.Author{PostID: number(), URI: me("eve").URI, AccountID: me("eve").ID, Role: models.RoleCredit, Stamp: "https://two.example/stamps/1", State: models.AuthorVerified, AcceptedAt: &s.now, NextCheck: s.now})},
			{"who stands there, and liked it, is called otherwise", all, account("eve", map[string]any{"display_name": "Eve"})},
			{"the name is taken back", "", func() {
				s.do(func(tx *store.Tx) error {
					_, err := store.Delete[models.Author](tx, "post_id = ?", number())
					return err
				})
			}},
			{"its author moved", all, account("ada", map[string]any{"moved_to": far.URI})},
			{"where its author is has a new name", all, account("far", map[string]any{"display_name": "Far away"})},
			{"its author is back", all, account("ada", map[string]any{"moved_to": ""})},
			{"its author's pictures are sensitive", "", account("ada", map[string]any{"sensitized": true})},
			{"its author is hidden from those who do not hear them", all, account("ada", map[string]any{"limited": true})},
			{"its author is hidden no more", all, account("ada", map[string]any{"limited": false})},
			{"its reader hears its author no more", "home", act("bo", "POST", "/api/v1/accounts/"+s.id("ada")+"/unfollow", nil)},
			{"its reader hears its author again", "home", act("bo", "POST", "/api/v1/accounts/"+s.id("ada")+"/follow", nil)},
			{"its author says more", "home profile public", act("ada", "POST", "/api/v1/statuses", "status=more")},
		} {
			for range 3 { // it is kept by now
				look()
			}
			before := look()
			c.change()
			after := look()
			for _, place := range strings.Fields(c.seen) {
				if before[place] == after[place] {
					t.Errorf("%s, and %q still sees %.2000s", c.what, place, before[place])
				}
			}
		}
		look()
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/block", nil)
		s.ask("bo", "GET", "/api/v1/statuses/"+id, nil).is(404)
		s.get("bo", "/api/v1/timelines/home").holds()
		account("ada", map[string]any{"state": models.AccountSuspended})()
		s.ask("", "GET", "/api/v1/statuses/"+id, nil).is(404)
		account("ada", map[string]any{"state": models.AccountActive})()
		s.get("", "/api/v1/statuses/"+id)
		s.ask("ada", "DELETE", "/api/v1/statuses/"+id, nil).is(200)
		s.ask("", "GET", "/api/v1/statuses/"+id, nil).is(404)
	}, "ada", "bo", "eve")
}

// What changes by itself, as time goes by, is not kept.
func TestAPollEndsForWhoLookedBefore(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=Well%3F&poll[options][]=yes&poll[options][]=no&poll[expires_in]=300")
		for range 3 {
			s.get("bo", "/api/v1/statuses/"+id).has("poll.expired", false).has("poll.voted", false)
			s.get("eve", "/api/v1/statuses/"+id).has("poll.expired", false).has("poll.voted", false)
		}
		s.post("bo", "/api/v1/polls/"+id+"/votes", "choices[]=0")
		s.get("bo", "/api/v1/statuses/"+id).has("poll.voted", true).has("poll.own_votes", []any{0})
		s.get("eve", "/api/v1/statuses/"+id).has("poll.voted", false).has("poll.votes_count", 1)
		s.now = s.now.Add(time.Hour)
		s.get("eve", "/api/v1/statuses/"+id).has("poll.expired", true)
	}, "ada", "bo", "eve")
}

// Whose thread is muted is nobody else's business.
func TestAMutedThreadIsMutedForOneReader(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=Hello")
		for range 3 {
			s.post("bo", "/api/v1/statuses/"+id+"/mute", nil)
			for range 3 {
				s.get("bo", "/api/v1/statuses/"+id).has("muted", true)
				s.get("eve", "/api/v1/statuses/"+id).has("muted", false)
				s.get("eve", "/api/v1/timelines/public").has("0.muted", false)
				s.get("bo", "/api/v1/timelines/public").has("0.muted", true)
			}
			s.post("bo", "/api/v1/statuses/"+id+"/unmute", nil)
			s.get("bo", "/api/v1/statuses/"+id).has("muted", false)
			s.get("bo", "/api/v1/timelines/public").has("0.muted", false)
		}
	}, "ada", "bo", "eve")
}

// What one reader is shown is not shown to another who stands to it otherwise.
func TestEveryReaderIsShownTheirOwn(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		id := s.say("ada", "status=Hello&quote_approval_policy=followers")
		s.post("bo", "/api/v1/statuses/"+id+"/favourite", nil)
		s.post("eve", "/api/v1/statuses/"+id+"/bookmark", nil)
		for range 3 {
			s.get("bo", "/api/v1/statuses/"+id).has("favourited", true).has("bookmarked", false).has("quote_approval.current_user", "automatic")
			s.get("eve", "/api/v1/statuses/"+id).has("favourited", false).has("bookmarked", true).has("quote_approval.current_user", "denied")
			s.get("ada", "/api/v1/statuses/"+id).has("pinned", false).has("quote_approval.policy", "followers")
			if a := s.get("", "/api/v1/statuses/"+id); strings.Contains(a.raw, `"policy"`) || strings.Contains(a.raw, `"pinned"`) {
				t.Errorf("a stranger is told %s", a.raw)
			}
		}
		short := s.get("bo", "/api/v1/statuses/"+id+"?byline=0").str("content")
		if again := s.get("bo", "/api/v1/statuses/"+id).str("content"); short == "" || again == "" {
			t.Errorf("%q, %q", short, again)
		}
	}, "ada", "bo", "eve")
}
