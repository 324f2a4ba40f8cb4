package store_test

import (
	"sync"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// Two transactions that take the same locks in another order both come through.
func TestTwoThatWaitForEachOtherBothComeThrough(t *testing.T) {
	db := storetest.New(t, "postgres", site, nil)
	do(t, db, func(tx *store.Tx) error {
		for _, name := range []string{"a", "b"} {
			if err := store.Put(tx, &models.Setting{Name: name, Value: "0"}); err != nil {
				return err
			}
		}
		return nil
	})
	var held, wg sync.WaitGroup
	held.Add(2)
	for i, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		wg.Go(func() {
			first := true
			err := db.Tx(t.Context(), func(tx *store.Tx) error {
				if _, err := store.Set[models.Setting](tx, map[string]any{"value": store.Expr("value || '1'")}, "name = ?", order[0]); err != nil {
					return err
				}
				if first {
					first = false
					held.Done()
					held.Wait() // both hold one lock now
				}
				_, err := store.Set[models.Setting](tx, map[string]any{"value": store.Expr("value || '1'")}, "name = ?", order[1])
				return err
			})
			if err != nil {
				t.Errorf("transaction %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	do(t, db, func(tx *store.Tx) error {
		rows, err := store.Find[models.Setting](tx, "name IN ('a', 'b')")
		for _, r := range rows {
			if r.Value != "011" {
				t.Errorf("%s is %s, want 011", r.Name, r.Value)
			}
		}
		return err
	})
}
