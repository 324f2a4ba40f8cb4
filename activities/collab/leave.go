package collab

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Leave takes me's name off what was published, at once and without a reason
// (ensemble/1 §3.4, C12). Nobody has to agree: the stamp is gone.
func Leave(tx *store.Tx, me *models.Account, c *models.Collab) error {
	c, inv, err := asked(tx, me, c)
	if err != nil {
		return err
	}
	if inv.State == models.InviteLeft {
		return nil
	}
	if !inv.Consented() {
		return models.Refuse(models.Conflict, "not_active", "an invitation that is %s cannot be left: decline it", inv.State)
	}
	if !c.Live() {
		return Decline(tx, me, c, false, "")
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if !from.Local() {
		if err := activities.Say(tx, me, &models.Activity{
			Verb: models.Leave, Object: models.Ref(c.URI), To: []models.IRI{from.URI},
		}, activities.To(from)); err != nil {
			return err
		}
	}
	if err := unstamp(tx, c, inv, me, from); err != nil {
		return err
	}
	return left(tx, c, inv, me, "left")
}

// unstamp revokes all that guest, who lives here, agreed to in c, tells the world,
// and takes back their Announce.
func unstamp(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
	given, err := store.Find[models.Stamp](tx, "collab_id = ? AND account_id = ? AND revoked_at IS NULL", c.ID, guest.ID)
	if err != nil {
		return err
	}
	if _, err := store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now}, "collab_id = ? AND account_id = ? AND revoked_at IS NULL", c.ID, guest.ID); err != nil {
		return err
	}
	to := activities.To(from)
	to.Followers = true
	for _, s := range given {
		if !s.Public {
			continue
		}
		if err := activities.Say(tx, guest, &models.Activity{
			Verb: models.Delete, To: []models.IRI{models.Public}, Cc: []models.IRI{from.URI, guest.Followers},
			Object: models.Object{URI: s.URI, Type: "Tombstone", Former: "CollaborationAuthorization", Deleted: tx.Now},
		}, to); err != nil {
			return err
		}
	}
	if err := unherald(tx, c, inv, guest, from); err != nil {
		return err
	}
	return nameOff(tx, c, guest)
}

func unherald(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
	if inv.AnnounceURI == "" || !guest.Local() {
		return nil
	}
	to := activities.To(from)
	to.Followers = true
	inner := models.Activity{URI: inv.AnnounceURI, Verb: models.Announce, Actor: guest.URI, Object: models.Ref(c.PostURI)}
	inv.AnnounceURI = ""
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	return activities.Say(tx, guest, &models.Activity{
		Verb: models.Undo, To: []models.IRI{models.Public}, Cc: []models.IRI{guest.Followers, from.URI},
		Object: models.Object{URI: inner.URI, Type: string(models.Announce), Activity: &inner},
	}, to)
}

// nameOff takes who's name off the post here, without waiting for anybody.
func nameOff(tx *store.Tx, c *models.Collab, who *models.Account) error {
	p, err := store.Maybe[models.Post](tx, "uri = ?", c.PostURI)
	if err != nil || p == nil {
		return err
	}
	a, err := store.Maybe[models.Author](tx, "post_id = ? AND uri = ?", p.ID, who.URI)
	if err != nil || a == nil {
		return err
	}
	a.State, a.Reason, a.AccountID = models.AuthorRevoked, "the consent was taken back", who.ID
	if err := attach(tx, p, a); err != nil {
		return err
	}
	return byline(tx, p)
}

// Left takes in that a guest elsewhere left.
func Left(tx *store.Tx, guest *models.Account, uri models.IRI) error {
	c, inv, err := guestOf(tx, guest, uri)
	if err != nil || inv == nil || inv.Ended() {
		return err
	}
	return left(tx, c, inv, guest, "left")
}

// guestOf returns the collab that uri names, held, and guest's part in it; both are
// nil if there is none.
func guestOf(tx *store.Tx, guest *models.Account, uri models.IRI) (*models.Collab, *models.Invite, error) {
	known, err := store.Maybe[models.Collab](tx, "uri = ?", uri)
	if err != nil || known == nil {
		return nil, nil, err
	}
	c, err := store.Hold[models.Collab](tx, known.ID)
	if err != nil {
		return nil, nil, err
	}
	inv, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, guest.ID)
	return c, inv, err
}

