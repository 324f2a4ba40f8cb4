package moderation

import (
	"ensemble/models"
	"ensemble/models/store"
)

// maxNotes is how many notes are kept about one account.
const maxNotes = 1000

// Jot writes down something about an account for other moderators, perhaps because of
// a report.
func Jot(tx *store.Tx, by, a *models.Account, report models.ID, text string) (*models.ModerationNote, error) {
	text = prose(text, models.MaxReportHeard)
	if text == "" {
		return nil, models.Refuse(models.Invalid, "note_empty", "a note needs words")
	}
	n, err := store.Count[models.ModerationNote](tx, "target_id = ?", a.ID)
	if err != nil {
		return nil, err
	}
	if n >= maxNotes {
		return nil, models.Errorf(models.TooMany, "there are at most %d notes about an account", maxNotes)
	}
	row := &models.ModerationNote{
		ID: models.NewID(tx.Now), TargetID: a.ID, ReportID: report, ByID: by.ID, Who: by.Acct(), Text: text, CreatedAt: tx.Now,
	}
	return row, store.Put(tx, row)
}

// Notes returns what was written down about an account, or because of one report, the
// oldest first.
func Notes(tx *store.Tx, account, report models.ID) ([]*models.ModerationNote, error) {
	if report != 0 {
		return store.Find[models.ModerationNote](tx, "report_id = ? ORDER BY id", report)
	}
	return store.Find[models.ModerationNote](tx, "target_id = ? ORDER BY id", account)
}
