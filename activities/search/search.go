// Package search finds posts and accounts by words, with the consent of who wrote
// them: see store.SearchPosts for who may find what. How a search is typed is its own
// affair: it is as in Mastodon, and what makes no sense there finds nothing here.
package search

import (
	"strings"
	"time"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// maxClauses is how many words, phrases and operators one search has.
const maxClauses = 64

// A question is a search that is being read.
type question struct {
	store.Search
	tx   *store.Tx
	me   *models.Account
	none bool // nothing can be found
}

// Posts returns what me finds by typed: words, "phrases", and from:, has:, is:,
// language:, before:, after:, during: and in:, each perhaps after a -. by is 0, or whose
// posts alone are wanted.
func Posts(tx *store.Tx, me *models.Account, typed string, by models.ID, w store.Window, skip int) ([]store.Entry, error) {
	q := &question{Search: store.Search{Me: me.ID, Library: true, Public: true, Skip: skip}, tx: tx, me: me}
	for i, c := range clauses(typed) {
		if i == maxClauses {
			return nil, nil
		}
		if err := q.take(c); err != nil {
			return nil, err
		}
	}
	if by != 0 {
		q.What.Marks = append(q.What.Marks, models.MarkBy(by))
	}
	if q.none || len(q.What.All)+len(q.What.Marks) == 0 && q.Before == 0 && q.After == 0 {
		return nil, nil
	}
	q.What.Any = q.any()
	return store.SearchPosts(tx, q.Search, w)
}

// any are the marks of which a post that me may find has one.
func (q *question) any() (marks []string) {
	if q.Library {
		marks = append(marks, models.MarkBy(q.Me), models.MarkTo(q.Me), models.MarkKept(q.Me), models.MarkCrowd)
	}
	if q.Public {
		marks = append(marks, models.MarkPublic)
	}
	return marks
}

// A clause is one thing that was typed.
type clause struct {
	not  bool
	name string // of an operator, in lower case; "" of words
	text string
}

// operators are those with a colon. Other words with one are words.
var operators = map[string]func(*question, clause) error{
	"from": (*question).from, "has": (*question).has, "is": (*question).is, "language": (*question).language,
	"before": (*question).time, "after": (*question).time, "during": (*question).time, "in": (*question).in,
}

func clauses(typed string) (all []clause) {
	for s := strings.TrimSpace(typed); s != ""; s = strings.TrimSpace(s) {
		var c clause
		for strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
			c.not = s[0] == '-'
			s = s[1:]
		}
		if name, rest, ok := strings.Cut(s, ":"); ok && operators[strings.ToLower(name)] != nil {
			c.name, s = strings.ToLower(name), rest
		}
		if inner, ok := strings.CutPrefix(s, `"`); ok {
			c.text, s, _ = strings.Cut(inner, `"`)
		} else if at := strings.IndexFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\u3000' }); at >= 0 {
			c.text, s = s[:at], s[at:]
		} else {
			c.text, s = s, ""
		}
		all = append(all, c)
	}
	return all
}

func (q *question) take(c clause) error {
	if read := operators[c.name]; read != nil {
		return read(q, c)
	}
	words := text.Stems(c.text)
	switch {
	case len(words) == 0:
	case c.not:
		q.What.None = append(q.What.None, words)
	default:
		q.What.All = append(q.What.All, words)
	}
	return nil
}

// marked asks for a mark, or for its absence.
func (q *question) marked(c clause, mark string) {
	if c.not {
		q.What.Without = append(q.What.Without, mark)
	} else {
		q.What.Marks = append(q.What.Marks, mark)
	}
}

// nothing is what an operator says that names what there is not.
func (q *question) nothing(c clause) { q.none = q.none || !c.not }

func (q *question) from(c clause) error {
	if c.text == "me" {
		q.marked(c, models.MarkBy(q.Me))
		return nil
	}
	name, domain, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(c.text, "@")), "@")
	if domain == strings.ToLower(q.tx.Site.Domain) {
		domain = ""
	}
	who, err := store.Maybe[models.Account](q.tx, "lower(username) = ? AND domain = ? AND NOT system", name, domain)
	if err != nil {
		return err
	}
	if who == nil {
		q.nothing(c)
		return nil
	}
	q.marked(c, models.MarkBy(who.ID))
	return nil
}

// properties are what has: and is: know. There are no embedded players here.
var properties = map[string]string{
	"media": models.MarkMedia, "image": models.MarkImage, "video": models.MarkVideo, "audio": models.MarkAudio,
	"poll": models.MarkPoll, "link": models.MarkLink, "reply": models.MarkReply, "sensitive": models.MarkSensitive,
}

func (q *question) has(c clause) error {
	if mark := properties[strings.ToLower(c.text)]; mark != "" {
		q.marked(c, mark)
	} else {
		q.nothing(c)
	}
	return nil
}

func (q *question) is(c clause) error { return q.has(c) }

func (q *question) language(c clause) error {
	q.marked(c, models.MarkLanguage(c.text))
	return nil
}

func (q *question) in(c clause) error {
	switch where := strings.ToLower(c.text); {
	case where == "library" && !c.not, where == "public" && c.not:
		q.Public = false
	case where == "public" && !c.not, where == "library" && c.not:
		q.Library = false
	case where != "all":
		q.nothing(c)
	}
	q.none = q.none || !q.Library && !q.Public
	return nil
}

// time reads a day, a month or a year. What was published before or after it, or
// while it lasted, is between two IDs. Of several, all hold.
func (q *question) time(c clause) error {
	from, to, ok := span(c.text)
	begins, ends := models.ID(from.UnixMilli()<<16), models.ID(to.UnixMilli()<<16)
	switch {
	case !ok || begins <= 0:
		q.nothing(c)
	case c.name == "before" && !c.not:
		q.before(begins)
	case c.name == "before":
		q.after(begins - 1)
	case c.name == "after" && !c.not:
		q.after(ends - 1)
	case c.name == "after":
		q.before(ends)
	case !c.not:
		q.after(begins - 1)
		q.before(ends)
	default:
		q.Outside = append(q.Outside, [2]models.ID{begins, ends})
	}
	return nil
}

func (q *question) before(id models.ID) {
	if q.Before == 0 || id < q.Before {
		q.Before = id
	}
}

func (q *question) after(id models.ID) { q.After = max(q.After, id) }

func span(s string) (from, to time.Time, ok bool) {
	for layout, step := range map[string][3]int{"2006-01-02": {0, 0, 1}, "2006-01": {0, 1, 0}, "2006": {1, 0, 0}} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, at.AddDate(step[0], step[1], step[2]), true
		}
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, at.Add(time.Millisecond), true
	}
	return from, to, false
}

// Accounts returns accounts by the beginning of their handle, or by words of their
// name: those with just that name first, then whom me follows.
func Accounts(tx *store.Tx, me models.ID, typed string, following bool, limit, offset int) ([]models.ID, error) {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), "@")
	name, domain, whole := strings.Cut(typed, "@")
	words := text.Words(name)
	if len(words) > maxClauses {
		return nil, nil
	}
	return store.SearchAccounts(tx, store.Named{
		Me: me, Words: words, Handle: strings.ToLower(name), Domain: strings.ToLower(domain), Whole: whole, Following: following,
	}, limit, offset)
}
