package api_test

import (
	"strconv"
	"strings"
	"testing"
)

func TestMutedThreadIsHeardOfNoMore(t *testing.T) {
	each(t, func(s *server) {
		root := s.say("ada", "status=root")
		other := s.say("ada", "status=other")
		told := func(want int) {
			t.Helper()
			list, _ := s.get("ada", "/api/v1/notifications").body.([]any)
			if len(list) != want {
				t.Errorf("%d notifications, want %d", len(list), want)
			}
		}
		reply := s.say("bo", "status=@ada+one&in_reply_to_id="+root)
		told(1)
		s.get("ada", "/api/v1/statuses/"+root).has("muted", false)
		for range 2 {
			s.post("ada", "/api/v1/statuses/"+reply+"/mute", nil).has("id", reply).has("muted", true)
		}
		s.get("ada", "/api/v1/statuses/"+root).has("muted", true)
		s.get("bo", "/api/v1/statuses/"+root).has("muted", false)
		s.get("", "/api/v1/statuses/"+root).has("muted", false)
		s.say("bo", "status=@ada+two&in_reply_to_id="+reply)
		s.post("bo", "/api/v1/statuses/"+root+"/favourite", nil)
		s.post("bo", "/api/v1/statuses/"+root+"/reblog", nil)
		told(1)
		s.say("bo", "status=@ada+psst&visibility=direct&in_reply_to_id="+root)
		s.get("ada", "/api/v1/conversations").has("0.unread", false)
		s.post("bo", "/api/v1/statuses/"+other+"/favourite", nil)
		told(2)
		for range 2 {
			s.post("ada", "/api/v1/statuses/"+root+"/unmute", nil).has("muted", false)
		}
		s.say("bo", "status=@ada+three&in_reply_to_id="+reply)
		told(3)
		secret := s.say("ada", "status=for+me&visibility=direct")
		s.ask("bo", "POST", "/api/v1/statuses/"+secret+"/mute", nil).is(404)
		s.ask("bo", "POST", "/api/v1/statuses/1/unmute", nil).is(404)
		s.ask("bo/write:statuses", "POST", "/api/v1/statuses/"+root+"/mute", nil).is(403)
		s.ask("", "POST", "/api/v1/statuses/"+root+"/mute", nil).is(401)
	}, "ada", "bo")
}

func TestTranslationIsOff(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=bonjour&language=fr")
		s.ask("ada", "POST", "/api/v1/statuses/"+id+"/translate", "lang=en").is(404).has("error", "this server does not translate")
		s.ask("", "POST", "/api/v1/statuses/"+id+"/translate", nil).is(401)
		if a := s.get("", "/api/v1/instance/translation_languages"); a.raw != "{}" {
			t.Errorf("got %s", a.raw)
		}
		s.get("", "/api/v2/instance").has("configuration.translation.enabled", false)
	}, "ada")
}

func TestSeveralStatusesAtOnce(t *testing.T) {
	each(t, func(s *server) {
		one, two := s.say("ada", "status=1"), s.say("ada", "status=2")
		secret := s.say("ada", "status=3&visibility=direct")
		s.get("bo", "/api/v1/statuses?id[]="+two+"&id[]="+one+"&id[]="+two+"&id[]="+secret+"&id[]=x&id[]=-1&id[]=99999999999999999999").holds(two, one)
		s.get("", "/api/v1/statuses").holds()
		s.get("", "/api/v1/statuses?id[]="+one+strings.Repeat("&id[]=7", 19)).holds(one)
		s.ask("", "GET", "/api/v1/statuses?id[]="+one+strings.Repeat("&id[]=7", 20), nil).is(200)
		var ids []string
		for i := range 21 {
			ids = append(ids, "id[]="+strconv.Itoa(1000+i))
		}
		s.ask("", "GET", "/api/v1/statuses?"+strings.Join(ids, "&"), nil).is(422)
	}, "ada", "bo")
}

func TestWhoMayQuoteIsSaidAndChanged(t *testing.T) {
	each(t, func(s *server) {
		v := s.post("ada", "/api/v1/statuses", "status=hi&quote_approval_policy=followers").has("quote_approval.automatic", "[followers]")
		one := "/api/v1/statuses/" + v.str("id")
		s.ask("ada", "PUT", one+"/interaction_policy", "quote_approval_policy=nobody").is(200).has("quote_approval.automatic", "[]").has("edited_at", nil)
		s.get("bo", one).has("quote_approval.current_user", "denied")
		s.ask("ada", "PUT", one+"/interaction_policy", map[string]string{"quote_approval_policy": "public"}).is(200).has("quote_approval.automatic", "[public]")
		s.ask("ada", "PUT", one+"/interaction_policy", "quote_approval_policy=cats").is(422)
		s.ask("bo", "PUT", one+"/interaction_policy", "quote_approval_policy=nobody").is(404)
		s.ask("", "PUT", one+"/interaction_policy", "quote_approval_policy=nobody").is(401)
		s.ask("ada", "POST", "/api/v1/statuses", "status=hi&quote_approval_policy=cats").is(422)
		private := s.post("ada", "/api/v1/statuses", "status=hi&visibility=private&quote_approval_policy=public").has("quote_approval.automatic", "[]").str("id")
		s.ask("ada", "PUT", "/api/v1/statuses/"+private+"/interaction_policy", "quote_approval_policy=public").is(422)

		quote := s.post("bo", "/api/v1/statuses", "status=look&quoted_status_id="+v.str("id")).has("quote.state", "accepted").str("id")
		s.get("ada", one).has("quotes_count", 1)
		s.get("ada", one+"/quotes").holds(quote)
		s.get("", one+"/quotes").holds(quote)
		s.ask("bo", "POST", one+"/quotes/"+quote+"/revoke", nil).is(404)
		s.ask("ada", "POST", one+"/quotes/1/revoke", nil).is(404)
		s.post("ada", one+"/quotes/"+quote+"/revoke", nil).has("id", quote).has("quote.state", "revoked").has("quote.quoted_status", nil)
		s.get("ada", one+"/quotes").holds()
	}, "ada", "bo")
}
