package collab

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// ClaimsDue returns the claims whose time has come: to be put before moderators, or
// to end.
func ClaimsDue(tx *store.Tx, limit int) ([]*models.CreditClaim, error) {
	return store.Find[models.CreditClaim](tx, `state IN ? AND (expires_at <= ? OR escalate_at <= ? AND escalated_at IS NULL
		AND owner_id IN (SELECT id FROM accounts WHERE domain = '')) ORDER BY id LIMIT ?`, models.OpenClaims(), tx.Now, tx.Now, limit)
}

// LookAtClaim does what is due about a claim by now. Doing it twice does it once.
func LookAtClaim(tx *store.Tx, id models.ID) error {
	c, err := store.Hold[models.CreditClaim](tx, id)
	if err != nil || !c.Open() {
		return err
	}
	who, owner, err := parties(tx, c)
	if err != nil {
		return err
	}
	if !tx.Now.Before(c.ExpiresAt) {
		if err := endClaim(tx, c, owner.URI, models.ClaimExpired, "expired", "The time to answer ran out."); err != nil || !who.Local() {
			return err
		}
		return tellClaim(tx, c, who, owner, "Your claim is at an end: nobody answered in time.")
	}
	if !owner.Local() || c.EscalatedAt != nil || tx.Now.Before(c.EscalateAt) {
		return nil
	}
	const sentence = "The owner has not answered for 7 days: the moderators of their server can decide."
	if err := escalated(tx, c, tx.Site.IRI("/actor"), sentence); err != nil {
		return err
	}
	mods, err := activities.Moderators(tx)
	if err != nil {
		return err
	}
	for _, m := range mods {
		if err := tellClaim(tx, c, m, who, "A credit claim by "+who.Name()+" has had no answer for 7 days."); err != nil {
			return err
		}
	}
	if who.Local() {
		return nil
	}
	return activities.Say(tx, owner, &models.Activity{
		Verb: models.TentativeAccept, Object: models.Ref(c.OfferURI), To: []models.IRI{who.URI},
		Code: models.ClaimByModerators, Reason: sentence,
	}, activities.To(who))
}

// escalated notes that moderators see the claim now, and tells the claimant.
func escalated(tx *store.Tx, c *models.CreditClaim, by models.IRI, sentence string) error {
	c.EscalatedAt, c.UpdatedAt = &tx.Now, tx.Now
	if err := store.Put(tx, c); err != nil {
		return err
	}
	if err := recordClaim(tx, c, by, "escalated", models.ClaimByModerators, sentence); err != nil {
		return err
	}
	who, owner, err := parties(tx, c)
	if err != nil || !who.Local() {
		return err
	}
	return tellClaim(tx, c, who, owner, "The moderators of "+owner.URI.Host()+" see your claim now.")
}

// endClaim moves an open claim, which the caller holds, to one of its ends.
func endClaim(tx *store.Tx, c *models.CreditClaim, by models.IRI, to models.ClaimState, code, reason string) error {
	c.State, c.Code, c.Reason, c.AnsweredAt, c.UpdatedAt = to, code, reason, &tx.Now, tx.Now
	if err := store.Put(tx, c); err != nil {
		return err
	}
	if _, err := store.Delete[models.Notification](tx, "claim_id = ? AND type = ?", c.ID, models.NoteClaimRequest); err != nil {
		return err
	}
	return recordClaim(tx, c, by, string(to), code, reason)
}

// cancelClaims ends the open claims that meet the condition: what they are about, or
// one of the two, is gone. quiet is for what the other server finds out itself.
func cancelClaims(tx *store.Tx, by models.IRI, quiet bool, code, sentence, where string, args ...any) error {
	all, err := store.Find[models.CreditClaim](tx, "("+where+") AND state IN ? ORDER BY id", append(args, models.OpenClaims())...)
	if err != nil {
		return err
	}
	for _, found := range all {
		c, err := store.Hold[models.CreditClaim](tx, found.ID)
		if err != nil {
			return err
		}
		if !c.Open() {
			continue
		}
		if err := endClaim(tx, c, by, models.ClaimCancelled, code, sentence); err != nil {
			return err
		}
		if err := sayCancelled(tx, c, quiet); err != nil {
			return err
		}
	}
	return nil
}

func sayCancelled(tx *store.Tx, c *models.CreditClaim, quiet bool) error {
	who, owner, err := parties(tx, c)
	if err != nil {
		return err
	}
	switch {
	case who.Local():
		if err := tellClaim(tx, c, who, owner, "Your claim is at an end. "+c.Reason); err != nil || quiet || owner.Local() {
			return err
		}
		return undoClaim(tx, who, owner, c)
	case quiet || !owner.Local():
		return nil
	}
	return sayClaim(tx, owner, who, models.Reject, c)
}

const claimsOf = "account_id = ? OR owner_id = ?"

// dropClaims ends the claims of and to a, whose account is gone or suspended.
func dropClaims(tx *store.Tx, a *models.Account) error {
	return cancelClaims(tx, a.URI, !a.Local(), "account_gone", "The account is not active any more.", claimsOf, a.ID, a.ID)
}

