package api_test

import (
	"net/url"
	"strings"
	"testing"

	"ensemble/activities/graph"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// hear has a post of somebody elsewhere taken in.
func (s *server) hear(who, words string, tags ...string) string {
	s.Helper()
	var id models.ID
	by := s.people[who]
	s.do(func(tx *store.Tx) error {
		p, err := post.Take(tx, by, &models.Note{
			URI: by.URI + models.IRI("/posts/"+models.NewID(tx.Now).String()), Author: by.URI, Content: "<p>" + words + "</p>", Tags: tags,
			To: []models.IRI{models.Public}, Published: tx.Now,
		})
		id = p.ID
		return err
	})
	s.now = s.now.Add(1e9)
	return id.String()
}

func TestAServerIsKeptAway(t *testing.T) {
	each(t, func(s *server) {
		eve := s.stranger("eve")
		s.do(func(tx *store.Tx) error {
			if err := graph.Followed(tx, eve, "https://two.example/f/1", s.people["bo"]); err != nil {
				return err
			}
			return graph.Followed(tx, eve, "https://two.example/f/2", s.people["ada"])
		})
		s.follow("bo", "eve")
		s.follow("bo", "ada")
		id := s.hear("eve", "hello", "cats")
		s.post("ada", "/api/v1/statuses/"+id+"/reblog", nil)
		s.post("bo", "/api/v1/tags/cats/follow", nil)
		second := s.hear("eve", "again", "cats")
		if seen := s.get("bo", "/api/v1/timelines/home"); !strings.Contains(seen.raw, second) || !strings.Contains(seen.raw, id) {
			t.Errorf("home is %s", seen.raw)
		}
		for range 2 {
			s.post("bo", "/api/v1/domain_blocks", "domain=Two.Example.")
		}
		s.get("bo", "/api/v1/domain_blocks").has("0", "two.example").has("1", nil)
		s.get("ada", "/api/v1/domain_blocks").has("0", nil)
		s.between("bo", "eve").has("0.domain_blocking", true).has("0.following", false).has("0.requested", false).has("0.followed_by", false)
		s.between("ada", "eve").has("0.domain_blocking", false).has("0.followed_by", true)
		s.get("bo", "/api/v1/timelines/home").holds()
		s.get("bo", "/api/v1/timelines/public").holds()
		s.get("bo", "/api/v1/timelines/tag/cats").holds()
		s.get("bo", "/api/v1/notifications?exclude_types[]=severed_relationships").holds()
		s.get("", "/api/v1/timelines/public").holds(second, id)
		said := func(verb models.Verb) (n int) {
			s.do(func(tx *store.Tx) (err error) {
				n, err = store.Count[models.Outbound](tx, "account_id = ? AND verb = ?", s.people["bo"].ID, verb)
				return err
			})
			return n
		}
		if said(models.Undo) != 1 || said(models.Reject) != 1 {
			t.Errorf("said %d Undo and %d Reject, want one of each", said(models.Undo), said(models.Reject))
		}
		mine := s.say("bo", "status=mine")
		s.do(func(tx *store.Tx) error {
			_, err := post.Take(tx, eve, &models.Note{
				URI: "https://two.example/p/9", Author: eve.URI, Content: "@bo", To: []models.IRI{models.Public}, Published: tx.Now,
				InReplyTo: models.IRI(s.get("bo", "/api/v1/statuses/"+mine).str("uri")), Mentions: []models.Mention{{URI: s.people["bo"].URI}},
			})
			return err
		})
		s.get("bo", "/api/v1/notifications?exclude_types[]=severed_relationships").holds()
		s.get("bo", "/api/v1/statuses/"+mine+"/context").has("descendants", "[]")
		s.ask("bo", "POST", peoplePath+s.id("eve")+"/follow", nil).is(403)
		s.do(func(tx *store.Tx) error { return graph.Followed(tx, eve, "https://two.example/f/3", s.people["bo"]) })
		s.between("bo", "eve").has("0.followed_by", false).has("0.requested_by", false)
		if said(models.Reject) != 2 {
			t.Errorf("a follow from there was not refused")
		}
		s.ask("bo", "POST", "/api/v1/domain_blocks", nil).is(422)
		s.ask("bo", "POST", "/api/v1/domain_blocks", "domain=one.example").is(422)
		s.ask("bo", "POST", "/api/v1/domain_blocks", url.Values{"domain": {"https://x/" + strings.Repeat("x", 300)}}.Encode()).is(422)
		for range 2 {
			s.ask("bo", "DELETE", "/api/v1/domain_blocks?domain=two.example", nil).is(200)
		}
		s.between("bo", "eve").has("0.domain_blocking", false).has("0.following", false)
		s.get("bo", "/api/v1/timelines/tag/cats").holds(second, id)
	}, "ada", "bo")
}

func TestInvitationsEndWithTheServer(t *testing.T) {
	each(t, func(s *server) {
		eve := s.stranger("eve")
		eve.Collaborates = models.CollabEveryone
		s.do(func(tx *store.Tx) error { return store.Put(tx, eve) })
		c := s.ask("bo", "POST", "/api/v1/statuses", "status=together&coauthor_ids[]="+s.id("eve")).is(202).str("id")
		s.get("bo", "/api/ensemble/v1/collabs/"+c).has("invitees.0.state", "sent")
		s.post("bo", "/api/v1/domain_blocks", "domain=two.example")
		s.get("bo", "/api/ensemble/v1/collabs/"+c).has("invitees.0.state", "withdrawn")
		s.get("bo", "/api/ensemble/v1/accounts/"+s.id("eve")+"/collaborate").has("ability", "cannot")
	}, "bo")
}
