package setup

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
)

// settingTokens holds the hashes of the words that let the first owner in, the newest
// first: one for each of the last starts, for several processes may be one server.
const (
	settingTokens = "setup.tokens"
	maxTokens     = 4
)

// HasOwner reports whether somebody owns the server.
func HasOwner(tx *store.Tx) (bool, error) {
	return store.Any[models.User](tx, "role = ? AND account_id IN (SELECT id FROM accounts WHERE state = ?)", models.RoleOwner, models.AccountActive)
}

// Begin returns a word that lets the first owner in, which is nowhere kept: "" where the
// server has one.
func Begin(tx *store.Tx) (string, error) {
	has, err := HasOwner(tx)
	if err != nil {
		return "", err
	}
	if has {
		_, err := store.Delete[models.Setting](tx, "name = ?", settingTokens)
		return "", err
	}
	was, err := store.Maybe[models.Setting](tx, "name = ?", settingTokens)
	if err != nil {
		return "", err
	}
	word := rand.Text()
	all := []string{hashed(word)}
	if was != nil {
		all = append(all, strings.Fields(was.Value)...)
	}
	all = all[:min(len(all), maxTokens)]
	return word, store.Put(tx, &models.Setting{Name: settingTokens, Value: strings.Join(all, " "), UpdatedAt: &tx.Now})
}

func hashed(word string) string {
	sum := sha256.Sum256([]byte(word))
	return hex.EncodeToString(sum[:])
}

// Admits is nil if word lets the first owner in. Its error is NotFound where the server
// has one, and Forbidden for another word.
func Admits(tx *store.Tx, word string) error {
	has, err := HasOwner(tx)
	if err != nil {
		return err
	}
	if has {
		return models.Errorf(models.NotFound, "this server is set up")
	}
	known, err := store.Any[models.Setting](tx, "name = ? AND value LIKE ?", settingTokens, "%"+hashed(word)+"%")
	if err == nil && !known {
		err = models.Refuse(models.Forbidden, "setup_token", "the address to set this server up stands where it was started: it ends with a word that is missing here, or an old one")
	}
	return err
}

// Found makes the account of the first owner, whom word lets in, once. hash is of the
// password: see account.Hash.
func Found(tx *store.Tx, word string, s account.Spec, hash string, k models.KeyPair) (*models.Account, error) {
	if err := Admits(tx, word); err != nil {
		return nil, err
	}
	n, err := store.Delete[models.Setting](tx, "name = ?", settingTokens)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "this server is set up")
	}
	if err != nil {
		return nil, err
	}
	s.Role = models.RoleOwner
	return account.Create(tx, s, hash, k)
}
