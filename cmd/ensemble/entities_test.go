package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// entities says which entity of Mastodon's API each path answers with; "[]" after the
// name is a list of it, and ":" stands for any part of a path. The first that fits is
// meant. web/api/testdata/entities.json says what strict decoders demand of each.
var entities = []struct{ method, path, entity string }{
	{"GET", "/api/v1/accounts/verify_credentials", "CredentialAccount"},
	{"PATCH", "/api/v1/accounts/update_credentials", "CredentialAccount"},
	{"GET", "/api/v1/accounts/relationships", "Relationship[]"},
	{"GET", "/api/v1/accounts/lookup", "Account"},
	{"GET", "/api/v1/accounts/search", "Account[]"},
	{"GET", "/api/v1/accounts", "Account[]"},
	{"GET", "/api/v1/accounts/:", "Account"},
	{"GET", "/api/v1/accounts/:/statuses", "Status[]"},
	{"GET", "/api/v1/accounts/:/followers", "Account[]"},
	{"GET", "/api/v1/accounts/:/following", "Account[]"},
	{"GET", "/api/v1/accounts/:/featured_tags", "FeaturedTag[]"},
	{"GET", "/api/v1/accounts/:/lists", "List[]"},
	{"POST", "/api/v1/accounts/:/:", "Relationship"},
	{"GET", "/api/v1/follow_requests", "Account[]"},
	{"POST", "/api/v1/follow_requests/:/:", "Relationship"},
	{"GET", "/api/v1/blocks", "Account[]"},
	{"GET", "/api/v1/mutes", "Account[]"},
	{"GET", "/api/v1/preferences", "Preferences"},
	{"POST", "/api/v1/statuses", "Status"},
	{"GET", "/api/v1/statuses", "Status[]"},
	{"GET", "/api/v1/statuses/:", "Status"},
	{"PUT", "/api/v1/statuses/:", "Status"},
	{"DELETE", "/api/v1/statuses/:", "Status"},
	{"GET", "/api/v1/statuses/:/context", "Context"},
	{"GET", "/api/v1/statuses/:/source", "StatusSource"},
	{"GET", "/api/v1/statuses/:/history", "StatusEdit[]"},
	{"GET", "/api/v1/statuses/:/favourited_by", "Account[]"},
	{"GET", "/api/v1/statuses/:/reblogged_by", "Account[]"},
	{"GET", "/api/v1/statuses/:/quotes", "Status[]"},
	{"POST", "/api/v1/statuses/:/:", "Status"},
	{"GET", "/api/v1/timelines/:", "Status[]"},
	{"GET", "/api/v1/timelines/:/:", "Status[]"},
	{"GET", "/api/v1/bookmarks", "Status[]"},
	{"GET", "/api/v1/favourites", "Status[]"},
	{"GET", "/api/v1/notifications", "Notification[]"},
	{"GET", "/api/v1/notifications/unread_count", ""},
	{"GET", "/api/v1/notifications/:", "Notification"},
	{"GET", "/api/v2/search", "Search"},
	{"GET", "/api/v1/tags/:", "Tag"},
	{"POST", "/api/v1/tags/:/:", "Tag"},
	{"GET", "/api/v1/followed_tags", "Tag[]"},
	{"GET", "/api/v1/media/:", "MediaAttachment"},
	{"PUT", "/api/v1/media/:", "MediaAttachment"},
	{"POST", "/api/v2/media", "MediaAttachment"},
	{"POST", "/api/v1/media", "MediaAttachment"},
	{"GET", "/api/v1/custom_emojis", "CustomEmoji[]"},
	{"GET", "/api/v1/announcements", "Announcement[]"},
	{"GET", "/api/v1/conversations", "Conversation[]"},
	{"POST", "/api/v1/conversations/:/:", "Conversation"},
	{"GET", "/api/v1/lists", "List[]"},
	{"GET", "/api/v2/filters", "Filter[]"},
	{"POST", "/api/v2/filters", "Filter"},
	{"GET", "/api/v2/filters/:", "Filter"},
	{"PUT", "/api/v2/filters/:", "Filter"},
	{"GET", "/api/v2/filters/:/keywords", "FilterKeyword[]"},
	{"GET", "/api/v2/filters/:/statuses", "FilterStatus[]"},
	{"GET", "/api/v1/featured_tags", "FeaturedTag[]"},
	{"POST", "/api/v1/featured_tags", "FeaturedTag"},
	{"GET", "/api/v1/scheduled_statuses", "ScheduledStatus[]"},
	{"GET", "/api/v1/scheduled_statuses/:", "ScheduledStatus"},
	{"PUT", "/api/v1/scheduled_statuses/:", "ScheduledStatus"},
	{"GET", "/api/v1/polls/:", "Poll"},
	{"POST", "/api/v1/polls/:/votes", "Poll"},
	{"POST", "/api/v1/reports", "Report"},
	{"GET", "/api/v2/instance", "Instance"},
	{"GET", "/api/v1/instance", "V1::Instance"},
	{"GET", "/api/v1/instance/rules", "Rule[]"},
	{"POST", "/api/v1/apps", "CredentialApplication"},
	{"POST", "/oauth/token", "Token"},
}

