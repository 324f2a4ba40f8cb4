package store

import "ensemble/models"

// mutedBy are those whom @me does not want to hear at @now; unheardBy are those, and
// whom @me blocks. Neither asks about a row of the query around it, so it is found once.
const (
	mutedBy   = `SELECT target_id FROM mutes WHERE account_id = @me AND (expires_at IS NULL OR expires_at > @now)`
	unheardBy = `SELECT target_id FROM blocks WHERE account_id = @me UNION ALL ` + mutedBy
)

// fromAfar is true where @me keeps the servers of those accounts away. The first
// question is asked once; it spares most readers the second.
func fromAfar(accounts string) string {
	return `(EXISTS (SELECT 1 FROM account_domain_blocks WHERE account_id = @me)
	AND EXISTS (SELECT 1 FROM accounts y JOIN account_domain_blocks d ON d.domain = y.domain AND d.account_id = @me WHERE y.id IN (` + accounts + `)))`
}

// wanted is true of a post p that @me may come across.
var wanted = `(p.account_id = @me OR p.account_id NOT IN (` + mutedBy + `) AND NOT ` + fromAfar("p.account_id") + `)`

// heard is true of an entry f by those whom @me wants to hear, as they chose: nobody
// who is muted wrote it, passed it on, stands under it or is named in it; and it is in a
// language in which @me wants to hear them.
var heard = `(f.account_id = @me OR (f.author_id NOT IN (` + unheardBy + `) AND f.account_id NOT IN (` + mutedBy + `)
AND NOT ` + fromAfar("f.author_id") + `
AND (f.kind = 'boost' OR f.account_id NOT IN (SELECT target_id FROM follows WHERE account_id = @me AND languages IS NOT NULL)
	OR EXISTS (SELECT 1 FROM follows w JOIN posts p ON p.id = f.post_id
		WHERE w.account_id = @me AND w.target_id = f.account_id AND (p.language = '' OR w.languages LIKE '%"' || p.language || '"%')))
AND (f.author_id = @me OR NOT EXISTS (SELECT 1 FROM post_mentions m WHERE m.post_id = f.post_id AND m.account_id IN (` + unheardBy + `)))))`

const muted = `SELECT k.id, k.target_id AS account_id FROM mutes k JOIN accounts a ON a.id = k.target_id
WHERE k.account_id = @me AND (k.expires_at IS NULL OR k.expires_at > @now) AND a.state = 'active' AND k.id < @max AND k.id > @since`

// MutedBy returns whom me does not want to hear now.
func MutedBy(tx *Tx, me models.ID, w Window) ([]Ref, error) {
	return refs(tx, muted, "k.id", map[string]any{"me": me, "now": tx.Now}, w)
}
