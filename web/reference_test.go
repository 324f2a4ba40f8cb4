package web_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/openapi"
)

// The document of our own API is there for everybody, and may be kept.
func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	s, _ := whole(t)
	at := openapi.Prefix + "/openapi.json"
	w := s.ask("GET", at)
	var doc struct {
		OpenAPI string
		Servers []struct{ URL string }
		Info    struct{ Version string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 200 {
		t.Fatalf("got %d, %v", w.Code, err)
	}
	if doc.OpenAPI != "3.1.1" || doc.Info.Version != api.Version || len(doc.Servers) != 1 || doc.Servers[0].URL != here.Origin+openapi.Prefix {
		t.Errorf("got %+v", doc)
	}
	tag := w.Header().Get("ETag")
	if tag == "" || w.Header().Get("Cache-Control") != "public, max-age=3600" || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		t.Errorf("headers: %v", w.Header())
	}
	if w := s.ask("GET", at, "If-None-Match", tag); w.Code != 304 || w.Body.Len() != 0 || w.Header().Get("ETag") != tag {
		t.Errorf("what one has: %d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
	if w := s.ask("GET", at, "If-None-Match", `"another"`); w.Code != 200 || w.Body.Len() == 0 {
		t.Errorf("what one has not: %d", w.Code)
	}
	if w := s.ask("GET", at, "Authorization", "Bearer nonsense"); w.Code != 200 {
		t.Errorf("with a token that is not good: %d", w.Code)
	}
	if w := s.ask("GET", "/api/v2/instance"); !strings.Contains(w.Body.String(), `"openapi":"`+here.Origin+at+`"`) || !strings.Contains(w.Body.String(), `"documentation":"`+here.Origin+`/docs/api"`) {
		t.Errorf("the instance does not say where: %s", w.Body)
	}
}

// The pages have every call, in plain HTML.
func TestPageOfTheAPI(t *testing.T) {
	t.Parallel()
	s, table := whole(t)
	w := s.ask("GET", "/docs/api", "Accept", "text/html", "Accept-Language", "en")
	page := w.Body.String()
	if csp := w.Header().Get("Content-Security-Policy"); w.Code != 200 || strings.Contains(page, "<script") || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") {
		t.Fatalf("got %d under %s", w.Code, csp)
	}
	parts, styles := map[string]string{}, s.ask("GET", "/static/ensemble.css").Body.Len()
	for _, link := range strings.Split(page, `href="/docs/api/`)[1:] {
		at, _, _ := strings.Cut(link[:strings.Index(link, `"`)], "#")
		if parts[at] == "" {
			w := s.ask("GET", "/docs/api/"+at, "Accept", "text/html", "Accept-Language", "en")
			if w.Code != 200 || w.Body.Len() > 150_000-styles {
				t.Errorf("%s: got %d, %d bytes", at, w.Code, w.Body.Len())
			}
			parts[at] = w.Body.String()
		}
	}
	index := page
	for _, part := range parts {
		page += part
	}
	calls := 0
	for _, r := range table {
		if !strings.HasPrefix(r.Path, openapi.Prefix+"/") {
			continue
		}
		calls++
		path := r.Path
		for _, step := range strings.Split(path, "/") {
			if name, is := strings.CutPrefix(step, ":"); is {
				path = strings.Replace(path, step, "{"+name+"}", 1)
			}
		}
		if !strings.Contains(page, `<code class="call">`+r.Method+" "+path+"</code>") {
			t.Errorf("the page lacks %s %s", r.Method, path)
		}
	}
	if calls < 90 || strings.Count(page, `<code class="call">`) != calls {
		t.Errorf("the page has %d calls, and the table %d", strings.Count(page, `<code class="call">`), calls)
	}
	for _, want := range []string{
		`<code>poll[expires_in]</code>`, `<code>coauthors[role]</code>`, `integer, 300 to 2678400`, `one of all, any, now; without it all`,
		`<a href="/docs/api/noun-Ensemble.Collab">Ensemble.Collab</a>`, `<article id="noun-Ensemble.Collab">`, `<code>confirm_needed</code>`,
		`Scope: <code>write:statuses</code>`, `<a href="/api/ensemble/v1/openapi.json">`, `<html lang="en">`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, link := range strings.Split(index, `href="/docs/api/`)[1:] {
		at, id, inside := strings.Cut(link[:strings.Index(link, `"`)], "#")
		if inside && !strings.Contains(parts[at], ` id="`+id+`"`) {
			t.Errorf("there is nothing at %s#%s", at, id)
		}
	}
	if w := s.ask("GET", "/docs/api/nothing", "Accept", "text/html"); w.Code != 404 {
		t.Errorf("what is not there: %d", w.Code)
	}
	if w := s.ask("GET", "/docs/api", "Accept-Language", "fr"); !strings.Contains(w.Body.String(), "Ce qui est dit de chacun est en anglais.") || !strings.Contains(w.Body.String(), `<html lang="fr">`) {
		t.Error("there is no French around it")
	}
	if w := s.ask("GET", "/docs/api/noun-Ensemble.Collab", "Accept-Language", "fr"); !strings.Contains(w.Body.String(), "<th>Nom</th>") {
		t.Errorf("there is no French in a part: %s", w.Body)
	}
	if w := s.ask("GET", "/"); !strings.Contains(w.Body.String(), `<a href="/docs/api">`) {
		t.Error("the first page does not lead to it")
	}
}

// A page about routes that nobody wrote about would be none: it says that it failed.
func TestPageNeedsWords(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", func(c *web.Config) {
		c.API = append((&api.API{}).Routes(), call.Route{Method: "GET", Path: openapi.Prefix + "/new", Who: call.Nobody, Handler: func(*call.Call) (any, error) { return nil, nil }})
	})
	if w := s.ask("GET", "/docs/api"); w.Code != 500 || strings.Contains(w.Body.String(), "/collabs") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
