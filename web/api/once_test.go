package api_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestWhatIsMadeWithAKeyIsMadeOnce sends each request that makes something twice with
// one Idempotency-Key, as apps do when an answer got lost, and once with another.
func TestWhatIsMadeWithAKeyIsMadeOnce(t *testing.T) {
	each(t, func(s *server) {
		s.follow("bo", "ada")
		bo := s.id("bo")
		for _, c := range []struct{ path, form, list string }{
			{"/api/v1/statuses", "status=once", "/api/v1/accounts/" + s.id("ada") + "/statuses"},
			{"/api/v1/statuses", "status=later&scheduled_at=" + url.QueryEscape("2026-01-03T03:04:05Z"), "/api/v1/scheduled_statuses"},
			{"/api/v1/statuses", "status=together&coauthor_ids[]=" + bo, collabs},
			{collabs, "status=ours&coauthor_ids[]=" + bo, collabs + "?role=initiator"},
			{"/api/v1/lists", "title=friends", "/api/v1/lists"},
			{"/api/v2/filters", "title=spoilers&context[]=home", "/api/v2/filters"},
		} {
			send := func(key string) *answer {
				r := httptest.NewRequest("POST", c.path, strings.NewReader(c.form))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Authorization", "Bearer ada")
				r.Header.Set("Idempotency-Key", key+c.form)
				return s.send(r)
			}
			count := func() int {
				rows, _ := s.get("ada", c.list).body.([]any)
				return len(rows)
			}
			before := count()
			first, again := send("a"), send("a")
			if first.status >= 300 || again.status != first.status || first.str("id") == "" || again.str("id") != first.str("id") || count() != before+1 {
				t.Errorf("%s %s: %d %s, then %d %s; %d were made", c.path, c.form, first.status, first.raw, again.status, again.raw, count()-before)
			}
			if other := send("b"); other.str("id") == first.str("id") || count() != before+2 {
				t.Errorf("%s %s with another key: %d %s", c.path, c.form, other.status, other.raw)
			}
		}
	}, "ada", "bo")
}
