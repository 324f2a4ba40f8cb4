package api_test

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// finds checks which statuses a search has, the newest first.
func (s *server) finds(who, q string, want ...string) {
	s.Helper()
	a := s.get(who, "/api/v2/search?type=statuses&q="+url.QueryEscape(q))
	(&answer{server: s, what: who + " searches " + q, body: a.at("statuses")}).holds(want...)
}

func TestSearchFindsWordsWithConsent(t *testing.T) {
	each(t, func(s *server) {
		public := s.say("ada", "status=Élan+in+the+STRASSE,+don't+worry")
		s.say("ada", "status=elan+unlisted&visibility=unlisted")
		private := s.say("ada", "status=elan+for+followers&visibility=private")
		direct := s.say("ada", "status=elan+for+@bo&visibility=direct")
		s.ask("eve", "PATCH", "/api/v1/accounts/update_credentials", "indexable=false").is(200)
		shy := s.say("eve", "status=elan+of+somebody+shy")
		s.finds("cy", "elan", public)
		s.finds("cy", "ÉLAN", public)
		s.finds("cy", "straße", public)
		s.finds("cy", `"don't worry"`, public)
		s.finds("cy", `"worry don't"`)
		s.finds("cy", "elan -strasse")
		s.finds("cy", "nothing")
		s.finds("bo", "elan", direct, public)
		s.finds("eve", "elan", shy, public)
		s.get("", "/api/v2/search?type=statuses&q=elan").has("statuses", "[]")

		for _, verb := range []string{"favourite", "reblog", "bookmark"} {
			s.post("cy", "/api/v1/statuses/"+shy+"/"+verb, nil)
			s.finds("cy", "elan", shy, public)
			s.post("cy", "/api/v1/statuses/"+shy+"/un"+verb, nil)
			s.finds("cy", "elan", public)
		}
		s.follow("cy", "ada")
		s.finds("cy", "elan", public)
		s.post("cy", "/api/v1/statuses/"+private+"/favourite", nil)
		s.finds("cy", "elan", private, public)
		s.post("cy", "/api/v1/accounts/"+s.id("ada")+"/unfollow", nil)
		s.finds("cy", "elan", public)

		s.ask("eve", "PATCH", "/api/v1/accounts/update_credentials", "indexable=true").is(200)
		s.finds("cy", "elan", shy, public)
		s.ask("eve", "PATCH", "/api/v1/accounts/update_credentials", "indexable=false").is(200)
		s.finds("cy", "elan", public)

		s.ask("ada", "PUT", "/api/v1/statuses/"+public, map[string]any{"status": "other words"}).is(200)
		s.finds("cy", "elan")
		s.finds("cy", "other words", public)
		s.post("cy", "/api/v1/accounts/"+s.id("ada")+"/block", nil)
		s.finds("cy", "other")
		s.finds("ada", "other", public)
		s.post("cy", "/api/v1/accounts/"+s.id("ada")+"/unblock", nil)
		s.post("ada", "/api/v1/accounts/"+s.id("cy")+"/block", nil)
		s.finds("cy", "other")
		s.ask("ada", "DELETE", "/api/v1/statuses/"+public, nil).is(200)
		s.finds("ada", "other")
		s.do(func(tx *store.Tx) error {
			left, err := store.CountSearchable(tx)
			if err == nil && left != 4 {
				t.Errorf("%d posts can be found, want the 4 that are left", left)
			}
			return err
		})
	}, "ada", "bo", "cy", "eve")
}

