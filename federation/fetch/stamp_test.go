package fetch_test

import (
	"crypto/ed25519"
	"maps"
	"strings"
	"testing"
	"time"

	"ensemble/federation/sign"
	"ensemble/models"
)

// newProofKey returns a key for proofs, and how an actor lists it.
func newProofKey(t *testing.T) (ed25519.PrivateKey, string) {
	t.Helper()
	multikey, text, err := sign.NewEd25519()
	if err != nil {
		t.Fatal(err)
	}
	k, err := sign.ParsePrivate(text)
	if err != nil {
		t.Fatal(err)
	}
	return k.(ed25519.PrivateKey), multikey
}

// with returns what makes a person list a proof key.
func with(s *their, name, multikey string) map[string]any {
	uri := s.iri("/users/" + name)
	return map[string]any{"assertionMethod": []any{map[string]any{
		"id": uri + "#ed25519-key", "type": "Multikey", "controller": uri, "publicKeyMultibase": multikey}}}
}

func (s *their) stamp(path string, by models.IRI, extra map[string]any) string {
	doc := map[string]any{
		"@context": []any{"https://www.w3.org/ns/activitystreams", "https://w3id.org/ensemble/v1"},
		"id":       s.iri(path), "type": "CollaborationAuthorization", "attributedTo": by, "interactionTarget": by,
		"interactingObject": "https://a.example/n/1", "role": "coauthor", "revision": 1, "contentDigest": "zQmX", "published": "2026-09-01T10:00:00Z",
	}
	maps.Copy(doc, extra)
	return asJSON(doc)
}

