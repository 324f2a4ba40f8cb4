package store

import "ensemble/models"

const followersOn = `SELECT a.uri FROM follows k JOIN accounts a ON a.id = k.account_id
WHERE k.target_id = @of AND k.accepted AND a.state = 'active' AND a.uri LIKE @there ESCAPE '\'`

// FollowersOn returns who of one origin hears an account (FEP-8fcf).
func FollowersOn(tx *Tx, of models.ID, origin string) ([]models.IRI, error) {
	return scan[models.IRI](tx, followersOn, map[string]any{"of": of, "there": literal(origin) + "/%"})
}

// RemoteFollowers returns who hears an account on other servers.
func RemoteFollowers(tx *Tx, of models.ID) ([]models.IRI, error) {
	return scan[models.IRI](tx, `SELECT a.uri FROM follows k JOIN accounts a ON a.id = k.account_id
		WHERE k.target_id = ? AND k.accepted AND a.state = 'active' AND a.domain <> ''`, of)
}
