package store

import "ensemble/models"

const conversations = `SELECT k.* FROM conversations k WHERE k.account_id = @me AND k.last_post_id < @max AND k.last_post_id > @since`

// Conversations returns the conversations of me, by what was said last in each.
func Conversations(tx *Tx, me models.ID, w Window) ([]*models.Conversation, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.Conversation](tx, conversations+w.order("k.last_post_id", args, 0), args)
	return cut(w, rows), err
}

const scheduled = `SELECT k.* FROM scheduled_posts k WHERE k.account_id = @me AND k.id < @max AND k.id > @since`

// ScheduledBy returns the posts of me that wait for their time.
func ScheduledBy(tx *Tx, me models.ID, w Window) ([]*models.ScheduledPost, error) {
	args := w.bounds(map[string]any{"me": me})
	rows, err := scan[*models.ScheduledPost](tx, scheduled+w.order("k.id", args, 0), args)
	return cut(w, rows), err
}
