package api_test

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/activities/schedule"
	"ensemble/models"
	"ensemble/models/store"
)

const scheduledShape = `id:string scheduled_at:date params:object media_attachments:list`

// in is a time that far ahead, as clients write it.
func (s *server) in(d time.Duration) string {
	return s.now.Add(d).UTC().Format("2006-01-02T15:04:05.000Z")
}

// due publishes what is due, as the sweep does.
func (s *server) due() (published int) {
	s.Helper()
	var ids []models.ID
	s.do(func(tx *store.Tx) (err error) {
		ids, err = schedule.Overdue(tx, 100)
		return err
	})
	var all sync.WaitGroup
	for _, id := range ids {
		for range 3 { // the queue, the sweep, and another process
			all.Go(func() {
				if err := s.db.Tx(s.Context(), func(tx *store.Tx) error { return schedule.Publish(tx, id) }); err != nil {
					s.Error(err)
				}
			})
		}
	}
	all.Wait()
	return len(ids)
}

func TestScheduledPostsWaitAndAppearOnce(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v1/scheduled_statuses"
		media := s.post("ada", "/api/v2/media", upload(t, "file", "description", "mugs")).str("id")
		at := s.in(time.Hour)
		v := s.post("ada", "/api/v1/statuses", map[string]any{
			"status": "later @bo", "spoiler_text": "soon", "visibility": "unlisted", "language": "fr", "media_ids": []string{media}, "scheduled_at": at,
		}).shaped("", scheduledShape).has("scheduled_at", at).has("params.text", "later @bo").has("params.spoiler_text", "soon").
			has("params.visibility", "unlisted").has("params.language", "fr").has("params.media_ids", "["+media+"]").has("params.poll", nil).
			has("media_attachments.0.id", media).has("media_attachments.0.description", "mugs").has("params.in_reply_to_id", nil)
		one := all + "/" + v.str("id")
		quiz := s.post("ada", "/api/v1/statuses", "status=q&poll[options][]=a&poll[options][]=b&poll[expires_in]=3600&scheduled_at="+s.in(2*time.Hour)).
			has("params.poll.options", "[a b]").has("params.poll.expires_in", "3600").str("id")
		s.get("ada", all).holds(quiz, v.str("id"))
		if link := s.get("ada", all+"?limit=1").holds(quiz).header.Get("Link"); !strings.Contains(link, "max_id="+quiz) {
			t.Errorf("Link: %s", link)
		}
		s.get("ada", one).shaped("", scheduledShape)
		s.get("ada", "/api/v1/accounts/"+s.id("ada")+"/statuses").holds()
		s.get("bo", "/api/v1/notifications").holds()
		s.ask("ada", "DELETE", "/api/v1/media/"+media, nil).is(422)

		s.now = s.now.Add(25 * time.Hour)
		s.do(post.Sweep)
		s.get("ada", "/api/v1/media/"+media)
		if n := s.due() + s.due(); n != 2 {
			t.Errorf("%d posts were published", n)
		}
		s.get("ada", all).holds()
		s.ask("ada", "GET", one, nil).is(404)
		mine := s.get("ada", "/api/v1/accounts/"+s.id("ada")+"/statuses").has("2", nil)
		i := map[bool]string{true: "0", false: "1"}[mine.at("0.spoiler_text") == "soon"]
		mine.has(i+".content", mine.str(i+".content")).has(i+".visibility", "unlisted").has(i+".media_attachments.0.id", media).has(i+".mentions.0.acct", "bo")
		poll := map[string]string{"0": "1", "1": "0"}[i]
		mine.has(poll+".poll.options.0.title", "a").has(poll+".poll.expired", false)
		s.get("bo", "/api/v1/notifications").has("0.type", "mention").has("1", nil)
	}, "ada", "bo")
}

