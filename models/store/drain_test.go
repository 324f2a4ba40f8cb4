package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

type empty struct {
	Shard int `json:"shard"`
}

func (empty) Kind() string { return "empty" }

// Rows are added at the very moment at which a drain ends, thousands of times, and there
// is no sweep: a wake that got lost would leave its row for good.
func TestNoWakeIsLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		w := store.NewWorkers(db)
		due := func(tx *store.Tx, e empty) (bool, error) {
			return store.Any[models.Inbound](tx, "shard = ? AND done_at IS NULL AND due_at <= ?", e.Shard, tx.Now)
		}
		store.Drain(w, func(ctx context.Context, e empty) error {
			for {
				var more bool
				err := db.Tx(ctx, func(tx *store.Tx) (err error) {
					if more, err = due(tx, e); err == nil && more {
						_, err = store.Set[models.Inbound](tx, map[string]any{"done_at": tx.Now}, "shard = ? AND done_at IS NULL AND due_at <= ?", e.Shard, tx.Now)
					}
					return err
				})
				if err != nil || !more {
					return err
				}
			}
		}, due)
		if err := db.Start(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := db.Stop(ctx); err != nil {
				t.Error(err)
			}
		}()
		var all sync.WaitGroup
		var mu sync.Mutex
		rows, worst := 0, time.Duration(0)
		stop := time.Now().Add(4 * time.Second)
		for who := range 24 { // three to a shard
			all.Go(func() {
				for i := 0; time.Now().Before(stop); i++ {
					took, ok := put(t, db, who%8, fmt.Sprint("https://x.test/", who, "/", i))
					mu.Lock()
					rows, worst = rows+1, max(worst, took)
					mu.Unlock()
					if !ok {
						return
					}
				}
			})
		}
		all.Wait()
		t.Logf("%d rows, the slowest took %s", rows, worst)
	})
}

// put adds a row, and waits until it is done.
func put(t *testing.T, db *store.DB, shard int, uri string) (time.Duration, bool) {
	begun := time.Now()
	row := &models.Inbound{Actor: models.IRI(uri), URI: models.IRI(uri), Shard: shard, Body: []byte("{}")}
	err := db.Tx(t.Context(), func(tx *store.Tx) error {
		row.ID, row.DueAt, row.ReceivedAt = models.NewID(tx.Now), tx.Now, tx.Now
		if err := store.Put(tx, row); err != nil {
			return err
		}
		return store.Wake(tx, empty{shard})
	})
	for err == nil && time.Since(begun) < 30*time.Second {
		done := false
		err = db.Read(t.Context(), func(tx *store.Tx) (err error) {
			done, err = store.Any[models.Inbound](tx, "id = ? AND done_at IS NOT NULL", row.ID)
			return err
		})
		if done {
			return time.Since(begun), true
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%s was never done (%v)", uri, err)
	return time.Since(begun), false
}
