package federation

import (
	"context"

	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// askPoll asks the server of a poll how it stands. One that does not answer is asked
// when somebody looks again.
func (s *Server) askPoll(ctx context.Context, t post.AskPoll) error {
	var p *models.Post
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = store.Maybe[models.Post](tx, "id = ?", t.ID)
		return err
	})
	if err != nil || p == nil {
		return err
	}
	n, err := s.Peers.Note(ctx, p.URI)
	if ctx.Err() != nil {
		return ctx.Err() // stopping: it is due again
	}
	if err != nil {
		s.log.Debug("poll: no news", "of", p.URI, "err", err)
		return nil
	}
	return s.db.Tx(ctx, func(tx *store.Tx) error { return post.PollTold(tx, t.ID, n) })
}
