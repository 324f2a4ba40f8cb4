package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// twoProcesses are two of them with one database.
func twoProcesses(t *testing.T, dialect string) (a, b *store.DB) {
	t.Helper()
	at := storetest.URL(t, dialect)
	var all []*store.DB
	for range 2 {
		db, err := store.Open(context.Background(), store.Config{URL: at, Site: site})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		all = append(all, db)
	}
	if err := all[0].Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return all[0], all[1]
}

func write(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Tx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// nameOf is the display name of an account, by what is remembered.
func nameOf(t *testing.T, db *store.DB, id models.ID) (name string, recalled bool) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		if name, recalled = store.Recall[string](tx, id); recalled {
			return nil
		}
		a, err := store.Get[models.Account](tx, id)
		name = a.DisplayName
		store.Remember(tx, id, name, 100, store.Person(id))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return name, recalled
}

// warm waits until the name of an account is remembered. That takes a while where others
// use the same PostgreSQL: what is above the oldest transaction that runs there is
// looked at once more.
func warm(t *testing.T, db *store.DB, id models.ID) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if _, ok := nameOf(t, db, id); ok {
			return
		}
	}
	t.Fatal("nothing is remembered")
}

func eachTwo(t *testing.T, fn func(t *testing.T, a, b *store.DB)) {
	for _, dialect := range storetest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			a, b := twoProcesses(t, dialect)
			fn(t, a, b)
		})
	}
}

func somebody(t *testing.T, db *store.DB, name string) (who *models.Account) {
	t.Helper()
	write(t, db, func(tx *store.Tx) error {
		who = &models.Account{ID: models.NewID(tx.Now), URI: models.IRI("https://a.test/" + name), Username: name, Domain: "a.test", DisplayName: "0", State: models.AccountActive, CreatedAt: tx.Now}
		return store.Put(tx, who)
	})
	return who
}