// left is the end of somebody's authorship, wherever they live.
func left(tx *store.Tx, c *models.Collab, inv *models.Invite, guest *models.Account, code string) error {
	if !inv.Consented() {
		return declined(tx, c, inv, guest, code, "")
	}
	if !c.Live() { // they had agreed, and it was not out yet
		return declined(tx, c, inv, guest, "declined", "")
	}
	to := models.InviteLeft
	if code != "left" {
		to = models.InviteDetached
	}
	if err := end(tx, c, inv, guest, to, code, ""); err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if !from.Local() {
		return touch(tx, c)
	}
	if err := nameOff(tx, c, guest); err != nil {
		return err
	}
	if err := tellEnded(tx, c, from, guest, guest.Name()+" left your post on "+tx.Now.Format("2 January 2006")+"."); err != nil {
		return err
	}
	return settle(tx, c, from)
}

// Remove takes who's name off the post. They are told by whom and when; to name
// them again needs a new consent (ensemble/1 §3.4, C13).
func Remove(tx *store.Tx, me *models.Account, c *models.Collab, who *models.Account) error {
	c, err := own(tx, me, c)
	if err != nil {
		return err
	}
	inv, err := store.One[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, who.ID)
	if err != nil || inv.State == models.InviteRemoved {
		return err
	}
	return remove(tx, me, c, inv, who, "removed")
}

func remove(tx *store.Tx, me *models.Account, c *models.Collab, inv *models.Invite, who *models.Account, code string) error {
	if inv.Ended() {
		return models.Refuse(models.Conflict, "not_active", "%s is not part of it any more", who.Name())
	}
	sentence := me.Name() + " took your name off the post on " + tx.Now.Format("2 January 2006") + "."
	to := models.InviteRemoved
	if !inv.Consented() {
		to = models.InviteWithdrawn
		sentence = me.Name() + " withdrew the invitation."
	}
	open := inv.Open()
	if err := end(tx, c, inv, me, to, code, sentence); err != nil {
		return err
	}
	if err := bid(tx, me, c, inv, who, open, sentence); err != nil {
		return err
	}
	if c.Live() {
		if err := nameOff(tx, c, who); err != nil {
			return err
		}
	}
	return settle(tx, c, me)
}

// bid tells who, or their server, that they are out.
func bid(tx *store.Tx, me *models.Account, c *models.Collab, inv *models.Invite, who *models.Account, open bool, sentence string) error {
	if who.Local() {
		if err := unstamp(tx, c, inv, who, me); err != nil {
			return err
		}
		return tellEnded(tx, c, who, me, sentence)
	}
	if open {
		return takeBack(tx, c, me, inv)
	}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Remove, Object: models.Ref(who.URI), To: []models.IRI{who.URI},
		Target: models.Object{URI: c.URI + "/collaborators", Type: "Collection", Owner: me.URI},
	}, activities.To(who))
}

// Removed takes in that the initiator took the name of guest, who lives here, off.
func Removed(tx *store.Tx, from *models.Account, uri models.IRI, guest *models.Account) error {
	c, inv, err := guestOf(tx, guest, uri)
	if err != nil || inv == nil || inv.Ended() {
		return err
	}
	if c.InitiatorID != from.ID {
		return models.Refuse(models.Forbidden, "not_initiator", "only the initiator removes")
	}
	sentence := from.Name() + " took your name off the post on " + tx.Now.Format("2 January 2006") + "."
	if err := end(tx, c, inv, from, models.InviteRemoved, "removed", sentence); err != nil {
		return err
	}
	if err := unstamp(tx, c, inv, guest, from); err != nil {
		return err
	}
	return tellEnded(tx, c, guest, from, sentence)
}

