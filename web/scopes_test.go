package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/oauth"
)

// everyScope is what a token can allow: the leaves alone, so that one can be left out.
var everyScope = strings.Fields(`profile push
	read:accounts read:blocks read:bookmarks read:collections read:favourites read:filters read:follows
	read:lists read:mutes read:notifications read:search read:statuses
	write:accounts write:blocks write:bookmarks write:collections write:conversations write:favourites
	write:filters write:follows write:lists write:media write:mutes write:notifications write:reports write:statuses
	admin:read:accounts admin:read:reports admin:read:domain_allows admin:read:domain_blocks
	admin:read:ip_blocks admin:read:email_domain_blocks admin:read:canonical_email_blocks
	admin:write:accounts admin:write:reports admin:write:domain_allows admin:write:domain_blocks
	admin:write:ip_blocks admin:write:email_domain_blocks admin:write:canonical_email_blocks`)

// scopeless are the routes that any token opens.
var scopeless = map[string]bool{
	"/api/v1/apps/verify_credentials": true,
	"/api/v1/tags/:name":              true, // public, and tells no more to who signed in
	"/api/v1/announcements":           true, // for whoever is signed in, whatever the app may do: as Mastodon has it
}

// Every route refuses a token that holds every scope but the one it asks for, and
// changes nothing.
func TestEveryRouteAsksForItsScope(t *testing.T) {
	t.Parallel()
	s, table := whole(t)
	walked := 0
	for _, r := range table {
		if r.Who == call.Nobody || r.Page {
			continue
		}
		if r.Scope == "" {
			if !scopeless[r.Path] && !streams(r) && r.Who != call.Anyone {
				t.Errorf("%s %s asks for no scope", r.Method, r.Path)
			}
			continue
		}
		walked++
		token := s.grant(strings.Join(without(r.Scope), " "))
		w := s.ask(r.Method, concrete(r.Path), "Authorization", "Bearer "+token)
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), `"error":"This action is outside the authorized scopes"`) {
			t.Errorf("%s %s without %s: got %d %s", r.Method, r.Path, r.Scope, w.Code, w.Body)
		}
	}
	if walked < 100 {
		t.Errorf("only %d routes were walked", walked)
	}
}

// And the leaf it asks for, alone, is enough to get past that.
func TestOneScopeIsEnough(t *testing.T) {
	t.Parallel()
	s, table := whole(t)
	tokens := map[string]string{}
	for _, r := range table {
		if r.Who == call.Nobody || r.Page || r.Scope == "" || r.Method != http.MethodGet {
			continue
		}
		for _, scope := range strings.Fields(r.Scope) {
			if tokens[scope] == "" {
				tokens[scope] = s.grant(scope)
			}
			w := s.ask(r.Method, concrete(r.Path), "Authorization", "Bearer "+tokens[scope])
			if w.Code >= 500 || strings.Contains(w.Body.String(), "outside the authorized scopes") {
				t.Errorf("%s %s with %s: got %d %s", r.Method, r.Path, scope, w.Code, w.Body)
			}
		}
	}
}

// Without a token, or with an app's own, a route for people says so.
func TestRoutesForPeopleWantPeople(t *testing.T) {
	t.Parallel()
	s, table := whole(t)
	app := "an app's own"
	s.put(&models.Token{ID: 7, Hash: oauth.Hash(app), ClientID: "x", Scopes: "read write follow push profile admin:read admin:write", CreatedAt: s.db.Now()})
	for _, r := range table {
		if r.Page || r.Who != call.Person {
			continue
		}
		if w := s.ask(r.Method, concrete(r.Path)); w.Code != 401 || !strings.Contains(w.Body.String(), "The access token is invalid") {
			t.Errorf("%s %s without a token: got %d %s", r.Method, r.Path, w.Code, w.Body)
		}
		if w := s.ask(r.Method, concrete(r.Path), "Authorization", "Bearer "+app); w.Code != 422 || !strings.Contains(w.Body.String(), "requires an authenticated user") {
			t.Errorf("%s %s with an app's own token: got %d %s", r.Method, r.Path, w.Code, w.Body)
		}
	}
}

// whole is the program's table, over a server that nobody's calls are counted at.
func whole(t *testing.T) (*server, []call.Route) {
	var table []call.Route
	s := newServer(t, "sqlite", func(c *web.Config) {
		c.API, c.Limit = (&api.API{}).Routes(), -1
		table = web.Routes(*c)
	})
	return s, table
}

// without returns every scope that does not satisfy want.
func without(want string) []string {
	var all []string
	for _, s := range everyScope {
		if !call.Grants(s, want) {
			all = append(all, s)
		}
	}
	return all
}

func concrete(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "1"
		}
	}
	return strings.Join(parts, "/")
}

// grant puts a token of alice's into the store.
func (s *server) grant(scopes string) string {
	s.Helper()
	return s.grantTo(s.alice, scopes)
}

func (s *server) grantTo(who *models.Account, scopes string) string {
	s.Helper()
	id := models.NewID(s.db.Now())
	s.put(&models.Token{ID: id, Hash: oauth.Hash(id.String()), ClientID: "x", AccountID: who.ID, Scopes: scopes, CreatedAt: s.db.Now()})
	return id.String()
}

// named returns an account of this server.
func (s *server) named(name string) (who *models.Account) {
	s.Helper()
	err := s.db.Read(context.Background(), func(tx *store.Tx) (err error) {
		who, err = store.One[models.Account](tx, "username = ? AND domain = ''", name)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return who
}
