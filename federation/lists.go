package federation

import (
	"context"
	"slices"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// lists wakes the reading of lists of rules whose time has come.
func (s *Server) lists(ctx context.Context) error {
	return s.db.Tx(ctx, func(tx *store.Tx) error {
		due, err := store.Find[models.DomainList](tx, "next_at <= ? ORDER BY id", tx.Now)
		for _, l := range due {
			if err := store.Wake(tx, moderation.Sync{List: l.ID}); err != nil {
				return err
			}
		}
		return err
	})
}

// sync reads a list anew. If it cannot be had, is empty or makes no sense, nothing
// changes but what is said of the list.
func (s *Server) sync(ctx context.Context, t moderation.Sync) error {
	var l *models.DomainList
	err := s.db.Tx(ctx, func(tx *store.Tx) (err error) {
		l, err = moderation.Due(tx, t.List)
		return err
	})
	if err != nil || l == nil {
		return err
	}
	rules, err := ReadList(ctx, s.Peers.List, l.URL)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.log.Warn("a list of rules could not be taken over", "list", l.URL, "err", err)
		return s.db.Tx(ctx, func(tx *store.Tx) error { return moderation.Failed(tx, l, err) })
	}
	var m moderation.Merge
	for part := range slices.Chunk(rules, 20) { // a block can be much work
		sofar := m
		err := s.db.Tx(ctx, func(tx *store.Tx) error {
			m = sofar // where the transaction is run again
			if still, err := store.Any[models.DomainList](tx, "id = ?", l.ID); err != nil || !still {
				return err
			}
			return m.Take(tx, nil, l, part)
		})
		if err != nil {
			return err
		}
	}
	s.log.Info("a list of rules was taken over", "list", l.URL, "result", m.String())
	return s.db.Tx(ctx, func(tx *store.Tx) error { return moderation.Taken(tx, l, len(rules)) })
}

// ReadList gets a list of rules by get and reads it.
func ReadList(ctx context.Context, get func(context.Context, models.IRI, int64) ([]byte, error), url models.IRI) ([]models.DomainRule, error) {
	raw, err := get(ctx, url, moderation.MaxListBytes)
	if err != nil {
		return nil, err
	}
	return moderation.ParseList(raw)
}
