package inbox

import (
	"context"

	"ensemble/activities/collab"
	"ensemble/activities/interaction"
	"ensemble/activities/post"
	"ensemble/activities/react"
	"ensemble/models"
	"ensemble/models/store"
)

// landed looks at the names under a post, and at what it quotes and answers.
func landed(tx *store.Tx, p *models.Post, n *models.Note) error {
	if err := interaction.Landed(tx, p, n); err != nil {
		return err
	}
	return collab.Landed(tx, p, n)
}

// arrived is landed for a post that was not here before.
func arrived(tx *store.Tx, p *models.Post, n *models.Note) error {
	if err := interaction.Arrived(tx, p, n); err != nil {
		return err
	}
	return collab.Arrived(tx, p, n)
}

// prepareRequest gets what is asked for from the server of who asks: a post has to be
// theirs, whether it is shown or not, and a Like or an Announce too (rule G3).
func (in *Inbox) prepareRequest(ctx context.Context, m *message) error {
	kind, what := models.Requested(m.Verb), m.Instrument
	if what.URI == "" {
		return models.Refuse(models.Invalid, "no_instrument", "the request does not say what for")
	}
	if !what.URI.SameOrigin(m.Actor) {
		return models.Refuse(models.Forbidden, "foreign_instrument", "%s is not on the server of %s", what.URI, m.Actor)
	}
	if kind == models.InteractLike || kind == models.InteractAnnounce {
		a := what.Activity
		if a != nil && (a.Actor != m.Actor || a.Object.URI != m.Object.URI) {
			return models.Refuse(models.Forbidden, "not_its_author", "%s does not do %s to that", m.Actor, what.URI)
		}
		return nil
	}
	if n := what.Note; n != nil && n.Author == m.Actor && n.URI.SameOrigin(m.Actor) {
		m.note, m.author = n, m.actor
	} else if err := in.read(ctx, m, what.URI); err != nil {
		return err
	}
	switch n := m.note; {
	case n == nil || n.Author != m.Actor:
		return models.Refuse(models.Forbidden, "not_its_author", "%s did not write %s", m.Actor, what.URI)
	case n.URI != what.URI:
		return models.Refuse(models.Forbidden, "foreign_instrument", "%s calls itself %s", what.URI, n.URI)
	case kind == models.InteractQuote && n.Quote != m.Object.URI, kind == models.InteractReply && n.InReplyTo != m.Object.URI:
		return models.Refuse(models.Invalid, "other_target", "%s is not about %s", n.URI, m.Object.URI)
	}
	return in.names(ctx, m.note)
}

// request is a QuoteRequest or its like.
func (m *message) request(tx *store.Tx) error {
	target, err := store.Maybe[models.Post](tx, "uri = ?", m.Object.URI)
	if err != nil {
		return err
	}
	if target == nil {
		return models.Refuse(models.NotFound, "no_post", "there is no post %s", m.Object.URI)
	}
	kind := models.Requested(m.Verb)
	yes, err := interaction.Asked(tx, interaction.Request{
		URI: m.URI, Kind: kind, Who: m.actor, Target: target, Object: m.Instrument.URI, Note: m.note,
	})
	if err != nil || !yes {
		return err
	}
	switch kind {
	case models.InteractLike:
		return react.Liked(tx, m.actor, m.Instrument.URI, target)
	case models.InteractAnnounce:
		return react.Boosted(tx, m.actor, m.Instrument.URI, target)
	}
	return nil
}

// interaction returns what an answer is about, nil if that is no interaction.
func (m *message) interaction(tx *store.Tx) (*models.Interaction, error) {
	i, err := interaction.Find(tx, m.Object.URI)
	if err == nil && i == nil && models.Requested(models.Verb(m.Object.Type)) != "" {
		err = models.Refuse(models.NotFound, "unknown_object", "nobody here asked %s", m.Object.URI)
	}
	return i, err
}

// aboutInteraction is interaction, before the transaction.
func (in *Inbox) aboutInteraction(ctx context.Context, m *message) (about bool, err error) {
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		i, err := m.interaction(tx)
		about = i != nil
		return err
	})
	return about, err
}

func (m *message) consented(tx *store.Tx, i *models.Interaction, err error) error {
	if err != nil {
		return err
	}
	return interaction.Accepted(tx, m.actor, i, m.URI, m.grant)
}

func (m *message) refused(tx *store.Tx, i *models.Interaction, err error) error {
	if err != nil {
		return err
	}
	return interaction.Rejected(tx, m.actor, i, m.Code, m.Reason)
}

// verifyInteraction looks at a stamp: it is read from the server of who wrote what it
// is about, which is read first if it is not here.
func (in *Inbox) verifyInteraction(ctx context.Context, t interaction.Verify) error {
	var i *models.Interaction
	var target *models.Post
	var author *models.Account
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if i, err = store.Maybe[models.Interaction](tx, "id = ? AND check_at <= ?", t.ID, tx.Now); err != nil || i == nil {
			return err
		}
		if target, err = store.Maybe[models.Post](tx, "uri = ?", i.TargetURI); err == nil && target != nil {
			author, err = store.Get[models.Account](tx, target.AccountID)
		}
		return err
	})
	if err != nil || i == nil {
		return err
	}
	var note *models.Note
	var stamp *models.Approval
	var why error
	if target == nil {
		note, author, why = in.quotedPost(ctx, i.TargetURI)
	}
	switch {
	case why != nil:
	case i.Stamp == "":
		why = models.Refuse(models.Forbidden, "no_stamp", "its author has not agreed")
	case author.ID != i.AccountID:
		stamp, why = in.Peers.Approval(ctx, i.Stamp, author)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		if note != nil {
			p, err := kept(tx, author, note)
			if err != nil {
				return err
			}
			target = p
		}
		now, err := store.Maybe[models.Interaction](tx, "id = ?", i.ID)
		if err != nil || now == nil || now.Stamp != i.Stamp {
			return err // it changed meanwhile
		}
		return interaction.Checked(tx, i.ID, target, author, stamp, why)
	})
}

// quotedPost reads a post that is quoted, and who wrote it.
func (in *Inbox) quotedPost(ctx context.Context, uri models.IRI) (*models.Note, *models.Account, error) {
	n, err := in.Peers.Note(ctx, uri)
	if err != nil {
		return nil, nil, err
	}
	if n.URI != uri {
		return nil, nil, models.Refuse(models.Invalid, "other_target", "%s calls itself %s", uri, n.URI)
	}
	author, err := in.Peers.Account(ctx, n.Author)
	if err != nil {
		return nil, nil, err
	}
	return n, author, in.names(ctx, n)
}

// kept returns the post n, which is kept if it is not yet.
func kept(tx *store.Tx, author *models.Account, n *models.Note) (*models.Post, error) {
	p, err := store.Maybe[models.Post](tx, "uri = ?", n.URI)
	if err != nil || p != nil {
		return p, err
	}
	if gone, err := store.Any[models.Tombstone](tx, "uri = ?", n.URI); err != nil || gone {
		return nil, err
	}
	if p, err = post.Take(tx, author, n); err != nil {
		return nil, err
	}
	return p, landed(tx, p, n)
}

// unconsented is the Delete of a stamp, if uri is one: the name of a post is none,
// whoever claims that it is.
func (m *message) unconsented(tx *store.Tx, uri models.IRI) (bool, error) {
	if here, err := store.Any[models.Post](tx, "uri = ?", uri); err != nil || here {
		return false, err
	}
	return interaction.Revoked(tx, m.actor, uri)
}
