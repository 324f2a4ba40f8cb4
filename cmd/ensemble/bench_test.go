package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// What an operation costs is told in CPU time of the whole process, tasks that it leaves
// behind included, and that of PostgreSQL is its own affair: see its processes.

// cpu is what this process has used so far.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// onEach runs a benchmark on each database there is.
func onEach(b *testing.B, fn func(b *testing.B, dialect string)) {
	for _, d := range storetest.Dialects {
		if d == "postgres" && os.Getenv("ENSEMBLE_TEST_POSTGRES") == "" {
			continue
		}
		b.Run(d, func(b *testing.B) { fn(b, d) })
	}
}

// A rig is a server under load, and what it knows of the network beforehand.
type rig struct {
	*node
	b    *testing.B
	me   *models.Account // who lives there
	took atomic.Int64    // letters that the network took
	keys models.KeyPair
	at   string // the database
	// net answers requests instead, if it is there.
	net        hook
	ring       sign.Keyring
	postmaster int // of PostgreSQL; 0 if it is not known yet
	ended      bool
}

// A hook is what a network does.
type hook struct {
	atomic.Pointer[func(*http.Request) (*http.Response, error)]
}

// Store has fn answer from now on.
func (h *hook) Store(fn func(*http.Request) (*http.Response, error)) { h.Pointer.Store(&fn) }

const benchToken = "a-token"

// newRig has a server with so many people, of whom the first is signed in.
func newRig(b *testing.B, dialect string, people int) *rig {
	b.Helper()
	r := &rig{b: b, at: storetest.URL(b, dialect)}
	c := nodeConfig{
		Site:     models.Site{Domain: "one.test", Origin: "https://one.test", Title: "One"},
		Database: r.at, Data: b.TempDir(), Secret: []byte("secret"),
		Limit: -1, Transport: r, Log: slog.New(slog.DiscardHandler),
	}
	var err error
	if r.node, err = open(context.Background(), c); err != nil {
		b.Fatal(err)
	}
	if r.keys, err = sign.NewPair(); err != nil { // one pair is everybody's
		b.Fatal(err)
	}
	r.do(func(tx *store.Tx) error {
		for i := range people {
			name := fmt.Sprint("local", i)
			a, err := account.Create(tx, account.Spec{Username: name, Email: name + "@one.test.example"}, "-", r.keys)
			if err != nil {
				return err
			}
			if i == 0 {
				r.me = a
			}
		}
		sum := sha256.Sum256([]byte(benchToken))
		if err := store.Put(tx, &models.App{ID: models.NewID(tx.Now), ClientID: "app", Name: "Bench", Scopes: "read write follow", CreatedAt: tx.Now}); err != nil {
			return err
		}
		return store.Put(tx, &models.Token{
			ID: models.NewID(tx.Now), Hash: hex.EncodeToString(sum[:]), ClientID: "app", AccountID: r.me.ID, Scopes: "read write follow", CreatedAt: tx.Now,
		})
	})
	if err := r.start(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(r.halt)
	return r
}

// halt ends the server: what others use must not be disturbed by it.
func (r *rig) halt() {
	if r.ended {
		return
	}
	r.ended = true
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := r.stop(ctx); err != nil {
		r.b.Log(err)
	}
}

// RoundTrip is the network: every inbox takes everything, and nothing else is there.
func (r *rig) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Body != nil {
		_, _ = io.Copy(io.Discard, q.Body)
	}
	if fn := r.net.Load(); fn != nil {
		return (*fn)(q)
	}
	status := http.StatusNotFound
	if q.Method == http.MethodPost {
		status = http.StatusAccepted
		r.took.Add(1)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: q}, nil
}

func (r *rig) do(fn func(*store.Tx) error) {
	r.b.Helper()
	if err := r.db.Tx(context.Background(), fn); err != nil {
		r.b.Fatal(err)
	}
}

