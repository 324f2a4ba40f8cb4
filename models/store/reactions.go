package store

import "ensemble/models"

// A ReactionCount is how many left the same emoji at a post.
type ReactionCount struct {
	PostID models.ID
	Name   string
	Domain string // whose shortcode Name is; "" for Unicode
	Times  int
	Mine   int // 1 if me did
	First  models.ID
}

const reactionsOf = `SELECT r.post_id, r.name, r.domain, count(*) AS times,
	max(CASE WHEN r.account_id = @me THEN 1 ELSE 0 END) AS mine, min(r.id) AS first
FROM reactions r JOIN accounts a ON a.id = r.account_id AND a.state = 'active'
WHERE r.post_id IN @ids AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = r.account_id)
GROUP BY r.post_id, r.name, r.domain ORDER BY min(r.id)`

// ReactionsTo returns the emoji left at posts, the first one first.
func ReactionsTo(tx *Tx, me models.ID, posts []models.ID) ([]ReactionCount, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	return scan[ReactionCount](tx, reactionsOf, map[string]any{"me": me, "ids": distinct(posts)})
}
