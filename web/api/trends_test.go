package api_test

import (
	"testing"
	"time"

	"ensemble/activities/trend"
	"ensemble/models"
	"ensemble/models/store"
)

// count counts trends, as is done every few minutes.
func (s *server) count() {
	s.Helper()
	s.now = s.now.Add(trend.Every)
	s.do(trend.Count)
}

// unfindable makes somebody want not to be found.
func (s *server) unfindable(name string) {
	s.Helper()
	s.ask(name, "PATCH", "/api/v1/accounts/update_credentials", "discoverable=false").is(200)
}

func TestTrendingTagsAreOfMany(t *testing.T) {
	each(t, func(s *server) {
		s.unfindable("eve")
		for _, who := range []string{"ada", "bo", "cy"} {
			s.say(who, "status=%23Mugs")
			s.say(who, "status=%23whispers&visibility=unlisted")
			s.say(who, "status=%23warned&spoiler_text=careful")
		}
		for range 5 {
			s.say("ada", "status=%23me+%23Mugs")
		}
		s.say("dan", "status=%23two")
		s.say("ada", "status=%23two")
		s.say("eve", "status=%23two")
		s.get("", "/api/v1/trends/tags").holds()
		s.count()
		for _, path := range []string{"/api/v1/trends/tags", "/api/v1/trends"} {
			s.get("", path).shaped("0", tagShape).has("0.name", "mugs").has("0.history.0.accounts", "3").has("0.history.0.uses", "8").
				has("0.history.1.uses", "0").has("0.history.6.uses", "0").has("0.history.7", nil).has("1", nil)
		}
		s.get("", "/api/v1/trends/tags?offset=1").holds()
		s.get("", "/api/v1/trends/tags?limit=0&offset=-4").has("0.name", "mugs")
		s.ask("", "GET", "/api/v1/trends/tags?limit=x", nil).is(422)
		s.do(func(tx *store.Tx) error { // counted a moment ago
			_, err := store.Delete[models.Trend](tx, "kind <> ''")
			if err == nil {
				err = trend.Count(tx)
			}
			return err
		})
		s.get("", "/api/v1/trends/tags").holds()
		s.now = s.now.Add(3 * 24 * time.Hour)
		s.count()
		s.get("", "/api/v1/trends/tags").holds()
	}, "ada", "bo", "cy", "dan", "eve")
}

func TestTrendingPostsAndLinks(t *testing.T) {
	each(t, func(s *server) {
		s.unfindable("eve")
		like := func(id string, who ...string) {
			for _, name := range who {
				s.post(name, "/api/v1/statuses/"+id+"/favourite", nil)
			}
		}
		good := s.say("ada", "status=good")
		better := s.say("bo", "status=better")
		second := s.say("ada", "status=ada's+second")
		private := s.say("cy", "status=private&visibility=unlisted")
		warned := s.say("cy", "status=x&spoiler_text=careful")
		shy := s.say("eve", "status=not+to+be+found")
		few := s.say("dan", "status=few")
		for _, id := range []string{good, private, warned, shy} {
			like(id, "bo", "cy", "dan", "ada", "eve")
		}
		like(second, "bo", "cy", "dan")
		like(few, "ada", "bo", "dan")
		like(better, "ada", "cy", "dan", "eve")
		s.post("cy", "/api/v1/statuses/"+better+"/reblog", nil) // the same person again
		s.count()
		s.get("", "/api/v1/trends/statuses").shaped("0", statusShape).holds(better, good)
		s.get("", "/api/v1/trends/statuses?limit=1").holds(better)
		s.get("", "/api/v1/trends/statuses?limit=1&offset=1").holds(good)
		s.post("fay", "/api/v1/accounts/"+s.id("ada")+"/mute", nil)
		s.get("fay", "/api/v1/trends/statuses").holds(better)

		var ids []string
		s.do(func(tx *store.Tx) error {
			card := &models.Card{ID: 77, URL: "https://news.example/1", State: models.CardReady, Title: "News", ProviderName: "N", CreatedAt: tx.Now}
			if err := store.Put(tx, card); err != nil {
				return err
			}
			return store.Put(tx, &models.Card{ID: 78, URL: "https://news.example/2", State: models.CardReady, Title: "Old news", CreatedAt: tx.Now})
		})
		for _, who := range []string{"ada", "bo", "cy"} {
			id := s.say(who, "status=read+this")
			ids = append([]string{id}, ids...)
			s.do(func(tx *store.Tx) error {
				post, err := models.ParseID(id)
				if err == nil {
					err = store.Put(tx, &models.PostCard{PostID: post, CardID: 77})
				}
				return err
			})
		}
		s.ask("", "GET", "/api/v1/timelines/link?url=https://news.example/1", nil).is(404)
		s.count()
		s.get("", "/api/v1/trends/links").has("0.url", "https://news.example/1").has("0.title", "News").has("0.history.0.accounts", "3").has("1", nil)
		s.get("", "/api/v1/timelines/link?url=https://news.example/1").holds(ids...)
		s.get("", "/api/v1/timelines/link?limit=1&url=https://news.example/1").holds(ids[0])
		for _, url := range []string{"", "https://news.example/2", "https://elsewhere.example/"} {
			s.ask("", "GET", "/api/v1/timelines/link?url="+url, nil).is(404)
		}
	}, "ada", "bo", "cy", "dan", "eve", "fay")
}

func TestTrendsAreDeniedAndSwitchedOff(t *testing.T) {
	each(t, func(s *server) {
		for _, who := range []string{"ada", "bo", "cy"} {
			s.say(who, "status=%23one+%23two")
		}
		s.count()
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.User](tx, map[string]any{"role": models.RoleAdmin}, "account_id = ?", s.people["ada"].ID)
			return err
		})
		const admin = "/api/v1/admin/trends/"
		all := "read write admin:write"
		s.ask("bo/"+all, "POST", admin+"tags/one/reject", nil).is(403)
		s.ask("ada", "POST", admin+"tags/one/reject", nil).is(403)
		s.ask("ada/"+all, "POST", admin+"tags/nobody/reject", nil).is(404)
		s.ask("ada/"+all, "POST", admin+"links/1/reject", nil).is(404)
		s.ask("ada/"+all, "POST", admin+"statuses/1/reject", nil).is(404)
		s.post("ada/"+all, admin+"tags/one/reject", nil).has("name", "one")
		s.get("", "/api/v1/trends/tags").has("0.name", "two").has("1", nil)
		s.count()
		s.get("", "/api/v1/trends/tags").has("0.name", "two").has("1", nil)
		s.post("ada/"+all, admin+"tags/one/approve", nil)
		s.count()
		s.get("", "/api/v1/trends/tags").has("0.name", "one").has("1.name", "two")
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Setting{Name: models.SettingTrends, Value: "off"})
		})
		s.count()
		s.get("", "/api/v1/trends/tags").holds()
	}, "ada", "bo", "cy")
}
