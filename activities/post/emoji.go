package post

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// emojis returns our own custom emoji that n uses.
func emojis(tx *store.Tx, n *models.Note) ([]models.EmojiTag, error) {
	texts := []string{n.Content}
	if n.Summary != nil {
		texts = append(texts, *n.Summary)
	}
	if n.Poll != nil {
		texts = append(texts, n.Poll.Titles()...)
	}
	return activities.Emojis(tx, texts...)
}
