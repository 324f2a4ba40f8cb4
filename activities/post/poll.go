package post

import (
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// PollDue is the task that looks at a poll when its time has come: to tell peers how
// it stands, or that it is over.
type PollDue struct {
	ID models.ID `json:"id,string"`
}

// Kind names the task in the queue.
func (PollDue) Kind() string { return "poll" }

// defaultPollTime is how long a poll of ours runs that does not say: the copy of one
// that somebody else asked.
const defaultPollTime = 24 * time.Hour

// ask puts what n asks beside p, which is new or asks anew. A poll of ours runs from
// now; n says until when.
func ask(tx *store.Tx, p *models.Post, n *models.Note) error {
	if n.Poll == nil {
		return nil
	}
	q := *n.Poll
	if p.Local {
		q = started(q, tx.Now)
		n.Poll = &q
	}
	poll := &models.Poll{
		ID: p.ID, AccountID: p.AccountID, Local: p.Local, Options: q.Options, Multiple: q.Multiple,
		HideTotals: q.HideTotals, CreatedAt: tx.Now,
	}
	if poll.Claim(&q); !p.Local {
		poll.NewsAt = &tx.Now
	}
	if poll.Over(tx.Now) { // it came here too late to be news
		poll.ClosedAt = poll.ExpiresAt
	}
	if err := store.Put(tx, poll); err != nil || poll.ClosedAt != nil || poll.ExpiresAt == nil || !p.Local {
		return err
	}
	return store.EnqueueAt(tx, PollDue{p.ID}, *poll.ExpiresAt) // peers' polls are left to the sweep
}

// started returns q as it is when it opens: nobody has voted.
func started(q models.Question, now time.Time) models.Question {
	if q.Lasts > 0 || q.Ends.IsZero() {
		if q.Lasts == 0 {
			q.Lasts = defaultPollTime
		}
		q.Ends = now.Add(q.Lasts)
	}
	options := make([]models.PollOption, len(q.Options))
	for i, o := range q.Options {
		options[i].Title = o.Title
	}
	q.Options, q.Voters, q.Closed, q.Lasts = options, 0, time.Time{}, 0
	return q
}

// Question returns what p asks, as it travels now; nil if it asks nothing.
func Question(tx *store.Tx, p *models.Post) (*models.Question, error) {
	poll, err := store.Maybe[models.Poll](tx, "id = ?", p.ID)
	if err != nil || poll == nil {
		return nil, err
	}
	return poll.Question(tx.Now), nil
}

// reask takes in what a new version of p asks. The votes stay unless it asks
// something else; then nobody has voted yet. It returns what was asked before, and
// whether that changed.
func reask(tx *store.Tx, p *models.Post, n *models.Note) (before *models.Question, changed bool, err error) {
	if before, err = Question(tx, p); err != nil || before == nil && n.Poll == nil {
		return nil, false, err
	}
	if models.SameQuestion(before, n.Poll) {
		return before, false, claim(tx, p, n.Poll)
	}
	if err := unask(tx, p.ID); err != nil {
		return nil, false, err
	}
	return before, true, ask(tx, p, n)
}

// claim takes the origin's word on how a poll stands. What is ours knows better; an
// Update that asks something else, and is no edit, says nothing.
func claim(tx *store.Tx, p *models.Post, q *models.Question) error {
	if p.Local || q == nil {
		return nil
	}
	known, err := store.Any[models.Poll](tx, "id = ?", p.ID)
	if err != nil || !known {
		return err
	}
	poll, err := store.Hold[models.Poll](tx, p.ID)
	if err != nil || !models.SameQuestion(poll.Question(tx.Now), q) {
		return err
	}
	poll.Claim(q)
	poll.NewsAt = &tx.Now
	if end := poll.ExpiresAt; end == nil || tx.Now.Before(*end) {
		poll.ClosedAt = nil
	}
	return store.Put(tx, poll) // if it is over by now, the next sweep tells
}

// unask forgets a poll and every vote.
func unask(tx *store.Tx, id models.ID) error {
	if _, err := store.Delete[models.PollVote](tx, "poll_id = ?", id); err != nil {
		return err
	}
	_, err := store.Delete[models.Poll](tx, "id = ?", id)
	return err
}

// prolong has a poll of ours that is still open run for d from now.
func prolong(tx *store.Tx, p *models.Post, d time.Duration) error {
	poll, err := store.Hold[models.Poll](tx, p.ID)
	if err != nil || poll.Over(tx.Now) {
		return err
	}
	end := tx.Now.Add(d)
	poll.ExpiresAt = &end
	if err := store.Put(tx, poll); err != nil {
		return err
	}
	return store.EnqueueAt(tx, PollDue{p.ID}, end)
}
