package account

import (
	"strings"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// ChangePassword gives a another password. All browsers and apps are signed out but
// those that it was done with: keep are IDs of a session and of a token, "" and 0 for
// none.
func ChangePassword(tx *store.Tx, a *models.Account, hash, session string, token models.ID) error {
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	if _, err := store.Set[models.User](tx, map[string]any{"password_hash": hash}, "account_id = ?", a.ID); err != nil {
		return err
	}
	if err := signOutBut(tx, a, session, token); err != nil {
		return err
	}
	if _, err := store.Delete[models.Link](tx, "account_id = ? AND kind IN ?", a.ID, []string{string(models.LinkReset), string(models.LinkNewAddress)}); err != nil {
		return err
	}
	return tell(tx, a, u, mail.Letter{Kind: mail.PasswordChanged})
}

func signOutBut(tx *store.Tx, a *models.Account, session string, token models.ID) error {
	if _, err := store.Delete[models.Session](tx, "account_id = ? AND id <> ?", a.ID, session); err != nil {
		return err
	}
	if _, err := store.Delete[models.HalfSignIn](tx, "account_id = ?", a.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.Grant](tx, "account_id = ? AND used_at IS NULL", a.ID); err != nil {
		return err
	}
	_, err := store.Set[models.Token](tx, map[string]any{"revoked_at": tx.Now}, "account_id = ? AND revoked_at IS NULL AND id <> ?", a.ID, token)
	return err
}

// AskReset writes to the address, if it is somebody's here, with a way to a new
// password. It says nothing about whether it is.
func AskReset(tx *store.Tx, email string) error {
	if err := mail.Ready(tx.Site); err != nil {
		return err
	}
	u, err := store.Maybe[models.User](tx, "email = ?", strings.ToLower(strings.TrimSpace(email)))
	if err != nil || u == nil || !mail.Valid(u.Email) {
		return err
	}
	a, err := store.Hold[models.Account](tx, u.AccountID)
	if err != nil || !a.Active() {
		return err
	}
	s, err := newLink(tx, a, models.LinkReset, u.Email, resetFor)
	if models.KindOf(err) == models.TooMany {
		return nil // whoever asks is told nothing
	}
	if err != nil {
		return err
	}
	return tell(tx, a, u, mail.Letter{Kind: mail.Reset, Link: string(tx.Site.IRI("/auth/password/edit?reset_password_token=" + s))})
}

// Reset takes the secret of a link, and gives its owner another password. A second step
// is still asked for when they sign in.
func Reset(tx *store.Tx, secret, hash string) error {
	l, err := useLink(tx, models.LinkReset, secret)
	if err != nil {
		return err
	}
	a, err := store.Hold[models.Account](tx, l.AccountID)
	if err != nil {
		return err
	}
	return ChangePassword(tx, a, hash, "", 0)
}

// AskNewAddress writes to the address that a wants to use from now on. Whether somebody
// has it is told to nobody but them.
func AskNewAddress(tx *store.Tx, a *models.Account, email string) error {
	if err := mail.Ready(tx.Site); err != nil {
		return err
	}
	p, no := Application{Email: email}, Problems{}
	if err := p.checkEmail(tx, Registrations{}, &verdict{}, &no); err != nil {
		return err
	}
	if len(no) > 0 {
		return models.Errorf(models.Invalid, "%s", no.Error())
	}
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	owner, err := store.Maybe[models.User](tx, "email = ?", p.Email)
	if err != nil {
		return err
	}
	s, err := newLink(tx, a, models.LinkNewAddress, p.Email, confirmFor)
	if err != nil {
		return err
	}
	l := mail.Letter{Kind: mail.NewAddress, To: p.Email, Link: string(tx.Site.IRI("/auth/email?token=" + s))}
	if owner != nil && owner.AccountID != a.ID {
		has, err := store.Get[models.Account](tx, owner.AccountID)
		if err != nil {
			return err
		}
		l.Kind, l.Link, l.Facts = mail.Taken, string(tx.Site.IRI("/auth/sign_in")), map[string]string{"handle": has.Handle(tx.Site)}
		u = owner
	}
	return write(tx, a, u, l)
}

// NewAddress takes the secret of a link: the address is theirs now, and the old one is
// told.
func NewAddress(tx *store.Tx, secret string) (*models.Account, error) {
	l, err := useLink(tx, models.LinkNewAddress, secret)
	if err != nil {
		return nil, err
	}
	a, err := store.Hold[models.Account](tx, l.AccountID)
	if err != nil {
		return nil, err
	}
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return nil, err
	}
	n, err := store.Set[models.User](tx, map[string]any{"email": l.Email}, "account_id = ? AND NOT EXISTS (SELECT 1 FROM users o WHERE o.email = ?)", a.ID, l.Email)
	if err != nil || n == 0 {
		return nil, first(err, models.Refuse(models.Gone, "link_over", "this link was used already, or is too old: ask for a new one"))
	}
	if _, err := store.Delete[models.Link](tx, "account_id = ? AND kind = ?", a.ID, models.LinkReset); err != nil {
		return nil, err
	}
	return a, tell(tx, a, u, mail.Letter{Kind: mail.AddressChanged, Facts: map[string]string{"address": l.Email}})
}

// StopNewAddress takes back that a wanted another address.
func StopNewAddress(tx *store.Tx, a *models.Account) error {
	_, err := store.Delete[models.Link](tx, "account_id = ? AND kind = ?", a.ID, models.LinkNewAddress)
	return err
}

// NewAddressOf returns the address that waits to be confirmed, "" for none.
func NewAddressOf(tx *store.Tx, a *models.Account) (string, error) {
	l, err := store.Maybe[models.Link](tx, "account_id = ? AND kind = ? AND ends_at > ?", a.ID, models.LinkNewAddress, tx.Now)
	if err != nil || l == nil {
		return "", err
	}
	return l.Email, nil
}

// Prove is nil if password is a's.
func Prove(tx *store.Tx, a *models.Account, password string) error {
	who, err := Authenticate(tx, a.Username, password)
	if models.CodeOf(err) == "wrong_password" || err == nil && who.ID != a.ID {
		return models.Refuse(models.Forbidden, "wrong_password", "this is not your password")
	}
	return err
}
