package inbox

import (
	"slices"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

func (m *message) offer(tx *store.Tx) error {
	guest, err := store.Get[models.Account](tx, m.about.ID)
	if err != nil {
		return err
	}
	if !slices.Contains(m.To, guest.URI) {
		return models.Refuse(models.Invalid, "not_to", "the offer is to others than %s, whom it invites", guest.URI)
	}
	if err := m.actor.Settled(); err != nil {
		return err
	}
	if m.Object.Claim != nil {
		return collab.Claimed(tx, m.actor, m.URI, guest, m.Object.Claim, m.Ends)
	}
	return collab.Offered(tx, m.actor, m.URI, guest, m.Object.Collaboration, m.Ends)
}

func (m *message) tentative(tx *store.Tx) error {
	if done, err := m.claimAnswered(tx); err != nil || done {
		return err
	}
	return collab.Seen(tx, m.actor, m.Object.URI, collab.Wish{Words: m.Reason, Wording: m.Wording})
}

// isOffer reports whether the object is an Offer, as far as we know.
func (m *message) isOffer(tx *store.Tx) bool {
	if m.Object.Type == string(models.OfferVerb) {
		return true
	}
	made, err := store.Any[models.Invite](tx, "offer_uri = ?", m.Object.URI)
	if err == nil && !made {
		made, err = store.Any[models.Outbound](tx, "uri = ? AND verb = ?", m.Object.URI, models.OfferVerb)
	}
	return err == nil && made
}

// claimAnswered takes in the answer to a credit claim, and reports whether the object
// is one.
func (m *message) claimAnswered(tx *store.Tx) (bool, error) {
	return collab.ClaimAnswered(tx, m.actor, m.Object.URI, m.Verb, m.Code, m.Reason)
}
