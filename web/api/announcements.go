package api

import (
	"time"

	"ensemble/activities/announcement"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) announcementRoutes() []call.Route {
	const one, ours = "/api/v1/announcements/:id", "/api/ensemble/v1/admin/announcements"
	return []call.Route{
		{Method: "GET", Path: "/api/v1/announcements", Handler: a.Announcements},
		{Method: "POST", Path: one + "/dismiss", Scope: "write:accounts", Handler: a.DismissAnnouncement},
		{Method: "PUT", Path: one + "/reactions/:name", Scope: "write:favourites", Handler: a.ReactToAnnouncement},
		{Method: "DELETE", Path: one + "/reactions/:name", Scope: "write:favourites", Handler: a.UnreactToAnnouncement},
		{Method: "POST", Path: ours, Scope: "admin:write", Handler: allowed(models.House, a.Announce)},
		{Method: "PUT", Path: ours + "/:id", Scope: "admin:write", Handler: allowed(models.House, a.EditAnnouncement)},
		{Method: "DELETE", Path: ours + "/:id", Scope: "admin:write", Handler: allowed(models.House, a.DeleteAnnouncement)},
	}
}

// Announcements is GET /api/v1/announcements.
func (a *API) Announcements(c *call.Call) (any, error) {
	all, err := announcement.Shown(c.Tx)
	if err != nil {
		return nil, err
	}
	return announcementViews(c.Tx, c.MyID(), all)
}

// DismissAnnouncement is POST /api/v1/announcements/:id/dismiss.
func (a *API) DismissAnnouncement(c *call.Call) (any, error) {
	return announced(c, func(row *models.Announcement) error { return announcement.Dismiss(c.Tx, c.Me, row) })
}

// ReactToAnnouncement is PUT /api/v1/announcements/:id/reactions/:name.
func (a *API) ReactToAnnouncement(c *call.Call) (any, error) {
	return announced(c, func(row *models.Announcement) error { return announcement.React(c.Tx, c.Me, row, c.Str("name")) })
}

// UnreactToAnnouncement is DELETE /api/v1/announcements/:id/reactions/:name.
func (a *API) UnreactToAnnouncement(c *call.Call) (any, error) {
	return announced(c, func(row *models.Announcement) error { return announcement.Unreact(c.Tx, c.Me, row, c.Str("name")) })
}

func announced(c *call.Call, do func(*models.Announcement) error) (any, error) {
	row, err := announcement.Get(c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return nil, do(row)
}

// Announce is POST /api/ensemble/v1/admin/announcements {text, starts_at, ends_at, all_day}.
func (a *API) Announce(c *call.Call) (any, error) { return announce(c, &models.Announcement{}) }

// EditAnnouncement is PUT /api/ensemble/v1/admin/announcements/:id. What is not sent stays.
func (a *API) EditAnnouncement(c *call.Call) (any, error) {
	row, err := store.Hold[models.Announcement](c.Tx, c.ID("id"))
	if err != nil {
		return nil, err
	}
	return announce(c, row)
}

func announce(c *call.Call, row *models.Announcement) (any, error) {
	if c.Has("text") {
		row.Text = c.Str("text")
	}
	row.StartsAt, row.EndsAt = moved(c, "starts_at", row.StartsAt), moved(c, "ends_at", row.EndsAt)
	row.AllDay = c.BoolOr("all_day", row.AllDay)
	if err := announcement.Keep(c.Tx, row); err != nil {
		return nil, err
	}
	if err := moderation.Note(c.Tx, c.Me, "announcement_kept", row.ID.String(), row.Text); err != nil {
		return nil, err
	}
	views, err := announcementViews(c.Tx, c.MyID(), []*models.Announcement{row})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

// moved returns the moment that was sent, nil for an empty one, and at for none.
func moved(c *call.Call, name string, at *time.Time) *time.Time {
	if !c.Has(name) {
		return at
	}
	if t := c.Time(name); !t.IsZero() {
		return &t
	}
	return nil
}

// DeleteAnnouncement is DELETE /api/ensemble/v1/admin/announcements/:id.
func (a *API) DeleteAnnouncement(c *call.Call) (any, error) {
	id := c.ID("id")
	if err := announcement.Delete(c.Tx, id); err != nil {
		return nil, err
	}
	return nil, moderation.Note(c.Tx, c.Me, "announcement_deleted", id.String(), "")
}

// announcementJSON is Mastodon's Announcement.
type announcementJSON struct {
	ID          models.ID      `json:"id,string"`
	Content     string         `json:"content"`
	StartsAt    *moment        `json:"starts_at"`
	EndsAt      *moment        `json:"ends_at"`
	AllDay      bool           `json:"all_day"`
	PublishedAt moment         `json:"published_at"`
	UpdatedAt   moment         `json:"updated_at"`
	Read        *bool          `json:"read,omitempty"`
	Mentions    []mentionJSON  `json:"mentions"`
	Statuses    []struct{}     `json:"statuses"`
	Tags        []tagJSON      `json:"tags"`
	Emojis      []emojiJSON    `json:"emojis"`
	Reactions   []reactionJSON `json:"reactions"`
}

// announcementViews shows announcements to me: to nobody, if that is 0, without what is
// each reader's own, as streams tell of them.
func announcementViews(tx *store.Tx, me models.ID, all []*models.Announcement) ([]announcementJSON, error) {
	out, ids := make([]announcementJSON, len(all)), make([]models.ID, len(all))
	at, w := map[models.ID]*announcementJSON{}, wishes{site: tx.Site}
	for i, row := range all {
		out[i] = announcementJSON{
			ID: row.ID, Content: row.Content, StartsAt: momentOf(row.StartsAt), EndsAt: momentOf(row.EndsAt), AllDay: row.AllDay,
			PublishedAt: moment(row.CreatedAt), UpdatedAt: moment(row.UpdatedAt), Mentions: []mentionJSON{}, Statuses: []struct{}{},
			Tags: tagViews(tx.Site, row.Tags), Emojis: []emojiJSON{}, Reactions: []reactionJSON{},
		}
		if me != 0 {
			out[i].Read = new(bool)
		}
		ids[i], at[row.ID] = row.ID, &out[i]
		w.add(tx.Site.IRI("/"), &out[i].Emojis, row.Content)
	}
	read, err := store.Find[models.AnnouncementRead](tx, "account_id = ? AND announcement_id IN ?", me, append(ids, 0))
	if err != nil {
		return nil, err
	}
	for _, r := range read {
		*at[r.AnnouncementID].Read = true
	}
	left, err := store.AnnouncedEmojis(tx, me, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range left {
		v, err := announcedView(tx, me, r)
		if err != nil {
			return nil, err
		}
		at[r.AnnouncementID].Reactions = append(at[r.AnnouncementID].Reactions, v)
	}
	return out, w.meet(tx)
}

func announcedView(tx *store.Tx, me models.ID, r store.AnnouncedEmoji) (reactionJSON, error) {
	v := reactionJSON{Name: r.Name, Count: r.Times}
	if me != 0 {
		v.Me = new(r.Mine == 1)
	}
	e, err := store.Maybe[models.Emoji](tx, "domain = '' AND shortcode = ?", r.Name)
	if err == nil && e != nil {
		url := emojiView(tx.Site, e).URL
		v.URL, v.StaticURL = &url, &url
	}
	return v, err
}
