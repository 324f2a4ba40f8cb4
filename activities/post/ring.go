package post

import (
	"time"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// Ring is the task that tells those who asked to be told of whatever an author says.
// They are told in batches, by age of their accounts.
type Ring struct {
	Post    models.ID `json:"post,string"`
	Account models.ID `json:"account,string"` // the author
	After   models.ID `json:"after,string"`   // who was told last
}

// Kind names the task in the queue.
func (Ring) Kind() string { return "ring" }

const (
	ringers = 50            // told at once; the others by the task
	news    = 6 * time.Hour // how old a post may be that anybody is told of
)

// Said tells those who asked to be told of whatever author says that they said p.
// Answers to others are not told, nor is what is for those it names alone.
func Said(tx *store.Tx, author *models.Account, p *models.Post) error {
	reply := p.InReplyToURI != "" && p.InReplyToAccountID != author.ID
	if reply || p.Visibility == models.VisDirect || tx.Now.Sub(p.PublishedAt) > news {
		return nil
	}
	return Rung(tx, Ring{Post: p.ID, Account: author.ID})
}

// Rung works a Ring: a batch, and the next by another task.
func Rung(tx *store.Tx, r Ring) error {
	p, err := store.Maybe[models.Post](tx, "id = ?", r.Post)
	if err != nil || p == nil {
		return err
	}
	all, err := store.Ringers(tx, r.Account, p, r.After, ringers)
	if err != nil {
		return err
	}
	for _, id := range all {
		if err := activities.Notify(tx, models.Notification{AccountID: id, FromID: r.Account, Type: models.NoteStatus, PostID: p.ID}); err != nil {
			return err
		}
		r.After = id
	}
	if len(all) < ringers {
		return nil
	}
	return store.Enqueue(tx, r)
}
