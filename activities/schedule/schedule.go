// Package schedule is saying something later: a post is kept until its time has come,
// and then published once, by whoever looks first. It is checked when it is kept as it
// will be when it is published, when more may have changed.
package schedule

import (
	"encoding/json"
	"fmt"
	"time"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Due is the task that publishes a post whose time has come.
type Due struct {
	ID models.ID `json:"id,string"`
}

// Kind names the task in the queue.
func (Due) Kind() string { return "scheduled_post" }

// Plan keeps d until at. Nobody sees it before.
func Plan(tx *store.Tx, me *models.Account, d post.Draft, at time.Time, app models.ID) (*models.ScheduledPost, error) {
	if _, err := post.Rehearse(tx, me, d); err != nil {
		return nil, err
	}
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one at a time is counted
		return nil, err
	}
	n, err := store.Count[models.ScheduledPost](tx, "account_id = ?", me.ID)
	if err != nil {
		return nil, err
	}
	if n >= models.MaxScheduled {
		return nil, models.Refuse(models.Invalid, "too_many_scheduled", "Validation failed: nobody has more than %d scheduled posts", models.MaxScheduled)
	}
	row := &models.ScheduledPost{ID: models.NewID(tx.Now), AccountID: me.ID, AppID: app, CreatedAt: tx.Now}
	if err := place(tx, row, at); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("write down a draft: %w", err)
	}
	row.Draft = string(raw)
	if err := store.Put(tx, row); err != nil {
		return nil, err
	}
	var media []models.ScheduledMedia
	for _, id := range d.Media {
		media = append(media, models.ScheduledMedia{MediaID: id, ScheduledID: row.ID})
	}
	if err := store.AddAll(tx, media); err != nil {
		return nil, err
	}
	return row, store.EnqueueAt(tx, Due{row.ID}, at)
}

// place gives a post its time, if there is room on that day.
func place(tx *store.Tx, row *models.ScheduledPost, at time.Time) error {
	if at.Before(tx.Now.Add(models.MinSchedule)) {
		return models.Refuse(models.Invalid, "too_soon", "Validation failed: a post is scheduled for at least 5 minutes from now")
	}
	day := at.UTC().Truncate(24 * time.Hour)
	n, err := store.Count[models.ScheduledPost](tx, "account_id = ? AND id <> ? AND at >= ? AND at < ?", row.AccountID, row.ID, day, day.Add(24*time.Hour))
	if err == nil && n >= models.MaxScheduledDay {
		err = models.Refuse(models.Invalid, "too_many_scheduled", "Validation failed: nobody schedules more than %d posts for one day", models.MaxScheduledDay)
	}
	row.At, row.Code, row.Reason = at, "", ""
	return err
}

// Move gives a post of me's that waits another time. One that could not be published has
// another chance by that.
func Move(tx *store.Tx, me *models.Account, id models.ID, at time.Time) (*models.ScheduledPost, error) {
	row, err := held(tx, me, id)
	if err != nil {
		return nil, err
	}
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil {
		return nil, err
	}
	if err := place(tx, row, at); err != nil {
		return nil, err
	}
	if err := store.Put(tx, row); err != nil {
		return nil, err
	}
	return row, store.EnqueueAt(tx, Due{row.ID}, at)
}

// Cancel forgets a post of me's that waits.
func Cancel(tx *store.Tx, me *models.Account, id models.ID) error {
	row, err := held(tx, me, id)
	if err != nil {
		return err
	}
	return forget(tx, row)
}

func held(tx *store.Tx, me *models.Account, id models.ID) (*models.ScheduledPost, error) {
	row, err := store.Hold[models.ScheduledPost](tx, id)
	if err == nil && row.AccountID != me.ID {
		err = models.Errorf(models.NotFound, "there is no such thing here")
	}
	return row, err
}

func forget(tx *store.Tx, row *models.ScheduledPost) error {
	if _, err := store.Delete[models.ScheduledMedia](tx, "scheduled_id = ?", row.ID); err != nil {
		return err
	}
	_, err := store.Delete[models.ScheduledPost](tx, "id = ?", row.ID)
	return err
}

// Draft returns what a post will say.
func Draft(row *models.ScheduledPost) (d post.Draft, err error) {
	if err := json.Unmarshal([]byte(row.Draft), &d); err != nil {
		return d, fmt.Errorf("read scheduled post %d: %w", row.ID, err)
	}
	return d, nil
}

// Publish says a post whose time has come. It goes from what waits as it is published, so
// that it is published once, however often this is called.
func Publish(tx *store.Tx, id models.ID) error {
	row, err := store.Hold[models.ScheduledPost](tx, id)
	if models.KindOf(err) == models.NotFound {
		return nil
	}
	if err != nil || row.Code != "" || tx.Now.Before(row.At) {
		return err
	}
	me, err := store.Get[models.Account](tx, row.AccountID)
	if err != nil {
		return err
	}
	if !me.Active() {
		return models.Refuse(models.Forbidden, "account_inactive", "the account is not active")
	}
	d, err := Draft(row)
	if err != nil {
		return err
	}
	if err := forget(tx, row); err != nil {
		return err
	}
	d.App = row.AppID
	_, err = post.Publish(tx, me, d)
	return err
}

// Fail writes down why a post whose time had come was not published: because of what
// changed since it was planned. Its author may plan it anew.
func Fail(tx *store.Tx, id models.ID, why error) error {
	code := models.CodeOf(why)
	if code == "" {
		code = string(models.KindOf(why))
	}
	_, err := store.Set[models.ScheduledPost](tx, map[string]any{"code": code, "reason": why.Error()}, "id = ? AND code = '' AND at <= ?", id, tx.Now)
	return err
}

// Overdue returns posts whose time has come, in case the queue lost them.
func Overdue(tx *store.Tx, limit int) ([]models.ID, error) {
	rows, err := store.Find[models.ScheduledPost](tx, "code = '' AND at <= ? ORDER BY at LIMIT ?", tx.Now, limit)
	var ids []models.ID
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids, err
}
