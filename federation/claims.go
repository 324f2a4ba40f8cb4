package federation

import (
	"context"
	"errors"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// claims puts credit claims before moderators where an owner is silent, and ends
// those whose time is over.
func (s *Server) claims(ctx context.Context) error {
	var due []*models.CreditClaim
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = collab.ClaimsDue(tx, 100)
		return err
	})
	for _, c := range due {
		err = errors.Join(err, s.db.Tx(ctx, func(tx *store.Tx) error { return collab.LookAtClaim(tx, c.ID) }))
	}
	return err
}
