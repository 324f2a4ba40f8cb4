package react

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// React leaves an emoji of Unicode at p, in me's name. The same emoji is left once. It is
// let in as likes are, but does not wait for somebody's consent as they do.
func React(tx *store.Tx, me *models.Account, p *models.Post, says string) error {
	if err := may(tx, me, p); err != nil {
		return err
	}
	name, custom, ok := models.ReactionName(says)
	if !ok || custom {
		return models.Refuse(models.Invalid, "no_emoji", "a reaction is an emoji of Unicode")
	}
	author, err := mayReact(tx, me, p)
	if err != nil {
		return err
	}
	if err := room(tx, me, p); err != nil {
		return err
	}
	id := models.NewID(tx.Now)
	r := &models.Reaction{ID: id, URI: activities.NewURI(me, "reactions", id), AccountID: me.ID, PostID: p.ID, Name: name, CreatedAt: tx.Now}
	if isNew, err := store.Add(tx, r); err != nil || !isNew || author.Local() {
		return err
	}
	say := reaction(me, p, r)
	say.To = []models.IRI{author.URI}
	return activities.Say(tx, me, &say, activities.To(author))
}

// mayReact returns the author of p, who lets me react.
func mayReact(tx *store.Tx, me *models.Account, p *models.Post) (*models.Account, error) {
	if err := me.Settled(); err != nil {
		return nil, err
	}
	v, err := allowed(tx, me, p, models.InteractLike)
	if err != nil {
		return nil, err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err == nil && v == post.Manual {
		err = models.Refuse(models.Forbidden, "like_denied", "%s is asked before anybody likes this post: like it instead", author.Name())
	}
	return author, err
}

// room refuses who left as many emoji at p as anybody may.
func room(tx *store.Tx, who *models.Account, p *models.Post) error {
	left, err := store.Count[models.Reaction](tx, "account_id = ? AND post_id = ?", who.ID, p.ID)
	if err == nil && left >= models.MaxReactions {
		err = models.Refuse(models.TooMany, "too_many_reactions", "%s left %d emoji there already", who.URI, left)
	}
	return err
}

func reaction(me *models.Account, p *models.Post, r *models.Reaction) models.Activity {
	return models.Activity{URI: r.URI, Verb: models.EmojiReact, Actor: me.URI, Object: models.Ref(p.URI), Reaction: r.Name}
}

// Unreact takes an emoji back that me left at p.
func Unreact(tx *store.Tx, me *models.Account, p *models.Post, says string) error {
	name, _, _ := models.ReactionName(says)
	r, err := store.Maybe[models.Reaction](tx, "account_id = ? AND post_id = ? AND name = ? AND domain = ''", me.ID, p.ID, name)
	if err != nil || r == nil {
		return err
	}
	if _, err := store.Delete[models.Reaction](tx, "id = ?", r.ID); err != nil {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil || author.Local() {
		return err
	}
	return undo(tx, me, author, reaction(me, p, r))
}

// Reacted takes in an emoji that a peer's account left at p: by the activity uri, an
// EmojiReact or a Like that says more than that. The same emoji is left once. Whoever
// wrote p is told of Likes alone.
func Reacted(tx *store.Tx, who *models.Account, uri models.IRI, p *models.Post, says string, tags []models.EmojiTag) error {
	if err := may(tx, who, p); err != nil {
		return err
	}
	name, domain, err := meant(tx, who, says, tags)
	if err != nil {
		return err
	}
	if err := room(tx, who, p); err != nil {
		return err
	}
	_, err = store.Add(tx, &models.Reaction{
		ID: models.NewID(tx.Now), URI: uri, AccountID: who.ID, PostID: p.ID, Name: name, Domain: domain, CreatedAt: tx.Now,
	})
	return err
}

// meant returns which emoji somebody means: one of Unicode, or one of their server's
// that came along or is known.
func meant(tx *store.Tx, who *models.Account, says string, tags []models.EmojiTag) (name, domain string, err error) {
	name, custom, ok := models.ReactionName(says)
	switch {
	case !ok:
		return "", "", models.Refuse(models.Invalid, "no_emoji", "the reaction is no emoji")
	case !custom:
		return name, "", nil
	}
	if err := activities.Learn(tx, who.URI, tags); err != nil {
		return "", "", err
	}
	known, err := store.Any[models.Emoji](tx, "domain = ? AND shortcode = ?", who.URI.Host(), name)
	if err == nil && !known {
		err = models.Refuse(models.NotFound, "unknown_emoji", "nobody knows how :%s: looks", name)
	}
	return name, who.URI.Host(), err
}

// Unreacted takes in that a peer's account took an emoji back, by the activity that
// left it. It reports whether that was all: no Like of that name is there.
func Unreacted(tx *store.Tx, who *models.Account, uri models.IRI) (all bool, err error) {
	n, err := store.Delete[models.Reaction](tx, "uri = ? AND account_id = ?", uri, who.ID)
	if err != nil || n == 0 {
		return false, err
	}
	liked, err := store.Any[models.Like](tx, "uri = ? AND account_id = ?", uri, who.ID)
	return !liked, err
}

// UnreactedWith is Unreacted where only the emoji is known.
func UnreactedWith(tx *store.Tx, who *models.Account, p *models.Post, says string) error {
	name, _, ok := models.ReactionName(says)
	if !ok {
		return models.Refuse(models.Invalid, "no_emoji", "the reaction is no emoji")
	}
	_, err := store.Delete[models.Reaction](tx, "account_id = ? AND post_id = ? AND name = ?", who.ID, p.ID, name)
	return err
}
