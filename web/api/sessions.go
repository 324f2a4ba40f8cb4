package api

import (
	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// sessionRoutes are who is signed in as me, with which browser and which app.
func (a *API) sessionRoutes() []call.Route {
	const me = "/api/ensemble/v1/me"
	return []call.Route{
		{Method: "GET", Path: me + "/sessions", Scope: "read:accounts", Handler: a.Sessions},
		{Method: "DELETE", Path: me + "/sessions", Scope: "write:accounts", Handler: a.EndSessions},
		{Method: "DELETE", Path: me + "/sessions/:id", Scope: "write:accounts", Handler: a.EndSession},
		{Method: "GET", Path: me + "/apps", Scope: "read:accounts", Handler: a.Apps},
		{Method: "DELETE", Path: me + "/apps/:id", Scope: "write:accounts", Handler: a.EndApp},
	}
}

// sessionJSON is a browser that is signed in.
type sessionJSON struct {
	ID        string `json:"id"`
	UserAgent string `json:"user_agent"`
	Address   string `json:"address"`
	CreatedAt moment `json:"created_at"`
	ExpiresAt moment `json:"expires_at"`
}

// appInUseJSON is an app that may act for somebody.
type appInUseJSON struct {
	ID         models.ID `json:"id,string"`
	Name       string    `json:"name"`
	Website    *string   `json:"website"`
	Scopes     []string  `json:"scopes"`
	Tokens     int       `json:"tokens"`
	Current    bool      `json:"current"` // it asked for this list
	CreatedAt  moment    `json:"created_at"`
	LastUsedAt *moment   `json:"last_used_at"` // to the day
}

// Sessions is GET /api/ensemble/v1/me/sessions.
func (a *API) Sessions(c *call.Call) (any, error) {
	rows, err := store.Find[models.Session](c.Tx, "account_id = ? AND expires_at > ? ORDER BY created_at DESC, id", c.Me.ID, c.Tx.Now)
	out := []sessionJSON{}
	for _, s := range rows {
		out = append(out, sessionJSON{s.ID, s.UserAgent, s.Address, moment(s.CreatedAt), moment(s.ExpiresAt)})
	}
	return out, err
}

// EndSession is DELETE /api/ensemble/v1/me/sessions/:id.
func (a *API) EndSession(c *call.Call) (any, error) {
	return nil, account.EndSession(c.Tx, c.Me, c.Str("id"))
}

// EndSessions is DELETE /api/ensemble/v1/me/sessions: all browsers are signed out.
func (a *API) EndSessions(c *call.Call) (any, error) {
	return nil, account.EndSessions(c.Tx, c.Me, "")
}

// Apps is GET /api/ensemble/v1/me/apps.
func (a *API) Apps(c *call.Call) (any, error) {
	apps, err := store.AppsInUse(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	out := []appInUseJSON{}
	for _, p := range apps {
		scopes, err := account.ScopesOf(c.Tx, c.Me, p.ClientID)
		if err != nil {
			return nil, err
		}
		out = append(out, appInUseJSON{
			ID: p.AppID, Name: p.Name, Website: orNull(p.Website), Scopes: scopes, Tokens: p.Tokens,
			Current: c.Token != nil && c.Token.ID != 0 && c.Token.ClientID == p.ClientID, CreatedAt: moment(p.CreatedAt), LastUsedAt: momentOf(p.LastUsedAt),
		})
	}
	return out, nil
}

// EndApp is DELETE /api/ensemble/v1/me/apps/:id: the app may no longer act for me.
func (a *API) EndApp(c *call.Call) (any, error) {
	return nil, account.EndApp(c.Tx, c.Me, c.ID("id"))
}
