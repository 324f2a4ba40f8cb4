package main

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// search looks for words among 100,000 statuses, of which a quarter may be found by
// anybody. Words are as frequent as in a language: the first is in every third post.
func (s *sheet) search() {
	const many = 100_000
	r := newRig(s.b, s.dialect, 5)
	people := r.strangers(1000)
	r.do(func(tx *store.Tx) error {
		_, err := store.Set[models.Account](tx, map[string]any{"indexable": true}, "id % 4 = 0")
		return err
	})
	r.talk(people, many)
	took := r.used(1, func() {
		for t := (post.MakeSearchable{Below: 1<<63 - 1}); t.Below != 0; {
			r.do(func(tx *store.Tx) (err error) {
				t.Below, err = post.SearchableBatch(tx, t, 1000)
				return err
			})
		}
	}) / many
	r.analyze()
	s.row("search: a post written down", "0.50", "%.2f", took)
	for _, q := range []struct{ what, typed string }{
		{"a word in every third post", word(0)}, {"a rare word", word(3000)}, {"two words", word(5) + " " + word(40)}, {"a phrase", fmt.Sprintf("%q", word(1)+" "+word(2))},
		{"a word among what one kept", word(0) + " in:library"}, {"a word of one author", word(20) + " from:" + people[8].Acct()}, {"a word and not another", word(10) + " -" + word(0)},
	} {
		ask := func() { r.call("GET", "/api/v2/search?type=statuses&q="+url.QueryEscape(q.typed), nil) }
		for range 10 {
			ask()
		}
		s.row("search of 100,000 statuses: "+q.what, "10", "%.2f", r.used(100, ask))
	}
	r.halt()
}

func word(i int) string { return "wort" + string(rune('a'+i%26)) + fmt.Sprint(i) }

// talk has people say many things, of which I like some.
func (r *rig) talk(people []*models.Account, many int) {
	r.b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	frequent := rand.NewZipf(random, 1.1, 3, 20_000)
	r.do(func(tx *store.Tx) error {
		var posts []*models.Post
		var likes []*models.Like
		for i := range many {
			by, id := people[i*7%len(people)], models.NewID(tx.Now)
			words := make([]string, 5+random.IntN(30))
			for k := range words {
				words[k] = word(int(frequent.Uint64()))
			}
			uri := by.URI + models.IRI(fmt.Sprint("/notes/", i))
			posts = append(posts, &models.Post{
				ID: id, URI: uri, URL: uri, AccountID: by.ID, ThreadID: id, Visibility: models.VisPublic, Language: "en",
				Content: "<p>" + strings.Join(words, " ") + "</p>", PublishedAt: tx.Now, CreatedAt: tx.Now,
			})
			if i%50 == 0 {
				id := models.NewID(tx.Now)
				likes = append(likes, &models.Like{ID: id, URI: r.me.URI + models.IRI("/likes/"+id.String()), AccountID: r.me.ID, PostID: posts[i].ID, CreatedAt: tx.Now})
			}
		}
		if err := store.AddAll(tx, likes); err != nil {
			return err
		}
		return store.AddAll(tx, posts)
	})
}
