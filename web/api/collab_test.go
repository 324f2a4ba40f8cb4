package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

const collabs = "/api/ensemble/v1/collabs"

// invite has ada ask bo, who follows her, to publish a picture together.
func (s *server) invite(more string) *answer {
	s.Helper()
	media := s.post("ada", "/api/v2/media", upload(s.T, "file", "description", "two mugs")).str("id")
	return s.post("ada", collabs, "status=Our+secret+drop&media_ids[]="+media+"&coauthor_ids[]="+s.id("bo")+"&"+more)
}

func TestCollabIsOfferedSeenAcceptedAndPublished(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.follow("cy", "bo")
		c := s.invite("").shaped("", collabShape).shaped("invitees.0", inviteeShape).has("state", "offered").has("role", "initiator")
		at := collabs + "/" + c.str("id")
		if !strings.Contains(c.str("work.media_attachments.0.url"), "/media/preview/") {
			t.Errorf("a draft's picture is at %s", c.str("work.media_attachments.0.url"))
		}
		mine := s.get("bo", at).shaped("", collabShape).has("my_state", "seen").has("role", "coauthor").has("work.text", nil).
			has("work.media_attachments.0.description", "two mugs").has("terms.audience.code", "audience_public").
			has("terms.audience.text", "This post is public. Your name will be public.").has("can", "[accept decline suggest]")
		if !strings.Contains(mine.str("work.content"), "Our secret drop") || !strings.Contains(mine.str("work.media_attachments.0.url"), "v="+s.id("bo")) {
			t.Errorf("the preview is %v", mine.at("work"))
		}
		s.get("ada", at).has("invitees.0.state", "seen")
		s.get("bo", collabs+"?role=invitee&state[]=offered").holds(c.str("id"))
		s.get("bo", collabs+"?role=initiator").holds()
		done := s.post("bo", at+"/accept", "covers_edits=true").has("state", "published").has("my_state", "active")
		id := done.str("status_id")
		st := s.get("", "/api/v1/statuses/"+id).shaped("", statusShape).has("account.username", "ada").
			has("coauthors.0.account.username", "bo").has("coauthors.0.state", "accepted").has("coauthors.0.role", "coauthor").
			has("mentions.0.username", "bo").has("collab.verified", true).has("collab.claimed", 1).has("collab.id", nil).has("collab.truncated", false)
		if !strings.Contains(st.str("content"), "p-collab-byline") || strings.Contains(st.str("media_attachments.0.url"), "preview") {
			t.Errorf("the post is %s", st.raw)
		}
		if a := s.get("", "/api/v1/statuses/"+id+"?byline=0"); strings.Contains(a.str("content"), "byline") {
			t.Errorf("the byline stays: %s", a.str("content"))
		}
		s.get("bo", "/api/v1/statuses/"+id).has("collab.id", c.str("id"))
		s.get("ada", "/api/v1/statuses/"+id+"/source").has("text", "Our secret drop")
		s.get("cy", "/api/v1/statuses/"+id+"/source").has("text", "Our secret drop")
		for _, path := range []string{"/api/v1/accounts/" + s.id("ada") + "/statuses", "/api/v1/accounts/" + s.id("bo") + "/statuses"} {
			s.get("", path).holds(id)
		}
		s.get("cy", "/api/v1/timelines/home").holds(id)
		s.get("bo", "/api/v1/timelines/home").holds(id) // once, though bo is an author and follows the other
		alone := s.say("ada", "status=alone")
		s.get("", "/api/v1/accounts/"+s.id("ada")+"/statuses").holds(alone, id)
		s.get("", "/api/v1/accounts/"+s.id("ada")+"/statuses?only_collabs=true").holds(id)
		s.get("", "/api/v1/accounts/"+s.id("bo")+"/statuses?only_collabs=true").holds(id)
		s.post("bo", at+"/hide", nil).has("hidden", true)
		s.get("", "/api/v1/accounts/"+s.id("bo")+"/statuses").holds()
		s.post("bo", at+"/unhide", nil).has("hidden", false)
		s.post("bo", at+"/leave", nil).has("my_state", "left")
		s.get("", "/api/v1/statuses/"+id).has("coauthors", "[]").has("mentions", "[]")
		s.get("", "/api/v1/accounts/"+s.id("bo")+"/statuses").holds()
		trail := s.get("bo", at+"/history")
		trail.has("0.what", "created").has("0.previous", "").has("1.previous", trail.str("0.hash"))
		s.get("ada", at+"/history.json").has("first_broken", 0).has("events.0.hash", trail.str("0.hash"))
		s.ask("cy", "GET", at+"/history", nil).is(404)
	}, "ada", "bo", "cy")
}

