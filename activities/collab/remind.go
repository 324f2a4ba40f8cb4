package collab

import (
	"time"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// How long an invitee is left alone between two words about one invitation: as who
// started it may remind them, and, with some room for clocks, as their server tells them.
const (
	remindEvery = 24 * time.Hour
	remindLeast = 20 * time.Hour
)

// RemindFrom is from when on an invitee of c may be reminded by who started it; nil while,
// or because, there is nothing to remind them of.
func RemindFrom(c *models.Collab, inv *models.Invite) *time.Time {
	waits := inv.State == models.InviteDelivered || inv.State == models.InviteSeen || inv.State == models.InviteReapproval
	if !waits || c.Over() || inv.SentAt == nil {
		return nil
	}
	at := inv.SentAt.Add(remindEvery)
	if inv.RemindedAt != nil && inv.RemindedAt.After(*inv.SentAt) {
		at = inv.RemindedAt.Add(remindEvery)
	}
	if c.ExpiresAt != nil && !at.Before(*c.ExpiresAt) {
		return nil
	}
	return &at
}

// Remind brings an invitation of me's to guest's mind, who has not answered: their server
// is sent the offer anew, and tells them again of the one request that there is. What they
// decided about hearing of me is between them and their server. It is refused with the
// code not_open where no answer is awaited, not_delivered where the invitation is still on
// its way, and reminded_lately within a day.
func Remind(tx *store.Tx, me *models.Account, c *models.Collab, guest *models.Account) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	inv, err := store.One[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, guest.ID)
	if err != nil {
		return err
	}
	from := RemindFrom(c, inv)
	switch {
	case inv.State == models.InviteSent:
		return models.Refuse(models.Conflict, "not_delivered", "the invitation is still on its way to their server, which is tried by itself")
	case from == nil:
		return models.Refuse(models.Conflict, "not_open", "no answer is awaited that they could be reminded of: the invitation is %s", inv.State)
	case tx.Now.Before(*from):
		return models.Refuse(models.TooMany, "reminded_lately", "once a day is enough: %s can be reminded from %s on", guest.Name(), from.UTC().Format("2 January 15:04 UTC"))
	}
	rev, err := Revision(tx, c, inv.Revision)
	if err != nil {
		return err
	}
	if guest.Local() {
		if err := reminded(tx, c, inv, guest, me); err != nil {
			return err
		}
		return touch(tx, c)
	}
	if err := record(tx, c, me.URI, "reminded", models.Event{Reason: string(guest.URI), Revision: inv.Revision}); err != nil {
		return err
	}
	inv.RemindedAt = &tx.Now
	if err := offer(tx, me, c, rev, inv, guest); err != nil {
		return err
	}
	return touch(tx, c)
}

// offer sends a revision to an invitee elsewhere, under a new ID, which their answer names.
func offer(tx *store.Tx, me *models.Account, c *models.Collab, rev *models.Revision, inv *models.Invite, guest *models.Account) error {
	inv.OfferURI = activities.NewURI(me, "activities", models.NewID(tx.Now))
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	doc := collaboration(c, rev, me)
	if err := formers(tx, c, doc); err != nil {
		return err
	}
	act := &models.Activity{
		URI: inv.OfferURI, Verb: models.OfferVerb, To: []models.IRI{guest.URI}, Target: models.Ref(guest.URI),
		Object: models.Object{URI: c.URI, Type: "Collaboration", Collaboration: doc},
	}
	if c.ExpiresAt != nil {
		act.Ends = *c.ExpiresAt
	}
	return activities.Say(tx, me, act, activities.To(guest))
}

// remindedFrom takes in that an offer which guest, who lives here, has not answered was
// made anew: the same version of the same work. The answer will name the newer one.
func remindedFrom(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from *models.Account, again models.IRI, o *models.Collaboration) error {
	rev, err := Revision(tx, c, inv.Revision)
	if err != nil {
		return err
	}
	if rev.Digest != o.Digest {
		return models.Refuse(models.Conflict, "same_revision", "revision %d was offered with another text", o.Revision)
	}
	inv.OfferURI = again
	if err := reminded(tx, c, inv, guest, from); err != nil {
		return err
	}
	return touch(tx, c)
}

// reminded tells guest, who lives here, anew of an invitation that waits for them: once a
// day at most, and not if they would rather hear nothing of who asks.
func reminded(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
	lately := inv.RemindedAt != nil && tx.Now.Sub(*inv.RemindedAt) < remindLeast || inv.SentAt != nil && tx.Now.Sub(*inv.SentAt) < remindLeast
	if lately {
		return store.Put(tx, inv)
	}
	inv.RemindedAt = &tx.Now
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	if err := record(tx, c, from.URI, "reminded", models.Event{Reason: string(guest.URI), Revision: inv.Revision}); err != nil {
		return err
	}
	never, err := store.Any[models.Refusal](tx, "account_id = ? AND target_id = ?", guest.ID, from.ID)
	if err != nil || never {
		return err
	}
	// The older notice goes: there is one request, and one notice of it.
	if _, err := store.Delete[models.Notification](tx, "account_id = ? AND collab_id = ? AND type = ?", guest.ID, c.ID, models.NoteCollabInvite); err != nil {
		return err
	}
	return stillWaits(tx, c, guest, from)
}

// stillWaits tells guest that an answer is awaited.
func stillWaits(tx *store.Tx, c *models.Collab, guest, from *models.Account) error {
	said := from.Name() + " still waits for your answer."
	if c.ExpiresAt != nil {
		said = from.Name() + " still waits for your answer, until " + c.ExpiresAt.Format("2 January 15:04 UTC") + "."
	}
	return activities.Notify(tx, models.Notification{
		AccountID: guest.ID, FromID: from.ID, Type: models.NoteCollabInvite, CollabID: c.ID, Text: said,
	})
}
