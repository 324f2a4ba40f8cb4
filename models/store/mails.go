package store

import (
	"time"

	"ensemble/models"
)

const digestsDue = `SELECT u.account_id FROM users u JOIN accounts a ON a.id = u.account_id AND a.state = 'active'
WHERE (u.digest = '' AND (u.digest_at IS NULL OR u.digest_at <= @week) OR u.digest = 'daily' AND (u.digest_at IS NULL OR u.digest_at <= @day))
AND EXISTS (SELECT 1 FROM invites i JOIN collabs c ON c.id = i.collab_id
	WHERE i.account_id = u.account_id AND i.state IN ('sent', 'delivered', 'seen', 'reapproval') AND i.created_at <= @day AND c.expires_at > @now)
ORDER BY u.account_id LIMIT @limit`

// DigestsDue returns who is to be told by mail of invitations that have waited for a
// day.
func DigestsDue(tx *Tx, limit int) ([]models.ID, error) {
	return scan[models.ID](tx, digestsDue, map[string]any{
		"week": tx.Now.Add(-models.DigestWeekly.Every()), "day": tx.Now.Add(-models.DigestDaily.Every()), "now": tx.Now, "limit": limit,
	})
}

// A Waiting is an invitation that waits for an answer.
type Waiting struct {
	CollabID    models.ID
	InitiatorID models.ID
	ExpiresAt   time.Time
}

const waitingFor = `SELECT c.id AS collab_id, c.initiator_id, c.expires_at FROM invites i JOIN collabs c ON c.id = i.collab_id
WHERE i.account_id = @of AND i.state IN ('sent', 'delivered', 'seen', 'reapproval') AND c.expires_at > @now
ORDER BY c.expires_at, c.id LIMIT @limit`

// WaitingFor returns the invitations that wait for an account, the most urgent first.
func WaitingFor(tx *Tx, of models.ID, limit int) ([]Waiting, error) {
	return scan[Waiting](tx, waitingFor, map[string]any{"of": of, "now": tx.Now, "limit": limit})
}

// A MailBox is how much mail there is in one state.
type MailBox struct {
	State  models.MailState
	Count  int
	Oldest time.Time
}

const mailBoxes = `SELECT state, count(*) AS count, min(created_at) AS oldest FROM mails GROUP BY state`

// MailBoxes counts the mails that are kept.
func MailBoxes(tx *Tx) ([]MailBox, error) { return scan[MailBox](tx, mailBoxes) }
