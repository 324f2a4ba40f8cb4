// Package interaction is consent to what others do with one's posts: quotes and
// duets (FEP-044f, ensemble/1 §3.5), and the replies, likes and boosts for which
// GoToSocial's authors are asked. Whoever wrote the post decides, and may take it
// back; their server hosts the stamp, and everybody else believes that alone.
package interaction

import (
	"fmt"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Verify is the task that looks at the stamp of an interaction.
type Verify struct {
	ID models.ID `json:"id,string"`
}

// Kind names the task in the queue.
func (Verify) Kind() string { return "verify_interaction" }

// A turn is what an interaction comes to.
type turn struct {
	state  models.InteractionState
	code   string
	reason string
	stamp  models.IRI // "" leaves it
}

// settle moves i on, once, and does what follows from that here.
func settle(tx *store.Tx, i *models.Interaction, t turn) error {
	i, err := store.Hold[models.Interaction](tx, i.ID)
	if err != nil {
		return err
	}
	was := i.State
	i.State, i.Code, i.Reason, i.UpdatedAt, i.CheckAt, i.Tries = t.state, t.code, t.reason, tx.Now, nil, 0
	if t.stamp != "" {
		i.Stamp = t.stamp
	}
	if t.state == models.InteractAccepted && i.Stamp != "" && !tx.Site.Owns(i.Stamp) {
		at := tx.Now.Add(models.StampLook)
		i.CheckAt = &at
	}
	if err := store.Put(tx, i); err != nil || was == t.state {
		return err
	}
	switch {
	case t.state == models.InteractAccepted:
		err = post.CountQuote(tx, i, "+ 1")
	case was == models.InteractAccepted:
		err = post.CountQuote(tx, i, "- 1")
	}
	if err != nil {
		return err
	}
	return follow(tx, i, was)
}

// follow does what a new state of i means to the one who does it, if they live here,
// and to those who see it.
func follow(tx *store.Tx, i *models.Interaction, was models.InteractionState) error {
	me, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return err
	}
	accepted := i.State == models.InteractAccepted
	switch i.Kind {
	case models.InteractReply:
		switch {
		case !me.Local():
			return hide(tx, i, !accepted)
		case accepted && i.Held != "":
			return post.Release(tx, i)
		case was == models.InteractAccepted:
			return hide(tx, i, true)
		}
		return nil
	case models.InteractQuote:
		if !me.Local() {
			return nil
		}
		return republish(tx, me, i)
	}
	if !me.Local() {
		return nil
	}
	if i.Kind == models.InteractLike {
		return liked(tx, me, i)
	}
	return announced(tx, me, i, was)
}

// hide keeps a reply out of the thread, or lets it in.
func hide(tx *store.Tx, i *models.Interaction, hidden bool) error {
	if i.PostID == 0 {
		return nil
	}
	_, err := store.Set[models.Post](tx, map[string]any{"hidden": hidden}, "id = ?", i.PostID)
	return err
}

// republish tells those who have the quoting post of me's what became of the quote:
// with its stamp, or without any quote.
func republish(tx *store.Tx, me *models.Account, i *models.Interaction) error {
	p, err := store.Maybe[models.Post](tx, "id = ? AND local", i.PostID)
	if err != nil || p == nil {
		return err
	}
	n, err := post.Note(tx, p)
	if err != nil {
		return err
	}
	var also []*models.Account
	if by, err := store.Maybe[models.Account](tx, "id = ?", i.TargetAccountID); err == nil && by != nil {
		also = append(also, by)
	}
	if target, err := store.Maybe[models.Post](tx, "id = ?", i.TargetID); err == nil && target != nil {
		coauthors, err := post.Coauthors(tx, target)
		if err != nil {
			return err
		}
		also = append(also, coauthors...)
	}
	return post.Announce(tx, me, p, n, models.Update, also)
}

// by returns who wrote what i is about, and that post.
func by(tx *store.Tx, i *models.Interaction) (*models.Account, *models.Post, error) {
	p, err := store.Get[models.Post](tx, i.TargetID)
	if err != nil {
		return nil, nil, err
	}
	a, err := store.Get[models.Account](tx, p.AccountID)
	return a, p, err
}

