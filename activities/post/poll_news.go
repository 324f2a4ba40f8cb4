package post

import (
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// PollStale is how old the last word on a poll elsewhere is before its server is
// asked again.
const PollStale = time.Minute

// AskPoll is the task that asks a poll's own server how it stands.
type AskPoll struct {
	ID models.ID `json:"id,string"`
}

// Kind names the task in the queue.
func (AskPoll) Kind() string { return "ask_poll" }

// RefreshPoll has the server of p asked how its poll stands, if that is elsewhere, the
// last word is older than PollStale and there can be another: the last one is that
// from after the end. The asking counts as a word, so nobody is asked more often.
func RefreshPoll(tx *store.Tx, p *models.Post) error {
	if p.Local || !p.Visibility.Open() {
		return nil
	}
	n, err := store.Set[models.Poll](tx, map[string]any{"news_at": tx.Now},
		"id = ? AND NOT local AND (news_at IS NULL OR (news_at <= ? AND (expires_at IS NULL OR news_at <= expires_at)))", p.ID, tx.Now.Add(-PollStale))
	if err != nil || n == 0 {
		return err
	}
	return store.Enqueue(tx, AskPoll{p.ID})
}

// PollTold takes in n, which the server of p said when it was asked: how the poll
// stands, and nothing else.
func PollTold(tx *store.Tx, id models.ID, n *models.Note) error {
	p, err := store.Maybe[models.Post](tx, "id = ? AND uri = ?", id, n.URI)
	if err != nil || p == nil {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil || author.URI != n.Author {
		return err
	}
	return claim(tx, p, n.Poll)
}
