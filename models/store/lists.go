package store

import "ensemble/models"

// members are those on a list whom its owner hears, and the owner if they are on it.
const members = `SELECT m.account_id FROM list_members m
WHERE m.list_id = @list AND (m.account_id = @me OR m.account_id IN (SELECT target_id FROM follows WHERE account_id = @me AND accepted))`

// inList is true of an entry f of somebody on a list that its owner, @me, is to see.
var inList = inFeed + `
AND (f.kind = 'boost' OR NOT f.reply OR EXISTS (SELECT 1 FROM posts p
	WHERE p.id = f.post_id AND (p.in_reply_to_account_id = @me
	OR (@replies = 'list' AND p.in_reply_to_account_id IN (` + members + `))
	OR (@replies = 'followed' AND EXISTS (SELECT 1 FROM follows r
		WHERE r.account_id = @me AND r.target_id = p.in_reply_to_account_id AND r.accepted)))))
AND (f.kind <> 'boost' OR NOT EXISTS (SELECT 1 FROM follows w
	WHERE w.account_id = @me AND w.target_id = f.account_id AND NOT w.show_boosts))
AND ` + apart

var (
	listNear = `+f.account_id IN (` + members + `) AND ` + inList
	listFar  = `SELECT f.id, f.post_id, f.account_id, f.kind FROM (` + members + `) w
JOIN feed f ON f.account_id = w.account_id
WHERE f.id < @max AND f.id > @since AND ` + inList
)

// ListPosts returns what those on a list said and passed on, each post once.
func ListPosts(tx *Tx, l *models.List, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": l.AccountID, "now": tx.Now, "list": l.ID, "replies": string(l.RepliesPolicy)})
	near := newestLite
	if tx.db.postgres {
		near = newestPostgres
	}
	return nearOrFar(tx, near+listNear, listFar, args, w)
}
