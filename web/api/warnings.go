package api

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// severanceJSON is Mastodon's RelationshipSeveranceEvent.
type severanceJSON struct {
	ID         models.ID            `json:"id,string"`
	Type       models.SeveranceKind `json:"type"`
	Purged     bool                 `json:"purged"`
	TargetName string               `json:"target_name"`
	Followers  int                  `json:"followers_count"`
	Following  int                  `json:"following_count"`
	CreatedAt  moment               `json:"created_at"`
}

// warningJSON is Mastodon's AccountWarning.
type warningJSON struct {
	ID        models.ID   `json:"id,string"`
	Action    string      `json:"action"`
	Text      string      `json:"text"`
	StatusIDs []string    `json:"status_ids"`
	Target    accountJSON `json:"target_account"`
	Appeal    *stateJSON  `json:"appeal"`
	CreatedAt moment      `json:"created_at"`
}

// stateJSON is Mastodon's Appeal.
type stateJSON struct {
	Text  string             `json:"text"`
	State models.AppealState `json:"state"`
}

// impersonal fills in what notifications have that come from nobody.
func (v *notificationJSON) impersonal(c *call.Call, n *models.Notification) error {
	switch {
	case n.SeveranceID != 0:
		s, err := store.Get[models.Severance](c.Tx, n.SeveranceID)
		if err != nil {
			return err
		}
		v.Event = &severanceJSON{s.ID, s.Kind, false, s.TargetName, s.Followers, s.Following, moment(s.CreatedAt)}
	case n.WarningID != 0:
		w, err := store.Get[models.Warning](c.Tx, n.WarningID)
		if err != nil {
			return err
		}
		action := w.Action
		if action == "feature" { // which Mastodon has no word for
			action = "none"
		}
		v.Warning = &warningJSON{ID: w.ID, Action: action, Text: w.Text, StatusIDs: []string{}, Target: v.Account, CreatedAt: moment(w.CreatedAt)}
		p, err := store.Maybe[models.Appeal](c.Tx, "warning_id = ?", w.ID)
		if err != nil {
			return err
		}
		if p != nil {
			v.Warning.Appeal = &stateJSON{p.Text, p.State}
		}
		for _, id := range w.PostIDs {
			v.Warning.StatusIDs = append(v.Warning.StatusIDs, id.String())
		}
	default:
		return nil
	}
	v.Text = n.Text
	return nil
}
