package store

import "ensemble/models"

// What waits for a person: to be asked for their name, for another's wish, for a quote,
// and for a credit that somebody claims.
const requestCount = `SELECT
(SELECT count(*) FROM invites i JOIN collabs c ON c.id = i.collab_id
	WHERE i.account_id = @me AND i.state IN ('sent', 'delivered', 'seen', 'reapproval') AND c.state IN ('offered', 'published', 'revising'))
+ (SELECT count(*) FROM (` + openChanges + `) w)
+ (SELECT count(*) FROM interactions q WHERE q.target_account_id = @me AND q.state = 'pending' AND q.kind = 'quote' AND q.account_id <> @me
	AND (q.request_uri <> '' OR EXISTS (SELECT 1 FROM users u WHERE u.account_id = q.account_id)))
+ (SELECT count(*) FROM credit_claims WHERE owner_id = @me AND state IN ('sent', 'delivered'))`

const openChanges = `SELECT r.* FROM change_requests r JOIN collabs c ON c.id = r.collab_id
	JOIN invites i ON i.collab_id = c.id AND i.account_id = r.account_id AND i.state IN ('sent', 'delivered', 'seen', 'reapproval')
	WHERE c.initiator_id = @me AND c.state IN ('offered', 'revising', 'published') AND r.revision = c.revision`

// CountRequests returns how much waits for an answer of me's.
func CountRequests(tx *Tx, me models.ID) (int, error) {
	n, err := scan[int](tx, requestCount, map[string]any{"me": me})
	if err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}

// ChangesOf returns what was wished of collabs, the newest wish first.
func ChangesOf(tx *Tx, collabs []models.ID) ([]*models.ChangeRequest, error) {
	if len(collabs) == 0 {
		return nil, nil
	}
	return Find[models.ChangeRequest](tx, "collab_id IN ? ORDER BY id DESC", distinct(collabs))
}
