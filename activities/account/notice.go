package account

import (
	"maps"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// tell writes to a's own address. Whoever has none that was confirmed is told nothing.
func tell(tx *store.Tx, a *models.Account, u *models.User, l mail.Letter) error {
	if !mail.Valid(u.Email) {
		return nil
	}
	l.To = u.Email
	return write(tx, a, u, l)
}

// write writes to an address about a.
func write(tx *store.Tx, a *models.Account, u *models.User, l mail.Letter) error {
	facts := map[string]string{"handle": a.Handle(tx.Site), "name": a.Name(), "when": when(tx)}
	maps.Copy(facts, l.Facts)
	l.Account, l.Locale, l.Facts = a.ID, u.Locale, facts
	return mail.Send(tx, l)
}

func when(tx *store.Tx) string { return tx.Now.UTC().Format("2006-01-02 15:04 UTC") }

// SignedIn tells a of a browser that was not seen here before. agent and address are
// what it says of itself. It is called before the session is kept.
func SignedIn(tx *store.Tx, a *models.Account, agent, address string) error {
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	known, err := store.Any[models.Session](tx, "account_id = ? AND user_agent = ? AND address = ?", a.ID, agent, address)
	if err != nil || known {
		return err
	}
	before, err := store.Any[models.Token](tx, "account_id = ?", a.ID)
	if err == nil && !before {
		before, err = store.Any[models.Session](tx, "account_id = ?", a.ID)
	}
	if err != nil || !before { // it is the first one ever
		return err
	}
	return tell(tx, a, u, mail.Letter{
		Kind: mail.SignedIn, Facts: map[string]string{"address": address, "agent": agent}, Link: string(tx.Site.IRI("/settings/security")),
	})
}
