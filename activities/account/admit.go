package account

import (
	"strings"
	"time"

	"ensemble/activities"
	"ensemble/activities/mail"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// waits is how long somebody has to confirm an address before it all is forgotten.
const waits = 3 * 24 * time.Hour

// SignUpOf returns how an account came here, nil if somebody made it for its owner.
func SignUpOf(tx *store.Tx, a *models.Account) (*models.SignUp, error) {
	return store.Maybe[models.SignUp](tx, "account_id = ?", a.ID)
}

// Waits is why an account that waits may not act yet: nil if it does not wait.
func Waits(tx *store.Tx, a *models.Account) error {
	if a.State != models.AccountPending {
		return nil
	}
	s, err := SignUpOf(tx, a)
	switch {
	case err != nil:
		return err
	case s == nil || s.ConfirmedAt == nil:
		return models.Refuse(models.Forbidden, "unconfirmed", "Your login is missing a confirmed e-mail address")
	}
	return models.Refuse(models.Forbidden, "pending", "Your login is currently pending approval")
}

// Resend writes to a once more, whose address waits to be confirmed: to another one if
// email is not "".
func Resend(tx *store.Tx, a *models.Account, email string) error {
	s, err := held(tx, a)
	if err != nil {
		return err
	}
	if s.ConfirmedAt != nil {
		return models.Errorf(models.Forbidden, "This method is only available while the e-mail is awaiting confirmation")
	}
	if email != "" {
		p, no := Application{Email: email}, Problems{}
		if err := p.checkEmail(tx, Registrations{}, &verdict{}, &no); err != nil {
			return err
		}
		if len(no) > 0 {
			return no
		}
		s.Email = p.Email
		if err := store.Put(tx, s); err != nil {
			return err
		}
	}
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	return askToConfirm(tx, a, u, s)
}

// held returns the sign-up of an account that waits.
func held(tx *store.Tx, a *models.Account) (*models.SignUp, error) {
	if _, err := store.Hold[models.Account](tx, a.ID); err != nil {
		return nil, err
	}
	s, err := SignUpOf(tx, a)
	if err == nil && (s == nil || s.DoneAt != nil) {
		err = models.Errorf(models.Forbidden, "This method is only available while the e-mail is awaiting confirmation")
	}
	return s, err
}

// Confirm takes the secret of a link that was sent to an address, and returns whose it
// is now.
func Confirm(tx *store.Tx, secret string) (*models.Account, error) {
	l, err := useLink(tx, models.LinkConfirm, secret)
	if err != nil {
		return nil, err
	}
	a, err := store.Hold[models.Account](tx, l.AccountID)
	if err != nil {
		return nil, err
	}
	s, err := held(tx, a)
	if err != nil {
		return nil, err
	}
	n, err := store.Set[models.User](tx, map[string]any{"email": l.Email}, "account_id = ? AND NOT EXISTS (SELECT 1 FROM users o WHERE o.email = ?)", a.ID, l.Email)
	if err != nil || n == 0 {
		return nil, first(err, models.Refuse(models.Gone, "link_over", "this link was used already, or is too old: ask for a new one"))
	}
	s.ConfirmedAt, s.Email = &tx.Now, l.Email
	if err := admit(tx, a, s); err != nil || s.Approved() {
		return a, err
	}
	return a, TellStaff(tx, "sign_ups", a, "/admin/doors")
}

// admit lets somebody in of whom nothing is wanted any more.
func admit(tx *store.Tx, a *models.Account, s *models.SignUp) error {
	if s.ConfirmedAt == nil || !s.Approved() {
		return store.Put(tx, s)
	}
	s.DoneAt, s.Reason, s.Address, s.Email = &tx.Now, "", "", ""
	a.State, a.CreatedAt, a.UpdatedAt = models.AccountActive, tx.Now, tx.Now
	if err := first(store.Put(tx, s), store.Put(tx, a), post.Named(tx, a), announce(tx, a)); err != nil || !s.NeedsApproval {
		return err
	}
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	return tell(tx, a, u, mail.Letter{Kind: mail.Approved, Link: tx.Site.Origin})
}

// announce tells those who look after the server that somebody lives here now.
func announce(tx *store.Tx, a *models.Account) error {
	all, err := activities.Moderators(tx)
	for _, m := range all {
		if err == nil {
			err = activities.Notify(tx, models.Notification{AccountID: m.ID, FromID: a.ID, Type: models.NoteAdminSignUp})
		}
	}
	return err
}

// Approve lets somebody in who waits for a moderator; their address still has to be
// confirmed.
func Approve(tx *store.Tx, a *models.Account) error {
	s, err := waiting(tx, a)
	if err != nil || s.ApprovedAt != nil {
		return err
	}
	s.ApprovedAt = &tx.Now
	return admit(tx, a, s)
}

// waiting returns the sign-up of an account that moderators have a say in.
func waiting(tx *store.Tx, a *models.Account) (*models.SignUp, error) {
	if a.State != models.AccountPending {
		return nil, models.Errorf(models.Forbidden, "%s does not wait to be let in", a.Handle(tx.Site))
	}
	return held(tx, a)
}

// Reject turns somebody away who waits. Nothing of it stays, and the name is free:
// nobody has seen it.
func Reject(tx *store.Tx, a *models.Account) error {
	s, err := waiting(tx, a)
	if err != nil {
		return err
	}
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	if s.ConfirmedAt != nil {
		if err := tell(tx, a, u, mail.Letter{Kind: mail.Rejected}); err != nil {
			return err
		}
	}
	return unmake(tx, a.ID)
}

// unmake takes every trace of an account away that was never let in.
func unmake(tx *store.Tx, id models.ID) error {
	if err := signOut(tx, &models.Account{ID: id}); err != nil {
		return err
	}
	for _, forget := range []func() (int, error){
		func() (int, error) { return store.Delete[models.Token](tx, "account_id = ?", id) },
		func() (int, error) { return store.Delete[models.Link](tx, "account_id = ?", id) },
		func() (int, error) { return store.Delete[models.SignUp](tx, "account_id = ?", id) },
		func() (int, error) { return store.Delete[models.User](tx, "account_id = ?", id) },
		func() (int, error) { return store.Delete[models.PrivateKey](tx, "account_id = ?", id) },
		func() (int, error) {
			return store.Delete[models.Account](tx, "id = ? AND state = ?", id, models.AccountPending)
		},
	} {
		if _, err := forget(); err != nil {
			return err
		}
	}
	return nil
}

// Forget takes away those who never confirmed an address, links that are over, and
// from where people signed up a month ago.
func Forget(tx *store.Tx) error {
	rows, err := store.Find[models.SignUp](tx, "confirmed_at IS NULL AND created_at < ? ORDER BY created_at LIMIT 500", tx.Now.Add(-waits))
	for _, s := range rows {
		if err == nil {
			err = unmake(tx, s.AccountID)
		}
	}
	if err != nil {
		return err
	}
	_, err = store.Delete[models.Link](tx, "ends_at < ?", tx.Now)
	return err
}

// reserved names would be taken for the server itself, or for who looks after it.
var reserved = strings.Fields(`abuse account accounts actor admin administration administrator api auth bot contact ensemble everyone help
	here hostmaster inbox info instance mail mod moderation moderator moderators noreply no_reply official oauth owner_team postmaster
	privacy relay root security server settings staff status support system team users webmaster www`)

func isReserved(name string) bool {
	for _, r := range reserved {
		if strings.EqualFold(r, name) {
			return true
		}
	}
	return false
}
