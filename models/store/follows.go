package store

import "ensemble/models"

// Nobody is told of what would not come home to them.
const ringers = `SELECT w.account_id FROM follows w JOIN users u ON u.account_id = w.account_id
WHERE w.target_id = @of AND w.notify AND w.accepted AND w.account_id > @after
AND (w.languages IS NULL OR @language = '' OR w.languages LIKE '%"' || @language || '"%')
AND NOT EXISTS (SELECT 1 FROM post_mentions m WHERE m.post_id = @post AND m.account_id = w.account_id)
AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = w.account_id AND m.target_id = @of AND (m.expires_at IS NULL OR m.expires_at > @now))
ORDER BY w.account_id LIMIT @limit`

// Ringers returns who lives here and asked to be told of whatever an account says, as
// far as p is for them, and p does not name them: that is told anyway.
func Ringers(tx *Tx, of models.ID, p *models.Post, after models.ID, limit int) ([]models.ID, error) {
	return scan[models.ID](tx, ringers, map[string]any{
		"of": of, "post": p.ID, "language": p.Language, "after": after, "limit": limit, "now": tx.Now,
	})
}

// DomainsBlockedBy returns the servers that me keeps away.
func DomainsBlockedBy(tx *Tx, me models.ID, w Window) ([]*models.AccountDomainBlock, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.AccountDomainBlock](tx,
		`SELECT * FROM account_domain_blocks k WHERE k.account_id = @me AND k.id < @max AND k.id > @since`+w.order("k.id", args, 0), args)
	return cut(w, rows), err
}

const dealtWith = `SELECT a.id FROM accounts a WHERE a.domain = @domain AND a.id IN (
	SELECT i.account_id FROM invites i JOIN collabs c ON c.id = i.collab_id WHERE c.initiator_id = @me
	UNION SELECT c.initiator_id FROM collabs c JOIN invites i ON i.collab_id = c.id WHERE i.account_id = @me
	UNION SELECT account_id FROM interactions WHERE target_account_id = @me
	UNION SELECT account_id FROM credit_claims WHERE owner_id = @me
	UNION SELECT owner_id FROM credit_claims WHERE account_id = @me)
ORDER BY a.id`

// DealtWith returns who of a domain was asked to write with me, or asked me, or wanted
// my consent.
func DealtWith(tx *Tx, me models.ID, domain string) ([]models.ID, error) {
	return scan[models.ID](tx, dealtWith, map[string]any{"me": me, "domain": domain})
}

// ListsWith returns the lists of me's that an account is on.
func ListsWith(tx *Tx, me, account models.ID) ([]*models.List, error) {
	return Find[models.List](tx, "account_id = ? AND id IN (SELECT list_id FROM list_members WHERE account_id = ?) ORDER BY id", me, account)
}

const listMembers = `SELECT k.account_id AS id, k.account_id FROM list_members k JOIN accounts a ON a.id = k.account_id
WHERE k.list_id = @list AND a.state = 'active' AND k.account_id < @max AND k.account_id > @since`

// ListMembers returns who is on a list, paged by the accounts' IDs. A Limit of 0 means
// all.
func ListMembers(tx *Tx, list models.ID, w Window) ([]Ref, error) {
	if w.Limit == 0 {
		w.Limit = 1 << 20
	}
	return refs(tx, listMembers, "k.account_id", map[string]any{"list": list}, w)
}

const followedTags = `SELECT k.* FROM tag_follows k WHERE k.account_id = @me AND k.id < @max AND k.id > @since`

// FollowedTags returns the hashtags that me follows, the newest first.
func FollowedTags(tx *Tx, me models.ID, w Window) ([]*models.TagFollow, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.TagFollow](tx, followedTags+w.order("k.id", args, 0), args)
	return cut(w, rows), err
}

// A TagTie is a hashtag that me follows or features.
type TagTie struct {
	Tag  string
	What string // follow or feature
}

const tagTies = `SELECT t.tag, 'follow' AS what FROM tag_follows k JOIN tags t ON t.id = k.tag_id WHERE k.account_id = @me AND t.tag IN @tags
UNION ALL SELECT tag, 'feature' FROM featured_tags WHERE account_id = @me AND tag IN @tags`

// TagTies returns what is between me and hashtags, which are in lower case.
func TagTies(tx *Tx, me models.ID, tags []string) ([]TagTie, error) {
	if len(tags) == 0 {
		return nil, nil
	}
	return scan[TagTie](tx, tagTies, map[string]any{"me": me, "tags": tags})
}

// A TagDay is how much a hashtag was used on one of the last days. Day 0 is today.
type TagDay struct {
	Tag      string
	Day      int
	Uses     int
	Accounts int
}

// An ID holds the time at which it was minted.
// What a clock that was set back calls tomorrow is of today.
const tagDays = `SELECT d.tag, d.day, count(*) AS uses, count(DISTINCT d.account_id) AS accounts FROM (
	SELECT t.tag, p.account_id, CASE WHEN (t.post_id >> 16) / 86400000 >= @today THEN 0 ELSE @today - (t.post_id >> 16) / 86400000 END AS day
	FROM post_tags t JOIN posts p ON p.id = t.post_id
	WHERE t.tag IN @tags AND t.post_id >= @from AND p.visibility IN ('public', 'unlisted')) d
GROUP BY d.tag, d.day`

// TagHistory returns how much hashtags were used on each of so many days. Days on which
// one was not are left out.
func TagHistory(tx *Tx, tags []string, days int) ([]TagDay, error) {
	if len(tags) == 0 {
		return nil, nil
	}
	today := tx.Now.UnixMilli() / 86400_000
	from := (today - int64(days) + 1) * 86400_000 << 16
	return scan[TagDay](tx, tagDays, map[string]any{"tags": tags, "today": today, "from": from})
}
