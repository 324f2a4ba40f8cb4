package store

import (
	"strconv"
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
UNION ALL SELECT 'endorsement', target_id, 1 = 1, 1 = 0, 1 = 0, NULL FROM endorsements WHERE account_id = @me AND target_id IN @ids
UNION ALL SELECT 'domain', a.id, 1 = 1, 1 = 0, 1 = 0, NULL FROM account_domain_blocks d JOIN accounts a ON a.domain = d.domain
	WHERE d.account_id = @me AND a.id IN @ids`

// Ties returns all that is between me and others.
func Ties(tx *Tx, me models.ID, others []models.ID) ([]Tie, error) {
	if len(others) == 0 {
		return nil, nil
	}
	return scan[Tie](tx, ties, map[string]any{"me": me, "ids": distinct(others)})
}

// manyNames is how many accounts that are called so are compared.
const manyNames = 1000

// A name in full comes first, then whom me follows, then the rest. By it those are found
// whom me blocks, too: to be let back in.
const rankedAccounts = `SELECT a.id AS account_id FROM accounts a
WHERE a.id IN @ids AND a.state = 'active' AND NOT a.system AND a.domain LIKE @domain ESCAPE '\'
AND (NOT @whole OR lower(a.username) LIKE @name ESCAPE '\')
AND (NOT @following OR EXISTS (SELECT 1 FROM follows r WHERE r.account_id = @me AND r.target_id = a.id AND r.accepted))
AND (lower(a.username) = @exact OR NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = a.id))
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = @me)
ORDER BY CASE WHEN lower(a.username) = @exact THEN 0
	WHEN EXISTS (SELECT 1 FROM follows r WHERE r.account_id = @me AND r.target_id = a.id) THEN 1 ELSE 2 END,
	a.followers_count DESC, a.id
LIMIT @limit OFFSET @offset`

// A Named says which accounts are looked for, by the words of their handles and names.
type Named struct {
	Me        models.ID
	Words     []string // the last may be the beginning of one
	Handle    string   // in lower case: it comes first; with Domain it is name@domain, perhaps its beginning
	Domain    string   // in lower case
	Whole     bool     // a domain was typed, perhaps as ""
	Following bool
}

// SearchAccounts returns accounts that are called so.
func SearchAccounts(tx *Tx, n Named, limit, offset int) ([]models.ID, error) {
	ids, err := called(tx, n)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	domain := literal(n.Domain) + "%"
	if n.Whole && (n.Domain == "" || n.Domain == strings.ToLower(tx.Site.Domain)) {
		domain = ""
	}
	return scan[models.ID](tx, rankedAccounts, map[string]any{
		"me": n.Me, "ids": distinct(ids), "domain": domain, "whole": n.Whole, "name": literal(n.Handle) + "%", "exact": n.Handle,
		"following": n.Following, "limit": limit, "offset": offset,
	})
}

const followedCalled = `SELECT a.id FROM follows r JOIN accounts a ON a.id = r.target_id
WHERE r.account_id = ? AND r.accepted AND (lower(a.username) LIKE ? ESCAPE '\' OR lower(a.display_name) LIKE ? ESCAPE '\') LIMIT 200`

// called returns whom to compare: where there are very many, those with the very
// name and those me follows are among them.
func called(tx *Tx, n Named) ([]models.ID, error) {
	ids, err := scan[models.ID](tx, "SELECT id FROM accounts WHERE lower(username) = ? LIMIT 200", n.Handle)
	if err != nil || len(n.Words) == 0 {
		return ids, err
	}
	query := "SELECT rowid AS id FROM account_words WHERE account_words MATCH ? LIMIT "
	if tx.db.postgres {
		query = "SELECT account_id AS id FROM account_words WHERE words @@ (SELECT CAST(? AS text)::tsquery) LIMIT "
	}
	more, err := scan[models.ID](tx, query+strconv.Itoa(manyNames), tx.matcher().beginning(n.Words))
	if err != nil || len(more) < manyNames {
		return append(ids, more...), err
	}
	heard, err := scan[models.ID](tx, followedCalled, n.Me, literal(n.Handle)+"%", "%"+literal(n.Handle)+"%")
	return append(append(ids, more...), heard...), err
}

// A Census is how much there is on this server.
type Census struct {
	Users  int
	Posts  int
	Peers  int
	Active int // people who came or posted in the last four weeks
}

const census = `SELECT
	(SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE a.state = 'active') AS users,
	(SELECT coalesce(sum(a.posts_count), 0) FROM users u JOIN accounts a ON a.id = u.account_id) AS posts,
	(SELECT count(*) FROM peers WHERE NOT blocked) AS peers`

// TakeCensus counts what there is, for those who want to know how large it is.
func TakeCensus(tx *Tx) (Census, error) {
	rows, err := scan[Census](tx, census)
	if err != nil || len(rows) == 0 {
		return Census{}, err
	}
	rows[0].Active, err = ActiveSince(tx, 4)
	return rows[0], err
}

const familiar = `SELECT k.id, k.account_id FROM follows k JOIN accounts a ON a.id = k.account_id
WHERE k.target_id = @of AND k.accepted AND EXISTS (SELECT 1 FROM follows r
	WHERE r.account_id = @me AND r.target_id = k.account_id AND r.accepted) AND NOT a.hide_collections` + visibleRef + `
ORDER BY k.id DESC LIMIT @limit`

// Familiar returns who of those me follows follows an account.
func Familiar(tx *Tx, me, of models.ID, limit int) ([]Ref, error) {
	return scan[Ref](tx, familiar, map[string]any{"me": me, "of": of, "limit": limit})
}
