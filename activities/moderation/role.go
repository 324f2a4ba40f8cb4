package moderation

import (
	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// Appoint gives somebody who lives here a role: to those below oneself alone, and none
// above one's own.
func Appoint(tx *store.Tx, by, a *models.Account, r models.Role) error {
	if !a.Local() || a.State == models.AccountPending {
		return models.Errorf(models.Invalid, "%s has no account here", a.Handle(tx.Site))
	}
	if by != nil && by.ID == a.ID {
		return models.Refuse(models.Forbidden, "own_role", "nobody changes their own role")
	}
	if err := may(tx, by, a); err != nil {
		return err
	}
	if by != nil {
		mine, err := rank(tx, by)
		if err != nil {
			return err
		}
		if r.Rank() > mine {
			return models.Refuse(models.Forbidden, "role_above", "nobody gives a role above their own")
		}
	}
	if err := account.SetRole(tx, a, r); err != nil {
		return err
	}
	return did(tx, by, a, "role_changed", string(r))
}

// SendReset writes to somebody who lives here with a way to a new password.
func SendReset(tx *store.Tx, by, a *models.Account) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	if err := account.SendReset(tx, a); err != nil {
		return err
	}
	return did(tx, by, a, "reset_sent", "")
}

// EndFactors takes away all second steps of somebody who lost them, and tells them.
func EndFactors(tx *store.Tx, by, a *models.Account, reason string) error {
	if err := may(tx, by, a); err != nil {
		return err
	}
	if err := account.EndFactors(tx, a); err != nil {
		return err
	}
	return did(tx, by, a, "factors_ended", reason)
}
