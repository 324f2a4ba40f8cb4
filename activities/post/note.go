package post

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Note returns a post that lives here as it travels: with every name that is
// verified, and the counts as they stand.
func Note(tx *store.Tx, p *models.Post) (*models.Note, error) {
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	n := &models.Note{
		URI: p.URI, URL: p.URL, Author: author.URI, Collab: p.Collab, Digest: p.Digest, Content: p.Content,
		Language: p.Language, Sensitive: p.Sensitive, Attachments: p.Attachments, Mentions: p.Mentions, Tags: p.Tags,
		InReplyTo: p.InReplyToURI, Published: p.PublishedAt,
		Likes: tally(p.URI, "likes", p.LikesCount), Shares: tally(p.URI, "shares", p.BoostsCount),
		Replies: tally(p.URI, "replies", p.RepliesCount),
	}
	if p.Summary != "" {
		n.Summary = &p.Summary
	}
	if p.EditedAt != nil {
		n.Updated = *p.EditedAt
	}
	n.To, n.Cc = audience(author, p.Visibility, p.Mentions)
	if n.Context, err = conversation(tx, p); err != nil {
		return nil, err
	}
	if n.Poll, err = Question(tx, p); err != nil {
		return nil, err
	}
	if n.Poll != nil {
		n.Type = "Question"
	}
	if n.Emojis, err = emojis(tx, n); err != nil {
		return nil, err
	}
	if err := consents(tx, p, author, n); err != nil || p.Collab == "" {
		return n, err
	}
	authors, err := store.Find[models.Author](tx, "post_id = ? AND state = ? ORDER BY position", p.ID, models.AuthorVerified)
	if err != nil {
		return nil, err
	}
	if n.Suspended, err = store.Any[models.Collab](tx, "uri = ? AND suspended_at IS NOT NULL", p.Collab); err != nil {
		return nil, err
	}
	if n.Suspended {
		n.Digest = "" // it is of another list of names
	}
	for _, a := range authors {
		n.Claims = append(n.Claims, models.Claim{Account: a.URI, Role: a.Role, Label: a.Label, Authorization: a.Stamp})
	}
	return n, nil
}

// Visible reports whether me, who is nobody in particular if nil, may read p.
func Visible(tx *store.Tx, me *models.Account, p *models.Post) (bool, error) {
	if me == nil {
		return p.Visibility.Open(), nil
	}
	if me.ID == p.AccountID {
		return true, nil
	}
	if shut, err := store.Any[models.Block](tx, "account_id = ? AND target_id = ?", p.AccountID, me.ID); err != nil || shut {
		return false, err
	}
	if shut, err := activities.DomainBlocks(tx, p.AccountID, me.ID); err != nil || shut {
		return false, err
	}
	if p.Visibility.Open() {
		return true, nil
	}
	if named, err := store.Any[models.PostMention](tx, "post_id = ? AND account_id = ?", p.ID, me.ID); err != nil || named {
		return named, err
	}
	if p.Visibility != models.VisFollowers {
		return false, nil
	}
	return activities.Follows(tx, me.ID, p.AccountID)
}

// Relay tells the co-authors of p, and those of their servers that do not hold the
// original, that something was added to or taken from its likes, shares or replies
// (ensemble/1 §3.4, C10). It does nothing for an ordinary post, or elsewhere than
// at the initiator's.
func Relay(tx *store.Tx, p *models.Post, collection string, inner models.Object, verb models.Verb) error {
	if p.Collab == "" || !p.Local {
		return nil
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	coauthors, err := Coauthors(tx, p)
	if err != nil {
		return err
	}
	fresh, err := store.Get[models.Post](tx, p.ID)
	if err != nil {
		return err
	}
	total := map[string]int{"likes": fresh.LikesCount, "shares": fresh.BoostsCount, "replies": fresh.RepliesCount}[collection]
	for _, c := range coauthors {
		if c.Local() {
			continue
		}
		err := activities.Say(tx, author, &models.Activity{
			Verb: verb, Object: inner, To: []models.IRI{c.URI}, Published: tx.Clock(), // of counts, the latest holds
			Target: models.Object{URI: p.URI + models.IRI("/"+collection), Type: "Collection", Owner: author.URI, Total: total},
		}, activities.To(c))
		if err != nil {
			return err
		}
	}
	return nil
}

// Coauthors returns the verified co-authors of p, in order.
func Coauthors(tx *store.Tx, p *models.Post) ([]*models.Account, error) {
	if p.Collab == "" {
		return nil, nil
	}
	authors, err := store.Find[models.Author](tx, "post_id = ? AND state = ? AND role = ? AND account_id <> 0 ORDER BY position",
		p.ID, models.AuthorVerified, models.RoleCoauthor)
	if err != nil {
		return nil, err
	}
	out := make([]*models.Account, len(authors))
	for i, a := range authors {
		if out[i], err = store.Get[models.Account](tx, a.AccountID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Tell tells everybody here who wrote p of something that happened to it.
func Tell(tx *store.Tx, p *models.Post, n models.Notification) error {
	n.PostID = p.ID
	told, err := Coauthors(tx, p)
	if err != nil {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	for _, a := range append(told, author) {
		if !a.Local() {
			continue
		}
		n.AccountID = a.ID
		if err := activities.Notify(tx, n); err != nil {
			return err
		}
	}
	return nil
}
