package graph

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Endorse recommends target, whom me follows, on me's profile.
func Endorse(tx *store.Tx, me, target *models.Account) error {
	if follows, err := activities.Follows(tx, me.ID, target.ID); err != nil || !follows {
		if err == nil {
			err = models.Errorf(models.Invalid, "Validation failed: You must be already following the person you want to endorse")
		}
		return err
	}
	_, err := store.Add(tx, &models.Endorsement{ID: models.NewID(tx.Now), AccountID: me.ID, TargetID: target.ID, CreatedAt: tx.Now})
	return err
}

// Unendorse does so no more.
func Unendorse(tx *store.Tx, me, target *models.Account) error {
	_, err := store.Delete[models.Endorsement](tx, "account_id = ? AND target_id = ?", me.ID, target.ID)
	return err
}

// Dismiss keeps target, if there is such an account, out of what is suggested to me.
func Dismiss(tx *store.Tx, me *models.Account, target models.ID) error {
	if there, err := store.Any[models.Account](tx, "id = ?", target); err != nil || !there {
		return err
	}
	_, err := store.Add(tx, &models.Dismissal{AccountID: me.ID, TargetID: target, CreatedAt: tx.Now})
	return err
}
