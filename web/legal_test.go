package web_test

import (
	"context"
	"strings"
	"testing"

	"ensemble/activities/legal"
	"ensemble/models/store"
)

// The legal pages show what is complete, in the reader's language, and say when it was
// changed.
func TestLegalPages(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	page := func(path, lang string) string {
		w := s.ask("GET", path, "Accept", "text/html", "Accept-Language", lang)
		if w.Code != 200 {
			t.Errorf("%s answers %d", path, w.Code)
		}
		return w.Body.String()
	}
	if got := page("/terms", "fr"); !strings.Contains(got, "pas encore terminées") {
		t.Errorf("without terms: %s", got)
	}
	if got := page("/privacy", "fr"); !strings.Contains(got, "Ce que ce serveur conserve") {
		t.Errorf("without a policy: %s", got)
	}
	if err := s.db.Tx(context.Background(), func(tx *store.Tx) error { return legal.Fill(tx, legal.Sample) }); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/terms", "/terms-of-service"} {
		if got := page(path, "fr"); !strings.Contains(got, "<h2>Qui peut avoir un compte</h2>") || !strings.Contains(got, "Dernière modification le") || strings.Contains(got, "[[") {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := page("/privacy-policy", "en"); !strings.Contains(got, "<h2>Cookies</h2>") || !strings.Contains(got, "Last changed on") {
		t.Errorf("privacy: %s", got)
	}
}
