package api_test

import (
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

func TestProfileIsReadAndChangedWhole(t *testing.T) {
	each(t, func(s *server) {
		const profile = "/api/v1/profile"
		s.get("ada", profile).has("avatar", nil).has("header", nil).has("show_media", true).has("show_featured", true).
			has("attribution_domains", "[]").has("featured_tags", "[]").has("indexable", true)
		s.post("ada", "/api/v1/featured_tags", "name=Cats")
		v := s.ask("ada", "PATCH", profile, upload(t, "avatar", "avatar_description", "a cat", "display_name", "Ada", "note", "I *write*",
			"attribution_domains[]", "https://News.example/", "attribution_domains[]", "blog.example", "show_media", "false", "show_media_replies", "0",
			"show_featured", "false", "fields_attributes[][name]", "site", "fields_attributes[][value]", "<b>x</b>", "hide_collections", "true", "locked", "true")).is(200)
		v.has("avatar_description", "a cat").has("display_name", "Ada").has("note", "I *write*").has("attribution_domains", "[news.example blog.example]").
			has("show_media", false).has("show_media_replies", false).has("show_featured", false).has("fields.0.value", "<b>x</b>").
			has("hide_collections", true).has("locked", true).has("featured_tags.0.name", "Cats")
		if !strings.HasPrefix(v.str("avatar"), "https://") {
			t.Errorf("the avatar is at %q", v.str("avatar"))
		}
		s.get("", "/api/v1/accounts/"+s.id("ada")).has("avatar_description", "a cat").has("show_media", false).has("hide_collections", true)
		s.get("ada", "/api/v1/accounts/verify_credentials").has("source.attribution_domains", "[news.example blog.example]").has("source.hide_collections", true)
		s.get("bo", "/api/v1/accounts/"+s.id("ada")+"/followers").holds()
		s.ask("ada", "PATCH", profile, map[string]any{"fields_attributes": []any{}, "attribution_domains": []any{}, "header_description": "no header"}).is(200).
			has("fields", "[]").has("attribution_domains", "[]").has("header_description", "").has("display_name", "Ada")
		for _, fields := range []any{
			[]map[string]string{{"name": "a", "value": "1"}, {"name": "b", "value": "2"}}, map[string]any{"0": map[string]string{"name": "a", "value": "1"}, "1": map[string]string{"name": "b", "value": "2"}},
		} {
			s.ask("ada", "PATCH", profile, map[string]any{"fields_attributes": fields}).is(200).has("fields.0.name", "a").has("fields.1.value", "2")
		}
		s.ask("ada", "PATCH", profile, "fields_attributes[0][name]=c&fields_attributes[0][value]=3").is(200).has("fields.0.value", "3").has("fields.1", nil)
		avatar := s.ask("ada", "DELETE", profile+"/avatar", nil).is(200)
		if !strings.Contains(avatar.str("avatar"), "/missing.png?of=a") {
			t.Errorf("the avatar is %s", avatar.str("avatar"))
		}
		s.ask("ada", "DELETE", profile+"/avatar", nil).is(200)
		s.ask("ada", "DELETE", profile+"/header", nil).is(200).has("avatar_description", "")
		s.get("ada", profile).has("avatar", nil)
	}, "ada", "bo")
}

func TestProfileRefusesNonsense(t *testing.T) {
	each(t, func(s *server) {
		for _, body := range []string{
			"attribution_domains[]=not+a+domain", "attribution_domains[]=javascript:x", strings.Repeat("attribution_domains[]=a.example&", 11) + "x=y",
			"avatar_description=" + strings.Repeat("x", 151), "note=" + strings.Repeat("x", 1001), "avatar=text", "source[privacy]=secret", "source[quote_policy]=x",
			"fields_attributes[0][name]=a&fields_attributes[1][name]=a&fields_attributes[2][name]=a&fields_attributes[3][name]=a&fields_attributes[4][name]=a&display_name=changed",
		} {
			for _, path := range []string{"/api/v1/profile", "/api/v1/accounts/update_credentials"} {
				if a := s.ask("ada", "PATCH", path, body); body != "avatar=text" && a.status != 422 || a.status >= 500 {
					t.Errorf("%s %.60s: %d %s", path, body, a.status, a.raw)
				}
			}
		}
		s.get("ada", "/api/v1/profile").has("display_name", "").has("fields", "[]")
		s.ask("", "GET", "/api/v1/profile", nil).is(401)
		s.ask("app", "GET", "/api/v1/profile", nil).is(422)
		s.ask("ada/write", "GET", "/api/v1/profile", nil).is(403)
		s.ask("ada/profile", "GET", "/api/v1/profile", nil).is(200)
		s.ask("ada/read", "PATCH", "/api/v1/profile", "note=x").is(403)
		s.ask("ada/read", "DELETE", "/api/v1/profile/avatar", nil).is(403)
		s.do(func(tx *store.Tx) error {
			a, err := store.Get[models.Account](tx, s.people["ada"].ID)
			if err == nil && (a.NoteSource != "" || len(a.AttributionDomains) != 0) {
				t.Errorf("something changed: %+v", a)
			}
			return err
		})
	}, "ada")
}
