package store

import (
	"slices"
	"strings"

	"ensemble/models"
)

const postsByID = `SELECT id, uri, url, account_id, local, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri,
	thread_id, content, summary, sensitive, language, visibility, attachments, mentions, tags, collab, digest, revision, imported_from, app_id,
	hidden, policy, quotes_count, likes_count, boosts_count, replies_count, published_at, edited_at
FROM posts WHERE id IN @ids`

// PostKnown reports whether a post of that name is here, or was.
func PostKnown(tx *Tx, uri models.IRI) (bool, error) {
	rows, err := scan[int](tx, "SELECT 1 FROM posts WHERE uri = @uri UNION ALL SELECT 1 FROM tombstones WHERE uri = @uri LIMIT 1", map[string]any{"uri": uri})
	return len(rows) > 0, err
}

// PostsByID returns posts as far as they are shown: without their sources.
func PostsByID(tx *Tx, ids []models.ID) (map[models.ID]*models.Post, error) {
	return byID(tx, postsByID, ids, func(p *models.Post) models.ID { return p.ID })
}

const accountsByID = `SELECT id, uri, username, domain, type, display_name, note, url, followers, following, avatar_url, header_url, avatar_alt, header_alt,
	hide_media, hide_media_replies, hide_featured, hide_app, fields,
	moved_to, locked, bot, system, discoverable, indexable, memorial, hide_collections, collaborates, state, limited, sensitized, by_domain, no_media,
	followers_count, following_count, posts_count, last_post_at, created_at
FROM accounts WHERE id IN @ids`

// AccountsByID returns accounts as far as they are shown: without their keys and
// inboxes.
func AccountsByID(tx *Tx, ids []models.ID) (map[models.ID]*models.Account, error) {
	return byID(tx, accountsByID, ids, func(a *models.Account) models.ID { return a.ID })
}

// Boosts returns boosts by their IDs.
func Boosts(tx *Tx, ids []models.ID) (map[models.ID]*models.Boost, error) {
	return byID(tx, "SELECT * FROM boosts WHERE id IN @ids", ids, func(b *models.Boost) models.ID { return b.ID })
}

func byID[M any](tx *Tx, query string, ids []models.ID, id func(*M) models.ID) (map[models.ID]*M, error) {
	found := make(map[models.ID]*M, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := scan[*M](tx, query, map[string]any{"ids": distinct(ids)})
	for _, m := range rows {
		found[id(m)] = m
	}
	return found, err
}

func distinct(ids []models.ID) []models.ID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// AuthorsOf returns the names that posts claim beside their primary authors, in
// the order of their bylines.
func AuthorsOf(tx *Tx, posts []models.ID) ([]*models.Author, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	return Find[models.Author](tx, "post_id IN ? ORDER BY post_id, position", distinct(posts))
}

// A Mark is something me did to a post: like, boost, bookmark, pin, or mute its thread. Or it is something
// that there is more of about the post: author, card, poll, reaction, confirmation or consent.
type Mark struct {
	PostID models.ID
	What   string
}

const marks = `SELECT post_id, 'like' AS what FROM likes WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT post_id, 'boost' FROM boosts WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT post_id, 'bookmark' FROM bookmarks WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT post_id, 'pin' FROM pins WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT p.id, 'mute' FROM posts p JOIN thread_mutes m ON m.thread_id = p.thread_id WHERE m.account_id = @me AND p.id IN @ids
UNION ALL SELECT post_id, 'author' FROM authors WHERE post_id IN @ids
UNION ALL SELECT post_id, 'card' FROM post_cards WHERE post_id IN @ids
UNION ALL SELECT id, 'poll' FROM polls WHERE id IN @ids
UNION ALL SELECT post_id, 'reaction' FROM reactions WHERE post_id IN @ids
UNION ALL SELECT post_id, 'confirmation' FROM confirmations WHERE post_id IN @ids
UNION ALL SELECT post_id, 'consent' FROM interactions WHERE post_id IN @ids
UNION ALL SELECT target_id, 'consent' FROM interactions WHERE target_id IN @ids AND kind IN ('like', 'announce') AND account_id = @me`

// Marks returns what me did to posts, and what else there is to be asked for about them;
// me is 0 for a stranger.
func Marks(tx *Tx, me models.ID, posts []models.ID) ([]Mark, error) {
	if len(posts) == 0 {
		return nil, nil
	}
	return scan[Mark](tx, marks, map[string]any{"me": me, "ids": distinct(posts)})
}

const readablePosts = `SELECT p.id FROM posts p WHERE p.id IN @ids AND ` + readable

// Readable returns those of the posts that me may read; me is 0 for a stranger.
func Readable(tx *Tx, me models.ID, ids []models.ID) ([]models.ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return scan[models.ID](tx, readablePosts, map[string]any{"me": me, "ids": distinct(ids)})
}

// A Ref is an account at its place in a list, paged by ID.
type Ref struct {
	ID        models.ID
	AccountID models.ID
}

// visibleRef is true of an account a that @me may be shown in a list.
const visibleRef = ` AND a.state = 'active'
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = a.id)
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = @me)`

const likers = `SELECT k.id, k.account_id FROM likes k JOIN accounts a ON a.id = k.account_id
WHERE k.post_id = @post AND k.id < @max AND k.id > @since` + visibleRef

const boosters = `SELECT k.id, k.account_id FROM boosts k JOIN accounts a ON a.id = k.account_id
WHERE k.post_id = @post AND k.id < @max AND k.id > @since` + visibleRef

// Likers returns who liked a post.
func Likers(tx *Tx, me, post models.ID, w Window) ([]Ref, error) {
	return refs(tx, likers, "k.id", map[string]any{"me": me, "post": post}, w)
}

// Boosters returns who passed a post on.
func Boosters(tx *Tx, me, post models.ID, w Window) ([]Ref, error) {
	return refs(tx, boosters, "k.id", map[string]any{"me": me, "post": post}, w)
}

func refs(tx *Tx, query, column string, args map[string]any, w Window) ([]Ref, error) {
	args = w.bounds(args)
	rows, err := scan[Ref](tx, query+w.order(column, args, 0), args)
	return cut(w, rows), err
}

// Names of hashtags are kept in lower case. What begins so is a range of them.
const (
	tagsLite     = `SELECT tag FROM post_tags WHERE tag >= ? AND tag < ? GROUP BY tag ORDER BY length(tag), tag LIMIT ? OFFSET ?`
	tagsPostgres = `SELECT tag FROM post_tags WHERE tag ~>=~ ? AND tag ~<~ ? GROUP BY tag ORDER BY length(tag), tag LIMIT ? OFFSET ?`
)

// SearchTags returns hashtags that begin so, the shortest first.
func SearchTags(tx *Tx, prefix string, limit, offset int) ([]string, error) {
	query := tagsLite
	if tx.db.postgres {
		query = tagsPostgres
	}
	prefix = strings.ToLower(prefix)
	return scan[string](tx, query, prefix, prefix+"\U0010FFFF", limit, offset)
}

// literal makes words match themselves alone in a LIKE.
func literal(words string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(words)
}
