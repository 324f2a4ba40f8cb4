package federation

import (
	"context"

	"ensemble/activities/graph"
	"ensemble/activities/post"
	"ensemble/models/store"
)

// workPeople works what people here asked for about others that takes longer than
// their request.
func (s *Server) workPeople(w *store.Workers) {
	store.Work(w, func(ctx context.Context, t post.Ring) error {
		return s.db.Tx(ctx, func(tx *store.Tx) error { return post.Rung(tx, t) })
	})
	store.Work(w, s.pack)
	store.Work(w, func(ctx context.Context, t graph.Depart) error {
		for more := true; more; {
			err := s.db.Tx(ctx, func(tx *store.Tx) (err error) {
				more, err = graph.Departed(tx, t)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
