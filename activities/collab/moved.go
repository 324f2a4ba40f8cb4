package collab

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Moved takes in that a co-author has a new account, which says so too. Their old
// stamp stays valid; for what was started here, the new account is asked to give
// one of its own, and takes the old one's place in the byline once it did. Its
// server need not ask anybody: the work is the one that was agreed to.
func Moved(tx *store.Tx, old, to *models.Account) error {
	return standingParts(tx, func(c *models.Collab, inv *models.Invite, _, from *models.Account) error {
		if !from.Local() || !c.Live() || !inv.Consented() || inv.Stamp == "" {
			return nil
		}
		return askSuccessor(tx, c, inv, old, to, from)
	}, "account_id = ? ORDER BY id", old.ID)
}

func askSuccessor(tx *store.Tx, c *models.Collab, inv *models.Invite, old, to, from *models.Account) error {
	if to.ID == from.ID || to.Collaborates == models.CollabUnknown {
		return nil // a server that knows no stamps: the old name stays
	}
	if there, err := store.Any[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, to.ID); err != nil || there {
		return err
	}
	if shut, err := activities.Blocked(tx, from.ID, to.ID); err != nil || shut {
		return err
	}
	next := &models.Invite{
		ID: models.NewID(tx.Now), CollabID: c.ID, AccountID: to.ID, Position: inv.Position, Role: inv.Role, Label: inv.Label,
		State: models.InviteDraft, FormerID: old.ID, Replaces: inv.Stamp, CreatedAt: tx.Now,
	}
	rev, err := under(tx, c, inv, to)
	if err != nil || rev == nil {
		return err
	}
	if err := store.Put(tx, next); err != nil {
		return err
	}
	if err := record(tx, c, old.URI, "moved", models.Event{Revision: rev.Number, Digest: rev.Digest, Reason: string(to.URI)}); err != nil {
		return err
	}
	if err := touch(tx, c); err != nil {
		return err
	}
	if err := send(tx, from, c, rev, next); err != nil || !to.Local() {
		return err
	}
	if next, err = store.Get[models.Invite](tx, next.ID); err != nil || !next.Consented() {
		return err
	}
	return succeeded(tx, c, next, to, from)
}

// under returns a version of what is public that differs in one name: to's, in the
// place of inv's.
func under(tx *store.Tx, c *models.Collab, inv *models.Invite, to *models.Account) (*models.Revision, error) {
	public, err := Revision(tx, c, c.Published)
	if err != nil || public.Note == nil {
		return nil, err
	}
	all, err := invites(tx, c)
	if err != nil {
		return nil, err
	}
	var names []name
	for _, i := range all {
		if !i.Consented() {
			continue
		}
		who, err := store.Get[models.Account](tx, i.AccountID)
		if err != nil {
			return nil, err
		}
		if i.ID == inv.ID {
			who = to
		}
		names = append(names, name{account: who, role: i.Role, label: i.Label})
	}
	n, err := named(tx, public.Note, c, names)
	if err != nil {
		return nil, err
	}
	return keepRevision(tx, c, n, public.Source, public.Text)
}

// succeeded lets guest, who agreed, take the place of the account it was. It asks
// the others for stamps under the new name, and publishes.
func succeeded(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
	former, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, inv.FormerID)
	if err != nil {
		return err
	}
	if former != nil && !former.Ended() {
		if err := end(tx, c, former, guest, models.InviteDetached, "moved", guest.Handle(tx.Site)+" is the account they have now."); err != nil {
			return err
		}
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	var yes []*models.Invite
	for _, i := range all {
		if i.Consented() {
			yes = append(yes, i)
		}
	}
	rev, err := Revision(tx, c, inv.Revision)
	if err != nil {
		return err
	}
	if sameNames(tx, rev.Note, yes) {
		if err := restamp(tx, c, from, rev, yes); err != nil {
			return err
		}
	}
	return settle(tx, c, from)
}

// waits reports whether inv takes somebody's place who is still there.
func waits(inv *models.Invite) bool { return inv.FormerID != 0 && !inv.Consented() }

// formers says in an offer whose place is taken by whom, and where their stamps are.
func formers(tx *store.Tx, c *models.Collab, o *models.Collaboration) error {
	all, err := store.Find[models.Invite](tx, "collab_id = ? AND former_id <> 0", c.ID)
	if err != nil {
		return err
	}
	for _, inv := range all {
		to, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		old, err := store.Get[models.Account](tx, inv.FormerID)
		if err != nil {
			return err
		}
		for i := range o.Invited {
			if o.Invited[i].Account == to.URI {
				o.Invited[i].Former, o.Invited[i].Authorization = old.URI, inv.Replaces
			}
		}
	}
	return nil
}

// inherits returns the account that guest was when it agreed to the work that o
// offers, nil if it cannot be seen that it did: the stamp must hold for the work
// under the old name, and both accounts must say that they are one.
func inherits(tx *store.Tx, guest *models.Account, o *models.Collaboration) (*models.Account, error) {
	if o.Former == nil || o.Work == nil {
		return nil, nil
	}
	old, err := store.Maybe[models.Account](tx, "uri = ?", o.Former.Account)
	if err != nil || old == nil || !isNow(old, guest) {
		return nil, err
	}
	var mine models.Claim
	var names []name
	for _, cl := range o.Work.Claims {
		uri := cl.Account
		if uri == guest.URI {
			uri, mine = old.URI, cl
		}
		who, err := store.Maybe[models.Account](tx, "uri = ?", uri)
		if err != nil || who == nil {
			return nil, err
		}
		names = append(names, name{account: who, role: cl.Role, label: cl.Label})
	}
	was, err := named(tx, o.Work, &models.Collab{URI: o.URI}, names)
	if err != nil {
		return nil, err
	}
	claim := models.Claim{Account: old.URI, Role: mine.Role, Label: mine.Label, Authorization: o.Former.URI}
	if o.Former.Holds(was, claim, was.Digest, tx.Now) != nil {
		return nil, nil
	}
	return old, nil
}

// isNow reports whether old and to say that they are one, and to is where they live.
func isNow(old, to *models.Account) bool {
	return old.MovedTo == to.URI && to.Active() && to.Names(old.URI)
}

// stoodAs returns how a name stood before, under itself or, if it moved since, under
// the account that it was, and whether it did.
func stoodAs(tx *store.Tx, had map[models.IRI]models.Claim, who *models.Account) (models.Claim, bool, error) {
	if cl, ok := had[who.URI]; ok {
		return cl, true, nil
	}
	for uri, cl := range had {
		old, err := store.Maybe[models.Account](tx, "uri = ?", uri)
		if err != nil {
			return models.Claim{}, false, err
		}
		if old != nil && isNow(old, who) {
			cl.Account = who.URI
			return cl, true, nil
		}
	}
	return models.Claim{}, false, nil
}

// followedBy reports whether n names the account that who is now, in whose place: then
// who was not dropped, and their stamp stays as history.
func followedBy(tx *store.Tx, n *models.Note, who *models.Account) (bool, error) {
	if !who.Moved() || !claims(n, who.MovedTo) {
		return false, nil
	}
	to, err := store.Maybe[models.Account](tx, "uri = ?", who.MovedTo)
	return to != nil && isNow(who, to), err
}
