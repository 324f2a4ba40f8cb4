package web_test

import (
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// What is remembered of posts for everybody is forgotten when anything changes that it
// was made of, and comes back when that does.
func TestWhatEverybodySeesIsNeverOld(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, nil)
		bob, carol, dave := s.account("bob", "two.example"), s.account("carol", ""), s.account("dave", "two.example")
		quoted := s.post(carol, "<p>quoted words</p>", models.VisPublic)
		p := s.post(s.alice, "<p>first words :cat:</p>", models.VisPublic)
		author := &models.Author{PostID: p.ID, URI: bob.URI, AccountID: bob.ID, Role: models.RoleCoauthor, State: models.AuthorVerified, NextCheck: s.db.Now()}
		quote := &models.Interaction{
			ID: models.NewID(s.db.Now()), Kind: models.InteractQuote, PostID: p.ID, AccountID: s.alice.ID, ObjectURI: p.URI, TargetURI: quoted.URI, TargetID: quoted.ID,
			TargetAccountID: carol.ID, State: models.InteractAccepted, CreatedAt: s.db.Now(), UpdatedAt: s.db.Now(),
		}
		s.put(author, quote)
		answer := s.post(dave, "<p>an answer</p>", models.VisPublic)
		answer.InReplyToID, answer.InReplyToAccountID, answer.InReplyToURI = p.ID, s.alice.ID, p.URI
		s.put(answer)
		path, link := strings.TrimPrefix(string(p.URL), here.Origin), `href="`+string(quoted.URL)+`"`
		see := func(what string, words ...string) {
			t.Helper()
			for range 2 {
				if s.holds(path, words...); t.Failed() {
					t.Fatal("after " + what)
				}
			}
		}
		see("the beginning", "first words", "Alice", "Bob", link, "!an answer", ":cat:")
		p.RepliesCount = 1
		s.put(p)
		see("an answer", "an answer", "Dave")
		s.alice.DisplayName = "Alicia"
		s.put(s.alice)
		see("a new name", "Alicia", "first words")
		p.Content = "<p>other words :cat:</p>"
		s.put(p)
		see("an edit", "other words", "!first words")
		s.put(&models.Emoji{ID: models.NewID(s.db.Now()), Shortcode: "cat", URL: models.IRI(here.Origin + "/cat.png"), CreatedAt: s.db.Now()})
		see("an emoji", `src="https://one.example/cat.png"`)
		s.do(func(tx *store.Tx) error { _, err := store.Delete[models.Emoji](tx, "shortcode = 'cat'"); return err })
		see("the end of the emoji", "!cat.png")
		quoted.Visibility = models.VisFollowers
		s.put(quoted)
		see("a quoted post that not everybody may read", "!"+link)
		quoted.Visibility = models.VisPublic
		s.put(quoted)
		see("one that everybody may read again", link)
		quote.State = models.InteractRevoked
		s.put(quote)
		see("a consent that was taken back", "!"+link)
		bob.State = models.AccountSuspended
		s.put(bob)
		see("a co-author who is suspended", "!Bob")
		bob.State = models.AccountActive
		s.put(bob)
		see("a co-author who is back", "Bob")
		author.State = models.AuthorRevoked
		s.put(author)
		see("a stamp that was taken back", "!Bob", "other words")
		dave.State = models.AccountSuspended
		s.put(dave)
		see("who answered is suspended", "!an answer")
		ends := s.db.Now().Add(time.Hour)
		poll := &models.Poll{ID: p.ID, Options: []models.PollOption{{Title: "yes"}, {Title: "no"}}, ExpiresAt: &ends}
		s.put(poll)
		see("a poll", "yes", "0 votes")
		poll.Options[0].Votes = 3
		s.put(poll)
		see("votes", "3 votes")
		p.Visibility = models.VisFollowers
		s.put(p)
		for range 2 {
			if w := s.ask("GET", path, "Accept", "text/html"); w.Code != 404 || strings.Contains(w.Body.String(), "other words") {
				t.Errorf("for followers alone: %d", w.Code)
			}
		}
		p.Visibility = models.VisPublic
		s.put(p)
		see("for everybody again", "other words")
		s.alice.State = models.AccountSuspended
		s.put(s.alice)
		if w := s.ask("GET", path, "Accept", "text/html"); w.Code != 410 {
			t.Errorf("its author is suspended: %d", w.Code)
		}
		s.alice.State = models.AccountActive
		s.put(s.alice)
		see("its author is back", "other words")
		s.do(func(tx *store.Tx) error { _, err := store.Delete[models.Post](tx, "id = ?", p.ID); return err })
		if w := s.ask("GET", path, "Accept", "text/html"); w.Code != 404 {
			t.Errorf("deleted: %d", w.Code)
		}
	})
}
