package activities

import (
	"ensemble/models"
	"ensemble/models/store"
)

// Hushed reports whether who wants to hear no more of the thread that a post is in; a post
// of 0 is in none.
func Hushed(tx *store.Tx, who, post models.ID) (bool, error) {
	if post == 0 {
		return false, nil
	}
	return store.Any[models.ThreadMute](tx, "account_id = ? AND thread_id = (SELECT thread_id FROM posts WHERE id = ?)", who, post)
}
