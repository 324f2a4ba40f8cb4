package store_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// An ear keeps what it heard.
type ear struct {
	mu    sync.Mutex
	heard []models.ID
	news  chan struct{}
}

func listen(t *testing.T, db *store.DB) *ear {
	e := &ear{news: make(chan struct{}, 1000)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		db.Hear(ctx, func(event models.StreamEvent) {
			e.mu.Lock()
			e.heard = append(e.heard, event.Item)
			e.mu.Unlock()
			e.news <- struct{}{}
		})
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return e
}

// has waits until all of want were heard, in that order, with nothing between but
// what ready tried: of that, what was said before anybody listened is heard when the
// connection is there again.
func (e *ear) has(t *testing.T, want ...models.ID) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		e.mu.Lock()
		heard := slices.DeleteFunc(slices.Clone(e.heard), func(i models.ID) bool { return i >= firstTry })
		e.mu.Unlock()
		if i := slices.Index(heard, want[0]); i >= 0 && slices.Equal(heard[i:], want) {
			return
		}
		select {
		case <-e.news:
		case <-late:
			t.Fatalf("heard %v, want %v", heard, want)
		}
	}
}

func say(t *testing.T, db *store.DB, items ...models.ID) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *store.Tx) error {
		for _, i := range items {
			store.Stream(tx, models.StreamEvent{Kind: models.StreamMerged, Item: i})
			store.Stream(tx, models.StreamEvent{Kind: models.StreamMerged, Item: i}) // is told once
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const firstTry models.ID = 1_000_000

// ready waits until e hears.
func (e *ear) ready(t *testing.T, db *store.DB) {
	t.Helper()
	for try := firstTry; try < firstTry+300; try++ {
		say(t, db, try)
		select {
		case <-e.news:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatal("nothing is heard")
}

func TestWhatIsStreamedIsHeardWhenItCommits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, models.Site{}, nil)
		e := listen(t, db)
		e.ready(t, db)
		say(t, db, 1, 2)
		broken := errors.New("broken off")
		err := db.Tx(context.Background(), func(tx *store.Tx) error {
			store.Stream(tx, models.StreamEvent{Kind: models.StreamMerged, Item: 3})
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		say(t, db, 4)
		e.has(t, 1, 2, 4)
	})
}

func TestProcessesHearEachOtherAlsoAfterALostConnection(t *testing.T) {
	url := storetest.URL(t, "postgres")
	var dbs []*store.DB
	for range 2 {
		db, err := store.Open(context.Background(), store.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		dbs = append(dbs, db)
	}
	e := listen(t, dbs[0])
	e.ready(t, dbs[1])
	say(t, dbs[1], 1)
	e.has(t, 1)
	cut(t, url)
	say(t, dbs[1], 2, 3) // maybe while nobody listens
	say(t, dbs[0], 4)
	e.has(t, 1, 2, 3, 4)
}

// cut ends every connection that listens.
func cut(t *testing.T, url string) {
	t.Helper()
	raw, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	n := 0
	err = raw.QueryRow(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`).Scan(&n)
	if err != nil || n != 1 {
		t.Fatalf("%d connections were cut: %v", n, err)
	}
}
