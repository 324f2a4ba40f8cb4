package web_test

import (
	"context"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// A mail program ends a digest by one POST from nowhere; a person is asked first.
func TestUnsubscribeByOneClick(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", nil)
	set := func(columns map[string]any) {
		t.Helper()
		if err := s.db.Tx(context.Background(), func(tx *store.Tx) error {
			_, err := store.Set[models.User](tx, columns, "account_id = ?", s.alice.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	pace := func() (p models.DigestPace) {
		t.Helper()
		if err := s.db.Read(context.Background(), func(tx *store.Tx) error {
			u, err := store.One[models.User](tx, "account_id = ?", s.alice.ID)
			p = u.Digest
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	set(map[string]any{"mail_key": "THEKEY"})
	w := s.ask("GET", "/mail/unsubscribe/THEKEY", "Accept-Language", "fr")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `action="/mail/unsubscribe/THEKEY"`) || !strings.Contains(w.Body.String(), "Ne plus") || pace() != models.DigestWeekly {
		t.Errorf("asking: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/mail/unsubscribe/ANOTHER"); w.Code != 404 || pace() != models.DigestWeekly {
		t.Errorf("another key: %d", w.Code)
	}
	if w := s.ask("POST", "/mail/unsubscribe/THEKEY", "Origin", "https://mail.example", "Sec-Fetch-Site", "cross-site"); w.Code != 200 || pace() != models.DigestOff {
		t.Errorf("one click: %d %s", w.Code, w.Body)
	}
}
