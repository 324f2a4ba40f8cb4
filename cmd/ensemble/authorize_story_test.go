package main

import (
	"os"
	"path/filepath"
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// Two servers that answer signed requests alone, and have never met, come to write a
// post together; a third one verifies its names; a blocked one is refused.
func TestTwoServersThatAskForSignatures(t *testing.T) {
	story(t, func(n *network) {
		one, two, three := n.join("one.test"), n.join("two.test"), n.join("three.test")
		one.sets(models.SettingAuthorized, "on")
		two.sets(models.SettingAuthorized, "on")
		ada, bo, cy := one.born("ada"), two.born("bo"), three.born("cy")
		bo.follows(ada)
		ada.follows(bo)
		cy.follows(ada, bo)
		uri := published(ada, bo, nil)
		for _, p := range []*person{ada, bo, cy} {
			if got := names(p.status(uri)); len(got) != 2 {
				t.Errorf("%s shows the names %v", p.host, got)
			}
		}
		stamp := cy.status(uri)["coauthors"].([]any)[0].(object)["stamp"].(string)
		for _, at := range []string{uri, uri + "/likes", uri + "/replies", "https://one.test/users/ada/outbox", "https://one.test/users/ada/followers?page=1"} {
			if status, _ := n.document(at); status != 401 {
				t.Errorf("GET %s by nobody: got %d, want 401", at, status)
			}
		}
		// Who stands under a public post is to be seen by anybody who has the post.
		said, err := cy.fed.Peers.Document(t.Context(), models.IRI(uri))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "post.json")
		if err := os.WriteFile(file, said, 0o600); err != nil {
			t.Fatal(err)
		}
		w, _ := testWorld(nil)
		if d := newReader(w, n, false).verify(file, n.now()); d.code != 0 || len(d.Authors) != 2 || d.Authors[1].State != isValid || d.Authors[1].Handle != "@bo@two.test" {
			t.Errorf("a stranger who checks the names: %+v", d)
		}
		quoted := ada.says("Quote me", nil)
		cy.quotes(quoted["uri"], nil)
		agreed := rowsOf[models.Interaction](one, "kind = 'quote'")[0]
		if status, doc := n.document(string(agreed.Stamp)); status != 200 || doc["type"] != "QuoteAuthorization" {
			t.Errorf("the consent to a quote: %d %v", status, doc)
		}
		seen := func(s *server, at string, v models.Visibility) {
			s.do(func(tx *store.Tx) error {
				_, err := store.Set[models.Post](tx, map[string]any{"visibility": v}, "uri = ?", at)
				return err
			})
		}
		for _, c := range []struct {
			s        *server
			at, post string
		}{{two, stamp, uri}, {one, string(agreed.Stamp), quoted["uri"].(string)}} {
			seen(c.s, c.post, models.VisFollowers)
			if status, _ := n.document(c.at); status != 401 {
				t.Errorf("the consent of a post for followers: got %d, want 401", status)
			}
			seen(c.s, c.post, models.VisPublic)
		}
		status, keys := n.document(string(ada.uri))
		if status != 200 || keys["id"] != string(ada.uri) || keys["inbox"] == nil || keys["publicKey"] == nil || keys["assertionMethod"] == nil {
			t.Errorf("the keys of ada: %d %v", status, keys)
		}
		for _, told := range []string{"name", "summary", "followers", "outbox", "interactionPolicy", "published"} {
			if keys[told] != nil {
				t.Errorf("anybody is told ada's %s: %v", told, keys[told])
			}
		}
		if status, doc := n.document("https://one.test/actor"); status != 200 || doc["publicKey"] == nil {
			t.Errorf("the instance actor: %d", status)
		}
		whole := rowsOf[models.Account](two, "uri = ?", ada.uri)[0]
		if whole.Followers == "" || whole.Outbox == "" {
			t.Error("two does not know the whole of ada's profile")
		}

		// A server that cannot be verified for a while is told keys, and forgets nothing.
		n.cut("two.test", true)
		one.do(func(tx *store.Tx) error { // one has yet to learn the key of two's instance actor
			_, err := store.Set[models.Account](tx, map[string]any{"key_id": "", "fetched_at": nil}, "uri = 'https://two.test/actor'")
			return err
		})
		if _, err := bo.fed.Peers.Refresh(t.Context(), ada.uri); err != nil {
			t.Errorf("two cannot read ada: %v", err)
		}
		n.cut("two.test", false)
		if again := rowsOf[models.Account](two, "uri = ?", ada.uri)[0]; again.Followers != whole.Followers || again.Outbox != whole.Outbox || again.Collaborates != whole.Collaborates {
			t.Errorf("two forgot ada's profile: %+v", again)
		}

		// A blocked server gets nothing, signed or not.
		ruth := one.keeper("ruth", models.RoleAdmin)
		late := ada.post("/api/v1/statuses", object{"status": "Before"})["uri"].(string)
		ruth.rules("three.test", "suspend", nil)
		two.keeper("rob", models.RoleAdmin).rules("three.test", "suspend", nil)
		unseen := ada.post("/api/v1/statuses", object{"status": "After"})["uri"].(string)
		n.settle()
		_ = late
		if cy.status(unseen) != nil {
			t.Error("a blocked server reads a post")
		}
		if _, err := cy.fed.Peers.Document(t.Context(), models.IRI(uri)); models.KindOf(err) != models.Forbidden {
			t.Errorf("the blocked server is answered %v", err)
		}

		for _, at := range []models.IRI{models.IRI(stamp), agreed.Stamp} {
			if _, err := cy.fed.Peers.Document(t.Context(), at); models.KindOf(err) != models.Forbidden {
				t.Errorf("the blocked server is answered %v at %s", err, at)
			}
		}

		one.sets(models.SettingAuthorized, "off")
		if status, _ := n.document(uri); status != 200 {
			t.Errorf("with the setting off: got %d, want 200", status)
		}
	})
}