func TestPendingCollabLeaksNowhere(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.follow("cy", "ada")
		c := s.invite("")
		at := collabs + "/" + c.str("id")
		for _, who := range []string{"", "cy"} {
			for _, path := range []string{
				"/api/v1/timelines/home", "/api/v1/timelines/public", "/api/v1/accounts/" + s.id("ada") + "/statuses",
				"/api/v1/accounts/" + s.id("bo") + "/statuses", "/api/v2/search?q=secret", "/api/v2/search?q=" + c.str("post_uri"),
				at, at + "/history", collabs, "/api/v1/notifications?types[]=collab_invite", "/api/v1/statuses/" + c.str("id"),
				"/api/v1/media/" + c.str("work.media_attachments.0.id"), "/api/v1/accounts/" + s.id("bo"),
			} {
				a := s.ask(who, "GET", path, nil)
				if strings.Contains(a.raw, "secret") || strings.Contains(a.raw, c.str("id")) || strings.Contains(a.raw, "preview") {
					t.Errorf("%q at %s reads %s", who, path, a.raw)
				}
			}
			for _, verb := range strings.Fields("accept decline suggest leave withdraw remove invite revise publish hide unhide keep") {
				if a := s.ask(who, "POST", at+"/"+verb, "confirm=true&coauthor_ids[]="+s.id("cy")); a.status != 404 && a.status != 401 {
					t.Errorf("%q may %s: %d %s", who, verb, a.status, a.raw)
				}
			}
		}
		s.ask("bo", "POST", at+"/withdraw", nil).is(403)
		s.ask("bo", "POST", at+"/revise", "status=mine").is(403)
		s.ask("ada", "POST", at+"/accept", nil).is(403)
	}, "ada", "bo", "cy")
}

func TestDeclineIsConfirmedAndDestroys(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		c := s.invite("")
		at := collabs + "/" + c.str("id")
		a := s.ask("bo", "POST", at+"/decline", nil).is(409).has("code", "confirm_needed")
		if !strings.Contains(a.str("error"), "for good") {
			t.Errorf("the warning is %s", a.raw)
		}
		s.get("ada", at).has("state", "offered")
		s.post("bo", at+"/decline", map[string]any{"confirm": true, "reason": "not mine", "never_again": true}).
			has("state", "discarded").has("my_state", "declined").has("work", nil)
		s.get("ada", at).has("state", "discarded").has("work", nil).has("invitees.0.reason", "not mine").has("outcome", "declined")
		s.get("ada", "/api/ensemble/v1/accounts/"+s.id("bo")+"/collaborate").has("ability", "cannot").has("reason_code", "never_again")
		d := s.invite0("draft")
		s.ask("ada", "POST", collabs, d).is(403).has("code", "never_again")
	}, "ada", "bo")
}

func (s *server) invite0(onDecline string) string {
	return "status=x&coauthor_ids[]=" + s.id("bo") + "&on_decline=" + onDecline
}

