package api_test

import (
	"log/slog"
	"testing"

	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/oauth"
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
