// Package poll is voting, and telling how a poll stands. What a post asks is part of
// the post, and kept with it; who votes is told to the author alone, and a vote is
// never shown as a post.
package poll

import (
	"math/rand/v2"
	"time"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Peers are told how a poll of ours stands at most once in this time, and some of
// them later by up to jitter, so that many polls are not told at one moment.
const (
	quiet  = 3 * time.Minute
	jitter = 30 * time.Second
)

// Vote has me choose options of what p asks, by their numbers from 0. It is told to
// the author's server; nobody else learns of it.
func Vote(tx *store.Tx, me *models.Account, p *models.Post, choices []int) error {
	poll, before, err := hold(tx, me, p)
	if err != nil {
		return err
	}
	if len(before) > 0 && !poll.Over(tx.Now) { // all that one chooses is chosen at once
		return models.Refuse(models.Invalid, "already_voted", "you have voted in this poll")
	}
	if err := poll.May(me.ID, tx.Now, before, choices); err != nil {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	for _, c := range choices {
		id := models.NewID(tx.Now)
		v := &models.PollVote{
			ID: id, URI: me.URI + "#votes/" + models.IRI(id.String()), PollID: poll.ID, AccountID: me.ID, Choice: c, CreatedAt: tx.Now,
		}
		if err := store.Put(tx, v); err != nil {
			return err
		}
		if author.Local() {
			continue
		}
		if err := send(tx, me, author, p, v, poll.Options[c].Title); err != nil {
			return err
		}
	}
	return counted(tx, poll, choices, true)
}

// send tells the author of a poll elsewhere of one choice.
func send(tx *store.Tx, me, author *models.Account, p *models.Post, v *models.PollVote, title string) error {
	to := []models.IRI{author.URI}
	n := &models.Note{URI: v.URI, Type: "Note", Author: me.URI, Name: title, InReplyTo: p.URI, To: to}
	return activities.Say(tx, me, &models.Activity{
		URI: v.URI + "/activity", Verb: models.Create, To: to, Object: models.Object{URI: n.URI, Type: "Note", Note: n},
	}, activities.To(author))
}

// Voted takes in one choice of somebody elsewhere, in a poll of ours. n is no post:
// it names an option. Saying it twice is saying it once.
func Voted(tx *store.Tx, who *models.Account, n *models.Note) error {
	if n.Author != who.URI {
		return models.Refuse(models.Forbidden, "not_author", "%s did not vote so", who.URI)
	}
	p, err := store.Maybe[models.Post](tx, "uri = ?", n.InReplyTo)
	if err != nil {
		return err
	}
	if p == nil || !p.Local {
		return models.Refuse(models.NotFound, "no_poll", "%s is no poll of ours", n.InReplyTo)
	}
	if seen, err := post.Visible(tx, who, p); err != nil || !seen {
		return refused(err)
	}
	if shut, err := activities.Blocked(tx, who.ID, p.AccountID); err != nil || shut {
		return refused(err)
	}
	poll, before, err := hold(tx, who, p)
	if err != nil {
		return err
	}
	choice, ok := poll.Choice(n.Name)
	if !ok {
		return models.Refuse(models.Invalid, "no_option", "%s has no such option", p.URI)
	}
	if err := poll.May(who.ID, tx.Now, before, []int{choice}); err != nil {
		return err
	}
	v := &models.PollVote{ID: models.NewID(tx.Now), URI: n.URI, PollID: poll.ID, AccountID: who.ID, Choice: choice, CreatedAt: tx.Now}
	if err := store.Put(tx, v); err != nil {
		return err
	}
	return counted(tx, poll, []int{choice}, len(before) == 0)
}

func refused(err error) error {
	if err != nil {
		return err
	}
	return models.Refuse(models.Forbidden, "not_for_you", "that poll is not for them")
}

// hold returns what p asks, held, and what who chose before. Votes of several people
// at once are met one after another.
func hold(tx *store.Tx, who *models.Account, p *models.Post) (*models.Poll, []int, error) {
	asks, err := store.Any[models.Poll](tx, "id = ?", p.ID)
	if err != nil {
		return nil, nil, err
	}
	if !asks {
		return nil, nil, models.Refuse(models.NotFound, "no_poll", "there is no such poll here")
	}
	poll, err := store.Hold[models.Poll](tx, p.ID)
	if err != nil {
		return nil, nil, err
	}
	co, err := store.Any[models.Author](tx, "post_id = ? AND account_id = ? AND role = ? AND state = ?",
		p.ID, who.ID, models.RoleCoauthor, models.AuthorVerified)
	if err != nil {
		return nil, nil, err
	}
	if co {
		return nil, nil, models.Refuse(models.Invalid, "own_poll", "who asks does not vote")
	}
	votes, err := store.Find[models.PollVote](tx, "poll_id = ? AND account_id = ? ORDER BY choice", p.ID, who.ID)
	if err != nil {
		return nil, nil, err
	}
	var before []int
	for _, v := range votes {
		before = append(before, v.Choice)
	}
	return poll, before, nil
}

// counted adds votes to a poll of ours, and has peers told before long. How a poll
// elsewhere stands is its origin's to say.
func counted(tx *store.Tx, poll *models.Poll, choices []int, fresh bool) error {
	poll.Count(choices, fresh)
	if !poll.Local { // until its origin says how it stands
		return store.Put(tx, poll)
	}
	if poll.TellAt == nil && !poll.HideTotals {
		at := tx.Now
		if poll.ToldAt != nil && poll.ToldAt.After(at) {
			at = *poll.ToldAt
		}
		at = at.Add(quiet + rand.N(jitter))
		if poll.ExpiresAt == nil || at.Before(*poll.ExpiresAt) { // else the end tells it
			poll.TellAt = &at
			if err := store.EnqueueAt(tx, post.PollDue{ID: poll.ID}, at); err != nil {
				return err
			}
		}
	}
	return store.Put(tx, poll)
}

// Look does what is due for a poll: tells peers how one of ours stands, and, once,
// everybody here who has to do with it that it is over. Doing it twice does it once.
func Look(tx *store.Tx, id models.ID) error {
	if still, err := store.Any[models.Poll](tx, "id = ?", id); err != nil || !still {
		return err // it was deleted meanwhile
	}
	poll, err := store.Hold[models.Poll](tx, id)
	if err != nil {
		return err
	}
	ends := poll.ClosedAt == nil && poll.Over(tx.Now)
	if !ends && (poll.TellAt == nil || tx.Now.Before(*poll.TellAt)) {
		return nil
	}
	p, err := store.Get[models.Post](tx, id)
	if err != nil {
		return err
	}
	poll.TellAt, poll.ToldAt = nil, &tx.Now
	if ends {
		poll.ClosedAt = &tx.Now
	}
	if err := store.Put(tx, poll); err != nil {
		return err
	}
	if ends {
		if err := over(tx, p); err != nil {
			return err
		}
	}
	if !poll.Local {
		return nil
	}
	return tell(tx, p)
}

// over tells those who live here, and wrote p or voted, that its poll is over.
func over(tx *store.Tx, p *models.Post) error {
	if err := post.Tell(tx, p, models.Notification{FromID: p.AccountID, Type: models.NotePoll}); err != nil {
		return err
	}
	voters, err := store.Voters(tx, p.ID, true)
	if err != nil {
		return err
	}
	for _, v := range voters {
		err := activities.Notify(tx, models.Notification{AccountID: v.ID, FromID: p.AccountID, Type: models.NotePoll, PostID: p.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// tell says to followers and voters elsewhere how the poll of p stands. That is no
// edit: the note does not say that it was updated.
func tell(tx *store.Tx, p *models.Post) error {
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil || !author.Active() {
		return err
	}
	n, err := post.Note(tx, p)
	if err != nil {
		return err
	}
	voters, err := store.Voters(tx, p.ID, false)
	if err != nil {
		return err
	}
	return post.Announce(tx, author, p, n, models.Update, voters)
}