func TestDraftSurvivesWhereThatWasAgreed(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		c := s.invite("on_decline=draft")
		at := collabs + "/" + c.str("id")
		s.get("bo", at).has("terms.on_decline.code", "decline_draft")
		french := httptest.NewRequest("GET", at, nil)
		french.Header.Set("Authorization", "Bearer bo")
		french.Header.Set("Accept-Language", "fr-FR,en;q=0.5")
		s.send(french).is(200).has("terms.audience.text", "Cette publication est publique. Votre nom sera public.")
		s.post("bo", at+"/decline", "confirm=true").has("work", nil)
		s.get("ada", at).has("state", "draft").has("work.text", "Our secret drop").has("can", "[invite publish revise schedule discard]")
		id := s.post("ada", at+"/publish", nil).has("content", "<p>Our secret drop</p>").str("id")
		s.get("", "/api/v1/statuses/"+id).has("coauthors", "[]")
		d := s.post("ada", collabs, "status=y&coauthor_ids[]="+s.id("bo")+"&on_decline=draft").str("id")
		s.post("ada", collabs+"/"+d+"/withdraw", nil).has("state", "draft")
		s.ask("ada", "DELETE", collabs+"/"+d, nil).is(200).has("state", "discarded")
	}, "ada", "bo")
}

func TestStatusWithCoauthorsIsACollab(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		s.ask("ada", "POST", "/api/v1/statuses", map[string]any{"status": "together", "coauthor_ids": []string{s.id("bo")}}).is(202).
			shaped("", collabShape).has("state", "offered")
		s.ask("ada", "POST", "/api/v1/statuses", "status=now&quorum=now&coauthors[]=@bo").is(200).shaped("", statusShape).
			has("coauthors", "[]")
		s.ask("ada", "POST", "/api/v1/statuses", "status=x&coauthors[]=@nobody@two.example").is(404)
		s.ask("ada", "POST", "/api/v1/statuses", map[string]any{
			"status": "x", "coauthors": []map[string]string{{"acct": "bo", "role": "credit"}},
		}).is(202).has("invitees.0.role", "credit")
		s.ask("ada", "POST", "/api/v1/statuses", map[string]any{"status": "alone", "coauthor_ids": []string{}}).is(200).shaped("", statusShape)
	}, "ada", "bo")
}

func TestEditOfAJointPostAsksAnew(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		at := collabs + "/" + s.invite("").str("id")
		id := s.post("bo", at+"/accept", nil).str("status_id")
		s.ask("ada", "PUT", "/api/v1/statuses/"+id, "status=Changed").is(200)
		if a := s.get("", "/api/v1/statuses/"+id); !strings.Contains(a.str("content"), "secret drop") {
			t.Errorf("the world sees %s before bo agreed", a.str("content"))
		}
		s.get("bo", at).has("state", "revising").has("my_state", "reapproval").has("work.revision", 2)
		s.post("bo", at+"/suggest", "text=a+comma")
		s.post("bo", at+"/accept", nil)
		if a := s.get("", "/api/v1/statuses/"+id).has("coauthors.0.account.username", "bo"); !strings.Contains(a.str("content"), "Changed") {
			t.Errorf("the world sees %s", a.str("content"))
		}
		s.post("ada", at+"/remove", "account_id="+s.id("bo")).has("invitees.0.state", "removed")
		s.ask("ada", "DELETE", "/api/v1/statuses/"+id, nil).is(200).has("text", "Changed")
		s.get("bo", at).has("state", "deleted")
	}, "ada", "bo")
}

func TestInvitationsAreToldToWhoAsks(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		c := s.invite("")
		s.get("bo", "/api/v1/notifications").holds()
		s.get("bo", "/api/v1/notifications?types[]=mention").holds()
		s.get("bo", "/api/v1/notifications?types[]=collab_invite").shaped("0", notificationShape).has("0.collab_id", c.str("id")).
			has("0.fallback", nil).has("0.account.username", "ada")
		s.get("bo", "/api/v1/notifications?supported_types[]=collab_invite").has("0.fallback", nil).has("0.type", "collab_invite")
		s.get("bo", "/api/v1/notifications?supported_types[]=mention").shaped("0.fallback", "title:string summary:string? details:string?")
	}, "ada", "bo")
}

