package moderation

import (
	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// Claims returns the credit claims that wait for moderators, the newest first; with
// all, those too that were before them and are decided.
func Claims(tx *store.Tx, all bool, limit int) ([]*models.CreditClaim, error) {
	states := models.OpenClaims()
	if all {
		states = append(states, models.ClaimAccepted, models.ClaimRefused, models.ClaimWithdrawn, models.ClaimExpired, models.ClaimCancelled)
	}
	return store.Find[models.CreditClaim](tx, `escalated_at IS NOT NULL AND state IN ? AND owner_id IN
		(SELECT id FROM accounts WHERE domain = '') ORDER BY id DESC LIMIT ?`, states, limit)
}

// DecideClaim accepts or refuses a credit claim whose owner has been silent. The
// reason is told to both.
func DecideClaim(tx *store.Tx, by *models.Account, c *models.CreditClaim, yes bool, reason string) error {
	if by != nil && (by.ID == c.AccountID || by.ID == c.OwnerID) {
		return models.Refuse(models.Forbidden, "own_claim", "nobody decides their own affair")
	}
	if err := collab.DecideClaim(tx, c, yes, reason); err != nil {
		return err
	}
	what := map[bool]string{true: "claim_accepted", false: "claim_refused"}[yes]
	return note(tx, by, models.ModerationAct{What: what, About: c.ID.String(), TargetID: c.OwnerID, Reason: prose(reason, models.MaxReportComment)})
}
