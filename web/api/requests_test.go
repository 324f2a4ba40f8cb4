package api_test

import (
	"strings"
	"testing"
)

const requests = "/api/ensemble/v1/requests/count"

func TestWhatWaitsIsCounted(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		for _, who := range []string{"ada", "bo", "cy"} {
			s.get(who, requests).has("count", 0)
		}
		c := s.invite("")
		at := collabs + "/" + c.str("id")
		s.get("bo", requests).has("count", 1)
		s.get("ada", requests).has("count", 0)
		s.get("bo", collabs+"?open=true").holds(c.str("id"))
		s.get("ada", collabs+"?open=true").holds()
		s.post("bo", at+"/suggest", map[string]any{"text": "one word", "wording": "Our secret drip\r\n\r\n\r\nsoon"})
		s.get("ada", requests).has("count", 1)
		s.get("ada", collabs+"?open=true").holds(c.str("id"))
		s.get("ada", at).has("changes.0.text", "one word").has("changes.0.wording", "Our secret drip\n\nsoon").
			has("changes.0.open", true).has("changes.0.account.username", "bo").has("changes.0.revision", 1)
		s.get("bo", at).has("changes.0.text", "one word")
		s.post("ada", at+"/revise", "status=Our+secret+drip")
		s.get("ada", at).has("changes.0.open", false)
		s.get("ada", requests).has("count", 0)
		s.get("bo", requests).has("count", 1)
		s.post("bo", at+"/accept", nil)
		s.get("bo", requests).has("count", 0)
		id := s.get("ada", at).str("status_id")
		s.post("ada", at+"/revise", "status=Our+secret+drips")
		s.get("bo", requests).has("count", 1) // a new version waits
		s.post("bo", at+"/accept", nil)
		s.post("cy", "/api/ensemble/v1/claims", map[string]any{"status_id": id, "as": "photo", "text": "I took it"})
		s.get("ada", requests).has("count", 1)
		s.get("cy", requests).has("count", 0)
		s.ask("", "GET", requests, nil).is(401)
		s.ask("ada/write", "GET", requests, nil).is(403)
	}, "ada", "bo", "cy")
}

func TestVersionsAreForThoseWhoWereShownThem(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.follow("cy", "ada")
		at := collabs + "/" + s.invite("").str("id")
		s.post("ada", at+"/revise", "status=A+second+try&spoiler_text=mugs")
		s.get("bo", at+"/versions").has("0.text", "Our secret drop").has("0.agreed", false).has("0.media.0.description", "two mugs").
			has("1.text", "A second try").has("1.spoiler_text", "mugs").has("1.published", false).has("2", nil)
		s.post("bo", at+"/accept", nil)
		s.get("bo", at+"/versions").has("1.agreed", true).has("1.published", true)
		s.post("ada", at+"/invite", "coauthor_ids[]="+s.id("cy"))
		for _, v := range s.get("cy", at+"/versions").body.([]any) { // the first try was never cy's business
			if strings.Contains(v.(map[string]any)["text"].(string), "secret") {
				t.Errorf("cy reads %v", v)
			}
		}
		s.ask("dee", "GET", at+"/versions", nil).is(404)
		s.ask("dee", "GET", collabs+"/1/versions", nil).is(404)
		s.post("bo", at+"/leave", nil)
		s.ask("bo", "GET", at+"/versions", nil).is(403)
	}, "ada", "bo", "cy", "dee")
}

func TestAWishSaysSomething(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		at := collabs + "/" + s.invite("").str("id")
		for _, wish := range []string{"", "text=+", "text=%E2%80%8B", "wording=Our+secret+drop"} {
			s.ask("bo", "POST", at+"/suggest", wish).is(422).has("code", "no_wish")
		}
		s.post("bo", at+"/suggest", "wording="+strings.Repeat("x", 20000))
		if got := s.get("ada", at).str("changes.0.wording"); len(got) != 10000 {
			t.Errorf("%d letters were kept", len(got))
		}
		s.post("bo", at+"/decline", "confirm=true")
		s.get("ada", at).has("state", "discarded").has("changes", "[]") // it holds the words that are gone
	}, "ada", "bo")
}
