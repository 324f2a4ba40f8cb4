package web_test

import (
	"net/http/httptest"
	"testing"

	"ensemble/models"
	"ensemble/web"
)

// From a network without access nothing is answered, but to whoever watches whether
// the server lives; others are not kept out, and a rule ends.
func TestNoAccess(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", func(c *web.Config) { c.Limit = -1 })
	over := s.db.Now().Add(-1)
	s.put(
		&models.IPBlock{ID: 1, IP: "192.0.2.0/24", Severity: models.IPNothing, CreatedAt: s.db.Now()},
		&models.IPBlock{ID: 2, IP: "198.51.100.0/24", Severity: models.IPSignUp, CreatedAt: s.db.Now()},
		&models.IPBlock{ID: 3, IP: "203.0.113.0/24", Severity: models.IPNothing, CreatedAt: s.db.Now(), ExpiresAt: &over},
	)
	for _, c := range []struct {
		from, path string
		want       int
	}{
		{"192.0.2.1:9", "/@alice", 403}, {"192.0.2.1:9", "/api/v1/instance/x", 403}, {"192.0.2.1:9", "/inbox", 403}, {"192.0.2.1:9", "/healthz", 200},
		{"[::ffff:192.0.2.1]:9", "/@alice", 403}, {"198.51.100.1:9", "/@alice", 200}, {"203.0.113.1:9", "/@alice", 200}, {"[2001:db8::1]:9", "/@alice", 200},
	} {
		if got := s.asked(c.from, c.path); got != c.want {
			t.Errorf("%s of %s: got %d, want %d", c.path, c.from, got, c.want)
		}
	}
}

func (s *server) asked(address, path string) int {
	r := httptest.NewRequest("GET", path, nil)
	r.RemoteAddr = address
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Code
}
