package web_test

import (
	"strings"
	"testing"

	"ensemble/models"
)

// Names stand in the order in which the form has them, not in that in which people were
// met or are called.
func TestInvitedPeopleStayInOrder(t *testing.T) {
	t.Parallel()
	b := writing(t, "sqlite")
	for _, name := range []string{"bob", "eve", "zoe"} {
		a := b.account(name, "two.example")
		a.Collaborates = models.CollabEveryone
		b.put(a)
	}
	order := []string{"zoe@two.example", "bob@two.example", "eve@two.example"}
	f := form("status", "Together")
	for _, acct := range order {
		f.Add("who", acct)
		f.Add("known", acct)
		f.Add("role", "coauthor")
	}
	places := func(page string) (at []int) {
		for _, acct := range order {
			at = append(at, strings.Index(page, "@"+acct))
		}
		return at
	}
	f.Set("do", "preview")
	look := places(b.send(f).Body.String())
	f.Set("do", "send")
	w := b.send(f)
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	if w.Code != 303 || !strings.HasPrefix(to, "/collabs/") {
		t.Fatalf("invited: %d %s", w.Code, w.Body)
	}
	for what, at := range map[string][]int{"the preview": look, "the collab": places(b.open(to).Body.String())} {
		if at[0] < 0 || at[0] > at[1] || at[1] > at[2] {
			t.Errorf("%s has them at %v", what, at)
		}
	}
}
