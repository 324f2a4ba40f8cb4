package store

import "ensemble/models"

// Notices says which notifications are wanted.
type Notices struct {
	Me      models.ID
	Types   []models.NotificationType // of these alone
	Exclude []models.NotificationType // and not of these
	From    models.ID                 // 0 for anybody
}

// A post that is gone, or that me may not read any more, takes its notices along.
const notices = `SELECT n.* FROM notifications n JOIN accounts a ON a.id = n.from_id
WHERE n.account_id = @me AND n.id < @max AND n.id > @since
AND n.type IN @types AND n.type NOT IN @exclude AND (CAST(@from AS bigint) = 0 OR n.from_id = @from)
AND a.state = 'active'
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = n.from_id)
AND (n.post_id = 0 OR EXISTS (SELECT 1 FROM posts p WHERE p.id = n.post_id AND ` + readable + `))`

// Notifications returns what me was told.
func Notifications(tx *Tx, q Notices, w Window) ([]*models.Notification, error) {
	none := models.NotificationType("") // an empty IN is no SQL
	args := w.bounds(map[string]any{
		"me": q.Me, "types": append(q.Types, none), "exclude": append(q.Exclude, none), "from": q.From,
	})
	rows, err := scan[*models.Notification](tx, notices+w.order("n.id", args, 0), args)
	return cut(w, rows), err
}
