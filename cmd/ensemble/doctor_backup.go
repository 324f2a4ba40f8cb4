package main

import (
	"errors"
	"time"

	"ensemble/activities/backup"
	"ensemble/models"
	"ensemble/models/store"
)

// backups looks whether what would be lost could be brought back.
func (d *doctor) backups() []finding {
	var all []*models.Backup
	var plan models.BackupPlan
	err := d.db.Read(d, func(tx *store.Tx) (err error) {
		if all, err = backup.List(tx); err == nil {
			plan, err = backup.Plan(tx)
		}
		return err
	})
	if err != nil {
		return []finding{fail("", "The backups cannot be read: %s", sentence(err))}
	}
	switch backup.Problem(all, plan, d.db.Now()) {
	case "none":
		return []finding{warn("Make one at /admin/backups, or by 'ensemble backup FILE', and plan one for each day.", "No backup was made yet.")}
	case "failed":
		return []finding{fail("/admin/backups says why, in full.", "The last backup failed: %s", sentence(errors.New(all[0].Error)))}
	case "bad":
		return []finding{fail("/admin/backups says why, in full.", "The last backup would not bring everything back: %s", sentence(errors.New(newestDone(all).ProofError)))}
	case "late":
		return []finding{warn("Does the server run at the hour that is planned?", "The last backup is of %s, though one is planned for each day.", newestDone(all).CreatedAt.UTC().Format(time.RFC3339))}
	}
	return []finding{ok("The last backup is of %s, and would bring everything back.", newestDone(all).CreatedAt.UTC().Format(time.RFC3339))}
}

// newestDone is the newest of the backups that are there.
func newestDone(all []*models.Backup) *models.Backup {
	for _, b := range all {
		if b.State == models.BackupDone {
			return b
		}
	}
	return &models.Backup{}
}
