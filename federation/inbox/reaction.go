package inbox

import (
	"ensemble/activities/react"
	"ensemble/models"
	"ensemble/models/store"
)

// react is an emoji that is left at a post (EmojiReact, of Pleroma and Akkoma).
func (m *message) react(tx *store.Tx) error {
	p, err := store.ByURI[models.Post](tx, m.Object.URI)
	if err != nil {
		return err
	}
	return react.Reacted(tx, m.actor, m.URI, p, m.Reaction, m.Emojis)
}

// likeWith keeps the emoji of a Like, as Misskey sends it. What is no emoji takes
// nothing from the like.
func (m *message) likeWith(tx *store.Tx, p *models.Post) error {
	if m.Reaction == "" {
		return nil
	}
	err := react.Reacted(tx, m.actor, m.URI, p, m.Reaction, m.Emojis)
	if models.KindOf(err) == models.Internal {
		return err
	}
	return nil
}
