package api

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Home is GET /api/v1/timelines/home.
func (a *API) Home(c *call.Call) (any, error) {
	w := window(c, 20, 40)
	entries, err := store.Home(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(entries); n > 0 { // a page may be short because posts were met twice
		c.Link(entries[0].ID, entries[n-1].ID)
	}
	return a.statusesIn(c, entries, models.FilterHome)
}

// Public is GET /api/v1/timelines/public.
func (a *API) Public(c *call.Call) (any, error) { return a.publics(c, "") }

// Tag is GET /api/v1/timelines/tag/:tag. A tag that nobody used has an empty one.
func (a *API) Tag(c *call.Call) (any, error) {
	tag := tagName(c.Str("tag"))
	if tag == "" {
		return []statusJSON{}, nil
	}
	return a.publics(c, tag)
}

func (a *API) publics(c *call.Call, tag string) (any, error) {
	w := window(c, 20, 40)
	entries, err := store.PublicPosts(c.Tx, store.Publics{
		Me: c.MyID(), Local: c.Bool("local"), Remote: c.Bool("remote"), Media: c.Bool("only_media"), Tag: tag,
	}, w)
	if err != nil {
		return nil, err
	}
	linkEntries(c, w, entries)
	return a.statusesIn(c, entries, models.FilterPublic)
}

// Bookmarks is GET /api/v1/bookmarks.
func (a *API) Bookmarks(c *call.Call) (any, error) { return a.kept(c, store.BookmarkedPosts) }

// Favourites is GET /api/v1/favourites.
func (a *API) Favourites(c *call.Call) (any, error) { return a.kept(c, store.LikedPosts) }

func (a *API) kept(c *call.Call, of func(*store.Tx, models.ID, store.Window) ([]store.Entry, error)) (any, error) {
	w := window(c, 20, 40)
	entries, err := of(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	linkEntries(c, w, entries)
	return a.statuses(c, entries)
}
