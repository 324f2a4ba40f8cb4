package store

import (
	"strings"

	"ensemble/models"
)

const followersOf = `SELECT k.id, k.account_id FROM follows k JOIN accounts a ON a.id = k.account_id
WHERE k.target_id = @of AND k.accepted AND k.id < @max AND k.id > @since` + visibleRef

const followedBy = `SELECT k.id, k.target_id AS account_id FROM follows k JOIN accounts a ON a.id = k.target_id
WHERE k.account_id = @of AND k.accepted AND k.id < @max AND k.id > @since` + visibleRef

const followRequests = `SELECT k.id, k.account_id FROM follows k JOIN accounts a ON a.id = k.account_id
WHERE k.target_id = @me AND NOT k.accepted AND k.id < @max AND k.id > @since` + visibleRef

const blockedBy = `SELECT k.id, k.target_id AS account_id FROM blocks k JOIN accounts a ON a.id = k.target_id
WHERE k.account_id = @me AND k.id < @max AND k.id > @since`

// FollowersOf returns who hears an account, as far as me may see them.
func FollowersOf(tx *Tx, me, of models.ID, w Window) ([]Ref, error) {
	return refs(tx, followersOf, "k.id", map[string]any{"me": me, "of": of}, w)
}

// FollowedBy returns whom an account hears, as far as me may see them.
func FollowedBy(tx *Tx, me, of models.ID, w Window) ([]Ref, error) {
	return refs(tx, followedBy, "k.id", map[string]any{"me": me, "of": of}, w)
}

// FollowRequests returns who waits for me to say yes.
func FollowRequests(tx *Tx, me models.ID, w Window) ([]Ref, error) {
	return refs(tx, followRequests, "k.id", map[string]any{"me": me}, w)
}

// BlockedBy returns whom me blocks.
func BlockedBy(tx *Tx, me models.ID, w Window) ([]Ref, error) {
	return refs(tx, blockedBy, "k.id", map[string]any{"me": me}, w)
}

// A Tie is one thing between me and another account: follow, follower, block, blocker,
// mute, note, endorsement, or domain where me keeps its server away.
type Tie struct {
	What       string
	OtherID    models.ID
	Accepted   bool
	ShowBoosts bool
	Notify     bool
	Languages  []string `gorm:"serializer:json"`
}

const ties = `SELECT 'follow' AS what, target_id AS other_id, accepted, show_boosts, notify, languages
	FROM follows WHERE account_id = @me AND target_id IN @ids
UNION ALL SELECT 'follower', account_id, accepted, show_boosts, notify, NULL
	FROM follows WHERE target_id = @me AND account_id IN @ids
UNION ALL SELECT 'block', target_id, 1 = 1, 1 = 0, 1 = 0, NULL FROM blocks WHERE account_id = @me AND target_id IN @ids
UNION ALL SELECT 'blocker', account_id, 1 = 1, 1 = 0, 1 = 0, NULL FROM blocks WHERE target_id = @me AND account_id IN @ids
UNION ALL SELECT 'mute', target_id, 1 = 1, 1 = 0, hide_notifications, NULL FROM mutes WHERE account_id = @me AND target_id IN @ids
UNION ALL SELECT 'note', target_id, 1 = 1, 1 = 0, 1 = 0, NULL FROM account_notes WHERE account_id = @me AND target_id IN @ids
UNION ALL SELECT 'domain', a.id, 1 = 1, 1 = 0, 1 = 0, NULL FROM account_domain_blocks d JOIN accounts a ON a.domain = d.domain
	WHERE d.account_id = @me AND a.id IN @ids`

// Ties returns all that is between me and others.
func Ties(tx *Tx, me models.ID, others []models.ID) ([]Tie, error) {
	if len(others) == 0 {
		return nil, nil
	}
	return scan[Tie](tx, ties, map[string]any{"me": me, "ids": distinct(others)})
}

// A name in full comes first, then whom me follows, then the rest.
const searchAccounts = `SELECT a.id AS account_id FROM accounts a
WHERE a.state = 'active' AND NOT a.system
AND (lower(a.username) LIKE @name ESCAPE '\' AND a.domain LIKE @domain ESCAPE '\'
	OR @whole = '' AND (lower(a.display_name) LIKE @anywhere ESCAPE '\' OR a.display_name LIKE @as ESCAPE '\'))
AND (NOT @following OR EXISTS (SELECT 1 FROM follows r WHERE r.account_id = @me AND r.target_id = a.id AND r.accepted))
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = @me)
ORDER BY CASE WHEN lower(a.username) = @exact THEN 0
	WHEN EXISTS (SELECT 1 FROM follows r WHERE r.account_id = @me AND r.target_id = a.id) THEN 1 ELSE 2 END,
	a.followers_count DESC, a.id
LIMIT @limit OFFSET @offset`

// SearchAccounts returns accounts whose handle begins so, or whose name holds the
// words. words may be name@domain, with or without an @ before it.
func SearchAccounts(tx *Tx, me models.ID, words string, following bool, limit, offset int) ([]models.ID, error) {
	typed := strings.TrimPrefix(strings.TrimSpace(words), "@")
	words = strings.ToLower(typed)
	name, domain, whole := strings.Cut(words, "@")
	if domain == strings.ToLower(tx.Site.Domain) && whole {
		domain = ""
	} else {
		domain = literal(domain) + "%"
	}
	args := map[string]any{
		"me": me, "name": literal(name) + "%", "domain": domain, "anywhere": "%" + literal(words) + "%", "as": "%" + literal(typed) + "%",
		"exact": name, "whole": "", "following": following, "limit": limit, "offset": offset,
	}
	if whole {
		args["whole"] = words
	}
	return scan[models.ID](tx, searchAccounts, args)
}

// A Census is how much there is on this server.
type Census struct {
	Users  int
	Posts  int
	Peers  int
	Active int // people who posted in the last four weeks
}

const census = `SELECT
	(SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.state = 'active') AS users,
	(SELECT coalesce(sum(a.posts_count), 0) FROM accounts a WHERE a.domain = '') AS posts,
	(SELECT count(*) FROM peers WHERE NOT blocked) AS peers,
	(SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.last_post_at > @since) AS active`

// TakeCensus counts what there is, for those who want to know how large it is.
func TakeCensus(tx *Tx) (Census, error) {
	rows, err := scan[Census](tx, census, map[string]any{"since": tx.Now.AddDate(0, 0, -28)})
	if err != nil || len(rows) == 0 {
		return Census{}, err
	}
	return rows[0], nil
}

const familiar = `SELECT k.id, k.account_id FROM follows k JOIN accounts a ON a.id = k.account_id
WHERE k.target_id = @of AND k.accepted AND EXISTS (SELECT 1 FROM follows r
	WHERE r.account_id = @me AND r.target_id = k.account_id AND r.accepted)` + visibleRef + `
ORDER BY k.id DESC LIMIT @limit`

// Familiar returns who of those me follows follows an account.
func Familiar(tx *Tx, me, of models.ID, limit int) ([]Ref, error) {
	return scan[Ref](tx, familiar, map[string]any{"me": me, "of": of, "limit": limit})
}
