package account

import (
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// EndSession signs one of a's browsers out.
func EndSession(tx *store.Tx, a *models.Account, id string) error {
	n, err := store.Delete[models.Session](tx, "id = ? AND account_id = ?", id, a.ID)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "there is no such session here")
	}
	return err
}

// EndSessions signs all of a's browsers out but the one whose session is keep: ""
// for all of them.
func EndSessions(tx *store.Tx, a *models.Account, keep string) error {
	_, err := store.Delete[models.Session](tx, "account_id = ? AND id <> ?", a.ID, keep)
	return err
}

// EndApp takes back all that a let an app do: its tokens, and codes that it did not
// exchange yet.
func EndApp(tx *store.Tx, a *models.Account, app models.ID) error {
	p, err := store.Get[models.App](tx, app)
	if err != nil {
		return err
	}
	codes, err := store.Delete[models.Grant](tx, "account_id = ? AND client_id = ? AND used_at IS NULL", a.ID, p.ClientID)
	if err != nil {
		return err
	}
	n, err := store.Set[models.Token](tx, map[string]any{"revoked_at": tx.Now},
		"account_id = ? AND client_id = ? AND revoked_at IS NULL", a.ID, p.ClientID)
	if err == nil && n+codes == 0 {
		err = models.Errorf(models.NotFound, "there is no such app here")
	}
	return err
}

// ScopesOf returns what a let an app do, each scope once.
func ScopesOf(tx *store.Tx, a *models.Account, clientID string) ([]string, error) {
	tokens, err := store.Find[models.Token](tx, "account_id = ? AND client_id = ? AND revoked_at IS NULL ORDER BY id", a.ID, clientID)
	scopes := []string{}
	for _, t := range tokens {
		for _, s := range strings.Fields(t.Scopes) {
			if !slices.Contains(scopes, s) {
				scopes = append(scopes, s)
			}
		}
	}
	return scopes, err
}
