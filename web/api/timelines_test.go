package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestMarkersRemember(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v1/markers"
		s.get("ada", all+"?timeline[]=home").has("home", nil)
		v := s.post("ada", all, "home[last_read_id]=100").has("home.last_read_id", "100").has("notifications", nil)
		next := s.post("ada", all, map[string]any{"home": map[string]string{"last_read_id": "200"}, "notifications": map[string]any{"last_read_id": 7}}).
			has("home.last_read_id", "200").has("notifications.last_read_id", "7")
		if was, is := v.at("home.version").(float64), next.at("home.version").(float64); is != was+1 {
			t.Errorf("version %v after %v", is, was)
		}
		s.get("ada", all+"?timeline[]=home&timeline[]=notifications").has("home.last_read_id", "200").has("notifications.last_read_id", "7")
		s.get("ada", all+"?timeline[]=notifications").has("home", nil)
		s.get("ada", all).has("home", nil)
		s.get("bo", all+"?timeline[]=home").has("home", nil)
		s.ask("ada", "POST", all, "home[last_read_id]=x").is(404)
		s.post("ada", all, "cats[last_read_id]=3").has("cats", nil)
		s.ask("ada/read", "POST", all, "home[last_read_id]=300").is(403)
		s.get("ada", all+"?timeline[]=home").has("home.last_read_id", "200")
	}, "ada", "bo")
}

func TestUnreadNotificationsAreThoseAfterTheMarker(t *testing.T) {
	each(t, func(s *server) {
		id := s.say("ada", "status=hi")
		s.post("bo", "/api/v1/statuses/"+id+"/favourite", nil)
		s.get("ada", "/api/v1/notifications/unread_count").has("count", 1)
		s.post("ada", "/api/v1/markers", "notifications[last_read_id]="+s.get("ada", "/api/v1/notifications").str("0.id"))
		s.get("ada", "/api/v1/notifications/unread_count").has("count", 0)
		s.post("bo", "/api/v1/statuses/"+id+"/reblog", nil)
		s.get("ada", "/api/v1/notifications/unread_count").has("count", 1)
	}, "ada", "bo")
}

// Of apps that write at once each either counts, or is told to look again.
func TestMarkersConflict(t *testing.T) {
	each(t, func(s *server) {
		s.post("ada", "/api/v1/markers", "home[last_read_id]=1").has("home.version", 0)
		const many = 12
		status := make(chan int, many)
		for i := range many {
			go func() {
				status <- s.ask("ada", "POST", "/api/v1/markers", fmt.Sprint("home[last_read_id]=", i+2)).status
			}()
		}
		won := 0
		for range many {
			switch got := <-status; got {
			case 200:
				won++
			case 409:
			default:
				t.Errorf("got %d", got)
			}
		}
		s.get("ada", "/api/v1/markers?timeline[]=home").has("home.version", won)
	}, "ada")
}

func TestTagTimelineTakesMoreTags(t *testing.T) {
	each(t, func(s *server) {
		a, b := s.say("ada", "status=%23a"), s.say("ada", "status=%23b")
		ab, abc := s.say("ada", "status=%23a+%23b"), s.say("ada", "status=%23a+%23B+%23c")
		at := func(query string, want ...string) {
			t.Helper()
			s.get("", "/api/v1/timelines/tag/"+query).holds(want...)
			s.get("bo", "/api/v1/timelines/tag/"+query).holds(want...)
		}
		at("a", abc, ab, a)
		at("%23A", abc, ab, a)
		at("a?any[]=b", abc, ab, b, a)
		at("a?any[]=B&any[]=b&any[]=unused", abc, ab, b, a)
		at("a?all[]=b", abc, ab)
		at("a?all[]=b&all[]=c&all[]=B", abc)
		at("a?none[]=b", a)
		at("a?any[]=b&none[]=c", ab, b, a)
		at("a?any[]=b&all[]=b&none[]=c", ab, b)
		at("a?all[]=unused")
		at("unused")
		at("unused?any[]=a", abc, ab, a)
		at("a?any[]=b&limit=2", abc, ab)
		at("a?any[]=b&limit=2&max_id="+ab, b, a)
		at("a?any[]=b&limit=1&min_id="+a, b)
		at("a?local=true", abc, ab, a)
		at("a?remote=true")
		at("a?only_media=true")
		at("a?"+strings.Repeat("any[]=x&", 400), abc, ab, a)
		at("a?any[]=%27%20OR%201=1", abc, ab, a)
	}, "ada", "bo")
}

