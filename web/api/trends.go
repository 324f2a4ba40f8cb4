package api

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"ensemble/activities/trend"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) trendRoutes() []call.Route {
	const all, admin = "/api/v1/trends", "/api/v1/admin/trends"
	const scope = "admin:write"
	return []call.Route{
		{Method: "GET", Path: all, Who: call.Anyone, Handler: a.TrendingTags},
		{Method: "GET", Path: all + "/tags", Who: call.Anyone, Handler: a.TrendingTags},
		{Method: "GET", Path: all + "/statuses", Who: call.Anyone, Handler: a.TrendingStatuses},
		{Method: "GET", Path: all + "/links", Who: call.Anyone, Handler: a.TrendingLinks},
		{Method: "GET", Path: "/api/v1/timelines/link", Who: call.Anyone, Scope: "read:statuses", Handler: a.LinkTimeline},
		{Method: "POST", Path: admin + "/tags/:id/reject", Scope: scope, Handler: staff(a.judgeTag(trend.Deny))},
		{Method: "POST", Path: admin + "/tags/:id/approve", Scope: scope, Handler: staff(a.judgeTag(trend.Permit))},
		{Method: "POST", Path: admin + "/statuses/:id/reject", Scope: scope, Handler: staff(a.judgeStatus(trend.Deny))},
		{Method: "POST", Path: admin + "/statuses/:id/approve", Scope: scope, Handler: staff(a.judgeStatus(trend.Permit))},
		{Method: "POST", Path: admin + "/links/:id/reject", Scope: scope, Handler: staff(a.judgeLink(trend.Deny))},
		{Method: "POST", Path: admin + "/links/:id/approve", Scope: scope, Handler: staff(a.judgeLink(trend.Permit))},
	}
}

// slice is the part of a list without IDs that was asked for.
func slice(c *call.Call, def, most int) (limit, offset int) {
	limit, offset = c.Int("limit", def), c.Int("offset", 0)
	if limit < 1 {
		limit = def
	}
	return min(limit, most), min(max(offset, 0), 1<<20)
}

// linkSlice tells where the parts before and after this one are.
func linkSlice(c *call.Call, limit, offset, n int) {
	at := func(rel string, offset int) string {
		q := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(offset)}}
		return fmt.Sprintf("<%s%s?%s>; rel=%q", c.Site.Origin, c.Request.URL.EscapedPath(), q.Encode(), rel)
	}
	var links []string
	if n == limit {
		links = append(links, at("next", offset+limit))
	}
	if offset > 0 {
		links = append(links, at("prev", max(0, offset-limit)))
	}
	if links != nil {
		c.Header("Link", strings.Join(links, ", "))
	}
}

// TrendingTags is GET /api/v1/trends/tags, and what it was called before.
func (a *API) TrendingTags(c *call.Call) (any, error) {
	limit, offset := slice(c, 10, 20)
	rows, err := store.Trends(c.Tx, models.TrendTag, limit, offset)
	if err != nil {
		return nil, err
	}
	linkSlice(c, limit, offset, len(rows))
	names := make([]string, len(rows))
	for i, t := range rows {
		names[i] = t.Name
	}
	return hashtagViews(c, names)
}

// TrendingStatuses is GET /api/v1/trends/statuses.
func (a *API) TrendingStatuses(c *call.Call) (any, error) {
	limit, offset := slice(c, 20, 40)
	entries, err := store.TrendingPosts(c.Tx, c.MyID(), limit, offset)
	if err != nil {
		return nil, err
	}
	linkSlice(c, limit, offset, len(entries))
	return a.statuses(c, entries)
}

// TrendingLinks is GET /api/v1/trends/links.
func (a *API) TrendingLinks(c *call.Call) (any, error) {
	limit, offset := slice(c, 10, 20)
	rows, err := store.Trends(c.Tx, models.TrendLink, limit, offset)
	if err != nil {
		return nil, err
	}
	linkSlice(c, limit, offset, len(rows))
	var ids []models.ID
	for _, t := range rows {
		ids = append(ids, t.ItemID)
	}
	return linkViews(c, ids)
}

// trendingLinkJSON is Mastodon's Trends::Link.
type trendingLinkJSON struct {
	ID models.ID `json:"id,string"`
	*cardJSON
	History []tagDayJSON `json:"history"`
}

func linkViews(c *call.Call, ids []models.ID) ([]trendingLinkJSON, error) {
	out := []trendingLinkJSON{}
	if len(ids) == 0 {
		return out, nil
	}
	cards, err := store.Find[models.Card](c.Tx, "id IN ? AND state = ?", ids, models.CardReady)
	if err != nil {
		return nil, err
	}
	days, err := store.CardHistory(c.Tx, ids, tagDays)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		for _, card := range cards {
			if card.ID == id {
				out = append(out, trendingLinkJSON{id, cardView(c.Site, card), noHistory(c.Tx.Now)})
			}
		}
	}
	for _, d := range days {
		for i := range out {
			if out[i].ID == d.CardID && d.Day >= 0 && d.Day < tagDays {
				out[i].History[d.Day].Uses, out[i].History[d.Day].Accounts = strconv.Itoa(d.Uses), strconv.Itoa(d.Accounts)
			}
		}
	}
	return out, nil
}

// LinkTimeline is GET /api/v1/timelines/link?url=: who talks about a link that many talk
// about. Of other links nobody is told here who shared them.
func (a *API) LinkTimeline(c *call.Call) (any, error) {
	card, err := store.One[models.Card](c.Tx, "url = ? AND id IN (SELECT item_id FROM trends WHERE kind = ?)", c.Str("url"), models.TrendLink)
	if err != nil {
		return nil, err
	}
	w := window(c, 20, 40)
	entries, err := store.PostsLinking(c.Tx, c.MyID(), card.ID, w)
	if err != nil {
		return nil, err
	}
	linkEntries(c, w, entries)
	return a.statuses(c, entries)
}

type judgement func(tx *store.Tx, kind models.TrendKind, name string, item models.ID) error

func (a *API) judgeTag(do judgement) call.Handler {
	return func(c *call.Call) (any, error) {
		name := tagName(c.Str("id"))
		known, err := store.Any[models.PostTag](c.Tx, "tag = ?", name)
		if err == nil && !known {
			err = models.Errorf(models.NotFound, "there is no such hashtag")
		}
		if err != nil {
			return nil, err
		}
		if err := do(c.Tx, models.TrendTag, name, 0); err != nil {
			return nil, err
		}
		views, err := hashtagViews(c, []string{name})
		return views[0], err
	}
}

func (a *API) judgeStatus(do judgement) call.Handler {
	return func(c *call.Call) (any, error) {
		p, err := a.post(c)
		if err != nil {
			return nil, err
		}
		if err := do(c.Tx, models.TrendStatus, "", p.ID); err != nil {
			return nil, err
		}
		return a.status(c, p.ID)
	}
}

func (a *API) judgeLink(do judgement) call.Handler {
	return func(c *call.Call) (any, error) {
		views, err := linkViews(c, []models.ID{c.ID("id")})
		if err == nil && len(views) == 0 {
			err = models.Errorf(models.NotFound, "there is no such link here")
		}
		if err != nil {
			return nil, err
		}
		return views[0], do(c.Tx, models.TrendLink, "", views[0].ID)
	}
}
