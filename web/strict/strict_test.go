package strict

import (
	"strings"
	"testing"

	"ensemble/web/api"
)

// TestStrictDecodersRefuse tests the test.
func TestStrictDecodersRefuse(t *testing.T) {
	d, err := New((&api.API{}).Routes())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, path, body, want string }{
		{"GET", "/api/v1/accounts/relationships", `[{"id":"1"}]`, "missing properties"},
		{"GET", "/api/v1/statuses/1", `{"id":1}`, "missing properties"},
		{"GET", "/api/v1/timelines/home", `{}`, "no list"},
		{"GET", "/api/v1/timelines/home", `[`, "EOF"},
		{"GET", "/api/v1/nothing", `{}`, "nothing is written down"},
		{"GET", "/api/v1/markers", `{}`, ""},
		{"POST", "/oauth/token", `{"access_token":"a","token_type":"Bearer","scope":"read","created_at":1}`, ""},
		{"POST", "/oauth/token", `{"access_token":"a","token_type":"Bearer","scope":"read","created_at":"now"}`, "created_at"},
	} {
		err := d.Answers(c.method, c.path, 200, []byte(c.body))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s %s: %v, want %q", c.method, c.path, c.body, err, c.want)
		}
	}
	for _, c := range []struct {
		method, path string
		status       int
		body, want   string
	}{
		{"GET", "/api/ensemble/v1/me/collaborate", 200, `{"policy":"nobody"}`, ""},
		{"GET", "/api/ensemble/v1/me/collaborate", 200, `{"police":"nobody"}`, "not as the document"},
		{"GET", "/api/ensemble/v1/me/collaborate", 418, `{"error":"no"}`, "does not say that it answers 418"},
		{"GET", "/api/ensemble/v1/collabs/1", 403, `{"error":"no"}`, ""},
		{"GET", "/api/ensemble/v1/collabs/1", 403, `{"no":"error"}`, "not as the document"},
		{"GET", "/api/ensemble/v1/collabs/1", 401, `{"no":"error"}`, "not as the document"},
		{"POST", "/api/ensemble/v1/collabs", 403, `{"error":"no","code":"no_support"}`, "missing properties"},
		{"GET", "/api/ensemble/v1/imports/posts", 405, `{"error":"no"}`, "does not say that it answers 405"},
		{"GET", "/api/ensemble/v1/nothing", 200, `{}`, "does not know this call"},
		{"GET", "/api/ensemble/v1/nothing", 404, `{"error":"no"}`, ""},
		{"PATCH", "/api/ensemble/v1/collabs", 405, `{"error":"no"}`, ""},
	} {
		err := d.Answers(c.method, c.path, c.status, []byte(c.body))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s %d %s: %v, want %q", c.method, c.path, c.status, c.body, err, c.want)
		}
	}
	for name, known := range map[string]bool{"state": true, "max_id": true, "status": false, "poll[options]": false} {
		if err := d.Asks("GET", "/api/ensemble/v1/collabs", name); (err == nil) != known {
			t.Errorf("GET /collabs looks for %s: %v", name, err)
		}
	}
	if err := d.Answers("GET", "/api/v1/statuses/1", 404, []byte(`{"message":"no"}`)); err == nil {
		t.Error("an error without its sentence passes")
	}
}
