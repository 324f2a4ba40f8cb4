package store

import (
	"slices"
	"strconv"

	"ensemble/models"
)

// A Window is the part of a list that is asked for, as Mastodon pages: below Max,
// above Since from the newest down, or directly above Min. Zero means open.
type Window struct {
	Max, Since, Min models.ID
	Limit           int
}

// last stands for an open upper end.
const last = models.ID(1<<63 - 1)

// bounds are the named parameters @max and @since of a query over a window.
func (w Window) bounds(args map[string]any) map[string]any {
	top := w.Max
	if top == 0 {
		top = last
	}
	args["max"], args["since"] = top, max(w.Since, w.Min)
	return args
}

// order ends a query over a window. reach is how many rows more than asked for
// may be needed, since some will be skipped.
func (w Window) order(column string, _ map[string]any, reach int) string {
	limit := strconv.Itoa(w.Limit + reach) // said to the planner, who has to know how few are wanted
	if w.Min != 0 {
		return "\nORDER BY " + column + " ASC LIMIT " + limit
	}
	return "\nORDER BY " + column + " DESC LIMIT " + limit
}

// cut leaves the rows of a window, newest first.
func cut[T any](w Window, rows []T) []T {
	rows = rows[:min(len(rows), w.Limit)]
	if w.Min != 0 {
		slices.Reverse(rows)
	}
	return rows
}

// An Entry is a post at its place in a list. ID is what the list is paged by: the
// post's, the boost's, or that of a bookmark or a like.
type Entry struct {
	ID        models.ID
	PostID    models.ID
	AccountID models.ID // in whose feed it is: the booster's, for a boost
	Kind      models.FeedKind
}

// readable is true of a post p that @me may read; @me is 0 for a stranger. Of what is
// public it is enough to ask for unblocked.
const readable = `(p.visibility IN ('public', 'unlisted') OR p.account_id = @me
	OR EXISTS (SELECT 1 FROM post_mentions m WHERE m.post_id = p.id AND m.account_id = @me)
	OR (p.visibility = 'private' AND EXISTS (SELECT 1 FROM follows r
		WHERE r.account_id = @me AND r.target_id = p.account_id AND r.accepted)))
AND ` + unblocked

const unblocked = `NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = p.account_id)
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.account_id AND b.target_id = @me)`

// inHome is true of an entry f of somebody @me hears. The tests that cost most
// come last, for few entries get there.
var inHome = inFeed + `
AND f.account_id NOT IN (SELECT m.account_id FROM lists l JOIN list_members m ON m.list_id = l.id WHERE l.account_id = @me AND l.exclusive)
AND (f.kind = 'boost' OR NOT f.reply OR f.account_id = @me OR EXISTS (SELECT 1 FROM posts p
	WHERE p.id = f.post_id AND (p.in_reply_to_account_id = @me OR EXISTS (SELECT 1 FROM follows r
		WHERE r.account_id = @me AND r.target_id = p.in_reply_to_account_id AND r.accepted))))
AND ` + apart

// inFeed is true of an entry f that may be in a feed of @me's, and apart where nobody
// under it keeps @me away, or is kept away.
const inFeed = `(f.visibility IN ('public', 'unlisted') OR f.author_id = @me
	OR (f.visibility = 'private' AND f.author_id = f.account_id)
	OR EXISTS (SELECT 1 FROM post_mentions m WHERE m.post_id = f.post_id AND m.account_id = @me))`

var apart = heard + `
AND f.author_id NOT IN (SELECT account_id FROM blocks WHERE target_id = @me)
AND (f.author_id = @me OR NOT EXISTS (SELECT 1 FROM authors x
	WHERE x.post_id = f.post_id AND x.state = 'verified' AND x.account_id IN (` + unheardBy + `)))`

// homeDepth is how many entries of the whole server Home looks at first.
const homeDepth = "600"

// homeNear leaves those @me hears of the newest entries of everybody: for most people
// that fills a page, at a price that no number of follows changes.
var homeNear = `(f.account_id = @me OR +f.account_id IN (SELECT w.target_id FROM follows w WHERE w.account_id = @me AND w.accepted
	UNION ALL SELECT tag_id FROM tag_follows WHERE account_id = @me))
AND (f.kind <> 'boost' OR NOT EXISTS (SELECT 1 FROM follows w
	WHERE w.account_id = @me AND w.target_id = f.account_id AND NOT w.show_boosts))
AND ` + inHome

