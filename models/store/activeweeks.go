package store

import (
	"time"

	"ensemble/models"
)

// A WeekCount is what happened on this server in one week.
type WeekCount struct {
	Week     int
	Posts    int
	People   int // who came
	NewUsers int
}

const (
	weeklyPosts = `SELECT f.id FROM users u JOIN feed f ON f.account_id = u.account_id AND f.kind = 'post' WHERE f.id >= ?`
	weeklyUsers = `SELECT week, count(*) AS people FROM active_weeks WHERE week >= ? GROUP BY week`
	weeklyNew   = `SELECT account_id FROM users WHERE created_at >= ?`
	activeSince = `SELECT count(*) FROM accounts a WHERE a.state = 'active' AND a.domain = '' AND a.id IN
(SELECT account_id FROM active_weeks WHERE week >= ? UNION SELECT u.account_id FROM users u JOIN accounts b ON b.id = u.account_id WHERE b.last_post_at >= ?)`
)

// Weeks returns the newest n weeks, this one first.
func Weeks(tx *Tx, n int) ([]WeekCount, error) {
	this := models.WeekOf(tx.Now)
	first := models.WeekAt(this - n + 1)
	out := make([]WeekCount, n)
	for i := range out {
		out[i].Week = this - i
	}
	count := func(ids []models.ID, to func(*WeekCount) *int) {
		for _, id := range ids {
			// IDs only grow: after a clock went back, some are of a week to come.
			if i := max(0, this-models.WeekOf(id.Time())); i < n {
				*to(&out[i])++
			}
		}
	}
	posts, err := scan[models.ID](tx, weeklyPosts, first.UnixMilli()<<16)
	if err != nil {
		return nil, err
	}
	count(posts, func(w *WeekCount) *int { return &w.Posts })
	people, err := scan[models.ID](tx, weeklyNew, first)
	if err != nil {
		return nil, err
	}
	count(people, func(w *WeekCount) *int { return &w.NewUsers }) // an account's ID is of its birth
	came, err := scan[WeekCount](tx, weeklyUsers, this-n+1)
	for _, w := range came {
		if i := this - w.Week; i >= 0 && i < n {
			out[i].People = w.People
		}
	}
	return out, err
}

// ActiveSince returns how many people came, or posted, in the last so many weeks.
func ActiveSince(tx *Tx, weeks int) (int, error) {
	rows, err := scan[int](tx, activeSince, models.WeekOf(tx.Now)-weeks, tx.Now.Add(-models.Week*time.Duration(weeks)))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0], nil
}
