package api

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Home is GET /api/v1/timelines/home.
func (a *API) Home(c *call.Call) (any, error) {
	w := window(c, 20, 40)
	h, err := a.home(c, w)
	if err != nil {
		return nil, err
	}
	if n := len(h.entries); n > 0 { // a page may be short because posts were met twice
		c.Link(h.entries[0].ID, h.entries[n-1].ID)
	}
	return a.page(c, h.entries)
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

// maxTags is how many more tags a tag's timeline can be asked for, of each kind.
const maxTags = 4

// tagNames reads a list of hashtags, each once.
func tagNames(c *call.Call, name string) []string {
	var out []string
	for _, s := range c.Strs(name) {
		if tag := tagName(s); tag != "" && !slices.Contains(out, tag) && len(out) < maxTags {
			out = append(out, tag)
		}
	}
	return out
}

func (a *API) publics(c *call.Call, tag string) (any, error) {
	w := window(c, 20, 40)
	q := store.Publics{Me: c.MyID(), Local: c.Bool("local"), Remote: c.Bool("remote"), Media: c.Bool("only_media"), Tag: tag}
	if tag != "" {
		q.Any, q.All, q.None = tagNames(c, "any"), tagNames(c, "all"), tagNames(c, "none")
	}
	entries, err := store.PublicPosts(c.Tx, q, w)
	if err != nil {
		return nil, err
	}
	linkEntries(c, w, entries)
	return a.page(c, entries)
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
	return a.page(c, entries)
}
