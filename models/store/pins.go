package store

import (
	"strconv"

	"ensemble/models"
)

// A TagUse is a hashtag that an account shows on its profile, and how it uses it.
type TagUse struct {
	ID    models.ID
	Name  string
	Tag   string
	Count int
	Last  models.ID // the newest post that has it, 0 if there is none
}

// Posts returns the count in decimal, as clients expect it.
func (t TagUse) Posts() string { return strconv.Itoa(t.Count) }

const featuredTags = `SELECT f.id, f.name, f.tag,
	(SELECT count(*) FROM posts p JOIN post_tags t ON t.post_id = p.id
		WHERE p.account_id = f.account_id AND t.tag = f.tag AND p.visibility IN ('public', 'unlisted')) AS count,
	(SELECT coalesce(max(p.id), 0) FROM posts p JOIN post_tags t ON t.post_id = p.id
		WHERE p.account_id = f.account_id AND t.tag = f.tag AND p.visibility IN ('public', 'unlisted')) AS last
FROM featured_tags f WHERE f.account_id = @of ORDER BY f.id`

// FeaturedTags returns the hashtags that an account shows.
func FeaturedTags(tx *Tx, of models.ID) ([]TagUse, error) {
	return scan[TagUse](tx, featuredTags, map[string]any{"of": of})
}

const tagsOf = `SELECT t.tag FROM post_tags t JOIN posts p ON p.id = t.post_id
WHERE p.account_id = @of AND t.tag NOT IN (SELECT tag FROM featured_tags WHERE account_id = @of)
GROUP BY t.tag ORDER BY count(*) DESC, t.tag LIMIT @limit`

// TagsOf returns the hashtags that an account uses most and does not show.
func TagsOf(tx *Tx, of models.ID, limit int) ([]string, error) {
	return scan[string](tx, tagsOf, map[string]any{"of": of, "limit": limit})
}
