package api_test

import (
	"log/slog"
	"strings"
	"testing"

	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/oauth"
	"ensemble/web/openapi"
)

// TestTableFitsIntoTheProgram registers our routes beside everybody else's: the
// router panics where two of them claim one path.
func TestTableFitsIntoTheProgram(t *testing.T) {
	db := storetest.New(t, "sqlite", here, nil)
	_, err := web.Handler(web.Config{
		DB: db, OAuth: oauth.New(oauth.Config{DB: db}), API: (&api.API{}).Routes(), Secret: []byte("secret"), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryRouteSaysWhatItAnswers finds for each route the entity that it answers with,
// so that every answer of every test is read as a strict client would.
func TestEveryRouteSaysWhatItAnswers(t *testing.T) {
	db := storetest.New(t, "sqlite", here, nil)
	all := web.Routes(web.Config{DB: db, OAuth: oauth.New(oauth.Config{DB: db}), API: (&api.API{}).Routes()})
	for _, r := range all {
		if !strings.HasPrefix(r.Path, "/api/") {
			continue
		}
		if entity, ok := openapi.Entity(r.Method, r.Path); !ok || !decoder(t).Names(entity) {
			t.Errorf("{%q, %q, …} is not in a table of web/openapi, or %q not in its entities.json", r.Method, r.Path, entity)
		}
	}
}
