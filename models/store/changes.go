package store

import (
	"database/sql/driver"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"ensemble/models/memo"
)

// What a process may remember is told apart by these letters. A transaction notes what
// it changes of it, and leaves that in the table of changes for every process: see
// Recall.
const (
	aPost    = 'p' // a post, or a boost, with all that is written about it
	aPerson  = 'a' // an account
	aFeed    = 'f' // what is in front of the followers of an account; 0 for all of them
	aReader  = 'r' // what an account did, whom it hears and blocks, how it signs in
	aCard    = 'c'
	anEmoji  = 'e' // 0: any
	aSetting = 's' // 0: any
)

// A subject is a column whose value says which thing a row is about; "" where that is 0.
type subject struct {
	what   byte
	column string
}

// watched says what the rows of each table are about. A table that is not here is about
// everything: what is new and forgotten here makes a server slow, and not wrong.
var watched = map[string][]subject{
	"posts": {{aPost, "id"}}, "accounts": {{aPerson, "id"}}, "cards": {{aCard, "id"}}, "polls": {{aPost, "id"}},
	"post_cards": {{aPost, "post_id"}}, "reactions": {{aPost, "post_id"}}, "confirmations": {{aPost, "post_id"}},
	"authors": {{aPost, "post_id"}, {aFeed, ""}}, "feed": {{aFeed, "account_id"}},
	"interactions": {{aPost, "post_id"}, {aPost, "target_id"}, {aReader, "account_id"}},
	"boosts":       {{aPost, "id"}, {aReader, "account_id"}}, "likes": {{aReader, "account_id"}},
	"bookmarks": {{aReader, "account_id"}}, "pins": {{aReader, "account_id"}, {aPost, "post_id"}}, "poll_votes": {{aReader, "account_id"}, {aPost, "poll_id"}},
	"post_mentions": {{aReader, "account_id"}}, "users": {{aReader, "account_id"}}, "tokens": {{aReader, "account_id"}}, "sessions": {{aReader, "account_id"}},
	"follows": {{aReader, "account_id"}, {aReader, "target_id"}}, "blocks": {{aReader, "account_id"}, {aReader, "target_id"}},
	"emojis": {{anEmoji, ""}}, "settings": {{aSetting, ""}}, "domain_rules": {{aSetting, ""}}, "domain_allows": {{aSetting, ""}},
	"sunsets": {{aSetting, ""}}, "mutes": {{aReader, "account_id"}}, "account_domain_blocks": {{aReader, "account_id"}},
	"tag_follows": {{aReader, "account_id"}}, "lists": {{aReader, "account_id"}}, "thread_mutes": {{aReader, "account_id"}},
}

// unwatched are tables of which nothing is remembered that is shown.
var unwatched = strings.Fields(`private_keys post_edits post_tags tombstones notifications media collabs invites refusals
	revisions consents stamps events outbounds letters deliveries inbounds peers apps grants replays reports
	moderation_log domain_lists severed relays moves featured_tags rollout_changes credit_claims claim_events reaches sign_ins
	warnings severances filters filter_keywords filter_posts conversations conversation_posts account_notes tags scheduled_posts scheduled_media mails
	samples backups`)

// watch finds out what the rows of a table are about.
func (p *plan) watch() {
	if slices.Contains(unwatched, p.table) {
		return
	}
	var ok bool
	if p.about, ok = watched[p.table]; !ok {
		p.about = []subject{{memo.All.What, ""}}
	}
	for _, w := range p.about {
		if w.column != "" && !slices.Contains(p.telling, w.column) {
			p.telling = append(p.telling, w.column)
		}
	}
	if p.telling != nil {
		p.returning = ` RETURNING "` + strings.Join(p.telling, `", "`) + `"`
	}
}

// maxChanged is how many things a transaction changes by name; more of them are everything.
const maxChanged = 200

// noteRow notes that a row is written.
func (tx *Tx) noteRow(p *plan, row reflect.Value) {
	for _, w := range p.about {
		id := int64(0)
		if w.column != "" {
			id = row.FieldByIndex(p.byName[w.column].index).Int()
		}
		tx.note(w, id)
	}
}

func (tx *Tx) note(w subject, id int64) {
	if w.column != "" && id == 0 {
		return
	}
	if tx.changed == nil {
		tx.changed = map[memo.Ref]struct{}{}
	}
	if len(tx.changed) >= maxChanged {
		w.what, id = memo.All.What, 0
	}
	tx.changed[memo.Ref{What: w.what, ID: id}] = struct{}{}
}

// execOn runs a statement that changes rows of p's table, notes which, and returns how
// many they were.
func (tx *Tx) execOn(p *plan, statement string, args ...any) (int64, error) {
	if p.returning == "" {
		n, err := tx.exec(statement, args...)
		if n > 0 {
			for _, w := range p.about {
				tx.note(w, 0)
			}
		}
		return n, err
	}
	text, plain, err := tx.prepare(statement+p.returning, args)
	if err != nil {
		return 0, err
	}
	s := &changed{tx: tx, plan: p}
	err = tx.link.query(tx.ctx, text, plain, s)
	return s.rows, err
}

// changed takes what changed rows are about.
type changed struct {
	tx   *Tx
	plan *plan
	rows int64
}

func (c *changed) columns([]string) {}

func (c *changed) row(values []driver.Value) error {
	c.rows++
	for _, w := range c.plan.about {
		id := int64(0)
		if w.column != "" {
			id, _ = values[slices.Index(c.plan.telling, w.column)].(int64)
		}
		c.tx.note(w, id)
	}
	return nil
}

// tell writes down what tx changed, for every process.
func (tx *Tx) tell() error {
	if len(tx.changed) == 0 {
		return nil
	}
	var b strings.Builder
	for r := range tx.changed {
		b.WriteByte(r.What)
		b.WriteString(strconv.FormatInt(r.ID, 36))
		b.WriteByte(' ')
	}
	insert := "INSERT INTO changes (xid, refs, at) SELECT coalesce(max(xid), 0) + 1, ?, ? FROM changes RETURNING xid"
	if tx.db.postgres {
		insert = "INSERT INTO changes (xid, refs, at) VALUES (CAST(CAST(pg_current_xact_id() AS text) AS bigint), ?, ?) RETURNING xid"
	}
	xids, err := scan[int64](tx, insert, b.String(), tx.Now)
	if err == nil {
		tx.xid = xids[0]
	}
	return err
}

// refsOf reads what tell wrote.
func refsOf(text string) (refs []memo.Ref) {
	for _, f := range strings.Fields(text) {
		if id, err := strconv.ParseInt(f[1:], 36, 64); err == nil {
			refs = append(refs, memo.Ref{What: f[0], ID: id})
		}
	}
	return refs
}
