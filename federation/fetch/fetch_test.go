package fetch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

const (
	activityJSON = "application/activity+json"
	jrdJSON      = "application/jrd+json"
)

// A clock goes only when it is told to.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC).UnixMilli())
	return c
}

func (c *clock) now() time.Time              { return time.UnixMilli(c.at.Load()) }
func (c *clock) pass(d time.Duration)        { c.at.Add(d.Milliseconds()) }
func code(err error) string                  { return models.CodeOf(err) }
func kind(err error) models.Kind             { return models.KindOf(err) }
func (o *our) now() time.Time                { return o.clock.now() }
func iri(format string, a ...any) models.IRI { return models.IRI(fmt.Sprintf(format, a...)) }

// Our side: a loose site with an instance actor and alice.
type our struct {
	*fetch.Client
	db     *store.DB
	clock  *clock
	system *models.Account
	alice  *models.Account
}

var ourKeys = sync.OnceValue(func() [2]string {
	public, private, err := sign.NewRSA()
	if err != nil {
		panic(err)
	}
	return [2]string{public, private}
})

var looseSite = models.Site{Domain: "us.test", Origin: "http://us.test", Loose: true}

func newOur(t testing.TB, dialect string) *our {
	return newOurAt(t, dialect, looseSite, nil)
}

func newOurAt(t testing.TB, dialect string, site models.Site, transport http.RoundTripper) *our {
	t.Helper()
	o := &our{clock: newClock()}
	o.db = storetest.New(t, dialect, site, o.clock.now)
	o.system = o.live(t, site, "us.test", true)
	o.alice = o.live(t, site, "alice", false)
	o.Client = fetch.New(fetch.Config{DB: o.db, Transport: transport})
	return o
}

func (o *our) live(t testing.TB, site models.Site, name string, system bool) *models.Account {
	t.Helper()
	uri := site.IRI("/users/" + name)
	a := &models.Account{
		URI: uri, Username: name, State: models.AccountActive, System: system,
		KeyID: uri + "#main-key", PublicKey: ourKeys()[0], Inbox: uri + "/inbox",
	}
	o.tx(t, func(tx *store.Tx) error {
		a.ID, a.CreatedAt, a.UpdatedAt = models.NewID(tx.Now), tx.Now, tx.Now
		if err := store.Put(tx, a); err != nil {
			return err
		}
		return store.Put(tx, &models.PrivateKey{AccountID: a.ID, RSA: ourKeys()[1], Ed25519: "-"})
	})
	return a
}

func (o *our) tx(t testing.TB, fn func(*store.Tx) error) {
	t.Helper()
	if err := o.db.Tx(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func (o *our) peer(t testing.TB, host string) *models.Peer {
	t.Helper()
	var p *models.Peer
	o.tx(t, func(tx *store.Tx) (err error) {
		p, err = store.Maybe[models.Peer](tx, "host = ?", host)
		return err
	})
	return p
}

// A their is another server, on the loopback, under a name below .localhost.
type their struct {
	*httptest.Server
	host    string // with the port
	base    string
	mu      sync.Mutex
	pages   map[string]http.HandlerFunc // by path
	finger  map[string]string           // acct: to the actor
	subject map[string]string           // acct: to the subject, where it differs
	hits    map[string]int              // by path
}

func newTheir(t testing.TB, name string) *their {
	t.Helper()
	s := &their{pages: map[string]http.HandlerFunc{}, finger: map[string]string{}, subject: map[string]string{}, hits: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	s.host = name + ".localhost:" + port
	s.base = "http://" + s.host
	return s
}

func (s *their) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.hits[r.URL.Path]++
	page := s.pages[r.URL.Path]
	s.mu.Unlock()
	switch {
	case page != nil:
		page(w, r)
	case r.URL.Path == "/.well-known/webfinger":
		s.answerFinger(w, r.FormValue("resource"))
	default:
		http.NotFound(w, r)
	}
}

func (s *their) answerFinger(w http.ResponseWriter, acct string) {
	s.mu.Lock()
	self, subject := s.finger[acct], s.subject[acct]
	s.mu.Unlock()
	if self == "" {
		http.Error(w, "who?", http.StatusNotFound)
		return
	}
	if subject == "" {
		subject = acct
	}
	w.Header().Set("Content-Type", jrdJSON+"; charset=utf-8")
	fmt.Fprintf(w, `{"subject":%q,"links":[{"rel":"self","type":%q,"href":%q}]}`, subject, activityJSON, self)
}

func (s *their) on(path string, page http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[path] = page
}

// serve puts a document at path.
func (s *their) serve(path, contentType, body string) models.IRI {
	s.on(path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	})
	return s.iri(path)
}

func (s *their) iri(path string) models.IRI { return models.IRI(s.base + path) }

func (s *their) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hits[path]
}

func (s *their) total() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hits {
		n += h
	}
	return n
}

// person puts an actor and its WebFinger there; extra members overwrite.
func (s *their) person(name string, extra map[string]any) models.IRI {
	uri := s.base + "/users/" + name
	doc := map[string]any{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       uri, "type": "Person", "preferredUsername": name, "name": strings.ToUpper(name),
		"inbox": uri + "/inbox", "followers": uri + "/followers",
		"publicKey": map[string]any{"id": uri + "#main-key", "owner": uri, "publicKeyPem": ourKeys()[0]},
	}
	for k, v := range extra {
		doc[k] = v
	}
	s.serve("/users/"+name, activityJSON, asJSON(doc))
	s.mu.Lock()
	s.finger["acct:"+name+"@"+s.host] = uri
	s.mu.Unlock()
	return models.IRI(uri)
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func note(id models.IRI) string {
	return fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Note","attributedTo":%q,"content":"hi"}`,
		id, id.Origin()+"/users/bob")
}

func redirect(to models.IRI) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, string(to), http.StatusFound) }
}