// liked says a like that was let in, or takes one back that was not.
func liked(tx *store.Tx, me *models.Account, i *models.Interaction) error {
	author, p, err := by(tx, i)
	if err != nil {
		return err
	}
	if i.State == models.InteractAccepted {
		return activities.Say(tx, me, &models.Activity{
			URI: i.ObjectURI, Verb: models.LikeVerb, Object: models.Ref(p.URI), To: []models.IRI{author.URI}, Stamp: i.Stamp,
		}, activities.To(author))
	}
	n, err := store.Delete[models.Like](tx, "uri = ?", i.ObjectURI)
	if err != nil || n == 0 {
		return err
	}
	_, err = store.Set[models.Post](tx, map[string]any{"likes_count": store.Expr("likes_count - 1")}, "id = ? AND likes_count > 0", p.ID)
	return err
}

// announced passes a post on, once that was allowed, or takes that back.
func announced(tx *store.Tx, me *models.Account, i *models.Interaction, was models.InteractionState) error {
	author, p, err := by(tx, i)
	if err != nil {
		return err
	}
	b, err := store.Maybe[models.Boost](tx, "uri = ?", i.ObjectURI)
	if err != nil || b == nil {
		return err
	}
	to := activities.To(author)
	to.Followers = true
	say := &models.Activity{
		URI: b.URI, Verb: models.Announce, Object: models.Ref(p.URI), Stamp: i.Stamp,
		To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers, author.URI},
	}
	if i.State == models.InteractAccepted {
		e := post.Entry(p, me.ID, models.FeedBoost)
		e.ID = b.ID
		post.Appear(tx, p, e)
		if err := store.Put(tx, e); err != nil {
			return err
		}
		if err := boosts(tx, p, "+ 1"); err != nil {
			return err
		}
		return activities.Say(tx, me, say, to)
	}
	if _, err := store.Delete[models.Boost](tx, "id = ?", b.ID); err != nil || was != models.InteractAccepted {
		return err
	}
	if err := post.Vanish(tx, p, "id = ? AND account_id = ?", b.ID, me.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.Feed](tx, "id = ? AND account_id = ?", b.ID, me.ID); err != nil {
		return err
	}
	if err := boosts(tx, p, "- 1"); err != nil {
		return err
	}
	inner := models.Activity{URI: b.URI, Verb: models.Announce, Actor: me.URI, Object: models.Ref(p.URI)}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, To: say.To, Cc: say.Cc, Object: models.Object{URI: b.URI, Type: string(models.Announce), Activity: &inner},
	}, to)
}

func boosts(tx *store.Tx, p *models.Post, by string) error {
	_, err := store.Set[models.Post](tx, map[string]any{"boosts_count": store.Expr("boosts_count " + by)}, "id = ?", p.ID)
	return err
}

// Of returns the interaction id that is about a post of me's.
func Of(tx *store.Tx, me *models.Account, id models.ID) (*models.Interaction, error) {
	i, err := store.Maybe[models.Interaction](tx, "id = ? AND target_account_id = ?", id, me.ID)
	if err == nil && i == nil {
		err = models.Errorf(models.NotFound, "nobody asked you that")
	}
	return i, err
}

// QuoteBy returns the quote of p, a post of me's, in the post id.
func QuoteBy(tx *store.Tx, me *models.Account, p *models.Post, id models.ID) (*models.Interaction, error) {
	i, err := store.Maybe[models.Interaction](tx, "kind = ? AND post_id = ? AND target_id = ? AND target_account_id = ?",
		models.InteractQuote, id, p.ID, me.ID)
	if err == nil && i == nil {
		err = models.Errorf(models.NotFound, "that post does not quote yours")
	}
	return i, err
}

func noun(i *models.Interaction) string {
	if i.Derivation == models.Duet {
		return "duet"
	}
	return fmt.Sprint(i.Kind)
}
