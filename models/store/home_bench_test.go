package store_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// BenchmarkHome reads a page of a home timeline on a server of 1,000 accounts and
// 60,000 posts, for people who follow few and many.
func BenchmarkHome(b *testing.B) {
	for _, dialect := range storetest.Dialects {
		if dialect == "postgres" && os.Getenv("ENSEMBLE_TEST_POSTGRES") == "" {
			continue
		}
		db := storetest.New(b, dialect, site, nil)
		var readers []*models.Account
		if err := db.Tx(context.Background(), func(tx *store.Tx) error {
			readers = crowd(b, tx)
			return store.Analyze(tx) // as a server that has run for a day
		}); err != nil {
			b.Fatal(err)
		}
		for i, n := range follows {
			b.Run(fmt.Sprintf("%s/%d follows", dialect, n), func(b *testing.B) {
				for b.Loop() {
					err := db.Read(context.Background(), func(tx *store.Tx) error {
						got, err := store.Home(tx, readers[i].ID, store.Window{Limit: 20})
						if len(got) != 20 {
							b.Fatalf("got %d", len(got))
						}
						if os.Getenv("ROWS") == "" {
							return err
						}
						var ids, people []models.ID
						for _, e := range got {
							ids, people = append(ids, e.PostID), append(people, e.AccountID)
						}
						store.PostsByID(tx, ids)
						store.AccountsByID(tx, people)
						store.AuthorsOf(tx, ids)
						store.Marks(tx, readers[i].ID, ids)
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

var follows = []int{1, 5, 50, 200, 700}

func crowd(b *testing.B, tx *store.Tx) (readers []*models.Account) {
	w := &town{t: b, tx: tx, at: tx.Now, name: map[models.ID]string{}}
	var people []*models.Account
	for i := range 1000 {
		people = append(people, w.person(fmt.Sprint("p", i)))
	}
	for _, n := range follows {
		r := w.person(fmt.Sprint("r", n))
		for i := range n {
			w.follow(r, people[i*len(people)/n])
		}
		readers = append(readers, r)
	}
	var posts []*models.Post
	var entries []*models.Feed
	for i := range 60_000 {
		id, by := w.id(), people[(i*i+i)%len(people)].ID
		if i%60 == 0 {
			by = people[i/60].ID
		}
		posts = append(posts, &models.Post{
			ID: id, URI: models.IRI("https://a.test/" + id.String()), AccountID: by, Content: "<p>words</p>",
			Visibility: models.VisPublic, ThreadID: id, PublishedAt: w.at, CreatedAt: w.at,
		})
		entries = append(entries, &models.Feed{ID: id, AccountID: by, PostID: id, Kind: models.FeedPost, Visibility: models.VisPublic, AuthorID: by})
	}
	if err := store.AddAll(tx, posts); err != nil {
		b.Fatal(err)
	}
	if err := store.AddAll(tx, entries); err != nil {
		b.Fatal(err)
	}
	return readers
}
