package api

import (
	"time"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/web/call"
)

func (a *API) reachRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/ensemble/v1/collabs/:id/reach", Scope: "read:statuses", Mode: call.Write, Handler: a.Reach},
	}
}

// reachJSON is what one author is told of their own followers and a post.
type reachJSON struct {
	AsOf      string        `json:"as_of"` // a day, UTC; the numbers change no sooner than the next
	Threshold int           `json:"threshold"`
	Measures  []measureJSON `json:"measures"`
}

type measureJSON struct {
	Code    models.Measure `json:"code"`
	AtLeast *int           `json:"at_least"` // null if there are fewer than threshold
	Text    string         `json:"text"`
}

// Reach is GET /api/ensemble/v1/collabs/:id/reach: how far a post went among my own
// followers, in numbers that are rounded down, stand for at least threshold people and
// are made once a day. The other authors see theirs.
func (a *API) Reach(c *call.Call) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	rows, err := collab.Reach(c.Tx, c.Me, row)
	if err != nil {
		return nil, err
	}
	least, err := collab.LeastReach(c.Tx)
	if err != nil {
		return nil, err
	}
	v := reachJSON{AsOf: c.Now().UTC().Format(time.DateOnly), Threshold: least, Measures: []measureJSON{}}
	for _, r := range rows {
		m := measureJSON{Code: r.Measure}
		if n, ok := r.Told(least); ok {
			m.AtLeast, m.Text = &n, say(c, "reach_"+string(r.Measure), models.ID(n)).Text
		} else {
			m.Text = say(c, "reach_few", models.ID(least)).Text
		}
		v.Measures = append(v.Measures, m)
	}
	return v, nil
}
