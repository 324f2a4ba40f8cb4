package confirm

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// A Question is what somebody is asked to confirm, with all that a page shows of it.
type Question struct {
	*models.Confirmation
	Who    *models.Account
	Author *models.Account
	Post   *models.Post
	Now    string // the digest of the text as it is
}

// Stands reports whether it is confirmed, for the text as it is.
func (q *Question) Stands() bool {
	return q.State == models.ConfirmConfirmed && q.Digest == q.Now
}

// ByLink returns what the link with that secret asks.
func ByLink(tx *store.Tx, secret string) (*Question, error) {
	c, err := store.Maybe[models.Confirmation](tx, "link_hash = ? AND state = ?", Hash(secret), models.ConfirmAsked)
	if err != nil {
		return nil, err
	}
	if c == nil || !tx.Now.Before(c.LinkEnds) {
		return nil, models.Refuse(models.Gone, "link_over", "this link has been used, or has run out, or never was: ask for a new one")
	}
	return question(tx, c)
}

// ByID returns a credit that was confirmed, or taken back; one that is only asked for
// is nobody's business.
func ByID(tx *store.Tx, id models.ID) (*Question, error) {
	c, err := store.Maybe[models.Confirmation](tx, "id = ? AND confirmed_at IS NOT NULL", id)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return nil, models.Errorf(models.NotFound, "there is no such confirmation here")
	}
	return question(tx, c)
}

func question(tx *store.Tx, c *models.Confirmation) (*Question, error) {
	q := &Question{Confirmation: c}
	var err error
	if q.Post, err = store.Get[models.Post](tx, c.PostID); err != nil {
		return nil, err
	}
	if q.Who, err = store.Get[models.Account](tx, c.AccountID); err != nil {
		return nil, err
	}
	if q.Author, err = store.Get[models.Account](tx, q.Post.AccountID); err != nil {
		return nil, err
	}
	if !q.Post.Visibility.Open() || !q.Author.Active() {
		return nil, models.Errorf(models.NotFound, "there is no such post here")
	}
	q.Now, err = Digest(q.Post, q.Author.URI, c, q.Who.URI)
	return q, err
}

// Begin keeps a sign-in that is about to begin; those that were given up go.
func Begin(tx *store.Tx, s *models.SignIn) error {
	if err := Forget(tx); err != nil {
		return err
	}
	s.ExpiresAt = tx.Now.Add(models.SignInTTL)
	return store.Put(tx, s)
}

// Forget removes sign-ins that nobody came back from.
func Forget(tx *store.Tx) error {
	_, err := store.Delete[models.SignIn](tx, "expires_at < ?", tx.Now)
	return err
}

// Return takes a sign-in up where it was left, by the state that came back and the
// cookie of the browser. It can be taken up once.
func Return(tx *store.Tx, state, browser string) (*models.SignIn, *Question, error) {
	over := models.Refuse(models.Forbidden, "sign_in_over", "this sign-in was not begun here in this browser, or took too long, or was used before: begin again from the link")
	if state == "" || browser == "" {
		return nil, nil, over
	}
	s, err := store.Maybe[models.SignIn](tx, "id = ? AND browser = ? AND expires_at > ?", Hash(state), Hash(browser), tx.Now)
	if err != nil || s == nil {
		return nil, nil, first(err, over)
	}
	n, err := store.Delete[models.SignIn](tx, "id = ?", s.ID)
	if err != nil || n == 0 { // somebody was quicker
		return nil, nil, first(err, over)
	}
	c, err := store.Get[models.Confirmation](tx, s.ConfirmationID)
	if err != nil {
		return nil, nil, err
	}
	q, err := question(tx, c)
	return s, q, err
}

// Confirmed notes that who is credited has signed in, as s asked, and so said yes to
// the text that they were shown.
func Confirmed(tx *store.Tx, s *models.SignIn) (*models.Confirmation, error) {
	c, q, err := held(tx, s)
	switch {
	case err != nil:
		return nil, err
	case c.State != models.ConfirmAsked || c.LinkHash == "" || c.LinkHash != s.LinkHash || !tx.Now.Before(c.LinkEnds):
		return nil, models.Refuse(models.Gone, "link_over", "this link has been used, or has run out: ask for a new one")
	case q.Now != s.Digest:
		return nil, models.Refuse(models.Conflict, "text_changed", "the post was changed meanwhile: read it again from the link, and confirm that; nothing was confirmed")
	}
	c.State, c.LinkHash, c.Digest, c.ConfirmedAt, c.EndedAt = models.ConfirmConfirmed, "", q.Now, &tx.Now, nil
	if err := store.Put(tx, c); err != nil {
		return nil, err
	}
	return c, tell(tx, q, models.NoteCollabAccepted, q.Who.Name()+" confirmed the credit under your post by signing in at "+q.Who.URI.Host()+".")
}

// Withdrawn notes that who had confirmed it signed in again, and took it back.
func Withdrawn(tx *store.Tx, s *models.SignIn) (*models.Confirmation, error) {
	c, q, err := held(tx, s)
	if err != nil {
		return nil, err
	}
	if c.State != models.ConfirmConfirmed {
		return c, nil
	}
	c.State, c.EndedAt = models.ConfirmWithdrawn, &tx.Now
	if err := store.Put(tx, c); err != nil {
		return nil, err
	}
	return c, tell(tx, q, models.NoteCollabEnded, q.Who.Name()+" took back the credit under your post.")
}

func held(tx *store.Tx, s *models.SignIn) (*models.Confirmation, *Question, error) {
	c, err := store.Hold[models.Confirmation](tx, s.ConfirmationID)
	if err != nil {
		return nil, nil, err
	}
	q, err := question(tx, c)
	return c, q, err
}

func tell(tx *store.Tx, q *Question, kind models.NotificationType, sentence string) error {
	return activities.Notify(tx, models.Notification{
		AccountID: q.InviterID, FromID: q.AccountID, Type: kind, PostID: q.PostID, Text: sentence,
	})
}
