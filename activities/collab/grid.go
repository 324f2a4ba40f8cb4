package collab

import (
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// attach writes down a name under p, and what follows from it: a verified
// co-author's followers have the post before them, and their Announce was no boost.
func attach(tx *store.Tx, p *models.Post, a *models.Author) error {
	if err := store.Put(tx, a); err != nil {
		return err
	}
	if a.AccountID == 0 || a.AccountID == p.AccountID {
		return nil
	}
	if err := post.SearchAnew(tx, p.ID); err != nil {
		return err
	}
	if a.State != models.AuthorVerified || a.Role != models.RoleCoauthor {
		return offGrid(tx, p, a.AccountID)
	}
	if err := onGrid(tx, p, a); err != nil {
		return err
	}
	n, err := store.Delete[models.Boost](tx, "post_id = ? AND account_id = ?", p.ID, a.AccountID)
	if err != nil || n == 0 {
		return err
	}
	if _, err := store.Delete[models.Feed](tx, "account_id = ? AND post_id = ? AND kind = ?", a.AccountID, p.ID, models.FeedBoost); err != nil {
		return err
	}
	_, err = store.Set[models.Post](tx, map[string]any{"boosts_count": store.Expr("boosts_count - 1")}, "id = ? AND boosts_count > 0", p.ID)
	return err
}

// onGrid puts p before a co-author's followers, on their profile and into the number
// of their posts.
func onGrid(tx *store.Tx, p *models.Post, a *models.Author) error {
	e := post.Entry(p, a.AccountID, models.FeedCoauthor)
	e.Hidden = a.Hidden
	isNew, err := store.Add(tx, e)
	if err != nil {
		return err
	}
	if !isNew {
		return store.Put(tx, e)
	}
	post.Appear(tx, p, e)
	_, err = store.Set[models.Account](tx, map[string]any{"posts_count": store.Expr("posts_count + 1")}, "id = ?", a.AccountID)
	return err
}

// offGrid takes it away again.
func offGrid(tx *store.Tx, p *models.Post, account models.ID) error {
	if _, err := store.Delete[models.Pin](tx, "account_id = ? AND post_id = ?", account, p.ID); err != nil {
		return err
	}
	n, err := store.Delete[models.Feed](tx, "account_id = ? AND post_id = ? AND kind = ?", account, p.ID, models.FeedCoauthor)
	if err != nil || n == 0 {
		return err
	}
	_, err = store.Set[models.Account](tx, map[string]any{"posts_count": store.Expr("posts_count - 1")}, "id = ? AND posts_count > 0", account)
	return err
}

// detachOthers takes every name from under p but those to keep.
func detachOthers(tx *store.Tx, p *models.Post, keep []models.IRI) error {
	gone, err := store.Find[models.Author](tx, "post_id = ? AND uri NOT IN ?", p.ID, keep)
	if err != nil {
		return err
	}
	for _, a := range gone {
		if err := offGrid(tx, p, a.AccountID); err != nil {
			return err
		}
		if _, err := store.Delete[models.Author](tx, "post_id = ? AND uri = ?", p.ID, a.URI); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return post.SearchAnew(tx, p.ID)
}
