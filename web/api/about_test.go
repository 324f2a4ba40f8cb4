package api_test

import (
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/api"
)

func TestInstanceSaysWhatItIs(t *testing.T) {
	each(t, func(s *server) {
		s.say("ada", "status=hi")
		s.get("", "/api/v2/instance").has("usage.users.active_month", 1).has("icon", "[]").has("languages", "[en fr]").
			has("thumbnail.versions.@1x", "https://one.example/headers/original/missing.png").has("configuration.limited_federation", false).
			has("configuration.accounts.max_pinned_statuses", 5).has("configuration.accounts.max_featured_tags", 10).
			has("configuration.translation.enabled", false).has("configuration.urls.about", "https://one.example/about")
		s.get("", "/api/v1/instance/activity").has("0.statuses", "1").has("0.registrations", "2").has("11.statuses", "0").has("12", nil)
		s.get("", "/api/v1/instance/languages").has("1.code", "fr")
		s.get("", "/api/v1/instance/translation_languages").has("fr", nil)
		s.get("", "/api/v1/instance/extended_description").has("content", "").has("updated_at", nil)
		if v := s.get("", "/api/v1/instance/privacy_policy").has("updated_at", "2026-11-22T00:00:00.000Z"); !strings.Contains(v.str("content"), "What this server keeps") {
			t.Errorf("what holds where nothing else was said: %s", v.str("content"))
		}
		s.get("", "/api/v2/instance").has("source_url", "https://one.example/about")
		for _, path := range []string{"terms_of_service", "terms_of_service/2026-01-01"} {
			s.ask("", "GET", "/api/v1/instance/"+path, nil).is(404)
		}
		s.ask("ada", "POST", "/api/v1/instance/privacy_policy", "content=x").is(404)
		then := s.now.Format("2006-01-02T15:04:05.000Z")
		for name, value := range map[string]string{
			api.SettingPrivacy: "<p>none</p>", api.SettingTerms: "<p>be kind</p>", api.SettingTermsDate: "2026-01-01", api.SettingLanguages: "fr, br",
			api.SettingIcon: "https://one.example/icon.png", models.SettingFederation: models.FederationAllowList,
		} {
			s.do(func(tx *store.Tx) error {
				return store.Put(tx, &models.Setting{Name: name, Value: value, UpdatedAt: &tx.Now})
			})
		}
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.Setting{Name: api.SettingAbout, Value: "<p>ours</p>", UpdatedAt: &tx.Now})
		})
		s.get("", "/api/v1/instance/extended_description").has("content", "<p>ours</p>").has("updated_at", then)
		s.get("", "/api/v1/instance/privacy_policy").has("content", "<p>none</p>").has("updated_at", then)
		s.get("", "/api/v1/instance/terms_of_service").has("effective_date", "2026-01-01").has("effective", true)
		s.get("", "/api/v1/instance/terms_of_service/2026-01-01").has("content", "<p>be kind</p>")
		s.ask("", "GET", "/api/v1/instance/terms_of_service/2025-01-01", nil).is(404)
		s.get("", "/api/v2/instance").has("languages", "[fr br]").has("icon.0.src", "https://one.example/icon.png").has("configuration.limited_federation", true)
		s.do(func(tx *store.Tx) error {
			for _, w := range []int{0, -1, -20} {
				if _, err := store.Add(tx, &models.ActiveWeek{Week: models.WeekOf(tx.Now) + w, AccountID: s.people["bo"].ID}); err != nil {
					return err
				}
			}
			return nil
		})
		s.get("", "/api/v1/instance/activity").has("0.logins", "1").has("1.logins", "1").has("2.logins", "0")
		s.now = s.now.Add(time.Minute) // how many there are may be told late
		s.get("", "/api/v2/instance").has("usage.users.active_month", 2)
		s.now = s.now.Add(10 * 7 * 24 * time.Hour)
		s.get("", "/api/v2/instance").has("usage.users.active_month", 0)
	}, "ada", "bo")
}

// TestClaimedVersionIsThere looks for the routes of each version of Mastodon's API that
// clients are told, and that it could not be a higher one.
func TestClaimedVersionIsThere(t *testing.T) {
	routes := map[string]bool{}
	for _, r := range (&api.API{}).Routes() {
		routes[r.Method+" "+shape(r.Path)] = true
	}
	next := 0
	for _, c := range api.Claims() {
		for _, r := range c.Routes {
			method, path, _ := strings.Cut(r, " ")
			if c.Version <= api.MastodonVersion && !routes[method+" "+shape(path)] {
				t.Errorf("version %d, %s: there is no %s", c.Version, c.What, r)
			}
		}
		if next == 0 && c.Version > api.MastodonVersion {
			next = c.Version
		}
	}
	if next == 0 && api.MastodonVersion < 10 {
		t.Error("nothing is written down of the next version")
	}
}

// shape is a path without the names of its parameters.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = ":"
		}
	}
	return strings.Join(parts, "/")
}
