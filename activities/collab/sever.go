package collab

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Sever ends what me and other, whom me blocks, were asked to write together: me's
// consents to other's works are revoked, and open invitations between the two are
// cancelled, without a word why (ensemble/1 §3.3, blocks).
func Sever(tx *store.Tx, me, other *models.Account) error {
	if err := dropClaimsBetween(tx, me, other); err != nil {
		return err
	}
	return between(tx, me, other, func(c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
		if guest.ID == me.ID && guest.Local() {
			return withdrawConsent(tx, c, inv, guest, from)
		}
		if from.ID == me.ID && from.Local() {
			return remove(tx, from, c, inv, guest, "cancelled")
		}
		return nil
	})
}

// Severed takes in that who, elsewhere, blocks target, who lives here: invitations
// between them are at an end. What is published, who's server revokes itself.
func Severed(tx *store.Tx, who, target *models.Account) error {
	if err := dropClaimsBetween(tx, who, target); err != nil {
		return err
	}
	return between(tx, who, target, func(c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
		if inv.Consented() && c.Live() {
			return nil
		}
		const sentence = "The account cannot be asked any more."
		if from.Local() {
			if err := end(tx, c, inv, from, models.InviteCancelled, "blocked", sentence); err != nil {
				return err
			}
			return without(tx, c, from, "cancelled", sentence)
		}
		return over(tx, c, from, models.InviteCancelled, "blocked", sentence)
	})
}

// between does fn for each standing part of either in a work of the other.
func between(tx *store.Tx, a, b *models.Account, fn part) error {
	return standingParts(tx, fn, `(account_id = ? AND collab_id IN (SELECT id FROM collabs WHERE initiator_id = ?))
		OR (account_id = ? AND collab_id IN (SELECT id FROM collabs WHERE initiator_id = ?)) ORDER BY id`, a.ID, b.ID, b.ID, a.ID)
}

// A part is guest's in c, which from started.
type part func(c *models.Collab, inv *models.Invite, guest, from *models.Account) error

// standingParts does fn for each part that meets the condition and is not over, with
// its collab held.
func standingParts(tx *store.Tx, fn part, where string, args ...any) error {
	all, err := store.Find[models.Invite](tx, where, args...)
	if err != nil {
		return err
	}
	for _, i := range all {
		c, err := store.Hold[models.Collab](tx, i.CollabID)
		if err != nil {
			return err
		}
		inv, err := store.Get[models.Invite](tx, i.ID)
		if err != nil {
			return err
		}
		if inv.Ended() || c.Over() {
			continue
		}
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		from, err := host(tx, c)
		if err != nil {
			return err
		}
		if err := fn(c, inv, guest, from); err != nil {
			return err
		}
	}
	return nil
}

// withdrawConsent ends the part of guest, who lives here, in c.
func withdrawConsent(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
	if c.Live() && inv.Consented() {
		return Leave(tx, guest, c)
	}
	return Decline(tx, guest, c, false, "")
}

// Detach takes a, who lives here and was suspended or is leaving, out of everything:
// consents are revoked, and invitations end. What a started stays others' affair:
// see Delete.
func Detach(tx *store.Tx, a *models.Account) error {
	if err := dropClaims(tx, a); err != nil {
		return err
	}
	return standingParts(tx, func(c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
		return withdrawConsent(tx, c, inv, guest, from)
	}, "account_id = ? ORDER BY id", a.ID)
}

// TakeDown takes down everything that a, who lives here, started: published or not.
// Co-authors who were promised a copy are offered it by their own servers.
func TakeDown(tx *store.Tx, a *models.Account) error {
	return started(tx, a, func(c *models.Collab) error {
		switch {
		case c.State == models.CollabOffered:
			c.OnDecline = models.DeclineDelete
			if err := store.Put(tx, c); err != nil {
				return err
			}
			return Withdraw(tx, a, c)
		case c.State == models.CollabDraft:
			return Discard(tx, a, c)
		case c.Live():
			if err := offerCopy(tx, c, a); err != nil {
				return err
			}
			return deleted(tx, c, a, a.Name()+"'s account is gone.")
		}
		return nil
	})
}

// started does fn with every collab that who started, held.
func started(tx *store.Tx, who *models.Account, fn func(*models.Collab) error) error {
	all, err := store.Find[models.Collab](tx, "initiator_id = ? ORDER BY id", who.ID)
	if err != nil {
		return err
	}
	for _, known := range all {
		c, err := store.Hold[models.Collab](tx, known.ID)
		if err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
	}
	return nil
}

// Vanished takes in that from, who lived elsewhere, is gone with all they started.
// A co-author who was promised a copy is offered it.
func Vanished(tx *store.Tx, from *models.Account) error {
	if err := dropClaims(tx, from); err != nil {
		return err
	}
	sentence := from.Name() + "'s account is gone."
	return started(tx, from, func(c *models.Collab) error {
		switch {
		case c.Pending():
			return over(tx, c, from, models.InviteCancelled, "initiator_gone", sentence)
		case c.Live():
			if err := offerCopy(tx, c, from); err != nil {
				return err
			}
			return deleted(tx, c, from, sentence)
		}
		return nil
	})
}

func offerCopy(tx *store.Tx, c *models.Collab, from *models.Account) error {
	if !c.AllowCopy {
		return nil
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if !who.Local() || !inv.Consented() {
			continue
		}
		if err := activities.Notify(tx, models.Notification{
			AccountID: who.ID, FromID: from.ID, Type: models.NoteCollabEnded, CollabID: c.ID,
			Text: from.Name() + "'s account is gone. You may keep a copy of the post that credits them.",
		}); err != nil {
			return err
		}
	}
	return nil
}
