package account

import (
	"ensemble/models"
	"ensemble/models/store"
)

// forgetDeeds takes away what a did to other people's posts, and chose to show. Who
// follows a stays for now: they are still to be told. What peers keep of it, they take
// away when they hear that a is gone.
func forgetDeeds(tx *store.Tx, a *models.Account) error {
	for column, table := range map[string]string{"likes_count": "likes", "boosts_count": "boosts"} {
		if _, err := store.Set[models.Post](tx, map[string]any{column: store.Expr(column + " - 1")},
			"id IN (SELECT post_id FROM "+table+" WHERE account_id = ?) AND NOT counted AND "+column+" > 0", a.ID); err != nil {
			return err
		}
	}
	if _, err := store.Set[models.Account](tx, map[string]any{"followers_count": store.Expr("followers_count - 1")},
		"id IN (SELECT target_id FROM follows WHERE account_id = ? AND accepted) AND followers_count > 0", a.ID); err != nil {
		return err
	}
	for _, forget := range []func(*store.Tx, string, ...any) (int, error){
		store.Delete[models.Like], store.Delete[models.Boost], store.Delete[models.Bookmark], store.Delete[models.Pin],
		store.Delete[models.FeaturedTag], store.Delete[models.Follow], store.Delete[models.Notification],
	} {
		if _, err := forget(tx, "account_id = ?", a.ID); err != nil {
			return err
		}
	}
	_, err := store.Delete[models.Notification](tx, "from_id = ?", a.ID)
	return err
}

// forgetPerson takes away what of a was never anybody's business: how they sign in, and
// where they are written to. The name stays taken.
func forgetPerson(tx *store.Tx, a *models.Account) error {
	for _, forget := range []func(*store.Tx, string, ...any) (int, error){
		store.Delete[models.Factor], store.Delete[models.RecoveryCode], store.Delete[models.Link], store.Delete[models.HalfSignIn],
		store.Delete[models.SignUp], store.Delete[models.Mail], store.Delete[models.Passkey], store.Delete[models.Ceremony],
	} {
		if _, err := forget(tx, "account_id = ?", a.ID); err != nil {
			return err
		}
	}
	_, err := store.Set[models.User](tx, map[string]any{
		"email": "?" + a.ID.String(), "password_hash": "", "mail_key": "", "digest": models.DigestOff, "role": models.RoleUser,
	}, "account_id = ?", a.ID)
	return err
}
