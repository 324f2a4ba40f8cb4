package post

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Rehearse returns what a draft would be said as if it were published now. It refuses
// what Publish would, and changes nothing.
func Rehearse(tx *store.Tx, author *models.Account, d Draft) (*models.Note, error) {
	if err := author.Settled(); err != nil {
		return nil, err
	}
	c, err := d.consider(tx, author)
	if err != nil {
		return nil, err
	}
	n, err := Compose(tx, author, d, NoteURI(author, models.NewID(tx.Now)))
	if err != nil || c.quoted == nil {
		return n, err
	}
	by, err := store.Get[models.Account](tx, c.quoted.AccountID)
	if err != nil {
		return nil, err
	}
	n.Quote, n.Derivation = c.quoted.URI, c.derivation
	cite(n, &models.Post{AccountID: author.ID, Visibility: d.Visibility}, c.quoted, by)
	return n, nil
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