func TestStamp(t *testing.T) {
	o, s, a := newOur(t, "sqlite"), newTheir(t, "two"), newTheir(t, "a")
	private, multikey := newProofKey(t)
	stranger, _ := newProofKey(t)
	bobURI := s.person("bob", with(s, "bob", multikey))
	eve := s.person("eve", nil)
	bob, err := o.Account(t.Context(), bobURI)
	if err != nil {
		t.Fatal(err)
	}
	prove := func(doc string, method models.IRI, k ed25519.PrivateKey) string {
		b, err := sign.Prove([]byte(doc), method, k, o.now())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	method := bobURI + "#ed25519-key"
	s.serve("/stamps/plain", activityJSON, s.stamp("/stamps/plain", bobURI, nil))
	s.serve("/stamps/proved", activityJSON, prove(s.stamp("/stamps/proved", bobURI, nil), method, private))
	s.serve("/stamps/forged", activityJSON, prove(s.stamp("/stamps/forged", bobURI, nil), method, stranger))
	s.serve("/stamps/unlisted", activityJSON, prove(s.stamp("/stamps/unlisted", bobURI, nil), bobURI+"#other", stranger))
	s.serve("/stamps/changed", activityJSON, strings.Replace(prove(s.stamp("/stamps/changed", bobURI, nil), method, private), "zQmX", "zQmY", 1))
	s.serve("/stamps/eves", activityJSON, s.stamp("/stamps/eves", eve, nil))
	s.serve("/stamps/alias", activityJSON, s.stamp("/stamps/plain", bobURI, nil))
	s.serve("/stamps/note", activityJSON, note(s.iri("/stamps/note")))
	s.serve("/stamps/page", "text/html", s.stamp("/stamps/page", bobURI, nil))
	s.on("/stamps/offsite", redirect(a.iri("/stamps/1")))
	s.serve("/stamps/gone", activityJSON, asJSON(map[string]any{"id": s.iri("/stamps/gone"), "type": "Tombstone"}))
	a.serve("/stamps/1", activityJSON, a.stamp("/stamps/1", bobURI, nil))
	for _, c := range []struct {
		name string
		uri  models.IRI
		want models.Kind
		code string
	}{
		{"a stamp", s.iri("/stamps/plain"), "", ""},
		{"a stamp with a proof", s.iri("/stamps/proved"), "", ""},
		{"case 2: on another server", a.iri("/stamps/1"), models.Forbidden, "stamp_origin"},
		{"case 3: another's of the same server", s.iri("/stamps/eves"), models.Forbidden, "stamp_actor"},
		{"case 7: not at its address", s.iri("/stamps/none"), models.NotFound, ""},
		{"case 8: a redirect to another server", s.iri("/stamps/offsite"), models.Forbidden, "redirect"},
		{"case 8: a page", s.iri("/stamps/page"), models.Invalid, "content_type"},
		{"case 9: a proof by another key", s.iri("/stamps/forged"), models.Forbidden, "stamp_proof"},
		{"case 9: a proof by a key that is not listed", s.iri("/stamps/unlisted"), models.Forbidden, "stamp_proof"},
		{"a proof of other words", s.iri("/stamps/changed"), models.Forbidden, "stamp_proof"},
		{"at another address", s.iri("/stamps/alias"), models.Forbidden, "stamp_origin"},
		{"not a stamp", s.iri("/stamps/note"), models.Invalid, ""},
		{"a tombstone", s.iri("/stamps/gone"), models.Gone, ""},
	} {
		got, err := o.Stamp(t.Context(), c.uri, bob)
		if kind(err) != c.want || c.code != "" && code(err) != c.code || c.want == "" && (got == nil || got.Account != bobURI) {
			t.Errorf("%s: got %+v, %v (%s)", c.name, got, err, code(err))
		}
		if err != nil && got != nil {
			t.Errorf("%s: a stamp came with the error", c.name)
		}
	}
}

func TestANewProofKeyIsLookedFor(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	bob, err := o.Account(t.Context(), s.person("bob", nil))
	if err != nil {
		t.Fatal(err)
	}
	private, multikey := newProofKey(t)
	doc, err := sign.Prove([]byte(s.stamp("/stamps/1", bob.URI, nil)), bob.URI+"#ed25519-key", private, o.now())
	if err != nil {
		t.Fatal(err)
	}
	s.person("bob", with(s, "bob", multikey))
	s.serve("/stamps/1", activityJSON, string(doc))
	o.clock.pass(6 * time.Minute)
	if _, err := o.Stamp(t.Context(), s.iri("/stamps/1"), bob); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestCheckStamp(t *testing.T) {
	const bob, digest = "https://b.example/bob", "zQmX"
	now := newClock().now()
	good := models.Authorization{
		URI: "https://b.example/s/1", Account: bob, Target: bob, Object: "https://a.example/n/1",
		Collab: "https://a.example/c/1", Role: models.RoleCoauthor, Digest: digest, Ends: now.Add(time.Hour),
	}
	for _, c := range []struct {
		name   string
		change func(a *models.Authorization, n *models.Note, c *models.Claim, digest *string)
		code   string
	}{
		{"a stamp that holds", func(*models.Authorization, *models.Note, *models.Claim, *string) {}, ""},
		{"an author is credited", func(_ *models.Authorization, _ *models.Note, c *models.Claim, _ *string) { c.Role = models.RoleCredit }, ""},
		{"a credit of a credit", func(a *models.Authorization, _ *models.Note, c *models.Claim, _ *string) {
			a.Role, c.Role = models.RoleCredit, models.RoleCredit
		}, ""},
		{"case 5: a credit for an author", func(a *models.Authorization, _ *models.Note, _ *models.Claim, _ *string) { a.Role = models.RoleCredit }, "stamp_role"},
		{"a role that nobody knows", func(a *models.Authorization, _ *models.Note, c *models.Claim, _ *string) { a.Role, c.Role = "x", "x" }, "stamp_role"},
		{"a claim without a role", func(_ *models.Authorization, _ *models.Note, c *models.Claim, _ *string) { c.Role = "" }, "stamp_role"},
		{"another's stamp", func(a *models.Authorization, _ *models.Note, _ *models.Claim, _ *string) {
			a.Account = "https://b.example/eve"
		}, "stamp_actor"},
		{"by one for another", func(a *models.Authorization, _ *models.Note, _ *models.Claim, _ *string) {
			a.Target = "https://b.example/eve"
		}, "stamp_actor"},
		{"case 2: on another server", func(a *models.Authorization, _ *models.Note, _ *models.Claim, _ *string) {
			a.URI = "https://a.example/s/1"
		}, "stamp_origin"},
		{"case 4: for another work", func(_ *models.Authorization, n *models.Note, _ *models.Claim, _ *string) {
			n.URI = "https://a.example/n/2"
		}, "stamp_object"},
		{"case 6: of other words", func(_ *models.Authorization, _ *models.Note, _ *models.Claim, d *string) { *d = "zQmY" }, "stamp_digest"},
		{"no digest on either side", func(a *models.Authorization, _ *models.Note, _ *models.Claim, d *string) { *d, a.Digest = "", "" }, "stamp_digest"},
		{"other words, and edits covered", func(a *models.Authorization, _ *models.Note, _ *models.Claim, d *string) {
			*d, a.CoversEdits = "zQmY", true
		}, ""},
		{"ended now", func(a *models.Authorization, _ *models.Note, _ *models.Claim, _ *string) { a.Ends = now }, "stamp_expired"},
		{"without end", func(a *models.Authorization, _ *models.Note, _ *models.Claim, _ *string) { a.Ends = time.Time{} }, ""},
		{"another collaboration", func(_ *models.Authorization, n *models.Note, _ *models.Claim, _ *string) {
			n.Collab = "https://a.example/c/2"
		}, "stamp_collaboration"},
		{"a note without one", func(_ *models.Authorization, n *models.Note, _ *models.Claim, _ *string) { n.Collab = "" }, ""},
	} {
		a, n, claim, d := good, models.Note{URI: good.Object, Collab: good.Collab}, models.Claim{Account: bob, Role: models.RoleCoauthor}, digest
		c.change(&a, &n, &claim, &d)
		err := a.Holds(&n, claim, d, now)
		if code(err) != c.code || err != nil && kind(err) != models.Forbidden {
			t.Errorf("%s: got %v (%s), want %q", c.name, err, code(err), c.code)
		}
	}
}
