package app

import (
	"html/template"
	"net/http"
	"net/url"

	"ensemble/web/call"
	"ensemble/web/page"
)

// aServer is what the API says of this server.
type aServer struct {
	Version       string `json:"version"`
	Description   string `json:"description"`
	Registrations struct {
		Enabled          bool `json:"enabled"`
		ApprovalRequired bool `json:"approval_required"`
	} `json:"registrations"`
	Usage struct {
		Users struct {
			ActiveMonth int `json:"active_month"`
		} `json:"users"`
	} `json:"usage"`
	Contact struct {
		Email   string     `json:"email"`
		Account *anAccount `json:"account"`
	} `json:"contact"`
	Rules []struct{ Text, Hint string } `json:"rules"`
}

type frontView struct {
	Server aServer
	Lately []aStatus
}

const onFront = "3" // posts

// home is GET /: what this is, for who does not know it yet.
func home(c *call.Call) (any, error) {
	if c.Me != nil {
		return call.Redirect("/home"), nil
	}
	var v frontView
	var err error
	if v.Server, err = call.Fetch[aServer](c, http.MethodGet, "/api/v2/instance", nil); err != nil {
		return nil, err
	}
	// A server may not show its posts to strangers: then there are none here.
	v.Lately, _ = call.Fetch[[]aStatus](c, http.MethodGet, "/api/v1/timelines/public", url.Values{"local": {"true"}, "limit": {onFront}, "byline": {"0"}})
	return set.Show(c, http.StatusOK, "home.html", page.Page{
		Title: set.Say(c, "front.title"), Tell: set.Say(c, "front.lead"), Self: c.Site.IRI("/"), Image: c.Site.IRI("/share.png"),
		Kind: "website", Index: true, Shape: "wide", View: v,
	})
}

type aboutView struct {
	Server aServer
	Text   template.HTML
	Join   string // open, approval or closed
}

// about is GET /about.
func about(c *call.Call) (any, error) {
	v := aboutView{Join: "closed"}
	var err error
	if v.Server, err = call.Fetch[aServer](c, http.MethodGet, "/api/v2/instance", nil); err != nil {
		return nil, err
	}
	long, err := call.Fetch[struct{ Content string }](c, http.MethodGet, "/api/v1/instance/extended_description", nil)
	if err != nil {
		return nil, err
	}
	v.Text = beneath(long.Content)
	switch r := v.Server.Registrations; {
	case r.ApprovalRequired:
		v.Join = "approval"
	case r.Enabled:
		v.Join = "open"
	}
	return set.Show(c, http.StatusOK, "about.html", page.Page{
		Title: set.Say(c, "about.title", page.Title(c)), Tell: v.Server.Description, Self: c.Site.IRI("/about"), Index: true, Section: "about", View: v,
	})
}
