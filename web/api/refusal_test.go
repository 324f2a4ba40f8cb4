package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

func TestWhatIsNotForOneIsNotThere(t *testing.T) {
	each(t, func(s *server) {
		s.follow("fan", "ada")
		private := s.say("ada", "status=for+followers&visibility=private")
		direct := s.say("ada", "status=for+@bo&visibility=direct")
		public := s.say("ada", "status=open")
		s.post("eve", "/api/v1/accounts/"+s.id("ada")+"/unfollow", nil)
		s.post("ada", "/api/v1/accounts/"+s.id("eve")+"/block", nil)
		for _, c := range []struct {
			name, who, id string
			visible       bool
		}{
			{"a stranger reads what is for followers", "", private, false},
			{"somebody reads what is for followers", "bo", private, false},
			{"a follower reads what is for followers", "fan", private, true},
			{"the author reads what is for followers", "ada", private, true},
			{"a stranger reads a direct post", "", direct, false},
			{"a follower reads a direct post", "fan", direct, false},
			{"who is named reads a direct post", "bo", direct, true},
			{"somebody blocked reads a public post", "eve", public, false},
			{"a stranger reads a public post", "", public, true},
		} {
			want := 404
			if c.visible {
				want = 200
			}
			paths := []string{"", "/context", "/history", "/favourited_by", "/reblogged_by"}
			for _, path := range paths {
				if a := s.ask(c.who, "GET", "/api/v1/statuses/"+c.id+path, nil); a.status != want {
					t.Errorf("%s%s: got %d, want %d", c.name, path, a.status, want)
				}
			}
			if c.who == "" || c.visible {
				continue
			}
			for _, verb := range strings.Fields("favourite reblog bookmark unfavourite unreblog unbookmark") {
				if a := s.ask(c.who, "POST", "/api/v1/statuses/"+c.id+"/"+verb, nil); a.status != 404 {
					t.Errorf("%s, and may %s: %d", c.name, verb, a.status)
				}
			}
			s.ask(c.who, "POST", "/api/v1/statuses", "status=answer&in_reply_to_id="+c.id).is(404)
			s.ask(c.who, "GET", "/api/v1/statuses/"+c.id+"/source", nil).is(404)
		}
		for who, want := range map[string]string{"": public, "bo": public + " " + direct, "fan": public + " " + private, "eve": ""} {
			s.get(who, "/api/v1/accounts/"+s.id("ada")+"/statuses").holds(strings.Fields(want)...)
			ids := "?id[]=" + public + "&id[]=" + direct + "&id[]=" + private
			s.get(who, "/api/v1/statuses"+ids).holds(strings.Fields(want)...)
		}
		s.get("fan", "/api/v1/timelines/home").holds(public, private)
	}, "ada", "bo", "fan", "eve")
}

func TestKeptPostsVanishWithTheRightToReadThem(t *testing.T) {
	each(t, func(s *server) {
		s.follow("fan", "ada")
		id := s.say("ada", "status=for+followers&visibility=private")
		s.post("fan", "/api/v1/statuses/"+id+"/bookmark", nil)
		s.post("fan", "/api/v1/statuses/"+id+"/favourite", nil)
		s.get("fan", "/api/v1/bookmarks").holds(id)
		s.post("fan", "/api/v1/accounts/"+s.id("ada")+"/unfollow", nil)
		s.get("fan", "/api/v1/bookmarks").holds()
		s.get("fan", "/api/v1/favourites").holds()
	}, "ada", "fan")
}

func TestSuspendedPeopleAreNotShown(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=hi")
		s.post("bo", "/api/v1/statuses/"+id+"/favourite", nil)
		boost := s.post("bo", "/api/v1/statuses/"+id+"/reblog", nil).str("id")
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Account](tx, map[string]any{"state": models.AccountSuspended}, "username = 'ada'")
			return err
		})
		s.ask("", "GET", "/api/v1/statuses/"+id, nil).is(404)
		s.ask("", "GET", "/api/v1/statuses/"+boost, nil).is(404)
		s.get("", "/api/v1/timelines/public").holds()
		s.get("bo", "/api/v1/timelines/home").holds()
		s.get("", "/api/v1/accounts/"+s.id("bo")+"/statuses").holds()
		s.get("", "/api/v1/accounts/"+s.id("ada")).has("suspended", true).has("note", "").shaped("", accountShape)
		s.get("", "/api/v2/search?q=ada").has("accounts", "[]")
	}, "ada", "bo")
}

