package post

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Rehearse says why author could not publish d now, nil if they could. It changes nothing.
func Rehearse(tx *store.Tx, author *models.Account, d Draft) error {
	if err := author.Settled(); err != nil {
		return err
	}
	if _, err := d.consider(tx, author); err != nil {
		return err
	}
	_, err := Compose(tx, author, d, NoteURI(author, models.NewID(tx.Now)))
	return err
}

// forgetPlans removes what an account that is gone kept for itself.
func forgetPlans(tx *store.Tx, a *models.Account) error {
	for _, clear := range []func() (int, error){
		func() (int, error) {
			return store.Delete[models.ScheduledMedia](tx, "scheduled_id IN (SELECT id FROM scheduled_posts WHERE account_id = ?)", a.ID)
		},
		func() (int, error) { return store.Delete[models.ScheduledPost](tx, "account_id = ?", a.ID) },
		func() (int, error) {
			return store.Delete[models.ConversationPost](tx, "conversation_id IN (SELECT id FROM conversations WHERE account_id = ?)", a.ID)
		},
		func() (int, error) { return store.Delete[models.Conversation](tx, "account_id = ?", a.ID) },
		func() (int, error) { return store.Delete[models.ThreadMute](tx, "account_id = ?", a.ID) },
		func() (int, error) { return store.Delete[models.FilterKeyword](tx, "account_id = ?", a.ID) },
		func() (int, error) { return store.Delete[models.FilterPost](tx, "account_id = ?", a.ID) },
		func() (int, error) { return store.Delete[models.Filter](tx, "account_id = ?", a.ID) },
	} {
		if _, err := clear(); err != nil {
			return err
		}
	}
	return nil
}