func TestScheduledPostsAreMovedAndCancelled(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v1/scheduled_statuses"
		v := s.post("ada", "/api/v1/statuses", "status=later&scheduled_at="+s.in(time.Hour))
		one := all + "/" + v.str("id")
		at := s.in(2 * time.Hour)
		s.ask("ada", "PUT", one, "scheduled_at="+at).is(200).has("scheduled_at", at)
		s.ask("ada", "PUT", one, nil).is(200).has("scheduled_at", at)
		for body, status := range map[string]int{"scheduled_at=" + s.in(time.Minute): 422, "scheduled_at=soon": 422, "scheduled_at=" + s.in(-time.Hour): 422} {
			s.ask("ada", "PUT", one, body).is(status)
		}
		s.ask("bo", "GET", one, nil).is(404)
		s.ask("bo", "PUT", one, "scheduled_at="+s.in(3*time.Hour)).is(404)
		s.ask("bo", "DELETE", one, nil).is(404)
		s.ask("ada/read", "DELETE", one, nil).is(403)
		s.ask("ada", "GET", all+"/x", nil).is(404)
		s.get("ada", one).has("scheduled_at", at)
		s.now = s.now.Add(90 * time.Minute)
		if s.due() != 0 {
			t.Error("it was published at its old time")
		}
		s.ask("ada", "DELETE", one, nil).is(200)
		s.ask("ada", "DELETE", one, nil).is(404)
		s.now = s.now.Add(90 * time.Minute)
		if s.due() != 0 {
			t.Error("it was published after it was cancelled")
		}
	}, "ada", "bo")
}

func TestScheduledPostsAreCheckedAtOnce(t *testing.T) {
	each(t, func(s *server) {
		later := "&scheduled_at=" + s.in(time.Hour)
		for _, c := range []struct {
			form   string
			status int
		}{
			{"status=x&scheduled_at=" + s.in(4*time.Minute), 422},
			{"status=x&scheduled_at=" + s.in(-time.Hour), 422},
			{"status=x&scheduled_at=tomorrow", 422},
			{"status=" + later, 422},
			{"status=" + strings.Repeat("x", 5001) + later, 422},
			{"status=x&visibility=nobody" + later, 422},
			{"status=x&media_ids[]=42" + later, 422},
			{"status=x&in_reply_to_id=42" + later, 404},
			{"status=x&quoted_status_id=42" + later, 404},
			{"status=x&poll[options][]=a" + later, 422},
		} {
			s.ask("ada", "POST", "/api/v1/statuses", c.form).is(c.status)
		}
		id := s.say("ada", "status=now")
		s.ask("ada", "PUT", "/api/v1/statuses/"+id, "status=then"+later).is(422).has("code", "not_scheduled")
		s.get("ada", "/api/v1/statuses/"+id).has("content", "<p>now</p>")
		s.get("ada", "/api/v1/scheduled_statuses").holds()
		s.get("ada", "/api/v1/accounts/"+s.id("ada")+"/statuses").holds(id)
		for range models.MaxScheduledDay {
			s.post("ada", "/api/v1/statuses", "status=x"+later)
		}
		s.ask("ada", "POST", "/api/v1/statuses", "status=x"+later).is(422)
		s.do(func(tx *store.Tx) error {
			var more []models.ScheduledPost
			for i := range models.MaxScheduled - models.MaxScheduledDay {
				more = append(more, models.ScheduledPost{ID: models.NewID(tx.Now), AccountID: s.people["ada"].ID, Draft: "{}", At: tx.Now.Add(time.Duration(i+50) * time.Hour), CreatedAt: tx.Now})
			}
			return store.AddAll(tx, more)
		})
		s.ask("ada", "POST", "/api/v1/statuses", "status=x&scheduled_at="+s.in(100*24*time.Hour)).is(422)
		s.post("bo", "/api/v1/statuses", "status=x"+later)
	}, "ada", "bo")
}

