package app

import (
	"testing"
	"time"

	"ensemble/models"
)

func TestStepsAreOfTheNewestAsking(t *testing.T) {
	at := func(minute int) *time.Time {
		m := time.Date(2026, 1, 2, 3, minute, 0, 0, time.UTC)
		return &m
	}
	for _, c := range []struct {
		name string
		i    anInvitee
		want string
	}{
		{"nobody was asked", anInvitee{State: models.InviteDraft}, ""},
		{"seen", anInvitee{State: models.InviteSeen, SentAt: at(1), DeliveredAt: at(1), SeenAt: at(2)}, "sent delivered seen "},
		{"asked anew", anInvitee{State: models.InviteSent, SentAt: at(5), DeliveredAt: at(1), SeenAt: at(2)}, "sent "},
		{"a no", anInvitee{State: models.InviteDeclined, SentAt: at(1), SeenAt: at(2), AnsweredAt: at(3)}, "sent seen declined "},
		{"unreachable", anInvitee{State: models.InviteUndeliverable, SentAt: at(1), AnsweredAt: at(9)}, "sent undeliverable "},
	} {
		got := ""
		for _, s := range c.i.Steps() {
			got += s.What + " "
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDifferencesOfAVersion(t *testing.T) {
	a, b := aVersion{Revision: 1, Text: "a b", Visibility: models.VisPublic}, aVersion{Revision: 2, Text: "a c", Visibility: models.VisUnlisted}
	if d := since([]aVersion{a, b}, 2); d == nil || d.From != 1 || len(d.Text) != 3 || len(d.Notes) != 1 || d.Notes[0].Key != "diff.now_unlisted" {
		t.Errorf("the difference is %+v", d)
	}
	if d := since([]aVersion{a, b}, 1); d != nil {
		t.Errorf("a first version differs by %+v", d)
	}
	agreed, last := a, b
	agreed.Agreed, last.Revision = true, 3
	if d := since([]aVersion{agreed, b, last}, 3); d == nil || d.From != 1 { // not since one that was only shown
		t.Errorf("the difference is %+v", d)
	}
}