func TestWhatAnyProcessChangesIsKnownToAll(t *testing.T) {
	eachTwo(t, func(t *testing.T, a, b *store.DB) {
		one, other := somebody(t, a, "one"), somebody(t, a, "other")
		ways := []func(tx *store.Tx, name string) error{
			func(tx *store.Tx, name string) error {
				_, err := store.Set[models.Account](tx, map[string]any{"display_name": name}, "username = ?", "one")
				return err
			},
			func(tx *store.Tx, name string) error {
				who, err := store.Hold[models.Account](tx, one.ID)
				who.DisplayName = name
				return errors.Join(err, store.Put(tx, who))
			},
			func(tx *store.Tx, name string) error {
				one.DisplayName = name
				_, err := store.Change(tx, one, "display_name")
				return err
			},
		}
		for i := range 12 {
			want := fmt.Sprint(i + 1)
			for _, db := range []*store.DB{a, b} {
				warm(t, db, one.ID)
				warm(t, db, other.ID)
			}
			write(t, []*store.DB{a, b}[i%2], func(tx *store.Tx) error { return ways[i%3](tx, want) })
			for _, db := range []*store.DB{a, b} {
				if got, ok := nameOf(t, db, one.ID); got != want || ok {
					t.Errorf("change %d: %q (recalled: %t)", i, got, ok)
				}
				if _, ok := nameOf(t, db, other.ID); !ok {
					t.Errorf("change %d: somebody else was forgotten", i)
				}
			}
		}
		write(t, a, func(tx *store.Tx) error {
			_, err := store.Delete[models.Account](tx, "id = ?", other.ID)
			return err
		})
		if err := b.Read(context.Background(), func(tx *store.Tx) error {
			if _, ok := store.Recall[string](tx, other.ID); ok {
				t.Error("who was deleted is remembered")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// A transaction that began earlier may commit later: nobody may think that its changes
// were among those that are known.
func TestWhatCommitsLateIsKnownToo(t *testing.T) {
	at := storetest.Dialects
	for _, dialect := range at {
		if dialect == "sqlite" { // one writes at a time
			continue
		}
		t.Run(dialect, func(t *testing.T) {
			a, b := twoProcesses(t, dialect)
			one, other := somebody(t, a, "one"), somebody(t, a, "other")
			nameOf(t, b, one.ID)
			written, goOn, done := make(chan bool), make(chan bool), make(chan error)
			go func() {
				done <- a.Tx(context.Background(), func(tx *store.Tx) error {
					_, err := store.Set[models.Account](tx, map[string]any{"display_name": "late"}, "id = ?", one.ID)
					written <- true
					<-goOn
					return err
				})
			}()
			<-written
			for i := range 3 {
				write(t, a, func(tx *store.Tx) error {
					_, err := store.Set[models.Account](tx, map[string]any{"display_name": fmt.Sprint(i)}, "id = ?", other.ID)
					return err
				})
				if got, _ := nameOf(t, b, other.ID); got != fmt.Sprint(i) {
					t.Errorf("%q", got)
				}
				if got, _ := nameOf(t, b, one.ID); got != "0" {
					t.Errorf("%q", got)
				}
			}
			if _, ok := nameOf(t, b, other.ID); !ok {
				t.Error("what is known is forgotten again and again")
			}
			goOn <- true
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if got, _ := nameOf(t, b, one.ID); got != "late" {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestWhatIsToldWithoutAsking(t *testing.T) {
	eachTwo(t, func(t *testing.T, a, b *store.DB) {
		one := somebody(t, a, "one")
		nameOf(t, a, one.ID)
		if _, ok := store.Lately[string](a, one.ID); ok != (a.Dialect() == "postgres") {
			t.Errorf("without a transaction it is there: %t", ok)
		}
		rename := func(tx *store.Tx) error {
			_, err := store.Set[models.Account](tx, map[string]any{"display_name": "new"}, "id = ?", one.ID)
			return err
		}
		write(t, a, rename)
		if _, ok := store.Lately[string](a, one.ID); ok {
			t.Error("what this very process changed is not forgotten")
		}
		nameOf(t, a, one.ID)
		write(t, b, rename)
		time.Sleep(1100 * time.Millisecond)
		if _, ok := store.Lately[string](a, one.ID); ok {
			t.Error("what another process changed is not forgotten after a second")
		}
	})
}

func TestWhatDidNotHappenIsNotRemembered(t *testing.T) {
	eachTwo(t, func(t *testing.T, a, _ *store.DB) {
		one := somebody(t, a, "one")
		_ = a.Tx(context.Background(), func(tx *store.Tx) error {
			if _, err := store.Set[models.Account](tx, map[string]any{"display_name": "never"}, "id = ?", one.ID); err != nil {
				t.Fatal(err)
			}
			if _, ok := store.Recall[string](tx, one.ID); ok {
				t.Error("a transaction that writes recalls")
			}
			store.Remember(tx, one.ID, "never", 10, store.Person(one.ID))
			return errors.New("no")
		})
		if got, _ := nameOf(t, a, one.ID); got != "0" {
			t.Errorf("%q", got)
		}
	})
}

func TestWhoHasNotAskedForLongStartsOver(t *testing.T) {
	for _, dialect := range storetest.Dialects {
		t.Run(dialect, func(t *testing.T) {
			now := time.Now()
			db := storetest.New(t, dialect, site, func() time.Time { return now })
			one := somebody(t, db, "one")
			nameOf(t, db, one.ID)
			now = now.Add(time.Hour)
			if _, ok := nameOf(t, db, one.ID); ok {
				t.Error("it is remembered though changes may have been lost")
			}
			warm(t, db, one.ID)
			if err := db.Rescue(context.Background()); err != nil {
				t.Fatal(err)
			}
			if got, ok := nameOf(t, db, one.ID); !ok || got != "0" {
				t.Errorf("%q, %t", got, ok)
			}
		})
	}
}
