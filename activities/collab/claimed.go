package collab

import (
	"time"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// Claimed takes in a claim of from's, who lives elsewhere, about a post of owner's,
// who lives here. A forged one changes nothing; one that cannot be is refused with
// a reason, and the owner is not bothered.
func Claimed(tx *store.Tx, from *models.Account, offer models.IRI, owner *models.Account, d *models.ClaimDocument, ends time.Time) error {
	switch {
	case !owner.Local() || owner.System:
		return models.Refuse(models.Invalid, "not_here", "%s does not live here", owner.URI)
	case d.Account != from.URI:
		return models.Refuse(models.Forbidden, "not_claimant", "%s claims in the name of %s", from.URI, d.Account)
	case !offer.SameOrigin(from.URI) || !d.URI.SameOrigin(from.URI):
		return models.Refuse(models.Forbidden, "foreign", "the claim is on another server")
	case badEnd(tx, ends):
		return models.Refuse(models.Invalid, "bad_expiry", "the claim's end is past, or too far away")
	}
	if known, err := store.Any[models.CreditClaim](tx, "uri = ? OR offer_uri = ?", d.URI, offer); err != nil || known {
		return err // said before
	}
	if _, err := store.Hold[models.Account](tx, owner.ID); err != nil { // one claim at a time is counted
		return err
	}
	p, err := store.Maybe[models.Post](tx, "uri = ?", d.Object)
	if err != nil {
		return err
	}
	if p != nil && (p.AccountID != owner.ID || !p.Local) {
		return models.Refuse(models.Invalid, "not_its_author", "%s is not the first author of %s", owner.URI, d.Object)
	}
	if err := welcome(tx, from, owner, p, d); models.CodeOf(err) != "" {
		return refuse(tx, owner, from, offer, models.CodeOf(err), err.Error())
	} else if err != nil {
		return err
	}
	end := tx.Now.Add(models.ClaimStands)
	if !ends.IsZero() && ends.Before(end) {
		end = ends
	}
	c := &models.CreditClaim{
		ID: models.NewID(tx.Now), URI: d.URI, OfferURI: offer, AccountID: from.ID, Label: d.Label, Source: d.Source,
		Words: text.Line(d.Words, models.MaxClaimText), State: models.ClaimSent, ExpiresAt: end,
	}
	if err := keepClaim(tx, c, from, owner, p); err != nil {
		return err
	}
	return arriveClaim(tx, c, from, owner)
}

// welcome says why a claim from elsewhere cannot be. Of a post that is not public
// nothing is said, not even that it is there.
func welcome(tx *store.Tx, from, owner *models.Account, p *models.Post, d *models.ClaimDocument) error {
	if p == nil || !p.Visibility.Open() {
		return models.Refuse(models.NotFound, "no_post", "there is no such post")
	}
	if err := d.Check(); err != nil {
		return err
	}
	if err := mayClaim(tx, from, owner, p); err != nil {
		return err
	}
	n, err := store.Count[models.CreditClaim](tx, `owner_id = ? AND state IN ? AND created_at > ? AND account_id IN
		(SELECT id FROM accounts WHERE uri LIKE ?)`, owner.ID, models.OpenClaims(), tx.Now.Add(-24*time.Hour), from.URI.Origin()+"/%")
	if err == nil && n >= maxOpenOffers {
		err = models.Refuse(models.TooMany, "too_many_claims", "%s has too many open claims from %s", owner.Name(), from.URI.Host())
	}
	return err
}

// arriveClaim puts a claim before its owner, who lives here.
func arriveClaim(tx *store.Tx, c *models.CreditClaim, who, owner *models.Account) error {
	if err := deliveredClaim(tx, c, owner); err != nil {
		return err
	}
	return activities.Notify(tx, models.Notification{
		AccountID: owner.ID, FromID: who.ID, Type: models.NoteClaimRequest, PostID: c.PostID, ClaimID: c.ID,
		Text: who.Name() + " says that your post shows their work (" + text.CreditWord(c.Label, "en") + "), and asks for a credit.",
	})
}

func deliveredClaim(tx *store.Tx, c *models.CreditClaim, owner *models.Account) error {
	c.State, c.UpdatedAt = models.ClaimDelivered, tx.Now
	if err := store.Put(tx, c); err != nil {
		return err
	}
	return recordClaim(tx, c, owner.URI, "delivered", "", "")
}

// claimDelivered notes that a claim of ours reached the owner's server, or, with a
// reason why, that it never will.
func claimDelivered(tx *store.Tx, offer models.IRI, why string) error {
	c, err := heldClaim(tx, offer)
	if err != nil || c == nil || c.State != models.ClaimSent {
		return err
	}
	who, owner, err := parties(tx, c)
	if err != nil {
		return err
	}
	if why == "" {
		return deliveredClaim(tx, c, owner)
	}
	if err := endClaim(tx, c, who.URI, models.ClaimUndeliverable, "undeliverable", why); err != nil {
		return err
	}
	return tellClaim(tx, c, who, owner, "Your claim could not be delivered to "+owner.Name()+": "+why)
}

// ClaimAnswered takes in the owner's word about a claim of somebody here: yes, no,
// or, with neither, that the moderators there see it now. It reports false if offer
// is no claim.
func ClaimAnswered(tx *store.Tx, by *models.Account, offer models.IRI, verb models.Verb, code, reason string) (bool, error) {
	c, err := heldClaim(tx, offer)
	if err != nil || c == nil {
		return false, err
	}
	if c.OwnerID != by.ID {
		return true, models.Refuse(models.Forbidden, "not_owner", "%s is not the one who answers that claim", by.URI)
	}
	who, owner, err := parties(tx, c)
	if err != nil || !c.Open() || !who.Local() {
		return true, err
	}
	reason = text.Line(reason, models.MaxClaimText)
	signer := owner.URI
	if code == models.ClaimByModerators {
		signer = models.IRI(owner.URI.Origin() + "/actor")
	}
	state := models.ClaimRefused
	switch verb {
	case models.TentativeAccept:
		if c.EscalatedAt != nil {
			return true, nil
		}
		return true, escalated(tx, c, signer, reason)
	case models.Accept:
		state = models.ClaimAccepted
	default:
		switch code {
		case "":
			code = models.ClaimByOwner
		case "deleted", "blocked", "account_gone":
			state = models.ClaimCancelled
		}
	}
	if err := endClaim(tx, c, signer, state, code, reason); err != nil {
		return true, err
	}
	return true, tellDecided(tx, c, who, owner)
}

// Unclaimed takes in that a claimant elsewhere withdrew. It reports false if offer is
// no claim.
func Unclaimed(tx *store.Tx, from *models.Account, offer models.IRI) (bool, error) {
	c, err := heldClaim(tx, offer)
	if err != nil || c == nil {
		return false, err
	}
	if c.AccountID != from.ID {
		return true, models.Refuse(models.Forbidden, "not_claimant", "only who made the claim withdraws it")
	}
	if !c.Open() {
		return true, nil
	}
	who, owner, err := parties(tx, c)
	if err != nil {
		return true, err
	}
	if err := endClaim(tx, c, from.URI, models.ClaimWithdrawn, "", ""); err != nil || !owner.Local() {
		return true, err
	}
	return true, tellClaim(tx, c, owner, who, who.Name()+" withdrew their claim.")
}

// heldClaim returns the claim that was made by offer, held; nil if there is none.
func heldClaim(tx *store.Tx, offer models.IRI) (*models.CreditClaim, error) {
	c, err := store.Maybe[models.CreditClaim](tx, "offer_uri = ?", offer)
	if err != nil || c == nil {
		return nil, err
	}
	return store.Hold[models.CreditClaim](tx, c.ID)
}
