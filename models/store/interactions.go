package store

import "ensemble/models"

const interactionsOf = `SELECT * FROM interactions WHERE post_id IN @ids AND kind IN ('quote', 'reply')
UNION ALL SELECT * FROM interactions WHERE account_id = @me AND target_id IN @ids AND kind IN ('like', 'announce')`

// InteractionsOf returns what posts quote and answer by others' consent, and the likes
// and boosts of them for which me asked.
func InteractionsOf(tx *Tx, me models.ID, posts []models.ID) ([]*models.Interaction, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	return scan[*models.Interaction](tx, interactionsOf, map[string]any{"ids": distinct(posts), "me": me})
}

const interactionsWith = `SELECT i.* FROM interactions i JOIN accounts a ON a.id = i.account_id
WHERE i.target_id = @post AND i.kind = @kind AND i.id < @max AND i.id > @since AND a.state = 'active'
AND (NOT @standing OR (i.state = 'accepted' AND i.post_id <> 0))`

// InteractionsWith returns what others do with a post; standing leaves what its
// author agreed to.
func InteractionsWith(tx *Tx, post models.ID, kind models.InteractionKind, standing bool, w Window) ([]*models.Interaction, error) {
	args := w.bounds(map[string]any{"post": post, "kind": kind, "standing": standing})
	rows, err := scan[*models.Interaction](tx, interactionsWith+w.order("i.id", args, 0), args)
	return cut(w, rows), err
}

const quoteRequests = `SELECT i.* FROM interactions i
WHERE i.kind = 'quote' AND i.state = 'pending' AND i.account_id <> @me AND i.id < @max AND i.id > @since
AND ((i.target_account_id = @me AND (i.request_uri <> '' OR EXISTS (SELECT 1 FROM users u WHERE u.account_id = i.account_id)))
	OR EXISTS (SELECT 1 FROM authors c WHERE c.post_id = i.target_id AND c.account_id = @me AND c.state = 'verified' AND c.role = 'coauthor'))`

// QuoteRequests returns who asks me to be quoted and waits, and who asks the first
// author of what me wrote with others.
func QuoteRequests(tx *Tx, me models.ID, w Window) ([]*models.Interaction, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.Interaction](tx, quoteRequests+w.order("i.id", args, 0), args)
	return cut(w, rows), err
}
