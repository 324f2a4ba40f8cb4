package store

import "ensemble/models"

// FollowerInboxes returns the inboxes by which the followers of these accounts who
// live elsewhere are reached, each once: the shared one where there is one.
func FollowerInboxes(tx *Tx, accounts []models.ID) ([]models.IRI, error) {
	return scan[models.IRI](tx, `
		SELECT DISTINCT CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END
		FROM follows f JOIN accounts a ON a.id = f.account_id
		WHERE f.target_id IN ? AND f.accepted AND a.domain <> '' AND a.state = 'active'`, accounts)
}

// HostsDue returns hosts for which something is due to be delivered, without those
// that rest or that an admin holds back.
func HostsDue(tx *Tx, limit int) ([]string, error) {
	return scan[string](tx, `SELECT DISTINCT d.host FROM deliveries d LEFT JOIN peers p ON p.host = d.host
		WHERE d.state = 'queued' AND d.due_at <= ? AND (p.next_try IS NULL OR p.next_try <= ?) AND NOT coalesce(p.paused, false)
		LIMIT ?`, tx.Now, tx.Now, limit)
}

// CollabsDue returns the collabs whose time has come.
func CollabsDue(tx *Tx, limit int) ([]models.ID, error) {
	return scan[models.ID](tx, `SELECT id FROM collabs WHERE expires_at <= ? OR remind_at <= ? OR reduce_at <= ? OR final_at <= ?
		OR (publish_at <= ? AND state = 'offered' AND initiator_id IN (SELECT account_id FROM users)) LIMIT ?`,
		tx.Now, tx.Now, tx.Now, tx.Now, tx.Now, limit)
}

// PostsToCheck returns the posts with a name whose stamp is due to be looked at.
func PostsToCheck(tx *Tx, limit int) ([]models.ID, error) {
	return scan[models.ID](tx, `SELECT DISTINCT post_id FROM authors
		WHERE next_check <= ? AND state IN ('claimed', 'verified', 'stale') LIMIT ?`, tx.Now, limit)
}

// OneOfEachServer returns one account of each server that is known here and that
// has not been blocked.
func OneOfEachServer(tx *Tx) ([]*models.Account, error) {
	return Find[models.Account](tx, `id IN (SELECT max(id) FROM accounts WHERE domain <> '' AND state = 'active' AND inbox <> '' GROUP BY domain)`)
}
