package collab

import (
	"time"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// FetchDraft is the task that gets the pictures of a draft that somebody here is
// invited to.
type FetchDraft struct {
	Collab models.ID `json:"collab,string"`
}

// Kind names the task in the queue.
func (FetchDraft) Kind() string { return "draft" }

// Offered takes in an offer that a peer made to guest, who lives here (ensemble/1
// §7, "B on receiving Offer"). A forged or broken one changes nothing; one that
// guest does not want is refused with a reason, and guest is not bothered.
func Offered(tx *store.Tx, from *models.Account, offer models.IRI, guest *models.Account, o *models.Collaboration, ends time.Time) error {
	if err := genuine(tx, from, offer, guest, o, ends); err != nil {
		return err
	}
	known, err := store.Maybe[models.Collab](tx, "uri = ?", o.URI)
	if err != nil {
		return err
	}
	if known == nil {
		return invited(tx, from, offer, guest, o, ends)
	}
	c, err := store.Hold[models.Collab](tx, known.ID)
	if err != nil {
		return err
	}
	if c.InitiatorID == from.ID {
		if err := wished(tx, c, guest, o); err != nil {
			return err
		}
	}
	if c.InitiatorID != from.ID || c.PostURI != o.Work.URI || c.Over() {
		return models.Refuse(models.Conflict, "not_that_collab", "the collab %s is not as it was", o.URI)
	}
	return invitedAgain(tx, c, from, offer, guest, o, ends)
}

// genuine says what is wrong with an offer (forged cases 20 and 21).
func genuine(tx *store.Tx, from *models.Account, offer models.IRI, guest *models.Account, o *models.Collaboration, ends time.Time) error {
	wrong := func(code, why string) error { return models.Refuse(models.Invalid, code, "this is no offer: %s", why) }
	switch w := o.Work; {
	case !guest.Local() || !guest.Active() || guest.System:
		return wrong("not_here", "the invited does not live here")
	case w == nil:
		return wrong("no_work", "there is no work in it")
	case o.Initiator != from.URI || w.Author != from.URI:
		return wrong("not_owner", "it is about somebody else's work")
	case !offer.SameOrigin(from.URI) || !o.URI.SameOrigin(from.URI) || !w.URI.SameOrigin(from.URI):
		return wrong("foreign", "the work is on another server")
	case o.Revision < 1:
		return wrong("no_revision", "it has no revision")
	case w.InReplyTo != "" || !models.VisibilityOf(w.To, w.Cc, from.Followers).Open():
		return wrong("not_public", "the work would be a reply, or not public")
	case !o.Quorum.Valid() || !o.OnDecline.Valid():
		return wrong("bad_terms", "its terms make no sense")
	case badEnd(tx, o.Expires) || badEnd(tx, ends):
		return wrong("bad_expiry", "its end is past, or too far away")
	}
	for _, a := range o.Work.Attachments {
		if a.URL.SameOrigin(from.URI) || tx.Site.Owns(a.URL) {
			continue
		}
		// What is public already may be served from anywhere.
		if public, err := store.Any[models.Collab](tx, "uri = ? AND post_id <> 0", o.URI); err != nil || !public {
			return wrong("foreign_media", "its pictures are on another server")
		}
	}
	return sameInvited(guest, o, wrong)
}

// badEnd reports whether an offer that ends then is past, or stands too long.
func badEnd(tx *store.Tx, end time.Time) bool {
	return !end.IsZero() && (!end.After(tx.Now) || end.Sub(tx.Now) > models.MaxOffer+time.Hour)
}

func sameInvited(guest *models.Account, o *models.Collaboration, wrong func(code, why string) error) error {
	asked := map[models.IRI]models.Claim{}
	for _, i := range o.Invited {
		asked[i.Account] = i
	}
	if _, ok := asked[guest.URI]; !ok || len(o.Invited) > models.MaxCoauthors {
		return wrong("not_invited", "the invited is not in it, or too many are")
	}
	if len(o.Work.Claims) != len(o.Invited) {
		return wrong("extra_names", "the work names others than are invited")
	}
	for _, cl := range o.Work.Claims {
		if in, ok := asked[cl.Account]; !ok || in.Role != cl.Role || in.Label != cl.Label || !cl.Role.Valid() || !cl.Label.Valid() {
			return wrong("extra_names", "the work names others than are invited")
		}
	}
	d, err := Digest(o.Work)
	if err != nil {
		return err
	}
	if d != o.Digest {
		return wrong("bad_digest", "its digest is of another text")
	}
	return nil
}

// invited is the first offer of a work.
func invited(tx *store.Tx, from *models.Account, offer models.IRI, guest *models.Account, o *models.Collaboration, ends time.Time) error {
	if gone, err := store.Any[models.Tombstone](tx, "uri = ?", o.URI); err != nil || gone {
		return err // an offer that comes after its end
	}
	claim, err := claimOf(tx, guest, from, o.Work)
	if err != nil {
		return err
	}
	ability, code, why, err := canName(tx, from, Invitee{Account: guest, Claimed: claim != nil})
	if err != nil {
		return err
	}
	was, err := inherits(tx, guest, o)
	if err != nil {
		return err
	}
	if was != nil && code != "blocked" && code != "server_blocked" {
		return receive(tx, begun(tx, from, o), from, offer, guest, o, ends)
	}
	if from.Locked {
		ability, code, why = AbilityCannot, "initiator_locked", "Only public accounts start a post together."
	}
	if ability != AbilityFull {
		return refuse(tx, guest, from, offer, code, why)
	}
	if many, err := tooMany(tx, from, guest); err != nil || many && claim == nil {
		if err == nil {
			err = models.Refuse(models.TooMany, "too_many_offers", "%s has too many open invitations from %s", guest.URI, from.URI.Host())
		}
		return err
	}
	return receive(tx, begun(tx, from, o), from, offer, guest, o, ends)
}

// begun returns the copy of a collab that is kept here.
func begun(tx *store.Tx, from *models.Account, o *models.Collaboration) *models.Collab {
	c := &models.Collab{
		ID: models.NewID(tx.Now), URI: o.URI, PostURI: o.Work.URI, InitiatorID: from.ID, State: models.CollabOffered,
		Quorum: o.Quorum, OnDecline: o.OnDecline, Moderation: o.Moderation, AllowCopy: o.AllowCopy,
		Revision: o.Revision, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if c.Moderation == "" {
		c.Moderation = models.ModerateInitiator
	}
	if !o.Starts.IsZero() { // their server keeps to it; ours shows it
		c.PublishAt = &o.Starts
	}
	return c
}

// tooMany drops floods: an account here holds so many open invitations from one
// server at most.
func tooMany(tx *store.Tx, from, guest *models.Account) (bool, error) {
	if _, err := store.Hold[models.Account](tx, guest.ID); err != nil { // one offer at a time is counted
		return false, err
	}
	n, err := store.Count[models.Invite](tx, `account_id = ? AND state IN ? AND created_at > ? AND collab_id IN
		(SELECT id FROM collabs WHERE initiator_id IN (SELECT id FROM accounts WHERE uri LIKE ?))`,
		guest.ID, []models.InviteState{models.InviteSent, models.InviteDelivered, models.InviteSeen}, tx.Now.Add(-24*time.Hour), from.URI.Origin()+"/%")
	return n >= maxOpenOffers, err
}

// invitedAgain is a further offer of a work that is known here: for somebody else
// who lives here, or of a new version.
func invitedAgain(tx *store.Tx, c *models.Collab, from *models.Account, offer models.IRI, guest *models.Account, o *models.Collaboration, ends time.Time) error {
	inv, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, guest.ID)
	if err != nil {
		return err
	}
	if inv != nil && inv.Ended() {
		return refuse(tx, guest, from, offer, inv.ReasonCode, "This invitation was answered before.")
	}
	if inv != nil && o.Revision < inv.Revision {
		return models.Refuse(models.Conflict, "old_revision", "a newer version was offered already")
	}
	if shut, err := activities.Blocked(tx, from.ID, guest.ID); err != nil || shut {
		return err
	}
	if inv != nil && inv.Revision == o.Revision && o.Former == nil && (inv.Open() || inv.State == models.InviteReapproval) {
		return remindedFrom(tx, c, inv, guest, from, offer, o)
	}
	c.Revision = max(c.Revision, o.Revision)
	return receive(tx, c, from, offer, guest, o, ends)
}

// receive keeps what was offered to guest, and asks them, or answers for them what
// they answered before.
func receive(tx *store.Tx, c *models.Collab, from *models.Account, offer models.IRI, guest *models.Account, o *models.Collaboration, ends time.Time) error {
	if err := store.Put(tx, c); err != nil {
		return err
	}
	rev, err := keepOffered(tx, c, from, guest, o)
	if err != nil {
		return err
	}
	inv, err := everybody(tx, c, guest, o)
	if err != nil {
		return err
	}
	if was, err := inherits(tx, guest, o); err != nil {
		return err
	} else if was != nil && inv.Stamp == "" {
		inv.FormerID, inv.Replaces = was.ID, o.Former.URI
	}
	again := inv.Revision == rev.Number && !inv.Open() && inv.State != models.InviteDraft
	inv.OfferURI, inv.Revision, inv.SentAt = offer, rev.Number, &tx.Now
	if inv.State == models.InviteDraft {
		if err := inv.Move(models.InviteSent); err != nil {
			return err
		}
	}
	agreed, _, err := agreedBefore(tx, c, rev, guest)
	if err != nil {
		return err
	}
	if !agreed && !again { // a version they have not agreed to
		if err := askAnew(tx, c, inv, rev); err != nil {
			return err
		}
	}
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	if err := record(tx, c, from.URI, "invited", models.Event{Reason: string(guest.URI), Revision: rev.Number, Digest: rev.Digest}); err != nil {
		return err
	}
	if err := keepTime(tx, c, endOf(tx, o.Expires, ends)); err != nil {
		return err
	}
	if err := touch(tx, c); err != nil {
		return err
	}
	// Asked again, guest is told of the newest alone: a flood of offers is one notice.
	if _, err := store.Delete[models.Notification](tx, "account_id = ? AND collab_id = ? AND type = ?", guest.ID, c.ID, models.NoteCollabInvite); err != nil {
		return err
	}
	return arrive(tx, c, rev, inv, guest, from)
}

// endOf is when an invitation ends by our clock: the earlier of what it says, 90 days
// at the most, and 14 where it says nothing.
func endOf(tx *store.Tx, said ...time.Time) time.Time {
	end := tx.Now.Add(models.MaxOffer)
	silent := true
	for _, at := range said {
		if at.IsZero() {
			continue
		}
		silent = false
		if at.Before(end) {
			end = at
		}
	}
	if silent {
		return tx.Now.Add(models.DefaultOffer)
	}
	return end
}

func askAnew(tx *store.Tx, c *models.Collab, inv *models.Invite, rev *models.Revision) error {
	switch inv.State {
	case models.InviteAccepted:
		return inv.Move(models.InviteSent)
	case models.InviteActive:
		if err := inv.Move(models.InviteReapproval); err != nil {
			return err
		}
	}
	if c.State == models.CollabPublished && rev.Text == rev.Number {
		return c.Move(models.CollabRevising)
	}
	return nil
}

// keepOffered keeps a version as it was offered, with its words as they came: they
// are what the digest is of. They are made safe when they are shown.
func keepOffered(tx *store.Tx, c *models.Collab, from, guest *models.Account, o *models.Collaboration) (*models.Revision, error) {
	old, err := store.Maybe[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, o.Revision)
	if err != nil {
		return nil, err
	}
	if old != nil && old.Digest == o.Digest {
		return old, nil
	}
	if old != nil {
		return nil, models.Refuse(models.Conflict, "same_revision", "revision %d was offered with another text", o.Revision)
	}
	r := &models.Revision{
		ID: models.NewID(tx.Now), CollabID: c.ID, Number: o.Revision, Note: o.Work, Digest: o.Digest, Text: o.Revision, CreatedAt: tx.Now,
	}
	earlier, err := store.Find[models.Revision](tx, "collab_id = ? AND number < ? ORDER BY number DESC", c.ID, o.Revision)
	if err != nil {
		return nil, err
	}
	for _, e := range earlier {
		if e.Note == nil {
			continue
		}
		if same, err := sameWork(tx, c, e.Note, r.Note); err != nil {
			return nil, err
		} else if same {
			r.Text = e.Text
			break
		}
	}
	if err := store.Put(tx, r); err != nil {
		return nil, err
	}
	return r, pictures(tx, c, guest, r)
}

// pictures notes which of the work's files are still to be fetched.
func pictures(tx *store.Tx, c *models.Collab, guest *models.Account, r *models.Revision) error {
	missing := false
	for i, a := range r.Note.Attachments {
		have, err := store.Any[models.Media](tx, "collab_id = ? AND digest = ?", c.ID, a.Digest)
		if err != nil {
			return err
		}
		if have {
			continue
		}
		missing = true
		if err := store.Put(tx, &models.Media{
			ID: models.NewID(tx.Now), AccountID: guest.ID, CollabID: c.ID, Position: i, Kind: a.Kind, ContentType: a.MediaType,
			RemoteURL: a.URL, Alt: text.Line(a.Alt, 6000), Digest: a.Digest, State: models.MediaWaiting, CreatedAt: tx.Now,
		}); err != nil {
			return err
		}
	}
	if !missing {
		return nil
	}
	return store.Wake(tx, FetchDraft{c.ID})
}

// everybody keeps who is invited beside guest, as far as they are known here, and
// returns guest's own part.
func everybody(tx *store.Tx, c *models.Collab, guest *models.Account, o *models.Collaboration) (mine *models.Invite, err error) {
	for i, cl := range o.Invited {
		who, err := store.Maybe[models.Account](tx, "uri = ?", cl.Account)
		if err != nil {
			return nil, err
		}
		if who == nil {
			continue
		}
		inv, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, who.ID)
		if err != nil {
			return nil, err
		}
		if inv == nil {
			inv = &models.Invite{
				ID: models.NewID(tx.Now), CollabID: c.ID, AccountID: who.ID, Position: i, Role: cl.Role, Label: cl.Label,
				State: models.InviteDraft, CreatedAt: tx.Now,
			}
			if err := store.Put(tx, inv); err != nil {
				return nil, err
			}
		}
		if who.ID == guest.ID {
			mine = inv
		}
	}
	if mine == nil {
		return nil, models.Refuse(models.Invalid, "not_invited", "the invited is not in the offer")
	}
	return mine, nil
}

// Fetched notes that a picture of a draft is here, or that it never will be.
func Fetched(tx *store.Tx, m *models.Media) error {
	return store.Put(tx, m)
}
