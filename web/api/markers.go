package api

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) markerRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/v1/markers", Scope: "read:statuses", Handler: a.Markers},
		{Method: "POST", Path: "/api/v1/markers", Scope: "write:statuses", Handler: a.Mark},
	}
}

// markerJSON is Mastodon's Marker.
type markerJSON struct {
	LastReadID models.ID `json:"last_read_id,string"`
	Version    int       `json:"version"`
	UpdatedAt  moment    `json:"updated_at"`
}

func markerView(m *models.Marker) markerJSON {
	return markerJSON{m.LastReadID, m.Version, moment(m.UpdatedAt)}
}

// Markers is GET /api/v1/markers: how far one has read the timelines of timeline[].
func (a *API) Markers(c *call.Call) (any, error) {
	all, err := store.Find[models.Marker](c.Tx, "account_id = ?", c.Me.ID)
	out := map[string]markerJSON{}
	for _, m := range all {
		if slices.Contains(c.Strs("timeline"), m.Timeline) {
			out[m.Timeline] = markerView(m)
		}
	}
	return out, err
}

// Mark is POST /api/v1/markers, with home[last_read_id] and notifications[last_read_id].
func (a *API) Mark(c *call.Call) (any, error) {
	out := map[string]markerJSON{}
	for _, timeline := range models.Timelines {
		name := timeline + "[last_read_id]"
		if !c.Has(name) {
			continue
		}
		m, err := mark(c, timeline, c.ID(name))
		if err != nil {
			return nil, err
		}
		out[timeline] = markerView(m)
	}
	return out, nil
}

// mark notes how far a timeline was read. Of two that say so at once the second is told
// that it came too late, since it has not seen what the first wrote.
func mark(c *call.Call, timeline string, id models.ID) (*models.Marker, error) {
	m, err := store.Maybe[models.Marker](c.Tx, "account_id = ? AND timeline = ?", c.Me.ID, timeline)
	if err != nil {
		return nil, err
	}
	late := models.Refuse(models.Conflict, "stale", "Conflict during update, please try again")
	if m == nil {
		m = &models.Marker{AccountID: c.Me.ID, Timeline: timeline, LastReadID: id, UpdatedAt: c.Tx.Now}
		fresh, err := store.Add(c.Tx, m)
		if err == nil && !fresh {
			err = late
		}
		return m, err
	}
	if m.LastReadID == id {
		return m, nil
	}
	n, err := store.Set[models.Marker](c.Tx, map[string]any{"last_read_id": id, "version": m.Version + 1, "updated_at": c.Tx.Now},
		"account_id = ? AND timeline = ? AND version = ?", c.Me.ID, timeline, m.Version)
	if err == nil && n == 0 {
		err = late
	}
	m.LastReadID, m.Version, m.UpdatedAt = id, m.Version+1, c.Tx.Now
	return m, err
}

// lastRead is up to which notification one has read, 0 if that was never said.
func lastRead(c *call.Call) (models.ID, error) {
	m, err := store.Maybe[models.Marker](c.Tx, "account_id = ? AND timeline = ?", c.Me.ID, "notifications")
	if err != nil || m == nil {
		return 0, err
	}
	return m.LastReadID, nil
}
