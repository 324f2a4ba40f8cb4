package react

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

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
	left, err := store.Count[models.Reaction](tx, "account_id = ? AND post_id = ?", who.ID, p.ID)
	if err != nil {
		return err
	}
	if left >= models.MaxReactions {
		return models.Refuse(models.TooMany, "too_many_reactions", "%s left %d emoji there already", who.URI, left)
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
