package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// BenchmarkPages is the rows of the table about the page of a post.
func BenchmarkPages(b *testing.B) {
	for range b.N {
		onEach(b, func(b *testing.B, dialect string) {
			s := &sheet{b: b, dialect: dialect}
			s.pages()
			s.print()
		})
	}
}

// pages asks for the page of a post that five people answered, as a guest does and as
// somebody who is signed in.
func (s *sheet) pages() {
	r := newRig(s.b, s.dialect, 5)
	people := r.strangers(1000)
	r.history(people, 10_000)
	at := r.answered(people[:5])
	cookie := r.browser()
	r.analyze()
	for _, who := range []struct{ name, cookie, reach string }{{"a guest", "", "1"}, {"signed in", cookie, "5"}} {
		ask := func() { r.page(at, who.cookie) }
		for range 50 {
			ask()
		}
		s.row("page of a post with five replies, "+who.name, who.reach, "%.2f", r.used(1000, ask))
	}
	r.halt()
}

// answered writes a post of me's that people answer, and returns the path of its page.
func (r *rig) answered(people []*models.Account) string {
	r.b.Helper()
	var said struct{ ID, URL string }
	raw := r.call("POST", "/api/v1/statuses", object{"status": strings.Repeat("Some words about the weather. ", 8) + "https://example.org/ #weather"})
	if err := json.Unmarshal(raw, &said); err != nil {
		r.b.Fatal(err)
	}
	r.do(func(tx *store.Tx) error {
		id, err := models.ParseID(said.ID)
		if err != nil {
			return err
		}
		p, err := store.Get[models.Post](tx, id)
		if err != nil {
			return err
		}
		var answers []*models.Post
		for i, by := range people {
			uri := by.URI + models.IRI(fmt.Sprint("/notes/answer", i))
			answers = append(answers, &models.Post{
				ID: models.NewID(tx.Now), URI: uri, URL: uri, AccountID: by.ID, ThreadID: p.ThreadID, InReplyToID: p.ID, InReplyToAccountID: p.AccountID, InReplyToURI: p.URI,
				Visibility: models.VisPublic, Language: "en", Content: "<p>" + strings.Repeat("Some other words about it. ", 4) + "</p>", PublishedAt: tx.Now, CreatedAt: tx.Now,
			})
		}
		p.RepliesCount = len(answers)
		if err := store.Put(tx, p); err != nil {
			return err
		}
		return store.AddAll(tx, answers)
	})
	u, err := url.Parse(said.URL)
	if err != nil {
		r.b.Fatal(err)
	}
	return u.Path
}

// browser signs me in, and returns the cookie.
func (r *rig) browser() string {
	r.b.Helper()
	sum := sha256.Sum256([]byte(benchToken))
	r.do(func(tx *store.Tx) error {
		return store.Put(tx, &models.Session{
			ID: hex.EncodeToString(sum[:]), AccountID: r.me.ID, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(time.Hour),
		})
	})
	return "__Host-ensemble=" + url.QueryEscape(benchToken)
}

// page asks for a page, and returns it.
func (r *rig) page(path, cookie string) string {
	q := httptest.NewRequest("GET", path, nil)
	q.Host = "one.test"
	q.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9")
	q.Header.Set("Accept-Language", "en")
	if cookie != "" {
		q.Header.Set("Cookie", cookie)
	}
	w := r.serve(q)
	if w.Code != 200 || strings.Count(w.Body.String(), `<p>Some `) != 6 {
		r.b.Fatalf("%s: %d %s", path, w.Code, cutoff(w.Body.Bytes()))
	}
	return w.Body.String()
}
