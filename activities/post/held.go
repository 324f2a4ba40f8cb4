package post

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// answerable returns what the post that d answers says of that: who may not answer
// is refused, before anything is written.
func answerable(tx *store.Tx, author *models.Account, parent *models.Post) (Verdict, error) {
	by, err := store.Get[models.Account](tx, parent.AccountID)
	if err != nil {
		return "", err
	}
	if waits, err := store.Any[models.Interaction](tx, "post_id = ? AND held <> ''", parent.ID); err != nil || waits {
		if err == nil {
			err = models.Refuse(models.Conflict, "parent_waits", "the post you answer is still waiting for approval")
		}
		return "", err
	}
	v, err := May(tx, author, parent, models.InteractReply, "")
	if err == nil && v == Denied {
		err = models.Refuse(models.Forbidden, "reply_denied", "%s does not let you answer this post", by.Name())
	}
	return v, err
}

// hold keeps a new reply of author's back, because the author of what it answers
// wants to be asked: it is for author's eyes alone, and goes to the one who is asked.
func hold(tx *store.Tx, author *models.Account, p *models.Post, v Verdict) error {
	parent, err := store.Get[models.Post](tx, p.InReplyToID)
	if err != nil {
		return err
	}
	by, err := store.Get[models.Account](tx, parent.AccountID)
	if err != nil {
		return err
	}
	i := &models.Interaction{Kind: models.InteractReply, PostID: p.ID, ObjectURI: p.URI, Held: p.Visibility}
	n, err := Note(tx, p)
	if err != nil {
		return err
	}
	if err := veil(tx, p, models.VisDirect, "replies_count - 1"); err != nil {
		return err
	}
	if _, err := store.Delete[models.PostMention](tx, "post_id = ?", p.ID); err != nil {
		return err
	}
	whole := models.Object{URI: n.URI, Type: "Note", Owner: author.URI, Note: n}
	if !parent.Policy.Old {
		return Ask(tx, author, by, parent, i, whole, v)
	}
	return AskPlainly(tx, author, by, parent, i, &models.Activity{
		URI: activities.NewURI(author, "activities", models.NewID(tx.Now)), Verb: models.Create, Actor: author.URI, To: n.To, Cc: n.Cc, Published: n.Published, Object: whole,
	})
}

// veil gives p another visibility, and changes the count of what it answers.
func veil(tx *store.Tx, p *models.Post, v models.Visibility, replies string) error {
	p.Visibility = v
	if _, err := store.Set[models.Post](tx, map[string]any{"visibility": v}, "id = ?", p.ID); err != nil {
		return err
	}
	if _, err := store.Set[models.Feed](tx, map[string]any{"visibility": v}, "post_id = ?", p.ID); err != nil {
		return err
	}
	_, err := store.Set[models.Post](tx, map[string]any{"replies_count": store.Expr(replies)}, "id = ? AND NOT counted", p.InReplyToID)
	return err
}

// Release lets a reply out that was held back, as it was meant, with the consent
// that i now has.
func Release(tx *store.Tx, i *models.Interaction) error {
	p, err := store.Hold[models.Post](tx, i.PostID)
	if err != nil {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	if err := veil(tx, p, i.Held, "replies_count + 1"); err != nil {
		return err
	}
	Appear(tx, p, Entry(p, p.AccountID, models.FeedPost))
	if _, err := store.Set[models.Interaction](tx, map[string]any{"held": ""}, "id = ?", i.ID); err != nil {
		return err
	}
	if p.Policy, err = standing(tx, author, p.Visibility, nil, nil); err != nil {
		return err
	}
	if _, err := store.Change(tx, &models.Post{ID: p.ID, Policy: p.Policy}, "policy"); err != nil {
		return err
	}
	if err := index(tx, p); err != nil {
		return err
	}
	n, err := Note(tx, p)
	if err != nil {
		return err
	}
	if err := notifyMentioned(tx, author, p, n); err != nil {
		return err
	}
	return Announce(tx, author, p, n, models.Create, nil)
}

// A consent is what others have a say in, of a new post.
type consent struct {
	policy     *models.Policy
	quoted     *models.Post
	derivation string
	reply      Verdict // "" if it answers nobody
}

// consider finds out what others have a say in, and refuses what they do not allow.
func (d *Draft) consider(tx *store.Tx, author *models.Account) (c consent, err error) {
	for _, p := range []*models.QuotePolicy{d.Quotes, d.Duets} {
		if p != nil && !p.Valid() && (p != d.Duets || *p != models.QuoteSame) {
			return c, models.Errorf(models.Invalid, "a post is for public, followers, following, mutuals, manual or nobody to quote, not %q", *p)
		}
	}
	if d.Derivation != "" && (d.Derivation != models.Duet || d.Quote == 0) {
		return c, models.Errorf(models.Invalid, "a duet is made with a post that it quotes")
	}
	if d.Quote != 0 {
		if c.quoted, err = quotable(tx, author, d); err != nil {
			return c, err
		}
		c.derivation = d.Derivation
	}
	if d.InReplyTo != 0 {
		parent, err := store.Get[models.Post](tx, d.InReplyTo)
		if err != nil {
			return c, err
		}
		if ok, err := Visible(tx, author, parent); err != nil || !ok {
			return c, err // Compose says that it is not there
		}
		if c.reply, err = answerable(tx, author, parent); err != nil {
			return c, err
		}
	}
	c.policy, err = standing(tx, author, d.Visibility, d.Quotes, d.Duets)
	return c, err
}

// seek asks for what p needs. It reports whether p waits for that.
func (c consent) seek(tx *store.Tx, author *models.Account, p *models.Post) (waits bool, err error) {
	if c.quoted != nil {
		if err := quote(tx, author, p, c.quoted, c.derivation); err != nil {
			return false, err
		}
	}
	if c.reply == Automatic || c.reply == Manual {
		return true, hold(tx, author, p, c.reply)
	}
	return false, nil
}

// rule gives a new post the policy that it says, or that its author has chosen.
func rule(tx *store.Tx, author *models.Account, p *models.Post, n *models.Note) (err error) {
	if !p.Local || n.Policy != nil {
		p.Policy = n.Policy
		return nil
	}
	p.Policy, err = standing(tx, author, p.Visibility, nil, nil)
	return err
}
