package account

import (
	"crypto/rand"
	"fmt"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// digestLines is how many invitations one digest names.
const digestLines = 20

// Digests tells by mail those whom invitations have waited for. Doing it twice does it
// once.
func Digests(tx *store.Tx) error {
	if mail.Ready(tx.Site) != nil {
		return nil
	}
	due, err := store.DigestsDue(tx, 200)
	for _, id := range due {
		if err == nil {
			err = digest(tx, id)
		}
	}
	return err
}

func digest(tx *store.Tx, id models.ID) error {
	a, err := store.Hold[models.Account](tx, id)
	if err != nil {
		return err
	}
	u, err := store.One[models.User](tx, "account_id = ?", id)
	if err != nil || u.DigestAt != nil && tx.Now.Sub(*u.DigestAt) < u.Digest.Every() {
		return err
	}
	if u.MailKey == "" {
		u.MailKey = rand.Text() + rand.Text()
	}
	if _, err := store.Set[models.User](tx, map[string]any{"digest_at": tx.Now, "mail_key": u.MailKey}, "account_id = ?", id); err != nil {
		return err
	}
	waiting, err := store.WaitingFor(tx, id, digestLines)
	if err != nil || len(waiting) == 0 {
		return err
	}
	lines, err := digestOf(tx, u, waiting)
	if err != nil {
		return err
	}
	w := digestWords[u.Locale == "fr"]
	count := w.one
	if len(waiting) > 1 {
		count = fmt.Sprintf(w.many, len(waiting))
	}
	return tell(tx, a, u, mail.Letter{
		Kind: mail.Digest, Facts: map[string]string{"count": count}, Lines: lines, Link: string(tx.Site.IRI("/")),
		Unsubscribe: string(tx.Site.IRI("/mail/unsubscribe/" + u.MailKey)),
	})
}

func digestOf(tx *store.Tx, u *models.User, waiting []store.Waiting) (lines []string, err error) {
	w := digestWords[u.Locale == "fr"]
	for _, one := range waiting {
		from, err := store.Get[models.Account](tx, one.InitiatorID)
		if err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf(w.line, from.Name(), from.Handle(tx.Site), one.ExpiresAt.UTC().Format("2006-01-02")))
	}
	return lines, nil
}

// digestWords are by whether they are French.
var digestWords = map[bool]struct{ one, many, line string }{
	false: {"one invitation", "%d invitations", "from %s (%s), to be answered by %s"},
	true:  {"une invitation", "%d invitations", "de %s (%s), à répondre avant le %s"},
}

// SetDigest says how often a is told.
func SetDigest(tx *store.Tx, a *models.Account, pace string) error {
	p, ok := map[string]models.DigestPace{"weekly": models.DigestWeekly, "daily": models.DigestDaily, "off": models.DigestOff}[pace]
	if !ok {
		return models.Errorf(models.Invalid, "a digest is weekly, daily or off, not %q", pace)
	}
	_, err := store.Set[models.User](tx, map[string]any{"digest": p}, "account_id = ?", a.ID)
	return err
}

// Unsubscribe ends the digest of whom a mail with this key was sent to.
func Unsubscribe(tx *store.Tx, key string) error {
	if key == "" {
		return models.Errorf(models.NotFound, "there is nothing to end here")
	}
	n, err := store.Set[models.User](tx, map[string]any{"digest": models.DigestOff}, "mail_key = ? AND mail_key <> ''", key)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "there is nothing to end here")
	}
	return err
}
