package setup_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

var here = models.Site{Domain: "one.example", Origin: "https://one.example"}

// The last words that were printed let the first owner in, once.
func TestFirstOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		db := storetest.New(t, dialect, here, func() time.Time { return now })
		try := func(fn func(*store.Tx) error) error { return db.Tx(context.Background(), fn) }
		begin := func() (word string) {
			t.Helper()
			if err := try(func(tx *store.Tx) (err error) { word, err = setup.Begin(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return word
		}
		admits := func(word string, want models.Kind) {
			t.Helper()
			if err := try(func(tx *store.Tx) error { return setup.Admits(tx, word) }); models.KindOf(err) != want {
				t.Errorf("%q: %v, want %q", word, err, want)
			}
		}
		admits("", models.Forbidden)
		first, second := begin(), begin()
		admits(first, "")
		admits(second, "")
		admits("%", models.Forbidden)
		for range 4 {
			begin()
		}
		admits(first, models.Forbidden)
		word := begin()
		if err := try(func(tx *store.Tx) error {
			row, err := store.One[models.Setting](tx, "name = 'setup.tokens'")
			if err == nil && (len(row.Value) != 4*64+3 || strings.Contains(row.Value, word)) {
				t.Errorf("what is kept is %q", row.Value)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		found := func(word, name string) error {
			return try(func(tx *store.Tx) error {
				_, err := setup.Found(tx, word, account.Spec{Username: name, Email: name + "@one.example"}, "no hash", models.KeyPair{RSAPublic: "pem", Ed25519Multibase: "z"})
				return err
			})
		}
		if err := found("another", "eve"); models.KindOf(err) != models.Forbidden {
			t.Errorf("another word: %v", err)
		}
		if err := found(word, "no name"); models.KindOf(err) != models.Invalid {
			t.Errorf("no name: %v", err)
		}
		if err := found(word, "ada"); err != nil {
			t.Fatal(err)
		}
		if err := found(word, "eve"); models.KindOf(err) != models.NotFound {
			t.Errorf("a second time: %v", err)
		}
		admits(word, models.NotFound)
		if got := begin(); got != "" {
			t.Errorf("a server with an owner begins anew: %q", got)
		}
	})
}
