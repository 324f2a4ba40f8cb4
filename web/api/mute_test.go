package api_test

import (
	"net/url"
	"testing"
	"time"

	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
)

const peoplePath = "/api/v1/accounts/"

// between is what who has to do with whom.
func (s *server) between(who, whom string) *answer {
	s.Helper()
	return s.get(who, peoplePath+"relationships?id[]="+s.id(whom)).shaped("0", relationshipShape)
}

func TestMutedPeopleAreNotHeard(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.follow("bo", "cy")
		root := s.say("bo", "status=root")
		theirs := s.say("ada", "status=%23cats+of+mine")
		named := s.say("cy", "status=hello+@ada")
		s.post("cy", "/api/v1/statuses/"+theirs+"/reblog", nil)
		reply := s.say("ada", "status=yes+@bo&in_reply_to_id="+root)
		below := s.say("cy", "status=indeed&in_reply_to_id="+reply)
		home := "/api/v1/timelines/home"
		s.get("bo", home).holds(below, reply, named, theirs, root)
		s.get("bo", "/api/v1/notifications").has("0.type", "mention")

		s.post("bo", peoplePath+s.id("ada")+"/mute", nil).has("muting", true).has("muting_notifications", true).has("muting_expires_at", nil)
		s.between("bo", "ada").has("0.muting", true).has("0.following", true)
		s.get("bo", home).holds(below, root)
		s.get("bo", "/api/v1/timelines/tag/cats").holds()
		s.get("bo", "/api/v1/timelines/public").holds(named, root)
		s.get("", "/api/v1/timelines/tag/cats").holds(theirs)
		thread := s.get("bo", "/api/v1/statuses/"+root+"/context")
		(&answer{server: s, what: "thread", body: thread.at("descendants")}).holds(below)
		s.get("bo", "/api/v1/notifications").holds()
		s.post("ada", "/api/v1/statuses/"+root+"/favourite", nil)
		s.get("bo", "/api/v1/notifications").holds()
		s.get("bo", peoplePath+s.id("ada")+"/statuses").holds(reply, theirs) // who looks, finds
		s.get("bo", "/api/v1/statuses/"+theirs)
		s.get("bo", "/api/v1/mutes").holds(s.id("ada")).shaped("0", accountShape+" mute_expires_at:date?").has("0.mute_expires_at", nil)
		s.between("ada", "bo").has("0.muting", false).has("0.blocked_by", false)

		s.post("bo", peoplePath+s.id("ada")+"/mute", "notifications=false").has("muting_notifications", false)
		s.post("ada", "/api/v1/statuses/"+root+"/reblog", nil)
		s.get("bo", "/api/v1/notifications").has("0.type", "reblog").has("1", nil)
		for range 2 {
			s.post("bo", peoplePath+s.id("ada")+"/unmute", nil).has("muting", false)
		}
		s.get("bo", home).holds(below, reply, named, theirs, root)
		s.get("bo", "/api/v1/mutes").holds()
	}, "ada", "bo", "cy")
}

func TestAMuteEnds(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		id := s.say("ada", "status=hi")
		s.post("bo", peoplePath+s.id("ada")+"/mute", map[string]any{"duration": 3600, "notifications": true}).
			has("muting", true).has("muting_expires_at", s.now.Add(time.Hour).Format("2006-01-02T15:04:05.000Z"))
		s.get("bo", "/api/v1/mutes").has("0.mute_expires_at", s.now.Add(time.Hour-time.Second).Format("2006-01-02T15:04:05.000Z"))
		s.get("bo", "/api/v1/timelines/home").holds()
		s.now = s.now.Add(time.Hour)
		s.between("bo", "ada").has("0.muting", false).has("0.muting_expires_at", nil)
		s.get("bo", "/api/v1/timelines/home").holds(id)
		s.get("bo", "/api/v1/mutes").holds()
		s.post("ada", "/api/v1/statuses", "status=@bo")
		s.get("bo", "/api/v1/notifications").has("0.type", "mention")
		s.do(graph.Forget)
		s.do(func(tx *store.Tx) error {
			if n, err := store.Count[models.Mute](tx, "1 = 1"); err != nil || n != 0 {
				t.Errorf("%d mutes are left, %v", n, err)
			}
			return nil
		})
		s.post("bo", peoplePath+s.id("ada")+"/mute", "duration=-5").has("muting", true).has("muting_expires_at", nil)
		s.post("bo", peoplePath+s.id("ada")+"/mute", "duration=99999999999999").has("muting", true)
		s.post("bo", peoplePath+s.id("bo")+"/mute", nil).has("muting", false)
		s.ask("bo", "POST", peoplePath+s.id("ada")+"/mute", "duration=soon").is(422)
		s.ask("bo", "POST", peoplePath+"42/mute", nil).is(404)
		s.ask("bo/read", "POST", peoplePath+s.id("ada")+"/mute", nil).is(403)
		s.ask("", "GET", "/api/v1/mutes", nil).is(401)
	}, "ada", "bo")
}

func TestAMuteGoesWithAMove(t *testing.T) {
	each(t, func(s *server) {
		s.stranger("old")
		s.stranger("new")
		s.post("bo", peoplePath+s.id("old")+"/mute", "duration=7200&notifications=false")
		s.post("bo", peoplePath+s.id("old")+"/note", "comment=from+the+club")
		s.post("ada", peoplePath+s.id("old")+"/mute", nil)
		s.follow("ada", "new")
		list := s.post("cy", "/api/v1/lists", "title=friends").str("id")
		s.post("cy", peoplePath+s.id("old")+"/follow", "notify=true&languages[]=fr")
		s.post("cy", "/api/v1/lists/"+list+"/accounts", "account_ids[]="+s.id("old"))
		s.do(func(tx *store.Tx) error {
			m := &models.Move{ID: 1, AccountID: s.people["old"].ID, TargetID: s.people["new"].ID, Host: "two.example", CreatedAt: tx.Now}
			if err := store.Put(tx, m); err != nil {
				return err
			}
			_, err := graph.CarryOver(tx, 1)
			return err
		})
		s.between("bo", "new").has("0.muting", true).has("0.muting_notifications", false).has("0.note", "from the club")
		s.between("ada", "new").has("0.muting", false)
		s.between("cy", "new").has("0.requested", true).has("0.notifying", true).has("0.languages", "[fr]")
		s.get("cy", "/api/v1/lists/"+list+"/accounts").holds(s.id("new"))
	}, "ada", "bo", "cy")
}

func TestNotesAreForOneself(t *testing.T) {
	each(t, func(s *server) {
		s.post("bo", peoplePath+s.id("ada")+"/note", map[string]any{"comment": "met in Lyon"}).has("note", "met in Lyon")
		s.post("bo", peoplePath+s.id("ada")+"/note", "comment=Paris")
		s.between("bo", "ada").has("0.note", "Paris")
		s.between("ada", "bo").has("0.note", "")
		s.ask("bo", "POST", peoplePath+s.id("ada")+"/note", url.Values{"comment": {string(make([]rune, 2001))}}.Encode()).is(422)
		long := make([]rune, 2001)
		for i := range long {
			long[i] = 'é'
		}
		s.ask("bo", "POST", peoplePath+s.id("ada")+"/note", url.Values{"comment": {string(long)}}.Encode()).is(422)
		s.between("bo", "ada").has("0.note", "Paris")
		s.post("bo", peoplePath+s.id("ada")+"/note", url.Values{"comment": {string(long[:2000])}}.Encode()).has("note", string(long[:2000]))
		s.post("bo", peoplePath+s.id("ada")+"/note", nil).has("note", "")
	}, "ada", "bo")
}