// What another did in between may keep a post from appearing: its author reads why, and
// may try anew.
func TestScheduledPostsThatCannotAppearSayWhy(t *testing.T) {
	each(t, func(s *server) {
		to := s.say("bo", "status=hi")
		v := s.post("ada", "/api/v1/statuses", "status=yes&in_reply_to_id="+to+"&scheduled_at="+s.in(time.Hour))
		s.post("bo", "/api/v1/accounts/"+s.id("ada")+"/block", nil)
		s.now = s.now.Add(2 * time.Hour)
		id, err := models.ParseID(v.str("id"))
		if err != nil {
			t.Fatal(err)
		}
		refused := s.db.Tx(t.Context(), func(tx *store.Tx) error { return schedule.Publish(tx, id) })
		if models.KindOf(refused) != models.NotFound && models.KindOf(refused) != models.Forbidden {
			t.Fatalf("got %v", refused)
		}
		s.do(func(tx *store.Tx) error { return schedule.Fail(tx, id, refused) })
		one := "/api/v1/scheduled_statuses/" + v.str("id")
		if s.get("ada", one).str("reason") != refused.Error() {
			t.Error("its author does not read why")
		}
		if s.due() != 0 {
			t.Error("it is tried for ever")
		}
		s.post("bo", "/api/v1/accounts/"+s.id("ada")+"/unblock", nil)
		s.ask("ada", "PUT", one, "scheduled_at="+s.in(time.Hour)).is(200).has("reason", nil)
		s.now = s.now.Add(2 * time.Hour)
		if s.due() != 1 {
			t.Error("it was not tried anew")
		}
		s.get("ada", "/api/v1/accounts/"+s.id("ada")+"/statuses").has("0.in_reply_to_id", to)
	}, "ada", "bo")
}

func TestScheduledPostsAreKeptOnceForAKey(t *testing.T) {
	each(t, func(s *server) {
		body := "status=once&scheduled_at=" + s.in(time.Hour)
		var first string
		for i := range 3 {
			req := httptest.NewRequest("POST", "/api/v1/statuses", strings.NewReader(body))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Authorization", "Bearer ada")
			req.Header.Set("Idempotency-Key", "a key")
			id := s.send(req).is(200).str("id")
			if i == 0 {
				first = id
			}
			if id != first {
				t.Errorf("%s after %s", id, first)
			}
		}
		s.get("ada", "/api/v1/scheduled_statuses").holds(first)
	}, "ada")
}

// look does what is due about collabs, as the sweep does.
func (s *server) look() {
	s.Helper()
	s.do(func(tx *store.Tx) error {
		ids, err := store.CollabsDue(tx, 100)
		for _, id := range ids {
			if err := collab.Look(tx, id); err != nil {
				return err
			}
		}
		return err
	})
}

