package models

import (
	"fmt"
	"testing"
)

func TestWhoMayDoWhat(t *testing.T) {
	for _, c := range []struct {
		p    Permission
		want string
	}{
		{SeePeople, "[support moderator admin owner]"}, {HelpPeople, "[support moderator admin owner]"},
		{LetIn, "[moderator admin owner]"}, {Judge, "[moderator admin owner]"}, {ReadLog, "[moderator admin owner]"},
		{Servers, "[admin owner]"}, {House, "[admin owner]"}, {Appoint, "[admin owner]"}, {Run, "[admin owner]"},
		{Money, "[finance owner]"},
	} {
		if got := fmt.Sprint(Holding(c.p)); got != c.want {
			t.Errorf("%s: %s, want %s", c.p, got, c.want)
		}
	}
	for _, r := range Roles {
		if r.Staff() != (r.Rank() > 0) {
			t.Errorf("%s: staff %t, rank %d", r, r.Staff(), r.Rank())
		}
	}
	if Role("king").Valid() || Role("").Staff() {
		t.Error("an unknown role counts")
	}
}