// strangers makes accounts elsewhere, one a host, whose keys are known.
func (r *rig) strangers(many int) (all []*models.Account) {
	r.b.Helper()
	r.do(func(tx *store.Tx) error {
		var peers []*models.Peer
		for i := range many {
			host := fmt.Sprintf("host%d.test", i)
			uri := models.IRI("https://" + host + "/users/them")
			all = append(all, &models.Account{
				ID: models.NewID(tx.Now), URI: uri, Username: "them", Domain: host, Type: "Person", State: models.AccountActive, URL: uri,
				Inbox: uri + "/inbox", SharedInbox: models.IRI("https://" + host + "/inbox"), Followers: uri + "/followers",
				KeyID: uri + "#main-key", PublicKey: r.keys.RSAPublic, CreatedAt: tx.Now, UpdatedAt: tx.Now, FetchedAt: &tx.Now,
			})
			peers = append(peers, &models.Peer{Host: host, CreatedAt: tx.Now, LastOK: &tx.Now})
		}
		if err := store.AddAll(tx, all); err != nil {
			return err
		}
		return store.AddAll(tx, peers)
	})
	return all
}

// following makes follows, all accepted.
func (r *rig) following(pairs ...[2]*models.Account) {
	r.b.Helper()
	r.do(func(tx *store.Tx) error {
		var rows []*models.Follow
		for _, p := range pairs {
			id := models.NewID(tx.Now)
			rows = append(rows, &models.Follow{
				ID: id, URI: p[0].URI + models.IRI("/follows/"+id.String()), AccountID: p[0].ID, TargetID: p[1].ID, Accepted: true, ShowBoosts: true, CreatedAt: tx.Now,
			})
		}
		return store.AddAll(tx, rows)
	})
}

// analyze gives the planner what it has after a day.
func (r *rig) analyze() {
	r.b.Helper()
	if err := r.db.Analyze(context.Background()); err != nil {
		r.b.Fatal(err)
	}
	if r.db.Dialect() == "sqlite" {
		return
	}
	db := r.raw()
	defer db.Close()
	if _, err := db.Exec("ANALYZE"); err != nil {
		r.b.Fatal(err)
	}
}

// raw is the database, past everything.
func (r *rig) raw() *sql.DB {
	r.b.Helper()
	driver, at := "pgx", r.at
	if r.db.Dialect() == "sqlite" {
		driver, at = "sqlite", r.at+"?_pragma=busy_timeout(10000)"
	}
	db, err := sql.Open(driver, at)
	if err != nil {
		r.b.Fatal(err)
	}
	return db
}

// rest waits until nothing is left to do.
func (r *rig) rest() {
	r.b.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if n, err := r.db.Busy(context.Background()); err != nil || n == 0 {
			if err != nil {
				r.b.Fatal(err)
			}
			return
		}
	}
	r.b.Fatal("no rest")
}

func (r *rig) serve(q *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, q)
	return w
}

// call asks the API as me.
func (r *rig) call(method, path string, body object) []byte {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			r.b.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	q := httptest.NewRequest(method, path, in)
	q.Host = "one.test"
	q.Header.Set("Authorization", "Bearer "+benchToken)
	q.Header.Set("Content-Type", "application/json")
	w := r.serve(q)
	if w.Code != 200 {
		r.b.Fatalf("%s %s: %d %s", method, path, w.Code, cutoff(w.Body.Bytes()))
	}
	return w.Body.Bytes()
}

// spent reports CPU time for each of n.
func spent(b *testing.B, since time.Duration, n int, what string) {
	b.ReportMetric(float64(cpu(b)-since)/float64(n)/1e6, "cpu-ms/"+what)
}

// BenchmarkIngest takes in posts of somebody whom somebody here follows: from the
// request, signed, to the post in their home.
func BenchmarkIngest(b *testing.B) {
	for _, people := range []int{5, 1000} {
		b.Run(fmt.Sprint(people, "_people"), func(b *testing.B) {
			onEach(b, func(b *testing.B, dialect string) { ingest(b, dialect, people) })
		})
	}
}

