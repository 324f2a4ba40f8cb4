package api

import (
	"strings"
	"time"

	"ensemble/activities/pin"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// featuredFor is how long what an account elsewhere features is shown without
// asking its server again.
const featuredFor = 24 * time.Hour

// Pin is POST /api/v1/statuses/:id/pin.
func (a *API) Pin(c *call.Call) (any, error) { return a.react(c, pin.Pin) }

// Unpin is POST /api/v1/statuses/:id/unpin.
func (a *API) Unpin(c *call.Call) (any, error) { return a.react(c, pin.Unpin) }

// AccountStatuses is GET /api/v1/accounts/:id/statuses: posts, or those on top of
// the profile. What an account elsewhere put there is asked for where it is not
// known, and is there the next time.
func (a *API) AccountStatuses(c *call.Call) (call.Handler, error) {
	if !c.Bool("pinned") {
		return a.accountPosts, nil
	}
	id := c.ID("id")
	err := c.InRead(func(tx *store.Tx) error {
		who, err := store.Maybe[models.Account](tx, "id = ?", id)
		if err != nil || who == nil || who.Local() || who.Featured == "" || who.FeaturedAt != nil && tx.Now.Sub(*who.FeaturedAt) < featuredFor {
			id = 0
		}
		return err
	})
	if err == nil && id != 0 && c.Me != nil {
		err = c.InTx(func(tx *store.Tx) error { return pin.Look(tx, id) })
	}
	return a.pinnedPosts, err
}

func (a *API) pinnedPosts(c *call.Call) (any, error) {
	who, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err != nil || !who.Active() {
		return []statusJSON{}, err
	}
	pins, err := store.Find[models.Pin](c.Tx, "account_id = ? ORDER BY id DESC LIMIT ?", who.ID, models.MaxPinsRead)
	if err != nil {
		return nil, err
	}
	var ids []models.ID
	for _, p := range pins {
		ids = append(ids, p.PostID)
	}
	shown, err := store.Readable(c.Tx, c.MyID(), ids)
	if err != nil {
		return nil, err
	}
	may := map[models.ID]bool{}
	for _, id := range shown {
		may[id] = true
	}
	var entries []store.Entry
	for _, id := range ids {
		if may[id] {
			entries = append(entries, store.Entry{ID: id, PostID: id, Kind: models.FeedPost})
		}
	}
	return a.page(c, entries)
}

// FeaturedTags is GET /api/v1/featured_tags.
func (a *API) FeaturedTags(c *call.Call) (any, error) { return a.featuredTags(c, c.Me) }

// AccountTags is GET /api/v1/accounts/:id/featured_tags.
func (a *API) AccountTags(c *call.Call) (any, error) {
	who, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return a.featuredTags(c, who)
}

func (a *API) featuredTags(c *call.Call, who *models.Account) (any, error) {
	out := []featuredTagJSON{}
	if !who.Active() {
		return out, nil
	}
	tags, err := store.FeaturedTags(c.Tx, who.ID)
	for _, t := range tags {
		out = append(out, featuredTagView(c, who, t))
	}
	return out, err
}

// FeatureTag is POST /api/v1/featured_tags.
func (a *API) FeatureTag(c *call.Call) (any, error) {
	t, err := pin.Feature(c.Tx, c.Me, c.Str("name"))
	if err != nil {
		return nil, err
	}
	all, err := store.FeaturedTags(c.Tx, c.Me.ID)
	for _, u := range all {
		if u.ID == t.ID {
			return featuredTagView(c, c.Me, u), err
		}
	}
	return nil, err
}

// UnfeatureTag is DELETE /api/v1/featured_tags/:id.
func (a *API) UnfeatureTag(c *call.Call) (any, error) {
	return nil, pin.Unfeature(c.Tx, c.Me, c.ID("id"))
}

// SuggestTags is GET /api/v1/featured_tags/suggestions: what one uses most.
func (a *API) SuggestTags(c *call.Call) (any, error) {
	names, err := store.TagsOf(c.Tx, c.Me.ID, models.MaxFeaturedTags)
	return tagViews(c.Site, names), err
}

type featuredTagJSON struct {
	ID    models.ID `json:"id,string"`
	Name  string    `json:"name"`
	URL   string    `json:"url"`
	Count string    `json:"statuses_count"`
	Last  *string   `json:"last_status_at"`
}

func featuredTagView(c *call.Call, who *models.Account, t store.TagUse) featuredTagJSON {
	v := featuredTagJSON{ID: t.ID, Name: t.Name, Count: t.Posts(), URL: string(who.URL) + "/tagged/" + t.Tag}
	if who.Local() {
		v.URL = c.Site.Origin + "/tags/" + strings.ToLower(t.Tag)
	}
	if t.Last != 0 {
		day := t.Last.Time().Format("2006-01-02")
		v.Last = &day
	}
	return v
}
