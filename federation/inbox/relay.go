package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"ensemble/activities/collab"
	"ensemble/activities/moderation"
	"ensemble/activities/post"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// relays reports whether an actor speaks for a relay that has accepted us.
func (in *Inbox) relays(ctx context.Context, actor models.IRI) (yes bool, err error) {
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		r, err := moderation.RelayOf(tx, actor)
		yes = r != nil
		return err
	})
	return yes, err
}

// passedOn takes in what a relay says that another said. Nothing of it is believed but
// that there may be something new at that address: it is kept as the relay's own word,
// and the object is read from where it lives.
func (in *Inbox) passedOn(ctx context.Context, e wire.Envelope, relay *models.Account) error {
	verb := models.Announce
	if e.Verb == models.Update {
		verb = models.Update
	}
	if e.Verb != models.Create && e.Verb != models.Announce && e.Verb != models.Update || e.ObjectURI == "" {
		return models.Refuse(models.Unauthed, "not_actor", "%s may not say for %s that it did %s", relay.URI, e.Actor, e.Verb)
	}
	sum := sha256.Sum256([]byte(e.ID))
	own := wire.Envelope{ID: relay.URI + models.IRI("#passed-on-"+hex.EncodeToString(sum[:16])), Actor: relay.URI, Verb: verb, ObjectURI: e.ObjectURI}
	body, err := json.Marshal(map[string]any{"id": own.ID, "type": verb, "actor": relay.URI, "object": e.ObjectURI})
	if err != nil {
		return err
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error { return in.keep(tx, own, body, false) })
}

// relayed takes a post that a relay brought: into the public timeline, and before
// nobody but those who follow its author anyway.
func (m *message) relayed(tx *store.Tx) error {
	switch {
	case m.note == nil:
		return nil // it is here
	case models.VisibilityOf(m.note.To, m.note.Cc, m.author.Followers) != models.VisPublic:
		return models.Refuse(models.Invalid, "not_public", "%s is not for everybody", m.note.URI)
	case !m.author.Active():
		return models.Refuse(models.Forbidden, "suspended", "%s is suspended here", m.author.URI)
	}
	if known, err := post.Known(tx, m.note.URI); err != nil || known {
		return err
	}
	p, err := post.Take(tx, m.author, m.note)
	if err != nil {
		return err
	}
	return collab.Landed(tx, p, m.note)
}
