package web_test

import (
	"strings"
	"testing"

	"ensemble/models"
)

// role makes alice what she is to be.
func (s *server) role(r models.Role) {
	s.Helper()
	s.put(&models.User{AccountID: s.alice.ID, Email: "alice@one.example", Role: r, CreatedAt: s.db.Now()})
}

// Who looks after a server sees its pages, and nobody else.
func TestAdminPagesAreForStaff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		role models.Role
		want int
	}{{models.RoleUser, 403}, {models.RolePilot, 403}, {models.RoleModerator, 200}, {models.RoleAdmin, 200}, {models.RoleOwner, 200}} {
		s := newServer(t, "sqlite", withAPI)
		s.role(c.role)
		cookie := s.signIn("alice")
		w := s.ask("GET", "/admin", "Cookie", cookie, "Accept-Language", "fr")
		if w.Code != c.want {
			t.Errorf("%s: got %d %s", c.role, w.Code, w.Body)
		}
		if c.want == 200 && !strings.Contains(w.Body.String(), "Vue d’ensemble") {
			t.Errorf("%s: %s", c.role, w.Body)
		}
	}
	if w := newServer(t, "sqlite", withAPI).ask("GET", "/admin"); w.Code != 401 && w.Code != 303 {
		t.Errorf("nobody: got %d", w.Code)
	}
}