func TestSearchKnowsOperators(t *testing.T) {
	each(t, func(s *server) {
		picture := s.post("ada", "/api/v2/media", upload(t, "file", "description", "a cup of tea")).str("id")
		plain := s.say("ada", "status=tea+now&language=en")
		photo := s.say("ada", "status=look&media_ids[]="+picture)
		poll := s.say("ada", "status=which&poll[options][]=green+tea&poll[options][]=coffee&poll[expires_in]=3600")
		link := s.say("ada", "status=tea+https://tea.example/leaf")
		reply := s.say("bo", "status=the+au+lait+tea&language=fr&sensitive=true&in_reply_to_id="+plain)
		late := s.say("bo", "status=東京の茶+tea")
		all := []string{late, reply, link, poll, photo, plain}
		s.finds("cy", "tea", all...)
		for q, want := range map[string][]string{
			"tea from:ada": {link, poll, photo, plain}, "tea -from:@ada": {late, reply}, "from:bo": {late, reply},
			"from:ada@one.example has:media": {photo}, "tea has:image": {photo}, "has:video tea": {}, "tea has:poll": {poll}, "has:link tea": {link}, "has:embed tea": {},
			"-has:media -has:link -has:poll tea": {late, reply, plain}, "tea is:reply": {reply}, "tea is:sensitive": {reply}, "tea -is:reply from:bo": {late},
			"tea language:fr": {reply}, "tea -language:fr from:bo": {late}, `"green tea"`: {poll}, `"tea green"`: {}, `"cup of tea"`: {photo}, "look cup": {photo},
			`"look a cup"`: {}, "from:nobody": {}, "from:nobody@two.example tea": {}, "東京": {late}, "京東": {}, "茶": {late}, "tea in:library": {}, "tea in:public": all,
			"tea before:nonsense": {}, "has:nonsense tea": {}, "is:nonsense": {}, "in:nonsense tea": {},
			"-tea": {}, "tea -\"green tea\" -https://tea.example/leaf": {late, reply, photo, plain}, "foo:bar": {}, "+tea +green": {poll}, `"unclosed tea`: {}, "tea \"\"": all, "tea - + -- :": all, "!!!": {},
		} {
			s.finds("cy", q, want...)
		}
		s.finds("bo", "tea in:library", late, reply)
		s.finds("bo", "tea from:me", late, reply)
		s.finds("ada", "tea in:library -from:me")
		s.finds("ada", "tea in:public from:me", link, poll, photo, plain)
		page := "/api/v2/search?q=tea&type=statuses&limit=2"
		has := func(more string, want ...string) {
			t.Helper()
			a := s.get("cy", page+more)
			(&answer{server: s, what: more, body: a.at("statuses")}).holds(want...)
		}
		has("", late, reply)
		has("&offset=1", reply, link)
		has("&offset=5", plain)
		has("&offset=6")
		has("&max_id="+reply, link, poll)
		has("&min_id="+photo, link, poll)
		has("&min_id="+photo+"&offset=1", reply, link)
		has("&account_id="+s.id("ada"), link, poll)
		has("&account_id=12345")
	}, "ada", "bo", "cy")
}

func TestSearchKnowsWhenItWas(t *testing.T) {
	each(t, func(s *server) {
		sun := s.stranger("sun")
		said := func(day string) string {
			at, err := time.Parse(time.RFC3339, day)
			if err != nil {
				t.Fatal(err)
			}
			var p *models.Post
			s.do(func(tx *store.Tx) (err error) {
				sun.Indexable = true
				if err := store.Put(tx, sun); err != nil {
					return err
				}
				p, err = post.Take(tx, sun, &models.Note{URI: models.IRI("https://two.example/p/" + day), Author: sun.URI, Content: "<p>tea</p>", To: []models.IRI{models.Public}, Published: at})
				return err
			})
			return p.ID.String()
		}
		early, first, last, late := said("2024-12-31T23:59:59Z"), said("2025-03-01T00:00:00Z"), said("2025-03-01T23:59:59Z"), said("2025-03-02T00:00:00Z")
		for q, want := range map[string][]string{
			"after:2025-03-01": {late}, "before:2025-03-01": {early}, "during:2025-03-01": {last, first}, "-during:2025-03-01": {late, early}, "-before:2025-03-01": {late, last, first},
			"-after:2025-03-01": {last, first, early}, "during:2025": {late, last, first}, "during:2025-03": {late, last, first}, "after:2025-03": {}, "before:2025": {early},
			"after:2024 before:2025-03-02": {last, first}, "during:2025-13": {}, "-during:nonsense": {late, last, first, early}, "before:1960-01-01": {}, `during:"2025-03-02"`: {late}, "DURING:2024-12-31": {early},
		} {
			s.finds("ada", "tea "+q, want...)
		}
		s.post("ada", "/api/v1/accounts/"+s.id("sun")+"/mute", nil)
		s.finds("ada", "tea")
		s.post("ada", "/api/v1/accounts/"+s.id("sun")+"/unmute", nil)
		s.post("ada", "/api/v1/domain_blocks", "domain=two.example")
		s.finds("ada", "tea")
		s.ask("ada", "DELETE", "/api/v1/domain_blocks", "domain=two.example").is(200)
		s.finds("ada", "after:2025-03-01 from:sun@two.example", late)
		s.finds("ada", "during:2025-03", late, last, first)
	}, "ada")
}