func TestBadRequestsAreRefusedInWords(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=hi")
		media := s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		for _, c := range []struct {
			who, method, path string
			body              any
			want              int
		}{
			{"", "GET", "/api/v1/timelines/home", nil, 401},
			{"", "POST", "/api/v1/statuses", "status=x", 401},
			{"nobody", "GET", "/api/v1/timelines/home", nil, 401},
			{"app", "GET", "/api/v1/timelines/home", nil, 422},
			{"ada/read", "POST", "/api/v1/statuses", "status=x", 403},
			{"ada/write", "GET", "/api/v1/timelines/home", nil, 403},
			{"ada/write:media", "POST", "/api/v1/statuses", "status=x", 403},
			{"bo/read", "POST", "/api/v1/statuses/" + id + "/favourite", nil, 403},
			{"bo/read", "POST", "/api/v1/accounts/" + s.id("ada") + "/follow", nil, 403},
			{"ada/read", "POST", collabs, "status=x", 403},
			{"ada/write", "GET", collabs, nil, 403},
			{"ada", "POST", "/api/v1/statuses", nil, 422},
			{"ada", "POST", "/api/v1/statuses", "status=", 422},
			{"ada", "POST", "/api/v1/statuses", "status=" + strings.Repeat("x", 5001), 422},
			{"ada", "POST", "/api/v1/statuses", "status=x&visibility=aliens", 422},
			{"ada", "POST", "/api/v1/statuses", "status=x&language=" + strings.Repeat("x", 99), 422},
			{"ada", "POST", "/api/v1/statuses", "status=x&in_reply_to_id=42", 404},
			{"ada", "POST", "/api/v1/statuses", "status=x&in_reply_to_id=abc", 404},
			{"ada", "POST", "/api/v1/statuses", "status=x&media_ids[]=42", 422},
			{"bo", "POST", "/api/v1/statuses", "status=x&media_ids[]=" + media, 422},
			{"ada", "POST", "/api/v1/statuses", "status=x&poll[options][]=a&poll[options][]=b", 422},
			{"ada", "POST", "/api/v1/statuses", "status=x&coauthor_ids[]=42", 404},
			{"ada", "POST", "/api/v1/statuses", "status=x&coauthor_ids[]=" + s.id("ada"), 403},
			{"ada", "GET", "/api/v1/statuses/abc", nil, 404},
			{"ada", "GET", "/api/v1/statuses/42", nil, 404},
			{"ada", "GET", "/api/v1/statuses/-1", nil, 404},
			{"ada", "GET", "/api/v1/statuses/99999999999999999999", nil, 404},
			{"ada", "GET", "/api/v1/accounts/42", nil, 404},
			{"ada", "GET", "/api/v1/accounts/42/statuses", nil, 404},
			{"ada", "GET", "/api/v1/accounts/lookup", nil, 404},
			{"ada", "GET", "/api/v1/accounts/lookup?acct=no@where.example", nil, 404},
			{"ada", "POST", "/api/v1/accounts/42/follow", nil, 404},
			{"ada", "POST", "/api/v1/accounts/" + s.id("ada") + "/follow", nil, 422},
			{"ada", "POST", "/api/v1/accounts/" + s.id("ada") + "/block", nil, 422},
			{"ada", "POST", "/api/v1/follow_requests/" + s.id("bo") + "/authorize", nil, 404},
			{"ada", "GET", "/api/v1/timelines/home?max_id=abc", nil, 422},
			{"ada", "GET", "/api/v1/timelines/home?limit=abc", nil, 422},
			{"ada", "GET", "/api/v1/notifications/42", nil, 404},
			{"ada", "GET", "/api/v2/search", nil, 400},
			{"ada", "GET", "/api/v1/media/42", nil, 404},
			{"bo", "GET", "/api/v1/media/" + media, nil, 404},
			{"bo", "PUT", "/api/v1/media/" + media, "description=x", 404},
			{"ada", "PUT", "/api/v1/media/" + media, "focus=2,2", 422},
			{"ada", "PUT", "/api/v1/media/" + media, "focus=NaN,0", 422},
			{"ada", "PUT", "/api/v1/media/" + media, "description=" + strings.Repeat("x", 1501), 422},
			{"ada", "POST", "/api/v2/media", "description=x", 422},
			{"ada", "PATCH", "/api/v1/accounts/update_credentials", "note=" + strings.Repeat("x", 1001), 422},
			{"ada", "GET", collabs + "/42", nil, 404},
			{"ada", "GET", collabs + "?role=aliens", nil, 422},
			{"ada", "POST", collabs, "status=x&coauthor_ids[]=" + s.id("bo") + "&quorum=aliens", 422},
			{"ada", "POST", collabs, "status=x&coauthor_ids[]=" + s.id("bo") + "&visibility=direct", 422},
			{"ada", "POST", collabs, "status=x&coauthor_ids[]=" + s.id("bo") + "&expires_in=99999999999", 422},
			{"ada", "POST", collabs, "status=x&coauthor_ids[]=" + s.id("bo"), 403},
			{"ada", "PUT", "/api/ensemble/v1/me/collaborate", "policy=", 422},
			{"ada", "GET", "/api/ensemble/v1/accounts/42/collaborate", nil, 404},
		} {
			a := s.ask(c.who, c.method, c.path, c.body)
			if a.status != c.want || a.str("error") == "" {
				t.Errorf("%s %s %s %.60v: got %d %s, want %d", c.who, c.method, c.path, c.body, a.status, a.raw, c.want)
			}
		}
		s.get("", "/api/v1/accounts/"+s.id("ada")+"/statuses").holds(id)
	}, "ada", "bo")
}

func TestMalformedBodiesAreRefused(t *testing.T) {
	each(t, func(s *server) {
		for body, want := range map[string]int{
			`{"status":`: 400, `[]`: 400, `"x"`: 400, `{"status":{"a":1}}`: 422, `{"status":"x"}trailing`: 400,
			`{"status":"x","media_ids":[["a"]]}`: 200, `{"status":"x","media_ids":"abc"}`: 404, `{"media_ids":[1,null,"2"]}`: 422,
		} {
			r := httptest.NewRequest("POST", "/api/v1/statuses", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer ada")
			if a := s.send(r); a.status != want {
				t.Errorf("%s: got %d %s, want %d", body, a.status, a.raw, want)
			}
		}
		f := upload(t, "file")
		f.Truncate(f.Len() / 2)
		s.ask("ada", "POST", "/api/v2/media", f).is(400)
	}, "ada")
}