func TestPagesBeginAndEndWhereAsked(t *testing.T) {
	each(t, func(s *server) {
		var id []string
		for range 5 {
			id = append(id, s.say("ada", "status=x+%23t"))
		}
		for _, path := range []string{"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/timelines/tag/t", "/api/v1/accounts/" + s.id("ada") + "/statuses"} {
			page := func(query string, want ...string) url.Values {
				t.Helper()
				a := s.get("ada", path+"?"+query).holds(want...)
				next, _, _ := strings.Cut(a.header.Get("Link"), ">; rel=\"next\"")
				u, err := url.Parse(strings.TrimPrefix(next, "<"))
				if err != nil {
					t.Fatal(err)
				}
				return u.Query()
			}
			page("", id[4], id[3], id[2], id[1], id[0])
			next := page("limit=2", id[4], id[3])
			if next.Get("max_id") != id[3] || next.Get("limit") != "2" {
				t.Errorf("%s: next is %v", path, next)
			}
			page(next.Encode(), id[2], id[1])
			page("since_id="+id[1]+"&limit=2", id[4], id[3])
			page("min_id="+id[1]+"&limit=2", id[3], id[2])
			page("since_id="+id[0]+"&max_id="+id[3], id[2], id[1])
			page("min_id="+id[0]+"&max_id="+id[3]+"&limit=1", id[1])
			page("max_id=" + id[0])
			page("min_id=" + id[4])
			if link := s.get("ada", path+"?min_id="+id[4]).header.Get("Link"); link != "" {
				t.Errorf("%s: an empty page has the Link %s", path, link)
			}
			s.ask("ada", "GET", path+"?max_id=x", nil).is(422)
			s.ask("ada", "GET", path+"?limit=x", nil).is(422)
			page("limit=0", id[4], id[3], id[2], id[1], id[0])
			page("limit=-1", id[4], id[3], id[2], id[1], id[0])
		}
	}, "ada")
}

func TestPostsOfAnAccountAreSifted(t *testing.T) {
	each(t, func(s *server) {
		media := s.post("ada", "/api/v2/media", upload(t, "file")).str("id")
		plain := s.say("ada", "status=plain")
		picture := s.say("ada", "status=p+%23Cats&media_ids[]="+media)
		own := s.say("ada", "status=and+another+thing&in_reply_to_id="+plain)
		theirs := s.say("bo", "status=hm")
		reply := s.say("ada", "status=indeed&in_reply_to_id="+theirs)
		boost := s.post("ada", "/api/v1/statuses/"+theirs+"/reblog", nil).str("id")
		s.post("ada", "/api/v1/statuses/"+plain+"/pin", nil)
		for query, want := range map[string][]string{
			"": {boost, reply, own, picture, plain}, "exclude_replies=true": {boost, own, picture, plain},
			"exclude_reblogs=true": {reply, own, picture, plain}, "only_media=true": {picture}, "tagged=cats": {picture},
			"tagged=%23CATS": {picture}, "pinned=true": {plain}, "exclude_replies=true&exclude_reblogs=true": {own, picture, plain},
			"only_media=true&tagged=dogs": {},
		} {
			s.get("", "/api/v1/accounts/"+s.id("ada")+"/statuses?"+query).holds(want...)
		}
	}, "ada", "bo")
}

// Every version has what it said: its warning, its pictures with their words, and what it
// asked.
func TestHistoryHasAllOfEachVersion(t *testing.T) {
	each(t, func(s *server) {
		media := s.post("ada", "/api/v2/media", upload(t, "file", "description", "one")).str("id")
		id := s.say("ada", "status=first&spoiler_text=careful&media_ids[]="+media)
		one := "/api/v1/statuses/" + id
		s.ask("ada", "PUT", one, map[string]any{
			"status": "second", "spoiler_text": "", "sensitive": false, "media_ids": []string{media},
			"media_attributes": []map[string]string{{"id": media, "description": "two"}},
		}).is(200)
		s.ask("ada", "PUT", one, map[string]any{
			"status": "third", "media_ids": []string{}, "poll": map[string]any{"options": []string{"a", "b"}, "expires_in": 3600},
		}).is(200).has("poll.options.1.title", "b")
		s.ask("ada", "PUT", one, map[string]any{"status": "third", "poll": map[string]any{"options": []string{"a", "c"}, "expires_in": 3600}}).is(200)
		const shape = `content:string spoiler_text:string sensitive:bool created_at:date account:object media_attachments:list emojis:list`
		h := s.get("bo", one+"/history").shaped("0", shape).shaped("3", shape+" poll:object").has("4", nil)
		h.has("0.content", "<p>first</p>").has("0.spoiler_text", "careful").has("0.sensitive", true).has("0.media_attachments.0.description", "one").has("0.poll", nil)
		h.has("1.content", "<p>second</p>").has("1.spoiler_text", "").has("1.sensitive", false).has("1.media_attachments.0.description", "two")
		h.has("2.media_attachments", "[]").has("2.poll.options", "[map[title:a] map[title:b]]").has("3.poll.options", "[map[title:a] map[title:c]]")
		s.get("ada", one+"/source").has("text", "third").has("spoiler_text", "").has("id", id)
		first := s.get("ada", one).str("created_at")
		h.has("0.created_at", first).has("3.created_at", s.get("ada", one).str("edited_at"))
	}, "ada", "bo")
}
