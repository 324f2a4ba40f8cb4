package api

import (
	"ensemble/activities/post"
	"ensemble/activities/react"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Favourite is POST /api/v1/statuses/:id/favourite.
func (a *API) Favourite(c *call.Call) (any, error) { return a.react(c, react.Like) }

// Unfavourite is POST /api/v1/statuses/:id/unfavourite.
func (a *API) Unfavourite(c *call.Call) (any, error) { return a.react(c, react.Unlike) }

// Bookmark is POST /api/v1/statuses/:id/bookmark.
func (a *API) Bookmark(c *call.Call) (any, error) { return a.react(c, react.Bookmark) }

// Unbookmark is POST /api/v1/statuses/:id/unbookmark.
func (a *API) Unbookmark(c *call.Call) (any, error) { return a.react(c, react.Unbookmark) }

// Unreblog is POST /api/v1/statuses/:id/unreblog.
func (a *API) Unreblog(c *call.Call) (any, error) { return a.react(c, react.Unboost) }

// react has the one who asks do something with a post, and answers with the post.
func (a *API) react(c *call.Call, do func(*store.Tx, *models.Account, *models.Post) error) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	if err := do(c.Tx, c.Me, p); err != nil {
		return nil, err
	}
	if err := post.SearchAnew(c.Tx, p.ID); err != nil {
		return nil, err
	}
	return a.status(c, p.ID)
}

// Reblog is POST /api/v1/statuses/:id/reblog. It answers with the boost, which
// holds the post.
func (a *API) Reblog(c *call.Call) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	b, err := react.Boost(c.Tx, c.Me, p)
	if err != nil {
		return nil, err
	}
	if err := post.SearchAnew(c.Tx, p.ID); err != nil {
		return nil, err
	}
	return a.entry(c, store.Entry{ID: b.ID, PostID: p.ID, Kind: models.FeedBoost})
}

// FavouritedBy is GET /api/v1/statuses/:id/favourited_by.
func (a *API) FavouritedBy(c *call.Call) (any, error) { return a.reactors(c, store.Likers) }

// RebloggedBy is GET /api/v1/statuses/:id/reblogged_by.
func (a *API) RebloggedBy(c *call.Call) (any, error) { return a.reactors(c, store.Boosters) }

func (a *API) reactors(c *call.Call, of func(*store.Tx, models.ID, models.ID, store.Window) ([]store.Ref, error)) (any, error) {
	p, err := a.post(c)
	if err != nil {
		return nil, err
	}
	w := window(c, 40, 80)
	refs, err := of(c.Tx, c.MyID(), p.ID, w)
	if err != nil {
		return nil, err
	}
	linkRefs(c, w, refs)
	return a.refs(c, refs)
}
