package api_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

func TestUserStreamTellsWhatHomeShows(t *testing.T) {
	each(t, func(s *server) {
		s.follow("ada", "bo")
		w := s.watch()
		c := w.socket("/api/v1/streaming?stream=user&access_token=ada").settled()
		s.say("cy", "status=nobody+hears")
		id := s.say("bo", "status=hello")
		c.hears("user update " + id)
		s.ask("bo", "PUT", "/api/v1/statuses/"+id, "status=hello+all").is(200)
		c.hears("user status.update " + id)
		other := s.say("cy", "status=pass+me+on")
		boost := s.post("bo", "/api/v1/statuses/"+other+"/reblog", nil).str("id")
		c.hears("user update " + boost)
		s.post("bo", "/api/v1/statuses/"+other+"/unreblog", nil)
		c.hears("user delete " + boost)
		s.ask("bo", "DELETE", "/api/v1/statuses/"+id, nil).is(200)
		c.hears("user delete " + id)
		mine := s.say("ada", "status=mine")
		c.hears("user update " + mine)
		s.post("cy", "/api/v1/statuses/"+mine+"/favourite", nil)
		c.hears("user notification favourite")
		s.say("cy", "status=@ada+look")
		c.hears("user notification mention")
		s.say("bo", "status=@cy+an+answer+to+whom+ada+does+not+hear&in_reply_to_id="+other)
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/block", nil)
		s.say("bo", "status=unheard")
		c.hears("user update " + s.say("ada", "status=last"))
	}, "ada", "bo", "cy")
}

// What is sent is what the timeline would hold.
func TestStreamedStatusesAreWhole(t *testing.T) {
	each(t, func(s *server) {
		s.follow("ada", "bo")
		w := s.watch()
		c := w.socket("/api/v1/streaming?stream=user&access_token=ada").settled()
		s.post("ada", "/api/v2/filters", "title=no&context[]=home&filter_action=warn&keywords_attributes[][keyword]=spoiler")
		c.hears("user filters_changed -")
		s.say("bo", "status=a+spoiler+for+%23Cats")
		m, _ := c.within(10 * time.Second)
		var got, want any
		if m.Payload == nil || json.Unmarshal([]byte(*m.Payload), &got) != nil {
			t.Fatal(m)
		}
		want = s.get("ada", "/api/v1/timelines/home?limit=1").at("0")
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(want)
		if string(a) != string(b) || !strings.Contains(string(a), "keyword_matches") {
			t.Errorf("streamed\n%s\nbut the timeline has\n%s", a, b)
		}
		s.post("ada", "/api/v2/filters", "title=never&context[]=home&filter_action=hide&keywords_attributes[][keyword]=secret")
		c.hears("user filters_changed -")
		c.hears("user update " + s.say("bo", "status=a+secret")) // which apps leave out
		c.hears("user update " + s.say("bo", "status=last"))
	}, "ada", "bo")
}

func TestPublicStreams(t *testing.T) {
	each(t, func(s *server) {
		w := s.watch("app")
		all := w.socket("/api/v1/streaming?access_token=ada")
		for _, name := range []string{"public", "public:local", "public:remote", "public:media", "hashtag"} {
			all.say(`{"type":"subscribe","stream":%q,"tag":"Cats"}`, name)
		}
		all.settled()
		app := w.socket("/api/v1/streaming/?stream=public:local&access_token=app").settled()
		id := s.say("bo", "status=%23cats")
		all.hears("public update "+id, "public:local update "+id, "hashtag Cats update "+id)
		app.hears("public:local update " + id)
		s.say("bo", "status=quiet&visibility=unlisted")
		s.say("cy", "status=@bo+an+answer&in_reply_to_id="+id)
		all.say(`{"type":"unsubscribe","stream":["hashtag"],"tag":"cats"}`).say(`{"type":"unsubscribe","stream":"public:local"}`).settled()
		media := s.post("bo", "/api/v2/media", upload(t, "file")).str("id")
		pic := s.say("bo", "status=%23cats&media_ids[]="+media)
		all.hears("public update "+pic, "public:media update "+pic)
		app.hears("public:local update " + pic)
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/block", nil)
		s.say("bo", "status=unheard")
		s.ask("bo", "DELETE", "/api/v1/statuses/"+id, nil).is(200)
		all.hears("public delete "+id, "public:media delete "+id, "public:remote delete "+id)
	}, "ada", "bo", "cy")
}

