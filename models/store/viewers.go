package store

import (
	"slices"
	"strings"

	"ensemble/models"
)

// Streams show one thing to those many who look on and find it in their timelines. The
// rules are those of the timelines' own queries, with a viewer v where they have @me.

// of turns the conditions of a timeline that @me reads into those of one v reads.
func of(condition string) string { return strings.ReplaceAll(condition, "@me", "v.id") }

// someViewers is how many are asked about at once.
const someViewers = 1000

// viewers returns those of the accounts for which the query, which is over v, holds.
func viewers(tx *Tx, all []models.ID, query string, args map[string]any) ([]models.ID, error) {
	var out []models.ID
	args["now"] = tx.Now
	for some := range slices.Chunk(distinct(all), someViewers) {
		args["viewers"] = some
		rows, err := scan[models.ID](tx, query, args)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

var (
	homesWithEntry = `SELECT v.id FROM accounts v WHERE v.id IN @viewers
AND EXISTS (SELECT 1 FROM feed f WHERE f.id = @entry AND (f.account_id = @by OR f.kind = 'tag') AND ` + of(homeNear) + `)`
	// A post stands in its first author's feed and under its hashtags, and then in the
	// feeds of its other authors.
	butNotBefore = `
AND NOT EXISTS (SELECT 1 FROM feed f WHERE f.id = @entry AND (f.account_id = f.author_id OR f.kind = 'tag' OR f.account_id < @by) AND ` + of(homeNear) + `)`
	homesWithPost = `SELECT v.id FROM accounts v WHERE v.id IN @viewers
AND EXISTS (SELECT 1 FROM feed f WHERE f.post_id = @post AND ` + of(homeNear) + `)`
	publicToViewers = `SELECT v.id FROM accounts v WHERE v.id IN @viewers AND EXISTS (` + of(publicPosts) + `)`
	taggedToViewers = `SELECT v.id FROM accounts v WHERE v.id IN @viewers AND EXISTS (` + of(taggedPosts) + `)`
	followersOfAny  = `SELECT DISTINCT f.account_id FROM follows f WHERE f.account_id IN @viewers AND f.target_id IN @accounts AND f.accepted
UNION SELECT account_id FROM tag_follows WHERE account_id IN @viewers AND tag_id IN @accounts`
)

// HomesWithEntry returns those of the accounts that find the entry in their home timelines,
// and do not find the post there anyway by an author who is named before.
func HomesWithEntry(tx *Tx, accounts []models.ID, e *models.Feed) ([]models.ID, error) {
	query := homesWithEntry
	if e.Kind == models.FeedCoauthor {
		query = strings.Replace(query, " OR f.kind = 'tag'", "", 1) + butNotBefore
	}
	return viewers(tx, accounts, query, map[string]any{"entry": e.ID, "by": e.AccountID})
}

// HomesWithPost returns those of the accounts that find the post in their home timelines,
// whoever put it there.
func HomesWithPost(tx *Tx, accounts []models.ID, post models.ID) ([]models.ID, error) {
	return viewers(tx, accounts, homesWithPost, map[string]any{"post": post})
}

// PublicTo returns those of the accounts that find the post in the public timeline that q
// says, whoever q.Me is.
func PublicTo(tx *Tx, accounts []models.ID, q Publics, post models.ID) ([]models.ID, error) {
	query := publicToViewers
	if q.Tag != "" {
		query = taggedToViewers
	}
	query = query[:len(query)-1] + q.narrowed() + ")"
	return viewers(tx, accounts, query, map[string]any{"max": post + 1, "since": post - 1, "tag": q.Tag})
}

// FollowersAmong returns those of all who follow any of the accounts, or hashtags.
func FollowersAmong(tx *Tx, all, accounts []models.ID) ([]models.ID, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	return viewers(tx, all, followersOfAny, map[string]any{"accounts": distinct(accounts)})
}

// ListsOfAny returns those of the lists that any of the accounts is on.
func ListsOfAny(tx *Tx, lists, accounts []models.ID) ([]models.ID, error) {
	if len(lists) == 0 || len(accounts) == 0 {
		return nil, nil
	}
	return viewers(tx, lists, "SELECT DISTINCT list_id FROM list_members WHERE list_id IN @viewers AND account_id IN @accounts",
		map[string]any{"accounts": distinct(accounts)})
}

const tokensInForce = `SELECT t.hash FROM tokens t LEFT JOIN accounts a ON a.id = t.account_id
WHERE t.hash IN @hashes AND t.revoked_at IS NULL AND (t.account_id = 0 OR (a.state = 'active' AND a.domain = ''))`

const sessionsInForce = `SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id
WHERE s.id IN @hashes AND s.expires_at > @now AND a.state = 'active' AND a.domain = ''`

// InForce returns those of the tokens, named by their hashes, and of the sessions of
// browsers, by their bearers, by which somebody may still act.
func InForce(tx *Tx, hashes []string) (map[string]bool, error) {
	var tokens, sessions []string
	for _, h := range hashes {
		if id, is := strings.CutPrefix(h, models.SessionBearer); is {
			sessions = append(sessions, id)
		} else {
			tokens = append(tokens, h)
		}
	}
	out := make(map[string]bool, len(hashes))
	if err := inForce(tx, out, tokensInForce, "", tokens); err != nil {
		return nil, err
	}
	return out, inForce(tx, out, sessionsInForce, models.SessionBearer, sessions)
}

// inForce notes in out, after prefix, which of the hashes the query finds.
func inForce(tx *Tx, out map[string]bool, query, prefix string, hashes []string) error {
	for some := range slices.Chunk(hashes, someViewers) {
		rows, err := scan[string](tx, query, map[string]any{"hashes": some, "now": tx.Now})
		if err != nil {
			return err
		}
		for _, h := range rows {
			out[prefix+h] = true
		}
	}
	return nil
}
