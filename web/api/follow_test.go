package api_test

import "testing"

func TestFollowsAreOnTerms(t *testing.T) {
	each(t, func(s *server) {
		path := peoplePath + s.id("ada")
		s.post("bo", path+"/follow", nil).has("following", true).has("showing_reblogs", true).has("notifying", false).has("languages", nil)
		s.post("bo", path+"/follow", "reblogs=false").has("showing_reblogs", false).has("notifying", false)
		s.post("bo", path+"/follow", map[string]any{"notify": true, "languages": []string{"fr", "fr", "de"}}).
			has("showing_reblogs", false).has("notifying", true).has("languages", "[fr de]")
		s.ask("bo", "POST", path+"/follow", "languages[]=%25").is(422)
		s.post("bo", path+"/follow", nil).has("showing_reblogs", false).has("notifying", true).has("languages", "[fr de]")

		s.say("ada", "status=hello&language=en")
		fr := s.say("ada", "status=bonjour&language=fr")
		s.follow("cy", "ada")
		en := s.say("cy", "status=mine&language=en")
		s.post("ada", "/api/v1/statuses/"+en+"/reblog", nil)
		s.get("bo", "/api/v1/timelines/home").holds(fr)
		s.get("bo", "/api/v1/notifications").has("0.type", "status").has("0.status.id", fr).has("0.account.id", s.id("ada")).has("1", nil)
		boost := s.post("bo", path+"/follow", map[string]any{"reblogs": true, "languages": []string{}}).has("languages", nil)
		_ = boost
		s.get("bo", "/api/v1/timelines/home").has("0.reblog.id", en).has("1.id", fr).has("2.language", "en").has("3", nil)
	}, "ada", "bo", "cy")
}

func TestWhoAsksIsToldOfEveryPost(t *testing.T) {
	each(t, func(s *server) {
		s.post("bo", peoplePath+s.id("ada")+"/follow", "notify=true")
		types := func(want ...string) {
			t.Helper()
			a := s.get("bo", "/api/v1/notifications?exclude_types[]=follow")
			for i, w := range want {
				a.has(string(rune('0'+i))+".type", w)
			}
			a.has(string(rune('0'+len(want))), nil)
		}
		id := s.say("ada", "status=one")
		types("status")
		s.say("ada", "status=more&in_reply_to_id="+id)
		types("status", "status")
		mine := s.say("bo", "status=mine")
		s.say("ada", "status=nice+@bo&in_reply_to_id="+mine)
		types("mention", "status", "status")
		s.say("ada", "status=psst&visibility=direct")
		other := s.say("cy", "status=x")
		s.say("ada", "status=to+cy&in_reply_to_id="+other)
		s.post("ada", "/api/v1/statuses/"+other+"/reblog", nil)
		types("mention", "status", "status")
		s.post("bo", peoplePath+s.id("ada")+"/mute", "notifications=false")
		s.say("ada", "status=not+heard")
		types("mention", "status", "status")
		s.post("bo", peoplePath+s.id("ada")+"/unmute", nil)
		s.post("bo", peoplePath+s.id("ada")+"/follow", "notify=false")
		s.say("ada", "status=quiet")
		types("mention", "status", "status")
	}, "ada", "bo", "cy")
}
