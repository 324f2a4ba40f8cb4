// Package backup is copies of everything: who asks for them, when they are made by
// themselves, how far they are, and whether they would bring everything back. What is in
// a backup, and how it is written and read, is the affair of whoever works the tasks.
package backup

import (
	"strconv"
	"time"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// The settings of the plan: an hour of the day in UTC, and how many are kept.
const (
	SettingHour = "backup.hour"
	SettingKeep = "backup.keep"
)

// Make writes a backup, and tries it out.
type Make struct {
	Backup models.ID `json:"backup,string"`
}

// Kind names the task.
func (Make) Kind() string { return "backup_make" }

// Toils returns how long that may take.
func (Make) Toils() time.Duration { return 6 * time.Hour }

// Check tries a backup out once more.
type Check struct {
	Backup models.ID `json:"backup,string"`
}

// Kind names the task.
func (Check) Kind() string { return "backup_check" }

// Toils returns how long that may take.
func (Check) Toils() time.Duration { return 6 * time.Hour }

// Drop removes the file of a backup that is no longer listed.
type Drop struct {
	File string `json:"file"`
}

// Kind names the task.
func (Drop) Kind() string { return "backup_drop" }

var errBusy = models.Refuse(models.Conflict, "backup_busy", "a backup is being made or tried out: one at a time")

// Plan returns when backups are made by themselves.
func Plan(tx *store.Tx) (models.BackupPlan, error) {
	p := models.BackupPlan{Hour: -1, Keep: models.KeepBackups}
	rows, err := store.Find[models.Setting](tx, "name IN ?", []string{SettingHour, SettingKeep})
	for _, s := range rows {
		n, wrong := strconv.Atoi(s.Value)
		switch {
		case wrong != nil:
		case s.Name == SettingHour && n >= 0 && n < 24:
			p.Hour = n
		case s.Name == SettingKeep && n > 0:
			p.Keep = min(n, models.MaxKeepBackups)
		}
	}
	return p, err
}

// SetPlan changes that. Backups past the number that is kept go with the next one.
func SetPlan(tx *store.Tx, p models.BackupPlan) error {
	if p.Hour < -1 || p.Hour > 23 {
		return models.Refuse(models.Invalid, "backup_hour", "an hour is a number from 0 to 23")
	}
	if p.Keep < 1 || p.Keep > models.MaxKeepBackups {
		return models.Refuse(models.Invalid, "backup_keep", "from 1 to %d backups can be kept", models.MaxKeepBackups)
	}
	if err := store.Put(tx, &models.Setting{Name: SettingKeep, Value: strconv.Itoa(p.Keep), UpdatedAt: &tx.Now}); err != nil {
		return err
	}
	if p.Hour < 0 {
		_, err := store.Delete[models.Setting](tx, "name = ?", SettingHour)
		return err
	}
	return store.Put(tx, &models.Setting{Name: SettingHour, Value: strconv.Itoa(p.Hour), UpdatedAt: &tx.Now})
}

// List returns the backups there are, the newest first, and those that failed.
func List(tx *store.Tx) ([]*models.Backup, error) {
	return store.Find[models.Backup](tx, "id > 0 ORDER BY id DESC LIMIT 200")
}

// Order has a backup made for by, nil for the plan. The error is Conflict while another
// is at work.
func Order(tx *store.Tx, by *models.Account) (*models.Backup, error) {
	b := &models.Backup{ID: models.NewID(tx.Now), State: models.BackupWaiting, Busy: true, Auto: by == nil, CreatedAt: tx.Now}
	if by != nil {
		b.ByID = by.ID
	}
	added, err := store.Add(tx, b)
	if err == nil && !added {
		err = errBusy
	}
	if err != nil {
		return nil, err
	}
	return b, store.Enqueue(tx, Make{b.ID})
}

// TryOut has a backup tried out again.
func TryOut(tx *store.Tx, id models.ID) error {
	b, err := store.Get[models.Backup](tx, id)
	if err != nil {
		return err
	}
	if b.Outside || b.State != models.BackupDone && !b.Busy {
		return models.Refuse(models.Conflict, "backup_absent", "there is no file of that backup here")
	}
	busy, err := store.Any[models.Backup](tx, "busy")
	if err != nil || busy {
		return orBusy(err)
	}
	n, err := store.Set[models.Backup](tx, map[string]any{"busy": true, "state": models.BackupChecking, "beat_at": tx.Now}, "id = ? AND NOT busy", id)
	if err != nil || n == 0 {
		return orBusy(err)
	}
	return store.Enqueue(tx, Check{id})
}

func orBusy(err error) error {
	if err == nil || models.KindOf(err) == models.Conflict {
		return errBusy
	}
	return err
}

// Delete takes a backup off the list, and its file away.
func Delete(tx *store.Tx, id models.ID) error {
	b, err := store.Hold[models.Backup](tx, id)
	if err != nil {
		return err
	}
	if b.Busy {
		return errBusy
	}
	return remove(tx, b)
}

func remove(tx *store.Tx, b *models.Backup) error {
	if _, err := store.Delete[models.Backup](tx, "id = ? AND NOT busy", b.ID); err != nil || b.File == "" || b.Outside {
		return err
	}
	return store.Enqueue(tx, Drop{b.File})
}

// Begin returns the backup if it is still to be made, and nil if it is not.
func Begin(tx *store.Tx, id models.ID) (*models.Backup, error) {
	n, err := store.Set[models.Backup](tx, map[string]any{"state": models.BackupRunning, "beat_at": tx.Now}, "id = ? AND state = ?", id, models.BackupWaiting)
	if err != nil || n == 0 {
		return nil, err
	}
	return store.Get[models.Backup](tx, id)
}

// Beat says that whoever works on a backup is alive.
func Beat(tx *store.Tx, id models.ID) error {
	_, err := store.Set[models.Backup](tx, map[string]any{"beat_at": tx.Now}, "id = ? AND busy", id)
	return err
}

// Written notes that the file is there, and is now tried out.
func Written(tx *store.Tx, b *models.Backup) error {
	b.State, b.FinishedAt, b.BeatAt = models.BackupChecking, &tx.Now, &tx.Now
	_, err := store.Change(tx, b, "state", "file", "size", "program", "dialect", "version", "files", "finished_at", "beat_at")
	return err
}

// Failed notes why there is none. Its owners are told by mail.
func Failed(tx *store.Tx, b *models.Backup, state models.BackupState, code, why string) error {
	b.State, b.Busy, b.Code, b.Error, b.FinishedAt = state, false, code, why, &tx.Now
	if _, err := store.Change(tx, b, "state", "busy", "code", "error", "finished_at"); err != nil {
		return err
	}
	return tell(tx, b, why)
}

// Proved notes how well the file was looked at, and removes what the plan keeps no
// longer: never before a newer one was found good. Owners are told of one that is bad.
func Proved(tx *store.Tx, b *models.Backup, proof models.BackupProof, why string) error {
	b.State, b.Busy, b.Proof, b.ProofError, b.ProvedAt = models.BackupDone, false, proof, why, &tx.Now
	if _, err := store.Change(tx, b, "state", "busy", "proof", "proof_error", "proved_at"); err != nil {
		return err
	}
	if proof == models.ProofBad {
		return tell(tx, b, why)
	}
	return prune(tx)
}

func prune(tx *store.Tx) error {
	p, err := Plan(tx)
	if err != nil {
		return err
	}
	old, err := store.Find[models.Backup](tx, "auto AND NOT busy AND state = ? ORDER BY id DESC LIMIT 1000 OFFSET ?", models.BackupDone, p.Keep)
	if err != nil {
		return err
	}
	for _, b := range old {
		if err := remove(tx, b); err != nil {
			return err
		}
	}
	_, err = store.Delete[models.Backup](tx, "NOT busy AND state IN ? AND created_at < ?", []models.BackupState{models.BackupFailed, models.BackupInterrupted}, tx.Now.Add(-30*24*time.Hour))
	return err
}

// Due marks what was interrupted, orders the backup of the plan, and has the newest one
// tried out that nobody looked at for a day.
func Due(tx *store.Tx) error {
	busy, err := store.Maybe[models.Backup](tx, "busy")
	if err != nil {
		return err
	}
	if busy != nil {
		if !busy.Dead(tx.Now) {
			return nil
		}
		return interrupted(tx, busy)
	}
	p, err := Plan(tx)
	if err != nil {
		return err
	}
	if last := p.Last(tx.Now); !last.IsZero() {
		if has, err := store.Any[models.Backup](tx, "auto AND created_at >= ?", last); err != nil {
			return err
		} else if !has {
			_, err := Order(tx, nil)
			return err
		}
	}
	newest, err := store.Maybe[models.Backup](tx, "state = ? AND NOT outside ORDER BY id DESC", models.BackupDone)
	if err != nil || newest == nil || newest.Proof == models.ProofBad || newest.ProvedAt != nil && tx.Now.Sub(*newest.ProvedAt) < 24*time.Hour {
		return err
	}
	return TryOut(tx, newest.ID)
}

const ended = "the server was stopped, or ended, before it was over"

func interrupted(tx *store.Tx, b *models.Backup) error {
	b, err := store.Hold[models.Backup](tx, b.ID)
	if err != nil || !b.Dead(tx.Now) {
		return err
	}
	return Interrupted(tx, b)
}

// Interrupted notes that whoever worked on b ended before it was over. A file that was
// there already stays, and is tried out again.
func Interrupted(tx *store.Tx, b *models.Backup) error {
	if b.State != models.BackupChecking {
		return Failed(tx, b, models.BackupInterrupted, "interrupted", ended)
	}
	_, err := store.Set[models.Backup](tx, map[string]any{"state": models.BackupDone, "busy": false}, "id = ?", b.ID)
	return err
}

// tell writes to the owners that there is no good backup.
func tell(tx *store.Tx, b *models.Backup, why string) error {
	if mail.Ready(tx.Site) != nil {
		return nil
	}
	owners, err := store.Find[models.User](tx, "role = ?", models.RoleOwner)
	for _, u := range owners {
		if err == nil && u.Email != "" {
			err = mail.Send(tx, mail.Letter{
				Kind: mail.BackupFailed, To: u.Email, Account: u.AccountID, Locale: u.Locale, Link: string(tx.Site.IRI("/admin/backups")),
				Facts: map[string]string{"when": b.CreatedAt.UTC().Format("2006-01-02 15:04 UTC"), "why": why},
			})
		}
	}
	return err
}

// Problem says what is wrong with the backups there are, the newest first, in a word: none
// was ever made, the last one failed or is bad, or it is late; "" if nothing is.
func Problem(all []*models.Backup, p models.BackupPlan, now time.Time) string {
	late := 2 * 24 * time.Hour
	for _, b := range all {
		switch {
		case b.State == models.BackupFailed, b.State == models.BackupInterrupted, b.State == models.BackupRunning && b.Dead(now):
			return "failed"
		case b.State == models.BackupDone && b.Proof == models.ProofBad:
			return "bad"
		case b.State == models.BackupDone && p.Hour >= 0 && now.Sub(b.CreatedAt) > late:
			return "late"
		case b.State == models.BackupDone:
			return ""
		}
	}
	return "none"
}
