package collab

import (
	"ensemble/models"
	"ensemble/models/store"
)

// A Cut is what the block of a server did to works.
type Cut struct {
	Names       int // that stood under a post, and do not any more
	Invitations int // that were open, or agreed to and not yet published
}

const serverBlocked = "server_blocked"

// CutOff ends what who, whose server was blocked here, has to do with works of people
// here. Everybody else stays: their names, and what they were asked. by is the
// account in whose name people here are told why.
func CutOff(tx *store.Tx, who, by *models.Account, cut *Cut) error {
	sentence := "The server of " + who.Acct() + " was blocked by an admin of this server."
	err := standingParts(tx, func(c *models.Collab, inv *models.Invite, guest, from *models.Account) error {
		if !from.Local() {
			return nil // its own server decides; who is not shown here
		}
		return cutGuest(tx, c, inv, guest, from, by, sentence, cut)
	}, "account_id = ? ORDER BY id", who.ID)
	if err != nil {
		return err
	}
	return started(tx, who, func(c *models.Collab) error { return cutHost(tx, c, who, by, sentence, cut) })
}

// cutGuest ends the part of guest, whose server is blocked, in a work of from's.
func cutGuest(tx *store.Tx, c *models.Collab, inv *models.Invite, guest, from, by *models.Account, sentence string, cut *Cut) error {
	if inv.State == models.InviteDraft {
		return nil // nobody was asked yet; asking is refused
	}
	standing := inv.State == models.InviteActive || inv.State == models.InviteReapproval
	to := models.InviteCancelled
	if standing {
		to = models.InviteDetached
	}
	if err := end(tx, c, inv, by, to, serverBlocked, sentence); err != nil {
		return err
	}
	if err := tellEnded(tx, c, from, by, sentence); err != nil {
		return err
	}
	if !standing {
		cut.Invitations++
		return without(tx, c, from, "cancelled", sentence)
	}
	cut.Names++
	if err := nameOff(tx, c, guest); err != nil {
		return err
	}
	return settle(tx, c, from)
}

// cutHost ends the parts of people here in a work of who's. Their stamps are gone at
// once; who's server is told nothing.
func cutHost(tx *store.Tx, c *models.Collab, who, by *models.Account, sentence string, cut *Cut) error {
	all, err := invites(tx, c)
	if err != nil {
		return err
	}
	if c.Pending() {
		for _, inv := range all {
			if !inv.Ended() {
				cut.Invitations++
			}
		}
		return over(tx, c, by, models.InviteCancelled, serverBlocked, sentence)
	}
	for _, inv := range all {
		guest, err := store.Get[models.Account](tx, inv.AccountID)
		if err != nil {
			return err
		}
		if inv.Ended() || !guest.Local() || !c.Live() {
			continue
		}
		cut.Names++
		to := models.InviteDetached
		if inv.Open() {
			to = models.InviteCancelled
		}
		if err := end(tx, c, inv, by, to, serverBlocked, sentence); err != nil {
			return err
		}
		if err := unstamp(tx, c, inv, guest, who); err != nil {
			return err
		}
		if err := tellEnded(tx, c, guest, by, sentence); err != nil {
			return err
		}
	}
	return nil
}

// Rename writes the line of names under a post from elsewhere anew, because somebody
// it names came or went, and has their stamp looked at when they come.
func Rename(tx *store.Tx, id models.ID) error {
	p, err := store.Hold[models.Post](tx, id)
	if err != nil {
		return err
	}
	return byline(tx, p)
}
