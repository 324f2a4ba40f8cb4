package collab

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// without decides what becomes of an unpublished work when one of its people is
// out of it, or time has run out: what its initiator chose beforehand. Of a
// published one only the name goes.
func without(tx *store.Tx, c *models.Collab, from *models.Account, outcome, sentence string) error {
	if c.Live() {
		return settle(tx, c, from)
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	open, yes := 0, 0
	for _, inv := range all {
		switch {
		case inv.Open():
			open++
		case inv.Consented():
			yes++
		}
	}
	if c.Quorum == models.QuorumAny && (open > 0 || yes > 0) {
		return settle(tx, c, from) // others may still say yes
	}
	switch c.OnDecline {
	case models.DeclinePublish:
		return settle(tx, c, from)
	case models.DeclineDraft:
		return fallBack(tx, c, from, outcome, sentence)
	default:
		return discard(tx, c, from, outcome, sentence)
	}
}

// Withdraw takes all invitations back, before publication (ensemble/1 §3.4, C7).
func Withdraw(tx *store.Tx, me *models.Account, c *models.Collab) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	if c.Over() && c.Outcome == "withdrawn" {
		return nil
	}
	if c.State != models.CollabOffered {
		return models.Refuse(models.Conflict, "not_open", "a collab that is %s cannot be withdrawn", c.State)
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if inv.Ended() || inv.State == models.InviteDraft {
			continue
		}
		if err := takeBack(tx, c, me, inv); err != nil {
			return err
		}
	}
	if c.OnDecline == models.DeclineDraft {
		return fallBack(tx, c, me, "withdrawn", me.Name()+" withdrew the invitation.")
	}
	return discard(tx, c, me, "withdrawn", me.Name()+" withdrew the invitation.")
}

func takeBack(tx *store.Tx, c *models.Collab, me *models.Account, inv *models.Invite) error {
	guest, err := store.Get[models.Account](tx, inv.AccountID)
	if err != nil || guest.Local() {
		return err
	}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, Object: models.Object{URI: inv.OfferURI}, To: []models.IRI{guest.URI},
	}, activities.To(guest))
}

// Withdrawn takes in that the initiator took an offer back.
func Withdrawn(tx *store.Tx, from *models.Account, offer models.IRI) error {
	inv, err := store.Maybe[models.Invite](tx, "offer_uri = ?", offer)
	if err != nil || inv == nil {
		return err
	}
	c, err := store.Hold[models.Collab](tx, inv.CollabID)
	if err != nil {
		return err
	}
	if c.InitiatorID != from.ID {
		return models.Refuse(models.Forbidden, "not_initiator", "only who offers can take an offer back")
	}
	if !c.Pending() {
		return nil
	}
	return over(tx, c, from, models.InviteWithdrawn, "withdrawn", from.Name()+" withdrew the invitation.")
}

// Discarded takes in that the initiator's server gave an unpublished work up
// (ensemble/1 §3.4, C6): our copy and our stamps go with it.
func Discarded(tx *store.Tx, from *models.Account, uri models.IRI) error {
	known, err := store.Maybe[models.Collab](tx, "uri = ?", uri)
	if err != nil {
		return err
	}
	if known == nil { // its offer is still on its way, and comes too late
		if uri.SameOrigin(from.URI) {
			err = store.Put(tx, &models.Tombstone{URI: uri, FormerType: "Collaboration", DeletedAt: tx.Now})
		}
		return err
	}
	c, err := store.Hold[models.Collab](tx, known.ID)
	if err != nil {
		return err
	}
	if c.InitiatorID != from.ID {
		return models.Refuse(models.Forbidden, "not_initiator", "only who offers can give the work up")
	}
	if !c.Pending() {
		return nil
	}
	if c.State == models.CollabOffered && c.ExpiresAt != nil && !tx.Now.Before(*c.ExpiresAt) {
		return expire(tx, c, from) // both clocks say so, whichever is heard first
	}
	return over(tx, c, from, models.InviteCancelled, "discarded", "The post was given up before it was published.")
}

// over ends a pending work of a peer's for everybody here.
func over(tx *store.Tx, c *models.Collab, by *models.Account, to models.InviteState, code, sentence string) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if inv.Ended() {
			continue
		}
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if err := end(tx, c, inv, by, to, code, sentence); err != nil {
			return err
		}
		if guest.Local() {
			if err := tellEnded(tx, c, guest, by, sentence); err != nil {
				return err
			}
		}
	}
	return purge(tx, c, code, sentence)
}

func tellEnded(tx *store.Tx, c *models.Collab, who, by *models.Account, sentence string) error {
	return activities.Notify(tx, models.Notification{
		AccountID: who.ID, FromID: by.ID, Type: models.NoteCollabEnded, CollabID: c.ID, Text: sentence,
	})
}

