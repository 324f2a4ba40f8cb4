package store_test

import (
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

func TestChangeWritesTheNamedColumnsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		do(t, db, func(tx *store.Tx) error {
			a := account(tx, "ada")
			if err := store.Put(tx, a); err != nil {
				return err
			}
			n, err := store.Change(tx, &models.Account{ID: a.ID, Fields: []models.Field{{Name: "other"}}, Username: "eve"}, "fields")
			if err != nil || n != 1 {
				t.Errorf("changed %d rows (%v)", n, err)
			}
			got, err := store.Get[models.Account](tx, a.ID)
			if err == nil && (got.Username != "ada" || len(got.Fields) != 1 || got.Fields[0].Name != "other") {
				t.Errorf("got %+v", got)
			}
			return err
		})
	})
}
