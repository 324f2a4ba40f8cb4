package store

import "ensemble/models"

const endorsed = `SELECT k.id, k.target_id AS account_id FROM endorsements k JOIN accounts a ON a.id = k.target_id
WHERE k.account_id = @of AND k.id < @max AND k.id > @since` + visibleRef

// EndorsedBy returns whom an account recommends, as far as me may see them; me is 0 for
// a stranger.
func EndorsedBy(tx *Tx, me, of models.ID, w Window) ([]Ref, error) {
	return refs(tx, endorsed, "k.id", map[string]any{"me": me, "of": of}, w)
}

// findable is true of an account a that wants to be found, and that @me does not keep
// away, nor is kept away by.
var findable = `a.discoverable AND a.state = 'active' AND NOT a.system AND a.moved_to = '' AND NOT a.limited AND a.by_domain = ''
AND a.id NOT IN (` + unheardBy + `)
AND a.id NOT IN (SELECT account_id FROM blocks WHERE target_id = @me)
AND (a.domain = '' OR a.domain NOT IN (SELECT domain FROM account_domain_blocks WHERE account_id = @me))`

// unmet is true of an account a whom @me neither follows nor waved away.
const unmet = ` AND a.id <> @me
AND a.id NOT IN (SELECT target_id FROM follows WHERE account_id = @me)
AND a.id NOT IN (SELECT target_id FROM dismissals WHERE account_id = @me)`

// A Suggestion is an account that somebody may want to follow, and why.
type Suggestion struct {
	AccountID models.ID
	Why       string // friends_of_friends or most_followed
}

var (
	friendsOfFriends = `SELECT a.id AS account_id, 'friends_of_friends' AS why
FROM follows w JOIN accounts x ON x.id = w.target_id AND NOT x.hide_collections
JOIN follows r ON r.account_id = w.target_id AND r.accepted JOIN accounts a ON a.id = r.target_id
WHERE w.account_id = @me AND w.accepted AND ` + findable + unmet + `
GROUP BY a.id, a.followers_count ORDER BY count(*) DESC, a.followers_count DESC, a.id LIMIT @limit`

	mostFollowed = `SELECT a.id AS account_id, 'most_followed' AS why FROM accounts a
WHERE ` + findable + unmet + ` ORDER BY a.followers_count DESC, a.id LIMIT @limit`
)

// Suggestions returns whom me may want to follow: those whom people follow that me
// follows, and then those who are followed most.
func Suggestions(tx *Tx, me models.ID, limit int) ([]Suggestion, error) {
	args := map[string]any{"me": me, "now": tx.Now, "limit": limit}
	out, err := scan[Suggestion](tx, friendsOfFriends, args)
	if err != nil || len(out) >= limit {
		return out, err
	}
	more, err := scan[Suggestion](tx, mostFollowed, args)
	seen := map[models.ID]bool{}
	for _, s := range out {
		seen[s.AccountID] = true
	}
	for _, s := range more {
		if len(out) < limit && !seen[s.AccountID] {
			out = append(out, s)
		}
	}
	return out, err
}

// Directory returns those who want to be found; me is 0 for a stranger. Those who said
// something last come first, or else those who are here for the shortest time.
func Directory(tx *Tx, me models.ID, local, newest bool, limit, offset int) ([]models.ID, error) {
	query, order := `SELECT a.id FROM accounts a WHERE `+findable, " ORDER BY a.last_post_at DESC, a.id DESC"
	if local {
		query += " AND a.domain = ''"
	}
	if newest {
		order = " ORDER BY a.id DESC"
	} else {
		query += " AND a.last_post_at IS NOT NULL"
	}
	return scan[models.ID](tx, query+order+" LIMIT @limit OFFSET @offset", map[string]any{"me": me, "now": tx.Now, "limit": limit, "offset": offset})
}