// strict returns what decodes entity as the strictest clients do.
var strict = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "web", "api", "testdata", "entities.json"))
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("entities.json", doc); err != nil {
		return nil, err
	}
	all := map[string]*jsonschema.Schema{}
	for name := range doc.(map[string]any)["$defs"].(map[string]any) {
		if all[name], err = c.Compile("entities.json#/$defs/" + name); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// decodes reports why a strict client could not read an answer: nil if it can.
func decodes(method, path string, status int, raw []byte) error {
	path, _, _ = strings.Cut(path, "?")
	if !strings.HasPrefix(path, "/api/v") && path != "/oauth/token" || status >= 300 && status < 400 {
		return nil
	}
	name := "Error"
	if status < 300 {
		if name = entityOf(method, path); name == "" {
			return nil
		}
	}
	all, err := strict()
	if err != nil {
		return err
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, path, err, cutoff(raw))
	}
	if m, ok := answer.(map[string]any); ok && name == "Status" && m["params"] != nil { // it waits for its time
		name = "ScheduledStatus"
	}
	if one, many := strings.CutSuffix(name, "[]"); many {
		list, ok := answer.([]any)
		if !ok {
			return fmt.Errorf("%s %s: no list: %s", method, path, cutoff(raw))
		}
		for _, item := range list {
			if err := all[one].Validate(item); err != nil {
				return fmt.Errorf("%s %s: %w", method, path, err)
			}
		}
		return nil
	}
	if err := all[name].Validate(answer); err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, path, err, cutoff(raw))
	}
	return nil
}

func entityOf(method, path string) string {
	for _, e := range entities {
		if e.method == method && fitsPath(e.path, path) {
			return e.entity
		}
	}
	return ""
}

func fitsPath(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != ":" && want[i] != got[i] {
			return false
		}
	}
	return true
}

// TestStrictDecodersRefuse tests the test.
func TestStrictDecodersRefuse(t *testing.T) {
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/api/v1/accounts/relationships", `[{"id":"1"}]`, "missing properties"},
		{"GET", "/api/v1/statuses/1", `{"id":1}`, "missing properties"},
		{"GET", "/api/v1/timelines/home", `{}`, "no list"},
		{"GET", "/api/v1/markers", `{}`, ""},
		{"POST", "/oauth/token", `{"access_token":"a","token_type":"Bearer","scope":"read","created_at":1}`, ""},
		{"POST", "/oauth/token", `{"access_token":"a","token_type":"Bearer","scope":"read","created_at":"now"}`, "created_at"},
	} {
		err := decodes(c.method, c.path, 200, []byte(c.body))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s %s: %v, want %q", c.method, c.path, c.body, err, c.want)
		}
	}
	if err := decodes("GET", "/api/v1/statuses/1", 404, []byte(`{"message":"no"}`)); err == nil {
		t.Error("an error without its sentence passes")
	}
}
