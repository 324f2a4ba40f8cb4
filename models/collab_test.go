package models

import (
	"testing"
	"time"
)

func TestCollabMoves(t *testing.T) {
	tests := []struct {
		name     string
		from, to CollabState
		want     Kind
	}{
		{"a draft is offered", CollabDraft, CollabOffered, ""},
		{"an offer is published", CollabOffered, CollabPublished, ""},
		{"an offer falls back to a draft", CollabOffered, CollabDraft, ""},
		{"an offer is given up", CollabOffered, CollabDiscarded, ""},
		{"a published post is revised", CollabPublished, CollabRevising, ""},
		{"a revision is agreed to", CollabRevising, CollabPublished, ""},
		{"a published post is deleted", CollabPublished, CollabDeleted, ""},
		{"a published post is never a draft again", CollabPublished, CollabDraft, Conflict},
		{"a published post cannot be declined", CollabPublished, CollabDiscarded, Conflict},
		{"what is given up never comes back", CollabDiscarded, CollabOffered, Conflict},
		{"what is deleted never comes back", CollabDeleted, CollabPublished, Conflict},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &Collab{State: tt.from}
			if got := KindOf(c.Move(tt.to)); got != tt.want {
				t.Errorf("Move: got %q, want %q", got, tt.want)
			}
			if want := map[Kind]CollabState{"": tt.to, Conflict: tt.from}[tt.want]; c.State != want {
				t.Errorf("state: got %s, want %s", c.State, want)
			}
		})
	}
}

func TestInviteMoves(t *testing.T) {
	tests := []struct {
		name     string
		from, to InviteState
		want     Kind
	}{
		{"the server took it", InviteSent, InviteDelivered, ""},
		{"an answer overtakes the look", InviteSent, InviteAccepted, ""},
		{"seen is not unseen", InviteSeen, InviteDelivered, Conflict},
		{"a yes is taken back before publication", InviteAccepted, InviteDeclined, ""},
		{"an author is asked to agree to a new version", InviteActive, InviteReapproval, ""},
		{"an author does not decline, but leaves", InviteActive, InviteDeclined, Conflict},
		{"an author leaves", InviteActive, InviteLeft, ""},
		{"who left does not come back", InviteLeft, InviteActive, Conflict},
		{"who declined does not accept", InviteDeclined, InviteAccepted, Conflict},
		{"what ran out is not accepted", InviteExpired, InviteAccepted, Conflict},
		{"who was removed does not come back", InviteRemoved, InviteActive, Conflict},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := KindOf((&Invite{State: tt.from}).Move(tt.to)); got != tt.want {
				t.Errorf("Move: got %q, want %q", got, tt.want)
			}
		})
	}
	for _, end := range []InviteState{InviteDeclined, InviteExpired, InviteWithdrawn, InviteCancelled, InviteUndeliverable, InviteLeft, InviteRemoved, InviteDetached} {
		if i := (&Invite{State: end}); !i.Ended() || i.Open() || i.Consented() {
			t.Errorf("%s is no end", end)
		}
	}
}

func TestAStampHolds(t *testing.T) {
	const bob, note IRI = "https://b.example/users/bob", "https://a.example/notes/1"
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	good := Authorization{
		URI: "https://b.example/stamps/1", Account: bob, Target: bob, Object: note, Collab: "https://a.example/collaborations/1",
		Role: RoleCoauthor, Digest: "zQm1",
	}
	tests := []struct {
		name  string
		spoil func(*Authorization, *Note, *Claim)
		want  string
	}{
		{"it is as it should be", func(*Authorization, *Note, *Claim) {}, ""},
		{"it is somebody else's", func(a *Authorization, _ *Note, _ *Claim) { a.Account = "https://b.example/users/eve" }, "stamp_actor"},
		{"its target is somebody else", func(a *Authorization, _ *Note, _ *Claim) { a.Target = "https://b.example/users/eve" }, "stamp_actor"},
		{"it is on another server", func(a *Authorization, _ *Note, _ *Claim) { a.URI = "https://a.example/stamps/1" }, "stamp_origin"},
		{"it is another stamp", func(_ *Authorization, _ *Note, c *Claim) { c.Authorization = "https://b.example/stamps/2" }, "stamp_address"},
		{"it is for another post", func(a *Authorization, _ *Note, _ *Claim) { a.Object = "https://a.example/notes/2" }, "stamp_object"},
		{"it allows a credit alone", func(a *Authorization, _ *Note, _ *Claim) { a.Role = RoleCredit }, "stamp_role"},
		{"it allows more than is claimed", func(_ *Authorization, _ *Note, c *Claim) { c.Role = RoleCredit }, ""},
		{"it has run out", func(a *Authorization, _ *Note, _ *Claim) { a.Ends = now }, "stamp_expired"},
		{"it is for another collaboration", func(_ *Authorization, n *Note, _ *Claim) { n.Collab = "https://a.example/collaborations/2" }, "stamp_collaboration"},
		{"the text was changed", func(a *Authorization, _ *Note, _ *Claim) { a.Digest = "zQm2" }, "stamp_digest"},
		{"the text was changed, and that was agreed to", func(a *Authorization, _ *Note, _ *Claim) { a.Digest, a.CoversEdits = "zQm2", true }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, n := good, Note{URI: note, Collab: good.Collab}
			c := Claim{Account: bob, Role: RoleCoauthor, Authorization: good.URI}
			tt.spoil(&a, &n, &c)
			if got := CodeOf(a.Holds(&n, c, "zQm1", now)); got != tt.want {
				t.Errorf("Holds: got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestVisibilityIsReadOffTheAudience(t *testing.T) {
	const followers, bob IRI = "https://a.example/followers", "https://b.example/bob"
	tests := []struct {
		name   string
		to, cc []IRI
		want   Visibility
	}{
		{"to everybody", []IRI{Public}, []IRI{followers}, VisPublic},
		{"a copy to everybody", []IRI{followers}, []IRI{Public}, VisUnlisted},
		{"to followers", []IRI{followers, bob}, nil, VisFollowers},
		{"a copy to followers", []IRI{bob}, []IRI{followers}, VisFollowers},
		{"to one", []IRI{bob}, nil, VisDirect},
		{"to nobody", nil, nil, VisDirect},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := VisibilityOf(tt.to, tt.cc, followers); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestIDsNeverRepeatAndSortByAge(t *testing.T) {
	now := time.Now()
	last := NewID(now)
	for range 100_000 { // one fan-out, one moment
		id := NewID(now)
		if id <= last {
			t.Fatalf("NewID: got %d after %d", id, last)
		}
		last = id
	}
	if early, late := IDAt(now.Add(-time.Hour)), IDAt(now); early >= late {
		t.Errorf("IDAt: an hour ago is %d, now is %d", early, late)
	}
	for _, bad := range []string{"", "x", "-1", "0", "1.5", "99999999999999999999"} {
		if _, err := ParseID(bad); KindOf(err) != NotFound {
			t.Errorf("ParseID(%q): got %v, want not found", bad, err)
		}
	}
}
