package inbox

import (
	"context"

	"ensemble/activities"
	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// remove is Delete: of a post, a stamp, a collaboration, or the account itself.
func (m *message) remove(tx *store.Tx) error {
	uri := m.Object.URI
	switch {
	case m.gone:
		return m.vanish(tx)
	case !uri.SameOrigin(m.Actor):
		return models.Refuse(models.Forbidden, "foreign", "%s is not on the server of %s", uri, m.Actor)
	}
	if known, err := store.Any[models.Collab](tx, "uri = ?", uri); err != nil {
		return err
	} else if known || m.Object.Former == "Collaboration" {
		return collab.Discarded(tx, m.actor, uri)
	}
	if named, err := store.Any[models.Author](tx, "stamp = ?", uri); err != nil {
		return err
	} else if named || m.Object.Former == "CollaborationAuthorization" {
		return m.unstamped(tx)
	}
	if done, err := m.unconsented(tx, uri); err != nil || done {
		return err
	}
	if _, err := post.Deleted(tx, m.actor, uri); err != nil {
		return err
	}
	return collab.Deleted(tx, m.actor, uri)
}

// unstamped is the Delete of a stamp. It is believed of whom the stamp was
// (forged case 14); the initiator's server passes it on to those who saw the post.
func (m *message) unstamped(tx *store.Tx) error {
	names, err := store.Find[models.Author](tx, "stamp = ?", m.Object.URI)
	if err != nil {
		return err
	}
	for _, a := range names {
		if a.URI != m.Actor {
			return models.Refuse(models.Forbidden, "not_its_author", "the stamp %s is not that of %s", m.Object.URI, m.Actor)
		}
		why := models.Errorf(models.Gone, "the consent was taken back")
		if err := collab.Checked(tx, a.PostID, a.URI, m.actor, nil, why); err != nil {
			return err
		}
		if err := m.passOn(tx, a); err != nil {
			return err
		}
	}
	return nil
}

func (m *message) passOn(tx *store.Tx, a *models.Author) error {
	p, err := store.Get[models.Post](tx, a.PostID)
	if err != nil || !p.Local {
		return err
	}
	from, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	return activities.Forward(tx, from, models.Delete, m.Object.URI, m.raw, activities.Audience{Followers: true})
}

func (m *message) vanish(tx *store.Tx) error {
	if err := collab.Vanished(tx, m.actor); err != nil {
		return err
	}
	if err := post.EraseAll(tx, m.actor); err != nil {
		return err
	}
	follows, err := store.Find[models.Follow](tx, "account_id = ? OR target_id = ?", m.actor.ID, m.actor.ID)
	if err != nil {
		return err
	}
	for _, f := range follows {
		var err error
		if f.AccountID == m.actor.ID {
			err = m.unfollow(tx, f.TargetID)
		} else {
			err = m.unfollowedBy(tx, f.AccountID)
		}
		if err != nil {
			return err
		}
	}
	if err := forget(tx, m.actor); err != nil {
		return err
	}
	gone, err := store.Get[models.Account](tx, m.actor.ID) // its counts have changed
	if err != nil {
		return err
	}
	gone.State, gone.DisplayName, gone.Note, gone.Fields, gone.UpdatedAt = models.AccountDeleted, "", "", nil, tx.Now
	gone.AvatarURL, gone.HeaderURL, gone.AlsoKnownAs, gone.MovedTo = "", "", nil, ""
	return store.Put(tx, gone)
}

// Vanish is told that an inbox is gone for good. If its account's own server says the
// same of the account, the account is deleted here too, and follows with it. An inbox
// that several share says nothing of any of them.
func (in *Inbox) Vanish(ctx context.Context, inbox models.IRI) error {
	var all []*models.Account
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = store.Find[models.Account](tx, "inbox = ? AND domain <> '' AND state <> ? LIMIT 2", inbox, models.AccountDeleted)
		return err
	})
	if err != nil || len(all) != 1 || all[0].SharedInbox == inbox {
		return err
	}
	_, err = in.Peers.Document(ctx, all[0].URI)
	if k := models.KindOf(err); k != models.Gone && k != models.NotFound {
		return nil // it is still there, or nobody can say
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		a, err := store.Hold[models.Account](tx, all[0].ID)
		if err != nil || a.State == models.AccountDeleted {
			return err
		}
		return (&message{Activity: &models.Activity{Actor: a.URI}, actor: a, gone: true}).vanish(tx)
	})
}

func (m *message) unfollow(tx *store.Tx, target models.ID) error {
	t, err := store.Get[models.Account](tx, target)
	if err != nil {
		return err
	}
	return graph.Unfollowed(tx, m.actor, t)
}

func (m *message) unfollowedBy(tx *store.Tx, who models.ID) error {
	a, err := store.Get[models.Account](tx, who)
	if err != nil {
		return err
	}
	return graph.Rejected(tx, m.actor, a)
}
