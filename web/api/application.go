package api

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// applicationJSON is the app by which a status was written, as Mastodon names it.
type applicationJSON struct {
	Name    string  `json:"name"`
	Website *string `json:"website"`
}

// appOf returns the app that asks, 0 for a page of ours.
func appOf(c *call.Call) (models.ID, error) {
	if c.Token == nil || c.Token.ClientID == "" {
		return 0, nil
	}
	by, err := store.Maybe[models.App](c.Tx, "client_id = ?", c.Token.ClientID)
	if err != nil || by == nil {
		return 0, err
	}
	return by.ID, nil
}

// appsOf returns the apps by which these posts were written, as far as they are known.
func appsOf(tx *store.Tx, posts map[models.ID]*models.Post) (map[models.ID]*models.App, error) {
	var ids []models.ID
	for _, p := range posts {
		if p.AppID != 0 {
			ids = append(ids, p.AppID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	apps, err := store.Find[models.App](tx, "id IN ?", compact(ids))
	out := make(map[models.ID]*models.App, len(apps))
	for _, a := range apps {
		out[a.ID] = a
	}
	return out, err
}

// application shows by what p was written, to its author, and to others unless its author
// hides that.
func (s *shown) application(p *models.Post) *applicationJSON {
	app := s.apps[p.AppID]
	if app == nil || s.accounts[p.AccountID].HideApp && p.AccountID != s.call.MyID() {
		return nil
	}
	return &applicationJSON{app.Name, orNull(app.Website)}
}
