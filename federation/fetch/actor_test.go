package fetch_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

func TestAnAccountIsLearnedInTwoLookUps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		o, s := newOur(t, dialect), newTheir(t, "two")
		bob := s.person("bob", map[string]any{
			"summary":         `<p>hi<script>x</script></p>`,
			"outbox":          "https://evil.example/outbox",
			"assertionMethod": []any{map[string]any{"id": "https://evil.example/#k", "type": "Multikey", "publicKeyMultibase": "z1"}},
			"interactionPolicy": map[string]any{"canCollaborate": map[string]any{
				"manualApproval": "https://www.w3.org/ns/activitystreams#Public"}},
		})
		a, err := o.Account(t.Context(), bob)
		if err != nil {
			t.Fatal(err)
		}
		if a.ID == 0 || a.Acct() != "bob@"+s.host || a.DisplayName != "BOB" || !a.Active() || a.FetchedAt == nil ||
			a.KeyID != bob+"#main-key" || a.Note != "<p>hi</p>" || a.Outbox != "" || len(a.Assertions) != 0 || a.Followers == "" {
			t.Errorf("got %+v", a)
		}
		if n := s.total(); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
		if p := o.peer(t, s.host); p == nil || !p.Ensemble {
			t.Errorf("the server is known as %+v", p)
		}
		o.clock.pass(23 * time.Hour)
		again, err := o.Account(t.Context(), bob)
		if err != nil || again.ID != a.ID || s.total() != 2 {
			t.Errorf("the same day: got %v after %d requests", err, s.total())
		}
		s.person("bob", map[string]any{"name": "Robert"})
		o.clock.pass(2 * time.Hour)
		again, err = o.Account(t.Context(), bob)
		if err != nil || again.ID != a.ID || again.DisplayName != "Robert" || !again.CreatedAt.Equal(a.CreatedAt) {
			t.Errorf("a day later: got %+v, %v", again, err)
		}
	})
}

func TestAccountsOfThisServerAreNotFetched(t *testing.T) {
	o := newOur(t, "sqlite")
	a, err := o.Account(t.Context(), o.alice.URI)
	if err != nil || a.ID != o.alice.ID {
		t.Errorf("got %v, %v", a, err)
	}
	if _, err := o.Account(t.Context(), "http://us.test/users/nobody"); kind(err) != models.NotFound {
		t.Errorf("nobody: got %v", err)
	}
	for _, acct := range []string{"alice", "@alice", "Alice@us.test", "acct:alice@US.TEST."} {
		if a, err := o.Lookup(t.Context(), acct); err != nil || a.ID != o.alice.ID {
			t.Errorf("%s: got %v, %v", acct, a, err)
		}
	}
	for _, acct := range []string{"", "@", "nobody", "nobody@us.test", "a b@us.test", "x@", "x@y@z", "x@y/z", "x@y?z", "x@[::1]"} {
		if _, err := o.Lookup(t.Context(), acct); kind(err) != models.NotFound {
			t.Errorf("%q: got %v", acct, err)
		}
	}
}

func TestAStaleAccountOutlivesItsServer(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	bob := s.person("bob", nil)
	if _, err := o.Account(t.Context(), bob); err != nil {
		t.Fatal(err)
	}
	o.clock.pass(48 * time.Hour)
	s.on("/.well-known/webfinger", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	if a, err := o.Account(t.Context(), bob); err != nil || a.Acct() != "bob@"+s.host || !a.FetchedAt.Equal(o.now()) {
		t.Errorf("without WebFinger: got %+v, %v", a, err)
	}
	o.clock.pass(48 * time.Hour)
	s.on("/users/bob", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })
	if a, err := o.Account(t.Context(), bob); err != nil || a.Acct() != "bob@"+s.host {
		t.Errorf("without the actor: got %v, %v", a, err)
	}
	if _, err := o.Refresh(t.Context(), bob); kind(err) != models.Unreachable {
		t.Errorf("Refresh: got %v", err)
	}
	s.on("/users/bob", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	o.clock.pass(48 * time.Hour)
	if _, err := o.Account(t.Context(), bob); kind(err) != models.Gone {
		t.Errorf("deleted there: got %v", err)
	}
}

func TestTheSuspendedStaySo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		for state, name := range map[models.AccountState]string{models.AccountSuspended: "New", models.AccountDeleted: "BOB"} {
			o, s := newOur(t, dialect), newTheir(t, "two")
			bob := s.person("bob", nil)
			a, err := o.Refresh(t.Context(), bob)
			if err != nil {
				t.Fatal(err)
			}
			o.tx(t, func(tx *store.Tx) error {
				_, err := store.Set[models.Account](tx, map[string]any{"state": state, "posts_count": 7}, "id = ?", a.ID)
				return err
			})
			s.person("bob", map[string]any{"name": "New"})
			a, err = o.Refresh(t.Context(), bob)
			if err != nil || a.State != state || a.PostsCount != 7 || a.DisplayName != name {
				t.Errorf("%s: got %+v, %v", state, a, err)
			}
			n := s.total()
			o.clock.pass(100 * time.Hour)
			if a, err := o.Account(t.Context(), bob); err != nil || a.State != state || s.total() != n {
				t.Errorf("%s: got %v, %v", state, a, err)
			}
		}
	})
}

