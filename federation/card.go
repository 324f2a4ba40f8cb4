package federation

import (
	"context"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// card asks a page what it says of itself, for those who read a link to it.
func (s *Server) card(ctx context.Context, t post.FetchCard) error {
	var c *models.Card
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		c, err = store.Maybe[models.Card](tx, "id = ?", t.Card)
		return err
	})
	if err != nil || c == nil {
		return err
	}
	said, why := s.Peers.Page(ctx, c.URL)
	if ctx.Err() != nil {
		return ctx.Err() // stopping: it is due again
	}
	if why != nil {
		s.log.Debug("card: there is none", "at", c.URL, "err", why)
	}
	return s.db.Tx(ctx, func(tx *store.Tx) error { return post.CardFetched(tx, c.ID, said, why) })
}
