package store

import "ensemble/models"

// PollsOf returns what posts ask, by post.
func PollsOf(tx *Tx, posts []models.ID) (map[models.ID]*models.Poll, error) {
	return byID(tx, "SELECT * FROM polls WHERE id IN @ids", posts, func(p *models.Poll) models.ID { return p.ID })
}

// BallotsOf returns what me chose in polls, by poll.
func BallotsOf(tx *Tx, me models.ID, polls []models.ID) (map[models.ID][]int, error) {
	out := map[models.ID][]int{}
	if me == 0 || len(polls) == 0 {
		return out, nil
	}
	votes, err := Find[models.PollVote](tx, "account_id = ? AND poll_id IN ? ORDER BY choice", me, distinct(polls))
	for _, v := range votes {
		out[v.PollID] = append(out[v.PollID], v.Choice)
	}
	return out, err
}

// Voters returns who voted in a poll and lives here, or elsewhere.
func Voters(tx *Tx, poll models.ID, here bool) ([]*models.Account, error) {
	where := "state = 'active' AND id IN (SELECT account_id FROM poll_votes WHERE poll_id = ?) AND "
	if here {
		return Find[models.Account](tx, where+"domain = '' ORDER BY id", poll)
	}
	return Find[models.Account](tx, where+"domain <> '' ORDER BY id", poll)
}

const pollsDue = `SELECT id FROM polls WHERE closed_at IS NULL AND expires_at <= @now
UNION SELECT id FROM polls WHERE tell_at <= @now
ORDER BY id LIMIT @limit`

// PollsDue returns polls that are over without anybody having been told, and those
// of which peers are to be told how they stand.
func PollsDue(tx *Tx, limit int) ([]models.ID, error) {
	return scan[models.ID](tx, pollsDue, map[string]any{"now": tx.Now, "limit": limit})
}