func TestStreamsAsServerSentEvents(t *testing.T) {
	each(t, func(s *server) {
		s.follow("ada", "bo")
		w := s.watch("ada/read:statuses")
		user := w.events("/api/v1/streaming/user", "Authorization: Bearer ada")
		notes := w.events("/api/v1/streaming/user/notification?access_token=ada")
		half := w.events("/api/v1/streaming/user?access_token=ada/read:statuses")
		tag := w.events("/api/v1/streaming/hashtag/local?tag=cats&access_token=ada")
		media := w.events("/api/v1/streaming/public?only_media=true&access_token=ada")
		if got := user.header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
			t.Errorf("content type %q", got)
		}
		id := s.say("bo", "status=@ada+%23cats")
		user.hears("update "+id, "notification mention")
		notes.hears("notification mention")
		half.hears("update " + id)
		tag.hears("update " + id)
		s.post("ada", "/api/v2/filters", "title=x&context[]=home")
		user.hears("filters_changed ")
		pic := s.post("bo", "/api/v2/media", upload(t, "file")).str("id")
		media.hears("update " + s.say("bo", "status=look&media_ids[]="+pic))
	}, "ada", "bo")
}

func TestWhoMayStream(t *testing.T) {
	each(t, func(s *server) {
		w := s.watch("app", "ada/profile", "ada/read:statuses")
		for _, c := range []struct {
			path   string
			header string
			want   int
		}{
			{"/api/v1/streaming/health", "", 200},
			{"/api/v1/streaming/user", "", 401},
			{"/api/v1/streaming/public", "", 401},
			{"/api/v1/streaming/user?access_token=nobody", "", 401},
			{"/api/v1/streaming/user?access_token=ada/profile", "", 401},
			{"/api/v1/streaming/user/notification?access_token=ada/read:statuses", "", 401},
			{"/api/v1/streaming/public?access_token=ada/profile", "", 200},
			{"/api/v1/streaming/user?access_token=app", "", 401},
			{"/api/v1/streaming/public/local?access_token=app", "", 200},
			{"/api/v1/streaming/hashtag?access_token=ada", "", 400},
			{"/api/v1/streaming/hashtag?access_token=ada&tag=" + strings.Repeat("x", 1000), "", 400},
			{"/api/v1/streaming/list?access_token=ada", "", 404},
			{"/api/v1/streaming/list?access_token=ada&list=42", "", 404},
			{"/api/v1/streaming/list?access_token=ada&list=-1", "", 404},
			{"/api/v1/streaming/nothing?access_token=ada", "", 404},
			{"/api/v1/streaming?access_token=ada", "", 400},
			{"/api/v1/streaming/user?access_token=ada&x=" + strings.Repeat("&a=b", 600), "", 422},
		} {
			if got := w.open(c.path, "Connection: close"); got.status != c.want {
				t.Errorf("%.60s: got %d, want %d", c.path, got.status, c.want)
			}
		}
		for _, path := range []string{"?stream=user", "?stream=user&access_token=nobody"} {
			if c := w.socket("/api/v1/streaming" + path); c.status != 401 {
				t.Errorf("a socket at %s: got %d, want 401", path, c.status)
			}
		}
		c := w.socket("/api/v1/streaming", "Sec-WebSocket-Protocol: ada")
		if got := c.header.Get("Sec-WebSocket-Protocol"); got != "ada" {
			t.Errorf("the protocol is %q, want the token: browsers want it back", got)
		}
		c.say(`{"type":"subscribe","stream":"list","list":42}`).hears("error 404")
		c.say(`{"type":"subscribe","stream":"hashtag"}`).hears("error 400")
		c.say(`nonsense`).say(`{"type":7}`).say(`[]`).say(`{"type":"subscribe"}`).hears("error 400")
		for range 101 {
			c.say(`{"type":"subscribe","stream":"hashtag","tag":"t%d"}`, models.NewID(s.now))
		}
		c.hears("error 429")
		w.socket("/api/v1/streaming?stream=user&access_token=ada/profile").hears("error 401")
		w.socket("/api/v1/streaming?access_token=ada").say("%s", strings.Repeat(" ", 5000)).hears("closed 1009")
	}, "ada")
}

func TestStreamsEndWithTheirToken(t *testing.T) {
	each(t, func(s *server) {
		w := s.watch("ada/read", "app")
		gone, stays := w.socket("/api/v1/streaming?stream=user&access_token=ada/read").settled(), w.socket("/api/v1/streaming?stream=user&access_token=ada").settled()
		lines := w.events("/api/v1/streaming/user?access_token=bo")
		app := w.socket("/api/v1/streaming?stream=public&access_token=app").settled()
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Token](tx, map[string]any{"revoked_at": tx.Now}, "hash = ?", "ada/read")
			return err
		})
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Account](tx, map[string]any{"state": models.AccountSuspended}, "id = ?", s.people["bo"].ID)
			return err
		})
		begun := time.Now()
		gone.hears("closed 1008")
		lines.hears("closed cut")
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("that took %s, and must not take 5 s", took)
		}
		id := s.say("ada", "status=hi")
		stays.hears("user update " + id)
		app.hears("public update " + id)
		s.api.Hub.Close()
		stays.hears("closed 1001")
		if c := w.socket("/api/v1/streaming?stream=user&access_token=ada"); c.status != 429 {
			t.Errorf("a closed hub answers %d", c.status)
		}
	}, "ada", "bo")
}