func TestActorsThatAreNotWhatTheySay(t *testing.T) {
	o, s, victim := newOur(t, "sqlite"), newTheir(t, "two"), newTheir(t, "victim")
	v := victim.person("v", nil)
	s.person("keythief", map[string]any{"publicKey": map[string]any{
		"id": v + "#main-key", "owner": s.iri("/users/keythief"), "publicKeyPem": ourKeys()[0]}})
	s.person("idthief", map[string]any{"id": v})
	s.person("nameless", map[string]any{"preferredUsername": ""})
	s.person("pointless", nil)
	s.person("inboxless", map[string]any{"inbox": nil})
	s.person("other", map[string]any{"preferredUsername": "v"})
	s.serve("/users/note", activityJSON, note(s.iri("/users/note")))
	s.finger["acct:pointless@"+s.host] = string(v)
	for _, name := range []string{"keythief", "idthief", "nameless", "pointless", "inboxless", "other", "note"} {
		if a, err := o.Account(t.Context(), s.iri("/users/"+name)); kind(err) != models.Invalid && kind(err) != models.Forbidden {
			t.Errorf("%s: got %+v, %v", name, a, err)
		}
	}
	// Another address of an account is not its actor.
	bob := s.person("bob", nil)
	s.on("/@bob", redirect(bob))
	if _, err := o.Account(t.Context(), s.iri("/@bob")); code(err) != "id_mismatch" {
		t.Errorf("another address: got %v", err)
	}
	if n, _ := count(o, t); n != 2 {
		t.Errorf("%d accounts are kept, want ours alone", n)
	}
}

func count(o *our, t *testing.T) (n int, err error) {
	o.tx(t, func(tx *store.Tx) error {
		n, err = store.Count[models.Account](tx, "1 = 1")
		return err
	})
	return n, err
}

func TestHandlesOfAnotherDomain(t *testing.T) {
	o, s, home, evil := newOur(t, "sqlite"), newTheir(t, "social"), newTheir(t, "home"), newTheir(t, "evil")
	bob := s.person("bob", nil)
	short := "acct:bob@" + home.host
	s.subject["acct:bob@"+s.host] = short
	home.finger[short] = string(bob)
	a, err := o.Account(t.Context(), bob)
	if err != nil || a.Acct() != "bob@"+home.host {
		t.Errorf("both agree: got %v, %v", a, err)
	}
	// evil names bob its own; bob's server knows nothing of that.
	evil.finger["acct:celebrity@"+evil.host] = string(bob)
	evil.finger["acct:bob@"+evil.host] = string(bob)
	for _, name := range []string{"celebrity", "bob"} {
		if a, err := o.Lookup(t.Context(), name+"@"+evil.host); err != nil || a.Acct() != "bob@"+home.host {
			t.Errorf("%s of evil: got %v, %v", name, a, err)
		}
	}
	// mallory's server says she is of home, which does not know her.
	mallory := evil.person("mallory", nil)
	evil.subject["acct:mallory@"+evil.host] = "acct:mallory@" + home.host
	if a, err := o.Account(t.Context(), mallory); err != nil || a.Acct() != "mallory@"+evil.host {
		t.Errorf("home does not agree: got %v, %v", a, err)
	}
	// Or of this server, or somebody else's name.
	alice := evil.person("alice", nil)
	evil.subject["acct:alice@"+evil.host] = "acct:alice@us.test"
	if a, err := o.Account(t.Context(), alice); err != nil || a.Acct() != "alice@"+evil.host {
		t.Errorf("a name of ours: got %v, %v", a, err)
	}
	eve := evil.person("eve", nil)
	evil.subject["acct:eve@"+evil.host] = "acct:bob@" + home.host
	if a, err := o.Account(t.Context(), eve); code(err) != "handle" {
		t.Errorf("another's name: got %v, %v", a, err)
	}
}

