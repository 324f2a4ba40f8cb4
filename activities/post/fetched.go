package post

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Fetched keeps a post of a peer's that was read because of another: an answer in
// its thread, or one on top of a profile. Nobody is told of it, for it is no news,
// and only what anybody may read is kept.
func Fetched(tx *store.Tx, author *models.Account, n *models.Note) (*models.Post, error) {
	if !author.Active() || n.Author != author.URI || !models.VisibilityOf(n.To, n.Cc, author.Followers).Open() {
		return nil, nil
	}
	return quietly(tx, author, n)
}
