package api_test

import (
	"regexp"
	"strings"
	"testing"

	"ensemble/web/api"
)

// What strict decoders demand of each entity (CLIENT_API §2): a name, and what its
// value has to be. ? is "or null".
const (
	accountShape = `id:string username:string acct:string display_name:string locked:bool bot:bool group:bool discoverable:bool
		created_at:date note:string url:url uri:url avatar:url avatar_static:url header:url header_static:url followers_count:int
		following_count:int statuses_count:int last_status_at:string? emojis:list fields:list roles:list`
	statusShape = `id:string created_at:date in_reply_to_id:string? in_reply_to_account_id:string? sensitive:bool spoiler_text:string
		visibility:string language:string? uri:url url:url replies_count:int reblogs_count:int favourites_count:int edited_at:date?
		favourited:bool reblogged:bool muted:bool bookmarked:bool content:string reblog:object? account:object media_attachments:list
		mentions:list tags:list emojis:list card:object? poll:object? filtered:list coauthors:list collab:object?`
	relationshipShape = `id:string following:bool showing_reblogs:bool notifying:bool followed_by:bool blocking:bool blocked_by:bool
		muting:bool muting_notifications:bool requested:bool requested_by:bool domain_blocking:bool endorsed:bool note:string`
	attachmentShape   = `id:string type:string url:url preview_url:url meta:object description:string? blurhash:string?`
	notificationShape = `id:string type:string created_at:date account:object group_key:string`
	tagShape          = `name:string url:url history:list following:bool`
	instanceShape     = `domain:string title:string version:string source_url:url description:string usage:object thumbnail:object
		languages:list configuration:object registrations:object contact:object rules:list api_versions:object`
	instance1Shape = `uri:string title:string short_description:string description:string email:string version:string urls:object
		stats:object thumbnail:url languages:list registrations:bool approval_required:bool invites_enabled:bool configuration:object rules:list`
	collabShape = `id:string uri:url post_uri:url state:string initiator:object role:string my_state:string can:list invitees:list
		work:object? revision:int published_revision:int digest:string quorum:string on_decline:string moderation:string allow_copy:bool
		terms:object expires_at:date? status_id:string? outcome:string created_at:date updated_at:date`
	inviteeShape = `account:object role:string state:string position:int reason_code:string reason:string sent_at:date?
		delivered_at:date? seen_at:date? answered_at:date?`
)

var (
	dateShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
	urlShape  = regexp.MustCompile(`^https://[a-z.]+/`)
)

// shaped checks that what is at path ("" for all) is as a strict decoder wants it.
func (a *answer) shaped(path, shape string) *answer {
	a.Helper()
	v := a.body
	if path != "" {
		v = a.at(path)
	}
	m, ok := v.(map[string]any)
	if !ok {
		a.Errorf("%s: %s is no object: %v", a.what, path, v)
		return a
	}
	for _, field := range strings.Fields(shape) {
		name, kind, _ := strings.Cut(field, ":")
		kind, null := strings.CutSuffix(kind, "?")
		v, sent := m[name]
		if !sent || !(v == nil && null || v != nil && isA(kind, v)) {
			a.Errorf("%s: %s %s is %#v, want %s", a.what, path, name, v, kind)
		}
	}
	return a
}

func isA(kind string, v any) bool {
	s, text := v.(string)
	switch kind {
	case "string":
		return text
	case "date":
		return dateShape.MatchString(s)
	case "url":
		return urlShape.MatchString(s)
	case "bool":
		_, ok := v.(bool)
		return ok
	case "int":
		n, ok := v.(float64)
		return ok && n == float64(int64(n))
	case "list":
		_, ok := v.([]any)
		return ok
	default:
		_, ok := v.(map[string]any)
		return ok
	}
}

