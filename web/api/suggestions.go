package api

import (
	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) endorseRoutes() []call.Route {
	const one, read, write = "/api/v1/accounts/:id", "read:accounts", "write:accounts"
	return []call.Route{
		{Method: "POST", Path: one + "/pin", Scope: write, Handler: a.Endorse},
		{Method: "POST", Path: one + "/unpin", Scope: write, Handler: a.Unendorse},
		{Method: "POST", Path: one + "/endorse", Scope: write, Handler: a.Endorse},
		{Method: "POST", Path: one + "/unendorse", Scope: write, Handler: a.Unendorse},
		{Method: "GET", Path: one + "/endorsements", Who: call.Anyone, Scope: read, Handler: a.EndorsedBy},
		{Method: "GET", Path: "/api/v1/endorsements", Scope: read, Handler: a.Endorsements},
		{Method: "GET", Path: "/api/v1/suggestions", Scope: read, Handler: a.SuggestV1},
		{Method: "GET", Path: "/api/v2/suggestions", Scope: read, Handler: a.SuggestV2},
		{Method: "DELETE", Path: "/api/v1/suggestions/:id", Scope: write, Handler: a.Dismiss},
		{Method: "GET", Path: "/api/v1/directory", Who: call.Anyone, Handler: a.Directory},
	}
}

// Endorse is POST /api/v1/accounts/:id/endorse, and pin as older clients say.
func (a *API) Endorse(c *call.Call) (any, error) { return a.tie(c, graph.Endorse) }

// Unendorse is POST /api/v1/accounts/:id/unendorse, and unpin.
func (a *API) Unendorse(c *call.Call) (any, error) { return a.tie(c, graph.Unendorse) }

// Endorsements is GET /api/v1/endorsements: whom I recommend.
func (a *API) Endorsements(c *call.Call) (any, error) { return a.endorsed(c, c.Me) }

// EndorsedBy is GET /api/v1/accounts/:id/endorsements.
func (a *API) EndorsedBy(c *call.Call) (any, error) {
	who, err := a.target(c)
	if err != nil {
		return nil, err
	}
	return a.endorsed(c, who)
}

func (a *API) endorsed(c *call.Call, who *models.Account) (any, error) {
	apart, err := store.Any[models.Block](c.Tx, "account_id = ? AND target_id = ?", who.ID, c.MyID())
	if err != nil || apart || !who.Active() {
		return []accountJSON{}, err
	}
	w := window(c, 40, 80)
	refs, err := store.EndorsedBy(c.Tx, c.MyID(), who.ID, w)
	if err != nil {
		return nil, err
	}
	linkRefs(c, w, refs)
	return a.refs(c, refs)
}

// SuggestV1 is GET /api/v1/suggestions: accounts alone.
func (a *API) SuggestV1(c *call.Call) (any, error) {
	all, err := a.suggested(c)
	out := []accountJSON{}
	for _, s := range all {
		out = append(out, s.Account)
	}
	return out, err
}

// SuggestV2 is GET /api/v2/suggestions.
func (a *API) SuggestV2(c *call.Call) (any, error) { return a.suggested(c) }

func (a *API) suggested(c *call.Call) ([]suggestionJSON, error) {
	rows, err := store.Suggestions(c.Tx, c.Me.ID, c.Page(40, 80).Limit)
	if err != nil {
		return nil, err
	}
	refs, why := make([]store.Ref, len(rows)), map[models.ID]string{}
	for i, r := range rows {
		refs[i].AccountID, why[r.AccountID] = r.AccountID, r.Why
	}
	views, err := a.refs(c, refs)
	out := make([]suggestionJSON, len(views))
	for i, v := range views {
		out[i] = suggestionJSON{Source: "global", Sources: []string{why[v.ID]}, Account: v}
		if why[v.ID] == "friends_of_friends" {
			out[i].Source = "past_interactions"
		}
	}
	return out, err
}

// Dismiss is DELETE /api/v1/suggestions/:id.
func (a *API) Dismiss(c *call.Call) (any, error) {
	return nil, graph.Dismiss(c.Tx, c.Me, c.ID("id"))
}

// Directory is GET /api/v1/directory: those who want to be found.
func (a *API) Directory(c *call.Call) (any, error) {
	p := c.Page(40, 80)
	ids, err := store.Directory(c.Tx, c.MyID(), c.Bool("local"), c.Str("order") == "new", p.Limit, min(max(c.Int("offset", 0), 0), 100_000))
	if err != nil {
		return nil, err
	}
	return a.accounts(c, ids)
}

type suggestionJSON struct {
	Source  string      `json:"source"` // as Mastodon before 4.3 says it
	Sources []string    `json:"sources"`
	Account accountJSON `json:"account"`
}
