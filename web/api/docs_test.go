package api_test

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/oauth"
	"ensemble/web/openapi"
)

var update = flag.Bool("update", false, "write docs/API.md anew")

// TestIndexOfRoutesIsCurrent compares docs/API.md with the table of routes. To write it
// anew: go test ./web/api -run TestIndexOfRoutesIsCurrent -update
func TestIndexOfRoutesIsCurrent(t *testing.T) {
	db := storetest.New(t, "sqlite", here, nil)
	all := web.Routes(web.Config{DB: db, OAuth: oauth.New(oauth.Config{DB: db}), API: (&api.API{}).Routes()})
	want, at := index(all), filepath.Join("..", "..", "docs", "API.md")
	if *update {
		if err := os.WriteFile(at, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/API.md is not what the routes are: go test ./web/api -run TestIndexOfRoutesIsCurrent -update")
	}
}

// index lists what programs can call.
func index(all []call.Route) string {
	var b strings.Builder
	b.WriteString(`# Endpoints

What programs can call, written by a test from the table of routes: see web/api/docs_test.go for how to write it anew. Entities are those of Mastodon's documentation; those that begin with Ensemble are ours, and all are in web/openapi/entities.json. Our own API, everything below /api/ensemble/v1, is described whole, as OpenAPI 3.1, at /api/ensemble/v1/openapi.json of every server, and to be read at its /docs/api. "off" means that there is nothing of the kind here: a list is empty, and one thing is not found.

| call | who | scope | answer |
|---|---|---|---|
`)
	var lines []string
	for _, r := range all {
		if !strings.HasPrefix(r.Path, "/api/") && !strings.HasPrefix(r.Path, "/oauth/") && !strings.HasPrefix(r.Path, "/.well-known/") || r.Page {
			continue
		}
		entity, _ := openapi.Entity(r.Method, r.Path)
		if off(r) {
			entity += " (off)"
		}
		who := map[any]string{call.Nobody: "anybody", call.Anyone: "anybody, or a person", call.App: "an app"}[r.Who]
		if who == "" {
			who = "a person"
		}
		lines = append(lines, "| `"+r.Path+"` "+r.Method+" | "+who+" | "+r.Scope+" | "+strings.TrimSpace(entity)+" |\n")
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		b.WriteString(l)
	}
	return b.String()
}

// off reports whether a route has the handler of what there is none of.
func off(r call.Route) bool {
	if r.Handler == nil {
		return false
	}
	name := runtime.FuncForPC(reflect.ValueOf(r.Handler).Pointer()).Name()
	return strings.HasSuffix(name, ".None-fm") || strings.HasSuffix(name, ".Missing-fm")
}
