package collab

import (
	"slices"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Decline says no, for good. What becomes of the work is what the initiator chose,
// and me was shown.
func Decline(tx *store.Tx, me *models.Account, c *models.Collab, neverAgain bool, reason string) error {
	return declineAs(tx, me, c, neverAgain, "declined", reason)
}

func declineAs(tx *store.Tx, me *models.Account, c *models.Collab, neverAgain bool, code, reason string) error {
	c, inv, err := asked(tx, me, c)
	if err != nil {
		return err
	}
	if inv.State == models.InviteDeclined {
		return nil
	}
	if !inv.Open() && inv.State != models.InviteReapproval && inv.State != models.InviteAccepted {
		return closed(c, inv)
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if neverAgain {
		if _, err := store.Add(tx, &models.Refusal{AccountID: me.ID, TargetID: from.ID, CreatedAt: tx.Now}); err != nil {
			return err
		}
	}
	if from.Local() {
		return declined(tx, c, inv, me, code, text.Line(reason, 1000))
	}
	if err := refuse(tx, me, from, inv.OfferURI, code, text.Line(reason, 1000)); err != nil {
		return err
	}
	if inv.State == models.InviteReapproval { // no to a new version: the old one stays
		return keepOld(tx, c, inv, me, code, reason)
	}
	if err := end(tx, c, inv, me, models.InviteDeclined, code, text.Line(reason, 1000)); err != nil {
		return err
	}
	if c.Live() { // a credit that was asked for after publication
		return touch(tx, c)
	}
	return purge(tx, c, "declined", "You declined.")
}

func refuse(tx *store.Tx, me, from *models.Account, offer models.IRI, code, sentence string) error {
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Reject, Object: models.Ref(offer), To: []models.IRI{from.URI}, Code: code, Reason: sentence,
	}, activities.To(from))
}

// end moves an invite to one of its ends, with a reason.
func end(tx *store.Tx, c *models.Collab, inv *models.Invite, by *models.Account, to models.InviteState, code, reason string) error {
	labelled := sponsors(c, inv)
	if err := inv.Move(to); err != nil {
		return err
	}
	inv.ReasonCode, inv.Reason, inv.AnsweredAt = code, reason, &tx.Now
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	if _, err := store.Delete[models.Notification](tx, "account_id = ? AND collab_id = ? AND type = ?", inv.AccountID, c.ID, models.NoteCollabInvite); err != nil {
		return err
	}
	if err := record(tx, c, by.URI, string(to), models.Event{Code: code, Reason: reason, Revision: inv.Revision}); err != nil || !labelled {
		return err
	}
	return unlabelled(tx, c, inv, by, code)
}

// keepOld ends the question of a new version: the old one stays public.
func keepOld(tx *store.Tx, c *models.Collab, inv *models.Invite, by *models.Account, code, reason string) error {
	if inv.State == models.InviteReapproval {
		if err := inv.Move(models.InviteActive); err != nil {
			return err
		}
		inv.ReasonCode, inv.Reason = code, reason
		if err := store.Put(tx, inv); err != nil {
			return err
		}
	}
	if err := record(tx, c, by.URI, "revision_declined", models.Event{Code: code, Reason: reason, Revision: inv.Revision}); err != nil {
		return err
	}
	if c.State == models.CollabRevising {
		if err := c.Move(models.CollabPublished); err != nil {
			return err
		}
		c.ExpiresAt, c.RemindAt = nil, nil
	}
	return touch(tx, c)
}

// Declined takes in that a guest elsewhere said no, or that their server did.
func Declined(tx *store.Tx, guest *models.Account, offer models.IRI, code, sentence string) error {
	c, inv, err := answered(tx, guest, offer)
	if err != nil {
		return err
	}
	if inv.State == models.InviteActive { // after publication a no is a goodbye (forged case 18)
		return left(tx, c, inv, guest, "left")
	}
	if inv.Ended() || c.Over() {
		return nil
	}
	if code == "" {
		code = "declined"
	}
	return declined(tx, c, inv, guest, code, text.Line(sentence, 1000))
}

// declined is a no that reached the initiator's server.
func declined(tx *store.Tx, c *models.Collab, inv *models.Invite, guest *models.Account, code, reason string) error {
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if err := activities.Notify(tx, models.Notification{
		AccountID: from.ID, FromID: guest.ID, Type: models.NoteCollabDeclined, CollabID: c.ID, Text: declinedText(guest, code, reason),
	}); err != nil {
		return err
	}
	if inv.State == models.InviteReapproval {
		return keepOldEverywhere(tx, c, inv, guest, code, reason)
	}
	if err := end(tx, c, inv, guest, models.InviteDeclined, code, reason); err != nil {
		return err
	}
	if inv.Role == models.RoleCredit && models.CreditAnswer(code) { // no reason to give the work up
		return settle(tx, c, from)
	}
	return without(tx, c, from, "declined", declinedText(guest, code, reason))
}

func declinedText(guest *models.Account, code, reason string) string {
	if answer := creditDeclined(guest, code, reason); answer != "" {
		return answer
	}
	switch {
	case slices.Contains([]string{"declined", ""}, code) && reason == "":
		return guest.Name() + " declined."
	case code == "declined":
		return guest.Name() + " declined: " + reason
	default:
		return "The server of " + guest.Name() + " refused the invitation: " + reason
	}
}

// keepOldEverywhere gives a new version up: all who were asked go on with the old.
func keepOldEverywhere(tx *store.Tx, c *models.Collab, inv *models.Invite, by *models.Account, code, reason string) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.ID != inv.ID && other.State == models.InviteReapproval {
			if err := other.Move(models.InviteActive); err != nil {
				return err
			}
			if err := store.Put(tx, other); err != nil {
				return err
			}
		}
	}
	return keepOld(tx, c, inv, by, code, reason)
}