// The rules of home and of lists are theirs alone: a stream has no others.
func TestStreamsObeyMutesTagsAndLists(t *testing.T) {
	each(t, func(s *server) {
		for _, whom := range []string{"bo", "cy"} {
			s.post("ada", "/api/v1/accounts/"+s.id(whom)+"/follow", nil)
		}
		list := s.post("ada", "/api/v1/lists", "title=some").str("id")
		s.post("ada", "/api/v1/lists/"+list+"/accounts", "account_ids[]="+s.id("bo"))
		s.post("ada", "/api/v1/tags/cats/follow", nil)
		w := s.watch()
		home := w.socket("/api/v1/streaming?stream=user&access_token=ada").settled()
		some := w.socket("/api/v1/streaming?stream=list&list=" + list + "&access_token=ada").settled()
		w.socket("/api/v1/streaming?access_token=bo").say(`{"type":"subscribe","stream":"list","list":%q}`, list).hears("error 404")
		hers, his := s.say("cy", "status=hers"), s.say("bo", "status=his+%23cats")
		home.hears("user update "+hers, "user update "+his)
		some.hears("list " + list + " update " + his)
		cats := s.say("di", "status=%23Cats")
		home.hears("user update " + cats)
		s.ask("bo", "PUT", "/api/v1/statuses/"+his, "status=his+%23cats+again").is(200)
		home.hears("user status.update " + his)
		some.hears("list " + list + " status.update " + his)
		boost := s.post("bo", "/api/v1/statuses/"+hers+"/reblog", nil).str("id")
		some.hears("list " + list + " update " + boost)
		home.hears("user update " + boost)
		s.post("ada", "/api/v1/accounts/"+s.id("cy")+"/mute", nil)
		s.say("cy", "status=unheard")
		s.post("ada", "/api/v1/accounts/"+s.id("bo")+"/follow", "reblogs=false")
		s.post("bo", "/api/v1/statuses/"+cats+"/reblog", nil)
		s.ask("bo", "DELETE", "/api/v1/statuses/"+his, nil).is(200)
		home.hears("user delete " + his)
		some.hears("list " + list + " delete " + his)
	}, "ada", "bo", "cy", "di")
}

func TestOwnStreams(t *testing.T) {
	each(t, func(s *server) {
		s.ask("bo", "PUT", "/api/ensemble/v1/me/collaborate", "policy=everyone")
		w := s.watch("bo/read")
		ada := w.events("/api/v1/streaming/collab?access_token=ada")
		bo := w.events("/api/v1/streaming/collab?access_token=bo")
		knows := w.socket("/api/v1/streaming?stream=user:notification&access_token=bo&supported_types[]=mention").settled()
		old := w.socket("/api/v1/streaming?stream=user:notification&access_token=bo").settled()
		id := s.post("ada", "/api/ensemble/v1/collabs", "status=together&coauthor_ids[]="+s.id("bo")).str("id")
		knows.hears("user:notification notification collab_invite")
		var m told
		for m.Event == "" {
			m, _ = bo.within(10 * time.Second)
		}
		var v struct {
			What   string
			Collab struct {
				ID    string
				State string `json:"my_state"`
			}
		}
		if err := json.Unmarshal([]byte(*m.Payload), &v); err != nil || m.Event != "collab" || v.Collab.ID != id {
			t.Errorf("heard %s %+v (%v)", m, v, err)
		}
		s.post("bo", "/api/ensemble/v1/collabs/"+id+"/accept", nil)
		seen := ""
		for !strings.Contains(seen, "published") {
			m, ok := ada.within(20 * time.Second)
			if !ok {
				t.Fatal("never published; heard", seen)
			}
			_ = json.Unmarshal([]byte(*m.Payload), &v)
			seen += v.What + " "
		}
		if !strings.Contains(seen, "invited") || !strings.Contains(seen, "accepted") {
			t.Errorf("heard %s", seen)
		}
		direct := w.socket("/api/v1/streaming?stream=direct&access_token=bo").settled()
		s.say("ada", "status=@bo+psst&visibility=direct")
		c := s.get("bo", "/api/v1/conversations").str("0.id")
		direct.hears("direct conversation " + c)
		s.say("ada", "status=@bo+look")
		old.hears("user:notification notification mention")
	}, "ada", "bo")
}