func TestScheduledCollabWaitsForItsTimeAndForConsent(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		offer := func(more string) string {
			v := s.ask("ada", "POST", "/api/v1/statuses", "status=Together&coauthor_ids[]="+s.id("bo")+"&scheduled_at="+s.in(time.Hour)+more).is(202)
			return collabs + "/" + v.has("state", "offered").str("id")
		}
		state := func(at, want string) *answer {
			s.Helper()
			s.look()
			return s.get("ada", at).has("state", want)
		}
		agreed, late, moved, now, back := offer(""), offer(""), offer(""), offer("&quorum=now"), offer("&on_decline=draft")
		if s.get("bo", agreed).at("scheduled_at") == nil {
			t.Error("who is asked is not told when")
		}
		s.post("bo", agreed+"/accept", nil).has("state", "offered").has("my_state", "accepted")
		state(agreed, "offered")
		state(now, "offered")
		s.ask("ada", "POST", moved+"/schedule", "scheduled_at="+s.in(20*24*time.Hour)).is(422).has("code", "too_late")
		s.ask("ada", "POST", moved+"/schedule", "scheduled_at="+s.in(time.Minute)).is(422).has("code", "too_soon")
		s.ask("ada", "POST", moved+"/schedule", "scheduled_at=soon").is(422)
		s.ask("bo", "POST", moved+"/schedule", "scheduled_at="+s.in(2*time.Hour)).is(403)
		s.ask("cy", "POST", moved+"/schedule", "scheduled_at="+s.in(2*time.Hour)).is(404)
		s.post("ada", moved+"/schedule", "scheduled_at="+s.in(3*time.Hour)).has("state", "offered")
		s.post("bo", moved+"/accept", nil).has("state", "offered")
		s.post("bo", back+"/decline", "confirm=true")
		if state(back, "draft").at("scheduled_at") == nil {
			t.Error("the schedule of a draft is lost")
		}
		s.ask("ada", "POST", "/api/v1/statuses", "status=x&coauthor_ids[]="+s.id("bo")+"&scheduled_at="+s.in(89*24*time.Hour+time.Minute)).is(422)
		s.get("cy", "/api/v1/accounts/"+s.id("ada")+"/statuses").holds()

		s.now = s.now.Add(time.Hour)
		one := state(agreed, "published").has("scheduled_at", nil).str("status_id")
		s.get("cy", "/api/v1/statuses/"+one).has("coauthors.0.account.username", "bo")
		two := state(now, "published").str("status_id")
		s.get("cy", "/api/v1/statuses/"+two).has("coauthors", "[]")
		state(moved, "offered")
		state(late, "offered")
		three := s.post("bo", late+"/accept", nil).has("state", "published").str("status_id")
		s.get("cy", "/api/v1/accounts/"+s.id("ada")+"/statuses").has("0.id", three).has("3", nil)
		s.look()
		s.now = s.now.Add(2 * time.Hour)
		four := state(moved, "published").str("status_id")
		s.get("cy", "/api/v1/accounts/"+s.id("bo")+"/statuses").holds(four, three, one)
		s.ask("ada", "POST", moved+"/schedule", "scheduled_at="+s.in(time.Hour)).is(409)

		last := offer("")
		s.post("bo", last+"/accept", nil).has("state", "offered")
		s.post("ada", last+"/schedule", nil).has("state", "published")
	}, "ada", "bo", "cy")
}

func TestDraftOfACollabIsSavedChangedAndDiscarded(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		media := s.post("ada", "/api/v2/media", upload(t, "file", "description", "mugs")).str("id")
		v := s.post("ada", collabs, "status=Half+a&media_ids[]="+media).has("state", "draft").has("can", "[invite publish revise schedule discard]")
		one := collabs + "/" + v.str("id")
		s.get("ada", collabs+"?state[]=draft").holds(v.str("id"))
		s.post("ada", one+"/revise", "status=Half+a+thought&spoiler_text=hm").has("work.text", "Half a thought").has("work.spoiler_text", "hm").
			has("work.media_attachments.0.description", "mugs").has("state", "draft")
		s.get("ada", one).has("work.text", "Half a thought").has("invitees", "[]")
		s.ask("bo", "GET", one, nil).is(404)
		s.ask("bo", "DELETE", one, nil).is(404)
		s.ask("bo", "POST", one+"/revise", "status=mine").is(404)
		s.now = s.now.Add(48 * time.Hour)
		s.do(post.Sweep)
		s.get("ada", one).has("work.media_attachments.0.id", media)
		s.ask("ada", "DELETE", one, nil).is(200).has("state", "discarded")
		s.get("ada", one).has("work", nil)
		s.ask("ada", "POST", one+"/revise", "status=again").is(410)
		s.ask("ada", "GET", "/api/v1/media/"+media, nil).is(404)

		second := collabs + "/" + s.post("ada", collabs, "status=Half").str("id")
		s.post("ada", second+"/invite", "coauthor_ids[]="+s.id("bo")).has("state", "offered")
		s.post("bo", second+"/accept", nil).has("state", "published")
		s.get("", "/api/v1/accounts/"+s.id("ada")+"/statuses").has("0.coauthors.0.account.username", "bo").has("1", nil)
	}, "ada", "bo")
}
