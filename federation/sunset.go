package federation

import (
	"context"

	"ensemble/activities/collab"
	"ensemble/models/store"
)

// sunset converts and restores collabs as the switch says, twenty in a transaction.
func (s *Server) sunset(ctx context.Context) error {
	for more := true; more; {
		err := s.db.Tx(ctx, func(tx *store.Tx) (err error) {
			more, err = collab.Sunset(tx, 20)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// first returns the error that is there.
func first(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
