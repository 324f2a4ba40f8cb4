package api_test

import (
	"net/url"
	"testing"
)

// An emoji is left at a post once a person, by the routes of Pleroma or of glitch-soc, and
// taken back.
func TestReactingWithAnEmoji(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=look")
		at := "/api/v1/pleroma/statuses/" + id + "/reactions/"
		thumb := url.PathEscape("👍")
		for range 2 {
			s.ask("bo", "PUT", at+thumb, nil).is(200).has("reactions.0.name", "👍").has("reactions.0.count", 1).has("reactions.0.me", true).has("favourites_count", 0)
		}
		s.post("cy", "/api/v1/statuses/"+id+"/react/"+thumb, nil).is(200).has("reactions.0.count", 2)
		s.get("ada", "/api/v1/statuses/"+id).has("reactions.0.count", 2).has("reactions.0.me", false)
		s.ask("bo", "DELETE", at+thumb, nil).is(200).has("reactions.0.count", 1).has("reactions.0.me", false)
		s.ask("bo", "DELETE", at+thumb, nil).is(200).has("reactions.0.count", 1)
		s.post("cy", "/api/v1/statuses/"+id+"/unreact/"+thumb, nil).is(200).has("reactions", []any{})
		for _, says := range []string{"hello", ":blob:", "%3Cb%3E", "1"} {
			s.ask("bo", "PUT", at+says, nil).is(422).has("code", "no_emoji")
		}
		s.ask("bo", "PUT", at+"%F0%9F", nil).is(404)
		s.ask("bo", "PUT", "/api/v1/pleroma/statuses/1/reactions/"+thumb, nil).is(404)
		s.ask("bo/read", "PUT", at+thumb, nil).is(403)
		mine := s.say("ada", "status=secret&visibility=direct")
		s.ask("bo", "PUT", "/api/v1/pleroma/statuses/"+mine+"/reactions/"+thumb, nil).is(404)
		s.get("ada", "/api/v1/statuses/"+id).has("reactions", []any{})
	}, "ada", "bo", "cy")
}
