package collab

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Delivered notes that an offer of ours reached the guest's server.
func Delivered(tx *store.Tx, offer models.IRI) error {
	inv, err := store.Maybe[models.Invite](tx, "offer_uri = ?", offer)
	if err != nil {
		return err
	}
	if inv == nil {
		return claimDelivered(tx, offer, "")
	}
	c, err := store.Hold[models.Collab](tx, inv.CollabID)
	if err != nil {
		return err
	}
	if inv, err = store.Get[models.Invite](tx, inv.ID); err != nil || inv.State != models.InviteSent || inv.OfferURI != offer {
		return err
	}
	if err := inv.Move(models.InviteDelivered); err != nil {
		return err
	}
	inv.DeliveredAt = &tx.Now
	if err := store.Put(tx, inv); err != nil {
		return err
	}
	guest, err := store.Get[models.Account](tx, inv.AccountID)
	if err != nil {
		return err
	}
	return record(tx, c, guest.URI, "delivered", models.Event{Revision: inv.Revision})
}

// Undelivered notes that an offer of ours will never reach the guest, and why.
func Undelivered(tx *store.Tx, offer models.IRI, why string) error {
	inv, err := store.Maybe[models.Invite](tx, "offer_uri = ?", offer)
	if err != nil {
		return err
	}
	if inv == nil {
		return claimDelivered(tx, offer, why)
	}
	c, err := store.Hold[models.Collab](tx, inv.CollabID)
	if err != nil {
		return err
	}
	if inv, err = store.Get[models.Invite](tx, inv.ID); err != nil || !inv.Open() || inv.OfferURI != offer {
		return err
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	guest, err := store.Get[models.Account](tx, inv.AccountID)
	if err != nil {
		return err
	}
	if err := end(tx, c, inv, from, models.InviteUndeliverable, "undeliverable", why); err != nil {
		return err
	}
	sentence := "The invitation could not be delivered to " + guest.Name() + ": " + why
	if err := tellEnded(tx, c, from, guest, sentence); err != nil {
		return err
	}
	return without(tx, c, from, "undeliverable", sentence)
}
