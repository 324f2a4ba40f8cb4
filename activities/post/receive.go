package post

import (
	"reflect"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Created takes in a post that a peer published, if anybody here has to do with
// it. It returns the post, or nil where there is nothing to do.
func Created(tx *store.Tx, author *models.Account, n *models.Note) (*models.Post, error) {
	if n.Author != author.URI {
		return nil, models.Refuse(models.Forbidden, "not_author", "%s is not the first author of %s", author.URI, n.URI)
	}
	if known, err := Known(tx, n.URI); err != nil || known {
		return nil, err
	}
	if wanted, err := relevant(tx, author, n); err != nil || !wanted {
		return nil, err
	}
	return Take(tx, author, n)
}

// Known reports whether a post of that name is here, or was.
func Known(tx *store.Tx, uri models.IRI) (bool, error) {
	return store.PostKnown(tx, uri)
}

// Take keeps a post of a peer's, whoever cares about it: one that was fetched for
// a reason. Those it names, and who are here, are told.
func Take(tx *store.Tx, author *models.Account, n *models.Note) (*models.Post, error) {
	if n.Name != "" {
		return nil, models.Refuse(models.Invalid, "no_post", "%s is a vote, and no post", n.URI)
	}
	p, err := quietly(tx, author, n)
	if err != nil {
		return nil, err
	}
	if err := notifyMentioned(tx, author, p, n); err != nil {
		return nil, err
	}
	if p.InReplyToID == 0 {
		return p, nil
	}
	parent, err := store.Get[models.Post](tx, p.InReplyToID)
	if err != nil {
		return nil, err
	}
	return p, Relay(tx, parent, "replies", models.Object{URI: p.URI, Type: "Note", Owner: author.URI}, models.Add)
}

// quietly keeps a post of a peer's with the counts that it says, and tells nobody.
func quietly(tx *store.Tx, author *models.Account, n *models.Note) (*models.Post, error) {
	if n.Published.IsZero() || n.Published.After(tx.Now) {
		n.Published = tx.Now
	}
	p, err := Keep(tx, author, n, models.IDAt(n.Published))
	if err != nil {
		return nil, err
	}
	return p, count(tx, p, n)
}

// relevant reports whether somebody here follows the author or is named, or the
// post answers one that is here.
func relevant(tx *store.Tx, author *models.Account, n *models.Note) (bool, error) {
	if yes, err := store.Any[models.Follow](tx, "target_id = ? AND accepted", author.ID); err != nil || yes {
		return yes, err
	}
	if n.InReplyTo != "" {
		if yes, err := store.Any[models.Post](tx, "uri = ?", n.InReplyTo); err != nil || yes {
			return yes, err
		}
	}
	for _, m := range n.Mentions {
		if tx.Site.Owns(m.URI) {
			return true, nil
		}
	}
	for _, c := range n.Claims {
		if tx.Site.Owns(c.Account) {
			return true, nil
		}
		// Somebody here may follow a co-author alone.
		yes, err := store.Any[models.Follow](tx, "accepted AND target_id IN (SELECT id FROM accounts WHERE uri = ?)", c.Account)
		if err != nil || yes {
			return yes, err
		}
	}
	return false, nil
}

// notifyMentioned tells those who live here and are named in p, and those who want to
// be told of whatever author says.
func notifyMentioned(tx *store.Tx, author *models.Account, p *models.Post, n *models.Note) error {
	if err := converse(tx, author, p, true); err != nil {
		return err
	}
	for _, m := range p.Mentions {
		if m.AccountID == 0 || !tx.Site.Owns(m.URI) || claimed(n, m.URI) {
			continue // a co-author is told by collab, and not as a mention
		}
		err := activities.Notify(tx, models.Notification{AccountID: m.AccountID, FromID: author.ID, Type: models.NoteMention, PostID: p.ID})
		if err != nil {
			return err
		}
	}
	return Said(tx, author, p)
}

func claimed(n *models.Note, uri models.IRI) bool {
	for _, c := range n.Claims {
		if c.Account == uri {
			return true
		}
	}
	return false
}

// count takes the origin's word for its own post's counts.
func count(tx *store.Tx, p *models.Post, n *models.Note) error {
	set := map[string]any{}
	least := 0
	if n.Collab != "" { // there the initiator's relays tell of what went down
		least = 1
	}
	for column, t := range map[string]*models.Tally{"likes_count": n.Likes, "boosts_count": n.Shares, "replies_count": n.Replies} {
		if t != nil && t.Total >= least && t.URI.SameOrigin(p.URI) {
			set[column] = min(t.Total, 1<<30)
		}
	}
	if len(set) == 0 {
		return nil
	}
	_, err := store.Set[models.Post](tx, set, "id = ?", p.ID)
	return err
}

// namesUs reports whether n claims the name of somebody who lives here: one who was
// asked after publication, maybe, when the post was nobody's business here.
func namesUs(tx *store.Tx, n *models.Note) bool {
	for _, c := range n.Claims {
		if tx.Site.Owns(c.Account) {
			return true
		}
	}
	return false
}

// Updated takes in a new version of a post by its author. It returns the post, or
// nil if it is not here and nobody here is named in it. An Update that is no newer
// than what we have changes nothing that is written: Mastodon sends those.
func Updated(tx *store.Tx, author *models.Account, n *models.Note) (*models.Post, error) {
	known, err := store.Maybe[models.Post](tx, "uri = ?", n.URI)
	if err != nil || known == nil && !namesUs(tx, n) {
		return nil, err
	}
	if known == nil {
		return Created(tx, author, n)
	}
	p, err := store.Hold[models.Post](tx, known.ID)
	if err != nil {
		return nil, err
	}
	if p.AccountID != author.ID || n.Author != author.URI {
		return nil, models.Refuse(models.Forbidden, "not_author", "%s is not the first author of %s", author.URI, n.URI)
	}
	if err := count(tx, p, n); err != nil {
		return nil, err
	}
	if !n.Updated.IsZero() && p.EditedAt != nil && n.Updated.Before(*p.EditedAt) {
		return p, nil // an old version came late
	}
	if !edits(p, n) {
		return p, restate(tx, p, n)
	}
	if p, err = store.Get[models.Post](tx, p.ID); err != nil { // with the counts
		return nil, err
	}
	p.Collab = n.Collab
	if err := Rewrite(tx, p, n); err != nil {
		return nil, err
	}
	if err := notifyQuoters(tx, author, p); err != nil {
		return nil, err
	}
	return p, notifyBoosters(tx, author, p)
}

// edits reports whether n is a new version of p, and not only of its counts: it says
// when it was edited, later than what we have. What is written together says nothing
// by that where names alone changed.
func edits(p *models.Post, n *models.Note) bool {
	if n.Collab != "" || p.Collab != "" {
		return true
	}
	return !n.Updated.IsZero() && (p.EditedAt == nil || n.Updated.After(*p.EditedAt))
}

// restate takes in what an author may say of p at any time without an edit: who may
// do what with it, and how its poll stands.
func restate(tx *store.Tx, p *models.Post, n *models.Note) error {
	if !reflect.DeepEqual(p.Policy, n.Policy) {
		p.Policy = n.Policy
		if _, err := store.Change(tx, &models.Post{ID: p.ID, Policy: p.Policy}, "policy"); err != nil {
			return err
		}
	}
	return claim(tx, p, n.Poll)
}

// Deleted takes in that the author took a post back. It returns the post as it
// was, or nil if it is not here; the name is never used again.
func Deleted(tx *store.Tx, author *models.Account, uri models.IRI) (*models.Post, error) {
	p, err := store.Maybe[models.Post](tx, "uri = ?", uri)
	if err != nil {
		return nil, err
	}
	if p == nil {
		if uri.SameOrigin(author.URI) { // a Create that comes after its Delete is too late
			err = store.Put(tx, &models.Tombstone{URI: uri, FormerType: "Note", DeletedAt: tx.Now})
		}
		return nil, err
	}
	if p.AccountID != author.ID {
		return nil, models.Refuse(models.Forbidden, "not_author", "%s is not the first author of %s", author.URI, uri)
	}
	if err := Erase(tx, p); err != nil {
		return nil, err
	}
	if p.InReplyToID != 0 {
		if parent, err := store.Maybe[models.Post](tx, "id = ?", p.InReplyToID); err == nil && parent != nil {
			return p, Relay(tx, parent, "replies", models.Object{URI: p.URI, Type: "Note", Owner: author.URI}, models.Remove)
		}
	}
	return p, nil
}