// discard gives an unpublished work up, for good, everywhere.
func discard(tx *store.Tx, c *models.Collab, me *models.Account, outcome, sentence string) error {
	if err := dismiss(tx, c, me, outcome, sentence); err != nil {
		return err
	}
	return purge(tx, c, outcome, sentence)
}

// dismiss ends everybody's part in an unpublished work and tells them.
func dismiss(tx *store.Tx, c *models.Collab, me *models.Account, outcome, sentence string) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	to := models.InviteCancelled
	switch outcome {
	case "withdrawn":
		to = models.InviteWithdrawn
	case "expired":
		to = models.InviteExpired
	}
	for _, inv := range all {
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		asked := inv.State != models.InviteDraft
		if !inv.Ended() {
			if err := end(tx, c, inv, me, to, outcome, sentence); err != nil {
				return err
			}
			if guest.Local() && asked {
				if err := tellEnded(tx, c, guest, me, sentence); err != nil {
					return err
				}
			}
		}
		if asked && !guest.Local() {
			if err := giveUp(tx, c, me, guest); err != nil {
				return err
			}
		}
	}
	_, err = store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now}, "collab_id = ? AND revoked_at IS NULL", c.ID)
	return err
}

// giveUp tells guest's server that the work is gone: it purges its copy.
func giveUp(tx *store.Tx, c *models.Collab, me, guest *models.Account) error {
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Delete, To: []models.IRI{guest.URI},
		Object: models.Object{URI: c.URI, Type: "Tombstone", Former: "Collaboration", Deleted: tx.Now},
	}, activities.To(guest))
}

// tooLate answers a yes to what is gone (ensemble/1 §3.3, late answers).
func tooLate(tx *store.Tx, c *models.Collab, me, guest *models.Account) error {
	if c.Live() || c.State == models.CollabOffered {
		return models.Refuse(models.Gone, "too_late", "the time to answer has passed")
	}
	return giveUp(tx, c, me, guest)
}

// fallBack keeps an unpublished work as its initiator's private draft. The others
// are told that it is given up, for to them it is: its name is never used again.
func fallBack(tx *store.Tx, c *models.Collab, me *models.Account, outcome, sentence string) error {
	if err := dismiss(tx, c, me, outcome, sentence); err != nil {
		return err
	}
	if err := c.Move(models.CollabDraft); err != nil {
		return err
	}
	c.Outcome, c.Text, c.OutcomeAt, c.ExpiresAt, c.RemindAt = outcome, sentence, &tx.Now, nil, nil
	if err := record(tx, c, me.URI, "kept_as_draft", models.Event{Code: outcome}); err != nil {
		return err
	}
	return touch(tx, c)
}

// purge forgets everything of a work but that it was, how it ended and when.
func purge(tx *store.Tx, c *models.Collab, outcome, sentence string) error {
	if _, err := store.Set[models.Revision](tx, map[string]any{"note": nil, "source": "", "digest": ""}, "collab_id = ?", c.ID); err != nil {
		return err
	}
	if _, err := store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now}, "collab_id = ? AND revoked_at IS NULL", c.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.ChangeRequest](tx, "collab_id = ?", c.ID); err != nil {
		return err
	}
	if err := post.Shred(tx, "collab_id = ? AND post_id = 0", c.ID); err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	graves := map[models.IRI]string{c.URI: "Collaboration"}
	if from.Local() { // elsewhere the work may yet be published, without us
		graves[c.PostURI] = "Note"
	}
	for uri, kind := range graves {
		if err := store.Put(tx, &models.Tombstone{URI: uri, FormerType: kind, DeletedAt: tx.Now}); err != nil {
			return err
		}
	}
	if err := c.Move(models.CollabDiscarded); err != nil {
		return err
	}
	c.Outcome, c.Text, c.OutcomeAt, c.ExpiresAt, c.RemindAt = outcome, sentence, &tx.Now, nil, nil
	if err := record(tx, c, from.URI, "discarded", models.Event{Code: outcome}); err != nil {
		return err
	}
	return touch(tx, c)
}

// Discard gives up a draft of me's that nobody is asked about any more.
func Discard(tx *store.Tx, me *models.Account, c *models.Collab) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	if c.State == models.CollabOffered {
		return models.Refuse(models.Conflict, "is_offered", "withdraw the invitations first")
	}
	if c.State != models.CollabDraft {
		return models.Refuse(models.Conflict, "not_draft", "a collab that is %s is no draft", c.State)
	}
	return purge(tx, c, "discarded", me.Name()+" gave the draft up.")
}
