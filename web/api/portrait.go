package api

import (
	"mime/multipart"
	"path"
	"slices"
	"strings"

	"ensemble/activities/account"
	"ensemble/activities/media"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web/call"
)

// portraitRoutes take the pictures of a profile away.
func (a *API) portraitRoutes() []call.Route {
	return []call.Route{
		{Method: "DELETE", Path: "/api/v1/profile/avatar", Scope: "write:accounts", Handler: a.DropAvatar},
		{Method: "DELETE", Path: "/api/v1/profile/header", Scope: "write:accounts", Handler: a.DropHeader},
	}
}

// DropAvatar is DELETE /api/v1/profile/avatar.
func (a *API) DropAvatar(c *call.Call) (any, error) {
	return changed(c, account.Profile{AvatarURL: new(string)})
}

// DropHeader is DELETE /api/v1/profile/header.
func (a *API) DropHeader(c *call.Call) (any, error) {
	return changed(c, account.Profile{HeaderURL: new(string)})
}

// UpdateSelf is PATCH /api/v1/accounts/update_credentials. Beside Mastodon's
// parameters it takes can_collaborate: who may invite one to write together. It
// runs outside a transaction until the pictures are stored.
func (a *API) UpdateSelf(c *call.Call) (any, error) { return a.updated(c, self) }

// updated changes the profile of who calls as they sent it, and answers with the view.
func (a *API) updated(c *call.Call, show func(*call.Call) (any, error)) (view any, err error) {
	p := profileOf(c)
	var uploads []*models.Media
	defer func() {
		for _, m := range uploads {
			if err != nil {
				a.discard(m)
			}
		}
	}()
	for _, slot := range []struct {
		name          string
		url           **string
		width, height int // as Mastodon has them
	}{{"avatar", &p.AvatarURL, 400, 400}, {"header", &p.HeaderURL, 1500, 500}} {
		if c.File(slot.name) == nil {
			continue
		}
		sent, err := a.sent(c, slot.name)
		if err != nil {
			return nil, err
		}
		m := media.New(c.Me.ID, c.Now())
		if err := a.portray(c, m, sent, slot.width, slot.height); err != nil {
			return nil, err
		}
		uploads = append(uploads, m)
		at := string(post.MediaURL(c.Site, m, call.Original))
		*slot.url = &at
	}
	err = c.InTx(func(tx *store.Tx) error {
		for _, m := range uploads {
			if err := store.Put(tx, m); err != nil {
				return err
			}
		}
		if err := update(c, p); err != nil {
			return err
		}
		view, err = show(c)
		return err
	})
	return view, err
}

// portray makes m the picture of a profile.
func (a *API) portray(c *call.Call, m *models.Media, sent *multipart.FileHeader, width, height int) error {
	return a.opened(c, sent, func(u *files.Upload) error { return a.desk().Portrait(c.Ctx(), m, u, width, height) })
}

// unmoving are the endings of pictures of which only the first frame is ever shown.
var unmoving = []string{".jpg", ".jpeg", ".png", ".webp", ".avif"}

// still returns where a picture of a profile, which is at at and shown at shown, does
// not move.
func still(site models.Site, a *models.Account, slot, at, shown string) string {
	if ours, moves := strings.CutSuffix(at, "/original.gif"); moves && site.Owns(models.IRI(at)) {
		return ours + "/small.png"
	}
	proxied := string(site.Proxied(models.ProxyAccount, a.ID, slot, models.IRI(at)))
	if at == "" || shown != proxied || slices.Contains(unmoving, strings.ToLower(path.Ext(strings.TrimRight(at, "/")))) {
		return shown
	}
	return string(site.Proxied(models.ProxyAccount, a.ID, slot+models.ProxyStill, models.IRI(at)))
}