// newestLite and newestPostgres are those entries, each as its database walks them without
// looking at one that is not needed.
const (
	newestLite = `SELECT f.id, f.post_id, f.account_id, f.kind
FROM feed f WHERE f.id < @max AND f.id > @since
AND f.id > coalesce((SELECT id FROM feed WHERE id < @max ORDER BY id DESC LIMIT 1 OFFSET ` + homeDepth + `), 0)
AND `
	newestPostgres = `SELECT f.id, f.post_id, f.account_id, f.kind
FROM (SELECT * FROM feed WHERE id < @max AND id > @since ORDER BY id DESC LIMIT ` + homeDepth + `) f WHERE `
)

// homeFar starts from whom @me follows, for those who follow few or quiet people.
var homeFar = `SELECT f.id, f.post_id, f.account_id, f.kind
FROM (SELECT target_id, show_boosts FROM follows WHERE account_id = @me AND accepted
	UNION ALL SELECT tag_id, 1 = 0 FROM tag_follows WHERE account_id = @me
	UNION ALL SELECT CAST(@me AS bigint), 1 = 1) w
JOIN feed f ON f.account_id = w.target_id
WHERE f.id < @max AND f.id > @since AND (w.show_boosts OR f.kind <> 'boost')
AND ` + inHome

// Home returns what those whom me follows said and passed on, and me. A post is
// there at most once: the entries of its several authors are one, and a boost of
// a post that the page holds anyway is left out.
func Home(tx *Tx, me models.ID, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": me, "now": tx.Now})
	near := newestLite
	if tx.db.postgres {
		near = newestPostgres
	}
	return nearOrFar(tx, near+homeNear, homeFar, args, w)
}

// nearOrFar asks near for a page, and far where that does not hold enough.
func nearOrFar(tx *Tx, near, far string, args map[string]any, w Window) ([]Entry, error) {
	for reach := w.Limit / 4; w.Min == 0 && reach <= w.Limit; reach += w.Limit - w.Limit/4 {
		rows, err := scan[Entry](tx, near+w.order("f.id", args, reach), args)
		all := len(rows) < w.Limit+reach // of those who are near
		if rows = once(rows); err != nil || len(rows) >= w.Limit {
			return cut(w, rows), err
		}
		if all {
			break
		}
	}
	rows, err := scan[Entry](tx, far+w.order("f.id", args, w.Limit), args)
	return cut(w, once(rows)), err
}

// once leaves each post at one place: its own if it has one here, else the first
// boost's.
func once(rows []Entry) []Entry {
	said, seen := map[models.ID]bool{}, map[models.ID]bool{}
	for _, e := range rows {
		said[e.PostID] = said[e.PostID] || e.Kind != models.FeedBoost
	}
	return slices.DeleteFunc(rows, func(e Entry) bool {
		if seen[e.PostID] || e.Kind == models.FeedBoost && said[e.PostID] {
			return true
		}
		seen[e.PostID] = true
		return false
	})
}

// Publics says which public posts are wanted.
type Publics struct {
	Me     models.ID // 0 for a stranger
	Local  bool
	Remote bool
	Media  bool
	Tag    string // in lower case; "" for all
	// Beside Tag, or one of them; all of them; and none: in lower case, each once.
	Any, All, None []string
}

// shownToAll is true of a post p whose author nobody hides. PostgreSQL would join what is
// no single value, and read all accounts for it.
const shownToAll = `(SELECT NOT q.limited AND q.by_domain = '' AND q.state = 'active' FROM accounts q WHERE q.id = p.account_id)`

var publicPosts = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM posts p
WHERE p.visibility = 'public' AND p.id < @max AND p.id > @since
AND (p.in_reply_to_uri = '' OR p.in_reply_to_account_id = p.account_id)
AND ` + shownToAll + ` AND ` + wanted + ` AND ` + unblocked

var taggedPosts = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM post_tags t
JOIN posts p ON p.id = t.post_id
WHERE t.tag = @tag AND t.post_id < @max AND t.post_id > @since AND p.visibility = 'public' AND NOT p.hidden
AND ` + shownToAll + ` AND ` + wanted + ` AND ` + unblocked

