package api_test

import (
	"errors"
	"strings"
	"testing"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

const conversationShape = `id:string unread:bool accounts:list last_status:object`

func TestConversationsAreKept(t *testing.T) {
	each(t, func(s *server) {
		const all = "/api/v1/conversations"
		s.say("ada", "status=public+@bo")
		s.say("ada", "status=followers+@bo&visibility=private")
		s.get("bo", all).holds()
		first := s.say("ada", "status=hello+@bo&visibility=direct")
		ada := s.get("ada", all).shaped("0", conversationShape).has("0.unread", false).has("0.accounts.0.id", s.id("bo")).
			has("0.last_status.id", first).has("1", nil)
		bo := s.get("bo", all).shaped("0", conversationShape).has("0.unread", true).has("0.accounts.0.id", s.id("ada")).has("0.accounts.1", nil)
		id := bo.str("0.id")
		s.post("bo", all+"/"+id+"/read", nil).shaped("", conversationShape).has("unread", false).has("last_status.id", first)
		s.post("bo", all+"/"+id+"/unread", nil).has("unread", true)
		second := s.say("bo", "status=hello+yourself+@ada&visibility=direct&in_reply_to_id="+first)
		s.get("bo", all).has("0.id", id).has("0.unread", false).has("0.last_status.id", second).has("1", nil)
		s.get("ada", all).has("0.id", ada.str("0.id")).has("0.unread", true).has("0.last_status.id", second)

		wider := s.say("ada", "status=come+in+@cy+@bo&visibility=direct&in_reply_to_id="+second)
		s.get("ada", all).has("0.last_status.id", wider).has("1.last_status.id", second).has("0.accounts.1.id", s.id("cy")).has("2", nil)
		s.get("cy", all).has("0.last_status.id", wider).has("0.accounts.0.id", s.id("ada")).has("0.accounts.1.id", s.id("bo"))
		alone := s.say("cy", "status=note+to+myself&visibility=direct")
		s.get("cy", all).has("0.accounts.0.id", s.id("cy")).has("0.accounts.1", nil).has("0.last_status.id", alone)

		page := s.get("ada", all+"?limit=1").holds(s.get("ada", all).str("0.id"))
		if link := page.header.Get("Link"); !strings.Contains(link, "max_id="+wider+">") || !strings.Contains(link, "min_id="+wider+">") {
			t.Errorf("Link: %s", link)
		}
		s.get("ada", all+"?max_id="+wider).holds(ada.str("0.id"))
		s.get("ada", all+"?since_id="+wider).holds()
		s.get("ada", all+"?min_id="+second).has("0.last_status.id", wider).has("1", nil)

		s.ask("bo", "DELETE", "/api/v1/statuses/"+second, nil).is(200)
		s.get("ada", all).has("1.last_status.id", first)
		s.ask("ada", "DELETE", "/api/v1/statuses/"+first, nil).is(200)
		s.get("ada", all).has("0.last_status.id", wider).has("1", nil)
		mine := s.get("cy", all).str("0.id")
		for _, path := range []string{"/" + mine + "/read", "/" + mine + "/unread", "/1/read", "/x/read"} {
			s.ask("bo", "POST", all+path, nil).is(404)
		}
		s.ask("cy/write:statuses", "POST", all+"/"+mine+"/read", nil).is(403)
		s.ask("bo", "DELETE", all+"/"+mine, nil).is(404)
		s.ask("cy", "DELETE", all+"/"+mine, nil).is(200)
		s.ask("cy", "DELETE", all+"/"+mine, nil).is(404)
		s.get("cy", all).has("0.last_status.id", wider).has("1", nil)
		s.get("cy", "/api/v1/statuses/"+alone)
	}, "ada", "bo", "cy")
}

func TestConversationsDoNotReachThoseWhoBlock(t *testing.T) {
	each(t, func(s *server) {
		s.post("bo", "/api/v1/accounts/"+s.id("ada")+"/block", nil)
		s.say("ada", "status=psst+@bo&visibility=direct")
		s.get("bo", "/api/v1/conversations").holds()
		s.get("ada", "/api/v1/conversations").has("0.unread", false)
	}, "ada", "bo")
}

// An answer may come before what it answers, and both are one conversation after that.
func TestConversationsAreWholeWhateverComesFirst(t *testing.T) {
	each(t, func(s *server) {
		zoe, ada := s.stranger("zoe"), s.people["ada"]
		note := func(name string, to models.IRI) *models.Note {
			return &models.Note{
				URI: models.IRI("https://two.example/notes/" + name), Author: zoe.URI, Content: name, InReplyTo: to, Published: s.now,
				To: []models.IRI{ada.URI}, Mentions: []models.Mention{{URI: ada.URI, Acct: "ada@one.example"}},
			}
		}
		take := func(n *models.Note) {
			s.do(func(tx *store.Tx) error {
				_, err := post.Created(tx, zoe, n)
				return err
			})
		}
		first := note("first", "")
		s.now = s.now.Add(1e9)
		second := note("second", first.URI)
		s.now = s.now.Add(1e9)
		third := note("third", second.URI)
		take(third)
		take(first)
		s.get("ada", "/api/v1/conversations").has("0.last_status.content", "third").has("1.last_status.content", "first")
		take(second)
		one := s.get("ada", "/api/v1/conversations").has("0.last_status.content", "third").has("0.unread", true).has("1", nil)
		s.post("ada", "/api/v1/conversations/"+one.str("0.id")+"/read", nil)
		s.say("ada", "status=yes+@zoe@two.example&visibility=direct&in_reply_to_id="+one.str("0.last_status.id"))
		s.get("ada", "/api/v1/conversations").has("0.id", one.str("0.id")).has("0.unread", false).has("1", nil)
	}, "ada")
}

// Direct posts from before there were conversations are in some now, and are no news.
func TestOldDirectPostsBecomeConversations(t *testing.T) {
	each(t, func(s *server) {
		first := s.say("ada", "status=@bo+one&visibility=direct")
		s.say("bo", "status=@ada+two&visibility=direct&in_reply_to_id="+first)
		third := s.say("ada", "status=@bo+@cy+three&visibility=direct")
		s.say("ada", "status=@bo+no+letter")
		var newest models.ID
		s.do(func(tx *store.Tx) error {
			_, err := store.Delete[models.ConversationPost](tx, "1 = 1")
			_, err2 := store.Delete[models.Conversation](tx, "1 = 1")
			newest, _ = models.ParseID(third)
			return errors.Join(err, err2, store.Put(tx, &models.Setting{Name: post.SettingUnsorted, Value: (newest + 1).String()}))
		})
		s.get("ada", "/api/v1/conversations").holds()
		later := s.say("bo", "status=@ada+four&visibility=direct&in_reply_to_id="+first)
		s.do(post.Backfill)
		for task := (post.SortConversations{Below: newest + 1}); task.Below != 0; {
			s.do(func(tx *store.Tx) (err error) {
				task.Below, err = post.SortBatch(tx, task, 2)
				return err
			})
		}
		s.get("ada", "/api/v1/conversations").has("0.last_status.id", later).has("0.unread", true).has("1.last_status.id", third).has("1.unread", false).has("2", nil)
		s.get("bo", "/api/v1/conversations").has("0.last_status.id", later).has("1.last_status.id", third).has("1.unread", false).has("2", nil)
		s.get("cy", "/api/v1/conversations").has("0.last_status.id", third).has("1", nil)
		s.do(func(tx *store.Tx) error {
			left, err := store.Any[models.Setting](tx, "name = ?", post.SettingUnsorted)
			if n, _ := store.Count[models.ConversationPost](tx, "1 = 1"); n != 9 {
				t.Errorf("%d posts are in conversations, want each in that of who is in it", n)
			}
			if err == nil && left {
				t.Error("the work is not handed to the queue")
			}
			return err
		})
	}, "ada", "bo", "cy")
}
