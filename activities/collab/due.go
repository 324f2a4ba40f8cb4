package collab

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Look does what is due about c by now: a reminder, the end of an invitation, or
// of the wait for a restamp. Doing it twice does it once.
func Look(tx *store.Tx, id models.ID) error {
	c, err := store.Hold[models.Collab](tx, id)
	if err != nil {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if c.ReduceAt != nil && !tx.Now.Before(*c.ReduceAt) && from.Local() {
		if err := settle(tx, c, from); err != nil {
			return err
		}
	}
	if timeCame(tx, c, from) {
		if err := settle(tx, c, from); err != nil {
			return err
		}
	}
	if c.RemindAt != nil && !tx.Now.Before(*c.RemindAt) {
		if err := remind(tx, c, from); err != nil {
			return err
		}
	}
	if c.FinalAt != nil && !tx.Now.Before(*c.FinalAt) {
		if err := finish(tx, c, from); err != nil {
			return err
		}
	}
	if c.ExpiresAt == nil || tx.Now.Before(*c.ExpiresAt) {
		return nil
	}
	return expire(tx, c, from)
}

func remind(tx *store.Tx, c *models.Collab, from *models.Account) error {
	c.RemindAt = nil
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if !guest.Local() || (!inv.Open() && inv.State != models.InviteReapproval) {
			continue
		}
		if err := stillWaits(tx, c, guest, from); err != nil {
			return err
		}
		if err := record(tx, c, from.URI, "reminded", models.Event{Reason: string(guest.URI)}); err != nil {
			return err
		}
	}
	return touch(tx, c)
}

// expire ends what nobody answered in time.
func expire(tx *store.Tx, c *models.Collab, from *models.Account) error {
	c.ExpiresAt, c.RemindAt = nil, nil
	const sentence = "The time to answer ran out."
	if !from.Local() { // the initiator's server decides; ours stops offering, and forgets
		if c.State == models.CollabOffered {
			return over(tx, c, from, models.InviteExpired, "expired", sentence)
		}
		return stopAsking(tx, c, from)
	}
	if c.State == models.CollabRevising {
		return stopAsking(tx, c, from)
	}
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if !inv.Open() {
			continue
		}
		if err := end(tx, c, inv, from, models.InviteExpired, "expired", sentence); err != nil {
			return err
		}
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if err := tellEnded(tx, c, from, guest, guest.Name()+" did not answer in time."); err != nil {
			return err
		}
		if guest.Local() {
			err = tellEnded(tx, c, guest, from, sentence)
		} else if c.Live() {
			err = takeBack(tx, c, from, inv)
		}
		if err != nil {
			return err
		}
	}
	return without(tx, c, from, "expired", sentence)
}

// stopAsking ends the question of a new version: the old one stays.
func stopAsking(tx *store.Tx, c *models.Collab, by *models.Account) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	for _, inv := range all {
		if inv.State == models.InviteReapproval {
			if err := keepOldEverywhere(tx, c, inv, by, "expired", "The time to answer ran out."); err != nil {
				return err
			}
			return nil
		}
	}
	if c.State == models.CollabRevising {
		if err := c.Move(models.CollabPublished); err != nil {
			return err
		}
	}
	return touch(tx, c)
}
