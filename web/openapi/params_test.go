package openapi_test

import (
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"ensemble/web/call"
	"ensemble/web/openapi"
)

// unread are parameters that a route's handler reaches, and never reads.
var unread = map[string]string{
	"POST /me/totp code": "proved asks for no code where there cannot be one yet",
}

// TestParametersAreThoseThatAreRead compares the parameters of the document with those
// that the source of web/api looks for, both ways.
func TestParametersAreThoseThatAreRead(t *testing.T) {
	_, p := compose(t, ours())
	read := readBy(t, filepath.Join("..", "api"))
	for _, r := range ours() {
		path := documented(r.Path)
		name := r.Method + " " + path
		o := p.Paths[path][strings.ToLower(r.Method)]
		told := o.names()
		if once := r.Method == http.MethodPost && r.Who == call.Person && r.Mode != call.Free; once != told["header Idempotency-Key"] {
			t.Errorf("%s: an Idempotency-Key counts: %v, and is documented: %v", name, once, told["header Idempotency-Key"])
		}
		delete(told, "header Idempotency-Key") // package call reads it
		for n := range read(r.Method, r.Path) {
			if !told[n] && unread[name+" "+n] == "" {
				t.Errorf("%s reads %s, which is not documented", name, n)
			}
			delete(told, n)
		}
		for n := range told {
			t.Errorf("%s documents %s, which is not read", name, n)
		}
	}
}

// TestSourceIsRead tests the test: names are found where they are passed on, where they
// are fields of objects or of JSON, and behind closures; and not where they are not read.
func TestSourceIsRead(t *testing.T) {
	read := readBy(t, filepath.Join("..", "api"))
	for _, c := range []struct{ method, path, has, hasNot string }{
		{"POST", "/collabs", "status poll[options] coauthors[][as] coauthor_ids duet_approval_policy expires_in byline header!X-Ensemble-Byline header!Accept-Language", "max_id text agreed"},
		{"GET", "/collabs", "state role max_id since_id min_id limit", "status"},
		{"POST", "/collabs/:id/revise", "id status media_attributes[][focus]", "quorum coauthors"},
		{"PUT", "/admin/announcements/:id", "id text starts_at ends_at all_day", "status"},
		{"POST", "/me/passkeys", "handle name credential", "password"},
		{"DELETE", "/me/passkeys/:id", "id password code", "credential"},
		{"GET", "/imports/:id/failures", "id after limit", "max_id"},
		{"POST", "/imports/posts", "data visibility", "mode"},
		{"GET", "/exports/lists.csv", "", "id data"},
	} {
		got := read(c.method, openapi.Prefix+c.path)
		for _, name := range strings.Fields(c.has) {
			if !got[strings.ReplaceAll(name, "!", " ")] {
				t.Errorf("%s %s: %s was not found, but %v", c.method, c.path, name, got)
			}
		}
		for _, name := range strings.Fields(c.hasNot) {
			if got[name] || got == nil {
				t.Errorf("%s %s: %s was found, where it is not read: %v", c.method, c.path, name, got)
			}
		}
	}
}

// names are the parameters of an operation, as a handler asks for them.
func (o operation) names() map[string]bool {
	out := map[string]bool{}
	for _, p := range o.Parameters {
		name := strings.TrimSuffix(p.Name, "[]")
		if p.In == "header" {
			name = "header " + name
		}
		out[name] = true
	}
	for _, c := range o.RequestBody.Content {
		fields, _ := c.Schema["properties"].(map[string]any)
		for name, f := range fields {
			s, _ := f.(map[string]any)
			inner, _ := s["properties"].(map[string]any)
			for field := range inner {
				out[name+"["+field+"]"] = true
			}
			if len(inner) > 0 {
				continue
			}
			out[name] = true
			for field := range itemFields(s) {
				out[name+"[]["+field+"]"] = true
			}
		}
	}
	return out
}

// itemFields are the fields of what a list is of, or may be of.
func itemFields(s map[string]any) map[string]any {
	items, _ := s["items"].(map[string]any)
	of := []any{items}
	if either, _ := items["anyOf"].([]any); either != nil {
		of = either
	}
	out := map[string]any{}
	for _, one := range of {
		s, _ := one.(map[string]any)
		fields, _ := s["properties"].(map[string]any)
		maps.Copy(out, fields)
	}
	return out
}
