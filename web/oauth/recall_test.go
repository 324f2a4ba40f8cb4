package oauth_test

import (
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/oauth"
)

// TestATokenEndsAtOnce uses tokens until who holds them is remembered, and ends them.
func TestATokenEndsAtOnce(t *testing.T) {
	set := func(columns map[string]any) func(tx *store.Tx) error {
		return func(tx *store.Tx) error {
			_, err := store.Set[models.Account](tx, columns, "username = 'alice'")
			return err
		}
	}
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		token := "a token of alice"
		s.tx(func(tx *store.Tx) error {
			return store.Put(tx, &models.Token{ID: models.NewID(tx.Now), Hash: oauth.Hash(token), ClientID: "app", AccountID: s.alice.ID, Scopes: "read", CreatedAt: tx.Now})
		})
		is := func(what string, want int) {
			t.Helper()
			for range 3 {
				if got := s.mine(token); got != want {
					t.Errorf("%s: %d, not %d", what, got, want)
				}
			}
		}
		is("a good token", 200)
		s.tx(set(map[string]any{"state": models.AccountSuspended}))
		is("of somebody suspended", 403)
		s.tx(set(map[string]any{"state": models.AccountActive}))
		is("of somebody let in again", 200)
		s.tx(func(tx *store.Tx) error {
			_, err := store.Set[models.Token](tx, map[string]any{"scopes": "write"}, "hash = ?", oauth.Hash(token))
			return err
		})
		is("that allows less", 403)
		s.tx(func(tx *store.Tx) error {
			_, err := store.Set[models.Token](tx, map[string]any{"scopes": "read"}, "hash = ?", oauth.Hash(token))
			return err
		})
		is("that allows it again", 200)
		s.tx(func(tx *store.Tx) error {
			_, err := store.Set[models.Token](tx, map[string]any{"revoked_at": tx.Now}, "hash = ?", oauth.Hash(token))
			return err
		})
		is("that was revoked", 401)
	})
}
