package collab

import (
	"time"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

// Due is the task that looks at a collab when its time has come: a reminder, the
// end of an invitation, or of the wait for somebody to restamp.
type Due struct {
	ID models.ID `json:"id,string"`
}

// Kind names the task in the queue.
func (Due) Kind() string { return "collab" }

// Offer asks people to stand under a post of me's (ensemble/1 §3.4, C1). Nothing is
// public until settle says so.
func Offer(tx *store.Tx, me *models.Account, p Proposal) (*models.Collab, error) {
	if err := p.allowed(tx, me); err != nil {
		return nil, err
	}
	c, err := begin(tx, me, p)
	if err != nil {
		return nil, err
	}
	if len(p.Invitees) == 0 {
		return c, touch(tx, c)
	}
	if err := ask(tx, me, c, p.Expires); err != nil {
		return nil, err
	}
	return c, settle(tx, c, me)
}

// allowed fills in what p leaves open, and refuses what me may not offer.
func (p *Proposal) allowed(tx *store.Tx, me *models.Account) error {
	p.defaults()
	if err := rollout.MayStart(tx, me); err != nil {
		return err
	}
	if err := p.check(tx, me); err != nil {
		return err
	}
	return checkInvitees(tx, me, 0, p.Invitees)
}

// begin keeps a collab that is me's alone as yet.
func begin(tx *store.Tx, me *models.Account, p Proposal) (*models.Collab, error) {
	id := models.NewID(tx.Now)
	c := &models.Collab{
		ID: id, URI: activities.NewURI(me, "collaborations", id), PostURI: post.NoteURI(me, models.NewID(tx.Now)),
		InitiatorID: me.ID, State: models.CollabDraft, Quorum: p.Quorum, OnDecline: p.OnDecline,
		Moderation: p.Moderation, AllowCopy: p.AllowCopy, PublishAt: p.PublishAt, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	n, err := post.Compose(tx, me, p.Draft, c.PostURI)
	if err != nil {
		return nil, err
	}
	if err := store.Put(tx, c); err != nil {
		return nil, err
	}
	if err := addInvitees(tx, c, p.Invitees); err != nil {
		return nil, err
	}
	if err := hide(tx, c, n); err != nil {
		return nil, err
	}
	if n, err = withEverybody(tx, c, n); err != nil {
		return nil, err
	}
	if _, err := keepRevision(tx, c, n, p.Draft.Text, 0); err != nil {
		return nil, err
	}
	return c, record(tx, c, me.URI, "created", models.Event{})
}

func addInvitees(tx *store.Tx, c *models.Collab, people []Invitee) error {
	at, err := store.Count[models.Invite](tx, "collab_id = ?", c.ID)
	if err != nil {
		return err
	}
	for i, p := range people {
		inv := &models.Invite{
			ID: models.NewID(tx.Now), CollabID: c.ID, AccountID: p.Account.ID, Position: at + i,
			Role: p.Role, Label: p.Label, State: models.InviteDraft, CreatedAt: tx.Now,
		}
		if err := store.Put(tx, inv); err != nil {
			return err
		}
	}
	return nil
}

// withEverybody returns n under the names of all who are asked and not out of it.
func withEverybody(tx *store.Tx, c *models.Collab, n *models.Note) (*models.Note, error) {
	all, err := invites(tx, c)
	if err != nil {
		return nil, err
	}
	var names []name
	for _, inv := range all {
		if inv.Ended() || waits(inv) {
			continue
		}
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return nil, err
		}
		names = append(names, name{account: who, role: inv.Role, label: inv.Label})
	}
	return named(tx, n, c, names)
}

// ask sends the newest revision to everybody in it.
func ask(tx *store.Tx, me *models.Account, c *models.Collab, open time.Duration) error {
	if c.State == models.CollabDraft {
		if err := c.Move(models.CollabOffered); err != nil {
			return err
		}
	}
	if err := keepTime(tx, c, beyond(tx, c, tx.Now.Add(open))); err != nil {
		return err
	}
	rev, err := Revision(tx, c, c.Revision)
	if err != nil {
		return err
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if inv.Ended() || waits(inv) {
			continue
		}
		if err := send(tx, me, c, rev, inv); err != nil {
			return err
		}
	}
	return touch(tx, c)
}

// keepTime notes when the open invitations end, and when to remind and to publish.
func keepTime(tx *store.Tx, c *models.Collab, end time.Time) error {
	remind := tx.Now.Add(time.Duration(float64(end.Sub(tx.Now)) * models.ReminderAt))
	c.ExpiresAt, c.RemindAt = &end, &remind
	if err := store.EnqueueAt(tx, Due{c.ID}, remind); err != nil {
		return err
	}
	if c.PublishAt != nil {
		if err := store.EnqueueAt(tx, Due{c.ID}, *c.PublishAt); err != nil {
			return err
		}
	}
	return store.EnqueueAt(tx, Due{c.ID}, end)
}

// send offers a revision to one invitee: over the wire, or, if they live here, at
// once.
func send(tx *store.Tx, me *models.Account, c *models.Collab, rev *models.Revision, inv *models.Invite) error {
	guest, err := store.Get[models.Account](tx, inv.AccountID)
	if err != nil {
		return err
	}
	switch inv.State {
	case models.InviteDraft, models.InviteAccepted:
		if rev.Text == rev.Number || inv.State == models.InviteDraft { // else only names changed: the yes stands
			err = inv.Move(models.InviteSent)
		}
	case models.InviteActive:
		if rev.Text == rev.Number {
			err = inv.Move(models.InviteReapproval)
		}
	}
	if err != nil {
		return err
	}
	inv.Revision, inv.SentAt = rev.Number, &tx.Now
	if err := record(tx, c, me.URI, "invited", models.Event{Reason: string(guest.URI), Revision: rev.Number, Digest: rev.Digest}); err != nil {
		return err
	}
	if !guest.Local() {
		return offer(tx, me, c, rev, inv, guest)
	}
	inv.OfferURI = activities.NewURI(me, "activities", models.NewID(tx.Now))
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	return arrive(tx, c, rev, inv, guest, me)
}

// Collaboration returns c as it travels, with the given revision of its work.
func collaboration(c *models.Collab, rev *models.Revision, me *models.Account) *models.Collaboration {
	out := &models.Collaboration{
		URI: c.URI, Initiator: me.URI, Revision: rev.Number, Quorum: c.Quorum, OnDecline: c.OnDecline,
		Moderation: c.Moderation, AllowCopy: c.AllowCopy, Status: c.State, Digest: rev.Digest, Work: rev.Note,
	}
	if c.ExpiresAt != nil {
		out.Expires = *c.ExpiresAt
	}
	if c.PublishAt != nil {
		out.Starts = *c.PublishAt
	}
	if rev.Note != nil {
		for _, cl := range rev.Note.Claims {
			out.Invited = append(out.Invited, models.Claim{Account: cl.Account, Role: cl.Role, Label: cl.Label})
		}
	}
	return out
}

// Document returns c as its people's servers may read it (ensemble/1 §3.1).
func Document(tx *store.Tx, c *models.Collab) (*models.Collaboration, error) {
	me, err := host(tx, c)
	if err != nil {
		return nil, err
	}
	rev, err := Revision(tx, c, c.Revision)
	if err != nil {
		return nil, err
	}
	return collaboration(c, rev, me), nil
}

// arrive is an offer that reached guest, who lives here. What they agreed to
// beforehand is agreed to at once.
func arrive(tx *store.Tx, c *models.Collab, rev *models.Revision, inv *models.Invite, guest, from *models.Account) error {
	if inv.State == models.InviteSent {
		if err := inv.Move(models.InviteDelivered); err != nil {
			return err
		}
		inv.DeliveredAt = &tx.Now
		if err := store.Put(tx, inv); err != nil {
			return err
		}
	}
	agreed, covers, err := agreedBefore(tx, c, rev, guest)
	if err != nil {
		return err
	}
	if agreed || inv.Replaces != "" && inv.Stamp == "" { // what they agreed to under their old account
		return consent(tx, c, inv, guest, rev, covers)
	}
	return activities.Notify(tx, models.Notification{
		AccountID: guest.ID, FromID: from.ID, Type: models.NoteCollabInvite, CollabID: c.ID, Text: invitation(from, rev, inv),
	})
}

func invitation(from *models.Account, rev *models.Revision, inv *models.Invite) string {
	if inv.Label == models.CreditSponsor && !inv.Consented() {
		return from.Name() + " asks you to confirm that a post is a paid partnership with you."
	}
	if rev.Number > 1 {
		return from.Name() + " asks you to agree to a new version of your post."
	}
	return from.Name() + " asks you to publish a post together."
}

// agreedBefore reports whether guest has said yes to rev already: with a stamp that
// covers edits, or to the same work under the same names or more.
func agreedBefore(tx *store.Tx, c *models.Collab, rev *models.Revision, guest *models.Account) (agreed, covers bool, err error) {
	stamps, err := store.Find[models.Stamp](tx, "collab_id = ? AND account_id = ? AND revoked_at IS NULL ORDER BY id DESC", c.ID, guest.ID)
	if err != nil {
		return false, false, err
	}
	for _, s := range stamps {
		if s.CoversEdits {
			return true, true, nil
		}
		old, err := store.Maybe[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, s.Revision)
		if err != nil {
			return false, false, err
		}
		if old == nil || old.Note == nil || rev.Note == nil {
			continue
		}
		if same, err := sameWork(tx, c, old.Note, rev.Note); err != nil || same {
			return same, false, err
		}
	}
	agreed, err = claimed(tx, c, rev, guest)
	return agreed, false, err
}
