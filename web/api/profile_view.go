package api

import (
	"ensemble/activities/account"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) profileRoutes() []call.Route {
	const profile, write = "/api/v1/profile", "write:accounts"
	return []call.Route{
		{Method: "GET", Path: profile, Scope: "read:accounts profile", Handler: a.Profile},
		{Method: "PATCH", Path: profile, Scope: write, Mode: call.Free, MaxBody: a.maxUpload(), Handler: a.UpdateProfile},
		{Method: "PUT", Path: profile, Scope: write, Mode: call.Free, MaxBody: a.maxUpload(), Handler: a.UpdateProfile},
	}
}

// Profile is GET /api/v1/profile.
func (a *API) Profile(c *call.Call) (any, error) { return a.profileView(c) }

// UpdateProfile is PATCH /api/v1/profile, or PUT, as masto.js has it. It takes what update_credentials takes.
func (a *API) UpdateProfile(c *call.Call) (any, error) { return a.updated(c, a.profileView) }

// changed changes the profile, and shows the account.
func changed(c *call.Call, p account.Profile) (any, error) {
	if err := update(c, p); err != nil {
		return nil, err
	}
	return selfView(c)
}

// moreOf reads what is to change; what was not sent stays.
func moreOf(c *call.Call) account.More {
	not := func(name string) bool { return !c.Bool(name) }
	return account.More{
		AvatarAlt: given(c, "avatar_description", c.Str), HeaderAlt: given(c, "header_description", c.Str),
		HideMedia: given(c, "show_media", not), HideReplies: given(c, "show_media_replies", not), HideFeatured: given(c, "show_featured", not),
		HideApp:      given(c, "show_application", not), // a preference of Mastodon's pages, which has no parameter there
		Attributions: given(c, "attribution_domains", c.Strs),
	}
}

// self is selfView for who does not care what it is.
func self(c *call.Call) (any, error) { return selfView(c) }

func domainsOf(a *models.Account) []string { return append([]string{}, a.AttributionDomains...) }

// profileJSON is one's own profile as one wrote it.
type profileJSON struct {
	ID                 models.ID         `json:"id,string"`
	DisplayName        string            `json:"display_name"`
	Note               string            `json:"note"`
	Fields             []fieldJSON       `json:"fields"`
	Avatar             *string           `json:"avatar"`
	AvatarStatic       *string           `json:"avatar_static"`
	AvatarAlt          string            `json:"avatar_description"`
	Header             *string           `json:"header"`
	HeaderStatic       *string           `json:"header_static"`
	HeaderAlt          string            `json:"header_description"`
	Locked             bool              `json:"locked"`
	Bot                bool              `json:"bot"`
	HideCollections    bool              `json:"hide_collections"`
	Discoverable       bool              `json:"discoverable"`
	Indexable          bool              `json:"indexable"`
	ShowMedia          bool              `json:"show_media"`
	ShowMediaReplies   bool              `json:"show_media_replies"`
	ShowFeatured       bool              `json:"show_featured"`
	AttributionDomains []string          `json:"attribution_domains"`
	FeaturedTags       []featuredTagJSON `json:"featured_tags"`
}

func (a *API) profileView(c *call.Call) (any, error) {
	me := c.Me
	v := profileJSON{
		ID: me.ID, DisplayName: me.DisplayName, Note: me.NoteSource, Fields: []fieldJSON{},
		Avatar: orNull(me.AvatarURL), AvatarStatic: orNull(me.AvatarURL), AvatarAlt: me.AvatarAlt,
		Header: orNull(me.HeaderURL), HeaderStatic: orNull(me.HeaderURL), HeaderAlt: me.HeaderAlt,
		Locked: me.Locked, Bot: me.Bot, HideCollections: me.HideCollections, Discoverable: me.Discoverable, Indexable: me.Indexable,
		ShowMedia: !me.HideMedia, ShowMediaReplies: !me.HideMediaReplies, ShowFeatured: !me.HideFeatured,
		AttributionDomains: domainsOf(me), FeaturedTags: []featuredTagJSON{},
	}
	for _, f := range me.Fields {
		v.Fields = append(v.Fields, fieldJSON{f.Name, text.Plain(f.Value), momentOf(f.VerifiedAt)})
	}
	tags, err := store.FeaturedTags(c.Tx, me.ID)
	for _, t := range tags {
		v.FeaturedTags = append(v.FeaturedTags, featuredTagView(c, me, t))
	}
	return v, err
}