func TestAHandleMovesToTheOneWebFingerNames(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		o, s := newOur(t, dialect), newTheir(t, "two")
		old, err := o.Lookup(t.Context(), "Bob@"+s.host)
		if kind(err) != models.NotFound {
			t.Fatalf("nobody yet: got %v, %v", old, err)
		}
		s.person("bob", nil)
		o.clock.pass(2 * time.Minute)
		if old, err = o.Lookup(t.Context(), "@bob@"+s.host); err != nil {
			t.Fatal(err)
		}
		s.person("bob2", map[string]any{"preferredUsername": "Bob"})
		s.finger["acct:Bob@"+s.host] = string(s.iri("/users/bob2"))
		a, err := o.Account(t.Context(), s.iri("/users/bob2"))
		if err != nil || a.ID == old.ID || a.Username != "Bob" {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}

func TestByKey(t *testing.T) {
	o, s, evil := newOur(t, "sqlite"), newTheir(t, "two"), newTheir(t, "evil")
	bob := s.person("bob", nil)
	key := bob + "#main-key"
	for i, want := range []int{2, 2} {
		a, err := o.ByKey(t.Context(), key)
		if err != nil || a.URI != bob || s.total() != want {
			t.Errorf("time %d: got %v, %v after %d requests, want %d", i, a, err, s.total(), want)
		}
	}
	if a, err := o.ByKey(t.Context(), o.alice.KeyID); err != nil || a.ID != o.alice.ID {
		t.Errorf("one of ours: got %v, %v", a, err)
	}
	if _, err := o.ByKey(t.Context(), "http://us.test/users/nobody#main-key"); kind(err) != models.NotFound {
		t.Errorf("nobody of ours: got %v", err)
	}
	n := s.total()
	for i := range 3 {
		if a, err := o.ByKey(t.Context(), bob+iri("#key%d", i)); kind(err) != models.Forbidden {
			t.Errorf("a key that bob does not list: got %v, %v", a, err)
		}
	}
	if s.total() != n {
		t.Errorf("bob was fetched again at once, %d times", s.total()-n)
	}
	// A document of its own, in the two ways of GoToSocial.
	gts := s.iri("/users/gts/main-key")
	s.person("gts", map[string]any{"publicKey": map[string]any{"id": gts, "owner": s.iri("/users/gts"), "publicKeyPem": ourKeys()[0]}})
	s.serve("/users/gts/main-key", activityJSON, asJSON(map[string]any{
		"id": s.iri("/users/gts"), "type": "Person", "publicKey": map[string]any{"id": gts, "owner": s.iri("/users/gts"), "publicKeyPem": ourKeys()[0]}}))
	if a, err := o.ByKey(t.Context(), gts); err != nil || a.KeyID != gts {
		t.Errorf("a part of the actor: got %v, %v", a, err)
	}
	alone := s.iri("/keys/1")
	s.person("carol", map[string]any{"publicKey": map[string]any{"id": alone, "owner": s.iri("/users/carol"), "publicKeyPem": ourKeys()[0]}})
	s.serve("/keys/1", activityJSON, asJSON(map[string]any{"id": alone, "type": "Key", "owner": s.iri("/users/carol"), "publicKeyPem": ourKeys()[0]}))
	if a, err := o.ByKey(t.Context(), alone); err != nil || a.URI != s.iri("/users/carol") {
		t.Errorf("a key alone: got %v, %v", a, err)
	}
	// Keys that claim an owner who does not list them.
	for path, owner := range map[string]models.IRI{"/k1": bob, "/k2": evil.iri("/users/none"), "/k3": o.alice.URI} {
		evil.serve(path, activityJSON, asJSON(map[string]any{"id": evil.iri(path), "type": "Key", "owner": owner, "publicKeyPem": ourKeys()[0]}))
		if a, err := o.ByKey(t.Context(), evil.iri(path)); err == nil {
			t.Errorf("%s: got %v", path, a)
		}
	}
	s.serve("/keys/2", activityJSON, asJSON(map[string]any{"id": s.iri("/keys/2"), "type": "Key", "owner": bob, "publicKeyPem": ourKeys()[0]}))
	if a, err := o.ByKey(t.Context(), s.iri("/keys/2")); kind(err) != models.Forbidden {
		t.Errorf("a key that its owner does not list: got %v, %v", a, err)
	}
}

func TestKeysAreReadAnewNowAndThen(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	bob, err := o.Account(t.Context(), s.person("bob", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.RefreshKey(t.Context(), bob); kind(err) != models.TooMany {
		t.Errorf("at once: got %v", err)
	}
	s.person("bob", map[string]any{"publicKey": map[string]any{"id": bob.URI + "#new", "owner": bob.URI, "publicKeyPem": ourKeys()[0]}})
	o.clock.pass(6 * time.Minute)
	a, err := o.RefreshKey(t.Context(), bob)
	if err != nil || a.KeyID != bob.URI+"#new" {
		t.Errorf("later: got %v, %v", a, err)
	}
	s.on("/users/bob", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	o.clock.pass(6 * time.Minute)
	n := s.count("/users/bob")
	for i, want := range []models.Kind{models.Unreachable, models.TooMany} {
		if _, err := o.RefreshKey(t.Context(), bob); kind(err) != want || s.count("/users/bob") != n+1 {
			t.Errorf("of a broken server, time %d: got %v after %d requests", i, err, s.count("/users/bob")-n)
		}
	}
}

func TestManyLearnOneAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		o, s := newOur(t, dialect), newTheir(t, "two")
		other := fetch.New(fetch.Config{DB: o.db}) // as another process would
		bob := s.person("bob", nil)
		var wg sync.WaitGroup
		ids := make(chan models.ID, 20)
		for i := range 20 {
			c := []*fetch.Client{o.Client, other}[i%2]
			wg.Go(func() {
				a, err := c.Account(context.Background(), bob)
				if err != nil {
					t.Error(err)
					return
				}
				a.Note = fmt.Sprint(i) // everybody's own
				ids <- a.ID
			})
		}
		wg.Wait()
		close(ids)
		seen := map[models.ID]bool{}
		for id := range ids {
			seen[id] = true
		}
		if len(seen) != 1 {
			t.Errorf("one account got %d IDs", len(seen))
		}
	})
}
