package store

import "ensemble/models"

// trendable is true of a post p by a that may have a part in trends: anybody may come
// across it, and its author wants to be found.
const trendable = `p.visibility = 'public' AND p.summary = '' AND NOT p.sensitive AND NOT p.hidden AND p.published_at > @since
AND a.discoverable AND NOT a.bot AND NOT a.limited AND NOT a.sensitized AND a.by_domain = '' AND a.state = 'active'`

// mostUses bounds how much is read to count trends; the newest are.
const mostUses = "\nORDER BY last DESC LIMIT 100000"

var trendUses = map[models.TrendKind]string{
	models.TrendTag: `SELECT t.tag AS name, p.account_id, max(p.id) AS last FROM post_tags t JOIN posts p ON p.id = t.post_id
JOIN accounts a ON a.id = p.account_id WHERE t.post_id > @from AND ` + trendable + ` GROUP BY t.tag, p.account_id` + mostUses,
	models.TrendStatus: `SELECT k.post_id AS item_id, p.account_id AS owner_id, k.account_id, max(k.id) AS last FROM
(SELECT post_id, account_id, id FROM likes WHERE id > @from UNION ALL SELECT post_id, account_id, id FROM boosts WHERE id > @from) k
JOIN posts p ON p.id = k.post_id JOIN accounts a ON a.id = p.account_id
WHERE p.id > @from AND p.in_reply_to_uri = '' AND k.account_id <> p.account_id
AND NOT EXISTS (SELECT 1 FROM authors x WHERE x.post_id = p.id AND x.account_id = k.account_id)
AND ` + trendable + ` GROUP BY k.post_id, p.account_id, k.account_id` + mostUses,
	models.TrendLink: `SELECT k.card_id AS item_id, p.account_id, max(p.id) AS last FROM post_cards k JOIN posts p ON p.id = k.post_id
JOIN cards c ON c.id = k.card_id JOIN accounts a ON a.id = p.account_id
WHERE k.post_id > @from AND c.state = 'ready' AND ` + trendable + ` GROUP BY k.card_id, p.account_id` + mostUses,
}

// TrendUses returns who had a part in what may be a trend, since TrendWindow ago.
func TrendUses(tx *Tx, kind models.TrendKind) ([]models.TrendUse, error) {
	since := tx.Now.Add(-models.TrendWindow)
	return scan[models.TrendUse](tx, trendUses[kind], map[string]any{"since": since, "from": since.UnixMilli() << 16})
}

// Trends returns what was counted last, from the strongest on.
func Trends(tx *Tx, kind models.TrendKind, limit, offset int) ([]*models.Trend, error) {
	return Find[models.Trend](tx, "kind = ? ORDER BY position LIMIT ? OFFSET ?", kind, limit, offset)
}

var trendingPosts = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM trends t JOIN posts p ON p.id = t.item_id
WHERE t.kind = 'status' AND p.visibility = 'public' AND p.summary = '' AND NOT p.sensitive AND ` + shownToAll + ` AND ` + wanted + ` AND ` + unblocked + `
ORDER BY t.position LIMIT @limit OFFSET @offset`

// TrendingPosts returns the posts among the trends that me may come across.
func TrendingPosts(tx *Tx, me models.ID, limit, offset int) ([]Entry, error) {
	return scan[Entry](tx, trendingPosts, map[string]any{"me": me, "now": tx.Now, "limit": limit, "offset": offset})
}

// A CardDay is how much a page was linked on one of the last days. Day 0 is today.
type CardDay struct {
	CardID   models.ID
	Day      int
	Uses     int
	Accounts int
}

const cardDays = `SELECT d.card_id, d.day, count(*) AS uses, count(DISTINCT d.account_id) AS accounts FROM (
	SELECT k.card_id, p.account_id, CASE WHEN (k.post_id >> 16) / 86400000 >= @today THEN 0 ELSE @today - (k.post_id >> 16) / 86400000 END AS day
	FROM post_cards k JOIN posts p ON p.id = k.post_id
	WHERE k.card_id IN @cards AND k.post_id >= @from AND p.visibility IN ('public', 'unlisted')) d
GROUP BY d.card_id, d.day`

// CardHistory returns how much pages were linked on each of so many days.
func CardHistory(tx *Tx, cards []models.ID, days int) ([]CardDay, error) {
	if len(cards) == 0 {
		return nil, nil
	}
	today := tx.Now.UnixMilli() / 86400_000
	from := (today - int64(days) + 1) * 86400_000 << 16
	return scan[CardDay](tx, cardDays, map[string]any{"cards": cards, "today": today, "from": from})
}

var linkingPosts = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM post_cards k JOIN posts p ON p.id = k.post_id
WHERE k.card_id = @card AND k.post_id < @max AND k.post_id > @since AND p.visibility = 'public' AND NOT p.hidden
AND ` + shownToAll + ` AND ` + wanted + ` AND ` + unblocked

// PostsLinking returns public posts under which a card is.
func PostsLinking(tx *Tx, me, card models.ID, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": me, "card": card, "now": tx.Now})
	rows, err := scan[Entry](tx, linkingPosts+w.order("k.post_id", args, 0), args)
	return cut(w, rows), err
}
