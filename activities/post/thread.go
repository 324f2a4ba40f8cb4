package post

import (
	"math/rand/v2"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// Fill is the task that gets what is missing of a thread: what a post answers, and
// its answers elsewhere.
type Fill struct {
	Post models.ID `json:"post,string"`
}

// Kind names the task in the queue.
func (Fill) Kind() string { return "thread" }

const (
	fillAgain  = 15 * time.Minute // one post's thread is asked for no more often
	fillJitter = 20 * time.Second // not everybody who got a reply asks at once
)

// Missing reports whether more of p's thread may be elsewhere, and was not asked for
// just now.
func Missing(tx *store.Tx, p *models.Post) (bool, error) {
	if p.FilledAt != nil && tx.Now.Sub(*p.FilledAt) < fillAgain {
		return false, nil
	}
	if !p.Local || p.InReplyToURI != "" && p.InReplyToID == 0 {
		return true, nil
	}
	root, err := store.Maybe[models.Post](tx, "id = ?", p.ThreadID)
	return root != nil && !root.Local, err
}

// Open has the thread of p filled because somebody reads it, if it is time to.
func Open(tx *store.Tx, p *models.Post) error { return fillAt(tx, p, tx.Now) }

// Dangles has the thread of p filled in some seconds if what it answers is not here.
func Dangles(tx *store.Tx, p *models.Post) error {
	if p.InReplyToURI == "" || p.InReplyToID != 0 || tx.Site.Owns(p.InReplyToURI) {
		return nil
	}
	return fillAt(tx, p, tx.Now.Add(time.Second+rand.N(fillJitter)))
}

func fillAt(tx *store.Tx, p *models.Post, at time.Time) error {
	n, err := store.Set[models.Post](tx, map[string]any{"filled_at": tx.Now}, "id = ? AND (filled_at IS NULL OR filled_at < ?)", p.ID, tx.Now.Add(-fillAgain))
	if err != nil || n == 0 {
		return err
	}
	if !at.After(tx.Now) {
		return store.Enqueue(tx, Fill{p.ID})
	}
	return store.EnqueueAt(tx, Fill{p.ID}, at)
}

// adopt hangs what answers p, and came before it, under p.
func adopt(tx *store.Tx, p *models.Post) error {
	orphans, err := store.Find[models.Post](tx, "in_reply_to_uri = ? AND in_reply_to_id = 0 AND in_reply_to_uri <> '' ORDER BY id LIMIT 200", p.URI)
	if err != nil {
		return err
	}
	for _, o := range orphans {
		if o.ID == p.ID || o.ThreadID == p.ThreadID { // it stands above p: a circle
			continue
		}
		if _, err := store.Set[models.Post](tx, map[string]any{"in_reply_to_id": p.ID, "in_reply_to_account_id": p.AccountID}, "id = ?", o.ID); err != nil {
			return err
		}
		if _, err := store.Set[models.Post](tx, map[string]any{"thread_id": p.ThreadID}, "thread_id = ?", o.ThreadID); err != nil {
			return err
		}
		if err := rejoin(tx, o.ThreadID, p.ThreadID); err != nil {
			return err
		}
		if _, err := store.Set[models.Feed](tx, map[string]any{"reply": o.AccountID != p.AccountID}, "post_id = ?", o.ID); err != nil {
			return err
		}
		if _, err := store.Set[models.Post](tx, map[string]any{"replies_count": store.Expr("replies_count + 1")}, "id = ? AND NOT counted", p.ID); err != nil {
			return err
		}
	}
	return nil
}

// conversation returns the collection that holds p's thread (FEP-7888): ours if it
// began here, else that of the server where it did, as far as known.
func conversation(tx *store.Tx, p *models.Post) (models.IRI, error) {
	root := p
	if p.ThreadID != 0 && p.ThreadID != p.ID {
		var err error
		if root, err = store.Maybe[models.Post](tx, "id = ?", p.ThreadID); err != nil {
			return "", err
		}
	}
	switch {
	case root == nil:
		return "", nil
	case root.InReplyToURI != "" && root.InReplyToID == 0: // it is not the first, but may say where that is
		if root.Context.SameOrigin(root.URI) || root.Context.SameOrigin(root.InReplyToURI) {
			return root.Context, nil
		}
		return "", nil
	case root.Local:
		return root.URI + "/context", nil
	case root.Context.SameOrigin(root.URI):
		return root.Context, nil
	}
	return "", nil
}
