package api

import (
	"ensemble/activities/graph"
	"ensemble/activities/sever"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) domainBlockRoutes() []call.Route {
	const path = "/api/v1/domain_blocks"
	return []call.Route{
		{Method: "GET", Path: path, Scope: "read:blocks", Handler: a.DomainsBlocked},
		{Method: "POST", Path: path, Scope: "write:blocks", Handler: a.BlockDomain},
		{Method: "DELETE", Path: path, Scope: "write:blocks", Handler: a.UnblockDomain},
	}
}

// DomainsBlocked is GET /api/v1/domain_blocks: names alone.
func (a *API) DomainsBlocked(c *call.Call) (any, error) {
	w := window(c, 100, 200)
	rows, err := store.DomainsBlockedBy(c.Tx, c.Me.ID, w)
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.Domain
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return out, err
}

// BlockDomain is POST /api/v1/domain_blocks.
func (a *API) BlockDomain(c *call.Call) (any, error) {
	return nil, sever.Domain(c.Tx, c.Me, c.Str("domain"))
}

// UnblockDomain is DELETE /api/v1/domain_blocks.
func (a *API) UnblockDomain(c *call.Call) (any, error) {
	return nil, graph.UnblockDomain(c.Tx, c.Me, c.Str("domain"))
}
