package api_test

import (
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

func TestPostIsWrittenEditedAndDeleted(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=first&spoiler_text=careful&visibility=unlisted")
		s.get("", "/api/v1/statuses/"+id).has("spoiler_text", "careful").has("sensitive", true).has("visibility", "unlisted").
			has("content", "<p>first</p>").has("edited_at", nil)
		s.ask("ada", "PUT", "/api/v1/statuses/"+id, map[string]any{"status": "second"}).is(200).
			has("content", "<p>second</p>").has("spoiler_text", "careful")
		s.get("", "/api/v1/statuses/"+id+"/history").has("0.content", "<p>first</p>").has("1.content", "<p>second</p>").has("2", nil)
		s.get("bo", "/api/v1/statuses/"+id+"/source").has("text", "second")
		s.ask("bo", "PUT", "/api/v1/statuses/"+id, "status=mine").is(404)
		s.ask("bo", "DELETE", "/api/v1/statuses/"+id, nil).is(404)
		s.ask("ada", "DELETE", "/api/v1/statuses/"+id, nil).is(200).has("text", "second").has("id", id)
		s.ask("ada", "GET", "/api/v1/statuses/"+id, nil).is(404)
		s.ask("ada", "DELETE", "/api/v1/statuses/"+id, nil).is(404)
		s.get("ada", "/api/v1/accounts/"+s.id("ada")+"/statuses").holds()
	}, "ada", "bo")
}

func (s *server) id(name string) string { return s.people[name].ID.String() }

func TestJSONAndFormsSayTheSame(t *testing.T) {
	each(t, func(s *server) {
		media := s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		a := s.post("ada", "/api/v1/statuses", map[string]any{
			"status": "words", "media_ids": []string{media}, "sensitive": true, "visibility": "public", "language": "fr", "in_reply_to_id": nil,
		})
		a.has("sensitive", true).has("media_attachments.0.id", media).has("language", "fr")
		alt := map[string]any{"status": "words", "media_ids": []string{media}, "media_attributes": []map[string]string{{"id": media, "description": "new words"}}}
		s.ask("ada", "PUT", "/api/v1/statuses/"+a.str("id"), alt).is(200).has("media_attachments.0.description", "new words")
		s.ask("ada", "PUT", "/api/v1/media/"+media, "description=other").is(422).has("code", "media_in_use")
		s.ask("ada", "DELETE", "/api/v1/media/"+media, nil).is(422)
		spare := s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		s.ask("ada", "PUT", "/api/v1/media/"+spare, "description=words&focus=0,1").is(200).has("description", "words").has("meta.focus.y", 1)
		s.get("ada", "/api/v1/media/"+spare).has("description", "words")
		s.ask("ada", "DELETE", "/api/v1/media/"+spare, nil).is(200)
		s.ask("ada", "GET", "/api/v1/media/"+spare, nil).is(404)
	}, "ada")
}

func TestReactionsCountOnce(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=hi")
		for range 2 {
			s.post("bo", "/api/v1/statuses/"+id+"/favourite", nil).has("favourited", true).has("favourites_count", 1)
			s.post("bo", "/api/v1/statuses/"+id+"/reblog", nil).has("reblog.reblogs_count", 1)
			s.post("bo", "/api/v1/statuses/"+id+"/bookmark", nil).has("bookmarked", true)
		}
		s.get("", "/api/v1/statuses/"+id+"/favourited_by").holds(s.id("bo"))
		s.get("", "/api/v1/statuses/"+id+"/reblogged_by").holds(s.id("bo"))
		s.get("bo", "/api/v1/bookmarks").holds(id)
		s.get("bo", "/api/v1/favourites").holds(id)
		s.get("ada", "/api/v1/bookmarks").holds()
		s.get("ada", "/api/v1/statuses/"+id).has("favourited", false).has("bookmarked", false)
		for range 2 {
			s.post("bo", "/api/v1/statuses/"+id+"/unfavourite", nil).has("favourited", false).has("favourites_count", 0)
			s.post("bo", "/api/v1/statuses/"+id+"/unreblog", nil).has("reblogged", false).has("reblogs_count", 0)
			s.post("bo", "/api/v1/statuses/"+id+"/unbookmark", nil).has("bookmarked", false)
		}
	}, "ada", "bo")
}

