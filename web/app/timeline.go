package app

import (
	"net/http"
	"net/url"

	"ensemble/models"
	"ensemble/web/call"
	"ensemble/web/page"
)

// readRoutes are the timelines, and what one does with a post.
func readRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/home", Page: true, Mode: call.Free, Handler: homeTimeline},
		{Method: "POST", Path: "/statuses/:id/:act", Page: true, Mode: call.Free, Handler: act},
	}
}

// A timelineView is a page of posts.
type timelineView struct {
	Statuses     []aStatus
	Newer, Older string // addresses; "" for none
}

// homeTimeline is GET /home.
func homeTimeline(c *call.Call) (any, error) {
	statuses, err := call.Fetch[[]aStatus](c, http.MethodGet, "/api/v1/timelines/home", url.Values{"byline": {"0"}, "max_id": {c.Query("max_id")}})
	if err != nil {
		return nil, err
	}
	v := timelineView{Statuses: statuses}
	if n := len(statuses); n == 20 {
		v.Older = "/home?max_id=" + statuses[n-1].ID.String()
	}
	return set.Show(c, http.StatusOK, "timeline.html", page.Page{Title: set.Say(c, "timeline.home"), Section: "home", View: v})
}

var acts = map[string]bool{
	"favourite": true, "unfavourite": true, "reblog": true, "unreblog": true, "bookmark": true, "unbookmark": true,
	"mute": true, "unmute": true, "pin": true, "unpin": true,
}

// act is POST /statuses/:id/:act, and leads back to where it was done.
func act(c *call.Call) (any, error) {
	if !acts[c.Param("act")] {
		return nil, models.Errorf(models.NotFound, "there is no such page here")
	}
	if _, err := c.Ask(http.MethodPost, "/api/v1/statuses/"+c.ID("id").String()+"/"+c.Param("act"), nil); err != nil {
		return nil, err
	}
	return back(c, "status-"+c.Param("id")), nil
}

// back leads to the page of ours that a form was on, at the element called at.
func back(c *call.Call, at string) call.Answer {
	u, err := url.Parse(c.Str("back"))
	if err != nil || u.Scheme != "" || u.Host != "" || len(u.Path) == 0 || u.Path[0] != '/' || len(u.Path) > 1 && (u.Path[1] == '/' || u.Path[1] == '\\') {
		return call.Redirect("/home")
	}
	u.Fragment = at
	return call.Redirect(u.String())
}
