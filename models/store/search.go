package store

import (
	"slices"
	"strconv"
	"strings"

	"ensemble/models"
)

// How search writes a thing down is particular to each database: SQLite's FTS5 has
// rows without text, and PostgreSQL a tsvector, in which marks begin with a #.

// gap is between two texts, so that no phrase goes across.
const gap = "¶"

// KeepWords writes down what search is to know of a post.
func KeepWords(tx *Tx, d *models.Searchable) error {
	if tx.db.postgres {
		_, err := tx.exec(`INSERT INTO post_words (post_id, words) VALUES (?, CAST(? AS text)::tsvector)
			ON CONFLICT (post_id) DO UPDATE SET words = excluded.words`, d.ID, vector(d))
		return err
	}
	_, err := tx.exec(`INSERT OR REPLACE INTO post_words (rowid, words, marks) VALUES (?, ?, ?)`,
		d.ID, strings.Join(d.Words, " "), strings.Join(d.Marks, " "))
	return err
}

// DropWords has search forget a post.
func DropWords(tx *Tx, post models.ID) error {
	if tx.db.postgres {
		_, err := tx.exec("DELETE FROM post_words WHERE post_id = ?", post)
		return err
	}
	_, err := tx.exec("DELETE FROM post_words WHERE rowid = ?", post)
	return err
}

// KeepNames writes down what search is to know of an account.
func KeepNames(tx *Tx, d *models.Searchable) error {
	if tx.db.postgres {
		_, err := tx.exec(`INSERT INTO account_words (account_id, words) VALUES (?, CAST(? AS text)::tsvector)
			ON CONFLICT (account_id) DO UPDATE SET words = excluded.words`, d.ID, vector(d))
		return err
	}
	_, err := tx.exec(`INSERT OR REPLACE INTO account_words (rowid, words) VALUES (?, ?)`, d.ID, strings.Join(d.Words, " "))
	return err
}

// vector writes words as PostgreSQL reads a tsvector. They hold nothing that it takes
// for anything else.
func vector(d *models.Searchable) string {
	at := map[string][]int{}
	var order []string
	for i, w := range d.Words {
		if w == gap {
			continue
		}
		if at[w] == nil {
			order = append(order, w)
		}
		at[w] = append(at[w], i+1)
	}
	var b strings.Builder
	for _, w := range order {
		b.WriteString("'" + w + "':")
		for i, n := range at[w] {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Itoa(n))
		}
		b.WriteByte(' ')
	}
	for _, m := range d.Marks {
		b.WriteString("'#" + m + "' ")
	}
	return b.String()
}

// A matcher writes what is sought as a database reads it.
type matcher struct {
	word, mark, near, and, or string
	not                       func(all, none string) string
}

var lite = matcher{
	word: "words : %", mark: "marks : %", near: " + ", and: " AND ", or: " OR ",
	not: func(all, none string) string { return "(" + all + ") NOT (" + none + ")" },
}

var tsquery = matcher{
	word: "(%)", mark: "%", near: " <-> ", and: " & ", or: " | ",
	not: func(all, none string) string { return "(" + all + ") & !(" + none + ")" },
}

func (tx *Tx) matcher() *matcher {
	if tx.db.postgres {
		return &tsquery
	}
	return &lite
}

func (m *matcher) phrase(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = m.quote(w)
	}
	return strings.ReplaceAll(m.word, "%", strings.Join(quoted, m.near))
}

