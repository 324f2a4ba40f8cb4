package store

import (
	"strings"

	"ensemble/models"
)

// Notices says which notifications are wanted.
type Notices struct {
	Me      models.ID
	Types   []models.NotificationType // of these alone
	Exclude []models.NotificationType // and not of these
	From    models.ID                 // 0 for anybody
	All     bool                      // also those held back
}

// A post that is gone, or that me may not read any more, takes its notices along.
const notices = `SELECT n.* FROM notifications n JOIN accounts a ON a.id = n.from_id
WHERE n.account_id = @me AND n.id < @max AND n.id > @since
AND n.type IN @types AND n.type NOT IN @exclude AND (CAST(@from AS bigint) = 0 OR n.from_id = @from)
AND (@all OR NOT n.filtered) AND a.state = 'active'
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = n.from_id)
AND (n.post_id = 0 OR EXISTS (SELECT 1 FROM posts p WHERE p.id = n.post_id AND ` + readable + `))`

// args are the parameters of a query for them in a window.
func (q Notices) args(w Window) map[string]any {
	none := models.NotificationType("") // an empty IN is no SQL
	return w.bounds(map[string]any{
		"me": q.Me, "types": append(q.Types, none), "exclude": append(q.Exclude, none), "from": q.From, "all": q.All,
	})
}

// Notifications returns what me was told.
func Notifications(tx *Tx, q Notices, w Window) ([]*models.Notification, error) {
	args := q.args(w)
	rows, err := scan[*models.Notification](tx, notices+w.order("n.id", args, 0), args)
	return cut(w, rows), err
}

// A NoticeGroup is notifications that are shown as one. Of those in the window that was
// asked for it has the ends; of all of them the number.
type NoticeGroup struct {
	Key    string
	Latest models.ID
	First  models.ID
	Total  int
	Sample []*models.Notification `gorm:"-"` // the latest few, the latest first
}

// noticeKey is by what a notification n is grouped. Not all clients group all types.
const noticeKey = `CASE WHEN n.group_key <> '' AND n.type IN @grouped THEN n.group_key ELSE 'ungrouped-' || n.id END`

var (
	noticeGroups = `SELECT key, max(id) AS latest, min(id) AS first FROM (` + strings.Replace(notices, "n.*", "n.id, "+noticeKey+" AS key", 1) + `) g GROUP BY key`
	noticeSample = `SELECT * FROM (SELECT n.*, count(*) OVER (PARTITION BY n.group_key) AS total,
	row_number() OVER (PARTITION BY n.group_key ORDER BY n.id DESC) AS place
FROM (` + notices + ` AND n.group_key IN @keys AND n.group_key <> '') n) x WHERE place <= @sample ORDER BY id DESC`
)

// SampleSize is how many of a group are told by name.
const SampleSize = 8

type sampled struct {
	models.Notification
	Total int
}

// NoticeGroups returns what me was told, by groups, those with the latest news first.
func NoticeGroups(tx *Tx, q Notices, grouped []models.NotificationType, w Window) ([]*NoticeGroup, error) {
	args := q.args(w)
	args["grouped"] = append(grouped, "")
	column := "latest"
	if w.Min != 0 {
		column = "first"
	}
	rows, err := scan[*NoticeGroup](tx, "SELECT * FROM ("+noticeGroups+") h"+w.order(column, args, 0), args)
	if err != nil {
		return nil, err
	}
	rows = cut(w, rows)
	return rows, fillGroups(tx, q, rows)
}

// fillGroups reads the samples of groups, and how many there are in each.
func fillGroups(tx *Tx, q Notices, groups []*NoticeGroup) error {
	keys, alone := []string{""}, []models.ID{0}
	by := map[string]*NoticeGroup{}
	for _, g := range groups {
		by[g.Key] = g
		if strings.HasPrefix(g.Key, "ungrouped-") {
			alone = append(alone, g.Latest)
		} else {
			keys = append(keys, g.Key)
		}
	}
	args := q.args(Window{})
	args["keys"], args["sample"] = keys, SampleSize
	rows, err := scan[*sampled](tx, noticeSample, args)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if g := by[r.GroupKey]; g != nil {
			g.Total, g.Sample = r.Total, append(g.Sample, &r.Notification)
		}
	}
	single, err := Find[models.Notification](tx, "id IN ?", alone)
	for _, n := range single {
		if g := by["ungrouped-"+n.ID.String()]; g != nil {
			g.Total, g.Sample = 1, []*models.Notification{n}
		}
	}
	return err
}

// NoticesOfGroup returns all that me was told in the group that a client calls key.
func NoticesOfGroup(tx *Tx, q Notices, key string, w Window) ([]*models.Notification, error) {
	args := q.args(w)
	args["key"] = key
	if id, ok := strings.CutPrefix(key, "ungrouped-"); ok {
		n, err := models.ParseID(id)
		if err != nil {
			return nil, err
		}
		args["id"] = n
		return scan[*models.Notification](tx, notices+" AND n.id = @id", args)
	}
	rows, err := scan[*models.Notification](tx, notices+" AND n.group_key = @key AND n.group_key <> ''"+w.order("n.id", args, 0), args)
	return cut(w, rows), err
}

const requests = `SELECT r.* FROM notification_requests r JOIN accounts a ON a.id = r.from_id
WHERE r.account_id = @me AND r.id < @max AND r.id > @since AND a.state = 'active'
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = r.from_id)`

// NotificationRequests returns from whom something is held back that me was to be told.
func NotificationRequests(tx *Tx, me models.ID, w Window) ([]*models.NotificationRequest, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.NotificationRequest](tx, requests+w.order("r.id", args, 0), args)
	return cut(w, rows), err
}

// A Heap is how many notifications of one account are held back.
type Heap struct {
	FromID models.ID
	Total  int
}

// HeldBack returns how many notifications are held back of me, by whom they are from.
func HeldBack(tx *Tx, me models.ID) ([]Heap, error) {
	return scan[Heap](tx, `SELECT from_id, count(*) AS total FROM notifications WHERE account_id = ? AND filtered GROUP BY from_id`, me)
}
