package api

import (
	"strconv"
	"time"

	"ensemble/activities/graph"
	"ensemble/activities/pin"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// tagDays is over how many days the use of a hashtag is told.
const tagDays = 7

func (a *API) tagRoutes() []call.Route {
	const one = "/api/v1/tags/:name"
	return []call.Route{
		{Method: "GET", Path: one, Who: call.Anyone, Handler: a.Hashtag},
		{Method: "POST", Path: one + "/follow", Scope: "write:follows", Handler: a.FollowTag},
		{Method: "POST", Path: one + "/unfollow", Scope: "write:follows", Handler: a.UnfollowTag},
		{Method: "POST", Path: one + "/feature", Scope: "write:accounts", Handler: a.FeatureTagByName},
		{Method: "POST", Path: one + "/unfeature", Scope: "write:accounts", Handler: a.UnfeatureTagByName},
		{Method: "GET", Path: "/api/v1/followed_tags", Scope: "read:follows", Handler: a.FollowedTags},
	}
}

// Hashtag is GET /api/v1/tags/:name.
func (a *API) Hashtag(c *call.Call) (any, error) {
	return withTag(c, func(string) error { return nil })
}

// FollowTag is POST /api/v1/tags/:name/follow.
func (a *API) FollowTag(c *call.Call) (any, error) {
	return withTag(c, func(name string) error { return graph.FollowTag(c.Tx, c.Me, name) })
}

// UnfollowTag is POST /api/v1/tags/:name/unfollow.
func (a *API) UnfollowTag(c *call.Call) (any, error) {
	return withTag(c, func(name string) error { return graph.UnfollowTag(c.Tx, c.Me, name) })
}

// FeatureTagByName is POST /api/v1/tags/:name/feature.
func (a *API) FeatureTagByName(c *call.Call) (any, error) {
	return withTag(c, func(name string) error {
		_, err := pin.Feature(c.Tx, c.Me, name)
		return err
	})
}

// UnfeatureTagByName is POST /api/v1/tags/:name/unfeature.
func (a *API) UnfeatureTagByName(c *call.Call) (any, error) {
	return withTag(c, func(name string) error {
		t, err := store.Maybe[models.FeaturedTag](c.Tx, "account_id = ? AND tag = ?", c.Me.ID, tagName(name))
		if err != nil || t == nil {
			return err
		}
		return pin.Unfeature(c.Tx, c.Me, t.ID)
	})
}

// withTag does something with the hashtag that a request names, and shows it.
func withTag(c *call.Call, do func(name string) error) (any, error) {
	name := c.Str("name")
	if !text.IsTag(name) {
		return nil, models.Errorf(models.NotFound, "there is no such hashtag")
	}
	if err := do(name); err != nil {
		return nil, err
	}
	views, err := hashtagViews(c, []string{tagName(name)})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

// FollowedTags is GET /api/v1/followed_tags.
func (a *API) FollowedTags(c *call.Call) (any, error) {
	w := window(c, 100, 200)
	rows, err := store.FollowedTags(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = tagName(r.Name)
	}
	return hashtagViews(c, names)
}

// hashtagViews shows hashtags, how they were used lately, and what the caller has to do
// with them.
func hashtagViews(c *call.Call, names []string) ([]hashtagJSON, error) {
	out, byName := make([]hashtagJSON, len(names)), map[string]*hashtagJSON{}
	for i, name := range names {
		out[i] = hashtagView(c.Site, name)
		out[i].History = noHistory(c.Tx.Now)
		byName[name] = &out[i]
	}
	used, err := store.TagHistory(c.Tx, names, tagDays)
	if err != nil {
		return nil, err
	}
	for _, d := range used {
		if v := byName[d.Tag]; v != nil && d.Day >= 0 && d.Day < tagDays {
			v.History[d.Day].Uses, v.History[d.Day].Accounts = strconv.Itoa(d.Uses), strconv.Itoa(d.Accounts)
		}
	}
	if c.Me == nil {
		return out, nil
	}
	ties, err := store.TagTies(c.Tx, c.Me.ID, names)
	for _, t := range ties {
		if v := byName[t.Tag]; v != nil {
			v.Following = v.Following || t.What == "follow"
			v.Featuring = v.Featuring || t.What == "feature"
		}
	}
	return out, err
}

// A tagDayJSON is how much a hashtag was used on the day that begins at Day.
type tagDayJSON struct {
	Day      string `json:"day"` // seconds since 1970
	Uses     string `json:"uses"`
	Accounts string `json:"accounts"`
}

func noHistory(now time.Time) []tagDayJSON {
	today := now.Truncate(24 * time.Hour)
	out := make([]tagDayJSON, tagDays)
	for i := range out {
		out[i] = tagDayJSON{strconv.FormatInt(today.AddDate(0, 0, -i).Unix(), 10), "0", "0"}
	}
	return out
}
