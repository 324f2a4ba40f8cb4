package api

import (
	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) muteRoutes() []call.Route {
	return []call.Route{
		{Method: "POST", Path: "/api/v1/accounts/:id/mute", Scope: "write:mutes", Handler: a.Mute},
		{Method: "POST", Path: "/api/v1/accounts/:id/unmute", Scope: "write:mutes", Handler: a.Unmute},
		{Method: "GET", Path: "/api/v1/mutes", Scope: "read:mutes", Handler: a.Mutes},
		{Method: "POST", Path: "/api/v1/accounts/:id/note", Scope: "write:accounts", Handler: a.Annotate},
	}
}

// Mute is POST /api/v1/accounts/:id/mute. duration is in seconds; 0 means for good.
func (a *API) Mute(c *call.Call) (any, error) {
	hide, lasts := c.BoolOr("notifications", true), graph.Seconds(c.Int("duration", 0))
	return a.tie(c, func(tx *store.Tx, me, target *models.Account) error { return graph.Mute(tx, me, target, hide, lasts) })
}

// Unmute is POST /api/v1/accounts/:id/unmute.
func (a *API) Unmute(c *call.Call) (any, error) { return a.tie(c, graph.Unmute) }

// Annotate is POST /api/v1/accounts/:id/note: what nobody else reads.
func (a *API) Annotate(c *call.Call) (any, error) {
	comment := c.Str("comment")
	return a.tie(c, func(tx *store.Tx, me, target *models.Account) error { return graph.Annotate(tx, me, target, comment) })
}

// Mutes is GET /api/v1/mutes.
func (a *API) Mutes(c *call.Call) (any, error) {
	w := window(c, 40, 80)
	refs, err := store.MutedBy(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	linkRefs(c, w, refs)
	views, err := a.refs(c, refs)
	if err != nil {
		return nil, err
	}
	out, ids := make([]mutedJSON, len(views)), make([]models.ID, len(views))
	for i, v := range views {
		out[i], ids[i] = mutedJSON{accountJSON: v}, v.ID
	}
	mutes, err := mutesOf(c, ids)
	for i, v := range views {
		if m := mutes[v.ID]; m != nil {
			out[i].MuteExpiresAt = momentOf(m.ExpiresAt)
		}
	}
	return out, err
}

// mutesOf returns my mutes of accounts that have not ended.
func mutesOf(c *call.Call, ids []models.ID) (map[models.ID]*models.Mute, error) {
	all, err := store.Find[models.Mute](c.Tx, "account_id = ? AND target_id IN ?", c.Me.ID, append(ids, 0))
	out := map[models.ID]*models.Mute{}
	for _, m := range all {
		if !m.Over(c.Tx.Now) {
			out[m.TargetID] = m
		}
	}
	return out, err
}

// own adds what I alone decided about others: mutes, and notes.
func own(c *call.Call, views map[models.ID]*relationshipJSON, ties []store.Tie) error {
	var muted, noted []models.ID
	for _, t := range ties {
		switch t.What {
		case "mute":
			muted = append(muted, t.OtherID)
		case "note":
			noted = append(noted, t.OtherID)
		}
	}
	if len(muted) > 0 {
		mutes, err := mutesOf(c, muted)
		if err != nil {
			return err
		}
		for id, m := range mutes {
			v := views[id]
			v.Muting, v.MutingNotifications, v.MutingExpiresAt = true, m.HideNotifications, momentOf(m.ExpiresAt)
		}
	}
	if len(noted) == 0 {
		return nil
	}
	notes, err := store.Find[models.AccountNote](c.Tx, "account_id = ? AND target_id IN ?", c.Me.ID, noted)
	for _, n := range notes {
		views[n.TargetID].Note = n.Comment
	}
	return err
}

type mutedJSON struct {
	accountJSON
	MuteExpiresAt *moment `json:"mute_expires_at"`
}
