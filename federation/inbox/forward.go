package inbox

import (
	"context"
	"slices"

	"ensemble/activities"
	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

// Hint is the task that reads a post from its own server because somebody passed on
// what its author is said to have said of it.
type Hint struct {
	Object models.IRI `json:"object"`
}

// Kind names the task in the queue.
func (Hint) Kind() string { return "hint" }

// audience returns whose followers are to hear an activity that is theirs only to
// pass on: it answers a post of somebody here, and is addressed to their followers
// (ActivityPub §7.1.2). nil for nobody's.
func (m *message) audience(tx *store.Tx) (*models.Account, error) {
	parent, err := m.answered(tx)
	if err != nil || parent == nil || !parent.Local {
		return nil, err
	}
	owner, err := store.Get[models.Account](tx, parent.AccountID)
	if err != nil || !owner.Active() || !slices.Contains(slices.Concat(m.To, m.Cc), owner.Followers) {
		return nil, err
	}
	return owner, nil
}

// answered returns the post that the object answers, nil if it answers none that is
// here.
func (m *message) answered(tx *store.Tx) (*models.Post, error) {
	switch {
	case (m.Verb == models.Create || m.Verb == models.Update) && m.note != nil && m.note.InReplyTo != "":
		return store.Maybe[models.Post](tx, "uri = ?", m.note.InReplyTo)
	case m.Verb == models.Delete && m.Object.URI != m.Actor:
		p, err := store.Maybe[models.Post](tx, "uri = ? AND in_reply_to_id <> 0", m.Object.URI)
		if err != nil || p == nil {
			return nil, err
		}
		return store.Maybe[models.Post](tx, "id = ?", p.InReplyToID)
	}
	return nil, nil
}

// forward passes an activity on to owner's followers, as it came.
func (m *message) forward(tx *store.Tx, owner *models.Account) error {
	if owner == nil || m.raw == nil {
		return nil
	}
	return activities.Forward(tx, owner, m.Verb, m.Object.URI, m.raw, activities.Audience{Followers: true})
}

// passed notes what signer passes on of another's words, if it is somebody whom
// people here follow: their post is then read from where it lives. It reports
// whether it did.
func passed(tx *store.Tx, verb models.Verb, id, actor, object models.IRI, signer *models.Account) (bool, error) {
	if verb != models.Create && verb != models.Update && verb != models.Delete {
		return false, nil
	}
	if !id.SameOrigin(actor) || !object.SameOrigin(actor) || object == actor || tx.Site.Owns(object) {
		return false, nil
	}
	heard, err := store.Any[models.Follow](tx, "target_id = ? AND accepted AND account_id IN (SELECT account_id FROM users)", signer.ID)
	if err != nil || !heard {
		return false, err
	}
	return true, store.Wake(tx, Hint{object})
}

// hinted reads a post anew: what its server says now is what counts.
func (in *Inbox) hinted(ctx context.Context, t Hint) error {
	ctx = fetch.WithBudget(ctx, in.DB.Site.Most().Requests)
	m := &message{Activity: &models.Activity{}}
	err := in.read(ctx, m, t.Object)
	if k := models.KindOf(err); k == models.Gone || k == models.NotFound {
		return in.DB.Tx(ctx, func(tx *store.Tx) error { return goneByHint(tx, t.Object, k) })
	}
	if err != nil || m.note == nil || m.note.URI != t.Object {
		return err
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		p, err := post.Updated(tx, m.author, m.note)
		if err == nil && p == nil {
			p, err = post.Created(tx, m.author, m.note)
		}
		if err != nil || p == nil {
			return err
		}
		return landed(tx, p, m.note)
	})
}

// goneByHint erases a post that its server does not have any more. What not
// everybody may read is not there for us to see, and stays, unless it is said to be
// gone.
func goneByHint(tx *store.Tx, uri models.IRI, how models.Kind) error {
	p, err := store.Maybe[models.Post](tx, "uri = ? AND NOT local", uri)
	if err != nil || p == nil || how == models.NotFound && !p.Visibility.Open() {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	if _, err := post.Deleted(tx, author, uri); err != nil {
		return err
	}
	return collab.Deleted(tx, author, uri)
}
