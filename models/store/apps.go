package store

import (
	"time"

	"ensemble/models"
)

// An AppInUse is an app that somebody let act for them.
type AppInUse struct {
	AppID      models.ID
	Name       string
	Website    string
	ClientID   string
	Tokens     int
	CreatedAt  time.Time  // when it was let first
	LastUsedAt *time.Time // to the day
}

const appsInUse = `SELECT p.id AS app_id, p.name, p.website, p.client_id, count(*) AS tokens, min(t.created_at) AS created_at,
	max(t.last_used_at) AS last_used_at
FROM tokens t JOIN apps p ON p.client_id = t.client_id
WHERE t.account_id = @of AND t.revoked_at IS NULL
GROUP BY p.id, p.name, p.website, p.client_id ORDER BY p.id DESC`

// AppsInUse returns the apps that act for an account.
func AppsInUse(tx *Tx, of models.ID) ([]AppInUse, error) {
	return scan[AppInUse](tx, appsInUse, map[string]any{"of": of})
}
