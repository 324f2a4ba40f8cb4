package inbox

import (
	"context"

	"ensemble/federation/fetch"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// together is how many activities take effect in one transaction, at most: on
// PostgreSQL it holds locks for as long.
const together = 20

// drain lets the activities of a shard take effect, oldest first.
func (in *Inbox) drain(ctx context.Context, t Apply) error {
	in.drains.rise(t.Shard)
	defer in.drains.lie(t.Shard)
	begun := in.DB.Now()
	for {
		rows, err := in.due(ctx, t.Shard)
		if err != nil || in.DB.Now().Sub(begun) > longest {
			return err
		}
		if len(rows) == 0 {
			if !in.drains.more(ctx, t.Shard) {
				return ctx.Err()
			}
			continue
		}
		held, err := in.apply(ctx, rows)
		if err != nil {
			return err
		}
		if len(held) > 0 {
			if err := in.put(ctx, held); err != nil {
				return err
			}
		}
		if len(rows) < together {
			in.drains.gather(ctx)
		}
	}
}

func (in *Inbox) due(ctx context.Context, shard int) (rows []*models.Inbound, err error) {
	err = in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = store.Find[models.Inbound](tx, "shard = ? AND done_at IS NULL AND due_at <= ? ORDER BY id LIMIT ?", shard, tx.Now, batch)
		return err
	})
	return rows, err
}

// apply lets rows take effect: those that need nobody's server together, the others
// one by one. It returns whose earlier word waits: their later ones wait too.
func (in *Inbox) apply(ctx context.Context, rows []*models.Inbound) (held map[models.IRI]bool, err error) {
	held = map[models.IRI]bool{}
	for len(rows) > 0 {
		ready := in.ready(ctx, rows)
		if len(ready) > 1 && in.all(ctx, rows, ready) == nil {
			rows = rows[len(ready):]
			continue
		}
		for _, row := range rows[:max(1, len(ready))] {
			if held[row.Actor] {
				continue
			}
			later, err := in.one(ctx, row)
			if err != nil {
				return nil, err
			}
			if later {
				held[row.Actor] = true
			}
		}
		rows = rows[max(1, len(ready)):]
		if len(held) > 0 { // what can go together was seen without them
			rows = without(rows, held)
		}
	}
	return held, nil
}

func without(rows []*models.Inbound, held map[models.IRI]bool) (rest []*models.Inbound) {
	for _, r := range rows {
		if !held[r.Actor] {
			rest = append(rest, r)
		}
	}
	return rest
}

// ready prepares the first of rows, up to one whose preparation asks other servers, or
// looks for what an earlier one is to bring about.
func (in *Inbox) ready(ctx context.Context, rows []*models.Inbound) (all []*message) {
	rows = rows[:min(len(rows), together)]
	var actors []models.IRI
	for _, row := range rows {
		actors = append(actors, row.Actor)
	}
	known, err := in.Peers.Settled(ctx, actors)
	if err != nil {
		return nil
	}
	for _, row := range rows {
		a, err := wire.Decode(row.Body)
		if err != nil || !plain(a) || known[a.Actor] == nil {
			return all
		}
		m, err := in.prepareFrom(fetch.WithBudget(ctx, 0), a, known[a.Actor])
		if err != nil {
			return all
		}
		m.raw = row.Body
		all = append(all, m)
	}
	return all
}

// plain reports whether an activity is understood by what it says itself.
func plain(a *models.Activity) bool {
	switch a.Verb {
	case models.LikeVerb, models.FollowVerb, models.Undo:
		return true
	case models.Create:
		n := a.Object.Note
		return n != nil && n.URI.SameOrigin(a.Actor) && n.Author == a.Actor && len(n.Claims) == 0
	}
	return false
}

// refresh reads the actors as they are now: one may have been suspended.
func refresh(tx *store.Tx, ready []*message) error {
	var ids []models.ID
	for _, m := range ready {
		ids = append(ids, m.actor.ID)
	}
	actors, err := store.Find[models.Account](tx, "id IN ?", ids)
	if err != nil {
		return err
	}
	byID := map[models.ID]*models.Account{}
	for _, a := range actors {
		byID[a.ID] = a
	}
	for _, m := range ready {
		if m.actor = byID[m.actor.ID]; m.actor == nil {
			return models.Errorf(models.NotFound, "the account of %s is gone", m.Actor)
		}
	}
	return nil
}

// all lets the first of rows take effect in one transaction. After an error none of
// them has, and each is tried alone.
func (in *Inbox) all(ctx context.Context, rows []*models.Inbound, ready []*message) error {
	ids := make([]models.ID, len(ready))
	for i := range ready {
		ids[i] = rows[i].ID
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error {
		waiting, err := store.HoldAll[models.Inbound](tx, "id IN ? AND done_at IS NULL", ids)
		if err != nil {
			return err
		}
		if len(waiting) < len(ready) { // somebody else was faster with some
			return models.Errorf(models.Conflict, "done already")
		}
		if err := refresh(tx, ready); err != nil {
			return err
		}
		for _, m := range ready {
			if err := m.perform(tx); err != nil {
				return err
			}
		}
		_, err = store.Set[models.Inbound](tx, map[string]any{"done_at": tx.Now, "outcome": "applied"}, "id IN ?", ids)
		return err
	})
}
