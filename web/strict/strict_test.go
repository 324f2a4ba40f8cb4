package strict

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestStrictDecodersRefuse tests the test.
func TestStrictDecodersRefuse(t *testing.T) {
	d, err := New(filepath.Join("..", "api", "testdata", "entities.json"))
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
	if err := d.Answers("GET", "/api/v1/statuses/1", 404, []byte(`{"message":"no"}`)); err == nil {
		t.Error("an error without its sentence passes")
	}
}

// TestEveryEntityIsThere looks up each name of the tables.
func TestEveryEntityIsThere(t *testing.T) {
	d, err := New(filepath.Join("..", "api", "testdata", "entities.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range []table{people, further, entities, ours} {
		for _, e := range all {
			if !d.Names(e.entity) {
				t.Errorf("%s %s answers %s, which entities.json does not know", e.method, e.path, e.entity)
			}
		}
	}
}