// dropped notes that the initiator's server published the post without the name of
// somebody here who had agreed.
func dropped(tx *store.Tx, p *models.Post, n *models.Note) error {
	known, err := store.Maybe[models.Collab](tx, "uri = ?", n.Collab)
	if err != nil || known == nil || known.InitiatorID != p.AccountID || known.PostID == 0 {
		return err
	}
	all, err := store.Find[models.Invite](tx, "collab_id = ? AND state IN ?", known.ID, []models.InviteState{models.InviteActive, models.InviteReapproval})
	if err != nil {
		return err
	}
	for _, inv := range all {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if moved, err := followedBy(tx, n, who); err != nil {
			return err
		} else if moved {
			if err := end(tx, known, inv, who, models.InviteDetached, "moved", "Your new account took its place."); err != nil {
				return err
			}
			continue
		}
		if who.Local() && !claims(n, who.URI) {
			from, err := host(tx, known)
			if err != nil {
				return err
			}
			if err := Removed(tx, from, known.URI, who); err != nil {
				return err
			}
		}
	}
	return nil
}

func claims(n *models.Note, uri models.IRI) bool {
	for _, c := range n.Claims {
		if c.Account == uri {
			return true
		}
	}
	return false
}

// Delete takes the post down, for good, for everybody (ensemble/1 §3.4, C14).
func Delete(tx *store.Tx, me *models.Account, p *models.Post) error {
	if err := dropClaimsAbout(tx, me, p.URI); err != nil {
		return err
	}
	if p.Collab == "" {
		return post.Delete(tx, me, p)
	}
	known, err := store.Maybe[models.Collab](tx, "post_uri = ? AND post_id <> 0", p.URI)
	if err != nil || known == nil {
		if err == nil {
			err = post.Delete(tx, me, p)
		}
		return err
	}
	c, err := own(tx, me, known)
	if err != nil {
		return err
	}
	coauthors, err := post.Coauthors(tx, p)
	if err != nil {
		return err
	}
	if err := post.Delete(tx, me, p, coauthors...); err != nil {
		return err
	}
	return deleted(tx, c, me, me.Name()+" deleted the post.")
}

// Deleted takes in that the initiator's server took the post down.
func Deleted(tx *store.Tx, from *models.Account, uri models.IRI) error {
	if err := dropClaimsAbout(tx, from, uri); err != nil {
		return err
	}
	known, err := store.Maybe[models.Collab](tx, "post_uri = ? AND initiator_id = ?", uri, from.ID)
	if err != nil || known == nil {
		return err
	}
	c, err := store.Hold[models.Collab](tx, known.ID)
	if err != nil || !c.Live() {
		return err
	}
	return deleted(tx, c, from, from.Name()+" deleted the post.")
}

// deleted ends everybody's authorship. What was agreed to stays in the trail, and
// in each author's export.
func deleted(tx *store.Tx, c *models.Collab, from *models.Account, sentence string) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		who, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		active := inv.Consented()
		if !inv.Ended() {
			to := models.InviteCancelled
			if inv.State == models.InviteActive || inv.State == models.InviteReapproval {
				to = models.InviteDetached
			}
			open := inv.Open()
			if err := end(tx, c, inv, from, to, "deleted", sentence); err != nil {
				return err
			}
			if open && from.Local() {
				if err := takeBack(tx, c, from, inv); err != nil {
					return err
				}
			}
		}
		if who.Local() && active {
			if err := unherald(tx, c, inv, who, from); err != nil {
				return err
			}
			if err := tellEnded(tx, c, who, from, sentence); err != nil {
				return err
			}
		}
	}
	if _, err := store.Set[models.Stamp](tx, map[string]any{"revoked_at": tx.Now}, "collab_id = ? AND revoked_at IS NULL", c.ID); err != nil {
		return err
	}
	if err := c.Move(models.CollabDeleted); err != nil {
		return err
	}
	c.Outcome, c.Text, c.OutcomeAt, c.ExpiresAt, c.RemindAt, c.ReduceAt = "deleted", sentence, &tx.Now, nil, nil, nil
	if err := store.Put(tx, &models.Tombstone{URI: c.URI, FormerType: "Collaboration", DeletedAt: tx.Now}); err != nil {
		return err
	}
	if err := record(tx, c, from.URI, "deleted", models.Event{}); err != nil {
		return err
	}
	return touch(tx, c)
}

func notifyWarning(tx *store.Tx, p *models.Post, who *models.Account) error {
	from, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	return activities.Notify(tx, models.Notification{
		AccountID: who.ID, FromID: from.ID, Type: models.NoteCollabWarning, PostID: p.ID,
		Text: from.Name() + " names you as an author of a post without your consent. Your name is not shown here.",
	})
}
