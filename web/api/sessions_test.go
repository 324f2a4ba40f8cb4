package api_test

import (
	"context"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// Who is signed in is listed, and can be ended: one browser, all of them, one app.
func TestSessionsAndAppsAreListedAndEnded(t *testing.T) {
	each(t, func(s *server) {
		ada, bo := s.people["ada"], s.people["bo"]
		used := s.now.Add(-time.Hour)
		app := &models.App{ID: models.NewID(s.now), ClientID: "tusky", ClientSecret: "s", Name: "Tusky", Website: "https://tusky.app", Scopes: "read write", CreatedAt: s.now}
		token := &models.Token{ID: models.NewID(s.now), Hash: "t1", ClientID: "tusky", AccountID: ada.ID, Scopes: "read write:media", CreatedAt: s.now, LastUsedAt: &used}
		s.do(func(tx *store.Tx) error {
			for _, row := range []any{
				app, token,
				&models.Token{ID: models.NewID(s.now), Hash: "t2", ClientID: "tusky", AccountID: ada.ID, Scopes: "read push", CreatedAt: s.now.Add(time.Minute)},
				&models.Token{ID: models.NewID(s.now), Hash: "t3", ClientID: "tusky", AccountID: bo.ID, Scopes: "read", CreatedAt: s.now},
				&models.Grant{ID: models.NewID(s.now), CodeHash: "c1", ClientID: "tusky", AccountID: ada.ID, ExpiresAt: s.now.Add(time.Hour)},
				&models.Session{ID: "one", AccountID: ada.ID, UserAgent: "Firefox", Address: "192.0.2.7", CreatedAt: s.now, ExpiresAt: s.now.Add(time.Hour)},
				&models.Session{ID: "two", AccountID: ada.ID, CreatedAt: s.now.Add(-time.Hour), ExpiresAt: s.now.Add(time.Hour)},
				&models.Session{ID: "over", AccountID: ada.ID, CreatedAt: s.now, ExpiresAt: s.now.Add(-time.Hour)},
				&models.Session{ID: "hers", AccountID: bo.ID, CreatedAt: s.now, ExpiresAt: s.now.Add(time.Hour)},
			} {
				if err := store.Put(tx, row); err != nil {
					return err
				}
			}
			return nil
		})
		const me = "/api/ensemble/v1/me"
		s.get("ada", me+"/sessions").has("0.id", "one").has("0.user_agent", "Firefox").has("0.address", "192.0.2.7").has("1.id", "two").has("2", nil)
		s.ask("ada", "DELETE", me+"/sessions/hers", nil).is(404)
		s.ask("ada", "DELETE", me+"/sessions/one", nil).is(200)
		s.get("ada", me+"/sessions").has("0.id", "two").has("1", nil)
		s.ask("ada", "DELETE", me+"/sessions", nil).is(200)
		s.get("ada", me+"/sessions").has("0", nil)
		s.get("bo", me+"/sessions").has("0.id", "hers")

		s.get("ada", me+"/apps").has("0.name", "Tusky").has("0.scopes", "[read write:media push]").has("0.tokens", 2).
			has("0.website", "https://tusky.app").has("0.last_used_at", "2026-01-02T02:04:07.678Z").has("1", nil)
		s.ask("ada", "DELETE", me+"/apps/42", nil).is(404)
		s.ask("ada", "DELETE", me+"/apps/"+app.ID.String(), nil).is(200)
		s.ask("ada", "DELETE", me+"/apps/"+app.ID.String(), nil).is(404)
		s.get("ada", me+"/apps").has("0", nil)
		s.get("bo", me+"/apps").has("0.name", "Tusky")
		s.ask("ada/read", "DELETE", me+"/sessions", nil).is(403)
	}, "ada", "bo")
}

// A new password ends browsers, apps and codes that were not exchanged yet.
func TestANewPasswordEndsEverything(t *testing.T) {
	each(t, func(s *server) {
		ada := s.people["ada"]
		s.do(func(tx *store.Tx) error {
			for _, row := range []any{
				&models.Token{ID: models.NewID(s.now), Hash: "t1", ClientID: "x", AccountID: ada.ID, CreatedAt: s.now},
				&models.Grant{ID: models.NewID(s.now), CodeHash: "c1", ClientID: "x", AccountID: ada.ID, ExpiresAt: s.now.Add(time.Hour)},
				&models.Session{ID: "one", AccountID: ada.ID, CreatedAt: s.now, ExpiresAt: s.now.Add(time.Hour)},
			} {
				if err := store.Put(tx, row); err != nil {
					return err
				}
			}
			return account.SetPassword(tx, ada, "another hash")
		})
		if err := s.db.Read(context.Background(), func(tx *store.Tx) error {
			tokens, err := store.Count[models.Token](tx, "revoked_at IS NULL")
			codes, err2 := store.Count[models.Grant](tx, "used_at IS NULL")
			sessions, err3 := store.Count[models.Session](tx, "true")
			if tokens+codes+sessions != 0 {
				t.Errorf("%d tokens, %d codes and %d sessions outlive the password", tokens, codes, sessions)
			}
			for _, err := range []error{err, err2, err3} {
				if err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}, "ada")
}