// taggedAny is taggedPosts for several tags, of which a post may have more than one.
var taggedAny = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM posts p
WHERE p.id IN (SELECT t.post_id FROM post_tags t WHERE t.tag IN @any AND t.post_id < @max AND t.post_id > @since)
AND p.visibility = 'public' AND NOT p.hidden
AND ` + shownToAll + ` AND ` + wanted + ` AND ` + unblocked

const (
	withTags    = "\nAND (SELECT count(*) FROM post_tags x WHERE x.post_id = p.id AND x.tag IN @all) = @many"
	withoutTags = "\nAND NOT EXISTS (SELECT 1 FROM post_tags x WHERE x.post_id = p.id AND x.tag IN @none)"
)

// narrowed are the conditions that not every reader sets. They are literal, so that
// a partial index can serve them.
func (q Publics) narrowed() string {
	var where string
	if q.Local {
		where += "\nAND p.local"
	}
	if q.Remote {
		where += "\nAND NOT p.local"
	}
	if q.Media {
		where += "\nAND p.attachments IS NOT NULL AND p.attachments NOT IN ('null', '[]')"
	}
	return where
}

// PublicPosts returns what anybody may read: without replies, unless a tag is asked
// for.
func PublicPosts(tx *Tx, q Publics, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": q.Me, "tag": q.Tag, "now": tx.Now})
	query, column := publicPosts, "p.id"
	switch {
	case len(q.Any) > 0:
		query, args["any"] = taggedAny, append(slices.Clone(q.Any), q.Tag)
	case q.Tag != "":
		query, column = taggedPosts, "t.post_id"
	}
	if len(q.All) > 0 {
		query, args["all"], args["many"] = query+withTags, q.All, len(q.All)
	}
	if len(q.None) > 0 {
		query, args["none"] = query+withoutTags, q.None
	}
	rows, err := scan[Entry](tx, query+q.narrowed()+w.order(column, args, 0), args)
	return cut(w, rows), err
}

// A Profile says which entries of an account are wanted, and by whom.
type Profile struct {
	Me        models.ID // 0 for a stranger
	Of        models.ID
	NoReplies bool // but those to oneself stay
	NoBoosts  bool
	Media     bool
	Collabs   bool   // those of several authors alone
	Agreed    bool   // those under which somebody else stands, as was verified
	Tag       string // in lower case; "" for all
}

// An entry knows of its post what this asks, so that no post is read for it.
const profile = `SELECT f.id, f.post_id, f.account_id, f.kind FROM feed f
WHERE f.account_id = @of AND f.id < @max AND f.id > @since AND NOT f.hidden
AND (f.visibility IN ('public', 'unlisted') OR f.author_id = @me
	OR EXISTS (SELECT 1 FROM post_mentions m WHERE m.post_id = f.post_id AND m.account_id = @me)
	OR (f.visibility = 'private' AND EXISTS (SELECT 1 FROM follows r
		WHERE r.account_id = @me AND r.target_id = f.author_id AND r.accepted)))
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = f.author_id)
AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = f.author_id AND b.target_id = @me)`

// narrowed are the conditions that not every reader sets.
func (q Profile) narrowed() string {
	var where string
	if q.NoReplies {
		where += "\nAND (f.kind = 'boost' OR NOT f.reply)"
	}
	if q.NoBoosts {
		where += "\nAND f.kind <> 'boost'"
	}
	if q.Media {
		where += "\nAND f.media AND f.kind <> 'boost'"
	}
	if q.Collabs {
		where += "\nAND f.kind <> 'boost' AND EXISTS (SELECT 1 FROM posts p WHERE p.id = f.post_id AND p.collab <> '')"
	}
	if q.Agreed {
		where += "\nAND EXISTS (SELECT 1 FROM authors x WHERE x.post_id = f.post_id AND x.state = 'verified')"
	}
	if q.Tag != "" {
		where += "\nAND f.kind <> 'boost' AND EXISTS (SELECT 1 FROM post_tags t WHERE t.tag = @tag AND t.post_id = f.post_id)"
	}
	return where
}

// ProfilePosts returns what is on an account's profile: its posts, those it is a
// co-author of unless it hid them, and its boosts.
func ProfilePosts(tx *Tx, q Profile, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": q.Me, "of": q.Of, "tag": q.Tag})
	rows, err := scan[Entry](tx, profile+q.narrowed()+w.order("f.id", args, 0), args)
	return cut(w, rows), err
}

const bookmarkedPosts = `SELECT k.id, k.post_id, p.account_id, 'post' AS kind FROM bookmarks k JOIN posts p ON p.id = k.post_id
WHERE k.account_id = @me AND k.id < @max AND k.id > @since AND ` + readable

// BookmarkedPosts returns what me kept, the newest bookmark first.
func BookmarkedPosts(tx *Tx, me models.ID, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[Entry](tx, bookmarkedPosts+w.order("k.id", args, 0), args)
	return cut(w, rows), err
}

const likedPosts = `SELECT k.id, k.post_id, p.account_id, 'post' AS kind FROM likes k JOIN posts p ON p.id = k.post_id
WHERE k.account_id = @me AND k.id < @max AND k.id > @since AND ` + readable

// LikedPosts returns what me liked, the newest like first.
func LikedPosts(tx *Tx, me models.ID, w Window) ([]Entry, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[Entry](tx, likedPosts+w.order("k.id", args, 0), args)
	return cut(w, rows), err
}