func TestSearchOfBadWordsChangesNothing(t *testing.T) {
	each(t, func(s *server) {
		s.say("ada", "status=tea")
		for _, q := range []string{`"`, `'`, `" OR "1`, `tea AND`, `NEAR(a b)`, `words:tea`, `tea*`, `^tea`, `{words marks}:tea`, `(tea`, `tea) | 'x'`, `\\`, "\u0301", "a\u200bb",
			`'tea':1`, "¶", strings.Repeat("tea ", 300), strings.Repeat("x", 3000), "-from:", "from:", `from:"a b"`, "after:9999999999-01-01", "during:2026-13-41", "#", "@", "@@", "%", "_"} {
			for _, kind := range []string{"", "&type=accounts", "&type=hashtags", "&type=statuses"} {
				if a := s.ask("ada", "GET", "/api/v2/search?q="+url.QueryEscape(q)+kind, nil); a.status != 200 {
					t.Errorf("%q%s: %d %s", q, kind, a.status, a.raw)
				}
			}
			s.ask("ada", "GET", "/api/v1/accounts/search?q="+url.QueryEscape(q), nil).is(200)
		}
		s.ask("ada", "GET", "/api/v2/search?q=tea&type=nonsense", nil).is(200).has("statuses", "[]").has("accounts", "[]").has("hashtags", "[]")
		s.ask("ada", "GET", "/api/v2/search", nil).is(400)
		s.ask("ada", "GET", "/api/v2/search?q=+", nil).is(400)
		s.ask("ada", "GET", "/api/v2/search?q=tea&limit=x", nil)
		s.ask("ada/write", "GET", "/api/v2/search?q=tea", nil).is(403)
		s.ask("ada/read:search", "GET", "/api/v2/search?q=tea", nil).is(200)
		s.ask("ada", "GET", "/api/v2/search?q=tea&max_id=x", nil).is(422)
		s.ask("", "GET", "/api/v2/search?q=tea&resolve=true", nil).is(401)
		s.ask("", "GET", "/api/v2/search?q=tea&offset=5", nil).is(401)
		s.ask("", "GET", "/api/v1/accounts/search?q=ada", nil).is(401)
		s.ask("app", "GET", "/api/v1/accounts/search?q=ada", nil).is(422)
	}, "ada")
}

