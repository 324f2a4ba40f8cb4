package api

import (
	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) peopleListRoutes() []call.Route {
	const all, one, read, write = "/api/v1/lists", "/api/v1/lists/:id", "read:lists", "write:lists"
	return []call.Route{
		{Method: "GET", Path: all, Scope: read, Handler: a.Lists},
		{Method: "POST", Path: all, Scope: write, Handler: a.MakeList},
		{Method: "GET", Path: one, Scope: read, Handler: a.List},
		{Method: "PUT", Path: one, Scope: write, Handler: a.ChangeList},
		{Method: "PATCH", Path: one, Scope: write, Handler: a.ChangeList},
		{Method: "DELETE", Path: one, Scope: write, Handler: a.DropList},
		{Method: "GET", Path: one + "/accounts", Scope: read, Handler: a.ListAccounts},
		{Method: "POST", Path: one + "/accounts", Scope: write, Handler: a.Enlist},
		{Method: "DELETE", Path: one + "/accounts", Scope: write, Handler: a.Delist},
		{Method: "GET", Path: "/api/v1/accounts/:id/lists", Scope: read, Handler: a.ListsWith},
		{Method: "GET", Path: "/api/v1/timelines/list/:id", Scope: read, Handler: a.ListTimeline},
	}
}

// Lists is GET /api/v1/lists.
func (a *API) Lists(c *call.Call) (any, error) {
	all, err := store.Find[models.List](c.Tx, "account_id = ? ORDER BY id", c.Me.ID)
	return listViews(all), err
}

// ListsWith is GET /api/v1/accounts/:id/lists: those of mine that an account is on.
func (a *API) ListsWith(c *call.Call) (any, error) {
	target, err := a.target(c)
	if err != nil {
		return nil, err
	}
	all, err := store.ListsWith(c.Tx, c.Me.ID, target.ID)
	return listViews(all), err
}

// MakeList is POST /api/v1/lists.
func (a *API) MakeList(c *call.Call) (any, error) {
	l, err := graph.MakeList(c.Tx, c.Me, listing(c))
	if err != nil {
		return nil, err
	}
	return listView(l), nil
}

func listing(c *call.Call) (l graph.Listing) {
	if c.Has("title") {
		s := c.Str("title")
		l.Title = &s
	}
	if s := models.RepliesPolicy(c.Str("replies_policy")); s != "" {
		l.Replies = &s
	}
	if c.Str("exclusive") != "" {
		b := c.Bool("exclusive")
		l.Exclusive = &b
	}
	return l
}

// withList does something with a list of the caller's.
func withList(c *call.Call, do func(l *models.List) (any, error)) (any, error) {
	l, err := graph.MyList(c.Tx, c.Me, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return do(l)
}

// List is GET /api/v1/lists/:id.
func (a *API) List(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) { return listView(l), nil })
}

// ChangeList is PUT /api/v1/lists/:id.
func (a *API) ChangeList(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) {
		err := graph.ChangeList(c.Tx, l, listing(c))
		return listView(l), err
	})
}

// DropList is DELETE /api/v1/lists/:id.
func (a *API) DropList(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) { return nil, graph.DropList(c.Tx, l) })
}

// ListAccounts is GET /api/v1/lists/:id/accounts. A limit of 0 means all.
func (a *API) ListAccounts(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) {
		w := window(c, 40, 80)
		if c.Str("limit") == "0" {
			w = store.Window{}
		}
		refs, err := store.ListMembers(c.Tx, l.ID, w)
		if err != nil {
			return nil, err
		}
		if w.Limit > 0 {
			linkRefs(c, w, refs)
		}
		return a.refs(c, refs)
	})
}

// Enlist is POST /api/v1/lists/:id/accounts.
func (a *API) Enlist(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) { return nil, graph.Enlist(c.Tx, l, c.IDs("account_ids")) })
}

// Delist is DELETE /api/v1/lists/:id/accounts.
func (a *API) Delist(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) { return nil, graph.Delist(c.Tx, l, c.IDs("account_ids")) })
}

// ListTimeline is GET /api/v1/timelines/list/:id.
func (a *API) ListTimeline(c *call.Call) (any, error) {
	return withList(c, func(l *models.List) (any, error) {
		entries, err := store.ListPosts(c.Tx, l, window(c, 20, 40))
		if err != nil {
			return nil, err
		}
		if n := len(entries); n > 0 { // a page may be short because posts were met twice
			c.Link(entries[0].ID, entries[n-1].ID)
		}
		return a.page(c, entries)
	})
}

type listJSON struct {
	ID            models.ID            `json:"id,string"`
	Title         string               `json:"title"`
	RepliesPolicy models.RepliesPolicy `json:"replies_policy"`
	Exclusive     bool                 `json:"exclusive"`
}

func listView(l *models.List) listJSON {
	return listJSON{l.ID, l.Title, l.RepliesPolicy, l.Exclusive}
}

func listViews(all []*models.List) []listJSON {
	out := make([]listJSON, len(all))
	for i, l := range all {
		out[i] = listView(l)
	}
	return out
}
