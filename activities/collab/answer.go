package collab

import (
	"cmp"
	"time"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// See notes that me has looked at the invitation, and lets the initiator see that
// (ensemble/1 §3.4, C2). Only the first look counts.
func See(tx *store.Tx, me *models.Account, c *models.Collab) error {
	c, inv, err := asked(tx, me, c)
	if models.CodeOf(err) == "is_initiator" {
		return nil
	}
	if err != nil || (inv.State != models.InviteSent && inv.State != models.InviteDelivered) {
		return err
	}
	return seen(tx, c, inv, me, nil)
}

// closed says why an invitation cannot be answered any more.
func closed(c *models.Collab, inv *models.Invite) error {
	if c.Over() {
		return models.Refuse(models.Gone, "discarded", "this post was given up: %s", c.Text)
	}
	return models.Refuse(models.Conflict, "not_open", "this invitation is %s", inv.State)
}

// Accept gives me's consent to the version they were last asked about, with a
// stamp (ensemble/1 §3.4, C3). With coversEdits it holds for later versions too.
// Accepting twice is accepting once.
func Accept(tx *store.Tx, me *models.Account, c *models.Collab, coversEdits bool) error {
	c, inv, err := asked(tx, me, c)
	if err != nil {
		return err
	}
	rev, err := store.Maybe[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, inv.Revision)
	if err != nil {
		return err
	}
	if inv.State == models.InviteAccepted || inv.State == models.InviteActive {
		return nil
	}
	if err := cmp.Or(activities.Let(tx, me, models.FeatureCollabs), mayAccept(tx, c, inv, rev)); err != nil {
		return err
	}
	if err := consent(tx, c, inv, me, rev, coversEdits); err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil || !from.Local() {
		return err
	}
	return settle(tx, c, from)
}

func mayAccept(tx *store.Tx, c *models.Collab, inv *models.Invite, rev *models.Revision) error {
	if me, err := store.Get[models.Account](tx, inv.AccountID); err != nil || me.Moved() {
		return cmp.Or(err, me.Settled())
	}
	switch {
	case c.Over() || rev == nil || rev.Note == nil:
		return closed(c, inv)
	case !inv.Open() && inv.State != models.InviteReapproval:
		return closed(c, inv)
	case c.ExpiresAt != nil && !tx.Now.Before(*c.ExpiresAt):
		return models.Refuse(models.Gone, "expired", "the time to answer ran out on %s", c.ExpiresAt.Format("2 January 2006 15:04 UTC"))
	}
	waiting, err := store.Find[models.Media](tx, "collab_id = ? AND state <> ?", c.ID, models.MediaReady)
	if err != nil {
		return err
	}
	if len(waiting) > 0 && waiting[0].State == models.MediaFailed {
		return models.Refuse(models.Conflict, "media_failed", "you cannot agree to pictures that could not be shown to you: %s", waiting[0].Error)
	}
	if len(waiting) > 0 {
		return models.Refuse(models.Conflict, "media_waiting", "the pictures are still on their way: try again in a moment")
	}
	return nil
}

// consent writes a stamp for guest, who lives here, and says so to whoever asked.
func consent(tx *store.Tx, c *models.Collab, inv *models.Invite, guest *models.Account, rev *models.Revision, covers bool) error {
	id := models.NewID(tx.Now)
	s := &models.Stamp{
		ID: id, URI: stampURI(guest, id), AccountID: guest.ID, CollabID: c.ID, Collab: c.URI, PostURI: c.PostURI,
		Role: inv.Role, Label: inv.Label, Revision: rev.Number, Digest: rev.Digest, CoversEdits: covers, Public: c.Live() || inv.Replaces != "", Replaces: inv.Replaces, CreatedAt: tx.Now,
	}
	if err := store.Put(tx, s); err != nil {
		return err
	}
	// Two stamps for one revision: the newest counts, and the older ones are gone.
	if _, err := store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now},
		"collab_id = ? AND account_id = ? AND revision = ? AND id <> ? AND revoked_at IS NULL", c.ID, guest.ID, rev.Number, id); err != nil {
		return err
	}
	if err := agreed(tx, c, inv, guest, rev, s.URI, covers, tx.Now); err != nil {
		return err
	}
	if _, err := store.Delete[models.Notification](tx, "account_id = ? AND collab_id = ? AND type = ?", guest.ID, c.ID, models.NoteCollabInvite); err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil || from.Local() {
		return err
	}
	return activities.Say(tx, guest, &models.Activity{
		Verb: models.Accept, Object: models.Ref(inv.OfferURI), Target: models.Ref(c.URI), Result: s.URI, To: []models.IRI{from.URI},
	}, activities.To(from))
}

func stampURI(a *models.Account, id models.ID) models.IRI {
	return a.URI + models.IRI("/stamps/"+id.String())
}

// agreed notes guest's yes to rev, wherever the guest lives: the one place where
// an invitation becomes accepted.
func agreed(tx *store.Tx, c *models.Collab, inv *models.Invite, guest *models.Account, rev *models.Revision, stamp models.IRI, covers bool, at time.Time) error {
	switch inv.State {
	case models.InviteAccepted, models.InviteActive: // a restamp
	case models.InviteReapproval:
		if err := inv.Move(models.InviteActive); err != nil {
			return err
		}
	default:
		if err := inv.Move(models.InviteAccepted); err != nil {
			return err
		}
	}
	inv.Stamp, inv.CoversEdits, inv.AnsweredAt = stamp, covers, &tx.Now
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	if err := store.Put(tx, &models.Consent{
		InviteID: inv.ID, Revision: rev.Number, CollabID: c.ID, Stamp: stamp, CoversEdits: covers, At: at,
	}); err != nil {
		return err
	}
	return record(tx, c, guest.URI, "accepted", models.Event{Revision: rev.Number, Digest: rev.Digest, Reason: string(stamp)})
}

