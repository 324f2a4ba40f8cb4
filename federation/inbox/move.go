package inbox

import (
	"context"
	"slices"
	"time"

	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
)

// carryEvery is the pause between two batches of followers that are carried over:
// each of them is a Follow to the same server.
const carryEvery = 10 * time.Second

func (in *Inbox) carry(ctx context.Context, t graph.Carry) error {
	more := false
	err := in.DB.Tx(ctx, func(tx *store.Tx) (err error) {
		more, err = graph.CarryOver(tx, t.Move)
		return err
	})
	if err == nil && more {
		return store.Later(carryEvery)
	}
	return err
}

// formers reads both ends of the moves that an offer tells of, and the stamp of the
// account that the invited was. What cannot be had is left out: then the offer is
// an ordinary one.
func (in *Inbox) formers(ctx context.Context, m *message) error {
	o := m.Object.Collaboration
	for _, i := range o.Invited {
		if i.Former == "" || i.Former == i.Account {
			continue
		}
		old, err := in.Peers.Refresh(ctx, i.Former)
		if err == nil {
			_, err = in.Peers.Refresh(ctx, i.Account)
		}
		if err == nil && i.Account == m.Target.URI {
			o.Former, err = in.stampOf(ctx, i.Authorization, old)
		}
		if k := models.KindOf(err); k == models.Unreachable || k == models.Internal {
			return err
		}
	}
	return nil
}

// stampOf reads the stamp of an account, wherever it lives.
func (in *Inbox) stampOf(ctx context.Context, uri models.IRI, by *models.Account) (a *models.Authorization, err error) {
	if !by.Local() {
		return in.Peers.Stamp(ctx, uri, by)
	}
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		s, err := store.Maybe[models.Stamp](tx, "uri = ? AND account_id = ? AND revoked_at IS NULL", uri, by.ID)
		if err == nil && s != nil {
			a = s.Document(by)
		}
		return err
	})
	return a, err
}

// namesUs reports whether the post claims somebody here as an author.
func (m *message) namesUs(tx *store.Tx) bool {
	return slices.ContainsFunc(m.note.Claims, func(c models.Claim) bool { return tx.Site.Owns(c.Account) })
}
