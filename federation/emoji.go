package federation

import (
	"net/http"

	"ensemble/activities"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// emoji serves a custom emoji of ours.
func (s *Server) emoji(tx *store.Tx, r *http.Request) (*document, error) {
	e, err := store.Maybe[models.Emoji](tx, "uri = ? AND domain = ''", self(tx, r))
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, models.Errorf(models.NotFound, "there is no such emoji here")
	}
	body, err := wire.EncodeEmoji(e.Tag())
	return &document{body: body, cache: "max-age=180"}, err
}

// actorOf writes an actor of ours with the emoji of its profile.
func actorOf(tx *store.Tx, a *models.Account) ([]byte, error) {
	var err error
	if a.Emojis, err = activities.ProfileEmojis(tx, a); err != nil {
		return nil, err
	}
	return wire.EncodeActor(a, tx.Site)
}