func TestSearchRanksAccountsAndTags(t *testing.T) {
	each(t, func(s *server) {
		s.stranger("adam")
		s.ask("bo", "PATCH", "/api/v1/accounts/update_credentials", "display_name=Ådam+Smith").is(200)
		accounts := func(who, q string, want ...string) {
			t.Helper()
			for i, name := range want {
				want[i] = s.id(name)
			}
			a := s.get(who, "/api/v2/search?type=accounts&q="+q)
			(&answer{server: s, what: "accounts " + q, body: a.at("accounts")}).holds(want...)
		}
		accounts("cy", "ada", "ada", "adalbert", "bo", "adam")
		s.follow("cy", "adalbert")
		s.follow("cy", "bo")
		accounts("cy", "ad", "adalbert", "bo", "ada", "adam")
		accounts("cy", "ada", "ada", "adalbert", "bo", "adam")
		accounts("cy", "@adam@two.example", "adam")
		accounts("cy", "adam@two.example", "adam")
		accounts("cy", "adam%20smi", "bo")
		accounts("cy", "smith%20%C3%A5dam", "bo")
		accounts("cy", "ad&following=true", "adalbert", "bo")
		accounts("cy", "ad&limit=1&offset=1", "bo")
		s.get("cy", "/api/v1/accounts/search?q=ada&limit=1").holds(s.id("ada"))
		s.get("cy", "/api/v1/accounts/search?q=ad&following=true&limit=80").holds(s.id("adalbert"), s.id("bo"))
		s.post("cy", "/api/v1/accounts/"+s.id("bo")+"/block", nil)
		accounts("cy", "smith")

		s.say("ada", "status=%23Cats+%23catalogue+%23dogs")
		s.say("bo", "status=%23cats")
		tags := func(q, want string) {
			t.Helper()
			got := []string{}
			list, _ := s.get("ada", "/api/v2/search?type=hashtags&q="+q).shaped("hashtags.0", tagShape).at("hashtags").([]any)
			for _, tag := range list {
				got = append(got, tag.(map[string]any)["name"].(string))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: got %q, want %s", q, got, want)
			}
		}
		tags("cat", "cats catalogue")
		tags("%23CATS", "cats")
		tags("cat&offset=1", "catalogue")
		s.get("ada", "/api/v2/search?q=cats").has("hashtags.0.name", "cats")
	}, "ada", "adalbert", "bo", "cy")
}

func TestSearchResolvesForWhoIsSignedIn(t *testing.T) {
	each(t, func(s *server) {
		sun := s.stranger("sun")
		s.finder.accounts["sun@two.example"] = sun
		post := s.say("ada", "status=here")
		id, _ := strconv.ParseInt(post, 10, 64)
		s.finder.things["https://two.example/p/1"], s.finder.kind = models.ID(id), "post"
		s.get("ada", "/api/v2/search?resolve=true&q=https://two.example/p/1").has("statuses.0.id", post).has("accounts", "[]").has("hashtags", "[]")
		s.get("ada", "/api/v2/search?q=https://two.example/p/1").has("statuses", "[]")
		s.get("ada", "/api/v2/search?q=https://two.example/users/sun").has("accounts.0.username", "sun")
		s.get("ada", "/api/v1/accounts/search?resolve=true&q=@sun@two.example").has("0.username", "sun")
	}, "ada")
}

func TestOldPostsBecomeSearchable(t *testing.T) {
	each(t, func(s *server) {
		var want []string
		for i := range 5 {
			want = append([]string{s.say("ada", "status=old+"+strconv.Itoa(i))}, want...)
		}
		s.do(func(tx *store.Tx) error { return store.ForgetSearchable(tx) })
		s.finds("ada", "old")
		s.do(func(tx *store.Tx) error {
			newest, _ := models.ParseID(want[0])
			return store.Put(tx, &models.Setting{Name: post.SettingUnsearched, Value: (newest + 1).String()})
		})
		if err := s.db.Tx(context.Background(), post.Backfill); err != nil {
			t.Fatal(err)
		}
		for task := (post.MakeSearchable{Below: 1 << 62}); task.Below != 0; {
			s.do(func(tx *store.Tx) (err error) {
				task.Below, err = post.SearchableBatch(tx, task, 2)
				return err
			})
		}
		s.finds("cy", "old", want...)
		s.do(func(tx *store.Tx) error {
			left, err := store.Any[models.Setting](tx, "name = ?", post.SettingUnsearched)
			if err == nil && left {
				t.Error("the work is not handed to the queue")
			}
			return err
		})
	}, "ada", "cy")
}
