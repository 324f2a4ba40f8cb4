package transfer

import (
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Run is the task that works an import.
type Run struct {
	Import models.ID `json:"import,string"`
}

// Kind names the task in the queue.
func (Run) Kind() string { return "import" }

// Begin takes an import of me's in, of which kind and, where that applies, how is said;
// it is worked by a task.
func Begin(tx *store.Tx, me *models.Account, how models.Import, rows []*models.ImportRow) (*models.Import, error) {
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one at a time is counted
		return nil, err
	}
	n, err := store.Count[models.Import](tx, "account_id = ? AND finished_at IS NULL", me.ID)
	if err == nil && n >= models.MaxOpenImports {
		err = models.Refuse(models.TooMany, "too_many_imports", "%d imports are under way: wait until one of them is finished", n)
	}
	if err != nil {
		return nil, err
	}
	i := &how
	i.ID, i.AccountID, i.State, i.Total, i.CreatedAt = models.NewID(tx.Now), me.ID, models.ImportWaiting, len(rows), tx.Now
	if !i.Overwrite {
		i.State = models.ImportRunning
	}
	if err := store.Put(tx, i); err != nil {
		return nil, err
	}
	for _, r := range rows {
		r.ImportID = i.ID
	}
	if err := store.AddAll(tx, rows); err != nil {
		return nil, err
	}
	if err := forgetOld(tx, me); err != nil {
		return nil, err
	}
	return i, store.Wake(tx, Run{i.ID})
}

// forgetOld keeps the newest imports alone.
func forgetOld(tx *store.Tx, me *models.Account) error {
	old, err := store.Find[models.Import](tx, "account_id = ? AND finished_at IS NOT NULL ORDER BY id DESC", me.ID)
	if err != nil || len(old) <= models.MaxImportsKept {
		return err
	}
	for _, i := range old[models.MaxImportsKept:] {
		if _, err := store.Delete[models.ImportRow](tx, "import_id = ?", i.ID); err != nil {
			return err
		}
		if _, err := store.Delete[models.Import](tx, "id = ?", i.ID); err != nil {
			return err
		}
	}
	return nil
}

// Mine returns an import of me's; anybody else's is NotFound.
func Mine(tx *store.Tx, me *models.Account, id models.ID) (*models.Import, error) {
	return store.One[models.Import](tx, "id = ? AND account_id = ?", id, me.ID)
}

// Stop ends an import. What was done stays.
func Stop(tx *store.Tx, i *models.Import) error {
	return finish(tx, i.ID, models.ImportStopped)
}

func finish(tx *store.Tx, id models.ID, state models.ImportState) error {
	i, err := store.Hold[models.Import](tx, id)
	if err != nil || i.FinishedAt != nil {
		return err
	}
	key := i.Key
	i.State, i.FinishedAt, i.Key = state, &tx.Now, ""
	if err := store.Put(tx, i); err != nil || key == "" {
		return err
	}
	return store.Enqueue(tx, post.Discard{Keys: []string{key}})
}

// Due wakes the imports that are not finished, for the queue is not their only keeper.
func Due(tx *store.Tx) error {
	open, err := store.Find[models.Import](tx, "finished_at IS NULL ORDER BY id LIMIT 100")
	if err != nil {
		return err
	}
	for _, i := range open {
		if err := store.Wake(tx, Run{i.ID}); err != nil {
			return err
		}
	}
	return nil
}

// Next returns the line of an import that is to be worked next, and whose it is; a nil
// line if none is left, with whether some wait for servers that did not answer.
func Next(tx *store.Tx, id models.ID, tries int) (i *models.Import, r *models.ImportRow, waits bool, err error) {
	if i, err = store.Maybe[models.Import](tx, "id = ?", id); err != nil || i == nil || i.FinishedAt != nil {
		return nil, nil, false, err
	}
	r, err = store.Maybe[models.ImportRow](tx, "import_id = ? AND state = ? AND attempts < ? ORDER BY attempts, line", id, models.RowWaiting, tries)
	if err != nil || r != nil {
		return i, r, false, err
	}
	waits, err = store.Any[models.ImportRow](tx, "import_id = ? AND state = ?", id, models.RowWaiting)
	return i, nil, waits, err
}

// Finish ends an import of which no line waits.
func Finish(tx *store.Tx, id models.ID) error {
	if waits, err := store.Any[models.ImportRow](tx, "import_id = ? AND state = ?", id, models.RowWaiting); err != nil || waits {
		return err
	}
	return finish(tx, id, models.ImportFinished)
}
