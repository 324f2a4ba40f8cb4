package store

import "ensemble/models"

// A Head is how many there are of a measure.
type Head struct {
	Measure models.Measure
	People  int
}

const heads = `WITH mine AS (
	SELECT a.id, a.domain, CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END AS inbox
	FROM follows f JOIN accounts a ON a.id = f.account_id AND a.state = 'active'
	WHERE f.target_id = @me AND f.accepted AND a.id <> @author
	AND NOT EXISTS (SELECT 1 FROM authors c WHERE c.post_id = @post AND c.account_id = a.id)
	AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = a.id OR b.account_id = a.id AND b.target_id = @me)
), confirmed AS (
	SELECT DISTINCT d.inbox, d.host FROM deliveries d JOIN outbounds o ON o.id = d.outbound_id
	WHERE o.object_uri = @uri AND o.account_id = @me AND o.verb IN ('Create', 'Announce') AND d.state = 'done'
), acts AS (
	SELECT 'likes' AS measure, account_id FROM likes WHERE post_id = @post
	UNION SELECT 'boosts', account_id FROM boosts WHERE post_id = @post
	UNION SELECT 'replies', account_id FROM posts WHERE in_reply_to_id = @post AND visibility <> 'direct'
	UNION SELECT CASE WHEN type = 'reblog' THEN 'boosts' ELSE 'likes' END, from_id FROM notifications
		WHERE account_id = @me AND post_id = @post AND type IN ('favourite', 'reblog')
)
SELECT 'reached' AS measure, count(*) AS people FROM mine m
	WHERE m.domain = '' AND EXISTS (SELECT 1 FROM feed f WHERE f.account_id = @me AND f.post_id = @post)
	OR m.domain <> '' AND m.inbox IN (SELECT inbox FROM confirmed)
UNION ALL SELECT 'servers', count(DISTINCT c.host) FROM confirmed c WHERE c.inbox IN (SELECT inbox FROM mine WHERE domain <> '')
UNION ALL SELECT 'people', count(DISTINCT x.account_id) FROM acts x WHERE x.account_id IN (SELECT id FROM mine)
UNION ALL SELECT x.measure, count(*) FROM acts x WHERE x.account_id IN (SELECT id FROM mine) GROUP BY x.measure`

// Heads counts me's followers, but for the other authors of p, by what is known here
// of them and p. What me's server was told that others did is among it, as far as me
// was told.
func Heads(tx *Tx, me models.ID, p *models.Post) ([]Head, error) {
	return scan[Head](tx, heads, map[string]any{"me": me, "post": p.ID, "author": p.AccountID, "uri": p.URI})
}