func TestWhoCanBeInvitedIsSaid(t *testing.T) {
	each(t, func(s *server) {
		path := "/api/ensemble/v1/accounts/" + s.id("bo") + "/collaborate"
		s.get("ada", path).has("ability", "cannot").has("reason_code", "policy_following")
		s.follow("bo", "ada")
		s.get("ada", path).has("ability", "full").has("reason", "")
		cy := s.stranger("cy")
		s.get("ada", "/api/ensemble/v1/accounts/"+cy.ID.String()+"/collaborate").has("ability", "mention").has("reason_code", "no_support")
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "locked=true").is(200)
		s.get("ada", path).has("ability", "cannot").has("reason_code", "initiator_locked")
		s.ask("ada", "POST", collabs, s.invite0("draft")).is(403).has("code", "initiator_locked")
	}, "ada", "bo")
}

func TestBlockEndsWhatIsWrittenTogether(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		at := collabs + "/" + s.invite("").str("id")
		id := s.post("bo", at+"/accept", nil).str("status_id")
		s.post("bo", "/api/v1/accounts/"+s.id("ada")+"/block", nil).has("blocking", true)
		s.get("", "/api/v1/statuses/"+id).has("coauthors", "[]")
	}, "ada", "bo")
}

func TestRepliesAreTakenOutByAllWhereThatWasAgreed(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		at := collabs + "/" + s.invite("moderation=all").str("id")
		id := s.post("bo", at+"/accept", nil).str("status_id")
		reply := s.say("cy", "status=troll&in_reply_to_id="+id)
		s.post("bo", at+"/replies/"+reply+"/remove", nil)
		s.get("", "/api/v1/statuses/"+id+"/context").has("descendants", "[]")
		s.ask("cy", "POST", at+"/replies/"+reply+"/remove", nil).is(404)
	}, "ada", "bo", "cy")
}

func TestOnlyNamesThatHoldAreShown(t *testing.T) {
	each(t, func(s *server) {
		id := mustID(t, s.say("ada", "status=hi"))
		name := func(who string, position int, state models.AuthorState) {
			a := s.people[who]
			s.do(func(tx *store.Tx) error {
				return store.Put(tx, &models.Author{
					PostID: id, URI: a.URI, AccountID: a.ID, Position: position, Role: models.RoleCoauthor, State: state, NextCheck: tx.Now,
					Stamp: a.URI + "/stamp",
				})
			})
		}
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Post](tx, map[string]any{"collab": "https://two.example/c/1"}, "id = ?", id)
			return err
		})
		name("bo", 0, models.AuthorClaimed)
		name("cy", 1, models.AuthorRevoked)
		path := "/api/v1/statuses/" + id.String()
		s.get("bo", path).has("coauthors", "[]").has("mentions", "[]").has("collab.verified", false).has("collab.claimed", 2)
		s.get("", "/api/v1/accounts/"+s.id("bo")+"/statuses").holds()
		name("bo", 0, models.AuthorVerified)
		s.get("", path).has("coauthors.0.account.username", "bo").has("coauthors.1", nil).has("collab.verified", false)
		name("cy", 1, models.AuthorVerified)
		s.get("", path).has("coauthors.1.account.username", "cy").has("collab.verified", true).has("collab.truncated", false)
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Setting{Name: collab.MaxCoauthorsSetting, Value: "1"})
		})
		s.get("", path).has("coauthors.0.account.username", "bo").has("coauthors.1", nil).has("collab.truncated", true)
		s.get("", "/api/v2/instance").has("configuration.ensemble.collabs.max_authors", 1)
	}, "ada", "bo", "cy")
}
