package web_test

import (
	"regexp"
	"strings"
	"testing"

	"ensemble/models"
)

var href = regexp.MustCompile(` href="(/[^"#?]*)`)

// Every link of the frame, of the front door and of the settings leads to a page.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	s.role(models.RoleOwner)
	for _, cookie := range []string{"", s.signIn("alice")} {
		seen := map[string]bool{}
		for _, from := range []string{"/", "/about", "/home", "/settings/profile", "/admin"} {
			for _, m := range href.FindAllStringSubmatch(s.ask("GET", from, "Cookie", cookie).Body.String(), -1) {
				if to := m[1]; !seen[to] {
					seen[to] = true
					if w := s.ask("GET", to, "Cookie", cookie, "Accept", "text/html"); w.Code >= 400 {
						t.Errorf("%s leads to %s: %d", from, to, w.Code)
					}
				}
			}
		}
		if len(seen) < 8 || cookie != "" && !seen["/settings/privacy"] {
			t.Errorf("only %d links were found: %v", len(seen), strings.Join(keys(seen), " "))
		}
	}
}

func keys(of map[string]bool) (all []string) {
	for k := range of {
		all = append(all, k)
	}
	return all
}
