package web_test

import (
	"strings"
	"testing"

	"ensemble/models"
)

// Apps are told why something was refused in the language of their reader, where we have
// words for it; the code is the same in each.
func TestRefusalsAreInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	s.put(&models.User{AccountID: s.alice.ID, Email: "alice@one.example", Role: models.RoleAdmin, CreatedAt: s.db.Now()})
	token := "Bearer " + s.token("read write admin:read admin:write")
	for _, c := range []struct{ method, path, lang, want string }{
		{"POST", "/api/ensemble/v1/admin/announcements?text=+", "en", `{"error":"an announcement needs words","code":"announcement_empty"}`},
		{"POST", "/api/ensemble/v1/admin/announcements?text=+", "fr-CA, en;q=0.5", `{"error":"Une annonce ne peut pas être vide.","code":"announcement_empty"}`},
		{"POST", "/api/ensemble/v1/admin/announcements?text=+", "de", `{"error":"an announcement needs words","code":"announcement_empty"}`},
		{"GET", "/api/v1/statuses/42", "fr", `{"error":`}, // without a code, as Mastodon says it
	} {
		w := s.ask(c.method, c.path, "Authorization", token, "Accept-Language", c.lang)
		if w.Code < 400 || !strings.HasPrefix(strings.TrimSpace(w.Body.String()), c.want) {
			t.Errorf("%s in %s: %d %s, want %s", c.path, c.lang, w.Code, w.Body, c.want)
		}
	}
}
