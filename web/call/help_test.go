package call_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/call"
)

var site = models.Site{Domain: "one.example", Origin: "https://one.example"}

// newAccount puts an account that lives here into db.
func newAccount(t *testing.T, db *store.DB, name string) *models.Account {
	t.Helper()
	now := db.Now()
	a := &models.Account{
		ID: models.NewID(now), URI: site.IRI("/users/" + name), Username: name, State: models.AccountActive,
		URL: site.IRI("/@" + name), CreatedAt: now, UpdatedAt: now,
	}
	u := &models.User{AccountID: a.ID, Email: name + "@one.example", Role: models.RoleUser, Locale: "en", CreatedAt: now}
	err := db.Tx(context.Background(), func(tx *store.Tx) error {
		if err := store.Put(tx, a); err != nil {
			return err
		}
		return store.Put(tx, u)
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// newServer returns a server that knows two tokens: "reader" with the scope read,
// and "writer" with read and write. Both are alice's; "app" is nobody's.
func newServer(t *testing.T, dialect string) *call.Server {
	t.Helper()
	db := storetest.New(t, dialect, site, nil)
	alice := newAccount(t, db, "alice")
	scopes := map[string]string{"reader": "read", "writer": "read write", "app": "read"}
	return &call.Server{
		DB: db, Secret: []byte("secret"),
		Who: func(tx *store.Tx, bearer string) (*models.Token, *models.Account, *models.User, error) {
			s, ok := scopes[bearer]
			if !ok {
				return nil, nil, nil, models.Errorf(models.Unauthed, "The access token is invalid")
			}
			token := &models.Token{Hash: bearer, Scopes: s, AccountID: alice.ID}
			if bearer == "app" {
				token.AccountID = 0
				return token, nil, nil, nil
			}
			return token, alice, &models.User{AccountID: alice.ID}, nil
		},
	}
}

func handler(s *call.Server, routes ...call.Route) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	for _, route := range routes {
		r.Handle(route.Method, route.Path, s.Handle(route))
	}
	return r
}

// ask sends a request; head holds names and values of headers in turn.
func ask(h http.Handler, method, target, body string, head ...string) (int, string, http.Header) {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, target, r)
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w.Code, w.Body.String(), w.Header()
}

const (
	jsonBody = "application/json"
	formBody = "application/x-www-form-urlencoded"
)

// A clock stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }
