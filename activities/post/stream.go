package post

import (
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// stillNews is how old what a peer tells of may be, to be shown to those who look on.
const stillNews = 6 * time.Hour

// Appear has those who look on told that e has come into the feed of e.AccountID: all
// who find it there in their home timelines, and for a new post of its author's own
// those at the public ones too.
func Appear(tx *store.Tx, p *models.Post, e *models.Feed) {
	if tx.Now.Sub(e.ID.Time()) > stillNews {
		return
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamEntry, Post: p.ID, Entry: e.ID, Account: e.AccountID})
}

// Vanish has those who look on told that the entries of p that meet the condition go
// away. It comes before that.
func Vanish(tx *store.Tx, p *models.Post, where string, args ...any) error {
	entries, err := store.Find[models.Feed](tx, "post_id = ? AND "+where+" ORDER BY id LIMIT 200", append([]any{p.ID}, args...)...)
	if err != nil {
		return err
	}
	var order []models.ID
	gone := map[models.ID]*models.StreamEvent{}
	for _, e := range entries {
		if gone[e.ID] == nil {
			gone[e.ID] = &models.StreamEvent{Kind: models.StreamDelete, Post: p.ID, Entry: e.ID}
			order = append(order, e.ID)
		}
		gone[e.ID].Accounts = append(gone[e.ID].Accounts, e.AccountID)
	}
	for _, id := range order {
		e := gone[id]
		if id == p.ID {
			e.Public = p.Visibility == models.VisPublic
			for _, m := range p.Mentions {
				if m.AccountID != 0 {
					e.Named = append(e.Named, m.AccountID)
				}
			}
		}
		store.Stream(tx, *e)
	}
	return nil
}
