package collab

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
)

// promoted takes those out of people who were asked for a credit under c and answered that
// they would rather be authors: what they were asked becomes an invitation to be one. It
// names nobody: they are sent an offer, as everybody is, and have to accept it.
func promoted(tx *store.Tx, all []*models.Invite, people []Invitee) ([]Invitee, error) {
	for _, inv := range all {
		at := slices.IndexFunc(people, func(p Invitee) bool { return p.Account.ID == inv.AccountID && p.Role == models.RoleCoauthor })
		if at < 0 || !inv.WantsAuthorship() {
			continue
		}
		people = slices.Delete(slices.Clone(people), at, at+1)
		inv.BecomeAuthorship()
		if err := store.Put(tx, inv); err != nil {
			return nil, err
		}
	}
	return people, nil
}

// wished lets an offer in that asks guest to be an author of c, who answered to the request
// for a credit that they would rather be: nothing of that request stands any more.
func wished(tx *store.Tx, c *models.Collab, guest *models.Account, o *models.Collaboration) error {
	inv, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, guest.ID)
	if err != nil || inv == nil || !inv.WantsAuthorship() {
		return err
	}
	if !slices.ContainsFunc(o.Invited, func(cl models.Claim) bool { return cl.Account == guest.URI && cl.Role == models.RoleCoauthor }) {
		return nil
	}
	inv.BecomeAuthorship()
	if err := store.Put(tx, inv); err != nil || c.State != models.CollabDiscarded {
		return err
	}
	c.State, c.Outcome, c.Text, c.OutcomeAt = models.CollabOffered, "", "", nil // our copy went with the no
	return store.Put(tx, c)
}