// dropClaimsAbout ends the claims about a post of a's that is gone.
func dropClaimsAbout(tx *store.Tx, a *models.Account, uri models.IRI) error {
	return cancelClaims(tx, a.URI, !a.Local(), "deleted", "The post is gone.", "post_uri = ? AND owner_id = ?", uri, a.ID)
}

// dropClaimsBetween ends the claims of two of whom by blocks the other.
func dropClaimsBetween(tx *store.Tx, by, other *models.Account) error {
	return cancelClaims(tx, by.URI, !by.Local(), "blocked", "The account cannot be asked any more.",
		"account_id IN (?, ?) AND owner_id IN (?, ?)", by.ID, other.ID, by.ID, other.ID)
}

// parties returns who claims, and who is to answer.
func parties(tx *store.Tx, c *models.CreditClaim) (who, owner *models.Account, err error) {
	if who, err = store.Get[models.Account](tx, c.AccountID); err != nil {
		return nil, nil, err
	}
	owner, err = store.Get[models.Account](tx, c.OwnerID)
	return who, owner, err
}

// tellDecided tells those of the two who live here what was decided; the owner only
// if others did.
func tellDecided(tx *store.Tx, c *models.CreditClaim, who, owner *models.Account) error {
	sentence := map[bool]string{true: "Your claim was accepted.", false: "Your claim was refused: " + c.Reason}[c.State == models.ClaimAccepted]
	if who.Local() {
		if err := tellClaim(tx, c, who, owner, sentence); err != nil {
			return err
		}
	}
	if !owner.Local() || c.Code != models.ClaimByModerators {
		return nil
	}
	verdict := map[bool]string{true: "accepted", false: "refused"}[c.State == models.ClaimAccepted]
	return tellClaim(tx, c, owner, who, "You did not answer a credit claim by "+who.Name()+": the moderators "+verdict+" it. "+c.Reason)
}

func tellClaim(tx *store.Tx, c *models.CreditClaim, to, about *models.Account, sentence string) error {
	kind := models.NoteClaimUpdate
	if c.Open() && to.ID != c.AccountID {
		kind = models.NoteClaimRequest
	}
	n := models.Notification{AccountID: to.ID, FromID: about.ID, Type: kind, PostID: c.PostID, ClaimID: c.ID, Text: sentence}
	if c.State == models.ClaimCancelled { // the post may be gone
		n.PostID = 0
	}
	return activities.Notify(tx, n)
}

// sayClaim says the owner's word to a claimant who lives elsewhere.
func sayClaim(tx *store.Tx, owner, who *models.Account, verb models.Verb, c *models.CreditClaim) error {
	if who.Local() {
		return nil
	}
	return activities.Say(tx, owner, &models.Activity{
		Verb: verb, Object: models.Ref(c.OfferURI), To: []models.IRI{who.URI}, Code: c.Code, Reason: c.Reason,
	}, activities.To(who))
}

func undoClaim(tx *store.Tx, who, owner *models.Account, c *models.CreditClaim) error {
	return activities.Say(tx, who, &models.Activity{
		Verb: models.Undo, Object: models.Ref(c.OfferURI), To: []models.IRI{owner.URI},
	}, activities.To(owner))
}

// recordClaim adds a link to c's audit trail, as record does to a collab's.
func recordClaim(tx *store.Tx, c *models.CreditClaim, actor models.IRI, what, code, reason string) error {
	last, err := store.Maybe[models.ClaimEvent](tx, "claim_id = ? ORDER BY seq DESC", c.ID)
	if err != nil {
		return err
	}
	e := &models.ClaimEvent{
		ID: models.NewID(tx.Now), ClaimID: c.ID, Seq: 1, At: tx.Now, Actor: actor, What: what, Code: code, Reason: reason,
	}
	if last != nil {
		e.Seq, e.Previous = last.Seq+1, last.Hash
	}
	if e.Hash, err = sealClaim(c, e); err != nil {
		return err
	}
	return store.Put(tx, e)
}

func sealClaim(c *models.CreditClaim, e *models.ClaimEvent) (string, error) {
	return seal(c.URI, &models.Event{
		Seq: e.Seq, At: e.At, Actor: e.Actor, What: e.What, Code: e.Code, Reason: e.Reason, Previous: e.Previous,
	})
}

// ClaimHistory returns the audit trail of a claim, and the number of its first link
// that is broken, or 0.
func ClaimHistory(tx *store.Tx, c *models.CreditClaim) ([]*models.ClaimEvent, int, error) {
	all, err := store.Find[models.ClaimEvent](tx, "claim_id = ? ORDER BY seq", c.ID)
	previous := ""
	for i, e := range all {
		hash, err := sealClaim(c, e)
		if err != nil {
			return nil, 0, err
		}
		if e.Seq != i+1 || e.Previous != previous || e.Hash != hash {
			return all, i + 1, nil
		}
		previous = hash
	}
	return all, 0, err
}