func (m *matcher) quote(w string) string {
	if m == &tsquery {
		return "'" + strings.NewReplacer("'", "''", `\`, `\\`).Replace(w) + "'"
	}
	return `"` + strings.ReplaceAll(w, `"`, `""`) + `"`
}

func (m *matcher) marked(mark string) string {
	if m == &tsquery {
		mark = "#" + mark
	}
	return strings.ReplaceAll(m.mark, "%", m.quote(mark))
}

func (m *matcher) each(phrases [][]string, marks []string) (out []string) {
	for _, p := range phrases {
		out = append(out, m.phrase(p))
	}
	for _, mark := range marks {
		out = append(out, m.marked(mark))
	}
	return out
}

// text returns q for MATCH or @@, "" if it has nothing that a post must have.
func (m *matcher) text(q *models.Sought) string {
	all := m.each(q.All, q.Marks)
	if len(q.Any) > 0 {
		all = append(all, "("+strings.Join(m.each(nil, q.Any), m.or)+")")
	}
	if len(all) == 0 {
		return ""
	}
	match := strings.Join(all, m.and)
	if none := m.each(q.None, q.Without); len(none) > 0 {
		match = m.not(match, strings.Join(none, m.or))
	}
	return match
}

// beginning matches all words, of which the last may go on.
func (m *matcher) beginning(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = m.quote(w)
	}
	if m == &tsquery {
		return strings.Join(all, m.and) + ":*"
	}
	return strings.Join(all, m.and) + "*"
}

// PostgreSQL looks through so many of the newest posts, one by one, before it asks its
// index, which has no order: what is common is among them. Phrases cost its index most.
const (
	newestWords   = "2000"
	newestPhrases = "12000"
)

const (
	matchLite   = `SELECT rowid AS id FROM post_words WHERE post_words MATCH ? AND rowid < ? AND rowid > ?`
	matchNewest = `SELECT post_id AS id FROM (SELECT * FROM post_words WHERE post_id < ? AND post_id > ? ORDER BY post_id DESC LIMIT # ) w
WHERE words @@ (SELECT CAST(? AS text)::tsquery)`
	matchIndexed = `SELECT post_id AS id FROM (SELECT post_id FROM post_words WHERE words @@ (SELECT CAST(? AS text)::tsquery) OFFSET 0) w
WHERE post_id < ? AND post_id > ?`
)

// matching returns posts that have the words, as w pages them, whoever may see them.
func matching(tx *Tx, match string, w Window) ([]models.ID, error) {
	args := w.bounds(map[string]any{})
	below, above := args["max"], args["since"]
	if !tx.db.postgres {
		return scan[models.ID](tx, matchLite+w.order("rowid", nil, 0), match, below, above)
	}
	if w.Min == 0 {
		many := newestWords
		if strings.Contains(match, tsquery.near) {
			many = newestPhrases
		}
		ids, err := scan[models.ID](tx, strings.Replace(matchNewest, "#", many, 1)+w.order("post_id", nil, 0), below, above, match)
		if err != nil || len(ids) >= w.Limit {
			return ids, err
		}
	}
	return scan[models.ID](tx, matchIndexed+w.order("post_id", nil, 0), match, below, above)
}

// found is true of a post p of an account q that @me may find: what is theirs, or that
// they kept or are named in, and what everybody who wrote it lets anybody find.
var found = wanted + ` AND q.state = 'active'
AND (p.account_id = @me OR NOT EXISTS (SELECT 1 FROM authors x WHERE x.post_id = p.id AND x.state = 'verified' AND x.account_id IN (` + unheardBy + `)))
AND NOT EXISTS (SELECT 1 FROM authors x JOIN blocks b ON b.account_id = x.account_id
	WHERE x.post_id = p.id AND x.state = 'verified' AND b.target_id = @me)
AND ((@library AND (p.account_id = @me
		OR EXISTS (SELECT 1 FROM authors x WHERE x.post_id = p.id AND x.account_id = @me AND x.state = 'verified')
		OR EXISTS (SELECT 1 FROM post_mentions x WHERE x.post_id = p.id AND x.account_id = @me)
		OR EXISTS (SELECT 1 FROM bookmarks x WHERE x.post_id = p.id AND x.account_id = @me)
		OR EXISTS (SELECT 1 FROM likes x WHERE x.post_id = p.id AND x.account_id = @me)
		OR EXISTS (SELECT 1 FROM boosts x WHERE x.post_id = p.id AND x.account_id = @me)))
	OR (@public AND p.visibility = 'public' AND NOT p.hidden AND q.indexable AND NOT q.limited AND q.by_domain = ''
		AND NOT EXISTS (SELECT 1 FROM authors x JOIN accounts y ON y.id = x.account_id
			WHERE x.post_id = p.id AND x.state = 'verified' AND x.role = 'coauthor' AND NOT y.indexable)))
AND ` + readable

var foundPosts = `SELECT p.id, p.id AS post_id, p.account_id, 'post' AS kind FROM posts p JOIN accounts q ON q.id = p.account_id
WHERE p.id IN @ids AND ` + found

// A Search says who looks for what, and where.
type Search struct {
	Me              models.ID
	What            models.Sought
	Library, Public bool           // what is theirs, and what is everybody's
	Before, After   models.ID      // posts between both; 0 is open
	Outside         [][2]models.ID // and not between these, the first included
	Skip            int            // of what would be first
}

// searchRounds bounds how often more is looked for when not all that was may be shown.
const searchRounds = 12

// SearchPosts returns posts that have the words, the newest first.
func SearchPosts(tx *Tx, s Search, w Window) ([]Entry, error) {
	match := tx.matcher().text(&s.What)
	if match == "" {
		return nil, nil
	}
	if s.Before != 0 && (w.Max == 0 || s.Before < w.Max) {
		w.Max = s.Before
	}
	var out []Entry
	want := w.Limit + s.Skip
	round := Window{Max: w.Max, Since: max(w.Since, s.After), Limit: want + 5}
	if w.Min != 0 {
		round.Min, round.Since = max(w.Min, s.After), 0
	}
	for range searchRounds {
		ids, err := matching(tx, match, round)
		if err != nil {
			return nil, err
		}
		some, err := s.found(tx, ids)
		if err != nil {
			return nil, err
		}
		if out = append(out, some...); len(out) >= want || len(ids) < round.Limit {
			break
		}
		if w.Min != 0 {
			round.Min = ids[len(ids)-1]
		} else {
			round.Max = ids[len(ids)-1]
		}
	}
	return cut(w, out[min(s.Skip, len(out)):]), nil
}

// found leaves what may be shown, in its order.
func (s *Search) found(tx *Tx, ids []models.ID) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := scan[Entry](tx, foundPosts, map[string]any{"me": s.Me, "now": tx.Now, "ids": distinct(ids), "library": s.Library, "public": s.Public})
	at := make(map[models.ID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	for _, span := range s.Outside {
		rows = slices.DeleteFunc(rows, func(e Entry) bool { return e.ID >= span[0] && e.ID < span[1] })
	}
	slices.SortFunc(rows, func(a, b Entry) int { return at[a.ID] - at[b.ID] })
	return rows, err
}

// A Trait is something that search has to know of a post and that its row does not say:
// an option of its poll, who else wrote it, who here kept it, whether anybody may find
// what an author wrote, or that it links something.
type Trait struct {
	What string // indexable, author, shy, keeper, poll, link
	ID   models.ID
}

const traits = `SELECT 'indexable' AS what, id FROM accounts WHERE id = @by AND indexable
UNION ALL SELECT CASE WHEN y.indexable THEN 'author' ELSE 'shy' END, y.id FROM authors x JOIN accounts y ON y.id = x.account_id
	WHERE x.post_id = @post AND x.state = 'verified' AND x.role = 'coauthor'
UNION ALL SELECT 'poll', id FROM polls WHERE id = @post
UNION ALL SELECT 'link', card_id FROM post_cards WHERE post_id = @post
UNION ALL SELECT 'keeper', k.account_id FROM (SELECT account_id FROM likes WHERE post_id = @post
	UNION SELECT account_id FROM boosts WHERE post_id = @post
	UNION SELECT account_id FROM bookmarks WHERE post_id = @post) k JOIN users u ON u.account_id = k.account_id`

// Traits returns what search has to know of a post.
func Traits(tx *Tx, p *models.Post) ([]Trait, error) {
	return scan[Trait](tx, traits, map[string]any{"post": p.ID, "by": p.AccountID})
}

// CountSearchable returns how many posts search knows.
func CountSearchable(tx *Tx) (int, error) {
	column := "rowid"
	if tx.db.postgres {
		column = "post_id"
	}
	rows, err := scan[models.ID](tx, "SELECT "+column+" FROM post_words")
	return len(rows), err
}

// ForgetSearchable has search know no post and no account, until they are written down anew.
func ForgetSearchable(tx *Tx) error {
	for _, table := range []string{"post_words", "account_words"} {
		if _, err := tx.exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	return nil
}

const (
	postsToSearch   = `SELECT id FROM posts WHERE id < ? ORDER BY id DESC LIMIT ?`
	namesToSearch   = `SELECT id FROM accounts WHERE id < ? ORDER BY id DESC LIMIT ?`
	postsOfToSearch = `SELECT id FROM (SELECT id FROM posts WHERE account_id = ? AND id < ?
UNION SELECT post_id FROM authors WHERE account_id = ? AND post_id < ?) p ORDER BY id DESC LIMIT ?`
)

// ToSearch returns posts, or accounts, below an ID that search is to know, the newest
// first; by is 0 for everybody's.
func ToSearch(tx *Tx, names bool, by, below models.ID, n int) ([]models.ID, error) {
	switch {
	case names:
		return scan[models.ID](tx, namesToSearch, below, n)
	case by != 0:
		return scan[models.ID](tx, postsOfToSearch, by, below, by, below, n)
	}
	return scan[models.ID](tx, postsToSearch, below, n)
}
