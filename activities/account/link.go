package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

// How long links work.
const (
	confirmFor = 48 * time.Hour
	resetFor   = time.Hour
)

// maxLinks is how many links of a kind somebody is sent in an hour.
const maxLinks = 5

func secret() string { return rand.Text() + rand.Text() }

// hashed is what is kept of a secret.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// newLink makes a secret that opens one thing, in place of older ones.
func newLink(tx *store.Tx, a *models.Account, kind models.LinkKind, email string, lasts time.Duration) (string, error) {
	made, err := store.Count[models.Mail](tx, "account_id = ? AND kind IN ? AND created_at > ?", a.ID, []string{string(kind), string(mail.Taken)}, tx.Now.Add(-time.Hour))
	if err != nil {
		return "", err
	}
	if made >= maxLinks {
		return "", models.Refuse(models.TooMany, "too_many_links", "that was asked too often: try again in an hour")
	}
	if _, err := store.Delete[models.Link](tx, "account_id = ? AND kind = ?", a.ID, kind); err != nil {
		return "", err
	}
	s := secret()
	return s, store.Put(tx, &models.Link{
		Hash: hashed(s), AccountID: a.ID, Kind: kind, Email: email, EndsAt: tx.Now.Add(lasts), CreatedAt: tx.Now,
	})
}

// LinkFor returns the link with a secret while it works. Looking at it does not use it
// up: mail programs do so by themselves.
func LinkFor(tx *store.Tx, kind models.LinkKind, secret string) (*models.Link, error) {
	l, err := store.Maybe[models.Link](tx, "hash = ? AND kind = ? AND ends_at > ?", hashed(secret), kind, tx.Now)
	if err == nil && l == nil {
		err = models.Refuse(models.Gone, "link_over", "this link was used already, or is too old: ask for a new one")
	}
	return l, err
}

// useLink takes the link with a secret: of many who come at once, one gets it.
func useLink(tx *store.Tx, kind models.LinkKind, secret string) (*models.Link, error) {
	l, err := LinkFor(tx, kind, secret)
	if err != nil {
		return nil, err
	}
	n, err := store.Delete[models.Link](tx, "hash = ?", l.Hash)
	if err == nil && n == 0 {
		err = models.Refuse(models.Gone, "link_over", "this link was used already, or is too old: ask for a new one")
	}
	return l, err
}
