package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

var site = models.Site{Domain: "a.test", Origin: "https://a.test"}

func account(tx *store.Tx, name string) *models.Account {
	return &models.Account{
		ID: models.NewID(tx.Now), URI: site.IRI("/users/" + name), Username: name, State: models.AccountActive,
		CreatedAt: tx.Now, UpdatedAt: tx.Now,
		Fields: []models.Field{{Name: "n", Value: "v"}}, AlsoKnownAs: []models.IRI{"https://b.test/x"},
	}
}

func do(t *testing.T, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Tx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestRowsComeBackAsTheyWent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		var id models.ID
		do(t, db, func(tx *store.Tx) error {
			a := account(tx, "ada")
			id = a.ID
			return store.Put(tx, a)
		})
		err := db.Read(t.Context(), func(tx *store.Tx) error {
			a, err := store.Get[models.Account](tx, id)
			if err != nil {
				return err
			}
			if a.Username != "ada" || len(a.Fields) != 1 || a.Fields[0].Value != "v" || a.AlsoKnownAs[0] != "https://b.test/x" {
				t.Errorf("got %+v", a)
			}
			if a.CreatedAt.Location() != time.UTC || time.Since(a.CreatedAt) > time.Minute || time.Since(a.CreatedAt) < 0 {
				t.Errorf("created at %v, want now in UTC", a.CreatedAt)
			}
			if a.FetchedAt != nil {
				t.Errorf("fetched at %v, want never", a.FetchedAt)
			}
			if _, err := store.Get[models.Account](tx, 1); models.KindOf(err) != models.NotFound {
				t.Errorf("a stranger: got %v, want not found", err)
			}
			found, err := store.Find[models.Account](tx, "username = ? ORDER BY id DESC LIMIT 3", "ada")
			if err != nil || len(found) != 1 || found[0].Fields[0].Name != "n" {
				t.Errorf("Find: got %v, %v", found, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Tx(t.Context(), func(tx *store.Tx) error {
			b := account(tx, "bo")
			if err := store.Put(tx, b); err != nil {
				return err
			}
			return errors.New("changed my mind")
		})
		if err == nil {
			t.Error("the error was lost")
		}
		do(t, db, func(tx *store.Tx) error {
			n, err := store.Count[models.Account](tx, "1 = 1")
			if n != 1 {
				t.Errorf("after a rollback: got %d accounts, want 1", n)
			}
			return err
		})
	})
}

func TestSecondNameIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		err := db.Tx(t.Context(), func(tx *store.Tx) error {
			a, b := account(tx, "ada"), account(tx, "ADA")
			if err := store.Put(tx, a); err != nil {
				return err
			}
			b.URI = "https://a.test/users/other"
			return store.Put(tx, b)
		})
		if models.KindOf(err) != models.Conflict {
			t.Errorf("got %v, want a conflict", err)
		}
	})
}

type bucket struct {
	Name string `json:"name"`
}

func (bucket) Kind() string { return "bucket" }

type once struct {
	N int `json:"n"`
}

func (once) Kind() string { return "once" }

// TestDrainForgetsNothing adds rows from many sides while a drain runs and ends,
// and expects every one to be met, by one drain at a time.
func TestDrainForgetsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		var atWork, most atomic.Int32
		w := store.NewWorkers(db)
		count := func(tx *store.Tx) (int, error) {
			return store.Count[models.Setting](tx, "value = 'new'")
		}
		store.Drain(w, func(ctx context.Context, b bucket) error {
			most.Store(max(most.Load(), atWork.Add(1)))
			defer atWork.Add(-1)
			return db.Tx(ctx, func(tx *store.Tx) error {
				_, err := store.Set[models.Setting](tx, map[string]any{"value": "met"}, "value = 'new'")
				return err
			})
		}, func(tx *store.Tx, b bucket) (bool, error) {
			n, err := count(tx)
			return n > 0, err
		})
		if err := db.Start(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		defer db.Stop(context.Background())
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				for k := range 25 {
					err := db.Tx(context.Background(), func(tx *store.Tx) error {
						name := models.NewID(tx.Now).String()
						if err := store.Put(tx, &models.Setting{Name: name, Value: "new"}); err != nil {
							return err
						}
						return store.Wake(tx, bucket{"b"})
					})
					if err != nil {
						t.Errorf("%d %d: %v", i, k, err)
					}
				}
			})
		}
		wg.Wait()
		// Between the end of a drain and its being woken anew there is no task, so what
		// counts is that the rows are met without anybody waking them again.
		left := -1
		for until := time.Now().Add(10 * time.Second); left != 0 && time.Now().Before(until); {
			settle(t, db)
			do(t, db, func(tx *store.Tx) (err error) {
				left, err = count(tx)
				return err
			})
		}
		if left != 0 {
			t.Errorf("%d rows were forgotten", left)
		}
		if most.Load() != 1 {
			t.Errorf("%d drains at once, want 1", most.Load())
		}
	})
}

func TestTaskOfARolledBackTransactionNeverRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		ran := make(chan int, 10)
		w := store.NewWorkers(db)
		store.Work(w, func(_ context.Context, o once) error { ran <- o.N; return nil })
		if err := db.Start(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		defer db.Stop(context.Background())
		_ = db.Tx(t.Context(), func(tx *store.Tx) error {
			if err := store.Enqueue(tx, once{1}); err != nil {
				t.Error(err)
			}
			return errors.New("no")
		})
		do(t, db, func(tx *store.Tx) error { return store.Enqueue(tx, once{2}) })
		if got := <-ran; got != 2 {
			t.Errorf("ran %d, want 2", got)
		}
		settle(t, db)
		if len(ran) != 0 {
			t.Errorf("also ran %d", <-ran)
		}
	})
}

func TestWhatAKilledProcessWasRunningIsRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db, err := store.Open(t.Context(), store.Config{URL: storetest.URL(t, dialect), Site: site})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		do(t, db, func(tx *store.Tx) error { return store.Enqueue(tx, once{7}) })
		if err := db.Orphan(t.Context()); err != nil {
			t.Fatal(err)
		}
		ran := make(chan int, 1)
		w := store.NewWorkers(db)
		store.Work(w, func(_ context.Context, o once) error { ran <- o.N; return nil })
		if err := db.Start(t.Context(), w); err != nil {
			t.Fatal(err)
		}
		defer db.Stop(context.Background())
		sweep := time.NewTicker(time.Second) // as a server does: a PostgreSQL just born calls nobody dead
		defer sweep.Stop()
		for limit := time.After(time.Minute); ; {
			select {
			case n := <-ran:
				if n != 7 {
					t.Errorf("ran %d", n)
				}
				return
			case <-sweep.C:
				if err := db.Rescue(t.Context()); err != nil {
					t.Error(err)
				}
			case <-limit:
				t.Fatal("the task was never run again")
			}
		}
	})
}

func settle(t *testing.T, db *store.DB) {
	t.Helper()
	done, stop := db.Done()
	defer stop()
	limit := time.After(30 * time.Second)
	for {
		n, err := db.Busy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		select {
		case <-done:
		case <-time.After(20 * time.Millisecond):
		case <-limit:
			t.Fatal("the queue never came to rest")
		}
	}
}
