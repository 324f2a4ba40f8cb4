package federation

import (
	"context"
	"errors"

	"ensemble/activities/schedule"
	"ensemble/models"
	"ensemble/models/store"
)

// publish says a post whose time has come. What cannot be said any more is not tried
// again: its author reads why.
func (s *Server) publish(ctx context.Context, t schedule.Due) error {
	err := s.db.Tx(ctx, func(tx *store.Tx) error { return schedule.Publish(tx, t.ID) })
	switch models.KindOf(err) {
	case models.Invalid, models.Forbidden, models.NotFound, models.Gone, models.Conflict:
		return s.db.Tx(ctx, func(tx *store.Tx) error { return schedule.Fail(tx, t.ID, err) })
	}
	return err
}

// scheduled publishes what the queue lost.
func (s *Server) scheduled(ctx context.Context) error {
	var due []models.ID
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = schedule.Overdue(tx, 100)
		return err
	})
	for _, id := range due {
		err = errors.Join(err, s.publish(ctx, schedule.Due{ID: id}))
	}
	return err
}