func ingest(b *testing.B, dialect string, people int) {
	r := newRig(b, dialect, people)
	them := r.strangers(1)[0]
	r.following([2]*models.Account{r.me, them})
	r.analyze()
	number := 0
	take := func(letters []*http.Request) {
		number += len(letters)
		for _, q := range letters {
			if w := r.serve(q); w.Code != 202 {
				b.Fatalf("inbox: %d %s", w.Code, w.Body)
			}
		}
		r.rest()
	}
	take(r.letters(them, number, 20)) // so that statements are prepared
	used := time.Duration(0)
	b.ResetTimer()
	b.StopTimer()
	for left := b.N; left > 0; left -= 100 {
		letters := r.letters(them, number, min(left, 100))
		begun := cpu(b)
		b.StartTimer()
		take(letters)
		b.StopTimer()
		used += cpu(b) - begun
	}
	b.ReportMetric(float64(used)/float64(b.N)/1e6, "cpu-ms/op")
	var home []object
	if err := json.Unmarshal(r.call("GET", "/api/v1/timelines/home", nil), &home); err != nil || len(home) != min(20, number) {
		b.Fatalf("home has %d posts (%v)", len(home), err)
	}
	r.do(func(tx *store.Tx) error {
		if n, err := store.Count[models.Post](tx, "1 = 1"); err != nil || n != number {
			b.Fatalf("%d posts of %d (%v)", n, number, err)
		}
		return nil
	})
}

// letters are signed requests, each with a post of them's; every fourth answers an
// earlier one.
func (r *rig) letters(them *models.Account, from, many int) (all []*http.Request) {
	for i := range many {
		note := fmt.Sprintf("%s/notes/new%d", them.URI, from+i)
		at := time.Now().UTC().Format(time.RFC3339)
		to, cc := []string{string(models.Public)}, []string{string(them.Followers)}
		said := object{
			"id": note, "type": "Note", "attributedTo": them.URI, "published": at, "to": to, "cc": cc,
			"content": "<p>" + strings.Repeat("Some words about the weather. ", 8) + `<a href="https://example.org/">a link</a></p>`,
		}
		if n := from + i; n%4 == 3 {
			said["inReplyTo"] = fmt.Sprintf("%s/notes/new%d", them.URI, n-3)
		}
		all = append(all, r.signed(them, object{
			"@context": "https://www.w3.org/ns/activitystreams", "id": note + "/activity", "type": "Create", "actor": them.URI,
			"published": at, "to": to, "cc": cc, "object": said,
		}))
	}
	return all
}

// signed is a request by which them says something to the shared inbox.
func (r *rig) signed(them *models.Account, said object) *http.Request {
	key, err := r.ring.Key(them.KeyID, r.keys.RSA)
	if err != nil {
		r.b.Fatal(err)
	}
	body, err := json.Marshal(said)
	if err != nil {
		r.b.Fatal(err)
	}
	q := httptest.NewRequest("POST", "https://one.test/inbox", bytes.NewReader(body))
	q.Header.Set("Content-Type", "application/activity+json")
	if err := sign.Sign(q, body, key, sign.Cavage, time.Now()); err != nil {
		r.b.Fatal(err)
	}
	return q
}

// BenchmarkFanOut says one post to followers on 500 servers.
func BenchmarkFanOut(b *testing.B) {
	onEach(b, func(b *testing.B, dialect string) {
		const hosts = 500
		r := newRig(b, dialect, 5)
		var pairs [][2]*models.Account
		for _, s := range r.strangers(hosts) {
			pairs = append(pairs, [2]*models.Account{s, r.me})
		}
		r.following(pairs...)
		r.analyze()
		begun := cpu(b)
		last := time.Duration(0)
		posts := 0
		for b.Loop() {
			posts++
			at := time.Now()
			r.call("POST", "/api/v1/statuses", object{"status": fmt.Sprint("Post ", posts)})
			for int(r.took.Load()) < posts*hosts {
				if time.Since(at) > time.Minute {
					b.Fatalf("%d of %d letters", r.took.Load(), posts*hosts)
				}
				time.Sleep(5 * time.Millisecond)
			}
			last += time.Since(at)
			r.rest()
		}
		spent(b, begun, posts*hosts, "letter")
		b.ReportMetric(float64(last.Milliseconds())/float64(posts), "ms-to-last")
	})
}

