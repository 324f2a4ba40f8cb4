package api_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestTagsAreFollowed(t *testing.T) {
	each(t, func(s *server) {
		before := s.say("ada", "status=old+%23Teapots")
		tag := "/api/v1/tags/Teapots"
		for range 2 {
			s.post("bo", tag+"/follow", nil).shaped("", tagShape).has("name", "teapots").has("following", true).has("featuring", false)
		}
		s.get("bo", "/api/v1/tags/teapots").has("following", true).has("history.0.uses", "1").has("history.0.accounts", "1").
			has("history.1.uses", "0").has("history.6.day", "1766793600").has("history.7", nil)
		s.get("", "/api/v1/tags/teapots").has("following", false)
		s.get("ada", "/api/v1/tags/teapots").has("following", false)
		one := s.say("ada", "status=new+%23teapots+%23tea")
		root := s.say("cy", "status=x")
		reply := s.say("ada", "status=yes+%23TEAPOTS&in_reply_to_id="+root)
		s.say("ada", "status=%23teapots&visibility=unlisted")
		home := "/api/v1/timelines/home"
		s.get("bo", home).holds(reply, one)
		s.get("ada", peoplePath+s.id("ada")+"/statuses?exclude_replies=true").has("2.id", before).has("3", nil)
		s.post("bo", "/api/v1/tags/tea/follow", nil)
		s.follow("bo", "ada")
		both := s.say("ada", "status=%23tea+%23teapots")
		s.get("bo", home).has("0.id", both).has("1.visibility", "unlisted").has("2.id", reply).has("3.id", one).has("4.id", before).has("5", nil)
		s.ask("ada", "PUT", "/api/v1/statuses/"+one, "status=no+tag").is(200)
		s.post("bo", peoplePath+s.id("ada")+"/unfollow", nil)
		s.get("bo", home).holds(both, reply)
		s.ask("ada", "PUT", "/api/v1/statuses/"+one, "status=%23tea+again").is(200)
		s.get("bo", home).holds(both, reply, one)
		s.post("bo", peoplePath+s.id("ada")+"/mute", nil)
		s.get("bo", home).holds()
		s.post("bo", peoplePath+s.id("ada")+"/unmute", nil)
		s.ask("ada", "DELETE", "/api/v1/statuses/"+both, nil).is(200)
		for range 2 {
			s.post("bo", "/api/v1/tags/tea/unfollow", nil).has("following", false)
		}
		s.get("bo", home).holds(reply)
	}, "ada", "bo", "cy")
}

func TestFollowedTagsAreListed(t *testing.T) {
	each(t, func(s *server) {
		for i := range 3 {
			s.post("bo", fmt.Sprintf("/api/v1/tags/tag%d/follow", i), nil)
		}
		all := s.get("bo", "/api/v1/followed_tags?limit=2").shaped("0", tagShape).has("0.name", "tag2").has("0.following", true).has("1.name", "tag1").has("2", nil)
		_, next, _ := strings.Cut(all.header.Get("Link"), "max_id=")
		next, _, _ = strings.Cut(next, ">")
		s.get("bo", "/api/v1/followed_tags?limit=2&max_id="+next).has("0.name", "tag0").has("1", nil)
		s.get("ada", "/api/v1/followed_tags").has("0", nil)
		s.get("bo", "/api/v2/search?type=hashtags&q=tag1").has("hashtags.0", nil) // nobody used it
		for _, bad := range []string{"12", "a%20b", "%23x", "a-b", strings.Repeat("x", 101)} {
			for _, do := range []string{"/follow", "/unfollow", "/feature", "/unfeature"} {
				s.ask("bo", "POST", "/api/v1/tags/"+bad+do, nil).is(404)
			}
			s.ask("bo", "GET", "/api/v1/tags/"+bad, nil).is(404)
		}
		s.ask("", "POST", "/api/v1/tags/x/follow", nil).is(401)
	}, "ada", "bo")
}

func TestTagsAreFeaturedByName(t *testing.T) {
	each(t, func(s *server) {
		for range 2 {
			s.post("bo", "/api/v1/tags/Lyon/feature", nil).has("featuring", true).has("following", false)
		}
		s.get("bo", "/api/v1/featured_tags").has("0.name", "Lyon").has("1", nil)
		s.get("", peoplePath+s.id("bo")+"/featured_tags").has("0.name", "Lyon")
		for range 2 {
			s.post("bo", "/api/v1/tags/lyon/unfeature", nil).has("featuring", false)
		}
		s.get("bo", "/api/v1/featured_tags").has("0", nil)
	}, "bo")
}
