package transfer

import (
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Pack is the task that puts an archive together.
type Pack struct {
	Archive models.ID `json:"archive,string"`
}

// Kind names the task in the queue.
func (Pack) Kind() string { return "archive" }

// Order has an archive of all that me has here made: one in a day.
func Order(tx *store.Tx, me *models.Account) (*models.Archive, error) {
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one at a time is counted
		return nil, err
	}
	lately, err := store.Any[models.Archive](tx, "account_id = ? AND (state = ? OR state IN (?, ?) AND created_at > ?)", me.ID, models.ArchiveWaiting,
		models.ArchiveReady, models.ArchiveExpired, tx.Now.Add(-models.ArchiveEvery))
	if err == nil && lately {
		err = models.Refuse(models.TooMany, "archive_lately", "an archive is made once in a day: wait until the last one is a day old")
	}
	if err != nil {
		return nil, err
	}
	a := &models.Archive{ID: models.NewID(tx.Now), AccountID: me.ID, State: models.ArchiveWaiting, CreatedAt: tx.Now}
	if err := store.Put(tx, a); err != nil {
		return nil, err
	}
	return a, store.Wake(tx, Pack{a.ID})
}

// MyArchive returns an archive of me's; anybody else's is NotFound.
func MyArchive(tx *store.Tx, me *models.Account, id models.ID) (*models.Archive, error) {
	return store.One[models.Archive](tx, "id = ? AND account_id = ?", id, me.ID)
}

// Packed notes that an archive is ready under key, or why it is not. It reports false
// where nobody waits for it any more, so that its bytes are for the caller to remove.
func Packed(tx *store.Tx, id models.ID, key string, size int64, why string) (bool, error) {
	a, err := store.Hold[models.Archive](tx, id)
	if err != nil || a.State != models.ArchiveWaiting {
		return false, err
	}
	if why != "" {
		a.State, a.Error = models.ArchiveFailed, why
		return true, store.Put(tx, a)
	}
	ends := tx.Now.Add(models.ArchiveLasts)
	a.State, a.Key, a.Size, a.ReadyAt, a.ExpiresAt = models.ArchiveReady, key, size, &tx.Now, &ends
	return true, store.Put(tx, a)
}

// Drop takes an archive away before its time.
func Drop(tx *store.Tx, a *models.Archive) error {
	held, err := store.Hold[models.Archive](tx, a.ID)
	if err != nil {
		return err
	}
	key := held.Key
	held.State, held.Key, held.Size, held.ExpiresAt = models.ArchiveExpired, "", 0, nil
	if err := store.Put(tx, held); err != nil || key == "" {
		return err
	}
	return store.Enqueue(tx, post.Discard{Keys: []string{key}})
}

// ArchivesDue takes away archives that are past their time, and wakes those that nobody
// works on.
func ArchivesDue(tx *store.Tx) error {
	over, err := store.Find[models.Archive](tx, "expires_at <= ? ORDER BY id LIMIT 100", tx.Now)
	if err != nil {
		return err
	}
	for _, a := range over {
		if err := Drop(tx, a); err != nil {
			return err
		}
	}
	waiting, err := store.Find[models.Archive](tx, "state = 'waiting' ORDER BY id LIMIT 100")
	if err != nil {
		return err
	}
	for _, a := range waiting {
		if err := store.Wake(tx, Pack{a.ID}); err != nil {
			return err
		}
	}
	return nil
}
