package moderation

import (
	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// Approve lets somebody in who signed up and waits for that.
func Approve(tx *store.Tx, by, a *models.Account) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	if err := account.Approve(tx, a); err != nil {
		return err
	}
	return did(tx, by, a, "account_approved", "")
}

// Reject turns somebody away who waits to be let in. Nothing of it stays but the line
// in the log.
func Reject(tx *store.Tx, by, a *models.Account, reason string) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	if err := account.Reject(tx, a); err != nil {
		return err
	}
	return did(tx, by, a, "account_rejected", reason)
}