func TestEntitiesAreWholeForStrictDecoders(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		picture := s.post("ada", "/api/v2/media", upload(t, "file", "description", "two mugs", "focus", "0.5,-0.5")).shaped("", attachmentShape)
		picture.has("meta.original.width", 80).has("meta.original.height", 40).has("meta.small.width", 80).
			has("meta.focus.x", 0.5).has("description", "two mugs").has("type", "image")
		id := s.say("ada", "status=Hello+%23Cats+@bo&language=fr&media_ids[]="+picture.str("id"))
		st := s.get("bo", "/api/v1/statuses/"+id).shaped("", statusShape).shaped("account", accountShape).
			shaped("media_attachments.0", attachmentShape)
		st.has("media_attachments.0.meta.original.width", 80).has("tags.0.name", "cats").has("mentions.0.acct", "bo").
			has("language", "fr").has("in_reply_to_id", nil).has("application", nil)
		boost := s.post("bo", "/api/v1/statuses/"+id+"/reblog", nil).shaped("", statusShape).shaped("reblog", statusShape)
		boost.has("reblog.id", id).has("reblogged", true).has("account.username", "bo").has("reblog.account.username", "ada")
		s.get("", "/api/v1/statuses/"+boost.str("id")).has("reblog.id", id)
		s.get("ada", "/api/v1/accounts/verify_credentials").shaped("", accountShape+" source:object role:object").
			shaped("source", "privacy:string sensitive:bool language:string? note:string fields:list follow_requests_count:int")
		s.get("", "/api/v1/accounts/"+s.people["ada"].ID.String()).shaped("", accountShape).has("last_status_at", "2026-01-02")
		s.get("", "/api/v1/accounts/lookup?acct=@ada@one.example").shaped("", accountShape)
		s.get("bo", "/api/v1/accounts/relationships?id[]="+s.people["ada"].ID.String()).shaped("0", relationshipShape).
			has("0.following", true).has("0.showing_reblogs", true)
		s.get("ada", "/api/v1/notifications").shaped("0", notificationShape).shaped("1", notificationShape).
			has("0.type", "reblog").has("0.status.id", id).has("1.type", "follow")
		s.get("", "/api/v1/tags/cats").shaped("", tagShape)
		s.get("", "/api/v1/statuses/"+id+"/context").has("ancestors", "[]").has("descendants", "[]")
		s.get("ada", "/api/v1/statuses/"+id+"/source").has("text", "Hello #Cats @bo")
		s.get("", "/api/v1/statuses/"+id+"/history").shaped("0", "content:string spoiler_text:string sensitive:bool created_at:date account:object media_attachments:list emojis:list")
		s.get("bo", "/api/v1/preferences").has("posting:default:visibility", "public")
	}, "ada", "bo")
}

func TestInstanceTellsItsLimits(t *testing.T) {
	each(t, func(s *server) {
		s.get("", "/api/v2/instance").shaped("", instanceShape).has("version", "4.5.0+ensemble-0.1.0").
			has("api_versions.ensemble", 1).has("api_versions.mastodon", api.MastodonVersion).has("configuration.ensemble.collabs.max_authors", 5).
			shaped("configuration.statuses", "max_characters:int max_media_attachments:int characters_reserved_per_url:int").
			shaped("configuration.polls", "max_options:int max_characters_per_option:int min_expiration:int max_expiration:int").
			shaped("registrations", "enabled:bool approval_required:bool").shaped("contact", "email:string").shaped("thumbnail", "url:url")
		s.get("", "/api/v1/instance").shaped("", instance1Shape).shaped("stats", "user_count:int status_count:int domain_count:int")
		s.get("", "/api/v1/custom_emojis").has("0", nil)
	}, "ada")
}

func TestListsThatCannotHaveEntriesAreEmpty(t *testing.T) {
	each(t, func(s *server) {
		for _, path := range strings.Fields(`v1/announcements v1/trends v1/trends/tags v1/trends/statuses v1/trends/links v1/filters v2/filters
			v1/lists v1/followed_tags v1/conversations v1/mutes v1/blocks v1/domain_blocks v1/scheduled_statuses v1/featured_tags
			v1/follow_requests v1/bookmarks v1/favourites v1/timelines/tag/unused v2/suggestions v1/endorsements v1/notifications`) {
			if a := s.get("ada", "/api/"+path); a.raw != "[]" {
				t.Errorf("%s: got %s, want []", path, a.raw)
			}
		}
		s.get("ada", "/api/v1/markers?timeline[]=home")
		for _, path := range []string{"/api/v1/push/subscription", "/api/v1/lists/1", "/api/v1/scheduled_statuses/1", "/api/v1/timelines/list/1"} {
			s.ask("ada", "GET", path, nil).is(404)
		}
		for _, path := range []string{"/api/v1/lists", "/api/v2/filters", "/api/v1/push/subscription"} {
			if a := s.ask("ada", "POST", path, "x=y"); a.status < 400 {
				t.Errorf("POST %s: got %d, as if something had been kept", path, a.status)
			}
		}
	}, "ada")
}
