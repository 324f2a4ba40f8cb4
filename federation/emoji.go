package federation

import (
	"net/http"

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