func TestContextIsReadFromTopToBottom(t *testing.T) {
	each(t, func(s *server) {
		root := s.say("ada", "status=root")
		a := s.say("bo", "status=a&in_reply_to_id="+root)
		b := s.say("ada", "status=b&in_reply_to_id="+root)
		aa := s.say("ada", "status=aa&in_reply_to_id="+a)
		secret := s.say("bo", "status=psst+@ada&visibility=direct&in_reply_to_id="+aa)
		seen := func(who, of string, ancestors, descendants []string) {
			t.Helper()
			c := s.get(who, "/api/v1/statuses/"+of+"/context")
			for part, want := range map[string][]string{"ancestors": ancestors, "descendants": descendants} {
				(&answer{server: s, what: c.what + " " + part, body: c.at(part)}).holds(want...)
			}
		}
		seen("", root, nil, []string{a, aa, b})
		seen("ada", root, nil, []string{a, aa, secret, b})
		seen("", aa, []string{root, a}, nil)
		s.do(func(tx *store.Tx) error {
			id, _ := models.ParseID(a)
			_, err := store.Set[models.Post](tx, map[string]any{"hidden": true}, "id = ?", id)
			return err
		})
		seen("", root, nil, []string{b})
		seen("bo", root, nil, []string{a, aa, secret, b})
	}, "ada", "bo")
}

func TestFollowsAreAskedGivenAndTaken(t *testing.T) {
	each(t, func(s *server) {
		path := "/api/v1/accounts/" + s.id("ada")
		s.post("bo", path+"/follow", "reblogs=false").has("following", true).has("showing_reblogs", false)
		s.post("bo", path+"/follow", "notify=true").has("showing_reblogs", false).has("notifying", true)
		s.get("", path+"/followers").holds(s.id("bo"))
		s.get("", "/api/v1/accounts/"+s.id("bo")+"/following").holds(s.id("ada"))
		s.get("ada", "/api/v1/accounts/relationships?id="+s.id("bo")).has("0.followed_by", true).has("0.following", false)
		s.post("bo", path+"/unfollow", nil).has("following", false)
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "locked=true").is(200).has("locked", true)
		s.post("bo", path+"/follow", nil).has("requested", true).has("following", false)
		s.get("ada", "/api/v1/follow_requests").holds(s.id("bo"))
		s.post("ada", "/api/v1/follow_requests/"+s.id("bo")+"/authorize", nil).has("followed_by", true)
		s.get("ada", "/api/v1/follow_requests").holds()
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/remove_from_followers", nil).has("followed_by", false)
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/block", nil).has("blocking", true)
		s.get("bo", "/api/v1/accounts/relationships?id[]="+s.id("ada")+"&id[]=42").has("0.blocked_by", true).has("1", nil)
		s.ask("bo", "POST", path+"/follow", nil).is(403)
		s.get("ada", "/api/v1/blocks").holds(s.id("bo"))
		s.get("ada", path+"/followers").holds()
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/unblock", nil).has("blocking", false)
	}, "ada", "bo")
}

func TestProfileIsChanged(t *testing.T) {
	each(t, func(s *server) {
		f := upload(t, "avatar", "display_name", "Ada L", "note", "I write", "fields_attributes[0][name]", "site",
			"fields_attributes[0][value]", "https://ada.example", "bot", "true", "discoverable", "false",
			"source[privacy]", "unlisted", "source[sensitive]", "true", "source[language]", "fr", "can_collaborate", "nobody")
		v := s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", f).is(200).shaped("", accountShape)
		v.has("display_name", "Ada L").has("note", "<p>I write</p>").has("bot", true).has("discoverable", false).
			has("source.note", "I write").has("source.privacy", "unlisted").has("source.language", "fr").
			has("source.fields.0.value", "https://ada.example").has("can_collaborate", "nobody")
		if !strings.Contains(v.str("avatar"), "/media/") || !strings.Contains(v.str("header"), "missing") {
			t.Errorf("avatar %s, header %s", v.str("avatar"), v.str("header"))
		}
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", map[string]any{"display_name": "A"}).is(200).
			has("display_name", "A").has("source.note", "I write").has("avatar", v.str("avatar"))
		s.post("ada", "/api/v1/statuses", "status=x").has("visibility", "unlisted").has("sensitive", true).has("language", "fr")
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "can_collaborate=aliens").is(422)
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "source[privacy]=aliens").is(422)
		s.ask("ada", "PUT", "/api/ensemble/v1/me/collaborate", "policy=mutuals").is(200).has("policy", "mutuals")
		s.get("ada", "/api/ensemble/v1/me/collaborate").has("policy", "mutuals")
	}, "ada")
}