// BenchmarkSignature is the least that a letter can cost.
func BenchmarkSignature(b *testing.B) {
	_, private, err := sign.NewRSA()
	if err != nil {
		b.Fatal(err)
	}
	var ring sign.Keyring
	key, err := ring.Key("https://one.test/users/me#main-key", private)
	if err != nil {
		b.Fatal(err)
	}
	body := []byte(strings.Repeat("x", 2000))
	begun := cpu(b)
	for b.Loop() {
		q := httptest.NewRequest("POST", "https://host.test/inbox", nil)
		if err := sign.Sign(q, body, key, sign.Cavage, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	spent(b, begun, b.N, "op")
}

// BenchmarkRead answers what is asked most, with few and with many posts there.
func BenchmarkRead(b *testing.B) {
	for _, posts := range []int{1000, 20_000} {
		b.Run(fmt.Sprint(posts, "_posts"), func(b *testing.B) {
			onEach(b, func(b *testing.B, dialect string) { read(b, dialect, posts) })
		})
	}
}

func read(b *testing.B, dialect string, posts int) {
	r := newRig(b, dialect, 5)
	people := r.strangers(200)
	var pairs [][2]*models.Account
	for i, p := range people {
		if i%2 == 0 {
			pairs = append(pairs, [2]*models.Account{r.me, p})
		}
	}
	r.following(pairs...)
	last := r.history(people, posts)
	r.analyze()
	activity := func(path string) *http.Request {
		q := httptest.NewRequest("GET", path, nil)
		q.Host = "one.test"
		q.Header.Set("Accept", "application/activity+json")
		return q
	}
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"home", func() { r.call("GET", "/api/v1/timelines/home?limit=20", nil) }},
		{"status", func() { r.call("GET", "/api/v1/statuses/"+last.String(), nil) }},
		{"actor", func() { r.found(activity("/users/local0")) }},
		{"webfinger", func() { r.found(activity("/.well-known/webfinger?resource=acct:local0@one.test")) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.do()
			begun := cpu(b)
			for b.Loop() {
				c.do()
			}
			spent(b, begun, b.N, "op")
		})
	}
}

func (r *rig) found(q *http.Request) {
	if w := r.serve(q); w.Code != 200 {
		r.b.Fatalf("%s: %d %s", q.URL, w.Code, w.Body)
	}
}

// history writes posts of people, and returns the newest: one in four is an answer, and
// one in eight is passed on by somebody.
func (r *rig) history(people []*models.Account, many int) (newest models.ID) {
	r.b.Helper()
	r.do(func(tx *store.Tx) error {
		var posts []*models.Post
		var entries []*models.Feed
		var boosts []*models.Boost
		for i := range many {
			by := people[i*7%len(people)]
			newest = models.NewID(tx.Now)
			uri := by.URI + models.IRI(fmt.Sprint("/notes/", i))
			posts = append(posts, &models.Post{
				ID: newest, URI: uri, URL: uri, AccountID: by.ID, ThreadID: newest, Visibility: models.VisPublic, Language: "en",
				Content: "<p>" + strings.Repeat("Some words about the weather. ", 8) + "</p>", PublishedAt: tx.Now, CreatedAt: tx.Now,
			})
			entry := &models.Feed{
				ID: newest, AccountID: by.ID, PostID: newest, Kind: models.FeedPost, Visibility: models.VisPublic, AuthorID: by.ID,
			}
			entries = append(entries, entry)
			switch p := posts[i]; {
			case i%4 == 3: // it answers somebody
				parent := posts[i-3]
				p.InReplyToID, p.InReplyToAccountID, p.InReplyToURI, p.ThreadID = parent.ID, parent.AccountID, parent.URI, parent.ThreadID
				entry.Reply = true
			case i%8 == 5: // somebody passes an earlier one on
				booster, said := people[i*11%len(people)], posts[i-2]
				id := models.NewID(tx.Now)
				boosts = append(boosts, &models.Boost{ID: id, URI: booster.URI + models.IRI(fmt.Sprint("/boosts/", i)), AccountID: booster.ID, PostID: said.ID, CreatedAt: tx.Now})
				entries = append(entries, &models.Feed{
					ID: id, AccountID: booster.ID, PostID: said.ID, Kind: models.FeedBoost, Visibility: models.VisPublic, AuthorID: said.AccountID,
				})
			}
		}
		if err := store.AddAll(tx, posts); err != nil {
			return err
		}
		if err := store.AddAll(tx, boosts); err != nil {
			return err
		}
		return store.AddAll(tx, entries)
	})
	return newest
}
