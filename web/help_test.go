package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/call"
	"ensemble/web/oauth"
)

var here = models.Site{Domain: "one.example", Origin: "https://one.example", Title: "One"}

// A server is all of web, without a feature.
type server struct {
	*testing.T
	http.Handler
	db    *store.DB
	disk  files.Store
	alice *models.Account
}

func newServer(t *testing.T, dialect string, change func(*web.Config)) *server {
	t.Helper()
	return newServerAt(t, here, dialect, change)
}

func newServerAt(t *testing.T, site models.Site, dialect string, change func(*web.Config)) *server {
	t.Helper()
	s := &server{T: t, db: storetest.New(t, dialect, site, nil)}
	disk, err := files.NewDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	s.disk = disk
	s.alice = s.account("alice", "")
	c := web.Config{
		DB: s.db, Files: disk, Secret: []byte("secret"), Log: slog.New(slog.DiscardHandler),
		OAuth: oauth.New(oauth.Config{DB: s.db, Authenticate: func(tx *store.Tx, login, _ string) (*models.Account, error) {
			return store.One[models.Account](tx, "username = ?", login)
		}}),
		Federation: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "peers: "+r.Method+" "+r.URL.Path)
		}),
	}
	if change != nil {
		change(&c)
	}
	if s.Handler, err = web.Handler(c); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) put(rows ...any) {
	s.Helper()
	err := s.db.Tx(context.Background(), func(tx *store.Tx) error {
		for _, r := range rows {
			if err := store.Put(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
}

func (s *server) account(name, domain string) *models.Account {
	s.Helper()
	now, origin := s.db.Now(), here.Origin
	if domain != "" {
		origin = "https://" + domain
	}
	a := &models.Account{
		ID: models.NewID(now), URI: models.IRI(origin + "/users/" + name), URL: models.IRI(origin + "/@" + name), Username: name,
		Domain: domain, DisplayName: strings.ToUpper(name[:1]) + name[1:], State: models.AccountActive, CreatedAt: now, UpdatedAt: now,
	}
	s.put(a)
	if domain == "" {
		s.put(&models.User{AccountID: a.ID, Email: name + "@one.example", Role: models.RoleUser, Locale: "en", CreatedAt: now})
	}
	return a
}

// post puts a post into the store, as its feature would.
func (s *server) post(by *models.Account, content string, visibility models.Visibility) *models.Post {
	s.Helper()
	now := s.db.Now()
	id := models.NewID(now)
	p := &models.Post{
		ID: id, URI: by.URI + "/notes/" + models.IRI(id.String()), URL: by.URL + "/" + models.IRI(id.String()), AccountID: by.ID,
		Local: by.Local(), Content: content, Source: "the source", Visibility: visibility, PublishedAt: now, CreatedAt: now,
	}
	s.put(p, &models.Feed{ID: id, AccountID: by.ID, PostID: id, Kind: models.FeedPost, Visibility: visibility, AuthorID: by.ID})
	return p
}

// ask sends a request; head holds names and values of headers in turn.
func (s *server) ask(method, target string, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	w.Body = new(bytes.Buffer)
	s.ServeHTTP(w, r)
	return w
}

// token signs alice in, and returns what her app shows.
func (s *server) token(scopes string) string {
	s.Helper()
	web := httptest.NewTLSServer(s)
	defer web.Close()
	token, err := oauth.Dance(context.Background(), web.Client().Transport, web.URL, "alice", "any", scopes)
	if err != nil {
		s.Fatal(err)
	}
	return token
}

func panics(*call.Call) (any, error) { panic("a mistake of ours") }