func TestTimelinesPageByLink(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		var ids []string
		for range 5 {
			ids = append([]string{s.say("ada", "status=x+%23cats")}, ids...)
		}
		for _, path := range []string{
			"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/Cats", "/api/v1/accounts/" + s.id("ada") + "/statuses",
		} {
			page := s.get("bo", path+"?limit=2").holds(ids[:2]...)
			link := page.header.Get("Link")
			next := here.Origin + path + "?limit=2&max_id=" + ids[1]
			if !strings.Contains(link, next) || !strings.Contains(link, "min_id="+ids[0]) {
				t.Errorf("%s: link is %s, want %s", path, link, next)
			}
			s.get("bo", path+"?limit=2&max_id="+ids[1]).holds(ids[2:4]...)
			s.get("bo", path+"?limit=2&min_id="+ids[4]).holds(ids[2:4]...)
			s.get("bo", path+"?limit=2&since_id="+ids[4]).holds(ids[:2]...)
			s.get("bo", path+"?limit=2&max_id="+ids[4]).holds()
		}
		s.get("ada", "/api/v1/timelines/home").holds(ids...) // one's own
	}, "ada", "bo")
}

func TestSearchFindsPeoplePostsAndTags(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=teapots+%23Ceramics+É+50%25")
		s.get("ada", "/api/v2/search?q=É").has("statuses.0.id", id)
		s.get("ada", "/api/v2/search?q=50%25").has("statuses.0.id", id)
		s.get("ada", "/api/v2/search?q=span").has("statuses.0", nil)
		s.get("ada", "/api/v2/search?q=teapot").has("statuses.0.id", id)
		s.get("bo", "/api/v2/search?q=teapot").has("statuses.0.id", id)
		s.get("bo", "/api/v2/search?q=%23cera").has("hashtags.0.name", "ceramics").has("accounts.0", nil)
		s.get("bo", "/api/v2/search?q=@ada@one.example").has("accounts.0.id", s.id("ada"))
		s.get("bo", "/api/v2/search?type=accounts&q=ad").has("accounts.0.id", s.id("ada")).has("statuses", "[]")
		url := s.get("", "/api/v1/statuses/"+id).str("url")
		s.get("bo", "/api/v2/search?q="+url).has("statuses.0.id", id)
		s.get("", "/api/v2/search?q=ada").has("accounts.0.id", s.id("ada"))
		s.finder.accounts["cy@two.example"] = s.stranger("cy")
		s.get("bo", "/api/v2/search?resolve=true&q=@cy@two.example").has("accounts.0.acct", "cy@two.example").has("accounts.1", nil)
		s.finder.kind, s.finder.things["https://two.example/p/1"] = "post", mustID(t, id)
		s.get("bo", "/api/v2/search?resolve=true&q=https://two.example/p/1").has("statuses.0.id", id)
		s.get("bo", "/api/v2/search?q=https://two.example/p/1").has("statuses.0", nil)
		s.get("bo", "/api/v1/accounts/search?q=cy").has("0.acct", "cy@two.example")
		s.post("bo", "/api/v1/statuses", "status=hi+@cy@two.example").has("mentions.0.acct", "cy@two.example")
	}, "ada", "bo")
}

func mustID(t *testing.T, s string) models.ID {
	t.Helper()
	id, err := models.ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestNotificationsAreReadAndDismissed(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=hi")
		s.post("bo", "/api/v1/statuses/"+id+"/favourite", nil)
		mention := s.say("bo", "status=hello+@ada")
		all := s.get("ada", "/api/v1/notifications").has("0.type", "mention").has("0.status.id", mention).has("1.type", "favourite").has("2", nil)
		s.get("ada", "/api/v1/notifications?types[]=favourite").has("0.type", "favourite").has("1", nil)
		s.get("ada", "/api/v1/notifications?exclude_types[]=mention").has("0.type", "favourite").has("1", nil)
		s.get("ada", "/api/v1/notifications?account_id="+s.id("ada")).holds()
		s.get("ada", "/api/v1/notifications/unread_count").has("count", 2)
		one := all.str("0.id")
		s.get("ada", "/api/v1/notifications/"+one).has("type", "mention")
		s.ask("bo", "GET", "/api/v1/notifications/"+one, nil).is(404)
		s.ask("bo", "POST", "/api/v1/notifications/"+one+"/dismiss", nil).is(404)
		s.post("ada", "/api/v1/notifications/"+one+"/dismiss", nil)
		s.get("ada", "/api/v1/notifications").has("0.type", "favourite").has("1", nil)
		s.post("ada", "/api/v1/notifications/clear", nil)
		s.get("ada", "/api/v1/notifications").holds()
	}, "ada", "bo")
}