// Accepted takes in the consent that a guest gave elsewhere. stamp was fetched from
// their server, and its proof was checked; whether it is the one that was asked for
// is checked here (ensemble/1 §7).
func Accepted(tx *store.Tx, guest *models.Account, offer models.IRI, stamp *models.Authorization) error {
	c, inv, err := answered(tx, guest, offer)
	if err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if !c.Live() && c.State != models.CollabOffered || inv.Ended() || expired(tx, c, inv) {
		return tooLate(tx, c, from, guest) // forged case 16
	}
	if err := guest.Settled(); err != nil && !inv.Consented() { // one that moved agrees to nothing new
		return err
	}
	if inv.OfferURI != offer {
		return models.Refuse(models.Conflict, "stale", "that answers an older version")
	}
	rev, err := Revision(tx, c, inv.Revision)
	if err != nil {
		return err
	}
	if stamp == nil {
		return models.Refuse(models.Forbidden, "no_stamp", "an Accept without a stamp is no consent")
	}
	claim := models.Claim{Account: guest.URI, Role: inv.Role, Label: inv.Label}
	if err := stamp.Holds(rev.Note, claim, rev.Digest, tx.Now); err != nil {
		if models.CodeOf(err) == "stamp_digest" {
			return reoffer(tx, c, from, inv, rev, err)
		}
		return err
	}
	if known, err := store.Any[models.Consent](tx, "invite_id = ? AND stamp = ?", inv.ID, stamp.URI); err != nil || known {
		return err // said before
	}
	if newer, err := store.Any[models.Consent](tx, "invite_id = ? AND revision = ? AND at > ?", inv.ID, rev.Number, stamp.Published); err != nil || newer {
		return err // of two stamps for one revision the newest counts (forged case 19)
	}
	news := inv.State != models.InviteAccepted && inv.State != models.InviteActive
	if err := agreed(tx, c, inv, guest, rev, stamp.URI, stamp.CoversEdits, stamp.Published); err != nil {
		return err
	}
	if news {
		if err := activities.Notify(tx, models.Notification{
			AccountID: from.ID, FromID: guest.ID, Type: models.NoteCollabAccepted, CollabID: c.ID,
			Text: guest.Name() + " agreed to publish the post with you.",
		}); err != nil {
			return err
		}
	}
	if inv.FormerID != 0 && news {
		return succeeded(tx, c, inv, guest, from)
	}
	return settle(tx, c, from)
}

func expired(tx *store.Tx, c *models.Collab, inv *models.Invite) bool {
	return inv.Open() && c.ExpiresAt != nil && !tx.Now.Before(*c.ExpiresAt)
}

// reoffer asks once more where a stamp is for another version (forged case 17).
func reoffer(tx *store.Tx, c *models.Collab, from *models.Account, inv *models.Invite, rev *models.Revision, why error) error {
	again, err := store.Any[models.Event](tx, "collab_id = ? AND what = 'reoffered' AND revision = ? AND reason = ?", c.ID, rev.Number, inv.ID.String())
	if err != nil || again {
		if err == nil {
			err = why
		}
		return err
	}
	if err := record(tx, c, from.URI, "reoffered", models.Event{Code: "stamp_digest", Reason: inv.ID.String(), Revision: rev.Number}); err != nil {
		return err
	}
	return send(tx, from, c, rev, inv)
}

// answered returns the collab that an answer to offer is about, held, if guest is
// the one who was asked (rule G6). What was asked is looked up here, and never
// taken from the message.
func answered(tx *store.Tx, guest *models.Account, offer models.IRI) (*models.Collab, *models.Invite, error) {
	inv, err := store.Maybe[models.Invite](tx, "offer_uri = ?", offer)
	if err == nil && inv == nil {
		inv, err = olderOffer(tx, guest, offer)
	}
	if err != nil {
		return nil, nil, err
	}
	if inv == nil {
		return nil, nil, models.Refuse(models.NotFound, "unknown_offer", "nobody here made the offer %s", offer)
	}
	if inv.AccountID != guest.ID {
		return nil, nil, models.Refuse(models.Forbidden, "not_invitee", "%s was not the one who was asked", guest.URI)
	}
	c, err := store.Hold[models.Collab](tx, inv.CollabID)
	if err != nil {
		return nil, nil, err
	}
	if inv, err = store.Get[models.Invite](tx, inv.ID); err != nil { // as it is now that c is held
		return nil, nil, err
	}
	from, err := host(tx, c)
	if err == nil && !from.Local() {
		err = models.Refuse(models.Forbidden, "not_ours", "the answer belongs to %s", from.URI)
	}
	return c, inv, err
}

// olderOffer finds the invite that an offer made to guest before was about.
func olderOffer(tx *store.Tx, guest *models.Account, offer models.IRI) (*models.Invite, error) {
	out, err := store.Maybe[models.Outbound](tx, "uri = ? AND verb = ?", offer, models.OfferVerb)
	if err != nil || out == nil {
		return nil, err
	}
	return store.Maybe[models.Invite](tx, "account_id = ? AND collab_id IN (SELECT id FROM collabs WHERE uri = ?)", guest.ID, out.ObjectURI)
}
