package store_test

import (
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

func TestHoldFindsWhatIsThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		var id models.ID
		do(t, db, func(tx *store.Tx) error {
			id = models.NewID(tx.Now)
			return store.Put(tx, &models.Outbound{ID: id, URI: "https://a.test/1", CreatedAt: tx.Now, Activity: &models.Activity{URI: "x"}})
		})
		do(t, db, func(tx *store.Tx) error {
			if n, err := store.Count[models.Outbound](tx, "id = ?", id); err != nil || n != 1 {
				t.Errorf("Count: %d %v", n, err)
			}
			o, err := store.Hold[models.Outbound](tx, id)
			if err != nil {
				return err
			}
			if o.Activity == nil || o.Activity.URI != "x" {
				t.Errorf("got %+v", o)
			}
			return nil
		})
	})
}
