package api_test

import (
	"net/url"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

func TestNotificationsAreGrouped(t *testing.T) {
	each(t, func(s *server) {
		post := s.say("ada", "status=hi")
		for _, who := range []string{"bo", "cy", "di"} {
			s.post(who, "/api/v1/statuses/"+post+"/favourite", nil)
			s.post(who, "/api/v1/accounts/"+s.id("ada")+"/follow", nil)
		}
		s.say("bo", "status=@ada+hello")
		s.post("bo", "/api/v1/statuses/"+post+"/reblog", nil)
		all := s.get("ada", "/api/v2/notifications")
		all.has("notification_groups.0.type", "reblog").has("notification_groups.1.type", "mention").
			has("notification_groups.2.type", "follow").has("notification_groups.2.notifications_count", 3).
			has("notification_groups.2.sample_account_ids", []string{s.id("di"), s.id("cy"), s.id("bo")}).
			has("notification_groups.3.type", "favourite").has("notification_groups.3.status_id", post).
			has("notification_groups.3.notifications_count", 3).has("notification_groups.4", nil).
			has("accounts.2.id", s.id("cy")).has("accounts.3", nil).has("statuses.1.account.id", s.id("bo")).has("statuses.2", nil)
		part := s.get("ada", "/api/v2/notifications?expand_accounts=partial_avatars")
		part.has("accounts.0.id", s.id("bo")).has("accounts.1.id", s.id("di")).has("accounts.2", nil).
			has("partial_accounts.0.id", s.id("cy")).has("partial_accounts.1", nil)
		s.ask("ada", "GET", "/api/v2/notifications?expand_accounts=none", nil).is(422)

		s.get("ada", "/api/v2/notifications?grouped_types[]=follow&types[]=favourite").has("notification_groups.2.notifications_count", 1).
			has("notification_groups.3", nil)
		two := s.get("ada", "/api/v2/notifications?limit=2")
		two.has("notification_groups.1.type", "mention").has("notification_groups.2", nil)
		rest := "/api/v2/notifications?limit=2&max_id=" + two.str("notification_groups.1.page_max_id")
		s.get("ada", rest).has("notification_groups.0.type", "follow").has("notification_groups.1.type", "favourite").has("notification_groups.2", nil)
		up := "/api/v2/notifications?limit=1&min_id=" + two.str("notification_groups.1.page_max_id")
		s.get("ada", up).has("notification_groups.0.type", "reblog")

		key := all.str("notification_groups.3.group_key")
		one := "/api/v2/notifications/" + url.PathEscape(key)
		s.get("ada", one).has("notification_groups.0.group_key", key).has("notification_groups.0.notifications_count", 3)
		s.get("ada", one+"/accounts").holds(s.id("di"), s.id("cy"), s.id("bo"))
		s.get("ada", "/api/v1/notifications?types[]=favourite").has("0.group_key", key).has("2.group_key", key)
		s.ask("bo", "GET", one, nil).is(404)
		s.post("bo", one+"/dismiss", nil)
		s.get("ada", "/api/v2/notifications/unread_count").has("count", 4)
		s.get("ada", "/api/v1/notifications/unread_count?limit=5").has("count", 5)
		s.post("ada", one+"/dismiss", nil)
		s.ask("ada", "GET", one, nil).is(404)
		s.get("ada", "/api/v2/notifications/unread_count").has("count", 3)
		s.post("ada", "/api/v1/markers", map[string]any{"notifications": map[string]string{"last_read_id": all.str("notification_groups.1.page_max_id")}})
		s.get("ada", "/api/v2/notifications/unread_count").has("count", 1)
		alone := all.str("notification_groups.1.group_key")
		s.post("ada", "/api/v2/notifications/"+alone+"/dismiss", nil)
		s.get("ada", "/api/v2/notifications").has("notification_groups.1.type", "follow")
		s.ask("ada", "GET", "/api/v2/notifications/ungrouped-x", nil).is(404)
		s.post("ada", "/api/v2/notifications/clear", nil)
		s.get("ada", "/api/v2/notifications").has("notification_groups.0", nil).has("accounts.0", nil)
	}, "ada", "bo", "cy", "di")
}

// A group goes on for twelve hours since its first.
func TestGroupsEnd(t *testing.T) {
	each(t, func(s *server) {
		post := s.say("ada", "status=hi")
		s.post("bo", "/api/v1/statuses/"+post+"/favourite", nil)
		s.now = s.now.Add(11 * time.Hour)
		s.post("cy", "/api/v1/statuses/"+post+"/favourite", nil)
		s.now = s.now.Add(3 * time.Hour)
		s.post("di", "/api/v1/statuses/"+post+"/favourite", nil)
		s.get("ada", "/api/v2/notifications").has("notification_groups.0.notifications_count", 1).
			has("notification_groups.1.notifications_count", 2).has("notification_groups.2", nil)
	}, "ada", "bo", "cy", "di")
}

func TestNotificationPolicyHoldsBackAndDrops(t *testing.T) {
	each(t, func(s *server) {
		const policy, requests = "/api/v2/notifications/policy", "/api/v1/notifications/requests"
		s.get("ada", policy).has("for_private_mentions", "filter").has("for_limited_accounts", "filter").has("for_not_following", "accept").
			has("summary.pending_requests_count", 0)
		s.ask("ada", "PATCH", policy, map[string]string{"for_not_following": "filter"}).is(200).has("for_not_following", "filter").
			has("for_private_mentions", "filter")
		s.ask("ada", "PATCH", policy, "for_not_followers=maybe").is(422)
		s.ask("ada/read", "PATCH", policy, "for_not_followers=drop").is(403)
		s.get("ada", "/api/v1/notifications/policy").has("filter_not_following", true).has("filter_not_followers", false)
		w := s.watch()
		c := w.socket("/api/v1/streaming?stream=user:notification&access_token=ada").settled()

		first := s.say("bo", "status=@ada+one")
		last := s.say("bo", "status=@ada+two")
		s.say("cy", "status=@ada+three")
		s.get("ada", "/api/v1/notifications").holds()
		s.get("ada", "/api/v1/notifications?include_filtered=true").has("2.status.id", first)
		s.get("ada", "/api/v1/notifications?account_id="+s.id("bo")).has("1.status.id", first).has("2", nil)
		s.get("ada", policy).has("summary.pending_requests_count", 2).has("summary.pending_notifications_count", 3)
		all := s.get("ada", requests).has("0.account.id", s.id("cy")).has("1.account.id", s.id("bo")).
			has("1.notifications_count", "2").has("1.last_status.id", last).has("2", nil)
		bo, cy := all.str("1.id"), all.str("0.id")
		s.get("ada", requests+"/"+bo).has("account.id", s.id("bo"))
		for _, who := range []string{"bo", "cy"} {
			s.ask(who, "GET", requests+"/"+bo, nil).is(404)
			s.ask(who, "POST", requests+"/"+bo+"/accept", nil).is(404)
			s.ask(who, "POST", requests+"/dismiss", "id[]="+bo).is(404)
		}
		s.post("ada", requests+"/"+bo+"/accept", nil)
		c.hears("user:notification notifications_merged 1")
		s.get("ada", requests+"/merged").has("merged", true)
		s.get("ada", "/api/v1/notifications").has("1.status.id", first).has("2", nil)
		s.post("ada", requests+"/dismiss", "id[]="+cy)
		s.get("ada", requests).holds()
		s.get("ada", "/api/v1/notifications?include_filtered=true").has("2", nil)
		s.say("bo", "status=@ada+four")
		c.hears("user:notification notification mention")

		s.ask("ada", "PATCH", policy, "for_not_following=drop").is(200)
		s.say("cy", "status=@ada+five")
		s.get("ada", requests).holds()
		s.get("ada", "/api/v1/notifications?include_filtered=true").has("3", nil)
		s.ask("ada", "PUT", "/api/v1/notifications/policy", "filter_not_following=false&filter_private_mentions=0").is(200).has("filter_not_following", false)
		s.say("cy", "status=@ada+psst&visibility=direct")
		s.get("ada", "/api/v1/notifications").has("3.type", "mention")
		s.ask("ada", "POST", requests+"/accept", map[string]any{"id": []any{"x", 7, nil}}).is(404)
	}, "ada", "bo", "cy")
}

// What strangers whisper is held back unless it answers; what moderators do is not.
func TestPrivateMentionsAndLimitedAccounts(t *testing.T) {
	each(t, func(s *server) {
		s.say("bo", "status=@ada+psst&visibility=direct")
		s.get("ada", "/api/v1/notifications").holds()
		mine := s.say("ada", "status=@bo+what&visibility=direct")
		s.say("bo", "status=@ada+this&visibility=direct&in_reply_to_id="+mine)
		s.get("ada", "/api/v1/notifications").has("0.type", "mention").has("1", nil)
		s.do(func(tx *store.Tx) error {
			if _, err := store.Set[models.Account](tx, map[string]any{"limited": true}, "id = ?", s.people["cy"].ID); err != nil {
				return err
			}
			_, err := store.Set[models.User](tx, map[string]any{"role": models.RoleModerator}, "account_id = ?", s.people["di"].ID)
			return err
		})
		s.say("cy", "status=@ada+hello")
		s.get("ada", "/api/v1/notifications").has("1", nil)
		s.say("di", "status=@ada+psst&visibility=direct")
		s.get("ada", "/api/v1/notifications").has("1.type", "mention").has("2", nil)
		s.post("ada", "/api/v1/accounts/"+s.id("cy")+"/follow", nil)
		s.say("cy", "status=@ada+hello+again")
		s.get("ada", "/api/v1/notifications").has("2.type", "mention")
	}, "ada", "bo", "cy", "di")
}

// Our own types come to those who ask for them, and never under Mastodon's.
func TestGroupsHaveOurTypesOnlyForWhoAsks(t *testing.T) {
	each(t, func(s *server) {
		s.ask("bo", "PUT", "/api/ensemble/v1/me/collaborate", "policy=everyone")
		s.post("ada", "/api/ensemble/v1/collabs", "status=together&coauthor_ids[]="+s.id("bo"))
		s.get("bo", "/api/v2/notifications").has("notification_groups.0", nil)
		s.get("bo", "/api/v2/notifications?types[]=mention&supported_types[]=mention").has("notification_groups.0", nil)
		a := s.get("bo", "/api/v2/notifications?supported_types[]=mention").has("notification_groups.0.type", "collab_invite")
		if a.str("notification_groups.0.fallback.title") == "" {
			t.Error("there is no fallback for who does not know the type")
		}
		s.get("bo", "/api/v2/notifications?supported_types[]=collab_invite").has("notification_groups.0.type", "collab_invite").
			has("notification_groups.0.fallback", nil)
	}, "ada", "bo")
}
