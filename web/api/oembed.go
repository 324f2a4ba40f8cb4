package api

import (
	"fmt"
	"strings"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) oembedRoutes() []call.Route {
	return []call.Route{{Method: "GET", Path: "/api/oembed", Who: call.Nobody, Handler: a.OEmbed}}
}

// oembedJSON is a rich oEmbed (oembed.com, 2.3.4.4). Its HTML runs nothing.
type oembedJSON struct {
	Type         string     `json:"type"`
	Version      string     `json:"version"`
	AuthorName   string     `json:"author_name"`
	AuthorURL    models.IRI `json:"author_url"`
	ProviderName string     `json:"provider_name"`
	ProviderURL  models.IRI `json:"provider_url"`
	CacheAge     int        `json:"cache_age"` // seconds
	HTML         string     `json:"html"`
	Width        int        `json:"width"`
	Height       *int       `json:"height"`
}

const (
	embedWidth  = 400 // pixels
	embedMax    = 4096
	embedLetter = 300
)

// OEmbed is GET /api/oembed?url=: how another site shows a post of ours, if all may read it.
func (a *API) OEmbed(c *call.Call) (any, error) {
	p, err := store.Maybe[models.Post](c.Tx, "(url = ? OR uri = ?) AND local", c.Str("url"), c.Str("url"))
	if err != nil {
		return nil, err
	}
	if p == nil || !p.Visibility.Open() || p.Hidden {
		return nil, noPost
	}
	by, err := store.Get[models.Account](c.Tx, p.AccountID)
	if err != nil || !by.Active() {
		return nil, first(err, noPost)
	}
	v := oembedJSON{
		Type: "rich", Version: "1.0", AuthorName: by.Name(), AuthorURL: by.URL, ProviderName: c.Site.Domain, ProviderURL: c.Site.IRI("/"),
		CacheAge: 86400, Width: min(max(c.Int("maxwidth", embedWidth), 1), embedMax),
	}
	if h := c.Int("maxheight", 0); h > 0 {
		h = min(h, embedMax)
		v.Height = &h
	}
	words := text.Excerpt(p.Content, embedLetter)
	if p.Summary != "" {
		words = p.Summary
	}
	v.HTML = fmt.Sprintf(`<blockquote class="ensemble-embed" cite="%[1]s"><p>%[2]s</p><p>— %[3]s (%[4]s) <a href="%[1]s">%[5]s UTC</a></p></blockquote>`,
		escape(string(p.URL)), escape(words), escape(by.Name()), escape(strings.TrimSpace(by.Handle(c.Site))), p.PublishedAt.Format("2006-01-02 15:04"))
	return v, nil
}
