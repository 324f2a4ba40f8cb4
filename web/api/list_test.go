package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

const listShape = "id:string title:string replies_policy:string exclusive:bool"

func TestListsAreKept(t *testing.T) {
	each(t, func(s *server) {
		l := s.post("bo", "/api/v1/lists", map[string]any{"title": " Friends "}).shaped("", listShape).
			has("title", "Friends").has("replies_policy", "list").has("exclusive", false)
		one := "/api/v1/lists/" + l.str("id")
		s.get("bo", "/api/v1/lists").holds(l.str("id"))
		s.get("ada", "/api/v1/lists").holds()
		s.ask("bo", "PUT", one, "title=Close&replies_policy=none&exclusive=true").is(200).has("title", "Close").has("replies_policy", "none").has("exclusive", true)
		s.ask("bo", "PUT", one, "exclusive=false").is(200).has("title", "Close").has("replies_policy", "none").has("exclusive", false)
		for _, bad := range []string{"title=", "replies_policy=all", "title=" + strings.Repeat("x", 257)} {
			s.ask("bo", "PUT", one, bad).is(422)
		}
		s.ask("bo", "POST", "/api/v1/lists", nil).is(422)
		s.ask("bo", "POST", "/api/v1/lists", "title=x&replies_policy=all").is(422)
		s.get("bo", one).has("title", "Close")
		for _, m := range []string{"GET", "PUT", "DELETE"} {
			s.ask("ada", m, one, "title=mine").is(404)
			s.ask("bo", m, "/api/v1/lists/42", "title=mine").is(404)
		}
		s.ask("ada", "GET", one+"/accounts", nil).is(404)
		s.ask("ada", "GET", "/api/v1/timelines/list/"+l.str("id"), nil).is(404)
		s.ask("bo/read:follows", "GET", one, nil).is(403)
		s.ask("bo", "DELETE", one, nil).is(200)
		s.ask("bo", "DELETE", one, nil).is(404)
		for i := range 50 {
			s.post("bo", "/api/v1/lists", fmt.Sprint("title=", i))
		}
		s.ask("bo", "POST", "/api/v1/lists", "title=x").is(422)
	}, "ada", "bo")
}

func TestListsHoldWhomOneFollows(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.follow("bo", "cy")
		id := s.post("bo", "/api/v1/lists", "title=x").str("id")
		members := "/api/v1/lists/" + id + "/accounts"
		s.ask("bo", "POST", members, "account_ids[]="+s.id("ada")+"&account_ids[]="+s.id("dan")).is(404)
		s.get("bo", members).holds()
		s.post("bo", members, map[string]any{"account_ids": []string{s.id("ada"), s.id("cy")}})
		s.ask("bo", "POST", members, "account_ids[]="+s.id("ada")).is(422)
		s.ask("ada", "POST", members, "account_ids[]="+s.id("ada")).is(404)
		s.get("bo", members).holds(s.id("cy"), s.id("ada"))
		if page := s.get("bo", members+"?limit=1").holds(s.id("cy")); !strings.Contains(page.header.Get("Link"), "max_id="+s.id("cy")) {
			t.Errorf("no next page: %s", page.header.Get("Link"))
		}
		s.get("bo", members+"?limit=1&max_id="+s.id("cy")).holds(s.id("ada"))
		s.get("bo", members+"?limit=0").holds(s.id("cy"), s.id("ada"))
		s.get("bo", peoplePath+s.id("ada")+"/lists").holds(id)
		s.get("ada", peoplePath+s.id("ada")+"/lists").holds()
		s.get("bo", peoplePath+s.id("dan")+"/lists").holds()
		s.ask("bo", "DELETE", members, url.Values{"account_ids[]": {s.id("cy"), s.id("dan")}}.Encode()).is(200)
		s.get("bo", members).holds(s.id("ada"))
		s.post("bo", peoplePath+s.id("ada")+"/unfollow", nil)
		s.get("bo", members).holds()
	}, "ada", "bo", "cy", "dan")
}

func TestListsAreRead(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.follow("bo", "cy")
		s.follow("bo", "eve")
		id := s.post("bo", "/api/v1/lists", "title=x").str("id")
		one, line := "/api/v1/lists/"+id, "/api/v1/timelines/list/"+id
		s.post("bo", one+"/accounts", "account_ids[]="+s.id("ada")+"&account_ids[]="+s.id("cy"))
		s.get("bo", line).holds()
		mine, dans, eves := s.say("bo", "status=mine"), s.say("dan", "status=x"), s.say("eve", "status=e")
		a := s.say("ada", "status=a&visibility=private")
		self := s.say("ada", "status=self&in_reply_to_id="+a)
		me := s.say("ada", "status=me&in_reply_to_id="+mine)
		s.say("ada", "status=stranger&in_reply_to_id="+dans)
		followed := s.say("ada", "status=followed&in_reply_to_id="+eves)
		c := s.say("cy", "status=listed&in_reply_to_id="+self)
		boost := s.post("cy", "/api/v1/statuses/"+dans+"/reblog", nil).str("id")
		s.get("bo", line).holds(boost, c, me, self, a)
		s.ask("bo", "PUT", one, "replies_policy=followed").is(200)
		s.get("bo", line).holds(boost, c, followed, me, self, a)
		s.ask("bo", "PUT", one, "replies_policy=none").is(200)
		all := []string{boost, me, self, a}
		page := s.get("bo", line+"?limit=2").holds(all[:2]...)
		if link := page.header.Get("Link"); !strings.Contains(link, "max_id="+me) || !strings.Contains(link, "min_id="+boost) {
			t.Errorf("link is %s", link)
		}
		s.get("bo", line+"?limit=2&max_id="+me).holds(all[2:]...)
		s.get("bo", line+"?limit=2&min_id="+a).holds(all[1:3]...)
		s.get("bo", line+"?limit=2&since_id="+a).holds(all[:2]...)
		s.get("bo", "/api/v1/timelines/home").has("0.id", boost)
		s.ask("bo", "PUT", one, "exclusive=true").is(200)
		s.get("bo", "/api/v1/timelines/home").holds(eves, mine)
		s.get("bo", line).holds(all...)
		s.post("bo", peoplePath+s.id("ada")+"/mute", nil)
		s.get("bo", line).holds(boost)
		s.post("bo", peoplePath+s.id("cy")+"/follow", "reblogs=false")
		s.get("bo", line).holds()
	}, "ada", "bo", "cy", "dan", "eve")
}

func TestOneWhoDidNotAcceptIsOnNoTimeline(t *testing.T) {
	each(t, func(s *server) {
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "locked=true").is(200)
		s.post("bo", peoplePath+s.id("ada")+"/follow", nil).has("requested", true)
		id := s.post("bo", "/api/v1/lists", "title=x").str("id")
		s.post("bo", "/api/v1/lists/"+id+"/accounts", "account_ids[]="+s.id("ada"))
		s.say("ada", "status=for+followers&visibility=private")
		s.get("bo", "/api/v1/timelines/list/"+id).holds()
	}, "ada", "bo")
}
