package inbox

import (
	"context"

	"ensemble/activities/account"
	"ensemble/activities/graph"
	"ensemble/activities/react"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/store"
)

// links looks whether the pages that a profile names link back to it. A page that
// does not answer says nothing.
func (in *Inbox) links(ctx context.Context, t account.Verify) error {
	ctx = fetch.WithBudget(ctx, in.DB.Site.Most().Requests)
	var who *models.Account
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		who, err = store.Get[models.Account](tx, t.Account)
		return err
	})
	if err != nil || !who.Active() {
		return err
	}
	pages := map[models.IRI]bool{}
	for _, f := range who.Fields[:min(len(who.Fields), 8)] {
		at := account.Linked(f)
		if _, looked := pages[at]; looked || at == "" {
			continue
		}
		page, err := in.Peers.HTML(ctx, at)
		switch models.KindOf(err) {
		case models.Unreachable, models.TooMany, models.Internal:
			continue
		}
		pages[at] = err == nil && account.Back(page, who)
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error { return account.Verified(tx, who.ID, pages) })
}

// forget takes away what an account that is gone left on others' posts and lists:
// likes, boosts, notices, blocks, and what it featured.
func forget(tx *store.Tx, who *models.Account) error {
	likes, err := store.Find[models.Like](tx, "account_id = ?", who.ID)
	if err != nil {
		return err
	}
	for _, l := range likes {
		if err := undone(tx, who, l.PostID, react.Unliked); err != nil {
			return err
		}
	}
	boosts, err := store.Find[models.Boost](tx, "account_id = ?", who.ID)
	if err != nil {
		return err
	}
	for _, b := range boosts {
		if err := undone(tx, who, b.PostID, react.Unboosted); err != nil {
			return err
		}
	}
	if _, err := store.Delete[models.Notification](tx, "from_id = ? AND collab_id = 0", who.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.Block](tx, "account_id = ? OR target_id = ?", who.ID, who.ID); err != nil {
		return err
	}
	if err := graph.Gone(tx, who.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.Pin](tx, "account_id = ?", who.ID); err != nil {
		return err
	}
	_, err = store.Delete[models.FeaturedTag](tx, "account_id = ?", who.ID)
	return err
}

func undone(tx *store.Tx, who *models.Account, id models.ID, undo func(*store.Tx, *models.Account, *models.Post) error) error {
	p, err := store.Maybe[models.Post](tx, "id = ?", id)
	if err != nil || p == nil {
		return err
	}
	return undo(tx, who, p)
}

// changed has the links of a profile that changed looked at, if somebody here follows
// the account.
func (m *message) changed(tx *store.Tx) error {
	heard, err := store.Any[models.Follow](tx, "target_id = ? AND accepted", m.actor.ID)
	if err != nil || !heard {
		return err
	}
	return account.LookAnew(tx, m.actor)
}
