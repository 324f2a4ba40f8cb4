package api

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) threadRoutes() []call.Route {
	const one = "/api/v1/statuses/:id"
	return []call.Route{
		{Method: "POST", Path: one + "/mute", Scope: "write:mutes", Handler: a.MuteThread},
		{Method: "POST", Path: one + "/unmute", Scope: "write:mutes", Handler: a.UnmuteThread},
		{Method: "POST", Path: one + "/translate", Scope: "read:statuses", Mode: call.Read, Handler: a.Translate},
		{Method: "GET", Path: "/api/v1/instance/translation_languages", Who: call.Nobody, Handler: a.TranslationLanguages},
	}
}

// MuteThread is POST /api/v1/statuses/:id/mute: nothing more is told of what happens in
// the thread that it is in.
func (a *API) MuteThread(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	if _, err := store.Add(c.Tx, &models.ThreadMute{AccountID: c.Me.ID, ThreadID: p.ThreadID, CreatedAt: c.Tx.Now}); err != nil {
		return nil, err
	}
	return a.status(c, p.ID)
}

// UnmuteThread is POST /api/v1/statuses/:id/unmute.
func (a *API) UnmuteThread(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	if _, err := store.Delete[models.ThreadMute](c.Tx, "account_id = ? AND thread_id = ?", c.Me.ID, p.ThreadID); err != nil {
		return nil, err
	}
	return a.status(c, p.ID)
}

// Translate is POST /api/v1/statuses/:id/translate. No server of ours translates, which
// is answered as by a Mastodon that is not set up to.
func (a *API) Translate(c *call.Call) (any, error) {
	if _, err := a.post(c); err != nil {
		return nil, err
	}
	return nil, models.Refuse(models.NotFound, "no_translation", "this server does not translate")
}

// TranslationLanguages is GET /api/v1/instance/translation_languages: of none into none.
func (a *API) TranslationLanguages(*call.Call) (any, error) { return struct{}{}, nil }
