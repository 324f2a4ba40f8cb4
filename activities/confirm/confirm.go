// Package confirm is a credit for somebody whose server cannot say yes: they follow
// a link, sign in at their own server, and that server says who it was. What is kept
// is who confirmed which text, and when. It is shown as just that, and never as a
// stamp, nor as authorship.
package confirm

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/digest"
	"ensemble/models/store"
)

// maxLinks is how many links somebody may make in a day.
const maxLinks = 20

// Hash is how secrets of links, states and cookies are kept.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Ask lets who confirm a credit under p, a post of me's, by a link with secret in it,
// which stands for a week and works once. Asking again makes the older link void.
// That the server of who cannot be asked properly is for the caller to see.
func Ask(tx *store.Tx, me *models.Account, p *models.Post, who *models.Account, label models.CreditLabel, secret string) (*models.Confirmation, error) {
	p, err := store.Hold[models.Post](tx, p.ID)
	if err != nil {
		return nil, err
	}
	if err := mayAsk(tx, me, p, who, label); err != nil {
		return nil, err
	}
	c, err := store.Maybe[models.Confirmation](tx, "post_id = ? AND account_id = ?", p.ID, who.ID)
	switch {
	case err != nil:
		return nil, err
	case c == nil:
		c = &models.Confirmation{ID: models.NewID(tx.Now), PostID: p.ID, AccountID: who.ID, InviterID: me.ID}
	case c.State == models.ConfirmConfirmed:
		return nil, models.Refuse(models.Conflict, "confirmed", "%s has confirmed it already", who.Name())
	case c.State == models.ConfirmWithdrawn:
		return nil, models.Refuse(models.Conflict, "asked_before", "%s took it back: it cannot be asked again under this post", who.Name())
	}
	c.Label, c.State, c.LinkHash, c.LinkEnds, c.CreatedAt = label, models.ConfirmAsked, Hash(secret), tx.Now.Add(models.ConfirmLinkTTL), tx.Now
	c.EndedAt = nil
	return c, store.Put(tx, c)
}

func mayAsk(tx *store.Tx, me *models.Account, p *models.Post, who *models.Account, label models.CreditLabel) error {
	poll, err := store.Any[models.Poll](tx, "id = ?", p.ID)
	if err != nil {
		return err
	}
	switch {
	case p.AccountID != me.ID || !p.Local:
		return models.Refuse(models.Forbidden, "not_initiator", "only who published it can name others under it")
	case !p.Visibility.Open():
		return models.Refuse(models.Invalid, "not_public", "others are named under posts that are public or unlisted")
	case poll:
		return models.Refuse(models.Invalid, "is_poll", "nobody can confirm a credit under a poll in this way")
	case who.Local() || who.Collaborates != models.CollabUnknown:
		return models.Refuse(models.Invalid, "can_be_asked", "%s can be asked properly: invite them", who.Name())
	case !who.Active():
		return models.Refuse(models.Forbidden, "account_gone", "%s cannot be asked: the account is not active", who.Name())
	case !label.Valid() || label == models.CreditSponsor:
		return models.Refuse(models.Invalid, "bad_label", "what a credit is for is one word of small letters, as in illustration, and no paid partnership")
	}
	if shut, err := activities.Blocked(tx, me.ID, who.ID); err != nil || shut {
		return first(err, models.Refuse(models.Forbidden, "blocked", "%s cannot be asked", who.Name()))
	}
	if shut, err := store.Any[models.Peer](tx, "host = ? AND blocked", who.URI.Host()); err != nil || shut {
		return first(err, models.Refuse(models.Forbidden, "server_blocked", "this server and that of %s do not talk", who.Name()))
	}
	made, err := store.Count[models.Confirmation](tx, "inviter_id = ? AND created_at > ?", me.ID, tx.Now.Add(-24*time.Hour))
	if err == nil && made >= maxLinks {
		err = models.Refuse(models.TooMany, "too_many_links", "nobody makes more than %d such links a day", maxLinks)
	}
	return err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Cancel takes a credit, or the asking for it, back: me asked.
func Cancel(tx *store.Tx, me *models.Account, id models.ID) (*models.Confirmation, error) {
	c, err := store.Hold[models.Confirmation](tx, id)
	switch {
	case err != nil:
		return nil, err
	case c.InviterID != me.ID:
		return nil, models.Errorf(models.NotFound, "you asked nothing of the kind")
	case c.State != models.ConfirmAsked && c.State != models.ConfirmConfirmed:
		return c, nil
	}
	c.State, c.LinkHash, c.EndedAt = models.ConfirmCancelled, "", &tx.Now
	return c, store.Put(tx, c)
}

// Digest is what is confirmed: the words and files of p, and for what the credit is.
func Digest(p *models.Post, author models.IRI, c *models.Confirmation, who models.IRI) (string, error) {
	body, _ := text.SplitByline(p.Content)
	d := digest.Content{
		ID: p.URI, Authors: []models.IRI{author}, Content: digest.Optional(body), Sensitive: p.Sensitive,
		Summary: digest.Optional(p.Summary), Roles: map[models.IRI]string{who: string(models.RoleCredit) + " " + string(c.Label)},
	}
	for _, a := range p.Attachments {
		d.Attachment = append(d.Attachment, digest.Attachment{
			Digest: digest.Optional(a.Digest), MediaType: digest.Optional(a.MediaType), Name: digest.Optional(a.Alt),
		})
	}
	return d.Digest()
}

// A Standing is a credit that was confirmed for the text as it is now.
type Standing struct {
	*models.Confirmation
	Who *models.Account
}

// Credit is how a byline says it.
func (s Standing) Credit() text.Confirmed {
	return text.Confirmed{
		Credit: text.Credit{Name: text.Name{URL: s.Who.URL, Username: s.Who.Username}, Label: s.Label},
		Host:   s.Who.URI.Host(), At: *s.ConfirmedAt,
	}
}

// Under returns what stands under each of posts: after an edit nothing does, until it
// was confirmed anew.
func Under(tx *store.Tx, posts map[models.ID]*models.Post) (map[models.ID][]Standing, error) {
	var ids []models.ID
	for id := range posts {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := store.Find[models.Confirmation](tx, "post_id IN ? AND state = ? ORDER BY id", ids, models.ConfirmConfirmed)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := map[models.ID][]Standing{}
	for _, c := range rows {
		who, err := stands(tx, posts[c.PostID], c)
		if err != nil {
			return nil, err
		}
		if who != nil {
			out[c.PostID] = append(out[c.PostID], Standing{c, who})
		}
	}
	return out, nil
}

// Asked returns who was asked to confirm a credit under each of the posts, whatever became
// of it.
func Asked(tx *store.Tx, posts []models.ID) (map[models.ID][]models.ID, error) {
	rows, err := store.Find[models.Confirmation](tx, "post_id IN ?", posts)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	out := map[models.ID][]models.ID{}
	for _, c := range rows {
		out[c.PostID] = append(out[c.PostID], c.AccountID)
	}
	return out, nil
}

// stands returns who is credited by c under p, nil if that does not hold now.
func stands(tx *store.Tx, p *models.Post, c *models.Confirmation) (*models.Account, error) {
	who, err := store.Get[models.Account](tx, c.AccountID)
	if err != nil || !who.Active() {
		return nil, err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	d, err := Digest(p, author.URI, c, who.URI)
	if err != nil || d != c.Digest {
		return nil, err
	}
	return who, nil
}
