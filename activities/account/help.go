package account

import (
	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// SendReset writes to a with a way to a new password, as somebody who helps wishes it.
func SendReset(tx *store.Tx, a *models.Account) error {
	u, err := store.Maybe[models.User](tx, "account_id = ?", a.ID)
	switch {
	case err != nil:
		return err
	case u == nil || !mail.Valid(u.Email):
		return models.Refuse(models.Invalid, "no_address", "%s has no e-mail address here that was confirmed", a.Handle(tx.Site))
	case !a.Active():
		return models.Refuse(models.Conflict, "not_active", "%s cannot sign in at present", a.Handle(tx.Site))
	}
	if err := mail.Ready(tx.Site); err != nil {
		return err
	}
	if a, err = store.Hold[models.Account](tx, a.ID); err != nil {
		return err
	}
	s, err := newLink(tx, a, models.LinkReset, u.Email, resetFor)
	if err != nil {
		return err
	}
	return tell(tx, a, u, mail.Letter{Kind: mail.Reset, Link: string(tx.Site.IRI("/auth/password/edit?reset_password_token=" + s))})
}

// EndFactors takes away whatever a is asked for beside a password: codes, passkeys, and
// codes to recover with. All that was signed in is signed out.
func EndFactors(tx *store.Tx, a *models.Account) error {
	has, err := HasFactor(tx, a)
	if err != nil {
		return err
	}
	if !has {
		return models.Refuse(models.Conflict, "totp_off", "%s signs in with a password alone", a.Handle(tx.Site))
	}
	for _, forget := range []func() (int, error){
		func() (int, error) { return store.Delete[models.Factor](tx, "account_id = ?", a.ID) },
		func() (int, error) { return store.Delete[models.Passkey](tx, "account_id = ?", a.ID) },
		func() (int, error) { return store.Delete[models.RecoveryCode](tx, "account_id = ?", a.ID) },
	} {
		if _, err := forget(); err != nil {
			return err
		}
	}
	if err := factorChanged(tx, a, "factors_ended"); err != nil {
		return err
	}
	return signOut(tx, a)
}

// Struck writes to a what moderators did; a may be suspended.
func Struck(tx *store.Tx, a *models.Account, what map[string]string, text, link string) error {
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	done := what["en"]
	if len(u.Locale) > 1 && u.Locale[:2] == "fr" {
		done = what["fr"]
	}
	l := mail.Letter{Kind: mail.Struck, Facts: map[string]string{"what": done}, Link: link}
	if text != "" {
		l.Lines = []string{text}
	}
	return tell(tx, a, u, l)
}
